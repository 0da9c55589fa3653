/* SPDX-License-Identifier: MIT */
/*
 * The host's hooks, with their defaults. Read env.h first.
 */
#include "base/env.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX  1024 /* a message's text, with its terminator */
#define WHERE_MAX 256  /* the name of what it is about */

static void *libc_resize(void *ptr, size_t new_size)
{
	if (new_size)
		return realloc(ptr, new_size);
	free(ptr);
	return NULL;
}

static void *host_resize(const struct pbpf_env *env, void *ptr, size_t old_size, size_t new_size)
{
	if (env && env->resize)
		return env->resize(env->ctx, ptr, old_size, new_size);
	return libc_resize(ptr, new_size);
}

/* The bytes of an array; never 0, which would mean "free". False when they overflow. */
static bool array_bytes(size_t count, size_t size, size_t *bytes)
{
	if (__builtin_mul_overflow(count, size, bytes))
		return false;
	if (!*bytes)
		*bytes = 1;
	return true;
}

void *env_alloc(const struct pbpf_env *env, size_t count, size_t size)
{
	size_t bytes;

	if (env && env->resize)
		return env_resize(env, NULL, 0, count, size);
	/* libc knows when memory is zeroed already */
	return array_bytes(count, size, &bytes) ? calloc(1, bytes) : NULL;
}

void *env_room(const struct pbpf_env *env, void *ptr, size_t old_size, size_t new_size)
{
	return host_resize(env, ptr, ptr ? old_size : 0, new_size);
}

void *env_resize(const struct pbpf_env *env, void *ptr, size_t old_count, size_t new_count,
		 size_t size)
{
	size_t old_bytes, new_bytes;
	unsigned char *grown;

	if (!array_bytes(old_count, size, &old_bytes) || !array_bytes(new_count, size, &new_bytes))
		return NULL;
	if (!ptr)
		old_bytes = 0;
	grown = host_resize(env, ptr, old_bytes, new_bytes);
	if (grown && new_bytes > old_bytes)
		memset(grown + old_bytes, 0, new_bytes - old_bytes);
	return grown;
}

void *env_copy(const struct pbpf_env *env, const void *data, size_t size)
{
	void *copy = env_room(env, NULL, 0, size ? size : 1);

	if (copy && size)
		memcpy(copy, data, size);
	return copy;
}

void env_free(const struct pbpf_env *env, void *ptr, size_t count, size_t size)
{
	size_t bytes;

	if (ptr && array_bytes(count, size, &bytes))
		host_resize(env, ptr, bytes, 0);
}

/* Copies `from` with everything but printable ASCII written as \xNN; cut to `size` with "...". */
static void escape(char *to, size_t size, const char *from)
{
	static const char digits[] = "0123456789abcdef";
	size_t used = 0;

	for (; *from; from++) {
		unsigned char c = (unsigned char)*from;
		bool plain = c >= 0x20 && c < 0x7f;

		if (used + (plain ? 1 : 4) + sizeof("...") > size) {
			memcpy(to + used, "...", 3);
			used += 3;
			break;
		}
		if (plain) {
			to[used++] = (char)c;
			continue;
		}
		to[used++] = '\\';
		to[used++] = 'x';
		to[used++] = digits[c >> 4];
		to[used++] = digits[c & 15];
	}
	to[used] = '\0';
}

static bool is_kept(const struct pbpf_env *env, enum pbpf_level level)
{
	return level == PBPF_ERROR && env && env->kept && env->kept->on;
}

static void keep_words(struct pbpf_kept_words *kept, const struct pbpf_msg *msg)
{
	snprintf(kept->text, sizeof(kept->text), "%s", msg->text);
	snprintf(kept->hint, sizeof(kept->hint), "%s", msg->hint ? msg->hint : "");
}

ENV_PRINTF(6, 0)
static void report(const struct pbpf_env *env, enum pbpf_level level, int err,
		   const struct env_place *at, const char *hint, const char *format, va_list args)
{
	char raw[TEXT_MAX], text[TEXT_MAX], where[WHERE_MAX];
	struct pbpf_msg msg = {
		.level = level,
		.err = err,
		.stage = at->stage,
		.offset = at->offset,
		.text = text,
		.hint = hint,
	};

	if (vsnprintf(raw, sizeof(raw), format, args) < 0)
		raw[0] = '\0';
	escape(text, sizeof(text), raw);
	if (at->where) {
		escape(where, sizeof(where), at->where);
		msg.where = where;
	}
	if (is_kept(env, level))
		keep_words(env->kept, &msg);
	else
		env->report(env->ctx, &msg);
}

struct pbpf_env env_quiet(const struct pbpf_env *env)
{
	struct pbpf_env quiet = env ? *env : (struct pbpf_env){0};

	quiet.report = NULL;
	quiet.kept = NULL;
	return quiet;
}

bool env_wants(const struct pbpf_env *env, enum pbpf_level level)
{
	return (env && env->report && level <= env->level) || is_kept(env, level);
}

void env_say(const struct pbpf_env *env, enum pbpf_level level, const struct env_place *at,
	     const char *hint, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	report(env, level, 0, at, hint, format, args);
	va_end(args);
}

int env_fail(const struct pbpf_env *env, int err, const struct env_place *at, const char *hint,
	     const char *format, ...)
{
	va_list args;

	if (!env_wants(env, PBPF_ERROR))
		return err;
	va_start(args, format);
	report(env, PBPF_ERROR, err, at, hint, format, args);
	va_end(args);
	return err;
}

int env_no_memory(const struct pbpf_env *env, const char *stage, const char *what)
{
	return env_fail(env, -ENOMEM, AT(stage, NULL, 0), NULL, "out of memory for %s", what);
}
