// SPDX-License-Identifier: MIT
/* A program that calls functions of the kernel which are no helpers. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

struct {
	__u64 runs;
	__u64 pid;
} seen;

struct task_struct {
	int tgid;
} __attribute__((preserve_access_index));

extern struct task_struct *bpf_task_from_pid(__s32 pid) __ksym;
extern void bpf_task_release(struct task_struct *task) __ksym;

SEC("tp_btf/sys_enter") int kfunc(void *ctx)
{
	struct task_struct *task;

	if (bpf_get_current_pid_tgid() >> 32 != seen.pid)
		return 0;
	task = bpf_task_from_pid((__s32)seen.pid);
	if (task) {
		__sync_fetch_and_add(&seen.runs, 1);
		bpf_task_release(task);
	}
	return 0;
}
