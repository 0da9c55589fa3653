#!/bin/sh
# SPDX-License-Identifier: MIT
# Writes plainbpf.c, which includes every source of the library, to stdout: make one-file. The arguments are
# the library's objects: what they share among themselves is read off them.
set -eu
cd "$(dirname "$0")/.."

cat <<'END'
/* SPDX-License-Identifier: MIT */
/*
 * The library as one file, for those who would rather add a file to their build than a library:
 *
 *	cc -std=gnu11 -O2 -I<this folder> -c plainbpf.c                     link with -lelf -lz
 *	cc -std=gnu11 -O2 -I<this folder> -DPBPF_ELF_BUILTIN -DPBPF_NO_ZLIB -c plainbpf.c
 *	                                                                    needs libc only
 *
 * All sources meet here, so a static name is unique in the whole library. Made by `make one-file`.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

/* What these files share among themselves gets the prefix too, so that it cannot clash with yours. */
END
[ $# -eq 0 ] || nm -g --defined-only "$@" | awk 'NF == 3 && $3 !~ /^(pbpf_|_)/ { print $3 }' | LC_ALL=C sort -u |
    sed 's/.*/#define & pbpf_private_&/'
for module in $(sed -n 's/^MODULES *:= *//p' Makefile); do
    echo
    for source in "$module"/*.c; do
        case $source in
        elf/builtin.c) printf '#ifdef PBPF_ELF_BUILTIN\n#include "%s"\n#else\n#include "elf/libelf.c"\n#endif\n' "$source" ;;
        elf/libelf.c) ;;
        *) printf '#include "%s"\n' "$source" ;;
        esac
    done
done
