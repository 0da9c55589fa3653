// SPDX-License-Identifier: MIT
/* A field that this kernel does not have is used without asking for it. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

struct task_struct {
	int of_no_kernel;
} __attribute__((preserve_access_index));

SEC("tracepoint/sched/sched_switch")
int read(void *ctx)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	int value = 0;

	bpf_probe_read_kernel(&value, sizeof(value), &task->of_no_kernel);
	return value;
}
