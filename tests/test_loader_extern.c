/* SPDX-License-Identifier: MIT */
/*
 * Externs of .ksyms: variables and functions of the kernel and its modules, by their types or by /proc/kallsyms.
 */
#include "extern_fixture.h"

static void is_kfunc(const struct pbpf_insn *insn, int32_t id, int16_t index)
{
	ck_assert_uint_eq(insn->code, PBPF_OP_CALL);
	ck_assert_uint_eq(pbpf_insn_src(insn), PBPF_CALL_KFUNC);
	ck_assert_int_eq(insn->imm, id);
	ck_assert_int_eq(insn->off, index);
}

START_TEST(symbols_are_the_kernels)
{
	struct fixture *f = extern_fixture("ksyms.bpf");
	const struct pbpf_insn *insns;

	ck_assert_int_eq(open_object(f), 0);
	pbpf_program_set_autoload(pbpf_object_program(f->obj, "use_variable"), true);
	/* What it attaches to is not the point here, and not in these types. */
	pbpf_program_set_autoload(pbpf_object_program(f->obj, "use_functions"), false);
	ck_assert_msg(!pbpf_object_load(f->obj), "%s", f->host.text);
	insns = insns_of(f, "use_variable");
	is_load(insns, PBPF_PSEUDO_BTF_ID, RUNQUEUES);
	fixture_free(f);
}
END_TEST

START_TEST(functions_of_a_module)
{
	static const struct pbpf_insn insns[] = {CALL_EXTERN, CALL_EXTERN, CALL_EXTERN,
						 LOAD_EXTERN, LOAD_EXTERN, {.code = PBPF_OP_EXIT}};
	struct btf_builder split;
	struct extern_object o;
	struct btf_bytes module;
	const struct fake_object *prog;
	const struct pbpf_insn *sent;
	struct fixture *f;
	uint32_t func[3], first, var;
	int fd;

	begin_object(&o, insns, 8);
	add_int(&o.btf, "int", 4, 1);
	add_proto(&o.btf, 1);
	func[0] = declare_function(&o, "of_the_module", 2);
	func[1] = declare_function(&o, "of_nobody", 2);
	func[2] = declare_function(&o, "of_the_module___other", 2);
	var = add_var(&o.btf, "its_variable", 1, PBPF_LINKAGE_EXTERN);
	add_datasec(&o.btf, ".ksyms", 0);
	for (int i = 0; i < 3; i++)
		add_variable(&o.btf, func[i], 0, 0);
	add_variable(&o.btf, var, 0, 4);
	first = extern_symbol(&o, "of_the_module", false);
	extern_symbol(&o, "of_nobody", true);
	extern_symbol(&o, "of_the_module___other", true);
	extern_symbol(&o, "its_variable", false);
	for (uint32_t i = 0; i < 3; i++)
		build_reloc(&o.elf, o.section, i * 8, first + i, PBPF_R_64_32);
	build_reloc(&o.elf, o.section, 24, first + 3, PBPF_R_64_64);
	build_reloc(&o.elf, o.section, 40, first + 1, PBPF_R_64_64);
	f = finish_object(&o);

	btf_start_split(&split, &kernel_builder);
	first = add_int(&split, "long", 8, 1);
	add_proto(&split, first);
	add_func(&split, "of_the_module", first + 1, PBPF_LINKAGE_STATIC);
	add_var(&split, "its_variable", first, PBPF_LINKAGE_GLOBAL);
	module = btf_finish(&split);
	f->kernel.module = (struct fake_types){module.bytes, module.size};

	must_load(f);
	sent = insns_of(f, "prog");
	is_kfunc(&sent[0], (int32_t)first + 2, 1);
	ck_assert_uint_eq(pbpf_insn_src(&sent[1]), PBPF_CALL_HELPER);
	ck_assert_int_eq(sent[1].imm, PBPF_EXTERN_POISON + 1);
	is_kfunc(&sent[2], (int32_t)first + 2, 1);
	fd = sent[4].imm; /* of the module's BTF */
	is_load(&sent[3], PBPF_PSEUDO_BTF_ID, (uint64_t)fd << 32 | (first + 3));
	is_load(&sent[5], 0, 0);
	prog = fake_kernel_nth(&f->kernel, FAKE_PROG, 0);
	ck_assert_uint_ne(prog->prog.fd_array, 0);
	ck_assert(fake_kernel_object(&f->kernel, fd)->of_module);
	fixture_free(f);
	free(module.bytes);
}
END_TEST

START_TEST(addresses_are_the_kernels)
{
	struct fixture *f = one_address("helper_of_it", symbols);

	must_load(f);
	is_load(insns_of(f, "prog"), 0, 0xffffffffc0000010);
	fixture_free(f);
	/* 0 is an address as any other where others are shown. */
	f = one_address("first", "0000000000000000 A first\nffffffff81000000 T _stext");
	must_load(f);
	is_load(insns_of(f, "prog"), 0, 0);
	fixture_free(f);
}
END_TEST

START_TEST(addresses_that_cannot_be_had)
{
	struct fixture *f = one_address("_stext", "0000000000000000 T _text\n"
						  "0000000000000000 T _stext\n");

	must_fail(f, -EPERM, "does not show the address of '_stext'");
	f = one_address("twice", "ffffffff81000000 t twice\nffffffff81000000 t twice\n"
				 "ffffffff81000010 t twice\n");
	must_fail(f, -EINVAL,
		  "more than one 'twice': at 0xffffffff81000000 and at "
		  "0xffffffff81000010");
	f = one_address("_stext", NULL);
	must_fail(f, -ENOENT, "cannot read the kernel's symbols");
	f = one_address("_stex", symbols);
	must_fail(f, -ENOENT, "'_stex' (symbol; did you mean '_stext'?)");
	f = one_address("jiffies", symbols);
	ck_assert_int_eq(open_and_load(f), -ENOENT);
	ck_assert_msg(strstr(f->host.hint, "CONFIG_KALLSYMS_ALL"), "%s", f->host.hint);
	fixture_free(f);
}
END_TEST

START_TEST(long_lines_of_symbols_are_skipped)
{
	enum { LONG = 20000 };
	char *text = malloc(LONG + 100);
	struct fixture *f;

	memset(text, 'f', LONG);
	strcpy(text + LONG, " T _stext\nffffffff81000000 T _stext\n");
	f = one_address("_stext", text);
	must_load(f);
	is_load(insns_of(f, "prog"), 0, 0xffffffff81000000);
	fixture_free(f);
	free(text);
}
END_TEST

START_TEST(declarations_must_fit)
{
	struct extern_object o;
	struct fixture *f;

	begin_object(&o, one_load, 3);
	add_int(&o.btf, "int", 4, 1); /* the kernel has a struct */
	f = one_extern(&o, ".ksyms", "runqueues", 1, 4);
	must_fail(f, -EINVAL, "'runqueues' is declared otherwise");
}
END_TEST

START_TEST(all_that_is_missing_is_named_at_once)
{
	struct fixture *f = extern_fixture("missing_externs.bpf");

	ck_assert_int_eq(open_and_load(f), -ENOENT);
	ck_assert_uint_eq(f->host.messages[PBPF_ERROR], 1);
	ck_assert_str_eq(f->host.text,
			 "6 externs are not on this kernel: "
			 "'KERNEL_VERSION' (declared without __ksym or __kconfig, or compiled "
			 "without -g), "
			 "'CONFIG_BPF_SYSCAL' (configuration; did you mean 'CONFIG_BPF_SYSCALL'?), "
			 "'LINUX_KERNEL_AGE' (configuration), "
			 "'bpf_task_relase' (function; did you mean 'bpf_task_release'?), "
			 "'runqueue' (variable with BTF; did you mean 'runqueues'?), "
			 "'__bpf_call_bas' (symbol; did you mean '__bpf_call_base'?)");
	ck_assert_ptr_nonnull(strstr(f->host.hint, "bpftool gen object"));
	fixture_free(f);
}
END_TEST

/* The kernel refuses externs in BTF. */
START_TEST(no_extern_goes_to_the_kernel)
{
	struct fixture *f = extern_fixture("ksyms.bpf");
	const struct fake_object *sent;
	struct pbpf_btf *btf = NULL;

	ck_assert_int_eq(open_object(f), 0);
	pbpf_program_set_autoload(pbpf_object_program(f->obj, "use_functions"), false);
	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	sent = fake_kernel_nth(&f->kernel, FAKE_BTF, 0);
	ck_assert_int_eq(pbpf_btf_parse(&btf, sent->bytes, sent->size, NULL, NULL), 0);
	for (uint32_t id = 1; id < pbpf_btf_count(btf); id++) {
		struct pbpf_btf_type type = pbpf_btf_type(btf, id);

		if (type.kind == PBPF_KIND_FUNC || type.kind == PBPF_KIND_VAR)
			ck_assert_uint_ne(type.linkage, PBPF_LINKAGE_EXTERN);
	}
	/* Every id is what it was, and the DATASEC of externs is none. */
	ck_assert_int_eq(pbpf_btf_find(btf, "use_variable", PBPF_KIND_FUNC),
			 pbpf_btf_find(pbpf_object_btf(f->obj), "use_variable", PBPF_KIND_FUNC));
	ck_assert_int_eq(pbpf_btf_find(btf, ".ksyms", 0), -ENOENT);
	pbpf_btf_free(btf);
	fixture_free(f);
}
END_TEST

START_TEST(hidden_functions_are_static)
{
	struct fixture *f = fixture_new("kfunc_flavors.bpf");
	const struct pbpf_btf *btf;
	int id;

	ck_assert_int_eq(open_object(f), 0);
	btf = pbpf_object_btf(f->obj);
	id = pbpf_btf_find(btf, "release", PBPF_KIND_FUNC);
	ck_assert_int_gt(id, 0);
	ck_assert_uint_eq(pbpf_btf_type(btf, (uint32_t)id).linkage, PBPF_LINKAGE_STATIC);
	id = pbpf_btf_find(btf, "use_flavors", PBPF_KIND_FUNC);
	ck_assert_uint_eq(pbpf_btf_type(btf, (uint32_t)id).linkage, PBPF_LINKAGE_GLOBAL);
	fixture_free(f);
}
END_TEST

/* --- Failing --------------------------------------------------------------------------------- */

/* Objects, and how loading them ends when nothing fails. */
static const struct {
	const char *name;
	int end;
} extern_lives[] = {{"kconfig_types.bpf", 0}, {"ksyms.bpf", 0}, {"missing_externs.bpf", -ENOENT}};

static int extern_life(struct fixture *f)
{
	int err = open_object(f);

	if (err)
		return err;
	if (pbpf_object_program(f->obj, "use_functions"))
		pbpf_program_set_autoload(pbpf_object_program(f->obj, "use_functions"), false);
	return pbpf_object_load(f->obj);
}

START_TEST(nothing_leaks_without_memory)
{
	unsigned int refused = 0;

	for (unsigned int n = 1;; n++) {
		struct fixture *f = extern_fixture(extern_lives[_i].name);
		unsigned int allocations;
		int err;

		f->host.fail_at = n;
		err = extern_life(f);
		allocations = f->host.allocations;
		f->host.fail_at = 0;
		ck_assert_uint_eq(f->host.messages[PBPF_ERROR], err != 0);
		if (err != extern_lives[_i].end) { /* else only a block that was to shrink stayed */
			ck_assert_int_eq(err, -ENOMEM);
			ck_assert_uint_ge(allocations, n);
			refused++;
		}
		fixture_free(f);
		if (allocations < n) {
			ck_assert_uint_lt(n - 1 - refused, 10);
			break;
		}
		ck_assert_uint_lt(n, 500);
	}
}
END_TEST

START_TEST(nothing_leaks_when_the_kernel_fails)
{
	for (unsigned int n = 1;; n++) {
		struct fixture *f = extern_fixture(extern_lives[_i].name);
		unsigned int calls;
		int err;

		f->kernel.fail_at = n;
		err = extern_life(f);
		calls = f->kernel.calls;
		if (err)
			ck_assert_uint_eq(f->host.messages[PBPF_ERROR], 1);
		fixture_free(f);
		if (calls < n)
			break;
		ck_assert_uint_lt(n, 500);
	}
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("loader: externs");
	TCase *t;
	const int lives = sizeof(extern_lives) / sizeof(extern_lives[0]);

	t = tcase_create("ksyms");
	tcase_add_test(t, symbols_are_the_kernels);
	tcase_add_test(t, functions_of_a_module);
	tcase_add_test(t, addresses_are_the_kernels);
	tcase_add_test(t, addresses_that_cannot_be_had);
	tcase_add_test(t, long_lines_of_symbols_are_skipped);
	tcase_add_test(t, declarations_must_fit);
	tcase_add_test(t, all_that_is_missing_is_named_at_once);
	tcase_add_test(t, no_extern_goes_to_the_kernel);
	tcase_add_test(t, hidden_functions_are_static);
	suite_add_tcase(s, t);
	t = tcase_create("failing");
	tcase_add_loop_test(t, nothing_leaks_without_memory, 0, lives);
	tcase_add_loop_test(t, nothing_leaks_when_the_kernel_fails, 0, lives);
	suite_add_tcase(s, t);
	return s;
}
