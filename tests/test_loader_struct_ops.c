/* SPDX-License-Identifier: MIT */
/*
 * struct_ops: the object's struct becomes the kernel's, member by member. The kernel's types are made here.
 */
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

static void build_types(struct kernel_types *types, const struct btf_builder *base)
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
static struct fixture *struct_ops(struct kernel_types *types)
{
	struct fixture *f = fixture_new("struct_ops.bpf");

	build_types(types, NULL);
	f->kernel.types = (struct fake_types){types->bytes.bytes, types->bytes.size};
	f->env.level = PBPF_NOTE;
	ck_assert_msg(!open_object(f), "%s", f->host.text);
	return f;
}

static void end(struct fixture *f, struct kernel_types *types)
{
	fixture_free(f);
	free(types->bytes.bytes);
}

static struct pbpf_map *map_of(const struct fixture *f, const char *name)
{
	struct pbpf_map *map = pbpf_object_map(f->obj, name);

	ck_assert_msg(map != NULL, "no map '%s'", name);
	return map;
}

static struct pbpf_program *program(const struct fixture *f, const char *name)
{
	struct pbpf_program *prog = pbpf_object_program(f->obj, name);

	ck_assert_msg(prog != NULL, "no program '%s'", name);
	return prog;
}

static const struct fake_object *kernel_map(const struct fixture *f, const char *name)
{
	return fake_kernel_object(&f->kernel, pbpf_map_fd(map_of(f, name)));
}

/* The map's value in the kernel, behind its key. */
static const unsigned char *value_of(const struct fixture *f, const char *name)
{
	const struct fake_object *map = kernel_map(f, name);

	ck_assert_uint_eq(map->size, 4 + VALUE_SIZE);
	return map->bytes + 4;
}

static uint64_t number_at(const unsigned char *value, size_t offset)
{
	uint64_t number;

	memcpy(&number, value + DATA + offset, sizeof(number));
	return number;
}

static uint64_t fd_of(const struct fixture *f, const char *name)
{
	return (uint64_t)pbpf_program_fd(program(f, name));
}

START_TEST(maps_are_what_the_object_says)
{
	struct kernel_types types = {0};
	struct fixture *f = struct_ops(&types);
	const struct pbpf_map_attr *attr = pbpf_map_attr(map_of(f, "by_link"));

	ck_assert_uint_eq(f->kernel.calls, 0);
	ck_assert_uint_eq(attr->type, PBPF_MAP_TYPE_STRUCT_OPS);
	ck_assert_uint_eq(attr->max_entries, 1);
	ck_assert_uint_eq(attr->flags, PBPF_F_LINK);
	ck_assert_uint_eq(pbpf_map_attr(map_of(f, "by_value"))->flags, 0);
	ck_assert(pbpf_map_autocreate(map_of(f, "by_link")));
	ck_assert(!pbpf_map_autocreate(map_of(f, "instead")));
	end(f, &types);
}
END_TEST

START_TEST(the_value_is_the_kernels)
{
	struct kernel_types types = {0};
	struct fixture *f = struct_ops(&types);
	const struct fake_object *map, *prog;
	const unsigned char *value;

	ck_assert_msg(!pbpf_object_load(f->obj), "%s", f->host.text);
	map = kernel_map(f, "by_value");
	ck_assert_uint_eq(map->map.value_size, VALUE_SIZE);
	ck_assert_uint_ne(map->map.btf_fd, 0);
	ck_assert_uint_eq(map->map.btf_vmlinux_value_type_id, 8);
	ck_assert_uint_eq(map->size, 0); /* nothing is registered yet */
	prog = fake_kernel_object(&f->kernel, (int)fd_of(f, "undo_cwnd"));
	ck_assert_uint_eq(prog->prog.attach_btf_id, 7);
	ck_assert_uint_eq(prog->prog.expected_attach_type, 3);
	ck_assert_uint_eq(prog->prog.attach_btf_obj_fd, 0);

	ck_assert_msg(!pbpf_object_attach(f->obj), "%s", f->host.text);
	value = value_of(f, "by_value");
	ck_assert_uint_eq(number_at(value, SSTHRESH), fd_of(f, "ssthresh"));
	ck_assert_uint_eq(number_at(value, CONG_AVOID), fd_of(f, "cong_avoid"));
	ck_assert_uint_eq(number_at(value, UNDO_CWND), fd_of(f, "undo_cwnd"));
	ck_assert_uint_eq(number_at(value, FLAGS), 0);
	ck_assert_str_eq((const char *)value + DATA + NAME, "pbpf_value");
	ck_assert_uint_eq(f->kernel.commands[PBPF_LINK_CREATE], 1);
	ck_assert_ptr_nonnull(pbpf_struct_ops_link(map_of(f, "by_link")));

	pbpf_object_detach(f->obj);
	ck_assert_uint_eq(kernel_map(f, "by_value")->size, 0); /* deleted */
	ck_assert_ptr_null(pbpf_struct_ops_link(map_of(f, "by_link")));
	end(f, &types);
}
END_TEST

START_TEST(only_programs_of_maps_that_are_created)
{
	struct kernel_types types = {0};
	struct fixture *f = struct_ops(&types);

	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	ck_assert_int_eq(pbpf_program_fd(program(f, "other_cong_avoid")), -ENOENT);
	ck_assert_ptr_nonnull(strstr(pbpf_program_skipped(program(f, "other_cong_avoid")),
				     "no struct_ops that is created"));
	pbpf_object_unload(f->obj);
	ck_assert_int_eq(pbpf_map_set_autocreate(map_of(f, "instead"), true), 0);
	ck_assert_int_eq(pbpf_map_set_autocreate(map_of(f, "by_link"), false), 0);
	ck_assert_int_eq(pbpf_map_set_autocreate(map_of(f, "by_value"), false), 0);
	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	ck_assert_int_ge(pbpf_program_fd(program(f, "other_cong_avoid")), 3);
	ck_assert_int_eq(pbpf_program_fd(program(f, "cong_avoid")), -ENOENT);
	end(f, &types);
}
END_TEST

START_TEST(a_link_changes_to_another_map)
{
	struct kernel_types types = {0};
	struct fixture *f = struct_ops(&types);
	struct pbpf_link *link = NULL;

	ck_assert_int_eq(pbpf_map_set_autocreate(map_of(f, "instead"), true), 0);
	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	ck_assert_int_eq(pbpf_struct_ops_attach(map_of(f, "by_link"), &link, NULL), 0);
	ck_assert_int_eq(pbpf_struct_ops_switch(map_of(f, "instead"), link), 0);
	ck_assert_uint_eq(number_at(value_of(f, "instead"), CONG_AVOID),
			  fd_of(f, "other_cong_avoid"));
	ck_assert_int_eq(fake_kernel_object(&f->kernel, pbpf_link_fd(link))->prog_fd,
			 pbpf_map_fd(map_of(f, "instead")));
	pbpf_link_close(link);
	end(f, &types);
}
END_TEST

START_TEST(the_struct_can_be_changed_before_load)
{
	struct kernel_types types = {0}, other_types = {0};
	struct fixture *f = struct_ops(&types), *other;
	struct pbpf_link *link = NULL;
	struct pbpf_map *map = map_of(f, "by_value");
	size_t size;
	void *value;

	ck_assert_int_eq(pbpf_struct_ops_value(map, &value, &size), 0);
	ck_assert_str_eq((char *)value + 24, "pbpf_value"); /* in the layout of the object */
	strcpy((char *)value + 24, "renamed");
	ck_assert_int_eq(
		pbpf_struct_ops_set_program(map, "cong_avoid", program(f, "other_cong_avoid")), 0);
	ck_assert_int_eq(pbpf_struct_ops_set_program(map, "undo_cwnd", NULL), 0);
	other = struct_ops(&other_types);
	ck_assert_int_eq(
		pbpf_struct_ops_set_program(map, "undo_cwnd", program(other, "other_cong_avoid")),
		-EINVAL);
	end(other, &other_types);
	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	ck_assert_int_eq(pbpf_struct_ops_attach(map, &link, NULL), 0);
	ck_assert_str_eq((const char *)value_of(f, "by_value") + DATA + NAME, "renamed");
	ck_assert_uint_eq(number_at(value_of(f, "by_value"), CONG_AVOID),
			  fd_of(f, "other_cong_avoid"));
	ck_assert_uint_eq(number_at(value_of(f, "by_value"), UNDO_CWND), 0);
	ck_assert_int_eq(pbpf_struct_ops_set_program(map, "undo_cwnd", NULL), -EINVAL);
	pbpf_link_close(link);
	end(f, &types);
}
END_TEST

/* They are attached with their struct, so there is nothing that the caller has to do. */
START_TEST(programs_of_members_are_no_ones_to_attach)
{
	struct kernel_types types = {0};
	struct fixture *f = struct_ops(&types);

	pbpf_object_close(f->obj);
	f->obj = NULL;
	f->env.level = PBPF_NOTE;
	ck_assert_int_eq(open_object(f), 0);
	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	f->host.messages[PBPF_NOTE] = 0;
	ck_assert_int_eq(pbpf_object_attach(f->obj), 0);
	ck_assert_uint_eq(f->host.messages[PBPF_NOTE], 0);
	end(f, &types);
}
END_TEST

START_TEST(programs_of_members_that_are_none)
{
	struct kernel_types types = {0};
	struct fixture *f = struct_ops(&types);
	struct pbpf_map *map = map_of(f, "by_value");
	struct pbpf_program *prog = program(f, "ssthresh");
	size_t size;
	void *value;

	ck_assert_int_eq(pbpf_struct_ops_set_program(map, "ssthres", prog), -ENOENT);
	ck_assert_ptr_nonnull(strstr(f->host.text, "did you mean 'ssthresh'?"));
	ck_assert_int_eq(pbpf_struct_ops_set_program(map, "name", prog), -EINVAL);
	ck_assert_ptr_nonnull(strstr(f->host.text, "is no function"));
	ck_assert_int_eq(pbpf_struct_ops_set_program(map_of(f, ".bss"), "x", prog), -EINVAL);
	ck_assert_int_eq(pbpf_struct_ops_value(map_of(f, ".bss"), &value, &size), -EINVAL);
	ck_assert_uint_eq(f->host.messages[PBPF_ERROR], 4);
	end(f, &types);
}
END_TEST

/* One program cannot be two members. */
START_TEST(one_program_in_two_places)
{
	struct kernel_types types = {0};
	struct fixture *f = struct_ops(&types);

	ck_assert_int_eq(pbpf_struct_ops_set_program(map_of(f, "by_value"), "undo_cwnd",
						     program(f, "ssthresh")),
			 0);
	ck_assert_int_eq(pbpf_object_load(f->obj), -EINVAL);
	ck_assert_ptr_nonnull(strstr(f->host.text, "another one elsewhere"));
	end(f, &types);
}
END_TEST

/* Members that this kernel has not got, or has otherwise. */
static const struct {
	struct kernel_types types;
	int err;
	const char *text;
} other_kernels[] = {
	{{.ops = "tcp_congestion_op"}, -ENOENT, "did you mean 'tcp_congestion_op'?"},
	{{.data = "date"}, -ENOTSUP, "has no struct 'data'"},
	{{.name_size = 8}, -ENOTSUP, "'name', which is of another kind or size"},
	{{.ssthresh_is_int = true}, -ENOTSUP, "'ssthresh', which is of another kind or size"},
	{{.no_undo = true}, -ENOTSUP, "'undo_cwnd', which this kernel's struct has not"},
	{{.undo = "undo_cwd"}, -ENOTSUP, "struct has not; did you mean 'undo_cwd'?"},
};

START_TEST(kernels_that_have_it_otherwise)
{
	struct kernel_types types = other_kernels[_i].types;
	struct fixture *f = struct_ops(&types);

	ck_assert_int_eq(pbpf_object_load(f->obj), other_kernels[_i].err);
	ck_assert_msg(strstr(f->host.text, other_kernels[_i].text), "%s", f->host.text);
	ck_assert_uint_eq(f->host.messages[PBPF_ERROR], 1);
	end(f, &types);
}
END_TEST

START_TEST(what_is_too_much_may_be_empty)
{
	struct kernel_types types = {.no_undo = true};
	struct fixture *f = struct_ops(&types);

	ck_assert_int_eq(pbpf_struct_ops_set_program(map_of(f, "by_value"), "undo_cwnd", NULL), 0);
	ck_assert_int_eq(pbpf_struct_ops_set_program(map_of(f, "by_link"), "undo_cwnd", NULL), 0);
	ck_assert_msg(!pbpf_object_load(f->obj), "%s", f->host.text);
	end(f, &types);
}
END_TEST

START_TEST(the_struct_of_a_module)
{
	struct kernel_types types = {.ops = "something_else"}, module = {0};
	struct fixture *f = struct_ops(&types);
	const struct abi_prog_load *prog;

	build_types(&module, &types.b);
	f->kernel.module = (struct fake_types){module.bytes.bytes, module.bytes.size};
	ck_assert_msg(!pbpf_object_load(f->obj), "%s", f->host.text);
	ck_assert_int_gt(kernel_map(f, "by_link")->map.value_type_btf_obj_fd, 0);
	ck_assert_uint_eq(kernel_map(f, "by_link")->map.map_flags,
			  PBPF_F_LINK | PBPF_F_VTYPE_BTF_OBJ_FD);
	ck_assert_uint_eq(kernel_map(f, "by_link")->map.btf_vmlinux_value_type_id, 16);
	prog = &fake_kernel_object(&f->kernel, (int)fd_of(f, "ssthresh"))->prog;
	ck_assert_uint_eq(prog->attach_btf_id, 15);
	ck_assert_uint_eq(prog->attach_btf_obj_fd,
			  (uint32_t)kernel_map(f, "by_link")->map.value_type_btf_obj_fd);
	free(module.bytes.bytes);
	end(f, &types);
}
END_TEST

START_TEST(a_program_that_is_not_loaded)
{
	struct kernel_types types = {0};
	struct fixture *f = struct_ops(&types);

	pbpf_program_set_autoload(program(f, "ssthresh"), false);
	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	ck_assert_int_eq(pbpf_object_attach(f->obj), -EINVAL);
	ck_assert_ptr_nonnull(strstr(f->host.text, "its program 'ssthresh' is not loaded"));
	end(f, &types);
}
END_TEST

/* A kernel of 5.10 has read no BTF of its own until it has verified a program. */
START_TEST(a_kernel_that_knows_none_yet)
{
	unsigned int woken = 0;

	for (unsigned int n = 1;; n++) {
		struct kernel_types types = {0};
		struct fixture *f = struct_ops(&types);
		bool reached;
		int err;

		f->kernel.fail_at = n;
		f->kernel.fail_errno = ENOTSUPP;
		err = pbpf_object_load(f->obj);
		reached = f->kernel.calls >= n;
		if (!err && reached && strstr(f->host.notes, "knew no struct_ops yet")) {
			ck_assert_uint_eq(f->kernel.commands[PBPF_PROG_LOAD], 3 + 1);
			ck_assert_uint_ne(kernel_map(f, "by_link")->map.btf_fd, 0);
			woken++;
		}
		end(f, &types);
		if (!reached)
			break;
		ck_assert_uint_lt(n, 200);
	}
	ck_assert_uint_eq(woken, 2); /* either of the two maps */
}
END_TEST

/* --- Damaged objects ---------------------------------------------------------------------------- */

/* Puts a 32-bit word somewhere into the object, one after the other. */
START_TEST(nothing_happens_with_damaged_objects)
{
	static const uint32_t words[] = {0, 0xfffffff0, 0x7fffffff, 16};
	struct kernel_types types = {0};
	struct fixture *f = struct_ops(&types);
	unsigned char *whole = malloc(f->size);

	pbpf_object_close(f->obj);
	f->obj = NULL;
	f->env.level = PBPF_ERROR;
	memcpy(whole, f->image, f->size);
	for (size_t at = 0; at + 4 <= f->size; at += 4) {
		memcpy(f->image + at, &words[_i], 4);
		if (!open_object(f) && !pbpf_object_load(f->obj))
			pbpf_object_attach(f->obj);
		pbpf_object_close(f->obj);
		f->obj = NULL;
		memcpy(f->image + at, whole + at, 4);
	}
	free(whole);
	f->kernel.bad_fds = 0;
	end(f, &types);
}
END_TEST

/* An object whose section .struct_ops comes `sections` times, with so many variables of a struct of so many
 * members. */
static struct fixture *built_object(uint32_t sections, uint32_t variables, uint32_t members)
{
	struct fixture *f = fixture_new("struct_ops.bpf");
	unsigned char *data = calloc(variables, 8);
	struct btf_builder types;
	struct btf_bytes btf;
	struct elf_builder b;
	struct elf_built image;
	uint32_t number, nothing, ops, vars[512];

	btf_start(&types, HOST_BIG);
	number = add_int(&types, "long", 8, 1);
	nothing = add_array(&types, number, number, 0);
	ops = add_struct(&types, "ops", 8);
	for (uint32_t i = 0; i < members; i++)
		add_member(&types, "m", nothing, 0);
	for (uint32_t i = 0; i < variables; i++)
		vars[i] = add_var(&types, "v", ops, PBPF_LINKAGE_STATIC);
	add_datasec(&types, ".struct_ops", variables * 8);
	for (uint32_t i = 0; i < variables; i++)
		add_variable(&types, vars[i], i * 8, 8);
	btf = btf_finish(&types);

	build_start(&b, HOST_BIG);
	build_section(&b, ".BTF", PBPF_SHT_PROGBITS, 0, btf.bytes, btf.size);
	for (uint32_t i = 0; i < sections; i++)
		build_section(&b, ".struct_ops", PBPF_SHT_PROGBITS, PBPF_SHF_ALLOC, data,
			      variables * 8);
	image = build_finish(&b);
	free(btf.bytes);
	free(data);
	free(f->image);
	f->image = image.bytes;
	f->size = image.size;
	return f;
}

/* A small file must not become many maps. */
START_TEST(more_than_there_can_be)
{
	struct fixture *f = built_object(50, 256, 1);
	const struct pbpf_map *map = NULL;
	unsigned int count = 0;

	ck_assert_msg(!open_object(f), "%s", f->host.text);
	while ((map = pbpf_object_next_map(f->obj, map)))
		count++;
	ck_assert_uint_eq(count, 256);
	fixture_free(f);

	f = built_object(1, 257, 1);
	ck_assert_int_eq(open_object(f), -ENOTSUP);
	ck_assert_str_eq(f->host.text, "the object has 257 struct_ops, and 256 are the most");
	fixture_free(f);

	f = built_object(1, 1, 1025);
	ck_assert_int_eq(open_object(f), -ENOTSUP);
	ck_assert_str_eq(f->host.text,
			 "map 'v' is a struct of 1025 members, and 1024 are the most");
	fixture_free(f);
}
END_TEST

/* --- Failing ------------------------------------------------------------------------------------- */

START_TEST(nothing_leaks)
{
	for (unsigned int n = 1;; n++) {
		struct kernel_types types = {0};
		struct fixture *f = fixture_new("struct_ops.bpf");
		int err;

		build_types(&types, NULL);
		f->kernel.types = (struct fake_types){types.bytes.bytes, types.bytes.size};
		f->kernel.fail_at = _i ? n : 0;
		f->host.fail_at = _i ? 0 : n;
		err = open_object(f);
		if (!err)
			err = pbpf_object_load(f->obj);
		if (!err)
			err = pbpf_object_attach(f->obj);
		ck_assert_uint_eq(f->host.messages[PBPF_ERROR], err < 0);
		f->host.fail_at = 0;
		f->kernel.fail_at = 0;
		end(f, &types);
		if (!err)
			break;
		ck_assert_uint_lt(n, 500);
	}
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("loader: struct_ops");
	TCase *c = tcase_create("struct_ops");

	tcase_set_timeout(c, 120);
	tcase_add_test(c, maps_are_what_the_object_says);
	tcase_add_test(c, the_value_is_the_kernels);
	tcase_add_test(c, only_programs_of_maps_that_are_created);
	tcase_add_test(c, a_link_changes_to_another_map);
	tcase_add_test(c, the_struct_can_be_changed_before_load);
	tcase_add_test(c, programs_of_members_that_are_none);
	tcase_add_test(c, programs_of_members_are_no_ones_to_attach);
	tcase_add_test(c, one_program_in_two_places);
	tcase_add_loop_test(c, kernels_that_have_it_otherwise, 0,
			    sizeof(other_kernels) / sizeof(other_kernels[0]));
	tcase_add_test(c, what_is_too_much_may_be_empty);
	tcase_add_test(c, the_struct_of_a_module);
	tcase_add_test(c, a_program_that_is_not_loaded);
	tcase_add_test(c, a_kernel_that_knows_none_yet);
	tcase_add_test(c, more_than_there_can_be);
	tcase_add_loop_test(c, nothing_happens_with_damaged_objects, 0, 4);
	tcase_add_loop_test(c, nothing_leaks, 0, 2);
	suite_add_tcase(s, c);
	return s;
}
