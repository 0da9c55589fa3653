/* SPDX-License-Identifier: MIT */
/*
 * btf: .BTF.ext, what belongs to instructions.
 *
 *	section "tp/sched/exec"   insn 0: FUNC 12     insn 0: exec.c:31     insn 5: CO-RE relocation
 *	                          func_info           line_info             core_relo
 *
 * Interface: pbpf_btf_ext_parse(), then _funcs(), _lines(), _core() per code section, _free().
 *
 * What holds after parse: ids exist and func_info's are FUNCs, strings end, insn_off is a multiple
 * of 8 and ascends; in func_info and line_info without equals, as the kernel demands. What it does
 * not know is how long the section is, nor which access strings and kinds of relocation make sense:
 * the loader and relo do.
 */
#ifndef PBPF_BTF_EXT_H
#define PBPF_BTF_EXT_H

#include "base/pbpf_base.h"

#ifdef __cplusplus
extern "C" {
#endif

struct pbpf_btf;
struct pbpf_btf_ext;

/* Where a function begins. insn_off, here and below, is in bytes from the section's start. */
struct pbpf_func_info {
	uint32_t insn_off;
	uint32_t type; /* id of a FUNC */
};
/* The source line of an instruction and of those that follow it. */
struct pbpf_line_info {
	uint32_t insn_off;
	uint32_t file;	   /* string of the BTF: path as the compiler saw it */
	uint32_t line;	   /* string of the BTF: the line's text */
	uint32_t line_col; /* line << 10 | column */
};
/* An instruction that depends on the layout of a kernel type. */
struct pbpf_core_relo {
	uint32_t insn_off;
	uint32_t type;	 /* root type in the object's BTF */
	uint32_t access; /* string of the BTF: "0:1:2" */
	uint32_t kind;	 /* 0 to 12 */
};

/*
 * Checks and copies .BTF.ext; `btf` is the same object's, for ids and strings, and must outlive the
 * result. Either byte order, as long as it is that of .BTF. Errors: -EINVAL with part, record,
 * section and offset in the message; -ENOTSUP for a version that is not known; -ENOMEM.
 */
int pbpf_btf_ext_parse(struct pbpf_btf_ext **ext, const void *data, size_t size,
		       const struct pbpf_btf *btf, const struct pbpf_env *env);
/* The same where the bytes lie: they are its own until it is freed, and written over, even if it fails. */
int pbpf_btf_ext_parse_in_place(struct pbpf_btf_ext **ext, void *data, size_t size,
				const struct pbpf_btf *btf, const struct pbpf_env *env);
void pbpf_btf_ext_free(struct pbpf_btf_ext *ext);

/* The records of one code section, by the section's name, valid as long as `ext`; *count is 0 where
 * there are none. A NULL ext has none. */
const struct pbpf_func_info *pbpf_btf_ext_funcs(const struct pbpf_btf_ext *ext, const char *section,
						size_t *count);
const struct pbpf_line_info *pbpf_btf_ext_lines(const struct pbpf_btf_ext *ext, const char *section,
						size_t *count);
const struct pbpf_core_relo *pbpf_btf_ext_core(const struct pbpf_btf_ext *ext, const char *section,
					       size_t *count);

#ifdef __cplusplus
}
#endif

#endif
