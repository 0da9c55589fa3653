/* SPDX-License-Identifier: MIT */
/*
 * What the two halves of the perf buffer's reader share: perfbuf.c, which only reads and writes
 * memory, and perfbuf_map.c, which makes the system calls.
 */
#ifndef RINGBUF_PERF_H
#define RINGBUF_PERF_H

#include "ringbuf/pbpf_perfbuf.h"

/* Starts over the memory that pb's pointers and size name. */
int perf_start(struct pbpf_perfbuf *pb);

/* Bytes to be read, or -EBADMSG. */
int64_t perf_look(struct pbpf_perfbuf *pb);

#endif
