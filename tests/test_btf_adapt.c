/* SPDX-License-Identifier: MIT */
/*
 * BTF for old kernels: what each lacks is replaced, and ids stay.
 */
#include "btf/pbpf_btf.h"
#include "btf_builder.h"
#include "harness.h"

enum {
	INT = 1,
	PROTO,
	FUNC,
	VAR,
	DATASEC,
	FLOAT,
	STRUCT,
	DECL_TAG,
	TYPE_TAG,
	ENUM,
	ENUM64,
	PTR,
	TYPES
};

static struct host host;
static struct pbpf_env env;

static struct pbpf_btf *build(void)
{
	struct btf_builder b;
	struct btf_bytes bytes;
	struct pbpf_btf *btf = NULL;

	btf_start(&b, false);
	add_int(&b, "int", 4, 1);
	add_proto(&b, INT);
	add_param(&b, "ctx", PTR);
	add_param(&b, "", INT);
	add_func(&b, "main", PROTO, PBPF_LINKAGE_GLOBAL);
	add_var(&b, "counter", INT, PBPF_LINKAGE_GLOBAL);
	add_datasec(&b, "?.data", 8);
	add_variable(&b, VAR, 4, 4);
	add_float(&b, "double", 8);
	add_struct(&b, "Vec<u8>", 8);
	add_member(&b, "d", FLOAT, 0);
	add_decl_tag(&b, "tag", STRUCT, 0);
	add_type_tag(&b, "rcu", INT);
	add_enum(&b, "e", 4, true);
	add_enumerator(&b, "MINUS", (uint64_t)-1);
	add_enum64(&b, "w", true);
	add_enumerator(&b, "BIG", UINT64_MAX);
	add_raw(&b, "named", BTF_INFO(PBPF_KIND_PTR, 0), STRUCT);
	bytes = btf_finish(&b);
	memset(&host, 0, sizeof(host));
	env = host_env(&host);
	ck_assert_msg(!pbpf_btf_parse(&btf, bytes.bytes, bytes.size, NULL, &env), "%s", host.text);
	free(bytes.bytes);
	return btf;
}

/* Adapts for a kernel without `missing`. */
static struct pbpf_btf *adapt(uint32_t missing)
{
	struct pbpf_btf *btf = build(), *adapted = NULL;
	int err = pbpf_btf_adapt(&adapted, btf, PBPF_BTF_HAS_ALL & ~missing, &env);

	ck_assert_msg(!err, "%s", host.text);
	ck_assert_uint_ge(pbpf_btf_count(adapted), TYPES);
	pbpf_btf_free(btf);
	return adapted;
}

static void done(struct pbpf_btf *btf)
{
	pbpf_btf_free(btf);
	ck_assert_uint_eq(host.blocks, 0);
}

START_TEST(for_a_new_kernel_names_alone_change)
{
	struct pbpf_btf *btf = adapt(0);

	ck_assert_uint_eq(pbpf_btf_count(btf), TYPES);
	ck_assert_str_eq(pbpf_btf_type(btf, STRUCT).name, "Vec_u8_");
	ck_assert_str_eq(pbpf_btf_type(btf, PTR).name, "");
	ck_assert_str_eq(pbpf_btf_type(btf, DATASEC).name, "?.data");
	ck_assert_uint_eq(pbpf_btf_type(btf, FUNC).linkage, PBPF_LINKAGE_GLOBAL);
	ck_assert_str_eq(host.notes,
			 "type 7 (STRUCT 'Vec<u8>') changes its name or flags for this kernel\n"
			 "type 12 (PTR 'named') changes its name or flags for this kernel\n");
	done(btf);
}
END_TEST

START_TEST(nothing_to_change_is_a_copy)
{
	struct btf_builder b;
	struct btf_bytes bytes;
	struct pbpf_btf *btf = NULL, *adapted = NULL;
	const void *image;
	size_t size;

	btf_start(&b, __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
	add_int(&b, "int", 4, 1);
	add_enum64(&b, "w", true);
	add_enumerator(&b, "BIG", UINT64_MAX);
	bytes = btf_finish(&b);
	ck_assert_int_eq(pbpf_btf_parse(&btf, bytes.bytes, bytes.size, NULL, NULL), 0);
	ck_assert_int_eq(pbpf_btf_adapt(&adapted, btf, PBPF_BTF_HAS_ALL, NULL), 0);
	image = pbpf_btf_image(adapted, &size);
	ck_assert_uint_eq(size, bytes.size);
	ck_assert_mem_eq(image, bytes.bytes, size);
	pbpf_btf_free(adapted);
	pbpf_btf_free(btf);
	free(bytes.bytes);
}
END_TEST

START_TEST(functions)
{
	struct pbpf_btf *btf = adapt(PBPF_BTF_HAS_GLOBAL_FUNC);
	struct pbpf_btf_type type;

	ck_assert_uint_eq(pbpf_btf_type(btf, FUNC).linkage, PBPF_LINKAGE_STATIC);
	done(btf);
	btf = adapt(PBPF_BTF_HAS_GLOBAL_FUNC | PBPF_BTF_HAS_FUNC);
	ck_assert_uint_eq(pbpf_btf_type(btf, FUNC).kind, PBPF_KIND_TYPEDEF);
	type = pbpf_btf_type(btf, PROTO);
	ck_assert_uint_eq(type.kind, PBPF_KIND_ENUM);
	ck_assert_uint_eq(type.size, 4);
	ck_assert_str_eq(pbpf_btf_enumerator(btf, &type, 0).name, "ctx");
	ck_assert_str_eq(pbpf_btf_enumerator(btf, &type, 1).name, "none");
	done(btf);
}
END_TEST

START_TEST(variables)
{
	struct pbpf_btf *btf = adapt(PBPF_BTF_HAS_DATASEC);
	struct pbpf_btf_type type = pbpf_btf_type(btf, VAR);

	ck_assert_uint_eq(type.kind, PBPF_KIND_INT);
	ck_assert_uint_eq(type.size, 1);
	type = pbpf_btf_type(btf, DATASEC);
	ck_assert_uint_eq(type.kind, PBPF_KIND_STRUCT);
	ck_assert_str_eq(type.name, "__data");
	ck_assert_uint_eq(type.size, 8);
	ck_assert_str_eq(pbpf_btf_member(btf, &type, 0).name, "counter");
	ck_assert_uint_eq(pbpf_btf_member(btf, &type, 0).bit_offset, 32);
	done(btf);
	btf = adapt(PBPF_BTF_HAS_QMARK_DATASEC);
	ck_assert_str_eq(pbpf_btf_type(btf, DATASEC).name, "__data");
	ck_assert_uint_eq(pbpf_btf_type(btf, DATASEC).kind, PBPF_KIND_DATASEC);
	done(btf);
}
END_TEST

/* A section of nothing but strings has a size, and no variables. */
START_TEST(sections_without_variables)
{
	struct btf_builder b;
	struct btf_bytes bytes;
	struct pbpf_btf *btf = NULL, *adapted = NULL;
	uint32_t strings, nothing;

	memset(&host, 0, sizeof(host));
	env = host_env(&host);
	btf_start(&b, false);
	strings = add_datasec(&b, ".rodata", 12);
	nothing = add_datasec(&b, ".data", 0);
	bytes = btf_finish(&b);
	ck_assert_int_eq(pbpf_btf_parse(&btf, bytes.bytes, bytes.size, NULL, &env), 0);
	ck_assert_int_eq(pbpf_btf_adapt(&adapted, btf, PBPF_BTF_HAS_ALL, &env), 0);
	ck_assert_uint_eq(pbpf_btf_type(adapted, strings).kind, PBPF_KIND_DATASEC);
	ck_assert_uint_eq(pbpf_btf_type(adapted, nothing).kind, PBPF_KIND_STRUCT);
	pbpf_btf_free(btf);
	done(adapted);
	free(bytes.bytes);
}
END_TEST

START_TEST(arrays_of_4_gib)
{
	struct btf_builder b;
	struct btf_bytes bytes;
	struct pbpf_btf *btf = NULL, *adapted = NULL;
	struct pbpf_btf_type type;
	uint32_t large, small;

	memset(&host, 0, sizeof(host));
	env = host_env(&host);
	btf_start(&b, false);
	add_int(&b, "int", 4, 1);
	large = add_array(&b, 1, 1, 1u << 30);
	small = add_array(&b, 1, 1, (1u << 30) - 1);
	bytes = btf_finish(&b);
	ck_assert_int_eq(pbpf_btf_parse(&btf, bytes.bytes, bytes.size, NULL, &env), 0);
	ck_assert_int_eq(pbpf_btf_adapt(&adapted, btf, PBPF_BTF_HAS_ALL, &env), 0);
	type = pbpf_btf_type(adapted, large);
	ck_assert_uint_eq(pbpf_btf_array(adapted, &type).count, 0);
	type = pbpf_btf_type(adapted, small);
	ck_assert_uint_eq(pbpf_btf_array(adapted, &type).count, (1u << 30) - 1);
	pbpf_btf_free(btf);
	done(adapted);
	free(bytes.bytes);
}
END_TEST

START_TEST(later_kinds)
{
	struct pbpf_btf *btf = adapt(PBPF_BTF_HAS_FLOAT | PBPF_BTF_HAS_DECL_TAG |
				     PBPF_BTF_HAS_TYPE_TAG | PBPF_BTF_HAS_ENUM64);
	struct pbpf_btf_type type = pbpf_btf_type(btf, FLOAT);

	ck_assert_uint_eq(type.kind, PBPF_KIND_STRUCT);
	ck_assert_uint_eq(type.size, 8);
	ck_assert_str_eq(type.name, "");
	ck_assert_uint_eq(pbpf_btf_type(btf, DECL_TAG).kind, PBPF_KIND_INT);
	ck_assert_uint_eq(pbpf_btf_type(btf, TYPE_TAG).kind, PBPF_KIND_CONST);
	ck_assert(!pbpf_btf_type(btf, ENUM).kind_flag);
	type = pbpf_btf_type(btf, ENUM64);
	ck_assert_uint_eq(type.kind, PBPF_KIND_UNION);
	ck_assert_uint_eq(type.size, 8);
	ck_assert_str_eq(pbpf_btf_member(btf, &type, 0).name, "BIG");
	ck_assert_ptr_nonnull(strstr(host.notes, "type 6 (FLOAT 'double') becomes STRUCT for this "
						 "kernel\n"));
	done(btf);
}
END_TEST

START_TEST(no_memory_is_an_error_and_no_leak)
{
	for (unsigned int n = 1;; n++) {
		struct pbpf_btf *btf = build(), *adapted = NULL;
		int err;

		host.fail_at = host.allocations + n;
		err = pbpf_btf_adapt(&adapted, btf, 0, &env);
		pbpf_btf_free(adapted);
		done(btf);
		if (!err)
			break;
		ck_assert_int_eq(err, -ENOMEM);
		ck_assert_uint_le(n, 20);
	}
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("btf_adapt");
	TCase *t = tcase_create("adapt");

	tcase_add_test(t, for_a_new_kernel_names_alone_change);
	tcase_add_test(t, nothing_to_change_is_a_copy);
	tcase_add_test(t, functions);
	tcase_add_test(t, variables);
	tcase_add_test(t, sections_without_variables);
	tcase_add_test(t, arrays_of_4_gib);
	tcase_add_test(t, later_kinds);
	tcase_add_test(t, no_memory_is_an_error_and_no_leak);
	suite_add_tcase(s, t);
	return s;
}
