/* SPDX-License-Identifier: MIT */
/*
 * What every fuzz target shares: a host that counts memory and messages, can refuse the n-th
 * allocation, and ends the program when a promise is broken.
 *
 *	struct fuzz_host host = {.fail_at = n};          0: never
 *	struct pbpf_env env = fuzz_env(&host);
 *	...
 *	MUST(host.peak <= 4 * size + 4096);
 *	MUST(host.blocks == 0);
 */
#ifndef FUZZ_HOST_H
#define FUZZ_HOST_H

#include "base/pbpf_base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MUST(promise)                                                                         \
	do {                                                                                  \
		if (!(promise)) {                                                             \
			fprintf(stderr, "%s:%d: broken: %s\n", __FILE__, __LINE__, #promise); \
			abort();                                                              \
		}                                                                             \
	} while (0)

struct fuzz_host {
	unsigned int fail_at;
	unsigned int allocations;
	unsigned int blocks; /* allocated and not freed yet */
	size_t bytes;	     /* the same in bytes */
	size_t peak;
	unsigned int errors; /* messages of level PBPF_ERROR */
	char text[1024];     /* the last one's */
};

static inline void *fuzz_resize(void *ctx, void *ptr, size_t old_size, size_t new_size)
{
	struct fuzz_host *host = ctx;
	void *grown = NULL;

	if (new_size && ++host->allocations == host->fail_at)
		return NULL;
	if (new_size) {
		grown = realloc(ptr, new_size);
		MUST(grown != NULL);
	} else {
		free(ptr);
	}
	host->blocks += (unsigned int)!ptr - (unsigned int)!new_size;
	host->bytes += new_size - old_size;
	if (host->bytes > host->peak)
		host->peak = host->bytes;
	return grown;
}

static inline void fuzz_report(void *ctx, const struct pbpf_msg *msg)
{
	struct fuzz_host *host = ctx;

	for (const char *c = msg->text; *c; c++)
		MUST(*c >= 0x20 && *c < 0x7f);
	if (msg->level != PBPF_ERROR)
		return;
	host->errors++;
	snprintf(host->text, sizeof(host->text), "%s", msg->text);
}

static inline struct pbpf_env fuzz_env(struct fuzz_host *host)
{
	return (struct pbpf_env){
		.resize = fuzz_resize,
		.report = fuzz_report,
		.level = PBPF_STEP,
		.ctx = host,
	};
}

#endif
