/* SPDX-License-Identifier: MIT */
/*
 * Heapsort: a binary heap in the array itself, its largest element moved to the end again and
 * again.
 */
#include "base/sort.h"

struct heap {
	unsigned char *array;
	size_t size; /* of an element */
	bool (*before)(const void *a, const void *b);
};

static void *heap_at(const struct heap *heap, size_t i)
{
	return heap->array + i * heap->size;
}

static void heap_swap(const struct heap *heap, size_t i, size_t j)
{
	unsigned char *a = heap_at(heap, i), *b = heap_at(heap, j);

	for (size_t n = 0; n < heap->size; n++) {
		unsigned char byte = a[n];

		a[n] = b[n];
		b[n] = byte;
	}
}

/* Lets element i sink until neither of its children is larger. */
static void heap_sink(const struct heap *heap, size_t i, size_t count)
{
	size_t child;

	while ((child = 2 * i + 1) < count) {
		if (child + 1 < count &&
		    heap->before(heap_at(heap, child), heap_at(heap, child + 1)))
			child++;
		if (!heap->before(heap_at(heap, i), heap_at(heap, child)))
			return;
		heap_swap(heap, i, child);
		i = child;
	}
}

static bool in_order(const struct heap *heap, size_t count)
{
	for (size_t i = 1; i < count; i++)
		if (heap->before(heap_at(heap, i), heap_at(heap, i - 1)))
			return false;
	return true;
}

void sort_array(void *array, size_t count, size_t size,
		bool (*before)(const void *a, const void *b))
{
	struct heap heap = {array, size, before};

	if (in_order(&heap, count))
		return;
	for (size_t i = count / 2; i-- > 0;)
		heap_sink(&heap, i, count);
	for (size_t end = count; end-- > 1;) {
		heap_swap(&heap, 0, end);
		heap_sink(&heap, 0, end);
	}
}
