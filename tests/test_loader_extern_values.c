/* SPDX-License-Identifier: MIT */
/*
 * Externs of .kconfig: values of the configuration of the kernel, and what else has a name there.
 */
#include "extern_fixture.h"

/* Where an extern's value begins in the map .kconfig, by the object's BTF. */
static uint32_t place_of(const struct fixture *f, const char *name)
{
	const struct pbpf_btf *btf = pbpf_object_btf(f->obj);
	struct pbpf_btf_type datasec =
		pbpf_btf_type(btf, (uint32_t)pbpf_btf_find(btf, ".kconfig", PBPF_KIND_DATASEC));

	for (uint32_t i = 0; i < datasec.vlen; i++) {
		struct pbpf_btf_variable variable = pbpf_btf_variable(btf, &datasec, i);

		if (!strcmp(pbpf_btf_type(btf, variable.type).name, name))
			return variable.offset;
	}
	ck_abort_msg("no %s", name);
	return 0;
}

static const unsigned char *value_of(const struct fixture *f, const char *name)
{
	const struct pbpf_map *map = pbpf_object_map(f->obj, ".kconfig");
	const struct fake_object *object = fake_kernel_object(&f->kernel, pbpf_map_fd(map));

	ck_assert(object->frozen);
	ck_assert_uint_eq(object->size, 4 + object->map.value_size);
	return object->bytes + 4 + place_of(f, name);
}

#define VALUE_IS(f, name, type, expected)                              \
	do {                                                           \
		type value_;                                           \
		memcpy(&value_, value_of(f, name), sizeof(value_));    \
		ck_assert_msg(value_ == (type)(expected), "%s", name); \
	} while (0)

START_TEST(what_is_tried_is_tried_by_the_token)
{
	struct fixture *f = extern_fixture("kconfig_types.bpf");
	const struct fake_object *trial;

	f->options.token_from = "/sys/fs/bpf";
	must_load(f);
	trial = fake_kernel_nth(&f->kernel, FAKE_PROG, 0);
	ck_assert_str_eq(trial->prog.prog_name, "has_cookie");
	ck_assert_int_ne(trial->prog.prog_token_fd, 0);
	fixture_free(f);
}
END_TEST

START_TEST(values_are_the_kernels)
{
	struct fixture *f = extern_fixture("kconfig_types.bpf");
	const struct fake_object *map;

	must_load(f);
	VALUE_IS(f, "CONFIG_BPF_SYSCALL", uint8_t, 1);
	VALUE_IS(f, "CONFIG_NET", char, 'm');
	VALUE_IS(f, "CONFIG_INET", int, 0);
	VALUE_IS(f, "CONFIG_HZ", uint16_t, 1000);
	VALUE_IS(f, "CONFIG_PHYSICAL_START", uint64_t, 0x1000000);
	VALUE_IS(f, "CONFIG_PANIC_TIMEOUT", int64_t, -1);
	VALUE_IS(f, "CONFIG_THAT_NO_KERNEL_HAS", uint8_t, 0);
	VALUE_IS(f, "LINUX_KERNEL_VERSION", int, 6 << 16 | 18 << 8 | 7);
	VALUE_IS(f, "LINUX_HAS_SYSCALL_WRAPPER", uint8_t, 1);
	VALUE_IS(f, "LINUX_HAS_BPF_COOKIE", uint8_t, 1);
	ck_assert_str_eq((const char *)value_of(f, "CONFIG_DEFAULT_HOSTNAME"), "a-long-");
	map = fake_kernel_object(&f->kernel, pbpf_map_fd(pbpf_object_map(f->obj, ".kconfig")));
	ck_assert_str_eq(map->map.map_name, "kconfig.kconfig");
	ck_assert_uint_eq(map->map.map_flags, PBPF_F_MMAPABLE | PBPF_F_RDONLY_PROG);
	fixture_free(f);
}
END_TEST

START_TEST(the_callers_text_goes_first)
{
	struct fixture *f = extern_fixture("kconfig_types.bpf");

	f->options.kconfig = "CONFIG_HZ=100\nCONFIG_HZ=200\nCONFIG_INET=m";
	must_load(f);
	VALUE_IS(f, "CONFIG_HZ", uint16_t, 100); /* the first line counts */
	VALUE_IS(f, "CONFIG_INET", int, 2);
	VALUE_IS(f, "CONFIG_PANIC_TIMEOUT", int64_t, -1); /* of the kernel's own */

	pbpf_object_unload(f->obj); /* and once more */
	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	VALUE_IS(f, "CONFIG_HZ", uint16_t, 100);
	fixture_free(f);
}
END_TEST

START_TEST(values_need_their_map)
{
	struct fixture *f = fixture_new("kconfig.bpf");

	ck_assert_int_eq(open_object(f), 0);
	ck_assert_int_eq(pbpf_map_set_autocreate(pbpf_object_map(f->obj, ".kconfig"), false), 0);
	ck_assert_int_eq(pbpf_object_load(f->obj), -EINVAL);
	ck_assert_uint_eq(f->host.messages[PBPF_ERROR], 1);
	ck_assert_ptr_nonnull(
		strstr(f->host.text, "'.kconfig' holds the values of externs, and is"));
	fixture_free(f);
}
END_TEST

START_TEST(values_are_loaded_from_their_map)
{
	struct fixture *f = extern_fixture("kconfig.bpf");
	const struct fake_object *prog;
	unsigned int references = 0;
	int fd;

	must_load(f);
	fd = pbpf_map_fd(pbpf_object_map(f->obj, ".kconfig"));
	prog = fake_kernel_nth(&f->kernel, FAKE_PROG, 0);
	for (uint32_t i = 0; i < prog->prog.insn_cnt; i++) {
		const struct pbpf_insn *insn = (const struct pbpf_insn *)prog->bytes + i;

		if (insn->code != PBPF_OP_LD_IMM64)
			continue;
		ck_assert_uint_eq(pbpf_insn_src(insn), PBPF_PSEUDO_MAP_VALUE);
		ck_assert_int_eq(insn->imm, fd);
		if (!references++) /* what the source adds first */
			ck_assert_uint_eq((uint32_t)insn[1].imm, place_of(f, "CONFIG_BPF_SYSCALL"));
	}
	ck_assert_uint_eq(references, 6);
	fixture_free(f);
}
END_TEST

START_TEST(without_a_configuration)
{
	struct fixture *f = extern_fixture("kconfig_types.bpf");

	f->kernel.config = NULL;
	ck_assert_int_eq(open_and_load(f), -ENOENT);
	ck_assert_ptr_nonnull(strstr(f->host.text, "/boot/config-" FAKE_RELEASE ": ENOENT"));
	ck_assert_ptr_nonnull(strstr(f->host.hint, "kconfig"));
	fixture_free(f);

	/* Only weak ones are left: they are 0. */
	f = extern_fixture("kconfig_types.bpf");
	f->kernel.config = NULL;
	f->options.kconfig = "CONFIG_BPF_SYSCALL=y\nCONFIG_NET=y\nCONFIG_HZ=250\n";
	must_load(f);
	VALUE_IS(f, "CONFIG_PANIC_TIMEOUT", int64_t, 0);
	ck_assert_ptr_nonnull(strstr(f->host.notes, "weak externs are 0"));
	fixture_free(f);
}
END_TEST

START_TEST(values_of_another_type_are_refused)
{
	static const struct {
		const char *line;
		int err;
		const char *text;
	} cases[] = {
		{"CONFIG_BPF_SYSCALL=m", -EINVAL, "'CONFIG_BPF_SYSCALL' is a bool of 1 bytes"},
		{"CONFIG_HZ=y", -EINVAL, "and this kernel's value is y"},
		{"CONFIG_HZ=65536", -ERANGE, "an integer of 2 bytes"},
		{"CONFIG_DEFAULT_HOSTNAME=y", -EINVAL, "an array of char"},
		{"CONFIG_DEFAULT_HOSTNAME=\"", -EINVAL, "value is \""},
		{"CONFIG_INET=\"y\"", -EINVAL, "a tristate"},
		{"CONFIG_PANIC_TIMEOUT=", -EINVAL, "an integer of 8 bytes"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fixture *f = extern_fixture("kconfig_types.bpf");

		f->options.kconfig = cases[i].line;
		must_fail(f, cases[i].err, cases[i].text);
	}
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("loader: values of the configuration");
	TCase *t = tcase_create("kconfig");

	tcase_add_test(t, what_is_tried_is_tried_by_the_token);
	tcase_add_test(t, values_are_the_kernels);
	tcase_add_test(t, the_callers_text_goes_first);
	tcase_add_test(t, values_need_their_map);
	tcase_add_test(t, values_are_loaded_from_their_map);
	tcase_add_test(t, without_a_configuration);
	tcase_add_test(t, values_of_another_type_are_refused);
	suite_add_tcase(s, t);
	return s;
}
