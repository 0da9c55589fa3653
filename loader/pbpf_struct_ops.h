/* SPDX-License-Identifier: MIT */
/*
 * struct_ops: a struct of the kernel's whose members are functions, and the functions are programs: a
 * congestion control, a scheduler.
 *
 *	SEC("struct_ops") __u32 my_ssthresh(struct sock *sk) { ... }
 *
 *	SEC(".struct_ops.link") struct tcp_congestion_ops mine = {
 *		.ssthresh = (void *)my_ssthresh,      a program's fd, in the kernel's member "ssthresh"
 *		.name = "mine",                       a value, in the kernel's member "name"
 *	};
 *
 * Each such variable is a map, whose only value is the struct as the running kernel has it: members are matched
 * by name, and laid out anew. So the object's struct may lack members, or have more than this kernel, as long
 * as what is too much is zero. What follows "___" in its name is not part of it.
 *
 *	section            how it is attached
 *	.struct_ops        by writing the value (Linux 5.6)
 *	.struct_ops.link   by a link, which can be changed to another map (6.4)
 *	?.struct_ops ...   the same, not created unless pbpf_map_set_autocreate() says so
 *
 * An object has at most 256 of them, of at most 1024 members each.
 *
 * A program of SEC("struct_ops") is loaded when a struct that is created has it as a member.
 *
 * Interface: these and those of pbpf_map.h; pbpf_object_attach() attaches those that are created. Reading order
 * of its files: struct_ops.c (what the object says), struct_ops_kernel.c (what the kernel has),
 * struct_ops_attach.c.
 */
#ifndef PBPF_STRUCT_OPS_H
#define PBPF_STRUCT_OPS_H

#include "link/pbpf_link.h"
#include "loader/pbpf_map.h"
#include "loader/pbpf_program.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The struct as the object has it, to look at and to change before load: *value is `size` bytes, in the
 * layout of the object's own struct, valid until the object is closed. Members that are programs read as
 * zero. -EINVAL: no map of struct_ops.
 */
int pbpf_struct_ops_value(struct pbpf_map *map, void **value, size_t *size);

/* The program in a member, or none (NULL), instead of what the object says. Before load, else -EINVAL;
 * -ENOENT the object's struct has no such member (the message names the nearest); -EINVAL it is no
 * function, or the program is not of type struct_ops, or of another object. */
int pbpf_struct_ops_set_program(struct pbpf_map *map, const char *member,
				struct pbpf_program *prog);

/*
 * Hands a loaded map to the kernel, which calls its programs from now on. The link is the caller's, and
 * outlives the object. Of a map of .struct_ops it ends when the link is closed, and the map cannot be attached
 * again; of .struct_ops.link when nothing holds the link any more.
 * Errors: -EINVAL not loaded, or the kernel misses a function, or refuses a value; -EEXIST there is one of
 * that name; -EBUSY it is attached already; -EPERM.
 */
int pbpf_struct_ops_attach(struct pbpf_map *map, struct pbpf_link **link,
			   const struct pbpf_link_options *opts);

/* The link of a map of .struct_ops.link uses this other map of the same struct from now on. 6.4. */
int pbpf_struct_ops_switch(struct pbpf_map *map, struct pbpf_link *link);

/* The link that pbpf_object_attach() made, the object's, or NULL. */
struct pbpf_link *pbpf_struct_ops_link(const struct pbpf_map *map);

#ifdef __cplusplus
}
#endif

#endif
