/* SPDX-License-Identifier: MIT */
/*
 * plainbpf link: what the kernel's links tie together, told in words.
 */
#ifndef TOOLS_LINK_H
#define TOOLS_LINK_H

#include "tools/btf.h"
#include "tools/fields.h"
#include "tools/select.h"

/* link_show.c; link.c */
extern const struct command link_show_command, link_pin_command, link_detach_command;

/* BPF_LINK_DETACH, and a message when it is refused. */
int link_detach(struct cli *cli, const struct found *found);

/* What describing links needs again and again. Zero it first, and close it. */
struct link_names {
	uint32_t btf_id; /* whose types are open */
	struct types types;
};
void link_names_close(struct link_names *names);

/*
 * Says where the link's program runs: link_info.c. `at_length` also what takes a while to find out, the names of
 * all functions of a link to many.
 */
void link_describe(struct cli *cli, struct link_names *names, const struct found *found,
		   bool at_length, struct fields *fields);

#endif
