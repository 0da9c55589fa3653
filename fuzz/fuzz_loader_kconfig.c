/* SPDX-License-Identifier: MIT */
/*
 * A kernel's configuration of any bytes: packed by gzip, if they begin so, or as text. Every line is read
 * as a value of every type.
 */
#include "fuzz/host.h"
#include "loader/kconfig.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define VALUE_ROOM 24
#define GUARD	   0xa5
#define UNPACK_MAX ((size_t)1 << 20)

static const struct kconfig_type fuzz_types[] = {
	{KCONFIG_BOOL, false, 1},    {KCONFIG_TRISTATE, false, 4}, {KCONFIG_TRISTATE, false, 8},
	{KCONFIG_INT, true, 1},	     {KCONFIG_INT, false, 1},	   {KCONFIG_INT, true, 2},
	{KCONFIG_INT, false, 4},     {KCONFIG_INT, true, 8},	   {KCONFIG_STRING, false, 1},
	{KCONFIG_STRING, false, 17},
};

static void read_value(struct kconfig_type type, const struct kconfig_line *line)
{
	unsigned char value[VALUE_ROOM];
	int err;

	memset(value, GUARD, sizeof(value));
	err = kconfig_value(value, type, line->value, line->value_length);
	MUST(!err || err == -EINVAL || err == -ERANGE);
	for (size_t i = err ? 0 : type.size; i < sizeof(value); i++)
		MUST(value[i] == GUARD);
	MUST(err || type.kind != KCONFIG_STRING || memchr(value, '\0', type.size));
}

static void read_lines_of(const char *bytes, size_t size)
{
	struct kconfig_text text = {bytes, size, 0};
	struct kconfig_line line;
	size_t at = 0;

	while (kconfig_next(&text, &line)) {
		MUST(text.at > at && text.at <= size);
		at = text.at;
		MUST(line.name >= bytes && line.name + line.name_length + 1 == line.value);
		MUST(line.value + line.value_length <= bytes + size);
		for (size_t i = 0; i < sizeof(fuzz_types) / sizeof(fuzz_types[0]); i++)
			read_value(fuzz_types[i], &line);
	}
	MUST(text.at == size);
}

static void unpack(const uint8_t *data, size_t size, unsigned int fail_at)
{
	struct fuzz_host host = {.fail_at = fail_at};
	struct pbpf_env env = fuzz_env(&host);
	size_t text_size;
	char *text;

	if (!kconfig_unpack(&env, data, size, &text, &text_size, UNPACK_MAX)) {
		MUST(text_size <= UNPACK_MAX);
		read_lines_of(text, text_size);
		env_free(&env, text, text_size, 1);
	}
	MUST(host.peak <= 2 * UNPACK_MAX);
	MUST(host.blocks == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > 2 && data[0] == 0x1f && data[1] == 0x8b) {
		unpack(data, size, 0);
		unpack(data, size, data[size - 1] % 8);
	} else if (size) {
		read_lines_of((const char *)data, size);
	}
	return 0;
}
