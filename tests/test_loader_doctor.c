/* SPDX-License-Identifier: MIT */
/*
 * The doctor: from what files say to findings, and what the trials of a kernel that exists in memory only
 * give.
 */
#include "loader_fixture.h"

#include "loader/doctor.h"

/* The findings of one examination, as lines "group name answer: reason; way out". */
struct findings {
	char *text;
	size_t size;
	FILE *to;
};

static void take_finding(void *ctx, const struct pbpf_finding *finding)
{
	static const char *const answers[] = {"yes", "no", "perhaps"};

	fprintf(((struct findings *)ctx)->to, "%s | %s | %s | %s | %s\n", finding->group,
		finding->name, answers[finding->answer], finding->reason, finding->way_out);
}

static struct findings *findings_new(void)
{
	struct findings *findings = calloc(1, sizeof(*findings));

	ck_assert_ptr_nonnull(findings);
	findings->to = open_memstream(&findings->text, &findings->size);
	ck_assert_ptr_nonnull(findings->to);
	return findings;
}

static bool has(struct findings *findings, const char *line)
{
	fflush(findings->to);
	return strstr(findings->text, line) != NULL;
}
#define expect(findings, line) \
	ck_assert_msg(has(findings, line), "'%s' is not in:\n%s", line, (findings)->text)
#define expect_not(findings, line) \
	ck_assert_msg(!has(findings, line), "'%s' is in:\n%s", line, (findings)->text)

static void findings_free(struct findings *findings)
{
	fclose(findings->to);
	free(findings->text);
	free(findings);
}

/* --- Pure: a machine goes in ----------------------------------------------------------------- */

#define ALL_CAPABILITIES UINT64_C(0x1ffffffffff)

/* A new kernel, on which everything is in order, and all is known. */
static struct machine good_machine(void)
{
	return (struct machine){
		.kernel = {"6.18.1", "#1", "x86_64"},
		.version = PBPF_LINUX(6, 18),
		.has_status = true,
		.capabilities = ALL_CAPABILITIES,
		.memlock = 65536,
		.bpf_lsm = 1,
		.unprivileged_disabled = 2,
		.perf_paranoid = 2,
		.kptr_restrict = 1,
		.jit = 1,
		.ftrace = 1,
		.bpffs = {"/sys/fs/bpf"},
		.tracefs = {"/sys/kernel/tracing"},
		.cgroup2 = {"/sys/fs/cgroup"},
	};
}

static struct findings *findings_of(const struct machine *machine, const char *config,
				    size_t btf_size)
{
	struct findings *findings = findings_new();
	const struct pbpf_doctor doctor = {take_finding, findings};
	struct examination exam = {
		.doctor = &doctor,
		.machine = *machine,
		.kernel_btf_size = btf_size,
		.config = {.size = config ? strlen(config) : 0, .path = "/boot/config-x"},
	};
	char *text = strdup(config ? config : "");

	exam.config.text = text;
	examine_process(&exam);
	examine_kernel(&exam);
	examine_places(&exam);
	free(text);
	fflush(findings->to);
	return findings;
}

START_TEST(nothing_is_wrong_with_a_good_machine)
{
	struct machine machine = good_machine();
	struct findings *findings =
		findings_of(&machine, "CONFIG_DEBUG_INFO_BTF_MODULES=y\n", 5000000);

	expect(findings, "process | CAP_BPF | yes | maps, types, programs | \n");
	expect(findings, "kernel | Linux | yes | 6.18.1 x86_64 | \n");
	expect(findings, "kernel | BTF | yes | 5000 KB of types | \n");
	expect(findings, "kernel | lockdown | yes | off | \n");
	expect(findings, "kernel | configuration | yes | /boot/config-x | \n");
	expect(findings, "places | bpffs | yes | /sys/fs/bpf | \n");
	expect_not(findings, "| no |");
	expect_not(findings, "| perhaps |");
	findings_free(findings);
}
END_TEST

/* One thing that is wrong, and the line that tells. */
START_TEST(each_fault_has_a_line)
{
	struct machine machine = good_machine();
	struct findings *findings;

#define FAULT(change, line)                                \
	do {                                               \
		machine = good_machine();                  \
		change;                                    \
		findings = findings_of(&machine, NULL, 1); \
		expect(findings, line);                    \
		findings_free(findings);                   \
	} while (0)

	FAULT(machine.capabilities = 1ull << CAPABLE_BPF,
	      "process | CAP_PERFMON | no | missing: needed for programs that trace | run it as "
	      "root, or: setcap cap_perfmon+ep FILE\n");
	FAULT(machine.capabilities = 1ull << CAPABLE_SYS_ADMIN, "process | CAP_BPF | yes |");
	FAULT(machine.has_status = false, "process | CAP_BPF | perhaps | /proc/self/status");
	FAULT(machine.user_namespace = 1, "process | user namespace | no |");
	FAULT(machine.seccomp = 2, "process | seccomp | perhaps |");
	FAULT(machine.version = PBPF_LINUX(5, 10),
	      "process | locked memory | perhaps | 64 KiB for all maps and programs; the kernel "
	      "answers EPERM beyond | ulimit -l unlimited\n");
	FAULT((machine.version = PBPF_LINUX(5, 4), machine.memlock = INT64_MAX),
	      "process | locked memory | yes | no limit | \n");
	FAULT((machine.version = PBPF_LINUX(5, 4), machine.capabilities = 0),
	      "process | CAP_SYS_ADMIN | no | missing: needed for all of BPF, before Linux 5.8 |");
	FAULT(machine.capabilities = 0,
	      "kernel | unprivileged BPF | no | kernel.unprivileged_bpf_disabled is 2:");
	FAULT(machine.unprivileged_disabled = 0, "kernel | unprivileged BPF | yes | on:");
	FAULT(machine.lockdown = LOCKDOWN_INTEGRITY, "kernel | lockdown | perhaps | integrity");
	FAULT(machine.lockdown = LOCKDOWN_CONFIDENTIALITY, "kernel | lockdown | no | conf");
	FAULT(machine.lockdown = MACHINE_UNKNOWN,
	      "kernel | lockdown | perhaps | not known: /sys/kernel/security/lockdown cannot be "
	      "read | mount -t securityfs");
	FAULT(machine.jit = 0, "kernel | JIT | no |");
	FAULT(machine.jit_harden = 2, "kernel | JIT | yes | on, hardened for all");
	FAULT((machine.capabilities = 0, machine.perf_paranoid = 3),
	      "kernel | perf events | no | kernel.perf_event_paranoid is 3, and this process lacks "
	      "CAP_PERFMON |");
	FAULT(machine.kptr_restrict = 2, "kernel | kernel addresses | no |");
	FAULT(machine.bpf_lsm = 0, "kernel | security hooks | no |");
	FAULT(machine.ftrace = 0, "kernel | ftrace | no | off");
	FAULT(machine.bpffs.path[0] = '\0',
	      "places | bpffs | no | not mounted: nothing can be pinned | mount -t bpf bpf "
	      "/sys/fs/bpf\n");
	FAULT(machine.tracefs.path[0] = '\0', "places | tracefs | no | not mounted");
	FAULT(machine.cgroup2.path[0] = '\0', "places | cgroup2 | no | not mounted");
	FAULT((void)0, "kernel | configuration | perhaps | neither /proc/config.gz nor");

	machine = good_machine();
	findings = findings_of(&machine, "CONFIG_BPF=y\n", 0);
	expect(findings, "kernel | BTF | no | the kernel shows no types");
	findings_free(findings);
	findings = findings_of(&machine, "CONFIG_BPF=y\n", 1);
	expect(findings, "kernel | BTF of modules | no | this kernel was built without");
	findings_free(findings);
}
END_TEST

/* --- Why a trial failed ---------------------------------------------------------------------- */

START_TEST(a_trial_that_failed_has_a_reason)
{
	static const struct {
		struct trial trial;
		size_t btf_size;
		const char *line;
	} cases[] = {
		{{.result = 3}, 1, "t | x | yes |  | \n"},
		{{.result = -EINVAL}, 1, "t | x | no | the kernel refuses it: EINVAL | \n"},
		{{.result = -EINVAL, .since = PBPF_LINUX(6, 19)},
		 1,
		 "t | x | no | needs Linux 6.19, and this is 6.18 | a newer kernel\n"},
		{{.result = -EINVAL, .since = PBPF_LINUX(6, 18)}, 1, "refuses it: EINVAL"},
		{{.result = -EINVAL, .config = "CONFIG_NOT_SET"},
		 1,
		 "built without CONFIG_NOT_SET | a kernel with CONFIG_NOT_SET=y\n"},
		{{.result = -EINVAL, .config = "CONFIG_SET"}, 1, "refuses it: EINVAL"},
		{{.result = -EINVAL, .needs_btf = true}, 0, "needs the kernel's types"},
		{{.result = -EINVAL, .needs_btf = true}, 1, "refuses it: EINVAL"},
		{{.result = -EACCES, .said = "so it is"}, 1, "t | x | no | so it is | \n"},
		{{.result = -EPERM}, 1, "hardened"},
		{{.result = -EPERM, .config = "CONFIG_NOT_SET"}, 1, "built without CONFIG_NOT_SET"},
	};
	static char config[] = "CONFIG_SET=y\nCONFIG_M=m\nCONFIG_N=n\n";

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct findings *findings = findings_new();
		const struct pbpf_doctor doctor = {take_finding, findings};
		struct examination exam = {
			.doctor = &doctor,
			.group = "t",
			.machine = good_machine(),
			.kernel_btf_size = cases[i].btf_size,
			.config = {.text = config, .size = strlen(config)},
		};

		tell_trial(&exam, "x", &cases[i].trial);
		expect(findings, cases[i].line);
		ck_assert_uint_eq(exam.missing, cases[i].trial.result < 0);
		findings_free(findings);
		ck_assert_int_eq(config_value(&exam, "CONFIG_SET"), 'y');
		ck_assert_int_eq(config_value(&exam, "CONFIG_M"), 'm');
		ck_assert_int_eq(config_value(&exam, "CONFIG_N"), 'n');
		ck_assert_int_eq(config_value(&exam, "CONFIG_SE"), 'n');
		exam.config.size = 0;
		ck_assert_int_eq(config_value(&exam, "CONFIG_SET"), 0);
	}
}
END_TEST

/* --- Trials ---------------------------------------------------------------------------------- */

/* The machine, as the fake kernel is. Gives what pbpf_doctor_machine() does. */
static int examine_fake(struct fixture *f, struct findings *findings)
{
	const struct pbpf_doctor doctor = {take_finding, findings};
	int result = pbpf_doctor_machine(&doctor, &f->env);

	ck_assert_uint_eq(f->kernel.open_fds, 0);
	ck_assert_uint_eq(f->host.blocks, 0);
	ck_assert_uint_eq(f->host.messages[PBPF_ERROR], 0);
	f->kernel.bad_fds = 0; /* attaching is tried on such */
	return result;
}

START_TEST(a_machine_is_examined)
{
	struct fixture *f = fixture_new("counter.bpf");
	struct findings *findings = findings_new();

	ck_assert_int_eq(examine_fake(f, findings), 1);
	expect(findings, "programs | xdp | yes |");
	expect(findings, "maps | hash | yes |");
	expect(findings, "helpers | bpf_map_lookup_elem | yes |");
	expect(findings, "kernel | BTF | no |");
	ck_assert_uint_eq(f->kernel.commands[PBPF_PROG_ATTACH], 0);
	findings_free(findings);
	fixture_free(f);
}
END_TEST

START_TEST(a_machine_without_privilege)
{
	struct fixture *f = fixture_new("counter.bpf");
	struct findings *findings = findings_new();

	f->kernel.refuse[PBPF_MAP_CREATE] = EPERM;
	f->kernel.refuse[PBPF_PROG_LOAD] = EPERM;
	f->kernel.refuse[PBPF_BTF_LOAD] = EPERM;
	ck_assert_int_eq(examine_fake(f, findings), 0);
	expect(findings, "programs | xdp | no | what this process may do cannot be read");
	expect(findings, "maps | hash | no |");
	expect(findings, "helpers | bpf_map_lookup_elem | perhaps |");
	findings_free(findings);
	fixture_free(f);
}
END_TEST

START_TEST(a_helper_is_told_by_the_log)
{
	static const struct {
		const char *log, *line;
	} cases[] = {
		{"0: (85) call bpf_loop#181\nR1 !read_ok\n", "helpers | bpf_loop | yes |"},
		{"unknown func bpf_loop#181\n",
		 "helpers | bpf_loop | no | no kind of program that loads here may call it |"},
		{"program of this type cannot use helper bpf_loop#181\n",
		 "helpers | bpf_loop | no | no kind of program"},
		{"bpf_lsm_file_open is not sleepable\n", "helpers | bpf_loop | perhaps |"},
		{"invalid func unknown#181\n",
		 "helpers | bpf_loop | no | this kernel does not know it |"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fixture *f = fixture_new("counter.bpf");
		struct findings *findings = findings_new();

		f->kernel.refuse[PBPF_PROG_LOAD] = EINVAL;
		f->kernel.log = cases[i].log;
		ck_assert_int_eq(examine_fake(f, findings), 0);
		expect(findings, cases[i].line);
		findings_free(findings);
		fixture_free(f);
	}
}
END_TEST

/* --- Objects --------------------------------------------------------------------------------- */

static int examine_object_of(struct fixture *f, struct findings *findings)
{
	const struct pbpf_doctor doctor = {take_finding, findings};

	ck_assert_int_eq(open_object(f), 0);
	return pbpf_doctor_object(&doctor, f->obj);
}

START_TEST(an_object_that_lacks_nothing)
{
	struct fixture *f = fixture_new("counter.bpf");
	struct findings *findings = findings_new();

	ck_assert_int_eq(examine_object_of(f, findings), 0);
	expect(findings, "programs | raw_tp | yes |");
	expect(findings, "maps | hash | yes |");
	expect(findings, "helpers | bpf_get_current_comm | yes |");
	expect_not(findings, "helpers | bpf_loop");
	expect_not(findings, "process |");
	ck_assert_int_eq(pbpf_object_load(f->obj), 0); /* it can still be loaded, */
	ck_assert_int_eq(pbpf_doctor_object(&(struct pbpf_doctor){take_finding, findings}, f->obj),
			 -EINVAL); /* and then not be examined */
	findings_free(findings);
	fixture_free(f);
}
END_TEST

/* A program that knows the kernel's configuration may go without what an older kernel lacks. */
START_TEST(an_object_that_asks_first)
{
	struct fixture *f = fixture_new("usdt.bpf");
	struct findings *findings = findings_new();

	f->kernel.version = PBPF_LINUX(5, 10);
	ck_assert_int_eq(examine_object_of(f, findings), 0);
	expect(findings, "programs | usdt | yes |");
	expect(findings,
	       "helpers | bpf_get_attach_cookie | perhaps | needs Linux 5.15, and this is 5.10 | "
	       "fine where the program asks");
	findings_free(findings);
	fixture_free(f);
}
END_TEST

/* How often `line` is in them. */
static unsigned int times(struct findings *findings, const char *line)
{
	unsigned int count = 0;

	fflush(findings->to);
	for (const char *at = findings->text; (at = strstr(at, line)); at++)
		count++;
	return count;
}

/* A ksyscall is a kprobe, and as a kind of program it is told beside it. */
START_TEST(a_way_of_attaching_is_told_once)
{
	static const char *const names[] = {"kprobe", "kretprobe", "ksyscall", "uprobe",
					    "uretprobe"};
	struct fixture *f = fixture_new("kinds.bpf");
	struct findings *findings = findings_new();
	const struct pbpf_doctor doctor = {take_finding, findings};

	ck_assert_int_eq(open_object(f), 0);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		pbpf_program_set_autoload(pbpf_object_program(f->obj, names[i]), true);
	ck_assert_int_ge(pbpf_doctor_object(&doctor, f->obj), 0);
	expect(findings, "programs | ksyscall | yes");
	ck_assert_uint_eq(times(findings, "attaching | kprobe |"), 1);
	ck_assert_uint_eq(times(findings, "attaching | uprobe |"), 1);
	findings_free(findings);
	fixture_free(f);
}
END_TEST

START_TEST(an_older_machine)
{
	struct fixture *f = fixture_new("counter.bpf");
	struct findings *findings = findings_new();

	f->kernel.version = PBPF_LINUX(5, 10);
	ck_assert_int_eq(examine_fake(f, findings), 1);
	expect(findings, "programs | sk_reuseport | yes |");
	expect(findings, "maps | struct_ops.link | no | needs Linux 6.4, and this is 5.10");
	expect(findings, "attaching | uprobe.session | no | needs Linux 6.13, and this is 5.10");
	findings_free(findings);
	fixture_free(f);
}
END_TEST

START_TEST(an_object_whose_externs_are_missing)
{
	struct fixture *f = fixture_new("missing_externs.bpf");
	struct findings *findings = findings_new();

	ck_assert_int_ge(examine_object_of(f, findings), 1);
	expect(findings, "externs | ");
	expect(findings, "| no | ");
	ck_assert_uint_eq(f->host.messages[PBPF_ERROR], 0);
	findings_free(findings);
	fixture_free(f);
}
END_TEST

START_TEST(an_object_on_a_kernel_without_types)
{
	struct fixture *f = fixture_new("targets.bpf");
	struct findings *findings = findings_new();

	ck_assert_int_ge(examine_object_of(f, findings), 2);
	expect(findings, "targets | tp_btf/sched_process_exec | no | cannot read the kernel's BTF");
	ck_assert_uint_eq(f->host.messages[PBPF_ERROR], 0);
	findings_free(findings);
	fixture_free(f);

	f = fixture_new("core.bpf");
	findings = findings_new();
	ck_assert_int_ge(examine_object_of(f, findings), 1);
	expect(findings, "CO-RE | types | no | cannot read the kernel's BTF");
	findings_free(findings);
	fixture_free(f);
}
END_TEST

/* Without memory, and with a kernel that fails: an answer, and nothing leaks. */
START_TEST(every_failure_is_survived)
{
	static const char *const names[] = {"counter.bpf", "missing_externs.bpf", "targets.bpf"};
	const char *name = names[_i];
	bool reached = true;

	for (unsigned int n = 1; reached; n++) {
		struct fixture *f = fixture_new(name);
		struct findings *findings = findings_new();
		int result;

		ck_assert_int_eq(open_object(f), 0);
		f->host.fail_at = f->host.allocations + n;
		result = pbpf_doctor_object(&(struct pbpf_doctor){take_finding, findings}, f->obj);
		ck_assert(result >= 0 || result == -ENOMEM);
		ck_assert_uint_eq(f->host.messages[PBPF_ERROR], result < 0);
		reached = f->host.allocations >= f->host.fail_at;
		findings_free(findings);
		fixture_free(f);
	}
	for (unsigned int n = 1; n < 200; n++) {
		struct fixture *f = fixture_new(name);
		struct findings *findings = findings_new();

		ck_assert_int_eq(open_object(f), 0);
		f->kernel.fail_at = f->kernel.calls + n;
		(void)pbpf_doctor_object(&(struct pbpf_doctor){take_finding, findings}, f->obj);
		findings_free(findings);
		fixture_free(f);
	}
}
END_TEST

Suite *suite(void)
{
	Suite *suite = suite_create("loader_doctor");
	TCase *tc = tcase_create("doctor");

	tcase_add_test(tc, nothing_is_wrong_with_a_good_machine);
	tcase_add_test(tc, each_fault_has_a_line);
	tcase_add_test(tc, a_trial_that_failed_has_a_reason);
	tcase_add_test(tc, a_machine_is_examined);
	tcase_add_test(tc, a_machine_without_privilege);
	tcase_add_test(tc, a_helper_is_told_by_the_log);
	tcase_add_test(tc, an_object_that_lacks_nothing);
	tcase_add_test(tc, an_object_that_asks_first);
	tcase_add_test(tc, a_way_of_attaching_is_told_once);
	tcase_add_test(tc, an_older_machine);
	tcase_add_test(tc, an_object_whose_externs_are_missing);
	tcase_add_test(tc, an_object_on_a_kernel_without_types);
	tcase_add_loop_test(tc, every_failure_is_survived, 0, 3);
	tcase_set_timeout(tc, 60);
	suite_add_tcase(suite, tc);
	return suite;
}
