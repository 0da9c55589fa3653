// SPDX-License-Identifier: MIT
/* A program of each kind that traces, and of those that belong nowhere else. */
#include <linux/bpf.h>

#ifdef __TARGET_ARCH_x86
/* The registers by the names that the kernel gives them; <linux/ptrace.h> has others. */
#define __VMLINUX_H__
struct pt_regs {
	unsigned long r10, r9, r8, ax, cx, dx, si, di, bp, sp, ip;
} __attribute__((preserve_access_index));
#else
#include <linux/ptrace.h>
#endif

#include "kinds.h"
#include <bpf/bpf_tracing.h>

/* security_task_getpgid() is a function that getpgid(2) calls on every kernel; it may be modified, and it is a
 * hook of security modules as well. What may sleep in tracing is the function of the system call itself. */
#define GETPGID "security_task_getpgid"
#if defined(__TARGET_ARCH_x86)
#define SYS_GETPGID "__x64_sys_getpgid"
#elif defined(__TARGET_ARCH_arm64)
#define SYS_GETPGID "__arm64_sys_getpgid"
#elif defined(__TARGET_ARCH_riscv)
#define SYS_GETPGID "__riscv_sys_getpgid"
#elif defined(__TARGET_ARCH_s390)
#define SYS_GETPGID "__s390x_sys_getpgid"
#else
#define SYS_GETPGID "sys_getpgid"
#endif

TRACE("kprobe/" GETPGID, kprobe)
TRACE("kretprobe/" GETPGID, kretprobe)
TRACE("kprobe.multi/security_task_getp*", kprobe_multi)
TRACE("kretprobe.multi/security_task_getp*", kretprobe_multi)
TRACE("kprobe.session/security_task_getp*", kprobe_session)
TRACE("fentry/" GETPGID, fentry)
TRACE("fexit/" GETPGID, fexit)
TRACE("fsession/" GETPGID, fsession)
TRACE("fentry.s/" SYS_GETPGID, fentry_sleepable)
TRACE("fexit.s/" SYS_GETPGID, fexit_sleepable)
TRACE("fmod_ret.s/" SYS_GETPGID, fmod_ret_sleepable)
TRACE("fsession.s/" SYS_GETPGID, fsession_sleepable)
TRACE("fentry.multi/security_task_getp*", fentry_multi)
TRACE("fexit.multi/security_task_getp*", fexit_multi)
TRACE("fsession.multi/security_task_getp*", fsession_multi)
TRACE("fentry.multi.s/" SYS_GETPGID, fentry_multi_sleepable)
TRACE("fexit.multi.s/" SYS_GETPGID, fexit_multi_sleepable)
TRACE("fsession.multi.s/" SYS_GETPGID, fsession_multi_sleepable)
TRACE("fentry/veth_xmit", fentry_of_module)
TRACE("fentry.multi/veth:veth_xmi*", fentry_multi_of_module)
TRACE("tp/syscalls/sys_enter_getpgid", tp)
TRACE("tracepoint/syscalls/sys_enter_getpgid", tracepoint)
TRACE("tp.s/syscalls/sys_enter_getpgid", tp_sleepable)
TRACE("tracepoint.s/syscalls/sys_enter_getpgid", tracepoint_sleepable)
TRACE("raw_tp/sys_enter", raw_tp)
TRACE("raw_tracepoint/sys_enter", raw_tracepoint)
TRACE("raw_tp.s/sys_enter", raw_tp_sleepable)
TRACE("raw_tracepoint.s/sys_enter", raw_tracepoint_sleepable)
TRACE("raw_tp.w/bpf_test_finish", raw_tp_writable)
TRACE("raw_tracepoint.w/bpf_test_finish", raw_tracepoint_writable)
TRACE("tp_btf/sys_enter", tp_btf)
TRACE("tp_btf.s/sys_enter", tp_btf_sleepable)
TRACE("perf_event", perf_event)

#define TRACED "//proc/self/exe:traced_func"
TRACE("uprobe" TRACED "tion", uprobe)
TRACE("uprobe.s" TRACED "tion", uprobe_sleepable)
TRACE("uretprobe" TRACED "tion", uretprobe)
TRACE("uretprobe.s" TRACED "tion", uretprobe_sleepable)
TRACE("uprobe.multi" TRACED "*", uprobe_multi)
TRACE("uprobe.multi.s" TRACED "*", uprobe_multi_sleepable)
TRACE("uretprobe.multi" TRACED "*", uretprobe_multi)
TRACE("uretprobe.multi.s" TRACED "*", uretprobe_multi_sleepable)
TRACE("uprobe.session" TRACED "*", uprobe_session)
TRACE("uprobe.session.s" TRACED "*", uprobe_session_sleepable)

/* These see the argument, which says whether registers and words are read from where they are. */
SEC("?ksyscall/getpgid") int BPF_KSYSCALL(ksyscall, int pid)
{
	return pid == (int)seen.pid ? count_ours() : 0;
}

SEC("?kretsyscall/getpgid") int BPF_KRETPROBE(kretsyscall, long pgid)
{
	return pgid > 0 ? count_ours() : 0;
}

SEC("?uprobe" TRACED "tion") int BPF_UPROBE(uprobe_argument, long a, long b)
{
	return a == 11 && b == 22 ? count_ours() : 0;
}

SEC("?uretprobe" TRACED "tion") int BPF_URETPROBE(uretprobe_result, long result)
{
	return result == 33 ? count_ours() : 0;
}

struct task_struct {
	int tgid;
} __attribute__((preserve_access_index));

SEC("?fmod_ret/" GETPGID) int BPF_PROG(fmod_ret, struct task_struct *task, int ret)
{
	if (task->tgid == (int)seen.pid)
		count_ours();
	return ret;
}

SEC("?lsm/task_getpgid") int BPF_PROG(lsm, struct task_struct *task, int ret)
{
	if (task->tgid == (int)seen.pid)
		count_ours();
	return ret;
}

SEC("?lsm.s/file_open") int BPF_PROG(lsm_sleepable, void *file, int ret)
{
	count_ours();
	return ret;
}

struct seq_file;
struct bpf_iter_meta {
	struct seq_file *seq;
} __attribute__((preserve_access_index));
struct bpf_iter__task {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
} __attribute__((preserve_access_index));

static int list_task(struct bpf_iter__task *ctx)
{
	if (ctx->task)
		bpf_seq_write(ctx->meta->seq, "t", 1);
	return count_ours();
}

SEC("?iter/task") int iterator(struct bpf_iter__task *ctx)
{
	return list_task(ctx);
}

SEC("?iter.s/task") int iterator_sleepable(struct bpf_iter__task *ctx)
{
	return list_task(ctx);
}

SEC("?syscall") int syscall_program(void *ctx)
{
	return count(0);
}

/* A function that another program takes the place of. */
__noinline int replaced(struct __sk_buff *skb)
{
	return skb->len ? 1 : 2;
}

SEC("?socket") int calls_replaced(struct __sk_buff *skb)
{
	return replaced(skb);
}

SEC("?freplace/replaced") int freplace(struct __sk_buff *skb)
{
	return count(42);
}
