/* SPDX-License-Identifier: MIT */
/*
 * A kernel before 6.8 refuses a global function that takes the context as `void *ctx __arg_ctx`: it wants to
 * know the size of what that points to. It gets BTF, for this program alone, in which it is a pointer to the
 * struct that programs of this type are called with.
 */
#include "loader/compat.h"
#include "loader/object.h"

#include <string.h>

/* As btf_get_prog_ctx_type() in kernel/bpf/btf.c knows them, or NULL. */
static const char *context_of(uint32_t prog_type)
{
	switch (prog_type) {
	case PBPF_PROG_TYPE_SOCKET_FILTER:
	case PBPF_PROG_TYPE_SCHED_CLS:
	case PBPF_PROG_TYPE_SCHED_ACT:
	case PBPF_PROG_TYPE_CGROUP_SKB:
	case PBPF_PROG_TYPE_LWT_IN:
	case PBPF_PROG_TYPE_LWT_OUT:
	case PBPF_PROG_TYPE_LWT_XMIT:
	case PBPF_PROG_TYPE_LWT_SEG6LOCAL:
	case PBPF_PROG_TYPE_SK_SKB:
	case PBPF_PROG_TYPE_FLOW_DISSECTOR: return "__sk_buff";
	case PBPF_PROG_TYPE_KPROBE: return "bpf_user_pt_regs_t";
	case PBPF_PROG_TYPE_XDP: return "xdp_md";
	case PBPF_PROG_TYPE_PERF_EVENT: return "bpf_perf_event_data";
	case PBPF_PROG_TYPE_RAW_TRACEPOINT:
	case PBPF_PROG_TYPE_RAW_TRACEPOINT_WRITABLE: return "bpf_raw_tracepoint_args";
	case PBPF_PROG_TYPE_CGROUP_SOCK: return "bpf_sock";
	case PBPF_PROG_TYPE_CGROUP_SOCK_ADDR: return "bpf_sock_addr";
	case PBPF_PROG_TYPE_CGROUP_SOCKOPT: return "bpf_sockopt";
	case PBPF_PROG_TYPE_CGROUP_SYSCTL: return "bpf_sysctl";
	case PBPF_PROG_TYPE_CGROUP_DEVICE: return "bpf_cgroup_dev_ctx";
	case PBPF_PROG_TYPE_SOCK_OPS: return "bpf_sock_ops";
	case PBPF_PROG_TYPE_SK_MSG: return "sk_msg_md";
	case PBPF_PROG_TYPE_SK_LOOKUP: return "bpf_sk_lookup";
	case PBPF_PROG_TYPE_SK_REUSEPORT: return "sk_reuseport_md";
	case PBPF_PROG_TYPE_NETFILTER: return "bpf_nf_ctx";
	default: return NULL;
	}
}

/* What the verifier says then: 5.13 and later, before. */
static bool misses_size(const char *log)
{
	return strstr(log, "size cannot be determined") || strstr(log, "is not supported yet");
}

/* The BTF with contexts, and as this kernel takes it; an fd. */
static int load_contexts(struct pbpf_object *obj, const struct pbpf_btf *contexts,
			 const struct pbpf_env *quiet)
{
	uint32_t features = PBPF_BTF_HAS_ALL & ~kernel_lacks(obj, PBPF_BTF_HAS_ALL);
	struct pbpf_btf_attr attr = {.token_fd = obj->token_fd};
	struct pbpf_btf *adapted;
	size_t size;
	int fd = pbpf_btf_adapt(&adapted, contexts, features, quiet);

	if (fd)
		return fd;
	attr.data = pbpf_btf_image(adapted, &size);
	attr.size = (uint32_t)size;
	fd = pbpf_sys_btf_load(&obj->env, &attr, NULL);
	pbpf_btf_free(adapted);
	return fd;
}

bool compat_name_contexts(struct pbpf_program *prog, struct pbpf_prog_attr *attr)
{
	struct pbpf_object *obj = prog->obj;
	const char *context = context_of(attr->type);
	/* when this does not work, the refusal is what counts */
	struct pbpf_env quiet = env_quiet(&obj->env);
	struct pbpf_btf *contexts;

	if (!context || prog->context_btf_fd || !attr->btf_fd || !obj->btf ||
	    !misses_size(pbpf_program_log(prog)) ||
	    pbpf_btf_adapt_contexts(&contexts, obj->btf, context, &quiet) <= 0)
		return false;
	prog->context_btf_fd = load_contexts(obj, contexts, &quiet);
	pbpf_btf_free(contexts);
	if (prog->context_btf_fd < 0) {
		prog->context_btf_fd = 0;
		return false;
	}
	attr->btf_fd = prog->context_btf_fd;
	return true;
}

void close_contexts(struct pbpf_program *prog)
{
	if (prog->context_btf_fd > 0)
		pbpf_sys_close(&prog->obj->env, prog->context_btf_fd);
	prog->context_btf_fd = 0;
}
