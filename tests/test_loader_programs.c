/* SPDX-License-Identifier: MIT */
/*
 * What programs are before load: their attributes; and loading all of an object by a token.
 */
#include "program_fixture.h"

START_TEST(attributes_reach_the_kernel)
{
	struct fixture *f = programs();
	struct pbpf_program_attr attr = *pbpf_program_attr(program(f, "asks"));

	ck_assert_uint_eq(attr.type, PBPF_PROG_TYPE_SOCKET_FILTER);
	attr.type = PBPF_PROG_TYPE_XDP;
	attr.expected_attach_type = PBPF_XDP_CPUMAP;
	attr.flags = PBPF_F_XDP_HAS_FRAGS | PBPF_F_STRICT_ALIGNMENT | PBPF_F_TEST_REG_INVARIANTS;
	attr.ifindex = 7;
	ck_assert_int_eq(pbpf_program_set_attr(program(f, "asks"), &attr), 0);
	ck_assert_uint_eq(pbpf_program_type(program(f, "asks")), PBPF_PROG_TYPE_XDP);
	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	ck_assert_uint_eq(sent(f, "asks")->prog_type, PBPF_PROG_TYPE_XDP);
	ck_assert_uint_eq(sent(f, "asks")->expected_attach_type, PBPF_XDP_CPUMAP);
	ck_assert_uint_eq(sent(f, "asks")->prog_flags, attr.flags);
	ck_assert_uint_eq(sent(f, "asks")->prog_ifindex, 7);
	ck_assert_uint_eq(sent(f, "asks")->log_level, 0);
	fixture_free(f);
}
END_TEST

START_TEST(a_type_makes_any_section_good)
{
	struct fixture *f = programs();
	struct pbpf_program_attr attr = *pbpf_program_attr(wanted(f, "made_up"));

	ck_assert_uint_eq(attr.type, PBPF_PROG_TYPE_UNSPEC);
	ck_assert_int_eq(pbpf_object_load(f->obj), -ENOENT);
	expect_error(f, "the section name 'made/up' is not known");
	attr.type = PBPF_PROG_TYPE_TRACEPOINT;
	ck_assert_int_eq(pbpf_program_set_attr(program(f, "made_up"), &attr), 0);
	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	ck_assert_uint_eq(sent(f, "made_up")->prog_type, PBPF_PROG_TYPE_TRACEPOINT);
	/* Nothing says where to attach it. */
	ck_assert_int_eq(pbpf_object_attach(f->obj), 0);
	ck_assert_ptr_null(pbpf_program_link(program(f, "made_up")));
	fixture_free(f);
}
END_TEST

START_TEST(what_is_loaded_is_busy)
{
	struct fixture *f = programs();
	struct pbpf_program *asks = program(f, "asks");

	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	ck_assert_int_eq(pbpf_program_set_attr(asks, pbpf_program_attr(asks)), -EBUSY);
	ck_assert_int_eq(pbpf_program_set_attach_target(asks, 0, "x"), -EBUSY);
	ck_assert_int_eq(pbpf_program_set_optional(asks, true), -EBUSY);
	ck_assert_int_eq(pbpf_program_set_fallback(asks, NULL), -EBUSY);
	ck_assert_uint_eq(f->host.messages[PBPF_ERROR], 4);
	pbpf_object_unload(f->obj);
	ck_assert_int_eq(pbpf_program_set_attr(asks, pbpf_program_attr(asks)), 0);
	fixture_free(f);
}
END_TEST

/* --- Tokens ----------------------------------------------------------------------------------- */

START_TEST(everything_is_loaded_by_a_token)
{
	struct fixture *f = fixture_new("counter.bpf");
	const struct fake_object *token;

	f->options.token_from = "/sys/fs/bpf";
	ck_assert_int_eq(open_object(f), 0);
	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	token = fake_kernel_nth(&f->kernel, FAKE_TOKEN, 0);
	ck_assert_ptr_nonnull(token);
	ck_assert(!token->open);
	ck_assert_int_ne(fake_kernel_nth(&f->kernel, FAKE_MAP, 0)->map.map_token_fd, 0);
	ck_assert_int_ne(fake_kernel_nth(&f->kernel, FAKE_PROG, 0)->prog.prog_token_fd, 0);
	fixture_free(f);

	f = fixture_new("counter.bpf");
	f->options.token_from = "/sys/fs/bpf";
	f->kernel.refuse[PBPF_TOKEN_CREATE] = EPERM;
	ck_assert_int_eq(open_object(f), 0);
	ck_assert_int_eq(pbpf_object_load(f->obj), -EPERM);
	expect_error(f, "no BPF token for '/sys/fs/bpf': EPERM");
	ck_assert_ptr_nonnull(strstr(f->host.hint, "user namespace"));
	f->kernel.missing = "/sys/fs/bpf";
	ck_assert_int_eq(pbpf_object_load(f->obj), -ENOENT);
	fixture_free(f);
}
END_TEST

/* A token that does not allow it all: the bpffs was mounted so. */
START_TEST(what_a_token_does_not_allow)
{
	static const int commands[] = {PBPF_MAP_CREATE, PBPF_PROG_LOAD};
	struct fixture *f = fixture_new("counter.bpf");

	f->options.token_from = "/sys/fs/bpf";
	f->kernel.refuse[commands[_i]] = EPERM;
	ck_assert_int_eq(open_object(f), 0);
	ck_assert_int_eq(pbpf_object_load(f->obj), -EPERM);
	ck_assert_uint_eq(f->host.messages[PBPF_ERROR], 1);
	ck_assert_msg(strstr(f->host.hint, "delegate_progs"), "%s", f->host.hint);
	fixture_free(f);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("loader: programs");
	TCase *t = tcase_create("programs");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, attributes_reach_the_kernel);
	tcase_add_test(t, a_type_makes_any_section_good);
	tcase_add_test(t, what_is_loaded_is_busy);
	tcase_add_test(t, everything_is_loaded_by_a_token);
	tcase_add_loop_test(t, what_a_token_does_not_allow, 0, 2);
	suite_add_tcase(s, t);
	return s;
}
