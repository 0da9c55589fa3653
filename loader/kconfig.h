/* SPDX-License-Identifier: MIT */
/*
 * Private to loader: the text of a kernel's configuration, and what a value of it is as a C variable.
 *
 *	# CONFIG_KASAN is not set                  a comment, as every line that begins with '#'
 *	CONFIG_BPF_SYSCALL=y                       bool, tristate, char
 *	CONFIG_HZ=250                              integers
 *	CONFIG_PHYSICAL_START=0x1000000
 *	CONFIG_DEFAULT_HOSTNAME="(none)"           char array; a backslash takes the next character as it is
 *
 * The text is hostile: any bytes, lines of any length.
 */
#ifndef LOADER_KCONFIG_H
#define LOADER_KCONFIG_H

#include "base/env.h"

/* A text that is being read; `at` moves from 0 to `size`. */
struct kconfig_text {
	const char *text;
	size_t size;
	size_t at;
};

/* One assignment, within the text. */
struct kconfig_line {
	const char *name;
	const char *value;
	size_t name_length;
	size_t value_length;
};

/* The next assignment; false at the end. */
bool kconfig_next(struct kconfig_text *text, struct kconfig_line *line);

enum kconfig_kind {
	KCONFIG_BOOL,	  /* y */
	KCONFIG_TRISTATE, /* y, m, or n */
	KCONFIG_INT,	  /* a number; of one byte: also y, m, n as a character */
	KCONFIG_STRING,
};

/* A variable that takes a value. */
struct kconfig_type {
	enum kconfig_kind kind;
	bool is_signed;
	uint32_t size; /* bytes: INT 1, 2, 4, 8; TRISTATE 4, 8; BOOL 1; STRING any */
};

/*
 * Writes a value as a variable of `type.size` bytes. A string is cut when it is too long, and always ends.
 * Errors: -EINVAL when it is of another kind, -ERANGE for a number that does not fit.
 */
int kconfig_value(void *to, struct kconfig_type type, const char *value, size_t length);

/* Writes a number the same way. */
int kconfig_number(void *to, struct kconfig_type type, uint64_t number, bool negative);

/* kconfig_gzip.c: unpacks what gzip(1) packed, *size bytes, for env_free(). Errors: -EINVAL no gzip, or damaged;
 * -EFBIG more than `limit` bytes; -ENOTSUP this build has no zlib; -ENOMEM. */
int kconfig_unpack(const struct pbpf_env *env, const void *packed, size_t packed_size, char **text,
		   size_t *size, size_t limit);

/* kconfig_file.c: the running kernel's configuration. */
#define KCONFIG_GZ "/proc/config.gz"
struct kconfig_file {
	char *text; /* not NUL-terminated */
	size_t size;
	bool unpacked;
	int packed_err; /* why it was not KCONFIG_GZ */
	char path[sizeof("/boot/config-") + 65];
};

/* Errors: of the last place; -ENOMEM, without a message. A zeroed file is empty. */
int kconfig_read(struct kconfig_file *file, const struct pbpf_env *env);
void kconfig_free(struct kconfig_file *file, const struct pbpf_env *env);

#endif
