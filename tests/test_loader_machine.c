/* SPDX-License-Identifier: MIT */
/*
 * What the kernel's files say about a machine, and what EPERM then means. The files are the test's own.
 */
#include "harness.h"
#include "loader/machine.h"

struct file {
	const char *path;
	const char *text;
};

/* A kernel that has these files, and nothing else. */
struct machine_kernel {
	const struct file *files; /* ends with a path of NULL */
	const char *release;
	size_t at[16]; /* by fd - 3: what is read next */
	const struct file *open[16];
	int open_count;
	int left_open;
};

static long file_open(void *ctx, const char *path)
{
	struct machine_kernel *kernel = ((struct host *)ctx)->kernel_state;

	for (const struct file *file = kernel->files; file->path; file++) {
		if (strcmp(file->path, path))
			continue;
		ck_assert_int_lt(kernel->open_count, 16);
		kernel->open[kernel->open_count] = file;
		kernel->left_open++;
		return 3 + kernel->open_count++;
	}
	return -ENOENT;
}

static long file_read(void *ctx, int fd, void *buf, size_t size)
{
	struct machine_kernel *kernel = ((struct host *)ctx)->kernel_state;
	const char *text = kernel->open[fd - 3]->text + kernel->at[fd - 3];
	size_t left = strlen(text);

	if (size > left)
		size = left;
	memcpy(buf, text, size);
	kernel->at[fd - 3] += size;
	return (long)size;
}

static long file_close(void *ctx, int fd)
{
	(void)fd;
	((struct machine_kernel *)((struct host *)ctx)->kernel_state)->left_open--;
	return 0;
}

static long file_uname(void *ctx, struct pbpf_kernel_name *name)
{
	const struct machine_kernel *kernel = ((struct host *)ctx)->kernel_state;

	if (!kernel->release)
		return -EPERM;
	*name = (struct pbpf_kernel_name){.version = "#1 SMP", .machine = "x86_64"};
	snprintf(name->release, sizeof(name->release), "%s", kernel->release);
	return 0;
}

static const struct pbpf_kernel file_table = {
	.open = file_open,
	.read = file_read,
	.close = file_close,
	.uname = file_uname,
};

static struct machine machine_of(const char *release, const struct file *files)
{
	struct machine_kernel kernel = {.files = files, .release = release};
	struct host host = {.kernel = &file_table, .kernel_state = &kernel};
	struct pbpf_env env = host_env(&host);
	struct machine machine;

	read_machine(&machine, &env);
	ck_assert_int_eq(kernel.left_open, 0);
	ck_assert_uint_eq(host.blocks, 0);
	return machine;
}

/* A machine that has this one file. */
static struct machine with_file(const char *path, const char *text)
{
	const struct file files[] = {{path, text}, {NULL, NULL}};

	return machine_of("6.18.1", files);
}

START_TEST(everything_is_read)
{
	static const struct file files[] = {
		{"/proc/self/status", "Name:\tx\nCapPrm:\t0000000000000000\n"
				      "CapEff:\t000001fffeffffff\nSeccomp:\t2\n"},
		{"/proc/self/uid_map", "         0          0 4294967295\n"},
		{"/proc/self/limits", "Limit                     Soft Limit           Hard Limit\n"
				      "Max locked memory         65536                unlimited\n"},
		{"/proc/self/mounts", "proc /proc proc rw 0 0\n"
				      "none /run/bpf bpf rw,nosuid 0 0\n"
				      "bpf /sys/fs/bpf bpf rw 0 0\n"
				      "tracefs /sys/kernel/tracing tracefs rw 0 0\n"
				      "cgroup2 /sys/fs/cgroup cgroup2 rw 0 0"},
		{"/sys/kernel/security/lockdown", "none [integrity] confidentiality\n"},
		{"/sys/kernel/security/lsm", "lockdown,capability,bpf"},
		{"/proc/sys/kernel/unprivileged_bpf_disabled", "2\n"},
		{"/proc/sys/kernel/perf_event_paranoid", "-1\n"},
		{"/proc/sys/kernel/kptr_restrict", "1\n"},
		{"/proc/sys/kernel/ftrace_enabled", "0\n"},
		{"/proc/sys/net/core/bpf_jit_enable", "1\n"},
		{"/proc/sys/net/core/bpf_jit_harden", "2\n"},
		{NULL, NULL},
	};
	struct machine machine = machine_of("5.10.0-25-amd64", files);

	ck_assert_str_eq(machine.kernel.release, "5.10.0-25-amd64");
	ck_assert_uint_eq(machine.version, PBPF_LINUX(5, 10));
	ck_assert(machine.has_status);
	ck_assert_uint_eq(machine.capabilities, 0x1fffeffffff);
	ck_assert_int_eq(machine.seccomp, 2);
	ck_assert_int_eq(machine.user_namespace, 0);
	ck_assert_int_eq(machine.memlock, 65536);
	ck_assert_str_eq(machine.bpffs.path, "/run/bpf");
	ck_assert_str_eq(machine.tracefs.path, "/sys/kernel/tracing");
	ck_assert_str_eq(machine.cgroup2.path, "/sys/fs/cgroup");
	ck_assert_int_eq(machine.lockdown, LOCKDOWN_INTEGRITY);
	ck_assert_int_eq(machine.bpf_lsm, 1);
	ck_assert_int_eq(machine.unprivileged_disabled, 2);
	ck_assert_int_eq(machine.perf_paranoid, 0);
	ck_assert_int_eq(machine.kptr_restrict, 1);
	ck_assert_int_eq(machine.ftrace, 0);
	ck_assert_int_eq(machine.jit, 1);
	ck_assert_int_eq(machine.jit_harden, 2);
}
END_TEST

START_TEST(nothing_is_known_without_files)
{
	static const struct file none[] = {{NULL, NULL}};
	struct machine machine = machine_of(NULL, none);

	ck_assert_uint_eq(machine.version, 0);
	ck_assert(!machine.has_status);
	ck_assert_int_eq(machine.seccomp, MACHINE_UNKNOWN);
	ck_assert_int_eq(machine.user_namespace, MACHINE_UNKNOWN);
	ck_assert_int_eq(machine.memlock, MACHINE_UNKNOWN);
	ck_assert_int_eq(machine.lockdown, MACHINE_UNKNOWN);
	ck_assert_int_eq(machine.bpf_lsm, MACHINE_UNKNOWN);
	ck_assert_int_eq(machine.jit, MACHINE_UNKNOWN);
	ck_assert_str_eq(machine.bpffs.path, "");
	ck_assert(machine_capable(&machine, CAPABLE_BPF));
}
END_TEST

START_TEST(strange_texts_say_nothing)
{
	static const char *const texts[] = {"",		"\n",	  "x", "99999999999999999999",
					    "\t \n\n[", "CapEff:"};
	static const char *const paths[] = {
		"/proc/self/status",
		"/proc/self/uid_map",
		"/proc/self/limits",
		"/proc/self/mounts",
		"/sys/kernel/security/lockdown",
		"/proc/sys/kernel/perf_event_paranoid",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		for (size_t j = 0; j < sizeof(paths) / sizeof(paths[0]); j++) {
			struct machine machine = with_file(paths[j], texts[i]);

			ck_assert_int_eq(machine.seccomp, MACHINE_UNKNOWN);
			ck_assert_int_eq(machine.memlock, MACHINE_UNKNOWN);
			ck_assert_int_eq(machine.lockdown, MACHINE_UNKNOWN);
			ck_assert_int_eq(machine.perf_paranoid, MACHINE_UNKNOWN);
			ck_assert_str_eq(machine.bpffs.path, "");
		}
	}
}
END_TEST

START_TEST(forms_of_texts)
{
	static const char uid_map[] = "/proc/self/uid_map", limits[] = "/proc/self/limits",
			  lsm[] = "/sys/kernel/security/lsm",
			  lock[] = "/sys/kernel/security/lockdown";

	ck_assert_int_eq(with_file(uid_map, "0 0 4294967295").user_namespace, 0);
	ck_assert_int_eq(with_file(uid_map, "0 100000 65536").user_namespace, 1);
	ck_assert_int_eq(with_file(uid_map, "0 0 1").user_namespace, 1);
	ck_assert_int_eq(with_file(uid_map, "").user_namespace, 1); /* not mapped yet */
	ck_assert_int_eq(with_file(limits, "Max locked memory   unlimited  unlimited").memlock,
			 INT64_MAX);
	ck_assert_int_eq(with_file(lsm, "landlock,bpfx,xbpf\n").bpf_lsm, 0);
	ck_assert_int_eq(with_file(lsm, "bpf,yama\n").bpf_lsm, 1);
	ck_assert_int_eq(with_file(lock, "[none] integrity").lockdown, LOCKDOWN_NONE);
	ck_assert_int_eq(with_file(lock, "none [confidentiality]").lockdown,
			 LOCKDOWN_CONFIDENTIALITY);
}
END_TEST

#define ALL (1ull << CAPABLE_BPF | 1ull << CAPABLE_PERFMON | 1ull << CAPABLE_NET_ADMIN)

START_TEST(denials_have_reasons)
{
	static const struct {
		const char *release;
		uint32_t prog_type;
		uint64_t capabilities;
		int user_namespace, seccomp;
		int64_t memlock;
		const char *reason, *way_out;
	} cases[] = {
		{"6.18.1", 0, 0, 0, 0, 0, "this process lacks CAP_BPF", "setcap cap_bpf+ep FILE"},
		{"6.18.1", PBPF_PROG_TYPE_SOCKET_FILTER, 0, 0, 0, 0, "this process lacks CAP_BPF",
		 ""},
		{"6.18.1", PBPF_PROG_TYPE_KPROBE, 1ull << CAPABLE_BPF, 0, 0, 0,
		 "this process lacks CAP_PERFMON", "setcap cap_perfmon+ep FILE"},
		{"6.18.1", PBPF_PROG_TYPE_XDP, 0, 0, 0, 0,
		 "this process lacks CAP_BPF and CAP_NET_ADMIN", "cap_bpf,cap_net_admin+ep"},
		{"6.18.1", PBPF_PROG_TYPE_EXT, 0, 0, 0, 0,
		 "this process lacks CAP_BPF and CAP_PERFMON and CAP_NET_ADMIN",
		 "cap_bpf,cap_perfmon,cap_net_admin+ep"},
		{"5.4.0", PBPF_PROG_TYPE_XDP, ALL, 0, 0, 0, "this process lacks CAP_SYS_ADMIN",
		 "cap_sys_admin+ep"},
		{"5.10.0", 0, 1ull << CAPABLE_SYS_ADMIN, 0, 0, 65536,
		 "the limit of locked memory, 64 KiB, is used up", "ulimit -l unlimited"},
		{"5.11.0", 0, ALL, 0, 0, 65536, "hardened", "dmesg"},
		{"6.18.1", PBPF_PROG_TYPE_LSM, 1ull << CAPABLE_SYS_ADMIN, 0, 0, 0, "hardened",
		 "dmesg"},
		{"6.18.1", PBPF_PROG_TYPE_XDP, ALL, 1, 0, 0, "user namespace", "token"},
		{"6.18.1", PBPF_PROG_TYPE_XDP, ALL, 0, 2, 0, "seccomp", "bpf(2)"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		static const struct file none[] = {{NULL, NULL}};
		struct machine machine = machine_of(cases[i].release, none);
		struct denial denial;

		machine.has_status = true;
		machine.capabilities = cases[i].capabilities;
		machine.user_namespace = cases[i].user_namespace;
		machine.seccomp = cases[i].seccomp;
		machine.memlock = cases[i].memlock;
		explain_denial(&denial, &machine, cases[i].prog_type);
		ck_assert_msg(strstr(denial.reason, cases[i].reason), "%zu: %s", i, denial.reason);
		ck_assert_msg(strstr(denial.way_out, cases[i].way_out), "%zu: %s", i,
			      denial.way_out);
	}
}
END_TEST

START_TEST(without_proc_it_says_so)
{
	static const struct file none[] = {{NULL, NULL}};
	struct machine machine = machine_of("6.18.1", none);
	struct denial denial;

	explain_denial(&denial, &machine, PBPF_PROG_TYPE_XDP);
	ck_assert_ptr_nonnull(strstr(denial.reason, "cannot be read"));
	ck_assert_ptr_nonnull(strstr(denial.way_out, "mount -t proc"));
}
END_TEST

Suite *suite(void)
{
	Suite *suite = suite_create("loader_machine");
	TCase *tc = tcase_create("machine");

	tcase_add_test(tc, everything_is_read);
	tcase_add_test(tc, nothing_is_known_without_files);
	tcase_add_test(tc, strange_texts_say_nothing);
	tcase_add_test(tc, forms_of_texts);
	tcase_add_test(tc, denials_have_reasons);
	tcase_add_test(tc, without_proc_it_says_so);
	suite_add_tcase(suite, tc);
	return suite;
}
