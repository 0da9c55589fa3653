/* SPDX-License-Identifier: MIT */
/*
 * Opens and loads one object with plainbpf: load_plainbpf OBJECT [ROUNDS]. See load.sh.
 */
#include "load.h"

#include "loader/pbpf_loader.h"

static void size_maps(struct pbpf_object *obj)
{
	for (struct pbpf_map *map = NULL; (map = pbpf_object_next_map(obj, map));) {
		struct pbpf_map_attr attr = *pbpf_map_attr(map);

		if (attr.type == PBPF_MAP_TYPE_STACK_TRACE && !attr.value_size)
			attr.value_size = STACK_SIZE;
		if (!attr.max_entries && attr.type != PBPF_MAP_TYPE_PERF_EVENT_ARRAY)
			attr.max_entries = ENTRIES;
		pbpf_map_set_attr(map, &attr);
	}
}

int open_and_load(const char *path)
{
	struct pbpf_object *obj = NULL;
	int err = pbpf_object_open_file(&obj, path, NULL);

	if (err)
		return err;
	size_maps(obj);
	err = pbpf_object_load(obj);
	pbpf_object_close(obj);
	return err;
}

int main(int argc, char **argv)
{
	return run(argc, argv);
}
