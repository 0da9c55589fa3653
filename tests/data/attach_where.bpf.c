// SPDX-License-Identifier: MIT
/* Section names that say where to attach, well and badly. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

#define PROGRAM(name, section)           \
	SEC(section) int name(void *ctx) \
	{                                \
		return 0;                \
	}

PROGRAM(kprobe, "kprobe/do_exit+0x10")
PROGRAM(kretprobe, "kretprobe/do_exit")
PROGRAM(ksyscall, "ksyscall/openat")
PROGRAM(multi, "kprobe.multi/vfs_*")
PROGRAM(session, "kprobe.session/vfs_*")
PROGRAM(uprobe, "uprobe//proc/self/exe:0x1234")
PROGRAM(urets, "uretprobe.s//proc/self/exe:main+8")
PROGRAM(umulti, "uprobe.multi//proc/self/exe:mai?")
PROGRAM(tp, "tp/sched/sched_switch")
PROGRAM(to_xdp, "xdp")

PROGRAM(nowhere, "?kprobe")
PROGRAM(overflow, "?kprobe/do_exit+0x10000000000000000")
PROGRAM(no_name, "?kprobe/+1")
PROGRAM(no_number, "?kprobe/do_exit+")
PROGRAM(bad_number, "?kprobe/do_exit+0xfg")
PROGRAM(no_function, "?uprobe//:")
PROGRAM(no_file, "?uprobe/:main")
PROGRAM(no_colon, "?uprobe.multi/main")
PROGRAM(no_pattern, "?kprobe.multi/")
