#!/bin/sh
# SPDX-License-Identifier: MIT
# verify --explain on the running kernel: where, why, and the way out.
if [ "$(id -u)" -ne 0 ]; then
	echo "SKIP verify --explain on the running kernel: needs root"
	exit 0
fi
. "$(dirname "$0")/common.sh"

run load "$data/counter.bpf.o"
if [ "$code" -ne 0 ] && grep -q -e EPERM -e ENOSYS "$work/err"; then
	echo "SKIP verify --explain on the running kernel: $(head -n 1 "$work/err")"
	exit 0
fi

run verify --explain "$data/null_check.bpf.o"
want_code 1
want_no_err
want_out '^forgets_the_check (socket): a map value is used before it is known to be there$'
want_out "^    R0 invalid mem access 'map_value_or_null'$"
want_out '^  at    null_check.bpf.c:28  \*count += 1;$'
want_out '^        instruction [0-9]*: r1 = \*(u64 \*)(r0 +0)$'
want_out '^  why   A lookup gives NULL'
want_out '^  do    check the pointer that bpf_map_lookup_elem() returned before'
want_out '^  accepted  *socket  *socket_filter  *ok '
want_out '^1 of 2 programs refused$'
report "--explain tells where, why, and what to do"

run verify --explain "$data/refused/leaked_reference.bpf.o"
want_code 1
want_out '^  since leaked_reference.bpf.c:17  '
want_out '^  path  leaked_reference.bpf.c:15  '
want_out '^        leaked_reference.bpf.c:22  if (ctx->len < 64)   (.*: yes)$'
report "--explain shows the path and where it began"

run verify --explain "$data/refused/unreachable.bpf.o"
want_code 1
want_out '^    unreachable insn 2$'
want_out '^  at    unreachable.bpf.c:[0-9]*  '
report "--explain finds the source of what no path leads to"

run verify --explain "$data/refused/core_poison.bpf.o"
want_code 1
want_out "field 'task_struct.of_no_kernel'"
report "--explain names what this kernel does not have"

run verify --explain --tsv "$data/null_check.bpf.o"
want_code 1
want_out "^forgets_the_check	socket	socket_filter	EACCES	[0-9]*	load: program 'forgets_the_check'"
[ "$(wc -l <"$work/out")" -eq 2 ] || fail "more than the two lines"
report "--tsv stays as it is"
