/* SPDX-License-Identifier: MIT */
/*
 * The consumer's system calls: map the ring, sleep on it. Everything else is in ringbuf.c.
 */
#include "ringbuf/pbpf_ringbuf.h"
#include "ringbuf/ring.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <unistd.h>
#if UINTPTR_MAX == UINT32_MAX
#include <sys/personality.h>
#include <sys/utsname.h>
#endif

/* How long to trust that the kernel wakes us: it does not for BPF_RB_NO_WAKEUP. */
#define RING_NAP_MS 1000

/*
 * Are the kernel's position words, its unsigned long, 64 bits wide? A 32-bit process can run on
 * either; uname(2) tells the truth under the native personality.
 */
static bool ring_wide_kernel(void)
{
#if UINTPTR_MAX == UINT32_MAX
	int old = personality(0xffffffff);
	struct utsname name;

	if (old >= 0)
		personality(((unsigned long)old & ~(unsigned long)PER_MASK) | PER_LINUX);
	if (uname(&name))
		name.machine[0] = 0;
	if (old >= 0)
		personality((unsigned long)old);
	return strstr(name.machine, "64") || !strcmp(name.machine, "s390x");
#else
	return true;
#endif
}

/* Edge-triggered: a reserved head keeps the fd readable, and must not keep us awake. */
int ring_watch(int epoll_fd, int fd)
{
	struct epoll_event event = {.events = EPOLLIN | EPOLLET};

	return epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) ? -errno : 0;
}

static int ring_map(struct pbpf_ringbuf *rb, size_t page)
{
	void *memory = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, rb->map_fd, 0);

	if (memory == MAP_FAILED)
		return -errno;
	rb->consumer = memory;
	rb->consumer_len = page;
	memory = mmap(NULL, page + 2 * (size_t)rb->size, PROT_READ, MAP_SHARED, rb->map_fd,
		      (off_t)page);
	if (memory == MAP_FAILED)
		return -errno;
	rb->producer = memory;
	rb->producer_len = page + 2 * (size_t)rb->size;
	rb->data = (const uint8_t *)memory + page;
	return 0;
}

static void ring_unmap(struct pbpf_ringbuf *rb)
{
	if (rb->consumer_len)
		munmap(rb->consumer, rb->consumer_len);
	if (rb->producer_len)
		munmap((void *)(uintptr_t)rb->producer, rb->producer_len);
	if (rb->epoll_fd >= 0)
		close(rb->epoll_fd);
	rb->consumer_len = rb->producer_len = 0;
	rb->epoll_fd = -1;
}

int pbpf_ringbuf_open(struct pbpf_ringbuf *rb, int map_fd, size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	int err;

	memset(rb, 0, sizeof(*rb));
	rb->epoll_fd = -1;
	if (size < page || size & (size - 1))
		return -EINVAL;
	if (size > (SIZE_MAX - page) / 2)
		return -ERANGE;
	rb->map_fd = map_fd;
	rb->size = size;
	rb->wrap = ring_wide_kernel() ? UINT64_MAX : UINT32_MAX;
	err = ring_map(rb, page);
	if (!err)
		err = ring_start(rb);
	if (!err) {
		rb->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
		err = rb->epoll_fd < 0 ? -errno : ring_watch(rb->epoll_fd, map_fd);
	}
	if (err)
		ring_unmap(rb);
	return err;
}

void pbpf_ringbuf_close(struct pbpf_ringbuf *rb)
{
	if (rb->consumer)
		ring_publish(rb, rb->pos);
	ring_unmap(rb);
	rb->consumer = NULL;
}

int pbpf_ringbuf_fd(const struct pbpf_ringbuf *rb)
{
	return rb->map_fd;
}

int pbpf_ringbuf_join(struct pbpf_ringbuf *rb, struct pbpf_ringbuf *other)
{
	int err;

	if (rb == other || other->joined || rb->epoll_fd < 0 || other->map_fd < 0)
		return -EINVAL;
	err = ring_watch(rb->epoll_fd, other->map_fd);
	if (err)
		return err;
	other->joined = rb->joined;
	rb->joined = other;
	return 0;
}

/* Calls `look` for each of the joined rings: 1 when one of them is ready. */
static int ring_any(struct pbpf_ringbuf *rb, int (*look)(struct pbpf_ringbuf *rb))
{
	int ready = 0, err;

	for (; rb; rb = rb->joined) {
		err = look(rb);
		if (err < 0)
			return err;
		ready |= err;
	}
	return ready;
}

/* Sleeps until the kernel wakes us or a nap is over: 1, 0, or -errno. */
static int ring_sleep(struct pbpf_ringbuf *rb, int timeout_ms)
{
	struct epoll_event event;
	int ready;

	rb->stats.sleeps++;
	ready = epoll_wait(rb->epoll_fd, &event, 1, timeout_ms);
	if (ready < 0)
		return -errno;
	rb->stats.wakeups += ready > 0;
	return ready;
}

int pbpf_ringbuf_wait(struct pbpf_ringbuf *rb, int timeout_ms)
{
	int ready, nap;

	for (uint32_t i = 0; i < rb->policy.spins; i++) {
		ready = ring_any(rb, ring_ready);
		if (ready)
			return ready;
	}
	if (rb->policy.never_sleep)
		return 0;
	for (;;) {
		ready = ring_any(rb, pbpf_ringbuf_arm);
		if (ready || !timeout_ms || rb->epoll_fd < 0)
			return ready;
		nap = timeout_ms < 0 || timeout_ms > RING_NAP_MS ? RING_NAP_MS : timeout_ms;
		ready = ring_sleep(rb, nap);
		if (ready)
			return ready;
		if (timeout_ms > 0)
			timeout_ms -= nap;
	}
}
