/* SPDX-License-Identifier: MIT */
/*
 * USDT before Linux 6.6: a perf event for each place. Before 5.15 there are no cookies, and a program finds
 * its spec by the address that it was called at, in the map __bpf_usdt_ip_to_spec_id. Where a file may be
 * loaded anywhere, only the process can tell the address:
 *
 *	/proc/PID/maps   "7f2e1c028000-7f2e1c1bd000 r-xp 00028000 fd:00 1234   /usr/lib/libc.so.6"
 *	                  begin                          offset in the file
 */
#include "link/probe.h"
#include "link/usdt_link.h"

#include <stdio.h>
#include <string.h>

/* --- Addresses --------------------------------------------------------------------------------- */

struct maps_search {
	const char *path;
	uint64_t place; /* in the file */
	struct usdt_mapping *found;
};

static bool has_place(const struct usdt_mapping *mapping, uint64_t place)
{
	return place >= mapping->offset && place - mapping->offset < mapping->size;
}

/* A hexadecimal number, and the character behind it. */
static const char *skip_hex(const char *text, uint64_t *value, char behind)
{
	static const char digits[] = "0123456789abcdef";
	const char *digit;

	for (*value = 0; *text && (digit = strchr(digits, *text)); text++)
		*value = *value << 4 | (uint64_t)(digit - digits);
	return *text == behind ? text + 1 : NULL;
}

/* Ends the search with 1 where this is the mapping that has the place. */
static int look_at_mapping(void *ctx, const char *line)
{
	const struct maps_search *search = ctx;
	const char *at, *path = strchr(line, '/');
	struct usdt_mapping mapping;
	uint64_t end;

	at = skip_hex(line, &mapping.begin, '-');
	at = at ? skip_hex(at, &end, ' ') : NULL;
	if (!at || !path || strcmp(path, search->path) != 0 || strnlen(at, 5) < 5 || at[2] != 'x')
		return 0;
	mapping.size = end - mapping.begin;
	if (!skip_hex(at + 5, &mapping.offset, ' ') || !has_place(&mapping, search->place))
		return 0;
	*search->found = mapping;
	return 1;
}

/* Finds the mapping of the process that has the place. */
static int see_mapping(const struct pbpf_env *env, struct usdt_link *usdt, uint64_t place,
		       const char *path, const struct pbpf_usdt *at)
{
	struct maps_search search = {.path = path, .place = place, .found = &usdt->seen};
	char maps[32], root[32];
	int found;

	snprintf(maps, sizeof(maps), "/proc/%d/maps", at->pid);
	snprintf(root, sizeof(root), "/proc/%d/root/", at->root_of);
	if (at->root_of && !strncmp(path, root, strlen(root)))
		search.path = path + strlen(root) - 1;
	found = pbpf_sys_each_line(env, maps, look_at_mapping, &search);
	if (found == 1)
		return 0;
	return env_fail(env, found ? found : -ENOENT, AT(STAGE_LINK, at->name, 0),
			"give the file's path as /proc/PID/maps has it",
			"process %d does not have '%s' in its memory: %s", at->pid, search.path,
			pbpf_error_name(found ? found : -ENOENT));
}

/* The address of a place in the memory of the process. Most places are in one mapping, which is looked up once. */
static int find_address(const struct pbpf_env *env, struct usdt_link *usdt,
			const struct usdt_sites *sites, const struct usdt_site *site,
			const char *path, const struct pbpf_usdt *at, uint64_t *address)
{
	int err = 0;

	*address = site->address;
	if (sites->fixed)
		return 0;
	if (!at->pid)
		return env_fail(env, -ENOTSUP, AT(STAGE_LINK, at->name, 0),
				"name a process; since Linux 5.15 it works for all at once",
				"'%s' may be loaded anywhere, and this kernel does not tell a "
				"program which probe it runs for",
				path);
	if (!has_place(&usdt->seen, site->offset))
		err = see_mapping(env, usdt, site->offset, path, at);
	*address = usdt->seen.begin + (site->offset - usdt->seen.offset);
	return err;
}

static int add_address(const struct pbpf_env *env, struct usdt_link *usdt, uint64_t address,
		       uint32_t id)
{
	int err = -EBADF;

	if (usdt->ips_fd >= 0)
		err = pbpf_sys_map_update(env, usdt->ips_fd, &address, &id, PBPF_NOEXIST);
	if (err)
		return env_fail(env, err, AT(STAGE_LINK, NULL, 0),
				err == -EEXIST ? "before Linux 5.15 a place takes one program"
				: err == -EBADF
					? "give the fd of the map __bpf_usdt_ip_to_spec_id as well"
					: NULL,
				"the address of a USDT probe cannot be put into its map: %s",
				pbpf_error_name(err));
	usdt->ips[usdt->ip_count++] = address;
	return 0;
}

/* --- Events ------------------------------------------------------------------------------------ */

static int attach_event(const struct pbpf_env *env, int prog_fd, struct probe *probe,
			uint64_t cookie)
{
	int fd = probe_open(env, probe);

	return fd < 0 ? fd : link_perf_event(env, fd, prog_fd, cookie);
}

static int open_one(const struct pbpf_env *env, int prog_fd, const struct usdt_sites *sites,
		    const struct usdt_site *site, struct usdt_link *usdt, struct probe *probe,
		    const struct pbpf_usdt *at)
{
	uint32_t id = usdt->ids.ids[site->spec];
	uint64_t address;
	char target[256];
	int fd, err;

	probe->offset = site->offset;
	probe->semaphore = (uint32_t)site->semaphore;
	fd = id ? attach_event(env, prog_fd, probe, id) : -EINVAL;
	if (fd == -EINVAL) {
		err = find_address(env, usdt, sites, site, probe->name, at, &address);
		if (!err)
			err = add_address(env, usdt, address, id);
		if (err)
			return err;
		fd = attach_event(env, prog_fd, probe, 0);
	}
	if (fd >= 0) {
		usdt->events[usdt->event_count++] = fd;
		return 0;
	}
	snprintf(target, sizeof(target), "%.60s:%.60s of %.100s", at->provider, at->name,
		 probe->name);
	return link_refused(env, fd, LINK_TRACING("USDT probe"), target, NULL);
}

int usdt_events_open(const struct pbpf_env *env, int prog_fd, const struct usdt_sites *sites,
		     struct usdt_link *usdt, const char *path, const struct pbpf_usdt *at)
{
	struct probe probe = {.pmu = "uprobe", .name = path, .pid = at->pid};
	int err = probe_find_pmu(env, &probe);

	/* A kernel that has it in tracefs only, before 4.17, lacks what such programs call, too. */
	if (!err && probe.no_pmu)
		err = probe_not_there(env, &probe);
	if (err)
		return err;
	usdt->events = env_alloc(env, sites->count, sizeof(*usdt->events));
	usdt->event_room = usdt->events ? sites->count : 0;
	usdt->ips = env_alloc(env, sites->count, sizeof(*usdt->ips));
	usdt->ip_room = usdt->ips ? sites->count : 0;
	if (!usdt->events || !usdt->ips)
		return env_no_memory(env, STAGE_LINK, "the places of a USDT probe");
	for (size_t i = 0; i < sites->count && !err; i++)
		err = open_one(env, prog_fd, sites, &sites->sites[i], usdt, &probe, at);
	if (!err)
		env_step(env, AT(STAGE_LINK, at->name, 0),
			 "attached to %zu places of USDT probe %s:%s, by an event each",
			 sites->count, at->provider, at->name);
	return err;
}

void usdt_events_close(const struct pbpf_env *env, struct usdt_link *usdt)
{
	for (size_t i = 0; i < usdt->event_count; i++)
		pbpf_sys_close(env, usdt->events[i]);
	for (size_t i = 0; i < usdt->ip_count; i++)
		pbpf_sys_map_delete(env, usdt->ips_fd, &usdt->ips[i]);
	env_free(env, usdt->events, usdt->event_room, sizeof(*usdt->events));
	env_free(env, usdt->ips, usdt->ip_room, sizeof(*usdt->ips));
	usdt->events = NULL;
	usdt->ips = NULL;
}
