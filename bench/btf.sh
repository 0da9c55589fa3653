#!/bin/sh
# SPDX-License-Identifier: MIT
# The kernel's BTF, beside libbpf in one run: bench/btf.sh [BUILD].
#
# Parse, open in place, index, find 1, 10 and 100 structs, print vmlinux.h; each from a cold start, in a
# process of its own: instructions in user space (callgrind; of the task alone, from opening the file to
# freeing what was made of it), microseconds by the clock (median of 11), and the peak memory of the process.
# Then the ratios, and the bars. SKIP with the reason where something is missing.
set -u
cd "$(dirname "$0")/.." || exit 1
build=${1:-build}
here=$build/bench

skip() {
    echo "SKIP bench/btf: $*"
    exit 0
}
[ -r /sys/kernel/btf/vmlinux ] || skip 'this kernel shows no BTF'
command -v valgrind >/dev/null || skip 'no valgrind'
mkdir -p "$here" || exit 1
libbpf=$(bench/libbpf.sh 2>"$here/libbpf.log") || skip "libbpf cannot be had: $(tail -n 1 "$here/libbpf.log")"

${CC:-cc} -std=gnu11 -O2 -g -I. -Ibench bench/btf_plainbpf.c "$build/libplainbpf.a" -lelf -lz \
    -o "$here/btf_plainbpf" || exit 1
${CC:-cc} -std=gnu11 -O2 -g -Ibench -isystem "$libbpf/include" bench/btf_libbpf.c "$libbpf/libbpf.a" -lelf -lz \
    -o "$here/btf_libbpf" || exit 1

# every 80th struct that has a name
"$build/plainbpf" btf dump /sys/kernel/btf/vmlinux |
    sed -n "s/^\[[0-9]*\] STRUCT '\([a-z][a-z0-9_]*\)' .*/\1/p" | awk '!seen[$0]++ && ++n % 80 == 1' >"$here/names.all"
head -n 100 "$here/names.all" >"$here/names"
[ "$(wc -l <"$here/names")" -eq 100 ] || skip 'fewer than 100 structs'

instructions() {
    valgrind --tool=callgrind --toggle-collect=measured --callgrind-out-file=/dev/null "$@" 2>&1 >/dev/null \
        <"$here/names" | sed -n 's/.*Collected : \([0-9]*\).*/\1/p'
}
# column N of what the program prints, median of 11 processes
median() {
    column=$1
    shift
    for run in 1 2 3 4 5 6 7 8 9 10 11; do "$@" <"$here/names"; done | sort -n -k "$column,$column" |
        awk -v c="$column" 'NR == 6 { print $c }'
}

printf '%-9s %-9s %6s %12s %9s %8s\n' task library result instructions clock/us peak/KiB
for task in parse view index 'find 1' 'find 10' 'find 100' header; do
    for library in libbpf plainbpf; do
        [ "$library $task" != 'libbpf index' ] || continue # it has none
        # shellcheck disable=SC2086
        set -- "$here/btf_$library" $task
        printf '%-9s %-9s %6s %12s %9s %8s\n' "$(echo "$task" | tr ' ' -)" "$library" "$(median 1 "$@")" \
            "$(instructions "$@")" "$(median 2 "$@")" "$(median 3 "$@")"
    done
done | tee "$here/btf.txt"
awk '
function bar(what, value, most) {
    printf "%-52s %10.2f  at most %-6.2f %s\n", what, value, most, value <= most ? "held" : "MISSED"
}
$2 == "libbpf" { i[$1] = $4; c[$1] = $5; m[$1] = $6 }
$2 == "plainbpf" && $1 in i {
    printf "%-9s plainbpf/libbpf: instructions %.3f, clock %.2f, peak memory %.2f\n", $1, $4 / i[$1], $5 / c[$1], $6 / m[$1]
}
$2 == "plainbpf" { I[$1] = $4; C[$1] = $5; M[$1] = $6 }
END {
    bar("10 names, cold: million instructions", I["find-10"] / 1e6, 3.5)
    bar("10 names, cold: part of the time of libbpf'\''s load", C["find-10"] / c["view"], 0.25)
    bar("vmlinux.h: part of the instructions of btf_dump", I["header"] / i["header"], 1 / 3)
    bar("vmlinux.h: peak memory of the process, MiB", M["header"] / 1024, 4)
}' "$here/btf.txt"
