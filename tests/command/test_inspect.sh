#!/bin/sh
# SPDX-License-Identifier: MIT
# elf and btf: what is in a file.
. "$(dirname "$0")/common.sh"

run elf "$data/counter.bpf.o"
want_code 0
want_out 'BPF, little-endian'
want_out '  raw_tp/sys_enter  *PROGBITS  *A-X  *8  *[0-9]* *2$'
want_out '  calls  *OBJECT  *GLOBAL  *DEFAULT  *\.maps '
want_out '  raw_tp/sys_enter  *80  *R_BPF_64_64  *calls$'
want_no_err
report "elf shows sections, symbols and relocations"

run elf "$data/counter.bpfeb.o"
want_code 0
want_out 'BPF, big-endian'
want_out '  raw_tp/sys_enter  *80  *R_BPF_64_64  *calls$'
report "elf reads the other byte order"

# The columns of a table begin below one another.
run elf "$data/minimal.bpf.o"
awk '/ NR  SECTION/ {at = index($0, "TYPE"); next} /^$/ {at = 0}
	at && substr($0, at - 1, 1) != " " {exit 1}' "$work/out" || fail "not aligned"
report "elf aligns its columns"

if [ -c /dev/full ]; then
	"$plainbpf" elf "$data/minimal.bpf.o" >/dev/full 2>"$work/err"
	code=$?
	want_code 1
	want_one_message
	report "output that cannot be written is a failure"
fi

# A name is written into the symbol table by anybody; here it carries a terminal's escape sequence.
esc=$(printf '\033')
LC_ALL=C sed "s/on_system_call/on_${esc}[31mm_call/" "$data/counter.bpf.o" >"$work/hostile.o"
for command in elf "btf dump" "load -n" "verify -n" "verify -n --tsv" "run -n" "load -n -vv"; do
	run $command "$work/hostile.o"
	[ "$code" -lt 128 ] || fail "killed: $code"
	grep -q "$esc" "$work/out" "$work/err" && fail "an escape sequence reached the terminal"
	[ "$command" != elf ] || want_out 'on_\\x1b\[31mm_call'
	report "$command makes hostile names harmless"
done

run btf dump "$data/types.bpf.o"
want_code 0
want_no_err
want_out "^\[[0-9]*\] INT 'int' size=4 bits_offset=0 nr_bits=32 encoding=SIGNED$"
want_out "^\[[0-9]*\] STRUCT 'every_kind' size=[0-9]* vlen=[0-9]*$"
want_out "^	'name' type_id=[0-9]* bits_offset=[0-9]*$"
want_out "^	'bits_a' type_id=[0-9]* bits_offset=[0-9]* bitfield_size=3$"
want_out "^	'GREEN' val=5$"
want_out "^\[[0-9]*\] FUNC_PROTO '(anon)' ret_type_id=[0-9]* vlen=3$"
report "btf dump shows types of every kind"

# The same types in the other byte order: the same dump.
cp "$work/out" "$work/little"
run btf dump "$data/types.bpfeb.o"
want_code 0
cmp -s "$work/out" "$work/little" || fail "the dumps differ"
report "btf dump reads the other byte order"

run btf dump file "$data/types.bpf.o" format raw
want_code 0
cmp -s "$work/out" "$work/little" || fail "the dumps differ"
report "btf dump takes bpftool's words"

run btf dump file "$data/types.bpf.o" format c
want_code 2
want_one_message
report "btf dump refuses another format"

for module in /sys/kernel/btf/*; do
	[ "$module" != /sys/kernel/btf/vmlinux ] && [ -r "$module" ] && break
done
if [ ! -r "$module" ] || [ "$module" = /sys/kernel/btf/vmlinux ]; then
	echo "SKIP btf dump of a kernel module: no module with BTF is loaded"
else
	run btf dump "$module"
	want_code 0
	report "btf dump reads a module's BTF on top of the kernel's"
fi

if ! have bpftool; then
	echo "SKIP btf dump like bpftool's: there is no bpftool"
else
	for file in "$data"/*.bpf.o /sys/kernel/btf/vmlinux; do
		[ -r "$file" ] || continue
		bpftool btf dump file "$file" format raw >"$work/theirs" 2>/dev/null || continue
		run btf dump "$file"
		want_code 0
		cmp -s "$work/out" "$work/theirs" || fail "differs from bpftool's"
		report "btf dump of ${file##*/} is bpftool's"
	done
fi
