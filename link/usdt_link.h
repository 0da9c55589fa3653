/* SPDX-License-Identifier: MIT */
/*
 * What a link to a USDT probe owns.
 */
#ifndef LINK_USDT_LINK_H
#define LINK_USDT_LINK_H

#include "link/usdt_sites.h"
#include "link/usdt_specs.h"

/* A part of the file in the memory of the process. */
struct usdt_mapping {
	uint64_t begin, size;
	uint64_t offset; /* in the file, of what is at `begin` */
};

struct usdt_link {
	int specs_fd, ips_fd; /* of the maps; -1: none */
	struct usdt_ids ids;
	/* Without uprobe.multi: the fds that hold the attachments, and what was put into the map of
	 * addresses. */
	int *events;
	size_t event_count, event_room;
	uint64_t *ips;
	size_t ip_count, ip_room;
	struct usdt_mapping seen; /* the last that had a place; size 0: none yet */
};

/* compat_usdt.c: a uprobe for each place. What fails is reported; usdt_events_close() undoes it. */
int usdt_events_open(const struct pbpf_env *env, int prog_fd, const struct usdt_sites *sites,
		     struct usdt_link *usdt, const char *path, const struct pbpf_usdt *at);
void usdt_events_close(const struct pbpf_env *env, struct usdt_link *usdt);

#endif
