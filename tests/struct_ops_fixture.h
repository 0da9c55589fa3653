/* SPDX-License-Identifier: MIT */
/*
 * What the tests of struct_ops share: a kernel that has the types of one, and the object that has its maps.
 */
#ifndef TESTS_STRUCT_OPS_FIXTURE_H
#define TESTS_STRUCT_OPS_FIXTURE_H

#include "base/env.h"
#include "btf_builder.h"
#include "elf_builder.h"
#include "loader_fixture.h"

#define LINUX_NAME "tcp_congestion_ops"

/* Where the kernel made here has the members, in bytes of the map's value. */
enum { DATA = 64, SSTHRESH = 0, CONG_AVOID = 8, FLAGS = 16, UNDO_CWND = 24, NAME = 32 };
enum { OPS_SIZE = 48, VALUE_SIZE = 128 };

/* What the kernel has, and what is wrong with it. */
struct kernel_types {
	const char *ops;      /* the name of its struct */
	const char *data;     /* of the member with the inner struct */
	uint32_t name_size;   /* bytes of the member "name" */
	bool ssthresh_is_int; /* and no function */
	bool no_undo;	      /* has no such member */
	const char *undo;     /* has it under this name */
	struct btf_builder b;
	struct btf_bytes bytes;
};

static inline void build_types(struct kernel_types *types, const struct btf_builder *base)
{
	struct btf_builder *b = &types->b;
	uint32_t u32, u64, character, text, proto, function, ops;
	char name[64];

	if (base)
		btf_start_split(b, base);
	else
		btf_start(b, HOST_BIG);
	u32 = add_int(b, "unsigned int", 4, 0);
	u64 = add_int(b, "unsigned long", 8, 0);
	character = add_int(b, "char", 1, 1);
	text = add_array(b, character, u32, types->name_size ? types->name_size : 16);
	proto = add_proto(b, u32);
	function = add_ptr(b, proto);
	ops = add_struct(b, types->ops ? types->ops : LINUX_NAME, OPS_SIZE);
	add_member(b, "ssthresh", types->ssthresh_is_int ? u64 : function, SSTHRESH * 8);
	add_member(b, "cong_avoid", function, CONG_AVOID * 8);
	add_member(b, "flags", u32, FLAGS * 8);
	if (!types->no_undo)
		add_member(b, types->undo ? types->undo : "undo_cwnd", function, UNDO_CWND * 8);
	add_member(b, "name", text, NAME * 8);
	snprintf(name, sizeof(name), "bpf_struct_ops_%s", types->ops ? types->ops : LINUX_NAME);
	add_struct(b, name, VALUE_SIZE);
	add_member(b, "refcnt", u32, 0);
	add_member(b, "state", u32, 32);
	add_member(b, types->data ? types->data : "data", ops, DATA * 8);
	types->bytes = btf_finish(b);
}

/* The object, opened, on such a kernel. */
static inline struct fixture *struct_ops(struct kernel_types *types)
{
	struct fixture *f = fixture_new("struct_ops.bpf");

	build_types(types, NULL);
	f->kernel.types = (struct fake_types){types->bytes.bytes, types->bytes.size};
	f->env.level = PBPF_NOTE;
	ck_assert_msg(!open_object(f), "%s", f->host.text);
	return f;
}

static inline void end(struct fixture *f, struct kernel_types *types)
{
	fixture_free(f);
	free(types->bytes.bytes);
}

static inline struct pbpf_map *map_of(const struct fixture *f, const char *name)
{
	struct pbpf_map *map = pbpf_object_map(f->obj, name);

	ck_assert_msg(map != NULL, "no map '%s'", name);
	return map;
}

static inline struct pbpf_program *program(const struct fixture *f, const char *name)
{
	struct pbpf_program *prog = pbpf_object_program(f->obj, name);

	ck_assert_msg(prog != NULL, "no program '%s'", name);
	return prog;
}

static inline const struct fake_object *kernel_map(const struct fixture *f, const char *name)
{
	return fake_kernel_object(&f->kernel, pbpf_map_fd(map_of(f, name)));
}

/* The map's value in the kernel, behind its key. */
static inline const unsigned char *value_of(const struct fixture *f, const char *name)
{
	const struct fake_object *map = kernel_map(f, name);

	ck_assert_uint_eq(map->size, 4 + VALUE_SIZE);
	return map->bytes + 4;
}

static inline uint64_t number_at(const unsigned char *value, size_t offset)
{
	uint64_t number;

	memcpy(&number, value + DATA + offset, sizeof(number));
	return number;
}

static inline uint64_t fd_of(const struct fixture *f, const char *name)
{
	return (uint64_t)pbpf_program_fd(program(f, name));
}

#endif
