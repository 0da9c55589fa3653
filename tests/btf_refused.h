/* SPDX-License-Identifier: MIT */
/*
 * What the tests of bad BTF share: types are built, spoilt, and refused with one message.
 *
 *	start();
 *	add_struct(&b, "s", 0);
 *	add_member(&b, "m", 1, 0);
 *	invalid("type 2 (STRUCT 's') at offset 40: member 'm' ...");
 */
#ifndef TESTS_BTF_REFUSED_H
#define TESTS_BTF_REFUSED_H

#include "btf/pbpf_btf.h"
#include "btf_builder.h"
#include "harness.h"

static struct btf_builder b;
static struct btf_bytes bytes;

/* An int and whatever the test adds, from type 2 at offset 40. */
static inline void start(void)
{
	btf_start(&b, false);
	add_int(&b, "int", 4, 1);
}

static inline void finish(void)
{
	bytes = btf_finish(&b);
}

/* Frees the bytes. */
static inline void refused_over(const struct pbpf_btf *base, int code, const char *text)
{
	struct host host = {0};
	struct pbpf_env env = host_env(&host);
	struct pbpf_btf *btf = NULL;
	unsigned char *exact = malloc(bytes.size ? bytes.size : 1);
	int err;

	if (bytes.size)
		memcpy(exact, bytes.bytes, bytes.size);
	err = pbpf_btf_parse(&btf, exact, bytes.size, base, &env);
	ck_assert_int_eq(err, code);
	ck_assert_int_eq(host.err, code);
	ck_assert_ptr_null(btf);
	ck_assert_str_eq(host.text, text);
	ck_assert_uint_eq(host.messages[PBPF_ERROR], 1);
	ck_assert_str_eq(host.stage, "btf");
	ck_assert_uint_eq(host.blocks, 0);
	free(exact);
	free(bytes.bytes);
}

static inline void refused(int code, const char *text)
{
	refused_over(NULL, code, text);
}

static inline void invalid(const char *text)
{
	finish();
	refused(-EINVAL, text);
}

static inline void accepted(void)
{
	struct host host = {0};
	struct pbpf_env env = host_env(&host);
	struct pbpf_btf *btf = NULL;

	finish();
	ck_assert_msg(!pbpf_btf_parse(&btf, bytes.bytes, bytes.size, NULL, &env), "%s", host.text);
	pbpf_btf_free(btf);
	free(bytes.bytes);
}

#endif
