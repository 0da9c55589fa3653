#!/bin/sh
# SPDX-License-Identifier: MIT
# The peer of the benchmarks: bench/libbpf.sh prints a folder that holds libbpf.a and include/bpf/*.h.
#
# Built once from Debian's source package (see source.sh) into a cache folder ($XDG_CACHE_HOME/plainbpf-bench).
# Nothing of it belongs to this project. When it cannot be had: "SKIP libbpf: reason" on stderr and
# exit status 77.
set -eu
cd "$(dirname "$0")"
cache=${XDG_CACHE_HOME:-$HOME/.cache}/plainbpf-bench

if [ ! -f "$cache/libbpf/libbpf.a" ] || [ ! -d "$cache/libbpf/include/bpf" ]; then
    tree=$(./source.sh libbpf)
    make -C "$tree/src" BUILD_STATIC_ONLY=1 OBJDIR="$cache/build" DESTDIR="$cache/root" PREFIX=/usr LIBDIR=/lib \
        INCLUDEDIR=/include install install_uapi_headers >>"$cache/log" 2>&1 || {
        echo "SKIP libbpf: it does not build (libelf and zlib headers?), see $cache/log" >&2
        exit 77
    }
    rm -rf "$cache/libbpf" && mkdir "$cache/libbpf"
    find "$cache/root" -name libbpf.a -exec cp {} "$cache/libbpf/" \;
    cp -R "$cache/root/usr/include" "$cache/root/include" "$cache/libbpf/"
    sed -n 's/^LIBBPF_\(MAJOR\|MINOR\)_VERSION := //p' "$tree/src/Makefile" >"$cache/libbpf/version"
fi
echo "$cache/libbpf"
