/* SPDX-License-Identifier: MIT */
/*
 * The reader of the verifier's log, on what kernels really said: tests/data/logs/VERSION.txt has the logs
 * of tests/data/refused as Linux 5.10 to 7.2 wrote them.
 */
#include "loader/pbpf_verifier_log.h"
#include "loader_fixture.h"

#include <time.h>

static const char *const kernels[] = {"5.10", "6.1", "6.12", "6.18", "7.2"};
#define KERNELS ((int)(sizeof(kernels) / sizeof(kernels[0])))

/* Where a kernel refuses a program for another reason than the newest does. */
static const struct {
	const char *kernel, *name, *instead;
} exceptions[] = {
	{"5.10", "dynptr", "unknown_helper"},
	{"5.10", "dynptr_reuse", "unknown_helper"},
	{"5.10", "global_function", "global_function_argument"},
	{"5.10", "kfunc", "unknown_instruction"},
	{"5.10", "pointer_or_null", "global_function"}, /* its 'mem_or_null' says less */
	{"5.10", "sleepable", "forbidden_helper"},
	{"6.1", "sleepable", "forbidden_helper"},
};

static const char *expected(const char *kernel, const char *name)
{
	for (size_t i = 0; i < sizeof(exceptions) / sizeof(exceptions[0]); i++)
		if (!strcmp(exceptions[i].kernel, kernel) && !strcmp(exceptions[i].name, name))
			return exceptions[i].instead;
	return name;
}

/* The recorded logs of one kernel: "=== NAME", then the log, one after the other. */
struct recorded {
	char *text;
	char *next;
	const char *name;
	const char *log;
};

static struct recorded open_recorded(const char *kernel)
{
	struct recorded r = {0};
	unsigned char *data;
	char path[64];
	size_t size;

	snprintf(path, sizeof(path), "tests/data/logs/%s.txt", kernel);
	data = read_test_file(path, &size);
	r.text = calloc(1, size + 1);
	ck_assert_ptr_nonnull(r.text);
	memcpy(r.text, data, size);
	free(data);
	r.next = strstr(r.text, "=== ");
	return r;
}

static bool next_recorded(struct recorded *r)
{
	char *end;

	if (!r->next)
		return false;
	r->name = r->next + strlen("=== ");
	end = strchr(r->next, '\n');
	ck_assert_ptr_nonnull(end);
	*end = '\0';
	r->log = end + 1;
	r->next = strstr(end + 1, "\n=== ");
	if (r->next)
		*r->next++ = '\0';
	return true;
}

static bool is(struct pbpf_text text, const char *words)
{
	return text.size == strlen(words) && !memcmp(text.at, words, text.size);
}
#define ck_text(text, words) \
	ck_assert_msg(is(text, words), "'%.*s' is not '%s'", (int)(text).size, (text).at, words)

/* What verdicts point into stays until the test's end. */
static char *kept[8];

static void free_kept(void)
{
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		free(kept[i]);
		kept[i] = NULL;
	}
}

static void keep(char *text)
{
	size_t i = 0;

	while (kept[i])
		ck_assert_uint_lt(++i, sizeof(kept) / sizeof(kept[0]));
	kept[i] = text;
}

static struct pbpf_log_verdict read_recorded(const char *kernel, const char *name)
{
	struct recorded r = open_recorded(kernel);
	struct pbpf_log_verdict verdict;

	keep(r.text);
	while (next_recorded(&r))
		if (!strcmp(r.name, name)) {
			pbpf_log_read(&verdict, r.log, NULL);
			return verdict;
		}
	ck_abort_msg("no log of %s on %s", name, kernel);
}

START_TEST(every_log_is_understood)
{
	struct recorded r = open_recorded(kernels[_i]);
	unsigned int logs = 0;

	for (; next_recorded(&r); logs++) {
		const char *name = expected(kernels[_i], r.name);
		struct pbpf_log_verdict verdict;

		pbpf_log_read(&verdict, r.log, NULL);
		ck_assert_msg(verdict.explanation && !strcmp(verdict.explanation->name, name),
			      "%s: %.*s", r.name, (int)verdict.line.size, verdict.line.at);
		ck_assert(!verdict.code.size || verdict.step_count);
	}
	ck_assert_uint_gt(logs, 50);
	free(r.text);
}
END_TEST

START_TEST(the_path_is_folded)
{
	static const char *const code[] = {
		"int send(struct __sk_buff *ctx)",
		"__u32 *record = bpf_ringbuf_reserve(&events, sizeof(*record), 0);",
		"if (!record)",
		"*record = ctx->len;",
		"if (ctx->len < 64)",
	};
	struct pbpf_log_verdict v = read_recorded(kernels[_i], "leaked_reference");

	ck_text(v.line, "Unreleased reference id=2 alloc_insn=5");
	ck_assert_int_eq(v.insn, 16);
	ck_text(v.code, "exit");
	ck_assert_uint_eq(v.step_count, 5);
	for (uint32_t i = 0; i < v.step_count; i++) {
		ck_text(v.steps[i].code, code[i]);
		ck_assert_uint_eq(v.steps[i].turns, 1);
	}
	ck_text(v.steps[1].call, "bpf_ringbuf_reserve");
	ck_text(v.steps[2].condition, "r0 == 0x0");
	ck_assert(!v.steps[2].jumped);
	ck_text(v.steps[4].condition, "r2 > r1");
	ck_assert(v.steps[4].jumped);
	ck_assert_uint_eq(v.origin.turns, 1);
	ck_assert_uint_eq(v.origin.first, 5);
	ck_text(v.origin.code, code[1]);
	ck_text(v.origin.call, "bpf_ringbuf_reserve");
}
END_TEST

START_TEST(registers_are_those_before_it)
{
	struct pbpf_log_verdict v = read_recorded("6.18", "map_value_or_null");

	ck_assert_uint_eq(v.concerned, 1);
	ck_text(v.regs[0], "map_value_or_null(id=1,map=counts,ks=4,vs=8)");
	ck_text(v.steps[v.step_count - 1].file, "map_value_or_null.bpf.c");
	ck_assert_uint_eq(v.steps[v.step_count - 1].line, 22);

	v = read_recorded("6.1", "map_value_or_null");
	ck_text(v.regs[0], "map_value_or_null(id=1,off=0,ks=4,vs=8,imm=0)");
	ck_assert_uint_eq(v.steps[v.step_count - 1].line, 0);

	/* 5.10 shows registers at branches only; what an instruction wrote since is not known. */
	v = read_recorded("5.10", "map_value_or_null");
	ck_assert_uint_eq(v.regs[0].size, 0);
	v = read_recorded("5.10", "map_value_access");
	ck_text(v.regs[0], "map_value(id=0,off=0,ks=4,vs=8,imm=0)");
}
END_TEST

START_TEST(helpers_are_named)
{
	struct pbpf_log_verdict v = read_recorded("6.12", "forbidden_helper");

	ck_text(v.call, "bpf_bind");
	v = read_recorded("6.18", "iterator");
	ck_text(v.call, "bpf_iter_num_next");
	v = read_recorded("6.18", "call_depth"); /* a function of the program is none */
	ck_assert_uint_eq(v.call.size, 0);
}
END_TEST

START_TEST(loops_are_folded)
{
	struct pbpf_log_verdict v = read_recorded("6.18", "endless_loop");

	ck_assert_uint_eq(v.step_count, 1);
	ck_assert_uint_gt(v.steps[0].turns, 1);
	ck_assert_uint_eq(v.folded, 0);

	pbpf_log_read(&v,
		      "; a @ x.c:1\n0: (b7) r0 = 0\n; b @ x.c:2\n1: (07) r0 += 1\n"
		      "; a @ x.c:1\n0: (b7) r0 = 0\n; b @ x.c:2\n1: (07) r0 += 1\nbad\n",
		      NULL);
	ck_assert_uint_eq(v.step_count, 2);
	ck_text(v.steps[0].code, "a");
	ck_assert_uint_eq(v.steps[0].turns, 2);
	ck_assert_uint_eq(v.steps[1].turns, 2);
}
END_TEST

/* A log of level 2 has every path: what is not on the one that led to the verdict is left out. */
START_TEST(other_paths_are_left_out)
{
	struct pbpf_log_verdict v;

	pbpf_log_read(&v,
		      "; if (x)\n0: (15) if r1 == 0x0 goto pc+2\n R1=inv(id=0)\n; first();\n"
		      "1: (85) call bpf_ktime_get_ns#5\n; return\n2: (95) exit\n\n"
		      "from 0 to 3: R1=inv0 R10=fp0\n; second();\n3: (bf) r0 = r2\nR2 !read_ok\n"
		      "processed 4 insns\n",
		      NULL);
	ck_assert_uint_eq(v.step_count, 2);
	ck_text(v.steps[0].code, "if (x)");
	ck_assert(v.steps[0].jumped);
	ck_text(v.steps[1].code, "second();");
	ck_text(v.regs[1], "inv0");
	ck_assert_uint_eq(v.concerned, 1u << 2);
}
END_TEST

START_TEST(without_source_instructions_are_steps)
{
	struct pbpf_log_verdict v;

	pbpf_log_read(&v,
		      "0: (b7) r1 = 0\n1: (b7) r2 = 0\n2: (85) call bpf_get_prandom_u32#7\n"
		      "3: (15) if r0 == 0x0 goto pc+1\n5: (bf) r0 = r5\nR5 !read_ok\n",
		      NULL);
	ck_assert_uint_eq(v.step_count, 3);
	ck_text(v.steps[1].code, "call bpf_get_prandom_u32#7");
	ck_text(v.steps[2].code, "if r0 == 0x0 goto pc+1");
	ck_assert(v.steps[2].jumped);
	ck_assert_int_eq(v.insn, 5);
}
END_TEST

/* A jump that the verifier came back to is in one line with all registers, and their ranges have ';'. */
START_TEST(registers_behind_a_jump_are_whole)
{
	struct pbpf_log_verdict v;

	pbpf_log_read(
		&v,
		"1: (c6) if w4 s< 0x40 goto pc+1 3: R4=scalar(smax32=63,var_off=(0x0; 0xffffffff)) "
		"R10=fp0\n3: (85) call bpf_skb_load_bytes#26\nR4 invalid zero-sized read\n",
		NULL);
	ck_text(v.steps[0].condition, "w4 s< 0x40");
	ck_text(v.regs[4], "scalar(smax32=63,var_off=(0x0; 0xffffffff))");
	ck_text(v.regs[10], "fp0");
}
END_TEST

/* Logs do not say that a call takes a pointer away; the verdict does. */
START_TEST(a_pointer_that_a_call_took_is_none)
{
	struct pbpf_log_verdict v;

	pbpf_log_read(&v,
		      "0: (bf) r6 = r0 ; R6=ringbuf_mem(ref_obj_id=2,sz=8)\n"
		      "1: (85) call bpf_ringbuf_submit#133\n2: (7a) *(u64 *)(r6 +0) = 1\n"
		      "R6 invalid mem access 'scalar'\n",
		      NULL);
	ck_text(v.regs[6], "scalar");
	pbpf_log_read(&v,
		      "0: (b7) r6 = 5 ; R6=5\n1: (7a) *(u64 *)(r6 +0) = 1\n"
		      "R6 invalid mem access 'scalar'\n",
		      NULL);
	ck_text(v.regs[6], "5");
	pbpf_log_read(&v,
		      "0: (bf) r6 = r1 ; R6=scalar(smin=0)\n1: (7a) *(u64 *)(r6 +0) = 1\n"
		      "R6 invalid mem access 'scalar'\n",
		      NULL);
	ck_text(v.regs[6], "scalar(smin=0)");
	pbpf_log_read(&v, "R99 invalid mem access 'scalar'\n", NULL);
}
END_TEST

START_TEST(statistics_in_the_same_line_are_cut_off)
{
	struct pbpf_log_verdict v;

	pbpf_log_read(
		&v,
		"0: (85) call bpf_tail_call#12\nexpected prog array map for tail callprocessed 3 insns "
		"(limit 1000000)\n",
		NULL);
	ck_text(v.line, "expected prog array map for tail call");
	ck_assert_str_eq(v.explanation->name, "wrong_map_type");
}
END_TEST

static bool find_place(void *ctx, uint32_t insn, struct pbpf_log_place *place)
{
	(void)ctx;
	*place = (struct pbpf_log_place){insn ? "  two" : "one", "x.c", insn ? 2 : 1};
	return true;
}

START_TEST(line_info_of_the_caller_goes_first)
{
	const struct pbpf_log_lines lines = {find_place, NULL};
	struct pbpf_log_verdict v;

	pbpf_log_read(&v, "; other\n0: (b7) r1 = 0\n1: (95) exit\nR0 !read_ok\n", &lines);
	ck_assert_uint_eq(v.step_count, 2);
	ck_text(v.steps[0].code, "one");
	ck_text(v.steps[1].code, "two");
	ck_text(v.steps[1].file, "x.c");
	ck_assert_uint_eq(v.steps[1].line, 2);

	pbpf_log_read(&v, "unreachable insn 7\nprocessed 0 insns\n", &lines);
	ck_assert_int_eq(v.insn, 7);
	ck_assert_uint_eq(v.step_count, 1);
	ck_text(v.steps[0].code, "two");
}
END_TEST

/* The form that Linux 7.3 added behind the old one. */
START_TEST(the_kernels_own_explanation_is_kept)
{
	struct pbpf_log_verdict v;

	pbpf_log_read(&v,
		      "0: R1=ctx() R10=fp0\n0: (95) exit\nR0 !read_ok\n\n"
		      "Verification failed: Register Type Safety: Unreadable register\n\n"
		      "Reason:\n  R0 has never been initialized on this path.\n\n"
		      "At:\n  insn 0\n        | ^-- error: R0 is not readable\n\n"
		      "Suggestion:\n  Initialize R0 on every path.\n\nprocessed 1 insns\n",
		      NULL);
	ck_text(v.line, "R0 !read_ok");
	ck_assert_int_eq(v.insn, 0);
	ck_text(v.reason, "R0 has never been initialized on this path.");
	ck_text(v.suggestion, "Initialize R0 on every path.");

	pbpf_log_read(&v, "Verification failed: something new\n", NULL);
	ck_text(v.line, "something new");
}
END_TEST

START_TEST(odd_logs_are_fine)
{
	static const char *const logs[] = {
		"",
		"\n",
		";",
		"; ",
		"; @ ",
		"; a @ b",
		"; a @ :",
		"0:",
		"0: ",
		"0: (",
		"0: ()",
		"0: (15) if goto pc",
		"from ",
		"from 1",
		"from 1 to",
		"from 1 to 2",
		"R1=",
		" frame",
		" frame1",
		"frame1:",
		"R99=x",
		"0: R1=((((",
		"alloc_insn=",
		"; a @ b:99999999999",
		"4294967296: (95) exit",
		"Verification failed: ",
		"0: (15) if r1 goto pc+1 2:",
	};
	struct pbpf_log_verdict v;

	for (size_t i = 0; i < sizeof(logs) / sizeof(logs[0]); i++) {
		pbpf_log_read(&v, logs[i], NULL);
		ck_assert_uint_le(v.step_count, PBPF_LOG_STEPS);
	}
}
END_TEST

/* Time in proportion to length, for what is worst for it: ever new steps, and words in between. */
START_TEST(a_hostile_log_takes_linear_time)
{
	enum { SIZE = 4 << 20 };
	char *log = malloc(SIZE + 64);
	struct pbpf_log_verdict v;
	struct timespec before, after;
	size_t size = 0;
	int n = 0;

	ck_assert_ptr_nonnull(log);
	while (size < SIZE)
		size += (size_t)sprintf(log + size, "; %d\n%d: (1) a\nb\n", n, n % 99), n++;
	clock_gettime(CLOCK_MONOTONIC, &before);
	pbpf_log_read(&v, log, NULL);
	clock_gettime(CLOCK_MONOTONIC, &after);
	ck_assert_int_lt(after.tv_sec - before.tv_sec, getenv("EMULATED") ? 60 : 5);
	ck_assert_uint_eq(v.step_count, PBPF_LOG_STEPS);
	ck_assert_uint_eq(v.folded, (uint64_t)n - PBPF_LOG_STEPS);
	free(log);
}
END_TEST

START_TEST(entries_are_complete_and_reached)
{
	const struct pbpf_explanation *all = pbpf_explanations();

	for (const struct pbpf_explanation *e = all; e->name; e++) {
		size_t size;
		char path[128];

		ck_assert_ptr_nonnull(e->patterns[0]);
		ck_assert_uint_gt(strlen(e->title), 0);
		ck_assert_int_ne(e->title[strlen(e->title) - 1], '.');
		ck_assert_int_eq(e->why[strlen(e->why) - 1], '.');
		ck_assert_uint_gt(strlen(e->hint), 0);
		ck_assert_uint_lt(strlen(e->hint), 160);
		for (const struct pbpf_explanation *other = all; other < e; other++)
			ck_assert_str_ne(other->name, e->name);
		snprintf(path, sizeof(path), "tests/data/refused/%s.bpf.o", e->name);
		free(read_test_file(path, &size));
	}
	ck_assert_ptr_null(pbpf_explanation_of("all is well", 11));
	ck_assert_str_eq(pbpf_explanation_of("R7 type=inv expected=fp", 23)->name,
			 "wrong_argument");
}
END_TEST

/* The loader keeps the verdict of what it could not load. */
START_TEST(the_loader_keeps_the_verdict)
{
	struct fixture *f = fixture_new("null_check.bpf");
	const struct pbpf_log_verdict *verdict;

	f->kernel.refuse[PBPF_PROG_LOAD] = EACCES;
	f->kernel.refuse_prog = "forgets_the_check";
	f->kernel.log = "6: (85) call bpf_map_lookup_elem#1\n7: (79) r1 = *(u64 *)(r0 +0)\n"
			"R0 invalid mem access 'map_value_or_null'\n";
	ck_assert_int_eq(open_object(f), 0);
	ck_assert_int_eq(pbpf_object_load(f->obj), -EACCES);
	ck_assert_ptr_null(pbpf_program_verdict(pbpf_object_program(f->obj, "accepted")));
	verdict = pbpf_program_verdict(pbpf_object_program(f->obj, "forgets_the_check"));
	ck_assert_ptr_nonnull(verdict);
	ck_assert_str_eq(verdict->explanation->name, "map_value_or_null");
	ck_assert_uint_eq(verdict->step_count, 2); /* of the line_info: this log has no source */
	ck_text(verdict->steps[1].code, "*count += 1;");
	ck_assert_uint_eq(verdict->steps[1].line, 28);
	fixture_free(f);
}
END_TEST

START_TEST(nothing_leaks_when_a_refusal_has_no_memory)
{
	for (unsigned int n = 1;; n++) {
		struct fixture *f = fixture_new("null_check.bpf");
		int err;

		f->kernel.refuse[PBPF_PROG_LOAD] = EACCES;
		f->kernel.log = "0: (95) exit\nR0 !read_ok\n";
		f->host.fail_at = n;
		err = open_object(f);
		if (!err)
			err = pbpf_object_load(f->obj);
		f->host.fail_at = 0;
		ck_assert_uint_eq(f->host.messages[PBPF_ERROR], 1);
		fixture_free(f);
		if (err == -EACCES)
			break;
		ck_assert_int_eq(err, -ENOMEM);
		ck_assert_uint_lt(n, 500);
	}
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("the verifier's log");
	TCase *tc = tcase_create("log");

	tcase_set_timeout(tc, 30);
	tcase_add_checked_fixture(tc, NULL, free_kept);
	tcase_add_loop_test(tc, every_log_is_understood, 0, KERNELS);
	tcase_add_loop_test(tc, the_path_is_folded, 0, KERNELS);
	tcase_add_test(tc, registers_are_those_before_it);
	tcase_add_test(tc, helpers_are_named);
	tcase_add_test(tc, loops_are_folded);
	tcase_add_test(tc, other_paths_are_left_out);
	tcase_add_test(tc, without_source_instructions_are_steps);
	tcase_add_test(tc, registers_behind_a_jump_are_whole);
	tcase_add_test(tc, a_pointer_that_a_call_took_is_none);
	tcase_add_test(tc, statistics_in_the_same_line_are_cut_off);
	tcase_add_test(tc, line_info_of_the_caller_goes_first);
	tcase_add_test(tc, the_kernels_own_explanation_is_kept);
	tcase_add_test(tc, odd_logs_are_fine);
	tcase_add_test(tc, a_hostile_log_takes_linear_time);
	tcase_add_test(tc, entries_are_complete_and_reached);
	tcase_add_test(tc, the_loader_keeps_the_verdict);
	tcase_add_test(tc, nothing_leaks_when_a_refusal_has_no_memory);
	suite_add_tcase(s, tc);
	return s;
}
