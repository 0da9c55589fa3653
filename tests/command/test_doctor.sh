#!/bin/sh
# SPDX-License-Identifier: MIT
# doctor: what this machine can do, and what an object needs of it.
. "$(dirname "$0")/common.sh"

# Without privilege nothing works, and one line says why.
if have setpriv && [ "$(id -u)" -eq 0 ]; then
	cp "$plainbpf" "$work/plainbpf" && chmod 755 "$work" "$work/plainbpf"
	as_nobody() {
		setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all "$work/plainbpf" "$@" \
			>"$work/out" 2>"$work/err" </dev/null
		code=$?
	}
else
	as_nobody() {
		run "$@"
	}
fi
if [ "$(id -u)" -eq 0 ] && ! have setpriv; then
	echo "SKIP doctor without privilege: there is no setpriv"
else
	as_nobody doctor
	want_code 1
	want_no_err
	want_out '^  no  CAP_BPF: missing: needed for maps, types, programs; run it as root, or:'
	want_out '^this process cannot use BPF on this machine$'
	report "doctor tells which capabilities are missing"

	as_nobody doctor --json
	want_code 1
	want_out '{"group":"programs","name":"xdp","answer":"no","reason":"this process lacks CAP_BPF and CAP_NET_ADMIN"'
	want_out '{"group":"programs","name":"tp","answer":"no","reason":"this process lacks CAP_BPF and CAP_PERFMON"'
	want_out '"verdict":"cannot"}$'
	report "doctor names the capabilities of each kind of program"

	# What a load says is what the doctor says.
	cp "$data/counter.bpf.o" "$work/counter.bpf.o"
	as_nobody load "$work/counter.bpf.o"
	want_code 1
	want_err 'hint: this process lacks CAP_BPF'
	report "a load that is refused gives the doctor's reason"
fi

# The options of an object are looked at before privilege is.
run doctor "$data/nothing.o"
want_code 2
want_one_message
run doctor a b
want_code 2
want_one_message
report "doctor of what is no object"

if [ "$(id -u)" -ne 0 ]; then
	echo "SKIP doctor of the machine: needs root"
	exit 0
fi

ids() {
	"$plainbpf" prog list --json 2>/dev/null | tr ',' '\n' | grep -c '"id"'
}
before=$(ids)
run doctor
want_code 0
want_no_err
for group in process kernel places programs maps helpers attaching; do
	want_out "^$group\$"
done
want_out '^  ok  CAP_BPF: '
want_out '^  ok  hash, array, '
want_out '^this process can use BPF on this machine$'
[ "$(awk '{ if (length($0) > most) most = length($0) } END { print most }' "$work/out")" -le 120 ] ||
	fail "a line is too long"
[ "$(ids)" -le "$((before + 2))" ] || fail "programs are left behind"
report "doctor examines the machine"

run doctor --json
want_code 0
want_no_err
want_out '{"group":"maps","name":"hash","answer":"yes"}'
want_out '{"group":"helpers","name":"bpf_map_lookup_elem","answer":"yes"}'
want_out '"verdict":"can"}$'
if have python3; then
	python3 -m json.tool "$work/out" >"$work/tree" 2>&1 || fail "no JSON: $(head -n 1 "$work/tree")"
fi
report "doctor --json says the same"

# bpftool tries the same things in its own way; but an older one does not understand how a newer kernel refuses
# a helper, and creates struct_ops without its types.
if ! have bpftool || ! have python3; then
	echo "SKIP doctor agrees with bpftool: needs bpftool and python3"
else
	bpftool -j feature probe kernel >"$work/theirs" 2>/dev/null
	python3 - "$work/theirs" "$work/out" >"$work/differ" 2>&1 <<'END' || fail "differs: $(head -n 3 "$work/differ")"
import json, sys
theirs, ours = (json.load(open(name)) for name in sys.argv[1:])
ours = {(f["group"], f["name"]): f["answer"] == "yes" for f in ours["findings"]}
plain = ["xdp", "perf_event", "sk_msg", "sk_lookup", "flow_dissector", "lirc_mode2", "lwt_in", "lwt_out",
         "lwt_xmit", "lwt_seg6local", "syscall", "netfilter"]
compared = 0
for kind, group in ("map", "maps"), ("prog", "programs"):
    for key, there in (theirs[f"{kind}_types"] if kind == "map" else theirs["program_types"]).items():
        name = key[len("have_"):-len(f"_{kind}_type")]
        if (group, name) not in ours or name == "struct_ops" or kind == "prog" and name not in plain:
            continue
        compared += 1
        if ours[group, name] != there:
            print(f"{group} {name}: bpftool says {there}")
            compared = -1000
print(compared, "compared")
sys.exit(compared < 30)
END
	report "doctor agrees with bpftool on types of maps and programs"
fi

run doctor "$data/counter.bpf.o"
want_code 0
want_no_err
want_out '^  ok  raw_tp$'
want_out '^  ok  hash$'
want_out '^  ok  bpf_get_current_comm, bpf_map_lookup_elem, bpf_map_update_elem$'
want_out '^this machine has all that the object needs'
report "doctor of an object that this machine can load"

run doctor "$data/missing_externs.bpf.o"
want_code 1
want_no_err
want_out '^  no  runqueue: not on this kernel: a variable of the kernel'
want_out '^6 things that the object needs are missing$'
report "doctor lists the externs that this kernel lacks"

run doctor "$data/unknown_target.bpf.o"
want_code 1
want_out "did you mean 'sched_process_exec'?"
report "doctor tells which target this kernel lacks"

run doctor "$data/missing_field.bpf.o"
want_code 0
want_out "^  ?   task_struct.pidd: field 'task_struct.pidd' does not exist on this kernel"
report "doctor tells which fields this kernel lacks"

run doctor --json "$data/weak_call.bpf.o"
want_code 0
want_out '{"group":"externs","name":"no_such_function","answer":"perhaps",'
report "doctor --json of an object"
