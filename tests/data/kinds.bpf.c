// SPDX-License-Identifier: MIT
/* A program of each kind. All of them count how often they run, and none changes what happens. */
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

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "GPL";

struct {
	__u64 runs;
	__u64 pid; /* the only process that tracing counts */
} seen;

static int count(int verdict)
{
	__sync_fetch_and_add(&seen.runs, 1);
	return verdict;
}

static int count_ours(void)
{
	return bpf_get_current_pid_tgid() >> 32 == seen.pid ? count(0) : 0;
}

/* Tracing: security_task_getpgid() is a function that getpgid(2) calls on every kernel; it may be
 * modified, and it is a hook of security modules as well. */
#define TRACE(section, name)                 \
	SEC("?" section) int name(void *ctx) \
	{                                    \
		return count_ours();         \
	}

TRACE("kprobe/security_task_getpgid", kprobe)
TRACE("kretprobe/security_task_getpgid", kretprobe)
TRACE("kprobe.multi/security_task_getp*", kprobe_multi)
TRACE("kretprobe.multi/security_task_getp*", kretprobe_multi)
TRACE("kprobe.session/security_task_getp*", kprobe_session)
TRACE("fentry/security_task_getpgid", fentry)
TRACE("fexit/security_task_getpgid", fexit)
TRACE("fsession/security_task_getpgid", fsession)
TRACE("fentry/veth_xmit", fentry_of_module)
TRACE("tp/syscalls/sys_enter_getpgid", tracepoint)
TRACE("raw_tp/sys_enter", raw_tracepoint)
TRACE("tp_btf/sys_enter", btf_tracepoint)
TRACE("perf_event", perf_event)
TRACE("uprobe//proc/self/exe:traced_function", uprobe)
TRACE("uretprobe//proc/self/exe:traced_function", uretprobe)
TRACE("uprobe.multi//proc/self/exe:traced_func*", uprobe_multi)
TRACE("uretprobe.multi//proc/self/exe:traced_func*", uretprobe_multi)
TRACE("uprobe.session//proc/self/exe:traced_func*", uprobe_session)

/* These see the argument, which says whether registers and words are read from where they are. */
SEC("?ksyscall/getpgid") int BPF_KSYSCALL(ksyscall, int pid)
{
	return pid == (int)seen.pid ? count_ours() : 0;
}

SEC("?kretsyscall/getpgid") int BPF_KRETPROBE(kretsyscall, long pgid)
{
	return pgid > 0 ? count_ours() : 0;
}

SEC("?uprobe//proc/self/exe:traced_function") int BPF_UPROBE(uprobe_argument, long a, long b)
{
	return a == 11 && b == 22 ? count_ours() : 0;
}

SEC("?uretprobe//proc/self/exe:traced_function") int BPF_URETPROBE(uretprobe_result, long result)
{
	return result == 33 ? count_ours() : 0;
}

struct task_struct {
	int tgid;
} __attribute__((preserve_access_index));

SEC("?fmod_ret/security_task_getpgid") int BPF_PROG(fmod_ret, struct task_struct *task, int ret)
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

SEC("?lsm_cgroup/socket_bind") int lsm_cgroup(void *ctx)
{
	return count(1);
}

struct seq_file;
struct bpf_iter_meta {
	struct seq_file *seq;
} __attribute__((preserve_access_index));
struct bpf_iter__task {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
} __attribute__((preserve_access_index));

SEC("?iter/task") int iterator(struct bpf_iter__task *ctx)
{
	if (ctx->task)
		bpf_seq_write(ctx->meta->seq, "t", 1);
	return count_ours();
}

/* Networking and cgroups: the test's own, so all is counted. */
#define NETWORK(section, name, context, verdict) \
	SEC("?" section) int name(context *ctx)  \
	{                                        \
		return count(verdict);           \
	}

struct bpf_nf_ctx;
NETWORK("xdp", xdp, struct xdp_md, XDP_PASS)
NETWORK("xdp.frags", xdp_frags, struct xdp_md, XDP_PASS)
NETWORK("tc", tc, struct __sk_buff, -1)
NETWORK("tcx/ingress", tcx, struct __sk_buff, -1)
NETWORK("netkit/primary", netkit, struct __sk_buff, -1)
NETWORK("netfilter", netfilter, struct bpf_nf_ctx, 1)
NETWORK("socket", socket_filter, struct __sk_buff, -1)
NETWORK("sk_reuseport", sk_reuseport, struct sk_reuseport_md, SK_PASS)
NETWORK("sk_lookup", sk_lookup, struct bpf_sk_lookup, SK_PASS)
NETWORK("flow_dissector", flow_dissector, struct __sk_buff, BPF_OK)
NETWORK("sk_skb/stream_verdict", sk_skb, struct __sk_buff, SK_PASS)
NETWORK("sk_msg", sk_msg, struct sk_msg_md, SK_PASS)
NETWORK("sockops", sock_ops, struct bpf_sock_ops, 1)
NETWORK("cgroup_skb/egress", cgroup_skb, struct __sk_buff, 1)
NETWORK("cgroup/sock_create", cgroup_sock, struct bpf_sock, 1)
NETWORK("cgroup/post_bind4", cgroup_post_bind, struct bpf_sock, 1)
NETWORK("cgroup/bind4", cgroup_bind, struct bpf_sock_addr, 1)
NETWORK("cgroup/connect4", cgroup_connect, struct bpf_sock_addr, 1)
NETWORK("cgroup/sendmsg4", cgroup_sendmsg, struct bpf_sock_addr, 1)
NETWORK("cgroup/getsockname4", cgroup_getsockname, struct bpf_sock_addr, 1)
NETWORK("cgroup/sysctl", cgroup_sysctl, struct bpf_sysctl, 1)
NETWORK("cgroup/getsockopt", cgroup_getsockopt, struct bpf_sockopt, 1)
NETWORK("cgroup/dev", cgroup_device, struct bpf_cgroup_dev_ctx, 1)

struct {
	__uint(type, BPF_MAP_TYPE_SOCKMAP);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} sockets SEC(".maps");

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
