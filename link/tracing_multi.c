/* SPDX-License-Identifier: MIT */
/*
 * One tracing program at many functions (fentry.multi and so on): those whose names match, that can be traced,
 * and that the BTF of the kernel, or of one of its modules, has.
 */
#include "btf/pbpf_btf.h"
#include "link/kernel_functions.h"
#include "link/pbpf_link_trace.h"

#include <stdio.h>
#include <string.h>

#define MODULE_NAME_SIZE 64 /* the kernel's own limit (MODULE_NAME_LEN) */

int pbpf_link_tracing_multi_ids(struct pbpf_link **link, int prog_fd, uint32_t attach_type,
				const struct pbpf_tracing_multi *at,
				const struct pbpf_link_options *opts)
{
	struct pbpf_link_attr attr = {
		.prog_fd = prog_fd,
		.attach_type = attach_type,
		.multi = {.count = at->count, .ids = at->ids, .cookies = at->cookies},
	};
	char target[48];

	snprintf(target, sizeof(target), "%u functions", at->count);
	return link_made(link, pbpf_sys_link_create(link_env(opts), &attr),
			 LINK_TRACING("trampolines of"), target, link_env(opts));
}

/* The last one: what a module has comes behind what the kernel has. */
static int keep_last(void *ctx, const struct pbpf_btf_wanted *wanted, uint32_t id)
{
	struct pbpf_btf_wanted *all = ctx;

	all[wanted - all].id = id;
	return 0;
}

/* The numbers of those that have one. */
static int find_ids(const struct pbpf_env *env, const struct kernel_functions *functions,
		    const struct pbpf_btf *types, uint32_t *ids, uint32_t *count)
{
	struct pbpf_btf_wanted *wanted = env_alloc(env, functions->count, sizeof(*wanted));
	struct pbpf_btf_search search = {
		.wanted = wanted, .count = functions->count, .match = keep_last, .ctx = wanted};
	int err;

	if (!wanted)
		return env_no_memory(env, STAGE_LINK, "functions to trace");
	for (size_t i = 0; i < functions->count; i++)
		wanted[i] = (struct pbpf_btf_wanted){functions->names[i], PBPF_KIND_FUNC, 0};
	err = pbpf_btf_search(types, &search);
	*count = 0;
	for (size_t i = 0; !err && i < functions->count; i++)
		if (wanted[i].id)
			ids[(*count)++] = wanted[i].id;
	env_free(env, wanted, functions->count, sizeof(*wanted));
	return err;
}

/* The same cookie for each of them. */
static int fill_cookies(const struct pbpf_env *env, uint64_t **cookies, size_t count,
			uint64_t cookie)
{
	*cookies = NULL;
	if (!cookie)
		return 0;
	*cookies = env_alloc(env, count, sizeof(**cookies));
	if (!*cookies)
		return env_no_memory(env, STAGE_LINK, "cookies");
	for (size_t i = 0; i < count; i++)
		(*cookies)[i] = cookie;
	return 0;
}

static int link_functions(struct pbpf_link **link, int prog_fd, uint32_t attach_type,
			  const struct kernel_functions *functions, const char *pattern,
			  const struct pbpf_btf *types, const struct pbpf_link_options *opts)
{
	const struct pbpf_env *env = link_env(opts);
	uint32_t *ids = env_alloc(env, functions->count, sizeof(*ids));
	struct pbpf_tracing_multi at = {.ids = ids};
	uint64_t *cookies = NULL;
	int err;

	if (!ids)
		return env_no_memory(env, STAGE_LINK, "functions to trace");
	err = find_ids(env, functions, types, ids, &at.count);
	if (!err && !at.count)
		err = env_fail(env, -ENOENT, AT(STAGE_LINK, pattern, 0), NULL,
			       "no function that matches '%s' is in the kernel's BTF", pattern);
	if (!err)
		err = fill_cookies(env, &cookies, functions->count, opts ? opts->cookie : 0);
	at.cookies = cookies;
	if (!err)
		err = pbpf_link_tracing_multi_ids(link, prog_fd, attach_type, &at, opts);
	env_free(env, cookies, functions->count, sizeof(*cookies));
	env_free(env, ids, functions->count, sizeof(*ids));
	return err;
}

int pbpf_link_tracing_multi(struct pbpf_link **link, int prog_fd, uint32_t attach_type,
			    const char *pattern, const struct pbpf_btf *types,
			    const struct pbpf_link_options *opts)
{
	const struct pbpf_env *env = link_env(opts);
	const char *colon = strchr(pattern, ':');
	size_t length = colon ? (size_t)(colon - pattern) : 0;
	char module[MODULE_NAME_SIZE] = "";
	struct kernel_functions functions;
	int err;

	if (length >= sizeof(module))
		return env_fail(env, -EINVAL, AT(STAGE_LINK, pattern, 0), "write module:pattern",
				"no module has a name as long as in '%s'", pattern);
	memcpy(module, pattern, length);
	err = kernel_functions_find(env, module, colon ? colon + 1 : pattern, &functions);
	if (err)
		return err;
	err = link_functions(link, prog_fd, attach_type, &functions, pattern, types, opts);
	kernel_functions_free(env, &functions);
	return err;
}
