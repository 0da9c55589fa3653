/* SPDX-License-Identifier: MIT */
/*
 * What the tests of link share: a fake kernel that holds one program, and what must hold when all
 * links are closed.
 */
#ifndef TESTS_LINK_FIXTURE_H
#define TESTS_LINK_FIXTURE_H

#include "harness.h"
#include "link/pbpf_link.h"
#include "tools/fake_kernel.h"

static struct host host;
static struct fake_kernel fake;
static struct pbpf_env env;
static struct pbpf_link_options opts;
static int prog_fd;

/* A kernel that holds one program. */
static void setup(void)
{
	static const uint64_t insns[2] = {0xb7, 0x95}; /* return 0 */
	struct pbpf_prog_attr attr = {
		.type = PBPF_PROG_TYPE_TRACEPOINT,
		.insns = insns,
		.insn_count = 2,
		.license = "GPL",
	};
	struct pbpf_env outer;

	memset(&host, 0, sizeof(host));
	memset(&fake, 0, sizeof(fake));
	outer = host_env(&host);
	env = fake_kernel_env(&fake, &outer);
	opts = (struct pbpf_link_options){.env = &env};
	prog_fd = pbpf_sys_prog_load(&env, &attr, NULL);
	ck_assert_int_ge(prog_fd, 3);
	fake.calls = 0;
}

static void teardown(void)
{
	fake_kernel_free(&fake);
}

/* After the program, nothing must be open, and no memory taken. */
static void nothing_is_left(void)
{
	ck_assert_uint_eq(fake.open_fds, 1);
	ck_assert_uint_eq(fake.bad_fds, 0);
	ck_assert_uint_eq(host.blocks, 0);
}

#endif
