/* SPDX-License-Identifier: MIT */
/*
 * Files of the fake kernel: of /proc, /sys, /boot and tracefs, those that a loader asks for. With real_files,
 * the others are the running kernel's.
 */
#include "tools/fake_command.h"

#include <stdio.h>

#define VMLINUX "/sys/kernel/btf/vmlinux"

/* A number that depends on the tracepoint's name, and not on where tracefs is. */
static unsigned int event_number(const char *path)
{
	unsigned int id = 0;

	for (const char *c = strstr(path, "/events/"); *c; c++)
		id = id * 31 + (unsigned char)*c;
	return id % 10000 + 1;
}

/* What is in a file that it knows, or NULL: the CPUs, symbols and configuration, the numbers of PMUs and
 * of every tracepoint. */
static const char *known_file(const struct fake_kernel *fake, const char *path, char number[16])
{
	if (!strcmp(path, "/sys/devices/system/cpu/possible"))
		return "0-3\n";
	if (!strcmp(path, "/proc/kallsyms"))
		return fake->kallsyms;
	if (!strcmp(path, "/proc/self/status"))
		return fake->status;
	if (!strcmp(path, "/boot/config-" FAKE_RELEASE))
		return fake->config;
	if (!strcmp(path, "/sys/bus/event_source/devices/kprobe/type"))
		return "8\n";
	if (!strcmp(path, "/sys/bus/event_source/devices/uprobe/type"))
		return "9\n";
	if (!strncmp(path, "/sys/bus/event_source/", 22) && strstr(path, "/format/retprobe"))
		return "config:0\n";
	if (fake->traced_events && !strncmp(path, "/sys/kernel/", 12) &&
	    strstr(path, "probe_events"))
		return "";
	if (!strcmp(path, "/proc/self/stat") && !fake->real_files)
		return "1234 (fake) R 1\n";
	if (!strcmp(path, "/sys/kernel/tracing/available_filter_functions"))
		return fake->traceable;
	if (strncmp(path, "/sys/kernel/", 12) || !strstr(path, "/tracing/events/"))
		return NULL;
	if (fake->event_number)
		return fake->event_number;
	snprintf(number, 16, "%u\n", event_number(path));
	return number;
}

/* Opens one of the running kernel's files. */
static long open_real(struct fake_kernel *fake, const char *path)
{
	const struct pbpf_kernel *real = pbpf_sys_running_kernel();
	long real_fd = fake->real_files ? real->open(NULL, path) : -ENOENT;
	struct fake_object *file;
	long fd;

	if (real_fd < 0)
		return real_fd;
	fd = fake_fd(fake, FAKE_FILE, NULL, 0, &file);
	if (fd >= 0)
		file->real_fd = (int)real_fd;
	else
		real->close(NULL, (int)real_fd);
	return fd;
}

static bool is_missing(const struct fake_kernel *fake, const char *path)
{
	return fake->missing && strstr(path, fake->missing);
}

long fake_open(struct fake_kernel *fake, const char *path)
{
	struct fake_object *file;
	char number[16];
	const char *text = known_file(fake, path, number);

	if (is_missing(fake, path))
		return -ENOENT;
	if (fake_is_folder(fake, path)) /* to be opened, not to be read: it holds its path */
		return fake_fd(fake, FAKE_FILE, path, strlen(path) + 1, &file);
	if (fake->types.bytes && !strcmp(path, VMLINUX))
		return fake_fd(fake, FAKE_FILE, fake->types.bytes, fake->types.size, &file);
	return text ? fake_fd(fake, FAKE_FILE, text, strlen(text), &file) : open_real(fake, path);
}

/* A kernel file to map, the BTF of types say, is the running kernel's or none. */
long fake_map_file(struct fake_kernel *fake, const char *path, void **address, size_t *size)
{
	int err;

	if (fake->types.bytes && !strcmp(path, VMLINUX))
		return -ENODEV; /* as before 6.16: it has to be read */
	if (!fake->real_files || is_missing(fake, path))
		return -ENOENT;
	err = (int)pbpf_sys_running_kernel()->map_file(NULL, path, address, size);
	if (!err)
		fake->mapped += *size;
	return err;
}

long fake_read(struct fake_kernel *fake, int fd, void *buf, size_t size)
{
	struct fake_object *file = fake_find(fake, (uint32_t)fd, FAKE_FILE);

	if (!file)
		return -EBADF;
	if (file->real_fd >= 0)
		return pbpf_sys_running_kernel()->read(NULL, file->real_fd, buf, size);
	if (size > file->size)
		size = file->size;
	if (size)
		memcpy(buf, file->bytes, size);
	if (file->size > size)
		memmove(file->bytes, file->bytes + size, file->size - size);
	file->size -= size;
	return (long)size;
}

/* "p:group/name place" makes a tracepoint, "-:group/name" takes it away, which never fails. */
long fake_append(struct fake_kernel *fake, const char *path, const char *line, size_t size)
{
	const char *place;
	size_t length;

	if (!fake->traced_events || is_missing(fake, path) || !strstr(path, "probe_events"))
		return -ENOENT;
	if (size < 3 || size >= sizeof(fake->traced_line) || line[size - 1] != '\n')
		return fake_refuse(fake, EINVAL, "a line of kprobe_events");
	if (*line == '-') {
		fake->traced--;
		return (long)size;
	}
	memcpy(fake->traced_line, line, size);
	fake->traced_line[size - 1] = '\0';
	place = strchr(fake->traced_line, ' ');
	length = place ? strcspn(++place, "+:") : 0;
	if (fake->missing && length == strlen(fake->missing) &&
	    !strncmp(place, fake->missing, length))
		return -ENOENT;
	fake->traced++;
	return (long)size;
}
