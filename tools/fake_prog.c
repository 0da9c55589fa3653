/* SPDX-License-Identifier: MIT */
/*
 * The fake kernel's BTF, programs and links. A program is looked at as far as a loader wrote it:
 * what ld_imm64 and call name, and the records that go with it.
 */
#include "relo/pbpf_insn.h"
#include "tools/fake_command.h"

#define MAX_INSNS 1000000

/* Writes the log and its true size; -ENOSPC when it does not fit, which outweighs other errors. */
static long write_log(const struct fake_kernel *fake, char *log, uint32_t room, uint32_t *true_size)
{
	const char *text = fake->log ? fake->log : "";
	size_t size = strlen(text) + 1;
	size_t kept = size < room ? size : room;
	bool old = fake->old_log || (fake->version && fake->version < (6u << 16 | 4 << 8));

	if (!log || !room)
		return 0;
	memcpy(log, old ? text : text + size - kept, kept);
	log[kept - 1] = '\0';
	if (!old)
		*true_size = (uint32_t)size;
	return size > room ? -ENOSPC : 0;
}

/* What is wrong with a BTF's header, or NULL. */
static const char *wrong_btf(const void *data, uint32_t size)
{
	struct {
		uint16_t magic;
		uint8_t version, flags;
		uint32_t hdr_len, type_off, type_len, str_off, str_len;
	} h;
	uint64_t room;

	if (size < sizeof(h))
		return "BTF shorter than its header";
	memcpy(&h, data, sizeof(h));
	if (h.magic != 0xeb9f || h.version != 1 || h.hdr_len < sizeof(h) || h.hdr_len > size)
		return "magic, version or length of a BTF header";
	room = size - h.hdr_len;
	if ((uint64_t)h.type_off + h.type_len > room || (uint64_t)h.str_off + h.str_len > room ||
	    !h.str_len)
		return "types or strings of a BTF outside of it";
	return NULL;
}

long fake_btf_load(struct fake_kernel *fake, void *attr)
{
	struct abi_btf_load *a = attr;
	const char *wrong = wrong_btf(at_address(a->btf), a->btf_size);
	struct fake_object *btf;
	long err = 0;

	if (!a->btf_log_level != !a->btf_log_buf)
		return fake_refuse(fake, EINVAL, "a log without a level, or a level without a log");
	if (a->btf_log_level)
		err = write_log(fake, at_address(a->btf_log_buf), a->btf_log_size,
				&a->btf_log_true_size);
	if (err || fake->refuse[PBPF_BTF_LOAD])
		return err ? err : -fake->refuse[PBPF_BTF_LOAD];
	if (wrong)
		return fake_refuse(fake, EINVAL, wrong);
	if (!fake_token_ok(fake, a->btf_flags, a->btf_token_fd))
		return -EBADF;
	return fake_fd(fake, FAKE_BTF, at_address(a->btf), a->btf_size, &btf);
}

/* What is wrong with the ld_imm64 or call at insns[at], or NULL. */
static const char *wrong_insn(struct fake_kernel *fake, const struct pbpf_insn *insns, int64_t at,
			      int64_t count)
{
	const struct pbpf_insn *insn = &insns[at];
	unsigned int src = pbpf_insn_src(insn);
	int64_t target = at + insn->imm + 1;
	bool local = false;

	if (insn->code == PBPF_OP_LD_IMM64) {
		if (at + 1 == count || insn[1].code)
			return "half of an ld_imm64";
		if ((src == PBPF_PSEUDO_MAP_FD || src == PBPF_PSEUDO_MAP_VALUE) &&
		    !fake_find(fake, (uint32_t)insn->imm, FAKE_MAP))
			return "an ld_imm64 of a map that is not there";
		local = src == PBPF_PSEUDO_FUNC;
	} else if (insn->code == PBPF_OP_CALL) {
		local = src == PBPF_CALL_LOCAL;
	}
	if (local && (target < 0 || target >= count))
		return "a call outside of the program";
	return NULL;
}

static const char *wrong_insns(struct fake_kernel *fake, const struct pbpf_insn *insns,
			       uint32_t count)
{
	const char *wrong = NULL;

	for (uint32_t i = 0; i < count && !wrong; i++) {
		wrong = wrong_insn(fake, insns, i, count);
		i += insns[i].code == PBPF_OP_LD_IMM64;
	}
	return wrong;
}

/* Records of .BTF.ext begin with the instruction they are about, the first one's with 0, in order.
 * */
static bool records_ok(const unsigned char *records, uint32_t size, uint32_t count, uint32_t insns)
{
	uint32_t last = 0, at;

	for (uint32_t i = 0; i < count; i++, last = at) {
		memcpy(&at, records + (size_t)i * size, sizeof(at));
		if (at >= insns || (i ? at <= last : at != 0))
			return false;
	}
	return true;
}

/* What is wrong with a program, or NULL. */
static const char *wrong_prog(struct fake_kernel *fake, const struct abi_prog_load *a)
{
	if (!a->prog_type || a->prog_type > PBPF_PROG_TYPE_NETFILTER)
		return "a program type that does not exist";
	if (!a->insns || !a->insn_cnt || a->insn_cnt > MAX_INSNS)
		return "a program without instructions, or with too many";
	if (!a->license)
		return "a program without a license";
	if (!fake_name_ok(a->prog_name))
		return "a character in a program's name";
	if ((a->func_info_cnt || a->line_info_cnt) && !a->prog_btf_fd)
		return "records of functions or lines without a BTF";
	if (a->prog_btf_fd && !fake_find(fake, a->prog_btf_fd, FAKE_BTF))
		return "a BTF that is not there";
	if ((a->func_info_cnt && a->func_info_rec_size < 8) ||
	    !records_ok(at_address(a->func_info), a->func_info_rec_size, a->func_info_cnt,
			a->insn_cnt))
		return "records of functions";
	if ((a->line_info_cnt && a->line_info_rec_size < 16) ||
	    !records_ok(at_address(a->line_info), a->line_info_rec_size, a->line_info_cnt,
			a->insn_cnt))
		return "records of lines";
	return wrong_insns(fake, at_address(a->insns), a->insn_cnt);
}

long fake_prog_load(struct fake_kernel *fake, void *attr)
{
	struct abi_prog_load *a = attr;
	const char *wrong = wrong_prog(fake, a);
	struct fake_object *prog;
	long err = 0, fd;

	if (!a->log_level != !a->log_buf)
		return fake_refuse(fake, EINVAL, "a log without a level, or a level without a log");
	if (wrong)
		return fake_refuse(fake, EINVAL, wrong);
	if (!fake_token_ok(fake, a->prog_flags, a->prog_token_fd))
		return -EBADF;
	if (a->log_level)
		err = write_log(fake, at_address(a->log_buf), a->log_size, &a->log_true_size);
	if (!err && fake->refuse[PBPF_PROG_LOAD] &&
	    (!fake->refuse_prog ||
	     !strncmp(fake->refuse_prog, a->prog_name, PBPF_OBJ_NAME_LEN - 1)))
		err = -fake->refuse[PBPF_PROG_LOAD];
	if (err)
		return err;
	fd = fake_fd(fake, FAKE_PROG, at_address(a->insns), (size_t)a->insn_cnt * PBPF_INSN_SIZE,
		     &prog);
	if (fd >= 0)
		prog->prog = *a;
	return fd;
}

long fake_prog_bind_map(struct fake_kernel *fake, void *attr)
{
	const struct abi_prog_bind_map *a = attr;

	if (!fake_find(fake, a->prog_fd, FAKE_PROG) || !fake_find(fake, a->map_fd, FAKE_MAP))
		return -EBADF;
	return 0;
}

/* A run that returns 0 at once, and hands out what it was given. */
long fake_test_run(struct fake_kernel *fake, void *attr)
{
	struct abi_test_run *a = attr;

	if (!fake_find(fake, a->prog_fd, FAKE_PROG))
		return -EBADF;
	if (a->data_size_out > a->data_size_in)
		a->data_size_out = a->data_size_in;
	if (a->data_out && a->data_size_out)
		memcpy(at_address(a->data_out), at_address(a->data_in), a->data_size_out);
	a->ctx_size_out = 0;
	a->retval = 0;
	a->duration = 0;
	return 0;
}

/* Attach and detach. */
long fake_prog_attach(struct fake_kernel *fake, void *attr)
{
	const struct abi_prog_attach *a = attr;

	if (a->attach_bpf_fd && !fake_find(fake, a->attach_bpf_fd, FAKE_PROG))
		return -EBADF;
	return 0;
}

static long new_link(struct fake_kernel *fake, uint32_t prog_fd, const char *name,
		     struct fake_object **link)
{
	long fd = fake_fd(fake, FAKE_LINK, name, name ? strlen(name) + 1 : 0, link);

	if (fd >= 0)
		(*link)->prog_fd = (int)prog_fd;
	return fd;
}

long fake_raw_tracepoint_open(struct fake_kernel *fake, void *attr)
{
	const struct abi_raw_tracepoint *a = attr;
	const char *name = at_address(a->name);
	struct fake_object *link;

	if (!fake_find(fake, a->prog_fd, FAKE_PROG))
		return -EBADF;
	if (name && fake->missing && strstr(name, fake->missing))
		return -ENOENT;
	return new_link(fake, a->prog_fd, name, &link);
}

long fake_link_create(struct fake_kernel *fake, void *attr)
{
	const struct abi_link_create *a = attr;
	bool struct_ops = a->attach_type == PBPF_STRUCT_OPS;
	struct fake_object *link;
	long fd;

	if (a->attach_type > PBPF_TRACE_FSESSION_MULTI)
		return fake_refuse(fake, EINVAL, "an attach type that does not exist");
	if (!fake_find(fake, a->prog_fd, struct_ops ? FAKE_MAP : FAKE_PROG) ||
	    (a->attach_type == PBPF_PERF_EVENT && !fake_find(fake, a->target_fd, FAKE_PERF)))
		return -EBADF;
	fd = new_link(fake, a->prog_fd, NULL, &link);
	if (fd >= 0)
		link->link = *a;
	return fd;
}

long fake_link_update(struct fake_kernel *fake, void *attr)
{
	const struct abi_link_update *a = attr;
	struct fake_object *link = fake_find(fake, a->link_fd, FAKE_LINK);

	if (!link || !fake_find(fake, a->new_prog_fd,
				link->link.attach_type == PBPF_STRUCT_OPS ? FAKE_MAP : FAKE_PROG))
		return -EBADF;
	if (a->flags & PBPF_F_REPLACE && a->old_prog_fd != (uint32_t)link->prog_fd)
		return -EPERM;
	link->prog_fd = (int)a->new_prog_fd;
	return 0;
}

long fake_link_detach(struct fake_kernel *fake, void *attr)
{
	const struct abi_link_detach *a = attr;
	struct fake_object *link = fake_find(fake, a->link_fd, FAKE_LINK);

	if (!link)
		return -EBADF;
	link->prog_fd = 0;
	return 0;
}
