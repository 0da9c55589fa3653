/* SPDX-License-Identifier: MIT */
/*
 * The fake kernel's bpffs, and second fds for one object. Every folder below /sys/fs/bpf exists, unless its path
 * is missing, or none does until it is made; names have no dots, as in the real one.
 */
#include "tools/fake_command.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>

#define FAKE_PATH 512

long fake_alias(struct fake_kernel *fake, int fd)
{
	const struct fake_object *object = fake_kernel_object(fake, fd);
	struct fake_object *made;
	enum fake_kind kind = object->kind;
	int same_as = object->same_as ? object->same_as : fd;
	long alias = fake_fd(fake, kind, NULL, 0, &made);

	if (alias >= 0)
		made->same_as = same_as;
	return alias;
}

static struct fake_pin *find_pin(struct fake_kernel *fake, const char *path)
{
	for (size_t i = 0; i < FAKE_PINS; i++)
		if (fake->pins[i].path && !strcmp(fake->pins[i].path, path))
			return &fake->pins[i];
	return NULL;
}

static bool has_dot(const char *path)
{
	const char *slash = strrchr(path, '/');

	return strchr(slash ? slash : path, '.') != NULL;
}

bool fake_is_folder(const struct fake_kernel *fake, const char *path)
{
	return !strncmp(path, "/sys/fs/bpf", strlen("/sys/fs/bpf")) && !fake->no_folder;
}

/* FOLDER/NAME, where the folder is an fd; 0 or a negative errno. */
static long path_in_folder(struct fake_kernel *fake, char path[FAKE_PATH], int fd, const char *name)
{
	const struct fake_object *folder = fake_find(fake, (uint32_t)fd, FAKE_FILE);
	size_t length;

	if (!folder || !folder->size)
		return -EBADF;
	snprintf(path, FAKE_PATH, "%s", (const char *)folder->bytes);
	for (length = strlen(path); length && path[length - 1] == '/';)
		length--;
	snprintf(path + length, FAKE_PATH - length, "/%s", name);
	return 0;
}

static long path_of(struct fake_kernel *fake, const struct abi_obj *a, char path[FAKE_PATH])
{
	const char *given = at_address(a->pathname);

	if (!(a->file_flags & PBPF_F_PATH_FD)) {
		snprintf(path, FAKE_PATH, "%s", given);
		return 0;
	}
	if (fake->version && fake->version < PBPF_LINUX(6, 5))
		return fake_refuse(fake, EINVAL, "BPF_F_PATH_FD, which this Linux does not know");
	fake->by_folder++;
	return path_in_folder(fake, path, a->path_fd, given);
}

long fake_obj_pin(struct fake_kernel *fake, void *attr)
{
	const struct abi_obj *a = attr;
	char path[FAKE_PATH];
	long err = path_of(fake, a, path);
	const struct fake_object *object = fake_kernel_object(fake, (int)a->bpf_fd);

	if (!object || !object->open) {
		fake->bad_fds++;
		return -EBADF;
	}
	if (err)
		return err;
	if (fake->no_folder || (fake->missing && strstr(path, fake->missing)))
		return -ENOENT;
	if (has_dot(path))
		return fake_refuse(fake, EPERM, "a dot in the name of a pin");
	if (find_pin(fake, path))
		return -EEXIST;
	for (size_t i = 0; i < FAKE_PINS; i++) {
		if (fake->pins[i].path)
			continue;
		fake->pins[i].path = strdup(path);
		fake->pins[i].fd = (int)a->bpf_fd;
		return fake->pins[i].path ? 0 : -ENOMEM;
	}
	return -ENOSPC;
}

long fake_obj_get(struct fake_kernel *fake, void *attr)
{
	const struct abi_obj *a = attr;
	char path[FAKE_PATH];
	long err = path_of(fake, a, path);
	const struct fake_pin *pin = err ? NULL : find_pin(fake, path);

	if (err)
		return err;
	if (pin && fake->unseen_pins) {
		fake->unseen_pins--;
		return -ENOENT;
	}
	return pin ? fake_alias(fake, pin->fd) : -ENOENT;
}

long fake_unlink(struct fake_kernel *fake, const char *path)
{
	struct fake_pin *pin = find_pin(fake, path);

	if (!pin)
		return -ENOENT;
	free(pin->path);
	pin->path = NULL;
	return 0;
}

long fake_unlinkat(struct fake_kernel *fake, int dir_fd, const char *path, int flags)
{
	char whole[FAKE_PATH];
	long err;

	if (flags & AT_REMOVEDIR) {
		if (!fake->folders_made)
			return -ENOENT;
		fake->folders_removed++;
		fake->no_folder = true;
		return 0;
	}
	err = path_in_folder(fake, whole, dir_fd, path);
	return err ? err : fake_unlink(fake, whole);
}

/* A folder for pins. Where they are files of the running kernel, none is made. */
long fake_mkdir(struct fake_kernel *fake)
{
	if (!fake->no_folder)
		return fake->missing ? -ENOENT : -EEXIST;
	fake->no_folder = false;
	fake->folders_made++;
	return 0;
}

/* A token of any folder that can be opened. */
long fake_token_create(struct fake_kernel *fake, void *attr)
{
	const struct abi_token_create *a = attr;
	struct fake_object *token;

	if (a->flags || !fake_find(fake, a->bpffs_fd, FAKE_FILE))
		return -EBADF;
	return fake_fd(fake, FAKE_TOKEN, NULL, 0, &token);
}

bool fake_token_ok(struct fake_kernel *fake, uint32_t flags, int32_t fd)
{
	return flags & PBPF_F_TOKEN_FD ? fake_find(fake, (uint32_t)fd, FAKE_TOKEN) != NULL : !fd;
}

/* --- Maps in memory: a copy of the first value, which is what a loader can look at -------------- */

long fake_mmap(struct fake_kernel *fake, int fd, size_t size, bool writable, void **address)
{
	const struct fake_object *map = fake_find(fake, (uint32_t)fd, FAKE_MAP);
	void *memory;

	if (!map)
		return -EBADF;
	if (map->map.map_type != PBPF_MAP_TYPE_ARENA && !(map->map.map_flags & PBPF_F_MMAPABLE))
		return fake_refuse(fake, EINVAL, "mmap of a map that was not made for it");
	if (writable && map->frozen)
		return fake_refuse(fake, EPERM, "a writable mmap of a frozen map");
	if (*address)
		return fake_refuse(fake, EINVAL, "mmap at an address, which is not modelled");
	if (!size || size % fake_page_size(fake))
		return fake_refuse(fake, EINVAL, "mmap of no whole pages");
	memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		return -ENOMEM;
	if (map->size && map->map.value_size <= size)
		memcpy(memory, map->bytes + map->map.key_size, map->map.value_size);
	if (!writable)
		mprotect(memory, size, PROT_READ);
	fake->mapped += size;
	*address = memory;
	return 0;
}

long fake_munmap(struct fake_kernel *fake, void *address, size_t size)
{
	fake->mapped -= size;
	return munmap(address, size) ? -errno : 0;
}

void fake_free_pins(struct fake_kernel *fake)
{
	for (size_t i = 0; i < FAKE_PINS; i++)
		free(fake->pins[i].path);
	memset(fake->pins, 0, sizeof(fake->pins));
}
