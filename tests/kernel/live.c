/* SPDX-License-Identifier: MIT */
#include "live.h"
#include "relo/pbpf_insn.h"

#include <dirent.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <sys/wait.h>

#define TRACEFS "/sys/kernel/tracing"

const char *why_no_bpf(void)
{
	struct pbpf_map_attr attr = {
		.type = PBPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 4, .max_entries = 1};
	int fd = pbpf_sys_map_create(NULL, &attr);

	/* What the test before this one had may not have been given back yet. */
	if (fd == -EPERM && running_linux() < PBPF_LINUX(5, 11)) {
		allow_locked_memory();
		fd = pbpf_sys_map_create(NULL, &attr);
	}
	if (fd == -EPERM || fd == -EACCES)
		return "this process may not use bpf(2): it needs root, or CAP_BPF and CAP_PERFMON";
	if (fd == -ENOSYS)
		return "this kernel has no bpf(2)";
	if (fd < 0)
		return "the kernel refuses to create an array map";
	pbpf_sys_close(NULL, fd);
	return NULL;
}

const char *why_no_jit(void)
{
	const struct pbpf_insn insns[] = {{.code = 0xb7}, {.code = PBPF_OP_EXIT}};
	struct pbpf_prog_attr attr = {.type = PBPF_PROG_TYPE_SOCKET_FILTER,
				      .insns = insns,
				      .insn_count = 2,
				      .license = "GPL"};
	struct pbpf_prog_info info = {0};
	uint32_t size = sizeof(info);
	int fd = pbpf_sys_prog_load(NULL, &attr, NULL);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(pbpf_sys_obj_info(NULL, fd, &info, &size), 0);
	pbpf_sys_close(NULL, fd);
	return info.jited_prog_len ? NULL : "this kernel has no JIT, or it is off";
}

/* A mount namespace of this process's own, from which nothing gets out. */
static bool own_mounts(void)
{
	return !unshare(CLONE_NEWNS) && !mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
}

const char *why_no_tracefs(void)
{
	if (!access(TRACEFS "/events", R_OK))
		return NULL;
	if (!own_mounts())
		return "tracefs is not mounted, and this process may not mount it";
	if (mount("tracefs", TRACEFS, "tracefs", 0, NULL))
		return "this kernel has no tracefs";
	return NULL;
}

const char *why_no_bpffs(void)
{
	if (!own_mounts() || mount("bpffs", PBPF_PIN_FOLDER, "bpf", 0, NULL))
		return "this process may not mount a bpffs";
	return NULL;
}

uint32_t running_linux(void)
{
	unsigned int major = 0, minor = 0;
	struct utsname name;

	ck_assert_int_eq(uname(&name), 0);
	ck_assert_int_eq(sscanf(name.release, "%u.%u", &major, &minor), 2);
	return PBPF_LINUX(major, minor);
}

void allow_locked_memory(void)
{
	struct rlimit all = {RLIM_INFINITY, RLIM_INFINITY};

	setrlimit(RLIMIT_MEMLOCK, &all);
}

static int count_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int count = 0;

	ck_assert_ptr_nonnull(dir);
	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}

struct live *live_open(const char *name)
{
	struct live *live = calloc(1, sizeof(*live));
	struct pbpf_options options;
	char path[256];

	ck_assert_ptr_nonnull(live);
	live->fds = count_fds();
	live->env = host_env(&live->host);
	live->env.level = PBPF_WARNING;
	options = (struct pbpf_options){.env = &live->env, .raise_memlock = true};
	snprintf(path, sizeof(path), "tests/data/%s.o", name);
	ck_assert_msg(!pbpf_object_open_file(&live->obj, path, &options), "%s", live->host.text);
	return live;
}

struct live *live_load(const char *name)
{
	struct live *live = live_open(name);

	ck_assert_msg(!pbpf_object_load(live->obj), "%s: %s", name, live->host.text);
	return live;
}

struct live *live_load_what_may(const char *name)
{
	struct live *live = live_open(name);
	struct pbpf_program *prog = NULL;

	while ((prog = pbpf_object_next_program(live->obj, prog)))
		pbpf_program_set_optional(prog, true);
	ck_assert_msg(!pbpf_object_load(live->obj), "%s: %s", name, live->host.text);
	return live;
}

void live_close(struct live *live)
{
	pbpf_object_close(live->obj);
	ck_assert_uint_eq(live->host.blocks, 0);
	ck_assert_int_eq(count_fds(), live->fds);
	free(live);
}

uint32_t live_run(struct live *live, const char *program)
{
	struct pbpf_program *prog = pbpf_object_program(live->obj, program);
	static const unsigned char packet[64];
	struct pbpf_test_run run = {.data_in = packet, .data_in_size = sizeof(packet)};
	int err;

	ck_assert_msg(prog != NULL, "no program '%s'", program);
	err = pbpf_sys_prog_test_run(&live->env, pbpf_program_fd(prog), &run);
	ck_assert_msg(!err, "%s: test run: %s", program, pbpf_error_name(err));
	return run.retval;
}

uint64_t live_variable(const struct live *live, const char *name)
{
	struct pbpf_variable variable;
	uint64_t value;

	ck_assert_int_eq(pbpf_object_variable(live->obj, name, &variable), 0);
	ck_assert_int_eq(pbpf_variable_get(&variable, &value, sizeof(value)), 0);
	return value;
}

pid_t run_child(const char *command)
{
	pid_t pid = fork();
	int status = -1;

	ck_assert_int_ge(pid, 0);
	if (!pid) {
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	return pid;
}
