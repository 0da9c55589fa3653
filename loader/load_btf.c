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

/* Externs live in two sections that only the BTF knows. The kernel takes neither as it is. */
static int refuse_externs(const struct pbpf_object *obj)
{
	static const char *const sections[] = {".kconfig", ".ksyms"};

	for (size_t i = 0; i < 2; i++) {
		int id = pbpf_btf_find(obj->btf, sections[i], PBPF_KIND_DATASEC);
		struct pbpf_btf_type datasec;
		struct pbpf_btf_variable first;

		if (id < 0)
			continue;
		datasec = pbpf_btf_type(obj->btf, (uint32_t)id);
		if (!datasec.vlen)
			continue;
		first = pbpf_btf_variable(obj->btf, &datasec, 0);
		return env_fail(
			&obj->env, -ENOTSUP, AT(STAGE_LOAD, sections[i], 0), NULL,
			"the object needs %u extern%s of section '%s' ('%s'%s), which are not "
			"supported yet",
			datasec.vlen, datasec.vlen == 1 ? "" : "s", sections[i],
			pbpf_btf_type(obj->btf, first.type).name, datasec.vlen == 1 ? "" : " ...");
	}
	return 0;
}

int load_btf(struct pbpf_object *obj)
{
	struct pbpf_btf_attr attr = {0};
	size_t size;
	int fd;

	if (!obj->btf)
		return 0;
	fd = refuse_externs(obj);
	if (fd)
		return fd;
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
