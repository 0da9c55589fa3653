/* SPDX-License-Identifier: MIT */
/*
 * plainbpf btf dump: the types of an object file, or of raw BTF such as the kernel's own, in the
 * line format of `bpftool btf dump ... format raw`, so that the two can be compared.
 */
#include "btf/pbpf_btf.h"

#include "elf/pbpf_elf.h"
#include "tools/cli.h"
#include "tools/text.h"

#include <string.h>

#define KERNEL_BTF_FOLDER "/sys/kernel/btf/"
#define KERNEL_BTF	  KERNEL_BTF_FOLDER "vmlinux"

/* --- One type ------------------------------------------------------------------------------- */

static void put_type_name(const char *name)
{
	putchar('\'');
	put_name(stdout, *name ? name : "(anon)");
	putchar('\'');
}

static const char *int_encoding(uint8_t encoding)
{
	switch (encoding) {
	case 0: return "(none)";
	case 1: return "SIGNED";
	case 2: return "CHAR";
	case 4: return "BOOL";
	default: return "UNKN";
	}
}

static const char *linkage_name(uint32_t linkage)
{
	switch (linkage) {
	case PBPF_LINKAGE_STATIC: return "static";
	case PBPF_LINKAGE_GLOBAL: return "global";
	case PBPF_LINKAGE_EXTERN: return "extern";
	default: return "(unknown)";
	}
}

static void print_members(const struct pbpf_btf *btf, const struct pbpf_btf_type *type)
{
	for (uint32_t i = 0; i < type->vlen; i++) {
		struct pbpf_btf_member member = pbpf_btf_member(btf, type, i);

		printf("\n\t");
		put_type_name(member.name);
		printf(" type_id=%u bits_offset=%u", member.type, member.bit_offset);
		if (member.bit_size)
			printf(" bitfield_size=%u", member.bit_size);
	}
}

static void print_enumerators(const struct pbpf_btf *btf, const struct pbpf_btf_type *type)
{
	const char *suffix = type->kind == PBPF_KIND_ENUM ? "" : type->kind_flag ? "LL" : "ULL";

	for (uint32_t i = 0; i < type->vlen; i++) {
		struct pbpf_btf_enumerator e = pbpf_btf_enumerator(btf, type, i);

		printf("\n\t");
		put_type_name(e.name);
		if (type->kind_flag)
			printf(" val=%lld%s", (long long)e.value, suffix);
		else
			printf(" val=%llu%s", (unsigned long long)e.value, suffix);
	}
}

static void print_params(const struct pbpf_btf *btf, const struct pbpf_btf_type *type)
{
	for (uint32_t i = 0; i < type->vlen; i++) {
		struct pbpf_btf_param param = pbpf_btf_param(btf, type, i);

		printf("\n\t");
		put_type_name(param.name);
		printf(" type_id=%u", param.type);
	}
}

static void print_variables(const struct pbpf_btf *btf, const struct pbpf_btf_type *type)
{
	for (uint32_t i = 0; i < type->vlen; i++) {
		struct pbpf_btf_variable variable = pbpf_btf_variable(btf, type, i);
		struct pbpf_btf_type target = pbpf_btf_type(btf, variable.type);

		printf("\n\ttype_id=%u offset=%u size=%u (%s ", variable.type, variable.offset,
		       variable.size, pbpf_btf_kind_name(target.kind));
		put_type_name(target.name);
		putchar(')');
	}
}

static void print_type(const struct pbpf_btf *btf, uint32_t id)
{
	struct pbpf_btf_type type = pbpf_btf_type(btf, id);
	struct pbpf_btf_array array;

	printf("[%u] %s ", id, pbpf_btf_kind_name(type.kind));
	put_type_name(type.name);
	switch (type.kind) {
	case PBPF_KIND_INT:
		printf(" size=%u bits_offset=%u nr_bits=%u encoding=%s", type.size, type.int_offset,
		       type.int_bits, int_encoding(type.int_encoding));
		break;
	case PBPF_KIND_ARRAY:
		array = pbpf_btf_array(btf, &type);
		printf(" type_id=%u index_type_id=%u nr_elems=%u", array.type, array.index_type,
		       array.count);
		break;
	case PBPF_KIND_STRUCT:
	case PBPF_KIND_UNION:
		printf(" size=%u vlen=%u", type.size, type.vlen);
		print_members(btf, &type);
		break;
	case PBPF_KIND_ENUM:
	case PBPF_KIND_ENUM64:
		printf(" encoding=%s size=%u vlen=%u", type.kind_flag ? "SIGNED" : "UNSIGNED",
		       type.size, type.vlen);
		print_enumerators(btf, &type);
		break;
	case PBPF_KIND_FWD: printf(" fwd_kind=%s", type.kind_flag ? "union" : "struct"); break;
	case PBPF_KIND_FUNC:
		printf(" type_id=%u linkage=%s", type.type, linkage_name(type.linkage));
		break;
	case PBPF_KIND_FUNC_PROTO:
		printf(" ret_type_id=%u vlen=%u", type.type, type.vlen);
		print_params(btf, &type);
		break;
	case PBPF_KIND_VAR:
		printf(" type_id=%u, linkage=%s", type.type, linkage_name(type.linkage));
		break;
	case PBPF_KIND_DATASEC:
		printf(" size=%u vlen=%u", type.size, type.vlen);
		print_variables(btf, &type);
		break;
	case PBPF_KIND_FLOAT: printf(" size=%u", type.size); break;
	case PBPF_KIND_DECL_TAG:
		printf(" type_id=%u component_idx=%d", type.type, type.component);
		break;
	default: printf(" type_id=%u", type.type); break; /* pointers, modifiers, typedefs */
	}
	putchar('\n');
}

/* --- Where the bytes come from -------------------------------------------------------------- */

/* Raw BTF begins with its magic number, in either byte order. */
static bool is_raw_btf(const void *image, size_t size)
{
	return size >= 2 && (!memcmp(image, "\x9f\xeb", 2) || !memcmp(image, "\xeb\x9f", 2));
}

static int parse_object(struct cli *cli, const void *image, size_t size, struct pbpf_btf **btf)
{
	const struct pbpf_section *section;
	struct pbpf_elf *elf;
	int err = pbpf_elf_open(&elf, image, size, &cli->env);

	if (err < 0)
		return err;
	section = pbpf_elf_section(elf, ".BTF");
	if (section && section->data)
		err = pbpf_btf_parse(btf, section->data, (size_t)section->size, NULL, &cli->env);
	else
		err = env_fail(&cli->env, -ENOENT, AT("btf", NULL, 0),
			       "compile with clang -g, which puts the types into the object",
			       "the object has no .BTF section");
	pbpf_elf_close(elf);
	return err;
}

/* An object, or raw BTF; pbpf_btf_parse() copies, so the file's bytes are not kept. */
static int parse_file(struct cli *cli, const char *path, const struct pbpf_btf *base,
		      struct pbpf_btf **btf)
{
	void *image;
	size_t size;
	int err = cli_read_file(cli, path, &image, &size);

	if (err < 0)
		return err;
	if (is_raw_btf(image, size))
		err = pbpf_btf_parse(btf, image, size, base, &cli->env);
	else
		err = parse_object(cli, image, size, btf);
	cli_free_file(cli, image, size);
	return err;
}

/* The BTF of a kernel module is split: its base is the kernel's. */
static const char *base_path(const struct cli *cli, const char *path)
{
	if (cli->base_btf)
		return cli->base_btf;
	if (!strncmp(path, KERNEL_BTF_FOLDER, strlen(KERNEL_BTF_FOLDER)) &&
	    strcmp(path, KERNEL_BTF) != 0)
		return KERNEL_BTF;
	return NULL;
}

static int dump(struct cli *cli, const char *path)
{
	const char *base_file = base_path(cli, path);
	struct pbpf_btf *base = NULL, *btf = NULL;
	int err = 0;

	if (base_file)
		err = parse_file(cli, base_file, NULL, &base);
	if (err >= 0)
		err = parse_file(cli, path, base, &btf);
	if (err >= 0)
		for (uint32_t id = base ? pbpf_btf_count(base) : 1; id < pbpf_btf_count(btf); id++)
			print_type(btf, id);
	pbpf_btf_free(btf);
	pbpf_btf_free(base);
	return err < 0 ? CLI_FAILED : CLI_OK;
}

/* The first of the words is taken, if it is `name`, which must then not be the last one. */
static bool skip_word(char *const **words, const char *name)
{
	bool found = (*words)[0] && (*words)[1] && !strcmp((*words)[0], name);

	*words += found;
	return found;
}

static int unexpected_word(const char *word, const char *known)
{
	const char *const names[] = {known, NULL};

	return usage_error("btf", "word", word, names);
}

/* dump [file] FILE [format raw]: bpftool's words are taken too. */
static int run_btf(struct cli *cli)
{
	char *const *words = cli->operands;
	const char *path;

	if (!skip_word(&words, "dump"))
		return unexpected_word(*words, "dump");
	skip_word(&words, "file");
	path = *words++;
	if (skip_word(&words, "format")) {
		if (strcmp(*words, "raw") != 0)
			return unexpected_word(*words, "raw");
		words++;
	}
	return *words ? unexpected_word(*words, "format") : dump(cli, path);
}

const struct command btf_command = {
	.name = "btf",
	.run = run_btf,
	.summary = "the types (BTF) of an object or of a raw BTF file",
	.operands = "dump FILE",
	.operands_min = 2,
	.operands_max = 5,
	.options = "Bv",
	.details =
		"Prints every type, one record with its members after the other, in the format of\n"
		"'bpftool btf dump file FILE format raw' (those words are understood too). FILE is a\n"
		"BPF object or raw BTF such as /sys/kernel/btf/vmlinux; a module's BTF below\n"
		"/sys/kernel/btf stands on vmlinux by itself.\n\n"
		"exit codes: 0 printed; 1 the file cannot be read, or its BTF is malformed;\n"
		"2 the command line was not understood.",
};
