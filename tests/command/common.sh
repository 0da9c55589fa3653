# SPDX-License-Identifier: MIT
# What the tests of the command share; each begins with: . "$(dirname "$0")/common.sh"
#
#	run load "$data/minimal.bpf.o"        the command; its output is kept
#	want_code 0                           expectations; the first that fails is told
#	want_out 'MAP .*TYPE'
#	report "a small object loads"         prints ok or not ok, and starts anew
set -u
cd "$(dirname "$0")/../.." || exit 1
data=$PWD/tests/data
plainbpf=${BUILD:-build}/plainbpf
case $plainbpf in
/*) ;;
*) plainbpf=$PWD/$plainbpf ;;
esac
if [ ! -x "$plainbpf" ]; then
	echo "not ok the command is built: there is no $plainbpf"
	exit 1
fi
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
why=

run() {
	"$plainbpf" "$@" >"$work/out" 2>"$work/err" </dev/null
	code=$?
}

# fail WORDS: notes why the test fails, unless something failed before.
fail() {
	[ -n "$why" ] || why=$*
}
want_code() {
	[ "$code" -eq "$1" ] || fail "exit code $code, not $1: $(head -n 1 "$work/err")"
}
want_out() {
	grep -q -e "$1" "$work/out" || fail "the output lacks '$1'"
}
want_no_out() {
	[ ! -s "$work/out" ] || fail "there is output: $(head -n 1 "$work/out")"
}
want_err() {
	grep -q -e "$1" "$work/err" || fail "standard error lacks '$1': $(head -n 1 "$work/err")"
}
want_no_err() {
	[ ! -s "$work/err" ] || fail "there is an error: $(head -n 1 "$work/err")"
}
# One message with its hint: two lines, and nothing else.
want_one_message() {
	[ "$(wc -l <"$work/err")" -eq 2 ] || fail "not one message: $(cat "$work/err")"
	want_err '^  hint: '
}

report() {
	if [ -z "$why" ]; then
		echo "ok $1"
	else
		echo "not ok $1: $why"
	fi
	why=
}
have() {
	command -v "$1" >/dev/null 2>&1
}
