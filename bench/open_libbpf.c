/* SPDX-License-Identifier: MIT */
/*
 * Opens and loads one object with libbpf as it is, and says by its exit status whether that went well. See
 * selftests.sh.
 */
#include <bpf/libbpf.h>

int main(int argc, char **argv)
{
	struct bpf_object *obj = argc == 2 ? bpf_object__open(argv[1]) : NULL;

	return obj && !bpf_object__load(obj) ? 0 : 1;
}
