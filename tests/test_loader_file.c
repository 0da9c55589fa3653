/* SPDX-License-Identifier: MIT */
/*
 * Objects opened from a file, of which only parts are kept, and these are enough: the same comes of them as of
 * objects in the caller's memory.
 */
#include "elf_builder.h"
#include "loader_fixture.h"

#include <unistd.h>

/* A file with the fixture's image. */
static int open_from_file(struct fixture *f)
{
	char path[] = "/tmp/plainbpf-object-XXXXXX";
	int fd = mkstemp(path), err;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, f->image, f->size), (ssize_t)f->size);
	close(fd);
	f->kernel.real_files = true;
	err = pbpf_object_open_file(&f->obj, path, &f->options);
	unlink(path);
	return err;
}

/* But for the fds of maps. */
static void same_insns(const struct fixture *a, const struct fixture *b, const char *program)
{
	const struct pbpf_insn *x = insns_of(a, program), *y = insns_of(b, program);
	uint32_t count = pbpf_program_insn_count(pbpf_object_program(a->obj, program));

	ck_assert_uint_eq(pbpf_program_insn_count(pbpf_object_program(b->obj, program)), count);
	for (uint32_t i = 0; i < count; i++) {
		bool map = x[i].code == PBPF_OP_LD_IMM64 && pbpf_insn_src(&x[i]);

		ck_assert_mem_eq(&x[i], &y[i], map ? offsetof(struct pbpf_insn, imm) : sizeof(*x));
	}
}

static void same_contents(const struct fixture *a, const struct fixture *b, const char *map)
{
	const struct pbpf_map *x = pbpf_object_map(a->obj, map), *y = pbpf_object_map(b->obj, map);
	const struct fake_object *p = fake_kernel_object(&a->kernel, pbpf_map_fd(x));
	const struct fake_object *q = fake_kernel_object(&b->kernel, pbpf_map_fd(y));

	ck_assert_uint_eq(p->size, q->size);
	if (p->size)
		ck_assert_mem_eq(p->bytes, q->bytes, p->size);
}

START_TEST(as_good_as_memory)
{
	static const char *const names[] = {"globals.bpf", "maps.bpf", "subprogs.bpf"};
	struct fixture *a = loaded(names[_i]), *b = fixture_new(names[_i]);
	struct pbpf_program *prog = NULL;
	struct pbpf_map *map = NULL;

	ck_assert_int_eq(open_from_file(b), 0);
	ck_assert_int_eq(pbpf_object_load(b->obj), 0);
	ck_assert_str_eq(pbpf_object_license(b->obj), pbpf_object_license(a->obj));
	while ((prog = pbpf_object_next_program(a->obj, prog)))
		if (pbpf_program_fd(prog) >= 0)
			same_insns(a, b, pbpf_program_name(prog));
	while ((map = pbpf_object_next_map(a->obj, map)))
		if (!pbpf_map_inner(map))
			same_contents(a, b, pbpf_map_name(map));
	fixture_free(a);
	fixture_free(b);
}
END_TEST

/* Sections that are called .BTF and license, but are notes: from a file (_i & 1) and memory alike. */
START_TEST(sections_of_odd_types)
{
	const char *name = _i & 2 ? ".BTF" : "license";
	struct fixture *f = fixture_new("maps.bpf");
	struct elf_built image = {.bytes = f->image, .size = f->size, .big_endian = HOST_BIG};
	struct pbpf_elf *elf;
	uint32_t index;

	image.table = (size_t)built_get(&image, 40, 8);
	ck_assert_int_eq(pbpf_elf_open(&elf, f->image, f->size, &f->env), 0);
	index = (uint32_t)(pbpf_elf_section(elf, name) - elf->sections);
	pbpf_elf_close(elf);
	built_put(&image, built_section(&image, index) + 4, 4, 7); /* SHT_NOTE */

	ck_assert_int_eq(_i & 1 ? open_from_file(f) : open_object(f), _i & 2 ? -EINVAL : 0);
	if (_i & 2)
		ck_assert_ptr_nonnull(strstr(f->host.text, "no BTF that describes them"));
	else
		ck_assert_str_ne(pbpf_object_license(f->obj), "");
	fixture_free(f);
}
END_TEST

START_TEST(nothing_leaks_without_memory)
{
	int err = -EIO;

	for (unsigned int n = 1; err; n++) {
		struct fixture *f = fixture_new("globals.bpf");

		f->host.fail_at = n;
		err = open_from_file(f);
		ck_assert_uint_eq(f->host.messages[PBPF_ERROR], err < 0);
		f->host.fail_at = 0;
		fixture_free(f);
		ck_assert_uint_lt(n, 300);
	}
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("loader: an object from a file");
	TCase *c = tcase_create("file");

	tcase_add_loop_test(c, as_good_as_memory, 0, 3);
	tcase_add_loop_test(c, sections_of_odd_types, 0, 4);
	tcase_add_test(c, nothing_leaks_without_memory);
	suite_add_tcase(s, c);
	return s;
}
