#!/bin/sh
# SPDX-License-Identifier: MIT
# Compiles for BPF with <bpf/...> of one folder and no other: bench/bpf_cc.sh CLANG FOLDER ARGUMENT...
#
# libbpf's headers may be installed, so the system's are taken from a folder of links that leaves them out,
# made once ($XDG_CACHE_HOME/plainbpf-bench/system).
set -eu
clang=$1 folder=$2
shift 2
system=${XDG_CACHE_HOME:-$HOME/.cache}/plainbpf-bench/system

if [ ! -d "$system" ]; then
    mkdir -p "$system.new"
    ln -sfn /usr/include/* "$system.new/"
    rm -f "$system.new/bpf"
    multiarch=$(${CC:-cc} -print-multiarch)
    [ -z "$multiarch" ] || ln -sfn "/usr/include/$multiarch"/* "$system.new/"
    mv -T "$system.new" "$system"
fi
exec "$clang" -target bpf -g -O2 -D__TARGET_ARCH_x86 -nostdlibinc -I"$folder" "$@" -idirafter "$system"
