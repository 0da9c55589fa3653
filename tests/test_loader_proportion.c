/* SPDX-License-Identifier: MIT */
/*
 * Work in proportion: large objects that no compiler writes cost as much as they are long. The numbers are those
 * of the catalogue of hostile shapes, as in test_loader_shapes.c.
 */
#include "btf_builder.h"
#include "elf_builder.h"
#include "loader_fixture.h"
#include "op.h"

#include <time.h>

static double seconds(void)
{
	return (double)clock() / CLOCKS_PER_SEC;
}

/* Opens the image, which it frees, and may load it, within `limit` seconds of a real machine. */
static void must_be_done_soon(struct elf_built image, bool load, double limit)
{
	struct fixture *f = fixture_new("minimal.bpf");
	double begun = seconds();

	if (getenv("EMULATED"))
		limit *= 10;
	free(f->image);
	f->image = image.bytes;
	f->size = image.size;
	ck_assert_msg(!open_object(f), "%s", f->host.text);
	ck_assert_msg(!load || !pbpf_object_load(f->obj), "%s", f->host.text);
	ck_assert_msg(seconds() - begun < limit, "%.1f s", seconds() - begun);
	fixture_free(f);
}

/* S13: f0 calls f1 calls f2 ..., and each also f0: a chain 10,000 deep, cycles, and a fan that would give
 * 2^10000 copies. */
START_TEST(calls_cost_in_proportion)
{
	enum { FUNCTIONS = 10000 };
	struct pbpf_insn *insns = calloc(3 * FUNCTIONS, sizeof(*insns));
	struct elf_builder b;
	uint32_t section;

	build_start(&b, HOST_BIG);
	for (int32_t i = 0; i < FUNCTIONS; i++) {
		insns[3 * i] = op(PBPF_OP_CALL, 1, i + 1 < FUNCTIONS ? 2 : -3 * i - 1);
		insns[3 * i + 1] = op(PBPF_OP_CALL, 1, -3 * i - 2);
		insns[3 * i + 2] = op(PBPF_OP_EXIT, 0, 0);
	}
	section = build_section(&b, "socket", PBPF_SHT_PROGBITS, PBPF_SHF_EXECINSTR, insns,
				3 * FUNCTIONS * sizeof(*insns));
	for (uint32_t i = 0; i < FUNCTIONS; i++)
		build_symbol(&b, i ? "f" : "prog",
			     (uint8_t)((i ? PBPF_STB_LOCAL : PBPF_STB_GLOBAL) << 4 | PBPF_STT_FUNC),
			     section, i * (uint64_t)24, 24);
	free(insns);
	must_be_done_soon(build_finish(&b), true, 5);
}
END_TEST

/* Twenty thousand sections of global data, each with its DATASEC; names that differ at their end. */
START_TEST(sections_cost_in_proportion)
{
	enum { COUNT = 20000 };
	static const uint8_t bytes[8];
	struct btf_builder types;
	struct btf_bytes btf;
	struct elf_builder b;
	char name[64];
	uint32_t var;

	btf_start(&types, HOST_BIG);
	var = add_var(&types, "v", add_int(&types, "int", 4, 1), PBPF_LINKAGE_STATIC);
	build_start(&b, HOST_BIG);
	for (uint32_t i = 0; i < COUNT; i++) {
		snprintf(name, sizeof(name), ".data.of_which_there_are_very_many_%05u", i);
		build_section(&b, name, PBPF_SHT_PROGBITS, PBPF_SHF_ALLOC, bytes, sizeof(bytes));
		add_datasec(&types, name, 0);
		add_variable(&types, var, 0, 4);
	}
	btf = btf_finish(&types);
	build_section(&b, ".BTF", PBPF_SHT_PROGBITS, 0, btf.bytes, btf.size);
	must_be_done_soon(build_finish(&b), false, 0.5);
	free(btf.bytes);
}
END_TEST

/* Twenty thousand maps of before BTF. */
START_TEST(old_maps_cost_in_proportion)
{
	enum { COUNT = 20000 };
	uint32_t *maps = calloc(COUNT, 20);
	struct btf_builder types;
	struct btf_bytes btf;
	struct elf_builder b;
	char name[32];
	uint32_t section, id;

	btf_start(&types, HOST_BIG);
	id = add_int(&types, "int", 4, 1);
	for (uint32_t i = 0; i < COUNT; i++) {
		memcpy(maps + i * (size_t)5, (uint32_t[5]){PBPF_MAP_TYPE_HASH, 4, 4, 1, 0}, 20);
		snprintf(name, sizeof(name), "____btf_map_m%05u", i);
		add_struct(&types, name, 8);
		add_member(&types, "key", id, 0);
		add_member(&types, "value", id, 32);
	}
	build_start(&b, HOST_BIG);
	section = build_section(&b, "maps", PBPF_SHT_PROGBITS, PBPF_SHF_ALLOC, maps,
				COUNT * (size_t)20);
	for (uint32_t i = 0; i < COUNT; i++) {
		snprintf(name, sizeof(name), "m%05u", i);
		build_symbol(&b, name, PBPF_STB_GLOBAL << 4 | PBPF_STT_OBJECT, section,
			     i * (uint64_t)20, 20);
	}
	btf = btf_finish(&types);
	build_section(&b, ".BTF", PBPF_SHT_PROGBITS, 0, btf.bytes, btf.size);
	must_be_done_soon(build_finish(&b), false, 0.5);
	free(btf.bytes);
	free(maps);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("loader: work in proportion");
	TCase *t = tcase_create("work");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, calls_cost_in_proportion);
	tcase_add_test(t, sections_cost_in_proportion);
	tcase_add_test(t, old_maps_cost_in_proportion);
	suite_add_tcase(s, t);
	return s;
}
