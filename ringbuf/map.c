/* SPDX-License-Identifier: MIT */
/*
 * The system calls of the rings: map one, sleep on it; and what of the consumer needs them.
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

/* What the kernel says to the fd of a map that cannot be mapped: an errno of its own (linux/errno.h). */
#define RING_ENOTSUPP 524

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

int ring_watch(int epoll_fd, int fd, uint32_t events)
{
	/* Edge-triggered: a reserved head keeps the fd readable, and must not keep us awake. */
	struct epoll_event event = {.events = events | EPOLLET};

	return epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) ? -errno : 0;
}

/* Page 0 with the consumer position, then page 1 and the data: the kernel has us map them apart. */
static int ring_mmap(struct pbpf_ringmap *map, size_t page, enum ring_side side)
{
	int read_write = PROT_READ | PROT_WRITE;
	void *first, *rest;

	first = mmap(NULL, page, side == RING_CONSUMER ? read_write : PROT_READ, MAP_SHARED,
		     map->fd, 0);
	if (first == MAP_FAILED)
		return errno == RING_ENOTSUPP ? -EINVAL : -errno;
	rest = mmap(NULL, page + 2 * (size_t)map->size,
		    side == RING_PRODUCER ? read_write : PROT_READ, MAP_SHARED, map->fd,
		    (off_t)page);
	if (rest == MAP_FAILED) {
		int err = -errno;

		munmap(first, page);
		return err;
	}
	map->consumer = first;
	map->producer = rest;
	map->data = (uint8_t *)rest + page;
	map->page = page;
	return 0;
}

/* The kernel maps less than the whole ring, too; but nothing behind its end. */
static bool ring_ends(const struct pbpf_ringmap *map)
{
	size_t end = 2 * map->page + 2 * (size_t)map->size;
	void *behind = mmap(NULL, map->page, PROT_READ, MAP_SHARED, map->fd, (off_t)end);

	if (behind == MAP_FAILED)
		return true;
	munmap(behind, map->page);
	return false;
}

int ring_open(struct pbpf_ringmap *map, int fd, size_t size, enum ring_side side, uint32_t events)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	int err;

	*map = (struct pbpf_ringmap){.size = size, .fd = fd, .epoll_fd = -1};
	if (size < page || size & (size - 1))
		return -EINVAL;
	if (size > (SIZE_MAX - page) / 2)
		return -ERANGE;
	map->wrap = ring_wide_kernel() ? UINT64_MAX : UINT32_MAX;
	err = ring_mmap(map, page, side);
	if (err)
		return err;
	map->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	err = map->epoll_fd < 0 ? -errno : ring_watch(map->epoll_fd, fd, events);
	if (!err && !ring_ends(map))
		err = -EINVAL;
	if (err)
		ring_close(map);
	return err;
}

void ring_close(struct pbpf_ringmap *map)
{
	if (map->page) {
		munmap(map->consumer, map->page);
		munmap(map->producer, map->page + 2 * (size_t)map->size);
	}
	if (map->epoll_fd >= 0)
		close(map->epoll_fd);
	map->page = 0;
	map->consumer = map->producer = NULL;
	map->epoll_fd = -1;
}

int ring_sleep(int epoll_fd, int timeout_ms)
{
	struct epoll_event event;
	int ready = epoll_wait(epoll_fd, &event, 1, timeout_ms);

	return ready < 0 ? -errno : ready;
}

/* --- The consumer's calls ------------------------------------------------------------------- */

int pbpf_ringbuf_open(struct pbpf_ringbuf *rb, int map_fd, size_t size)
{
	int err;

	memset(rb, 0, sizeof(*rb));
	err = ring_open(&rb->map, map_fd, size, RING_CONSUMER, EPOLLIN);
	if (err)
		return err;
	err = ring_start(rb);
	if (err)
		ring_close(&rb->map);
	return err;
}

void pbpf_ringbuf_close(struct pbpf_ringbuf *rb)
{
	if (rb->map.consumer)
		ring_publish(rb, rb->pos);
	ring_close(&rb->map);
}

int pbpf_ringbuf_fd(const struct pbpf_ringbuf *rb)
{
	return rb->map.fd;
}

int pbpf_ringbuf_join(struct pbpf_ringbuf *rb, struct pbpf_ringbuf *other)
{
	int err;

	if (rb == other || other->joined || rb->map.epoll_fd < 0 || other->map.fd < 0)
		return -EINVAL;
	err = ring_watch(rb->map.epoll_fd, other->map.fd, EPOLLIN);
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
		if (ready || !timeout_ms || rb->map.epoll_fd < 0)
			return ready;
		nap = timeout_ms < 0 || timeout_ms > RING_NAP_MS ? RING_NAP_MS : timeout_ms;
		rb->stats.sleeps++;
		ready = ring_sleep(rb->map.epoll_fd, nap);
		rb->stats.wakeups += ready > 0;
		if (ready)
			return ready;
		if (timeout_ms > 0)
			timeout_ms -= nap;
	}
}
