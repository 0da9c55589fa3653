/* SPDX-License-Identifier: MIT */
/*
 * What the kinds of attachment share: the link itself, and the words for a refusal.
 */
#ifndef LINK_LINK_H
#define LINK_LINK_H

#include "base/env.h"
#include "link/pbpf_link.h"

#define STAGE_LINK "link"

/* The caller's env, which may be left out. */
const struct pbpf_env *link_env(const struct pbpf_link_options *opts);

/* Makes a link of the fd that holds an attachment; takes over the fd, also on failure. */
int link_of_fd(struct pbpf_link **link, int fd, const struct pbpf_env *env);

/* The message for the kernel's refusal `err` to attach to `kind` ("tracepoint") `target`. */
int link_refused(const struct pbpf_env *env, int err, const char *kind, const char *target);

/* Attaches a program to a perf event, and enables it. Takes over perf_fd, also on failure; returns
 * the fd that holds the attachment. Reports nothing. */
int link_perf_event(const struct pbpf_env *env, int perf_fd, int prog_fd, uint64_t cookie);

/* The same for a kernel before 5.15, where the perf event itself holds the program: returns
 * perf_fd, which on failure stays open. */
int link_perf_event_compat(const struct pbpf_env *env, int perf_fd, int prog_fd);

#endif
