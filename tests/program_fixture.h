/* SPDX-License-Identifier: MIT */
/*
 * What tests of programs share: the object that has many of them, and what the fake kernel got of each.
 */
#ifndef TESTS_PROGRAM_FIXTURE_H
#define TESTS_PROGRAM_FIXTURE_H

#include "loader_fixture.h"

static inline struct fixture *programs(void)
{
	struct fixture *f = fixture_new("programs.bpf");

	ck_assert_int_eq(open_object(f), 0);
	return f;
}

static inline struct pbpf_program *program(const struct fixture *f, const char *name)
{
	struct pbpf_program *prog = pbpf_object_program(f->obj, name);

	ck_assert_msg(prog != NULL, "no program '%s'", name);
	return prog;
}

/* The same, to be loaded. */
static inline struct pbpf_program *wanted(const struct fixture *f, const char *name)
{
	struct pbpf_program *prog = program(f, name);

	pbpf_program_set_autoload(prog, true);
	return prog;
}

/* What the kernel got of a program. */
static inline const struct abi_prog_load *sent(const struct fixture *f, const char *name)
{
	const struct fake_object *prog =
		fake_kernel_object(&f->kernel, pbpf_program_fd(program(f, name)));

	ck_assert_msg(prog != NULL, "'%s' is not loaded", name);
	return &prog->prog;
}

static inline void expect_error(const struct fixture *f, const char *text)
{
	ck_assert_uint_eq(f->host.messages[PBPF_ERROR], 1);
	ck_assert_msg(strstr(f->host.text, text), "'%s' lacks '%s'", f->host.text, text);
}

#endif
