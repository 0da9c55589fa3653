/* SPDX-License-Identifier: MIT */
/*
 * Types as C. That what is printed compiles to the layout that BTF states is tested on the kernel's own
 * types, in tests/kernel/test_btf.c.
 */
#include "btf/pbpf_btf.h"
#include "btf_builder.h"
#include "harness.h"

static struct btf_builder b;
static uint32_t s32, u8, u64;

struct output {
	char text[1 << 16];
	size_t used;
	size_t total;
};
static struct output out;

static int write_output(void *ctx, const char *text, size_t size)
{
	(void)ctx;
	out.total += size;
	if (size < sizeof(out.text) - out.used) {
		memcpy(out.text + out.used, text, size);
		out.used += size;
	}
	out.text[out.used] = '\0';
	return 0;
}

static void start(void)
{
	btf_start(&b, false);
	s32 = add_int(&b, "int", 4, 1);
	u8 = add_int(&b, "unsigned char", 1, 0);
	u64 = add_int(&b, "long long unsigned int", 8, 0);
}

static int print(uint32_t id, struct host *host)
{
	struct btf_bytes bytes = btf_finish(&b);
	struct pbpf_env env = host_env(host);
	struct pbpf_writer writer = {write_output, NULL};
	struct pbpf_btf *btf = NULL;
	int err = pbpf_btf_parse(&btf, bytes.bytes, bytes.size, NULL, &env);

	ck_assert_msg(err == 0 || err == -ENOMEM, "%s", host->text);
	memset(&out, 0, sizeof(out));
	if (!err)
		err = id ? pbpf_btf_print_c(btf, id, &writer) : pbpf_btf_print_header(btf, &writer);
	pbpf_btf_free(btf);
	ck_assert_uint_eq(host->blocks, 0);
	free(bytes.bytes);
	return err;
}

static void prints(uint32_t id, const char *text)
{
	struct host host = {0};

	ck_assert_msg(print(id, &host) == 0, "%s", host.text);
	ck_assert_str_eq(out.text, text);
}

static void fails(uint32_t id, int code, const char *text)
{
	struct host host = {0};

	ck_assert_int_eq(print(id, &host), code);
	ck_assert_str_eq(host.text, text);
	ck_assert_uint_eq(host.messages[PBPF_ERROR], 1);
}

START_TEST(members)
{
	uint32_t id;

	start();
	id = add_struct(&b, "s", 32);
	add_member(&b, "a", s32, 0);
	add_member(&b, "b", 7, 64);
	add_member(&b, "c", 8, 128);
	add_ptr(&b, add_struct(&b, "other", 0)); /* 5, 6 */
	add_ptr(&b, add_modifier(&b, PBPF_KIND_CONST, 6));
	add_array(&b, add_array(&b, s32, s32, 2), s32, 0);
	ck_assert_uint_eq(id, 4);
	/* 7 is CONST of 6, 8 the pointer to it */
	prints(id, "struct s {\n\tint a;\n\tstruct other *const b;\n"
		   "\tstruct other *const *c;\n\tunsigned char __hole1[8];\n};\n\n");
}
END_TEST

START_TEST(declarators)
{
	uint32_t chr, fn, pfn, array, id;

	start();
	chr = add_int(&b, "char", 1, 1);
	fn = add_proto(&b, add_ptr(&b, add_modifier(&b, PBPF_KIND_CONST, chr)));
	add_param(&b, "count", s32);
	add_param(&b, "", 0);
	pfn = add_ptr(&b, fn);
	array = add_array(&b, pfn, s32, 3);
	id = add_typedef(&b, "table_t", add_ptr(&b, array));
	prints(id, "typedef const char *(*(*table_t)[3])(int count, ...);\n\n");
}
END_TEST

START_TEST(functions)
{
	uint32_t late, function, id;

	start();
	function = add_ptr(&b, add_proto(&b, 0));
	id = add_struct(&b, "ops", 16);
	add_member(&b, "f", function, 0);
	prints(id, "struct ops {\n\tvoid (*f)(void);\n\tunsigned char __hole1[8];\n};\n\n");

	/* the name of a struct must outlive the parameters */
	start();
	late = add_ptr(&b, add_struct(&b, "late", 4));
	function = add_proto(&b, 0);
	add_param(&b, "l", late);
	id = add_typedef(&b, "fn", function);
	prints(id, "struct late;\n\ntypedef void fn(struct late *l);\n\n");
}
END_TEST

START_TEST(what_is_needed_comes_first)
{
	uint32_t id;

	start();
	id = add_struct(&b, "outer", 24); /* 4 */
	add_member(&b, "in", 6, 0);
	add_member(&b, "self", 7, 64);
	add_member(&b, "e", 9, 128);
	add_struct(&b, "inner", 8); /* 5 */
	add_member(&b, "v", u64, 0);
	add_typedef(&b, "inner_t", 5); /* 6 */
	add_ptr(&b, 4);		       /* 7 */
	add_enum(&b, "color", 4, false);
	add_enumerator(&b, "RED", 1);
	add_modifier(&b, PBPF_KIND_VOLATILE, 8); /* 9 */
	prints(id, "typedef struct inner inner_t;\n\n"
		   "struct inner {\n\tlong long unsigned int v;\n};\n\n"
		   "enum color {\n\tRED = 1,\n};\n\n"
		   "struct outer {\n\tinner_t in;\n\tstruct outer *self;\n"
		   "\tvolatile enum color e;\n};\n\n");
}
END_TEST

START_TEST(nameless)
{
	uint32_t id, in, choice;

	start();
	in = add_struct(&b, "", 8);
	add_member(&b, "x", s32, 0);
	add_member(&b, "y", s32, 32);
	choice = add_enum(&b, "", 4, true);
	add_enumerator(&b, "MINUS", (uint64_t)-1);
	id = add_struct(&b, "s", 12);
	add_member(&b, "", in, 0);
	add_member(&b, "c", choice, 64);
	prints(id, "struct s {\n\tstruct {\n\t\tint x;\n\t\tint y;\n\t};\n"
		   "\tenum {\n\t\tMINUS = -1,\n\t} c;\n};\n\n");
}
END_TEST

START_TEST(bitfields_and_holes)
{
	uint32_t id;

	start();
	id = add_struct(&b, "s", 16);
	add_bitfield(&b, "a", s32, 0, 3);
	add_bitfield(&b, "b", s32, 5, 4);
	add_bitfield(&b, "c", s32, 32, 32);
	add_member(&b, "d", u8, 72);
	prints(id, "struct s {\n\tint a : 3;\n\tunsigned char : 2;\n\tint b : 4;\n\tint c : 32;\n"
		   "\tunsigned char __hole1[1];\n\tunsigned char d;\n"
		   "\tunsigned char __hole2[6];\n};\n\n");
}
END_TEST

START_TEST(packed)
{
	uint32_t id;

	start();
	id = add_struct(&b, "s", 9);
	add_member(&b, "a", u8, 0);
	add_member(&b, "b", u64, 8);
	prints(id, "struct s {\n\tunsigned char a;\n\tlong long unsigned int b;\n"
		   "} __attribute__((packed));\n\n");
	start();
	id = add_union(&b, "u", 5);
	add_member(&b, "a", s32, 0);
	prints(id, "union u {\n\tint a;\n\tunsigned char __hole1[5];\n"
		   "} __attribute__((packed));\n\n");
}
END_TEST

START_TEST(flexible_array)
{
	uint32_t id, array;

	start();
	array = add_array(&b, u64, s32, 0);
	id = add_struct(&b, "s", 8);
	add_member(&b, "n", s32, 0);
	add_member(&b, "data", array, 64);
	prints(id, "struct s {\n\tint n;\n\tlong long unsigned int data[0];\n};\n\n");
}
END_TEST

START_TEST(enumerations)
{
	uint32_t id;

	start();
	id = add_enum64(&b, "wide", true);
	add_enumerator(&b, "LEAST", 0x8000000000000000);
	add_enumerator(&b, "ONE", 1);
	prints(id, "enum wide {\n\tLEAST = -9223372036854775807LL - 1,\n\tONE = 1LL,\n"
		   "} __attribute__((mode(DI)));\n\n");
	start();
	id = add_enum(&b, "small", 1, false);
	add_enumerator(&b, "A", 200);
	prints(id, "enum small {\n\tA = 200,\n} __attribute__((mode(QI)));\n\n");
	start();
	id = add_enum(&b, "never", 4, false);
	prints(id, "enum never {\n\t__no_enumerator_4,\n};\n\n");
	start();
	id = add_enum(&b, "declared", 0, false);
	prints(id, "enum declared {\n\t__no_enumerator_4,\n};\n\n");
}
END_TEST

START_TEST(names_twice)
{
	uint32_t array;

	start();
	add_struct(&b, "x", 1);
	add_member(&b, "a", u8, 0);
	add_union(&b, "x", 4);
	add_member(&b, "a", s32, 0);
	add_enum(&b, "", 4, false);
	add_enumerator(&b, "x", 0); /* the other space */
	add_typedef(&b, "x", 5);
	add_fwd(&b, "x", false);
	array = add_array(&b, 7, s32, 1);
	add_typedef(&b, "T", array);
	add_typedef(&b, "T", s32);
	prints(0,
	       "#ifndef __VMLINUX_H__\n#define __VMLINUX_H__\n\n"
	       "#ifndef BPF_NO_PRESERVE_ACCESS_INDEX\n"
	       "#pragma clang attribute push (__attribute__((preserve_access_index)), apply_to = "
	       "record)\n#endif\n\n"
	       "struct x {\n\tunsigned char a;\n};\n\n"
	       "union x___2 {\n\tint a;\n};\n\n"
	       "typedef union x___2 x;\n\n"
	       "struct x;\n\n"
	       "typedef x T[1];\n\n"
	       "typedef int T___2;\n\n"
	       "enum {\n\tx___2 = 0,\n};\n\n"
	       "#ifndef BPF_NO_PRESERVE_ACCESS_INDEX\n#pragma clang attribute pop\n#endif\n\n"
	       "#endif\n");
}
END_TEST

START_TEST(names_that_are_none)
{
	uint32_t id;

	start();
	add_int(&b, "i32", 4, 1);
	id = add_struct(&b, "Vec<u8>\n", 8);
	add_member(&b, "default", s32, 0);
	add_member(&b, "a b", 4, 32);
	prints(id, "struct Vec_u8__ {\n\tint default_;\n\tint a_b;\n};\n\n");
}
END_TEST

START_TEST(what_is_nothing_in_c)
{
	uint32_t id;

	start();
	fails(s32, -EINVAL, "type 1 (INT) is nothing that C declares by a name");
	start();
	add_ptr(&b, 4);
	id = add_typedef(&b, "p", 4);
	fails(id, -ENOTSUP, "type 4 (PTR) at offset 72: nests too deep to be printed as C");
	/* a nameless struct that points to itself */
	start();
	add_struct(&b, "", 8);
	add_member(&b, "p", 5, 0);
	add_ptr(&b, 4);
	id = add_typedef(&b, "t", 4);
	fails(id, -ENOTSUP, "type 4 (STRUCT) at offset 72: nests too deep to be printed as C");
	/* a function that returns itself */
	start();
	add_proto(&b, 4);
	id = add_typedef(&b, "f", 4);
	fails(id, -ENOTSUP, "type 4 (FUNC_PROTO) at offset 72: nests too deep to be printed as C");
}
END_TEST

/* 2^60 nameless unions. */
START_TEST(the_amount_of_text_is_bounded)
{
	struct host host = {0};
	uint32_t last, id;

	start();
	last = s32;
	for (int i = 0; i < 60; i++) {
		uint32_t next = add_union(&b, "", 4);

		add_member(&b, "", last, 0);
		add_member(&b, "", last, 0);
		last = next;
	}
	id = add_typedef(&b, "t", last);
	ck_assert_int_eq(print(id, &host), -ENOTSUP);
	ck_assert_uint_lt(out.total, 16 << 20);
}
END_TEST

/* Four gigabytes of padding are one member. */
START_TEST(large_holes_are_small)
{
	uint32_t id;

	start();
	id = add_struct(&b, "s", UINT32_MAX);
	add_member(&b, "a", u8, UINT32_MAX - 7);
	prints(id, "struct s {\n\tunsigned char __hole1[536870911];\n\tunsigned char a;\n"
		   "\tunsigned char __hole2[3758096383];\n};\n\n");
}
END_TEST

START_TEST(long_chains_of_needs)
{
	struct host host = {0};
	uint32_t id = 0;

	start();
	for (uint32_t i = 0; i < 3000; i++) { /* each typedef's function takes the next */
		uint32_t proto = add_proto(&b, 0);
		char name[16];

		snprintf(name, sizeof(name), "f%u", i);
		add_param(&b, "", proto + 3);
		id = add_typedef(&b, name, proto);
	}
	add_proto(&b, 0);
	add_typedef(&b, "last", id + 1);
	ck_assert_int_eq(print(5, &host), 0);
	ck_assert(!strncmp(out.text, "typedef void last(void);\n\ntypedef void f2999(last);", 50));
}
END_TEST

/* FUNC `name` of an int argument, tagged; each with a prototype of its own. */
static void add_kfunc(const char *name, const char *tag)
{
	uint32_t proto = add_proto(&b, s32);

	add_param(&b, "number", s32);
	add_decl_tag(&b, tag, add_func(&b, name, proto, 0), -1);
}

START_TEST(functions_that_programs_may_call)
{
	struct host host = {0};
	const char *at;

	start();
	add_kfunc("bpf_one", "bpf_kfunc");
	add_kfunc("bpf_one", "bpf_kfunc"); /* declared once */
	add_kfunc("taken", "bpf_kfunc");   /* by the typedef */
	add_kfunc("hidden", "bpf_fastcall");
	add_typedef(&b, "taken", s32);
	add_decl_tag(&b, "bpf_kfunc", add_struct(&b, "no_function", 4), -1);
	ck_assert_int_eq(print(0, &host), 0);
	at = strstr(out.text, "#ifndef BPF_NO_KFUNC_PROTOTYPES\n");
	ck_assert_ptr_nonnull(at);
	at = strstr(at, "#define __weak");
	ck_assert_ptr_nonnull(at);
	ck_assert_str_eq(strchr(at, '\n'),
			 "\n#endif\n\nextern int bpf_one(int number) __weak __ksym;\n\n#endif\n\n"
			 "#ifndef BPF_NO_PRESERVE_ACCESS_INDEX\n#pragma clang attribute pop\n"
			 "#endif\n\n#endif\n");
	/* without such functions, not a word of them */
	start();
	add_kfunc("hidden", "bpf_fastcall");
	ck_assert_int_eq(print(0, &host), 0);
	ck_assert_ptr_null(strstr(out.text, "KFUNC"));
}
END_TEST

START_TEST(no_memory_is_an_error_and_no_leak)
{
	for (unsigned int n = 1;; n++) {
		struct host host = {.fail_at = n};
		int err;

		start();
		add_struct(&b, "s", 8);
		add_member(&b, "a", s32, 0);
		add_typedef(&b, "t", 4);
		err = print(0, &host);
		if (!err)
			break;
		ck_assert_int_eq(err, -ENOMEM);
		ck_assert_uint_eq(host.messages[PBPF_ERROR], 1);
		ck_assert_uint_le(n, 30);
	}
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("btf_c");
	TCase *t = tcase_create("print");

	tcase_add_test(t, members);
	tcase_add_test(t, declarators);
	tcase_add_test(t, functions);
	tcase_add_test(t, what_is_needed_comes_first);
	tcase_add_test(t, nameless);
	tcase_add_test(t, bitfields_and_holes);
	tcase_add_test(t, packed);
	tcase_add_test(t, flexible_array);
	tcase_add_test(t, enumerations);
	tcase_add_test(t, names_twice);
	tcase_add_test(t, names_that_are_none);
	tcase_add_test(t, what_is_nothing_in_c);
	tcase_add_test(t, the_amount_of_text_is_bounded);
	tcase_add_test(t, large_holes_are_small);
	tcase_add_test(t, long_chains_of_needs);
	tcase_add_test(t, functions_that_programs_may_call);
	tcase_add_test(t, no_memory_is_an_error_and_no_leak);
	suite_add_tcase(s, t);
	return s;
}
