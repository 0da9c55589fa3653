/* SPDX-License-Identifier: MIT */
/*
 * Programs at USDT probes see the arguments of this very process, which has probes of its own: the notes are
 * written here by hand, as <sys/sdt.h> would.
 */
#include "link/pbpf_link_usdt.h"
#include "live.h"

#include <signal.h>
#include <sys/wait.h>

#if !defined(__x86_64__)

START_TEST(usdt)
{
	SKIP("the probes of this test are x86-64's");
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("live: USDT");
	TCase *c = tcase_create("usdt");

	tcase_add_test(c, usdt);
	suite_add_tcase(s, c);
	return s;
}

#else

/* --- Probes ------------------------------------------------------------------------------------- */

/* A nop, and the note about it. */
#define PROBE(name, semaphore, arguments)                                       \
	"990: nop\n"                                                            \
	".pushsection .note.stapsdt,\"\",\"note\"\n"                            \
	".balign 4\n"                                                           \
	".4byte 992f-991f, 994f-993f, 3\n"                                      \
	"991: .asciz \"stapsdt\"\n"                                             \
	"992: .balign 4\n"                                                      \
	"993: .8byte 990b, _.stapsdt.base, " semaphore "\n"                     \
	".asciz \"plainbpf\"\n"                                                 \
	".asciz \"" name "\"\n"                                                 \
	".asciz \"" arguments "\"\n"                                            \
	"994: .balign 4\n"                                                      \
	".popsection\n"                                                         \
	".ifndef _.stapsdt.base\n"                                              \
	".pushsection .stapsdt.base,\"aG\",\"progbits\",.stapsdt.base,comdat\n" \
	".weak _.stapsdt.base\n.hidden _.stapsdt.base\n"                        \
	"_.stapsdt.base: .space 1\n.size _.stapsdt.base, 1\n"                   \
	".popsection\n"                                                         \
	".endif\n"

/* Somebody listens, when it is not 0. */
extern volatile unsigned short usdt_semaphore;
__asm__(".pushsection .probes,\"aw\",\"progbits\"\n"
	".globl usdt_semaphore\n"
	"usdt_semaphore: .2byte 0\n"
	".popsection\n");

/* The compiler may put it nowhere but here, under a name that the assembler knows. */
int usdt_variable __attribute__((used)) = -77;

static int numbers[4] = {10, -20, 30, 40};

/* One of each kind of argument. */
static void __attribute__((noinline)) all_kinds(void)
{
	int on_stack[2] = {123456, -654321};
	register uint64_t index __asm__("r8") = 1;

	__asm__ volatile(PROBE("kinds", "usdt_semaphore",
			       "8@%%rax -4@%%ebx 2@%%cx -1@%%dl -4@$-9 4@$9 4@(%%rsi) -4@4(%%rsi) "
			       "-4@(%%rdi,%%r8,4) -4@4(%%rdi,%%r8,4) -4@usdt_variable(%%rip) "
			       "8f@%%xmm0")
			 :
			 : "a"(0x123456789abcdef0), "b"(0xfffffffe), "c"(0xabcd1234), "d"(0xff80),
			   "S"(on_stack), "D"(numbers), "r"(index), "m"(on_stack));
}

static const long kinds[12] = {
	0x123456789abcdef0, -2, 0x1234, -128, -9, 9, 123456, -654321, -20, 30, -77, 0};
static const long sizes[12] = {8, 4, 2, 1, 4, 4, 4, 4, 4, 4, 4, 8};

/* The same probe in several places, with arguments in two ways. */
#define TYPED(a, b) __asm__ volatile(PROBE("typed", "0", "-4@%%eax -1@%%dl") : : "a"(a), "d"(b))

static void __attribute__((noinline)) several_places(int which)
{
	switch (which) {
	case 0: TYPED(1, 2); break;
	case 1: TYPED(3, 4); break;
	case 2: TYPED(-5, 6); break;
	default: __asm__ volatile(PROBE("typed", "0", "-4@$7 -1@%%cl") : : "c"(8));
	}
}

static void __attribute__((noinline)) automatic(void)
{
	__asm__ volatile(PROBE("automatic", "0", "-4@%%eax") : : "a"(5));
}

/* --- The object --------------------------------------------------------------------------------- */

/* As in tests/data/usdt.bpf.c. */
struct saw {
	uint64_t pid, calls;
	long values[12], results[12], sizes[12];
	long count, cookie, beyond, typed;
	uint64_t auto_calls;
};

/* A kernel that is older than it is: what it has of the ways to attach. */
enum age { MULTI, EVENTS, ADDRESSES, AGES };

static long without_multi(void *ctx, int cmd, void *attr, unsigned int size)
{
	uint32_t attach_type;

	memcpy(&attach_type, (char *)attr + 8, sizeof(attach_type));
	if (cmd == PBPF_LINK_CREATE && attach_type == PBPF_TRACE_UPROBE_MULTI)
		return -EINVAL;
	return pbpf_sys_running_kernel()->bpf(ctx, cmd, attr, size);
}

/* Neither links to perf events nor cookies. */
static long without_cookies(void *ctx, int cmd, void *attr, unsigned int size)
{
	if (cmd == PBPF_LINK_CREATE)
		return -EINVAL;
	if (cmd == PBPF_PROG_LOAD && !strcmp((char *)attr + 48, "has_cookie"))
		return -EINVAL;
	return pbpf_sys_running_kernel()->bpf(ctx, cmd, attr, size);
}

static const struct pbpf_kernel ages[AGES] = {
	{.bpf = NULL}, {.bpf = without_multi}, {.bpf = without_cookies}};

struct usdt_object {
	struct host host;
	struct pbpf_env env;
	struct pbpf_object *obj;
	struct pbpf_link_options opts;
};

static struct saw seen(const struct usdt_object *o)
{
	uint32_t key = 0;
	struct saw saw;

	ck_assert_int_eq(pbpf_sys_map_lookup(NULL, pbpf_map_fd(pbpf_object_map(o->obj, ".bss")),
					     &key, &saw, 0),
			 0);
	return saw;
}

/* Loads the programs, which look at this process only. */
static void load(struct usdt_object *o, enum age age)
{
	struct saw saw = {.pid = (uint64_t)getpid()};
	struct pbpf_options options = {.env = &o->env, .raise_memlock = true};
	struct pbpf_program *prog = NULL;
	uint32_t key = 0;

	memset(o, 0, sizeof(*o));
	o->env = host_env(&o->host);
	o->env.level = PBPF_WARNING;
	o->env.kernel = &ages[age];
	o->opts.env = &o->env;
	ck_assert_msg(!pbpf_object_open_file(&o->obj, "tests/data/usdt.bpf.o", &options), "%s",
		      o->host.text);
	/* Where there is no link for many places, such a program is a plain one. */
	while (age != MULTI && (prog = pbpf_object_next_program(o->obj, prog))) {
		struct pbpf_program_attr attr = *pbpf_program_attr(prog);

		attr.expected_attach_type = 0;
		ck_assert_int_eq(pbpf_program_set_attr(prog, &attr), 0);
	}
	ck_assert_msg(!pbpf_object_load(o->obj), "%s", o->host.text);
	ck_assert_int_eq(pbpf_sys_map_update(NULL, pbpf_map_fd(pbpf_object_map(o->obj, ".bss")),
					     &key, &saw, 0),
			 0);
}

static void close_object(struct usdt_object *o)
{
	pbpf_object_close(o->obj);
	ck_assert_uint_eq(o->host.blocks, 0);
}

static int attach(struct usdt_object *o, struct pbpf_link **link, const char *program,
		  const char *probe)
{
	char self[64];
	struct pbpf_usdt at = {
		.path = self,
		.provider = "plainbpf",
		.name = probe,
		.pid = getpid(),
		.specs_fd = pbpf_map_fd(pbpf_object_map(o->obj, PBPF_USDT_SPECS)),
		.ips_fd = pbpf_map_fd(pbpf_object_map(o->obj, PBPF_USDT_IPS)),
	};
	ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);

	ck_assert_int_gt((int)length, 0);
	self[length] = '\0';
	return pbpf_link_usdt(link, pbpf_program_fd(pbpf_object_program(o->obj, program)), &at,
			      &o->opts);
}

/* How many specs of the map are in use: the mark is behind the number of arguments, which is the last of a
 * spec but for padding. */
static unsigned int specs_taken(const struct usdt_object *o)
{
	const struct pbpf_map *map = pbpf_object_map(o->obj, PBPF_USDT_SPECS);
	size_t size = pbpf_map_attr(map)->value_size;
	unsigned char spec[512];
	unsigned int taken = 0;

	ck_assert_uint_le(size, sizeof(spec));
	for (uint32_t id = 0; id < pbpf_map_attr(map)->max_entries; id++) {
		ck_assert_int_eq(pbpf_sys_map_lookup(NULL, pbpf_map_fd(map), &id, spec, 0), 0);
		taken += spec[size - 6];
	}
	return taken;
}

/* Before 5.11 maps count as locked memory, which the kernel gives back a moment after they are closed. */
static void raise_limit(void)
{
	pbpf_sys_raise_memlock(NULL);
}

/* --- Tests -------------------------------------------------------------------------------------- */

START_TEST(every_kind_of_argument)
{
	struct usdt_object o;
	struct pbpf_link *link = NULL;
	struct saw saw;

	NEEDS_BPF();
	load(&o, (enum age)_i);
	o.opts.cookie = 4711;
	ck_assert_msg(!attach(&o, &link, "on_probe", "kinds"), "%s", o.host.text);
	ck_assert_uint_eq(usdt_semaphore, 1);
	ck_assert_uint_eq(specs_taken(&o), 1);
	all_kinds();
	saw = seen(&o);
	ck_assert_uint_eq(saw.calls, 1);
	ck_assert_int_eq(saw.count, 12);
	for (int i = 0; i < 12; i++) {
		ck_assert_msg(saw.values[i] == kinds[i], "argument %d is %ld", i, saw.values[i]);
		ck_assert_int_eq(saw.results[i], i == 11 ? -EINVAL : 0);
		ck_assert_int_eq(saw.sizes[i], sizes[i]);
	}
	/* The last one is floating-point: the others can be read nevertheless. */
	ck_assert_ptr_nonnull(strstr(o.host.notes, "argument 11 of the USDT probe plainbpf:kinds"));
	ck_assert_int_eq(saw.cookie, 4711);
	ck_assert_int_eq(saw.beyond, -ENOENT);
	pbpf_link_close(link);
	ck_assert_uint_eq(usdt_semaphore, 0);
	ck_assert_uint_eq(specs_taken(&o), 0);
	all_kinds();
	ck_assert_uint_eq(seen(&o).calls, 1);
	close_object(&o);
}
END_TEST

START_TEST(several_places_of_one_probe)
{
	static const long expected[4] = {1002, 3004, -4994, 7008};
	struct usdt_object o;
	struct pbpf_link *link = NULL;

	NEEDS_BPF();
	load(&o, (enum age)_i);
	for (int round = 0; round < 2; round++) {
		ck_assert_msg(!attach(&o, &link, "on_typed", "typed"), "%s", o.host.text);
		ck_assert_uint_eq(specs_taken(&o), 2);
		for (int i = 0; i < 4; i++) {
			several_places(i);
			ck_assert_int_eq(seen(&o).typed, expected[i]);
		}
		pbpf_link_close(link);
		ck_assert_uint_eq(specs_taken(&o), 0);
	}
	close_object(&o);
}
END_TEST

/* Two links share the map, and each has its own cookie. */
START_TEST(two_links)
{
	struct usdt_object o;
	struct pbpf_link *first = NULL, *second = NULL;

	NEEDS_BPF();
	load(&o, (enum age)_i);
	o.opts.cookie = 1;
	ck_assert_msg(!attach(&o, &first, "on_probe", "automatic"), "%s", o.host.text);
	o.opts.cookie = 2;
	ck_assert_msg(!attach(&o, &second, "on_probe", "kinds"), "%s", o.host.text);
	automatic();
	ck_assert_int_eq(seen(&o).cookie, 1);
	all_kinds();
	ck_assert_int_eq(seen(&o).cookie, 2);
	pbpf_link_close(first);
	all_kinds();
	ck_assert_int_eq(seen(&o).cookie, 2);
	ck_assert_uint_eq(seen(&o).calls, 3);
	pbpf_link_close(second);
	close_object(&o);
}
END_TEST

START_TEST(by_section_name)
{
	struct usdt_object o;

	NEEDS_BPF();
	load(&o, MULTI);
	ck_assert_msg(!pbpf_object_attach(o.obj), "%s", o.host.text);
	automatic();
	automatic();
	ck_assert_uint_eq(seen(&o).auto_calls, 10);
	pbpf_object_detach(o.obj);
	automatic();
	ck_assert_uint_eq(seen(&o).auto_calls, 10);
	close_object(&o);
}
END_TEST

/* Another process with the same code is not this one. */
START_TEST(one_process)
{
	struct usdt_object o;
	struct pbpf_link *link = NULL;
	pid_t pid;

	NEEDS_BPF();
	load(&o, (enum age)_i);
	ck_assert_msg(!attach(&o, &link, "on_probe", "automatic"), "%s", o.host.text);
	pid = fork();
	if (!pid) {
		automatic();
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	ck_assert_uint_eq(seen(&o).calls, 0);
	automatic();
	ck_assert_uint_eq(seen(&o).calls, 1);
	pbpf_link_close(link);
	close_object(&o);
}
END_TEST

/* --- A library ----------------------------------------------------------------------------------- */

/* Makes a library with a probe in what runs when it is loaded; false when there is no compiler. */
static bool make_library(const char *path)
{
	char command[256];
	FILE *pipe;

	/* Without one, the shell may be gone before it is written to. */
	signal(SIGPIPE, SIG_IGN);
	snprintf(command, sizeof(command),
		 "${CC:-cc} -shared -nostdlib -x assembler -o %s - 2>/dev/null", path);
	pipe = popen(command, "w");
	ck_assert_ptr_nonnull(pipe);
	fputs("mark: mov $-41, %eax\nmov $42, %edi\n" PROBE(
		      "loaded", "0", "-4@%eax 8@%rdi") "ret\n"
						       ".section .init_array,\"aw\"\n.8byte mark\n"
						       ".section .note.GNU-stack,\"\"\n",
	      pipe);
	return !pclose(pipe);
}

/* Runs something that loads the library; a process that is looked at. */
static void run_with(const struct usdt_object *o, const char *library)
{
	struct saw saw = {0};
	uint32_t key = 0;
	int go[2], status = -1;
	char byte;
	pid_t pid;

	ck_assert_int_eq(pipe(go), 0);
	pid = fork();
	if (!pid) {
		setenv("LD_PRELOAD", library, 1);
		close(go[1]);
		if (read(go[0], &byte, 1) == 0)
			execl("/bin/true", "true", (char *)NULL);
		_exit(127);
	}
	saw.pid = (uint64_t)pid;
	ck_assert_int_eq(pbpf_sys_map_update(NULL, pbpf_map_fd(pbpf_object_map(o->obj, ".bss")),
					     &key, &saw, 0),
			 0);
	close(go[0]);
	close(go[1]);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}

START_TEST(in_a_library)
{
	char folder[] = "/tmp/plainbpf-usdt-XXXXXX", library[128];
	struct pbpf_usdt at = {.path = library, .provider = "plainbpf", .name = "loaded"};
	struct pbpf_link *link = NULL;
	struct usdt_object o;
	int err;

	NEEDS_BPF();
	NEEDS_LINUX(5, 15); /* before it, a process has to be named */
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(library, sizeof(library), "%s/library.so", folder);
	if (!make_library(library)) {
		rmdir(folder);
		SKIP("no compiler to make a library with");
	}
	load(&o, MULTI);
	at.specs_fd = pbpf_map_fd(pbpf_object_map(o.obj, PBPF_USDT_SPECS));
	err = pbpf_link_usdt(&link, pbpf_program_fd(pbpf_object_program(o.obj, "on_probe")), &at,
			     &o.opts);
	if (!err)
		run_with(&o, library);
	unlink(library);
	rmdir(folder);
	ck_assert_msg(!err, "%s", o.host.text);
	ck_assert_uint_eq(seen(&o).calls, 1);
	ck_assert_int_eq(seen(&o).count, 2);
	ck_assert_int_eq(seen(&o).values[0], -41);
	ck_assert_int_eq(seen(&o).values[1], 42);
	pbpf_link_close(link);
	close_object(&o);
}
END_TEST

START_TEST(what_is_not_there)
{
	struct usdt_object o;
	struct pbpf_link *link = NULL;
	struct pbpf_usdt at = {.path = "/proc/self/exe", .provider = "plainbqf", .name = "kinds"};

	NEEDS_BPF();
	load(&o, MULTI);
	ck_assert_int_eq(attach(&o, &link, "on_probe", "kimds"), -ENOENT);
	ck_assert_str_eq(o.host.hint, "did you mean plainbpf:kinds?");
	at.specs_fd = pbpf_map_fd(pbpf_object_map(o.obj, PBPF_USDT_SPECS));
	ck_assert_int_eq(pbpf_link_usdt(&link, 3, &at, &o.opts), -ENOENT);
	ck_assert_str_eq(o.host.hint, "did you mean plainbpf:kinds?");
	at.path = "/bin/true";
	ck_assert_int_eq(pbpf_link_usdt(&link, 3, &at, &o.opts), -ENOENT);
	ck_assert_ptr_nonnull(strstr(o.host.hint, "<sys/sdt.h>"));
	at.path = "/proc/self/exe";
	at.provider = "plainbpf";
	at.specs_fd = pbpf_map_fd(pbpf_object_map(o.obj, ".bss"));
	ck_assert_int_eq(pbpf_link_usdt(&link, 3, &at, &o.opts), -EINVAL);
	ck_assert_uint_eq(specs_taken(&o), 0);
	close_object(&o);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("live: USDT");
	TCase *c = tcase_create("usdt");

	tcase_set_timeout(c, 60);
	tcase_add_checked_fixture(c, raise_limit, NULL);
	tcase_add_loop_test(c, every_kind_of_argument, MULTI, AGES);
	tcase_add_loop_test(c, several_places_of_one_probe, MULTI, AGES);
	tcase_add_loop_test(c, two_links, MULTI, AGES);
	tcase_add_loop_test(c, one_process, MULTI, AGES);
	tcase_add_test(c, by_section_name);
	tcase_add_test(c, in_a_library);
	tcase_add_test(c, what_is_not_there);
	suite_add_tcase(s, c);
	return s;
}

#endif
