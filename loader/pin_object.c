/* SPDX-License-Identifier: MIT */
/*
 * A whole object into a folder, or nothing of it.
 */
#include "loader/object.h"

/* What has a pin of its own. */
struct thing {
	const char *name;
	int fd;			    /* below 0: it is not loaded */
	const struct pbpf_map *map; /* or NULL */
};

/* The object's: maps, then programs. */
static uint32_t thing_count(const struct pbpf_object *obj)
{
	return obj->map_count + obj->program_count;
}

static struct thing thing_at(const struct pbpf_object *obj, uint32_t i)
{
	const struct pbpf_program *prog;

	if (i < obj->map_count)
		return (struct thing){obj->maps[i].name, obj->maps[i].fd, &obj->maps[i]};
	prog = &obj->programs[i - obj->map_count];
	return (struct thing){pbpf_program_name(prog), prog->fd, NULL};
}

/* Not what load has pinned in this very folder. */
static bool is_to_be_pinned(const struct thing *thing, const char *folder)
{
	return thing->fd >= 0 && !(thing->map && is_pinned_in(thing->map, folder));
}

int pbpf_object_pin(struct pbpf_object *obj, const char *folder)
{
	int err = check_pin_names(obj, false);
	struct pin_folder opened;
	struct thing thing;
	uint32_t i;

	if (err)
		return err;
	opened = open_pin_folder(&obj->env, pin_folder_of(obj, folder));
	for (i = 0; i < thing_count(obj); i++) {
		thing = thing_at(obj, i);
		if (is_to_be_pinned(&thing, folder))
			err = pin_in_folder(&opened, thing.fd, thing.name);
		if (err)
			break;
	}
	while (err && i-- > 0) {
		thing = thing_at(obj, i);
		if (is_to_be_pinned(&thing, folder))
			unpin_in_folder(&opened, thing.name, thing.fd);
	}
	close_pin_folder(&opened, err);
	return err;
}

static int unpin_thing(struct pbpf_object *obj, uint32_t i, const char *folder)
{
	if (i < obj->map_count)
		return pbpf_map_unpin(&obj->maps[i], folder);
	return pbpf_program_unpin(&obj->programs[i - obj->map_count], folder);
}

int pbpf_object_unpin(struct pbpf_object *obj, const char *folder)
{
	int first = 0;

	for (uint32_t i = 0; i < thing_count(obj); i++) {
		int err = thing_at(obj, i).fd >= 0 ? unpin_thing(obj, i, folder) : 0;

		if (!first)
			first = err;
	}
	return first;
}
