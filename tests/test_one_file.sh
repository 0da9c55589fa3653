#!/bin/sh
# SPDX-License-Identifier: MIT
# The library as one file: plainbpf.c includes every source, and compiles alone, with libelf and without.
# Compiling it is also what keeps static names unique.
set -u
cd "$(dirname "$0")/.." || exit 1
out=${BUILD:-build}/tests/one_file
mkdir -p "$out" || exit 1

modules=$(sed -n 's/^MODULES *:= *//p' Makefile)
for module in $modules; do ls "$module"/*.c; done | sort >"$out/sources"
sed -n 's/^#include "\(.*\.c\)"$/\1/p' plainbpf.c | sort >"$out/included"
if diff "$out/sources" "$out/included" >"$out/diff"; then
    echo "ok plainbpf.c includes every source"
else
    echo "not ok plainbpf.c includes every source (< missing, > gone):"
    cat "$out/diff"
fi

compile() {
    name=$1
    shift
    if ${CC:-cc} -std=c11 -D_GNU_SOURCE -O1 -Wall -Wextra -Werror "$@" -I. -c plainbpf.c -o "$out/plainbpf.o"; then
        echo "ok plainbpf.c compiles $name"
    else
        echo "not ok plainbpf.c compiles $name"
    fi
}
[ "${ELF:-libelf}" = builtin ] || compile "with libelf"
compile "without libelf" -DPBPF_ELF_BUILTIN

# No symbol of the library may clash with its user's.
if names=$(nm -g --defined-only "$out/plainbpf.o" | awk '{print $3}' | grep -v '^pbpf_'); then
    echo "not ok every symbol begins with pbpf_:" $names
else
    echo "ok every symbol begins with pbpf_"
fi
