#!/bin/sh
# SPDX-License-Identifier: MIT
# Writes sys/helper_names.c to stdout: the names of the kernel's helpers by number, from
# bpf/bpf_helper_defs.h.
set -eu
sed -n 's/^static .*(\*const bpf_\([a-z0-9_]*\))(.* = (void \*)\([0-9]*\);$/\2 \1/p' \
	"${1:-bpf/bpf_helper_defs.h}" | sort -n | awk '
BEGIN {
	print "/* SPDX-License-Identifier: MIT */"
	print "/* Made by scripts/helper_names.sh from bpf/bpf_helper_defs.h. Do not edit. */"
	print "/* clang-format off */"
	print "#include \"sys/pbpf_since.h\"\n"
	print "#include <stddef.h>\n"
	print "static const char *const helper_names[] = {"
}
{ printf "\t[%d] = \"%s\",\n", $1, $2 }
END {
	print "};\n"
	print "const char *pbpf_helper_name(uint32_t helper)\n{"
	print "\treturn helper < sizeof(helper_names) / sizeof(helper_names[0]) ? helper_names[helper] : NULL;\n}"
}'
