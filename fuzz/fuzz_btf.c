/* SPDX-License-Identifier: MIT */
/*
 * pbpf_btf_parse(), in a copy and in place, and pbpf_btf_view() on any bytes: a result or an error with one message, memory in
 * proportion, what pbpf_btf.h promises after parse, and the same with each allocation refused.
 */
#include "btf/pbpf_btf.h"
#include "fuzz/host.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void touch(const char *name)
{
	MUST(strlen(name) < SIZE_MAX);
}

static void walk_records(const struct pbpf_btf *btf, const struct pbpf_btf_type *type)
{
	for (uint32_t i = 0; i < type->vlen && i < 1000; i++) {
		touch(pbpf_btf_member(btf, type, i).name);
		touch(pbpf_btf_enumerator(btf, type, i).name);
		touch(pbpf_btf_param(btf, type, i).name);
		pbpf_btf_variable(btf, type, i);
	}
	pbpf_btf_array(btf, type);
}

static void walk(const struct pbpf_btf *btf)
{
	struct pbpf_btf_wanted wanted[2] = {{.name = "int"},
					    {.name = "a", .kind = PBPF_KIND_STRUCT}};

	for (uint32_t id = 0; id <= pbpf_btf_count(btf) && id < 5000; id++) {
		struct pbpf_btf_type type = pbpf_btf_type(btf, id);

		touch(type.name);
		walk_records(btf, &type);
		pbpf_btf_resolve(btf, id);
		MUST(pbpf_btf_size(btf, id) <= UINT32_MAX);
		if (*type.name && id < 50)
			MUST(pbpf_btf_find(btf, type.name, type.kind) > 0);
	}
	MUST(pbpf_btf_find_many(btf, wanted, 2) == 0);
	MUST((pbpf_btf_find(btf, "int", 0) < 0) == !wanted[0].id);
}

/* A type of a kind that a layout section describes: nobody knows what it refers to, or its size. */
static bool knows_all_kinds(const struct pbpf_btf *btf)
{
	for (uint32_t id = 1; id < pbpf_btf_count(btf); id++)
		if (pbpf_btf_type(btf, id).kind > PBPF_KIND_ENUM64)
			return false;
	return true;
}

/* Of a checked one more holds: what it is made of exists and has a size. */
static void check(const struct pbpf_btf *btf)
{
	bool sized = knows_all_kinds(btf);

	for (uint32_t id = 1; id < pbpf_btf_count(btf); id++) {
		struct pbpf_btf_type type = pbpf_btf_type(btf, id);

		MUST(type.kind >= PBPF_KIND_INT && type.kind <= 127);
		if (type.kind > PBPF_KIND_ENUM64)
			continue;
		MUST(type.type < pbpf_btf_count(btf));
		if (type.kind == PBPF_KIND_ARRAY && sized)
			MUST(pbpf_btf_size(btf, pbpf_btf_array(btf, &type).type) >= 0);
		if (type.kind != PBPF_KIND_STRUCT && type.kind != PBPF_KIND_UNION)
			continue;
		for (uint32_t i = 0; i < type.vlen && sized; i++)
			MUST(pbpf_btf_size(btf, pbpf_btf_member(btf, &type, i).type) >= 0);
	}
}

/* What was parsed parses again, to the same bytes; the image has no layout section, though. */
static void parse_again(const struct pbpf_btf *btf, const struct pbpf_btf *base)
{
	size_t size, size_again;
	const void *image = pbpf_btf_image(btf, &size), *image_again;
	struct pbpf_btf *again = NULL;

	MUST(pbpf_btf_parse(&again, image, size, base, NULL) == 0);
	image_again = pbpf_btf_image(again, &size_again);
	MUST(size == size_again && !memcmp(image, image_again, size));
	pbpf_btf_free(again);
}

static unsigned int parse(const uint8_t *data, size_t size, const struct pbpf_btf *base,
			  unsigned int fail_at)
{
	struct fuzz_host host = {.fail_at = fail_at};
	struct pbpf_env env = fuzz_env(&host);
	struct pbpf_btf *btf = NULL;
	int err = pbpf_btf_parse(&btf, data, size, base, &env);

	MUST(host.peak <= 3 * size + 4096);
	MUST(err ? err < 0 && !btf && host.errors == 1 : btf && !host.errors);
	if (!err) {
		check(btf);
		walk(btf);
		if (knows_all_kinds(btf))
			parse_again(btf, base);
		if (!pbpf_btf_index(btf))
			walk(btf);
	}
	pbpf_btf_free(btf);
	MUST(host.blocks == 0);
	return host.allocations;
}

/* In place it is the same, but for what may be there. */
static void parse_in_place(const uint8_t *data, size_t size)
{
	struct fuzz_host host = {0};
	struct pbpf_env env = fuzz_env(&host);
	struct pbpf_btf *btf = NULL, *copied = NULL;
	uint8_t *own = env.resize(env.ctx, NULL, 0, size + 1);
	int err = pbpf_btf_parse(&copied, data, size, NULL, NULL);
	const void *image, *expected;
	size_t image_size, expected_size;

	memcpy(own, data, size);
	MUST(pbpf_btf_parse_in_place(&btf, own, size, &env) == err);
	if (!err) {
		image = pbpf_btf_image(btf, &image_size);
		expected = pbpf_btf_image(copied, &expected_size);
		MUST(image_size == expected_size && !memcmp(image, expected, image_size));
		walk(btf);
	}
	pbpf_btf_free(btf);
	pbpf_btf_free(copied);
	env.resize(env.ctx, own, size + 1, 0);
	MUST(host.blocks == 0);
}

static unsigned int view(const uint8_t *data, size_t size, const struct pbpf_btf *base,
			 unsigned int fail_at)
{
	struct fuzz_host host = {.fail_at = fail_at};
	struct pbpf_env env = fuzz_env(&host);
	struct pbpf_btf *btf = NULL;
	int err = pbpf_btf_view(&btf, data, size, base, NULL, &env);

	MUST(host.peak <= size + 4096);
	MUST(err ? err < 0 && !btf && host.errors == 1 : btf && !host.errors);
	if (!err) {
		walk(btf);
		if (!pbpf_btf_index(btf))
			walk(btf);
	}
	pbpf_btf_free(btf);
	MUST(host.blocks == 0);
	return host.allocations;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pbpf_btf *base = NULL;
	unsigned int allocations = parse(data, size, NULL, 0);

	for (unsigned int n = 1; n <= allocations; n++)
		parse(data, size, NULL, n);
	parse_in_place(data, size);
	allocations = view(data, size, NULL, 0);
	for (unsigned int n = 1; n <= allocations; n++)
		view(data, size, NULL, n);
	if (!pbpf_btf_view(&base, data, size, NULL, NULL, NULL)) {
		parse(data, size, base, 0); /* over itself */
		view(data, size, base, 0);
	}
	pbpf_btf_free(base);
	return 0;
}
