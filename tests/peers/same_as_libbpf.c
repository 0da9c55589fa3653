/* SPDX-License-Identifier: MIT */
/*
 * The same object through libbpf and through plainbpf: what does each hand to bpf(2)?
 *
 *	same_as_libbpf OBJECT...
 *
 * Every program of every object is loaded alone by both, on the running kernel. Recorded are the
 * attributes of each map that is created, and the instructions, types and flags of the program, as they
 * are in the system call (whether or not the kernel then takes them). References to maps are compared by
 * the map's name. Prints "ok OBJECT" or "not ok OBJECT: what differs" for each; what this loader says that
 * it does not do yet is listed as "left".
 *
 * Differences on purpose:
 *	flags of global data   libbpf maps a section into user space only when it has a variable that is not
 *	                       static; here each section can be, as static variables can be read by name too.
 *	inner maps             libbpf names the map that shows what a map of maps holds OUTER.inner; here it
 *	                       has no name, so it is not compared.
 *	.kconfig               libbpf sorts the values by size, here they stand in the order of the symbols; so
 *	                       offsets into the map differ, and its size.
 *	struct_ops             libbpf loads all programs of a struct, whichever are wanted; those that have the
 *	                       first 15 characters of their names in common cannot be told apart then.
 *	usdt programs          libbpf loads them for uprobe.multi links where the kernel has those; here a
 *	                       usdt program is loaded as any uprobe program is.
 *
 * Linked with -Wl,--wrap=syscall, which is how it comes to see the calls of both.
 */
#include "loader/pbpf_loader.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MAPS_MAX 64

struct map_record {
	char name[BPF_OBJ_NAME_LEN];
	uint32_t type, key_size, value_size, max_entries, flags, key_type, value_type;
	uint64_t extra;
};

/* An instruction, and the name of the map that it refers to, if any. */
struct insn_record {
	struct bpf_insn insn;
	char map[BPF_OBJ_NAME_LEN];
};

struct record {
	struct map_record maps[MAPS_MAX];
	unsigned int map_count;
	bool has_program;
	uint32_t type, attach_type, flags, attach_btf_id, func_count, line_count, insn_count;
	struct insn_record *insns;
};

static struct record *recording;
static const char *wanted_program; /* of the 15 characters that the kernel gets */

long __real_syscall(long number, ...);
long __wrap_syscall(long number, ...);

static void record_map(const union bpf_attr *attr)
{
	struct map_record *map = NULL;

	/* Made twice when the kernel refuses its BTF: the last one counts. */
	for (unsigned int i = 0; i < recording->map_count; i++)
		if (!strcmp(recording->maps[i].name, attr->map_name))
			map = &recording->maps[i];
	if (!map && recording->map_count < MAPS_MAX)
		map = &recording->maps[recording->map_count++];
	if (!map)
		return;
	memcpy(map->name, attr->map_name, sizeof(map->name));
	map->type = attr->map_type;
	map->key_size = attr->key_size;
	map->value_size = attr->value_size;
	map->max_entries = attr->max_entries;
	map->flags = attr->map_flags;
	map->key_type = attr->btf_key_type_id;
	map->value_type = attr->btf_value_type_id;
	map->extra = attr->map_extra;
}

static void name_map(struct insn_record *to, int fd)
{
	struct bpf_map_info info = {0};
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.info.bpf_fd = (uint32_t)fd;
	attr.info.info = (uint64_t)(uintptr_t)&info;
	attr.info.info_len = sizeof(info);
	if (__real_syscall(SYS_bpf, BPF_OBJ_GET_INFO_BY_FD, &attr, sizeof(attr)) == 0)
		memcpy(to->map, info.name, sizeof(to->map));
	to->insn.imm = 0;
}

/* See "differences on purpose". */
static bool is_kconfig(const char *map)
{
	return strchr(map, '.') && !strncmp(".kconfig", strchr(map, '.'), 8);
}

static void record_program(const union bpf_attr *attr)
{
	const struct bpf_insn *insns = (const void *)(uintptr_t)attr->insns;
	struct record *r = recording;

	free(r->insns);
	r->has_program = true;
	r->type = attr->prog_type;
	r->attach_type = attr->expected_attach_type;
	r->flags = attr->prog_flags;
	r->attach_btf_id = attr->attach_btf_id;
	r->func_count = attr->func_info_cnt;
	r->line_count = attr->line_info_cnt;
	r->insn_count = attr->insn_cnt;
	r->insns = calloc(attr->insn_cnt, sizeof(*r->insns));
	for (uint32_t i = 0; r->insns && i < attr->insn_cnt; i++) {
		r->insns[i].insn = insns[i];
		if (i && is_kconfig(r->insns[i - 1].map))
			r->insns[i].insn.imm = 0; /* where in it */
		if (insns[i].code == (BPF_LD | BPF_IMM | BPF_DW) &&
		    (insns[i].src_reg == BPF_PSEUDO_MAP_FD ||
		     insns[i].src_reg == BPF_PSEUDO_MAP_VALUE))
			name_map(&r->insns[i], insns[i].imm);
	}
}

long __wrap_syscall(long number, ...)
{
	long a[6], result;
	va_list args;
	int saved;

	va_start(args, number);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(args, long);
	va_end(args);
	if (number == SYS_bpf && recording && a[0] == BPF_PROG_LOAD &&
	    !strcmp(((const union bpf_attr *)a[1])->prog_name, wanted_program))
		record_program((const union bpf_attr *)a[1]);
	result = __real_syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
	saved = errno;
	/* libbpf's probes are without a name, or have one of their own; they are not in an object. */
	if (number == SYS_bpf && recording && a[0] == BPF_MAP_CREATE && result >= 0 &&
	    *((const union bpf_attr *)a[1])->map_name &&
	    strncmp(((const union bpf_attr *)a[1])->map_name, "libbpf_", 7) != 0)
		record_map((const union bpf_attr *)a[1]);
	errno = saved;
	return result;
}

static int be_silent(enum libbpf_print_level level, const char *format, va_list args)
{
	(void)level;
	(void)format;
	(void)args;
	return 0;
}

/* Sizes that an object leaves to its program, the same for both. */
#define ENTRIES	   1024
#define STACK_SIZE (127 * 8)

static void record_libbpf(struct record *r, const char *path, const char *program)
{
	struct bpf_object *obj = bpf_object__open(path);
	struct bpf_program *prog;
	struct bpf_map *map;

	if (!obj)
		return;
	bpf_object__for_each_program(prog, obj)
		bpf_program__set_autoload(prog, !strcmp(bpf_program__name(prog), program));
	bpf_object__for_each_map(map, obj)
	{
		if (bpf_map__type(map) == BPF_MAP_TYPE_STACK_TRACE && !bpf_map__value_size(map))
			bpf_map__set_value_size(map, STACK_SIZE);
		if (!bpf_map__max_entries(map) &&
		    bpf_map__type(map) != BPF_MAP_TYPE_PERF_EVENT_ARRAY)
			bpf_map__set_max_entries(map, ENTRIES);
		bpf_map__set_pin_path(map, NULL);
	}
	recording = r;
	bpf_object__load(obj);
	recording = NULL;
	bpf_object__close(obj);
}

static char last_words[1024];
static int last_error;

static void keep_words(void *ctx, const struct pbpf_msg *msg)
{
	(void)ctx;
	last_error = msg->err;
	snprintf(last_words, sizeof(last_words), "%s", msg->text);
}

static void record_plainbpf(struct record *r, const char *path, const char *program)
{
	struct pbpf_env env = {.report = keep_words, .level = PBPF_ERROR};
	struct pbpf_options options = {.env = &env, .pin_policy = PBPF_PIN_RECREATE};
	struct pbpf_object *obj = NULL;

	last_words[0] = '\0';
	last_error = 0;
	if (pbpf_object_open_file(&obj, path, &options))
		return;
	for (struct pbpf_program *prog = NULL; (prog = pbpf_object_next_program(obj, prog));)
		pbpf_program_set_autoload(prog, !strcmp(pbpf_program_name(prog), program));
	for (struct pbpf_map *map = NULL; (map = pbpf_object_next_map(obj, map));) {
		struct pbpf_map_attr attr = *pbpf_map_attr(map);

		if (attr.type == PBPF_MAP_TYPE_STACK_TRACE && !attr.value_size)
			attr.value_size = STACK_SIZE;
		if (!attr.max_entries && attr.type != PBPF_MAP_TYPE_PERF_EVENT_ARRAY)
			attr.max_entries = ENTRIES;
		pbpf_map_set_attr(map, &attr);
	}
	recording = r;
	pbpf_object_load(obj);
	recording = NULL;
	pbpf_object_close(obj);
}

/* Says what differs, with the name of the object in front of the first difference. */
static int differs(const char *format, ...)
{
	va_list args;

	printf("  ");
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
	return 1;
}

#define COMPARE(what, name, field)                                          \
	(peer->field == own->field                                          \
		 ? 0                                                        \
		 : differs("%s %s: " #field " %llu, here %llu", what, name, \
			   (unsigned long long)peer->field, (unsigned long long)own->field))

/* See "differences on purpose". */
static uint32_t flags_to_compare(const struct map_record *map)
{
	return strchr(map->name, '.') ? map->flags | BPF_F_MMAPABLE : map->flags;
}

/* See "differences on purpose". */
static bool is_inner(const struct map_record *map)
{
	const char *behind = strchr(map->name, '.');

	return behind && behind[1] == 'i' && !strncmp(".inner", behind, strlen(behind));
}

static int compare_map(const struct map_record *peer, const struct map_record *own)
{
	uint32_t flags = flags_to_compare(peer), flags_here = flags_to_compare(own);

	return COMPARE("map", peer->name, type) + COMPARE("map", peer->name, key_size) +
	       (is_kconfig(peer->name) ? 0 : COMPARE("map", peer->name, value_size)) +
	       COMPARE("map", peer->name, max_entries) +
	       (flags == flags_here
			? 0
			: differs("map %s: flags %#x, here %#x", peer->name, flags, flags_here)) +
	       COMPARE("map", peer->name, key_type) + COMPARE("map", peer->name, value_type) +
	       COMPARE("map", peer->name, extra);
}

static int compare_maps(const struct record *peer, const struct record *own)
{
	int bad = 0;

	for (unsigned int i = 0; i < peer->map_count; i++) {
		const struct map_record *found = NULL;

		for (unsigned int j = 0; j < own->map_count; j++)
			if (!strcmp(own->maps[j].name, peer->maps[i].name))
				found = &own->maps[j];
		if (found)
			bad += compare_map(&peer->maps[i], found);
		else if (!is_inner(&peer->maps[i]))
			bad += differs("map %s is not made here", peer->maps[i].name);
	}
	if (own->map_count > peer->map_count)
		bad += differs("%u maps more here", own->map_count - peer->map_count);
	return bad;
}

static int compare_insns(const struct record *peer, const struct record *own, const char *program)
{
	if (peer->insn_count != own->insn_count)
		return differs("program %s: %u instructions, here %u", program, peer->insn_count,
			       own->insn_count);
	for (uint32_t i = 0; i < peer->insn_count; i++)
		if (memcmp(&peer->insns[i], &own->insns[i], sizeof(peer->insns[i])) != 0)
			return differs(
				"program %s: instruction %u: code %#x off %d imm %d %s, here "
				"code %#x off %d imm %d %s",
				program, i, peer->insns[i].insn.code, peer->insns[i].insn.off,
				peer->insns[i].insn.imm, peer->insns[i].map,
				own->insns[i].insn.code, own->insns[i].insn.off,
				own->insns[i].insn.imm, own->insns[i].map);
	return 0;
}

/* See "differences on purpose". */
static bool is_usdt(const struct record *peer, const struct record *own)
{
	enum { TRACE_UPROBE_MULTI = 48 };

	return peer->type == BPF_PROG_TYPE_KPROBE && peer->attach_type == TRACE_UPROBE_MULTI &&
	       !own->attach_type;
}

/* See "differences on purpose". */
static bool is_one_of_ops(const struct record *peer, const char *program)
{
	return peer->type == BPF_PROG_TYPE_STRUCT_OPS && strlen(program) >= BPF_OBJ_NAME_LEN;
}

static int compare(const struct record *peer, const struct record *own, const char *program)
{
	if (!peer->has_program)
		return 0; /* libbpf gave up before; there is nothing to compare with */
	if (is_one_of_ops(peer, program))
		return 0;
	if (!own->has_program && last_error == -ENOTSUP) {
		printf("left: program %s: %s\n", program, last_words);
		return 0;
	}
	if (!own->has_program)
		return differs("program %s is not loaded here: %s", program, last_words);
	return compare_maps(peer, own) + COMPARE("program", program, type) +
	       (is_usdt(peer, own) ? 0 : COMPARE("program", program, attach_type)) +
	       COMPARE("program", program, flags) + COMPARE("program", program, attach_btf_id) +
	       COMPARE("program", program, func_count) + COMPARE("program", program, line_count) +
	       compare_insns(peer, own, program);
}

static int compare_program(const char *path, const char *program, unsigned int *compared)
{
	struct record peer = {0}, own = {0};
	char name[BPF_OBJ_NAME_LEN] = "";
	int bad;

	strncpy(name, program, sizeof(name) - 1);
	wanted_program = name;
	record_libbpf(&peer, path, program);
	record_plainbpf(&own, path, program);
	bad = compare(&peer, &own, program);
	*compared += peer.has_program;
	free(peer.insns);
	free(own.insns);
	return bad;
}

static int compare_object(const char *path, unsigned int *compared)
{
	struct bpf_object *obj = bpf_object__open(path);
	struct bpf_program *prog;
	unsigned int before = *compared;
	int bad = 0;

	if (!obj) {
		printf("SKIP %s: libbpf does not open it\n", path);
		return 0;
	}
	bpf_object__for_each_program(prog, obj) bad +=
		compare_program(path, bpf_program__name(prog), compared);
	bpf_object__close(obj);
	if (bad)
		printf("not ok %s: the %d differences above\n", path, bad);
	else
		printf("ok %s, %u programs\n", path, *compared - before);
	return bad;
}

int main(int argc, char **argv)
{
	unsigned int compared = 0;
	int bad = 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	libbpf_set_print(be_silent);
	for (int i = 1; i < argc; i++)
		bad += compare_object(argv[i], &compared) != 0;
	printf("%u programs of %d objects compared\n", compared, argc - 1);
	return bad ? 1 : 0;
}
