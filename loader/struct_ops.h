/* SPDX-License-Identifier: MIT */
/*
 * Private to loader: maps of struct_ops, what the files about them give each other and the object.
 */
#ifndef LOADER_STRUCT_OPS_H
#define LOADER_STRUCT_OPS_H

#include "base/env.h"
#include "loader/pbpf_struct_ops.h"

struct pbpf_object;

struct struct_ops {
	uint32_t type; /* of the object's struct, in its BTF */
	uint32_t size;
	uint8_t *value;			/* that struct; where programs are, 0 */
	uint32_t member_count;		/* of that struct */
	struct pbpf_program **programs; /* by member; NULL: none */
	/* The same as the kernel has it; NULL until load. */
	uint8_t *kernel_value;
	uint32_t kernel_size;
	uint32_t *places; /* by member: where in kernel_value its program's fd goes */
	int module_fd;	  /* of the BTF that has the kernel's struct; 0: the kernel's own */
	struct pbpf_link *link;
};

/* struct_ops.c: how many maps, and then these; and their programs, once these have been found. */
uint32_t count_struct_ops(const struct pbpf_object *obj);
int find_struct_ops(struct pbpf_object *obj, uint32_t count);
int tie_struct_ops(struct pbpf_object *obj);
void free_struct_ops(struct pbpf_map *map);

/* struct_ops_kernel.c: fits those that are created to the kernel, and their programs; those that are in none
 * are left out. */
int fit_struct_ops(struct pbpf_object *obj);
void forget_kernel_value(struct pbpf_map *map);

/* struct_ops_attach.c: those that are created. */
int attach_struct_ops(struct pbpf_object *obj);
void detach_struct_ops(struct pbpf_object *obj);

#endif
