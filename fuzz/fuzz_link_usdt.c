/* SPDX-License-Identifier: MIT */
/*
 * The notes of a file of any bytes, and the arguments in them: a list of places or one message, in memory in
 * proportion to the file. The probe that is asked for is "p:n". An input that begins with 'A' is a byte that
 * is a machine, and the text of arguments for it.
 */
#include "fuzz/host.h"
#include "link/usdt_sites.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_arg(const struct usdt_arg *arg)
{
	uint32_t kind = arg->how & 0xff, index = host_big_endian() ? arg->how >> 12 : arg->how >> 8;

	MUST(kind <= USDT_INDEXED || kind == USDT_UNREADABLE);
	MUST(arg->reg >= 0 && arg->reg < 512 && !(arg->reg % 8) && !(index % 8));
	MUST(arg->shift >= 0 && arg->shift <= 56 && !(arg->shift % 8));
	MUST(arg->is_signed <= 1);
}

static void parse_text(uint8_t machine, const uint8_t *data, size_t size)
{
	const struct elf_file elf = {.machine = machine};
	struct usdt_place place = {.elf = &elf, .lookups = 1};
	char *text = malloc(size + 1);
	const char *at = text, *arg;
	struct usdt_arg parsed;
	size_t length;

	MUST(text != NULL);
	if (size)
		memcpy(text, data, size);
	text[size] = '\0';
	while (usdt_next_arg(&at, &arg, &length)) {
		MUST(length && arg >= text && arg + length <= at && at <= text + size);
		if (usdt_parse_arg(&place, arg, length, &parsed))
			check_arg(&parsed);
	}
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct binary binary = {.path = "file"};
	struct fuzz_host host = {0};
	struct pbpf_env env = fuzz_env(&host);
	struct pbpf_usdt at = {.path = "file", .provider = "p", .name = "n"};
	struct usdt_sites sites;
	int err;

	if (size >= 2 && data[0] == 'A') {
		parse_text(data[1], data + 2, size - 2);
		return 0;
	}
	binary.image = (void *)(uintptr_t)data;
	binary.size = size;
	err = usdt_sites_find(&env, &binary, &at, 7, &sites);
	MUST(host.errors == (err < 0));
	MUST(host.peak <= 32 * size + 4096);
	if (!err) {
		for (size_t i = 0; i < sites.count; i++)
			MUST(sites.sites[i].spec < sites.spec_count);
		for (uint32_t i = 0; i < sites.spec_count; i++) {
			MUST(sites.specs[i].count <= USDT_ARGS_MAX && sites.specs[i].cookie == 7);
			for (int n = 0; n < sites.specs[i].count; n++)
				check_arg(&sites.specs[i].args[n]);
		}
		usdt_sites_free(&env, &sites);
	}
	MUST(!host.blocks);
	return 0;
}
