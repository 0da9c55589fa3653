#!/bin/sh
# SPDX-License-Identifier: MIT
# plainbpf load and run --optional, --first: what may fail. A section name that no kernel knows always does.
. "$(dirname "$0")/common.sh"
object=$data/programs.bpf.o

run load -n --optional made_up "$object"
want_code 0
want_no_err
want_out "^  asks  *socket "
want_out "^left out: made_up: program 'made_up': the section name 'made/up' is not known"
want_out '^dry run: 1 map and 1 program loaded'
report "load --optional goes on without"

run load -n --first made_up,by_tracepoint,marks "$object"
want_code 0
want_no_err
want_out '^  by_tracepoint  *tp/sched/sched_switch '
want_out "^left out: made_up: "
want_out "^left out: marks: 'by_tracepoint' is loaded, whose fallback it is$"
report "load --first takes the first that loads"

run run -n --first made_up,by_tracepoint,marks "$object"
want_code 0
want_out '^dry run: 1 program would be attached$'
report "run --first attaches the first that loads"

run load -n --first made_up "$object"
want_code 1
want_one_message
report "load --first fails when none loads"

for name in mad_up by_tracepoint,mad_up; do
	run load -n --first "$name" "$object"
	want_code 2
	want_one_message
	want_err "did you mean 'made_up'?"
done
run load -n --first asks,asks "$object"
want_code 1
want_one_message
want_err 'its own fallback'
report "load --first refuses what is no list of programs"
