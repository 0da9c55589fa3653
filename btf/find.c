/* SPDX-License-Identifier: MIT */
/*
 * Finding types by name: any number of names in one pass.
 *
 * The kernel's BTF has over a hundred thousand types and is asked for a handful of names, so an
 * index of all names would cost more than it saves. Instead each type passes three sieves: its kind,
 * the first two characters of its name (which every name has, counting the NUL) with its kind, and
 * the names of that class. What an index is worth building for can have one: see index.c.
 */
#include "btf/find.h"

#include "base/reader.h"

/* Where in a record the upper byte of its info is: kind_flag and kind. */
#define FORM_BYTE (host_big_endian() ? 4 : 7)

/* Which of the 4096 heads a name belongs to, by its first two characters and the salt of its kind. */
static uint32_t head_of(const char *name, uint32_t salt)
{
	uint16_t two;

	memcpy(&two, name, sizeof(two));
	return (two ^ salt) * 2654435761u >> 20; /* 2^32 / golden ratio, after Knuth */
}

/* A salt for each kind that is wanted, so that a function's name does not pass for a struct's; the
 * same for all as soon as one name is wanted of any kind. */
static void salt_kinds(struct btf_sieve *sieve)
{
	const struct pbpf_btf_search *search = sieve->search;
	bool any = false;

	for (size_t i = 0; i < search->count; i++) {
		uint32_t kind = search->wanted[i].kind;

		any |= !kind;
		if (kind < BTF_FORM_COUNT)
			sieve->salts[kind] = kind << 16;
	}
	for (uint32_t kind = 1; kind < BTF_FORM_COUNT; kind++) {
		if (any)
			sieve->salts[kind] = 1u << 16;
		sieve->salts[kind | 0x80] = sieve->salts[kind];
	}
}

/* Names of one class are chained in the order given. */
static void add_wanted(struct btf_sieve *sieve, size_t i)
{
	const struct pbpf_btf_wanted *wanted = &sieve->search->wanted[i];
	uint16_t *head;

	if (!*wanted->name || wanted->kind >= BTF_FORM_COUNT)
		return; /* nothing is called that */
	head = &sieve->heads[head_of(wanted->name, sieve->salts[wanted->kind ? wanted->kind : 1])];
	sieve->next[i] = *head;
	*head = (uint16_t)(i + 1);
}

/* How long records are in the part that is looked at. */
static void take_forms(struct btf_sieve *sieve, const struct btf_record_form *forms)
{
	for (int i = 0; i < 256; i++) {
		struct btf_record_form form = forms[i & 0x7f];

		sieve->fixed[i] = form.fixed ? form.fixed : 1ull << 32;
		sieve->each[i] = form.each;
		sieve->plain[i] = form.fixed == BTF_RECORD_SIZE && !form.each && !sieve->salts[i];
	}
	sieve->forms = forms;
}

int btf_sieve_open(struct btf_sieve *sieve, const struct pbpf_btf_search *search,
		   const struct pbpf_env *env)
{
	*sieve = (struct btf_sieve){.search = search, .next = sieve->few};
	if (!search)
		return 0;
	if (search->count >= UINT16_MAX)
		return env_fail(env, -ERANGE, AT("btf", NULL, 0), NULL,
				"%zu names are too many for one search", search->count);
	if (search->count > SIEVE_FEW)
		sieve->next = env_alloc(env, search->count, sizeof(*sieve->next));
	if (!sieve->next)
		return env_no_memory(env, "btf", "a search");
	salt_kinds(sieve);
	for (size_t i = search->count; i--;)
		add_wanted(sieve, i);
	return 0;
}

void btf_sieve_close(struct btf_sieve *sieve, const struct pbpf_env *env)
{
	if (sieve->next != sieve->few)
		env_free(env, sieve->next, sieve->search->count, sizeof(*sieve->next));
}

/* Characters of a name before its flavor, NAME___flavor: the last three underscores that stand
 * between other characters cut it. */
static size_t essential_size(const char *name)
{
	size_t size = strnlen(name, BTF_TEXT_SIZE);

	for (size_t i = size; i >= 5; i--) {
		const char *s = name + i - 5;

		if (s[0] != '_' && s[1] == '_' && s[2] == '_' && s[3] == '_' && s[4] != '_')
			return i - 4;
	}
	return size;
}

static bool name_matches(const char *name, const char *wanted, bool flavors)
{
	size_t size;

	if (!flavors)
		return !strcmp(name, wanted);
	size = strlen(wanted);
	return !strncmp(name, wanted, size) &&
	       (!name[size] || (name[size] == '_' && essential_size(name) == size));
}

/* A type whose first two characters are wanted. */
static int sift(const struct btf_sieve *sieve, const char *name, uint32_t head, uint32_t id,
		uint32_t kind)
{
	const struct pbpf_btf_search *search = sieve->search;
	int err = 0;

	for (uint16_t i = sieve->heads[head]; i && !err; i = sieve->next[i - 1]) {
		struct pbpf_btf_wanted *wanted = &search->wanted[i - 1];

		if ((wanted->kind && wanted->kind != kind) ||
		    !name_matches(name, wanted->name, search->flavors))
			continue;
		if (search->match)
			err = search->match(search->ctx, wanted, id);
		else if (!wanted->id)
			wanted->id = id;
	}
	return err;
}

/* A name that is not simply the part's own, with two readable characters. */
static const char *far_name(const struct pbpf_btf *part, uint32_t string)
{
	const char *name = pbpf_btf_string(part, string);

	return *name ? name : "\0";
}

/* As many records as fit into `bytes` when they are plain, but `count` at most; what they leave is slack. */
static uint32_t plain_records(uint64_t bytes, uint32_t count, uint64_t *slack)
{
	if (count > bytes / BTF_RECORD_SIZE)
		count = (uint32_t)(bytes / BTF_RECORD_SIZE);
	*slack = bytes - (uint64_t)count * BTF_RECORD_SIZE;
	return count;
}

/* Is it one of those wanted? */
static int sift_record(const struct btf_sieve *sieve, const struct pbpf_btf *part,
		       const uint8_t *record, uint32_t id)
{
	uint8_t form = record[FORM_BYTE];
	uint32_t string = btf_load(record);
	const char *name = string < part->pairs ? part->strings + string : far_name(part, string);
	uint32_t head = head_of(name, sieve->salts[form]);

	return sieve->heads[head] ? sift(sieve, name, head, id, form & 0x7f) : 0;
}

/*
 * A hundred thousand times through this loop is what finding a name costs, and most types are plain. So bounds
 * are not asked at each of them: all `count` types fit as long as they are plain, and longer ones live on the
 * slack, until that is spent and fewer types can follow.
 */
int btf_sift_types(struct btf_sieve *sieve, const struct pbpf_btf *part, struct btf_walk *walk,
		   uint32_t count)
{
	const uint8_t *at = part->types + walk->at, *end = part->types + part->types_size;
	uint64_t slack;
	uint32_t end_id;
	int err = 0;

	if (sieve->forms != part->forms)
		take_forms(sieve, part->forms);
	count = plain_records((uint64_t)(end - at), count, &slack);
	end_id = walk->id + count;
	while (count) {
		uint8_t form = at[FORM_BYTE];
		uint64_t size = BTF_RECORD_SIZE;

		if (!sieve->plain[form]) {
			size = sieve->fixed[form] +
			       (uint64_t)sieve->each[form] * btf_info_vlen(btf_load(at + 4));
			if (size - BTF_RECORD_SIZE > slack) {
				uint32_t fewer;

				if (size > (uint64_t)(end - at))
					break;
				fewer = 1 + plain_records((uint64_t)(end - at) - size, count - 1,
							  &slack);
				end_id -= count - fewer;
				count = fewer;
			} else {
				slack -= size - BTF_RECORD_SIZE;
			}
			if (sieve->salts[form] &&
			    (err = sift_record(sieve, part, at, end_id - count)))
				break;
		}
		at += size;
		count--;
	}
	walk->at = (uint32_t)(at - part->types);
	walk->id = end_id - count;
	return err;
}

static int search_part(struct btf_sieve *sieve, const struct pbpf_btf *part)
{
	struct btf_walk walk = {0, part->first_id};
	int err = part->base ? search_part(sieve, part->base) : 0;

	return err ? err : btf_sift_types(sieve, part, &walk, part->end_id - part->first_id);
}

int pbpf_btf_search(const struct pbpf_btf *btf, const struct pbpf_btf_search *search)
{
	struct btf_sieve sieve;
	int err = btf_sieve_open(&sieve, search, &btf->env);

	if (err)
		return err;
	err = search_part(&sieve, btf);
	btf_sieve_close(&sieve, &btf->env);
	return err;
}

int pbpf_btf_find_many(const struct pbpf_btf *btf, struct pbpf_btf_wanted *wanted, size_t count)
{
	struct pbpf_btf_search search = {.wanted = wanted, .count = count};

	for (size_t i = 0; i < count; i++)
		wanted[i].id = 0;
	return pbpf_btf_search(btf, &search);
}

#define FEW_TYPES 512 /* with fewer, setting up the sieves takes longer than doing without */

/* The first type of that name and kind, looked at one by one. */
static uint32_t find_plainly(const struct pbpf_btf *btf, const char *name, uint32_t kind)
{
	for (uint32_t id = btf->first_id; *name && id < btf->end_id; id++) {
		const uint8_t *record = btf_record(btf, id);

		if ((!kind || btf_info_kind(btf_load(record + 4)) == kind) &&
		    !strcmp(pbpf_btf_string(btf, btf_load(record)), name))
			return id;
	}
	return 0;
}

/* Ends the search at the first match. */
static int keep_first(void *ctx, const struct pbpf_btf_wanted *wanted, uint32_t id)
{
	(void)wanted;
	*(uint32_t *)ctx = id;
	return 1;
}

/* In the own part of `btf`. */
static uint32_t find_own(const struct pbpf_btf *btf, const char *name, uint32_t kind)
{
	struct pbpf_btf_wanted wanted = {.name = name, .kind = kind};
	uint32_t id = 0;
	struct pbpf_btf_search search = {
		.wanted = &wanted, .count = 1, .match = keep_first, .ctx = &id};
	struct btf_walk walk = {0, btf->first_id};
	struct btf_sieve sieve;

	if (btf->name_heads)
		return *name ? btf_find_indexed(btf, name, kind) : 0;
	if (btf->end_id - btf->first_id < FEW_TYPES)
		return find_plainly(btf, name, kind);
	if (!btf_sieve_open(&sieve, &search, &btf->env))
		btf_sift_types(&sieve, btf, &walk, btf->end_id - btf->first_id);
	return id;
}

int pbpf_btf_find(const struct pbpf_btf *btf, const char *name, uint32_t kind)
{
	int id = btf->base ? pbpf_btf_find(btf->base, name, kind) : -ENOENT;
	uint32_t own;

	if (id >= 0)
		return id;
	own = find_own(btf, name, kind);
	return own ? (int)own : -ENOENT;
}
