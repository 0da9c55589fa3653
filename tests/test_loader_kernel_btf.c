/* SPDX-License-Identifier: MIT */
/*
 * Finding the kernel's BTF: files are given by a kernel table that knows just these.
 */
#include "btf_builder.h"
#include "elf_builder.h"
#include "loader/pbpf_kernel_btf.h"
#include "loader_fixture.h"
#include "tools/fake_kernel.h"

#include <fcntl.h>
#include <unistd.h>

static struct btf_bytes some_types(void)
{
	struct btf_builder b;

	btf_start(&b, __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
	add_int(&b, "unsigned int", 4, 0);
	add_struct(&b, "task_struct", 8);
	add_member(&b, "pid", 1, 0);
	return btf_finish(&b);
}

static char *write_file(const void *bytes, size_t size)
{
	char *path = strdup("/tmp/pbpf_kernel_btf_XXXXXX");
	int fd = mkstemp(path);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, bytes, size), (ssize_t)size);
	close(fd);
	return path;
}

static void expect_types(struct host *host, const char *path)
{
	struct pbpf_env env = host_env(host);
	struct pbpf_kernel_btf *kernel = NULL;
	struct pbpf_kernel_module module;

	ck_assert_msg(!pbpf_kernel_btf_open(&kernel, path, &env), "%s", host->text);
	ck_assert_int_eq(pbpf_btf_find(pbpf_kernel_btf_types(kernel), "task_struct", 0), 2);
	if (path)
		ck_assert_int_eq(pbpf_kernel_btf_module(kernel, 0, &module), 0);
	pbpf_kernel_btf_close(kernel);
	ck_assert_uint_eq(host->blocks, 0);
}

START_TEST(plain_btf_is_opened)
{
	struct btf_bytes btf = some_types();
	char *path = write_file(btf.bytes, btf.size);
	struct host host = {0};

	expect_types(&host, path);
	unlink(path);
	free(path);
	free(btf.bytes);
}
END_TEST

/* A kernel's file: ELF, linked, for another machine than BPF, with its BTF in a section. */
START_TEST(an_elf_file_has_it_in_a_section)
{
	struct btf_bytes btf = some_types();
	struct host host = {0};
	struct elf_builder b;
	struct elf_built image;
	char *path;

	build_start(&b, btf.big_endian);
	build_section(&b, ".BTF", PBPF_SHT_PROGBITS, 0, btf.bytes, btf.size);
	image = build_finish(&b);
	image.bytes[16] = 2;  /* e_type: ET_EXEC */
	image.bytes[18] = 62; /* e_machine: x86-64 */
	image.bytes[17] = image.bytes[19] = 0;
	path = write_file(image.bytes, image.size);
	expect_types(&host, path);
	unlink(path);
	free(path);
	free(image.bytes);
	free(btf.bytes);
}
END_TEST

START_TEST(what_is_missing_is_said)
{
	struct host host = {0};
	struct pbpf_env env = host_env(&host);
	struct pbpf_kernel_btf *kernel = NULL;
	char *path = write_file("no BTF at all, not in the least", 31);

	ck_assert_int_eq(pbpf_kernel_btf_open(&kernel, "/nonexistent", &env), -ENOENT);
	ck_assert_ptr_nonnull(strstr(host.text, "'/nonexistent'"));
	ck_assert_int_eq(pbpf_kernel_btf_open(&kernel, path, &env), -EINVAL);
	ck_assert_ptr_null(kernel);
	ck_assert_uint_eq(host.blocks, 0);
	unlink(path);
	free(path);
}
END_TEST

/* Only the file for debuggers is there, and it can be read but not mapped. */
static const char *only_place;
static char *only_file;

static long open_only(void *ctx, const char *path)
{
	(void)ctx;
	if (!strcmp(path, "/proc/sys/kernel/osrelease")) {
		char *release = write_file("5.2.0-test\n", 11);
		int fd = open(release, O_RDONLY | O_CLOEXEC);

		unlink(release);
		free(release);
		return fd;
	}
	return strcmp(path, only_place) ? -ENOENT : open(only_file, O_RDONLY | O_CLOEXEC);
}

static long map_nothing(void *ctx, const char *path, void **address, size_t *size)
{
	(void)ctx;
	(void)address;
	(void)size;
	return strcmp(path, only_place) ? -ENOENT : -ENODEV;
}

START_TEST(other_places_are_tried)
{
	static const char *const places[] = {PBPF_KERNEL_BTF_PATH, "/boot/vmlinux-5.2.0-test",
					     "/usr/lib/debug/boot/vmlinux-5.2.0-test.debug"};
	static const struct pbpf_kernel kernel = {.open = open_only, .map_file = map_nothing};
	struct btf_bytes btf = some_types();
	struct host host = {.kernel = &kernel};

	only_place = places[_i];
	only_file = write_file(btf.bytes, btf.size);
	expect_types(&host, NULL);
	unlink(only_file);
	free(only_file);
	free(btf.bytes);
}
END_TEST

/* A module whose BTF is damaged has none; the rest of the kernel's is there. */
START_TEST(a_damaged_module_is_passed_over)
{
	struct host host = {0};
	struct pbpf_env outer = host_env(&host), env;
	struct fake_kernel fake = {0};
	struct btf_bytes btf = some_types();
	static const char damaged[] = "this is no BTF, although the kernel has it";
	struct pbpf_kernel_btf *kernel;
	struct pbpf_kernel_module module;

	env = fake_kernel_env(&fake, &outer);
	fake.types = (struct fake_types){btf.bytes, btf.size};
	fake.module = (struct fake_types){damaged, sizeof(damaged)};
	ck_assert_int_eq(pbpf_kernel_btf_open(&kernel, NULL, &env), 0);
	ck_assert_int_eq(pbpf_kernel_btf_module(kernel, 0, &module), 0);
	ck_assert_uint_eq(host.messages[PBPF_ERROR], 0);
	ck_assert_ptr_nonnull(strstr(host.notes, "the BTF of module 'fake_module' cannot be read"));
	pbpf_kernel_btf_close(kernel);
	ck_assert_uint_eq(fake.open_fds, 0);
	ck_assert_uint_eq(host.blocks, 0);
	fake_kernel_free(&fake);
	free(btf.bytes);
}
END_TEST

/* Only hooks are near a hook: other functions may have names that end as it does. */
START_TEST(a_hook_is_not_near_a_function)
{
	struct fixture *f = fixture_new("kinds.bpf");
	const char *const names[] = {"selinux_task_getpgid", "bpf_lsm_task_getpgit"};
	struct btf_builder b;
	struct btf_bytes types;

	btf_start(&b, __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
	add_func(&b, names[_i], add_proto(&b, add_int(&b, "int", 4, 1)), 1);
	types = btf_finish(&b);
	f->kernel.types = (struct fake_types){types.bytes, types.size};
	ck_assert_int_eq(open_object(f), 0);
	pbpf_program_set_autoload(pbpf_object_program(f->obj, "lsm"), true);
	ck_assert_int_eq(pbpf_object_load(f->obj), -ENOENT);
	ck_assert_ptr_nonnull(strstr(f->host.text, "no security hook 'task_getpgid'"));
	ck_assert_int_eq(strstr(f->host.text, "did you mean 'task_getpgit'?") != NULL, _i == 1);
	ck_assert_int_eq(strstr(f->host.text, "did you mean") != NULL, _i == 1);
	fixture_free(f);
	free(types.bytes);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("loader: the kernel's BTF");
	TCase *find = tcase_create("find");

	tcase_add_test(find, plain_btf_is_opened);
	tcase_add_test(find, an_elf_file_has_it_in_a_section);
	tcase_add_test(find, what_is_missing_is_said);
	tcase_add_test(find, a_damaged_module_is_passed_over);
	tcase_add_loop_test(find, a_hook_is_not_near_a_function, 0, 2);
	tcase_add_loop_test(find, other_places_are_tried, 0, 3);
	suite_add_tcase(s, find);
	return s;
}
