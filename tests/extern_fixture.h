/* SPDX-License-Identifier: MIT */
/*
 * What the tests of externs share: a fake kernel with types, symbols and a configuration, and objects with externs,
 * made by hand.
 */
#ifndef TESTS_EXTERN_FIXTURE_H
#define TESTS_EXTERN_FIXTURE_H

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

static inline struct btf_bytes kernel_types(void)
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

static inline struct fixture *extern_fixture(const char *name)
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

static inline int open_and_load(struct fixture *f)
{
	int err = open_object(f);

	return err ? err : pbpf_object_load(f->obj);
}

static inline void must_load(struct fixture *f)
{
	int err = open_and_load(f);

	ck_assert_msg(!err, "%s: %s", f->path, f->host.text);
}

static inline void must_fail(struct fixture *f, int err, const char *text)
{
	ck_assert_int_eq(open_and_load(f), err);
	ck_assert_int_eq(f->host.err, err);
	ck_assert_uint_eq(f->host.messages[PBPF_ERROR], 1);
	ck_assert_msg(strstr(f->host.text, text), "'%s' lacks '%s'", f->host.text, text);
	fixture_free(f);
}

static inline void is_load(const struct pbpf_insn *insn, unsigned int src, uint64_t value)
{
	ck_assert_uint_eq(insn->code, PBPF_OP_LD_IMM64);
	ck_assert_uint_eq(pbpf_insn_src(insn), src);
	ck_assert_uint_eq((uint32_t)insn[0].imm | (uint64_t)(uint32_t)insn[1].imm << 32, value);
}

/* An object of one program with these instructions, which refer to its externs. */
struct extern_object {
	struct elf_builder elf;
	struct btf_builder btf;
	uint32_t section;
};

static inline void begin_object(struct extern_object *o, const struct pbpf_insn *insns,
				size_t count)
{
	build_start(&o->elf, __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
	btf_start(&o->btf, __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
	o->section = build_section(&o->elf, "socket", PBPF_SHT_PROGBITS,
				   PBPF_SHF_ALLOC | PBPF_SHF_EXECINSTR, insns, count * 8);
	build_symbol(&o->elf, "prog", PBPF_STB_GLOBAL << 4 | PBPF_STT_FUNC, o->section, 0,
		     count * 8);
}

static inline uint32_t extern_symbol(struct extern_object *o, const char *name, bool weak)
{
	uint8_t info = weak ? PBPF_STB_WEAK << 4 : PBPF_STB_GLOBAL << 4;

	return build_symbol(&o->elf, name, info, 0, 0, 0);
}

/* A fixture over the object that has been built. */
static inline struct fixture *finish_object(struct extern_object *o)
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
static inline uint32_t declare_function(struct extern_object *o, const char *name, uint32_t proto)
{
	return add_func(&o->btf, name, proto, PBPF_LINKAGE_EXTERN);
}

/* The object of one extern, used by one ld_imm64; its BTF is begun, ids from 1 on. */
static const struct pbpf_insn one_load[] = {LOAD_EXTERN, {.code = PBPF_OP_EXIT}};

static inline struct fixture *one_extern(struct extern_object *o, const char *section,
					 const char *name, uint32_t type, uint32_t size)
{
	uint32_t var = add_var(&o->btf, name, type, PBPF_LINKAGE_EXTERN), symbol;

	add_datasec(&o->btf, section, 0);
	add_variable(&o->btf, var, 0, size);
	symbol = extern_symbol(o, name, false);
	build_reloc(&o->elf, o->section, 0, symbol, PBPF_R_64_64);
	return finish_object(o);
}

/* `extern const void NAME __ksym`, with these symbols of the kernel. */
static inline struct fixture *one_address(const char *name, const char *kallsyms)
{
	struct extern_object o;
	struct fixture *f;

	begin_object(&o, one_load, 3);
	add_modifier(&o.btf, PBPF_KIND_CONST, 0);
	f = one_extern(&o, ".ksyms", name, 1, 1);
	f->kernel.kallsyms = kallsyms;
	return f;
}

#endif
