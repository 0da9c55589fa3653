// SPDX-License-Identifier: MIT
/* One function of the kernel under several declarations: what follows `___` is ours alone. And a hidden
 * function, which the verifier is not to verify alone. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

struct task_struct {
	int pid;
};

extern struct task_struct *bpf_task_acquire___now(struct task_struct *task) __ksym __weak;
extern struct task_struct *bpf_task_acquire___never(struct task_struct *task,
						    int how) __ksym __weak;
extern void bpf_task_release(struct task_struct *task) __ksym;

/* With a pointer that only its caller knows: verified alone, it would be refused. */
__attribute__((noinline)) __hidden int release(struct task_struct *task)
{
	bpf_task_release(task);
	return 0;
}

SEC("tp_btf/task_newtask")
int use_flavors(unsigned long long *ctx)
{
	struct task_struct *task = (struct task_struct *)ctx[0], *mine = 0;

	if (bpf_ksym_exists(bpf_task_acquire___never))
		mine = bpf_task_acquire___never(task, 1);
	else if (bpf_ksym_exists(bpf_task_acquire___now))
		mine = bpf_task_acquire___now(task);
	if (mine)
		release(mine);
	return 0;
}
