// SPDX-License-Identifier: MIT
/* One program for each section name whose type needs nothing else to load. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "Dual MIT/GPL";

#define PROGRAM(name, section, result)   \
	SEC(section) int name(void *ctx) \
	{                                \
		return result;           \
	}

PROGRAM(run_socket, "socket", 0)
PROGRAM(run_xdp, "xdp", XDP_PASS)
PROGRAM(run_xdp_frags, "xdp.frags", XDP_PASS)
PROGRAM(run_tc, "tc", 0)
PROGRAM(run_classifier, "classifier", 0)
PROGRAM(run_tp, "tp/sched/sched_process_exec", 0)
PROGRAM(run_tracepoint, "tracepoint/sched/sched_process_exit", 0)
PROGRAM(run_raw_tp, "raw_tp/sys_enter", 0)
PROGRAM(run_raw_tracepoint, "raw_tracepoint/sys_exit", 0)
PROGRAM(run_ingress, "cgroup_skb/ingress", 1)
PROGRAM(run_egress, "cgroup_skb/egress", 1)
PROGRAM(run_cgroup_skb, "cgroup/skb", 1)
PROGRAM(run_syscall, "syscall", 0)
/* A question mark: not loaded unless asked for. */
PROGRAM(run_optional, "?socket", 0)
