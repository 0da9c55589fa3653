#!/bin/sh
# SPDX-License-Identifier: MIT
# Writes bpf_helper_defs.h to stdout: every helper of the kernel as a C function pointer whose value is
# the helper's number.
#
#	bpf/gen_helper_defs.sh [/usr/include/linux/bpf.h] >bpf/bpf_helper_defs.h
#
# <linux/bpf.h> describes each helper in a comment that begins with its prototype, and numbers them in
# the list of ___BPF_FUNC_MAPPER: FN(name, number, ##ctx) since Linux 6.2, FN(name) in order before.
# Types that only the kernel knows become those that a program sees (struct sk_buff is struct __sk_buff),
# a map is void * because a program names it by the address of its definition, and a helper that is
# described for more than one kind of context takes void * there.
set -eu
header=${1:-/usr/include/linux/bpf.h}

awk '
function fail(text) { print FILENAME ": " text >"/dev/stderr"; failed = 1; exit 1 }

# A prototype, when the line is one: " * TYPE bpf_NAME(PARAMETERS)" and nothing else.
/Start of BPF helper function descriptions/ { described = 1; next }
described && /^ \* [a-z_].* \*?bpf_[a-z0-9_]+\(.*\)$/ {
	line = substr($0, 4)
	match(line, /bpf_[a-z0-9_]+\(/)
	name = substr(line, RSTART + 4, RLENGTH - 5)
	if (name in params)
		sub(/^[^,]*\*[a-z_]*/, "void *ctx", params[name])
	else {
		result[name] = substr(line, 1, RSTART - 1)
		params[name] = substr(line, RSTART + RLENGTH, length(line) - RSTART - RLENGTH)
	}
}
/define __+BPF_FUNC_MAPPER\(/ { described = 0; numbering = 1 }
numbering && match($0, /FN\([a-z0-9_]+(, *[0-9]+)?/) {
	split(substr($0, RSTART + 3, RLENGTH - 3), field, /, */)
	number = field[2] != "" ? field[2] + 0 : next_number
	next_number = number + 1
	if (!(number in names))
		names[number] = field[1]
	if (number > last)
		last = number
}
numbering && !/\\$/ { numbering = 0 }

function seen_by_program(text) {
	gsub(/struct bpf_map \*/, "void *", text)
	gsub(/struct sk_buff/, "struct __sk_buff", text)
	gsub(/struct xdp_buff/, "struct xdp_md", text)
	gsub(/struct sk_msg_buff/, "struct sk_msg_md", text)
	gsub(/size_t/, "unsigned long", text)
	text = " " text
	while (match(text, /[ (][us](8|16|32|64) /))
		text = substr(text, 1, RSTART) "__" substr(text, RSTART + 1)
	return substr(text, 2)
}

function remember_structs(text) {
	while (match(text, /struct [a-z0-9_]+/)) {
		structs[substr(text, RSTART, RLENGTH)] = 1
		text = substr(text, RSTART + RLENGTH)
	}
}

END {
	if (failed)
		exit 1
	for (number = 1; number <= last; number++) {
		name = names[number]
		if (!(name in params))
			fail("helper " number " (" name ") has no prototype")
		result[name] = seen_by_program(result[name])
		params[name] = seen_by_program(params[name])
		remember_structs(result[name] params[name])
	}
	if (last < 100)
		fail("found " last + 0 " helpers only")
	print "/* SPDX-License-Identifier: MIT */"
	print "/* Made by gen_helper_defs.sh from <linux/bpf.h>: the " last " helpers. Do not edit. */"
	print "/* clang-format off */"
	print "#ifndef BPF_HELPER_DEFS_H\n#define BPF_HELPER_DEFS_H\n"
	sort = "LC_ALL=C sort"
	for (name in structs)
		print name ";" | sort
	close(sort)
	print ""
	for (number = 1; number <= last; number++) {
		name = names[number]
		printf "static %s(*const bpf_%s)(%s) = (void *)%d;\n", result[name], name, params[name], number
	}
	print "\n#endif"
}' "$header"
