// SPDX-License-Identifier: MIT
/* Programs at a USDT probe, which have maps of their own. */
#include <asm/ptrace.h>
#include <linux/bpf.h>

#include "kinds.h"
#include <bpf/usdt.bpf.h>

TRACE("usdt//proc/self/exe:plainbpf:kind", usdt)
TRACE("usdt.s//proc/self/exe:plainbpf:kind", usdt_sleepable)
