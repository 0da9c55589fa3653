// SPDX-License-Identifier: MIT
/* Externs that no kernel has, one of each kind and all of them strong. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

struct rq {
	int nr_running;
};

extern int CONFIG_BPF_SYSCAL __kconfig;
extern int LINUX_KERNEL_AGE __kconfig;
extern const struct rq runqueue __ksym;
extern const void __bpf_call_bas __ksym;
extern void bpf_task_relase(void *task) __ksym;
extern int KERNEL_VERSION;

SEC("raw_tp/sys_enter")
int use_all(void *ctx)
{
	struct rq *queue = bpf_this_cpu_ptr(&runqueue);

	bpf_task_relase(ctx);
	return CONFIG_BPF_SYSCAL + LINUX_KERNEL_AGE + KERNEL_VERSION + queue->nr_running +
	       (long)&__bpf_call_bas;
}
