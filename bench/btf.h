/* SPDX-License-Identifier: MIT */
/*
 * What the two programs of btf.sh share: the tasks, the names that are looked for, and the clock.
 */
#ifndef BENCH_BTF_H
#define BENCH_BTF_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define VMLINUX "/sys/kernel/btf/vmlinux"

enum task { PARSE, VIEW, INDEX, FIND, HEADER };
static const char *const tasks[] = {"parse", "view", "index", "find", "header"};

/* Structs to be found: read from standard input, one in a line. */
static char *wanted_names[1000];
static size_t wanted_count;
static FILE *text_out;

/* From the file to the result and back to nothing: 0 or the names found; below 0 when it failed. */
int measured(enum task task) __attribute__((noinline));

static void read_names(size_t count)
{
	char line[256];

	while (wanted_count < count && fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = 0;
		wanted_names[wanted_count++] = strdup(line);
	}
}

/* The task's result, the microseconds that it took, cold, and the most memory that the process had, in
 * KiB. */
static int run(int argc, char **argv)
{
	struct timespec start, end;
	struct rusage usage;
	size_t task = 0;
	int result;

	while (argc > 1 && task <= HEADER && strcmp(argv[1], tasks[task]))
		task++;
	if (argc < 2 || task > HEADER)
		return 2;
	if (argc > 2)
		read_names((size_t)atoi(argv[2]));
	text_out = fopen("/dev/null", "w");
	clock_gettime(CLOCK_MONOTONIC, &start);
	result = measured((enum task)task);
	clock_gettime(CLOCK_MONOTONIC, &end);
	getrusage(RUSAGE_SELF, &usage);
	printf("%d %.0f %ld\n", result,
	       ((double)(end.tv_sec - start.tv_sec) * 1e9 + (double)(end.tv_nsec - start.tv_nsec)) /
		       1e3,
	       usage.ru_maxrss);
	return result < 0 || !text_out;
}

#endif
