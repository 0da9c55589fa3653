// SPDX-License-Identifier: MIT
/*
 * Sends one event for each program that is executed, through a ring buffer.
 *
 * execsnoop.c loads, attaches, and prints the events; so does `plainbpf run execsnoop.bpf.o`, which
 * knows nothing of them but what the object file says.
 */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "Dual MIT/GPL";

/* What user space receives. Fields in an order without holes. */
struct exec_event {
	__u64 time; /* nanoseconds since boot */
	__u32 pid;
	__u32 uid;
	char comm[16];
	char filename[104];
};

/*
 * 256 KiB that the program fills and user space drains. The tag tells `plainbpf run` the type of
 * the records; the compiler describes the type (in BTF) only because something here points to it.
 */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 * 1024);
} events SEC(".maps") __attribute__((btf_decl_tag("event:struct exec_event")));

const struct exec_event *unused __attribute__((unused));

/* Events that found the ring full; `plainbpf run` reports the variable of this name. */
__u64 lost;

/*
 * The arguments of the tracepoint as its format file lists them, the same since Linux 3.4:
 * /sys/kernel/tracing/events/sched/sched_process_exec/format. The file's name follows the fixed
 * part: the lower half of its word says at which offset, the upper half how long it is.
 */
struct exec_args {
	__u64 common;
	__u32 filename_place;
	__s32 pid;
	__s32 old_pid;
};

SEC("tp/sched/sched_process_exec")
int on_exec(struct exec_args *ctx)
{
	struct exec_event *event;

	event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	if (!event) { /* full: user space is too slow */
		__sync_fetch_and_add(&lost, 1);
		return 0;
	}

	event->time = bpf_ktime_get_ns();
	event->pid = bpf_get_current_pid_tgid() >> 32;
	event->uid = bpf_get_current_uid_gid();
	bpf_get_current_comm(event->comm, sizeof(event->comm));
	bpf_probe_read_kernel_str(event->filename, sizeof(event->filename),
				  (char *)ctx + (ctx->filename_place & 0xffff));
	bpf_ringbuf_submit(event, 0);
	return 0;
}
