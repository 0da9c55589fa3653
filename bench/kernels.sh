#!/bin/sh
# SPDX-License-Identifier: MIT
# Which objects load on other kernels, through libbpf and through plainbpf: bench/kernels.sh [GUEST...], of
# tests/vm/kernels; as root. Those of tests/data, and the 76 that others wrote (tests/kernel/fetch_objects.sh).
#
# Prints for each guest how many load, and every object on which the loaders differ, with what the one that
# refused it says. Exit status 1 when libbpf loads an object that plainbpf does not.
set -u
cd "$(dirname "$0")/.." || exit 1
[ $# -gt 0 ] || set -- 5.10 6.1 6.12 newest
build=$(realpath "${BUILD:-build}")
here=$build/kernels

skip() {
    echo "SKIP bench/kernels: $*"
    exit 0
}
rm -rf "$here" && mkdir -p "$here/only/build/tests" "$here/only/tests" "$here/only/objects/data" \
    "$here/only/objects/others" || exit 1
libbpf=$(bench/libbpf.sh 2>"$here/log") || skip "$(tail -n 1 "$here/log")"
tests/kernel/fetch_objects.sh "$build/objects" >"$here/log" || skip "$(tail -n 1 "$here/log")"
cp tests/data/*.bpf.o "$here/only/objects/data/"
cp "$build"/objects/*.o "$here/only/objects/others/"
cp tests/run.sh "$here/only/tests/"
"${CC:-cc}" -std=gnu11 -O2 -static -isystem "$libbpf/include" bench/open_libbpf.c "$libbpf/libbpf.a" -lelf -lz \
    -o "$here/only/open_libbpf" 2>"$here/log" || skip "libelf and zlib to link statically are missing"

# What the guest runs. Some objects pin maps, each loader's into a bpffs of its own.
cat >"$here/only/build/tests/test_objects" <<'END'
#!/bin/sh
load() {
    mount -t bpf bpf /sys/fs/bpf
    "$@" >/tmp/said 2>&1
    status=$?
    umount /sys/fs/bpf
    return $status
}
for object in objects/*/*.o; do
    name=${object#objects/} libbpf=0 plainbpf=0 said=
    load ./open_libbpf "$object" || { libbpf=1 said=$(grep -v 'failed to load object' /tmp/said | tail -n 1); }
    load /live/build/plainbpf load "$object" || { plainbpf=1 said=$(grep -v '^warning' /tmp/said | head -n 1); }
    echo "OBJECT $name $libbpf $plainbpf $said"
done
echo "ok objects"
END
chmod +x "$here/only/build/tests/test_objects"
ONLY=$here/only BUILD=$build tests/vm/run.sh "$@" >"$here/log" 2>&1

missed=0
for guest in "$@"; do
    log=$build/vm/$guest.log
    [ -e "$log" ] && grep -aq '^VMT-EXIT' "$log" || { echo "SKIP $guest: $(tail -n 1 "$here/log")" && continue; }
    awk -v guest="$guest" '/^OBJECT / {
            of++; libbpf += !$3; plainbpf += !$4; missed += !$3 && $4
            if ($3 != $4)
                print guest ": only " ($4 ? "libbpf" : "plainbpf") " loads " substr($0, 8)
        }
        END {
            printf "%s: of %d objects libbpf loads %d, plainbpf %d\n", guest, of, libbpf, plainbpf
            exit missed > 0 || !of
        }' "$log" || missed=1
done
exit $missed
