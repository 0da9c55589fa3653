#!/bin/sh
# SPDX-License-Identifier: MIT
# What the command says of programs, links, cgroups and interfaces agrees with bpftool's JSON, for each key that
# bpftool has, and for each instruction.
. "$(dirname "$0")/kernel.sh"
for tool in bpftool python3; do
	if ! have $tool; then
		echo "SKIP $name: there is no $tool"
		exit 0
	fi
done

cat >"$work/agree.py" <<'END'
# agree.py OURS THEIRS [KEY...]: every value of theirs is in ours, but for those of the keys.
import json, sys

ours, theirs = (json.load(open(path)) for path in sys.argv[1:3])
left_out = sys.argv[3:]

def by_id(values):
    return {v["id"]: v for v in values if isinstance(v, dict) and "id" in v}

def agree(a, b, path):
    if isinstance(b, dict) and isinstance(a, dict):
        for key in b:
            # A type that this bpftool does not know yet is a number.
            if key not in left_out and not (key == "type" and isinstance(b[key], int)):
                if key not in a:
                    sys.exit(f"{path}: there is no {key} (bpftool: {b[key]})")
                agree(a[key], b[key], f"{path}.{key}")
    elif isinstance(b, list) and isinstance(a, list):
        if len(by_id(b)) == len(b):
            a, b = by_id(a), by_id(b)
            for key in b:
                if key in a: # others come and go meanwhile
                    agree(a[key], b[key], f"{path}[id {key}]")
        else:
            if len(a) < len(b):
                sys.exit(f"{path}: {len(a)} of {len(b)}")
            for i, value in enumerate(b):
                agree(a[i], value, f"{path}[{i}]")
    elif a != b:
        sys.exit(f"{path}: {a}, bpftool: {b}")

agree(ours, theirs, "")
END

# agrees WHAT [-KEY...] ARG...: the same arguments for both.
agrees() {
	what=$1
	shift
	keys=
	while [ "${1#-}" != "$1" ]; do
		keys="$keys ${1#-}"
		shift
	done
	"$plainbpf" --json "$@" >"$work/ours" 2>"$work/err" || fail "$(cat "$work/err")"
	bpftool --json "$@" >"$work/theirs" 2>/dev/null
	if [ ! -s "$work/theirs" ]; then
		echo "SKIP as bpftool has it: $what: this bpftool cannot"
		return
	fi
	python3 "$work/agree.py" "$work/ours" "$work/theirs" $keys >"$work/said" 2>&1 ||
		fail "$(tail -n 1 "$work/said")"
	report "as bpftool has it: $what"
}

for object in counter globals subprogs; do
	run pin "$data/$object.bpf.o" "$bpffs/$object"
done
programs=$(find "$bpffs" -type f | while read -r pin; do
	"$plainbpf" -j prog show pinned "$pin" 2>/dev/null | sed 's/^{"id":\([0-9]*\),.*/\1/'
done)
[ "$(echo "$programs" | wc -w)" -ge 3 ] || fail "there are no programs: $programs"
report "programs to ask for"

agrees "prog list" -loaded_at -pids prog list
for id in $programs; do
	agrees "prog show id $id" -loaded_at -pids prog show id "$id"
	bpftool prog dump xlated id "$id" file "$work/theirs.bin" 2>/dev/null
	"$plainbpf" prog dump xlated id "$id" file "$work/ours.bin"
	cmp -s "$work/theirs.bin" "$work/ours.bin" || fail "the bytes differ"
	report "as bpftool has it: the bytes of program $id"
	bpftool prog dump xlated id "$id" 2>/dev/null | sed -n 's/^ *[0-9]*: //p' >"$work/theirs.txt"
	# The name behind a map's id is ours alone.
	"$plainbpf" prog dump xlated id "$id" | sed -n 's/^ *[0-9]*: //p' | sed 's/\(map\[.*\) (.*)$/\1/' >"$work/ours.txt"
	# That of an address, and of a program's own functions, differs between versions of bpftool.
	diff "$work/ours.txt" "$work/theirs.txt" | grep '^>' | grep -v -e subprog -e 'call pc' -e ' ll$' >"$work/diff" &&
		fail "an instruction differs: $(head -n 1 "$work/diff")"
	report "as bpftool has it: the instructions of program $id"
done

n=0
for target in "count_xdp xdp v0 generic" "count_tcx tcx v0 ingress" "count_lookup sk_lookup" \
	"count_netfilter netfilter ip input" "count_event perf_event cpu-clock" "list_tasks iter"; do
	n=$((n + 1))
	run attach "$attached" prog $target --pin "$bpffs/link$n"
done
[ -z "$cgroup" ] || run attach "$attached" prog count_egress cgroup "$cgroup" egress --pin "$bpffs/linkc"
run attach "$data/counter.bpf.o" raw_tp sys_enter --pin "$bpffs/linkr"
run attach "$attached" prog count_tcx tc v1 egress
# In its list, bpftool 7.1 gives a map without BTF that of the map before it.
agrees "map list" -pids -btf_id map list
agrees "link list" -pids link list
for pin in "$bpffs"/link*; do
	agrees "link show pinned $(basename "$pin")" -pids link show pinned "$pin"
done
agrees "net" net show
[ -z "$cgroup" ] || agrees "cgroup tree" -attach_btf_name -attach_btf_obj_id -attach_btf_id cgroup tree "$cgroup"
[ -z "$cgroup" ] || agrees "cgroup show" -attach_btf_name -attach_btf_obj_id -attach_btf_id cgroup show "$cgroup"
