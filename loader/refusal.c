/* SPDX-License-Identifier: MIT */
/*
 * What to tell a user when the kernel refuses a command with an error code alone.
 */
#include "loader/object.h"

/* Since Linux 5.8 (kernel/bpf/syscall.c, bpf_prog_load()); CAP_SYS_ADMIN before. */
static const char *missing_capability(uint32_t prog_type)
{
	switch (prog_type) {
	case PBPF_PROG_TYPE_UNSPEC:
		return "this needs CAP_BPF (before Linux 5.8: CAP_SYS_ADMIN); run it as root";
	case PBPF_PROG_TYPE_TRACING:
	case PBPF_PROG_TYPE_LSM:
	case PBPF_PROG_TYPE_EXT:
		return "this needs CAP_BPF and CAP_PERFMON (before Linux 5.8: CAP_SYS_ADMIN); a hardened "
		       "kernel refuses programs of this kind to root too";
	case PBPF_PROG_TYPE_KPROBE:
	case PBPF_PROG_TYPE_TRACEPOINT:
	case PBPF_PROG_TYPE_PERF_EVENT:
	case PBPF_PROG_TYPE_RAW_TRACEPOINT:
	case PBPF_PROG_TYPE_RAW_TRACEPOINT_WRITABLE:
		return "this needs CAP_BPF and CAP_PERFMON (before Linux 5.8: CAP_SYS_ADMIN); run it as "
		       "root";
	default:
		return "this needs CAP_BPF and CAP_NET_ADMIN (before Linux 5.8: CAP_SYS_ADMIN); run it as "
		       "root";
	}
}

const char *refusal_hint(int err, uint32_t prog_type)
{
	switch (err) {
	case -EPERM:
	case -EACCES: return missing_capability(prog_type);
	case -ENOSYS: return "this kernel was built without CONFIG_BPF_SYSCALL";
	case -ENOMEM:
		return "the kernel has no memory for it, or RLIMIT_MEMLOCK is too low (ulimit -l)";
	case -E2BIG: return "the kernel is older than what the object asks for";
	default: return NULL;
	}
}
