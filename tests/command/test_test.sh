#!/bin/sh
# SPDX-License-Identifier: MIT
# plainbpf test: programs run on input of the caller's.
. "$(dirname "$0")/common.sh"
object=$data/programs.bpf.o

run test "$object" ask
want_code 2
want_one_message
want_err "did you mean 'asks'?"
report "test: the nearest program is suggested"

for hex in 0 'ff 0' xy '00 0x1'; do
	run test "$object" asks --hex "$hex"
	want_code 2
	want_one_message
	want_err 'needs bytes in hexadecimal'
	report "test --hex '$hex' is refused"
done

for repeat in 0 -1 many; do
	run test "$object" asks --repeat "$repeat"
	want_code 2
	want_one_message
	report "test --repeat $repeat is refused"
done

run test "$object" asks --data "$work/nothing"
want_code 1
want_one_message
want_err "cannot read '.*/nothing'"
report "test: a file that is not there"

if [ "$(id -u)" -ne 0 ]; then
	echo "SKIP test on the running kernel: needs root"
	exit 0
fi
run test "$data/subprogs.bpf.o" first
if [ "$code" -ne 0 ] && grep -q -e EPERM -e ENOSYS "$work/err"; then
	echo "SKIP test on the running kernel: $(head -n 1 "$work/err")"
	exit 0
fi
want_code 0
want_no_err
want_out "^program 'first' returned 13$"
want_out '^packet: 64 bytes, as they were$'
want_out '^[0-9]* ns a run$'
report "test runs a program on a packet of zeros"

run test "$object" cuts --hex '01 02 03:04,05060708090a0b0c 08060d0e' --repeat 3
want_code 0
want_out "^program 'cuts' returned [0-9]* (XDP_[A-Z]*)$"
report "test --repeat"

head -c 64 /dev/zero >"$work/packet"
run test "$object" cuts --data "$work/packet"
want_code 0
want_out '(XDP_TX)$'
want_out '^packet: 60 bytes, of 64, 5 changed$'
want_out '^  + 0000  aa 00 00'
want_out '^  - 0030  \(00 *\)\{16\}$'
want_out '^  + 0030  \(00 *\)\{12\}$'
report "test shows what a program changed, and no more"

head -c 192 /dev/zero >"$work/context"
run test "$object" marks --ctx "$work/context"
want_code 0
want_out '(TC_ACT_SHOT)$'
want_out '^context: 192 bytes, [0-9]* changed$'
want_out '^  [+] 0000  00 00 00 00 00 00 00 00 00 01 00 00 '
report "test --ctx shows the context"

printf '\005\000\000\000' >"$work/number"
[ "$(od -An -tu2 "$work/number" | tr -d ' ')" = 50 ] || printf '\000\000\000\005' >"$work/number"
run test "$object" doubles --ctx "$work/number" --json
if [ "$code" -ne 0 ] && grep -q EINVAL "$work/err"; then
	echo "SKIP test of a syscall program: this kernel has none (5.14)"
else
	want_code 0
	want_out '^{"program":"doubles","section":"syscall","retval":10,'
	want_out '"ctx":"\(0a000000\|0000000a\)"}$'
	report "test --json, of a context that is changed in place"
fi
why=

run test "$object" by_tracepoint
want_code 1
want_no_out
want_one_message
want_err "refused to run 'by_tracepoint'"
report "test: what the kernel cannot run alone"
