/* SPDX-License-Identifier: MIT */
/*
 * pbpf_btf_ext_parse() on any bytes, in a copy and in place. The input is 4 bytes of size (little-endian), so much of .BTF, and
 * .BTF.ext. Where the former is not good, a small one serves.
 */
#include "btf/pbpf_btf.h"
#include "fuzz/host.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* int; void (void); FUNC "xdp" of it. Strings: "" "int" "xdp" "0:1". */
static const uint8_t small_btf[] = {
	0x9f, 0xeb, 1, 0, 24, 0,   0,	0,   0, 0,   0,	  0,   40, 0,	0,   0,	  40, 0, 0, 0,
	13,   0,    0, 0, 1,  0,   0,	0,   0, 0,   0,	  1,   4,  0,	0,   0,	  32, 0, 0, 1,
	0,    0,    0, 0, 0,  0,   0,	13,  0, 0,   0,	  0,   5,  0,	0,   0,	  0,  0, 0, 12,
	2,    0,    0, 0, 0,  'i', 'n', 't', 0, 'x', 'd', 'p', 0,  '0', ':', '1', 0,
};

static void check(const struct pbpf_btf *btf, const struct pbpf_btf_ext *ext, const char *section,
		  size_t size)
{
	size_t count;
	const struct pbpf_func_info *funcs = pbpf_btf_ext_funcs(ext, section, &count);

	MUST(count <= size / sizeof(*funcs));
	for (size_t i = 0; i < count; i++)
		MUST(pbpf_btf_type(btf, funcs[i].type).kind == PBPF_KIND_FUNC &&
		     (!i || funcs[i].insn_off > funcs[i - 1].insn_off));
	const struct pbpf_line_info *lines = pbpf_btf_ext_lines(ext, section, &count);

	MUST(count <= size / sizeof(*lines));
	for (size_t i = 0; i < count; i++)
		MUST(lines[i].insn_off % 8 == 0 &&
		     (!i || lines[i].insn_off > lines[i - 1].insn_off));
	const struct pbpf_core_relo *relos = pbpf_btf_ext_core(ext, section, &count);

	MUST(count <= size / sizeof(*relos));
	for (size_t i = 0; i < count; i++)
		MUST(relos[i].type && relos[i].type < pbpf_btf_count(btf));
}

static unsigned int parse(const uint8_t *data, size_t size, const struct pbpf_btf *btf,
			  unsigned int fail_at)
{
	struct fuzz_host host = {.fail_at = fail_at};
	struct pbpf_env env = fuzz_env(&host);
	struct pbpf_btf_ext *ext = NULL;
	size_t btf_size;
	int err = pbpf_btf_ext_parse(&ext, data, size, btf, &env);

	pbpf_btf_image(btf, &btf_size);
	MUST(host.peak <= 8 * size + btf_size + 4096);
	MUST(err ? err < 0 && !ext && host.errors == 1 : ext && !host.errors);
	for (uint32_t id = 0; !err && id < pbpf_btf_count(btf) && id < 100; id++)
		check(btf, ext, pbpf_btf_type(btf, id).name, size);
	pbpf_btf_ext_free(ext);
	MUST(host.blocks == 0);
	return host.allocations;
}

static void parse_in_place(const uint8_t *data, size_t size, const struct pbpf_btf *btf)
{
	struct fuzz_host host = {0};
	struct pbpf_env env = fuzz_env(&host);
	struct pbpf_btf_ext *ext = NULL, *copied = NULL;
	uint8_t *own = env.resize(env.ctx, NULL, 0, size + 1);
	int err = pbpf_btf_ext_parse(&copied, data, size, btf, NULL);

	memcpy(own, data, size);
	MUST(pbpf_btf_ext_parse_in_place(&ext, own, size, btf, &env) == err);
	for (uint32_t id = 0; !err && id < pbpf_btf_count(btf) && id < 100; id++) {
		const char *section = pbpf_btf_type(btf, id).name;
		size_t count, expected;
		const struct pbpf_core_relo *relos = pbpf_btf_ext_core(ext, section, &count);
		const struct pbpf_core_relo *copies = pbpf_btf_ext_core(copied, section, &expected);

		MUST(count == expected &&
		     (!count || !memcmp(relos, copies, count * sizeof(*relos))));
		check(btf, ext, section, size);
	}
	pbpf_btf_ext_free(ext);
	pbpf_btf_ext_free(copied);
	env.resize(env.ctx, own, size + 1, 0);
	MUST(host.blocks == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pbpf_btf *btf = NULL;
	unsigned int allocations;
	size_t btf_size;

	if (size < 4)
		return 0;
	btf_size = data[0] | (size_t)data[1] << 8 | (size_t)data[2] << 16 | (size_t)data[3] << 24;
	data += 4;
	size -= 4;
	if (btf_size > size)
		btf_size = 0;
	if (pbpf_btf_parse(&btf, data, btf_size, NULL, NULL))
		MUST(!pbpf_btf_parse(&btf, small_btf, sizeof(small_btf), NULL, NULL));
	allocations = parse(data + btf_size, size - btf_size, btf, 0);
	for (unsigned int n = 1; n <= allocations; n++)
		parse(data + btf_size, size - btf_size, btf, n);
	parse_in_place(data + btf_size, size - btf_size, btf);
	pbpf_btf_free(btf);
	return 0;
}
