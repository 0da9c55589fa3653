/* SPDX-License-Identifier: MIT */
/*
 * /proc/config.gz, unpacked by zlib. This is the only file that needs it; without (make ZLIB=0,
 * -DPBPF_NO_ZLIB) the configuration comes from /boot or from the caller.
 */
#include "loader/kconfig.h"

#ifdef PBPF_NO_ZLIB

int kconfig_unpack(const struct pbpf_env *env, const void *packed, size_t packed_size, char **text,
		   size_t *size, size_t limit)
{
	(void)env;
	(void)packed;
	(void)packed_size;
	(void)text;
	(void)size;
	(void)limit;
	return -ENOTSUP;
}

#else

#define ZLIB_CONST
#include <string.h>
#include <zlib.h>

#define UNPACK_FIRST ((size_t)128 << 10)
#define GZIP_WINDOW  (15 + 16) /* the largest, with gzip's header (inflateInit2() in zlib.h) */

/* zlib's allocator: it frees without the size, so each block is preceded by it. */
struct zlib_block {
	_Alignas(16) size_t size;
};

static void *zlib_alloc(void *env, unsigned int count, unsigned int size)
{
	size_t bytes = (size_t)count * size + sizeof(struct zlib_block);
	struct zlib_block *block = env_alloc(env, bytes, 1);

	if (!block)
		return NULL;
	block->size = bytes;
	return block + 1;
}

static void zlib_free(void *env, void *data)
{
	struct zlib_block *block = (struct zlib_block *)data - 1;

	env_free(env, block, block->size, 1);
}

struct unpacking {
	const struct pbpf_env *env;
	z_stream stream;
	char *text;
	size_t used, room, limit;
};

/* Unpacks until the end, or until the room is full. */
static int unpack_some(struct unpacking *unpacking)
{
	z_stream *stream = &unpacking->stream;
	int got;

	stream->next_out = (unsigned char *)unpacking->text + unpacking->used;
	stream->avail_out = (unsigned int)(unpacking->room - unpacking->used);
	got = inflate(stream, Z_NO_FLUSH);
	unpacking->used = unpacking->room - stream->avail_out;
	if (got == Z_STREAM_END)
		return 1;
	if (got == Z_MEM_ERROR)
		return -ENOMEM;
	return got == Z_OK && !stream->avail_out ? 0 : -EINVAL;
}

static int grow_text(struct unpacking *unpacking)
{
	size_t room = unpacking->room ? 2 * unpacking->room : UNPACK_FIRST;
	char *text;

	if (unpacking->room >= unpacking->limit)
		return -EFBIG;
	if (room > unpacking->limit)
		room = unpacking->limit;
	text = env_resize(unpacking->env, unpacking->text, unpacking->room, room, 1);
	if (!text)
		return -ENOMEM;
	unpacking->text = text;
	unpacking->room = room;
	return 0;
}

static int unpack_all(struct unpacking *unpacking)
{
	int err;

	do {
		err = grow_text(unpacking);
		if (!err)
			err = unpack_some(unpacking);
	} while (!err);
	return err < 0 ? err : 0;
}

/* The text takes as much memory as it has bytes, so that its size alone tells how to free it. */
static int trim_text(struct unpacking *unpacking)
{
	char *text =
		env_resize(unpacking->env, unpacking->text, unpacking->room, unpacking->used, 1);

	if (!text)
		return -ENOMEM;
	unpacking->text = text;
	unpacking->room = unpacking->used;
	return 0;
}

int kconfig_unpack(const struct pbpf_env *env, const void *packed, size_t packed_size, char **text,
		   size_t *size, size_t limit)
{
	struct unpacking unpacking = {.env = env, .limit = limit};
	int err;

	if (packed_size > UINT32_MAX || limit > UINT32_MAX)
		return -EFBIG;
	unpacking.stream.zalloc = zlib_alloc;
	unpacking.stream.zfree = zlib_free;
	memcpy(&unpacking.stream.opaque, &env, sizeof(env)); /* which has no const */
	unpacking.stream.next_in = packed;
	unpacking.stream.avail_in = (unsigned int)packed_size;
	err = inflateInit2(&unpacking.stream, GZIP_WINDOW);
	if (err != Z_OK)
		return err == Z_MEM_ERROR ? -ENOMEM : -ENOTSUP;
	err = unpack_all(&unpacking);
	if (!err)
		err = trim_text(&unpacking);
	inflateEnd(&unpacking.stream);
	if (err) {
		env_free(env, unpacking.text, unpacking.room, 1);
		return err;
	}
	*text = unpacking.text;
	*size = unpacking.used;
	return 0;
}

#endif
