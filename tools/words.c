/* SPDX-License-Identifier: MIT */
/*
 * The words of a command line, one after the other.
 */
#include "tools/words.h"

#include "tools/text.h"

#include <stdlib.h>
#include <string.h>

struct words words_of(struct cli *cli)
{
	return (struct words){cli, cli->operands};
}

const char *words_peek(const struct words *words)
{
	return *words->next;
}

const char *words_take(struct words *words)
{
	return *words->next ? *words->next++ : NULL;
}

bool words_skip(struct words *words, const char *word)
{
	bool found = *words->next && !strcmp(*words->next, word);

	words->next += found;
	return found;
}

bool words_have(const struct words *words, const char *word)
{
	for (char *const *at = words->next; *at; at++)
		if (!strcmp(*at, word))
			return true;
	return false;
}

int words_need(struct words *words, const char *what, const char **word)
{
	const char *name = words->cli->command->name;

	if (*words->next) {
		*word = *words->next++;
		return CLI_OK;
	}
	fprintf(stderr, "plainbpf: '%s' needs %s\n  hint: see 'plainbpf %s --help'\n", name, what,
		name);
	return CLI_USAGE;
}

bool parse_number(const char *text, uint64_t limit, uint64_t *number)
{
	bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	const char *digits = hex ? text + 2 : text;
	unsigned long long value;
	char *end;

	/* Not what strtoull() takes beside: spaces, signs, a second 0x. */
	if (!*digits ||
	    strspn(digits, hex ? "0123456789abcdefABCDEF" : "0123456789") != strlen(digits))
		return false;
	errno = 0;
	value = strtoull(digits, &end, hex ? 16 : 10);
	if (errno || value > limit)
		return false;
	*number = value;
	return true;
}

int words_number(struct words *words, const char *what, uint64_t limit, uint64_t *number)
{
	const char *word, *name = words->cli->command->name;
	int code = words_need(words, what, &word);

	if (code || parse_number(word, limit, number))
		return code;
	fprintf(stderr, "plainbpf: '");
	put_name(stderr, word);
	fprintf(stderr, "' is not %s\n  hint: a number up to %llu; see 'plainbpf %s --help'\n",
		what, (unsigned long long)limit, name);
	return CLI_USAGE;
}

int words_value(struct words *words, const char *keyword, const char **value)
{
	char what[64];

	if (!words_skip(words, keyword))
		return CLI_OK;
	snprintf(what, sizeof(what), "a word behind '%s'", keyword);
	return words_need(words, what, value);
}

int words_end(const struct words *words, const char *const *names)
{
	static const char *const none[] = {NULL};

	if (!*words->next)
		return CLI_OK;
	return usage_error(words->cli->command->name, "word", *words->next, names ? names : none);
}
