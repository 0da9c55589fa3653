/* SPDX-License-Identifier: MIT */
/*
 * The library as one file, for those who would rather add a file to their build than a library:
 *
 *	cc -std=gnu11 -O2 -I<this folder> -c plainbpf.c                     link with -lelf
 *	cc -std=gnu11 -O2 -I<this folder> -DPBPF_ELF_BUILTIN -c plainbpf.c  needs libc only
 *
 * All sources meet here, so a static name is unique in the whole library. Made by `make one-file`.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "base/env.c"
#include "base/error.c"
#include "base/sort.c"
#include "base/spell.c"

#ifdef PBPF_ELF_BUILTIN
#include "elf/builtin.c"
#else
#include "elf/libelf.c"
#endif
#include "elf/header.c"
#include "elf/open.c"
#include "elf/records.c"

#include "btf/bottom_up.c"
#include "btf/c_layout.c"
#include "btf/c_names.c"
#include "btf/check.c"
#include "btf/ext.c"
#include "btf/find.c"
#include "btf/header.c"
#include "btf/index.c"
#include "btf/kinds.c"
#include "btf/nesting.c"
#include "btf/parse.c"
#include "btf/place.c"
#include "btf/resize.c"
#include "btf/scalar.c"
#include "btf/text.c"
#include "btf/types.c"
#include "btf/value.c"
#include "btf/view.c"

#include "sys/attach.c"
#include "sys/call.c"
#include "sys/file.c"
#include "sys/kernel.c"
#include "sys/map.c"
#include "sys/object.c"
#include "sys/prog.c"

#include "ringbuf/map.c"
#include "ringbuf/perfbuf.c"
#include "ringbuf/perfbuf_map.c"
#include "ringbuf/ringbuf.c"

#include "link/compat_perf.c"
#include "link/link.c"
#include "link/perf_event.c"
#include "link/tracepoint.c"

#include "relo/core.c"
#include "relo/core_agree.c"
#include "relo/core_apply.c"
#include "relo/core_find.c"
#include "relo/core_match.c"
#include "relo/core_patch.c"
#include "relo/core_path.c"
#include "relo/core_text.c"
#include "relo/core_value.c"
#include "relo/functions.c"
#include "relo/info.c"
#include "relo/link.c"
#include "relo/refer.c"

#include "loader/attach.c"
#include "loader/btf.c"
#include "loader/core.c"
#include "loader/cpus.c"
#include "loader/globals.c"
#include "loader/kernel_btf.c"
#include "loader/kernel_modules.c"
#include "loader/load.c"
#include "loader/load_btf.c"
#include "loader/load_map.c"
#include "loader/load_program.c"
#include "loader/map.c"
#include "loader/map_defs.c"
#include "loader/map_elements.c"
#include "loader/map_legacy.c"
#include "loader/map_match.c"
#include "loader/map_slots.c"
#include "loader/map_walk.c"
#include "loader/maps.c"
#include "loader/names.c"
#include "loader/object.c"
#include "loader/pin.c"
#include "loader/pin_object.c"
#include "loader/programs.c"
#include "loader/refusal.c"
#include "loader/sections.c"
#include "loader/targets.c"
#include "loader/verifier_log.c"
