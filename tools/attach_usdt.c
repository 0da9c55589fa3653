/* SPDX-License-Identifier: MIT */
/*
 * The probes that a program's author put into it. The specs of their arguments go into a map of the program in
 * the kernel, which is found by its name among those that the program uses.
 */
#include "link/pbpf_link_usdt.h"

#include "tools/attach_kinds.h"

#include <string.h>

#define MAPS_MAX 64 /* that one program uses */

/* An fd of the program's map with that name; -ENOENT: it has none. The kernel keeps 15 characters. */
static int open_map_of(const struct pbpf_env *env, int prog_fd, const char *name)
{
	uint32_t ids[MAPS_MAX], size = sizeof(struct pbpf_prog_info);
	struct pbpf_prog_info prog = {.nr_map_ids = MAPS_MAX, .map_ids = PBPF_ADDRESS(ids)};
	int err = pbpf_sys_obj_info(env, prog_fd, &prog, &size);

	for (uint32_t i = 0; err >= 0 && i < prog.nr_map_ids && i < MAPS_MAX; i++) {
		struct pbpf_map_info map = {.id = 0};
		int fd = pbpf_sys_map_fd_by_id(env, ids[i], 0);

		size = sizeof(map);
		if (fd < 0)
			continue;
		if (pbpf_sys_obj_info(env, fd, &map, &size) >= 0 &&
		    !strncmp(map.name, name, sizeof(map.name) - 1))
			return fd;
		pbpf_sys_close(env, fd);
	}
	return err < 0 ? err : -ENOENT;
}

/* FILE:PROVIDER:NAME, cut to pieces. */
static bool cut_probe(char *file, struct pbpf_usdt *at)
{
	char *name = strrchr(file, ':'), *provider;

	if (!name)
		return false;
	*name++ = '\0';
	provider = strrchr(file, ':');
	if (!provider)
		return false;
	*provider++ = '\0';
	at->path = file;
	at->provider = provider;
	at->name = name;
	return true;
}

static int attach_probe(struct attach *a, struct pbpf_usdt *at)
{
	const struct pbpf_env *env = &a->cli->env;
	int err;

	at->specs_fd = open_map_of(env, a->prog_fd, PBPF_USDT_SPECS);
	if (at->specs_fd < 0)
		return env_fail(
			env, at->specs_fd, AT("attach", NULL, 0),
			"compile it with bpf/usdt.bpf.h; finding the map needs CAP_SYS_ADMIN",
			"the program's map " PBPF_USDT_SPECS " is not found: %s",
			pbpf_error_name(at->specs_fd));
	at->ips_fd = open_map_of(env, a->prog_fd, PBPF_USDT_IPS);
	if (at->ips_fd < 0)
		at->ips_fd = 0;
	err = pbpf_link_usdt(&a->link, a->prog_fd, at, &a->opts);
	pbpf_sys_close(env, at->specs_fd);
	if (at->ips_fd > 0)
		pbpf_sys_close(env, at->ips_fd);
	return err;
}

/* FILE:PROVIDER:NAME [pid N] */
int attach_usdt(struct attach *a)
{
	struct pbpf_usdt at = {.pid = 0};
	char file[4096];
	int code = read_probed_file(a, "FILE:PROVIDER:NAME", file, sizeof(file), &at.pid);

	if (code)
		return code;
	if (!cut_probe(file, &at))
		return not_of_form(a, "FILE:PROVIDER:NAME");
	return attach_probe(a, &at);
}
