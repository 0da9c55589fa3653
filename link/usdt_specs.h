/* SPDX-License-Identifier: MIT */
/*
 * The specs of one link: which of the map's places are its own.
 */
#ifndef LINK_USDT_SPECS_H
#define LINK_USDT_SPECS_H

#include "link/link.h"
#include "link/usdt.h"

#define USDT_SPEC_MAX 304 /* bytes of the larger layout */

struct usdt_ids {
	int fd;	       /* the map's; not this one's own */
	size_t size;   /* of its values: which of the layouts it is */
	uint32_t room; /* in the map */
	uint32_t *ids;
	uint32_t count, allocated;
	uint32_t tried; /* ids below were looked at: they are taken */
};

/* Looks at the map. -EINVAL: it is another one, which is reported. */
int usdt_ids_open(const struct pbpf_env *env, int fd, struct usdt_ids *ids);

/* Puts a spec into a free place of the map; its id is the last of ids->ids then. -ENOSPC, and what the
 * kernel says, is reported. */
int usdt_ids_add(const struct pbpf_env *env, struct usdt_ids *ids, const struct usdt_spec *spec);

/* Frees the places, with `release`, and the memory. */
void usdt_ids_close(const struct pbpf_env *env, struct usdt_ids *ids, bool release);

#endif
