# SPDX-License-Identifier: MIT
# What the tests of the command on the running kernel share; each begins with:
#
#	. "$(dirname "$0")/kernel.sh"
#
# They run as root, in a mount and a network namespace of their own, which end with them: $bpffs is a bpffs, v0
# and v1 are a pair of interfaces, $cgroup is an empty cgroup where there is a cgroup2. Else: SKIP.
name=$(basename "$0" .sh)
if [ "$(id -u)" -ne 0 ]; then
	echo "SKIP $name: needs root"
	exit 0
fi
if [ -z "${OWN_NAMESPACES:-}" ]; then
	if ! unshare -m -n true 2>/dev/null; then
		echo "SKIP $name: unshare gives no namespaces"
		exit 0
	fi
	OWN_NAMESPACES=1 exec unshare -m -n sh "$0"
fi
. "$(dirname "$0")/common.sh"

bpffs=$work/bpffs
mkdir "$bpffs"
if ! mount -t bpf bpf "$bpffs" 2>/dev/null; then
	echo "SKIP $name: no bpffs can be mounted"
	exit 0
fi
if ! ip link set lo up || ! ip link add v0 type veth peer name v1 || ! ip link set v0 up; then
	echo "SKIP $name: there is no veth"
	exit 0
fi
cgroup=
cgroup2=$(sed -n 's/^[^ ]* \([^ ]*\) cgroup2 .*/\1/p' /proc/self/mounts | head -n 1)
[ -n "$cgroup2" ] && mkdir "$cgroup2/plainbpf-$$" 2>/dev/null && cgroup=$cgroup2/plainbpf-$$
children=

clean_up() {
	for child in $children; do
		kill "$child" 2>/dev/null
	done
	umount "$bpffs"
	[ -z "$cgroup" ] || rmdir "$cgroup"
	rm -rf "$work"
}
trap clean_up EXIT

attached=$data/attach.bpf.o
# The id in the last output, of "link 17".
link_id() {
	sed -n 's/^link \([0-9]*\)$/\1/p' "$work/out"
}
# The link is gone; the kernel may take a moment for it.
want_gone() {
	tries=0
	run link show id "$1"
	while [ "$code" -eq 0 ] && [ $tries -lt 50 ]; do
		sleep 0.1
		tries=$((tries + 1))
		run link show id "$1"
	done
	want_code 1
	want_err "there is no link with the id '$1'"
}
run attach "$attached" prog count_xdp xdp v0 generic --pin "$bpffs/probe"
if [ "$code" -ne 0 ]; then
	echo "SKIP $name: $(head -n 1 "$work/err")"
	exit 0
fi
run detach "$bpffs/probe"
