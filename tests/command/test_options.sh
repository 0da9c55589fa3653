#!/bin/sh
# SPDX-License-Identifier: MIT
# The command line: help, version, what is misspelt or missing.
. "$(dirname "$0")/common.sh"

run --version
want_code 0
want_out '^plainbpf [0-9]*\.[0-9]*\.[0-9]*$'
want_no_err
report "--version"

for word in --help -h help; do
	run $word
	want_code 0
	want_out 'exit codes: 0 done'
	for command in load verify run test elf btf; do
		want_out "^  $command "
	done
	want_no_err
	report "$word lists the commands"
done

for command in load verify run test elf btf; do
	run $command --help
	want_code 0
	want_out "^usage: plainbpf $command "
	want_out '^exit codes: 0 '
	want_out '  -h, --help'
	want_no_err
	report "$command --help tells options and exit codes"

	run $command
	want_code 2
	want_no_out
	want_one_message
	report "$command without operands is refused"

	run $command --helq
	want_code 2
	want_no_out
	want_err "did you mean '--help'?"
	want_one_message
	report "$command suggests the nearest option"
done

run
want_code 2
want_no_out
want_err '^usage: '
report "no command: the overview, as an error"

run veryfi
want_code 2
want_err "did you mean 'verify'?"
want_one_message
report "the nearest command is suggested"

run frobnicate
want_code 2
want_err "unknown command 'frobnicate'"
want_one_message
report "nothing is suggested for what is like nothing"

run "$(printf 'lo\033[31mad')"
want_code 2
want_err 'lo\\x1b\[31mad'
report "control characters of the command line are not echoed"

run run -n --policy busi "$data/execsnoop.bpf.o"
want_code 2
want_one_message
want_err "did you mean 'busy'"
for policy in balanced frugal busy plain; do
	run run -n --policy $policy "$data/execsnoop.bpf.o"
	want_code 0
done
report "run knows its policies"

for seconds in 0 -1 x 1x nan inf ''; do
	run run -n --seconds "$seconds" "$data/execsnoop.bpf.o"
	want_code 2
	want_one_message
	report "--seconds '$seconds' is refused"
done

for event in events =struct events= ''; do
	run run -n --event "$event" "$data/execsnoop.bpf.o"
	want_code 2
	want_one_message
	report "--event '$event' is refused"
done

run load --dry-run --tsv "$data/minimal.bpf.o"
want_code 2
want_one_message
report "an option of another command is refused"

run load "$data/minimal.bpf.o" "$data/counter.bpf.o"
want_code 2
want_one_message
report "two objects are one too many"

run run --seconds
want_code 2
want_err "needs a value"
want_one_message
report "an option without its value is refused"

run run --json=1
want_code 2
want_err "'--json' takes no value"
want_one_message
run --json
want_code 2
want_err "needs a command"
want_one_message
report "an option with a value that it does not take, or without a command, is refused"

run run --policy soon "$data/counter.bpf.o"
want_code 2
want_err 'there is: balanced, frugal, busy, plain;'
want_one_message
run load --dry-run --optional nothing_like_it "$data/counter.bpf.o"
want_code 2
want_err 'there is: on_system_call;'
want_one_message
run detach cgroup /sys/fs/cgroup ingres 1
[ "$code" -ne 2 ] || want_err "did you mean 'ingress'"
report "an unknown word: what there is"

run prog load "$work/none.bpf.o" "$work/pin"
want_code 1
want_err "cannot read '.*none.bpf.o'"
want_one_message
report "an object that is not there is no pin"

# The man pages and --help speak of the same commands and options. A command's page is any that has it in its
# synopsis; a family's commands are looked for in the family's pages.
overview() {
	"$plainbpf" "$@" --help | sed -n '/^commands:/,/^$/s/^  \([a-z]*\)[, ].*/\1/p'
}
# has_options COMMAND...: each option of the command is in $pages.
has_options() {
	for option in $("$plainbpf" "$@" --help | sed -n 's/^  -., --\([a-z-]*\) .*/\1/p'); do
		cat $pages | sed 's/\\//g' | grep -q "^.BR -. \", \" --$option\( \|$\)" ||
			fail "no man page has --$option of $*"
	done
}
# What bpftool's users type.
run version
want_code 0
want_out '^plainbpf [0-9]'
run feature probe
want_code 2
want_err "'plainbpf doctor'"
run cgroup attach /nowhere
want_code 2
want_err "'plainbpf attach'"
"$plainbpf" elf "$data/minimal.bpf.o" --json >"$work/behind"
run --json --pretty elf "$data/minimal.bpf.o"
want_code 0
cmp -s "$work/out" "$work/behind" || fail "--json --pretty in front"
run prog -p show pinned /nowhere
want_code 1
report "the words of bpftool's users"

for command in $(overview); do
	pages=$(grep -l "^.B plainbpf $command\( \|$\)" docs/*.1)
	[ -n "$pages" ] || fail "no man page has '$command'"
	verbs=$(overview "$command")
	[ -n "$verbs" ] || has_options "$command"
	for verb in $verbs; do
		cat $pages | grep -q "^.B plainbpf $command $verb\|^.RB \[ $verb |\|^.B $verb" ||
			fail "no man page has '$command $verb'"
		has_options "$command" "$verb"
	done
done
report "the man pages have every command and option"
