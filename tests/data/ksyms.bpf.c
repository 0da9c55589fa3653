// SPDX-License-Identifier: MIT
/* Externs that the kernel's symbols answer: a typed variable, an address, functions, absent ones.
 */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

struct rq;
struct task_struct;

extern const struct rq runqueues __ksym;
extern const void bpf_link_fops __ksym;
extern const int no_such_variable __ksym __weak;

extern struct task_struct *bpf_task_acquire(struct task_struct *task) __ksym;
extern void bpf_task_release(struct task_struct *task) __ksym;
extern void no_such_function(void) __ksym __weak;

SEC("tp_btf/task_newtask")
int use_ksyms(unsigned long long *ctx)
{
	struct task_struct *task = bpf_task_acquire((struct task_struct *)ctx[0]);

	if (task)
		bpf_task_release(task);
	if (bpf_ksym_exists(no_such_function))
		no_such_function();
	return (long)&bpf_link_fops + (long)&no_such_variable + (long)bpf_this_cpu_ptr(&runqueues);
}
