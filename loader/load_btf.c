/* SPDX-License-Identifier: MIT */
/*
 * The object's BTF into the kernel.
 */
#include "loader/object.h"
#include "loader/verifier_log.h"

#define LOG_SIZE (64u << 10)

/* Asks again with a log, and reports what it says. */
static int explain_refusal(struct pbpf_object *obj, struct pbpf_btf_attr *attr, int err)
{
	char *log = env_alloc(&obj->env, LOG_SIZE, 1);
	struct log_verdict verdict = {.text = ""};
	int fd;

	if (!log)
		return env_no_memory(&obj->env, STAGE_LOAD, "the log of BPF_BTF_LOAD");
	attr->log = log;
	attr->log_size = LOG_SIZE;
	attr->log_level = 1;
	fd = pbpf_sys_btf_load(&obj->env, attr, NULL);
	if (fd >= 0) {
		env_free(&obj->env, log, LOG_SIZE, 1);
		return fd;
	}
	log[LOG_SIZE - 1] = '\0';
	read_btf_log(&verdict, log);
	env_fail(&obj->env, err, AT(STAGE_LOAD, obj->name, 0), refusal_hint(err, 0),
		 "the kernel refused the object's BTF: %s%s%.*s", pbpf_error_name(err),
		 verdict.length ? ": " : "", (int)verdict.length, verdict.text);
	env_free(&obj->env, log, LOG_SIZE, 1);
	return err;
}

int load_btf(struct pbpf_object *obj)
{
	struct pbpf_btf_attr attr = {0};
	size_t size;
	int fd;

	if (!obj->btf)
		return 0;
	attr.data = pbpf_btf_image(obj->btf, &size);
	attr.size = (uint32_t)size;
	fd = pbpf_sys_btf_load(&obj->env, &attr, NULL);
	if (fd < 0)
		fd = explain_refusal(obj, &attr, fd);
	if (fd < 0)
		return fd;
	obj->btf_fd = fd;
	env_step(&obj->env, AT(STAGE_LOAD, obj->name, 0), "BTF of %zu bytes is loaded as fd %d",
		 size, fd);
	return 0;
}
