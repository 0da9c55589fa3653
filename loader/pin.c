/* SPDX-License-Identifier: MIT */
/*
 * Pins: names are made safe first, then the kernel is asked.
 */
#include "loader/object.h"
#include "loader/pbpf_pin.h"

#include <string.h>

#define NAME_LONGEST 255 /* NAME_MAX of Linux */
#define PIN_ATTEMPTS 4

/* What is wrong with a name that shall be one in a folder; NULL: nothing. */
static const char *wrong_pin_name(const char *name)
{
	size_t length = strlen(name);

	if (!length)
		return "is empty";
	if (length > NAME_LONGEST)
		return "is longer than 255 bytes";
	if (strspn(name, ".") == length)
		return "is nothing but dots";
	for (const char *c = name; *c; c++) {
		if (*c == '/')
			return "has a '/' in it";
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			return "has a control character in it";
	}
	return NULL;
}

/* Without slashes at its end: what is in "/pins/" is in "/pins". */
static size_t folder_length(const char *folder)
{
	size_t length = strlen(folder);

	while (length && folder[length - 1] == '/')
		length--;
	return length;
}

/* FOLDER/NAME, to be freed with free_path(). */
static int make_path(char **path, const struct pbpf_env *env, const char *folder, const char *name)
{
	const char *wrong = wrong_pin_name(name);
	size_t length = folder_length(folder);
	char *made;

	if (wrong)
		return env_fail(env, -EINVAL, AT(STAGE_LOAD, name, 0), "choose another name",
				"'%s' cannot be pinned: the name %s", name, wrong);
	made = env_alloc(env, length + 1 + strlen(name) + 1, 1);
	if (!made)
		return env_no_memory(env, STAGE_LOAD, "the path of a pin");
	memcpy(made, folder, length);
	made[length] = '/';
	strcpy(made + length + 1, name);
	for (char *c = made + length + 1; *c; c++)
		if (*c == '.')
			*c = '_';
	*path = made;
	return 0;
}

static void free_path(const struct pbpf_env *env, char *path)
{
	env_free(env, path, strlen(path) + 1, 1);
}

static int refuse_pin(const struct pbpf_env *env, int err, const char *what, const char *path)
{
	const char *hint = NULL;

	if (err == -ENOENT)
		hint = "make the folder; a bpffs is mounted with: mount -t bpf bpf /sys/fs/bpf";
	else if (err == -EPERM || err == -EACCES)
		hint = "the folder must be in a bpffs (mount -t bpf bpf /sys/fs/bpf), and this "
		       "process may need to be root";
	else if (err == -EEXIST)
		hint = "unpin what is there, or choose another folder";
	return env_fail(env, err, AT(STAGE_LOAD, path, 0), hint, "cannot %s '%s': %s", what, path,
			pbpf_error_name(err));
}

int pbpf_pin(const struct pbpf_env *env, int fd, const char *folder, const char *name)
{
	char *path = NULL;
	int err = make_path(&path, env, folder, name);

	if (err)
		return err;
	err = pbpf_sys_obj_pin(env, fd, -1, path, 0);
	if (err)
		refuse_pin(env, err, "pin", path);
	free_path(env, path);
	return err;
}

int pbpf_pin_open(const struct pbpf_env *env, const char *folder, const char *name, uint32_t flags)
{
	char *path = NULL;
	int fd = make_path(&path, env, folder, name);

	if (fd)
		return fd;
	fd = pbpf_sys_obj_get(env, -1, path, flags);
	if (fd < 0)
		refuse_pin(env, fd, "open the pin", path);
	free_path(env, path);
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
static int unpin_path(const struct pbpf_env *env, const char *path, int owner)
{
	int fd = pbpf_sys_obj_get(env, -1, path, 0);
	bool other = fd >= 0 && owner >= 0 && !same_object(env, fd, owner);
	int err = fd < 0 ? fd : 0;

	pbpf_sys_close(env, fd);
	if (other)
		return env_fail(env, -EINVAL, AT(STAGE_LOAD, path, 0), NULL,
				"cannot unpin '%s': something else is pinned there", path);
	if (!err)
		err = pbpf_sys_unlink(env, path);
	return err ? refuse_pin(env, err, "unpin", path) : 0;
}

static int unpin_name(const struct pbpf_env *env, const char *folder, const char *name, int owner)
{
	char *path = NULL;
	int err = make_path(&path, env, folder, name);

	if (err)
		return err;
	err = unpin_path(env, path, owner);
	free_path(env, path);
	return err;
}

int pbpf_unpin(const struct pbpf_env *env, const char *folder, const char *name)
{
	return unpin_name(env, folder, name, -1);
}

/* --- Maps that are pinned by their name, within load ------------------------------------------ */

static const char *pin_folder(const struct pbpf_object *obj, const char *folder)
{
	if (folder)
		return folder;
	return obj->pin_folder ? obj->pin_folder : PBPF_PIN_FOLDER;
}

bool is_pinned_in(const struct pbpf_map *map, const char *folder)
{
	size_t length;

	if (!map->pin_path)
		return false;
	folder = pin_folder(map->obj, folder);
	length = folder_length(folder);
	return !strncmp(map->pin_path, folder, length) && map->pin_path[length] == '/' &&
	       !strchr(map->pin_path + length + 1, '/');
}

static bool same_pin_name(const char *a, const char *b)
{
	while (*a && (*a == '.' ? '_' : *a) == (*b == '.' ? '_' : *b)) {
		a++;
		b++;
	}
	return *a == *b;
}

int check_pin_name(const struct pbpf_map *map, bool by_name)
{
	const struct pbpf_object *obj = map->obj;

	for (uint32_t i = 0; i < obj->map_count; i++) {
		const struct pbpf_map *other = &obj->maps[i];

		if (other != map && (!by_name || other->by_name) &&
		    same_pin_name(other->name, map->name))
			return map_fail(map, -EINVAL, "rename one of them",
					"and map '%s' cannot both be pinned: a bpffs takes no "
					"dots, and with '_' for '.' they have one name",
					other->name);
	}
	return 0;
}

/* Takes the map that is pinned at `path`, as the policy says, and then keeps the path. -ENOENT, and no message: there is none,
 * or no longer. */
static int take_pinned(struct pbpf_map *map, char *path)
{
	const struct pbpf_env *env = &map->obj->env;
	int fd = pbpf_sys_obj_get(env, -1, path, 0);
	int err;

	if (fd < 0)
		return fd == -ENOENT ? fd : refuse_pin(env, fd, "open the pin", path);
	if (map->obj->pin_policy == PBPF_PIN_REUSE) {
		err = match_map(map, fd, path,
				"remove that pin, or open the object with PBPF_PIN_RECREATE");
	} else if (map->obj->pin_policy == PBPF_PIN_RECREATE) {
		err = pbpf_sys_unlink(env, path);
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
	err = pbpf_sys_obj_pin(env, map->fd, -1, path, 0);
	if (!err) {
		map->pin_path = path;
		return 0;
	}
	pbpf_sys_close(env, map->fd);
	map->fd = -ENOENT;
	return err == -EEXIST ? err : refuse_pin(env, err, "pin", path);
}

int load_pinned_map(struct pbpf_map *map)
{
	const struct pbpf_env *env = &map->obj->env;
	int attempts = 0, err;
	char *path = NULL;

	err = check_pin_name(map, true);
	if (!err)
		err = make_path(&path, env, pin_folder(map->obj, NULL), map->name);
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
		free_path(env, path);
	return err;
}

void forget_pin(struct pbpf_map *map)
{
	const struct pbpf_env *env = &map->obj->env;

	if (!map->pin_path)
		return;
	if (!map->obj->loaded && !map->adopted)
		pbpf_sys_unlink(env, map->pin_path);
	free_path(env, map->pin_path);
	map->pin_path = NULL;
}

/* --- Pins that the caller asks for ------------------------------------------------------------ */

int pbpf_map_pin(struct pbpf_map *map, const char *folder)
{
	int err = map_must_be_loaded(map);

	return err ? err
		   : pbpf_pin(&map->obj->env, map->fd, pin_folder(map->obj, folder), map->name);
}

int pbpf_map_unpin(struct pbpf_map *map, const char *folder)
{
	const struct pbpf_env *env = &map->obj->env;
	int err = map_must_be_loaded(map);

	if (!err)
		err = unpin_name(env, pin_folder(map->obj, folder), map->name, map->fd);
	if (!err && is_pinned_in(map, folder)) {
		free_path(env, map->pin_path);
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
		   : pbpf_pin(&prog->obj->env, prog->fd, pin_folder(prog->obj, folder),
			      pbpf_program_name(prog));
}

int pbpf_program_unpin(struct pbpf_program *prog, const char *folder)
{
	int err = program_must_be_loaded(prog);

	return err ? err
		   : unpin_name(&prog->obj->env, pin_folder(prog->obj, folder),
				pbpf_program_name(prog), prog->fd);
}
