#!/bin/sh
# SPDX-License-Identifier: MIT
# relo: what relocation does to instructions.
. "$(dirname "$0")/common.sh"
core=$data/core.bpf.o

# An object stands for the kernel here: its own types, then types that have nothing of what is asked for.
run relo "$core" --btf "$core"
want_code 0
want_no_err
want_out '^use_core (raw_tp/sched_process_exec)$'
want_out '^  INSN  SOURCE  *KIND  *REFERS TO  *LOCAL  TARGET  BEFORE  *AFTER$'
want_out '^ *2  core\.bpf\.c:45  byte_off  *task_struct\.real_parent  *8  *8  r1 = 8  *r1 = 8$'
want_out '^ *16  core\.bpf\.c:48  data  *parent  *-  *-  r1 = 0 ll  *r1 = map\[\.bss\]\[0\]+0$'
want_out '^ *95  .*target_type_id  struct mm_struct  *12  *[0-9]*  r2 = 0xc ll  *r2 = 0x[0-9a-f]* ll$'
want_out '^26 relocations'
report "relo shows CO-RE and symbols"

run relo "$core" --btf "$data/types.bpf.o"
want_code 0
want_out '^ *2 .*real_parent  *8  *-  r1 = 8  *call 195896080 ; field .task_struct.real_parent. does not exist'
want_out 'type_exists  *struct no_such_struct  *1  *0  r2 = 1  *r2 = 0$'
want_out '^26 relocations, [0-9]* of what these types do not have$'
report "relo tells what is missing"

run relo "$data/subprogs.bpf.o"
want_code 0
want_no_err
want_out 'subprog  nested  *-  *-  call pc+[0-9]*  *call nested$'
want_out 'map  *numbers  *-  *-  r1 = 0 ll  *r1 = map\[numbers\]$'
want_out 'r2 = subprog\[add_index\]$'
report "relo shows maps and subprograms"

# Maps and subprograms in the other byte order: the same.
cp "$work/out" "$work/little"
run relo "$data/subprogs.bpfeb.o"
cmp -s "$work/out" "$work/little" || fail "the other byte order gives something else"
report "relo reads the other byte order"

run relo "$data/core.bpfeb.o" --btf "$core"
want_code 1
want_one_message
report "relo refuses types of another byte order"

run relo "$data/ksyms.bpf.o"
want_code 0
want_out 'kfunc  *bpf_task_acquire  *-  *-  call pc-1  *call bpf_task_acquire$'
want_out 'extern  *_stext  *-  *-  r0 = 0 ll  *r0 = extern\[_stext\]$'
report "relo shows externs"

run relo "$data/minimal.bpf.o"
want_code 0
[ "$(cat "$work/out")" = "0 relocations" ] || fail "something else: $(head -n 1 "$work/out")"
report "relo of an object without relocations"

run relo --json --btf "$data/types.bpf.o" "$core"
want_code 0
want_out '{"function":"use_core","section":"raw_tp/sched_process_exec","insn":2,"file":"[^"]*core.bpf.c","line":45,"kind":"byte_off","path":"task_struct.real_parent","local":8,"before":"r1 = 8","after":"call 195896080","missing":"field '
want_out '"kind":"data","symbol":"parent","before":"r1 = 0 ll","after":"r1 = map\[.bss\]\[0\]+0"}'
want_out '"kind":"type_exists","path":"struct no_such_struct","local":1,"target":0,'
if have python3; then
	python3 -m json.tool "$work/out" >"$work/tree" 2>&1 || fail "no JSON: $(head -n 1 "$work/tree")"
fi
report "relo writes JSON"

echo 'struct { int a; };' >"$work/text"
run relo "$core" --btf "$work/text"
want_code 1
want_one_message
want_err "'$work/text' is no BTF, nor an ELF file"
want_err 'hint: give BTF as it is in /sys/kernel/btf/vmlinux'
report "relo --btf names the file that is no BTF"

for arguments in "$work/none.o" "$core --btf $work/none" "$core --btf $data/nodebug.bpf.o"; do
	run relo $arguments
	want_code 1
	want_no_out
	want_one_message
done
report "relo fails with one message"

esc=$(printf '\033')
LC_ALL=C sed "s/real_parent/re${esc}[1m_parent/g" "$core" >"$work/hostile.o"
for option in --btf=$core "--json --btf=$core"; do
	run relo "$work/hostile.o" $option
	[ "$code" -lt 128 ] || fail "killed: $code"
	grep -q "$esc" "$work/out" "$work/err" && fail "an escape sequence reached the terminal"
done
report "relo makes hostile names harmless"

# Letters stay; a byte that is none, and what steers a terminal, do not.
name=$(printf 'r\303\251\360\237\230\200\351\302\233x')
LC_ALL=C sed "s/real_parent/$name/g" "$core" >"$work/letters.o"
run relo --json "$work/letters.o" --btf "$work/letters.o"
want_code 0
LC_ALL=C grep -q "$(printf 'r\303\251\360\237\230\200\\\\u00e9\\\\u009bx')" "$work/out" ||
	fail "the name is not there: $(grep -o 'task_struct[^"]*' "$work/out" | head -n 1)"
if have python3; then
	python3 -m json.tool "$work/out" >"$work/tree" 2>&1 || fail "no JSON: $(head -n 1 "$work/tree")"
fi
report "JSON is UTF-8, whatever names are"

# values FILE: "PATH: KIND LOCAL -> TARGET", once each, from the steps of a load, or from relo.
values_of_load() {
	run load -n -vv "$1"
	want_code 0
	sed -n 's/^relo: .*instruction [0-9]*: \(.* [0-9]* -> [0-9]*\).*/\1/p' "$work/err" | sort -u
}
values_of_relo() {
	run relo "$1"
	want_code 0
	sed -n -e 's/ struct / struct@/' -e \
		's/^ *[0-9]*  [^ ]*  \([^ ]*\)  *\([^ ]*\)  *\([0-9][0-9]*\)  *\([0-9][0-9]*\)  .*/\2: \1 \3 -> \4/p' \
		"$work/out" | sed 's/struct@/struct /' | sort -u
}
if [ ! -r /sys/kernel/btf/vmlinux ]; then
	echo "SKIP relo for this kernel: the kernel does not show its BTF"
else
	for object in "$core" "$data/execsnoop.bpf.o"; do
		values_of_load "$object" >"$work/of_load"
		values_of_relo "$object" >"$work/of_relo"
		cmp -s "$work/of_load" "$work/of_relo" ||
			fail "$(diff "$work/of_load" "$work/of_relo" | grep '^[<>]' | head -n 1)"
		report "relo of ${object##*/} shows what load does"
	done

	if [ "$(id -u)" -ne 0 ] || ! have setpriv; then
		echo "SKIP relo without privilege: needs root and setpriv to give it up"
	else
		chmod 711 "$work"
		cp "$plainbpf" "$core" "$work" && chmod 755 "$work/plainbpf" && chmod 644 "$work/core.bpf.o"
		setpriv --reuid 65534 --clear-groups --bounding-set=-all --inh-caps=-all \
			"$work/plainbpf" relo "$work/core.bpf.o" >"$work/out" 2>"$work/err"
		code=$?
		want_code 0
		want_out '^26 relocations'
		report "relo needs no privilege"
	fi
fi
