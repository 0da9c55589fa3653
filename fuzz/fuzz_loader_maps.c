/* SPDX-License-Identifier: MIT */
/*
 * Map definitions out of any BTF: the input is a recipe for an object, which is opened, changed in each
 * way that there is before load, loaded into a kernel that says yes to everything, and closed.
 *
 *	byte 0        bit 0: big-endian; bit 1: the rest is a .BTF as it is; bits 2 to 7: the call of the
 *	              kernel that fails
 *	byte 1        the size of .maps in words, of which every slot may be relocated
 *	else          four bytes for each type, member, or variable: what, its name, two numbers
 *
 * Whatever comes: a result or an error with one message, no memory and no fd left over.
 */
#include "fuzz/host.h"
#include "loader/pbpf_loader.h"

#include "tests/btf_builder.h"
#include "tests/elf_builder.h"

#include <errno.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* --- A kernel that says yes ------------------------------------------------------------------- */

struct toy {
	struct fuzz_host host; /* first: the env's ctx is both */
	int next_fd;
	int open_fds;
	unsigned int calls, fail_at;
};

static long toy_bpf(void *ctx, int cmd, void *attr, unsigned int size)
{
	struct toy *toy = ctx;

	(void)attr;
	(void)size;
	if (++toy->calls == toy->fail_at)
		return -EINVAL;
	switch (cmd) {
	case PBPF_MAP_CREATE:
	case PBPF_PROG_LOAD:
	case PBPF_BTF_LOAD: toy->open_fds++; return toy->next_fd++;
	case PBPF_OBJ_GET: return -ENOENT;
	default: return 0;
	}
}

static long toy_close(void *ctx, int fd)
{
	(void)fd;
	((struct toy *)ctx)->open_fds--;
	return 0;
}

static long toy_open(void *ctx, const char *path)
{
	(void)ctx;
	(void)path;
	return -ENOENT;
}

static long toy_page_size(void *ctx)
{
	(void)ctx;
	return 4096;
}

static long toy_mmap(void *ctx, int fd, size_t size, bool writable, void **address)
{
	(void)ctx;
	(void)fd;
	(void)size;
	(void)writable;
	(void)address;
	return -ENOTSUP;
}

static long toy_unlink(void *ctx, const char *path)
{
	(void)ctx;
	(void)path;
	return 0;
}

static long toy_unlinkat(void *ctx, int dir_fd, const char *path, int flags)
{
	(void)dir_fd;
	(void)flags;
	return toy_unlink(ctx, path);
}

static const struct pbpf_kernel toy_kernel = {
	.bpf = toy_bpf,
	.close = toy_close,
	.open = toy_open,
	.page_size = toy_page_size,
	.mmap = toy_mmap,
	.unlink = toy_unlink,
	.unlinkat = toy_unlinkat,
	.mkdir = toy_unlink,
};

/* --- The object ------------------------------------------------------------------------------- */

static const char *const names[] = {
	"",	    "type",	  "max_entries", "map_flags", "key",	 "key_size", "value",
	"values",   "value_size", "numa_node",	 "map_extra", "pinning", "m",	     "typ",
	"x/../y\\", ".maps",	  ".data",	 "..",	      "a.b",	 "int",
};

static const char *name_of(uint8_t byte)
{
	return names[byte % (sizeof(names) / sizeof(names[0]))];
}

enum { AS_IT_COMES, AFTER_STRUCT, AFTER_ENUM, AFTER_DATASEC };

/* Members, values and variables follow a type that has such. */
static int goes_after(uint8_t op)
{
	switch (op % 16) {
	case 4:
	case 5:
	case 6: return AFTER_STRUCT;
	case 10: return AFTER_ENUM;
	case 14: return AFTER_DATASEC;
	default: return AS_IT_COMES;
	}
}

static void start_type(struct btf_builder *b, int kind)
{
	if (kind == AFTER_STRUCT)
		add_struct(b, "", 16);
	else if (kind == AFTER_ENUM)
		add_enum64(b, "", false);
	else if (kind == AFTER_DATASEC)
		add_datasec(b, ".maps", 64);
}

/* One type, member or variable. Ids may be of types that come later, or never. */
static void add_one(struct btf_builder *b, const uint8_t *op)
{
	const char *name = name_of(op[1]);
	uint32_t x = op[2], y = op[3];

	switch (op[0] % 16) {
	case 0: add_int(b, name, 1u << (x % 5), y % 5); break;
	case 1: add_ptr(b, x); break;
	case 2: add_array(b, x, 1, y * y * y); break;
	case 3: add_struct(b, name, x); break;
	case 4:
	case 5:
	case 6: add_member(b, name, x, y * 8); break;
	case 7: add_typedef(b, name, x); break;
	case 8: add_modifier(b, PBPF_KIND_CONST, x); break;
	case 9: add_enum64(b, name, y & 1); break;
	case 10: add_enumerator(b, name, (uint64_t)x << y % 64); break;
	case 11: add_proto(b, x); break;
	case 12: add_var(b, name, x, y % 2); break;
	case 13: add_datasec(b, name, x * 4); break;
	case 14: add_variable(b, x, y * 4, op[1] * 4u); break;
	default: add_fwd(b, name, y & 1); break;
	}
}

/* What the type that this begins takes. */
static int kind_of(uint8_t op)
{
	switch (op % 16) {
	case 3: return AFTER_STRUCT;
	case 9: return AFTER_ENUM;
	case 13: return AFTER_DATASEC;
	default: return AS_IT_COMES;
	}
}

static struct btf_bytes build_btf(const uint8_t *data, size_t size, bool raw, bool big_endian)
{
	struct btf_bytes btf = {0};
	struct btf_builder b;
	int last = AS_IT_COMES;

	if (raw) {
		btf.bytes = malloc(size + 1);
		MUST(btf.bytes != NULL);
		memcpy(btf.bytes, data, size);
		btf.size = size;
		return btf;
	}
	btf_start(&b, big_endian);
	add_int(&b, "int", 4, 1);
	for (; size >= 4; size -= 4, data += 4) {
		int wanted = goes_after(data[0]);

		if (wanted != AS_IT_COMES && wanted != last)
			start_type(&b, wanted);
		last = wanted != AS_IT_COMES ? wanted : kind_of(data[0]);
		add_one(&b, data);
	}
	return btf_finish(&b);
}

/* A program, three sections of data, maps old and new: `data` is what lies in them. */
static struct elf_built build_object(const struct btf_bytes *btf, const uint8_t *data, size_t size,
				     bool big_endian)
{
	static const uint8_t zeros[256 * 8];
	static const uint8_t exit_insn[16] = {0xb7, 0, 0, 0, 0, 0, 0, 0, 0x95};
	size_t words = size ? data[0] : 0;
	struct elf_builder b;
	uint32_t maps, prog, symbols[3];

	build_start(&b, big_endian);
	prog = build_section(&b, "socket", PBPF_SHT_PROGBITS, 6, exit_insn, sizeof(exit_insn));
	maps = build_section(&b, ".maps", PBPF_SHT_PROGBITS, 3, zeros, words * 8);
	build_section(&b, ".BTF", PBPF_SHT_PROGBITS, 0, btf->bytes, btf->size);
	build_section(&b, ".data", PBPF_SHT_PROGBITS, 3, data, size);
	symbols[0] = build_symbol(&b, "m", PBPF_STB_GLOBAL << 4 | PBPF_STT_OBJECT, maps, 0, 0);
	symbols[1] = build_symbol(&b, "prog", PBPF_STB_GLOBAL << 4 | PBPF_STT_FUNC, prog, 0, 16);
	symbols[2] = build_symbol(&b, "type", PBPF_STB_GLOBAL << 4 | PBPF_STT_OBJECT, maps,
				  words * 4, 0);
	for (size_t i = 1; i < size && i < words; i++)
		if (data[i] % 4 < 3 && i % 3 == 0)
			build_reloc(&b, maps, i * 8 - data[i] / 64, symbols[data[i] % 4],
				    PBPF_R_64_ABS64);
	if (size > 24 && data[1] & 1) {
		uint32_t old = build_section(&b, "maps", PBPF_SHT_PROGBITS, 3, data, size);

		build_symbol(&b, "old", PBPF_STB_GLOBAL << 4 | PBPF_STT_OBJECT, old, 0, data[2]);
		build_symbol(&b, "older", PBPF_STB_GLOBAL << 4, old, data[3] % size, 0);
	}
	return build_finish(&b);
}

/* --- What is done with it ---------------------------------------------------------------------- */

/* Every change that there is before load; each may be refused. */
static void change_map(struct pbpf_object *obj, struct pbpf_map *map, uint8_t how)
{
	struct pbpf_map_attr attr = *pbpf_map_attr(map);
	struct pbpf_variable variable;
	uint8_t bytes[256] = {0};

	attr.max_entries++;
	if (how & 1)
		pbpf_map_set_attr(map, &attr);
	if (how & 2)
		pbpf_map_resize(map, attr.value_size + how);
	if (how & 4 && attr.value_size <= sizeof(bytes))
		pbpf_map_set_initial(map, bytes, attr.value_size);
	if (how & 8)
		pbpf_map_set_autocreate(map, false);
	if (how & 16 && !pbpf_object_variable(obj, name_of(how), &variable) &&
	    variable.size <= sizeof(bytes)) {
		pbpf_variable_set(&variable, bytes, variable.size);
		pbpf_variable_get(&variable, bytes, variable.size);
	}
	MUST(pbpf_map_name(map) != NULL);
	MUST(!pbpf_map_inner(map) || pbpf_map_inner(map)->type);
	MUST(pbpf_map_fd(map) == -ENOENT);
}

static void live(struct pbpf_object *obj, struct toy *toy, const uint8_t *data, size_t size)
{
	size_t at = 0;
	int err;

	for (struct pbpf_map *map = NULL; (map = pbpf_object_next_map(obj, map));)
		change_map(obj, map, size ? data[at++ % size] : 0);
	toy->host.errors = 0;
	err = pbpf_object_load(obj);
	MUST(err <= 0);
	MUST(toy->host.errors == (err ? 1 : 0));
	if (err)
		MUST(toy->open_fds == 0);
	for (struct pbpf_map *map = NULL; !err && (map = pbpf_object_next_map(obj, map));)
		MUST(pbpf_map_fd(map) >= 3 || !pbpf_map_autocreate(map));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	bool big_endian = size && data[0] & 1, raw = size && data[0] & 2;
	struct toy toy = {.next_fd = 3, .fail_at = size ? data[0] >> 2 : 0};
	struct pbpf_env env = fuzz_env(&toy.host);
	struct pbpf_options options = {.env = &env};
	struct pbpf_object *obj = NULL;
	struct elf_built image;
	struct btf_bytes btf;
	int err;

	if (size < 2 || size > 4096)
		return 0;
	env.kernel = &toy_kernel;
	btf = build_btf(data + 2, size - 2, raw, big_endian);
	image = build_object(&btf, data + 1, size - 1, big_endian);
	err = pbpf_object_open(&obj, image.bytes, image.size, &options);
	MUST(err <= 0 && !err == (obj != NULL));
	MUST(toy.host.errors == (err ? 1 : 0));
	MUST(toy.calls == 0);
	MUST(toy.host.peak <= 64 * image.size + 65536);
	if (obj)
		live(obj, &toy, data, size);
	pbpf_object_close(obj);
	MUST(toy.open_fds == 0);
	MUST(toy.host.blocks == 0 && toy.host.bytes == 0);
	free(btf.bytes);
	free(image.bytes);
	return 0;
}
