/* SPDX-License-Identifier: MIT */
/*
 * The running kernel's BTF: it passes the deep check, names are found in a view of it as in a copy, and
 * printed as C it compiles to the sizes and offsets that it states.
 */
#include "btf/pbpf_btf.h"
#include "live.h"

#include <sys/wait.h>

#define VMLINUX "/sys/kernel/btf/vmlinux"

static unsigned char *read_vmlinux(size_t *size)
{
	return access(VMLINUX, R_OK) ? NULL : read_test_file(VMLINUX, size);
}

static struct pbpf_btf *view(const unsigned char *data, size_t size,
			     const struct pbpf_btf_search *search)
{
	struct pbpf_btf *btf = NULL;

	ck_assert_int_eq(pbpf_btf_view(&btf, data, size, NULL, search, NULL), 0);
	return btf;
}

START_TEST(the_kernels_btf_is_sound)
{
	struct host host = {0};
	struct pbpf_env env = host_env(&host);
	struct pbpf_btf *parsed = NULL, *viewed;
	struct pbpf_btf_wanted wanted[] = {{.name = "task_struct", .kind = PBPF_KIND_STRUCT},
					   {.name = "vfs_read", .kind = PBPF_KIND_FUNC}};
	struct pbpf_btf_search search = {.wanted = wanted, .count = 2};
	unsigned char *data;
	size_t size;

	data = read_vmlinux(&size);
	if (!data)
		SKIP("no %s", VMLINUX);
	ck_assert_msg(!pbpf_btf_parse(&parsed, data, size, NULL, &env), "%s", host.text);
	viewed = view(data, size, &search);
	ck_assert_uint_eq(pbpf_btf_count(viewed), pbpf_btf_count(parsed));
	ck_assert_uint_ne(wanted[0].id, 0);
	for (size_t i = 0; i < 2; i++)
		ck_assert_int_eq((int)wanted[i].id,
				 pbpf_btf_find(parsed, wanted[i].name, wanted[i].kind));
	pbpf_btf_free(viewed);
	pbpf_btf_free(parsed);
	free(data);
}
END_TEST

static int write_file(void *ctx, const char *text, size_t size)
{
	return fwrite(text, 1, size, ctx) == size ? 0 : -EIO;
}

/* Is it the first of its name, so printed under it, and are its members' names plain? */
static bool can_be_asserted(const struct pbpf_btf *btf, const struct pbpf_btf_type *type)
{
	if ((type->kind != PBPF_KIND_STRUCT && type->kind != PBPF_KIND_UNION) || !*type->name)
		return false;
	for (uint32_t kind = PBPF_KIND_STRUCT; kind <= PBPF_KIND_ENUM; kind++) {
		int id = pbpf_btf_find(btf, type->name, kind);

		if (id > 0 && (uint32_t)id < type->id)
			return false;
	}
	return true;
}

static unsigned int assert_layout(const struct pbpf_btf *btf, const struct pbpf_btf_type *type,
				  FILE *file)
{
	const char *kind = type->kind == PBPF_KIND_UNION ? "union" : "struct";
	unsigned int count = 1;

	fprintf(file, "_Static_assert(sizeof(%s %s) == %u, \"\");\n", kind, type->name, type->size);
	for (uint32_t i = 0; i < type->vlen; i++) {
		struct pbpf_btf_member member = pbpf_btf_member(btf, type, i);

		if (!*member.name || member.bit_size)
			continue;
		fprintf(file,
			"_Static_assert(__builtin_offsetof(%s %s, %s) == %u, \"\");\n"
			"_Static_assert(sizeof(((%s %s *)0)->%s) == %lld, \"\");\n",
			kind, type->name, member.name, member.bit_offset / 8, kind, type->name,
			member.name, (long long)pbpf_btf_size(btf, member.type));
		count += 2;
	}
	return count;
}

/* Each bitfield set to ones, in turn, must set the bits that BTF says: checked by the compiler too. */
static unsigned int assert_bitfields(const struct pbpf_btf *btf, const struct pbpf_btf_type *type,
				     FILE *file)
{
	const char *kind = type->kind == PBPF_KIND_UNION ? "union" : "struct";
	unsigned int count = 0;

	if (type->size > 64)
		return 0;
	for (uint32_t i = 0; i < type->vlen; i++) {
		struct pbpf_btf_member member = pbpf_btf_member(btf, type, i);
		uint32_t byte = member.bit_offset / 8, bit = member.bit_offset % 8;

		if (!*member.name || !member.bit_size || bit + member.bit_size > 8)
			continue;
		fprintf(file,
			"int bits_%u_%u(void)\n{\n\tunion { %s %s s; unsigned char b[%u]; } u = "
			"{.b = {[%u] = %u}};\n\treturn __builtin_popcount((unsigned int)u.s.%s & "
			"%u) == %u ? 0 : bits_are_wrong();\n}\n",
			type->id, i, kind, type->name, type->size, byte,
			((1u << member.bit_size) - 1) << bit, member.name,
			(1u << member.bit_size) - 1, member.bit_size);
		count++;
	}
	return count;
}

static unsigned int write_asserts(const struct pbpf_btf *btf, FILE *file)
{
	unsigned int count = 0;

	fprintf(file, "extern int bits_are_wrong(void);\n");
	for (uint32_t id = 1; id < pbpf_btf_count(btf); id++) {
		struct pbpf_btf_type type = pbpf_btf_type(btf, id);

		if (can_be_asserted(btf, &type)) {
			count += assert_layout(btf, &type, file);
			count += assert_bitfields(btf, &type, file);
		}
	}
	return count;
}

START_TEST(the_kernels_btf_compiles_as_c)
{
	char folder[] = "/tmp/pbpf-btf-XXXXXX", path[64], command[512];
	const char *clang = getenv("CLANG") ? getenv("CLANG") : "clang";
	struct pbpf_writer writer = {write_file, NULL};
	struct pbpf_btf *btf;
	unsigned char *data;
	unsigned int asserts;
	size_t size;
	int status;

	data = read_vmlinux(&size);
	if (!data)
		SKIP("no %s", VMLINUX);
	snprintf(command, sizeof(command), "%s --version >/dev/null 2>&1", clang);
	if (system(command))
		SKIP("no %s", clang);
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/all.c", folder);
	writer.ctx = fopen(path, "w");
	ck_assert_ptr_nonnull(writer.ctx);
	btf = view(data, size, NULL);
	ck_assert_int_eq(pbpf_btf_index(btf), 0);
	ck_assert_int_eq(pbpf_btf_print_header(btf, &writer), 0);
	asserts = write_asserts(btf, writer.ctx);
	fclose(writer.ctx);
	/* bits_are_wrong() is nowhere: where the compiler cannot prove that it is not called, the
	 * object needs it */
	snprintf(
		command, sizeof(command),
		"cd %s && %s -target bpf -mcpu=v3 -DBPF_NO_PRESERVE_ACCESS_INDEX -Wall -Werror -O2 -c "
		"all.c -o all.o 2>errors; status=$?; head -c 2000 errors; "
		"grep -c bits_are_wrong all.o; rm -r %s; exit $status",
		folder, clang, folder);
	status = system(command);
	printf("%u assertions about %u types\n", asserts, pbpf_btf_count(btf));
	ck_assert_int_eq(WEXITSTATUS(status), 0);
	pbpf_btf_free(btf);
	free(data);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("kernel_btf");
	TCase *t = tcase_create("vmlinux");

	tcase_set_timeout(t, 120);
	tcase_add_test(t, the_kernels_btf_is_sound);
	tcase_add_test(t, the_kernels_btf_compiles_as_c);
	suite_add_tcase(s, t);
	return s;
}
