// SPDX-License-Identifier: MIT
/*
 * Sends 64 events of 1000 bytes at once, into a ring of one page, when a program whose name begins with
 * "pbpfring" is executed: more than fits where pages have 4 KiB, so all but a few are lost, and counted.
 */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

struct large_event {
	__u64 number;
	char filler[992];
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} ring SEC(".maps") __attribute__((btf_decl_tag("event:struct large_event")));

const struct large_event *unused __attribute__((unused));

__u64 lost;

SEC("tp/sched/sched_process_exec")
int burst(void *ctx)
{
	char comm[16];

	bpf_get_current_comm(comm, sizeof(comm));
	if (*(__u64 *)comm != *(const __u64 *)"pbpfring")
		return 0;
	for (int i = 0; i < 64; i++) {
		struct large_event *event = bpf_ringbuf_reserve(&ring, sizeof(*event), 0);

		if (!event) {
			lost++;
			continue;
		}
		event->number = i;
		event->filler[0] = 'x';
		bpf_ringbuf_submit(event, 0);
	}
	return 0;
}
