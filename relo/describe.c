/* SPDX-License-Identifier: MIT */
/*
 * What .BTF.ext and BTF say about the functions of an object.
 *
 *	SEC("tc") int prog(...)        .BTF.ext: the FUNC of each function, its lines, its CO-RE records
 *	__exception_cb(cleanup)        DECL_TAG "exception_callback:cleanup" of the program's FUNC
 *
 * Nothing calls `cleanup` but the kernel, when the program throws; it must be in the code all the same. The
 * kernel reads the tag itself, and finds it by its func_info.
 */
#include "base/sort.h"
#include "relo/code.h"

#include <string.h>

#define CALLBACK_TAG "exception_callback:"

/* The functions by the FUNC that describes them, and the global ones by name. */
struct described {
	uint32_t type;
	uint32_t function;
};
struct named {
	const char *name;
	uint32_t function;
};
struct description {
	const struct pbpf_functions *functions;
	const struct pbpf_elf *elf;
	const struct pbpf_env *env;
	struct described *described;
	struct named *named;
	uint32_t described_count, named_count;
};

/* The name of the callback that a DECL_TAG declares, or NULL: it does not. */
static const char *callback_name(const struct pbpf_btf_type *type)
{
	const size_t length = sizeof(CALLBACK_TAG) - 1;

	if (type->component != -1 || strncmp(type->name, CALLBACK_TAG, length) != 0)
		return NULL;
	return type->name + length;
}

/* The records of one kind and section that are not behind the walk over its functions. */
struct records {
	const unsigned char *next; /* each begins with its insn_off, and they ascend */
	size_t left;
	size_t size; /* of one */
};

static uint32_t record_offset(const struct records *records)
{
	return *(const uint32_t *)(const void *)records->next;
}

static void skip_record(struct records *records)
{
	records->next += records->size;
	records->left--;
}

/* Those from byte `begin` to `end` of the section. */
static const void *take_records(struct records *records, uint64_t begin, uint64_t end,
				uint32_t *count)
{
	const void *first;

	while (records->left && record_offset(records) < begin)
		skip_record(records);
	first = records->next;
	for (*count = 0; records->left && record_offset(records) < end; ++*count)
		skip_record(records);
	return first;
}

struct section_records {
	struct records funcs, lines, cores;
};

static void open_records(struct section_records *records, const struct pbpf_btf_ext *ext,
			 const char *section)
{
	const struct pbpf_func_info *funcs = pbpf_btf_ext_funcs(ext, section, &records->funcs.left);
	const struct pbpf_line_info *lines = pbpf_btf_ext_lines(ext, section, &records->lines.left);
	const struct pbpf_core_relo *cores = pbpf_btf_ext_core(ext, section, &records->cores.left);

	records->funcs.next = (const void *)funcs;
	records->funcs.size = sizeof(*funcs);
	records->lines.next = (const void *)lines;
	records->lines.size = sizeof(*lines);
	records->cores.next = (const void *)cores;
	records->cores.size = sizeof(*cores);
}

static void describe_function(struct pbpf_function *function, struct section_records *records)
{
	uint64_t begin = (uint64_t)function->first * PBPF_INSN_SIZE;
	uint64_t end = begin + (uint64_t)function->count * PBPF_INSN_SIZE;
	const struct pbpf_func_info *func;
	uint32_t count;

	func = take_records(&records->funcs, begin, end, &count);
	if (count && func->insn_off == begin)
		function->type = func->type;
	function->lines = take_records(&records->lines, begin, end, &function->line_count);
	function->cores = take_records(&records->cores, begin, end, &function->core_count);
}

/* Functions and records are both in the order of their places: one walk over either, for each section. */
static void describe_functions(struct pbpf_functions *functions, const struct pbpf_elf *elf,
			       const struct pbpf_btf_ext *ext)
{
	struct section_records records;

	for (uint32_t i = 0; i < functions->count; i++) {
		struct pbpf_function *function = &functions->array[i];
		const char *name = function->name;
		uint32_t symbol = function->symbol;

		if (i && is_same_code(function, function - 1)) {
			*function = function[-1];
			function->name = name;
			function->symbol = symbol;
			continue;
		}
		if (!i || function[-1].section != function->section)
			open_records(&records, ext, elf->sections[function->section].name);
		describe_function(function, &records);
	}
	functions->described = ext != NULL;
}

static bool described_before(const void *a, const void *b)
{
	return ((const struct described *)a)->type < ((const struct described *)b)->type;
}

static bool named_before(const void *a, const void *b)
{
	return strcmp(((const struct named *)a)->name, ((const struct named *)b)->name) < 0;
}

static void index_function(struct description *all, uint32_t i)
{
	const struct pbpf_function *function = &all->functions->array[i];

	if (all->elf->symbols[function->symbol].bind != PBPF_STB_LOCAL)
		all->named[all->named_count++] = (struct named){function->name, i};
	if (function->type)
		all->described[all->described_count++] = (struct described){function->type, i};
}

/* The first of those that are not before `key`. */
static uint32_t lower_bound(const void *array, uint32_t count, size_t size, const void *key,
			    bool (*before)(const void *a, const void *b))
{
	uint32_t low = 0, high = count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (before((const char *)array + middle * size, key))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int take_callback(const struct description *all, uint32_t type, const char *name)
{
	const struct described of = {.type = type};
	const struct named called = {.name = name};
	uint32_t i = lower_bound(all->described, all->described_count, sizeof(of), &of,
				 described_before);
	uint32_t to =
		lower_bound(all->named, all->named_count, sizeof(called), &called, named_before);
	struct pbpf_function *function;

	if (i == all->described_count || all->described[i].type != type)
		return 0;
	function = &all->functions->array[all->described[i].function];
	if (to == all->named_count || strcmp(all->named[to].name, name) != 0)
		return env_fail(all->env, -EINVAL, AT("relo", function->name, 0),
				"define it, and not static",
				"function '%s' has the exception callback '%s', which is no global "
				"function of the object",
				function->name, name);
	if (function->exception)
		return env_fail(all->env, -EINVAL, AT("relo", function->name, 0),
				"leave one of them", "function '%s' has two exception callbacks",
				function->name);
	function->exception = all->named[to].function + 1;
	return 0;
}

static int take_callbacks(struct description *all, const struct pbpf_btf *btf)
{
	int err = 0;

	for (uint32_t i = 0; i < all->functions->count; i++)
		index_function(all, i);
	sort_array(all->described, all->described_count, sizeof(*all->described), described_before);
	sort_array(all->named, all->named_count, sizeof(*all->named), named_before);
	for (uint32_t id = 0; !err && (id = pbpf_btf_next(btf, id, PBPF_KIND_DECL_TAG));) {
		struct pbpf_btf_type type = pbpf_btf_type(btf, id);

		if (callback_name(&type))
			err = take_callback(all, type.type, callback_name(&type));
	}
	return err;
}

static int find_callbacks(struct pbpf_functions *functions, const struct pbpf_elf *elf,
			  const struct pbpf_btf *btf, const struct pbpf_env *env)
{
	struct description all = {.functions = functions, .elf = elf, .env = env};
	uint32_t tags = 0;
	int err;

	for (uint32_t id = 0; btf && (id = pbpf_btf_next(btf, id, PBPF_KIND_DECL_TAG));) {
		struct pbpf_btf_type type = pbpf_btf_type(btf, id);

		tags += callback_name(&type) != NULL;
	}
	if (!tags)
		return 0;
	all.described = env_alloc(env, functions->count, sizeof(*all.described));
	all.named = env_alloc(env, functions->count, sizeof(*all.named));
	err = all.described && all.named ? take_callbacks(&all, btf)
					 : env_no_memory(env, "relo", "the index of functions");
	env_free(env, all.described, functions->count, sizeof(*all.described));
	env_free(env, all.named, functions->count, sizeof(*all.named));
	return err;
}

int pbpf_functions_describe(struct pbpf_functions *functions, const struct pbpf_elf *elf,
			    const struct pbpf_btf *btf, const struct pbpf_btf_ext *ext,
			    const struct pbpf_env *env)
{
	if (ext)
		describe_functions(functions, elf, ext);
	return find_callbacks(functions, elf, btf, env);
}
