// SPDX-License-Identifier: MIT
/* A helper that may sleep, in a program that may not. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

SEC("tracepoint/sched/sched_switch")
int copy(void *ctx)
{
	char room[16];

	bpf_copy_from_user(room, sizeof(room), (void *)8);
	return 0;
}
