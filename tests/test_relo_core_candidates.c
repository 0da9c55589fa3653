/* SPDX-License-Identifier: MIT */
/*
 * CO-RE: several candidates, modules, words for a person, and memory that runs out.
 */
#include "core_bench.h"

/* struct s { u32 x, y; }, with a member's name or place to choose */
static uint32_t add_pair(struct btf_builder *b, const char *second, uint32_t bit_offset)
{
	uint32_t u32 = add_int(b, "u32", 4, 0), s = add_struct(b, "s", 16);

	add_member(b, "x", u32, 0);
	add_member(b, second, u32, bit_offset);
	return s;
}

START_TEST(candidates_must_agree)
{
	struct bench *b = bench_new(false);
	uint32_t local = add_pair(&b->local, "y", 32);

	add_pair(&b->kernel, "y", 64);
	add_pair(&b->kernel, "y", 96);
	record(b, local, "0:0", PBPF_CORE_BYTE_OFFSET);
	record(b, local, "0:1", PBPF_CORE_BYTE_OFFSET);
	record(b, local, "0:1", PBPF_CORE_FIELD_EXISTS);
	bench_ready(b);
	becomes(b, 0, 0, 0);
	fails(b, 1, -EINVAL,
	      "'s.y': candidates disagree: byte_off is 8 by struct s [2] of vmlinux, but 12 by struct "
	      "s [4] of vmlinux");
	becomes(b, 2, 1, 1);
	bench_free(b);
}
END_TEST

/* The candidate that lacks one field is not asked for the next. */
START_TEST(candidates_are_dropped)
{
	struct bench *b = bench_new(false);
	uint32_t local = add_pair(&b->local, "y", 32), u32;

	u32 = add_int(&b->kernel, "u32", 4, 0);
	add_struct(&b->kernel, "s", 16);
	add_member(&b->kernel, "x", u32, 96);
	add_pair(&b->kernel, "y", 64);
	record(b, local, "0:0", PBPF_CORE_BYTE_OFFSET);
	record(b, local, "0:1", PBPF_CORE_BYTE_OFFSET);
	bench_ready(b);
	fails(b, 0, -EINVAL, "disagree");
	becomes(b, 1, 4, 8);
	becomes(b, 0, 0, 0);
	bench_free(b);
}
END_TEST

/* Two that agree on the place but not on the size: nothing can be loaded from there. */
START_TEST(candidates_of_two_sizes)
{
	struct bench *b = bench_new(false);
	uint32_t local = add_pair(&b->local, "y", 32), u64;

	add_pair(&b->kernel, "y", 64);
	u64 = add_int(&b->kernel, "u64", 8, 0);
	add_struct(&b->kernel, "s", 16);
	add_member(&b->kernel, "y", u64, 64);
	record(b, local, "0:1", PBPF_CORE_BYTE_OFFSET);
	bench_ready(b);
	becomes(b, 0, 4, 8);
	ck_assert(!b->fix.resizable);
	bench_free(b);
}
END_TEST

/* An answer that was given before is not one any more when it came of a candidate that has been dropped. */
START_TEST(answers_follow_the_candidates)
{
	struct bench *b = bench_new(false);
	uint32_t local = add_pair(&b->local, "y", 32), u64;

	add_pair(&b->kernel, "y", 64);
	u64 = add_int(&b->kernel, "u64", 8, 0);
	add_struct(&b->kernel, "s", 16);
	add_member(&b->kernel, "y", u64, 64);
	record(b, local, "0:1", PBPF_CORE_BYTE_OFFSET);
	record(b, local, "0:0", PBPF_CORE_BYTE_OFFSET);
	bench_ready(b);
	becomes(b, 0, 4, 8);
	ck_assert(!b->fix.resizable);
	becomes(b, 1, 0, 0); /* which the second one lacks */
	becomes(b, 0, 4, 8);
	ck_assert(b->fix.resizable);
	bench_free(b);
}
END_TEST

/* The steps that a core has would not do for it otherwise. */
START_TEST(the_same_record_again_takes_no_steps)
{
	struct bench *b = bench_new(false);
	uint32_t u32 = add_int(&b->local, "u32", 4, 0), local = add_struct(&b->local, "s", 4);

	add_member(&b->local, "last", u32, 0);
	u32 = add_int(&b->kernel, "u32", 4, 0);
	add_struct(&b->kernel, "s", 4004);
	for (uint32_t i = 0; i < 1000; i++)
		add_member(&b->kernel, "other", u32, i * 32);
	add_member(&b->kernel, "last", u32, 32000);
	record(b, local, "0:0", PBPF_CORE_BYTE_OFFSET);
	bench_ready(b);
	for (int i = 0; i < 10000; i++)
		becomes(b, 0, 0, 4000);
	bench_free(b);
}
END_TEST

START_TEST(too_many_candidates)
{
	struct bench *b = bench_new(false);
	struct pbpf_core_target target = {.name = "vmlinux"};

	record(b, add_pair(&b->local, "y", 32), "0:1", PBPF_CORE_BYTE_OFFSET);
	for (int i = 0; i < 65; i++)
		add_struct(&b->kernel, "s", 0);
	target.btf = b->kernel_btf = bench_parse(b, &b->kernel, NULL);
	b->local_btf = bench_parse(b, &b->local, NULL);
	ck_assert_int_eq(pbpf_core_open(&b->core, b->local_btf, &b->env), 0);
	ck_assert_int_eq(pbpf_core_add(b->core, b->records, 1), 0);
	ck_assert_int_eq(pbpf_core_search(b->core, &target), -ENOTSUP);
	ck_assert_str_eq(b->host.text, "more than 64 types are called 's'");
	bench_free(b);
}
END_TEST

/* What vmlinux has is not searched for in modules; what it lacks may be in several. */
START_TEST(modules)
{
	struct bench *b = bench_new(false);
	struct btf_builder module;
	struct pbpf_btf *module_btf;
	struct pbpf_core_target target = {.name = "nf_tables", .id = 77};
	uint32_t known = add_pair(&b->local, "y", 32), absent, in_module;

	absent = add_struct(&b->local, "of_module", 4);
	add_pair(&b->kernel, "y", 64);
	btf_start_split(&module, &b->kernel);
	add_pair(&module, "y", 96);
	in_module = add_struct(&module, "of_module", 8);
	record(b, known, "0:1", PBPF_CORE_BYTE_OFFSET);
	record(b, absent, "0", PBPF_CORE_TYPE_SIZE);
	record(b, absent, "0", PBPF_CORE_TYPE_ID_TARGET);
	bench_ready(b);
	ck_assert_uint_eq(pbpf_core_missing(b->core), 1);
	becomes(b, 1, 4, 0);
	module_btf = bench_parse(b, &module, b->kernel_btf);
	target.btf = module_btf;
	ck_assert_int_eq(pbpf_core_search(b->core, &target), 0);
	becomes(b, 0, 4, 8);
	becomes(b, 1, 4, 8);
	becomes(b, 2, absent, 77ull << 32 | in_module);
	ck_assert_str_eq(b->fix.target, "nf_tables");
	pbpf_core_free(b->core);
	b->core = NULL;
	pbpf_btf_free(module_btf);
	bench_free(b);
}
END_TEST

/* The kernel's BTF as it lies in its file, searched while it is opened. */
START_TEST(view)
{
	struct bench *b = bench_new(__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
	struct btf_bytes bytes;
	size_t r = record(b, add_pair(&b->local, "y", 32), "0:1", PBPF_CORE_BYTE_OFFSET);

	add_pair(&b->kernel, "y", 64);
	bytes = btf_finish(&b->kernel);
	b->local_btf = bench_parse(b, &b->local, NULL);
	ck_assert_int_eq(pbpf_core_open(&b->core, b->local_btf, &b->env), 0);
	ck_assert_int_eq(pbpf_core_add(b->core, b->records, b->count), 0);
	ck_assert_uint_eq(pbpf_core_missing(b->core), 1);
	fails(b, r, -ENOENT, "it needs the kernel's BTF");
	ck_assert_int_eq(pbpf_core_view(&b->kernel_btf, b->core, "no BTF", 6, "vmlinux", 0),
			 -EINVAL);
	ck_assert_int_eq(
		pbpf_core_view(&b->kernel_btf, b->core, bytes.bytes, bytes.size, "vmlinux", 0), 0);
	becomes(b, r, 4, 8);
	ck_assert_int_eq(pbpf_core_add(b->core, b->records, 1), -EINVAL);
	bench_free(b);
	free(bytes.bytes);
}
END_TEST

START_TEST(other_byte_order)
{
	struct bench *b = bench_new(false);
	struct pbpf_core_target target = {.name = "vmlinux"};

	add_pair(&b->local, "y", 32);
	b->kernel.big_endian = true;
	add_pair(&b->kernel, "y", 32);
	target.btf = b->kernel_btf = bench_parse(b, &b->kernel, NULL);
	b->local_btf = bench_parse(b, &b->local, NULL);
	ck_assert_int_eq(pbpf_core_open(&b->core, b->local_btf, &b->env), 0);
	ck_assert_int_eq(pbpf_core_search(b->core, &target), -EINVAL);
	ck_assert_ptr_nonnull(strstr(b->host.text, "-endian"));
	bench_free(b);
}
END_TEST

START_TEST(words)
{
	struct bench *b = bench_new(false);
	uint32_t u32 = add_int(&b->local, "u32", 4, 0), in = add_struct(&b->local, "in", 8), s, e;
	char text[512];

	add_member(&b->local, "vruntime", u32, 32);
	s = add_struct(&b->local, "task_struct", 24);
	add_member(&b->local, "se", in, 64);
	e = add_enum(&b->local, "color", 4, false);
	add_enumerator(&b->local, "GREEN", 1);
	record(b, s, "0:0:0", PBPF_CORE_BYTE_OFFSET);
	record(b, s, "3", PBPF_CORE_BYTE_OFFSET);
	record(b, s, "0", PBPF_CORE_TYPE_EXISTS);
	record(b, e, "0", PBPF_CORE_ENUMERATOR_VALUE);
	record(b, s, "0:x", PBPF_CORE_BYTE_OFFSET);
	add_struct(&b->local, "absent", 4);
	record(b, add_struct(&b->local, "task_strukt", 4), "0", PBPF_CORE_TYPE_EXISTS);

	u32 = add_int(&b->kernel, "u32", 4, 0);
	in = add_struct(&b->kernel, "in", 8);
	add_member(&b->kernel, "vruntim", u32, 32);
	add_struct(&b->kernel, "task_struct", 32);
	add_member(&b->kernel, "se", in, 64);
	add_enum(&b->kernel, "color", 4, false);
	add_enumerator(&b->kernel, "GREY", 1);
	add_enumerator(&b->kernel, "GREEN", 3);
	bench_ready(b);

	pbpf_core_path(b->core, &b->records[0], text, sizeof(text));
	ck_assert_str_eq(text, "task_struct.se.vruntime");
	pbpf_core_path(b->core, &b->records[1], text, sizeof(text));
	ck_assert_str_eq(text, "task_struct[3]");
	pbpf_core_path(b->core, &b->records[2], text, sizeof(text));
	ck_assert_str_eq(text, "struct task_struct");
	pbpf_core_path(b->core, &b->records[3], text, sizeof(text));
	ck_assert_str_eq(text, "color.GREEN");
	pbpf_core_path(b->core, &b->records[4], text, sizeof(text));
	ck_assert_str_eq(text, "struct task_struct + '0:x'");
	pbpf_core_path(b->core, &b->records[0], text, 8);
	ck_assert_str_eq(text, "task_st");

	becomes(b, 3, 1, 3);
	pbpf_core_describe(b->core, &b->records[3], &b->fix, text, sizeof(text));
	ck_assert_str_eq(text, "color.GREEN: enumval_value 1 -> 3 ([4] of vmlinux)");
	becomes_poison(b, 0);
	pbpf_core_describe(b->core, &b->records[0], &b->fix, text, sizeof(text));
	ck_assert_str_eq(text,
			 "task_struct.se.vruntime: byte_off 12 -> poison, as this kernel does "
			 "not have it");
	pbpf_core_why(b->core, &b->records[0], text, sizeof(text));
	ck_assert_str_eq(text, "field 'task_struct.se.vruntime' does not exist on this kernel; "
			       "candidates were struct task_struct [3] of vmlinux (no member "
			       "'vruntime' in struct in; near name: 'vruntim')");
	pbpf_core_why(b->core, &b->records[5], text, sizeof(text));
	ck_assert_str_eq(text,
			 "type 'struct task_strukt' does not exist on this kernel; no type of "
			 "that name and kind; near name: 'task_struct'");
	bench_free(b);
}
END_TEST

/* Each allocation fails once: an error with one message, and nothing leaks. */
START_TEST(no_memory)
{
	for (unsigned int n = 1;; n++) {
		struct bench *b = bench_new(false);
		struct pbpf_core_target target = {.name = "vmlinux"};
		int err;

		for (int i = 0; i < 20; i++) {
			char name[16];

			snprintf(name, sizeof(name), "s%d___x", i);
			record(b, add_struct(&b->local, name, 4), "0", PBPF_CORE_TYPE_EXISTS);
			snprintf(name, sizeof(name), "s%d", i);
			add_struct(&b->kernel, name, 4);
		}
		target.btf = b->kernel_btf = bench_parse(b, &b->kernel, NULL);
		b->local_btf = bench_parse(b, &b->local, NULL);
		b->host.fail_at = b->host.allocations + n;
		err = pbpf_core_open(&b->core, b->local_btf, &b->env);
		if (!err)
			err = pbpf_core_add(b->core, b->records, b->count);
		if (!err)
			err = pbpf_core_search(b->core, &target);
		if (!err) {
			becomes(b, 19, 1, 1);
			bench_free(b);
			ck_assert_uint_gt(n, 6);
			return;
		}
		ck_assert_int_eq(err, -ENOMEM);
		ck_assert_uint_eq(b->host.messages[PBPF_ERROR], 1);
		bench_free(b);
	}
}
END_TEST

Suite *suite(void)
{
	Suite *suite = suite_create("relo_core_candidates");
	TCase *candidates = tcase_create("candidates");

	tcase_add_test(candidates, candidates_must_agree);
	tcase_add_test(candidates, candidates_are_dropped);
	tcase_add_test(candidates, candidates_of_two_sizes);
	tcase_add_test(candidates, answers_follow_the_candidates);
	tcase_add_test(candidates, the_same_record_again_takes_no_steps);
	tcase_add_test(candidates, too_many_candidates);
	tcase_add_test(candidates, modules);
	tcase_add_test(candidates, view);
	tcase_add_test(candidates, other_byte_order);
	tcase_add_test(candidates, words);
	tcase_add_test(candidates, no_memory);
	suite_add_tcase(suite, candidates);
	return suite;
}
