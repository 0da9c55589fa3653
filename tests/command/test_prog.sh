#!/bin/sh
# SPDX-License-Identifier: MIT
# plainbpf prog on the running kernel.
. "$(dirname "$0")/kernel.sh"

run pin "$data/counter.bpf.o" "$bpffs/app"
want_code 0
want_no_err
report "pin loads an object and pins it"
prog=$bpffs/app/on_system_call

run prog show pinned "$prog"
want_code 0
want_no_err
want_out '^program [0-9]*: on_system_call, raw_tracepoint$'
want_out '^  license      GPL compatible$'
want_out '^  maps         [0-9][0-9]*$'
id=$(sed -n 's/^program \([0-9]*\):.*/\1/p' "$work/out")
report "prog show of a pin, at length"

for spec in "id $id" "$id" "$prog" "pinned $prog"; do
	run prog show $spec
	want_code 0
	want_out "^program $id: on_system_call"
	run -j prog show $spec
	want_code 0
	want_out "^{\"id\":$id,\"type\":\"raw_tracepoint\",\"name\":\"on_system_call\",\"tag\":\""
	report "prog show $spec"
done

run prog list
want_code 0
want_no_err
want_out '^ *ID  *TYPE  *NAME  *TAG '
want_out "^ *$id  *raw_tracepoint  *on_system_call  *[0-9a-f]\{16\}  *yes "
report "prog list is a table"

run prog show --bpffs
want_out "on_system_call .* $prog\$"
report "prog show --bpffs tells where it is pinned"

run prog
want_code 0
want_out "^ *$id "
run prog -j
want_out '^\[{"id":[0-9]*,.*}\]$'
report "prog alone is prog show"

tag=$("$plainbpf" -j prog show id "$id" | sed 's/.*"tag":"\([0-9a-f]*\)".*/\1/')
run prog show tag "$tag"
want_code 0
want_out "^ *$id "
report "prog show tag"

# --- What is meant ---
run prog show name no_such_program
want_code 1
want_one_message
want_err "there is no program with the name 'no_such_program'"
run prog show id 4294967295
want_code 1
want_one_message
for spec in "id x" "id -1" "id 4294967296" "tag 12" "id" "name" "id 1 2"; do
	run prog show $spec
	want_code 2
	want_no_out
	want_one_message
done
run prog show pinned "$bpffs/app/calls"
want_code 1
want_err "is a map, not a program"
want_one_message
run prog show pinned /etc/passwd
want_code 1
want_one_message
run prog shwo
want_code 2
want_err "did you mean 'show'?"
want_one_message
report "what is not there, or not understood"

run pin "$data/counter.bpf.o" "$bpffs/twin"
run prog pin name on_system_call "$bpffs/other"
want_code 1
want_err "'on_system_call' is [2-9] programs: ids [0-9]*, [0-9]*"
want_one_message
report "a name that two programs have is refused, with their ids"
run unpin "$data/counter.bpf.o" "$bpffs/twin"
want_out '^2 pins removed$'
report "unpin removes what pin made"

# --- Code ---
run prog dump xlated id "$id"
want_code 0
want_no_err
want_out '^on_system_call:$'
want_out '^; count = bpf_map_lookup_elem(&calls, &name);$'
want_out '^ *[0-9]*: (18) r1 = map\[id:[0-9]*\] (calls)$'
want_out '^ *[0-9]*: (95) exit$'
if grep -q '^[0-9a-f]*[1-9a-f][0-9a-f]* T __bpf_call_base' /proc/kallsyms; then
	want_out '^ *[0-9]*: (85) call bpf_get_current_comm#'
fi
report "prog dump xlated, with functions, maps and source lines"

run prog dump xlated id "$id" linum opcodes
want_code 0
want_out '^; .* \[file:.*counter.bpf.c line_num:[0-9]* line_col:[0-9]*\]$'
want_out '^       95 00 00 00 00 00 00 00$'
report "prog dump xlated linum opcodes"

run prog dump xlated id "$id" file "$work/code"
want_code 0
want_no_out
size=$("$plainbpf" -j prog show id "$id" | sed 's/.*"bytes_xlated":\([0-9]*\).*/\1/')
[ "$(wc -c <"$work/code")" -eq "$size" ] || fail "the file has not $size bytes"
report "prog dump xlated file"

run prog dump xlated id "$id" opcode
want_code 2
want_err "did you mean 'opcodes'?"
want_one_message
run prog dump xlatd id "$id"
want_code 2
want_one_message
report "prog dump understands its words only"

if grep -q '"jited":true' "$work/out" || "$plainbpf" -j prog show id "$id" | grep -q '"jited":true'; then
	run prog dump jited id "$id"
	want_code 0
	want_out '^0x[0-9a-f]* .* ([0-9]* bytes):$'
	want_out '^     0: [0-9a-f][0-9a-f] '
	report "prog dump jited"
else
	echo "SKIP prog dump jited: this kernel interprets"
fi

# --- Loading ---
run prog load "$attached" prog count_xdp "$bpffs/loaded"
want_code 0
want_no_out
run prog show "$bpffs/loaded"
want_out '^program [0-9]*: count_xdp, xdp$'
run prog load "$attached" "$bpffs/other"
want_code 1
want_err 'the object has [0-9]* programs'
want_one_message
run prog load --dry-run "$data/counter.bpf.o" "$bpffs/other"
want_code 0
[ ! -e "$bpffs/other" ] || fail "a dry run pinned"
run prog loadall "$data/counter.bpf.o" "$bpffs/all"
want_code 0
[ -e "$bpffs/all/calls" ] || fail "the map is not pinned"
run unpin "$data/counter.bpf.o" "$bpffs/all"
report "prog load, prog loadall"

# --- Types ---
run btf dump prog id "$id"
want_code 0
want_out "VAR 'calls'"
cp "$work/out" "$work/types"
run btf dump map pinned "$bpffs/app/calls" format c
want_code 0
want_out '^struct name {'
run btf dump prog pinned "$prog" format raw
cmp -s "$work/out" "$work/types" || fail "they differ by name"
report "btf dump prog"

# --- Counting ---
run attach "$prog" raw_tp sys_enter --pin "$bpffs/running"
want_code 0
run prog stats id "$id" --seconds 0.3
want_code 0
want_out "^ *$id  *raw_tracepoint  *on_system_call  *[1-9][0-9]*  *[1-9]"
run -j prog stats id "$id" --seconds 0.1
want_out '^\[{"id":[0-9]*,"name":"on_system_call","run_cnt":[1-9]'
rm "$bpffs/running"
report "prog stats counts runs"

# --- Pins ---
run prog pin id "$id" "$bpffs/again"
want_code 0
want_no_out
[ -e "$bpffs/again" ] || fail "there is no pin"
run prog pin id "$id" "$bpffs/again"
want_code 1
want_err EEXIST
want_one_message
run prog pin id "$id" "$work/nowhere"
want_code 1
want_err 'is in no bpffs'
want_err '^  hint: --mount '
want_one_message
mkdir "$work/mine"
run prog pin id "$id" "$work/mine/it" --mount
want_code 0
[ -e "$work/mine/it" ] || fail "--mount mounted nothing"
umount "$work/mine"
report "prog pin, and --mount"

if have setpriv; then
	chmod 755 "$work"
	cp "$plainbpf" "$work/plainbpf"
	setpriv --reuid 65534 --regid 65534 --clear-groups "$work/plainbpf" prog list >"$work/out" 2>"$work/err"
	code=$?
	want_code 1
	want_err CAP_SYS_ADMIN
	want_one_message
	report "prog list without privilege names the capability"
fi
