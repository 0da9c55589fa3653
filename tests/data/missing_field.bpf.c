// SPDX-License-Identifier: MIT
/* Uses a field that no kernel has, without asking first: refused, with the field's name. */
#include <linux/bpf.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "Dual MIT/GPL";

struct task_struct {
	int pidd;
} __attribute__((preserve_access_index));

SEC("raw_tp/sched_process_exec")
int uses_missing_field(void *ctx)
{
	struct task_struct *task = (void *)bpf_get_current_task();

	return BPF_CORE_READ(task, pidd);
}
