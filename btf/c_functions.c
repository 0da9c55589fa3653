/* SPDX-License-Identifier: MIT */
/*
 * The kernel's functions that programs may call, as C declares them.
 *
 * The kernel tags such a function with "bpf_kfunc" (Linux 6.10):
 *
 *	[65888] FUNC_PROTO '(anon)' ret_type_id=115 vlen=1
 *		'pid' type_id=34
 *	[65889] FUNC 'bpf_task_from_pid' type_id=65888
 *	[65890] DECL_TAG 'bpf_kfunc' type_id=65889 component_idx=-1
 *
 * becomes `extern struct task_struct *bpf_task_from_pid(s32 pid) __weak __ksym;`.
 */
#include "btf/c_print.h"

/* A program that declares functions by itself, in other words, does without these. */
static const char kfuncs_begin[] = "#ifndef BPF_NO_KFUNC_PROTOTYPES\n"
				   "#ifndef __ksym\n"
				   "#define __ksym __attribute__((section(\".ksyms\")))\n"
				   "#endif\n"
				   "#ifndef __weak\n"
				   "#define __weak __attribute__((weak))\n"
				   "#endif\n\n";
static const char kfuncs_end[] = "\n#endif\n\n";

/* The function that tag `id` marks as one that programs may call, or 0. */
static uint32_t kfunc_of_tag(const struct c_printer *printer, uint32_t id)
{
	const uint8_t *record = btf_record(&printer->btf, id);
	uint32_t marked = btf_load(record + 8);

	if (btf_kind_of(&printer->btf, id) != PBPF_KIND_DECL_TAG ||
	    strcmp(c_name_of(printer, id), "bpf_kfunc") != 0 ||
	    btf_kind_of(&printer->btf, marked) != PBPF_KIND_FUNC)
		return 0;
	return marked;
}

static int put_kfunc(struct c_printer *printer, uint32_t id)
{
	uint32_t proto = btf_load(btf_record(&printer->btf, id) + 8);
	int err;

	text_string(&printer->text, "extern ");
	err = c_put_declaration(printer, proto, c_name_of(printer, id), 0, false);
	text_string(&printer->text, " __weak __ksym;\n");
	return err;
}

int c_put_kfuncs(struct c_printer *printer)
{
	bool any = false;
	int err = 0;

	for (uint32_t id = 1; id < printer->btf.end_id && !err && !printer->text.err; id++) {
		uint32_t kfunc = kfunc_of_tag(printer, id);

		if (!kfunc || !c_take_name(printer, kfunc))
			continue;
		if (!any)
			text_string(&printer->text, kfuncs_begin);
		any = true;
		err = put_kfunc(printer, kfunc);
	}
	if (any)
		text_string(&printer->text, kfuncs_end);
	return err;
}
