// SPDX-License-Identifier: MIT
/* Maps that hold maps and programs, empty and with elements of their own. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "MIT";

struct counts {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u64);
};

struct counts red SEC(".maps"), blue SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 8);
	__type(key, __u32);
	__array(values, struct counts);
} by_colour SEC(".maps") = {
	.values = {[1] = &red, [5] = &blue},
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH_OF_MAPS);
	__uint(max_entries, 3);
	__type(key, __u32);
	__array(values, struct counts);
} by_number SEC(".maps") = {
	.values = {[7] = &blue},
};

/* What it holds is said, what is in it is not. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 2);
	__uint(key_size, sizeof(__u32));
	__array(
		values, struct {
			__uint(type, BPF_MAP_TYPE_RINGBUF);
			__uint(max_entries, 5000);
		});
} rings SEC(".maps");

SEC("socket")
int returns_ten(struct __sk_buff *ctx)
{
	return 10;
}

SEC("socket")
int returns_twenty(struct __sk_buff *ctx)
{
	return 20;
}

SEC("?socket")
int not_loaded(struct __sk_buff *ctx)
{
	return 30;
}

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 4);
	__uint(key_size, sizeof(__u32));
	__array(values, int(void *));
} jumps SEC(".maps") = {
	.values =
		{
			[0] = (void *)&returns_ten,
			[2] = (void *)&returns_twenty,
			[3] = (void *)&not_loaded,
		},
};

SEC("socket")
int jump_to_2(struct __sk_buff *ctx)
{
	bpf_tail_call(ctx, &jumps, 2);
	return 1;
}

SEC("socket")
int jump_to_3(struct __sk_buff *ctx)
{
	bpf_tail_call(ctx, &jumps, 3);
	return 1;
}

/* Test run: adds one to red[2], twice to blue[2] through two ways to it; returns their sum. */
SEC("socket")
int count_colours(struct __sk_buff *ctx)
{
	__u32 keys[3] = {1, 5, 7}, two = 2;
	__u64 sum = 0;

	for (int i = 0; i < 3; i++) {
		void *inner = i < 2 ? bpf_map_lookup_elem(&by_colour, &keys[i])
				    : bpf_map_lookup_elem(&by_number, &keys[i]);
		__u64 *count = inner ? bpf_map_lookup_elem(inner, &two) : NULL;

		if (!count)
			return 0;
		*count += 1;
		sum += *count;
	}
	bpf_map_lookup_elem(&rings, &two);
	return (int)sum;
}
