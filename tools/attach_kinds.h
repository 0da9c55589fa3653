/* SPDX-License-Identifier: MIT */
/*
 * The table of kinds, and what it is made of.
 */
#ifndef TOOLS_ATTACH_KINDS_H
#define TOOLS_ATTACH_KINDS_H

#include "link/pbpf_link_net.h"
#include "tools/attach.h"

#include <stdio.h>

extern const struct attach_kind attach_kinds[]; /* ends with a name of NULL */

/* attach_trace.c */
int attach_tracepoint(struct attach *a);
int attach_raw_tracepoint(struct attach *a);
int attach_tracing(struct attach *a);
int attach_freplace(struct attach *a);
int attach_kprobe(struct attach *a);
int attach_kretprobe(struct attach *a);
int attach_ksyscall(struct attach *a);
int attach_kretsyscall(struct attach *a);
int attach_kprobe_multi(struct attach *a);
int attach_kretprobe_multi(struct attach *a);
int attach_kprobe_session(struct attach *a);
int attach_uprobe(struct attach *a);
int attach_uretprobe(struct attach *a);
int attach_uprobe_multi(struct attach *a);
int attach_uretprobe_multi(struct attach *a);
int attach_uprobe_session(struct attach *a);
int attach_perf_event(struct attach *a);

/* attach_usdt.c */
int attach_usdt(struct attach *a);

/* "FILE:... [pid N]", and no more; and the message for a target of another form. */
int read_probed_file(struct attach *a, const char *form, char *file, size_t size, int *pid);
int not_of_form(struct attach *a, const char *form);

/* What detaching reads as well: attach_kinds.c. */
int read_tc(struct words *words, struct pbpf_tc *at);
int open_netns(struct cli *cli, const char *path); /* NULL: this process's */

#endif
