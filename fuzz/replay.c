/* SPDX-License-Identifier: MIT */
/*
 * Runs a fuzz target over its corpus without a fuzzer, with any compiler:
 *
 *	replay/fuzz_elf                 every file of fuzz/corpus/fuzz_elf, one "ok" line each
 *	replay/fuzz_elf FILE...         these files
 *
 * A file that the target cannot stand ends the program: a crash, a sanitizer's report, or abort().
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay(const char *path)
{
	FILE *file = fopen(path, "rb");
	uint8_t *data = NULL, *grown;
	size_t size = 0, got;

	if (!file) {
		printf("not ok %s: cannot be opened\n", path);
		return 1;
	}
	do {
		grown = realloc(data, size + 65536);
		if (!grown)
			abort();
		data = grown;
		got = fread(data + size, 1, 65536, file);
		size += got;
	} while (got);
	fclose(file);
	data = realloc(data, size ? size : 1); /* exact, so that a sanitizer sees the end */
	if (!data)
		abort();
	LLVMFuzzerTestOneInput(data, size);
	free(data);
	printf("ok %s\n", path);
	return 0;
}

static int replay_folder(const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	char path[8192];
	int failed = 0;

	if (!dir) {
		printf("not ok %s: no such folder\n", folder);
		return 1;
	}
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		failed |= replay(path);
	}
	closedir(dir);
	return failed;
}

int main(int argc, char **argv)
{
	const char *name = strrchr(argv[0], '/');
	char folder[4096];
	int failed = 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	for (int i = 1; i < argc; i++)
		failed |= replay(argv[i]);
	if (argc > 1)
		return failed;
	snprintf(folder, sizeof(folder), "fuzz/corpus/%s", name ? name + 1 : argv[0]);
	return replay_folder(folder);
}
