#!/bin/sh
# SPDX-License-Identifier: MIT
# plainbpf map on the running kernel: what is in maps, by bytes and by type.
. "$(dirname "$0")/kernel.sh"

run pin "$data/map_values.bpf.o" "$bpffs/app"
want_code 0
report "an object with typed maps is pinned"
tasks=$bpffs/app/tasks per_cpu=$bpffs/app/per_cpu numbers=$bpffs/app/numbers jumps=$bpffs/app/jumps
cpus=$(sed 's/.*[-,]//' /sys/devices/system/cpu/possible)

# --- By type ---------------------------------------------------------------------------------------
value='{"state":"SLEEPING","flags":5,"mode":9,"ports":[80,443],"tos":1,"ttl":64,"delta":-3}'
run map update "$tasks" key '{"pid":17,"comm":"sh"}' value "$value"
want_code 0
want_no_out
want_no_err
run map lookup "$tasks" key '{"pid":17,"comm":"sh"}'
want_code 0
want_out '^key: {pid=17, comm="sh"}  value: {state=SLEEPING, flags=5, mode=9, ports=\[80, 443\], tos=1, ttl=64, delta=-3}$'
report "a struct is set and shown by its type"

# What is shown can be given back.
run map update "$tasks" key '{pid=18, comm="\x01x"}' value '{state=DEAD, ports=[1]}'
want_code 0
run map lookup "$tasks" key 18 0 0 0 hex 01
want_code 1
run map lookup "$tasks" key hex 12 00 00 00 01 78 00 00 00 00 00 00
want_code 0
want_out '^key: {pid=18, comm="\\x01x"}  value: {state=DEAD, flags=0, mode=0, ports=\[1, 0\], tos=0, ttl=0, delta=0}$'
report "the text form is understood, and members that are not named are 0"

run map lookup --json "$tasks" key '{"pid":17,"comm":"sh"}'
want_code 0
want_out '^{"key":\["0x11","0x00","0x00","0x00","0x73","0x68",'
want_out "\"formatted\":{\"key\":{\"pid\":17,\"comm\":\"sh\"},\"value\":$(printf %s "$value" | sed 's/[][]/\\&/g')}}\$"
report "lookup --json gives bytes and values"

refused() {
	message=$1
	shift
	run map "$@"
	want_code 1
	want_one_message
	want_err "$message"
	report "refused: $message"
}
refused "'task' has no member 'pidd'; did you mean 'pid'?" lookup "$tasks" key '{"pidd":1}'
refused "enum 'state' has no 'SLEEPIN'; did you mean 'SLEEPING'?" update "$tasks" key '{}' value '{"state":"SLEEPIN"}'
refused "'8' does not fit" update "$tasks" key '{}' value '{"flags":8}'
refused "9 bytes does not fit into 8" lookup "$tasks" key '{"comm":"123456789"}'
refused "the text ends before" lookup "$tasks" key '{"pid":1'
refused "the key has 12 bytes, and fewer are given" lookup "$tasks" key 1 2
refused "the key has 12 bytes, and none of them is '256'" lookup "$tasks" key 256 1 2 3 4 5 6 7 8 9 10 11
refused "cannot be looked up (map [0-9]*): there is none" lookup "$tasks" key '{"pid":99}'
refused "the element cannot be set (map [0-9]*): File exists" update "$tasks" key '{"pid":17,"comm":"sh"}' value '{}' noexist
refused "the element cannot be set (map [0-9]*): there is none" update "$tasks" key '{"pid":19}' value '{}' exist
refused "cannot be deleted" delete "$numbers" key 0
refused "cannot be looked at" peek "$tasks"

run map dump "$tasks"
want_code 0
want_out '^2 elements$'
run map getnext "$tasks"
want_code 0
want_out '^next key: {pid=1[78], '
run map delete "$tasks" key '{"pid":18,"comm":"\u0001x"}'
want_code 0
run map getnext "$tasks" key '{"pid":17,"comm":"sh"}'
want_code 1
report "dump, getnext, delete"

run map update "$numbers" key 1 value -- -5
want_code 0
run map lookup "$numbers" key 1
want_out '^key: 1  value: -5$'
run map update "$numbers" key 3 value 1
want_code 1
want_err 'beyond its end'
report "numbers go by their types"

# --- Per-CPU values -------------------------------------------------------------------------------
run map update "$per_cpu" key DEAD value '{"count":7,"hot":true}'
want_code 0
run map lookup "$per_cpu" key DEAD
want_out '^key: DEAD$'
[ "$(grep -c '^  cpu [0-9]*: {count=7, hot=true}$' "$work/out")" -eq $((cpus + 1)) ] || fail "not for every CPU"
run map update "$per_cpu" key DEAD value '{"count":8}' cpu 0
want_code 0
run map lookup "$per_cpu" key DEAD
want_out '^  cpu 0: {count=8, hot=false}$'
[ "$cpus" -eq 0 ] || want_out '^  cpu 1: {count=7, hot=true}$'
run map update "$per_cpu" key DEAD value '{}' cpu $((cpus + 1))
want_code 2
run map lookup -j "$per_cpu" key DEAD
want_out '"values":\[{"cpu":0,"value":\["0x08",'
want_out '"formatted":{"key":"DEAD","values":\[{"cpu":0,"value":{"count":8,"hot":false}}'
report "per-CPU values: all, or one"

# --- Maps and programs as values --------------------------------------------------------------------
prog=$("$plainbpf" -j prog show pinned "$bpffs/app/pass" | sed 's/^{"id":\([0-9]*\),.*/\1/')
run map update "$jumps" key 1 value pinned "$bpffs/app/pass"
want_code 0
run map dump "$jumps"
want_out "^key: 1  value: id $prog\$"
want_out '^1 element$'
run map update "$jumps" key 0 value id "$prog"
want_code 0
run map update "$jumps" key 0 value id 4294967295
want_code 1
report "a prog array takes programs"

run map create "$bpffs/outer" type array_of_maps key 4 value 4 entries 2 inner_map pinned "$numbers" name outer
want_code 0
run map update "$bpffs/outer" key 0 value pinned "$numbers"
want_code 0
run map dump "$bpffs/outer"
want_out '^key: 00 00 00 00  value: id [0-9]*$'
report "a map of maps takes maps"

# --- Creating, and what has no types ---------------------------------------------------------------
run map create "$bpffs/plain" type hash key 8 value 2 entries 4 flags 1 name plain
want_code 0
run map show "$bpffs/plain"
want_out '^map [0-9]*: plain, hash$'
want_out '^  flags        0x1$'
run map update "$bpffs/plain" key 0x1122334455667788 value 1 2
want_code 0
run map dump "$bpffs/plain"
want_out '^key: \(88 77 66 55 44 33 22 11\|11 22 33 44 55 66 77 88\)  value: 01 02$'
run map update "$bpffs/plain" key '{"a":1}' value 1 2
want_code 1
want_one_message
report "bytes and numbers where nothing says what they mean"

run map create "$bpffs/small" type hash key 1 value 1 entries 4
run map update "$bpffs/small" key 200 value 0xff
want_code 0
run map lookup "$bpffs/small" key hex c8
want_out '^key: c8  value: ff$'
for word in 256 -- x "" 1.5; do
	"$plainbpf" map lookup "$bpffs/small" key "$word" >"$work/out" 2>"$work/err"
	[ $? -ne 0 ] || fail "'$word' is taken for a byte"
done
report "keys of one byte"

run map create "$bpffs/queue" type queue value 4 entries 2
want_code 0
run map push "$bpffs/queue" value 5
run map push "$bpffs/queue" value 6
want_code 0
run map push "$bpffs/queue" value 7
want_code 1
run map peek "$bpffs/queue"
want_out '^value: 05 00 00 00$\|^value: 00 00 00 05$'
run map pop -j "$bpffs/queue"
want_out '"value":\["0x'
run map dequeue "$bpffs/queue"
want_code 0
run map pop "$bpffs/queue"
want_code 1
run map dump "$bpffs/queue"
want_code 1
want_one_message
report "queues: push, peek, pop"

run map freeze "$bpffs/plain"
want_code 0
run map update "$bpffs/plain" key 1 value 1 2
want_code 1
want_err 'frozen'
run map show "$bpffs/plain"
want_out ', frozen$'
report "freeze"

run map pin "$bpffs/plain" "$bpffs/again"
want_code 0
run map show -j pinned "$bpffs/again"
want_out '"name":"plain"'
run map pin "$bpffs/plain" "$bpffs/again"
want_code 1
want_one_message
want_err "^pin: cannot pin '$bpffs/again': EEXIST"
report "pin"

for words in "create $bpffs/x" "create $bpffs/x type hsh" "create $bpffs/x type hash keys 4" "update $numbers key 0" \
	"update $numbers ky 0 value 1" "lookup $numbers" "lookup $numbers value 1" "dump" "dump $numbers x" "pin $numbers"; do
	run map $words
	want_code 2
	want_one_message
done
report "what is not understood"
run map create "$bpffs/x" type hash key 0 value 4 entries 1
want_code 1
want_one_message
report "what the kernel refuses"

# --- Many elements, and others who delete meanwhile -----------------------------------------------
run map create "$bpffs/many" type hash key 4 value 4 entries 70000
if have bpftool && have python3; then
	python3 - >"$work/batch" <<END
for i in range(3000):
    print("map update pinned $bpffs/many key", *i.to_bytes(4, "little"), "value 1 0 0 0")
END
	bpftool batch file "$work/batch" >/dev/null 2>&1 || fail "bpftool cannot fill the map"
	run map dump "$bpffs/many"
	want_code 0
	want_out '^3000 elements$'
	sed 's/update/delete/; s/ value.*//' "$work/batch" >"$work/unbatch"
	bpftool batch file "$work/unbatch" >/dev/null 2>&1 &
	for round in 1 2 3 4 5; do
		run map dump "$bpffs/many"
		want_code 0
		want_out '^[0-9]* elements\{0,1\}$'
	done
	wait
	run map dump "$bpffs/many"
	want_out '^0 elements$'
	report "dump while others delete"
else
	echo "SKIP dump while others delete: needs bpftool and python3"
fi

# --- Beside bpftool --------------------------------------------------------------------------------
if ! have bpftool || ! have python3; then
	echo "SKIP map like bpftool's: needs bpftool and python3"
	exit 0
fi
same() {
	python3 - "$work/theirs" "$work/out" >"$work/differ" 2>&1 <<'END' || fail "differs: $(head -n 2 "$work/differ")"
import json, sys
theirs, ours = (json.load(open(name)) for name in sys.argv[1:])
def known(value):
    """Without what changes, or what an older bpftool does not have; as values where it shows text."""
    if isinstance(value, list):
        return sorted((known(v) for v in value), key=str)
    if isinstance(value, str) and value.startswith("0x"):
        return int(value, 16)
    if not isinstance(value, dict):
        return value
    flat = {k: known(v) for k, v in value.items() if k not in ("pids", "map_extra")}
    return {**flat.pop("", {}), **flat}
if known(theirs) != known(ours):
    print(known(theirs), known(ours), sep="\n")
    sys.exit(1)
END
}
bpftool map update pinned "$numbers" key 2 0 0 0 value 0xff 0x7f
bpftool map update pinned "$tasks" key 1 0 0 0 0x41 0 0 0 0 0 0 0 value hex 09 00 00 00 4d 00 50 00 bb 01 01 40 00 00 00 00 ff ff ff ff ff ff ff ff
for map in "$numbers" "$tasks" "$per_cpu" "$bpffs/plain" "$bpffs/outer"; do
	bpftool -j map dump pinned "$map" >"$work/theirs" 2>/dev/null
	run -j map dump pinned "$map"
	want_code 0
	same
	report "map dump of ${map##*/} is bpftool's"
done
for map in "$numbers" "$tasks" "$per_cpu" "$jumps" "$bpffs/plain" "$bpffs/outer" "$bpffs/queue"; do
	bpftool -j map show pinned "$map" >"$work/theirs" 2>/dev/null
	run -j map show pinned "$map"
	same
	report "map show of ${map##*/} is bpftool's"
done
bpftool -j map show >"$work/theirs" 2>/dev/null
run -j map list
[ "$(grep -o '"id":' "$work/out" | wc -l)" -ge 7 ] || fail "too few maps"
report "map list --json lists them"
bpftool -j map lookup pinned "$tasks" key 1 0 0 0 0x41 0 0 0 0 0 0 0 >"$work/theirs"
run -j map lookup pinned "$tasks" key 1 0 0 0 0x41 0 0 0 0 0 0 0
same
bpftool -j map getnext pinned "$numbers" >"$work/theirs"
run -j map getnext pinned "$numbers"
same
report "map lookup and getnext are bpftool's"
