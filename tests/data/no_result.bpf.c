// SPDX-License-Identifier: MIT
/* Refused by the verifier: R0, the result, is never set. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "MIT";

SEC("socket")
__attribute__((naked)) int sets_no_result(void)
{
	__asm__ volatile("exit");
}
