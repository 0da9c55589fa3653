/* SPDX-License-Identifier: MIT */
/*
 * Externs of .ksyms without a type: the addresses that /proc/kallsyms shows. All names are looked up in one
 * pass, in constant memory.
 *
 *	ffffffff81000000 T _stext
 *	ffffffffc0201000 t nft_do_chain	[nf_tables]
 *
 * To whom the kernel does not show addresses (kernel.kptr_restrict, no CAP_SYSLOG) each is 0.
 */
#include "base/sort.h"
#include "loader/object.h"

#include <string.h>

#define KALLSYMS "/proc/kallsyms"

struct address_wanted {
	const char *name;
	uint32_t index; /* of the extern */
};
struct address_search {
	struct pbpf_object *obj;
	struct address_wanted *wanted; /* ascending by name */
	uint32_t count;
	bool shown; /* an address other than 0 was seen */
	int err;    /* why the pass was ended, and somebody has been told */
};

static bool address_before(const void *a, const void *b)
{
	return strcmp(((const struct address_wanted *)a)->name,
		      ((const struct address_wanted *)b)->name) < 0;
}

/* The first that does not stand before `name`. */
static uint32_t first_address(const struct address_search *search, const char *name)
{
	uint32_t low = 0, high = search->count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (strcmp(search->wanted[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Reads "ADDRESS TYPE NAME[\tMODULE]"; false when the line is no such. `name` has room for it. */
static bool read_symbol(const char *line, uint64_t *address, char *name, size_t room)
{
	size_t length;

	*address = 0;
	for (; *line && *line != ' '; line++) {
		char c = *line;
		int digit = c >= '0' && c <= '9'   ? c - '0'
			    : c >= 'a' && c <= 'f' ? c - 'a' + 10
						   : -1;

		if (digit < 0 || *address >> 60)
			return false;
		*address = *address << 4 | (uint64_t)digit;
	}
	if (line[0] != ' ' || !line[1] || line[2] != ' ')
		return false;
	line += 3;
	length = strcspn(line, "\t ");
	if (length >= room)
		return false;
	memcpy(name, line, length);
	name[length] = '\0';
	return true;
}

#define SYMBOL_ROOM 512 /* KSYM_NAME_LEN of Linux */

static int take_address(struct pbpf_object *obj, uint32_t index, uint64_t address)
{
	struct extern_symbol *symbol = &obj->externs.symbols[index];
	struct pbpf_extern *resolved = &obj->externs.resolved[index];

	if (symbol->found && resolved->address != address)
		return env_fail(
			&obj->env, -EINVAL, AT(STAGE_LOAD, symbol->name, 0),
			"there are static functions and variables of one name; only one that "
			"is unique can be had",
			"the kernel has more than one '%s': at %#llx and at %#llx", symbol->name,
			(unsigned long long)resolved->address, (unsigned long long)address);
	symbol->found = true;
	resolved->kind = PBPF_EXTERN_ADDRESS;
	resolved->address = address;
	return 0;
}

static int take_kallsyms_line(void *ctx, const char *line)
{
	struct address_search *search = ctx;
	char name[SYMBOL_ROOM];
	uint64_t address;

	if (!read_symbol(line, &address, name, sizeof(name)))
		return 0;
	search->shown |= address != 0;
	for (uint32_t i = first_address(search, name);
	     !search->err && i < search->count && !strcmp(search->wanted[i].name, name); i++)
		search->err = take_address(search->obj, search->wanted[i].index, address);
	return search->err != 0;
}

/* Only what was found can have been hidden. */
static int refuse_hidden(const struct address_search *search)
{
	const struct pbpf_object *obj = search->obj;

	if (search->shown)
		return 0;
	for (uint32_t i = 0; i < search->count; i++) {
		const struct extern_symbol *symbol = &obj->externs.symbols[search->wanted[i].index];

		if (symbol->found)
			return env_fail(
				&obj->env, -EPERM, AT(STAGE_LOAD, symbol->name, 0),
				"run it with CAP_SYSLOG, or set sysctl kernel.kptr_restrict to 0 or 1",
				"the kernel does not show the address of '%s': all addresses in " KALLSYMS
				" are 0",
				symbol->name);
	}
	return 0;
}

/* A second pass, for names like those that are missing. */
struct address_spelling {
	struct missing_externs *missing;
	uint32_t first;
};

static int spell_symbol(void *ctx, const char *line)
{
	const struct address_spelling *spelling = ctx;
	char name[SYMBOL_ROOM];
	uint64_t address;

	if (read_symbol(line, &address, name, sizeof(name)))
		try_spelling(spelling->missing, spelling->first, name);
	return 0;
}

static void spell_addresses(struct missing_externs *missing, const struct pbpf_object *obj)
{
	struct address_spelling spelling = {missing, missing->count};

	note_missing(missing, &obj->externs, EXTERN_ADDRESS);
	if (missing->count > spelling.first)
		(void)pbpf_sys_each_line(&obj->env, KALLSYMS, spell_symbol, &spelling);
}

static bool all_weak(const struct address_search *search)
{
	const struct object_externs *externs = &search->obj->externs;
	bool weak = true;

	for (uint32_t i = 0; i < search->count; i++)
		weak &= externs->symbols[search->wanted[i].index].weak;
	return weak;
}

static int search_addresses(struct address_search *search)
{
	const struct pbpf_env *env = &search->obj->env;
	int got;

	sort_array(search->wanted, search->count, sizeof(*search->wanted), address_before);
	got = pbpf_sys_each_line(env, KALLSYMS, take_kallsyms_line, search);
	if (got > 0)
		return search->err;
	if (!got)
		return refuse_hidden(search);
	if (all_weak(search)) {
		env_note(env, AT(STAGE_LOAD, KALLSYMS, 0), NULL,
			 "cannot read " KALLSYMS " (%s); weak externs are 0", pbpf_error_name(got));
		return 0;
	}
	return env_fail(env, got, AT(STAGE_LOAD, KALLSYMS, 0),
			"it needs CONFIG_KALLSYMS, and proc to be mounted",
			"cannot read the kernel's symbols from " KALLSYMS ": %s",
			pbpf_error_name(got));
}

int resolve_addresses(struct pbpf_object *obj, struct missing_externs *missing)
{
	const struct object_externs *externs = &obj->externs;
	struct address_search search = {.obj = obj};
	uint32_t room = 0;
	int err;

	for (uint32_t i = 0; i < externs->count; i++)
		room += externs->symbols[i].source == EXTERN_ADDRESS;
	if (!room)
		return 0;
	search.wanted = env_alloc(&obj->env, room, sizeof(*search.wanted));
	if (!search.wanted)
		return env_no_memory(&obj->env, STAGE_LOAD, "the names of externs");
	for (uint32_t i = 0; i < externs->count; i++)
		if (externs->symbols[i].source == EXTERN_ADDRESS)
			search.wanted[search.count++] =
				(struct address_wanted){externs->symbols[i].name, i};
	err = search_addresses(&search);
	if (!err)
		spell_addresses(missing, obj);
	env_free(&obj->env, search.wanted, room, sizeof(*search.wanted));
	return err;
}
