/* SPDX-License-Identifier: MIT */
/*
 * Arguments that are contexts, for kernels that know these by name only.
 */
#include "btf_builder.h"
#include "harness.h"

struct made {
	struct host host;
	struct pbpf_env env;
	struct pbpf_btf *btf, *adapted;
};

/* int f(void *, int), and two global functions and a static one of this prototype. */
enum { INT = 1, PTR, PROTO, F, G, STATIC, FIRST_TAG };

static void start(struct made *m, struct btf_builder *b)
{
	*m = (struct made){.btf = NULL};
	m->env = host_env(&m->host);
	btf_start(b, false);
	add_int(b, "int", 4, 1);
	add_ptr(b, 0);
	add_proto(b, INT);
	add_param(b, "ctx", PTR);
	add_param(b, "n", INT);
	add_func(b, "f", PROTO, PBPF_LINKAGE_GLOBAL);
	add_func(b, "g", PROTO, PBPF_LINKAGE_GLOBAL);
	add_func(b, "s", PROTO, PBPF_LINKAGE_STATIC);
}

static int adapt(struct made *m, struct btf_builder *b, unsigned int fail_at)
{
	struct btf_bytes bytes = btf_finish(b);
	int err;

	ck_assert_int_eq(pbpf_btf_parse(&m->btf, bytes.bytes, bytes.size, NULL, &m->env), 0);
	free(bytes.bytes);
	m->host.allocations = 0;
	m->host.fail_at = fail_at;
	err = pbpf_btf_adapt_contexts(&m->adapted, m->btf, "xdp_md", &m->env);
	m->host.fail_at = 0;
	return err;
}

static void finish(struct made *m)
{
	pbpf_btf_free(m->adapted);
	pbpf_btf_free(m->btf);
	ck_assert_uint_eq(m->host.blocks, 0);
}

static struct pbpf_btf_param param(const struct pbpf_btf *btf, uint32_t func, uint32_t i)
{
	struct pbpf_btf_type type = pbpf_btf_type(btf, func);

	type = pbpf_btf_type(btf, type.type);
	ck_assert_uint_eq(type.kind, PBPF_KIND_FUNC_PROTO);
	return pbpf_btf_param(btf, &type, i);
}

START_TEST(a_tagged_argument_is_the_context)
{
	struct btf_builder b;
	struct pbpf_btf_type type;
	struct made m;

	start(&m, &b);
	add_decl_tag(&b, "arg:ctx", F, 0);
	ck_assert_int_eq(adapt(&m, &b, 0), 1);
	type = pbpf_btf_type(m.adapted, param(m.adapted, F, 0).type);
	ck_assert_uint_eq(type.kind, PBPF_KIND_PTR);
	type = pbpf_btf_type(m.adapted, type.type);
	ck_assert_uint_eq(type.kind, PBPF_KIND_STRUCT);
	ck_assert_str_eq(type.name, "xdp_md");
	ck_assert_str_eq(param(m.adapted, F, 0).name, "ctx");
	ck_assert_uint_eq(param(m.adapted, F, 1).type, INT);
	ck_assert_uint_eq(param(m.adapted, G, 0).type, PTR); /* had the same prototype */
	ck_assert_uint_eq(param(m.btf, F, 0).type, PTR);
	finish(&m);
}
END_TEST

START_TEST(each_function_has_one_new_prototype)
{
	struct btf_builder b;
	struct made m;

	start(&m, &b);
	add_decl_tag(&b, "arg:ctx", F, 0);
	add_decl_tag(&b, "arg:ctx", G, 0);
	add_decl_tag(&b, "arg:ctx", F, 0);
	ck_assert_int_eq(adapt(&m, &b, 0), 1);
	ck_assert_uint_eq(pbpf_btf_count(m.adapted), pbpf_btf_count(m.btf) + 2 + 2);
	ck_assert_uint_ne(param(m.adapted, F, 0).type, PTR);
	ck_assert_uint_eq(param(m.adapted, F, 0).type, param(m.adapted, G, 0).type);
	finish(&m);
}
END_TEST

START_TEST(other_tags_change_nothing)
{
	static const struct {
		const char *tag;
		uint32_t type;
		int32_t component;
	} tags[] = {{"arg:nonnull", F, 0},
		    {"arg:ctx", F, -1},
		    {"arg:ctx", F, 1},
		    {"arg:ctx", STATIC, 0}};

	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++) {
		struct btf_builder b;
		struct made m;

		start(&m, &b);
		add_decl_tag(&b, tags[i].tag, tags[i].type, tags[i].component);
		ck_assert_int_eq(adapt(&m, &b, 0), 0);
		ck_assert_ptr_null(m.adapted);
		finish(&m);
	}
}
END_TEST

START_TEST(without_memory)
{
	for (unsigned int n = 1;; n++) {
		struct btf_builder b;
		struct made m;
		int err;

		start(&m, &b);
		add_decl_tag(&b, "arg:ctx", F, 0);
		err = adapt(&m, &b, n);
		ck_assert_uint_eq(m.host.messages[PBPF_ERROR], err < 0);
		finish(&m);
		if (err == 1)
			break;
		ck_assert_int_eq(err, -ENOMEM);
		ck_assert_uint_lt(n, 50);
	}
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("btf: contexts");
	TCase *tc = tcase_create("contexts");

	tcase_add_test(tc, a_tagged_argument_is_the_context);
	tcase_add_test(tc, each_function_has_one_new_prototype);
	tcase_add_test(tc, other_tags_change_nothing);
	tcase_add_test(tc, without_memory);
	suite_add_tcase(s, tc);
	return s;
}
