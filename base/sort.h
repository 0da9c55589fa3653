/* SPDX-License-Identifier: MIT */
/*
 * Sorting in place, without memory and in n log n steps for any input.
 *
 * libc's qsort() may call malloc(), and some are quadratic on chosen input.
 */
#ifndef BASE_SORT_H
#define BASE_SORT_H

#include <stdbool.h>
#include <stddef.h>

/* Sorts `count` elements of `size` bytes so that no element is before its predecessor. Equal
 * elements keep no order. An array that is in order already costs one pass. */
void sort_array(void *array, size_t count, size_t size,
		bool (*before)(const void *a, const void *b));

#endif
