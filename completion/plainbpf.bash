# SPDX-License-Identifier: MIT
# Completion for bash. The words are those that the command's own help tells, so there is nothing here to forget;
# what the kernel has is asked with 'plainbpf -j FAMILY list', and is nothing for who may not ask.

# The commands of the overview, or of a family: the words in front of two spaces behind "commands:".
_plainbpf_commands() {
	"$@" --help 2>/dev/null | sed -n '/^commands:/,/^$/s/^  \([a-z, ]*[a-z]\)  .*/\1/p' | tr -d ,
}

# The long options of a command.
_plainbpf_options() {
	"$@" --help 2>/dev/null | sed -n 's/^  -., \(--[a-z-]*\).*/\1/p'
}

# The values of a key in the list of a family: ids, names, tags.
_plainbpf_values() {
	"$1" -j "$2" list 2>/dev/null | grep -o "\"$3\":[^,}]*" | sed 's/^[^:]*://; s/"//g' | sort -u
}

_plainbpf_interfaces() {
	ls /sys/class/net 2>/dev/null
}

_plainbpf_kinds="tracepoint raw_tp tracing freplace kprobe kretprobe ksyscall kretsyscall kprobe.multi
	kretprobe.multi kprobe.session uprobe uretprobe uprobe.multi uretprobe.multi uprobe.session usdt perf_event xdp
	tcx tc netkit cgroup sk_lookup flow_dissector sockmap netfilter iter struct_ops"

# The words that may follow `previous` in a command.
_plainbpf_words() {
	local command=$1 family=$2 verb=$3 previous=$4

	case $family in
	map) ;;
	link)
		case $verb,${COMP_WORDS[3]},$COMP_CWORD in
		update,*,3 | update,id,4 | update,pinned,4) ;; # update LINK PROG: the link,
		update,id,5 | update,pinned,5 | update,*,4) family=prog previous=update ;;
		update,*) family=prog ;; # and the program
		esac
		;;
	*) family=prog ;;
	esac
	case $previous in
	id | name | tag) _plainbpf_values "$command" "$family" "$previous" ;;
	dev | xdp | tcx | tc | netkit) _plainbpf_interfaces ;;
	tcx_*) _plainbpf_values "$command" prog id ;;
	dump) [ "$verb" = dump ] && [ "$family" = prog ] && echo xlated jited ;;
	show | list | xlated | jited | pin | stats | attach | detach | update)
		echo id pinned
		[ "$family" = link ] || echo name
		[ "$family" = prog ] && echo tag
		;;
	*) [ "$verb" != attach ] || echo "$_plainbpf_kinds" ;;
	esac
}

_plainbpf() {
	local command=${COMP_WORDS[0]} word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
	local first=${COMP_WORDS[1]} second=${COMP_WORDS[2]} words family proposal

	COMPREPLY=()
	if [ "$COMP_CWORD" -eq 1 ]; then
		words=$(_plainbpf_commands "$command")
	else
		family=$(_plainbpf_commands "$command" "$first")
		if [ -n "$family" ] && [ "$COMP_CWORD" -eq 2 ]; then
			words=$family
		elif [ "${word#-}" != "$word" ]; then
			words=$(_plainbpf_options "$command" "$first" ${family:+"$second"})
		else
			words=$(_plainbpf_words "$command" "$first" "${family:+$second}" "$previous")
			[ -n "$family" ] || words=$(_plainbpf_words "$command" "$first" "$first" "$previous")
		fi
	fi
	# compgen -W would expand the words, and run what an interface is called: $(reboot) is a name.
	while read -r proposal; do
		[[ -z $proposal || $proposal != "$word"* ]] || COMPREPLY+=("$proposal")
	done < <(tr -s ' \t' '\n' <<<"$words")
	# A path is possible nearly everywhere behind the command.
	if [ "$COMP_CWORD" -gt 1 ] && [ "${word#-}" = "$word" ]; then
		compopt -o filenames 2>/dev/null
		mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$word")
	fi
}
complete -F _plainbpf plainbpf
