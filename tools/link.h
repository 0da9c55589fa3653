/* SPDX-License-Identifier: MIT */
/*
 * plainbpf link: what the kernel's links tie together, told in words.
 */
#ifndef TOOLS_LINK_H
#define TOOLS_LINK_H

#include "tools/btf.h"
#include "tools/fields.h"
#include "tools/select.h"

/* link_show.c; link_update.c; link.c */
extern const struct command link_show_command, link_update_command, link_pin_command,
	link_detach_command;

/* BPF_LINK_DETACH, and a message when it is refused. */
int link_detach(struct cli *cli, const struct found *found);

/*
 * Says where the link's program runs: link_info.c. `at_length` also what takes a while to find out, the names of
 * all functions of a link to many.
 */
void link_describe(struct cli *cli, struct types_cache *cache, const struct found *found,
		   bool at_length, struct fields *fields);

#endif
