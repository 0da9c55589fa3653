#!/bin/sh
# SPDX-License-Identifier: MIT
# The headers for the kernel side: each compiles alone, and the helpers are all there.
set -u
cd "$(dirname "$0")/.." || exit 1
out=${BUILD:-build}/tests/bpf_headers
mkdir -p "$out" || exit 1
clang=${CLANG:-clang}
flags="-target bpf -O2 -g -Wall -Werror -I. -idirafter /usr/include/$(${CC:-cc} -print-multiarch 2>/dev/null)"

verdict() {
    if [ "$1" -eq 0 ]; then echo "ok $2"; else echo "not ok $2"; fi
}

# Every helper that this machine's <linux/bpf.h> describes has its number in our table.
if [ -e /usr/include/linux/bpf.h ]; then
    numbers='s/^static .*\(bpf_[a-z0-9_]*\))(.*(void \*)\([0-9]*\);$/\1 \2/p'
    bpf/gen_helper_defs.sh 2>"$out/log" | sed -n "$numbers" | sort >"$out/here"
    sed -n "$numbers" bpf/bpf_helper_defs.h | sort >"$out/ours"
    [ -s "$out/here" ] && [ -z "$(comm -23 "$out/here" "$out/ours")" ]
    verdict $? "the helpers of <linux/bpf.h> are in bpf_helper_defs.h"
else
    echo "SKIP helper table: no <linux/bpf.h>"
fi

scripts/helper_names.sh | cmp -s - sys/helper_names.c
verdict $? "sys/helper_names.c is made of bpf_helper_defs.h"

# Which release this machine's header is of, and so what is in it, has its line in sys/since.c.
if [ -e /usr/include/linux/bpf.h ]; then
    line=$(scripts/last_numbers.sh | tr -d ' {}')
    tr -d ' \t\n' <sys/since.c | grep -o '{[0-9,]*}' | tr -d '{}' | sort -t, -n -k1,1 -k2,2 >"$out/since"
    # The line of its release, or of the last one before.
    awk -F, -v of="$line" 'BEGIN { split(of, w, ",") } $1 < w[1] || ($1 == w[1] && $2 <= w[2]) { last = $0 }
        END { sub(/^[0-9]*,[0-9]*,/, "", last); sub(/^[0-9]*,[0-9]*,/, "", of); exit last != of }' "$out/since"
    verdict $? "sys/since.c has what <linux/bpf.h> has"
fi

if ! echo '#include <linux/bpf.h>' | $clang $flags -fsyntax-only -x c - 2>"$out/log"; then
    echo "SKIP compiling for BPF: no $clang that compiles for BPF with <linux/bpf.h>"
    exit 0
fi
for header in bpf/bpf_*.h; do
    printf '#include <linux/bpf.h>\n#include <%s>\n' "$header" >"$out/alone.c"
    $clang $flags -Wno-unused-const-variable -c "$out/alone.c" -o "$out/alone.o"
    verdict $? "$header compiles alone"
done
for arch in x86 arm64 riscv powerpc s390; do
    $clang $flags -D__TARGET_ARCH_$arch -c tests/bpf_macros.c -o "$out/macros_$arch.o"
    verdict $? "the macros of bpf/ compile for $arch"
done
