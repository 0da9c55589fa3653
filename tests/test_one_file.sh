#!/bin/sh
# SPDX-License-Identifier: MIT
# The library as one file: plainbpf.c includes every source, and compiles alone, with libelf and without.
# Compiling it is also what keeps static names unique.
set -u
cd "$(dirname "$0")/.." || exit 1
out=${BUILD:-build}/tests/one_file
mkdir -p "$out" && rm -f "$out/plainbpf.o" || exit 1

scripts/one_file.sh | grep '^#include' >"$out/wanted"
if grep '^#include' plainbpf.c | diff - "$out/wanted" >"$out/diff"; then
    echo "ok plainbpf.c includes every source"
else
    echo "not ok plainbpf.c includes every source; make one-file writes it anew:"
    cat "$out/diff"
fi

compile() {
    name=$1
    shift
    if ${CC:-cc} -std=c11 -D_GNU_SOURCE -O2 -Wall -Wextra -Wshadow -Werror "$@" -I. -c plainbpf.c -o "$out/plainbpf.o"; then
        echo "ok plainbpf.c compiles $name"
    else
        echo "not ok plainbpf.c compiles $name"
    fi
}
[ "${ELF:-libelf}" = builtin ] || [ "${ZLIB:-1}" = 0 ] || compile "with libelf and zlib"
compile "without libelf and zlib" -DPBPF_ELF_BUILTIN -DPBPF_NO_ZLIB

# No symbol of the library may clash with its user's.
if [ -e "$out/plainbpf.o" ]; then
    names=$(nm -g --defined-only "$out/plainbpf.o" | awk '{print $3}' | grep -v '^pbpf_')
    if [ -n "$names" ]; then
        echo "not ok every symbol begins with pbpf_: $(echo $names)"
    else
        echo "ok every symbol begins with pbpf_"
    fi
fi
