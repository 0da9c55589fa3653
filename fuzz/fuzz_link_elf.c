/* SPDX-License-Identifier: MIT */
/*
 * each_elf_function() on any bytes: an error or names that end, in steps in proportion to the size.
 */
#include "fuzz/host.h"
#include "link/elf_functions.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct image {
	const uint8_t *data;
	size_t size;
	size_t calls;
};

/* Is it a text within the image? */
static void must_end(const struct image *image, const char *text)
{
	size_t at = (size_t)((const uint8_t *)text - image->data);

	MUST(at < image->size && memchr(text, 0, image->size - at));
}

static int look_at(void *ctx, const struct elf_function *function)
{
	struct image *image = ctx;

	must_end(image, function->name);
	if (function->version)
		must_end(image, function->version);
	image->calls++;
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct image image = {data, size, 0};
	int err = each_elf_function(data, size, look_at, &image);

	MUST(err == 0 || err == -22);
	MUST(image.calls <= 2 * size / 16); /* two tables of symbols of 16 bytes */
	return 0;
}
