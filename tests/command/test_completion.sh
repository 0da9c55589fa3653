#!/bin/sh
# SPDX-License-Identifier: MIT
# Completion for bash: what is proposed for the last word.
. "$(dirname "$0")/common.sh"
if ! have bash; then
	echo "SKIP completion: there is no bash"
	exit 0
fi
# The command under its own name.
mkdir "$work/bin" "$work/empty"
ln -s "$plainbpf" "$work/bin/plainbpf"
script=$PWD/completion/plainbpf.bash

# complete WORD...: the proposals, one in a line, for the last WORD.
complete() {
	(
		cd "$work/empty" || exit 1
		PATH="$work/bin:$PATH" bash -c '
			. "$0"
			COMP_WORDS=(plainbpf "$@") COMP_CWORD=$#
			_plainbpf 2>/dev/null
			printf "%s\n" "${COMPREPLY[@]}"' "$script" "$@"
	) >"$work/out"
}

complete ""
for command in load verify run prog link attach net; do
	want_out "^$command$"
done
complete ve
want_out '^verify$'
[ "$(wc -l <"$work/out")" -eq 1 ] || fail "more than one command begins with ve"
report "commands"

complete prog ""
for command in show list dump pin stats tracelog; do
	want_out "^$command$"
done
complete cgroup t
want_out '^tree$'
report "commands of a family"

complete load --
want_out '^--dry-run$'
complete prog stats --s
want_out '^--seconds$'
complete attach x --w
want_out '^--wait$'
report "options"

complete prog dump x
want_out '^xlated$'
complete prog show i
want_out '^id$'
complete prog dump xlated t
want_out '^tag$'
complete link show p
want_out '^pinned$'
complete attach x kprobe.m
want_out '^kprobe.multi$'
complete attach x xdp l
want_out '^lo$'
complete link update i
want_out '^id$'
complete link update id 1 n
want_out '^name$'
complete link update 1 p
want_out '^pinned$'
complete link update 1 pinned n
grep -q '^name$' "$work/out" && fail "a name for what is pinned"
report "words of a command"

# What the kernel has is called by others: an interface may be named $(reboot) or *.
cat >"$work/hostile.sh" <<'EOF'
. "$0"
_plainbpf_interfaces() { printf '%s\n' '$(touch${IFS}made)' '`touch${IFS}made`' '*'; }
COMP_WORDS=(plainbpf attach x xdp '') COMP_CWORD=4
_plainbpf 2>/dev/null
printf '%s\n' "${COMPREPLY[@]}"
EOF
(cd "$work/empty" && bash -c ". $work/hostile.sh" "$script" >"$work/out")
[ ! -e "$work/empty/made" ] || fail "a name was run as a command"
want_out '^\$(touch'
report "hostile names"

: >"$work/empty/prog.bpf.o"
complete load p
want_out '^prog.bpf.o$'
report "files"

if have man; then
	for page in docs/*.1; do
		warnings=$(man --warnings -l "$page" 2>&1 >/dev/null)
		[ -z "$warnings" ] || fail "$page: $warnings"
	done
	report "man pages without warnings"
else
	echo "SKIP man pages without warnings: there is no man"
fi
