/* SPDX-License-Identifier: MIT */
/*
 * The ring buffer consumer over any memory content, which somebody else may change between two
 * calls.
 *
 *	byte 0       size of the ring, 2^(3 + n mod 8) bytes, and whether positions have 32 bits
 *	byte 1       policy
 *	8 + 8 bytes  consumer position, producer position
 *	size bytes   the ring
 *	then         operations: a byte each, some with operands
 *
 * Whatever is there, a record must lie within the ring's two copies, positions may only grow, and
 * every call must come back.
 */
#include "ringbuf/pbpf_ringbuf.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
	const uint8_t *at;
	size_t left;
};

static void take(struct input *in, void *to, size_t size)
{
	size_t n = size < in->left ? size : in->left;

	memset(to, 0, size);
	if (n)
		memcpy(to, in->at, n);
	in->at += n;
	in->left -= n;
}

static uint8_t take_byte(struct input *in)
{
	uint8_t byte;

	take(in, &byte, 1);
	return byte;
}

static void require(bool condition)
{
	if (!condition)
		abort();
}

/* Reads all of a record, so that a sanitizer sees where it lies. */
static void check_record(const struct pbpf_ringbuf *rb, const void *record, size_t size)
{
	const uint8_t *at = record;
	volatile uint8_t sum = 0;

	require(at >= rb->map.data + 8 && size <= rb->map.size);
	require((size_t)(at - rb->map.data) + size <= 2 * rb->map.size);
	for (size_t i = 0; i < size; i++)
		sum = (uint8_t)(sum + at[i]);
}

static int consume(void *ctx, const void *record, size_t size)
{
	struct pbpf_ringbuf *rb = ctx;

	check_record(rb, record, size);
	return size == 13 ? 1 : size == 14 ? -1 : 0;
}

static void operate(struct pbpf_ringbuf *rb, struct input *in, uint8_t *ring, uint64_t *producer)
{
	struct pbpf_record records[5];
	const void *record;
	uint32_t place;
	size_t size;
	int n;

	switch (take_byte(in) % 8) {
	case 0:
		if (pbpf_ringbuf_peek(rb, &record, &size) > 0)
			check_record(rb, record, size);
		break;
	case 1:
		n = pbpf_ringbuf_peek_batch(rb, records, 1 + take_byte(in) % 5);
		for (int i = 0; i < n; i++)
			check_record(rb, records[i].data, records[i].size);
		break;
	case 2: pbpf_ringbuf_release(rb); break;
	case 3: pbpf_ringbuf_consume(rb, take_byte(in) % 4, consume, rb); break;
	case 4: pbpf_ringbuf_arm(rb); break;
	case 5: pbpf_ringbuf_wait(rb, take_byte(in)); break;
	case 6: *producer += (uint64_t)(8 * (int8_t)take_byte(in)); break;
	default:
		take(in, &place, sizeof(place));
		take(in, ring + (place & (rb->map.size - 1) & ~7u), 8);
	}
	require(pbpf_ringbuf_available(rb) <= rb->map.size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct pbpf_ringbuf_policy *const policies[] = {
		&pbpf_ringbuf_balanced, &pbpf_ringbuf_frugal, &pbpf_ringbuf_busy,
		&pbpf_ringbuf_plain};
	struct input in = {data, size};
	struct pbpf_ringbuf rb;
	uint64_t consumer, producer;
	uint8_t shape = take_byte(&in), policy = take_byte(&in), *ring;
	size_t ring_size = (size_t)8 << shape % 8;

	take(&in, &consumer, sizeof(consumer));
	take(&in, &producer, sizeof(producer));
	ring = malloc(2 * ring_size);
	if (!ring)
		return 0;
	take(&in, ring, ring_size);
	memcpy(ring + ring_size, ring, ring_size);
	if (!pbpf_ringbuf_init(&rb, &consumer, &producer, ring, ring_size)) {
		rb.policy = *policies[policy % 4];
		rb.policy.pauses = 1;
		rb.policy.spins = 2;
		if (shape & 128)
			rb.map.wrap = UINT32_MAX;
		while (in.left) {
			operate(&rb, &in, ring, &producer);
			require(rb.end - rb.pos <= rb.map.size &&
				rb.pos - rb.published <= rb.map.size);
		}
		pbpf_ringbuf_close(&rb);
	}
	free(ring);
	return 0;
}
