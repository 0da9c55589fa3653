// SPDX-License-Identifier: MIT
/* Programs that attach to something by its number in the kernel's BTF. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "Dual MIT/GPL";

/* The process whose children are looked at, and what was seen of them. */
int parent;
int executions;

struct task_struct {
	int tgid;
	struct task_struct *real_parent;
} __attribute__((preserve_access_index));

SEC("tp_btf/sched_process_exec")
int BPF_PROG(on_exec, struct task_struct *task)
{
	if (task->real_parent->tgid == parent)
		__sync_fetch_and_add(&executions, 1);
	return 0;
}

SEC("iter/task")
int each_task(void *ctx)
{
	return 0;
}
