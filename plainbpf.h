/* SPDX-License-Identifier: MIT */
/*
 * plainbpf: loads eBPF object files. This header includes every public header; each of them is the
 * manual of its stage, and may be included alone.
 *
 *	base      what the library gets from its host: memory, words, the kernel
 *	elf       bytes of an object file -> sections, symbols, relocations
 *	btf       its type information -> types
 *	relo      instructions that fit the running kernel
 *	sys       bpf(2), one function for each command
 *	loader    object -> maps and programs in the kernel
 *	link      a loaded program -> the place where it runs
 *	ringbuf   bytes that a program sends
 */
#ifndef PLAINBPF_H
#define PLAINBPF_H

#include "base/pbpf_base.h"
#include "btf/pbpf_btf.h"
#include "btf/pbpf_btf_adapt.h"
#include "btf/pbpf_btf_ext.h"
#include "btf/pbpf_btf_print.h"
#include "btf/pbpf_btf_set.h"
#include "elf/pbpf_elf.h"
#include "link/pbpf_link.h"
#include "link/pbpf_link_net.h"
#include "link/pbpf_link_query.h"
#include "link/pbpf_link_trace.h"
#include "link/pbpf_link_usdt.h"
#include "loader/pbpf_doctor.h"
#include "loader/pbpf_kernel_btf.h"
#include "loader/pbpf_loader.h"
#include "loader/pbpf_map.h"
#include "loader/pbpf_pin.h"
#include "loader/pbpf_program.h"
#include "loader/pbpf_struct_ops.h"
#include "loader/pbpf_verifier_log.h"
#include "relo/pbpf_core.h"
#include "relo/pbpf_insn.h"
#include "relo/pbpf_relo.h"
#include "ringbuf/pbpf_overwrite.h"
#include "ringbuf/pbpf_perfbuf.h"
#include "ringbuf/pbpf_ringbuf.h"
#include "ringbuf/pbpf_user_ringbuf.h"
#include "sys/pbpf_abi.h"
#include "sys/pbpf_info.h"
#include "sys/pbpf_kernel.h"
#include "sys/pbpf_objects.h"
#include "sys/pbpf_since.h"
#include "sys/pbpf_sys.h"
#include "sys/pbpf_sys_attach.h"
#include "sys/pbpf_sys_object.h"

#endif
