#!/bin/sh
# SPDX-License-Identifier: MIT
# The same objects through libbpf and through plainbpf: what each hands to bpf(2) must be the same, but for the
# differences that same_as_libbpf.c lists with their reason.
set -u
cd "$(dirname "$0")/../.." || exit 1
build=${BUILD:-build}
name=same_as_libbpf

skip() {
    echo "SKIP $name: $*"
    exit 0
}
[ "$(id -u)" -eq 0 ] || skip 'needs root'
libbpf=$(bench/libbpf.sh 2>"$build/$name.log") || skip "libbpf cannot be had: $(tail -n 1 "$build/$name.log")"
${CC:-cc} -std=c11 -D_GNU_SOURCE -O1 -I. -isystem "$libbpf/include" tests/peers/$name.c -Wl,--wrap=syscall \
    "$build/libplainbpf.a" "$libbpf/libbpf.a" -lelf -lz -o "$build/$name" >"$build/$name.log" 2>&1 ||
    skip "libelf or zlib to link with is missing: $(tail -n 1 "$build/$name.log")"
own="tests/data/globals.bpf.o tests/data/subprogs.bpf.o tests/data/maps.bpf.o tests/data/counter.bpf.o
    tests/data/execsnoop.bpf.o tests/data/core.bpf.o"
objects=$(tests/kernel/fetch_objects.sh "$build/objects" >/dev/null && ls "$build"/objects/*.o)
[ -n "$objects" ] || echo "SKIP $name of others' objects: they cannot be had"
# What bench/selftests.sh made of the kernel's own tests, if it ran: some 480 objects, for which it takes minutes.
for object in "$build"/selftests/libbpf/*.bpf.o; do
    [ ! -e "$object" ] || objects="$objects $object"
done
# Some objects pin maps: into a bpffs that only this run sees.
unshare -m sh -c 'mount -t bpf bpffs /sys/fs/bpf && exec "$@"' sh "$build/$name" $own $objects
