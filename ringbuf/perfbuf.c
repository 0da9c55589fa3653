/* SPDX-License-Identifier: MIT */
/*
 * The perf buffer's reader, over memory (perf_event_open(2), "MMAP layout"). No system call is made
 * here. The acquire load of data_head pairs with the kernel's barrier after it wrote the record;
 * the release store of data_tail ends our reads before the kernel writes there again.
 */
#include "ringbuf/perf.h"

#include <errno.h>
#include <limits.h>
#include <stdatomic.h>
#include <string.h>

#define PERF_DATA_HEAD 1024
#define PERF_DATA_TAIL 1032

#define PERF_RECORD_LOST   2
#define PERF_RECORD_SAMPLE 9

/* Each record's first 8 bytes: never split, as records are multiples of 8. */
struct perf_header {
	uint32_t type;
	uint16_t misc;
	uint16_t size; /* with these 8 bytes */
};

static void *perf_word(const struct pbpf_perfbuf *pb, size_t offset)
{
	return (uint8_t *)pb->page + offset;
}

static void perf_publish(struct pbpf_perfbuf *pb)
{
	if (pb->pos == pb->published)
		return;
	atomic_store_explicit((_Atomic uint64_t *)perf_word(pb, PERF_DATA_TAIL), pb->pos,
			      memory_order_release);
	pb->published = pb->pos;
}

int64_t perf_look(struct pbpf_perfbuf *pb)
{
	uint64_t produced = atomic_load_explicit(
		(const _Atomic uint64_t *)perf_word(pb, PERF_DATA_HEAD), memory_order_acquire);

	produced -= pb->pos;
	if (produced > pb->size || produced % 8)
		return -EBADMSG;
	if (produced > pb->stats.backlog)
		pb->stats.backlog = produced;
	return (int64_t)produced;
}

int perf_start(struct pbpf_perfbuf *pb)
{
	int64_t err;

	pb->pos = atomic_load_explicit((const _Atomic uint64_t *)perf_word(pb, PERF_DATA_TAIL),
				       memory_order_relaxed);
	pb->published = pb->pos;
	if (pb->pos % 8)
		return -EBADMSG;
	err = perf_look(pb);
	return err < 0 ? (int)err : 0;
}

int pbpf_perfbuf_init(struct pbpf_perfbuf *pb, void *page, void *data, size_t size)
{
	if (size < 8 || size & (size - 1) || (uintptr_t)page % 8 || (uintptr_t)data % 8)
		return -EINVAL;
	memset(pb, 0, sizeof(*pb));
	pb->page = page;
	pb->data = data;
	pb->size = size;
	pb->perf_fd = pb->epoll_fd = -1;
	return perf_start(pb);
}

/* The record at `pos`, in one piece. */
static const uint8_t *perf_whole(struct pbpf_perfbuf *pb, size_t size)
{
	uint64_t place = pb->pos & (pb->size - 1);

	if (size > pb->size - place) {
		memcpy(pb->data + pb->size, pb->data, size - (size_t)(pb->size - place));
		pb->stats.wrapped++;
	}
	return pb->data + place;
}

/*
 * Takes the record at `pos`, with `room` bytes up to data_head. 1: a sample, *data and *size; 0: a
 * record of another kind; -EBADMSG. The length is read once, as the memory is shared.
 */
static int perf_take(struct pbpf_perfbuf *pb, uint64_t room, struct perf_header *header,
		     const void **data, size_t *size)
{
	const uint8_t *at = pb->data + (pb->pos & (pb->size - 1));
	uint64_t lost;
	uint32_t raw;

	memcpy(header, at, sizeof(*header));
	if (header->size < sizeof(*header) || header->size % 8 || header->size > room)
		return -EBADMSG;
	at = perf_whole(pb, header->size) + sizeof(*header);
	if (header->type == PERF_RECORD_SAMPLE) {
		if (header->size < sizeof(*header) + sizeof(raw))
			return -EBADMSG;
		memcpy(&raw, at, sizeof(raw));
		if (raw > header->size - sizeof(*header) - sizeof(raw))
			return -EBADMSG;
		*data = at + sizeof(raw);
		*size = raw;
		return 1;
	}
	if (header->type != PERF_RECORD_LOST) {
		pb->stats.others++;
		return 0;
	}
	if (header->size < sizeof(*header) + 16) /* an id and a count */
		return -EBADMSG;
	memcpy(&lost, at + 8, sizeof(lost));
	pb->stats.lost += lost;
	return 0;
}

int pbpf_perfbuf_consume(struct pbpf_perfbuf *pb, int max,
			 int (*fn)(void *ctx, const void *sample, size_t size), void *ctx)
{
	int64_t found = perf_look(pb);
	uint64_t end = pb->pos + (uint64_t)found;
	struct perf_header header;
	int count = 0, err = 0, stop = 0;
	const void *data;
	size_t size;

	if (found < 0)
		return (int)found;
	if (max <= 0)
		max = INT_MAX;
	while (pb->pos != end && count < max && !stop) {
		err = perf_take(pb, end - pb->pos, &header, &data, &size);
		if (err < 0)
			break;
		if (err) {
			stop = fn(ctx, data, size);
			pb->stats.records++;
			count++;
		}
		pb->pos += header.size;
		if (pb->pos - pb->published > pb->size / 8)
			perf_publish(pb);
	}
	perf_publish(pb);
	if (stop < 0)
		return stop;
	return count || err >= 0 ? count : err;
}
