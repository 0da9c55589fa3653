#!/bin/sh
# Runs test programs one after the other and counts: tests/run.sh PROGRAM...
#
# A program is a Check suite ("100%: Checks: 9, Failures: 0, Errors: 0") or prints lines "ok NAME" and
# "not ok NAME". Either may print "SKIP NAME: reason": such a test is counted as skipped and its reason
# is repeated at the end. A program that fails without counting anything is one failure. What failed
# is repeated last, a few lines of each program.
#
# A test that hangs is ended after a minute, where its suite says nothing else: Check's own 4 s are what a
# sanitizer's build needs on a busy machine.
export CK_DEFAULT_TIMEOUT="${CK_DEFAULT_TIMEOUT:-60}"
passed=0 failed=0 skipped=0
reasons=$(mktemp) || exit 1
failures=$(mktemp) || exit 1
output=$(mktemp) || exit 1
trap 'rm -f "$reasons" "$failures" "$output"' EXIT

# Remembers the lines that are read, for the end.
tell() {
    head -n 8 | sed "s/^/  $name: /" >>"$failures"
}

for program in "$@"; do
    name=$(basename "$program")
    printf '== %s\n' "$name"
    "$program" >"$output" 2>&1
    status=$?
    grep -v '^ok ' "$output"
    skips=$(grep -c '^SKIP ' "$output")
    grep '^SKIP ' "$output" >>"$reasons"
    checks=$(sed -n 's/^[0-9]*%: Checks: \([0-9]*\).*/\1/p' "$output" | tail -n 1)
    if [ -n "$checks" ]; then
        bad=$(sed -n 's/^[0-9]*%: Checks: .*Failures: \([0-9]*\), Errors: \([0-9]*\).*/\1 \2/p' "$output" |
            tail -n 1 | awk '{print $1 + $2}')
        good=$((checks - bad - skips))
    else
        bad=$(grep -c '^not ok ' "$output")
        good=$(grep -c '^ok ' "$output")
    fi
    if [ "$bad" -gt 0 ]; then
        grep -v -e '^ok ' -e '^SKIP ' "$output" | grep -A 3 -e '^not ok ' -e '^[^ :]*:[0-9]*:[EF]:' | tell
    elif [ "$status" -ne 0 ]; then
        printf 'not ok %s: exit status %s\n' "$program" "$status"
        { tail -n 5 "$output" && echo "exit status $status"; } | tell
        bad=1
    fi
    passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + skips))
done

if [ "$skipped" -gt 0 ]; then
    printf '\nSkipped, and why:\n'
    sed 's/^SKIP /  /' "$reasons"
fi
if [ "$failed" -gt 0 ]; then
    printf '\nFailed, and why:\n'
    cat "$failures"
fi
printf '\n%s passed, %s failed, %s skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ] && [ $((passed + skipped)) -gt 0 ]
