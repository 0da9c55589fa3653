// SPDX-License-Identifier: MIT
/* A call of a function of the kernel that is none for BPF programs. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

extern void schedule(void) __ksym;

SEC("xdp")
int calls(struct xdp_md *ctx)
{
	schedule();
	return XDP_PASS;
}
