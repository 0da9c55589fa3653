# SPDX-License-Identifier: MIT
# The logs of guests as one table, a column each: awk -f table.awk tests/vm/refusals LOG...
# Behind it, what failed in which guest, and exits with 1 when something did, or a kernel's
# refusals are others than those known.

FILENAME != file {
	lines = in_failures = 0
	file = FILENAME
	guest = file
	sub(/.*\//, "", guest)
	sub(/\.log$/, "", guest)
	if (FILENAME != ARGV[1])
		column[++columns] = guest
}
# What is known to be refused: KIND GUEST...
FILENAME == ARGV[1] {
	for (i = 2; i <= NF && !/^#/; i++)
		known[$1, $i] = 1
	next
}
/^KIND / {
	sub(/:$/, "", $2)
	note($2, $3 == "ok" ? "ok" : $3 == "refused:" ? "refused" : "FAILED")
	if ($3 == "refused:") {
		reason = $0
		sub(/^KIND [^ ]* refused: /, "", reason)
		why[++reasons] = sprintf("%-12s %-16s %s", guest, $2, reason)
		if (guest != "own" && !(($2, guest) in known)) {
			note($2, "REFUSED")
			tell($2 " is refused, which tests/vm/refusals does not know: " reason)
		}
	} else if ($3 == "ok" && guest != "own" && (($2, guest) in known)) {
		note($2, "NOT REFUSED")
		tell($2 " is not refused, though tests/vm/refusals says so")
	}
}
# The unit tests, which only other machines run, are one row; and one more for each that fails.
/^VMT-TESTS / {
	unit = $2 == "unit"
}
/^== / {
	program = unit ? "unit:" $2 : $2
}
/^SKIP / {
	skips[program, guest]++
}
/^[0-9]+%: Checks: / {
	bad = $5 + $7
	good = $3 - skips[program, guest] - bad
	if (unit)
		note("unit tests", (units[guest] += good) " ok")
	if (bad || !unit)
		note(program, bad ? bad " FAILED" : good " ok")
}
/^not ok / {
	note(program, "FAILED")
}
# What tests/run.sh says at its end.
/^Failed, and why:/ {
	in_failures = 1
	next
}
/^$/ {
	in_failures = 0
}
in_failures {
	tell($0)
}
/^VMT-EXIT/ {
	failed = failed || $2
	end[guest] = $4 " s"
}
# A guest that is lost has its last words, and the first of its kernel's.
/Oops:|kernel BUG at|double fault|Kernel panic/ && !fault[guest] {
	fault[guest] = $0
}
/^VMT-LOST/ {
	failed = 1
	end[guest] = "no end"
	if (fault[guest])
		tell(fault[guest])
	for (i = lines > 6 ? lines - 5 : 1; i <= lines; i++)
		tell(last[i % 6])
}
{
	last[++lines % 6] = $0
}
/^VMT-BEGIN/ {
	version[guest] = $2
	sub(/[+-].*/, "", version[guest])
}

function note(what, verdict) {
	if (!(what in seen))
		row[++rows] = what
	seen[what] = 1
	cell[what, guest] = verdict
	failed = failed || verdict ~ /F/
}

function tell(words) {
	sub(/^ */, "  " guest ": ", words)
	told[++tellings] = words
}

function line(what, cells, i) {
	printf "%-22s", what
	for (i = 1; i <= columns; i++)
		printf " %-12s", cells[i]
	print ""
}

END {
	print ""
	line("guest", column)
	for (i = 1; i <= columns; i++)
		cells[i] = version[column[i]]
	line("Linux", cells)
	for (r = 1; r <= rows; r++) {
		for (i = 1; i <= columns; i++)
			cells[i] = (row[r], column[i]) in cell ? cell[row[r], column[i]] : "-"
		line(row[r], cells)
	}
	for (i = 1; i <= columns; i++)
		cells[i] = end[column[i]]
	line("up for", cells)
	if (reasons)
		print "\nRefused:"
	for (i = 1; i <= reasons; i++)
		print "  " why[i]
	if (tellings)
		print "\nFailed, and why:"
	for (i = 1; i <= tellings; i++)
		print told[i]
	exit failed
}
