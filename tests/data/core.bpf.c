// SPDX-License-Identifier: MIT
/* CO-RE: relocations that fit the program to the kernel's own types, one of each kind. */
#include <linux/bpf.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "Dual MIT/GPL";

/* As much of the kernel's types as the program names; everything after ___ is a flavour. */
struct mm_struct {
	unsigned long start_code;
} __attribute__((preserve_access_index));

struct task_struct {
	int pid;
	int tgid;
	struct task_struct *real_parent;
	struct mm_struct *mm;
	unsigned int in_execve : 1;
	char comm[16];
} __attribute__((preserve_access_index));

struct task_struct___absent {
	long no_such_field;
} __attribute__((preserve_access_index));

struct no_such_struct {
	int field;
} __attribute__((preserve_access_index));

enum pid_type {
	PIDTYPE_PID,
	PIDTYPE_TGID,
	PIDTYPE_ABSENT,
};

int parent, absent;
long sum;
char name[16];

SEC("raw_tp/sched_process_exec")
int use_core(void *ctx)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct task_struct___absent *other = (void *)task;

	parent = BPF_CORE_READ(task, real_parent, tgid);
	sum = BPF_CORE_READ(task, mm, start_code);
	sum += BPF_CORE_READ_BITFIELD_PROBED(task, in_execve);
	BPF_CORE_READ_STR_INTO(&name, task, comm);
	if (bpf_core_field_exists(other->no_such_field))
		absent = BPF_CORE_READ(other, no_such_field);
	sum += bpf_core_field_size(task->comm) + bpf_core_field_offset(task->pid);
	sum += bpf_core_type_exists(struct no_such_struct) + bpf_core_type_size(struct task_struct);
	sum += bpf_core_type_id_local(struct mm_struct) + bpf_core_type_id_kernel(struct mm_struct);
	sum += bpf_core_enum_value_exists(enum pid_type, PIDTYPE_ABSENT);
	sum += bpf_core_enum_value(enum pid_type, PIDTYPE_TGID);
	return 0;
}
