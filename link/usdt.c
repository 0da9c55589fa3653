/* SPDX-License-Identifier: MIT */
/*
 * Attaching to a USDT probe:
 *
 *	notes ── usdt_sites ──> places ─────────────> uprobe.multi, or a uprobe each (compat_usdt.c)
 *	                    └─> specs ── usdt_ids ──> map; the id is the place's cookie
 */
#include "link/usdt_link.h"

#include <stdio.h>

/* Gives each distinct spec a place in the map. */
static int add_specs(const struct pbpf_env *env, const struct usdt_sites *sites,
		     struct usdt_link *usdt)
{
	int err = usdt_ids_open(env, usdt->specs_fd, &usdt->ids);

	for (uint32_t i = 0; i < sites->spec_count && !err; i++)
		err = usdt_ids_add(env, &usdt->ids, &sites->specs[i]);
	return err;
}

/* One link for all places. */
static int create_multi(const struct pbpf_env *env, int prog_fd, const struct usdt_sites *sites,
			const struct usdt_link *usdt, const char *path, int pid)
{
	size_t count = sites->count;
	uint64_t *offsets = env_alloc(env, count * 3, sizeof(*offsets));
	struct pbpf_link_attr attr = {
		.prog_fd = prog_fd,
		.attach_type = PBPF_TRACE_UPROBE_MULTI,
		.multi = {.count = (uint32_t)count, .path = path, .pid = (uint32_t)pid},
	};
	int fd;

	if (!offsets)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		const struct usdt_site *site = &sites->sites[i];

		offsets[i] = site->offset;
		offsets[count + i] = usdt->ids.ids[site->spec];
		offsets[2 * count + i] = site->semaphore;
	}
	attr.multi.offsets = offsets;
	attr.multi.cookies = offsets + count;
	attr.multi.ref_counters = offsets + 2 * count;
	fd = pbpf_sys_link_create(env, &attr);
	env_free(env, offsets, count * 3, sizeof(*offsets));
	return fd;
}

static void free_usdt(const struct pbpf_env *env, struct usdt_link *usdt, bool release)
{
	usdt_events_close(env, usdt);
	usdt_ids_close(env, &usdt->ids, release);
	pbpf_sys_close(env, usdt->specs_fd);
	pbpf_sys_close(env, usdt->ips_fd);
	env_free(env, usdt, 1, sizeof(*usdt));
}

static int end_usdt(const struct pbpf_env *env, const struct link_undo *undo)
{
	free_usdt(env, undo->state, true);
	return 0;
}

static void forget_usdt(const struct pbpf_env *env, const struct link_undo *undo)
{
	free_usdt(env, undo->state, false);
}

/* The link's own fds of the maps. */
static int keep_maps(const struct pbpf_env *env, const struct pbpf_usdt *at, struct usdt_link *usdt)
{
	usdt->specs_fd = pbpf_sys_dup(env, at->specs_fd);
	if (usdt->specs_fd >= 0 && at->ips_fd > 0)
		usdt->ips_fd = pbpf_sys_dup(env, at->ips_fd);
	if (usdt->specs_fd >= 0 && (at->ips_fd <= 0 || usdt->ips_fd >= 0))
		return 0;
	return env_fail(env, usdt->specs_fd < 0 ? usdt->specs_fd : usdt->ips_fd,
			AT(STAGE_LINK, at->name, 0), "bpf/usdt.bpf.h has the maps",
			"the maps of USDT cannot be used: %s",
			pbpf_error_name(usdt->specs_fd < 0 ? usdt->specs_fd : usdt->ips_fd));
}

/* Attaches what was found; the link's fd, or -1 when the events are usdt's. */
static int attach_sites(const struct pbpf_env *env, int prog_fd, const struct usdt_sites *sites,
			struct usdt_link *usdt, const char *path, const struct pbpf_usdt *at,
			int *link_fd)
{
	int err = add_specs(env, sites, usdt);
	char target[256];
	int fd;

	if (err)
		return err;
	fd = create_multi(env, prog_fd, sites, usdt, path, at->pid);
	*link_fd = fd < 0 ? -1 : fd;
	if (fd == -EINVAL)
		return usdt_events_open(env, prog_fd, sites, usdt, path, at);
	snprintf(target, sizeof(target), "%.60s:%.60s of %.100s", at->provider, at->name, path);
	if (fd == -ENOMEM)
		return env_no_memory(env, STAGE_LINK, "the places of a USDT probe");
	if (fd < 0)
		return link_refused(env, fd, LINK_TRACING("USDT probe"), target, NULL);
	env_step(env, AT(STAGE_LINK, target, 0), "attached to %zu places of USDT probe %s",
		 sites->count, target);
	return 0;
}

static int attach_at_sites(struct pbpf_link **link, int prog_fd, const struct usdt_sites *sites,
			   const char *path, const struct pbpf_usdt *at, const struct pbpf_env *env)
{
	struct usdt_link *usdt = env_alloc(env, 1, sizeof(*usdt));
	struct link_undo undo = {
		.end = end_usdt,
		.prog_fd = -1,
		.state = usdt,
		.forget = forget_usdt,
	};
	int fd = -1, err;

	if (!usdt)
		return env_no_memory(env, STAGE_LINK, "a link");
	usdt->specs_fd = usdt->ips_fd = usdt->ids.fd = -1;
	err = keep_maps(env, at, usdt);
	if (!err)
		err = attach_sites(env, prog_fd, sites, usdt, path, at, &fd);
	if (err) {
		free_usdt(env, usdt, true);
		return err;
	}
	return link_of_undo(link, fd, &undo, env);
}

int pbpf_link_usdt(struct pbpf_link **link, int prog_fd, const struct pbpf_usdt *at,
		   const struct pbpf_link_options *opts)
{
	const struct pbpf_env *env = link_env(opts);
	struct usdt_sites sites;
	struct binary binary;
	int err = binary_open(env, at->path, at->root_of, &binary);

	if (err)
		return err;
	err = usdt_sites_find(env, &binary, at, opts ? opts->cookie : 0, &sites);
	if (!err) {
		err = attach_at_sites(link, prog_fd, &sites, binary.path, at, env);
		usdt_sites_free(env, &sites);
	}
	binary_close(env, &binary);
	return err;
}
