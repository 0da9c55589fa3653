/* SPDX-License-Identifier: MIT */
#include "kinds.h"
#include "net_fixture.h"

struct kind_now now;

/* As in tests/data/kinds.h. */
struct seen {
	uint64_t runs;
	uint64_t pid;
};

static struct seen seen_now(void)
{
	struct seen seen;
	uint32_t key = 0;

	ck_assert_int_eq(pbpf_sys_map_lookup(NULL, fd_of_map(".bss"), &key, &seen, 0), 0);
	return seen;
}

static void only_this_process(void)
{
	struct seen seen = {.pid = (uint64_t)getpid()};
	uint32_t key = 0;

	ck_assert_int_eq(pbpf_sys_map_update(NULL, fd_of_map(".bss"), &key, &seen, 0), 0);
}

int fd_of_program(void)
{
	return pbpf_program_fd(now.prog);
}

int fd_of(const char *program)
{
	return pbpf_program_fd(pbpf_object_program(now.live->obj, program));
}

int fd_of_map(const char *map)
{
	return pbpf_map_fd(pbpf_object_map(now.live->obj, map));
}

bool enter_cgroup(void)
{
	return join_cgroup();
}

int refused_by(int err, const char *what)
{
	if (err < 0)
		snprintf(now.said, sizeof(now.said), "%s: %s", what, pbpf_error_name(err));
	return err;
}

int by_section(void)
{
	return pbpf_program_attach(now.prog, &now.link);
}

int nowhere(void)
{
	return 0;
}

/* What is around the program; why there is none of it, or NULL. */
static const char *surroundings(unsigned int needs)
{
	if (needs & (IN_NETWORK | IN_NETKIT)) {
		if (unshare(CLONE_NEWNET))
			return "no new network namespace";
		bring_up("lo");
		if (make_pair(needs & IN_NETKIT ? "netkit" : "veth"))
			return "there are no such interfaces";
		bring_up("left");
		bring_up("right");
	}
	now.cgroup = needs & IN_CGROUP ? make_cgroup() : -1;
	if (needs & IN_CGROUP && now.cgroup < 0)
		return "there is no cgroup2 to make a group in";
	return why_no_tracefs();
}

/* Why a process of 32 bits on a kernel of 64 does not make a program of this kind run, or NULL. */
static const char *why_not_of_32_bits(const char *kind)
{
	static const struct {
		const char *kind, *reason;
	} otherwise[] = {
		{"ksyscall", "the arguments of a call of 32 bits are in other registers"},
		{"tp", "the kernel does not trace calls of 32 bits"},
		{"tracepoint", "the kernel does not trace calls of 32 bits"},
		{"fentry.s", "a call of 32 bits is another function"},
		{"fexit.s", "a call of 32 bits is another function"},
		{"fmod_ret.s", "a call of 32 bits is another function"},
		{"uprobe:argument", "the arguments of a function of 32 bits are on the stack"},
		{"cgroup/getsockopt", "the kernel does not ask about a call of 32 bits"},
		{"cgroup/setsockopt", "the kernel does not ask about a call of 32 bits"},
	};

	if (sizeof(void *) == 8)
		return NULL;
	for (size_t i = 0; i < sizeof(otherwise) / sizeof(otherwise[0]); i++)
		if (!strcmp(kind, otherwise[i].kind))
			return otherwise[i].reason;
	return NULL;
}

static void want(struct live *live, const char *program)
{
	struct pbpf_program *prog = pbpf_object_program(live->obj, program);

	ck_assert_msg(prog != NULL, "no program '%s'", program);
	pbpf_program_set_autoload(prog, true);
}

/* A program of another object, a function of which `now.prog` will replace. */
static void load_target(void)
{
	now.target = live_open("kinds.bpf");
	want(now.target, "calls_replaced");
	ck_assert_int_eq(pbpf_object_load(now.target->obj), 0);
	ck_assert_int_eq(pbpf_program_set_attach_target(now.prog,
							pbpf_program_fd(pbpf_object_program(
								now.target->obj, "calls_replaced")),
							NULL),
			 0);
}

/* Before Linux 5.8 values of these maps hold no program, and 5.4 refuses such. */
static void leave_out_new_maps(struct live *live)
{
	struct pbpf_map *map = NULL;

	while ((map = pbpf_object_next_map(live->obj, map)))
		if (running_linux() < PBPF_LINUX(5, 8) &&
		    (pbpf_map_attr(map)->type == PBPF_MAP_TYPE_DEVMAP ||
		     pbpf_map_attr(map)->type == PBPF_MAP_TYPE_CPUMAP))
			pbpf_map_set_autocreate(map, false);
}

/* Loads the program of a kind, alone. The kernel's error. */
static int load(const struct kind *kind)
{
	char object[64];

	snprintf(object, sizeof(object), "%s.bpf", kind->object);
	now.live = live_open(object);
	now.opts.env = &now.live->env;
	leave_out_new_maps(now.live);
	if (kind->needs & STRUCT_OPS) {
		pbpf_map_set_autocreate(pbpf_object_map(now.live->obj, kind->program), true);
	} else {
		want(now.live, kind->program);
		now.prog = pbpf_object_program(now.live->obj, kind->program);
	}
	for (size_t i = 0; i < 2 && kind->with[i]; i++)
		want(now.live, kind->with[i]);
	if (kind->needs & OF_TARGET)
		load_target();
	return pbpf_object_load(now.live->obj);
}

static void end_all(void)
{
	if (now.cgroup >= 0) {
		close(now.cgroup);
		rmdir(cgroup_path);
	}
	pbpf_link_close(now.beside);
	if (now.target)
		pbpf_object_close(now.target->obj);
	pbpf_object_close(now.live->obj);
}

/* What is wrong with a program that is attached, or NULL. */
static const char *why_bad(const struct kind *kind)
{
	uint64_t runs;

	only_this_process();
	kind->act();
	runs = seen_now().runs;
	if (!runs)
		return "it does not run";
	if (kind->needs & ONE_RUN)
		return NULL;
	if (kind->detach)
		kind->detach();
	pbpf_link_close(now.link);
	now.link = NULL;
	for (int tries = 0; tries < 10; tries++) {
		runs = seen_now().runs;
		kind->act();
		if (seen_now().runs == runs)
			return NULL;
		usleep(100000); /* whoever lists all links of the system holds each for a moment */
	}
	return "it runs on when its link has ended";
}

void prove_kind(const struct kind *kind)
{
	const char *reason;

	NEEDS_BPF();
	reason = why_not_of_32_bits(kind->name);
	if (!reason)
		reason = surroundings(kind->needs);
	if (reason) {
		printf("KIND %s: refused: %s\n", kind->name, reason);
		SKIP("%s: %s", kind->name, reason);
	}
	if (load(kind) || kind->attach() < 0) {
		reason = now.said[0] ? now.said : now.live->host.text;
		printf("KIND %s: refused: %s\n", kind->name, reason);
		printf("SKIP %s: %s\n", kind->name, reason);
		end_all();
		return;
	}
	reason = why_bad(kind);
	end_all();
	if (reason)
		printf("KIND %s: FAILED: %s\n", kind->name, reason);
	else
		printf("KIND %s: ok\n", kind->name);
	ck_assert_msg(!reason, "%s: %s", kind->name, reason);
}
