#!/bin/sh
# SPDX-License-Identifier: MIT
# Opening and loading, beside libbpf in one run: bench/load.sh [BUILD]. As root.
#
# For objects of different weight, from Debian's packages: instructions in user space (callgrind; of the
# open, the load and the close alone, without the start and the binding of the process), microseconds by the clock, of user
# space and of the kernel (mean of 20 loads in one process, median of 5 runs), bpf() calls, other system
# calls, peak heap; for libbpf, for plainbpf over libelf as libbpf is, and with its own ELF reader (builtin).
# Then the ratios, and the bars. SKIP with the reason where something is missing.
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

${MAKE:-make} -s ELF=builtin ZLIB=0 BUILD="$build/builtin" "$build/builtin/libplainbpf.a" >/dev/null || exit 1
flags='-std=gnu11 -O2 -g -I. -Ibench -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=free -Wl,-z,now'
compile() { # shellcheck disable=SC2086
    ${CC:-cc} $flags "$@"
}
compile bench/load_plainbpf.c "$build/libplainbpf.a" -lelf -lz -o "$here/load_plainbpf" || exit 1
compile bench/load_plainbpf.c "$build/builtin/libplainbpf.a" -o "$here/load_builtin" || exit 1
compile -isystem "$libbpf/include" bench/load_libbpf.c "$libbpf/libbpf.a" -lelf -lz -o "$here/load_libbpf" || exit 1

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
# bpf() calls, then all other system calls but the close() of what bpf() gave, of the whole process
calls() {
    strace -f -o "$here/strace" "$@" >/dev/null
    awk '/^[0-9]+ +bpf\(/ { bpf++ } /^[0-9]+ +openat?\(.* = [0-9]/ { opened++ } /^[0-9]+ +close\(/ { closed++ }
        /^[0-9]+ +[a-z_0-9]+\(/ { all++ } END { printf "%d %d", bpf, all - bpf - (closed - opened) }' "$here/strace"
}
none() { # ... of a process that finds no object
    calls "$1" /nonexistent | cut -d' ' -f2
}

printf '%-18s %-9s %12s %8s %8s %8s %6s %6s %9s\n' object loader instructions clock/us user/us kernel/us bpf other heap/B
for object in xdp-dispatcher.o xdpdump_xdp.o execsnoop.bpf.o opensnoop.bpf.o exitsnoop.bpf.o tcptracer.bpf.o \
    tcptop.bpf.o gethostlatency.bpf.o; do
    path=$build/objects/$object
    for loader in libbpf plainbpf builtin; do
        program=$here/load_$loader
        "$program" "$path" >/dev/null || { echo "$object does not load here with $loader"; continue 2; }
        set -- $(calls "$program" "$path")
        printf '%-18s %-9s %12s %8s %8s %8s %6s %6s %9s\n' "$object" "$loader" "$(instructions "$program" "$path")" \
            "$(median 1 "$program" "$path")" "$(median 2 "$program" "$path")" "$(median 3 "$program" "$path")" \
            "$1" "$(($2 - $(none "$program")))" "$("$program" "$path" | cut -d' ' -f4)"
    done
done | tee "$here/load.txt"
awk '
# An object with CO-RE is one for which libbpf reads the kernel'\''s BTF.
function held(value, most) { return value <= most ? "held" : "MISSED" }
$2 == "libbpf" { i = $3; c = $4; u = $5; b = $7; h = $9; core = i > 2e6 }
$2 == "plainbpf" || $2 == "builtin" {
    printf "%-18s %s/libbpf: instructions 1/%.1f (%s), clock %.2f, user %.2f, bpf() %d of %d, heap %.2f (%s), calls %s\n",
        $1, $2, i / $3, core ? held($3, 5e6 < i / 8 ? 5e6 : i / 8) : held($3, i / 3), $4 / c, $5 / (u ? u : 1),
        $7, b, $9 / h, held($9, core ? 150 * 1024 : 32 * 1024), held($8, 12)
}' "$here/load.txt"
