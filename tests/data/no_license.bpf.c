// SPDX-License-Identifier: MIT
/* Refused by the verifier: no license section, and a helper for GPL-compatible programs only. */
#include <linux/bpf.h>

#define BPF_NO_GLOBAL_DATA
#include <bpf/bpf_helpers.h>

SEC("socket")
int prints(struct __sk_buff *ctx)
{
	bpf_printk("hello");
	return 0;
}
