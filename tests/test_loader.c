/* SPDX-License-Identifier: MIT */
/*
 * Objects of tests/data, opened, loaded into a kernel that exists in memory only, attached, closed.
 */
#include "loader_fixture.h"
#include "relo/pbpf_insn.h"

START_TEST(open_touches_no_kernel)
{
	struct fixture *f = fixture_new("globals.bpf");

	ck_assert_int_eq(open_object(f), 0);
	ck_assert_uint_eq(f->kernel.calls, 0);
	ck_assert_str_eq(pbpf_object_name(f->obj), "globals");
	ck_assert_str_eq(pbpf_object_license(f->obj), "MIT");
	ck_assert_ptr_nonnull(pbpf_object_program(f->obj, "use_globals"));
	ck_assert_ptr_null(pbpf_object_program(f->obj, "nothing"));
	ck_assert_int_eq(pbpf_program_fd(pbpf_object_program(f->obj, "use_globals")), -ENOENT);
	fixture_free(f);
}
END_TEST

START_TEST(maps_are_what_their_definition_says)
{
	struct fixture *f = fixture_new("maps.bpf");
	const struct pbpf_map_attr *attr;

	ck_assert_int_eq(open_object(f), 0);
	attr = pbpf_map_attr(pbpf_object_map(f->obj, "hash"));
	ck_assert_uint_eq(attr->type, PBPF_MAP_TYPE_HASH);
	ck_assert_uint_eq(attr->key_size, 8);
	ck_assert_uint_eq(attr->value_size, 16);
	ck_assert_uint_eq(attr->max_entries, 100);
	ck_assert_uint_eq(attr->flags, PBPF_F_NO_PREALLOC);
	attr = pbpf_map_attr(pbpf_object_map(f->obj, "percpu_hash"));
	ck_assert_uint_eq(attr->key_size, 12);
	attr = pbpf_map_attr(pbpf_object_map(f->obj, "a_name_that_the_kernel_cuts"));
	ck_assert_str_eq(attr->name, "a_name_that_the");
	fixture_free(f);
}
END_TEST

START_TEST(rings_are_whole_pages)
{
	struct fixture *f = fixture_new("maps.bpf");

	f->kernel.page_size = 16384;
	ck_assert_int_eq(open_object(f), 0);
	ck_assert_uint_eq(pbpf_map_attr(pbpf_object_map(f->obj, "odd_ring"))->max_entries, 5000);
	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	ck_assert_uint_eq(pbpf_map_attr(pbpf_object_map(f->obj, "odd_ring"))->max_entries, 16384);
	fixture_free(f);
}
END_TEST

START_TEST(data_becomes_maps)
{
	struct fixture *f = loaded("globals.bpf");
	const struct pbpf_map *rodata = pbpf_object_map(f->obj, ".rodata");
	const struct pbpf_map *bss = pbpf_object_map(f->obj, ".bss");
	const struct fake_object *map;

	ck_assert_str_eq(pbpf_map_section(rodata), ".rodata");
	map = fake_kernel_object(&f->kernel, pbpf_map_fd(rodata));
	ck_assert(map->frozen);
	ck_assert_uint_eq(map->map.map_flags, PBPF_F_MMAPABLE | PBPF_F_RDONLY_PROG);
	ck_assert_uint_ne(map->map.btf_value_type_id, 0);
	ck_assert_str_eq(map->map.map_name, "globals.rodata");
	map = fake_kernel_object(&f->kernel, pbpf_map_fd(bss));
	ck_assert(!map->frozen);
	ck_assert_uint_eq(map->map.map_flags, PBPF_F_MMAPABLE);
	ck_assert_ptr_nonnull(pbpf_object_map(f->obj, ".data.tuned"));
	ck_assert_ptr_nonnull(pbpf_object_map(f->obj, ".rodata.fixed"));
	/* .data, .data.tuned, .rodata, .rodata.fixed have initial values; .bss is zero as it is. */
	ck_assert_uint_eq(f->kernel.commands[PBPF_MAP_UPDATE_ELEM], 4);
	ck_assert_uint_eq(f->kernel.commands[PBPF_MAP_FREEZE], 2);
	fixture_free(f);
}
END_TEST

START_TEST(a_load_makes_no_call_too_many)
{
	struct fixture *f = loaded("counter.bpf");

	ck_assert_uint_eq(f->kernel.commands[PBPF_BTF_LOAD], 1);
	ck_assert_uint_eq(f->kernel.commands[PBPF_MAP_CREATE], 1);
	ck_assert_uint_eq(f->kernel.commands[PBPF_PROG_LOAD], 1);
	ck_assert_uint_eq(f->kernel.calls, 3);
	fixture_free(f);
}
END_TEST

START_TEST(instructions_name_the_maps)
{
	struct fixture *f = loaded("counter.bpf");
	const struct fake_object *prog = fake_kernel_nth(&f->kernel, FAKE_PROG, 0);
	int fd = pbpf_map_fd(pbpf_object_next_map(f->obj, NULL));
	unsigned int references = 0;

	for (uint32_t i = 0; i < prog->prog.insn_cnt; i++) {
		const struct pbpf_insn *insn = (const struct pbpf_insn *)prog->bytes + i;

		if (insn->code != PBPF_OP_LD_IMM64)
			continue;
		ck_assert_uint_eq(pbpf_insn_src(insn), PBPF_PSEUDO_MAP_FD);
		ck_assert_int_eq(insn->imm, fd);
		references++;
	}
	ck_assert_uint_gt(references, 0);
	ck_assert_uint_gt(prog->prog.func_info_cnt, 0);
	ck_assert_uint_gt(prog->prog.line_info_cnt, 0);
	fixture_free(f);
}
END_TEST

START_TEST(sections_say_the_type)
{
	static const struct {
		const char *section;
		uint32_t type, attach_type;
	} expected[] = {
		{"socket", PBPF_PROG_TYPE_SOCKET_FILTER, 0},
		{"xdp", PBPF_PROG_TYPE_XDP, PBPF_XDP},
		{"tc", PBPF_PROG_TYPE_SCHED_CLS, 0},
		{"cgroup_skb/ingress", PBPF_PROG_TYPE_CGROUP_SKB, PBPF_CGROUP_INET_INGRESS},
		{"cgroup_skb/egress", PBPF_PROG_TYPE_CGROUP_SKB, PBPF_CGROUP_INET_EGRESS},
		{"syscall", PBPF_PROG_TYPE_SYSCALL, 0},
	};
	struct fixture *f = loaded("sections.bpf");
	size_t found = 0;

	for (const struct pbpf_program *prog = NULL;
	     (prog = pbpf_object_next_program(f->obj, prog));) {
		const struct fake_object *sent =
			fake_kernel_object(&f->kernel, pbpf_program_fd(prog));

		ck_assert_int_eq(sent != NULL, pbpf_program_autoload(prog));
		if (!sent)
			continue;
		for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
			if (strcmp(pbpf_program_section(prog), expected[i].section))
				continue;
			ck_assert_uint_eq(sent->prog.prog_type, expected[i].type);
			ck_assert_uint_eq(sent->prog.expected_attach_type, expected[i].attach_type);
			found++;
		}
	}
	ck_assert_uint_ge(found, sizeof(expected) / sizeof(expected[0]));
	fixture_free(f);
}
END_TEST

START_TEST(only_what_is_wanted_is_loaded)
{
	struct fixture *f = fixture_new("subprogs.bpf");

	ck_assert_int_eq(open_object(f), 0);
	for (struct pbpf_program *prog = NULL; (prog = pbpf_object_next_program(f->obj, prog));)
		pbpf_program_set_autoload(prog, !strcmp(pbpf_program_name(prog), "second"));
	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	ck_assert_uint_eq(f->kernel.commands[PBPF_PROG_LOAD], 1);
	ck_assert_int_ge(pbpf_program_fd(pbpf_object_program(f->obj, "second")), 3);
	ck_assert_int_eq(pbpf_program_fd(pbpf_object_program(f->obj, "first")), -ENOENT);
	fixture_free(f);
}
END_TEST

START_TEST(an_object_can_be_loaded_again)
{
	struct fixture *f = loaded("counter.bpf");

	ck_assert_int_eq(pbpf_object_load(f->obj), 0); /* it is: nothing happens */
	ck_assert_uint_eq(f->kernel.commands[PBPF_PROG_LOAD], 1);
	pbpf_object_unload(f->obj);
	ck_assert_uint_eq(f->kernel.open_fds, 0);
	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	ck_assert_uint_eq(f->kernel.commands[PBPF_PROG_LOAD], 2);
	fixture_free(f);
}
END_TEST

START_TEST(a_tracepoint_program_is_attached_by_its_section)
{
	struct fixture *f = loaded("minimal.bpf");
	struct pbpf_program *prog = pbpf_object_next_program(f->obj, NULL);
	struct pbpf_link *link = NULL;

	ck_assert_int_eq(pbpf_program_attach(prog, &link), 0);
	ck_assert_int_ge(pbpf_link_fd(link), 3);
	pbpf_link_close(link);
	fixture_free(f);
}
END_TEST

START_TEST(what_cannot_be_attached_says_so)
{
	struct fixture *f = fixture_new("subprogs.bpf");
	struct pbpf_link *link = NULL;

	ck_assert_int_eq(open_object(f), 0);
	ck_assert_int_eq(pbpf_program_attach(pbpf_object_program(f->obj, "first"), &link), -EINVAL);
	ck_assert_ptr_nonnull(strstr(f->host.text, "is not loaded"));
	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	ck_assert_int_eq(pbpf_program_attach(pbpf_object_program(f->obj, "first"), &link),
			 -ENOTSUP);
	ck_assert_ptr_nonnull(strstr(f->host.text, "'socket'"));
	ck_assert_ptr_null(link);
	fixture_free(f);
}
END_TEST

START_TEST(the_verifier_is_quoted)
{
	struct fixture *f = fixture_new("null_check.bpf");

	f->kernel.refuse[PBPF_PROG_LOAD] = EACCES;
	f->kernel.refuse_prog = "forgets_the_check";
	f->kernel.log = "func#0 @0\n"
			"0: R1=ctx() R10=fp0\n"
			"; value = bpf_map_lookup_elem(&counts, &key); @ null_check.bpf.c:26\n"
			"6: (85) call bpf_map_lookup_elem#1\n"
			"7: (79) r1 = *(u64 *)(r0 +0)\n"
			"R0 invalid mem access 'map_value_or_null'\n"
			"processed 8 insns (limit 1000000) max_states_per_insn 0 total_states 0\n";
	ck_assert_int_eq(open_object(f), 0);
	ck_assert_int_eq(pbpf_object_load(f->obj), -EACCES);
	ck_assert_str_eq(f->host.text,
			 "program 'forgets_the_check' (socket): the verifier refused "
			 "instruction 7 (./null_check.bpf.c:28): R0 invalid mem access "
			 "'map_value_or_null'");
	ck_assert_str_eq(f->host.hint,
			 "check the pointer that bpf_map_lookup_elem() returned before "
			 "using it");
	ck_assert_uint_eq(f->host.offset, 7);
	ck_assert_str_eq(pbpf_program_log(pbpf_object_program(f->obj, "forgets_the_check")),
			 f->kernel.log);
	ck_assert_uint_eq(f->kernel.open_fds, 0);
	fixture_free(f);
}
END_TEST

/* A log larger than the first buffer, from a kernel that says how large, and from one that does not. */
static void long_log(bool old_kernel, unsigned int attempts)
{
	enum { LINES = 20000 };
	static const char line[] = "1: (b7) r0 = 0                        ; R0_w=0\n";
	struct fixture *f = fixture_new("null_check.bpf");
	char *log = malloc(LINES * (sizeof(line) - 1) + 64);

	for (int i = 0; i < LINES; i++)
		memcpy(log + (size_t)i * (sizeof(line) - 1), line, sizeof(line) - 1);
	strcpy(log + LINES * (sizeof(line) - 1),
	       "BPF program is too large. Processed 1000001 insn\n");
	f->kernel.refuse[PBPF_PROG_LOAD] = E2BIG;
	f->kernel.log = log;
	f->kernel.old_log = old_kernel;
	ck_assert_int_eq(open_object(f), 0);
	ck_assert_int_eq(pbpf_object_load(f->obj), -E2BIG);
	ck_assert_ptr_nonnull(strstr(f->host.text, "BPF program is too large"));
	ck_assert_uint_eq(f->kernel.commands[PBPF_PROG_LOAD], attempts);
	fixture_free(f);
	free(log);
}

START_TEST(a_long_log_is_whole)
{
	long_log(false,
		 3); /* without a log, with one of 64 KiB, with one as large as the kernel says */
	long_log(true, 6); /* 64, 128, 256, 512, 1024 KiB */
}
END_TEST

START_TEST(a_log_without_memory_is_one_message)
{
	char *log = malloc(100000);

	memset(log, 'x', 99999);
	log[99999] = '\0';
	for (unsigned int n = 1;; n++) {
		struct fixture *f = fixture_new("null_check.bpf");
		bool done;

		f->kernel.refuse[PBPF_PROG_LOAD] = EACCES;
		f->kernel.log = log;
		ck_assert_int_eq(open_object(f), 0);
		f->host.fail_at = f->host.allocations + n;
		ck_assert_int_lt(pbpf_object_load(f->obj), 0);
		ck_assert_uint_eq(f->host.messages[PBPF_ERROR], 1);
		done = f->host.allocations < f->host.fail_at;
		fixture_free(f);
		if (done)
			break;
	}
	free(log);
}
END_TEST

START_TEST(refusals_without_a_log_have_a_hint)
{
	struct fixture *f = fixture_new("counter.bpf");

	f->kernel.status = "CapEff:\t0000000000000000\n";
	f->kernel.refuse[PBPF_PROG_LOAD] = EPERM;
	ck_assert_int_eq(open_object(f), 0);
	ck_assert_int_eq(pbpf_object_load(f->obj), -EPERM);
	ck_assert_ptr_nonnull(strstr(f->host.text, "EPERM"));
	ck_assert_ptr_nonnull(strstr(f->host.hint, "CAP_BPF"));
	fixture_free(f);

	f = fixture_new("counter.bpf");
	f->kernel.status = "CapEff:\t0000000000000000\n";
	f->kernel.refuse[PBPF_MAP_CREATE] = EPERM;
	ck_assert_int_eq(open_object(f), 0);
	ck_assert_int_eq(pbpf_object_load(f->obj), -EPERM);
	ck_assert_ptr_nonnull(strstr(f->host.text, "map 'calls'"));
	ck_assert_ptr_nonnull(strstr(f->host.hint, "CAP_BPF"));
	fixture_free(f);
}
END_TEST

/* What the kernel answers when it is asked for its modules, in which the target might be. */
START_TEST(modules_that_cannot_be_read_are_told)
{
	static const int answers[] = {EPERM, ENOMEM};
	struct fixture *f = fixture_new("unknown_target.bpf");
	const struct pbpf_section *types;

	ck_assert_int_eq(open_object(f), 0);
	types = pbpf_elf_section(pbpf_object_elf(f->obj), ".BTF");
	f->kernel.types = (struct fake_types){types->data, (size_t)types->size};
	f->kernel.refuse[PBPF_BTF_GET_NEXT_ID] = answers[_i];
	ck_assert_int_eq(pbpf_object_load(f->obj), answers[_i] == EPERM ? -ENOENT : -ENOMEM);
	ck_assert_uint_eq(f->host.messages[PBPF_ERROR], 1);
	ck_assert_uint_eq(f->host.messages[PBPF_WARNING], answers[_i] == EPERM);
	fixture_free(f);
}
END_TEST

START_TEST(a_map_does_without_btf)
{
	struct fixture *f = fixture_new("counter.bpf");

	f->kernel.fail_at = 2; /* the first MAP_CREATE */
	f->kernel.fail_errno = EINVAL;
	ck_assert_int_eq(open_object(f), 0);
	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	ck_assert_uint_eq(f->kernel.calls, 4); /* one more than it needs */
	ck_assert_uint_eq(fake_kernel_nth(&f->kernel, FAKE_MAP, 0)->map.btf_fd, 0);
	fixture_free(f);
}
END_TEST

START_TEST(what_is_not_supported_is_named)
{
	expect_refusal("unknown_section.bpf", -ENOENT, "did you mean 'tracepoint'?", "SEC(");
	if (HOST_BIG)
		expect_refusal("../minimal.bpf", -ENOTSUP, "little-endian", "-target bpf");
	else
		expect_refusal("minimal.bpfeb", -ENOTSUP, "big-endian", "-target bpf");
	expect_refusal("x86", -ENOTSUP, "x86-64", "-target bpf");
}
END_TEST

START_TEST(an_object_without_debug_information_loads)
{
	struct fixture *f = loaded("nodebug.bpf");

	ck_assert_uint_eq(f->kernel.commands[PBPF_BTF_LOAD], 0);
	ck_assert_uint_gt(f->kernel.commands[PBPF_PROG_LOAD], 0);
	fixture_free(f);
}
END_TEST

START_TEST(every_prefix_of_an_object_is_refused_or_loads)
{
	struct fixture *f = fixture_new("globals.bpf");
	size_t whole = f->size;
	unsigned int refused = 0;

	f->env.level = PBPF_ERROR;
	for (f->size = 0; f->size < whole; f->size += 7) {
		int err = open_object(f);

		refused += err < 0;
		pbpf_object_close(f->obj);
		f->obj = NULL;
	}
	ck_assert_uint_gt(refused, whole / 7 - 10);
	fixture_free(f);
}
END_TEST

/* Opens, loads and attaches; gives the first error. */
static int whole_life(struct fixture *f)
{
	struct pbpf_link *link = NULL;
	int err = open_object(f);

	if (!err)
		err = pbpf_object_load(f->obj);
	if (!err)
		err = pbpf_program_attach(pbpf_object_next_program(f->obj, NULL), &link);
	pbpf_link_close(link);
	return err;
}

static const char *const lives[] = {"minimal.bpf", "counter.bpf", "execsnoop.bpf"};

START_TEST(nothing_leaks_without_memory)
{
	for (unsigned int n = 1;; n++) {
		struct fixture *f = fixture_new(lives[_i]);
		bool came;
		int err;

		f->host.fail_at = n;
		err = whole_life(f);
		came = failure_came(f);
		if (err) {
			ck_assert_int_eq(err, -ENOMEM);
			ck_assert_uint_eq(f->host.messages[PBPF_ERROR], 1);
			ck_assert_str_ne(f->host.text, "");
		}
		fixture_free(f);
		if (!came)
			break;
		ck_assert_uint_lt(n, 500);
	}
}
END_TEST

START_TEST(nothing_leaks_when_the_kernel_fails)
{
	unsigned int failures = 0;

	for (unsigned int n = 1;; n++) {
		struct fixture *f = fixture_new(lives[_i]);
		unsigned int calls;
		int err;

		f->kernel.fail_at = n;
		err = whole_life(f);
		calls = f->kernel.calls;
		failures += err < 0;
		if (err)
			ck_assert_uint_eq(f->host.messages[PBPF_ERROR], 1);
		fixture_free(f);
		if (calls < n)
			break;
		ck_assert_uint_lt(n, 500);
	}
	ck_assert_uint_ge(failures, 2);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("loader");
	TCase *open = tcase_create("open");
	TCase *load = tcase_create("load");
	TCase *refused = tcase_create("refused");
	TCase *failing = tcase_create("failing");
	const int count = sizeof(lives) / sizeof(lives[0]);

	tcase_add_test(open, open_touches_no_kernel);
	tcase_add_test(open, maps_are_what_their_definition_says);
	tcase_add_test(open, every_prefix_of_an_object_is_refused_or_loads);
	suite_add_tcase(s, open);
	tcase_add_test(load, rings_are_whole_pages);
	tcase_add_test(load, data_becomes_maps);
	tcase_add_test(load, a_load_makes_no_call_too_many);
	tcase_add_test(load, instructions_name_the_maps);
	tcase_add_test(load, sections_say_the_type);
	tcase_add_test(load, only_what_is_wanted_is_loaded);
	tcase_add_test(load, an_object_can_be_loaded_again);
	tcase_add_test(load, a_tracepoint_program_is_attached_by_its_section);
	tcase_add_test(load, an_object_without_debug_information_loads);
	suite_add_tcase(s, load);
	tcase_add_test(refused, what_cannot_be_attached_says_so);
	tcase_add_test(refused, the_verifier_is_quoted);
	tcase_add_test(refused, a_long_log_is_whole);
	tcase_add_test(refused, a_log_without_memory_is_one_message);
	tcase_add_test(refused, refusals_without_a_log_have_a_hint);
	tcase_add_loop_test(refused, modules_that_cannot_be_read_are_told, 0, 2);
	tcase_add_test(refused, a_map_does_without_btf);
	tcase_add_test(refused, what_is_not_supported_is_named);
	suite_add_tcase(s, refused);
	tcase_add_loop_test(failing, nothing_leaks_without_memory, 0, count);
	tcase_add_loop_test(failing, nothing_leaks_when_the_kernel_fails, 0, count);
	suite_add_tcase(s, failing);
	return s;
}
