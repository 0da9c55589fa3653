// SPDX-License-Identifier: MIT
/* A helper of a number that this kernel does not have. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

static long (*bpf_of_tomorrow)(void) = (void *)99999;

SEC("socket")
int call(struct __sk_buff *ctx)
{
	return bpf_of_tomorrow();
}
