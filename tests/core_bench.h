/* SPDX-License-Identifier: MIT */
/*
 * What the tests of CO-RE share: an object's BTF and a kernel's, both written by hand, and records
 * between them.
 *
 *	struct bench *b = bench_new(big_endian);
 *	...add types to &b->local and &b->kernel...
 *	size_t i = record(b, type, "0:1", PBPF_CORE_BYTE_OFFSET);
 *	bench_ready(b);
 *	ck_assert_int_eq(resolve(b, i), 0);          b->fix is the answer
 *	bench_free(b);                               and nothing leaked
 */
#ifndef TESTS_CORE_BENCH_H
#define TESTS_CORE_BENCH_H

#include "btf_builder.h"
#include "harness.h"
#include "relo/pbpf_core.h"

#define BENCH_RECORDS 64

struct bench {
	struct host host;
	struct pbpf_env env;
	struct btf_builder local, kernel;
	struct pbpf_btf *local_btf, *kernel_btf;
	struct pbpf_core *core;
	struct pbpf_core_relo records[BENCH_RECORDS];
	size_t count;
	struct pbpf_core_fix fix;
};

static inline struct bench *bench_new(bool big_endian)
{
	struct bench *b = calloc(1, sizeof(*b));

	ck_assert_ptr_nonnull(b);
	b->env = host_env(&b->host);
	btf_start(&b->local, big_endian);
	btf_start(&b->kernel, big_endian);
	return b;
}

static inline size_t record(struct bench *b, uint32_t type, const char *access, uint32_t kind)
{
	ck_assert_uint_lt(b->count, BENCH_RECORDS);
	b->records[b->count] =
		(struct pbpf_core_relo){8, type, add_string(&b->local, access), kind};
	return b->count++;
}

static inline struct pbpf_btf *bench_parse(struct bench *b, struct btf_builder *builder,
					   const struct pbpf_btf *base)
{
	struct btf_bytes bytes = btf_finish(builder);
	struct pbpf_btf *btf = NULL;

	ck_assert_msg(pbpf_btf_parse(&btf, bytes.bytes, bytes.size, base, &b->env) == 0, "%s",
		      b->host.text);
	free(bytes.bytes);
	return btf;
}

/* Both BTFs are complete, and the records too. */
static inline void bench_ready(struct bench *b)
{
	struct pbpf_core_target target = {.name = "vmlinux"};

	b->local_btf = bench_parse(b, &b->local, NULL);
	b->kernel_btf = bench_parse(b, &b->kernel, NULL);
	target.btf = b->kernel_btf;
	ck_assert_int_eq(pbpf_core_open(&b->core, b->local_btf, &b->env), 0);
	ck_assert_int_eq(pbpf_core_add(b->core, b->records, b->count), 0);
	ck_assert_int_eq(pbpf_core_search(b->core, &target), 0);
}

static inline int resolve(struct bench *b, size_t i)
{
	return pbpf_core_resolve(&b->fix, b->core, &b->records[i]);
}

static inline void bench_free(struct bench *b)
{
	pbpf_core_free(b->core);
	pbpf_btf_free(b->kernel_btf);
	pbpf_btf_free(b->local_btf);
	ck_assert_uint_eq(b->host.blocks, 0);
	free(b);
}

/* The record comes to this value, and is not poisoned. */
static inline void becomes(struct bench *b, size_t i, uint64_t before, uint64_t after)
{
	ck_assert_msg(resolve(b, i) == 0, "record %zu: %s", i, b->host.text);
	ck_assert_msg(!b->fix.poison, "record %zu is poisoned", i);
	ck_assert_msg(b->fix.before == before && b->fix.after == after,
		      "record %zu: %llu -> %llu, not %llu -> %llu", i,
		      (unsigned long long)b->fix.before, (unsigned long long)b->fix.after,
		      (unsigned long long)before, (unsigned long long)after);
}

static inline void becomes_poison(struct bench *b, size_t i)
{
	ck_assert_msg(resolve(b, i) == 0, "record %zu: %s", i, b->host.text);
	ck_assert_msg(b->fix.poison, "record %zu is not poisoned", i);
}

/* The record fails, with one message that holds `words`. */
static inline void fails(struct bench *b, size_t i, int err, const char *words)
{
	unsigned int before = b->host.messages[PBPF_ERROR];

	ck_assert_int_eq(resolve(b, i), err);
	ck_assert_uint_eq(b->host.messages[PBPF_ERROR], before + 1);
	ck_assert_msg(strstr(b->host.text, words) != NULL, "'%s' lacks '%s'", b->host.text, words);
}

#endif
