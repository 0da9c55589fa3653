// SPDX-License-Identifier: MIT
/* A function of its own takes a pointer to something of no size. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

struct unknown;

__noinline int first(struct unknown *thing)
{
	return thing != 0;
}

SEC("socket")
int call(struct __sk_buff *ctx)
{
	__u64 room = 0;

	return first((void *)&room);
}
