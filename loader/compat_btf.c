/* SPDX-License-Identifier: MIT */
/*
 * A kernel that refuses the object's BTF: what it does not know is replaced (pbpf_btf_adapt.h), and the second
 * attempt, with a log, says what is wrong if that does not help. Most objects can then do without.
 */
#include "loader/compat.h"
#include "loader/object.h"
#include "loader/verifier_log.h"

#include <stdio.h>
#include <string.h>

#define LOG_FIRST (64u << 10)
#define LOG_MOST  (16u << 20) /* before 6.4 the log's end, which says why, comes last */

/* What the kernel says: the last line of its log, "" when there is none. */
struct btf_reason {
	char text[256];
};

static void take_reason(struct btf_reason *why, char *log, uint32_t size)
{
	struct pbpf_text line;

	log[size - 1] = '\0';
	line = last_log_line(log);
	if (line.size)
		snprintf(why->text, sizeof(why->text), ": %.*s", (int)line.size, line.at);
}

/* *fd: what the kernel says. */
static int send_with_log(const struct pbpf_object *obj, const struct pbpf_btf *btf,
			 struct btf_reason *why, int *fd)
{
	struct pbpf_btf_attr attr = {.log_level = 1, .token_fd = obj->token_fd};
	size_t size;

	attr.data = pbpf_btf_image(btf, &size);
	attr.size = (uint32_t)size;
	attr.log_size = LOG_FIRST;
	do {
		attr.log = env_alloc(&obj->env, attr.log_size, 1);
		if (!attr.log)
			return env_no_memory(&obj->env, STAGE_LOAD, "the log of BPF_BTF_LOAD");
		*fd = pbpf_sys_btf_load(&obj->env, &attr, NULL);
		take_reason(why, attr.log, attr.log_size);
		env_free(&obj->env, attr.log, attr.log_size, 1);
		attr.log_size *= 4;
	} while (*fd == -ENOSPC && attr.log_size <= LOG_MOST);
	return 0;
}

static int send_adapted(struct pbpf_object *obj, struct btf_reason *why, int *fd)
{
	uint32_t lacks = kernel_lacks(obj, PBPF_BTF_HAS_ALL);
	struct pbpf_btf *adapted;
	int err = pbpf_btf_adapt(&adapted, obj->btf, PBPF_BTF_HAS_ALL & ~lacks, &obj->env);

	if (err)
		return err;
	err = send_with_log(obj, adapted, why, fd);
	pbpf_btf_free(adapted);
	if (!err && *fd >= 0)
		env_step(&obj->env, AT(STAGE_LOAD, obj->name, 0),
			 "BTF, adapted to this kernel, is loaded as fd %d", *fd);
	return err;
}

/* Types that work only because the kernel finds them in the BTF of a map's value (btf_parse_fields()). */
static const char *const special_structs[] = {
	"bpf_spin_lock", "bpf_res_spin_lock", "bpf_timer",   "bpf_wq",	     "bpf_list_head",
	"bpf_list_node", "bpf_rb_root",	      "bpf_rb_node", "bpf_refcount", "bpf_task_work",
};

static bool is_storage(uint32_t map_type)
{
	return map_type == PBPF_MAP_TYPE_SK_STORAGE || map_type == PBPF_MAP_TYPE_INODE_STORAGE ||
	       map_type == PBPF_MAP_TYPE_TASK_STORAGE || map_type == PBPF_MAP_TYPE_CGRP_STORAGE;
}

/* What in the object cannot be without BTF in the kernel, or NULL. */
static const char *needs_btf(const struct pbpf_object *obj)
{
	for (uint32_t i = 0; i < obj->program_count; i++) {
		const struct pbpf_program *prog = &obj->programs[i];

		if (prog->autoload && prog->attr.type == PBPF_PROG_TYPE_EXT)
			return prog->section;
	}
	for (uint32_t i = 0; i < obj->map_count; i++) /* programs of struct_ops go with their map */
		if (!obj->maps[i].left_out && (is_storage(obj->maps[i].attr.type) ||
					       obj->maps[i].attr.type == PBPF_MAP_TYPE_STRUCT_OPS))
			return obj->maps[i].name;
	for (size_t i = 0; i < sizeof(special_structs) / sizeof(special_structs[0]); i++)
		if (pbpf_btf_find(obj->btf, special_structs[i], PBPF_KIND_STRUCT) > 0)
			return special_structs[i];
	return NULL;
}

/* 0, or the error. */
static int go_without(struct pbpf_object *obj, int err, const struct btf_reason *why)
{
	const char *needed_by = needs_btf(obj);
	struct refusal_hint hint;

	if (needed_by)
		return env_fail(&obj->env, err, AT(STAGE_LOAD, obj->name, 0),
				refusal_hint(&hint, &obj->env, err, PBPF_PROG_TYPE_UNSPEC),
				"the kernel refused the object's BTF, which '%s' needs: %s%s",
				needed_by, pbpf_error_name(err), why->text);
	/* Whoever may not load BTF may hardly load programs, and is told then. */
	env_say_if(&obj->env, err == -EPERM ? PBPF_NOTE : PBPF_WARNING,
		   AT(STAGE_LOAD, obj->name, 0),
		   "tools will show it without types and source lines",
		   "the kernel refused the object's BTF, which is left out, as nothing in it needs "
		   "it: %s%s",
		   pbpf_error_name(err), why->text);
	return 0;
}

int compat_load_btf(struct pbpf_object *obj, int err)
{
	struct btf_reason why = {""};
	int fd = err;

	if (may_be_unknown(err)) {
		err = send_adapted(obj, &why, &fd);
		if (err)
			return err;
	}
	return fd >= 0 ? fd : go_without(obj, fd, &why);
}
