#!/bin/sh
# SPDX-License-Identifier: MIT
# Prints the line of sys/since.c for a release: scripts/last_numbers.sh [USR_INCLUDE_LINUX]
#
# Its folder (/usr/include/linux) has the release's bpf.h, and version.h, which says which release it is.
set -eu
folder=${1:-/usr/include/linux}
awk '
/LINUX_VERSION_MAJOR/ && NF == 3 { major = $3 }
/LINUX_VERSION_PATCHLEVEL/ && NF == 3 { minor = $3 }
/LINUX_VERSION_CODE/ && major == "" { major = int($3 / 65536); minor = int($3 / 256) % 256 }

/^enum bpf_(map|prog|attach)_type \{/ { kind = $2; next_number = 0; next }
/^(enum [a-z_]*)?\};?$|^};/ { kind = "" }
kind && /^\t_?_?MAX_/ { kind = "" }
# Each enumerator takes the next number; second names of one that there is (A = B) take none.
kind && match($0, /^\t__?MAX|^\t[A-Z_0-9]+/) {
	if ($0 ~ /MAX_BPF/) { kind = ""; next }
	if ($0 !~ /=/) last[kind] = next_number++
	else if ($0 ~ /= *[0-9]+/) { split($0, part, /= */); last[kind] = part[2] + 0; next_number = last[kind] + 1 }
}

/define __+BPF_FUNC_MAPPER\(/ { numbering = 1; next_helper = 0 }
numbering && match($0, /FN\([a-z0-9_]+(, *[0-9]+)?/) {
	split(substr($0, RSTART + 3, RLENGTH - 3), field, /, */)
	helper = field[2] != "" ? field[2] + 0 : next_helper
	next_helper = helper + 1
}
numbering && !/\\$/ { numbering = 0 }
END {
	printf "{%d, %d, %d, %d, %d, %d}\n", major, minor, helper, last["bpf_map_type"],
		last["bpf_prog_type"], last["bpf_attach_type"]
}' "$folder/version.h" "$folder/bpf.h"
