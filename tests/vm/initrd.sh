#!/bin/sh
# SPDX-License-Identifier: MIT
# The initrd of a guest, but for what belongs to its kernel: tests/vm/initrd.sh ARCH BUILD writes
# BUILD/initrd. The command and the tests are built as static programs for the architecture ARCH (as Debian
# names it) below BUILD. Exits with 77 when something for that cannot be fetched.
set -eu
cd "$(dirname "$0")/../.."
arch=$1 build=$2
# How the compiler knows the machine, and how clang and the headers for BPF do, where the objects of
# tests/data are compiled anew for it.
bpf_arch='' target=bpfel
case $arch in
amd64) triple=x86_64-linux-gnu ;;
i386) triple=i686-linux-gnu ;;
arm64) triple=aarch64-linux-gnu bpf_arch=arm64 ;;
ppc64el) triple=powerpc64le-linux-gnu bpf_arch=powerpc ;;
riscv64) triple=riscv64-linux-gnu bpf_arch=riscv ;;
s390x) triple=s390x-linux-gnu bpf_arch=s390 target=bpfeb ;;
esac
# Of the Debian that the cross compilers' libc is of, and riscv64 of the one after it, its first: Check
# was built there with a libc that has another name for C23's strtoul().
suite=bookworm libc=''
[ "$arch" != riscv64 ] || suite=trixie libc=-Wl,--defsym=__isoc23_strtoul=strtoul
busybox=$(tests/vm/fetch.sh "$arch" "$suite" busybox-static '*/busybox') || exit 77
check=$(tests/vm/fetch.sh "$arch" "$suite" check './usr/lib/*/libcheck*.a' './usr/include/check*.h') || exit 77
subunit=$(tests/vm/fetch.sh "$arch" "$suite" libsubunit-dev './usr/lib/*/libsubunit.a') || exit 77

unset MAKEFLAGS SAN
make -j"$(nproc)" --no-print-directory BUILD="$build" CC="$triple-gcc" OBJCOPY="$triple-objcopy" AR="$triple-ar" ELF=builtin ZLIB=0 \
    CFLAGS="-O2 -I$check/usr/include" LDFLAGS="-static -Wl,-S $libc -L$(echo "$check"/usr/lib/*) -L$(echo "$subunit"/usr/lib/*)" \
    live $([ "$arch" = amd64 ] || echo unit-programs)

root=$build/root
rm -rf "$root"
mkdir -p "$root/bin" "$root/live/tests" "$root/live/build/tests"
cp tests/vm/init "$root/init"
find "$busybox" -type f -name busybox -path "*bin/*" -exec cp {} "$root/bin/busybox" \;
ln -s busybox "$root/bin/sh"
# programs FOLDER TO: those that its sources make; others may be left from before.
programs() {
    for source in "$1"/test_*.c; do
        cp "$build/${source%.c}" "$2"
    done
}
programs tests/kernel "$root/live/build/tests"
cp "$build/plainbpf" "$root/live/build/"
cp tests/run.sh "$root/live/tests/"
cp -r tests/data "$root/live/tests/"
if [ "$arch" != amd64 ]; then
    mkdir -p "$root/unit/build/tests"
    programs tests "$root/unit/build/tests"
    cp -r "$root/live/tests" "$root/unit/"
    cp tests/harness.h "$root/unit/tests/"
    cp -r --parents fuzz/corpus "$root/unit/"
fi
# The live tests want the objects of the machine. The unit tests want them as they are, but the fake kernel of
# the loader's tests takes only those of the machine's byte order.
if [ -n "$bpf_arch" ]; then
    for folder in tests/data tests/data/refused; do
        make -C "$folder" OUT="$root/live/$folder" ARCH=$bpf_arch TARGET=$target INCLUDE="/usr/$triple/include" \
            CLANG="${CLANG:-clang}" LLVM_STRIP=true -B of-sources
    done
fi
[ "$target" = bpfel ] || cp -r "$root/live/tests/data" "$root/unit/tests/data/bpfeb"
(cd "$root" && find . | cpio --quiet -o -H newc | gzip -1) >"$build/initrd"
