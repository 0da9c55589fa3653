/* SPDX-License-Identifier: MIT */
/*
 * Opens and loads one object with libbpf: load_libbpf OBJECT [ROUNDS]. See load.sh.
 */
#include "load.h"

#include <bpf/libbpf.h>
#include <linux/bpf.h>

static int be_silent(enum libbpf_print_level level, const char *format, va_list args)
{
	(void)level;
	(void)format;
	(void)args;
	return 0;
}

static void size_maps(struct bpf_object *obj)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, obj)
	{
		if (bpf_map__type(map) == BPF_MAP_TYPE_STACK_TRACE && !bpf_map__value_size(map))
			bpf_map__set_value_size(map, STACK_SIZE);
		if (!bpf_map__max_entries(map) &&
		    bpf_map__type(map) != BPF_MAP_TYPE_PERF_EVENT_ARRAY)
			bpf_map__set_max_entries(map, ENTRIES);
	}
}

int open_and_load(const char *path)
{
	struct bpf_object *obj = bpf_object__open(path);
	int err;

	if (!obj)
		return -1;
	size_maps(obj);
	err = bpf_object__load(obj);
	bpf_object__close(obj);
	return err;
}

int main(int argc, char **argv)
{
	libbpf_set_print(be_silent);
	return run(argc, argv);
}
