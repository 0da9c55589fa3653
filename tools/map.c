/* SPDX-License-Identifier: MIT */
/*
 * plainbpf map: the maps in the kernel, whoever made them.
 */
#include "tools/map.h"

static const struct command *const map_commands[] = {
	&map_show_command,    /* what there is */
	&map_dump_command,    /* all elements */
	&map_lookup_command,  /* one */
	&map_update_command,  /* changing it */
	&map_delete_command,  /* taking it out */
	&map_getnext_command, /* the key behind it */
	&map_peek_command,    /* queues and stacks */
	&map_pop_command,     /* likewise */
	&map_push_command,    /* likewise */
	&map_freeze_command,  /* no changes any more */
	&map_pin_command,     /* a name */
	&map_create_command,  /* a new one */
	NULL,
};

const struct command map_command = {
	.name = "map",
	.family = map_commands,
	.summary = "maps in the kernel: list, dump, read and write, pin, create",
};
