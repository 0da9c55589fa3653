/* SPDX-License-Identifier: MIT */
/*
 * From the notes of a file to places and specs.
 */
#include "link/usdt_sites.h"

#include "base/spell.h"

#include <stdio.h>
#include <string.h>

#define SITES_MAX   65536 /* of one probe; a few hundred is much */
#define SPECS_MAX   1024  /* different ones; each new one is compared to all */
#define LOOKUPS_MAX 64	  /* searches of the symbol tables */

struct site_search {
	const struct pbpf_env *env;
	const struct binary *binary;
	const struct pbpf_usdt *at;
	uint64_t cookie;
	struct elf_file elf;
	struct usdt_place place;
	struct usdt_sites *sites;
	/* For the words when there is none. */
	struct spell spell;
	const char *elsewhere; /* another provider that has the name */
	bool any;
};

static int site_no_memory(const struct pbpf_env *env)
{
	return env_no_memory(env, STAGE_LINK, "the places of a USDT probe");
}

/* --- Arguments --------------------------------------------------------------------------------- */

/* An argument that cannot be read costs only itself. */
static void warn_of_argument(struct site_search *s, int number, const char *arg, size_t length)
{
	env_warn(s->env, AT(STAGE_LINK, s->at->name, 0),
		 "the program gets -EINVAL for it, and all others as they are",
		 "argument %d of the USDT probe %s:%s is '%.*s', which cannot be read", number,
		 s->at->provider, s->at->name, length < 64 ? (int)length : 64, arg);
}

static int parse_args(struct site_search *s, const struct usdt_note *note, struct usdt_spec *spec)
{
	const char *text = note->args, *arg;
	size_t length;

	*spec = (struct usdt_spec){.cookie = s->cookie};
	s->place.location = note->location;
	while (usdt_next_arg(&text, &arg, &length)) {
		struct usdt_arg *to = &spec->args[spec->count];

		if (spec->count == USDT_ARGS_MAX)
			return env_fail(s->env, -E2BIG, AT(STAGE_LINK, s->at->name, 0), NULL,
					"the USDT probe %s:%s has more than %d arguments",
					s->at->provider, s->at->name, USDT_ARGS_MAX);
		if (!usdt_parse_arg(&s->place, arg, length, to)) {
			warn_of_argument(s, spec->count, arg, length);
			to->how = usdt_how(USDT_UNREADABLE, 0, 0);
		}
		spec->count++;
	}
	return 0;
}

/* The index of a spec like this one. */
static int add_spec(struct site_search *s, const struct usdt_spec *spec, uint32_t *index)
{
	struct usdt_sites *to = s->sites;
	uint32_t room = to->spec_room ? to->spec_room * 2 : 4;
	struct usdt_spec *grown;

	for (*index = 0; *index < to->spec_count; ++*index)
		if (!memcmp(&to->specs[*index], spec, sizeof(*spec)))
			return 0;
	if (to->spec_count == SPECS_MAX)
		return env_fail(s->env, -E2BIG, AT(STAGE_LINK, s->at->name, 0), NULL,
				"the arguments of the USDT probe %s:%s are in more than %d "
				"different places",
				s->at->provider, s->at->name, SPECS_MAX);
	if (to->spec_count == to->spec_room) {
		grown = env_resize(s->env, to->specs, to->spec_room, room, sizeof(*grown));
		if (!grown)
			return site_no_memory(s->env);
		to->specs = grown;
		to->spec_room = room;
	}
	to->specs[to->spec_count++] = *spec;
	return 0;
}

/* --- Places ------------------------------------------------------------------------------------ */

static int add_site(struct site_search *s, const struct usdt_site *site)
{
	struct usdt_sites *to = s->sites;
	size_t room = to->room ? to->room * 2 : 8;
	struct usdt_site *grown;

	if (to->count == SITES_MAX)
		return env_fail(s->env, -E2BIG, AT(STAGE_LINK, s->at->name, 0), NULL,
				"the USDT probe %s:%s has more than %d places", s->at->provider,
				s->at->name, SITES_MAX);
	if (to->count == to->room) {
		grown = env_resize(s->env, to->sites, to->room, room, sizeof(*grown));
		if (!grown)
			return site_no_memory(s->env);
		to->sites = grown;
		to->room = room;
	}
	to->sites[to->count++] = *site;
	return 0;
}

/* A note whose addresses are not in the file: a tool has cut it, or it is not to be trusted. */
static int bad_address(const struct site_search *s, const char *what, uint64_t address)
{
	return env_fail(s->env, -EINVAL, AT(STAGE_LINK, s->binary->path, address), NULL,
			"the %s of the USDT probe %s:%s, 0x%llx, is not in the file '%s'", what,
			s->at->provider, s->at->name, (unsigned long long)address, s->binary->path);
}

static int take_site(struct site_search *s, const struct usdt_note *note)
{
	struct usdt_site site = {.address = note->location};
	struct usdt_spec spec;
	int err;

	if (!elf_file_offset(&s->elf, note->location, true, &site.offset))
		return bad_address(s, "place", note->location);
	if (note->semaphore &&
	    (!elf_file_offset(&s->elf, note->semaphore, false, &site.semaphore) ||
	     site.semaphore > UINT32_MAX))
		return bad_address(s, "semaphore", note->semaphore);
	err = parse_args(s, note, &spec);
	if (!err)
		err = add_spec(s, &spec, &site.spec);
	return err ? err : add_site(s, &site);
}

static int look_at_note(void *ctx, const struct usdt_note *note)
{
	struct site_search *s = ctx;
	bool same_provider = !strcmp(note->provider, s->at->provider);

	s->any = true;
	if (same_provider && !strcmp(note->name, s->at->name))
		return take_site(s, note);
	if (same_provider)
		spell_try(&s->spell, note->name);
	else if (!strcmp(note->name, s->at->name))
		s->elsewhere = note->provider;
	return 0;
}

static int no_site(const struct site_search *s)
{
	char words[256];
	const char *hint = words;

	if (s->elsewhere)
		snprintf(words, sizeof(words), "did you mean %.100s:%.100s?", s->elsewhere,
			 s->at->name);
	else if (s->spell.nearest)
		snprintf(words, sizeof(words), "did you mean %.100s:%.100s?", s->at->provider,
			 s->spell.nearest);
	else
		hint = s->any ? "`readelf -n` lists the probes (stapsdt) of a file"
			      : "it has no probes at all: built without <sys/sdt.h>, or its "
				"sections were stripped";
	return env_fail(s->env, -ENOENT, AT(STAGE_LINK, s->binary->path, 0), hint,
			"'%s' has no USDT probe %s:%s", s->binary->path, s->at->provider,
			s->at->name);
}

int usdt_sites_find(const struct pbpf_env *env, const struct binary *binary,
		    const struct pbpf_usdt *at, uint64_t cookie, struct usdt_sites *sites)
{
	struct usdt_sites found = {0};
	struct site_search s = {
		.env = env,
		.binary = binary,
		.at = at,
		.cookie = cookie,
		.sites = &found,
		.spell = spell_for(at->name),
	};
	int err = elf_file_open(&s.elf, binary->image, binary->size);

	if (err)
		return binary_not_elf(env, binary);
	s.place = (struct usdt_place){.elf = &s.elf, .lookups = LOOKUPS_MAX};
	err = each_usdt_note(&s.elf, look_at_note, &s);
	if (!err && !found.count)
		err = no_site(&s);
	if (err) {
		usdt_sites_free(env, &found);
		return err;
	}
	found.fixed = s.elf.fixed;
	*sites = found;
	return 0;
}

void usdt_sites_free(const struct pbpf_env *env, struct usdt_sites *sites)
{
	env_free(env, sites->sites, sites->room, sizeof(*sites->sites));
	env_free(env, sites->specs, sites->spec_room, sizeof(*sites->specs));
	*sites = (struct usdt_sites){0};
}
