/* SPDX-License-Identifier: MIT */
/*
 * The private side of base: how the library's own code reaches its host.
 *
 *	env_alloc, env_resize, env_room, env_copy, env_free     memory
 *	env_fail, env_warn, env_note, env_step        words, escaped and cut to one line
 *
 * Every function takes a NULL env. Sizes are checked for overflow here, so that callers multiply
 * nothing themselves.
 */
#ifndef BASE_ENV_H
#define BASE_ENV_H

#include "base/pbpf_base.h"

#include <errno.h>

/* The kernel's own "not supported", which leaks through bpf(2) although user space has no name for it
 * (include/linux/errno.h of Linux). */
#define ENOTSUPP 524

/* Zeroed memory for `count` elements of `size` bytes; NULL when there is none. Count 0 gives a
 * block of one byte, so that NULL always means failure. Pair with env_free() of the same figures.
 */
void *env_alloc(const struct pbpf_env *env, size_t count, size_t size);

/* Grows or shrinks an array of elements of `size` bytes, new elements zeroed. On failure NULL, and
 * the old array is untouched. */
void *env_resize(const struct pbpf_env *env, void *ptr, size_t old_count, size_t new_count,
		 size_t size);

/* The same for bytes, at least one, of which the new hold anything: for what is written over at once. */
void *env_room(const struct pbpf_env *env, void *ptr, size_t old_size, size_t new_size);

/* A copy of `size` bytes (no terminator added). */
void *env_copy(const struct pbpf_env *env, const void *data, size_t size);

/* Frees what env_alloc(count, size) gave; a NULL ptr is fine. */
void env_free(const struct pbpf_env *env, void *ptr, size_t count, size_t size);

/* What a message is about. */
struct env_place {
	const char *stage;
	const char *where;
	uint64_t offset;
};
#define AT(stage, where, offset) (&(const struct env_place){(stage), (where), (offset)})

#define ENV_PRINTF(at, first) __attribute__((format(printf, at, first)))

/* Reports an error and returns `err`, so that `return env_fail(...)` is one line. */
int env_fail(const struct pbpf_env *env, int err, const struct env_place *at, const char *hint,
	     const char *format, ...) ENV_PRINTF(5, 6);

/* The one message for a refused allocation; returns -ENOMEM. */
int env_no_memory(const struct pbpf_env *env, const char *stage, const char *what);

/*
 * Where the errors of an env go while they are kept: of what may fail, where that is not the caller's
 * failure. Only the last one is kept. The env that points here, and its copies, must not outlive it.
 */
struct pbpf_kept_words {
	bool on;
	char text[512];
	char hint[256]; /* "" when there is none */
};

/* The same host, where nobody listens: for what is tried, and need not succeed. */
struct pbpf_env env_quiet(const struct pbpf_env *env);

/* Would a message of this level be heard? */
bool env_wants(const struct pbpf_env *env, enum pbpf_level level);

/* Reports without failing. Use the macros: their arguments cost nothing when nobody listens. */
void env_say(const struct pbpf_env *env, enum pbpf_level level, const struct env_place *at,
	     const char *hint, const char *format, ...) ENV_PRINTF(5, 6);
#define env_say_if(env, level, ...)                       \
	do {                                              \
		if (env_wants(env, level))                \
			env_say(env, level, __VA_ARGS__); \
	} while (0)
#define env_warn(env, at, hint, ...) env_say_if(env, PBPF_WARNING, at, hint, __VA_ARGS__)
#define env_note(env, at, hint, ...) env_say_if(env, PBPF_NOTE, at, hint, __VA_ARGS__)
#define env_step(env, at, ...)	     env_say_if(env, PBPF_STEP, at, NULL, __VA_ARGS__)

#endif
