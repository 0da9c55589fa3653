/* SPDX-License-Identifier: MIT */
/*
 * Values from any text, of any BTF that parses and of any view: nothing is written outside of the value, all
 * of it or nothing is set, and a value that was set can be printed and set again, to the same.
 *
 *	size of the BTF, 2 bytes | BTF | text
 */
#include "btf/pbpf_btf.h"
#include "fuzz/host.h"

#include <errno.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define VALUE_MOST 4096

struct sink {
	char text[1 << 16];
	size_t used;
};

static int keep_text(void *ctx, const char *text, size_t size)
{
	struct sink *sink = ctx;

	if (size >= sizeof(sink->text) - sink->used)
		return -E2BIG;
	memcpy(sink->text + sink->used, text, size);
	sink->used += size;
	sink->text[sink->used] = '\0';
	return 0;
}

/* A number, a name or a string that was read is printed in a form that can be read; not so pointers, and
 * floats of strange sizes. A union may be printed as members that do not agree, so bytes are not compared. */
static void set_again(const struct pbpf_btf *btf, uint32_t id, uint8_t *value, size_t size,
		      const struct pbpf_env *env)
{
	static struct sink sink;
	struct pbpf_writer out = {keep_text, &sink};

	for (int style = 0; style < 2; style++) {
		sink.used = 0;
		if (!pbpf_btf_print_value(btf, id, value, size, (enum pbpf_btf_style)style, &out))
			(void)pbpf_btf_set_value(btf, id, sink.text, value, size, env);
	}
}

static void set_value(const struct pbpf_btf *btf, uint32_t id, const char *text,
		      const struct pbpf_env *env)
{
	int64_t size = pbpf_btf_size(btf, id);
	uint8_t *value;

	if (size < 0 || size > VALUE_MOST)
		return;
	value = malloc((size_t)size + 1);
	MUST(value);
	memset(value, 0xa5, (size_t)size + 1);
	if (!pbpf_btf_set_value(btf, id, text, value, (size_t)size, env))
		set_again(btf, id, value, (size_t)size, env);
	else
		for (int64_t i = 0; i < size; i++)
			MUST(value[i] == 0xa5);
	MUST(value[size] == 0xa5);
	free(value);
}

static void set_values(const uint8_t *types, size_t size, const char *text, bool view)
{
	struct fuzz_host host = {0};
	struct pbpf_env env = fuzz_env(&host);
	struct pbpf_btf *btf = NULL;
	int err = view ? pbpf_btf_view(&btf, types, size, NULL, NULL, &env)
		       : pbpf_btf_parse(&btf, types, size, NULL, &env);

	for (uint32_t id = 0; !err && id < pbpf_btf_count(btf) && id < 32; id++)
		set_value(btf, id, text, &env);
	pbpf_btf_free(btf);
	MUST(host.blocks == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t types;
	char *text;

	if (size < 2)
		return 0;
	types = data[0] | (size_t)data[1] << 8;
	if (types > size - 2)
		return 0;
	text = malloc(size - 2 - types + 1);
	MUST(text);
	memcpy(text, data + 2 + types, size - 2 - types);
	text[size - 2 - types] = '\0';
	set_values(data + 2, types, text, false);
	set_values(data + 2, types, text, true);
	free(text);
	return 0;
}
