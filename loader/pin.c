/* SPDX-License-Identifier: MIT */
/*
 * Pins of one thing: of any fd, of a map or program under its name, and of maps that load pins.
 */
#include "base/sort.h"
#include "loader/object.h"
#include "loader/pbpf_pin.h"

#define PIN_ATTEMPTS 4

int pin_in_folder(struct pin_folder *folder, int fd, const char *name)
{
	char *path = NULL;
	int err = make_pin_path(&path, folder, name);

	if (err)
		return err;
	err = pin_there(folder, fd, path);
	if (err)
		refuse_pin(folder->env, err, "pin", path);
	free_pin_path(folder->env, path);
	return err;
}

int pbpf_pin(const struct pbpf_env *env, int fd, const char *folder, const char *name)
{
	struct pin_folder named = name_pin_folder(env, folder);
	int err = pin_in_folder(&named, fd, name);

	close_pin_folder(&named, err);
	return err;
}

int pbpf_pin_open(const struct pbpf_env *env, const char *folder, const char *name, uint32_t flags)
{
	struct pin_folder named = name_pin_folder(env, folder);
	char *path = NULL;
	int fd = make_pin_path(&path, &named, name);

	if (fd)
		return fd;
	fd = open_pin(&named, path, flags);
	if (fd < 0)
		refuse_pin(env, fd, "open the pin", path);
	free_pin_path(env, path);
	return fd;
}

/* Do both fds stand for one object? Type and id come first, whatever it is. */
static bool same_object(const struct pbpf_env *env, int a, int b)
{
	struct {
		uint32_t type, id;
	} info_a = {0}, info_b = {0};
	uint32_t size_a = sizeof(info_a), size_b = sizeof(info_b);

	return !pbpf_sys_obj_info(env, a, &info_a, &size_a) &&
	       !pbpf_sys_obj_info(env, b, &info_b, &size_b) && info_a.type == info_b.type &&
	       info_a.id == info_b.id;
}

/* Removes the pin at `path`, if it is one, and, unless `owner` is negative, one of that object. */
static int unpin_path(struct pin_folder *folder, const char *path, int owner)
{
	const struct pbpf_env *env = folder->env;
	int fd = open_pin(folder, path, 0);
	bool other = fd >= 0 && owner >= 0 && !same_object(env, fd, owner);
	int err = fd < 0 ? fd : 0;

	pbpf_sys_close(env, fd);
	if (other)
		return env_fail(env, -EINVAL, AT(STAGE_PIN, path, 0), NULL,
				"cannot unpin '%s': something else is pinned there", path);
	if (!err)
		err = unlink_pin(folder, path);
	return err ? refuse_pin(env, err, "unpin", path) : 0;
}

int unpin_in_folder(struct pin_folder *folder, const char *name, int owner)
{
	char *path = NULL;
	int err = make_pin_path(&path, folder, name);

	if (err)
		return err;
	err = unpin_path(folder, path, owner);
	free_pin_path(folder->env, path);
	return err;
}

static int unpin_name(const struct pbpf_env *env, const char *folder, const char *name, int owner)
{
	struct pin_folder named = name_pin_folder(env, folder);
	int err = unpin_in_folder(&named, name, owner);

	close_pin_folder(&named, 0);
	return err;
}

int pbpf_unpin(const struct pbpf_env *env, const char *folder, const char *name)
{
	return unpin_name(env, folder, name, -1);
}

/* --- Maps that are pinned by their name, within load ------------------------------------------ */

const char *pin_folder_of(const struct pbpf_object *obj, const char *folder)
{
	if (folder)
		return folder;
	return obj->pin_folder ? obj->pin_folder : PBPF_PIN_FOLDER;
}

bool is_pinned_in(const struct pbpf_map *map, const char *folder)
{
	return map->pin_path && is_right_in(map->pin_path, pin_folder_of(map->obj, folder));
}

/* As they are pinned: with '_' for '.'. Below 0, 0 or above as strcmp(3). */
static int compare_pin_names(const char *a, const char *b)
{
	while (*a && (*a == '.' ? '_' : *a) == (*b == '.' ? '_' : *b)) {
		a++;
		b++;
	}
	return (*a == '.' ? '_' : *a) - (*b == '.' ? '_' : *b);
}

static bool pin_name_before(const void *a, const void *b)
{
	const struct pbpf_map *const *first = a, *const *second = b;

	int order = compare_pin_names((*first)->name, (*second)->name);

	return order < 0 || (!order && *first < *second);
}

int check_pin_names(const struct pbpf_object *obj, bool by_name)
{
	const struct pbpf_map **maps = env_alloc(&obj->env, obj->map_count, sizeof(*maps));
	uint32_t count = 0;
	int err = 0;

	if (!maps)
		return env_no_memory(&obj->env, STAGE_LOAD, "the names of pins");
	for (uint32_t i = 0; i < obj->map_count; i++)
		if (!by_name || obj->maps[i].by_name)
			maps[count++] = &obj->maps[i];
	sort_array(maps, count, sizeof(*maps), pin_name_before);
	for (uint32_t i = 1; !err && i < count; i++)
		if (!compare_pin_names(maps[i - 1]->name, maps[i]->name))
			err = map_fail(maps[i - 1], -EINVAL, "rename one of them",
				       "and map '%s' cannot both be pinned: a bpffs takes no dots, "
				       "and with '_' for '.' they have one name",
				       maps[i]->name);
	env_free(&obj->env, maps, obj->map_count, sizeof(*maps));
	return err;
}

/* Takes the map that is pinned at `path`, as the policy says, and then keeps the path. -ENOENT, and no message: there is none,
 * or no longer. */
static int take_pinned(struct pbpf_map *map, char *path)
{
	const struct pbpf_env *env = &map->obj->env;
	int fd = open_pin(&map->obj->pins, path, 0);
	int err;

	if (fd < 0)
		return fd == -ENOENT ? fd : refuse_pin(env, fd, "open the pin", path);
	if (map->obj->pin_policy == PBPF_PIN_REUSE) {
		err = match_map(map, fd, path,
				"remove that pin, or open the object with PBPF_PIN_RECREATE");
	} else if (map->obj->pin_policy == PBPF_PIN_RECREATE) {
		err = unlink_pin(&map->obj->pins, path);
		err = !err || err == -ENOENT ? -ENOENT : refuse_pin(env, err, "unpin", path);
	} else {
		err = refuse_pin(env, -EEXIST, "pin", path);
	}
	if (err) {
		pbpf_sys_close(env, fd);
		return err;
	}
	map->fd = fd;
	map->adopted = true;
	map->pin_path = path;
	env_step(env, AT(STAGE_LOAD, map->name, 0), "map '%s' is the one at '%s', fd %d", map->name,
		 path, fd);
	return 0;
}

/* Creates the map and pins it, and then keeps the path; -EEXIST, and no message: somebody else was
 * faster. */
static int create_pinned(struct pbpf_map *map, char *path)
{
	const struct pbpf_env *env = &map->obj->env;
	int err = create_map(map);

	if (err)
		return err;
	err = pin_there(&map->obj->pins, map->fd, path);
	if (!err) {
		map->pin_path = path;
		return 0;
	}
	pbpf_sys_close(env, map->fd);
	map->fd = -ENOENT;
	return err == -EEXIST ? err : refuse_pin(env, err, "pin", path);
}

/* The folder of all that load pins is opened once, when no two names are one. */
static int open_pins(struct pbpf_object *obj)
{
	int err = obj->pins.path ? 0 : check_pin_names(obj, true);

	if (!err && !obj->pins.path)
		obj->pins = open_pin_folder(&obj->env, pin_folder_of(obj, NULL));
	return err;
}

void close_pins(struct pbpf_object *obj, int err)
{
	if (obj->pins.path)
		close_pin_folder(&obj->pins, err);
	obj->pins.path = NULL;
}

int load_pinned_map(struct pbpf_map *map)
{
	const struct pbpf_env *env = &map->obj->env;
	int attempts = 0, err;
	char *path = NULL;

	err = open_pins(map->obj);
	if (!err)
		err = make_pin_path(&path, &map->obj->pins, map->name);
	if (err)
		return err;
	do {
		err = take_pinned(map, path);
		if (err == -ENOENT)
			err = create_pinned(map, path);
	} while (err == -EEXIST && map->obj->pin_policy != PBPF_PIN_FAIL &&
		 ++attempts < PIN_ATTEMPTS);
	if (err == -EEXIST && map->obj->pin_policy != PBPF_PIN_FAIL)
		refuse_pin(env, err, "pin", path);
	if (!map->pin_path)
		free_pin_path(env, path);
	return err;
}

void forget_pin(struct pbpf_map *map)
{
	const struct pbpf_env *env = &map->obj->env;

	if (!map->pin_path)
		return;
	if (!map->obj->loaded && !map->adopted)
		unlink_pin(&map->obj->pins, map->pin_path);
	free_pin_path(env, map->pin_path);
	map->pin_path = NULL;
}

/* --- Pins that the caller asks for ------------------------------------------------------------ */

int pbpf_map_pin(struct pbpf_map *map, const char *folder)
{
	int err = map_must_be_loaded(map);

	return err ? err
		   : pbpf_pin(&map->obj->env, map->fd, pin_folder_of(map->obj, folder), map->name);
}

int pbpf_map_unpin(struct pbpf_map *map, const char *folder)
{
	const struct pbpf_env *env = &map->obj->env;
	int err = map_must_be_loaded(map);

	if (!err)
		err = unpin_name(env, pin_folder_of(map->obj, folder), map->name, map->fd);
	if (!err && is_pinned_in(map, folder)) {
		free_pin_path(env, map->pin_path);
		map->pin_path = NULL;
	}
	return err;
}

static int program_must_be_loaded(const struct pbpf_program *prog)
{
	const char *name = pbpf_program_name(prog);

	if (prog->fd >= 0)
		return 0;
	return env_fail(&prog->obj->env, -EINVAL, AT(STAGE_LOAD, name, 0),
			"call pbpf_object_load() first", "program '%s' is not loaded", name);
}

int pbpf_program_pin(struct pbpf_program *prog, const char *folder)
{
	int err = program_must_be_loaded(prog);

	return err ? err
		   : pbpf_pin(&prog->obj->env, prog->fd, pin_folder_of(prog->obj, folder),
			      pbpf_program_name(prog));
}

int pbpf_program_unpin(struct pbpf_program *prog, const char *folder)
{
	int err = program_must_be_loaded(prog);

	return err ? err
		   : unpin_name(&prog->obj->env, pin_folder_of(prog->obj, folder),
				pbpf_program_name(prog), prog->fd);
}
