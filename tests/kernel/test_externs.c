/* SPDX-License-Identifier: MIT */
/*
 * Externs on the running kernel: its configuration, functions, variables and addresses.
 */
#include "live.h"

#include <sys/utsname.h>

/* What this kernel's configuration says of a name: "y", or "" when it is not set; false without any. */
static bool kernel_says(const char *name, char *value, size_t size)
{
	char command[256];
	FILE *out;

	snprintf(command, sizeof(command),
		 "(zcat /proc/config.gz || cat /boot/config-$(uname -r)) 2>/dev/null | "
		 "sed -n 's/^%s=//p'",
		 name);
	out = popen(command, "r");
	ck_assert_ptr_nonnull(out);
	if (!fgets(value, (int)size, out))
		value[0] = '\0';
	value[strcspn(value, "\n")] = '\0';
	return pclose(out) == 0;
}

static bool has_config(void)
{
	char value[64];

	return kernel_says("CONFIG_BPF_SYSCALL", value, sizeof(value)) && value[0];
}

/* The struct of tests/data/kconfig_types.bpf.c. */
struct seen {
	unsigned long long physical_start;
	long long panic_timeout;
	int version;
	int inet;
	unsigned short hz;
	char bpf_syscall;
	char net;
	char wrapper;
	char cookie;
	char of_tomorrow;
	char no_kernel_has;
	char hostname[8];
};

START_TEST(programs_see_the_configuration)
{
	struct live *live;
	struct seen seen;
	uint32_t key = 0;
	char value[64];
	int a, b, c, err;
	struct utsname name;

	NEEDS_BPF();
	if (!has_config())
		SKIP("this kernel's configuration cannot be read");
	live = live_load("kconfig_types.bpf");
	live_run(live, "look");
	err = pbpf_sys_map_lookup(&live->env, pbpf_map_fd(pbpf_object_map(live->obj, ".bss")), &key,
				  &seen, 0);
	ck_assert_int_eq(err, 0);

	ck_assert_int_eq(seen.bpf_syscall, 1);
	kernel_says("CONFIG_HZ", value, sizeof(value));
	ck_assert_int_eq(seen.hz, atoi(value));
	kernel_says("CONFIG_NET", value, sizeof(value));
	ck_assert_int_eq(seen.net, value[0]);
	kernel_says("CONFIG_INET", value, sizeof(value));
	ck_assert_int_eq(seen.inet, value[0] == 'y' ? 1 : value[0] == 'm' ? 2 : 0);
	kernel_says("CONFIG_PHYSICAL_START", value, sizeof(value));
	ck_assert_uint_eq(seen.physical_start, strtoull(value, NULL, 0));
	kernel_says("CONFIG_PANIC_TIMEOUT", value, sizeof(value));
	ck_assert_int_eq(seen.panic_timeout, atoi(value));
	kernel_says("CONFIG_DEFAULT_HOSTNAME", value, sizeof(value)); /* with its quotes */
	ck_assert_int_eq(strncmp(seen.hostname, value + 1, strlen(seen.hostname)), 0);
	ck_assert_int_eq(seen.no_kernel_has, 0);
	ck_assert_int_eq(seen.of_tomorrow, 0);

	ck_assert_int_eq(uname(&name), 0);
	/* Debian's and Ubuntu's releases say nothing of the third number. */
	if (sscanf(name.release, "%d.%d.%d", &a, &b, &c) == 3 && !strstr(name.version, "Debian") &&
	    access("/proc/version_signature", F_OK))
		ck_assert_int_eq(seen.version, a << 16 | b << 8 | (c < 255 ? c : 255));
	live_close(live);
}
END_TEST

START_TEST(values_are_the_callers_first)
{
	struct host host = {0};
	struct pbpf_env env = host_env(&host);
	struct pbpf_options options = {.env = &env,
				       .kconfig = "CONFIG_HZ=77\nCONFIG_BPF_SYSCALL=y\n"
						  "CONFIG_NET=y\n"
						  "CONFIG_DEFAULT_HOSTNAME=\"x\"\n"};
	struct pbpf_object *obj = NULL;
	struct pbpf_test_run run = {.data_in = "0123456789abcd", .data_in_size = 14};
	struct seen seen;
	uint32_t key = 0;

	NEEDS_BPF();
	ck_assert_int_eq(pbpf_object_open_file(&obj, "tests/data/kconfig_types.bpf.o", &options),
			 0);
	ck_assert_msg(!pbpf_object_load(obj), "%s", host.text);
	ck_assert_int_eq(pbpf_sys_prog_test_run(
				 &env, pbpf_program_fd(pbpf_object_program(obj, "look")), &run),
			 0);
	ck_assert_int_eq(pbpf_sys_map_lookup(&env, pbpf_map_fd(pbpf_object_map(obj, ".bss")), &key,
					     &seen, 0),
			 0);
	ck_assert_int_eq(seen.hz, 77);
	ck_assert_int_eq(seen.net, 'y');
	ck_assert_str_eq(seen.hostname, "x");
	pbpf_object_close(obj);
	ck_assert_uint_eq(host.blocks, 0);
}
END_TEST

/* Programs see the values as constants: what they exclude is not even verified. */
START_TEST(the_map_is_frozen)
{
	uint32_t key = 0;
	char value[4096] = "";
	struct live *live;
	int fd;

	NEEDS_BPF();
	if (!has_config())
		SKIP("this kernel's configuration cannot be read");
	live = live_load("kconfig.bpf");
	fd = pbpf_map_fd(pbpf_object_map(live->obj, ".kconfig"));
	ck_assert_int_eq(pbpf_sys_map_update(&live->env, fd, &key, value, PBPF_ANY), -EPERM);
	live_close(live);
}
END_TEST

static bool has_kernel_types(void)
{
	return !access("/sys/kernel/btf/vmlinux", R_OK);
}

static bool kernel_shows(const char *symbol)
{
	char command[128];

	snprintf(command, sizeof(command), "grep -q ' %s$' /proc/kallsyms", symbol);
	return !system(command);
}

START_TEST(functions_and_addresses)
{
	struct live *live;

	NEEDS_BPF();
	NEEDS_JIT();
	NEEDS_LINUX(6, 2); /* bpf_task_release() */
	if (!has_kernel_types() || !kernel_shows("_stext"))
		SKIP("this kernel shows no types, or no symbols");
	live = live_load("ksyms.bpf");
	ck_assert_int_ge(pbpf_program_fd(pbpf_object_program(live->obj, "use_functions")), 3);
	live_close(live);
}
END_TEST

START_TEST(flavors_of_a_function)
{
	struct live *live;

	NEEDS_BPF();
	NEEDS_JIT();
	NEEDS_LINUX(6, 2); /* bpf_task_release() */
	if (!has_kernel_types())
		SKIP("this kernel shows no types");
	live = live_load("kfunc_flavors.bpf");
	live_close(live);
}
END_TEST

START_TEST(a_variable_of_each_cpu)
{
	struct live *live;

	NEEDS_BPF();
	NEEDS_JIT();
	NEEDS_LINUX(6, 2); /* bpf_task_release() */
	if (!has_kernel_types() || !kernel_shows("runqueues"))
		SKIP("this kernel does not show the addresses of variables (CONFIG_KALLSYMS_ALL)");
	live = live_open("ksyms.bpf");
	pbpf_program_set_autoload(pbpf_object_program(live->obj, "use_variable"), true);
	ck_assert_msg(!pbpf_object_load(live->obj), "%s", live->host.text);
	live_close(live);
}
END_TEST

START_TEST(what_is_missing_is_named)
{
	struct live *live;

	NEEDS_BPF();
	NEEDS_LINUX(6, 2); /* bpf_task_release() */
	if (!has_kernel_types() || !has_config())
		SKIP("this kernel shows no types, or no configuration");
	live = live_open("missing_externs.bpf");
	ck_assert_int_eq(pbpf_object_load(live->obj), -ENOENT);
	ck_assert_ptr_nonnull(strstr(live->host.text, "6 externs"));
	ck_assert_ptr_nonnull(strstr(live->host.text, "did you mean 'CONFIG_BPF_SYSCALL'?"));
	ck_assert_ptr_nonnull(strstr(live->host.text, "did you mean 'bpf_task_release'?"));
	live_close(live);
}
END_TEST

START_TEST(a_call_that_was_not_asked_for)
{
	struct live *live;

	NEEDS_BPF();
	if (!has_kernel_types())
		SKIP("this kernel shows no types");
	live = live_open("weak_call.bpf");
	ck_assert_int_lt(pbpf_object_load(live->obj), 0);
	ck_assert_ptr_nonnull(strstr(live->host.text, "calls the weak extern 'no_such_function'"));
	ck_assert_ptr_nonnull(strstr(live->host.hint, "bpf_ksym_exists()"));
	live_close(live);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("externs");
	TCase *kernel = tcase_create("kernel");

	tcase_set_timeout(kernel, 60);
	tcase_add_test(kernel, programs_see_the_configuration);
	tcase_add_test(kernel, values_are_the_callers_first);
	tcase_add_test(kernel, the_map_is_frozen);
	tcase_add_test(kernel, functions_and_addresses);
	tcase_add_test(kernel, flavors_of_a_function);
	tcase_add_test(kernel, a_variable_of_each_cpu);
	tcase_add_test(kernel, what_is_missing_is_named);
	tcase_add_test(kernel, a_call_that_was_not_asked_for);
	suite_add_tcase(s, kernel);
	return s;
}
