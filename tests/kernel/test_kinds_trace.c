/* SPDX-License-Identifier: MIT */
/*
 * Kinds of programs that trace, and those that belong nowhere else. What they see is this very process.
 */
#include "kinds.h"
#include "link/pbpf_link_trace.h"
#include "loader/pbpf_struct_ops.h"
#include "net_fixture.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/syscall.h>
#include <time.h>

/* --- What makes programs run ----------------------------------------------------------------- */

static void call_getpgid(void)
{
	syscall(SYS_getpgid, getpid());
}

static void open_a_file(void)
{
	close(open("/proc/self/stat", O_RDONLY | O_CLOEXEC));
}

long traced_function(long a, long b);
PROBED long traced_function(long a, long b)
{
	__asm__ volatile("" ::: "memory");
	return a + b;
}

static void call_traced(void)
{
	ck_assert_int_eq(traced_function(11, 22), 33);
}

#if __SIZEOF_POINTER__ == 8
#define WORD ".8byte "
#else
#define WORD ".4byte "
#endif

/* A nop, and the note that makes a USDT probe of it, as <sys/sdt.h> would write it. */
PROBED static void call_usdt(void)
{
	__asm__ volatile("990: nop\n"
			 ".pushsection .note.stapsdt,\"\",\"note\"\n"
			 ".balign 4\n"
			 ".4byte 992f-991f, 994f-993f, 3\n"
			 "991: .asciz \"stapsdt\"\n"
			 "992: .balign 4\n"
			 "993: " WORD "990b, 0, 0\n"
			 ".asciz \"plainbpf\"\n"
			 ".asciz \"kind\"\n"
			 ".asciz \"\"\n"
			 "994: .balign 4\n"
			 ".popsection\n");
}

/* Computes, for as long as a sample of the CPU clock takes. */
static void compute(void)
{
	clock_t end = clock() + CLOCKS_PER_SEC / 10;
	volatile int work = 0;

	while (clock() < end)
		work++;
}

static void read_iterator(void)
{
	char buf[256];
	int fd;

	if (!now.link)
		return;
	fd = pbpf_link_iter_fd(now.link);
	ck_assert_int_ge(fd, 0);
	while (read(fd, buf, sizeof(buf)) > 0)
		;
	close(fd);
}

static void run_it(void)
{
	struct pbpf_test_run run = {0};

	ck_assert_int_eq(pbpf_sys_prog_test_run(&now.live->env, fd_of_program(), &run), 0);
}

/* Another program is tried, which ends with the tracepoint bpf_test_finish. */
static void run_another(void)
{
	live_run(now.live, "calls_replaced");
}

static void run_target(void)
{
	ck_assert_uint_eq(live_run(now.target, "calls_replaced"), now.link ? 42 : 1);
}

/* A connection under the congestion control, if there is one of that name. */
static void talk(void)
{
	static const char name[] = "plainbpf_kinds";
	char buffer[20000] = "x";

	connect_stream();
	if (!setsockopt(stream[0], IPPROTO_TCP, TCP_CONGESTION, name, sizeof(name) - 1))
		for (int i = 0; i < 10; i++) {
			ck_assert_int_eq(send(stream[0], buffer, sizeof(buffer), 0),
					 sizeof(buffer));
			ck_assert_int_eq(recv(stream[1], buffer, sizeof(buffer), MSG_WAITALL),
					 sizeof(buffer));
		}
	close(stream[0]);
	close(stream[1]);
}

/* The kernel takes the function's arguments as an array of words; here it is one, the address of a state. */
static int run_dummy(void)
{
	int state = 0;
	uint64_t arguments[] = {(uintptr_t)&state};
	struct pbpf_test_run run = {.ctx_in = arguments, .ctx_in_size = sizeof(arguments)};

	return pbpf_sys_prog_test_run(&now.live->env, fd_of("test_sleepable"), &run);
}

static void call_dummy(void)
{
	ck_assert_int_eq(run_dummy(), 0);
}

/* --- How programs are attached --------------------------------------------------------------- */

/* The trampoline is made for each run, and not every machine has such. */
static int with_trampoline(void)
{
	return refused_by(run_dummy(), "the first run");
}

static int to_clock(void)
{
	struct pbpf_perf_attr attr = {
		.type = PBPF_PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.sample_period = 1000000, /* ns */
	};
	int event = pbpf_sys_perf_event_open(NULL, &attr, 0, -1, -1, 0), err;

	ck_assert_int_ge(event, 0);
	err = pbpf_link_perf_event(&now.link, fd_of_program(), event, &now.opts);
	close(event);
	return err;
}

static int by_value(void)
{
	return pbpf_struct_ops_attach(pbpf_object_map(now.live->obj, "by_value"), &now.link, NULL);
}

static int by_link(void)
{
	return pbpf_struct_ops_attach(pbpf_object_map(now.live->obj, "by_link"), &now.link, NULL);
}

/* --- The kinds ------------------------------------------------------------------------------- */

#define OF_OBJECT(object, name, program, attach, act, ...)            \
	{                                                             \
		name, object, program, attach, act, __VA_ARGS__, NULL \
	}
#define SPECIAL(name, program, attach, act, needs) \
	OF_OBJECT("kinds", name, #program, attach, act, needs, {NULL})
#define TRACING(name, program, act) SPECIAL(name, program, by_section, act, 0)
#define WRITABLE(name, program) \
	OF_OBJECT("kinds", name, #program, by_section, run_another, 0, {"calls_replaced"})
#define OTHER(object, name, program, attach, act, needs) \
	OF_OBJECT(object, name, program, attach, act, needs, {NULL})

static const struct kind kinds[] = {
	TRACING("kprobe", kprobe, call_getpgid),
	TRACING("kretprobe", kretprobe, call_getpgid),
	TRACING("kprobe.multi", kprobe_multi, call_getpgid),
	TRACING("kretprobe.multi", kretprobe_multi, call_getpgid),
	TRACING("kprobe.session", kprobe_session, call_getpgid),
	TRACING("ksyscall", ksyscall, call_getpgid),
	TRACING("kretsyscall", kretsyscall, call_getpgid),
	TRACING("fentry", fentry, call_getpgid),
	TRACING("fentry.s", fentry_sleepable, call_getpgid),
	SPECIAL("fentry:module", fentry_of_module, by_section, send_frame, IN_NETWORK),
	TRACING("fentry.multi", fentry_multi, call_getpgid),
	TRACING("fentry.multi.s", fentry_multi_sleepable, call_getpgid),
	SPECIAL("fentry.multi:module", fentry_multi_of_module, by_section, send_frame, IN_NETWORK),
	TRACING("fexit", fexit, call_getpgid),
	TRACING("fexit.s", fexit_sleepable, call_getpgid),
	TRACING("fexit.multi", fexit_multi, call_getpgid),
	TRACING("fexit.multi.s", fexit_multi_sleepable, call_getpgid),
	TRACING("fsession", fsession, call_getpgid),
	TRACING("fsession.s", fsession_sleepable, call_getpgid),
	TRACING("fsession.multi", fsession_multi, call_getpgid),
	TRACING("fsession.multi.s", fsession_multi_sleepable, call_getpgid),
	TRACING("fmod_ret", fmod_ret, call_getpgid),
	TRACING("fmod_ret.s", fmod_ret_sleepable, call_getpgid),
	SPECIAL("freplace", freplace, by_section, run_target, OF_TARGET),
	OTHER("kinds_kfunc", "kfunc", "kfunc", by_section, call_getpgid, 0),
	TRACING("lsm", lsm, call_getpgid),
	TRACING("lsm.s", lsm_sleepable, open_a_file),
	TRACING("tp", tp, call_getpgid),
	TRACING("tp.s", tp_sleepable, call_getpgid),
	TRACING("tracepoint", tracepoint, call_getpgid),
	TRACING("tracepoint.s", tracepoint_sleepable, call_getpgid),
	TRACING("raw_tp", raw_tp, call_getpgid),
	TRACING("raw_tp.s", raw_tp_sleepable, call_getpgid),
	TRACING("raw_tracepoint", raw_tracepoint, call_getpgid),
	TRACING("raw_tracepoint.s", raw_tracepoint_sleepable, call_getpgid),
	WRITABLE("raw_tp.w", raw_tp_writable),
	WRITABLE("raw_tracepoint.w", raw_tracepoint_writable),
	TRACING("tp_btf", tp_btf, call_getpgid),
	TRACING("tp_btf.s", tp_btf_sleepable, call_getpgid),
	SPECIAL("perf_event", perf_event, to_clock, compute, 0),
	TRACING("iter", iterator, read_iterator),
	TRACING("iter.s", iterator_sleepable, read_iterator),
	SPECIAL("syscall", syscall_program, nowhere, run_it, ONE_RUN),
	TRACING("uprobe", uprobe, call_traced),
	TRACING("uprobe.s", uprobe_sleepable, call_traced),
	TRACING("uprobe:argument", uprobe_argument, call_traced),
	TRACING("uretprobe", uretprobe, call_traced),
	TRACING("uretprobe.s", uretprobe_sleepable, call_traced),
	TRACING("uretprobe:result", uretprobe_result, call_traced),
	TRACING("uprobe.multi", uprobe_multi, call_traced),
	TRACING("uprobe.multi.s", uprobe_multi_sleepable, call_traced),
	TRACING("uretprobe.multi", uretprobe_multi, call_traced),
	TRACING("uretprobe.multi.s", uretprobe_multi_sleepable, call_traced),
	TRACING("uprobe.session", uprobe_session, call_traced),
	TRACING("uprobe.session.s", uprobe_session_sleepable, call_traced),
	OTHER("kinds_usdt", "usdt", "usdt", by_section, call_usdt, 0),
	OTHER("kinds_usdt", "usdt.s", "usdt_sleepable", by_section, call_usdt, 0),
	OTHER("kinds_ops", "struct_ops", "by_value", by_value, talk, IN_NETWORK | STRUCT_OPS),
	OTHER("kinds_ops", "struct_ops:link", "by_link", by_link, talk, IN_NETWORK | STRUCT_OPS),
	OTHER("kinds_ops", "struct_ops.s", "dummy", with_trampoline, call_dummy,
	      ONE_RUN | STRUCT_OPS),
};

START_TEST(runs_and_ends)
{
	prove_kind(&kinds[_i]);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("live: a program of each kind that traces");
	TCase *c = tcase_create("kinds");

	tcase_set_timeout(c, 60);
	tcase_add_loop_test(c, runs_and_ends, 0, (int)(sizeof(kinds) / sizeof(kinds[0])));
	suite_add_tcase(s, c);
	return s;
}
