/* SPDX-License-Identifier: MIT */
/*
 * "Did you mean ...?": the name that is spelled most like another.
 *
 *	struct spell spell = spell_for(wanted);
 *	for (each known name)
 *		spell_try(&spell, name);
 *	if (spell.nearest)
 *		...
 */
#ifndef BASE_SPELL_H
#define BASE_SPELL_H

#include <stddef.h>

struct spell {
	const char *wanted;
	const char *nearest; /* NULL until a name was near enough to be a help */
	size_t distance;
};

struct spell spell_for(const char *wanted);
void spell_try(struct spell *spell, const char *name);

#endif
