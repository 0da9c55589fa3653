/* SPDX-License-Identifier: MIT */
/*
 * What the two programs of load.sh share: sizes for maps that leave theirs to the program, and the run.
 * Memory is measured where both get it, in malloc(): this file counts it.
 */
#ifndef BENCH_LOAD_H
#define BENCH_LOAD_H

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define ENTRIES	   1024
#define STACK_SIZE (127 * 8)

int open_and_load(const char *path) __attribute__((noinline));

static size_t heap, heap_peak;

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *ptr, size_t size);
void __real_free(void *ptr);

static void *counted(void *ptr)
{
	heap += ptr ? malloc_usable_size(ptr) : 0;
	if (heap > heap_peak)
		heap_peak = heap;
	return ptr;
}

static void uncount(void *ptr)
{
	heap -= ptr ? malloc_usable_size(ptr) : 0;
}

void *__wrap_malloc(size_t size)
{
	return counted(__real_malloc(size));
}

void *__wrap_calloc(size_t count, size_t size)
{
	return counted(__real_calloc(count, size));
}

void *__wrap_realloc(void *ptr, size_t size)
{
	uncount(ptr);
	return counted(__real_realloc(ptr, size));
}

void __wrap_free(void *ptr)
{
	uncount(ptr);
	__real_free(ptr);
}

static double seconds(const struct timeval *time)
{
	return (double)time->tv_sec + (double)time->tv_usec / 1e6;
}

/* Loads `rounds` times; prints the mean microseconds of the clock, of this process in user space and in
 * the kernel, and the peak of the heap in bytes. */
static int run(int argc, char **argv)
{
	int rounds = argc > 2 ? atoi(argv[2]) : 1, err = 0;
	struct timespec start, end;
	struct rusage before, after;

	if (argc < 2 || rounds < 1)
		return 2;
	getrusage(RUSAGE_SELF, &before);
	clock_gettime(CLOCK_MONOTONIC, &start);
	for (int i = 0; i < rounds; i++)
		err |= open_and_load(argv[1]);
	clock_gettime(CLOCK_MONOTONIC, &end);
	getrusage(RUSAGE_SELF, &after);
	printf("%.0f %.0f %.0f %zu\n",
	       ((double)(end.tv_sec - start.tv_sec) * 1e9 + (double)(end.tv_nsec - start.tv_nsec)) /
		       1e3 / rounds,
	       (seconds(&after.ru_utime) - seconds(&before.ru_utime)) * 1e6 / rounds,
	       (seconds(&after.ru_stime) - seconds(&before.ru_stime)) * 1e6 / rounds, heap_peak);
	return err ? 1 : 0;
}

#endif
