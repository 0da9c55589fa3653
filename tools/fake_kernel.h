/* SPDX-License-Identifier: MIT */
/*
 * A kernel that exists in memory only. It stands in for the running one in `plainbpf --dry-run`, in
 * `make demo` without privilege, and in the unit tests.
 *
 *	struct fake_kernel fake = {0};
 *	struct pbpf_env env = fake_kernel_env(&fake, &host);    memory and words still go to host
 *	...load, attach, close with env...
 *	ck_assert_uint_eq(fake.open_fds, 0);
 *	fake_kernel_free(&fake);
 *
 * It checks what it is handed as far as a loader can get it wrong: sizes, names, fds, offsets. It
 * does not verify programs, and never runs one. A command that it does not model gives -EINVAL, as
 * an old kernel would.
 *
 * What was made stays to be looked at until fake_kernel_free(), closed or not, and no fd number is
 * given out twice, so that the use of a stale fd is always noticed.
 */
#ifndef TOOLS_FAKE_KERNEL_H
#define TOOLS_FAKE_KERNEL_H

#include "base/pbpf_base.h"
#include "sys/abi.h"
#include "sys/pbpf_since.h"
#include "sys/pbpf_sys.h"

#define FAKE_FIRST_FD	 3
#define FAKE_RELEASE	 "6.18.7-fake" /* of an x86_64; with real_files the running kernel's */
#define FAKE_KPROBE_TYPE 8	       /* the PMUs' numbers */
#define FAKE_UPROBE_TYPE 9
#define FAKE_COMMANDS	 (PBPF_PROG_STREAM_READ_BY_FD + 1)

enum fake_kind {
	FAKE_BTF,
	FAKE_MAP,
	FAKE_PROG,
	FAKE_LINK,
	FAKE_PERF,
	FAKE_FILE,
	FAKE_TOKEN,
};

/* What an fd stands for. */
struct fake_object {
	enum fake_kind kind;
	bool open;
	bool frozen;		     /* a map */
	bool of_module;		     /* a BTF */
	bool enabled;		     /* a perf event */
	int prog_fd;		     /* a link or a perf event: the program it runs, or 0 */
	int real_fd;		     /* a file: the running kernel's, or -1 */
	int same_as;		     /* another fd of this object; 0: this is the first */
	struct abi_map_create map;   /* a map: as it was asked for, as in the next three */
	struct abi_prog_load prog;   /* a program */
	struct abi_link_create link; /* a link */
	struct pbpf_perf_attr perf;  /* a perf event */
	/* A copy of a program's instructions, a whole BTF, a map's elements (key, value, key, value
	 * and so on), the name of a raw tracepoint, of a probe's function or file, or what is left to
	 * read of a file. */
	unsigned char *bytes;
	size_t size;
};

/* BTF; owned by the test. */
struct fake_types {
	const void *bytes;
	size_t size;
};

#define FAKE_PINS 32
struct fake_pin {
	char *path; /* NULL: free */
	int fd;
};

struct fake_kernel {
	/* How it shall behave. All zero: a new kernel on which everything works. */
	uint32_t
		version; /* of Linux, as PBPF_LINUX(5, 10): it refuses what is newer; 0: the newest */
	bool memlock;	 /* with it: RLIMIT_MEMLOCK is too low, until it is raised */
	const char *status;	   /* /proc/self/status; NULL: there is none */
	unsigned int fail_at;	   /* the call of the table that fails, from 1; close never does */
	int fail_errno;		   /* and with what; 0: EIO */
	int refuse[FAKE_COMMANDS]; /* by command: the errno it gives; 0: it works */
	const char *refuse_prog;   /* refuse[PBPF_PROG_LOAD] is for programs of this name only */
	const char *log;	   /* what the verifier writes when it is asked for a log */
	bool old_log;		   /* as before 6.4: no log_true_size, keeps a log's beginning */
	const char *missing;	   /* paths that contain this do not exist */
	const char *event_number;  /* what tracefs says to be a tracepoint's number; NULL: one */
	struct fake_types types;   /* /sys/kernel/btf/vmlinux; none: there is none */
	struct fake_types module;  /* split BTF over it; none: there are no modules */
	const char *kallsyms;	   /* /proc/kallsyms; NULL: there is none */
	const char *config;	   /* /boot/config-FAKE_RELEASE; NULL: there is none */
	const char *traceable;	   /* what available_filter_functions of tracefs says, or NULL */
	bool real_files;	   /* paths that it does not know are the running kernel's */
	bool traced_events;	   /* there are kprobe_events and uprobe_events */
	int refuse_netlink[64];	   /* by type of request: the errno it gives; 0: it works */
	size_t page_size;	   /* 0: the running kernel's */
	unsigned int unseen_pins;  /* so many BPF_OBJ_GETs come before the pin that they ask for */
	bool no_folder;		   /* for pins; mkdir makes it */

	/* What has happened. */
	unsigned int calls; /* those that fail_at counts */
	unsigned int commands[FAKE_COMMANDS];
	unsigned int netlink[64];    /* requests, by type */
	unsigned char request[256];  /* the last one */
	unsigned int socket_options; /* set */
	unsigned int traced;	     /* tracepoints that were made by such files, and are left */
	char traced_line[256];	     /* what made the last one */
	unsigned int open_fds;
	unsigned int bad_fds;  /* how often an fd was used that is not open, or of another kind */
	size_t mapped;	       /* bytes of maps and files in memory */
	const char *complaint; /* why something was refused last, or NULL */
	struct fake_pin pins[FAKE_PINS];
	unsigned int folders_made, folders_removed;
	unsigned int by_folder; /* BPF_OBJ_PIN and BPF_OBJ_GET that had an fd of the folder */

	/* Its own. */
	struct fake_object *objects; /* of fd FAKE_FIRST_FD and so on */
	size_t count;
	struct pbpf_env host;
};

/* An env whose kernel is `fake`, and whose memory and messages are those of `host`. */
struct pbpf_env fake_kernel_env(struct fake_kernel *fake, const struct pbpf_env *host);

/* The n-th object of a kind, from 0, or NULL. Valid until the next call that makes an fd. */
const struct fake_object *fake_kernel_nth(const struct fake_kernel *fake, enum fake_kind kind,
					  size_t n);

/* What an fd stands or stood for, or NULL. Valid as above. */
const struct fake_object *fake_kernel_object(const struct fake_kernel *fake, int fd);

void fake_kernel_free(struct fake_kernel *fake);

#endif
