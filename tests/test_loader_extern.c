/* SPDX-License-Identifier: MIT */
/*
 * Externs, against a kernel in memory: its configuration, its types and a module's, its symbols.
 */
#include "btf_builder.h"
#include "elf_builder.h"
#include "loader_fixture.h"
#include "relo/pbpf_insn.h"
#include "relo/pbpf_relo.h"

static const char symbols[] = "ffffffff81000000 T _stext\n"
			      "ffffffff81000040 T _sinittext\n"
			      "a line that is none\n"
			      "ffffffffc0000010 t helper_of_it\t[fake_module]\n"
			      "ffffffff81234567 D __bpf_call_base\n";

static const char config[] = "CONFIG_BPF_SYSCALL=y\nCONFIG_NET=m\n# CONFIG_INET is not set\n"
			     "CONFIG_HZ=1000\nCONFIG_PHYSICAL_START=0x1000000\n"
			     "CONFIG_PANIC_TIMEOUT=-1\nCONFIG_DEFAULT_HOSTNAME=\"a-long-name\"\n";

/* What tests/data/ksyms.bpf.c and its like ask for: ids 8 and 9, 12. A module goes on from there. */
enum { TASK_ACQUIRE = 8, TASK_RELEASE = 9, RUNQUEUES = 12 };
static struct btf_builder kernel_builder;

static struct btf_bytes kernel_types(void)
{
	struct btf_builder *b = &kernel_builder;

	btf_start(b, __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
	add_int(b, "int", 4, 1);
	add_struct(b, "task_struct", 64);
	add_member(b, "pid", 1, 0);
	add_ptr(b, 2);
	add_proto(b, 3); /* 4: acquire */
	add_param(b, "p", 3);
	add_proto(b, 0); /* 5: release */
	add_param(b, "p", 3);
	add_struct(b, "rq", 128);
	add_modifier(b, PBPF_KIND_CONST, 6);
	add_func(b, "bpf_task_acquire", 4, PBPF_LINKAGE_STATIC);
	add_func(b, "bpf_task_release", 5, PBPF_LINKAGE_STATIC);
	add_func(b, "runqueues", 5, PBPF_LINKAGE_STATIC); /* a function of that name is none */
	add_var(b, "task_struct", 6, PBPF_LINKAGE_GLOBAL);
	add_var(b, "runqueues", 6, PBPF_LINKAGE_GLOBAL);
	return btf_finish(b);
}

static struct fixture *extern_fixture(const char *name)
{
	static struct btf_bytes types;
	struct fixture *f = fixture_new(name);

	if (!types.bytes)
		types = kernel_types();
	f->env.level = PBPF_NOTE;
	f->kernel.types = (struct fake_types){types.bytes, types.size};
	f->kernel.kallsyms = symbols;
	f->kernel.config = config;
	return f;
}

static int open_and_load(struct fixture *f)
{
	int err = open_object(f);

	return err ? err : pbpf_object_load(f->obj);
}

static void must_load(struct fixture *f)
{
	int err = open_and_load(f);

	ck_assert_msg(!err, "%s: %s", f->path, f->host.text);
}

static void must_fail(struct fixture *f, int err, const char *text)
{
	ck_assert_int_eq(open_and_load(f), err);
	ck_assert_int_eq(f->host.err, err);
	ck_assert_uint_eq(f->host.messages[PBPF_ERROR], 1);
	ck_assert_msg(strstr(f->host.text, text), "'%s' lacks '%s'", f->host.text, text);
	fixture_free(f);
}

/* --- .kconfig -------------------------------------------------------------------------------- */

/* Where an extern's value begins in the map .kconfig, by the object's BTF. */
static uint32_t place_of(const struct fixture *f, const char *name)
{
	const struct pbpf_btf *btf = pbpf_object_btf(f->obj);
	struct pbpf_btf_type datasec =
		pbpf_btf_type(btf, (uint32_t)pbpf_btf_find(btf, ".kconfig", PBPF_KIND_DATASEC));

	for (uint32_t i = 0; i < datasec.vlen; i++) {
		struct pbpf_btf_variable variable = pbpf_btf_variable(btf, &datasec, i);

		if (!strcmp(pbpf_btf_type(btf, variable.type).name, name))
			return variable.offset;
	}
	ck_abort_msg("no %s", name);
	return 0;
}

static const unsigned char *value_of(const struct fixture *f, const char *name)
{
	const struct pbpf_map *map = pbpf_object_map(f->obj, ".kconfig");
	const struct fake_object *object = fake_kernel_object(&f->kernel, pbpf_map_fd(map));

	ck_assert(object->frozen);
	ck_assert_uint_eq(object->size, 4 + object->map.value_size);
	return object->bytes + 4 + place_of(f, name);
}

#define VALUE_IS(f, name, type, expected)                              \
	do {                                                           \
		type value_;                                           \
		memcpy(&value_, value_of(f, name), sizeof(value_));    \
		ck_assert_msg(value_ == (type)(expected), "%s", name); \
	} while (0)

START_TEST(what_is_tried_is_tried_by_the_token)
{
	struct fixture *f = extern_fixture("kconfig_types.bpf");
	const struct fake_object *trial;

	f->options.token_from = "/sys/fs/bpf";
	must_load(f);
	trial = fake_kernel_nth(&f->kernel, FAKE_PROG, 0);
	ck_assert_str_eq(trial->prog.prog_name, "has_cookie");
	ck_assert_int_ne(trial->prog.prog_token_fd, 0);
	fixture_free(f);
}
END_TEST

START_TEST(values_are_the_kernels)
{
	struct fixture *f = extern_fixture("kconfig_types.bpf");
	const struct fake_object *map;

	must_load(f);
	VALUE_IS(f, "CONFIG_BPF_SYSCALL", uint8_t, 1);
	VALUE_IS(f, "CONFIG_NET", char, 'm');
	VALUE_IS(f, "CONFIG_INET", int, 0);
	VALUE_IS(f, "CONFIG_HZ", uint16_t, 1000);
	VALUE_IS(f, "CONFIG_PHYSICAL_START", uint64_t, 0x1000000);
	VALUE_IS(f, "CONFIG_PANIC_TIMEOUT", int64_t, -1);
	VALUE_IS(f, "CONFIG_THAT_NO_KERNEL_HAS", uint8_t, 0);
	VALUE_IS(f, "LINUX_KERNEL_VERSION", int, 6 << 16 | 18 << 8 | 7);
	VALUE_IS(f, "LINUX_HAS_SYSCALL_WRAPPER", uint8_t, 1);
	VALUE_IS(f, "LINUX_HAS_BPF_COOKIE", uint8_t, 1);
	ck_assert_str_eq((const char *)value_of(f, "CONFIG_DEFAULT_HOSTNAME"), "a-long-");
	map = fake_kernel_object(&f->kernel, pbpf_map_fd(pbpf_object_map(f->obj, ".kconfig")));
	ck_assert_str_eq(map->map.map_name, "kconfig.kconfig");
	ck_assert_uint_eq(map->map.map_flags, PBPF_F_MMAPABLE | PBPF_F_RDONLY_PROG);
	fixture_free(f);
}
END_TEST

START_TEST(the_callers_text_goes_first)
{
	struct fixture *f = extern_fixture("kconfig_types.bpf");

	f->options.kconfig = "CONFIG_HZ=100\nCONFIG_HZ=200\nCONFIG_INET=m";
	must_load(f);
	VALUE_IS(f, "CONFIG_HZ", uint16_t, 100); /* the first line counts */
	VALUE_IS(f, "CONFIG_INET", int, 2);
	VALUE_IS(f, "CONFIG_PANIC_TIMEOUT", int64_t, -1); /* of the kernel's own */

	pbpf_object_unload(f->obj); /* and once more */
	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	VALUE_IS(f, "CONFIG_HZ", uint16_t, 100);
	fixture_free(f);
}
END_TEST

START_TEST(values_need_their_map)
{
	struct fixture *f = fixture_new("kconfig.bpf");

	ck_assert_int_eq(open_object(f), 0);
	ck_assert_int_eq(pbpf_map_set_autocreate(pbpf_object_map(f->obj, ".kconfig"), false), 0);
	ck_assert_int_eq(pbpf_object_load(f->obj), -EINVAL);
	ck_assert_uint_eq(f->host.messages[PBPF_ERROR], 1);
	ck_assert_ptr_nonnull(
		strstr(f->host.text, "'.kconfig' holds the values of externs, and is"));
	fixture_free(f);
}
END_TEST

START_TEST(values_are_loaded_from_their_map)
{
	struct fixture *f = extern_fixture("kconfig.bpf");
	const struct fake_object *prog;
	unsigned int references = 0;
	int fd;

	must_load(f);
	fd = pbpf_map_fd(pbpf_object_map(f->obj, ".kconfig"));
	prog = fake_kernel_nth(&f->kernel, FAKE_PROG, 0);
	for (uint32_t i = 0; i < prog->prog.insn_cnt; i++) {
		const struct pbpf_insn *insn = (const struct pbpf_insn *)prog->bytes + i;

		if (insn->code != PBPF_OP_LD_IMM64)
			continue;
		ck_assert_uint_eq(pbpf_insn_src(insn), PBPF_PSEUDO_MAP_VALUE);
		ck_assert_int_eq(insn->imm, fd);
		if (!references++) /* what the source adds first */
			ck_assert_uint_eq((uint32_t)insn[1].imm, place_of(f, "CONFIG_BPF_SYSCALL"));
	}
	ck_assert_uint_eq(references, 6);
	fixture_free(f);
}
END_TEST

START_TEST(without_a_configuration)
{
	struct fixture *f = extern_fixture("kconfig_types.bpf");

	f->kernel.config = NULL;
	ck_assert_int_eq(open_and_load(f), -ENOENT);
	ck_assert_ptr_nonnull(strstr(f->host.text, "/boot/config-" FAKE_RELEASE ": ENOENT"));
	ck_assert_ptr_nonnull(strstr(f->host.hint, "kconfig"));
	fixture_free(f);

	/* Only weak ones are left: they are 0. */
	f = extern_fixture("kconfig_types.bpf");
	f->kernel.config = NULL;
	f->options.kconfig = "CONFIG_BPF_SYSCALL=y\nCONFIG_NET=y\nCONFIG_HZ=250\n";
	must_load(f);
	VALUE_IS(f, "CONFIG_PANIC_TIMEOUT", int64_t, 0);
	ck_assert_ptr_nonnull(strstr(f->host.notes, "weak externs are 0"));
	fixture_free(f);
}
END_TEST

START_TEST(values_of_another_type_are_refused)
{
	static const struct {
		const char *line;
		int err;
		const char *text;
	} cases[] = {
		{"CONFIG_BPF_SYSCALL=m", -EINVAL, "'CONFIG_BPF_SYSCALL' is a bool of 1 bytes"},
		{"CONFIG_HZ=y", -EINVAL, "and this kernel's value is y"},
		{"CONFIG_HZ=65536", -ERANGE, "an integer of 2 bytes"},
		{"CONFIG_DEFAULT_HOSTNAME=y", -EINVAL, "an array of char"},
		{"CONFIG_DEFAULT_HOSTNAME=\"", -EINVAL, "value is \""},
		{"CONFIG_INET=\"y\"", -EINVAL, "a tristate"},
		{"CONFIG_PANIC_TIMEOUT=", -EINVAL, "an integer of 8 bytes"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fixture *f = extern_fixture("kconfig_types.bpf");

		f->options.kconfig = cases[i].line;
		must_fail(f, cases[i].err, cases[i].text);
	}
}
END_TEST

/* --- .ksyms ---------------------------------------------------------------------------------- */

static void is_kfunc(const struct pbpf_insn *insn, int32_t id, int16_t index)
{
	ck_assert_uint_eq(insn->code, PBPF_OP_CALL);
	ck_assert_uint_eq(pbpf_insn_src(insn), PBPF_CALL_KFUNC);
	ck_assert_int_eq(insn->imm, id);
	ck_assert_int_eq(insn->off, index);
}

static void is_load(const struct pbpf_insn *insn, unsigned int src, uint64_t value)
{
	ck_assert_uint_eq(insn->code, PBPF_OP_LD_IMM64);
	ck_assert_uint_eq(pbpf_insn_src(insn), src);
	ck_assert_uint_eq((uint32_t)insn[0].imm | (uint64_t)(uint32_t)insn[1].imm << 32, value);
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

/* An object of one program with these instructions, which refer to its externs. */
struct extern_object {
	struct elf_builder elf;
	struct btf_builder btf;
	uint32_t section;
};

static void begin_object(struct extern_object *o, const struct pbpf_insn *insns, size_t count)
{
	build_start(&o->elf, __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
	btf_start(&o->btf, __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
	o->section = build_section(&o->elf, "socket", PBPF_SHT_PROGBITS,
				   PBPF_SHF_ALLOC | PBPF_SHF_EXECINSTR, insns, count * 8);
	build_symbol(&o->elf, "prog", PBPF_STB_GLOBAL << 4 | PBPF_STT_FUNC, o->section, 0,
		     count * 8);
}

static uint32_t extern_symbol(struct extern_object *o, const char *name, bool weak)
{
	uint8_t info = weak ? PBPF_STB_WEAK << 4 : PBPF_STB_GLOBAL << 4;

	return build_symbol(&o->elf, name, info, 0, 0, 0);
}

/* A fixture over the object that has been built. */
static struct fixture *finish_object(struct extern_object *o)
{
	struct fixture *f = extern_fixture("ksyms.bpf");
	struct btf_bytes btf = btf_finish(&o->btf);
	struct elf_built image;

	build_section(&o->elf, ".BTF", PBPF_SHT_PROGBITS, 0, btf.bytes, btf.size);
	image = build_finish(&o->elf);
	free(btf.bytes);
	free(f->image);
	f->image = image.bytes;
	f->size = image.size;
	return f;
}

#define CALL_EXTERN                                                           \
	{                                                                     \
		.code = PBPF_OP_CALL, .regs = PBPF_CALL_LOCAL << 4, .imm = -1 \
	}
#define LOAD_EXTERN                 \
	{.code = PBPF_OP_LD_IMM64}, \
	{                           \
		0                   \
	}

/* Declares `int NAME(void)` and lists it in .ksyms, which must have been begun last. */
static uint32_t declare_function(struct extern_object *o, const char *name, uint32_t proto)
{
	return add_func(&o->btf, name, proto, PBPF_LINKAGE_EXTERN);
}

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

/* The object of one extern, used by one ld_imm64; its BTF is begun, ids from 1 on. */
static const struct pbpf_insn one_load[] = {LOAD_EXTERN, {.code = PBPF_OP_EXIT}};

static struct fixture *one_extern(struct extern_object *o, const char *section, const char *name,
				  uint32_t type, uint32_t size)
{
	uint32_t var = add_var(&o->btf, name, type, PBPF_LINKAGE_EXTERN), symbol;

	add_datasec(&o->btf, section, 0);
	add_variable(&o->btf, var, 0, size);
	symbol = extern_symbol(o, name, false);
	build_reloc(&o->elf, o->section, 0, symbol, PBPF_R_64_64);
	return finish_object(o);
}

/* `extern const void NAME __ksym`, with these symbols of the kernel. */
static struct fixture *one_address(const char *name, const char *kallsyms)
{
	struct extern_object o;
	struct fixture *f;

	begin_object(&o, one_load, 3);
	add_modifier(&o.btf, PBPF_KIND_CONST, 0);
	f = one_extern(&o, ".ksyms", name, 1, 1);
	f->kernel.kallsyms = kallsyms;
	return f;
}

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

/* --- Hostile --------------------------------------------------------------------------------- */

START_TEST(weak_and_strong_of_one_name)
{
	struct extern_object o;
	struct fixture *f;

	begin_object(&o, one_load, 3);
	add_modifier(&o.btf, PBPF_KIND_CONST, 0);
	extern_symbol(&o, "_stext", true);
	f = one_extern(&o, ".ksyms", "_stext", 1, 1);
	must_load(f);
	is_load(insns_of(f, "prog"), 0, 0xffffffff81000000);
	fixture_free(f);

	begin_object(&o, one_load, 3);
	add_modifier(&o.btf, PBPF_KIND_CONST, 0);
	extern_symbol(&o, "absent", true);
	f = one_extern(&o, ".ksyms", "absent", 1, 1);
	must_fail(f, -ENOENT, "1 extern is not on this kernel: 'absent'");
}
END_TEST

START_TEST(a_million_externs)
{
	struct extern_object o;
	struct fixture *f;

	begin_object(&o, one_load, 3);
	add_modifier(&o.btf, PBPF_KIND_CONST, 0);
	for (uint32_t i = 0; i < 70000; i++)
		extern_symbol(&o, "_stext", i % 2);
	f = one_extern(&o, ".ksyms", "_stext", 1, 1);
	must_fail(f, -ERANGE, "70001 externs");
}
END_TEST

START_TEST(values_of_absurd_types)
{
	struct extern_object o;

	begin_object(&o, one_load, 3);
	add_int(&o.btf, "char", 1, 1);
	add_array(&o.btf, 1, 1, 0x80000001);
	must_fail(one_extern(&o, ".kconfig", "CONFIG_A", 2, 0x80000001), -ERANGE,
		  "take 2147483649 bytes");

	begin_object(&o, one_load, 3);
	add_int(&o.btf, "char", 1, 1);
	add_array(&o.btf, 1, 1, 8);
	must_fail(one_extern(&o, ".kconfig", "CONFIG_A", 2, 4), -EINVAL, "'CONFIG_A'");

	begin_object(&o, one_load, 3);
	add_struct(&o.btf, "s", 4);
	must_fail(one_extern(&o, ".kconfig", "CONFIG_A", 1, 4), -EINVAL, "'CONFIG_A'");

	begin_object(&o, one_load, 3);
	add_int(&o.btf, "__int128", 16, 1);
	must_fail(one_extern(&o, ".kconfig", "CONFIG_A", 1, 16), -EINVAL, "'CONFIG_A'");
}
END_TEST

START_TEST(references_must_suit)
{
	static const struct pbpf_insn call[] = {CALL_EXTERN, {.code = PBPF_OP_EXIT}};
	static const struct pbpf_insn beyond[] = {
		{.code = PBPF_OP_LD_IMM64, .imm = 5}, {0}, {.code = PBPF_OP_EXIT}};
	struct extern_object o;
	uint32_t var, symbol;

	/* a call of what is no function */
	begin_object(&o, call, 2);
	add_modifier(&o.btf, PBPF_KIND_CONST, 0);
	var = add_var(&o.btf, "_stext", 1, PBPF_LINKAGE_EXTERN);
	add_datasec(&o.btf, ".ksyms", 0);
	add_variable(&o.btf, var, 0, 1);
	symbol = extern_symbol(&o, "_stext", false);
	build_reloc(&o.elf, o.section, 0, symbol, PBPF_R_64_32);
	must_fail(finish_object(&o), -EINVAL, "refers to the extern '_stext'");

	/* a byte that the value does not have */
	begin_object(&o, beyond, 3);
	add_int(&o.btf, "int", 4, 1);
	must_fail(one_extern(&o, ".kconfig", "CONFIG_HZ", 1, 4), -EINVAL,
		  "refers to the extern 'CONFIG_HZ' +5");
}
END_TEST

/* --- Failing --------------------------------------------------------------------------------- */

static const char *const extern_lives[] = {"kconfig_types.bpf", "ksyms.bpf", "missing_externs.bpf"};

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
	for (unsigned int n = 1;; n++) {
		struct fixture *f = extern_fixture(extern_lives[_i]);
		unsigned int allocations;
		int err;

		f->host.fail_at = n;
		err = extern_life(f);
		allocations = f->host.allocations;
		f->host.fail_at = 0;
		if (err) {
			ck_assert_uint_eq(f->host.messages[PBPF_ERROR], 1);
			ck_assert_int_eq(err, allocations < n ? -ENOENT : -ENOMEM);
		}
		fixture_free(f);
		if (allocations < n)
			break;
		ck_assert_uint_lt(n, 500);
	}
}
END_TEST

START_TEST(nothing_leaks_when_the_kernel_fails)
{
	for (unsigned int n = 1;; n++) {
		struct fixture *f = extern_fixture(extern_lives[_i]);
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
	Suite *s = suite_create("loader_extern");
	TCase *values = tcase_create("kconfig");
	TCase *ksyms = tcase_create("ksyms");
	TCase *hostile = tcase_create("hostile");
	TCase *failing = tcase_create("failing");
	const int lives = sizeof(extern_lives) / sizeof(extern_lives[0]);

	tcase_add_test(values, values_are_the_kernels);
	tcase_add_test(values, what_is_tried_is_tried_by_the_token);
	tcase_add_test(values, the_callers_text_goes_first);
	tcase_add_test(values, values_are_loaded_from_their_map);
	tcase_add_test(values, values_need_their_map);
	tcase_add_test(values, without_a_configuration);
	tcase_add_test(values, values_of_another_type_are_refused);
	suite_add_tcase(s, values);
	tcase_add_test(ksyms, symbols_are_the_kernels);
	tcase_add_test(ksyms, functions_of_a_module);
	tcase_add_test(ksyms, addresses_are_the_kernels);
	tcase_add_test(ksyms, addresses_that_cannot_be_had);
	tcase_add_test(ksyms, long_lines_of_symbols_are_skipped);
	tcase_add_test(ksyms, declarations_must_fit);
	tcase_add_test(ksyms, all_that_is_missing_is_named_at_once);
	tcase_add_test(ksyms, no_extern_goes_to_the_kernel);
	tcase_add_test(ksyms, hidden_functions_are_static);
	suite_add_tcase(s, ksyms);
	tcase_add_test(hostile, weak_and_strong_of_one_name);
	tcase_add_test(hostile, a_million_externs);
	tcase_add_test(hostile, values_of_absurd_types);
	tcase_add_test(hostile, references_must_suit);
	suite_add_tcase(s, hostile);
	tcase_add_loop_test(failing, nothing_leaks_without_memory, 0, lives);
	tcase_add_loop_test(failing, nothing_leaks_when_the_kernel_fails, 0, lives);
	suite_add_tcase(s, failing);
	return s;
}
