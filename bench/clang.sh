#!/bin/sh
# SPDX-License-Identifier: MIT
# A compiler that knows today's BPF: bench/clang.sh prints the path of a clang-19.
#
# The one that is installed, or one unpacked from Debian's packages into the cache folder
# ($XDG_CACHE_HOME/plainbpf-bench), nothing being installed. When it cannot be had: "SKIP clang-19: reason"
# on stderr and exit status 77.
set -eu
cache=${XDG_CACHE_HOME:-$HOME/.cache}/plainbpf-bench
clang=$cache/clang-19/clang

skip() {
    echo "SKIP clang-19: $*" >&2
    exit 77
}
command -v clang-19 && exit
if [ ! -x "$clang" ]; then
    command -v apt-get >/dev/null || skip 'no apt-get here'
    packages=$(apt-get -s install --no-install-recommends clang-19 2>/dev/null | sed -n 's/^Inst \([^ ]*\).*/\1/p')
    [ -n "$packages" ] || skip 'apt does not know it'
    rm -rf "$cache/clang-19" && mkdir -p "$cache/clang-19/packages"
    cd "$cache/clang-19/packages"
    # shellcheck disable=SC2086
    apt-get -q -o APT::Sandbox::User=root download $packages >>"$cache/log" 2>&1 || skip "no download, see $cache/log"
    for package in *.deb; do dpkg-deb -x "$package" ../root; done
    rm -r ../packages
    cd ../root/usr/lib
    cat >"$clang" <<END
#!/bin/sh
LD_LIBRARY_PATH=$(echo "$PWD"/*-linux-gnu):$PWD/llvm-19/lib exec $PWD/llvm-19/bin/clang "\$@"
END
    chmod +x "$clang"
fi
"$clang" --version >/dev/null 2>&1 || skip "$clang does not run"
echo "$clang"
