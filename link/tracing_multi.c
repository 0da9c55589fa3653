/* SPDX-License-Identifier: MIT */
/*
 * One tracing program at many functions (fentry.multi and so on): those whose names match, that can be traced,
 * and that the kernel's BTF has.
 */
#include "btf/pbpf_btf.h"
#include "link/kernel_functions.h"
#include "link/pbpf_link_trace.h"

#include <stdio.h>

static int create_tracing_multi(struct pbpf_link **link, int prog_fd, uint32_t attach_type,
				const uint32_t *ids, size_t count,
				const struct pbpf_link_options *opts)
{
	struct pbpf_link_attr attr = {
		.prog_fd = prog_fd,
		.attach_type = attach_type,
		.multi = {.count = (uint32_t)count, .ids = ids},
	};
	char target[48];

	snprintf(target, sizeof(target), "%zu functions", count);
	return link_made(link, pbpf_sys_link_create(link_env(opts), &attr),
			 LINK_TRACING("trampolines of"), target, link_env(opts));
}

/* The numbers of those that have one. */
static int find_ids(const struct pbpf_env *env, const struct kernel_functions *functions,
		    const struct pbpf_btf *kernel, uint32_t *ids, size_t *count)
{
	struct pbpf_btf_wanted *wanted = env_alloc(env, functions->count, sizeof(*wanted));
	int err;

	if (!wanted)
		return env_no_memory(env, STAGE_LINK, "functions to trace");
	for (size_t i = 0; i < functions->count; i++)
		wanted[i] = (struct pbpf_btf_wanted){functions->names[i], PBPF_KIND_FUNC, 0};
	err = pbpf_btf_find_many(kernel, wanted, functions->count);
	*count = 0;
	for (size_t i = 0; !err && i < functions->count; i++)
		if (wanted[i].id)
			ids[(*count)++] = wanted[i].id;
	env_free(env, wanted, functions->count, sizeof(*wanted));
	return err;
}

int pbpf_link_tracing_multi(struct pbpf_link **link, int prog_fd, uint32_t attach_type,
			    const char *pattern, const struct pbpf_btf *kernel,
			    const struct pbpf_link_options *opts)
{
	const struct pbpf_env *env = link_env(opts);
	struct kernel_functions functions;
	size_t count = 0;
	uint32_t *ids;
	int err = kernel_functions_find(env, pattern, &functions);

	if (err)
		return err;
	ids = env_alloc(env, functions.count, sizeof(*ids));
	if (!ids)
		err = env_no_memory(env, STAGE_LINK, "functions to trace");
	if (!err)
		err = find_ids(env, &functions, kernel, ids, &count);
	if (!err && !count)
		err = env_fail(env, -ENOENT, AT(STAGE_LINK, pattern, 0), NULL,
			       "no function that matches '%s' is in the kernel's BTF", pattern);
	if (!err)
		err = create_tracing_multi(link, prog_fd, attach_type, ids, count, opts);
	env_free(env, ids, functions.count, sizeof(*ids));
	kernel_functions_free(env, &functions);
	return err;
}
