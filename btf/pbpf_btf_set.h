/* SPDX-License-Identifier: MIT */
/*
 * btf: a value from text, the reverse of pbpf_btf_print_value().
 *
 *	{"pid": 17, "comm": "sh", "state": "TASK_RUNNING", "args": [1, 2]}     JSON
 *	{pid=17, comm="sh", state=TASK_RUNNING, flags=0x3, args=[1, 2]}        as it is printed for people
 *	17                                                                     a type without members
 *
 * Members that the text does not name, and elements behind the last one, stay as they are. Members of nameless
 * structs and unions are named like those around them. Order: value_set.c, value_put.c, value_scan.c.
 */
#ifndef PBPF_BTF_SET_H
#define PBPF_BTF_SET_H

#include "base/pbpf_base.h"

#ifdef __cplusplus
extern "C" {
#endif

struct pbpf_btf;

/*
 * Sets the value of type `id` at `data`, `size` bytes in the host's byte order, to what `text` says:
 *
 *	integers      decimal, or hexadecimal behind 0x (beyond 64 bits only so); also in quotes
 *	bool          true, false, 1, 0
 *	char          a number, or one character in quotes
 *	enumerations  the name, in quotes or without, or the number
 *	floats        4 and 8 bytes: what strtod() reads
 *	strings       arrays of char; the rest of the array becomes 0. Escapes: those of JSON, and \xNN
 *	arrays        [...]; not more elements than there are
 *	structs, unions, a DATASEC: {...}; what is named twice is set twice
 *
 * All or nothing: on failure `data` is as it was. The text is hostile: any bytes are fine. Needs no memory.
 * Errors, with a message that says where in the text: -EINVAL it is not of this form, or of another type;
 * -ENOENT no such member or enumerator, with the nearest name; -ERANGE it does not fit; -ENOTSUP pointers, which
 * only the kernel can make; -ERANGE also when `size` is less than the type's, and -EINVAL for a type without.
 */
int pbpf_btf_set_value(const struct pbpf_btf *btf, uint32_t id, const char *text, void *data,
		       size_t size, const struct pbpf_env *env);

#ifdef __cplusplus
}
#endif

#endif
