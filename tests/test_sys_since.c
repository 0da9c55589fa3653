/* SPDX-License-Identifier: MIT */
/*
 * Since when there is what: facts from the history of Linux, and the header of the machine that builds this,
 * which ends where its release ends.
 */
#include "harness.h"
#include "sys/pbpf_abi.h"
#include "sys/pbpf_since.h"

#include <linux/bpf.h>
#include <linux/version.h>

START_TEST(facts)
{
	ck_assert_uint_eq(pbpf_since_helper(1), PBPF_LINUX(3, 19));
	ck_assert_uint_eq(pbpf_since_helper(2), PBPF_LINUX(3, 19));
	ck_assert_uint_eq(pbpf_since_helper(BPF_FUNC_probe_read_kernel), PBPF_LINUX(5, 5));
	ck_assert_uint_eq(pbpf_since_helper(BPF_FUNC_ringbuf_output), PBPF_LINUX(5, 8));
	ck_assert_uint_eq(pbpf_since_helper(BPF_FUNC_timer_init), PBPF_LINUX(5, 15));
	ck_assert_uint_eq(pbpf_since_helper(BPF_FUNC_loop), PBPF_LINUX(5, 17));
	ck_assert_uint_eq(pbpf_since_helper(BPF_FUNC_copy_from_user_task), PBPF_LINUX(5, 18));
	ck_assert_uint_eq(pbpf_since_helper(BPF_FUNC_user_ringbuf_drain), PBPF_LINUX(6, 1));
	ck_assert_uint_eq(pbpf_since_helper(211), PBPF_LINUX(6, 2));
	ck_assert_uint_eq(pbpf_since_helper(212), 0);
	ck_assert_uint_eq(pbpf_since_map_type(PBPF_MAP_TYPE_RINGBUF), PBPF_LINUX(5, 8));
	ck_assert_uint_eq(pbpf_since_map_type(PBPF_MAP_TYPE_ARENA), PBPF_LINUX(6, 9));
	ck_assert_uint_eq(pbpf_since_prog_type(PBPF_PROG_TYPE_XDP), PBPF_LINUX(4, 8));
	ck_assert_uint_eq(pbpf_since_prog_type(PBPF_PROG_TYPE_NETFILTER), PBPF_LINUX(6, 4));
	ck_assert_uint_eq(pbpf_since_attach_type(PBPF_TRACE_KPROBE_MULTI), PBPF_LINUX(5, 18));
	ck_assert_uint_eq(pbpf_since_attach_type(PBPF_XDP), PBPF_LINUX(5, 9));
}
END_TEST

/* The last of each kind that the header has came no later than its release; the next one, later. */
static void expect_last(uint32_t (*since)(uint32_t number), uint32_t end)
{
	uint32_t release = LINUX_VERSION_CODE & ~255u, next = since(end);

	ck_assert_uint_le(since(end - 1), release);
	ck_assert(!next || next > release);
}

START_TEST(the_header_ends_where_its_release_does)
{
	expect_last(pbpf_since_helper, __BPF_FUNC_MAX_ID);
	expect_last(pbpf_since_prog_type,
		    BPF_PROG_TYPE_SYSCALL + 1u + (LINUX_VERSION_CODE >= PBPF_LINUX(6, 4)));
	expect_last(pbpf_since_attach_type, MAX_BPF_ATTACH_TYPE);
}
END_TEST

START_TEST(helpers_have_names)
{
	ck_assert_str_eq(pbpf_helper_name(1), "map_lookup_elem");
	ck_assert_str_eq(pbpf_helper_name(BPF_FUNC_loop), "loop");
	ck_assert_str_eq(pbpf_helper_name(211), "cgrp_storage_delete");
	ck_assert_ptr_null(pbpf_helper_name(0));
	ck_assert_ptr_null(pbpf_helper_name(212));
	ck_assert_ptr_null(pbpf_helper_name(UINT32_MAX));
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("sys: since when");
	TCase *all = tcase_create("all");

	tcase_add_test(all, facts);
	tcase_add_test(all, the_header_ends_where_its_release_does);
	tcase_add_test(all, helpers_have_names);
	suite_add_tcase(s, all);
	return s;
}
