#!/bin/sh
# SPDX-License-Identifier: MIT
# docs/errors.md is what the catalogue and the gallery give today.
set -u
cd "$(dirname "$0")/.." || exit 1
out=${BUILD:-build}/tests/errors_md
mkdir -p "$out" || exit 1

if ${CC:-cc} -std=c11 -D_GNU_SOURCE -Wall -Wextra -Werror -iquote . -o "$out/errors_md" scripts/errors_md.c \
    loader/explanations.c loader/verifier_log.c loader/log_line.c && "$out/errors_md" >"$out/errors.md" &&
    diff docs/errors.md "$out/errors.md" >"$out/diff"; then
    echo "ok docs/errors.md is up to date"
else
    echo "not ok docs/errors.md is up to date; make docs/errors.md writes it anew"
fi

for source in tests/data/refused/*.bpf.c; do
    name=$(basename "$source" .bpf.c)
    grep -q "^## $name\$" docs/errors.md || echo "not ok $source has an entry in loader/explanations.c"
done
