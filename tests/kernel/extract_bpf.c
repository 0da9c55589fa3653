// SPDX-License-Identifier: MIT
/*
 * Copies the BPF objects out of a program that carries them in its read-only data, as those with a
 * libbpf skeleton do: extract_bpf PROGRAM PREFIX writes PREFIX.bpf.o, PREFIX.2.bpf.o ...
 *
 * An object begins with an ELF header whose machine is BPF, and ends with its section headers,
 * which is where clang puts them.
 */
#include <elf.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef EM_BPF
#define EM_BPF 247
#endif

static unsigned char *read_whole(const char *path, size_t *size)
{
	FILE *file = fopen(path, "rb");
	unsigned char *data = NULL;
	long length;

	if (!file)
		return NULL;
	if (fseek(file, 0, SEEK_END) == 0 && (length = ftell(file)) > 0) {
		*size = (size_t)length;
		data = malloc(*size);
		rewind(file);
		if (data && fread(data, 1, *size, file) != *size) {
			free(data);
			data = NULL;
		}
	}
	fclose(file);
	return data;
}

/* The length of the object at `data`, 0 when there is none. */
static size_t object_size(const unsigned char *data, size_t left)
{
	Elf64_Ehdr header;
	uint64_t end;

	if (left < sizeof(header) || memcmp(data, ELFMAG, SELFMAG) != 0)
		return 0;
	memcpy(&header, data, sizeof(header));
	if (header.e_machine != EM_BPF || header.e_shoff > left)
		return 0;
	end = header.e_shoff + (uint64_t)header.e_shnum * header.e_shentsize;
	return end <= left ? (size_t)end : 0;
}

static int write_object(const char *prefix, int number, const unsigned char *data, size_t size)
{
	char path[4096];
	FILE *file;
	int failed;

	if (number == 1)
		snprintf(path, sizeof(path), "%s.bpf.o", prefix);
	else
		snprintf(path, sizeof(path), "%s.%d.bpf.o", prefix, number);
	file = fopen(path, "wb");
	if (!file) {
		perror(path);
		return 1;
	}
	failed = fwrite(data, 1, size, file) != size;
	return fclose(file) != 0 || failed;
}

int main(int argc, char **argv)
{
	size_t size = 0, at, object;
	unsigned char *data;
	int number = 0, failed = 0;

	if (argc != 3) {
		fprintf(stderr, "usage: extract_bpf PROGRAM PREFIX\n");
		return 2;
	}
	data = read_whole(argv[1], &size);
	if (!data) {
		perror(argv[1]);
		return 1;
	}
	for (at = 0; at < size && !failed; at += object ? object : 1) {
		object = object_size(data + at, size - at);
		if (object)
			failed = write_object(argv[2], ++number, data + at, object);
	}
	free(data);
	return failed;
}
