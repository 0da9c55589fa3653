/* SPDX-License-Identifier: MIT */
/*
 * The fake kernel's table: every call is counted, may be told to fail, and goes to the function
 * that models it. See fake_kernel.h.
 */
#include "tools/fake_command.h"

#include <ctype.h>
#include <stdio.h>

/* --- fds ------------------------------------------------------------------------------------- */

long fake_refuse(struct fake_kernel *fake, int err, const char *complaint)
{
	fake->complaint = complaint;
	return -err;
}

long fake_fd(struct fake_kernel *fake, enum fake_kind kind, const void *bytes, size_t size,
	     struct fake_object **object)
{
	struct fake_object *grown = realloc(fake->objects, (fake->count + 1) * sizeof(*grown));
	unsigned char *copy = size ? malloc(size) : NULL;

	if (grown)
		fake->objects = grown;
	if (!grown || (size && !copy)) {
		free(copy);
		return -ENOMEM;
	}
	if (copy)
		memcpy(copy, bytes, size);
	*object = &grown[fake->count++];
	**object = (struct fake_object){
		.kind = kind,
		.open = true,
		.real_fd = -1,
		.bytes = copy,
		.size = size,
	};
	fake->open_fds++;
	return (long)fake->count - 1 + FAKE_FIRST_FD;
}

static struct fake_object *object_of(const struct fake_kernel *fake, uint32_t fd)
{
	if (fd < FAKE_FIRST_FD || fd - FAKE_FIRST_FD >= fake->count)
		return NULL;
	return &fake->objects[fd - FAKE_FIRST_FD];
}

static long bad_fd(struct fake_kernel *fake)
{
	fake->bad_fds++;
	return fake_refuse(fake, EBADF, "an fd that is not open, or of another kind");
}

struct fake_object *fake_find(struct fake_kernel *fake, uint32_t fd, enum fake_kind kind)
{
	struct fake_object *object = object_of(fake, fd);

	if (object && object->open && object->kind == kind)
		return object->same_as ? object_of(fake, (uint32_t)object->same_as) : object;
	bad_fd(fake);
	return NULL;
}

bool fake_name_ok(const char name[PBPF_OBJ_NAME_LEN])
{
	for (size_t i = 0; i < PBPF_OBJ_NAME_LEN; i++) {
		if (!name[i])
			return true;
		if (!isalnum((unsigned char)name[i]) && name[i] != '_' && name[i] != '.')
			return false;
	}
	return false;
}

size_t fake_page_size(const struct fake_kernel *fake)
{
	return fake->page_size ? fake->page_size : pbpf_sys_page_size(NULL);
}

/* Counts a call; other than 0 when it is the one that shall fail. */
static int told_to_fail(struct fake_kernel *fake)
{
	if (++fake->calls != fake->fail_at)
		return 0;
	return fake->fail_errno ? -fake->fail_errno : -EIO;
}

/* --- bpf(2) ---------------------------------------------------------------------------------- */

union any_info {
	struct pbpf_prog_info prog;
	struct pbpf_map_info map;
	struct pbpf_btf_info btf;
	struct pbpf_link_info link;
};

/* Fills in what is known of an object, whose id is its fd; returns the size of its info. */
static size_t fill_info(union any_info *info, const struct fake_object *object, uint32_t id)
{
	memset(info, 0, sizeof(*info));
	switch (object->kind) {
	case FAKE_PROG:
		info->prog.type = object->prog.prog_type;
		info->prog.id = id;
		info->prog.xlated_prog_len = (uint32_t)object->size;
		info->prog.btf_id = object->prog.prog_btf_fd;
		memcpy(info->prog.name, object->prog.prog_name, sizeof(info->prog.name));
		return sizeof(info->prog);
	case FAKE_MAP:
		info->map.type = object->map.map_type;
		info->map.id = id;
		info->map.key_size = object->map.key_size;
		info->map.value_size = object->map.value_size;
		info->map.max_entries = object->map.max_entries;
		info->map.map_flags = object->map.map_flags;
		info->map.map_extra = object->map.map_extra;
		info->map.btf_id = object->map.btf_fd;
		info->map.btf_key_type_id = object->map.btf_key_type_id;
		info->map.btf_value_type_id = object->map.btf_value_type_id;
		memcpy(info->map.name, object->map.map_name, sizeof(info->map.name));
		return sizeof(info->map);
	case FAKE_BTF:
		info->btf.id = id;
		info->btf.btf_size = (uint32_t)object->size;
		return sizeof(info->btf);
	case FAKE_LINK:
		info->link.id = id;
		info->link.prog_id = (uint32_t)object->prog_fd;
		return sizeof(info->link);
	default: return 0;
	}
}

static long object_info(struct fake_kernel *fake, void *attr)
{
	struct abi_info *a = attr;
	const struct fake_object *object = object_of(fake, a->bpf_fd);
	uint32_t id = a->bpf_fd;
	union any_info info;
	size_t size;

	if (!object || !object->open)
		return bad_fd(fake);
	if (object->same_as) {
		id = (uint32_t)object->same_as;
		object = object_of(fake, id);
	}
	size = fill_info(&info, object, id);
	if (object->kind == FAKE_BTF)
		fake_btf_info(&info.btf, at_address(a->info), object);
	if (!size)
		return fake_refuse(fake, EINVAL, "information about an fd that is not bpf(2)'s");
	if (a->info_len > size)
		a->info_len = (uint32_t)size;
	memcpy(at_address(a->info), &info, a->info_len);
	return 0;
}

static const struct {
	size_t size;
	long (*run)(struct fake_kernel *fake, void *attr);
} commands[FAKE_COMMANDS] = {
	[PBPF_MAP_CREATE] = {sizeof(struct abi_map_create), fake_map_create},
	[PBPF_MAP_LOOKUP_ELEM] = {sizeof(struct abi_map_elem), fake_map_lookup},
	[PBPF_MAP_UPDATE_ELEM] = {sizeof(struct abi_map_elem), fake_map_update},
	[PBPF_MAP_DELETE_ELEM] = {sizeof(struct abi_map_elem), fake_map_delete},
	[PBPF_MAP_GET_NEXT_KEY] = {sizeof(struct abi_map_elem), fake_map_next_key},
	[PBPF_MAP_FREEZE] = {sizeof(struct abi_map_elem), fake_map_freeze},
	[PBPF_OBJ_PIN] = {sizeof(struct abi_obj), fake_obj_pin},
	[PBPF_OBJ_GET] = {sizeof(struct abi_obj), fake_obj_get},
	[PBPF_BTF_LOAD] = {sizeof(struct abi_btf_load), fake_btf_load},
	[PBPF_BTF_GET_NEXT_ID] = {sizeof(struct abi_id), fake_btf_next_id},
	[PBPF_BTF_GET_FD_BY_ID] = {sizeof(struct abi_id), fake_btf_fd_by_id},
	[PBPF_PROG_LOAD] = {sizeof(struct abi_prog_load), fake_prog_load},
	[PBPF_PROG_BIND_MAP] = {sizeof(struct abi_prog_bind_map), fake_prog_bind_map},
	[PBPF_PROG_TEST_RUN] = {sizeof(struct abi_test_run), fake_test_run},
	[PBPF_PROG_ATTACH] = {sizeof(struct abi_prog_attach), fake_prog_attach},
	[PBPF_PROG_DETACH] = {sizeof(struct abi_prog_attach), fake_prog_attach},
	[PBPF_RAW_TRACEPOINT_OPEN] = {sizeof(struct abi_raw_tracepoint), fake_raw_tracepoint_open},
	[PBPF_LINK_CREATE] = {sizeof(struct abi_link_create), fake_link_create},
	[PBPF_LINK_UPDATE] = {sizeof(struct abi_link_update), fake_link_update},
	[PBPF_LINK_DETACH] = {sizeof(struct abi_link_detach), fake_link_detach},
	[PBPF_TOKEN_CREATE] = {sizeof(struct abi_token_create), fake_token_create},
	[PBPF_OBJ_GET_INFO_BY_FD] = {sizeof(struct abi_info), object_info},
};

static long bpf_call(void *ctx, int cmd, void *attr, unsigned int size)
{
	struct fake_kernel *fake = ctx;
	int err = told_to_fail(fake);

	if (err)
		return err;
	if (cmd < 0 || cmd >= FAKE_COMMANDS || !commands[cmd].run)
		return fake_refuse(fake, EINVAL, "a command that the fake kernel does not model");
	fake->commands[cmd]++;
	/* The two that write a log before they refuse see to that themselves. */
	if (fake->refuse[cmd] && cmd != PBPF_BTF_LOAD && cmd != PBPF_PROG_LOAD)
		return -fake->refuse[cmd];
	if (size != commands[cmd].size)
		return fake_refuse(fake, EINVAL, "an attr of another size than the command's");
	if (fake->version)
		err = (int)fake_newer(fake, cmd, attr, size);
	if (err)
		return err;
	return commands[cmd].run(fake, attr);
}

/* --- Calls ------------------------------------------------------------------------------------ */

static long perf_open_call(void *ctx, const void *attr, int pid, int cpu, int group_fd,
			   unsigned long flags)
{
	int err = told_to_fail(ctx);

	return err ? err : fake_perf_open(ctx, attr, pid, cpu, group_fd, flags);
}

static long ioctl_call(void *ctx, int fd, unsigned long request, unsigned long argument)
{
	int err = told_to_fail(ctx);

	return err ? err : fake_perf_ioctl(ctx, fd, request, argument);
}

static long open_call(void *ctx, const char *path)
{
	int err = told_to_fail(ctx);

	return err ? err : fake_open(ctx, path);
}

static long map_file_call(void *ctx, const char *path, void **address, size_t *size)
{
	int err = told_to_fail(ctx);

	return err ? err : fake_map_file(ctx, path, address, size);
}

static long read_call(void *ctx, int fd, void *buf, size_t size)
{
	int err = told_to_fail(ctx);

	return err ? err : fake_read(ctx, fd, buf, size);
}

static long close_call(void *ctx, int fd)
{
	struct fake_kernel *fake = ctx;
	struct fake_object *object = object_of(fake, (uint32_t)fd);

	if (!object || !object->open)
		return bad_fd(fake);
	if (object->real_fd >= 0)
		pbpf_sys_running_kernel()->close(NULL, object->real_fd);
	object->open = false;
	fake->open_fds--;
	return 0;
}

static long dup_call(void *ctx, int fd)
{
	struct fake_kernel *fake = ctx;
	const struct fake_object *object = fd < 0 ? NULL : object_of(fake, (uint32_t)fd);
	int err = told_to_fail(fake);

	if (err)
		return err;
	return object && object->open ? fake_alias(fake, fd) : bad_fd(fake);
}

static long mmap_call(void *ctx, int fd, size_t size, bool writable, void **address)
{
	int err = told_to_fail(ctx);

	return err ? err : fake_mmap(ctx, fd, size, writable, address);
}

static long munmap_call(void *ctx, void *address, size_t size)
{
	return fake_munmap(ctx, address, size);
}

static long unlink_call(void *ctx, const char *path)
{
	int err = told_to_fail(ctx);

	return err ? err : fake_unlink(ctx, path);
}

static long unlinkat_call(void *ctx, int dir_fd, const char *path, int flags)
{
	int err = told_to_fail(ctx);

	return err ? err : fake_unlinkat(ctx, dir_fd, path, flags);
}

static long mkdir_call(void *ctx, const char *path)
{
	int err = told_to_fail(ctx);

	(void)path;
	return err ? err : fake_mkdir(ctx);
}

static long socket_call(void *ctx, int domain, int type, int protocol)
{
	int err = told_to_fail(ctx);

	(void)type;
	(void)protocol;
	return err ? err : fake_socket(ctx, domain);
}

static long setsockopt_call(void *ctx, int fd, int level, int name, const void *value, size_t size)
{
	int err = told_to_fail(ctx);

	(void)level;
	(void)name;
	(void)value;
	return err ? err : fake_setsockopt(ctx, fd, size);
}

static long write_call(void *ctx, int fd, const void *buf, size_t size)
{
	int err = told_to_fail(ctx);

	return err ? err : fake_write(ctx, fd, buf, size);
}

/* That a line takes a tracepoint away never fails. */
static long append_call(void *ctx, const char *path, const void *data, size_t size)
{
	int err = *(const char *)data == '-' ? 0 : told_to_fail(ctx);

	return err ? err : fake_append(ctx, path, data, size);
}

static long page_size_call(void *ctx)
{
	return (long)fake_page_size(ctx);
}

static long uname_call(void *ctx, struct pbpf_kernel_name *name)
{
	struct fake_kernel *fake = ctx;
	int err = told_to_fail(fake);

	if (err)
		return err;
	if (fake->real_files)
		return pbpf_sys_running_kernel()->uname(NULL, name);
	*name = (struct pbpf_kernel_name){FAKE_RELEASE, "#1 SMP", "x86_64"};
	if (fake->version)
		snprintf(name->release, sizeof(name->release), "%u.%u.0-fake", fake->version >> 16,
			 fake->version >> 8 & 255);
	return 0;
}

static long raise_memlock_call(void *ctx)
{
	struct fake_kernel *fake = ctx;
	int err = told_to_fail(fake);

	if (!err)
		fake->memlock = false;
	return err;
}

/* --- The env --------------------------------------------------------------------------------- */

static const struct pbpf_kernel fake_table = {
	.bpf = bpf_call,
	.perf_event_open = perf_open_call,
	.ioctl = ioctl_call,
	.open = open_call,
	.map_file = map_file_call,
	.read = read_call,
	.close = close_call,
	.dup = dup_call,
	.page_size = page_size_call,
	.mmap = mmap_call,
	.munmap = munmap_call,
	.unlink = unlink_call,
	.unlinkat = unlinkat_call,
	.mkdir = mkdir_call,
	.socket = socket_call,
	.setsockopt = setsockopt_call,
	.write = write_call,
	.append = append_call,
	.uname = uname_call,
	.raise_memlock = raise_memlock_call,
};

static void *host_resize(void *ctx, void *ptr, size_t old_size, size_t new_size)
{
	const struct pbpf_env *host = &((struct fake_kernel *)ctx)->host;

	return host->resize(host->ctx, ptr, old_size, new_size);
}

static void host_report(void *ctx, const struct pbpf_msg *msg)
{
	const struct pbpf_env *host = &((struct fake_kernel *)ctx)->host;

	host->report(host->ctx, msg);
}

struct pbpf_env fake_kernel_env(struct fake_kernel *fake, const struct pbpf_env *host)
{
	fake->host = *host;
	return (struct pbpf_env){
		.resize = host->resize ? host_resize : NULL,
		.report = host->report ? host_report : NULL,
		.kernel = &fake_table,
		.level = host->level,
		.ctx = fake,
	};
}

const struct fake_object *fake_kernel_nth(const struct fake_kernel *fake, enum fake_kind kind,
					  size_t n)
{
	for (size_t i = 0; i < fake->count; i++)
		if (fake->objects[i].kind == kind && n-- == 0)
			return &fake->objects[i];
	return NULL;
}

const struct fake_object *fake_kernel_object(const struct fake_kernel *fake, int fd)
{
	return fd < 0 ? NULL : object_of(fake, (uint32_t)fd);
}

void fake_kernel_free(struct fake_kernel *fake)
{
	for (size_t i = 0; i < fake->count; i++)
		free(fake->objects[i].bytes);
	free(fake->objects);
	fake_free_pins(fake);
	fake->objects = NULL;
	fake->count = 0;
}
