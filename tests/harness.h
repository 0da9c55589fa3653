/* SPDX-License-Identifier: MIT */
/*
 * What every test program shares.
 *
 * A test file defines suite() with Check's plain macros and is linked with harness.c, which holds
 * main(). A test that cannot run here calls SKIP(reason) and returns: the reason is printed, and
 * tests/run.sh counts it.
 *
 *	struct host host = {0};
 *	struct pbpf_env env = host_env(&host);
 *	...
 *	ck_assert_int_eq(host.blocks, 0);            nothing leaked
 *	ck_assert_str_eq(host.text, "...");          the last error's words
 *
 * To fail the n-th allocation, set host.fail_at = n (from 1).
 */
#ifndef TESTS_HARNESS_H
#define TESTS_HARNESS_H

#include "base/pbpf_base.h"

#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Is this machine big-endian? */
#define HOST_BIG (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__)

Suite *suite(void);

#define SKIP(...)                              \
	do {                                   \
		printf("SKIP %s: ", __func__); \
		printf(__VA_ARGS__);           \
		printf("\n");                  \
		fflush(stdout);                \
		return;                        \
	} while (0)

/* A host that counts, remembers and can refuse. */
struct host {
	const struct pbpf_kernel *kernel;
	void *kernel_state; /* for the kernel table's functions */
	unsigned int fail_at;
	unsigned int allocations;
	unsigned int blocks; /* allocated and not freed yet */
	size_t bytes;	     /* the same in bytes */
	size_t peak;
	unsigned int messages[4]; /* by level */
	int err;		  /* of the last error; stage, where, text and hint likewise */
	uint64_t offset;
	char stage[16];
	char where[256];
	char text[1024];
	char hint[512];
	char notes[4096]; /* the texts of warnings, notes and steps, a line each */
};

/* An env whose ctx is the host, wanting every level. */
struct pbpf_env host_env(struct host *host);

/* The whole of a file of the source tree ("tests/data/x.o"); fails the test when it cannot. The
 * caller frees it. */
unsigned char *read_test_file(const char *path, size_t *size);

#endif
