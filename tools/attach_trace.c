/* SPDX-License-Identifier: MIT */
/*
 * Kinds of target in tracing: the same words as in section names.
 */
#include "link/pbpf_link_trace.h"

#include "tools/attach_kinds.h"
#include "tools/select.h"

#include <stdlib.h>
#include <string.h>

/* The words of a target: the one that is needed, and no more; a copy, to be cut to pieces. */
static int read_target(struct attach *a, const char *what, char *copy, size_t size)
{
	const char *word;
	int code = words_need(&a->words, what, &word);

	if (code)
		return code;
	if (strlen(word) < size) {
		memcpy(copy, word, strlen(word) + 1);
		return CLI_OK;
	}
	return env_fail(&a->cli->env, -EINVAL, AT("attach", NULL, 0), "check it",
			"the target is too long");
}

int not_of_form(struct attach *a, const char *form)
{
	return env_fail(&a->cli->env, -EINVAL, AT("attach", NULL, 0),
			"'plainbpf attach --help' has the forms of all targets",
			"the target is not of the form %s", form);
}

/* "NAME+OFFSET": cuts the offset off. */
static bool cut_offset(char *name, uint64_t *offset)
{
	char *plus = strrchr(name, '+');

	if (!plus)
		return true;
	*plus = '\0';
	return parse_number(plus + 1, UINT64_MAX, offset);
}

/* CATEGORY/NAME, also with ':' or as two words */
int attach_tracepoint(struct attach *a)
{
	char category[256], *name;
	const char *second;
	int code = read_target(a, "CATEGORY/NAME", category, sizeof(category));

	if (code)
		return code;
	name = strpbrk(category, "/:");
	if (name)
		*name++ = '\0';
	second = name ? name : words_take(&a->words);
	if (!second)
		return not_of_form(a, "CATEGORY/NAME");
	code = words_end(&a->words, NULL);
	return code ? code : pbpf_link_tracepoint(&a->link, a->prog_fd, category, second, &a->opts);
}

int attach_raw_tracepoint(struct attach *a)
{
	char name[256];
	int code = read_target(a, "a tracepoint's name", name, sizeof(name));

	if (!code)
		code = words_end(&a->words, NULL);
	return code ? code : pbpf_link_raw_tracepoint(&a->link, a->prog_fd, name, &a->opts);
}

int attach_tracing(struct attach *a)
{
	int code = words_end(&a->words, NULL);

	return code ? code : pbpf_link_raw_tracepoint(&a->link, a->prog_fd, NULL, &a->opts);
}

/* PROG FUNCTION */
int attach_freplace(struct attach *a)
{
	struct found target;
	char function[256];
	int code = select_open(&a->words, PBPF_OBJECT_PROG, 0, &target);

	if (code)
		return code;
	code = read_target(a, "a function", function, sizeof(function));
	if (!code)
		code = words_end(&a->words, NULL);
	if (!code)
		code = pbpf_link_freplace(&a->link, a->prog_fd, target.fd, function, &a->opts);
	select_close(a->cli, &target);
	return code;
}

/* --- Functions of the kernel ------------------------------------------------------------------- */

static int attach_function(struct attach *a, bool at_return)
{
	struct pbpf_kprobe at = {.at_return = at_return};
	char function[256];
	int code = read_target(a, "a function", function, sizeof(function));

	if (!code)
		code = words_end(&a->words, NULL);
	if (code)
		return code;
	if (!cut_offset(function, &at.offset))
		return not_of_form(a, "FUNCTION+OFFSET");
	at.function = function;
	return pbpf_link_kprobe(&a->link, a->prog_fd, &at, &a->opts);
}

int attach_kprobe(struct attach *a)
{
	return attach_function(a, false);
}

int attach_kretprobe(struct attach *a)
{
	return attach_function(a, true);
}

static int attach_syscall(struct attach *a, bool at_return)
{
	char name[256];
	int code = read_target(a, "a system call", name, sizeof(name));

	if (!code)
		code = words_end(&a->words, NULL);
	return code ? code : pbpf_link_ksyscall(&a->link, a->prog_fd, name, at_return, &a->opts);
}

int attach_ksyscall(struct attach *a)
{
	return attach_syscall(a, false);
}

int attach_kretsyscall(struct attach *a)
{
	return attach_syscall(a, true);
}

static int attach_functions(struct attach *a, bool at_return, bool session)
{
	struct pbpf_kprobe_multi at = {.at_return = at_return, .session = session};
	char pattern[256];
	int code = read_target(a, "a pattern", pattern, sizeof(pattern));

	if (!code)
		code = words_end(&a->words, NULL);
	at.pattern = pattern;
	return code ? code : pbpf_link_kprobe_multi(&a->link, a->prog_fd, &at, &a->opts);
}

int attach_kprobe_multi(struct attach *a)
{
	return attach_functions(a, false, false);
}

int attach_kretprobe_multi(struct attach *a)
{
	return attach_functions(a, true, false);
}

int attach_kprobe_session(struct attach *a)
{
	return attach_functions(a, false, true);
}

/* --- Functions of user space -------------------------------------------------------------------- */

int read_probed_file(struct attach *a, const char *form, char *file, size_t size, int *pid)
{
	static const char *const names[] = {"pid", NULL};
	uint64_t number = 0;
	int code = read_target(a, form, file, size);

	if (!code && words_skip(&a->words, "pid"))
		code = words_number(&a->words, "a process id", INT32_MAX, &number);
	*pid = (int)number;
	return code ? code : words_end(&a->words, names);
}

/* "FILE:PLACE [pid N]": `file` is cut at the colon. */
static int read_place(struct attach *a, char *file, size_t size, char **place, int *pid)
{
	int code = read_probed_file(a, "FILE:FUNCTION", file, size, pid);

	if (code)
		return code;
	*place = strrchr(file, ':');
	if (!*place)
		return not_of_form(a, "FILE:FUNCTION");
	*(*place)++ = '\0';
	return CLI_OK;
}

static int attach_user(struct attach *a, bool at_return)
{
	struct pbpf_uprobe at = {.at_return = at_return};
	char file[4096], *place;
	int code = read_place(a, file, sizeof(file), &place, &at.pid);

	if (code)
		return code;
	if (!parse_number(place, UINT64_MAX, &at.offset)) {
		if (!cut_offset(place, &at.offset))
			return not_of_form(a, "FILE:FUNCTION+OFFSET");
		at.symbol = place;
	}
	at.path = file;
	return pbpf_link_uprobe(&a->link, a->prog_fd, &at, &a->opts);
}

int attach_uprobe(struct attach *a)
{
	return attach_user(a, false);
}

int attach_uretprobe(struct attach *a)
{
	return attach_user(a, true);
}

static int attach_users(struct attach *a, bool at_return, bool session)
{
	struct pbpf_uprobe_multi at = {.at_return = at_return, .session = session};
	char file[4096], *pattern;
	int code = read_place(a, file, sizeof(file), &pattern, &at.pid);

	if (code)
		return code;
	at.path = file;
	at.pattern = pattern;
	return pbpf_link_uprobe_multi(&a->link, a->prog_fd, &at, &a->opts);
}

int attach_uprobe_multi(struct attach *a)
{
	return attach_users(a, false, false);
}

int attach_uretprobe_multi(struct attach *a)
{
	return attach_users(a, true, false);
}

int attach_uprobe_session(struct attach *a)
{
	return attach_users(a, false, true);
}

/* --- Perf events -------------------------------------------------------------------------------- */

/* Numbers of linux/perf_event.h. */
static const struct {
	const char *name;
	uint32_t type;
	uint64_t config;
} events[] = {
	{"cpu-clock", PBPF_PERF_TYPE_SOFTWARE, 0},
	{"task-clock", PBPF_PERF_TYPE_SOFTWARE, 1},
	{"page-faults", PBPF_PERF_TYPE_SOFTWARE, 2},
	{"context-switches", PBPF_PERF_TYPE_SOFTWARE, 3},
	{"cpu-migrations", PBPF_PERF_TYPE_SOFTWARE, 4},
	{"cycles", PBPF_PERF_TYPE_HARDWARE, 0},
	{"instructions", PBPF_PERF_TYPE_HARDWARE, 1},
};
#define EVENT_COUNT (sizeof(events) / sizeof(events[0]))

static int read_event(struct attach *a, struct pbpf_perf_attr *attr)
{
	const char *names[EVENT_COUNT + 1] = {NULL}, *word;
	int code = words_need(&a->words, "an event", &word);

	for (size_t i = 0; !code && i < EVENT_COUNT; i++) {
		names[i] = events[i].name;
		if (!strcmp(events[i].name, word)) {
			attr->type = events[i].type;
			attr->config = events[i].config;
			return CLI_OK;
		}
	}
	return code ? code : usage_error("attach", "event", word, names);
}

/* EVENT [period N] [cpu N]: every N times that it happens on that CPU. */
int attach_perf_event(struct attach *a)
{
	static const char *const names[] = {"period", "cpu", NULL};
	struct pbpf_perf_attr attr = {.size = sizeof(attr), .sample_period = 1000000};
	uint64_t cpu = 0, period = 1000000;
	int fd, code = read_event(a, &attr);

	if (!code && words_skip(&a->words, "period"))
		code = words_number(&a->words, "a period", UINT64_MAX, &period);
	if (!code && words_skip(&a->words, "cpu"))
		code = words_number(&a->words, "a CPU", INT32_MAX, &cpu);
	if (!code)
		code = words_end(&a->words, names);
	if (code)
		return code;
	attr.sample_period = period;
	fd = pbpf_sys_perf_event_open(&a->cli->env, &attr, -1, (int)cpu, -1, 0);
	if (fd < 0)
		return env_fail(&a->cli->env, fd, AT("attach", NULL, 0),
				"it needs CAP_PERFMON, and hardware events a CPU that counts them",
				"cannot open the perf event on CPU %u: %s", (uint32_t)cpu,
				pbpf_error_name(fd));
	code = pbpf_link_perf_event(&a->link, a->prog_fd, fd, &a->opts);
	pbpf_sys_close(&a->cli->env, fd);
	return code;
}
