/* SPDX-License-Identifier: MIT */
/*
 * Jump tables, into a kernel that exists in memory only.
 */
#include "loader_fixture.h"

/* The map whose fd an ld_imm64 loads the value of. */
static const struct fake_object *table_at(const struct fixture *f, const struct pbpf_insn *insn)
{
	ck_assert_uint_eq(insn->code, PBPF_OP_LD_IMM64);
	ck_assert_uint_eq(pbpf_insn_src(insn), PBPF_PSEUDO_MAP_VALUE);
	ck_assert_int_eq(insn[1].imm, 0);
	return fake_kernel_object(&f->kernel, insn->imm);
}

/* Element i of a map as it was written: a key of 4 bytes and a value of 16. */
static uint32_t target_of(const struct fake_object *map, uint32_t i)
{
	uint32_t words[5];

	memcpy(words, map->bytes + i * sizeof(words), sizeof(words));
	ck_assert_uint_eq(words[0], i);
	ck_assert_uint_eq(words[2] | words[3] | words[4], 0);
	return words[1];
}

START_TEST(a_table_becomes_a_frozen_map)
{
	struct fixture *f = loaded("jump_table.bpf");
	const struct pbpf_insn *insns = insns_of(f, "jumps");
	const struct fake_object *map = table_at(f, &insns[6]);

	ck_assert_uint_eq(map->map.map_type, PBPF_MAP_TYPE_INSN_ARRAY);
	ck_assert_uint_eq(map->map.max_entries, 2);
	ck_assert_uint_eq(map->map.value_size, 16);
	ck_assert(map->frozen);
	ck_assert(!map->open); /* the program keeps it */
	ck_assert_uint_eq(target_of(map, 0), 11);
	ck_assert_uint_eq(target_of(map, 1), 13);
	map = table_at(f, &insns[15]); /* of the function that follows the program */
	ck_assert_uint_eq(map->map.max_entries, 3);
	ck_assert_uint_eq(target_of(map, 0), 15 + 6);
	ck_assert_uint_eq(target_of(map, 2), 15 + 10);
	fixture_free(f);
}
END_TEST

START_TEST(a_kernel_without_tables_is_named)
{
	struct fixture *f = fixture_new("jump_table.bpf");

	f->kernel.refuse[PBPF_MAP_CREATE] = EINVAL;
	ck_assert_int_eq(open_object(f), 0);
	ck_assert_int_eq(pbpf_object_load(f->obj), -EINVAL);
	ck_assert_uint_eq(f->host.messages[PBPF_ERROR], 1);
	ck_assert_msg(strstr(f->host.text,
			     "'jumps' (socket): instruction 15 uses a jump table of 3 "
			     "entries, which needs Linux 6.19"),
		      "%s", f->host.text);
	ck_assert_ptr_nonnull(strstr(f->host.hint, "-mcpu=v3"));
	fixture_free(f);
}
END_TEST

START_TEST(nothing_is_left_when_a_call_fails)
{
	for (unsigned int n = 1;; n++) {
		struct fixture *f = fixture_new("jump_table.bpf");
		bool came;
		int err;

		ck_assert_int_eq(open_object(f), 0);
		f->kernel.fail_at = f->kernel.calls + n;
		err = pbpf_object_load(f->obj);
		came = failure_came(f);
		ck_assert_uint_eq(f->host.messages[PBPF_ERROR], err < 0);
		fixture_free(f);
		if (!came)
			break;
		ck_assert_uint_lt(n, 100);
	}
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("loader: jump tables");
	TCase *tc = tcase_create("jump tables");

	tcase_add_test(tc, a_table_becomes_a_frozen_map);
	tcase_add_test(tc, a_kernel_without_tables_is_named);
	tcase_add_test(tc, nothing_is_left_when_a_call_fails);
	suite_add_tcase(s, tc);
	return s;
}
