/* SPDX-License-Identifier: MIT */
/*
 * BPF instructions, as far as a loader must know them (RFC 9669, section 3).
 *
 *	 8 bits  4   4   16 bits     32 bits
 *	+------+---+---+-----------+---------------------+
 *	| code |dst|src|  offset   |      immediate      |
 *	+------+---+---+-----------+---------------------+
 *
 * The only wide instruction, ld_imm64, takes two slots: the first has the low half of its constant
 * as immediate, the second, all zero but for its immediate, the high half. A loader changes a
 * program through two instructions only: ld_imm64 (addresses of maps, data and functions; its src
 * says which) and call (which function).
 */
#ifndef PBPF_INSN_H
#define PBPF_INSN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One slot, in the byte order of the host: what the kernel takes. */
struct pbpf_insn {
	uint8_t code;
	uint8_t regs; /* dst and src; use the functions below: their order follows the byte order */
	int16_t off;
	int32_t imm;
};

#define PBPF_INSN_SIZE 8u

enum {
	PBPF_OP_LD_IMM64 = 0x18,
	PBPF_OP_CALL = 0x85,
	PBPF_OP_EXIT = 0x95,
};

/* What an ld_imm64 loads, by its src. */
enum {
	PBPF_PSEUDO_MAP_FD = 1,		 /* the map with file descriptor imm */
	PBPF_PSEUDO_MAP_VALUE = 2,	 /* the first value of map imm, plus the second imm */
	PBPF_PSEUDO_BTF_ID = 3,		 /* a kernel variable, by BTF id */
	PBPF_PSEUDO_FUNC = 4,		 /* the function imm + 1 slots further on */
	PBPF_PSEUDO_MAP_INDEX = 5,	 /* the map whose fd is fd_array[imm] */
	PBPF_PSEUDO_MAP_INDEX_VALUE = 6, /* its first value, plus the second imm */
};

/* What a call calls, by its src. */
enum {
	PBPF_CALL_HELPER = 0, /* helper number imm */
	PBPF_CALL_LOCAL = 1,  /* the function imm + 1 slots further on */
	PBPF_CALL_KFUNC = 2,  /* the kernel function with BTF id imm */
};

static inline unsigned int pbpf_insn_src(const struct pbpf_insn *insn)
{
	return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? insn->regs >> 4 : insn->regs & 15;
}

static inline unsigned int pbpf_insn_dst(const struct pbpf_insn *insn)
{
	return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? insn->regs & 15 : insn->regs >> 4;
}

static inline void pbpf_insn_set_src(struct pbpf_insn *insn, unsigned int src)
{
	insn->regs =
		(uint8_t)(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? (insn->regs & 15) | src << 4
								    : (insn->regs & 0xf0) | src);
}

/* Copies `count` instructions out of a section of a file of the given byte order, at any alignment.
 */
void pbpf_insns_copy(struct pbpf_insn *insns, const uint8_t *bytes, size_t count, bool big_endian);

#ifdef __cplusplus
}
#endif

#endif
