/* SPDX-License-Identifier: MIT */
/*
 * Patterns of names: '*' is any characters, '?' any one.
 */
#ifndef LINK_GLOB_H
#define LINK_GLOB_H

#include <stdbool.h>
#include <stddef.h>

/* Does the whole name match? In at most strlen(pattern) * strlen(name) steps: of several '*', only
 * the last one passed is ever tried again. */
static inline bool glob_matches(const char *pattern, const char *name)
{
	const char *star = NULL, *tried = NULL;

	while (*name) {
		if (*pattern == '*') {
			star = pattern++;
			tried = name;
		} else if (*pattern == '?' || *pattern == *name) {
			pattern++;
			name++;
		} else if (star) {
			pattern = star + 1;
			name = ++tried;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return !*pattern;
}

#endif
