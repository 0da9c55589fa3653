/* SPDX-License-Identifier: MIT */
/*
 * What the tests on the running kernel share: whether they can run, and an object that is loaded.
 *
 * They touch only what they made. Tracing programs look at the test's own children; nothing is
 * attached to an interface, and nothing outlives the test.
 */
#ifndef TESTS_KERNEL_LIVE_H
#define TESTS_KERNEL_LIVE_H

#include "harness.h"
#include "loader/pbpf_loader.h"
#include "sys/pbpf_since.h"

#include <unistd.h>

/* Ends the test with a SKIP where this process may not use bpf(2). */
#define NEEDS_BPF()                                 \
	do {                                        \
		const char *reason_ = why_no_bpf(); \
		if (reason_)                        \
			SKIP("%s", reason_);        \
	} while (0)

/* Why BPF cannot be used here, or NULL. */
const char *why_no_bpf(void);

/* Ends the test with a SKIP where the kernel interprets programs, as on s390x before z196: it has neither
 * callbacks, kernel functions, arenas nor trampolines then. */
#define NEEDS_JIT()                                 \
	do {                                        \
		const char *reason_ = why_no_jit(); \
		if (reason_)                        \
			SKIP("%s", reason_);        \
	} while (0)

const char *why_no_jit(void);

/* Ends the test with a SKIP where there is no tracefs. Where none is mounted, one is, in a mount namespace
 * that ends with the test. */
#define NEEDS_TRACEFS()                                 \
	do {                                            \
		const char *reason_ = why_no_tracefs(); \
		if (reason_)                            \
			SKIP("%s", reason_);            \
	} while (0)

const char *why_no_tracefs(void);

/* Ends the test with a SKIP on a kernel that is older than what is tested. */
#define NEEDS_LINUX(major, minor)                                                       \
	do {                                                                            \
		if (running_linux() < PBPF_LINUX(major, minor))                         \
			SKIP("it came with Linux " #major "." #minor ", this is %u.%u", \
			     PBPF_LINUX_MAJOR(running_linux()),                         \
			     PBPF_LINUX_MINOR(running_linux()));                        \
	} while (0)

/* This kernel's version, as PBPF_LINUX() writes it. */
uint32_t running_linux(void);

/* Before Linux 5.11 maps and programs count as locked memory, of which little is allowed. The loader asks
 * for more by itself; a test that makes them without it has to. */
void allow_locked_memory(void);

/* Mounts an empty bpffs where pins go by default, in a mount namespace that ends with the test. Why it
 * cannot, or NULL. */
const char *why_no_bpffs(void);

/* A function that uprobes are set on. It begins a page of memory, of 64K too: where a page is mapped over
 * another, as a uprobe does, QEMU (7.2) forgets the old code of its first 4K only. */
#define PROBED __attribute__((noinline, noclone, aligned(65536)))

struct live {
	struct host host;
	struct pbpf_env env;
	struct pbpf_object *obj;
	int fds; /* open in this process before */
};

/* Opens tests/data/NAME.o without loading it. */
struct live *live_open(const char *name);
/* The same, and loads it; the test fails with the loader's words when that does not work. */
struct live *live_load(const char *name);
/* The same, but goes without the programs that an older kernel does not take. */
struct live *live_load_what_may(const char *name);
/* Closes everything and checks that neither memory nor an fd is left. */
void live_close(struct live *live);

/* Runs a program once through BPF_PROG_TEST_RUN on a small packet and gives what it returned. */
uint32_t live_run(struct live *live, const char *program);

/* The value of a global variable of 64 bits. */
uint64_t live_variable(const struct live *live, const char *name);

/* Starts `command` with a shell, waits for its end, and gives its process id. */
pid_t run_child(const char *command);

#endif
