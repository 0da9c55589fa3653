#!/bin/sh
# SPDX-License-Identifier: MIT
# What is no BPF object, or a wrong one: one message with a hint, exit code 1 (verify: 2), nothing left.
. "$(dirname "$0")/common.sh"

mkdir "$work/folder"
: >"$work/empty.o"
echo 'int main(void) { return 0; }' >"$work/text.o"
head -c 700 "$data/counter.bpf.o" >"$work/truncated.o"

# refused NAME FILE WORDS: by every command.
refused() {
	for command in "load" "load -n" "verify" "verify -n --tsv" "run -n" "elf" "btf dump" "btf dump -f c" relo; do
		run $command "$2"
		case $command in
		verify*) want_code 2 ;;
		*) want_code 1 ;;
		esac
		want_no_out
		want_err "$3"
		want_one_message
		report "$command refuses $1"
	done
}

refused "a missing file" "$work/missing.o" 'cannot read .*missing\.o'
refused "a directory" "$work/folder" 'cannot read .*folder'
refused "an empty file" "$work/empty.o" 'the file is empty'
refused "a text file" "$work/text.o" 'it is text'
refused "an x86 object" "$data/x86.o" 'x86-64'
refused "a truncated object" "$work/truncated.o" 'the file ends'

# Every length of an object: an error or a result, never a signal.
size=$(wc -c <"$data/execsnoop.bpf.o")
length=0
while [ "$length" -lt "$size" ]; do
	head -c "$length" "$data/execsnoop.bpf.o" >"$work/cut.o"
	run load -n "$work/cut.o"
	want_code 1
	length=$((length + 61))
done
report "an object cut at many places is refused each time"

run btf dump "$data/nodebug.bpf.o"
want_code 1
want_no_out
want_err 'no .BTF section'
want_one_message
report "btf dump refuses an object without -g"

run load -n "$data/unknown_section.bpf.o"
want_code 1
want_no_out
want_err "section name 'tracpoint/sched/sched_process_exec' is not known"
want_one_message
report "an unknown section name is refused"

run load -n "$data/minimal.bpfeb.o"
want_code 1
want_err 'big-endian'
want_one_message
report "an object of the other byte order is refused"
