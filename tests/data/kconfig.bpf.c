// SPDX-License-Identifier: MIT
/* Externs that the kernel's configuration answers. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "MIT";

extern int LINUX_KERNEL_VERSION __kconfig;
extern _Bool CONFIG_BPF_SYSCALL __kconfig;
extern enum libbpf_tristate CONFIG_NET __kconfig;
extern char CONFIG_DEFAULT_HOSTNAME[64] __kconfig __weak;
extern int CONFIG_HZ __kconfig;
extern int CONFIG_THAT_NO_KERNEL_HAS __kconfig __weak;

SEC("socket")
int use_kconfig(struct __sk_buff *ctx)
{
	return LINUX_KERNEL_VERSION + CONFIG_BPF_SYSCALL + CONFIG_NET + CONFIG_DEFAULT_HOSTNAME[0] +
	       CONFIG_HZ + CONFIG_THAT_NO_KERNEL_HAS;
}
