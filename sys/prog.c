/* SPDX-License-Identifier: MIT */
/*
 * Programs: loading, running, what they print.
 */
#include "sys/kernel.h"

int pbpf_sys_prog_load(const struct pbpf_env *env, const struct pbpf_prog_attr *attr,
		       uint32_t *log_true_size)
{
	struct abi_prog_load a = {
		.prog_type = attr->type,
		.insn_cnt = attr->insn_count,
		.insns = PBPF_ADDRESS(attr->insns),
		.license = PBPF_ADDRESS(attr->license),
		.log_level = attr->log_level,
		.log_size = attr->log_size,
		.log_buf = PBPF_ADDRESS(attr->log),
		.kern_version = attr->kern_version,
		.prog_flags = attr->flags | (attr->token_fd > 0 ? PBPF_F_TOKEN_FD : 0u),
		.prog_ifindex = attr->ifindex,
		.expected_attach_type = attr->expected_attach_type,
		.prog_btf_fd = sys_optional_fd(attr->btf_fd),
		.func_info_rec_size = attr->func_info_size,
		.func_info = PBPF_ADDRESS(attr->func_info),
		.func_info_cnt = attr->func_info_count,
		.line_info_rec_size = attr->line_info_size,
		.line_info = PBPF_ADDRESS(attr->line_info),
		.line_info_cnt = attr->line_info_count,
		.attach_btf_id = attr->attach_btf_id,
		.attach_btf_obj_fd = sys_optional_fd(attr->attach_btf_obj_fd),
		.core_relo_cnt = attr->core_relo_count,
		.fd_array = PBPF_ADDRESS(attr->fd_array),
		.core_relos = PBPF_ADDRESS(attr->core_relos),
		.core_relo_rec_size = attr->core_relo_size,
		.prog_token_fd = (int32_t)sys_optional_fd(attr->token_fd),
		.fd_array_cnt = attr->fd_array_count,
		.signature = PBPF_ADDRESS(attr->signature),
		.signature_size = attr->signature_size,
		.keyring_id = attr->keyring_id,
	};
	int fd;

	sys_copy_name(a.prog_name, attr->name);
	fd = sys_call_fd(env, PBPF_PROG_LOAD, &a, sizeof(a));
	if (log_true_size)
		*log_true_size = a.log_true_size;
	return fd;
}

int pbpf_sys_prog_bind_map(const struct pbpf_env *env, int prog_fd, int map_fd)
{
	struct abi_prog_bind_map a = {.prog_fd = (uint32_t)prog_fd, .map_fd = (uint32_t)map_fd};

	return sys_call(env, PBPF_PROG_BIND_MAP, &a, sizeof(a));
}

int pbpf_sys_prog_test_run(const struct pbpf_env *env, int prog_fd, struct pbpf_test_run *run)
{
	struct abi_test_run a = {
		.prog_fd = (uint32_t)prog_fd,
		.data_size_in = run->data_in_size,
		.data_size_out = run->data_out_size,
		.data_in = PBPF_ADDRESS(run->data_in),
		.data_out = PBPF_ADDRESS(run->data_out),
		.repeat = run->repeat,
		.ctx_size_in = run->ctx_in_size,
		.ctx_size_out = run->ctx_out_size,
		.ctx_in = PBPF_ADDRESS(run->ctx_in),
		.ctx_out = PBPF_ADDRESS(run->ctx_out),
		.flags = run->flags,
		.cpu = run->cpu,
		.batch_size = run->batch_size,
	};
	int err = sys_call_once(env, PBPF_PROG_TEST_RUN, &a, sizeof(a));

	run->data_out_size = a.data_size_out;
	run->ctx_out_size = a.ctx_size_out;
	run->retval = a.retval;
	run->duration = a.duration;
	return err;
}

int pbpf_sys_prog_stream_read(const struct pbpf_env *env, int prog_fd, uint32_t stream, void *buf,
			      uint32_t size)
{
	struct abi_prog_stream_read a = {
		.stream_buf = PBPF_ADDRESS(buf),
		.stream_buf_len = size,
		.stream_id = stream,
		.prog_fd = (uint32_t)prog_fd,
	};

	return sys_call_once(env, PBPF_PROG_STREAM_READ_BY_FD, &a, sizeof(a));
}
