/* SPDX-License-Identifier: MIT */
#ifndef PBPF_RINGBUF_H
#define PBPF_RINGBUF_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
struct pbpf_ringbuf;
/* open over a map fd (borrowed), size = the map's max_entries; init over plain memory */
int pbpf_ringbuf_open(struct pbpf_ringbuf *rb, int map_fd, size_t size);
int pbpf_ringbuf_init(struct pbpf_ringbuf *rb, void *consumer_page, const void *producer_page,
		      const void *data, size_t size);
void pbpf_ringbuf_close(struct pbpf_ringbuf *rb);
int pbpf_ringbuf_peek(struct pbpf_ringbuf *rb, const void **record,
		      size_t *size); /* 1, 0, -EBADMSG */
void pbpf_ringbuf_release(struct pbpf_ringbuf *rb);
int pbpf_ringbuf_consume(struct pbpf_ringbuf *rb, int max,
			 int (*fn)(void *ctx, const void *record, size_t size), void *ctx);
int pbpf_ringbuf_wait(struct pbpf_ringbuf *rb,
		      int timeout_ms); /* 1 something may be there, 0 timeout, -EINTR */
#ifdef __cplusplus
}
#endif
#endif
