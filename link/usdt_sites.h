/* SPDX-License-Identifier: MIT */
/*
 * The places of one probe in a file, and the specs of their arguments.
 */
#ifndef LINK_USDT_SITES_H
#define LINK_USDT_SITES_H

#include "link/binary.h"
#include "link/pbpf_link_usdt.h"
#include "link/usdt.h"

struct usdt_site {
	uint64_t offset, semaphore; /* in the file; 0: none */
	uint64_t address;	    /* as of symbols */
	uint32_t spec;		    /* index of the place's spec */
};

struct usdt_sites {
	struct usdt_site *sites;
	size_t count, room;
	struct usdt_spec *specs; /* each once: places have the same more often than not */
	uint32_t spec_count, spec_room;
	bool fixed; /* the addresses are those in memory, too */
};

/* Finds all. Everything that fails is reported: -ENOENT there is none, and so on. To be freed by
 * usdt_sites_free(). */
int usdt_sites_find(const struct pbpf_env *env, const struct binary *binary,
		    const struct pbpf_usdt *at, uint64_t cookie, struct usdt_sites *sites);
void usdt_sites_free(const struct pbpf_env *env, struct usdt_sites *sites);

#endif
