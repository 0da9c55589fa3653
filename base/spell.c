/* SPDX-License-Identifier: MIT */
#include "base/spell.h"

#include <string.h>

#define LENGTH_MAX 64 /* longer names are not compared */

/* How many letters must be inserted, removed or replaced to get from one name to the other
 * (Levenshtein's distance), or LENGTH_MAX for long names. */
static size_t letters_apart(const char *a, const char *b)
{
	size_t row[LENGTH_MAX + 1];
	size_t length = strlen(b);

	if (length > LENGTH_MAX || strlen(a) > LENGTH_MAX)
		return LENGTH_MAX;
	for (size_t j = 0; j <= length; j++)
		row[j] = j;
	for (size_t i = 1; *a; a++, i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= length; j++) {
			size_t best = diagonal + (*a != b[j - 1]);

			diagonal = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[length];
}

struct spell spell_for(const char *wanted)
{
	/* Up to a third of the letters may be wrong, and at least one. */
	return (struct spell){wanted, NULL, strlen(wanted) / 3 + 2};
}

void spell_try(struct spell *spell, const char *name)
{
	/* Many names may be the ends of one long text: as far as this it matters how long they are. */
	size_t a = strlen(spell->wanted), b = strnlen(name, a + spell->distance), distance;

	/* At least so many letters are missing; most names end here. */
	if ((a > b ? a - b : b - a) >= spell->distance)
		return;
	distance = letters_apart(spell->wanted, name);
	if (distance < spell->distance) {
		spell->distance = distance;
		spell->nearest = name;
	}
}
