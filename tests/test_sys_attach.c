/* SPDX-License-Identifier: MIT */
/*
 * What sys hands to bpf(2) to attach, and to look at what is there.
 */
#include "sys_recorder.h"

START_TEST(attach_detach_query)
{
	struct pbpf_attach_attr attach = {
		.target_fd = 1,
		.prog_fd = 2,
		.attach_type = 3,
		.flags = 4,
		.replace_fd = 5,
		.relative_fd = 6,
		.expected_revision = 7,
	};
	struct pbpf_query query = {
		.target_fd = 1,
		.attach_type = 2,
		.flags = 3,
		.count = 4,
		.prog_ids = (uint32_t *)(void *)PLACE(0),
		.prog_flags = (uint32_t *)(void *)PLACE(4),
		.link_ids = (uint32_t *)(void *)PLACE(8),
		.link_flags = (uint32_t *)(void *)PLACE(12),
	};

	will_answer(0);
	for (int i = 0; i < 2; i++) {
		if (i)
			ck_assert_int_eq(pbpf_sys_prog_detach(&env, &attach), 0);
		else
			ck_assert_int_eq(pbpf_sys_prog_attach(&env, &attach), 0);
		ASKED(i ? BPF_PROG_DETACH : BPF_PROG_ATTACH, 32);
		ck_assert_uint_eq(seen->target_fd, 1);
		ck_assert_uint_eq(seen->attach_bpf_fd, 2);
		ck_assert_uint_eq(seen->attach_type, 3);
		ck_assert_uint_eq(seen->attach_flags, 4);
		ck_assert_uint_eq(seen->replace_bpf_fd, 5);
		ck_assert_uint_eq(u32_at(20), 6);
		ck_assert_uint_eq(u64_at(24), 7);
	}
	will_answer(-ENOSPC);
	rec.out[0].at = offsetof(union bpf_attr, query.prog_cnt);
	rec.out[0].value = 9;
	rec.out[1].at = offsetof(union bpf_attr, query.attach_flags);
	rec.out[1].value = 8;
	rec.out[2].at = 56;
	rec.out[2].value = 77;
	ck_assert_int_eq(pbpf_sys_prog_query(&env, &query), -ENOSPC);
	ASKED(BPF_PROG_QUERY, 64);
	ck_assert_uint_eq(query.count, 9);
	ck_assert_uint_eq(query.attach_flags, 8);
	ck_assert_uint_eq(seen->query.target_fd, 1);
	ck_assert_uint_eq(seen->query.attach_type, 2);
	ck_assert_uint_eq(seen->query.query_flags, 3);
	ck_assert_uint_eq(seen->query.prog_cnt, 4);
	IS_PLACE(seen->query.prog_ids, 0);
	IS_PLACE(seen->query.prog_attach_flags, 4);
	IS_PLACE(u64_at(40), 8);
	IS_PLACE(u64_at(48), 12);
	ck_assert_uint_eq(u64_at(56), 0);
}
END_TEST

START_TEST(links)
{
	will_answer(12);
	ck_assert_int_eq(pbpf_sys_raw_tracepoint_open(&env, 3, "name", 9), 12);
	ASKED(BPF_RAW_TRACEPOINT_OPEN, 24);
	ck_assert_str_eq((const char *)(uintptr_t)seen->raw_tracepoint.name, "name");
	ck_assert_uint_eq(seen->raw_tracepoint.prog_fd, 3);
	ck_assert_uint_eq(u64_at(16), 9);

	ck_assert_int_eq(pbpf_sys_iter_create(&env, 4), 12);
	ASKED(BPF_ITER_CREATE, 8);
	ck_assert_uint_eq(seen->iter_create.link_fd, 4);

	will_answer(0);
	ck_assert_int_eq(pbpf_sys_link_update(&env, 1, 2, 3, PBPF_F_REPLACE), 0);
	ASKED(BPF_LINK_UPDATE, 16);
	ck_assert_uint_eq(seen->link_update.link_fd, 1);
	ck_assert_uint_eq(seen->link_update.new_prog_fd, 2);
	ck_assert_uint_eq(seen->link_update.flags, BPF_F_REPLACE);
	ck_assert_uint_eq(seen->link_update.old_prog_fd, 3);

	ck_assert_int_eq(pbpf_sys_link_detach(&env, 8), 0);
	ASKED(BPF_LINK_DETACH, 4);
	ck_assert_uint_eq(seen->link_detach.link_fd, 8);
}
END_TEST

/* Creates a link with everything set, of the given attach type. */
static void make_link(uint32_t attach_type)
{
	struct pbpf_link_attr attr = {
		.prog_fd = 1,
		.target_fd = 2,
		.attach_type = attach_type,
		.flags = 3,
		.cookie = 4,
		.iter = {PLACE(5), 6},
		.multi = {.count = 7,
			  .flags = 8,
			  .symbols = (const char *const *)(void *)PLACE(0),
			  .addresses = (const uint64_t *)(void *)PLACE(8),
			  .path = PLACE(10),
			  .offsets = (const uint64_t *)(void *)PLACE(0),
			  .ref_counters = (const uint64_t *)(void *)PLACE(8),
			  .cookies = (const uint64_t *)(void *)PLACE(8),
			  .pid = 11},
		.netfilter = {12, 13, -14, 15},
	};

	ck_assert_int_eq(pbpf_sys_link_create(&env, &attr), 5);
	ASKED(BPF_LINK_CREATE, 60);
	ck_assert_uint_eq(seen->link_create.prog_fd, 1);
	ck_assert_uint_eq(seen->link_create.target_fd, 2);
	ck_assert_uint_eq(seen->link_create.attach_type, attach_type);
	ck_assert_uint_eq(seen->link_create.flags, 3);
}

static void rest_is_zero(size_t from)
{
	for (size_t i = from; i < rec.size; i++)
		ck_assert_uint_eq(rec.in.bytes[i], 0);
}

START_TEST(link_create_by_attach_type)
{
	make_link(PBPF_TRACE_ITER);
	IS_PLACE(seen->link_create.iter_info, 5);
	ck_assert_uint_eq(seen->link_create.iter_info_len, 6);
	rest_is_zero(28);

	make_link(PBPF_PERF_EVENT);
	ck_assert_uint_eq(seen->link_create.perf_event.bpf_cookie, 4);
	rest_is_zero(24);

	make_link(PBPF_TRACE_KPROBE_MULTI);
	ck_assert_uint_eq(seen->link_create.kprobe_multi.flags, 8);
	ck_assert_uint_eq(seen->link_create.kprobe_multi.cnt, 7);
	IS_PLACE(seen->link_create.kprobe_multi.syms, 0);
	IS_PLACE(seen->link_create.kprobe_multi.addrs, 8);
	IS_PLACE(seen->link_create.kprobe_multi.cookies, 8);
	rest_is_zero(48);

	make_link(PBPF_TRACE_UPROBE_MULTI);
	IS_PLACE(u64_at(16), 10);
	IS_PLACE(u64_at(24), 0);
	IS_PLACE(u64_at(32), 8);
	IS_PLACE(u64_at(40), 8);
	ck_assert_uint_eq(u32_at(48), 7);
	ck_assert_uint_eq(u32_at(52), 8);
	ck_assert_uint_eq(u32_at(56), 11);

	make_link(PBPF_NETFILTER);
	ck_assert_uint_eq(u32_at(16), 12);
	ck_assert_uint_eq(u32_at(20), 13);
	ck_assert_uint_eq(u32_at(24), (uint32_t)-14);
	ck_assert_uint_eq(u32_at(28), 15);
	rest_is_zero(32);

	make_link(PBPF_TRACE_FENTRY);
	ck_assert_uint_eq(u64_at(16),
			  0); /* the BTF id and a hole, though not in the header on i386 */
	ck_assert_uint_eq(u64_at(24), 4);
	rest_is_zero(32);
}
END_TEST

START_TEST(link_create_two_in_one_place)
{
	struct pbpf_link_attr replace = {.prog_fd = 1, .target_fd = 2, .target_btf_id = 3};
	struct pbpf_link_attr tcx = {
		.prog_fd = 1,
		.target_fd = 2,
		.attach_type = PBPF_TCX_INGRESS,
		.flags = PBPF_F_BEFORE,
		.relative_fd = 4,
		.expected_revision = 5,
	};

	pbpf_sys_link_create(&env, &replace);
	ck_assert_uint_eq(seen->link_create.target_btf_id, 3);
	rest_is_zero(20);
	pbpf_sys_link_create(&env, &tcx);
	ck_assert_uint_eq(u32_at(16), 4);
	ck_assert_uint_eq(u64_at(24), 5);
}
END_TEST

START_TEST(ids)
{
	static const struct {
		int (*run)(const struct pbpf_env *env, uint32_t id, uint32_t *next);
		int cmd;
	} next[] = {
		{pbpf_sys_prog_next_id, BPF_PROG_GET_NEXT_ID},
		{pbpf_sys_map_next_id, BPF_MAP_GET_NEXT_ID},
		{pbpf_sys_btf_next_id, BPF_BTF_GET_NEXT_ID},
		{pbpf_sys_link_next_id, BPF_LINK_GET_NEXT_ID},
	};
	uint32_t id;

	rec.out[0].at = offsetof(union bpf_attr, next_id);
	rec.out[0].value = 42;
	for (size_t i = 0; i < 4; i++) {
		id = 1;
		will_answer(-ENOENT);
		ck_assert_int_eq(next[i].run(&env, 6, &id), -ENOENT);
		ck_assert_uint_eq(id, 1);
		will_answer(0);
		ck_assert_int_eq(next[i].run(&env, 6, &id), 0);
		ASKED(next[i].cmd, 16);
		ck_assert_uint_eq(seen->start_id, 6);
		ck_assert_uint_eq(id, 42);
	}
	will_answer(9);
	ck_assert_int_eq(pbpf_sys_prog_fd_by_id(&env, 1), 9);
	ASKED(BPF_PROG_GET_FD_BY_ID, 16);
	ck_assert_int_eq(pbpf_sys_btf_fd_by_id(&env, 1), 9);
	ASKED(BPF_BTF_GET_FD_BY_ID, 16);
	ck_assert_int_eq(pbpf_sys_link_fd_by_id(&env, 1), 9);
	ASKED(BPF_LINK_GET_FD_BY_ID, 16);
	ck_assert_int_eq(pbpf_sys_map_fd_by_id(&env, 3, PBPF_F_RDONLY), 9);
	ASKED(BPF_MAP_GET_FD_BY_ID, 16);
	ck_assert_uint_eq(seen->map_id, 3);
	ck_assert_uint_eq(seen->open_flags, BPF_F_RDONLY);
}
END_TEST

START_TEST(objects)
{
	struct pbpf_prog_info info = {0};
	uint32_t size = sizeof(info);

	will_answer(0);
	rec.out[0].at = offsetof(union bpf_attr, info.info_len);
	rec.out[0].value = 24;
	ck_assert_int_eq(pbpf_sys_obj_info(&env, 3, &info, &size), 0);
	ASKED(BPF_OBJ_GET_INFO_BY_FD, 16);
	ck_assert_uint_eq(seen->info.bpf_fd, 3);
	ck_assert_uint_eq(seen->info.info_len, sizeof(info));
	ck_assert_uint_eq(seen->info.info, (uintptr_t)&info);
	ck_assert_uint_eq(size, 24);
	rec.out[0].value = 0;

	ck_assert_int_eq(pbpf_sys_obj_pin(&env, 3, -1, PLACE(1), 0), 0);
	ASKED(BPF_OBJ_PIN, 20);
	IS_PLACE(seen->pathname, 1);
	ck_assert_uint_eq(seen->bpf_fd, 3);
	ck_assert_uint_eq(seen->file_flags, 0);
	ck_assert_uint_eq(u32_at(16), 0);

	will_answer(8);
	ck_assert_int_eq(pbpf_sys_obj_get(&env, 6, PLACE(2), PBPF_F_RDONLY), 8);
	ASKED(BPF_OBJ_GET, 20);
	IS_PLACE(seen->pathname, 2);
	ck_assert_uint_eq(seen->bpf_fd, 0);
	ck_assert_uint_eq(seen->file_flags, BPF_F_RDONLY | PBPF_F_PATH_FD);
	ck_assert_uint_eq(u32_at(16), 6);

	ck_assert_int_eq(pbpf_sys_prog_bind_map(&env, 4, 5), 8);
	ASKED(BPF_PROG_BIND_MAP, 12);
	ck_assert_uint_eq(seen->prog_bind_map.prog_fd, 4);
	ck_assert_uint_eq(seen->prog_bind_map.map_fd, 5);
}
END_TEST

START_TEST(the_rest)
{
	struct pbpf_task_fd query = {.pid = 1, .fd = 2, .buf = PLACE(3), .buf_size = 4};

	will_answer(0);
	rec.out[0].at = offsetof(union bpf_attr, task_fd_query.prog_id);
	rec.out[0].value = 5;
	rec.out[1].at = offsetof(union bpf_attr, task_fd_query.fd_type);
	rec.out[1].value = 6;
	rec.out[2].at = offsetof(union bpf_attr, task_fd_query.buf_len);
	rec.out[2].value = 7;
	ck_assert_int_eq(pbpf_sys_task_fd_query(&env, &query), 0);
	ASKED(BPF_TASK_FD_QUERY, 48);
	ck_assert_uint_eq(seen->task_fd_query.pid, 1);
	ck_assert_uint_eq(seen->task_fd_query.fd, 2);
	IS_PLACE(seen->task_fd_query.buf, 3);
	ck_assert_uint_eq(seen->task_fd_query.buf_len, 4);
	ck_assert_uint_eq(query.prog_id, 5);
	ck_assert_uint_eq(query.fd_type, 6);
	ck_assert_uint_eq(query.buf_size, 7);
	memset(rec.out, 0, sizeof(rec.out));

	will_answer(4);
	ck_assert_int_eq(pbpf_sys_enable_stats(&env, BPF_STATS_RUN_TIME), 4);
	ASKED(BPF_ENABLE_STATS, 4);
	ck_assert_int_eq(pbpf_sys_token_create(&env, 6), 4);
	ASKED(36, 8);
	ck_assert_uint_eq(u32_at(4), 6);
	ck_assert_int_eq(pbpf_sys_prog_stream_read(&env, 6, 2, PLACE(1), 3), 4);
	ASKED(37, 20);
	IS_PLACE(u64_at(0), 1);
	ck_assert_uint_eq(u32_at(8), 3);
	ck_assert_uint_eq(u32_at(12), 2);
	ck_assert_uint_eq(u32_at(16), 6);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("sys");
	TCase *c = tcase_create("attrs");

	tcase_add_checked_fixture(c, setup, NULL);
	tcase_add_test(c, attach_detach_query);
	tcase_add_test(c, links);
	tcase_add_test(c, link_create_by_attach_type);
	tcase_add_test(c, link_create_two_in_one_place);
	tcase_add_test(c, ids);
	tcase_add_test(c, objects);
	tcase_add_test(c, the_rest);
	suite_add_tcase(s, c);
	return s;
}
