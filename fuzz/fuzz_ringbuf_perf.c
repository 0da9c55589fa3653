/* SPDX-License-Identifier: MIT */
/*
 * The perf buffer's reader over any memory content, which somebody else may change between two
 * calls.
 *
 *	byte 0       size of the ring, 2^(3 + n mod 8) bytes
 *	8 + 8 bytes  data_tail, data_head
 *	size bytes   the ring
 *	then         pairs of bytes: how many samples to take, how far data_head moves after that
 */
#include "ringbuf/pbpf_perfbuf.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void take(const uint8_t **at, size_t *left, void *to, size_t size)
{
	size_t n = size < *left ? size : *left;

	memset(to, 0, size);
	if (n)
		memcpy(to, *at, n);
	*at += n;
	*left -= n;
}

static int check_sample(void *ctx, const void *sample, size_t size)
{
	const struct pbpf_perfbuf *pb = ctx;
	const uint8_t *at = sample;
	volatile uint8_t sum = 0;

	if (at < pb->data + 12 || size > pb->size ||
	    (size_t)(at - pb->data) + size > pb->size + PBPF_PERFBUF_SPARE)
		abort();
	for (size_t i = 0; i < size; i++)
		sum = (uint8_t)(sum + at[i]);
	return size == 16 ? 1 : size == 24 ? -1 : 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static _Alignas(8) uint8_t page[4096];
	struct pbpf_perfbuf pb;
	uint8_t shape, step[2], *ring;
	uint64_t pos[2];
	size_t ring_size;

	take(&data, &size, &shape, 1);
	take(&data, &size, pos, sizeof(pos));
	ring_size = (size_t)8 << shape % 8;
	ring = calloc(1, ring_size + PBPF_PERFBUF_SPARE);
	if (!ring)
		return 0;
	take(&data, &size, ring, ring_size);
	memcpy(page + 1032, &pos[0], 8);
	memcpy(page + 1024, &pos[1], 8);
	if (!pbpf_perfbuf_init(&pb, page, ring, ring_size)) {
		while (size) {
			take(&data, &size, step, sizeof(step));
			pbpf_perfbuf_consume(&pb, step[0] % 4, check_sample, &pb);
			pos[1] += (uint64_t)(8 * (int8_t)step[1]);
			memcpy(page + 1024, &pos[1], 8);
			pbpf_perfbuf_wait(&pb, 0);
		}
		pbpf_perfbuf_close(&pb);
	}
	free(ring);
	return 0;
}
