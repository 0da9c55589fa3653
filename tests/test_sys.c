/* SPDX-License-Identifier: MIT */
/*
 * What sys hands to bpf(2) to make and use BTF, maps and programs.
 */
#include "sys_recorder.h"

START_TEST(map_create)
{
	struct pbpf_map_attr attr = {
		.type = 1,
		.key_size = 2,
		.value_size = 3,
		.max_entries = 4,
		.flags = PBPF_F_NUMA_NODE,
		.inner_map_fd = 5,
		.numa_node = 6,
		.name = "a_name_longer_than_15",
		.ifindex = 7,
		.btf_fd = 8,
		.btf_key_type = 9,
		.btf_value_type = 10,
		.btf_vmlinux_value_type = 11,
		.extra = 12,
		.value_type_btf_obj_fd = 13,
		.token_fd = 14,
		.excl_prog_hash = PLACE(1),
		.excl_prog_hash_size = 15,
	};

	ck_assert_int_eq(pbpf_sys_map_create(&env, &attr), 5);
	ASKED(BPF_MAP_CREATE, 92);
	ck_assert_uint_eq(seen->map_type, 1);
	ck_assert_uint_eq(seen->key_size, 2);
	ck_assert_uint_eq(seen->value_size, 3);
	ck_assert_uint_eq(seen->max_entries, 4);
	ck_assert_uint_eq(seen->map_flags,
			  BPF_F_NUMA_NODE | PBPF_F_VTYPE_BTF_OBJ_FD | PBPF_F_TOKEN_FD);
	ck_assert_uint_eq(seen->inner_map_fd, 5);
	ck_assert_uint_eq(seen->numa_node, 6);
	ck_assert_str_eq(seen->map_name, "a_name_longer_t");
	ck_assert_uint_eq(seen->map_ifindex, 7);
	ck_assert_uint_eq(seen->btf_fd, 8);
	ck_assert_uint_eq(seen->btf_key_type_id, 9);
	ck_assert_uint_eq(seen->btf_value_type_id, 10);
	ck_assert_uint_eq(seen->btf_vmlinux_value_type_id, 11);
	ck_assert_uint_eq(seen->map_extra, 12);
	ck_assert_uint_eq(u32_at(72), 13);
	ck_assert_uint_eq(u32_at(76), 14);
	IS_PLACE(u64_at(80), 1);
	ck_assert_uint_eq(u32_at(88), 15);
}
END_TEST

START_TEST(what_is_left_out_is_zero)
{
	struct pbpf_map_attr map = {.type = 2, .btf_fd = -1, .inner_map_fd = -1, .token_fd = -1};
	struct pbpf_prog_attr prog = {.type = 3, .btf_fd = -1, .attach_btf_obj_fd = -1};
	struct pbpf_link_attr link = {.prog_fd = 4, .target_fd = -1, .relative_fd = -1};

	pbpf_sys_map_create(&env, &map);
	for (size_t i = 4; i < rec.size; i++)
		ck_assert_uint_eq(rec.in.bytes[i], 0);
	pbpf_sys_prog_load(&env, &prog, NULL);
	for (size_t i = 4; i < rec.size; i++)
		ck_assert_uint_eq(rec.in.bytes[i], 0);
	pbpf_sys_link_create(&env, &link);
	for (size_t i = 4; i < rec.size; i++)
		ck_assert_uint_eq(rec.in.bytes[i], 0);
}
END_TEST

START_TEST(prog_load)
{
	struct pbpf_prog_attr attr = {
		.type = 1,
		.expected_attach_type = 2,
		.insns = PLACE(1),
		.insn_count = 3,
		.license = PLACE(2),
		.name = "prog",
		.flags = BPF_F_SLEEPABLE,
		.kern_version = 4,
		.ifindex = 5,
		.btf_fd = 6,
		.func_info = PLACE(3),
		.func_info_size = 7,
		.func_info_count = 8,
		.line_info = PLACE(4),
		.line_info_size = 9,
		.line_info_count = 10,
		.core_relos = PLACE(5),
		.core_relo_size = 11,
		.core_relo_count = 12,
		.attach_btf_id = 13,
		.attach_btf_obj_fd = 14,
		.fd_array = (const int *)(void *)PLACE(8),
		.fd_array_count = 15,
		.token_fd = 16,
		.signature = PLACE(6),
		.signature_size = 17,
		.keyring_id = -18,
		.log_level = 19,
		.log = PLACE(7),
		.log_size = 20,
	};
	uint32_t true_size = 1;

	rec.out[0].at = 140;
	rec.out[0].value = 4711;
	ck_assert_int_eq(pbpf_sys_prog_load(&env, &attr, &true_size), 5);
	ASKED(BPF_PROG_LOAD, 168);
	ck_assert_uint_eq(true_size, 4711);
	ck_assert_uint_eq(seen->prog_type, 1);
	ck_assert_uint_eq(seen->expected_attach_type, 2);
	IS_PLACE(seen->insns, 1);
	ck_assert_uint_eq(seen->insn_cnt, 3);
	IS_PLACE(seen->license, 2);
	ck_assert_str_eq(seen->prog_name, "prog");
	ck_assert_uint_eq(seen->prog_flags, BPF_F_SLEEPABLE | PBPF_F_TOKEN_FD);
	ck_assert_uint_eq(seen->kern_version, 4);
	ck_assert_uint_eq(seen->prog_ifindex, 5);
	ck_assert_uint_eq(seen->prog_btf_fd, 6);
	IS_PLACE(seen->func_info, 3);
	ck_assert_uint_eq(seen->func_info_rec_size, 7);
	ck_assert_uint_eq(seen->func_info_cnt, 8);
	IS_PLACE(seen->line_info, 4);
	ck_assert_uint_eq(seen->line_info_rec_size, 9);
	ck_assert_uint_eq(seen->line_info_cnt, 10);
	IS_PLACE(seen->core_relos, 5);
	ck_assert_uint_eq(seen->core_relo_rec_size, 11);
	ck_assert_uint_eq(seen->core_relo_cnt, 12);
	ck_assert_uint_eq(seen->attach_btf_id, 13);
	ck_assert_uint_eq(seen->attach_btf_obj_fd, 14);
	IS_PLACE(seen->fd_array, 8);
	ck_assert_uint_eq(seen->log_level, 19);
	IS_PLACE(seen->log_buf, 7);
	ck_assert_uint_eq(seen->log_size, 20);
	ck_assert_uint_eq(u32_at(140), 0);
	ck_assert_uint_eq(u32_at(144), 16);
	ck_assert_uint_eq(u32_at(148), 15);
	IS_PLACE(u64_at(152), 6);
	ck_assert_uint_eq(u32_at(160), 17);
	ck_assert_uint_eq(u32_at(164), (uint32_t)-18);
}
END_TEST

START_TEST(btf_load)
{
	struct pbpf_btf_attr attr = {
		.data = PLACE(1),
		.size = 2,
		.log_level = 3,
		.log = PLACE(4),
		.log_size = 5,
		.token_fd = 6,
	};
	uint32_t true_size = 1;

	rec.out[0].at = 28;
	rec.out[0].value = 99;
	will_answer(-ENOSPC);
	ck_assert_int_eq(pbpf_sys_btf_load(&env, &attr, &true_size), -ENOSPC);
	ck_assert_uint_eq(true_size, 99);
	ASKED(BPF_BTF_LOAD, 40);
	IS_PLACE(seen->btf, 1);
	ck_assert_uint_eq(seen->btf_size, 2);
	ck_assert_uint_eq(seen->btf_log_level, 3);
	IS_PLACE(seen->btf_log_buf, 4);
	ck_assert_uint_eq(seen->btf_log_size, 5);
	ck_assert_uint_eq(u32_at(28), 0);
	ck_assert_uint_eq(u32_at(32), PBPF_F_TOKEN_FD);
	ck_assert_uint_eq(u32_at(36), 6);
}
END_TEST

/* All element commands share one layout. */
static void is_element(int cmd, int value, uint64_t flags)
{
	ASKED(cmd, 32);
	ck_assert_uint_eq(seen->map_fd, 4);
	IS_PLACE(seen->key, 1);
	ck_assert_uint_eq(seen->value, value ? (uintptr_t)PLACE(value) : 0);
	ck_assert_uint_eq(seen->flags, flags);
}

START_TEST(map_elements)
{
	will_answer(0);
	ck_assert_int_eq(pbpf_sys_map_lookup(&env, 4, PLACE(1), PLACE(2), PBPF_F_LOCK), 0);
	is_element(BPF_MAP_LOOKUP_ELEM, 2, BPF_F_LOCK);
	ck_assert_int_eq(pbpf_sys_map_update(&env, 4, PLACE(1), PLACE(2), PBPF_NOEXIST), 0);
	is_element(BPF_MAP_UPDATE_ELEM, 2, BPF_NOEXIST);
	ck_assert_int_eq(pbpf_sys_map_delete(&env, 4, PLACE(1)), 0);
	is_element(BPF_MAP_DELETE_ELEM, 0, 0);
	ck_assert_int_eq(pbpf_sys_map_next_key(&env, 4, PLACE(1), PLACE(2)), 0);
	is_element(BPF_MAP_GET_NEXT_KEY, 2, 0);
	ck_assert_int_eq(pbpf_sys_map_lookup_and_delete(&env, 4, PLACE(1), PLACE(2), 0), 0);
	is_element(BPF_MAP_LOOKUP_AND_DELETE_ELEM, 2, 0);
	ck_assert_int_eq(pbpf_sys_map_freeze(&env, 4), 0);
	ASKED(BPF_MAP_FREEZE, 32);
	ck_assert_uint_eq(seen->map_fd, 4);
	ck_assert_uint_eq(seen->key, 0);
}
END_TEST

START_TEST(map_batches)
{
	static const struct {
		int (*run)(const struct pbpf_env *env, int fd, struct pbpf_map_batch *batch);
		int cmd;
	} batches[] = {
		{pbpf_sys_map_lookup_batch, BPF_MAP_LOOKUP_BATCH},
		{pbpf_sys_map_lookup_and_delete_batch, BPF_MAP_LOOKUP_AND_DELETE_BATCH},
		{pbpf_sys_map_update_batch, BPF_MAP_UPDATE_BATCH},
		{pbpf_sys_map_delete_batch, BPF_MAP_DELETE_BATCH},
	};

	rec.out[0].at = offsetof(union bpf_attr, batch.count);
	rec.out[0].value = 3;
	will_answer(-ENOENT);
	for (size_t i = 0; i < 4; i++) {
		struct pbpf_map_batch batch = {PLACE(1), PLACE(2), PLACE(3), PLACE(4), 10, 11, 12};

		ck_assert_int_eq(batches[i].run(&env, 6, &batch), -ENOENT);
		ASKED(batches[i].cmd, 56);
		ck_assert_uint_eq(batch.count, 3); /* the last part is good although the map ends */
		IS_PLACE(seen->batch.in_batch, 1);
		IS_PLACE(seen->batch.out_batch, 2);
		IS_PLACE(seen->batch.keys, 3);
		IS_PLACE(seen->batch.values, 4);
		ck_assert_uint_eq(seen->batch.count, 10);
		ck_assert_uint_eq(seen->batch.map_fd, 6);
		ck_assert_uint_eq(seen->batch.elem_flags, 11);
		ck_assert_uint_eq(seen->batch.flags, 12);
	}
}
END_TEST

START_TEST(test_run)
{
	struct pbpf_test_run run = {
		.data_in = PLACE(1),
		.data_in_size = 2,
		.data_out = PLACE(3),
		.data_out_size = 4,
		.ctx_in = PLACE(5),
		.ctx_in_size = 6,
		.ctx_out = PLACE(7),
		.ctx_out_size = 8,
		.repeat = 9,
		.flags = 10,
		.cpu = 11,
		.batch_size = 12,
	};

	will_answer(0);
	rec.out[0].at = offsetof(union bpf_attr, test.retval);
	rec.out[0].value = 21;
	rec.out[1].at = offsetof(union bpf_attr, test.duration);
	rec.out[1].value = 22;
	rec.out[2].at = offsetof(union bpf_attr, test.data_size_out);
	rec.out[2].value = 23;
	rec.out[3].at = offsetof(union bpf_attr, test.ctx_size_out);
	rec.out[3].value = 24;
	ck_assert_int_eq(pbpf_sys_prog_test_run(&env, 5, &run), 0);
	ASKED(BPF_PROG_TEST_RUN, 76);
	ck_assert_uint_eq(run.retval, 21);
	ck_assert_uint_eq(run.duration, 22);
	ck_assert_uint_eq(run.data_out_size, 23);
	ck_assert_uint_eq(run.ctx_out_size, 24);
	ck_assert_uint_eq(seen->test.prog_fd, 5);
	IS_PLACE(seen->test.data_in, 1);
	ck_assert_uint_eq(seen->test.data_size_in, 2);
	IS_PLACE(seen->test.data_out, 3);
	ck_assert_uint_eq(seen->test.data_size_out, 4);
	IS_PLACE(seen->test.ctx_in, 5);
	ck_assert_uint_eq(seen->test.ctx_size_in, 6);
	IS_PLACE(seen->test.ctx_out, 7);
	ck_assert_uint_eq(seen->test.ctx_size_out, 8);
	ck_assert_uint_eq(seen->test.repeat, 9);
	ck_assert_uint_eq(seen->test.flags, 10);
	ck_assert_uint_eq(seen->test.cpu, 11);
	ck_assert_uint_eq(seen->test.batch_size, 12);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("sys");
	TCase *c = tcase_create("attrs");

	tcase_add_checked_fixture(c, setup, NULL);
	tcase_add_test(c, map_create);
	tcase_add_test(c, what_is_left_out_is_zero);
	tcase_add_test(c, prog_load);
	tcase_add_test(c, btf_load);
	tcase_add_test(c, map_elements);
	tcase_add_test(c, map_batches);
	tcase_add_test(c, test_run);
	suite_add_tcase(s, c);
	return s;
}
