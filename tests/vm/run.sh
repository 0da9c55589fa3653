#!/bin/bash
# SPDX-License-Identifier: MIT
# The live tests on other kernels, each in a guest of QEMU: tests/vm/run.sh NAME..., names of tests/vm/kernels.
# With KERNEL=path that image is run instead, as x86-64; what the tests need of modules elsewhere (veth,
# sch_ingress, cls_bpf, act_bpf, nf_conntrack) must be part of it. Ends with a table, and with 0 when nothing failed.
#
# With ONLY=folder the guests run what is in that folder's build/tests, instead of the live tests (see
# bench/kernels.sh).
#
# A guest's whole output is in $BUILD/vm/NAME.log.
set -u
cd "$(dirname "$0")/../.." || exit 1
mkdir -p "${BUILD:-build}/vm"
out=$(cd "${BUILD:-build}/vm" && pwd)
logs=() notes=() failed=0

# kernel NAME: sets $arch, $image, and $dir, where image, configuration and modules are ("" with KERNEL=path).
kernel() {
    local suite package
    arch=amd64 image=${KERNEL:-} dir=
    [ -z "$image" ] || return 0
    read -r _ arch suite package < <(grep "^$1 " tests/vm/kernels)
    dir=$(tests/vm/fetch.sh "${arch/i386/amd64}" "$suite" "$package" './boot/config-*' '*/config' '*/vmlinu*' \
        '*/veth.ko*' '*/sch_ingress.ko*' '*/cls_bpf.ko*' '*/act_bpf.ko*' \
        '*/nf_conntrack.ko*' '*/nf_defrag_ipv[46].ko*' '*/libcrc32c.ko*' '*/crc32c_generic.ko*' \
        2>"$out/$1.fetch") || return
    image=$(find "$dir" -type f -name 'vmlinu*')
}
# initrd NAME: writes $out/NAME.initrd; the tests are built once for each architecture. A kernel unpacks
# archives that follow each other as if they were one.
declare -A built
initrd() {
    local files=$out/$1.files
    if [ -z "${built[$arch]:-}" ]; then
        tests/vm/initrd.sh "$arch" "$out/$arch" >"$out/$arch.build" 2>&1 || return
        built[$arch]=1
    fi
    rm -rf "$files"
    mkdir -p "$files/boot" "$files/modules"
    if [ -n "$dir" ]; then
        find "$dir" -type f -name '*.ko' -exec cp -t "$files/modules" {} +
        find "$dir" -type f -name 'config*' -exec cp {} "$files/boot/config" \;
    fi
    [ -z "${ONLY:-}" ] || cp -r "$ONLY" "$files/only"
    (cd "$files" && find . | cpio --quiet -o -H newc | gzip -1) | cat "$out/$arch/initrd" - >"$out/$1.initrd"
}

# boot NAME: runs the guest, with what files() has set; its output is in $out/NAME.log. One processor, since
# QEMU's emulation of several does not get all of the kernel's self-modifying code right; and without
# cmpxchg16b, which QEMU 7.2 gets wrong.
boot() {
    local qemu console
    case $arch in
    amd64 | i386) qemu='x86_64 -M q35 -cpu max,-cx16' console=ttyS0 ;;
    arm64) qemu='aarch64 -M virt -cpu max,pauth=off' console=ttyAMA0 ;;
    ppc64el) qemu='ppc64 -M pseries -cpu power9' console=hvc0 ;;
    riscv64) qemu='riscv64 -M virt -cpu rv64' console=ttyS0 ;;
    s390x) qemu='s390x -M s390-ccw-virtio -cpu max' console=ttysclp0 ;;
    esac
    local serial="-serial file:$out/$1.raw"
    [ "$arch" != s390x ] || serial="-chardev file,id=c,path=$out/$1.raw -device sclpconsole,chardev=c"
    timeout "${TIME_LIMIT:-900}" qemu-system-$qemu -accel tcg -smp 1 -m 1G -nodefaults -no-reboot -display none $serial \
        -kernel "$image" -initrd "$out/$1.initrd" \
        -append "console=$console quiet panic=-1 lsm=lockdown,yama,bpf" >"$out/$1.qemu" 2>&1
    tr -d '\r' <"$out/$1.raw" >"$out/$1.log"
}
# went_through NAME: did the guest begin, and come to its end without a fault of its kernel?
went_through() {
    grep -q '^VMT-EXIT' "$out/$1.log" &&
        ! grep -q -e 'Oops:' -e 'kernel BUG at' -e 'double fault' -e 'Kernel panic' "$out/$1.log"
}

# run NAME: leaves $out/NAME.log; it ends with VMT-LOST where nothing of the guest counts.
run() {
    local what status
    if ! kernel "$1"; then
        echo "SKIP $1: its kernel cannot be fetched: $(tail -n 1 "$out/$1.fetch")"
        return
    fi
    initrd "$1"
    status=$?
    if [ "$status" -eq 77 ]; then
        echo "SKIP $1: what its programs need cannot be fetched: $(tail -n 1 "$out/$arch.build")"
        return
    fi
    logs+=("$out/$1.log")
    if [ "$status" -ne 0 ]; then
        { tail -n 20 "$out/$arch.build" && echo VMT-LOST; } | tee "$out/$1.log"
        return
    fi
    boot "$1"
    if ! went_through "$1"; then
        what='did not come to its end'
        grep -q '^VMT-BEGIN' "$out/$1.log" || what='never began'
        notes+=("$1: the first guest $what, which says nothing about the tests: NAME.first.log")
        mv "$out/$1.log" "$out/$1.first.log"
        boot "$1"
    fi
    went_through "$1" || echo VMT-LOST >>"$out/$1.log"
}

if [ -n "${KERNEL:-}" ]; then
    [ -f "$KERNEL" ] || { echo "there is no kernel $KERNEL"; exit 1; }
    set -- own
fi
for name in "$@"; do
    start=$SECONDS
    run "$name"
    echo "$name: $((SECONDS - start)) s"
done
if [ ${#logs[@]} -gt 0 ]; then
    awk -f tests/vm/table.awk tests/vm/refusals "${logs[@]}" || failed=1
fi
[ ${#notes[@]} -eq 0 ] || printf '\nStarted twice:\n%s\n' "$(printf '  %s\n' "${notes[@]}")"
exit "$failed"
