// SPDX-License-Identifier: MIT
/* An arena, and variables in it. The section stands for __attribute__((address_space(1))), which the
 * compiler that makes this object does not know yet. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

struct {
	__uint(type, 33); /* BPF_MAP_TYPE_ARENA */
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 100); /* pages */
} arena SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, __u64);
	__uint(max_entries, 1);
} optional SEC(".maps");

volatile __u64 first SEC(".addr_space.1") = 40;
volatile __u64 second SEC(".addr_space.1") = 2;

const volatile __u32 use_optional = 1;

/* addr_space_cast r1, 0, 1: a pointer of the arena's becomes one that the kernel can follow. */
static __always_inline volatile __u64 *in_kernel(volatile __u64 *pointer)
{
	register volatile __u64 *r1 asm("r1") = pointer;

	asm volatile(".byte 0xbf, 0x11; .short 1; .long 1" : "+r"(r1));
	return r1;
}

/* Test run: the sum of both variables; the first is then one more. */
SEC("socket")
int sum_in_arena(struct __sk_buff *ctx)
{
	volatile __u64 *one, *two;
	int sum;

	/* The verifier wants to see the arena that the variables are in. */
	asm volatile("" ::"r"(&arena));
	one = in_kernel(&first);
	sum = (int)(*one)++;
	two = in_kernel(&second);
	return sum + (int)*two;
}

/* Test run: 2 when it may use the optional map, else 1, and then there need not be one. */
SEC("socket")
int use_it_or_not(struct __sk_buff *ctx)
{
	__u32 zero = 0;

	if (use_optional)
		return bpf_map_lookup_elem(&optional, &zero) ? 2 : 0;
	return 1;
}
