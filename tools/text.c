/* SPDX-License-Identifier: MIT */
/*
 * Names made harmless, tables aligned, words compared.
 */
#include "tools/text.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS_MAX  16
#define WORD_MAX     32
#define INDENT	     2
#define COLUMN_SPACE 2

void put_chars(FILE *to, const char *name, size_t size)
{
	for (; size-- && *name; name++) {
		unsigned char c = (unsigned char)*name;

		if (c >= 0x20 && c < 0x7f)
			fputc(c, to);
		else
			fprintf(to, "\\x%02x", c);
	}
}

void put_name(FILE *to, const char *name)
{
	put_chars(to, name, SIZE_MAX);
}

/* C0 and DEL; and C1 (0x80 to 0x9f), which is a byte alone, or of UTF-8 behind 0xc2. Behind another byte beyond ASCII
 * it is a part of a letter. */
static bool is_control(unsigned char before, unsigned char c)
{
	if (c < 0x20)
		return c != '\n' && c != '\t';
	return c == 0x7f || (c >= 0x80 && c < 0xa0 && (before < 0x80 || before == 0xc2));
}

void put_lines(FILE *to, const char *text, size_t size)
{
	unsigned char before = 0;

	for (size_t i = 0; i < size; i++) {
		unsigned char c = (unsigned char)text[i];

		fputc(is_control(before, c) ? '?' : c, to);
		before = c;
	}
}

void put_hex(FILE *to, const void *data, size_t size)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *bytes = data;

	for (size_t i = 0; i < size; i++) {
		fputc(digits[bytes[i] >> 4], to);
		fputc(digits[bytes[i] & 15], to);
	}
}

static size_t smallest(size_t a, size_t b, size_t c)
{
	size_t least = a < b ? a : b;

	return least < c ? least : c;
}

/* The row of the edit distance's matrix that belongs to the letters of `a` read so far. */
size_t word_distance(const char *a, const char *b)
{
	size_t row[WORD_MAX + 1], width = strlen(b);

	if (width > WORD_MAX)
		return width;
	for (size_t i = 0; i <= width; i++)
		row[i] = i;
	for (; *a; a++) {
		size_t diagonal = row[0]++;

		for (size_t i = 1; i <= width; i++) {
			size_t same = diagonal + (*a != b[i - 1]);

			diagonal = row[i];
			row[i] = smallest(same, row[i] + 1, row[i - 1] + 1);
		}
	}
	return row[width];
}

struct column {
	size_t width;
	bool words; /* a cell holds something that is not a number */
};

/* One cell of the text, without its end, and whether it ends the line. */
struct cell {
	const char *start;
	size_t size;
	size_t column;
	bool header;
	bool last;
};

/* Steps from cell to cell; false after the last. Begin with a zeroed cell at the text's start. */
static bool next_cell(struct cell *cell, const char *text)
{
	if (!cell->start) {
		*cell = (struct cell){.start = text, .header = true};
	} else {
		cell->start += cell->size + 1;
		cell->column = cell->last ? 0 : cell->column + 1;
		cell->header = cell->header && !cell->last;
	}
	cell->size = strcspn(cell->start, "\t\n");
	cell->last = cell->start[cell->size] != '\t';
	return *cell->start && cell->column < COLUMNS_MAX;
}

static bool is_word(const struct cell *cell)
{
	bool hex = cell->size > 2 && !memcmp(cell->start, "0x", 2);

	if (cell->size == 1 && *cell->start == '-')
		return false;
	for (size_t i = hex ? 2 : 0; i < cell->size; i++) {
		unsigned char c = (unsigned char)cell->start[i];

		if (!(hex ? isxdigit(c) : isdigit(c) || c == '.'))
			return true;
	}
	return false;
}

static void measure(struct column *columns, const char *text)
{
	for (struct cell cell = {0}; next_cell(&cell, text);) {
		struct column *column = &columns[cell.column];

		if (cell.size > column->width)
			column->width = cell.size;
		column->words |= !cell.header && is_word(&cell);
	}
}

static void put_spaces(FILE *to, size_t count)
{
	static const char spaces[] = "                                ";

	while (count > 0) {
		size_t some = count < sizeof(spaces) - 1 ? count : sizeof(spaces) - 1;

		fwrite(spaces, 1, some, to);
		count -= some;
	}
}

static void print_cell(FILE *to, const struct cell *cell, const struct column *column)
{
	size_t before = cell->column ? COLUMN_SPACE : INDENT;
	size_t space = column->width - cell->size;

	put_spaces(to, column->words ? before : before + space);
	fwrite(cell->start, 1, cell->size, to);
	if (column->words && !cell->last)
		put_spaces(to, space);
	if (cell->last)
		fputc('\n', to);
}

void table_begin(struct table *table)
{
	table->rows = open_memstream(&table->text, &table->size);
	if (!table->rows) {
		perror("plainbpf");
		exit(EXIT_FAILURE);
	}
}

void table_end(struct table *table, FILE *to)
{
	struct column columns[COLUMNS_MAX] = {0};
	const char *first_row;

	if (fclose(table->rows)) {
		perror("plainbpf");
		exit(EXIT_FAILURE);
	}
	first_row = strchr(table->text, '\n');
	if (first_row && first_row[1]) {
		measure(columns, table->text);
		for (struct cell cell = {0}; next_cell(&cell, table->text);)
			print_cell(to, &cell, &columns[cell.column]);
	}
	free(table->text);
}
