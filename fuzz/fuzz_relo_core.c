/* SPDX-License-Identifier: MIT */
/*
 * CO-RE on any bytes: two or three BTFs, records and the instructions that they are about.
 *
 *	options(1) | local size(2) kernel size(2) module size(2), little-endian | local BTF | kernel's
 *	BTF | module's BTF | type(4) access(4) kind(4) insn(8) insn(8), again and again
 *
 * Every record is resolved, told, patched and, when it comes to nothing, explained; and the same
 * once more with one of the first allocations refused, which one the upper bits of the options say.
 */
#include "fuzz/host.h"
#include "relo/pbpf_core.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
	OPTION_VIEW = 1, /* the kernel's BTF as it lies; otherwise parsed */
	OPTION_MODULE = 2,
	OPTION_NO_KERNEL = 4,
	OPTION_FAIL_SHIFT = 3,
};

#define HEADER_SIZE 7
#define RECORD_SIZE 28
#define RECORDS_MAX 64

struct part {
	const uint8_t *data;
	size_t size;
};

struct input {
	unsigned int options;
	struct part local, kernel, module, records;
	size_t size; /* of the whole */
};

struct world {
	struct fuzz_host host;
	struct pbpf_env env;
	struct pbpf_btf *local, *kernel, *module;
	struct pbpf_core *core;
};

static struct part take(struct part *rest, size_t size)
{
	struct part part = {rest->data, size < rest->size ? size : rest->size};

	rest->data += part.size;
	rest->size -= part.size;
	return part;
}

static struct input split_input(const uint8_t *data, size_t size)
{
	struct input in = {.options = data[0], .size = size};
	struct part rest = {data + HEADER_SIZE, size - HEADER_SIZE};

	in.local = take(&rest, data[1] | (size_t)data[2] << 8);
	in.kernel = take(&rest, data[3] | (size_t)data[4] << 8);
	in.module = take(&rest, data[5] | (size_t)data[6] << 8);
	in.records = rest;
	return in;
}

static struct pbpf_core_relo take_relo(const uint8_t *bytes)
{
	struct pbpf_core_relo relo = {0};

	memcpy(&relo.type, bytes, 4);
	memcpy(&relo.access, bytes + 4, 4);
	memcpy(&relo.kind, bytes + 8, 4);
	return relo;
}

static int add_records(struct world *w, const struct input *in)
{
	int err = 0;

	for (size_t i = 0; i < in->records.size / RECORD_SIZE && i < RECORDS_MAX && !err; i++) {
		struct pbpf_core_relo relo = take_relo(in->records.data + i * RECORD_SIZE);

		err = pbpf_core_add(w->core, &relo, 1);
	}
	return err;
}

/* Opens everything; 0 or an error with one message. */
static int open_world(struct world *w, const struct input *in)
{
	const struct pbpf_env *env = &w->env;
	struct pbpf_core_target target = {.name = "vmlinux"};
	int err = pbpf_btf_parse(&w->local, in->local.data, in->local.size, NULL, env);

	if (!err)
		err = pbpf_core_open(&w->core, w->local, env);
	if (!err)
		err = add_records(w, in);
	if (err || in->options & OPTION_NO_KERNEL)
		return err;
	if (in->options & OPTION_VIEW) {
		err = pbpf_core_view(&w->kernel, w->core, in->kernel.data, in->kernel.size,
				     "vmlinux", 0);
	} else {
		err = pbpf_btf_parse(&w->kernel, in->kernel.data, in->kernel.size, NULL, env);
		target.btf = w->kernel;
		if (!err)
			err = pbpf_core_search(w->core, &target);
	}
	/* Modules that cannot be searched are no hindrance. */
	if (!err && in->options & OPTION_MODULE) {
		err = pbpf_core_view(&w->module, w->core, in->module.data, in->module.size,
				     "module", 7);
		MUST(w->host.errors == (err ? 1 : 0));
		w->host.errors = 0;
		err = 0;
	}
	return err;
}

static void check_words(struct world *w, const struct pbpf_core_relo *relo,
			const struct pbpf_core_fix *fix)
{
	char text[200];

	for (size_t size = 0; size <= sizeof(text); size += 50) {
		memset(text, 'x', sizeof(text));
		pbpf_core_path(w->core, relo, text, size);
		MUST(!size || memchr(text, '\0', size));
		pbpf_core_describe(w->core, relo, fix, text, size);
		MUST(!size || memchr(text, '\0', size));
		MUST(size == sizeof(text) || text[size] == 'x');
	}
	if (fix->poison || !fix->after)
		pbpf_core_why(w->core, relo, text, sizeof(text));
	MUST(memchr(text, '\0', sizeof(text)));
}

static void check_patch(struct world *w, const uint8_t *bytes, const struct pbpf_core_fix *fix)
{
	struct pbpf_insn insns[2], before[2];
	unsigned int errors = w->host.errors;
	int result;

	memcpy(insns, bytes, sizeof(insns));
	for (size_t count = 1; count <= 2; count++) {
		memcpy(before, insns, sizeof(insns));
		result = pbpf_core_patch(insns, count, fix, &w->env);
		MUST(w->host.errors == errors + (result < 0));
		errors = w->host.errors;
		MUST(result <= 1);
		if (result < 0 || count == 1)
			MUST(!memcmp(&before[1], &insns[1], sizeof(insns[1])));
		if (result < 0)
			MUST(!memcmp(before, insns, sizeof(insns)));
		if (result == 1)
			MUST(insns[0].code == PBPF_OP_CALL && insns[0].imm == PBPF_CORE_POISON);
		else if (fix->poison)
			MUST(result < 0);
	}
}

static void check_record(struct world *w, const uint8_t *bytes)
{
	struct pbpf_core_relo relo = take_relo(bytes);
	struct pbpf_core_fix fix, again;
	unsigned int errors = w->host.errors;
	int err = pbpf_core_resolve(&fix, w->core, &relo);

	MUST(err <= 0 && w->host.errors == errors + (err != 0));
	if (err)
		return;
	MUST(fix.kind == relo.kind && fix.kind < PBPF_CORE_KINDS);
	MUST(!fix.poison || !fix.after);
	/* What was dropped on the way to an answer does not change it. */
	if (!pbpf_core_resolve(&again, w->core, &relo))
		MUST(again.after == fix.after && again.poison == fix.poison);
	check_words(w, &relo, &fix);
	check_patch(w, bytes + 12, &fix);
}

static void run(const struct input *in, unsigned int fail_at)
{
	struct world w = {.host = {.fail_at = fail_at}};
	int err;

	w.env = fuzz_env(&w.host);
	err = open_world(&w, in);
	MUST(err <= 0 && w.host.errors == (err ? 1 : 0));
	if (!err)
		for (size_t i = 0; i < in->records.size / RECORD_SIZE && i < RECORDS_MAX; i++)
			check_record(&w, in->records.data + i * RECORD_SIZE);
	MUST(w.host.peak <= 64 * in->size + 65536);
	pbpf_core_free(w.core);
	pbpf_btf_free(w.module);
	pbpf_btf_free(w.kernel);
	pbpf_btf_free(w.local);
	MUST(w.host.blocks == 0 && w.host.bytes == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in;

	if (size < HEADER_SIZE)
		return 0;
	in = split_input(data, size);
	run(&in, 0);
	run(&in, (in.options >> OPTION_FAIL_SHIFT) + 1);
	return 0;
}
