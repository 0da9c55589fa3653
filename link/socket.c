/* SPDX-License-Identifier: MIT */
/*
 * Programs on a socket of one's own, by setsockopt(2). The socket holds the program; there is no link.
 */
#include "link/link.h"
#include "link/pbpf_link_net.h"

#include <stdio.h>
#include <sys/socket.h>

/* From asm/socket.h, whose numbers are the architecture's; older ones lack some. */
#ifndef SO_ATTACH_REUSEPORT_EBPF
#define SO_ATTACH_REUSEPORT_EBPF 52
#endif
#ifndef SO_DETACH_REUSEPORT_BPF
#define SO_DETACH_REUSEPORT_BPF 68
#endif

static int set_option(int socket_fd, int option, int value, const char *what,
		      const struct pbpf_env *env)
{
	int err = pbpf_sys_setsockopt(env, socket_fd, SOL_SOCKET, option, &value, sizeof(value));
	char target[16], hint[HINT_MAX];

	if (err >= 0)
		return 0;
	snprintf(target, sizeof(target), "%d", socket_fd);
	return env_fail(env, err, AT(STAGE_LINK, target, 0), refusal_hint_of_link(err, NULL, hint),
			"the kernel refused to %s socket %d: %s", what, socket_fd,
			pbpf_error_name(err));
}

int pbpf_socket_attach(int socket_fd, int prog_fd, const struct pbpf_env *env)
{
	return set_option(socket_fd, SO_ATTACH_BPF, prog_fd, "attach a filter to", env);
}

int pbpf_socket_detach(int socket_fd, const struct pbpf_env *env)
{
	return set_option(socket_fd, SO_DETACH_BPF, 0, "detach the filter of", env);
}

int pbpf_reuseport_attach(int socket_fd, int prog_fd, const struct pbpf_env *env)
{
	return set_option(socket_fd, SO_ATTACH_REUSEPORT_EBPF, prog_fd, "attach a program to", env);
}

int pbpf_reuseport_detach(int socket_fd, const struct pbpf_env *env)
{
	return set_option(socket_fd, SO_DETACH_REUSEPORT_BPF, 0, "detach the program of", env);
}
