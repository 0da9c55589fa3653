#!/bin/sh
# SPDX-License-Identifier: MIT
# Opening and loading, beside libbpf in one run: bench/load.sh [BUILD]. As root.
#
# For objects of different weight, from Debian's packages: instructions in user space (callgrind; of the
# open, the load and the close alone, without the start of the process), microseconds by the clock, of user
# space and of the kernel (mean of 20 loads in one process, median of 5 runs), bpf() calls, other system
# calls, peak heap. Then the ratios. SKIP with the reason where something is missing.
set -u
cd "$(dirname "$0")/.." || exit 1
build=${1:-build}
here=$build/bench

skip() {
    echo "SKIP bench/load: $*"
    exit 0
}
[ "$(id -u)" -eq 0 ] || skip 'needs root'
command -v valgrind >/dev/null || skip 'no valgrind'
command -v strace >/dev/null || skip 'no strace'
mkdir -p "$here" || exit 1
libbpf=$(bench/libbpf.sh 2>"$here/libbpf.log") || skip "libbpf cannot be had: $(tail -n 1 "$here/libbpf.log")"
tests/kernel/fetch_objects.sh "$build/objects" >/dev/null || skip 'the objects cannot be had'

wrap='-Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=free'
${CC:-cc} -std=gnu11 -O2 -g -I. -Ibench bench/load_plainbpf.c $wrap "$build/libplainbpf.a" -lelf \
    -o "$here/load_plainbpf" || exit 1
${CC:-cc} -std=gnu11 -O2 -g -Ibench -isystem "$libbpf/include" bench/load_libbpf.c $wrap "$libbpf/libbpf.a" -lelf -lz \
    -o "$here/load_libbpf" || exit 1

instructions() {
    valgrind --tool=callgrind --toggle-collect=open_and_load --callgrind-out-file=/dev/null "$@" 2>&1 >/dev/null |
        sed -n 's/.*Collected : \([0-9]*\).*/\1/p'
}
# column N of the program's line, median of 5 runs
median() {
    column=$1
    shift
    for run in 1 2 3 4 5; do "$@" 20; done | sort -n -k "$column,$column" | awk -v c="$column" 'NR == 3 { print $c }'
}
# bpf() calls, then all other system calls between the start of main and its end
calls() {
    strace -f -o "$here/strace" "$@" >/dev/null
    awk '/^[0-9]+ +bpf\(/ { bpf++ } /^[0-9]+ +[a-z_0-9]+\(/ { all++ } END { printf "%d %d", bpf, all - bpf }' "$here/strace"
}
none=$(calls "$here/load_plainbpf" /nonexistent | cut -d' ' -f2)

printf '%-18s %-9s %12s %8s %8s %8s %6s %6s %9s\n' object loader instructions clock/us user/us kernel/us bpf other heap/B
for object in xdp-dispatcher.o xdpdump_xdp.o execsnoop.bpf.o opensnoop.bpf.o exitsnoop.bpf.o tcptracer.bpf.o \
    tcptop.bpf.o gethostlatency.bpf.o; do
    path=$build/objects/$object
    for loader in libbpf plainbpf; do
        program=$here/load_$loader
        "$program" "$path" >/dev/null || { echo "$object does not load here with $loader"; continue 2; }
        set -- $(calls "$program" "$path")
        printf '%-18s %-9s %12s %8s %8s %8s %6s %6s %9s\n' "$object" "$loader" "$(instructions "$program" "$path")" \
            "$(median 1 "$program" "$path")" "$(median 2 "$program" "$path")" "$(median 3 "$program" "$path")" \
            "$1" "$(($2 - none))" "$("$program" "$path" | cut -d' ' -f4)"
    done
done | tee "$here/load.txt"
awk '$2 == "libbpf" { i = $3; c = $4; u = $5; b = $7; h = $9 }
    $2 == "plainbpf" { printf "%-18s plainbpf/libbpf: instructions 1/%.1f, clock %.2f, user %.2f, bpf() %d of %d, heap %.2f\n",
        $1, i / $3, $4 / c, $5 / (u ? u : 1), $7, b, $9 / h }' "$here/load.txt"
