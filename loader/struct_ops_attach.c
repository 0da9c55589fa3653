/* SPDX-License-Identifier: MIT */
/*
 * Attaching maps of struct_ops: the value, with the fds of the programs in it, goes into the map, which
 * registers it with the kernel, or makes it ready for a link.
 */
#include "link/pbpf_link_trace.h"
#include "loader/object.h"

#include <string.h>

/* The fds go where the kernel has its function pointers, as 64-bit numbers. */
static int put_fds(struct pbpf_map *map)
{
	for (uint32_t i = 0; i < map->ops->member_count; i++) {
		const struct pbpf_program *prog = map->ops->programs[i];
		uint64_t fd;

		if (!prog)
			continue;
		if (prog->fd < 0)
			return map_fail(map, -EINVAL,
					"load it, or leave it out of the struct before load",
					"cannot be attached: its program '%s' is not loaded",
					pbpf_program_name(prog));
		fd = (uint64_t)prog->fd;
		memcpy(map->ops->kernel_value + map->ops->places[i], &fd, sizeof(fd));
	}
	return 0;
}

static int make_ready(struct pbpf_map *map)
{
	int err = map_must_be_loaded(map);

	if (!err && (!map->ops || !map->ops->kernel_value))
		err = map_fail(map, -EINVAL, NULL, "is no struct_ops of this object");
	return err ? err : put_fds(map);
}

static int attach_ops(struct pbpf_map *map, struct pbpf_link **link,
		      const struct pbpf_link_options *opts)
{
	int err = make_ready(map);

	if (err)
		return err;
	return pbpf_link_struct_ops(link, map->fd, map->ops->kernel_value,
				    map->attr.flags & PBPF_F_LINK, opts);
}

int pbpf_struct_ops_attach(struct pbpf_map *map, struct pbpf_link **link,
			   const struct pbpf_link_options *opts)
{
	struct pbpf_env env = opts && opts->env ? *opts->env : map->obj->env;

	env.kept = NULL; /* the link may outlive the object */
	return attach_ops(map, link, &(const struct pbpf_link_options){.env = &env});
}

int pbpf_struct_ops_switch(struct pbpf_map *map, struct pbpf_link *link)
{
	int err = make_ready(map);

	if (err)
		return err;
	return pbpf_link_struct_ops_update(link, map->fd, map->ops->kernel_value);
}

struct pbpf_link *pbpf_struct_ops_link(const struct pbpf_map *map)
{
	return map->ops ? map->ops->link : NULL;
}

int attach_struct_ops(struct pbpf_object *obj)
{
	struct pbpf_link_options opts = {.env = &obj->env};
	int err = 0;

	for (uint32_t i = 0; !err && i < obj->map_count; i++) {
		struct pbpf_map *map = &obj->maps[i];

		if (map->ops && map->fd >= 0 && !map->adopted && !map->ops->link)
			err = attach_ops(map, &map->ops->link, &opts);
	}
	return err;
}

void detach_struct_ops(struct pbpf_object *obj)
{
	for (uint32_t i = 0; i < obj->map_count; i++) {
		struct pbpf_map *map = &obj->maps[i];

		if (!map->ops)
			continue;
		pbpf_link_close(map->ops->link);
		map->ops->link = NULL;
	}
}
