/* SPDX-License-Identifier: MIT */
/*
 * Types as C and values as text, of any BTF that parses and of any view: an amount of text in proportion,
 * no control characters in it, valid UTF-8 in JSON's case, and no leak when an allocation is refused.
 * The values are the input's own bytes.
 */
#include "btf/pbpf_btf.h"
#include "fuzz/host.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct sink {
	size_t size;
	int depth; /* of brackets */
	bool quoted, escaped;
	bool is_json;
};

/* JSON: outside of strings, brackets must match. */
static void follow(struct sink *sink, char c)
{
	if (sink->escaped)
		sink->escaped = false;
	else if (sink->quoted && c == '\\')
		sink->escaped = true;
	else if (c == '"')
		sink->quoted = !sink->quoted;
	else if (!sink->quoted)
		sink->depth += (c == '{' || c == '[') - (c == '}' || c == ']');
	MUST(sink->depth >= 0);
}

static int count_text(void *ctx, const char *text, size_t size)
{
	struct sink *sink = ctx;

	for (size_t i = 0; i < size; i++) {
		MUST((unsigned char)text[i] >= 0x20 || text[i] == '\n' || text[i] == '\t');
		MUST(sink->is_json || (unsigned char)text[i] < 0x7f);
		if (sink->is_json)
			follow(sink, text[i]);
	}
	sink->size += size;
	return 0;
}

static void print_values(const struct pbpf_btf *btf, const uint8_t *data, size_t size)
{
	for (uint32_t id = 0; id < pbpf_btf_count(btf) && id < 16; id++)
		for (int style = 0; style < 2; style++) {
			struct sink sink = {.is_json = style};
			struct pbpf_writer out = {count_text, &sink};
			int err = pbpf_btf_print_value(btf, id, data, size,
						       (enum pbpf_btf_style)style, &out);

			MUST(err || pbpf_btf_size(btf, id) <= (int64_t)size);
			MUST(err || !style || (!sink.depth && !sink.quoted));
			MUST(sink.size <= (2 << 20) + size * 2048);
		}
}

static void print_types(const struct pbpf_btf *btf, size_t size)
{
	struct sink sink = {0};
	struct pbpf_writer out = {count_text, &sink};

	pbpf_btf_print_header(btf, &out);
	MUST(sink.size <= (2 << 20) + size * 64);
	for (uint32_t id = 0; id < pbpf_btf_count(btf) && id < 8; id++)
		pbpf_btf_print_c(btf, id, &out);
}

static unsigned int print(const uint8_t *data, size_t size, bool view, unsigned int fail_at)
{
	struct fuzz_host host = {.fail_at = fail_at};
	struct pbpf_env env = fuzz_env(&host);
	struct pbpf_btf *btf = NULL;
	int err = view ? pbpf_btf_view(&btf, data, size, NULL, NULL, &env)
		       : pbpf_btf_parse(&btf, data, size, NULL, &env);

	if (!err) {
		print_types(btf, size);
		print_values(btf, data, size);
	}
	pbpf_btf_free(btf);
	MUST(host.blocks == 0);
	MUST(host.peak <= 32 * size + 16384);
	return host.allocations;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned int allocations = print(data, size, false, 0);

	for (unsigned int n = 1; n <= allocations && n < 16; n++)
		print(data, size, false, n);
	print(data, size, true, 0);
	return 0;
}
