/* SPDX-License-Identifier: MIT */
/*
 * One bpf(2): patience with signals, and fds above stdio's.
 */
#include "sys/kernel.h"

#define MAX_CALLS 5

int sys_call_once(const struct pbpf_env *env, enum pbpf_cmd cmd, void *attr, size_t size)
{
	return (int)KERNEL(env, bpf)(KERNEL_CTX(env), (int)cmd, attr, (unsigned int)size);
}

bool sys_interrupted(long result, int *calls)
{
	return ++*calls < MAX_CALLS && (result == -EINTR || result == -EAGAIN);
}

int sys_call(const struct pbpf_env *env, enum pbpf_cmd cmd, void *attr, size_t size)
{
	int calls = 0, result;

	do
		result = sys_call_once(env, cmd, attr, size);
	while (sys_interrupted(result, &calls));
	return result;
}

int sys_keep_fd(const struct pbpf_env *env, int fd)
{
	int kept = fd;

	if (fd >= 0 && fd < FIRST_FD) {
		kept = (int)KERNEL(env, dup)(KERNEL_CTX(env), fd);
		pbpf_sys_close(env, fd);
	}
	return kept;
}

int sys_call_fd(const struct pbpf_env *env, enum pbpf_cmd cmd, void *attr, size_t size)
{
	return sys_keep_fd(env, sys_call(env, cmd, attr, size));
}

uint32_t sys_optional_fd(int fd)
{
	return fd > 0 ? (uint32_t)fd : 0;
}

void sys_copy_name(char *to, const char *name)
{
	for (size_t i = 0; name && name[i] && i < PBPF_OBJ_NAME_LEN - 1; i++)
		to[i] = name[i];
}
