/* SPDX-License-Identifier: MIT */
#ifndef PBPF_LINK_H
#define PBPF_LINK_H
#include "base/pbpf_base.h"
#include "sys/pbpf_sys.h"
#ifdef __cplusplus
extern "C" {
#endif
struct pbpf_link;
struct pbpf_link_options {
	const struct pbpf_env *env;
	uint64_t cookie;
};
int pbpf_link_tracepoint(struct pbpf_link **link, int prog_fd, const char *category,
			 const char *name, const struct pbpf_link_options *opts);
int pbpf_link_raw_tracepoint(struct pbpf_link **link, int prog_fd, const char *name,
			     const struct pbpf_link_options *opts);
int pbpf_link_create(struct pbpf_link **link, const struct pbpf_link_attr *attr,
		     const struct pbpf_link_options *opts);
int pbpf_link_fd(const struct pbpf_link *link);
void pbpf_link_close(struct pbpf_link *link);
#ifdef __cplusplus
}
#endif
#endif
