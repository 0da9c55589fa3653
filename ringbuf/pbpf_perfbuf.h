/* SPDX-License-Identifier: MIT */
/*
 * perfbuf: bytes from a BPF program, through a BPF_MAP_TYPE_PERF_EVENT_ARRAY map (kernel 4.4): one
 * ring per CPU, for kernels without BPF_MAP_TYPE_RINGBUF (before 5.8) and for programs written for
 * them with bpf_perf_event_output().
 *
 * The map holds, at the index of each CPU, the fd of a perf event; the event has the ring:
 *
 *	one page                          data, `size` bytes                   spare, ours
 *	+-----------------------------+ +----------------------------------+ +------------+
 *	| ... data_head   data_tail ..| |  ...records...               rec | | ord        |
 *	+-----------------------------+ +----------------------------------+ +------------+
 *	      kernel writes   we write    a record that wraps is made whole behind the end
 *
 * Unlike the ring buffer, the kernel maps the data once only. So open() keeps some memory behind
 * it, and of a record that wraps, the second part is copied there; all others are read in place.
 *
 *	for (int cpu = 0; cpu < cpus; cpu++) {
 *		int fd = pbpf_perfbuf_event(cpu, 1);
 *
 *		if (fd == -ENODEV)
 *			continue;                         this CPU is offline
 *		pbpf_perfbuf_open(&rings[cpu], fd, 64 * 1024);
 *		pbpf_sys_map_update(env, map_fd, &cpu, &fd, 0);
 *		if (cpu > 0)
 *			pbpf_perfbuf_join(&rings[0], &rings[cpu]);
 *	}
 *	while (pbpf_perfbuf_wait(&rings[0], -1) >= 0)
 *		for (int cpu = 0; cpu < cpus; cpu++)
 *			pbpf_perfbuf_consume(&rings[cpu], 0, print_event, NULL);
 *
 * A CPU that comes later gets its event, its ring and its place in the map in the same way, at any
 * time; one that goes leaves its ring readable. Records of one CPU come in order, those of
 * different CPUs do not.
 *
 * Interface, in order of use:
 *	pbpf_perfbuf_event        a perf event for one CPU
 *	pbpf_perfbuf_open, _init  over an event's fd; over plain memory
 *	pbpf_perfbuf_consume      a callback per sample
 *	pbpf_perfbuf_wait, _join  until there is something, in one ring or in several
 *	pbpf_perfbuf_close
 *
 * Wake-ups. Here the kernel raises one per `wakeup` samples, whatever the reader does, so none can
 * be missed, and none saved: prefer the ring buffer, or a larger `wakeup` with a timeout.
 *
 * Guarantees. For any content of the shared memory nothing outside the ring is read, and every call
 * ends. A ring that cannot be gives -EBADMSG, and `pos` is the position of what is wrong. Samples
 * that found no room are counted by the kernel: `stats.lost`.
 *
 * Errors are negative errno codes. One ring may be used by one thread at a time.
 */
#ifndef PBPF_PERFBUF_H
#define PBPF_PERFBUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What init() needs behind the data: a record is at most 64 KiB long. */
#define PBPF_PERFBUF_SPARE 65536

struct pbpf_perfbuf_stats {
	uint64_t records; /* samples handed out */
	uint64_t lost;	  /* samples that found no room, as told by the kernel */
	uint64_t others;  /* records of other kinds, skipped */
	uint64_t wrapped; /* samples that had to be copied in part */
	uint64_t backlog; /* the most bytes ever found waiting */
};

/* A ring. Read `stats` and `pos`; the rest is private. Do not move or copy it. */
struct pbpf_perfbuf {
	struct pbpf_perfbuf_stats stats;
	uint64_t pos; /* first byte not yet consumed; what the kernel knows may be behind */
	void *page;   /* the control page */
	uint8_t *data;
	uint64_t size;
	uint64_t published;
	int perf_fd, epoll_fd;
	size_t mapped; /* bytes from `page` on; 0 over plain memory */
	struct pbpf_perfbuf *joined;
};

/*
 * Opens the perf event that carries the samples of `cpu`, and gives its fd (close-on-exec, never 0
 * to 2), or a negative errno: -ENODEV when the CPU is offline, -EACCES or -EPERM without
 * CAP_PERFMON (CAP_SYS_ADMIN before 5.8). A wake-up is raised per `wakeup` samples.
 */
int pbpf_perfbuf_event(int cpu, uint32_t wakeup);

/*
 * Maps the ring of the event, `size` bytes: a power of two, of at least a page. The fd is borrowed
 * until after close; its place in the map is the caller's to set. -EPERM: more locked memory than
 * RLIMIT_MEMLOCK and perf_event_mlock_kb allow.
 */
int pbpf_perfbuf_open(struct pbpf_perfbuf *pb, int perf_fd, size_t size);

/*
 * A ring over plain memory: a control page as the kernel lays it out (data_head at byte 1024,
 * data_tail at 1032), and size + PBPF_PERFBUF_SPARE bytes of data, all 8-byte aligned. wait() never
 * sleeps.
 */
int pbpf_perfbuf_init(struct pbpf_perfbuf *pb, void *page, void *data, size_t size);

/* Unmaps. Rings joined to this one are not closed. */
void pbpf_perfbuf_close(struct pbpf_perfbuf *pb);

/*
 * Calls fn for each sample, at most `max` (0: no limit), until what was there is read. Returns how
 * many. fn returns 0 to go on; more than 0 stops after this sample; less than 0 stops too and is
 * what consume returns. The sample counts as consumed in all three cases. It is valid until fn
 * returns, 4-byte aligned, and may be followed by up to 7 bytes of padding, which its size
 * includes: that is the kernel's doing. -EBADMSG only when no sample came before what is wrong.
 */
int pbpf_perfbuf_consume(struct pbpf_perfbuf *pb, int max,
			 int (*fn)(void *ctx, const void *sample, size_t size), void *ctx);

/* Waits up to timeout_ms (-1: no end). 1: there may be something to read, 0: time is up, -EINTR. */
int pbpf_perfbuf_wait(struct pbpf_perfbuf *pb, int timeout_ms);

/* From now on wait(pb) also returns when `other`, which must stay open, may have something. */
int pbpf_perfbuf_join(struct pbpf_perfbuf *pb, struct pbpf_perfbuf *other);

#ifdef __cplusplus
}
#endif

#endif
