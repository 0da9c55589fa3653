/* SPDX-License-Identifier: MIT */
/*
 * A whole object into a folder, or nothing of it.
 */
#include "loader/object.h"

/* The object's things that have a pin of their own: maps, then programs. */
static uint32_t thing_count(const struct pbpf_object *obj)
{
	return obj->map_count + obj->program_count;
}

static bool is_loaded(const struct pbpf_object *obj, uint32_t i)
{
	return (i < obj->map_count ? obj->maps[i].fd : obj->programs[i - obj->map_count].fd) >= 0;
}

/* Is it a map that load has pinned in this very folder? */
static bool is_pinned_by_load(const struct pbpf_object *obj, uint32_t i, const char *folder)
{
	return i < obj->map_count && is_pinned_in(&obj->maps[i], folder);
}

static int pin_thing(struct pbpf_object *obj, uint32_t i, const char *folder)
{
	if (i < obj->map_count)
		return pbpf_map_pin(&obj->maps[i], folder);
	return pbpf_program_pin(&obj->programs[i - obj->map_count], folder);
}

static int unpin_thing(struct pbpf_object *obj, uint32_t i, const char *folder)
{
	if (i < obj->map_count)
		return pbpf_map_unpin(&obj->maps[i], folder);
	return pbpf_program_unpin(&obj->programs[i - obj->map_count], folder);
}

int pbpf_object_pin(struct pbpf_object *obj, const char *folder)
{
	uint32_t i;
	int err = 0;

	for (i = 0; !err && i < obj->map_count; i++)
		err = check_pin_name(&obj->maps[i], false);
	if (err)
		return err;
	for (i = 0; i < thing_count(obj); i++) {
		if (!is_loaded(obj, i) || is_pinned_by_load(obj, i, folder))
			continue;
		err = pin_thing(obj, i, folder);
		if (err)
			break;
	}
	while (err && i-- > 0)
		if (is_loaded(obj, i) && !is_pinned_by_load(obj, i, folder))
			unpin_thing(obj, i, folder);
	return err;
}

int pbpf_object_unpin(struct pbpf_object *obj, const char *folder)
{
	int first = 0;

	for (uint32_t i = 0; i < thing_count(obj); i++) {
		int err = is_loaded(obj, i) ? unpin_thing(obj, i, folder) : 0;

		if (!first)
			first = err;
	}
	return first;
}
