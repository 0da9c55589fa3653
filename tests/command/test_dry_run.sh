#!/bin/sh
# SPDX-License-Identifier: MIT
# load, verify and run against a kernel in memory. The command itself fails when an fd of that kernel
# is left open, so each of these is a test of leaks as well.
. "$(dirname "$0")/common.sh"

for name in minimal counter execsnoop globals maps subprogs ring_full ring_burst nodebug; do
	run load --dry-run "$data/$name.bpf.o"
	want_code 0
	want_no_err
	want_out '^dry run: [0-9]* maps* and [0-9]* programs* loaded in [0-9.]* ms$'
	report "load -n $name"

	run verify --dry-run "$data/$name.bpf.o"
	want_code 0
	want_no_err
	want_out 'accepted$'
	report "verify -n $name"
done

run load -n "$data/counter.bpf.o"
want_out '^  calls  *hash  *[0-9]'
want_out '^  on_system_call  *raw_tp/sys_enter  *raw_tracepoint  *[0-9]'
report "load lists maps and programs"

run load -n -vv "$data/counter.bpf.o"
want_code 0
want_err "map 'calls'"
report "load -vv tells the steps"

printf 'CONFIG_HZ=4711\nCONFIG_NET=y\nCONFIG_BPF_SYSCALL=y\n' >"$work/config"
run load -n -vv --kconfig "$work/config" "$data/kconfig.bpf.o"
want_code 0
report "load --kconfig takes values from a file"

printf 'CONFIG_HZ=many\n' >"$work/config"
run load -n -k "$work/config" "$data/kconfig.bpf.o"
want_code 1
want_err "'CONFIG_HZ' is an integer of 4 bytes, and this kernel's value is many"
want_one_message
report "load --kconfig with a wrong value"

run load -n --kconfig "$work/none" "$data/kconfig.bpf.o"
want_code 1
want_err "cannot read '.*none'"
want_one_message
report "load --kconfig without that file"

run verify -n --tsv "$data/null_check.bpf.o"
want_code 0
[ "$(awk -F '\t' '{print NF}' "$work/out" | sort -u)" = 6 ] || fail "not six fields in each line"
want_out "^accepted	socket	socket_filter	ok	[0-9]*	$"
want_no_err
report "verify --tsv prints six fields for each program"

run verify -n --tsv "$data/unknown_section.bpf.o"
want_code 1
want_out "^misspelt	tracpoint/.*	ENOENT	[0-9]*	load: program 'misspelt': "
want_no_err
report "verify --tsv puts the message into the last field"

run run -n "$data/execsnoop.bpf.o"
want_code 0
want_out "would read ring buffer 'events' (262144 bytes), and print its records as struct exec_event$"
want_out '^0 events, 0 lost, 0.0 s'
want_no_err
report "run -n finds the type of the events by the map's tag"

run run -n --event 'events=struct exec_event' "$data/execsnoop.bpf.o"
want_code 0
want_out "as struct exec_event$"
report "run -n takes the type of --event"

run run -n --event 'events=struct wrong' "$data/execsnoop.bpf.o"
want_code 1
want_err "no type 'struct wrong'"
want_one_message
report "run refuses a type that does not exist"

run run -n --event 'events=exec_event' "$data/execsnoop.bpf.o"
want_code 1
want_err "write 'struct NAME'"
want_one_message
report "run tells a struct from a typedef"

run run -n --event 'other=struct exec_event' "$data/execsnoop.bpf.o"
want_code 1
want_one_message
report "run refuses --event for a map that is not there"

run run -n "$data/counter.bpf.o"
want_code 0
want_out '^0 events, 0 lost, 0.0 s$'
report "run -n of an object without ring buffers"

run run -n --json "$data/execsnoop.bpf.o"
want_code 0
want_err '^0 events, 0 lost, 0.0 s'
report "run --json keeps the summary off standard output"

run run -n "$data/ring_full.bpf.o"
want_code 1
want_err 'where to attach'
want_one_message
report "run refuses an object of which nothing attaches by name"
