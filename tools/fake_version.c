/* SPDX-License-Identifier: MIT */
/*
 * The fake kernel as an old one: what fake->version does not know yet is refused, as that Linux would. One
 * table or function for each thing that came with time; helpers, types of maps and programs and attach types
 */
#include "relo/pbpf_insn.h"
#include "tools/fake_command.h"

#include <stdio.h>

#define L(major, minor) PBPF_LINUX(major, minor)

/* --- Commands, and the fields of their attrs --------------------------------------------------- */

static const uint32_t command_since[FAKE_COMMANDS] = {
	[PBPF_PROG_TEST_RUN] = L(4, 12),       [PBPF_OBJ_GET_INFO_BY_FD] = L(4, 13),
	[PBPF_RAW_TRACEPOINT_OPEN] = L(4, 17), [PBPF_BTF_LOAD] = L(4, 18),
	[PBPF_MAP_FREEZE] = L(5, 2),	       [PBPF_BTF_GET_NEXT_ID] = L(5, 4),
	[PBPF_LINK_CREATE] = L(5, 7),	       [PBPF_LINK_UPDATE] = L(5, 7),
	[PBPF_LINK_DETACH] = L(5, 9),	       [PBPF_PROG_BIND_MAP] = L(5, 10),
};

/* From this byte on, an attr is newer than the release before. */
struct dated_field {
	int cmd;
	size_t at;
	uint32_t since;
};
#define FIELD(cmd, type, member, major, minor)                                   \
	{                                                                        \
		PBPF_##cmd, offsetof(struct abi_##type, member), L(major, minor) \
	}

static const struct dated_field dated_fields[] = {
	FIELD(MAP_CREATE, map_create, inner_map_fd, 4, 12),
	FIELD(MAP_CREATE, map_create, numa_node, 4, 14),
	FIELD(MAP_CREATE, map_create, map_name, 4, 15),
	FIELD(MAP_CREATE, map_create, map_ifindex, 4, 16),
	FIELD(MAP_CREATE, map_create, btf_fd, 4, 18),
	FIELD(MAP_CREATE, map_create, btf_vmlinux_value_type_id, 5, 6),
	FIELD(MAP_CREATE, map_create, map_extra, 5, 16),
	FIELD(MAP_CREATE, map_create, value_type_btf_obj_fd, 6, 9),
	FIELD(MAP_CREATE, map_create, excl_prog_hash, 6, 18),
	FIELD(PROG_LOAD, prog_load, prog_flags, 4, 12),
	FIELD(PROG_LOAD, prog_load, prog_name, 4, 15),
	FIELD(PROG_LOAD, prog_load, prog_ifindex, 4, 16),
	FIELD(PROG_LOAD, prog_load, expected_attach_type, 4, 17),
	FIELD(PROG_LOAD, prog_load, prog_btf_fd, 5, 0),
	FIELD(PROG_LOAD, prog_load, attach_btf_id, 5, 5),
	FIELD(PROG_LOAD, prog_load, fd_array, 5, 14),
	FIELD(PROG_LOAD, prog_load, core_relos, 5, 17),
	FIELD(PROG_LOAD, prog_load, prog_token_fd, 6, 9),
	FIELD(PROG_LOAD, prog_load, fd_array_cnt, 6, 14),
	FIELD(PROG_LOAD, prog_load, signature, 6, 18),
	FIELD(BTF_LOAD, btf_load, btf_flags, 6, 9),
};

static bool all_zero(const unsigned char *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (bytes[i])
			return false;
	return true;
}

static long newer_attr(struct fake_kernel *fake, int cmd, const void *attr, size_t size)
{
	const unsigned char *bytes = attr;

	if (fake->version < command_since[cmd])
		return fake_refuse(fake, EINVAL, "a command that this Linux does not know");
	for (size_t i = 0; i < sizeof(dated_fields) / sizeof(dated_fields[0]); i++)
		if (dated_fields[i].cmd == cmd && fake->version < dated_fields[i].since &&
		    !all_zero(bytes + dated_fields[i].at, size - dated_fields[i].at))
			return fake_refuse(fake, E2BIG, "an attr longer than this Linux knows");
	return 0;
}

/* --- BTF ---------------------------------------------------------------------------------------- */

static uint32_t word_at(const unsigned char *bytes)
{
	uint32_t word;

	memcpy(&word, bytes, sizeof(word));
	return word;
}

/* What follows the 12 bytes of a record, and since when there are such. Unknown ones: the newest. */
static uint32_t kind_since(uint32_t kind, uint32_t vlen, uint32_t *more)
{
	static const struct {
		uint32_t since;
		uint8_t once, each;
	} kinds[] = {
		[1] = {L(4, 18), 4, 0},	 [2] = {L(4, 18), 0, 0},  [3] = {L(4, 18), 12, 0},
		[4] = {L(4, 18), 0, 12}, [5] = {L(4, 18), 0, 12}, [6] = {L(4, 18), 0, 8},
		[7] = {L(4, 18), 0, 0},	 [8] = {L(4, 18), 0, 0},  [9] = {L(4, 18), 0, 0},
		[10] = {L(4, 18), 0, 0}, [11] = {L(4, 18), 0, 0}, [12] = {L(5, 0), 0, 0},
		[13] = {L(5, 0), 0, 8},	 [14] = {L(5, 2), 4, 0},  [15] = {L(5, 2), 0, 12},
		[16] = {L(5, 13), 0, 0}, [17] = {L(5, 16), 4, 0}, [18] = {L(5, 17), 0, 0},
		[19] = {L(6, 0), 0, 12},
	};

	if (kind >= sizeof(kinds) / sizeof(kinds[0]))
		return UINT32_MAX;
	*more = kinds[kind].once + kinds[kind].each * (kind == 12 || kind == 14 ? 0 : vlen);
	return kinds[kind].since;
}

/* A record that is newer for another reason than its kind. */
static bool newer_use(const struct fake_kernel *fake, const unsigned char *record, const char *name)
{
	uint32_t info = word_at(record + 4), kind = info >> 24 & 31;

	if (kind == 12 && info & 0xffff)
		return fake->version < L(5, 6);
	if (kind == 6 && info >> 31)
		return fake->version < L(6, 0);
	return kind == 15 && *name == '?' && fake->version < L(6, 11);
}

static long btf_log(struct fake_kernel *fake, struct abi_btf_load *a, uint32_t id)
{
	if (a->btf_log_buf)
		snprintf(at_address(a->btf_log_buf), a->btf_log_size, "[%u] Invalid kind\n", id);
	return fake_refuse(fake, EINVAL, "a kind of type that this Linux does not know");
}

static long newer_btf(struct fake_kernel *fake, struct abi_btf_load *a)
{
	const unsigned char *blob = at_address(a->btf), *record, *end;
	const char *strings;
	uint32_t more = 0;

	if (a->btf_size < 24 || word_at(blob + 4) + word_at(blob + 16) > a->btf_size)
		return 0; /* fake_btf_load() refuses it */
	record = blob + word_at(blob + 4) + word_at(blob + 8);
	end = record + word_at(blob + 12);
	strings = (const char *)blob + word_at(blob + 4) + word_at(blob + 16);
	for (uint32_t id = 1; record + 12 <= end; id++, record += 12 + more) {
		uint32_t info = word_at(record + 4);

		if (fake->version < kind_since(info >> 24 & 31, info & 0xffff, &more) ||
		    newer_use(fake, record, strings + word_at(record)))
			return btf_log(fake, a, id);
	}
	return 0;
}

/* --- Maps, programs, links ---------------------------------------------------------------------- */

static bool too_new(const struct fake_kernel *fake, uint32_t since)
{
	return !since || fake->version < since;
}

static long newer_map(struct fake_kernel *fake, const struct abi_map_create *a)
{
	static const struct {
		uint32_t flag, since;
	} flags[] = {
		{PBPF_F_RDONLY_PROG | PBPF_F_WRONLY_PROG, L(5, 2)},
		{PBPF_F_MMAPABLE, L(5, 5)},
		{PBPF_F_INNER_MAP | PBPF_F_PRESERVE_ELEMS, L(5, 10)},
		{PBPF_F_RB_OVERWRITE, L(6, 19)},
	};

	if (too_new(fake, pbpf_since_map_type(a->map_type)))
		return fake_refuse(fake, EINVAL, "a map type that this Linux does not know");
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (a->map_flags & flags[i].flag && fake->version < flags[i].since)
			return fake_refuse(fake, EINVAL,
					   "a map flag that this Linux does not know");
	return 0;
}

static long verifier_log(struct fake_kernel *fake, const struct abi_prog_load *a, uint32_t at,
			 const char *line)
{
	if (a->log_buf)
		snprintf(at_address(a->log_buf), a->log_size, "%u: (85)\n%s\n", at, line);
	return fake_refuse(fake, EINVAL, "an instruction that this Linux does not know");
}

static long newer_helper(struct fake_kernel *fake, const struct abi_prog_load *a, uint32_t at,
			 int32_t helper)
{
	char line[64];

	if (helper <= 0 || !too_new(fake, pbpf_since_helper((uint32_t)helper)))
		return 0;
	snprintf(line, sizeof(line), "invalid func unknown#%d", helper);
	return verifier_log(fake, a, at, line);
}

static long newer_insns(struct fake_kernel *fake, const struct abi_prog_load *a)
{
	const struct pbpf_insn *insns = at_address(a->insns);
	long err = 0;

	for (uint32_t i = 0; !err && i < a->insn_cnt; i++) {
		unsigned int src = pbpf_insn_src(&insns[i]);

		if (insns[i].code == PBPF_OP_CALL && src == PBPF_CALL_HELPER)
			err = newer_helper(fake, a, i, insns[i].imm);
		if (insns[i].code != PBPF_OP_LD_IMM64)
			continue;
		if (src == PBPF_PSEUDO_MAP_VALUE && fake->version < L(5, 2))
			err = verifier_log(fake, a, i, "unrecognized bpf_ld_imm64 insn");
		i++;
	}
	return err;
}

static long newer_program(struct fake_kernel *fake, struct abi_prog_load *a)
{
	static const struct {
		uint32_t flag, since;
	} flags[] = {
		{PBPF_F_SLEEPABLE, L(5, 10)},
		{PBPF_F_XDP_HAS_FRAGS, L(5, 18)},
	};

	if (too_new(fake, pbpf_since_prog_type(a->prog_type)))
		return fake_refuse(fake, EINVAL, "a program type that this Linux does not know");
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (a->prog_flags & flags[i].flag && fake->version < flags[i].since)
			return fake_refuse(fake, EINVAL, "a flag that this Linux does not know");
	if (a->prog_type == PBPF_PROG_TYPE_KPROBE && fake->version < L(5, 0) &&
	    a->kern_version != fake->version)
		return fake_refuse(fake, EINVAL, "a kprobe for another version");
	if (a->insn_cnt > 4096 && fake->version < L(5, 2))
		return fake_refuse(fake, E2BIG, "more than 4096 instructions");
	return newer_insns(fake, a);
}

static long newer_link(struct fake_kernel *fake, const struct abi_link_create *a)
{
	if (too_new(fake, pbpf_since_attach_type(a->attach_type)))
		return fake_refuse(fake, EINVAL, "a link that this Linux does not know");
	return 0;
}

/* What is known of a BTF was its bytes and id alone. */
static long newer_info(struct fake_kernel *fake, const struct abi_info *a)
{
	const struct fake_object *object = fake_kernel_object(fake, (int)a->bpf_fd);

	if (object && object->kind == FAKE_BTF && fake->version < L(5, 11) && a->info_len > 16 &&
	    !all_zero((const unsigned char *)at_address(a->info) + 16, a->info_len - 16))
		return fake_refuse(fake, E2BIG, "more information than this Linux has");
	return 0;
}

long fake_newer(struct fake_kernel *fake, int cmd, void *attr, size_t size)
{
	long err = newer_attr(fake, cmd, attr, size);

	if (err)
		return err;
	switch (cmd) {
	case PBPF_BTF_LOAD: return newer_btf(fake, attr);
	case PBPF_MAP_CREATE: err = newer_map(fake, attr); break;
	case PBPF_PROG_LOAD: err = newer_program(fake, attr); break;
	case PBPF_LINK_CREATE: return newer_link(fake, attr);
	case PBPF_OBJ_GET_INFO_BY_FD: return newer_info(fake, attr);
	default: return 0;
	}
	if (!err && fake->memlock && fake->version < L(5, 11))
		return fake_refuse(fake, EPERM, "more locked memory than RLIMIT_MEMLOCK");
	return err;
}
