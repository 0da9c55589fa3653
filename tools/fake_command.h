/* SPDX-License-Identifier: MIT */
/*
 * What the commands of the fake kernel share. A command gets its attr, whose size has been checked,
 * and returns an fd, 0, or a negative errno:
 *
 *	fake_kernel.c    the table, fds
 *	fake_file.c      files of /proc, /sys and tracefs
 *	fake_perf.c      perf events
 *	fake_netlink.c   sockets
 *	fake_map.c       maps
 *	fake_pin.c       pins, and maps in memory
 *	fake_btf.c       the kernel's own BTF
 *	fake_prog.c      BTF of objects, programs, links
 *	fake_version.c   what an old Linux refuses of all that
 */
#ifndef TOOLS_FAKE_COMMAND_H
#define TOOLS_FAKE_COMMAND_H

#include "tools/fake_kernel.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static inline void *at_address(uint64_t address)
{
	return (void *)(uintptr_t)address;
}

/* Remembers what was wrong; returns -err. */
long fake_refuse(struct fake_kernel *fake, int err, const char *complaint);

/* An fd for a new object with a copy of `size` bytes; the caller sets other members of *object. */
long fake_fd(struct fake_kernel *fake, enum fake_kind kind, const void *bytes, size_t size,
	     struct fake_object **object);

/* The open object of a kind behind an fd; NULL is counted in bad_fds, and means -EBADF. */
struct fake_object *fake_find(struct fake_kernel *fake, uint32_t fd, enum fake_kind kind);

/* Is the token of a command, if it says that it has one, a token? */
bool fake_token_ok(struct fake_kernel *fake, uint32_t flags, int32_t fd);

/* The kernel's rule for the names of maps and programs. */
bool fake_name_ok(const char name[PBPF_OBJ_NAME_LEN]);

size_t fake_page_size(const struct fake_kernel *fake);

/* The errno with which fake->version refuses a command or its attr as newer than it is, or 0. */
long fake_newer(struct fake_kernel *fake, int cmd, void *attr, size_t size);

long fake_open(struct fake_kernel *fake, const char *path);
long fake_map_file(struct fake_kernel *fake, const char *path, void **address, size_t *size);
long fake_read(struct fake_kernel *fake, int fd, void *buf, size_t size);
long fake_append(struct fake_kernel *fake, const char *path, const char *line, size_t size);

long fake_perf_open(struct fake_kernel *fake, const void *attr, int pid, int cpu, int group_fd,
		    unsigned long flags);
long fake_perf_ioctl(struct fake_kernel *fake, int fd, unsigned long request,
		     unsigned long argument);

long fake_map_create(struct fake_kernel *fake, void *attr);
long fake_map_lookup(struct fake_kernel *fake, void *attr);
long fake_map_update(struct fake_kernel *fake, void *attr);
long fake_map_delete(struct fake_kernel *fake, void *attr);
long fake_map_next_key(struct fake_kernel *fake, void *attr);
long fake_map_freeze(struct fake_kernel *fake, void *attr);

/* Another fd for what `fd` stands for, which need not be open. */
long fake_alias(struct fake_kernel *fake, int fd);

long fake_obj_pin(struct fake_kernel *fake, void *attr);
long fake_obj_get(struct fake_kernel *fake, void *attr);
long fake_unlink(struct fake_kernel *fake, const char *path);
long fake_unlinkat(struct fake_kernel *fake, int dir_fd, const char *path, int flags);
long fake_mkdir(struct fake_kernel *fake);
bool fake_is_folder(const struct fake_kernel *fake, const char *path);
void fake_free_pins(struct fake_kernel *fake);
long fake_mmap(struct fake_kernel *fake, int fd, size_t size, bool writable, void **address);
long fake_munmap(struct fake_kernel *fake, void *address, size_t size);

long fake_socket(struct fake_kernel *fake, int domain);
long fake_setsockopt(struct fake_kernel *fake, int fd, size_t size);
long fake_write(struct fake_kernel *fake, int fd, const void *buf, size_t size);

long fake_btf_load(struct fake_kernel *fake, void *attr);
long fake_btf_next_id(struct fake_kernel *fake, void *attr);
long fake_btf_fd_by_id(struct fake_kernel *fake, void *attr);
void fake_btf_info(struct pbpf_btf_info *info, const struct pbpf_btf_info *room,
		   const struct fake_object *btf);
long fake_prog_load(struct fake_kernel *fake, void *attr);
long fake_token_create(struct fake_kernel *fake, void *attr);
long fake_prog_bind_map(struct fake_kernel *fake, void *attr);
long fake_test_run(struct fake_kernel *fake, void *attr);
long fake_prog_attach(struct fake_kernel *fake, void *attr);
long fake_raw_tracepoint_open(struct fake_kernel *fake, void *attr);
long fake_link_create(struct fake_kernel *fake, void *attr);
long fake_link_update(struct fake_kernel *fake, void *attr);
long fake_link_detach(struct fake_kernel *fake, void *attr);

#endif
