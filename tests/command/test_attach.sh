#!/bin/sh
# SPDX-License-Identifier: MIT
# plainbpf attach, detach and link on the running kernel, in namespaces and a cgroup of the test's own.
. "$(dirname "$0")/kernel.sh"

# attaches WHAT TYPE ARG...: a program by attach, pinned, shown as a link of that type, and detached again.
attaches() {
	what=$1 type=$2
	shift 2
	run attach "$@" --pin "$bpffs/link"
	if [ "$code" -ne 0 ] && grep -q -e EINVAL -e ENOTSUP -e ENOENT -e EPERM -e EOPNOTSUPP "$work/err"; then
		echo "SKIP attach $what: $(head -n 1 "$work/err")"
		return
	fi
	want_code 0
	want_no_err
	id=$(link_id)
	run link show id "$id"
	want_code 0
	want_out "^link $id: $type, runs program [1-9]"
	run -j link show --bpffs
	want_out "{\"id\":$id,\"type\":\"$type\",.*\"pinned\":\\[\"$bpffs/link\"\\]"
	run detach "$bpffs/link"
	want_code 0
	[ ! -e "$bpffs/link" ] || fail "the pin is still there"
	want_gone "$id"
	report "attach $what"
}

attaches "xdp generic" xdp "$attached" prog count_xdp xdp v0 generic
attaches "xdpgeneric" xdp "$attached" prog count_xdp xdpgeneric v0
attaches "tcx ingress" tcx "$attached" prog count_tcx tcx v0 ingress
attaches "tcx egress first" tcx "$attached" prog count_tcx tcx v0 egress first
attaches "sk_lookup" netns "$attached" prog count_lookup sk_lookup
attaches "netfilter" netfilter "$attached" prog count_netfilter netfilter ip input priority minus 5
attaches "raw_tp" raw_tracepoint "$data/counter.bpf.o" raw_tp sys_enter
attaches "an object by its section name" raw_tracepoint "$data/counter.bpf.o"
attaches "perf_event" perf_event "$attached" prog count_event perf_event cpu-clock cpu 0
run attach "$attached" prog count_event perf_event page-faults --pin "$bpffs/link"
run link show "$bpffs/link"
# Before Linux 6.6 the kernel does not tell which event it is.
! grep -q event_ "$work/out" || want_out '^  event_type software  event_config page-faults$'
run detach "$bpffs/link"
report "the name of a perf event"
attaches "uprobe" perf_event "$attached" prog count_uprobe uprobe libc.so.6:getpid
attaches "uprobe.multi" uprobe_multi "$attached" prog count_multi uprobe.multi 'libc.so.6:getpi*'
# The live test of USDT has probes of its own.
probes=$(dirname "$plainbpf")/tests/kernel/test_attach_usdt
if [ -x "$probes" ]; then
	attaches "usdt" uprobe_multi "$data/usdt.bpf.o" prog on_probe usdt "$probes:plainbpf:typed"
	run attach "$data/usdt.bpf.o" prog on_probe usdt "$probes:plainbpf:type" --wait
	want_code 1
	want_err "'*typed"
	want_one_message
	run attach "$data/usdt.bpf.o" prog on_probe usdt "$probes:plainbpf" --wait
	want_code 1
	want_err 'not of the form FILE:PROVIDER:NAME'
	want_one_message
	run attach "$data/counter.bpf.o" usdt "$probes:plainbpf:typed" --wait
	want_code 1
	want_err __bpf_usdt_specs
	want_one_message
	report "usdt: wrong words"
else
	echo "SKIP attach usdt: the test that has probes is not built"
fi
attaches "iter" iter "$attached" prog list_tasks iter
if [ -n "$cgroup" ]; then
	attaches "cgroup" cgroup "$attached" prog count_egress cgroup "$cgroup" egress
	attaches "cgroup, the type in full" cgroup "$attached" prog count_sock cgroup "$cgroup" cgroup_inet_sock_create
else
	echo "SKIP attach cgroup: there is no cgroup2"
fi

run attach "$attached" prog list_tasks iter
want_code 0
[ -s "$work/out" ] || fail "the iterator said nothing"
report "an iterator without a pin is run once"

# --- tc, which keeps the program itself ---
run attach "$attached" prog count_tcx tc v0 egress
want_code 0
want_out '^priority [0-9]*, handle [0-9]*$'
priority=$(sed -n 's/^priority \([0-9]*\),.*/\1/p' "$work/out")
run net show dev v0
want_out "^  v0  *[0-9]*  clsact/egress  *[0-9]*  *-  *$priority  *1  *count_tcx$"
run detach tc v0 egress
want_code 1
want_one_message
run detach tc v0 egress priority "$priority" handle 1
want_code 0
run net show dev v0
grep -q clsact "$work/out" && fail "the filter is still there"
report "attach and detach tc"

if [ -n "$cgroup" ]; then
	run attach "$attached" prog count_sock cgroup "$cgroup" sock_create override
	want_code 0
	run cgroup show "$cgroup"
	want_out '^ *[0-9]*  *cgroup_inet_sock_create  *override  *count_sock$'
	run detach cgroup "$cgroup" sock_create count_sock
	want_code 0
	run cgroup show "$cgroup"
	want_no_out
	report "attach and detach a cgroup with override"
fi

# --- Order ---
run attach "$attached" prog count_tcx tcx v0 ingress --pin "$bpffs/one"
if [ "$code" -eq 0 ]; then
	one=$(link_id)
	run attach "$attached" prog count_first tcx v0 ingress before link "$one" --pin "$bpffs/two"
	want_code 0
	run -j net show dev v0
	want_out '"name":"count_first",.*"name":"count_tcx",'
	run link detach id "$one"
	want_code 0
	run -j net show dev v0
	grep -q '"name":"count_tcx"' "$work/out" && fail "the link is still attached"
	want_out '"name":"count_first"'
	rm "$bpffs/one" "$bpffs/two"
	report "before link ID; link detach"
fi

# --- Another program for a link ---
run attach "$attached" prog count_tcx tcx v0 ingress --pin "$bpffs/updated"
if [ "$code" -eq 0 ]; then
	id=$(link_id)
	run prog load "$attached" prog count_first "$bpffs/first"
	want_code 0
	run link update id "$id" pinned "$bpffs/first"
	want_code 0
	want_no_out
	want_no_err
	run -j net show dev v0
	want_out '"name":"count_first",'
	grep -q '"name":"count_tcx"' "$work/out" && fail "the link runs both programs"
	run link update "$bpffs/updated" "$attached" prog count_tcx --expect "$bpffs/first"
	want_code 0
	run -j net show dev v0
	want_out '"name":"count_tcx",'
	report "link update, by a program in the kernel and by one of an object"

	run link update "$id" "$bpffs/first" --expect "$bpffs/first"
	want_code 1
	want_err EPERM
	want_err 'another program than --expect names'
	want_one_message
	run -j net show dev v0
	want_out '"name":"count_tcx",'
	run link update "$id" "$attached" prog count_xdp
	want_code 1
	want_err EINVAL
	want_err 'of the type that the link runs'
	want_one_message
	run link update "$id" "$bpffs/nothing"
	want_code 1
	want_one_message
	run link update "$id" "$bpffs/first" more
	want_code 2
	want_one_message
	run link update "$id"
	want_code 2
	want_one_message
	run link detach "$id"
	run link update "$id" "$bpffs/first"
	want_code 1
	want_err ENOLINK
	want_one_message
	rm "$bpffs/updated" "$bpffs/first"
	report "link update: another program, type or word than there is"
fi

# --- Links end with the process, or stay while it waits ---
run attach "$data/counter.bpf.o"
want_code 1
want_no_out
want_err 'ends with the process'
want_err '^  hint: --pin '
want_one_message
report "an attachment that nobody would keep is refused"

"$plainbpf" attach "$data/counter.bpf.o" raw_tp sys_enter --wait >"$work/out" 2>"$work/err" &
children=$!
tries=0
while [ ! -s "$work/out" ] && kill -0 $children 2>/dev/null && [ $tries -lt 50 ]; do
	sleep 0.1
	tries=$((tries + 1))
done
id=$(link_id)
run link show "$id" --pids
want_code 0
want_out "^  held by plainbpf ($children)$"
run link pin id "$id" "$bpffs/kept"
want_code 0
kill -INT $children
wait $children || fail "it did not end well"
children=
run link show pinned "$bpffs/kept"
want_code 0
want_out 'tp_name sys_enter'
rm "$bpffs/kept"
want_gone "$id"
report "--wait holds the link until Ctrl-C; a pin keeps it"

# --- What is wrong ---
run attach "$attached" xdp v0
want_code 1
want_err 'the object has [0-9]* programs'
want_one_message
run attach "$attached" prog count_xpd xdp v0 --wait
want_code 1
want_err "the object has no program 'count_xpd'"
run attach "$attached" prog count_xdp xpd v0 --wait
want_code 2
want_err "did you mean 'xdp'?"
want_one_message
run attach "$attached" prog count_xdp xdp nosuchif --wait
want_code 1
want_err "there is no interface 'nosuchif'"
want_one_message
run attach "$attached" prog count_xdp xdp v0 generik --wait
want_code 2
want_err "did you mean 'generic'?"
want_one_message
run attach "$attached" prog count_xdp tcx v0 ingress --wait
want_code 1
want_err EINVAL
run attach "$attached" prog count_egress cgroup "$work" egress --wait
want_code 1
want_err 'is no cgroup'
want_one_message
run attach id 4294967295 xdp v0 --wait
want_code 1
want_one_message
run detach xdp v0
want_code 1
want_err 'there is no program of XDP'
want_one_message
run detach 4294967295
want_code 1
want_one_message
run detach tcx
want_code 2
want_one_message
report "wrong words and wrong targets"

# --- A whole object ---
run pin "$data/counter.bpf.o" "$bpffs/app" --attach
want_code 0
want_no_out
for pin in calls on_system_call on_system_call_link; do
	[ -e "$bpffs/app/$pin" ] || fail "there is no $pin"
done
run pin "$data/counter.bpf.o" "$bpffs/app" --attach
want_code 1
want_err EEXIST
want_one_message
[ -e "$bpffs/app/on_system_call_link" ] || fail "the second try removed the first one's pins"
run unpin "$data/counter.bpf.o" "$bpffs/app"
want_code 0
want_out '^3 pins removed$'
run unpin "$data/counter.bpf.o" "$bpffs/app"
want_code 1
want_one_message
report "pin --attach, and unpin"

run pin "$data/globals.bpf.o" "$bpffs/app" --attach
want_code 0
want_err "is not attached: its section name, 'socket', does not say where"
run unpin "$data/globals.bpf.o" "$bpffs/app"
want_code 0
report "pin --attach names what it does not attach"

sed 's/sys_enter/sys_entex/g' "$data/counter.bpf.o" >"$work/nowhere.o"
run pin "$work/nowhere.o" "$bpffs/new" --attach
want_code 1
want_err sys_entex
[ ! -e "$bpffs/new" ] || fail "the folder was left behind: $(ls "$bpffs/new")"
report "pin --attach: nothing is left of what cannot be attached"

mkdir "$work/plain"
run pin "$data/counter.bpf.o" "$work/plain"
want_code 1
want_err 'is in no bpffs'
want_one_message
run pin "$data/counter.bpf.o" "$work/plain/new"
want_code 1
[ ! -e "$work/plain/new" ] || fail "a folder was made for nothing"
report "pin outside of a bpffs"

run pin --dry-run "$data/counter.bpf.o" /sys/fs/bpf
want_code 0
run attach --dry-run "$attached" prog count_xdp xdp lo
want_code 0
want_out '^dry run: would be attached$'
report "dry runs"
