/* SPDX-License-Identifier: MIT */
/*
 * Text for people: names made harmless, and columns that line up.
 *
 * Names of sections, symbols and types come from files that anybody may have made, so none goes to
 * a terminal but through put_name().
 *
 * A table is written as lines of cells with a tab between two cells, the first line being the
 * header, and is aligned when it ends:
 *
 *	struct table t;
 *
 *	table_begin(&t);
 *	fprintf(t.rows, "NAME\tSIZE\n");
 *	put_name(t.rows, name);
 *	fprintf(t.rows, "\t%u\n", size);
 *	table_end(&t, stdout);
 */
#ifndef TOOLS_TEXT_H
#define TOOLS_TEXT_H

#include <stddef.h>
#include <stdio.h>

/* Writes a name with everything but printable ASCII as \xNN. */
void put_name(FILE *to, const char *name);

/* The same for at most `size` characters, fewer if a NUL ends them: the kernel's name fields. */
void put_chars(FILE *to, const char *name, size_t size);

/* Writes text of many lines, such as a verifier's log: other control characters than newline and tab become '?', so
 * that who made it cannot steer the terminal; letters beyond ASCII stay. */
void put_lines(FILE *to, const char *text, size_t size);

/* Writes bytes as hexadecimal digits. */
void put_hex(FILE *to, const void *data, size_t size);

/* How many letters to change, add or take away to make one word from the other. */
size_t word_distance(const char *a, const char *b);

struct table {
	FILE *rows; /* write the cells here */
	char *text;
	size_t size;
};

void table_begin(struct table *table);

/* Prints the rows, indented and aligned: numbers to the right, words to the left. Prints nothing
 * when there is no row but the header. */
void table_end(struct table *table, FILE *to);

#endif
