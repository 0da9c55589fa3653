#!/bin/sh
# SPDX-License-Identifier: MIT
# `make install` into a folder, and a program built from what it put there with what pkg-config says.
set -u
cd "$(dirname "$0")/.." || exit 1
mkdir -p "${BUILD:-build}/tests/install" && out=$(cd "${BUILD:-build}/tests/install" && pwd) || exit 1
rm -rf "${out:?}"/*

[ -z "${SAN:-}" ] || {
    echo "SKIP installing: a build under sanitizers is not for others to link"
    exit 0
}
verdict() {
    if [ "$1" -eq 0 ]; then echo "ok $2"; else echo "not ok $2"; fi
}
${MAKE:-make} -s install DESTDIR="$out/root" PREFIX=/opt/plainbpf >"$out/log" 2>&1
verdict $? "make install with DESTDIR and PREFIX"

cat >"$out/user.c" <<'END'
#include <plainbpf.h>
#include <stdio.h>

int main(void)
{
	struct pbpf_object *object;

	printf("%s\n", pbpf_version());
	return pbpf_object_open(&object, "", 0, NULL) == 0;
}
END
command -v pkg-config >/dev/null 2>&1 || {
    echo "SKIP building against the installed library: no pkg-config"
    exit 0
}
flags() {
    PKG_CONFIG_PATH=$out/root/opt/plainbpf/lib/pkgconfig pkg-config --define-variable=prefix="$out/root/opt/plainbpf" \
        "$@" plainbpf
}
for kind in static shared; do
    libraries=$(flags --libs)
    [ "$kind" = shared ] || libraries="$out/root/opt/plainbpf/lib/libplainbpf.a $(flags --static --libs-only-l | sed 's/-lplainbpf//')"
    ${CC:-cc} $(flags --cflags) -o "$out/user" "$out/user.c" $libraries &&
        [ "$(LD_LIBRARY_PATH=$out/root/opt/plainbpf/lib "$out/user")" = "$(flags --modversion)" ]
    verdict $? "a program against the $kind library"
done
