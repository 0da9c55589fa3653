// SPDX-License-Identifier: MIT
/* Externs that the kernel's symbols answer: a typed variable, an address, functions, absent ones.
 */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

/* Of the kernel's types the name counts, and that they are structs. */
struct rq {
	int nr_running;
};
struct task_struct {
	int pid;
};

extern const struct rq runqueues __ksym;
extern const void _stext __ksym;
extern const int no_such_variable __ksym __weak;

extern struct task_struct *bpf_task_acquire(struct task_struct *task) __ksym;
extern void bpf_task_release(struct task_struct *task) __ksym;
extern void no_such_function(void) __ksym __weak;

SEC("tp_btf/task_newtask")
int use_functions(unsigned long long *ctx)
{
	struct task_struct *task = bpf_task_acquire((struct task_struct *)ctx[0]);

	if (task)
		bpf_task_release(task);
	if (bpf_ksym_exists(no_such_function))
		no_such_function();
	return (long)&_stext + (long)&no_such_variable;
}

/* Loads where the kernel knows the addresses of its variables (CONFIG_KALLSYMS_ALL). */
SEC("?raw_tp/sys_enter")
int use_variable(void *ctx)
{
	struct rq *queue = bpf_this_cpu_ptr(&runqueues);

	return queue->nr_running;
}
