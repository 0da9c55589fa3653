#!/bin/sh
# SPDX-License-Identifier: MIT
# What an archive has for a guest: tests/vm/fetch.sh ARCH SUITE PACKAGE PATTERN... unpacks those files of the
# package that match a pattern, and prints the folder that has them. Of a kernel's metapackage: those of
# the packages that hold the newest kernel.
#
# SUITE is Debian's, from the mirror of the system's own apt sources; or ubuntu/SUITE, for kernels that are
# older than what Debian still has, from the archive that the variable UBUNTU_ARCHIVE names. apt works with a
# state of its own, so that the system's stays as it is, and verifies what it gets by the archive's
# signature; Debian has Ubuntu's keys. What was fetched once stays in ~/.cache/plainbpf-vm and needs no network
# any more; UPDATE=1, or other patterns, fetch it anew.
set -eu
arch=$1 suite=$2 package=$3
shift 3
dir=${XDG_CACHE_HOME:-$HOME/.cache}/plainbpf-vm/$package-${suite#*/}-$arch
if [ -z "${UPDATE:-}" ] && [ "$(cat "$dir/.patterns" 2>/dev/null)" = "$*" ]; then
    echo "$dir"
    exit 0
fi

give_up() {
    echo "$package of $suite for $arch: $1" >&2
    exit 1
}
case $suite in
ubuntu/*)
    mirror=${UBUNTU_ARCHIVE:-}
    [ -n "$mirror" ] || give_up 'UBUNTU_ARCHIVE must say where, as a URL'
    keys=$("$0" all trixie ubuntu-keyring '*/ubuntu-archive-keyring.gpg') || give_up "there are no keys of Ubuntu"
    keyring=$(find "$keys" -type f -name '*.gpg')
    ;;
*)
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
        grep -v -e security -e '^file:' | head -n 1) || true
    [ -n "$mirror" ] || give_up 'there is no mirror of Debian in the apt sources'
    keyring=/usr/share/keyrings/debian-archive-keyring.gpg
    [ -e "$keyring" ] || give_up 'there are no keys of Debian (package debian-archive-keyring)'
    ;;
esac

new=$(mktemp -d)
trap 'rm -rf "$new"' EXIT
mkdir -p "$new/lists/partial" "$new/archives/partial" "$new/files"
: >"$new/status"
echo "deb [signed-by=$keyring] $mirror ${suite#*/} main" >"$new/sources.list"
own() {
    tool=$1
    shift
    "$tool" -qq -o APT::Architecture="$arch" -o APT::Architectures::="$arch" -o APT::Sandbox::User=root \
        -o Dir::State::lists="$new/lists" -o Dir::State::status="$new/status" -o Dir::Cache="$new" \
        -o Dir::Etc::sourcelist="$new/sources.list" -o Dir::Etc::sourceparts=- -o Acquire::Languages=none "$@"
}
own apt-get -o APT::Update::Error-Mode=any update >&2 || give_up 'the archive cannot be reached'
packages=$package
case $package in
linux-image-*)
    packages=$(own apt-cache depends --recurse --important "$package" |
        grep -E '^linux-(image|base|binary|modules)-[0-9]') || give_up 'there is no such kernel'
    ;;
esac
(cd "$new" && own apt-get download $packages >&2) || give_up 'it cannot be downloaded'
for deb in "$new"/*.deb; do
    # Not every package has something for every pattern, and then tar complains.
    dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$new/files" --wildcards "$@" 2>/dev/null || true
done
find "$new/files" -name '*.xz' -exec xz -d {} +
find "$new/files" -name '*.zst' -exec zstd -q -d --rm {} +
[ -n "$(ls "$new/files")" ] || give_up 'none of the files looked for is in it'
echo "$*" >"$new/files/.patterns"
rm -rf "$dir"
mkdir -p "${dir%/*}"
mv "$new/files" "$dir"
echo "$dir"
