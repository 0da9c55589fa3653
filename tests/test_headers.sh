#!/bin/sh
# SPDX-License-Identifier: MIT
# Each public header compiles alone, as C11 and as C++, and needs only three headers of the C library.
set -u
cd "$(dirname "$0")/.." || exit 1
out=${BUILD:-build}/tests/headers
mkdir -p "$out" || exit 1

headers="plainbpf.h $(ls ./*/pbpf_*.h)"
cxx=
for name in ${CXX:-} c++ g++ clang++; do
    if command -v "$name" >/dev/null 2>&1; then
        cxx=$name
        break
    fi
done
[ -n "$cxx" ] || echo "SKIP headers as C++: no C++ compiler"

check() {
    if "$@" >"$out/log" 2>&1; then
        echo "ok $what"
    else
        echo "not ok $what"
        head -n 5 "$out/log"
    fi
}
only_plain_headers() {
    sed -n 's/^#include <\(.*\)>$/\1/p' "$1" | grep -vx -e stddef.h -e stdint.h -e stdbool.h && return 1
    return 0
}
ls ./*/pbpf_*.h | sed 's|^./||' | sort >"$out/all"
sed -n 's/^#include "\(.*\)"$/\1/p' plainbpf.h | sort >"$out/included"
what='plainbpf.h includes every public header'
check diff "$out/all" "$out/included"

for header in $headers; do
    header=${header#./}
    echo "#include \"$header\"" >"$out/alone.c"
    what="$header as C11"
    check ${CC:-cc} -std=c11 -pedantic -Wall -Wextra -Werror -I. -fsyntax-only "$out/alone.c"
    if [ -n "$cxx" ]; then
        what="$header as C++"
        check "$cxx" -x c++ -pedantic -Wall -Wextra -Werror -I. -fsyntax-only "$out/alone.c"
    fi
    what="$header needs plain headers only"
    check only_plain_headers "$header"
done
