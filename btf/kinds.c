/* SPDX-License-Identifier: MIT */
/*
 * The kinds of types, as a table: how long a record is, and what it may refer to. The rules are the
 * kernel's (the btf_kind_operations of kernel/bpf/btf.c).
 */
#include "btf/impl.h"

#define BIT(kind) (1u << PBPF_KIND_##kind)

/* What a pointer, a typedef or a modifier may stand for: all that a declaration in C can name. */
#define DECLARABLE                                                                                \
	(BIT(VOID) | BIT(INT) | BIT(PTR) | BIT(ARRAY) | BIT(STRUCT) | BIT(UNION) | BIT(ENUM) |    \
	 BIT(FWD) | BIT(TYPEDEF) | BIT(VOLATILE) | BIT(CONST) | BIT(RESTRICT) | BIT(FUNC_PROTO) | \
	 BIT(FLOAT) | BIT(TYPE_TAG) | BIT(ENUM64))
#define TAGGABLE (BIT(STRUCT) | BIT(UNION) | BIT(FUNC) | BIT(VAR) | BIT(TYPEDEF))

const struct btf_kind btf_kinds[BTF_KIND_COUNT + 1] = {
	[PBPF_KIND_VOID] = {.name = "VOID"},
	[PBPF_KIND_INT] = {.name = "INT"},
	[PBPF_KIND_PTR] = {.name = "PTR", .targets = DECLARABLE | BIT(FUNC)},
	[PBPF_KIND_ARRAY] = {.name = "ARRAY", .by_value = true},
	[PBPF_KIND_STRUCT] = {.name = "STRUCT", .flagged = true, .by_value = true},
	[PBPF_KIND_UNION] = {.name = "UNION", .flagged = true, .by_value = true},
	[PBPF_KIND_ENUM] = {.name = "ENUM", .flagged = true},
	[PBPF_KIND_FWD] = {.name = "FWD", .named = true, .flagged = true},
	[PBPF_KIND_TYPEDEF] = {.name = "TYPEDEF",
			       .named = true,
			       .by_value = true,
			       .targets = DECLARABLE},
	[PBPF_KIND_VOLATILE] = {.name = "VOLATILE", .by_value = true, .targets = DECLARABLE},
	[PBPF_KIND_CONST] = {.name = "CONST", .by_value = true, .targets = DECLARABLE},
	[PBPF_KIND_RESTRICT] = {.name = "RESTRICT", .by_value = true, .targets = DECLARABLE},
	[PBPF_KIND_FUNC] = {.name = "FUNC", .named = true, .targets = BIT(FUNC_PROTO)},
	[PBPF_KIND_FUNC_PROTO] = {.name = "FUNC_PROTO", .targets = DECLARABLE},
	[PBPF_KIND_VAR] = {.name = "VAR", .named = true, .by_value = true, .targets = DECLARABLE},
	[PBPF_KIND_DATASEC] = {.name = "DATASEC", .named = true},
	[PBPF_KIND_FLOAT] = {.name = "FLOAT"},
	[PBPF_KIND_DECL_TAG] = {.name = "DECL_TAG",
				.named = true,
				.flagged = true,
				.targets = TAGGABLE},
	[PBPF_KIND_TYPE_TAG] = {.name = "TYPE_TAG",
				.named = true,
				.flagged = true,
				.by_value = true,
				.targets = DECLARABLE},
	[PBPF_KIND_ENUM64] = {.name = "ENUM64", .flagged = true},
	[BTF_KIND_COUNT] = {.name = "UNKNOWN", .flagged = true},
};

const struct btf_record_form btf_forms[BTF_FORM_COUNT] = {
	[PBPF_KIND_INT] = {16, 0},	  [PBPF_KIND_PTR] = {12, 0},
	[PBPF_KIND_ARRAY] = {24, 0},	  [PBPF_KIND_STRUCT] = {12, 12},
	[PBPF_KIND_UNION] = {12, 12},	  [PBPF_KIND_ENUM] = {12, 8},
	[PBPF_KIND_FWD] = {12, 0},	  [PBPF_KIND_TYPEDEF] = {12, 0},
	[PBPF_KIND_VOLATILE] = {12, 0},	  [PBPF_KIND_CONST] = {12, 0},
	[PBPF_KIND_RESTRICT] = {12, 0},	  [PBPF_KIND_FUNC] = {12, 0},
	[PBPF_KIND_FUNC_PROTO] = {12, 8}, [PBPF_KIND_VAR] = {16, 0},
	[PBPF_KIND_DATASEC] = {12, 12},	  [PBPF_KIND_FLOAT] = {12, 0},
	[PBPF_KIND_DECL_TAG] = {16, 0},	  [PBPF_KIND_TYPE_TAG] = {12, 0},
	[PBPF_KIND_ENUM64] = {12, 12},
};

const char *pbpf_btf_kind_name(uint32_t kind)
{
	return btf_kind(kind)->name;
}
