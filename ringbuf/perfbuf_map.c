/* SPDX-License-Identifier: MIT */
/*
 * The perf buffer's system calls: open an event, map its ring, sleep on several.
 */
#include "ringbuf/perf.h"
#include "ringbuf/ring.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* perf_event_open(2)'s struct in its first published form, which every kernel takes. */
struct perf_attr {
	uint32_t type, size;
	uint64_t config, sample_period, sample_type, read_format, flags;
	uint32_t wakeup_events, bp_type;
	uint64_t bp_addr;
};

#define PERF_TYPE_SOFTWARE	 1
#define PERF_COUNT_SW_BPF_OUTPUT 10
#define PERF_SAMPLE_RAW		 (1u << 10)
#define PERF_FLAG_FD_CLOEXEC	 (1ul << 3)
#define PERF_EVENT_IOC_ENABLE	 _IO('$', 0)

int pbpf_perfbuf_event(int cpu, uint32_t wakeup)
{
	struct perf_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_SW_BPF_OUTPUT,
		.sample_period = 1,
		.sample_type = PERF_SAMPLE_RAW,
		.wakeup_events = wakeup,
	};
	int fd, low, err = 0;

	fd = (int)syscall(SYS_perf_event_open, &attr, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (fd <= STDERR_FILENO) {
		low = fd;
		fd = fcntl(low, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
		err = fd < 0 ? -errno : 0;
		close(low);
	}
	if (!err && ioctl(fd, PERF_EVENT_IOC_ENABLE, 0)) {
		err = -errno;
		close(fd);
	}
	return err ? err : fd;
}

/* The spare comes first, as one piece with room for the ring; then the ring over its beginning. */
static int perf_map(struct pbpf_perfbuf *pb, size_t page, size_t size)
{
	size_t whole = page + size + PBPF_PERFBUF_SPARE;
	void *memory =
		mmap(NULL, whole, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		return -errno;
	pb->page = memory;
	pb->mapped = whole;
	pb->data = (uint8_t *)memory + page;
	pb->size = size;
	memory = mmap(memory, page + size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED,
		      pb->perf_fd, 0);
	return memory == MAP_FAILED ? -errno : 0;
}

int pbpf_perfbuf_open(struct pbpf_perfbuf *pb, int perf_fd, size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	int err;

	memset(pb, 0, sizeof(*pb));
	pb->perf_fd = perf_fd;
	pb->epoll_fd = -1;
	if (size < page || size & (size - 1))
		return -EINVAL;
	if (size > SIZE_MAX / 2)
		return -ERANGE;
	err = perf_map(pb, page, size);
	if (!err)
		err = perf_start(pb);
	if (!err) {
		pb->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
		err = pb->epoll_fd < 0 ? -errno : ring_watch(pb->epoll_fd, perf_fd, EPOLLIN);
	}
	if (err)
		pbpf_perfbuf_close(pb);
	return err;
}

void pbpf_perfbuf_close(struct pbpf_perfbuf *pb)
{
	if (pb->mapped)
		munmap(pb->page, pb->mapped);
	if (pb->epoll_fd >= 0)
		close(pb->epoll_fd);
	pb->mapped = 0;
	pb->page = NULL;
	pb->epoll_fd = -1;
}

int pbpf_perfbuf_join(struct pbpf_perfbuf *pb, struct pbpf_perfbuf *other)
{
	int err;

	if (pb == other || other->joined || pb->epoll_fd < 0 || other->perf_fd < 0)
		return -EINVAL;
	err = ring_watch(pb->epoll_fd, other->perf_fd, EPOLLIN);
	if (err)
		return err;
	other->joined = pb->joined;
	pb->joined = other;
	return 0;
}

int pbpf_perfbuf_wait(struct pbpf_perfbuf *pb, int timeout_ms)
{
	int64_t found = 0;

	for (struct pbpf_perfbuf *one = pb; one && !found; one = one->joined)
		found = perf_look(one);
	if (found || pb->epoll_fd < 0)
		return found < 0 ? (int)found : found > 0;
	return ring_sleep(pb->epoll_fd, timeout_ms);
}
