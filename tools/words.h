/* SPDX-License-Identifier: MIT */
/*
 * The words behind a command that are no options, taken one after the other in bpftool's manner:
 *
 *	prog dump xlated id 7 file code.bin
 *
 * What gives an int gives 0, or an exit code when the words were not understood, and the user was told.
 */
#ifndef TOOLS_WORDS_H
#define TOOLS_WORDS_H

#include "tools/cli.h"

struct words {
	struct cli *cli;
	char *const *next; /* ends with NULL */
};

/* All operands of the command. */
struct words words_of(struct cli *cli);

/* The next word, which stays, or NULL; and the same, and takes it. */
const char *words_peek(const struct words *words);
const char *words_take(struct words *words);

/* Takes the next word if it is this one. */
bool words_skip(struct words *words, const char *word);

/* Is it among those that are left? */
bool words_have(const struct words *words, const char *word);

/* Takes the next word; without one: "'prog pin' needs WHAT". */
int words_need(struct words *words, const char *what, const char **word);

/* The same for a number: decimal, or hexadecimal behind 0x; at most `limit`. */
int words_number(struct words *words, const char *what, uint64_t limit, uint64_t *number);

/* Takes "KEYWORD VALUE" if the next word is the keyword; *value stays as it was otherwise. */
int words_value(struct words *words, const char *keyword, const char **value);

/* Nothing may follow. `names` is what could have, for a suggestion; it ends with NULL, or is NULL. */
int words_end(const struct words *words, const char *const *names);

/* Is all of it a number (decimal, or 0x and hexadecimal) of at most `limit`? */
bool parse_number(const char *text, uint64_t limit, uint64_t *number);

#endif
