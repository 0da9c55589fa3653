/* SPDX-License-Identifier: MIT */
/*
 * A bounds-checked cursor over untrusted bytes.
 *
 *	struct reader r = reader_of(data, size, big_endian);
 *	magic = read_u16(&r);
 *	count = read_u32(&r);
 *	if (r.failed)
 *		...the input ended before these two fields did, r.at says where...
 *
 * The cursor is sticky: after the first read past the end every read gives 0 and moves nothing, so
 * a run of fields needs one check at its end. Loops over records are bounded by reader_left(),
 * never by a count that was read. Any alignment, either byte order.
 */
#ifndef BASE_READER_H
#define BASE_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Does [off, off + len) lie within `total` bytes? Never overflows. */
static inline bool range_ok(uint64_t off, uint64_t len, uint64_t total)
{
	return off <= total && len <= total - off;
}

struct reader {
	const uint8_t *data;
	size_t size;
	size_t at; /* the next byte; after a failure, where the missing bytes should begin */
	bool big_endian;
	bool failed;
};

static inline struct reader reader_of(const void *data, size_t size, bool big_endian)
{
	struct reader r = {(const uint8_t *)data, size, 0, big_endian, false};

	return r;
}

static inline size_t reader_left(const struct reader *r)
{
	return r->failed ? 0 : r->size - r->at;
}

/* The next `count` bytes in place, or NULL when so many are not left. */
static inline const uint8_t *read_bytes(struct reader *r, size_t count)
{
	const uint8_t *bytes;

	if (r->failed || count > r->size - r->at) {
		r->failed = true;
		return NULL;
	}
	bytes = r->data + r->at;
	r->at += count;
	return bytes;
}

static inline void reader_skip(struct reader *r, size_t count)
{
	(void)read_bytes(r, count);
}

/* Is the machine that runs this big-endian? */
static inline bool host_big_endian(void)
{
	return __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;
}

static inline uint8_t read_u8(struct reader *r)
{
	const uint8_t *byte = read_bytes(r, 1);

	return byte ? *byte : 0;
}

static inline uint16_t read_u16(struct reader *r)
{
	const uint8_t *bytes = read_bytes(r, sizeof(uint16_t));
	uint16_t value = 0;

	if (bytes)
		memcpy(&value, bytes, sizeof(value));
	return r->big_endian == host_big_endian() ? value : __builtin_bswap16(value);
}

static inline uint32_t read_u32(struct reader *r)
{
	const uint8_t *bytes = read_bytes(r, sizeof(uint32_t));
	uint32_t value = 0;

	if (bytes)
		memcpy(&value, bytes, sizeof(value));
	return r->big_endian == host_big_endian() ? value : __builtin_bswap32(value);
}

static inline uint64_t read_u64(struct reader *r)
{
	const uint8_t *bytes = read_bytes(r, sizeof(uint64_t));
	uint64_t value = 0;

	if (bytes)
		memcpy(&value, bytes, sizeof(value));
	return r->big_endian == host_big_endian() ? value : __builtin_bswap64(value);
}

#endif
