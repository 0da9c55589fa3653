#!/bin/sh
# SPDX-License-Identifier: MIT
# load, verify and run on the running kernel. The only events are those of programs started here.
if [ "$(id -u)" -ne 0 ]; then
	echo "SKIP the command on the running kernel: needs root"
	exit 0
fi

# Tracepoints are found through tracefs. Where it is not mounted, it is for this test alone, in a mount
# namespace that ends with it.
if [ -z "${OWN_MOUNTS:-}" ] && [ ! -d /sys/kernel/tracing/events ] && unshare -m true 2>/dev/null; then
	OWN_MOUNTS=1 exec unshare -m sh "$0"
fi
[ -z "${OWN_MOUNTS:-}" ] || mount -t tracefs tracefs /sys/kernel/tracing
. "$(dirname "$0")/common.sh"

run load "$data/minimal.bpf.o"
if [ "$code" -ne 0 ] && grep -q -e EPERM -e ENOSYS "$work/err"; then
	echo "SKIP the command on the running kernel: $(head -n 1 "$work/err")"
	exit 0
fi

# --- load and verify ---
for name in minimal counter execsnoop globals subprogs nodebug; do
	run load "$data/$name.bpf.o"
	want_code 0
	want_no_err
	want_out '^[0-9]* maps* and [0-9]* programs* loaded in [0-9.]* ms$'
	report "load $name"
done

run load "$data/counter.bpf.o"
want_out '^  MAP  *TYPE  *KEY  *VALUE  *ENTRIES  *FD  *ID$'
want_out '^  calls  *hash  *[0-9]*  *[0-9]*  *[0-9]*  *[0-9]*  *[0-9]*$'
want_out '^  on_system_call  *raw_tp/sys_enter  *raw_tracepoint  *[0-9]*  *[0-9]*  *[0-9]*  *[0-9-]*  *[0-9.]*$'
report "load shows fd, id, instructions and time"

run load "$data/no_license.bpf.o"
want_code 1
want_no_out
want_err 'GPL'
want_one_message
report "a GPL-only helper without a license is refused"

run load "$data/null_check.bpf.o"
want_code 1
want_err "program 'forgets_the_check' (socket): .*null_check.bpf.c:[0-9]*): R0 invalid mem access"
want_one_message
report "a refused program is told with its source line"

run load -vv "$data/null_check.bpf.o"
want_code 1
want_err "^verifier log of 'forgets_the_check':$"
want_err '^processed [0-9]* insns'
report "-vv shows the verifier's log in full"

# The log quotes the source lines that the object carries: here one that would make the terminal red.
escape=$(printf '\033[31m')
sed "s/__u32 key = 0;/$escape key = 0;/" "$data/null_check.bpf.o" >"$work/red.o"
run load -vv "$work/red.o"
want_code 1
want_err '?\[31m key = 0;'
grep -qF "$escape" "$work/err" && fail "the log steers the terminal"
report "-vv: what a log quotes is harmless"

run verify "$data/null_check.bpf.o"
want_code 1
want_out '^  accepted  *socket  *socket_filter  *ok '
want_out '^  forgets_the_check  *socket  *socket_filter  *EACCES '
want_out '^1 of 2 programs refused$'
want_one_message
report "verify judges each program alone"

run verify --tsv "$data/null_check.bpf.o"
want_code 1
want_out "^accepted	socket	socket_filter	ok	[0-9]*	$"
want_out "^forgets_the_check	socket	socket_filter	EACCES	[0-9]*	load: program 'forgets_the_check'"
want_no_err
report "verify --tsv"

if have setpriv; then
	# A folder and a copy of the command that nobody in particular can reach.
	chmod 755 "$work"
	cp "$plainbpf" "$work/plainbpf"
	cp "$data/minimal.bpf.o" "$work/"
	for command in load run verify; do
		setpriv --reuid 65534 --regid 65534 --clear-groups "$work/plainbpf" $command \
			"$work/minimal.bpf.o" >"$work/out" 2>"$work/err" </dev/null
		code=$?
		want_code 1
		want_err 'EPERM'
		want_one_message
		report "$command without privilege is refused"
	done
else
	echo "SKIP load without privilege: there is no setpriv"
fi

# Programs under names of their own, one loaded before the refusal of the next, and one in peace.
if have bpftool; then
	LC_ALL=C sed 's/accepted/leftover/g' "$data/null_check.bpf.o" >"$work/refused.o"
	LC_ALL=C sed 's/on_system_call/leftover_entry/g' "$data/counter.bpf.o" >"$work/loaded.o"
	run load -vv "$work/refused.o"
	want_code 1
	want_err "'leftover' .* is loaded"
	run load "$work/loaded.o"
	want_code 0
	tries=0
	while bpftool prog show | grep -q ' name leftover' && [ $tries -lt 20 ]; do
		sleep 0.1
		tries=$((tries + 1))
	done
	[ $tries -lt 20 ] || fail "a program is still there"
	report "nothing is left in the kernel"
else
	echo "SKIP nothing is left in the kernel: there is no bpftool"
fi

# --- run ---

# start ARG...: the command in the background, as soon as it has attached.
start() {
	: >"$work/err"
	"$plainbpf" run "$@" >"$work/out" 2>"$work/err" </dev/null &
	pid=$!
	tries=0
	while ! grep -q 'attached' "$work/err" && kill -0 $pid 2>/dev/null && [ $tries -lt 50 ]; do
		sleep 0.1
		tries=$((tries + 1))
	done
}
# stop [SIGNAL]: ends it and waits.
stop() {
	[ -z "${1-}" ] || kill "-$1" $pid
	wait $pid
	code=$?
}

run run --seconds 0.1 "$data/execsnoop.bpf.o"
if [ "$code" -ne 0 ] && grep -q 'tracefs' "$work/err"; then
	echo "SKIP run on tracepoints: $(head -n 1 "$work/err")"
	exit 0
fi
want_code 0
want_out '^[0-9]* events, 0 lost, 0\.[0-9] s'
report "run ends after --seconds"

printf "#!/bin/sh\n" >"$work/pbpfevent"
chmod +x "$work/pbpfevent"
start "$data/execsnoop.bpf.o"
"$work/pbpfevent"
sleep 0.3
stop INT
want_code 0
want_out '^ *[0-9.]*  events  {time=[0-9]*, pid=[0-9]*, uid=0, comm="pbpfevent", filename=".*/pbpfevent"}$'
want_out '^[0-9]* events, 0 lost, [0-9.]* s'
report "run prints events by their type until Ctrl-C"

printf "#!/bin/sh\n" >"$work/pbpfperf"
chmod +x "$work/pbpfperf"
start --seconds 1.5 --rate "$data/perf_events.bpf.o"
"$work/pbpfperf"
"$work/pbpfperf"
wait "$pid"
want_out '^ *[0-9.]*  events  {number=0, comm="pbpfperf"}$'
want_out '^ *[0-9.]*  events  {number=1, comm="pbpfperf"}$'
want_err '^2 events/s, .*, 0 lost/s, rings at most 0 % full$'
want_out '^2 events, 0 lost, 1.5 s$'
report "run reads a perf event array"

for policy in balanced frugal busy plain; do
	start --policy $policy "$data/execsnoop.bpf.o"
	"$work/pbpfevent"
	sleep 0.3
	"$work/pbpfevent"
	stop INT
	want_code 0
	[ "$(grep -c 'comm="pbpfevent"' "$work/out")" -eq 2 ] || fail "not both events"
	report "run --policy $policy"
done

start --rate "$data/execsnoop.bpf.o"
"$work/pbpfevent"
sleep 1.3
stop INT
want_code 0
want_err '^[0-9]* events/s, [0-9.]* K*B/s, 0 lost/s, rings at most 0 % full$'
report "run --rate tells each second what came"

start --json "$data/execsnoop.bpf.o"
"$work/pbpfevent"
sleep 0.3
stop TERM
want_code 0
want_out '^{"map":"events","time":[0-9.]*,"event":{"time":[0-9]*,"pid":[0-9]*,"uid":0,"comm":"pbpfevent",'
grep -qv '^{.*}$' "$work/out" && fail "a line is no JSON object"
want_err '^[0-9]* events, 0 lost, [0-9.]* s'
report "run --json prints lines of JSON, and only those"
if have python3; then
	python3 -c 'import json, sys
for line in sys.stdin: json.loads(line)' <"$work/out" || fail "a line does not parse"
	report "the lines of JSON parse"
fi

# Without the tag the type is not known.
LC_ALL=C sed 's/event:struct/ivent:struct/' "$data/execsnoop.bpf.o" >"$work/untagged.o"
start "$work/untagged.o"
"$work/pbpfevent"
sleep 0.3
stop INT
want_code 0
want_out '^ *[0-9.]*  events  [0-9a-f][0-9a-f] [0-9a-f ]*$'
report "run prints hex when the type is not known"

start --event 'events=struct exec_event' "$work/untagged.o"
"$work/pbpfevent"
sleep 0.3
stop INT
want_code 0
want_out 'comm="pbpfevent"'
report "run --event names the type"

# 64 events of 1000 bytes at once.
cp "$work/pbpfevent" "$work/pbpfring"
page=$(getconf PAGESIZE)
if [ "$page" -gt 16384 ]; then
	echo "SKIP a full ring: pages of $page bytes hold all events of the test"
else
	start "$data/ring_burst.bpf.o"
	"$work/pbpfring"
	sleep 0.3
	stop INT
	want_code 1
	want_out '^ *[0-9.]*  ring  {number=0, filler="x"}$'
	want_out '^[0-9]* events, [1-9][0-9]* lost, '
	want_err '^run: ring: [0-9]* events were lost: the ring buffer was full$'
	want_err '^  hint: raise max_entries'
	report "a full ring is told, and is a failure"

	LC_ALL=C sed 's/lost/lust/g' "$data/ring_burst.bpf.o" >"$work/uncounted.o"
	start "$work/uncounted.o"
	"$work/pbpfring"
	sleep 0.3
	stop INT
	want_code 1
	want_out '^[0-9]* events, 0 lost, .* not counted'
	want_err '^run: ring: the ring buffer was full, so events may have been lost$'
	report "a full ring is told when the program does not count"
fi

run run "$data/globals.bpf.o"
want_code 1
want_err 'where to attach'
want_one_message
report "run refuses an object of which nothing attaches by name"
