// SPDX-License-Identifier: MIT
/* BTF of every kind that clang 14 writes for C, reached through the value of one map. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "MIT";

enum color { RED, GREEN = 5, BLUE = -1 };
enum large { SMALL = 1, LARGE = 0x1122334455667788ULL };
typedef int (*handler)(const char *name, volatile long *count, ...);
struct only_declared;
union only_declared_too;

struct every_kind {
	_Bool flag;
	signed char letter;
	__u16 bits_a : 3, bits_b : 13;
	int negative : 5;
	enum color color;
	enum large large;
	float single;
	double precise;
	char name[12];
	int matrix[2][3];
	union {
		__u32 word;
		__u8 bytes[4];
	};
	struct {
		struct every_kind *next;
	} list;
	handler call;
	struct only_declared *opaque;
	union only_declared_too *opaque_too;
	const volatile void *restrict pointer;
	int tagged __attribute__((btf_decl_tag("a field")));
	int __attribute__((btf_type_tag("user"))) * user;
	__int128 huge;
	char tail[];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, struct every_kind);
	__uint(max_entries, 1);
} values SEC(".maps");

SEC("socket")
int use_types(struct __sk_buff *ctx)
{
	__u32 zero = 0;
	struct every_kind *value = bpf_map_lookup_elem(&values, &zero);

	return value ? value->negative : 0;
}
