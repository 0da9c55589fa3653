#!/bin/sh
# Checks the model of the ring with spin: the protocol as it is must hold under every publish policy,
# and must fail as soon as one ordering is taken out. One "ok" line per variant.
#
#	tests/model/run.sh              a minute
#	RECORDS=5 tests/model/run.sh    a larger ring's life
set -eu
model=$(cd "$(dirname "$0")" && pwd)/ringbuf.pml
: "${CC:=cc}" "${RECORDS:=4}"

for tool in spin "$CC"; do
    if ! command -v "$tool" >/dev/null; then
        echo "SKIP model: no $tool here (Debian package spin)"
        exit 0
    fi
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
status=0

# check EXPECTED POLICY [BREAKAGE]: EXPECTED is holds or fails
check() {
    expected=$1 policy=$2 breakage=${3-}
    spin -a -DRECORDS="$RECORDS" -D"$policy" ${breakage:+-D"$breakage"} "$model" >/dev/null
    "$CC" -O2 -w -DSAFETY -DVECTORSZ=2048 -DMEMLIM=3072 -o pan pan.c
    ./pan -m1000000 -w24 >out 2>&1 || true
    errors=$(sed -n 's/.*errors: \([0-9]*\).*/\1/p' out)
    states=$(sed -n 's/^ *\([0-9.e+]*\) states, stored.*/\1/p' out)
    why=$(sed -n -e 's/^pan:[0-9]*: \(.*\) (at depth.*/\1/p' out | head -n 1)
    if grep -q 'max search depth too small\|out of memory\|reached -DMEMLIM' out; then
        why="the search was not exhaustive" got=unknown
    elif [ "$errors" = 0 ]; then
        got=holds
    else
        got=fails
    fi
    name="$policy${breakage:+ $breakage}"
    if [ "$got" = "$expected" ]; then
        echo "ok model $name: $got ($states states${why:+, $why})"
    else
        echo "not ok model $name: $got, and $expected was expected${why:+ ($why)}"
        status=1
    fi
}

for policy in EACH LATE BATCH; do
    check holds $policy
    for breakage in NO_FENCE NO_BARRIER NO_RECHECK RELAXED_HEADER RELAXED_POSITION RELAXED_PUBLISH; do
        check fails $policy $breakage
    done
done
exit $status
