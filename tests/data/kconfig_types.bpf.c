// SPDX-License-Identifier: MIT
/* Externs of .kconfig of every type, and what user space finds of them in a map. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "MIT";

extern int LINUX_KERNEL_VERSION __kconfig;
extern _Bool LINUX_HAS_SYSCALL_WRAPPER __kconfig;
extern _Bool LINUX_HAS_BPF_COOKIE __kconfig;
extern int LINUX_HAS_A_FEATURE_OF_TOMORROW __kconfig __weak;

extern _Bool CONFIG_BPF_SYSCALL __kconfig;
extern char CONFIG_NET __kconfig;
extern enum libbpf_tristate CONFIG_INET __kconfig __weak;
extern unsigned short CONFIG_HZ __kconfig;
extern unsigned long long CONFIG_PHYSICAL_START __kconfig __weak;
extern long CONFIG_PANIC_TIMEOUT __kconfig __weak;
extern char CONFIG_DEFAULT_HOSTNAME[8] __kconfig __weak;
extern signed char CONFIG_THAT_NO_KERNEL_HAS __kconfig __weak;

struct seen {
	unsigned long long physical_start;
	long panic_timeout;
	int version;
	int inet;
	unsigned short hz;
	char bpf_syscall;
	char net;
	char wrapper;
	char cookie;
	char of_tomorrow;
	char no_kernel_has;
	char hostname[8];
} seen;

SEC("socket")
int look(struct __sk_buff *ctx)
{
	seen.physical_start = CONFIG_PHYSICAL_START;
	seen.panic_timeout = CONFIG_PANIC_TIMEOUT;
	seen.version = LINUX_KERNEL_VERSION;
	seen.inet = CONFIG_INET;
	seen.hz = CONFIG_HZ;
	seen.bpf_syscall = CONFIG_BPF_SYSCALL;
	seen.net = CONFIG_NET;
	seen.wrapper = LINUX_HAS_SYSCALL_WRAPPER;
	seen.cookie = LINUX_HAS_BPF_COOKIE;
	seen.of_tomorrow = LINUX_HAS_A_FEATURE_OF_TOMORROW;
	seen.no_kernel_has = CONFIG_THAT_NO_KERNEL_HAS;
	for (int i = 0; i < 8; i++)
		seen.hostname[i] = CONFIG_DEFAULT_HOSTNAME[i];
	return 0;
}
