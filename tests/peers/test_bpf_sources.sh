#!/bin/sh
# SPDX-License-Identifier: MIT
# Programs that others wrote compile with the headers of bpf/ in place of libbpf's, and the objects load
# wherever those compiled with libbpf's load.
#
# They are the libbpf-tools in the source of Debian's package bpfcc, compiled with $CLANG and with clang-19,
# against a vmlinux.h made by `plainbpf btf dump`, without libbpf's headers in reach. As root, the objects that
# either set of headers gave are then loaded. Nothing is attached, and nothing of the sources is kept here.
set -u
cd "$(dirname "$0")/../.." || exit 1
build=${BUILD:-build}
here=$build/tests/bpf_sources
name=bpf_sources

skip() {
    echo "SKIP $name: $*"
    exit 0
}
mkdir -p "$here" || exit 1
here=$(realpath "$here")
[ -r /sys/kernel/btf/vmlinux ] || skip 'this kernel shows no BTF, so there is no vmlinux.h'
[ "$(uname -m)" = x86_64 ] || skip 'the sources are compiled for x86-64'
sources=$(bench/source.sh bpfcc 2>"$here/log") || skip "$(tail -n 1 "$here/log")"
"$build/plainbpf" btf dump /sys/kernel/btf/vmlinux --format c >"$here/vmlinux.h" || exit 1

# Compiles all sources: compile CLANG HEADERS FOLDER. Softirqs wants v3, says its Makefile. Words: what failed.
cc=$PWD/bench/bpf_cc.sh
compile() {
    rm -rf "$here/$3" && mkdir "$here/$3"
    for source in "$sources"/libbpf-tools/*.bpf.c; do
        object=$here/$3/$(basename "$source" .c).o
        (cd "$sources/libbpf-tools" && "$cc" "$1" "$2" -mcpu=v3 -I"$here" -I. -c "$source" -o "$object") \
            2>"$object.log" || echo "$(basename "$source"): $(grep -m 1 error: "$object.log")"
    done
}
# The objects of a folder that load.
loaded() {
    for object in "$here/$1"/*.o; do
        timeout 60 "$build/plainbpf" load "$object" >/dev/null 2>&1 && basename "$object"
    done
}
verdict() {
    if [ -z "$2" ]; then echo "ok $1"; else printf '%s\nnot ok %s\n' "$2" "$1"; fi
}

libbpf=
[ "$(id -u)" -ne 0 ] || libbpf=$(bench/libbpf.sh 2>"$here/log")
[ -n "$libbpf" ] || echo "SKIP $name of loading: not root, or libbpf's headers cannot be had"

for clang in "${CLANG:-clang}" "$(bench/clang.sh 2>"$here/log")"; do
    command -v "$clang" >/dev/null || {
        echo "SKIP $name: no ${clang:-clang-19}: $(tail -n 1 "$here/log")"
        continue
    }
    version=$("$clang" -dumpversion | cut -d. -f1)
    verdict "$(ls "$sources"/libbpf-tools/*.bpf.c | wc -l) sources compile with bpf/ and clang $version" \
        "$(compile "$clang" "$PWD" "own-$version")"
    [ -n "$libbpf" ] || continue
    compile "$clang" "$libbpf/include" "libbpf-$version" >/dev/null
    loaded "libbpf-$version" >"$here/loaded.libbpf"
    loaded "own-$version" >"$here/loaded.own"
    verdict "$(wc -l <"$here/loaded.own") objects of clang $version load as with libbpf's headers" \
        "$(comm -23 "$here/loaded.libbpf" "$here/loaded.own")"
done
