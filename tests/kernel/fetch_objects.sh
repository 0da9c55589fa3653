#!/bin/sh
# SPDX-License-Identifier: MIT
# Fetches BPF objects that others wrote into a folder: tests/kernel/fetch_objects.sh FOLDER
#
# They come from two packages of Debian: libxdp1 ships objects as files, libbpf-tools carries one in each
# of its commands (a few commands are second names of another, and give the same object twice). Nothing
# is installed. The folder is a cache: what is there is not fetched again. Prints how many objects there
# are; when they cannot be had, the reason, with exit status 1.
set -u
folder=${1:?usage: fetch_objects.sh FOLDER}
here=$(cd "$(dirname "$0")" && pwd) || exit 1

count() {
    set -- "$folder"/*.o
    [ -e "$1" ] && echo "$#"
}
if [ -e "$folder/.complete" ]; then
    count
    exit
fi
for tool in apt-get dpkg-deb "${CC:-cc}"; do
    command -v "$tool" >/dev/null 2>&1 || {
        echo "$tool is missing: the objects come from Debian packages"
        exit 1
    }
done

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
(cd "$work" && apt-get -qq -o APT::Sandbox::User=root download libxdp1 libbpf-tools) >"$work/log" 2>&1 || {
    echo "apt-get cannot download libxdp1 and libbpf-tools: $(tail -n 1 "$work/log")"
    exit 1
}
mkdir -p "$folder" || exit 1
"${CC:-cc}" -o "$work/extract_bpf" "$here/extract_bpf.c" || exit 1
for package in "$work"/*.deb; do
    dpkg-deb -x "$package" "$work/root" || exit 1
done
for object in "$work"/root/usr/lib/*/bpf/*.o; do
    cp "$object" "$folder/" || exit 1
done
for command in "$work"/root/usr/sbin/*; do
    "$work/extract_bpf" "$command" "$folder/$(basename "$command")" || exit 1
done
touch "$folder/.complete"
count
