/* SPDX-License-Identifier: MIT */
/*
 * Since which Linux there is a helper, a type of map or program, an attach type: what a message to the
 * owner of an old kernel needs. Pure: the running kernel is not asked, and nothing is decided by it, as
 * distributions carry features back to old versions.
 *
 *	if (pbpf_since_helper(n) > running)    "helper ringbuf_output needs Linux 5.8, this is 5.4"
 */
#ifndef PBPF_SINCE_H
#define PBPF_SINCE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A version as numbers that compare: PBPF_LINUX(5, 10) < PBPF_LINUX(6, 1). The last 8 bits are the third number. */
#define PBPF_LINUX(major, minor)  ((uint32_t)(major) << 16 | (uint32_t)(minor) << 8)
#define PBPF_LINUX_MAJOR(version) ((version) >> 16)
#define PBPF_LINUX_MINOR(version) ((version) >> 8 & 255)

/* 0: not known, as it is newer than this library. */
uint32_t pbpf_since_helper(uint32_t helper);
uint32_t pbpf_since_map_type(uint32_t type);	/* PBPF_MAP_TYPE_* */
uint32_t pbpf_since_prog_type(uint32_t type);	/* PBPF_PROG_TYPE_* */
uint32_t pbpf_since_attach_type(uint32_t type); /* PBPF_CGROUP_INET_INGRESS and so on */

/* "map_lookup_elem" for 1; NULL: not known. */
const char *pbpf_helper_name(uint32_t helper);

#ifdef __cplusplus
}
#endif

#endif
