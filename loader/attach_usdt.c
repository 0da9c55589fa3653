/* SPDX-License-Identifier: MIT */
/*
 * Attaching a program of the section "usdt/FILE:PROVIDER:NAME": link finds the probe and its arguments, and
 * writes these to the object's own maps.
 */
#include "link/pbpf_link_usdt.h"
#include "loader/object.h"

#include <string.h>

#define USDT_TARGET_MAX 512 /* bytes of a section name, with its NUL */

static int map_fd_of(const struct pbpf_object *obj, const char *name)
{
	const struct pbpf_map *map = pbpf_object_map(obj, name);

	return map ? pbpf_map_fd(map) : -1;
}

/* Cuts ":WORD" off the end; NULL: there is none. */
static char *cut_word(char *text)
{
	char *colon = strrchr(text, ':');

	if (!colon || colon == text || !colon[1])
		return NULL;
	*colon = '\0';
	return colon + 1;
}

int attach_usdt(struct pbpf_program *prog, struct pbpf_link **link,
		const struct pbpf_link_options *opts)
{
	const char *target = section_target(prog->kind, prog->section);
	char path[USDT_TARGET_MAX] = "";
	struct pbpf_usdt at = {
		.path = path,
		.specs_fd = map_fd_of(prog->obj, PBPF_USDT_SPECS),
		.ips_fd = map_fd_of(prog->obj, PBPF_USDT_IPS),
	};

	if (strlen(target) < sizeof(path))
		strcpy(path, target);
	at.name = cut_word(path);
	at.provider = at.name ? cut_word(path) : NULL;
	if (!at.provider)
		return program_fail(prog, -EINVAL, "write SEC(\"usdt/libc.so.6:libc:setjmp\")",
				    "its section name does not say where to attach it");
	if (at.specs_fd < 0)
		return program_fail(prog, -EINVAL, "include <bpf/usdt.bpf.h>",
				    "its object has no map __bpf_usdt_specs");
	return pbpf_link_usdt(link, prog->fd, &at, opts);
}
