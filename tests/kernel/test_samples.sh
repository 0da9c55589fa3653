#!/bin/sh
# SPDX-License-Identifier: MIT
# The samples and the demo do what they say, on the running kernel; in a mount namespace of their own, so
# that tracefs is there and nobody else sees it.
set -u
if [ -z "${OWN_MOUNTS:-}" ]; then
    OWN_MOUNTS=1 unshare -m true 2>/dev/null || {
        echo 'SKIP samples: no privilege for a mount namespace'
        exit 0
    }
    OWN_MOUNTS=1 exec unshare -m "$0" "$@"
fi
cd "$(dirname "$0")/../.." || exit 1
build=${BUILD:-build}
out=$build/tests/samples
mkdir -p "$out" || exit 1
mount -t tracefs tracefs /sys/kernel/tracing || {
    echo 'SKIP samples: this kernel has no tracefs'
    exit 0
}
refused=$("$build/plainbpf" load "$build/samples/minimal.bpf.o" 2>&1 >/dev/null) || {
    echo "SKIP samples: $(echo "$refused" | head -n 1)"
    exit 0
}

verdict() {
    if [ "$1" -eq 0 ]; then
        echo "ok $2"
    else
        echo "not ok $2"
        cat "$out/log"
    fi
}

# What the samples are to see: a file that nobody else executes.
cp /bin/true "$out/plainbpf_seen" || exit 1

{ sleep 0.3 && "$out/plainbpf_seen" && echo; } | "$build/samples/minimal" >"$out/log" 2>&1 &&
    grep -q '^on_exec is program [1-9][0-9]* of this kernel, of 2 instructions' "$out/log" &&
    grep -q '^it ran [1-9][0-9]* times' "$out/log"
verdict $? 'minimal runs and is counted'

"$build/samples/counter" >"$out/log" 2>&1 && grep -q '^ *[1-9][0-9]*  counter$' "$out/log"
verdict $? 'counter sees its own system calls'

"$build/samples/execsnoop" >"$out/log" 2>&1 &
pid=$!
sleep 0.5
"$out/plainbpf_seen"
sleep 0.3
kill -INT "$pid"
wait "$pid" && grep -q "^ *[0-9]* *[0-9]*  plainbpf_seen *$out/plainbpf_seen$" "$out/log"
verdict $? 'execsnoop sees what is executed, and ends on a signal'

scripts/demo.sh "$build" 1 >"$out/log" 2>&1 && grep -q '^[1-9][0-9]* events, 0 lost, 1.[0-9] s$' "$out/log" &&
    grep -q 'filename="[^"]*/uname"' "$out/log"
verdict $? 'the demo shows events'

if command -v setpriv >/dev/null 2>&1; then
    setpriv --bounding-set -all --inh-caps -all scripts/demo.sh "$build" 1 >"$out/log" 2>&1 &&
        grep -q '^demo: .*EPERM' "$out/log" && grep -q '^dry run: 1 program would be attached$' "$out/log"
    verdict $? 'the demo goes without privilege, and says so'
else
    echo 'SKIP the demo without privilege: no setpriv'
fi
