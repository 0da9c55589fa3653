#!/bin/sh
# The peer of the benchmarks: bench/libbpf.sh prints a folder that holds libbpf.a and include/bpf/*.h.
#
# The source comes from Debian's newest suite through apt with a state of its own, so the system's
# lists stay as they are; it is built once into a cache folder ($XDG_CACHE_HOME/plainbpf-bench).
# Nothing of it belongs to this project. When it cannot be had: "SKIP libbpf: reason" on stderr and
# exit status 77.
set -eu
cache=${XDG_CACHE_HOME:-$HOME/.cache}/plainbpf-bench
suite=sid

skip() {
    echo "SKIP libbpf: $*" >&2
    exit 77
}

if [ -f "$cache/libbpf/libbpf.a" ] && [ -d "$cache/libbpf/include/bpf" ]; then
    echo "$cache/libbpf"
    exit
fi
command -v apt-get >/dev/null || skip "no apt-get here"
command -v dpkg-source >/dev/null || skip "no dpkg-source here (package dpkg-dev)"
mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/*.sources /etc/apt/sources.list.d/*.list 2>/dev/null |
    sed -n -e 's/^URIs: *\([^ ]*\/debian\)\/\{0,1\}$/\1/p' -e 's/^deb \(\[[^]]*\] \)\{0,1\}\([^ ]*\/debian\)\/\{0,1\} .*/\2/p' |
    head -n 1)
[ -n "$mirror" ] || skip "no Debian mirror in the system's apt sources"

mkdir -p "$cache/apt/lists/partial" "$cache/apt/cache/archives/partial" "$cache/src"
: >"$cache/apt/status"
echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" \
    >"$cache/apt/sources.list"
apt() {
    apt-get -q -o Dir::State::lists="$cache/apt/lists" -o Dir::State::status="$cache/apt/status" \
        -o Dir::Cache="$cache/apt/cache" -o Dir::Etc::sourcelist="$cache/apt/sources.list" \
        -o Dir::Etc::sourceparts=- -o APT::Sandbox::User=root "$@" >>"$cache/log" 2>&1
}
cd "$cache/src"
apt update || skip "apt-get update failed, see $cache/log"
apt source --download-only libbpf || skip "apt-get source failed, see $cache/log"
rm -rf tree && mkdir tree
tar -xf "$(ls libbpf_*.orig.tar.* | head -n 1)" -C tree --strip-components=1
make -C tree/src BUILD_STATIC_ONLY=1 OBJDIR="$cache/build" DESTDIR="$cache/root" PREFIX=/usr LIBDIR=/lib \
    INCLUDEDIR=/include install install_uapi_headers >>"$cache/log" 2>&1 ||
    skip "libbpf does not build (libelf and zlib headers?), see $cache/log"
rm -rf "$cache/libbpf" && mkdir "$cache/libbpf"
find "$cache/root" -name libbpf.a -exec cp {} "$cache/libbpf/" \;
cp -R "$cache/root/usr/include" "$cache/root/include" "$cache/libbpf/"
sed -n 's/^LIBBPF_\(MAJOR\|MINOR\)_VERSION := //p' tree/src/Makefile >"$cache/libbpf/version"
echo "$cache/libbpf"
