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

run elf --json "$data/counter.bpf.o"
want_code 0
want_out '"byte_order":"little"'
want_out '"name":"raw_tp/sys_enter","type":"PROGBITS"'
want_out '{"offset":80,"type":"R_BPF_64_64","symbol":[0-9]*}'
want_out '"name":"calls","type":"OBJECT","bind":"GLOBAL","visibility":"DEFAULT","section":"\.maps"'
if have python3; then
	python3 -m json.tool "$work/out" >"$work/tree" 2>&1 || fail "no JSON: $(head -n 1 "$work/tree")"
fi
report "elf --json says the same"

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
for command in elf "btf dump" "btf dump --json" "btf dump --format c" relo "load -n" "verify -n" "verify -n --tsv" "run -n" "load -n -vv"; do
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

# A kind of a newer kernel, with a layout section that says how long it is.
run btf dump fuzz/corpus/fuzz_btf/layout
want_code 0
want_out "^\[2\] UNKNOWN 'odd' kind_number=20 vlen=3$"
want_out "^\[5\] TYPEDEF 'last' type_id=4$"
run btf dump fuzz/corpus/fuzz_btf/layout --format c
want_code 0
want_out '	void \*p;'
report "btf dump steps over kinds that it does not know"

run btf dump "$data/types.bpf.o" --json
want_code 0
want_out '^{"types":\[{"id":1,"kind":"[A-Z_]*","name":'
want_out '"name":"bits_a","type_id":[0-9]*,"bits_offset":[0-9]*,"bitfield_size":3}'
want_out '"kind":"ENUM","name":"[a-z]*","encoding":"UNSIGNED",.*{"name":"BLUE","val":4294967295}'
if have python3; then
	python3 -m json.tool "$work/out" >"$work/tree" 2>&1 || fail "no JSON: $(head -n 1 "$work/tree")"
fi
report "btf dump writes JSON"

run btf dump "$data/types.bpf.o" --format c
want_code 0
want_no_err
want_out '^struct every_kind {$'
cp "$work/out" "$work/types.h"
run btf dump file "$data/types.bpf.o" format c
cmp -s "$work/out" "$work/types.h" || fail "bpftool's words give something else"
run btf dump file "$data/types.bpfeb.o" format c
cmp -s "$work/out" "$work/types.h" || fail "the other byte order gives something else"
report "btf dump prints C"

# compiles FILE NAME: with each compiler that there is.
compiles() {
	for compiler in "${CC:-cc}" "${CLANG:-clang} -target bpf"; do
		have "${compiler%% *}" || continue
		$compiler -std=gnu11 -fsyntax-only -x c "$1" 2>"$work/cc" ||
			fail "$compiler: $(grep error "$work/cc" | head -n 1)"
	done
	report "$2"
}
compiles "$work/types.h" "C from btf dump compiles"

run btf dump file "$data/types.bpf.o" format json
want_code 2
want_one_message
run btf dump "$data/types.bpf.o" --format C
want_code 2
want_one_message
want_err "did you mean 'c'"
for words in dump dmp "dump x y" "dump file x format" "list x" "dump x format c y"; do
	run btf $words
	want_code 2
	want_one_message
done
report "btf tells what it does not understand"

run btf dump id none
want_code 2
want_no_out
want_one_message
report "btf dump refuses what is no id"

if [ "$(id -u)" -ne 0 ]; then
	echo "SKIP btf list: needs root"
else
	run btf list
	want_code 0
	want_no_err
	want_out '^ *[0-9]*  vmlinux  *[0-9]* '
	id=$(sed -n 's/^ *\([0-9]*\)  vmlinux .*/\1/p' "$work/out")
	report "btf list shows the kernel's BTF"

	run btf list --json
	want_code 0
	want_out "{\"id\":$id,\"size\":[0-9]*,\"prog_ids\":\[.*\],\"map_ids\":\[.*\],\"kernel\":true,\"name\":\"vmlinux\"}"
	report "btf list writes JSON"

	run btf dump id "$id"
	want_code 0
	cp "$work/out" "$work/by_id"
	run btf dump /sys/kernel/btf/vmlinux
	cmp -s "$work/out" "$work/by_id" || fail "the dumps differ"
	report "btf dump by id is what sysfs shows"

	run btf dump id 4294967295
	want_code 1
	want_one_message
	report "btf dump of an id that is not there"
fi

if [ ! -r /sys/kernel/btf/vmlinux ]; then
	echo "SKIP vmlinux.h: the kernel does not show its BTF"
else
	run btf dump /sys/kernel/btf/vmlinux --format c
	want_code 0
	want_no_err
	want_out '^struct task_struct {$'
	compiles "$work/out" "vmlinux.h compiles"
fi

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

# The objects that others wrote are fetched by the tests on the kernel, and looked at when they are there.
if ! have bpftool; then
	echo "SKIP btf dump like bpftool's: there is no bpftool"
else
	for file in "$data"/*.bpf.o /sys/kernel/btf/vmlinux "${BUILD:-build}"/objects/*.o; do
		[ -r "$file" ] || continue
		bpftool btf dump file "$file" format raw >"$work/theirs" 2>/dev/null || continue
		run btf dump "$file"
		want_code 0
		cmp -s "$work/out" "$work/theirs" || fail "differs from bpftool's"
		report "btf dump of ${file##*/} is bpftool's"
	done

	# But for unsigned enumerators above INT_MAX, which bpftool shows as negative 64-bit numbers.
	bpftool -j btf dump file "$data/counter.bpf.o" >"$work/theirs" 2>/dev/null
	run btf dump "$data/counter.bpf.o" --json
	cmp -s "$work/out" "$work/theirs" || fail "differs from bpftool's"
	report "btf dump --json is bpftool's"
fi
