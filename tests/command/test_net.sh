#!/bin/sh
# SPDX-License-Identifier: MIT
# plainbpf net and cgroup on the running kernel: what is attached where.
. "$(dirname "$0")/kernel.sh"

run net
want_code 0
want_no_err
for section in xdp tc flow_dissector sk_lookup netfilter; do
	want_out "^$section:$"
done
report "net, with nothing attached"

run attach "$attached" prog count_xdp xdp v0 generic --pin "$bpffs/xdp"
run attach "$attached" prog count_tcx tcx v0 ingress --pin "$bpffs/tcx"
tcx=$code
run attach "$attached" prog count_tcx tc v1 ingress priority 7 handle 3
run attach "$attached" prog count_lookup sk_lookup --pin "$bpffs/lookup"
lookup=$code
run attach "$attached" prog count_netfilter netfilter ip6 output priority 9 --pin "$bpffs/nf"
netfilter=$code

run net show
want_code 0
want_no_err
want_out '^  v0  *[0-9]*  generic  *[0-9]*  count_xdp$'
want_out '^  v1  *[0-9]*  clsact/ingress  *[0-9]*  *-  *7  *3  *count_tcx$'
[ $tcx -ne 0 ] || want_out '^  v0  *[0-9]*  tcx/ingress  *[0-9]*  *[0-9]*  *-  *-  *count_tcx$'
[ $lookup -ne 0 ] || want_out '^ *[0-9]*  count_lookup$'
[ $netfilter -ne 0 ] || want_out 'pf 10  family ip6  hook 3  hook_name output  prio 9 '
report "net tells of XDP, tc, sk_lookup and netfilter"

run net list dev v1
want_code 0
want_out clsact/ingress
grep -q 'v0 ' "$work/out" && fail "it tells of another interface"
run net show dev nosuchif
want_code 1
want_err "there is no interface 'nosuchif'"
want_one_message
run net show dev v0 more
want_code 2
want_no_out
want_one_message
report "net of one interface"

run net --json
want_code 0
want_out '^\[{"xdp":\[{"devname":"v0","ifindex":[0-9]*,"mode":"generic","id":[0-9]*,"name":"count_xdp"}\],"tc":\['
want_out '"kind":"clsact/ingress","name":"plainbpf","id":[0-9]*,"priority":7,"handle":3,"direct_action":true}'
report "net --json"

if [ -z "$cgroup" ]; then
	echo "SKIP cgroup: there is no cgroup2"
	exit 0
fi
mkdir "$cgroup/below"
trap 'rmdir "$cgroup/below"; clean_up' EXIT
run attach "$attached" prog count_egress cgroup "$cgroup" egress --pin "$bpffs/above"
want_code 0
run attach "$attached" prog count_sock cgroup "$cgroup/below" sock_create --pin "$bpffs/below"
want_code 0
run cgroup tree "$cgroup"
want_code 0
want_no_err
want_out "^  $cgroup  *[0-9]*  *cgroup_inet_egress  *multi  *count_egress$"
want_out "^  $cgroup/below  *[0-9]*  *cgroup_inet_sock_create  *multi  *count_sock$"
run cgroup tree
want_out "^  $cgroup/below  *[0-9]*  *cgroup_inet_sock_create  *multi  *count_sock$"
run -j cgroup tree "$cgroup"
want_out "^\[{\"cgroup\":\"$cgroup\",\"programs\":\[{\"id\":[0-9]*,\"attach_type\":\"cgroup_inet_egress\",\"attach_flags\":\"multi\",\"name\":\"count_egress\"}\]},{\"cgroup\":\"$cgroup/below\","
report "cgroup tree"

run cgroup show "$cgroup/below"
want_code 0
grep -q count_egress "$work/out" && fail "it tells of the cgroup above"
want_out count_sock
for word in effective --effective; do
	run cgroup show "$cgroup/below" $word
	want_out count_egress
	want_out count_sock
done
report "cgroup show, and what is effective"

hostile=$cgroup/$(printf 'a\033[31m')
mkdir "$hostile"
run attach "$attached" prog count_egress cgroup "$hostile" egress --pin "$bpffs/hostile"
want_code 0
for arguments in "cgroup tree $cgroup" "link show" "-j cgroup tree $cgroup" "-j link show"; do
	run $arguments
	want_code 0
	want_out 'a\\\(x\|u00\)1b\[31m'
	grep -q "$(printf '\033')" "$work/out" && fail "$arguments prints a control character"
done
rm "$bpffs/hostile"
rmdir "$hostile"
report "names of others are printed escaped"

run cgroup show
want_code 2
run cgroup show "$cgroup/nowhere"
want_code 1
want_one_message
run cgroup show "$work"
want_code 1
want_err 'is no cgroup'
want_one_message
report "no cgroup"
