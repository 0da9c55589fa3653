/* SPDX-License-Identifier: MIT */
/*
 * Old kernels: what they refuse is adapted, and what cannot be is explained. The fake kernel refuses what is
 * newer than its version (tools/fake_version.c); on the newest no call is made that is not needed.
 */
#include "loader_fixture.h"
#include "sys/pbpf_since.h"

#include <dirent.h>

#define LINUX(major, minor) PBPF_LINUX(major, minor)

static struct fixture *on_linux(uint32_t version, const char *name)
{
	struct fixture *f = fixture_new(name);

	f->env.level = PBPF_NOTE;
	f->kernel.version = version;
	ck_assert_int_eq(open_object(f), 0);
	return f;
}

static const struct fake_object *nth(const struct fixture *f, enum fake_kind kind, size_t n)
{
	return fake_kernel_nth(&f->kernel, kind, n);
}

/* What the kernel has for a loaded program or map of this name in the object. */
static const struct fake_object *program_of(const struct fixture *f, const char *name)
{
	return fake_kernel_object(&f->kernel, pbpf_program_fd(pbpf_object_program(f->obj, name)));
}

static const struct fake_object *map_of_object(const struct fixture *f, const char *name)
{
	return fake_kernel_object(&f->kernel, pbpf_map_fd(pbpf_object_map(f->obj, name)));
}

static void expect_loaded(struct fixture *f)
{
	int err = pbpf_object_load(f->obj);

	ck_assert_msg(!err, "%s (hint: %s)", f->host.text, f->host.hint);
	ck_assert_uint_eq(f->host.messages[PBPF_ERROR], 0);
}

/* --- BTF -------------------------------------------------------------------------------------- */

static const uint32_t versions[] = {
	LINUX(4, 14), LINUX(4, 15), LINUX(4, 17), LINUX(4, 18), LINUX(4, 19),
	LINUX(5, 0),  LINUX(5, 2),  LINUX(5, 4),  LINUX(5, 6),	LINUX(5, 10),
	LINUX(5, 13), LINUX(5, 15), LINUX(5, 16), LINUX(5, 17), LINUX(6, 0),
	LINUX(6, 1),  LINUX(6, 6),  LINUX(6, 12), LINUX(6, 18),
};
#define VERSIONS ((int)(sizeof(versions) / sizeof(versions[0])))

START_TEST(one_object_loads_everywhere)
{
	uint32_t version = versions[_i];
	struct fixture *f = on_linux(version, "compat.bpf");
	const struct fake_object *reads, *passes, *values;

	expect_loaded(f);
	reads = program_of(f, "reads");
	passes = program_of(f, "passes");
	values = map_of_object(f, "values");
	ck_assert_int_eq(*reads->prog.prog_name != '\0', version >= LINUX(4, 15));
	ck_assert_int_eq(*values->map.map_name != '\0', version >= LINUX(4, 15));
	ck_assert_int_eq(passes->prog.expected_attach_type == PBPF_XDP, version >= LINUX(4, 17));
	ck_assert_int_eq(values->map.btf_fd != 0, version >= LINUX(4, 18));
	ck_assert_int_eq(reads->prog.func_info_cnt != 0, version >= LINUX(5, 0));
	ck_assert_int_eq(reads->prog.line_info_cnt != 0, version >= LINUX(5, 0));
	ck_assert_int_eq(insns_of(f, "reads")[6].imm, version >= LINUX(5, 5) ? 113 : 4);
	ck_assert_int_eq(insns_of(f, "reads")[10].imm, version >= LINUX(5, 5) ? 112 : 4);
	ck_assert_int_eq(insns_of(f, "reads")[14].imm, version >= LINUX(5, 5) ? 115 : 45);
	ck_assert_int_eq(insns_of(f, "reads")[18].imm, version >= LINUX(5, 5) ? 114 : 45);
	ck_assert_int_eq(f->host.messages[PBPF_WARNING], version < LINUX(4, 18));
	ck_assert_str_eq(pbpf_program_log(pbpf_object_program(f->obj, "reads")), "");
	fixture_free(f);
}
END_TEST

/* What the object's BTF needs is tried once, and no more than that. */
START_TEST(kinds_are_tried_once)
{
	struct fixture *f = on_linux(LINUX(5, 10), "compat.bpf");

	expect_loaded(f);
	/* as it is, eight kinds, adapted */
	ck_assert_uint_eq(f->kernel.commands[PBPF_BTF_LOAD], 10);
	ck_assert_uint_eq(f->kernel.commands[PBPF_MAP_CREATE], 1);
	ck_assert_uint_eq(f->kernel.commands[PBPF_PROG_LOAD], 2);
	fixture_free(f);
}
END_TEST

START_TEST(what_was_learnt_is_not_kept_for_the_next_load)
{
	struct fixture *f = on_linux(LINUX(5, 10), "compat.bpf");

	expect_loaded(f);
	pbpf_object_unload(f->obj);
	f->kernel.version = 0;
	f->kernel.commands[PBPF_BTF_LOAD] = 0;
	expect_loaded(f);
	ck_assert_uint_eq(f->kernel.commands[PBPF_BTF_LOAD], 1);
	fixture_free(f);
}
END_TEST

START_TEST(btf_that_is_refused_is_left_out)
{
	struct fixture *f = on_linux(0, "counter.bpf");

	f->kernel.refuse[PBPF_BTF_LOAD] = EINVAL;
	f->kernel.log = "[1] INT\n[2] Something is wrong\n";
	expect_loaded(f);
	ck_assert_ptr_nonnull(strstr(f->host.notes, "needs it: EINVAL: [2] Something is wrong"));
	ck_assert_uint_eq(f->host.messages[PBPF_WARNING], 1);
	ck_assert_uint_eq(nth(f, FAKE_MAP, 0)->map.btf_fd, 0);
	ck_assert_uint_eq(nth(f, FAKE_PROG, 0)->prog.func_info_cnt, 0);
	fixture_free(f);
}
END_TEST

/* A log before 6.4 has its end, which says why, only when it is whole. */
START_TEST(the_log_of_btf_is_read_to_its_end)
{
	struct fixture *f = on_linux(0, "map_types.bpf");
	char *log = malloc(300001);

	memset(log, 'x', 300000);
	memcpy(log + 299970, "\n[9] This is what is wrong\n", 27);
	log[299997] = '\0';
	f->kernel.old_log = true;
	f->kernel.log = log;
	f->kernel.refuse[PBPF_BTF_LOAD] = EINVAL;
	ck_assert_int_eq(pbpf_object_load(f->obj), -EINVAL);
	ck_assert_ptr_nonnull(strstr(f->host.text, "[9] This is what is wrong"));
	ck_assert_ptr_nonnull(strstr(f->host.text, "_storage' needs"));
	ck_assert_uint_eq(f->host.messages[PBPF_ERROR], 1);
	f->kernel.refuse[PBPF_BTF_LOAD] = ENOENT; /* whatever the kernel means by that */
	ck_assert_int_eq(pbpf_object_load(f->obj), -ENOENT);
	fixture_free(f);
	free(log);
}
END_TEST

/* Before 5.11 no module has BTF, and what can be asked of a BTF has no place for a name. */
START_TEST(modules_have_no_btf)
{
	struct fixture *f = on_linux(_i ? LINUX(5, 3) : LINUX(5, 10), "unknown_target.bpf");
	const struct pbpf_section *types = pbpf_elf_section(pbpf_object_elf(f->obj), ".BTF");

	f->kernel.types = (struct fake_types){types->data, (size_t)types->size};
	f->kernel.module = (struct fake_types){"?", 1};
	ck_assert_int_eq(pbpf_object_load(f->obj), -ENOENT);
	ck_assert_ptr_nonnull(strstr(f->host.text, "misspelt_target"));
	ck_assert_uint_eq(f->host.messages[PBPF_WARNING], 0);
	fixture_free(f);
}
END_TEST

/* --- Maps ------------------------------------------------------------------------------------- */

START_TEST(memory_is_asked_for_if_that_is_allowed)
{
	struct fixture *f = fixture_new("compat.bpf");

	f->kernel.version = LINUX(5, 10);
	f->kernel.memlock = true;
	f->env.level = PBPF_NOTE;
	ck_assert_int_eq(open_object(f), 0);
	ck_assert_int_eq(pbpf_object_load(f->obj), -EPERM);
	ck_assert_uint_eq(f->host.messages[PBPF_ERROR], 1);
	ck_assert(f->kernel.memlock);
	pbpf_object_close(f->obj);

	f->obj = NULL;
	f->options.raise_memlock = true;
	ck_assert_int_eq(open_object(f), 0);
	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	ck_assert(!f->kernel.memlock);
	ck_assert_ptr_nonnull(strstr(f->host.notes, "RLIMIT_MEMLOCK is raised"));
	fixture_free(f);
}
END_TEST

/* Raised once, and not at all since 5.11: what is refused for another reason stays so. */
START_TEST(memory_does_not_help_against_a_lack_of_rights)
{
	struct fixture *f = fixture_new("counter.bpf");

	f->kernel.memlock = true;
	f->kernel.version = _i ? LINUX(5, 11) : LINUX(5, 10);
	f->options.raise_memlock = true;
	f->kernel.refuse[PBPF_MAP_CREATE] = EPERM;
	ck_assert_int_eq(open_object(f), 0);
	ck_assert_int_eq(pbpf_object_load(f->obj), -EPERM);
	ck_assert_uint_eq(f->kernel.commands[PBPF_MAP_CREATE], _i ? 1 : 2);
	ck_assert_int_eq(f->kernel.memlock, _i);
	ck_assert_uint_eq(f->host.messages[PBPF_ERROR], 1);
	fixture_free(f);
}
END_TEST

START_TEST(variables_work_without_mmap)
{
	struct fixture *f = on_linux(_i ? LINUX(5, 4) : LINUX(5, 2), "globals.bpf");
	struct pbpf_variable number;
	uint32_t value = 0;

	expect_loaded(f);
	ck_assert_int_eq(pbpf_object_variable(f->obj, "number", &number), 0);
	ck_assert_int_eq(pbpf_variable_get(&number, &value, sizeof(value)), 0);
	ck_assert_uint_eq(value, 0x11223344);
	ck_assert_uint_eq(f->kernel.mapped, 0);
	fixture_free(f);
}
END_TEST

/* --- What cannot be adapted ------------------------------------------------------------------- */

static const struct {
	const char *object;
	uint32_t version;
	const char *hint;
} too_old[] = {
	{"globals.bpf", LINUX(4, 19), "global data (.rodata) needs Linux 5.2, and this is 4.19"},
	{"user_ring.bpf", LINUX(5, 10), "map type user_ringbuf needs Linux 6.1, and this is 5.10"},
	{"user_ring.bpf", LINUX(5, 15), "map type user_ringbuf needs Linux 6.1, and this is 5.15"},
	{"ring_overwrite.bpf", LINUX(6, 12), "flag BPF_F_RB_OVERWRITE needs Linux 6.19"},
	{"sections.bpf", LINUX(5, 15), "flag BPF_F_XDP_HAS_FRAGS needs Linux 5.18"},
	{"subprogs.bpf", LINUX(5, 15), "helper bpf_loop needs Linux 5.17, and this is 5.15"},
	{"arena.bpf", LINUX(6, 6), "map type arena needs Linux 6.9, and this is 6.6"},
};

START_TEST(what_a_kernel_is_too_old_for_is_named)
{
	struct fixture *f = on_linux(too_old[_i].version, too_old[_i].object);

	ck_assert_int_lt(pbpf_object_load(f->obj), 0);
	ck_assert_uint_eq(f->host.messages[PBPF_ERROR], 1);
	ck_assert_msg(strstr(f->host.hint, too_old[_i].hint), "'%s': '%s' lacks '%s'", f->host.text,
		      f->host.hint, too_old[_i].hint);
	fixture_free(f);
}
END_TEST

/* The verifier's log says that it processed nothing, or complains of what the newer kind does not need. */
START_TEST(an_attach_type_that_the_verifier_does_not_know)
{
	static const char *const logs[] = {
		"processed 0 insns (limit 1000000)\n",
		"Tracing programs must provide btf_id\nprocessed 0 insns (limit 1000000)\n",
	};
	struct fixture *f = on_linux(LINUX(6, 18), "minimal.bpf");
	struct pbpf_program *prog = pbpf_object_next_program(f->obj, NULL);
	struct pbpf_program_attr attr = *pbpf_program_attr(prog);

	attr.type = PBPF_PROG_TYPE_TRACING;
	attr.expected_attach_type = PBPF_TRACE_FENTRY_MULTI;
	ck_assert_int_eq(pbpf_program_set_attr(prog, &attr), 0);
	f->kernel.refuse[PBPF_PROG_LOAD] = EINVAL;
	f->kernel.log = logs[_i];
	ck_assert_int_eq(pbpf_object_load(f->obj), -EINVAL);
	ck_assert_msg(strstr(f->host.hint, "needs Linux 7.2, and this is 6.18"), "%s",
		      f->host.hint);
	fixture_free(f);
}
END_TEST

START_TEST(a_refusal_without_any_word_has_a_hint)
{
	struct fixture *f = on_linux(LINUX(6, 18), "minimal.bpf");
	struct pbpf_program *prog = pbpf_object_next_program(f->obj, NULL);
	struct pbpf_program_attr attr = *pbpf_program_attr(prog);

	f->kernel.refuse[PBPF_PROG_LOAD] = EINVAL;
	ck_assert_int_eq(pbpf_object_load(f->obj), -EINVAL);
	ck_assert_msg(strstr(f->host.hint, "plainbpf doctor"), "%s", f->host.hint);
	attr.flags = PBPF_F_SLEEPABLE;
	ck_assert_int_eq(pbpf_program_set_attr(prog, &attr), 0);
	ck_assert_int_eq(pbpf_object_load(f->obj), -EINVAL);
	ck_assert_msg(strstr(f->host.hint, "flags"), "%s", f->host.hint);
	attr.ifindex = 99;
	ck_assert_int_eq(pbpf_program_set_attr(prog, &attr), 0);
	ck_assert_int_eq(pbpf_object_load(f->obj), -EINVAL);
	ck_assert_msg(strstr(f->host.hint, "ifindex"), "%s", f->host.hint);
	fixture_free(f);
}
END_TEST

/* --- Attaching -------------------------------------------------------------------------------- */

/* Links of perf events came with 5.15; before, the event itself is told to run the program. */
START_TEST(tracepoints_are_attached_everywhere)
{
	struct fixture *f = on_linux(versions[_i], "minimal.bpf");
	const struct fake_object *event;

	expect_loaded(f);
	ck_assert_msg(!pbpf_object_attach(f->obj), "%s", f->host.text);
	event = nth(f, FAKE_PERF, 0);
	ck_assert_ptr_nonnull(event);
	ck_assert_int_eq(nth(f, FAKE_LINK, 0) != NULL, versions[_i] >= LINUX(5, 15));
	ck_assert_int_eq(event->prog_fd != 0 && event->enabled, versions[_i] < LINUX(5, 15));
	fixture_free(f);
}
END_TEST

/* --- Every object ----------------------------------------------------------------------------- */

/* What a load costs: a call for the BTF, one for each map, its data, its freezing, and
 * each program. */
static unsigned int needed_calls(const struct fixture *f)
{
	const struct pbpf_elf *elf = pbpf_object_elf(f->obj);
	unsigned int calls = pbpf_object_btf(f->obj) != NULL;

	for (struct pbpf_map *map = NULL; (map = pbpf_object_next_map(f->obj, map));) {
		const struct pbpf_section *section = pbpf_elf_section(elf, pbpf_map_name(map));
		bool data = *pbpf_map_name(map) == '.';

		calls += 1;
		calls += data && (!section || section->data);
		calls += data && pbpf_map_attr(map)->flags & PBPF_F_RDONLY_PROG;
	}
	for (struct pbpf_program *prog = NULL; (prog = pbpf_object_next_program(f->obj, prog));)
		calls += pbpf_program_autoload(prog);
	return calls;
}

static unsigned int bpf_calls(const struct fixture *f)
{
	unsigned int calls = 0;

	for (size_t i = 0; i < FAKE_COMMANDS; i++)
		calls += f->kernel.commands[i];
	return calls;
}

START_TEST(a_new_kernel_is_asked_for_no_more_than_is_needed)
{
	static const char *const names[] = {"minimal.bpf",  "counter.bpf", "compat.bpf",
					    "globals.bpf",  "nodebug.bpf", "legacy_maps.bpf",
					    "subprogs.bpf", "types.bpf"};
	struct fixture *f = on_linux(_i & 1 ? LINUX(6, 18) : 0, names[_i / 2]);

	expect_loaded(f);
	ck_assert_uint_eq(bpf_calls(f), needed_calls(f));
	fixture_free(f);
}
END_TEST

/* The objects of tests/data that load on the newest kernel. */
static size_t objects_that_load(char names[][64], size_t room)
{
	DIR *folder = opendir("tests/data");
	struct dirent *entry;
	size_t count = 0;

	ck_assert_ptr_nonnull(folder);
	while ((entry = readdir(folder))) {
		size_t length = strlen(entry->d_name);
		struct fixture *f;

		if (length < 7 || length > 60 || strcmp(entry->d_name + length - 6, ".bpf.o"))
			continue;
		ck_assert_uint_lt(count, room);
		memcpy(names[count], entry->d_name, length - 2);
		names[count][length - 2] = '\0';
		f = fixture_new(names[count]);
		if (!open_object(f) && !pbpf_object_load(f->obj))
			count++;
		fixture_free(f);
	}
	closedir(folder);
	return count;
}

START_TEST(every_object_loads_or_says_what_is_missing)
{
	static char names[100][64];
	size_t count = objects_that_load(names, 100), loaded_here = 0;

	ck_assert_uint_gt(count, 15);
	for (size_t i = 0; i < count; i++) {
		struct fixture *f = fixture_new(names[i]);
		int err;

		f->kernel.version = versions[_i];
		ck_assert_int_eq(open_object(f), 0);
		err = pbpf_object_load(f->obj);
		loaded_here += !err;
		ck_assert_msg(!err || strstr(f->host.hint, "needs Linux") ||
				      strstr(f->host.text, "needs Linux") ||
				      strstr(f->host.hint, "the kernel is older"),
			      "%s: %s (%s)", names[i], f->host.text, f->host.hint);
		ck_assert_uint_eq(f->host.messages[PBPF_ERROR], !!err);
		fixture_free(f);
	}
	ck_assert_uint_gt(loaded_here, versions[_i] < LINUX(5, 2) ? 4 : count / 2);
}
END_TEST

/* --- Failures on the way ---------------------------------------------------------------------- */

/* The n-th call or allocation of a load on an old kernel fails: it is loaded, or it is not and one message says
 * why; nothing is left behind (fixture_free()). */
START_TEST(every_failure_is_clean)
{
	uint32_t version = _i & 1 ? LINUX(4, 14) : LINUX(5, 4);
	bool memory = _i & 2;

	for (unsigned int n = 1;; n++) {
		struct fixture *f = fixture_new("compat.bpf");
		bool done;
		int err;

		f->kernel.version = version;
		ck_assert_int_eq(open_object(f), 0);
		if (memory)
			f->host.fail_at = f->host.allocations + n;
		else
			f->kernel.fail_at = n;
		err = pbpf_object_load(f->obj);
		ck_assert_msg(f->host.messages[PBPF_ERROR] == !!err, "n %u: %s", n, f->host.text);
		done = memory ? f->host.allocations < f->host.fail_at : f->kernel.calls < n;
		fixture_free(f);
		if (done)
			break;
	}
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("loader: old kernels");
	TCase *adapts = tcase_create("adapts"), *refused = tcase_create("refused");
	TCase *objects = tcase_create("objects");

	tcase_add_loop_test(adapts, one_object_loads_everywhere, 0, VERSIONS);
	tcase_add_test(adapts, kinds_are_tried_once);
	tcase_add_test(adapts, what_was_learnt_is_not_kept_for_the_next_load);
	tcase_add_test(adapts, btf_that_is_refused_is_left_out);
	tcase_add_test(adapts, the_log_of_btf_is_read_to_its_end);
	tcase_add_loop_test(adapts, modules_have_no_btf, 0, 2);
	tcase_add_test(adapts, memory_is_asked_for_if_that_is_allowed);
	tcase_add_loop_test(adapts, memory_does_not_help_against_a_lack_of_rights, 0, 2);
	tcase_add_loop_test(adapts, variables_work_without_mmap, 0, 2);
	tcase_add_loop_test(adapts, tracepoints_are_attached_everywhere, 0, VERSIONS);
	suite_add_tcase(s, adapts);
	tcase_add_loop_test(refused, what_a_kernel_is_too_old_for_is_named, 0,
			    sizeof(too_old) / sizeof(too_old[0]));
	tcase_add_loop_test(refused, an_attach_type_that_the_verifier_does_not_know, 0, 2);
	tcase_add_test(refused, a_refusal_without_any_word_has_a_hint);
	tcase_add_loop_test(refused, every_failure_is_clean, 0, 4);
	tcase_set_timeout(refused, 60);
	suite_add_tcase(s, refused);
	tcase_add_loop_test(objects, a_new_kernel_is_asked_for_no_more_than_is_needed, 0, 16);
	tcase_add_loop_test(objects, every_object_loads_or_says_what_is_missing, 0, VERSIONS);
	tcase_set_timeout(objects, 60);
	suite_add_tcase(s, objects);
	return s;
}
