// SPDX-License-Identifier: MIT
/* A number is used as a pointer: the address was worked out, not given by the kernel. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

SEC("socket")
int read_kernel(struct __sk_buff *ctx)
{
	__u64 *address = (void *)(bpf_ktime_get_ns() | 1);

	return *address != 0;
}
