/* SPDX-License-Identifier: MIT */
/*
 * What the tests of the loader share: an object of tests/data with a host that counts and a kernel that
 * exists in memory only.
 */
#ifndef TESTS_LOADER_FIXTURE_H
#define TESTS_LOADER_FIXTURE_H

#include "harness.h"
#include "loader/pbpf_loader.h"
#include "relo/pbpf_insn.h"
#include "tools/fake_kernel.h"

/* The objects that this machine's kernel would take. Those for big-endian ones are made with the tests. */
#define LOADABLE (HOST_BIG ? "tests/data/bpfeb" : "tests/data")

/* One object with its host and kernel. */
struct fixture {
	struct host host;
	struct pbpf_env host_env;
	struct fake_kernel kernel;
	struct pbpf_env env;
	struct pbpf_options options;
	char path[256];
	unsigned char *image;
	size_t size;
	struct pbpf_object *obj;
};

static inline struct fixture *fixture_new(const char *name)
{
	struct fixture *f = calloc(1, sizeof(*f));

	ck_assert_ptr_nonnull(f);
	snprintf(f->path, sizeof(f->path), "%s/%s.o", LOADABLE, name);
	f->host_env = host_env(&f->host);
	f->env = fake_kernel_env(&f->kernel, &f->host_env);
	f->env.level = PBPF_WARNING;
	f->options = (struct pbpf_options){.env = &f->env, .name = f->path};
	f->image = read_test_file(f->path, &f->size);
	return f;
}

static inline int open_object(struct fixture *f)
{
	return pbpf_object_open(&f->obj, f->image, f->size, &f->options);
}

/* Closes everything and checks that nothing is left. */
static inline void fixture_free(struct fixture *f)
{
	pbpf_object_close(f->obj);
	ck_assert_uint_eq(f->kernel.open_fds, 0);
	ck_assert_uint_eq(f->kernel.bad_fds, 0);
	ck_assert_uint_eq(f->kernel.mapped, 0);
	ck_assert_uint_eq(f->host.blocks, 0);
	ck_assert_uint_eq(f->host.bytes, 0);
	fake_kernel_free(&f->kernel);
	free(f->image);
	free(f);
}

static inline struct fixture *loaded(const char *name)
{
	struct fixture *f = fixture_new(name);

	ck_assert_int_eq(open_object(f), 0);
	ck_assert_msg(!pbpf_object_load(f->obj), "%s: %s", name, f->host.text);
	return f;
}

/* What the kernel was given as a loaded program's instructions; valid as fake_kernel_object(). */
static inline const struct pbpf_insn *insns_of(const struct fixture *f, const char *program)
{
	const struct pbpf_program *prog = pbpf_object_program(f->obj, program);

	return (const struct pbpf_insn *)fake_kernel_object(&f->kernel, pbpf_program_fd(prog))
		->bytes;
}

static inline void expect_refusal(const char *name, int err, const char *text, const char *hint)
{
	struct fixture *f = fixture_new(name);
	int got = open_object(f);

	if (!got)
		got = pbpf_object_load(f->obj);
	ck_assert_int_eq(got, err);
	ck_assert_int_eq(f->host.err, err);
	ck_assert_uint_eq(f->host.messages[PBPF_ERROR], 1);
	ck_assert_msg(strstr(f->host.text, text), "'%s' lacks '%s'", f->host.text, text);
	ck_assert_msg(strstr(f->host.hint, hint), "'%s' lacks '%s'", f->host.hint, hint);
	fixture_free(f);
}

/* Has the block or the call that was to fail (host.fail_at, kernel.fail_at) come at all? Nothing fails from now on.
 * Success alone does not say so: some are done without. */
static inline bool failure_came(struct fixture *f)
{
	bool came = (f->host.fail_at && f->host.allocations >= f->host.fail_at) ||
		    (f->kernel.fail_at && f->kernel.calls >= f->kernel.fail_at);

	f->host.fail_at = 0;
	f->kernel.fail_at = 0;
	return came;
}

#endif
