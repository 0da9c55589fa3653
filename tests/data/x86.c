/* SPDX-License-Identifier: MIT */
/* Not a BPF object: what a compiler makes for x86-64. */
int not_bpf(int x);

int not_bpf(int x)
{
	return x + 1;
}
