/* SPDX-License-Identifier: MIT */
/* What the samples share: how the library speaks to the user, and where the object file lies. */
#ifndef SAMPLES_SAMPLE_H
#define SAMPLES_SAMPLE_H

#include "plainbpf.h"

#include <stdio.h>

static inline void print_message(void *ctx, const struct pbpf_msg *msg)
{
	(void)ctx;
	fprintf(stderr, "%s: %s%s%s\n", msg->stage, msg->where ? msg->where : "",
		msg->where ? ": " : "", msg->text);
	if (msg->hint)
		fprintf(stderr, "  %s\n", msg->hint);
}

/* Memory from libc, the running kernel, and every warning and error to stderr. */
static const struct pbpf_env env = {.report = print_message, .level = PBPF_WARNING};

/* The first argument, or the command's own path with .bpf.o behind it. */
static inline const char *object_path(int argc, char **argv)
{
	static char path[4096];

	if (argc > 1)
		return argv[1];
	snprintf(path, sizeof(path), "%s.bpf.o", argv[0]);
	return path;
}

#endif
