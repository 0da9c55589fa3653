/* SPDX-License-Identifier: MIT */
/*
 * What the running kernel lacks, found out by trying. See compat.h.
 */
#include "loader/compat.h"
#include "base/reader.h"
#include "loader/object.h"

#include <string.h>

/* --- BTF: a few types that need one feature -------------------------------------------------- */

static const char btf_probe_strings[] = "\0a\0?b";
enum { NAME_A = 1, NAME_QMARK = 3 };

#define PROBE_TYPE(name, kind, vlen, size) (name), (uint32_t)(kind) << 24 | (vlen), (size)
#define PROBE_INT			   PROBE_TYPE(NAME_A, PBPF_KIND_INT, 0, 4), 32
#define PROBE_PROTO			   PROBE_TYPE(0, PBPF_KIND_FUNC_PROTO, 0, 0)
#define PROBE_VAR(type)			   PROBE_TYPE(NAME_A, PBPF_KIND_VAR, 0, type), PBPF_LINKAGE_STATIC
#define PROBE_DATASEC(name, var)	   PROBE_TYPE(name, PBPF_KIND_DATASEC, 1, 4), (var), 0, 4

static const struct btf_probe {
	uint32_t feature;
	uint32_t words; /* that are used */
	uint32_t types[16];
} btf_probes[] = {
	{PBPF_BTF_HAS_FUNC,
	 6,
	 {PROBE_PROTO, PROBE_TYPE(NAME_A, PBPF_KIND_FUNC, PBPF_LINKAGE_STATIC, 1)}},
	{PBPF_BTF_HAS_DATASEC, 14, {PROBE_INT, PROBE_VAR(1), PROBE_DATASEC(NAME_A, 2)}},
	{PBPF_BTF_HAS_GLOBAL_FUNC,
	 6,
	 {PROBE_PROTO, PROBE_TYPE(NAME_A, PBPF_KIND_FUNC, PBPF_LINKAGE_GLOBAL, 1)}},
	{PBPF_BTF_HAS_FLOAT, 3, {PROBE_TYPE(NAME_A, PBPF_KIND_FLOAT, 0, 4)}},
	{PBPF_BTF_HAS_DECL_TAG,
	 12,
	 {PROBE_INT, PROBE_VAR(1), PROBE_TYPE(NAME_A, PBPF_KIND_DECL_TAG, 0, 2), UINT32_MAX}},
	{PBPF_BTF_HAS_TYPE_TAG,
	 10,
	 {PROBE_INT, PROBE_TYPE(NAME_A, PBPF_KIND_TYPE_TAG, 0, 1),
	  PROBE_TYPE(0, PBPF_KIND_PTR, 0, 2)}},
	{PBPF_BTF_HAS_ENUM64, 3, {PROBE_TYPE(NAME_A, PBPF_KIND_ENUM64, 0, 8)}},
	{PBPF_BTF_HAS_QMARK_DATASEC, 14, {PROBE_INT, PROBE_VAR(1), PROBE_DATASEC(NAME_QMARK, 2)}},
};

static int probe_btf(const struct pbpf_object *obj, const struct btf_probe *probe)
{
	struct {
		uint16_t magic;
		uint8_t version, flags;
		uint32_t header_size, types_at, types_size, strings_at, strings_size;
		uint8_t rest[sizeof(probe->types) + sizeof(btf_probe_strings)];
	} blob = {
		.magic = 0xeb9f,
		.version = 1,
		.header_size = 24,
		.types_size = probe->words * 4,
		.strings_at = probe->words * 4,
		.strings_size = sizeof(btf_probe_strings),
	};
	struct pbpf_btf_attr attr = {
		.data = &blob,
		.size = blob.header_size + blob.types_size + blob.strings_size,
		.token_fd = obj->token_fd,
	};

	memcpy(blob.rest, probe->types, blob.types_size);
	memcpy(blob.rest + blob.types_size, btf_probe_strings, sizeof(btf_probe_strings));
	return pbpf_sys_btf_load(&obj->env, &attr, NULL);
}

/* --- Maps and programs ----------------------------------------------------------------------- */

/* r0 = 0; exit */
static int probe_program(const struct pbpf_object *obj, const struct pbpf_prog_attr *asked)
{
	static const struct pbpf_insn insns[] = {{.code = 0xb7}, {.code = PBPF_OP_EXIT}};
	struct pbpf_prog_attr attr = *asked;

	attr.insns = insns;
	attr.insn_count = 2;
	attr.license = "GPL";
	attr.token_fd = obj->token_fd;
	return pbpf_sys_prog_load(&obj->env, &attr, NULL);
}

static int probe_mmap(const struct pbpf_object *obj)
{
	struct pbpf_map_attr attr = {
		.type = PBPF_MAP_TYPE_ARRAY,
		.key_size = 4,
		.value_size = 4,
		.max_entries = 1,
		.flags = PBPF_F_MMAPABLE,
		.token_fd = obj->token_fd,
	};

	return pbpf_sys_map_create(&obj->env, &attr);
}

static int probe_feature(const struct pbpf_object *obj, uint32_t feature)
{
	for (size_t i = 0; i < sizeof(btf_probes) / sizeof(btf_probes[0]); i++)
		if (btf_probes[i].feature == feature)
			return probe_btf(obj, &btf_probes[i]);
	switch (feature) {
	case FEATURE_NAMES:
		return probe_program(obj,
				     &(struct pbpf_prog_attr){.type = PBPF_PROG_TYPE_SOCKET_FILTER,
							      .name = "a"});
	case FEATURE_ATTACH_TYPE:
		return probe_program(obj,
				     &(struct pbpf_prog_attr){
					     .type = PBPF_PROG_TYPE_CGROUP_SOCK,
					     .expected_attach_type = PBPF_CGROUP_INET_SOCK_CREATE,
				     });
	case FEATURE_MMAP: return probe_mmap(obj);
	default: return -EPERM;
	}
}

bool may_be_unknown(int err)
{
	return err == -EINVAL || err == -E2BIG || err == -ENOTSUP || err == -ENOTSUPP;
}

uint32_t kernel_lacks(struct pbpf_object *obj, uint32_t features)
{
	struct compat *compat = &obj->compat;

	for (uint32_t feature = 1; feature && feature <= features; feature <<= 1) {
		int fd;

		if (!(features & feature & ~compat->known))
			continue;
		fd = probe_feature(obj, feature);
		pbpf_sys_close(&obj->env, fd);
		compat->known |= feature;
		if (may_be_unknown(fd))
			compat->lacks |= feature;
	}
	return compat->lacks & features;
}

/* The limit is the whole process's, so it stays as it is where it cannot be the reason. */
static bool counts_memlock(const struct pbpf_env *env)
{
	uint32_t version = running_version(env);

	return !version || version < PBPF_LINUX(5, 11);
}

bool compat_raise_memlock(struct pbpf_object *obj, int err)
{
	if (err != -EPERM || !obj->raise_memlock || obj->compat.memlock_raised ||
	    !counts_memlock(&obj->env) || pbpf_sys_raise_memlock(&obj->env))
		return false;
	obj->compat.memlock_raised = true;
	env_note(&obj->env, AT(STAGE_LOAD, obj->name, 0), NULL,
		 "the kernel refused memory: RLIMIT_MEMLOCK is raised");
	return true;
}
