#!/bin/sh
# SPDX-License-Identifier: MIT
# The source of a Debian package: bench/source.sh PACKAGE prints the folder that it is unpacked in.
#
# It comes from the newest of Debian's suites whose mirror has it, through apt with a state of its own, so
# the system's lists stay as they are, into a cache folder ($XDG_CACHE_HOME/plainbpf-bench). Nothing of it belongs to this project.
# When it cannot be had: "SKIP PACKAGE: reason" on stderr and exit status 77.
set -eu
package=${1:?usage: source.sh PACKAGE}
cache=${XDG_CACHE_HOME:-$HOME/.cache}/plainbpf-bench
tree=$cache/src/$package

skip() {
    echo "SKIP $package: $*" >&2
    exit 77
}

if [ -e "$tree/.complete" ]; then
    echo "$tree"
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
apt() {
    apt-get -q -o Dir::State::lists="$cache/apt/lists" -o Dir::State::status="$cache/apt/status" \
        -o Dir::Cache="$cache/apt/cache" -o Dir::Etc::sourcelist="$cache/apt/sources.list" \
        -o Dir::Etc::sourceparts=- -o APT::Sandbox::User=root "$@" >>"$cache/log" 2>&1
}
fetch_from() {
    echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $1 main" >"$cache/apt/sources.list"
    apt update && apt source --download-only --tar-only "$package"
}
cd "$cache/src"
fetch_from sid || fetch_from testing || fetch_from stable || skip "apt-get source failed, see $cache/log"
rm -rf "$tree" && mkdir "$tree"
tar -xf "$(ls "${package}"_*.orig.tar.* | head -n 1)" -C "$tree" --strip-components=1
touch "$tree/.complete"
echo "$tree"
