/* SPDX-License-Identifier: MIT */
/*
 * A kernel that only records: what sys handed to it last, and the answer that the test laid down.
 * The attr is seen as the build machine's <linux/bpf.h> declares it; where that is older than a
 * field, by the offset that the BTF of Linux 6.18 gives.
 */
#ifndef TESTS_SYS_RECORDER_H
#define TESTS_SYS_RECORDER_H

#include "harness.h"
#include "sys/pbpf_sys.h"

#include <linux/bpf.h>
#include <stddef.h>

/* What the kernel was asked last, and what it answers. */
struct recorder {
	unsigned int calls;
	int cmd;
	unsigned int size;
	union {
		union bpf_attr attr;
		unsigned char bytes[256];
	} in;
	long answers[8]; /* to the first call, the second ...; the last one goes on */
	unsigned int answer_count;
	struct { /* what it writes into the attr, at an offset */
		size_t at;
		uint32_t value;
	} out[4];
	unsigned int dups, closes;
	int closed; /* the last one */
	long dup_answer;
	const char *file; /* what open and read give, in pieces of `piece` bytes */
	size_t file_size, file_at, piece;
	long said_size;
	unsigned int reads;
	unsigned long flags; /* of perf_event_open; request of ioctl */
	unsigned long argument;
};

static inline struct recorder *recorder_of(void *ctx)
{
	return ((struct host *)ctx)->kernel_state;
}

static inline long answer(struct recorder *r)
{
	unsigned int last = r->answer_count ? r->answer_count - 1 : 0;

	r->calls++;
	return r->answers[r->calls - 1 < last ? r->calls - 1 : last];
}

static inline long record_bpf(void *ctx, int cmd, void *attr, unsigned int size)
{
	struct recorder *r = recorder_of(ctx);

	r->cmd = cmd;
	r->size = size;
	memset(&r->in, 0, sizeof(r->in));
	ck_assert_uint_le(size, sizeof(r->in));
	memcpy(&r->in, attr, size);
	for (size_t i = 0; i < sizeof(r->out) / sizeof(r->out[0]); i++)
		if (r->out[i].value)
			memcpy((char *)attr + r->out[i].at, &r->out[i].value, 4);
	return answer(r);
}

static inline long record_perf_event_open(void *ctx, const void *attr, int pid, int cpu,
					  int group_fd, unsigned long flags)
{
	struct recorder *r = recorder_of(ctx);

	memcpy(&r->in, attr, sizeof(struct pbpf_perf_attr));
	r->flags = flags;
	ck_assert_int_eq(pid, -1);
	ck_assert_int_eq(cpu, 2);
	ck_assert_int_eq(group_fd, -1);
	return answer(r);
}

static inline long record_ioctl(void *ctx, int fd, unsigned long request, unsigned long argument)
{
	struct recorder *r = recorder_of(ctx);

	ck_assert_int_eq(fd, 9);
	r->flags = request;
	r->argument = argument;
	return answer(r);
}

static inline long record_open(void *ctx, const char *path)
{
	ck_assert_str_eq(path, "/a/file");
	return answer(recorder_of(ctx));
}

static inline long record_read(void *ctx, int fd, void *buf, size_t size)
{
	struct recorder *r = recorder_of(ctx);
	size_t left = r->file_size - r->file_at;
	long err = r->answer_count > 1 ? answer(r) : 0;

	if (err < 0)
		return err;
	if (fd < 3 || !size)
		return -EINVAL;
	r->reads++;
	if (size > r->piece)
		size = r->piece;
	if (size > left)
		size = left;
	memcpy(buf, r->file + r->file_at, size);
	r->file_at += size;
	return (long)size;
}

static inline long record_file_size(void *ctx, int fd)
{
	ck_assert_int_ge(fd, 3);
	return recorder_of(ctx)->said_size;
}

static inline long record_close(void *ctx, int fd)
{
	struct recorder *r = recorder_of(ctx);

	r->closes++;
	r->closed = fd;
	return 0;
}

static inline long record_dup(void *ctx, int fd)
{
	struct recorder *r = recorder_of(ctx);

	ck_assert_int_lt(fd, 3);
	r->dups++;
	return r->dup_answer;
}

static inline long record_page_size(void *ctx)
{
	(void)ctx;
	return 65536;
}

static const struct pbpf_kernel recording = {
	.bpf = record_bpf,
	.perf_event_open = record_perf_event_open,
	.ioctl = record_ioctl,
	.open = record_open,
	.read = record_read,
	.file_size = record_file_size,
	.close = record_close,
	.dup = record_dup,
	.page_size = record_page_size,
};

static struct recorder rec;
static struct host host;
static struct pbpf_env env;
static const union bpf_attr *const seen = &rec.in.attr;

static inline void setup(void)
{
	memset(&rec, 0, sizeof(rec));
	memset(&host, 0, sizeof(host));
	host.kernel = &recording;
	host.kernel_state = &rec;
	rec.piece = 1000000;
	rec.dup_answer = 7;
	rec.answers[0] = 5;
	rec.answer_count = 1;
	env = host_env(&host);
}

/* The kernel answers with `value`. */
static inline void will_answer(long value)
{
	rec.calls = 0;
	rec.answers[0] = value;
	rec.answer_count = 1;
}

static inline uint32_t u32_at(size_t at)
{
	uint32_t value;

	memcpy(&value, rec.in.bytes + at, sizeof(value));
	return value;
}

static inline uint64_t u64_at(size_t at)
{
	uint64_t value;

	memcpy(&value, rec.in.bytes + at, sizeof(value));
	return value;
}

/* Something to point at. */
static char place[16] __attribute__((unused));
#define PLACE(n)	     (&place[n])
#define IS_PLACE(address, n) ck_assert_uint_eq(address, (uintptr_t)PLACE(n))
#define ASKED(command, bytes)                       \
	do {                                        \
		ck_assert_int_eq(rec.cmd, command); \
		ck_assert_uint_eq(rec.size, bytes); \
	} while (0)

#endif
