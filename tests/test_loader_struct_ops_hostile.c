/* SPDX-License-Identifier: MIT */
/*
 * struct_ops in damaged objects and in absurd ones; and without memory, or with a kernel that fails.
 */
#include "struct_ops_fixture.h"

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

START_TEST(nothing_leaks)
{
	for (unsigned int n = 1;; n++) {
		struct kernel_types types = {0};
		struct fixture *f = fixture_new("struct_ops.bpf");
		bool came;
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
		came = failure_came(f);
		end(f, &types);
		if (!came)
			break;
		ck_assert_uint_lt(n, 500);
	}
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("loader: hostile struct_ops");
	TCase *c = tcase_create("hostile");

	tcase_set_timeout(c, 120);
	tcase_add_test(c, more_than_there_can_be);
	tcase_add_loop_test(c, nothing_happens_with_damaged_objects, 0, 4);
	tcase_add_loop_test(c, nothing_leaks, 0, 2);
	suite_add_tcase(s, c);
	return s;
}
