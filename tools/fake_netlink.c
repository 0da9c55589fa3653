/* SPDX-License-Identifier: MIT */
/*
 * The fake kernel's sockets. A netlink socket is a file that holds the answer to the last request: an
 * acknowledgement, before it, if asked for, the traffic filter that was added.
 */
#include "tools/fake_command.h"

#define DOMAIN_NETLINK 16
#define HEADER_SIZE    16
#define FILTER_SIZE    36 /* header and struct tcmsg */
#define NEW_FILTER     44
#define GET_FILTER     46

long fake_socket(struct fake_kernel *fake, int domain)
{
	struct fake_object *file;

	if (domain != DOMAIN_NETLINK)
		return fake_refuse(fake, EINVAL, "a socket that is not netlink's");
	return fake_fd(fake, FAKE_FILE, NULL, 0, &file);
}

long fake_setsockopt(struct fake_kernel *fake, int fd, size_t size)
{
	if (fd < 0 || size != sizeof(int))
		return fake_refuse(fake, EINVAL, "an option of a socket");
	fake->socket_options++;
	return 0;
}

/* A message of a filter, with a handle and a priority that the kernel chose if none was given. */
static size_t echo_filter(unsigned char *answer, const unsigned char *request)
{
	static const uint16_t kind = NEW_FILTER;
	/* TCA_OPTIONS with TCA_BPF_ID 77 in it. */
	static const uint16_t options[6] = {12, 2, 8, 11, 0, 0};
	const uint32_t id = 77, size = FILTER_SIZE + sizeof(options);
	uint32_t handle, info;

	memcpy(answer, request, FILTER_SIZE);
	memcpy(answer, &size, sizeof(size));
	memcpy(answer + 4, &kind, sizeof(kind));
	memcpy(&handle, answer + 24, sizeof(handle));
	memcpy(&info, answer + 32, sizeof(info));
	handle = handle ? handle : 1;
	info |= info >> 16 ? 0 : 0xc0000000;
	memcpy(answer + 24, &handle, sizeof(handle));
	memcpy(answer + 32, &info, sizeof(info));
	memcpy(answer + FILTER_SIZE, options, sizeof(options));
	memcpy(answer + FILTER_SIZE + 8, &id, sizeof(id));
	return size;
}

/* The acknowledgement, or the refusal. */
static size_t acknowledge(unsigned char *answer, int err)
{
	const uint32_t header[5] = {HEADER_SIZE + sizeof(uint32_t), 2, 0, 0, (uint32_t)-err};

	memcpy(answer, header, sizeof(header));
	/* The type is half a word, on either byte order. */
	memcpy(answer + 4, &(const uint16_t){2}, sizeof(uint16_t));
	return sizeof(header);
}

long fake_write(struct fake_kernel *fake, int fd, const void *buf, size_t size)
{
	struct fake_object *file = fake_find(fake, (uint32_t)fd, FAKE_FILE);
	unsigned char answer[256];
	uint16_t type;
	uint32_t claimed;
	size_t used = 0;

	if (!file)
		return -EBADF;
	if (size < HEADER_SIZE || size > sizeof(fake->request))
		return fake_refuse(fake, EINVAL, "the size of a netlink request");
	memcpy(&claimed, buf, sizeof(claimed));
	memcpy(&type, (const unsigned char *)buf + 4, sizeof(type));
	if (claimed != size || type >= sizeof(fake->netlink) / sizeof(fake->netlink[0]))
		return fake_refuse(fake, EINVAL, "the header of a netlink request");
	fake->netlink[type]++;
	memcpy(fake->request, buf, size);
	if (!fake->refuse_netlink[type] && size >= FILTER_SIZE &&
	    (type == NEW_FILTER || type == GET_FILTER))
		used = echo_filter(answer, buf);
	used += acknowledge(answer + used, fake->refuse_netlink[type]);
	free(file->bytes);
	file->bytes = malloc(used);
	if (!file->bytes)
		return -ENOMEM;
	memcpy(file->bytes, answer, used);
	file->size = used;
	return (long)size;
}
