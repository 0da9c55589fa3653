/* SPDX-License-Identifier: MIT */
/*
 * Names that C can take.
 *
 * Structs, unions and enumerations share one space of names, typedefs, enumerators and functions the other. In
 * BTF either may have a name more than once, from different source files: the second becomes
 * NAME___2, which CO-RE takes for a flavor of NAME, so it still finds the kernel's.
 */
#include "btf/c_print.h"

/* By first letter, so that few comparisons are made. */
static const char *const c_keywords[26][8] = {
	['a' - 'a'] = {"auto", "asm"},
	['b' - 'a'] = {"break"},
	['c' - 'a'] = {"case", "char", "const", "continue"},
	['d' - 'a'] = {"default", "do", "double"},
	['e' - 'a'] = {"else", "enum", "extern"},
	['f' - 'a'] = {"float", "for"},
	['g' - 'a'] = {"goto"},
	['i' - 'a'] = {"if", "inline", "int"},
	['l' - 'a'] = {"long"},
	['r' - 'a'] = {"register", "restrict", "return"},
	['s' - 'a'] = {"short", "signed", "sizeof", "static", "struct", "switch"},
	['t' - 'a'] = {"typedef", "typeof"},
	['u' - 'a'] = {"union", "unsigned"},
	['v' - 'a'] = {"void", "volatile"},
	['w' - 'a'] = {"while"},
};

static bool is_keyword(const char *name)
{
	if (*name ==
	    '_') /* what the compiler has under this name is the target's, not the kernel's */
		return !strcmp(name, "__builtin_va_list");
	if (*name < 'a' || *name > 'z')
		return false;
	for (const char *const *k = c_keywords[*name - 'a']; *k; k++)
		if ((*k)[1] == name[1] && !strcmp(*k, name))
			return true;
	return false;
}

/* What an identifier may have, after its first character. */
static const bool c_word[256] = {
	['0'] = 1, ['1'] = 1, ['2'] = 1, ['3'] = 1, ['4'] = 1, ['5'] = 1, ['6'] = 1, ['7'] = 1,
	['8'] = 1, ['9'] = 1, ['A'] = 1, ['B'] = 1, ['C'] = 1, ['D'] = 1, ['E'] = 1, ['F'] = 1,
	['G'] = 1, ['H'] = 1, ['I'] = 1, ['J'] = 1, ['K'] = 1, ['L'] = 1, ['M'] = 1, ['N'] = 1,
	['O'] = 1, ['P'] = 1, ['Q'] = 1, ['R'] = 1, ['S'] = 1, ['T'] = 1, ['U'] = 1, ['V'] = 1,
	['W'] = 1, ['X'] = 1, ['Y'] = 1, ['Z'] = 1, ['_'] = 1, ['a'] = 1, ['b'] = 1, ['c'] = 1,
	['d'] = 1, ['e'] = 1, ['f'] = 1, ['g'] = 1, ['h'] = 1, ['i'] = 1, ['j'] = 1, ['k'] = 1,
	['l'] = 1, ['m'] = 1, ['n'] = 1, ['o'] = 1, ['p'] = 1, ['q'] = 1, ['r'] = 1, ['s'] = 1,
	['t'] = 1, ['u'] = 1, ['v'] = 1, ['w'] = 1, ['x'] = 1, ['y'] = 1, ['z'] = 1,
};

static bool is_digit(char c)
{
	return (unsigned char)(c - '0') < 10;
}

/* What is left of a name from where it is no identifier: Rust's, or hostile. */
static void put_odd_name(struct btf_text *text, const char *name)
{
	for (; *name; name++)
		text_char(text, c_word[(unsigned char)*name] ? *name : '_');
}

void c_put_name(struct c_printer *printer, const char *name, uint32_t version)
{
	struct btf_text *text = &printer->text;
	size_t size = 0;

	if (is_digit(*name))
		text_char(text, '_');
	while (c_word[(unsigned char)name[size]])
		size++;
	text_put(text, name, size);
	if (name[size])
		put_odd_name(text, name + size);
	else if (is_keyword(name))
		text_char(text, '_');
	if (version > 1) {
		text_string(text, "___");
		text_unsigned(text, version);
	}
}

static uint32_t hash_text(const char *name)
{
	uint32_t hash = 2166136261u; /* FNV-1a */

	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * 16777619u;
	return hash;
}

/* The entry of a name, made when there is none. The table always has room: see count_names(). */
static struct c_ident *find_ident(struct c_printer *printer, struct c_ident *table, uint32_t room,
				  uint32_t string)
{
	const char *name = pbpf_btf_string(&printer->btf, string);

	for (uint32_t at = hash_text(name);; at++) {
		struct c_ident *ident = &table[at & (room - 1)];

		if (!ident->count)
			ident->string = string;
		if (ident->string == string ||
		    !strcmp(pbpf_btf_string(&printer->btf, ident->string), name))
			return ident;
	}
}

bool c_take_name(struct c_printer *printer, uint32_t id)
{
	uint32_t string = btf_load(btf_record(&printer->btf, id));

	return !find_ident(printer, printer->idents, printer->ident_room, string)->count++;
}

void c_put_enumerator(struct c_printer *printer, uint32_t string)
{
	struct c_ident *ident = find_ident(printer, printer->idents, printer->ident_room, string);

	c_put_name(printer, pbpf_btf_string(&printer->btf, string), ++ident->count);
}

static bool is_tagged(uint32_t kind)
{
	return btf_is_record(kind) || btf_is_enum(kind) || kind == PBPF_KIND_FWD;
}

/* How many names there can be of each space. */
static void count_names(struct c_printer *printer, uint64_t *tags, uint64_t *idents)
{
	const struct pbpf_btf *btf = &printer->btf;

	for (uint32_t id = 1; id < btf->end_id; id++) {
		uint32_t info = btf_load(btf_record(btf, id) + 4), kind = btf_info_kind(info);

		*idents += kind == PBPF_KIND_DECL_TAG; /* of a function, perhaps */
		if (!is_tagged(kind) && kind != PBPF_KIND_TYPEDEF)
			continue;
		printer->states[id] |= C_LISTED;
		*tags += is_tagged(kind);
		*idents += btf_is_enum(kind) ? btf_info_vlen(info) : kind == PBPF_KIND_TYPEDEF;
	}
}

static struct c_ident *alloc_idents(const struct c_printer *printer, uint64_t count, uint32_t *room)
{
	uint64_t size = 16;

	while (size < count * 2)
		size *= 2;
	*room = (uint32_t)size;
	if (size > UINT32_MAX)
		return NULL;
	return env_alloc(&printer->btf.env, *room, sizeof(struct c_ident));
}

/* Definitions are named before forward declarations, which take the name of the definition. */
static void name_type(struct c_printer *printer, uint32_t id, struct c_ident *tags,
		      uint32_t tag_room, bool forward)
{
	const uint8_t *record = btf_record(&printer->btf, id);
	uint32_t string = btf_load(record), kind = btf_info_kind(btf_load(record + 4));
	struct c_ident *ident;

	if ((kind == PBPF_KIND_FWD) != forward || !*pbpf_btf_string(&printer->btf, string))
		return;
	if (kind == PBPF_KIND_TYPEDEF)
		ident = find_ident(printer, printer->idents, printer->ident_room, string);
	else
		ident = find_ident(printer, tags, tag_room, string);
	if (!(forward && ident->count) && ident->count < UINT16_MAX)
		printer->versions[id] = (uint16_t)++ident->count;
}

int c_name_types(struct c_printer *printer)
{
	const struct pbpf_btf *btf = &printer->btf;
	uint64_t tag_count = 0, ident_count = 0;
	struct c_ident *tags;
	uint32_t tag_room;

	count_names(printer, &tag_count, &ident_count);
	tags = alloc_idents(printer, tag_count, &tag_room);
	printer->idents = alloc_idents(printer, ident_count, &printer->ident_room);
	if (tags && printer->idents)
		for (int forward = 0; forward < 2; forward++)
			for (uint32_t id = 1; id < btf->end_id; id++)
				if (printer->states[id] & C_LISTED)
					name_type(printer, id, tags, tag_room, forward);
	env_free(&btf->env, tags, tag_room, sizeof(*tags));
	return tags && printer->idents ? 0 : env_no_memory(&btf->env, "btf", "names");
}

/* Does it consist of words that C itself has for integers and floats? */
static bool is_basic_name(const char *name)
{
	static const char *const words[] = {"char",  "short", "int",	  "long",   "signed",
					    "float", "_Bool", "unsigned", "double", "__int128"};

	while (*name) {
		size_t size = strcspn(name, " "), i = 0;

		while (i < 10 && (strncmp(words[i], name, size) || words[i][size]))
			i++;
		if (i == 10)
			return false;
		name += size + (name[size] == ' ');
	}
	return true;
}

/* Another language's name for it. */
static const char *substitute(const struct pbpf_btf_type *type)
{
	static const char *const signed_names[] = {"signed char", "short", "int", "long long",
						   "__int128"};
	static const char *const unsigned_names[] = {"unsigned char", "unsigned short",
						     "unsigned int", "unsigned long long",
						     "unsigned __int128"};
	uint32_t i = 0;

	if (type->kind == PBPF_KIND_FLOAT)
		return type->size == 4 ? "float" : type->size == 8 ? "double" : "long double";
	if (type->int_encoding & 4 && type->size == 1)
		return "_Bool";
	while (i < 4 && 1u << i < type->size)
		i++;
	return type->int_encoding & 1 ? signed_names[i] : unsigned_names[i];
}

/* Whether its own name will do is found out once: C_DONE says yes, C_FORWARD no. */
void c_put_basic(struct c_printer *printer, uint32_t id)
{
	const char *name = c_name_of(printer, id);
	uint8_t *state = &printer->states[id];
	struct pbpf_btf_type type;

	if (!*state)
		*state = *name && is_basic_name(name) ? C_DONE : C_FORWARD;
	if (*state != C_DONE) {
		type = pbpf_btf_type(&printer->btf, id);
		name = substitute(&type);
	}
	text_string(&printer->text, name);
}
