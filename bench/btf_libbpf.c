/* SPDX-License-Identifier: MIT */
/*
 * What libbpf does with the kernel's BTF: btf_libbpf parse | view | find N | header. See btf.sh.
 */
#include "btf.h"

#include <bpf/btf.h>

static int find(const struct btf *btf)
{
	int found = 0;

	for (size_t i = 0; i < wanted_count; i++)
		found += btf__find_by_name_kind(btf, wanted_names[i], BTF_KIND_STRUCT) > 0;
	return found;
}

static void print(void *ctx, const char *format, va_list args)
{
	vfprintf(ctx, format, args);
}

static int dump(const struct btf *btf)
{
	struct btf_dump *d = btf_dump__new(btf, print, text_out, NULL);
	int err = d ? 0 : -1;

	for (unsigned int id = 1; !err && id < btf__type_cnt(btf); id++)
		err = btf_dump__dump_type(d, id);
	btf_dump__free(d);
	return err;
}

int measured(enum task task)
{
	struct btf *btf = task == PARSE ? btf__parse(VMLINUX, NULL) : btf__load_vmlinux_btf();
	int result = btf ? 0 : -1;

	if (btf && task == FIND)
		result = find(btf);
	if (btf && task == HEADER)
		result = dump(btf);
	btf__free(btf);
	return result;
}

int main(int argc, char **argv)
{
	return run(argc, argv);
}
