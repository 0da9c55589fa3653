#!/bin/sh
# SPDX-License-Identifier: MIT
# A peer's own test suite through both loaders: bench/selftests.sh [BUILD]. As root.
#
# Debian's linux-source-6.1 holds the kernel's BPF selftests. Their programs are compiled by clang-19 with a
# vmlinux.h of this kernel, made by `plainbpf btf dump`, once with the headers of bpf/ and once with libbpf's;
# the latter objects then go through libbpf and through `plainbpf load`. Nothing is attached: a program that
# loads is gone again when its loader ends. Objects that pin maps do so in a bpffs of their own.
#
# Prints the objects on which the loaders differ, what each says, and the totals. Exit status 1 when libbpf
# loads an object that plainbpf does not, or one compiles with libbpf's headers only. Nothing of the suite
# belongs to this project: it stays in the cache folder and in BUILD/selftests.
set -u
self=$(realpath "$0")
cd "$(dirname "$0")/.." || exit 1
build=$(realpath "${1:-build}")
here=$build/selftests
cache=${XDG_CACHE_HOME:-$HOME/.cache}/plainbpf-bench

# What a loader says to each object, and its exit status; in a mount namespace of its own.
if [ "${2:-}" = inside ]; then
    shift 2
    for object in "$here"/libbpf/*.bpf.o; do
        mount -t bpf bpffs /sys/fs/bpf || exit 1
        timeout 60 "$@" "$object" >/dev/null 2>"$object.said"
        echo "$(basename "$object" .bpf.o) $?"
        umount /sys/fs/bpf
    done
    exit
fi

skip() {
    echo "SKIP bench/selftests: $*"
    exit 0
}
[ "$(id -u)" -eq 0 ] || skip 'needs root'
[ -r /sys/kernel/btf/vmlinux ] || skip 'this kernel shows no BTF'
mkdir -p "$here" "$cache/src" || exit 1
libbpf=$(bench/libbpf.sh 2>"$here/log") || skip "$(tail -n 1 "$here/log")"
clang=$(bench/clang.sh 2>"$here/log") || skip "$(tail -n 1 "$here/log")"

# --- The suite --------------------------------------------------------------------------------
linux=$cache/src/linux-6.1
suite=$linux/tools/testing/selftests/bpf
if [ ! -e "$linux/.complete" ]; then
    rm -rf "$linux" "$linux.deb" && mkdir -p "$linux" "$linux.deb"
    (cd "$linux.deb" && apt-get -q -o APT::Sandbox::User=root download linux-source-6.1) >"$here/log" 2>&1 ||
        skip "apt-get cannot download linux-source-6.1: $(tail -n 1 "$here/log")"
    dpkg-deb --fsys-tarfile "$linux.deb"/*.deb | tar -xO --wildcards '*/linux-source-6.1.tar.xz' |
        tar -xJ -C "$linux" --strip-components=1 linux-source-6.1/tools/testing/selftests/bpf \
            linux-source-6.1/tools/include || skip 'linux-source-6.1 cannot be unpacked'
    rm -r "$linux.deb"
    touch "$linux/.complete"
fi

# --- Objects ----------------------------------------------------------------------------------
# __kptr_ref is what __kptr was called in 6.1; its programs declare the kernel's functions by themselves.
compile() {
    mkdir -p "$here/$1"
    for source in "$suite"/progs/*.c; do
        name=$(basename "$source" .c)
        [ -e "$here/$1/$name.log" ] ||
            (cd "$suite/progs" && "$cc" "$clang" "$2" -mcpu=v3 -Wno-everything -DENABLE_ATOMICS_TESTS \
                -D__kptr_ref=__kptr -DBPF_NO_KFUNC_PROTOTYPES -I"$here" -I"$suite" -I"$linux/tools/include/uapi" \
                -c "$name.c" -o "$here/$1/$name.bpf.o") >"$here/$1/$name.log" 2>&1
    done
}
cc=$PWD/bench/bpf_cc.sh
"$build/plainbpf" btf dump /sys/kernel/btf/vmlinux --format c >"$here/vmlinux.h.new" || exit 1
if ! cmp -s "$here/vmlinux.h.new" "$here/vmlinux.h"; then
    rm -rf "$here/libbpf" "$here/own"
    mv "$here/vmlinux.h.new" "$here/vmlinux.h"
fi
compile libbpf "$libbpf/include"
rm -rf "$here/own" # the headers may have changed
compile own "$PWD"

# --- The loaders ------------------------------------------------------------------------------
${CC:-cc} -std=gnu11 -O2 -isystem "$libbpf/include" bench/open_libbpf.c "$libbpf/libbpf.a" -lelf -lz \
    -o "$here/open_libbpf" || exit 1

run_all() {
    loader=$1
    shift
    unshare -m "$self" "$build" inside "$@" >"$here/status.$loader" || skip 'no mount namespace of its own'
    rm -rf "$here/said.$loader" && mkdir "$here/said.$loader"
    for said in "$here"/libbpf/*.said; do mv "$said" "$here/said.$loader/$(basename "$said" .bpf.o.said)"; done
}
run_all libbpf "$here/open_libbpf"
run_all plainbpf "$build/plainbpf" load

# --- The table --------------------------------------------------------------------------------
join "$here/status.libbpf" "$here/status.plainbpf" >"$here/status"
echo '--- Objects that libbpf loads and plainbpf does not'
awk '$2 == 0 && $3 != 0 { print $1 }' "$here/status" | while read -r name; do
    echo "$name: $(grep -v '^warning' "$here/said.plainbpf/$name" | head -n 1)"
done
echo '--- Objects that plainbpf loads and libbpf does not'
awk '$2 != 0 && $3 == 0 { print $1 }' "$here/status" | while read -r name; do
    echo "$name: $(grep -v 'failed to load object' "$here/said.libbpf/$name" | tail -n 1)"
done
echo '--- Sources that compile with the headers of libbpf only'
only=$(for object in "$here"/libbpf/*.bpf.o; do
    name=$(basename "$object")
    [ -e "$here/own/$name" ] || echo "$name: $(grep -m 1 error: "$here/own/${name%.bpf.o}.log")"
done)
[ -z "$only" ] || echo "$only"
echo '--- Totals'
echo "$(ls "$suite"/progs/*.c | wc -l) sources; compiled with libbpf's headers: $(ls "$here"/libbpf/*.bpf.o | wc -l)," \
    "with those of bpf/: $(ls "$here"/own/*.bpf.o | wc -l)"
awk '{ of++; libbpf += !$2; plainbpf += !$3; both += !$2 && !$3; missed += !$2 && $3 }
    END { printf "%d objects: libbpf loads %d, plainbpf %d, both %d\n", of, libbpf, plainbpf, both; exit missed > 0 }' \
    "$here/status" && [ -z "$only" ]
