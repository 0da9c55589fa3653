#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs what is missing, says so, and is silent when all is there: scripts/need.sh build|test|ci|vm|vm-all
#
#   build   a C compiler, libelf and zlib: the library, the command, the demo
#   test    also Check and pkg-config
#   ci      also clang, with which everything is built a second time, clang-format, spin for the ring's model,
#           and bpftool and ip, beside and with which the command is tested
#   vm      also QEMU, and what makes an initrd: the tests on other kernels. All of them are Debian's, so
#           they need apt; vm-all also the compilers and machines of other architectures
#
# Packages come from the distribution's own package manager: apt, dnf, apk or pacman.
set -u
level=${1:-build}

has_command() {
    command -v "$1" >/dev/null 2>&1
}
has_header() {
    has_command "${CC:-cc}" && printf '#include <%s>\n' "$1" | ${CC:-cc} -E - >/dev/null 2>&1
}

# What is missing, as packages of each manager: need WHAT apt dnf apk pacman, "-" for nothing.
missing='' apt='' dnf='' apk='' pacman=''
need() {
    missing="${missing:+$missing,} $1"
    apt="$apt $2" dnf="$dnf $3" apk="$apk $4" pacman="$pacman $5"
}

has_command "${CC:-cc}" || need 'a C compiler' gcc gcc gcc gcc
has_header stdio.h || need "libc's headers" libc6-dev glibc-devel musl-dev glibc
has_command "${AR:-ar}" || need binutils binutils binutils binutils binutils
if [ "${ELF:-libelf}" = libelf ]; then
    has_header libelf.h || need libelf libelf-dev elfutils-libelf-devel elfutils-dev libelf
fi
if [ "${ZLIB:-1}" != 0 ]; then
    has_header zlib.h || need zlib zlib1g-dev zlib-devel zlib-dev zlib
fi
if [ "$level" != build ]; then
    has_command pkg-config || need pkg-config pkg-config pkgconf-pkg-config pkgconf pkgconf
    has_header linux/bpf.h || need "the kernel's headers" linux-libc-dev kernel-headers linux-headers linux-api-headers
    has_header check.h || need Check check check-devel check-dev check
fi
if [ "$level" = ci ]; then
    has_command clang || need clang clang clang clang clang
    has_command clang-format || need clang-format clang-format clang-tools-extra clang-extra-tools clang
    has_command spin || need spin spin - - -
    has_command bpftool || need bpftool bpftool bpftool bpftool bpf
    has_command ip || need iproute2 iproute2 iproute iproute2 iproute2
fi
case $level in
vm*)
    has_command apt-get || { echo "the tests on other kernels need Debian's apt-get" >&2; exit 1; }
    for tool in cpio zstd; do
        has_command $tool || need $tool $tool - - -
    done
    has_command xz || need xz xz-utils - - -
    has_command x86_64-linux-gnu-gcc || need 'a compiler for x86-64' 'gcc-x86-64-linux-gnu libc6-dev-amd64-cross' - - -
    has_command qemu-system-x86_64 || need 'QEMU for x86-64' qemu-system-x86 - - -
    ;;
esac
if [ "$level" = vm-all ]; then
    has_command clang || need clang clang - - -
    has_command i686-linux-gnu-gcc || need 'a compiler for i386' 'gcc-i686-linux-gnu libc6-dev-i386-cross' - - -
    # The names by which GCC, Debian and QEMU know a machine, and the package with its QEMU.
    while read -r gcc debian qemu package; do
        has_command "$gcc-linux-gnu-gcc" ||
            need "a compiler for $debian" "gcc-$gcc-linux-gnu libc6-dev-$debian-cross" - - -
        has_command "qemu-system-$qemu" || need "QEMU for $debian" "qemu-system-$package" - - -
    done <<-END
	aarch64 arm64 aarch64 arm
	powerpc64le ppc64el ppc64 ppc
	riscv64 riscv64 riscv64 misc
	s390x s390x s390x misc
	END
fi
[ -n "$missing" ] || exit 0

manager=
for name in apt-get dnf apk pacman; do
    if has_command "$name"; then
        manager=$name
        break
    fi
done
case $manager in
apt-get) packages=$apt ;;
dnf) packages=$dnf ;;
apk) packages=$apk ;;
pacman) packages=$pacman ;;
*)
    echo "plainbpf needs$missing, and there is no apt, dnf, apk or pacman here to install it with" >&2
    exit 1
    ;;
esac
packages=$(printf '%s\n' $packages | sort -u | grep -vx -e - | tr '\n' ' ')
[ -n "$packages" ] || exit 0 # what is missing is not packaged there: whoever needs it says SKIP

as_root=
if [ "$(id -u)" -ne 0 ]; then
    as_root=sudo
    if ! has_command sudo || ! sudo -n true 2>/dev/null; then
        echo "plainbpf needs$missing. Install as root: $packages" >&2
        exit 1
    fi
fi

echo "Missing:$missing. Installing with $manager: $packages"
log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT
case $manager in
# A package list that is there may do; only when it does not is it fetched anew.
apt-get)
    install() { DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y --no-install-recommends $packages; }
    install >"$log" 2>&1 || { $as_root apt-get update && install; } >"$log" 2>&1
    ;;
dnf) $as_root dnf install -y $packages >"$log" 2>&1 ;;
apk) $as_root apk add --no-progress $packages >"$log" 2>&1 ;;
pacman) $as_root pacman -Sy --needed --noconfirm $packages >"$log" 2>&1 ;;
esac || {
    tail -n 5 "$log" >&2
    echo "$manager could not install: $packages (no network?)" >&2
    exit 1
}
