#!/bin/sh
# SPDX-License-Identifier: MIT
# The initrd of a guest, but for what belongs to its kernel: tests/vm/initrd.sh ARCH BUILD writes
# BUILD/initrd. The command and the tests are built as static programs for the architecture ARCH (as Debian
# names it) below BUILD.
set -eu
cd "$(dirname "$0")/../.."
arch=$1 build=$2
case $arch in
amd64) triple=x86_64-linux-gnu ;;
i386) triple=i686-linux-gnu ;;
arm64) triple=aarch64-linux-gnu ;;
ppc64el) triple=powerpc64le-linux-gnu ;;
riscv64) triple=riscv64-linux-gnu ;;
s390x) triple=s390x-linux-gnu ;;
esac
# Of a Debian whose libc is not newer than the compiler's.
busybox=$(tests/vm/fetch.sh "$arch" bookworm busybox-static './bin/busybox')
check=$(tests/vm/fetch.sh "$arch" bookworm check './usr/lib/*/libcheck.a' './usr/include/check*.h')

unset MAKEFLAGS SAN
make --no-print-directory BUILD="$build" CC="$triple-gcc" OBJCOPY="$triple-objcopy" AR="$triple-ar" \
    ELF=builtin ZLIB=0 CFLAGS="-O2 -I$check/usr/include" LDFLAGS="-static -Wl,-S -L$(echo "$check"/usr/lib/*)" live

root=$build/root
rm -rf "$root"
mkdir -p "$root/bin" "$root/plainbpf/build/tests/kernel" "$root/plainbpf/tests"
cp tests/vm/init "$root/init"
cp "$busybox/bin/busybox" "$root/bin/busybox"
ln -s busybox "$root/bin/sh"
cp "$build/plainbpf" "$root/plainbpf/build/"
find "$build/tests/kernel" -name 'test_*' -perm -u+x -exec cp -t "$root/plainbpf/build/tests/kernel" {} +
cp tests/run.sh "$root/plainbpf/tests/"
cp -r tests/data "$root/plainbpf/tests/"
(cd "$root" && find . | cpio --quiet -o -H newc | gzip -1) >"$build/initrd"
