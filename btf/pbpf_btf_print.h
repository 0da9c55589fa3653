/* SPDX-License-Identifier: MIT */
/*
 * btf: types and values as text.
 *
 *	pbpf_btf_print_c()        a type as C, after all that it needs
 *	pbpf_btf_print_header()   all types as C: vmlinux.h
 *	pbpf_btf_print_value()    bytes as a value of a type, for people or as JSON
 *
 * C as printed compiles with clang, and every struct has the size, and every member the offset, that
 * BTF says. Holes become members __hole1, __hole2 ... of that declaration; a struct that cannot be
 * laid out otherwise is packed. A name that occurs twice becomes NAME___2, which CO-RE takes for
 * NAME. What BTF says in tags (__user, __rcu) is left out, as are functions, but for those that the
 * kernel tags as programs' to call, and variables.
 *
 * Order: c_order.c, c_decl.c, c_layout.c, c_names.c, c_functions.c; value.c, scalar.c.
 */
#ifndef PBPF_BTF_PRINT_H
#define PBPF_BTF_PRINT_H

#include "base/pbpf_base.h"

#ifdef __cplusplus
extern "C" {
#endif

struct pbpf_btf;

/*
 * Prints struct, union, enum or typedef `id` as C. -EINVAL for a type of another kind, or without a
 * name; -ENOTSUP for what C has no form for; -ENOMEM; or what the writer returned.
 */
int pbpf_btf_print_c(const struct pbpf_btf *btf, uint32_t id, const struct pbpf_writer *out);

/*
 * Prints all types, base included, as a header with include guard, and with the pragma that makes
 * accesses CO-RE relocations unless BPF_NO_PRESERVE_ACCESS_INDEX is defined. The functions that programs
 * may call (kfuncs; tagged since Linux 6.10) are declared as weak externs, unless
 * BPF_NO_KFUNC_PROTOTYPES is defined. Errors as above.
 */
int pbpf_btf_print_header(const struct pbpf_btf *btf, const struct pbpf_writer *out);

/*
 * Prints the `size` bytes at `data`, in the host's byte order, as a value of type `id`:
 *
 *	{pid=17, comm="sh", state=TASK_RUNNING, flags=0x3, args=[1, 2]}
 *	{"pid":17,"comm":"sh","state":"TASK_RUNNING","args":[1,2]}
 *
 * Arrays of char are strings up to their NUL, enumerators go by name, pointers are hexadecimal (in
 * JSON as strings, as are integers above 64 bits), nameless structs and unions are opened up into
 * what contains them. Bytes that are no printable ASCII (JSON: no valid UTF-8) are escaped. A VAR
 * prints as its type, a DATASEC as a struct of its variables. Needs no memory.
 *
 * -ERANGE when `size` is less than the type's, with nothing printed, or when unions within unions
 * unfold to far more text than data; more bytes are ignored, as a ring buffer rounds up. -EINVAL for
 * a type without size; or what the writer returned.
 */
enum pbpf_btf_style { PBPF_STYLE_TEXT, PBPF_STYLE_JSON };
int pbpf_btf_print_value(const struct pbpf_btf *btf, uint32_t id, const void *data, size_t size,
			 enum pbpf_btf_style style, const struct pbpf_writer *out);

#ifdef __cplusplus
}
#endif

#endif
