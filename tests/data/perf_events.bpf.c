// SPDX-License-Identifier: MIT
/*
 * One event through a perf event array, the way before ring buffers, for each program "pbpfperf" that is
 * executed.
 */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

struct exec_event {
	__u64 number;
	char comm[16];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(key_size, sizeof(int));
	__uint(value_size, sizeof(int));
} events SEC(".maps") __attribute__((btf_decl_tag("event:struct exec_event")));

const struct exec_event *unused __attribute__((unused));

__u64 count;

SEC("tp/sched/sched_process_exec")
int on_exec(void *ctx)
{
	struct exec_event event = {};

	bpf_get_current_comm(event.comm, sizeof(event.comm));
	if (*(__u64 *)event.comm != *(const __u64 *)"pbpfperf")
		return 0;
	event.number = count++;
	bpf_perf_event_output(ctx, &events, BPF_F_CURRENT_CPU, &event, sizeof(event));
	return 0;
}
