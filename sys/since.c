/* SPDX-License-Identifier: MIT */
/*
 * Since when: the kernel numbers helpers and types in the order in which they came, and never again
 * otherwise. So the last number of each release says it for all of them.
 *
 * scripts/last_numbers.sh prints a line of the table from a release's <linux/bpf.h>.
 */
#include "sys/pbpf_since.h"

#include <stddef.h>

struct release {
	uint8_t major, minor;
	uint8_t helper, map_type, prog_type, attach_type; /* the last ones */
};

static const struct release releases[] = {
	{3, 19, 3, 2, 1, 0},	  {4, 1, 11, 2, 4, 0},	    {4, 2, 16, 3, 4, 0},
	{4, 3, 22, 4, 4, 0},	  {4, 4, 25, 4, 4, 0},	    {4, 5, 26, 4, 4, 0},
	{4, 6, 30, 7, 4, 0},	  {4, 7, 30, 7, 5, 0},	    {4, 8, 36, 8, 6, 0},
	{4, 9, 41, 8, 7, 0},	  {4, 10, 44, 10, 12, 2},   {4, 11, 45, 11, 12, 2},
	{4, 12, 47, 13, 12, 2},	  {4, 13, 50, 13, 13, 3},   {4, 14, 53, 15, 14, 5},
	{4, 15, 57, 16, 15, 6},	  {4, 16, 59, 16, 15, 6},   {4, 17, 64, 16, 18, 13},
	{4, 18, 80, 18, 20, 16},  {4, 19, 83, 20, 21, 16},  {4, 20, 90, 23, 22, 17},
	{5, 0, 92, 23, 22, 17},	  {5, 1, 98, 23, 22, 17},   {5, 2, 108, 24, 24, 20},
	{5, 3, 109, 24, 25, 22},  {5, 4, 110, 25, 25, 22},  {5, 5, 115, 25, 26, 25},
	{5, 6, 118, 26, 28, 25},  {5, 7, 124, 26, 29, 27},  {5, 8, 135, 27, 29, 33},
	{5, 9, 141, 27, 30, 37},  {5, 10, 155, 28, 30, 37}, {5, 11, 162, 29, 30, 37},
	{5, 12, 163, 29, 30, 37}, {5, 13, 165, 29, 30, 38}, {5, 14, 168, 29, 31, 40},
	{5, 15, 175, 29, 31, 41}, {5, 16, 179, 30, 31, 41}, {5, 17, 185, 30, 31, 41},
	{5, 18, 193, 30, 31, 42}, {5, 19, 203, 30, 31, 42}, {6, 0, 207, 30, 31, 43},
	{6, 1, 209, 31, 31, 43},  {6, 2, 211, 32, 31, 43},  {6, 4, 211, 32, 32, 45},
	{6, 6, 211, 32, 32, 48},  {6, 7, 211, 32, 32, 55},  {6, 9, 211, 33, 32, 55},
	{6, 10, 211, 33, 32, 56}, {6, 13, 211, 33, 32, 57}, {6, 19, 211, 34, 32, 57},
	{7, 0, 211, 34, 32, 58},  {7, 2, 211, 35, 32, 61},
};

/* The first release whose last number, `at` bytes into its record, is not below `number`. */
static uint32_t first_with(size_t at, uint32_t number)
{
	for (size_t i = 0; i < sizeof(releases) / sizeof(releases[0]); i++)
		if (((const uint8_t *)&releases[i])[at] >= number)
			return PBPF_LINUX(releases[i].major, releases[i].minor);
	return 0;
}

uint32_t pbpf_since_helper(uint32_t helper)
{
	return first_with(offsetof(struct release, helper), helper);
}

uint32_t pbpf_since_map_type(uint32_t type)
{
	return first_with(offsetof(struct release, map_type), type);
}

uint32_t pbpf_since_prog_type(uint32_t type)
{
	return first_with(offsetof(struct release, prog_type), type);
}

/* 0 to 2 came with cgroups in 4.10; a program that expects none has 0, too, so that it is as old as BPF. */
uint32_t pbpf_since_attach_type(uint32_t type)
{
	return first_with(offsetof(struct release, attach_type), type);
}
