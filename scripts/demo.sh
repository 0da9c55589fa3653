#!/bin/sh
# SPDX-License-Identifier: MIT
# The main job on the running kernel: scripts/demo.sh [BUILD [SECONDS]]. Loads the sample execsnoop with the
# command, starts a few harmless processes, and shows the events that the kernel sends of them (and of
# whatever else is executed meanwhile). Where that cannot be, says why and walks the same object through
# a kernel that exists in memory only.
set -u
build=${1:-build}
object=$build/samples/execsnoop.bpf.o
seconds=${2:-4}

dry_run() {
    printf 'demo: %s\n' "$1"
    printf 'demo: so the same object goes through a kernel that exists in memory only:\n\n'
    exec "$build/plainbpf" run --dry-run -vv "$object" --seconds 1 2>&1
}

[ "$(id -u)" -eq 0 ] || dry_run 'not root, and loading into the running kernel needs root (sudo make demo)'
refused=$("$build/plainbpf" load "$object" 2>&1 >/dev/null) || dry_run "this kernel does not take the object: $refused"

# The tracepoint is found through tracefs. Where it is not mounted, it is for this demo alone, in a mount
# namespace that ends with it.
if [ ! -d /sys/kernel/tracing/events ] && [ ! -d /sys/kernel/debug/tracing/events ]; then
    if [ -z "${DEMO_HAS_NAMESPACE:-}" ]; then
        unshare -m true 2>/dev/null || dry_run 'tracefs is not mounted, and unshare(1) cannot mount it for the demo alone'
        DEMO_HAS_NAMESPACE=1 exec unshare -m "$0" "$@"
    fi
    mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null || dry_run 'this kernel has no tracefs, so no tracepoints'
fi

busy() {
    sleep 0.5
    for round in 1 2 3; do
        uname -r
        date
        ls /
        sh -c "exit $round"
        sleep 0.5
    done
}
printf 'demo: %s runs in the kernel for %s seconds; meanwhile a few processes start\n\n' "$object" "$seconds"
busy >/dev/null 2>&1 &
"$build/plainbpf" run "$object" --seconds "$seconds"
status=$?
wait
exit "$status"
