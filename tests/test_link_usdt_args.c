/* SPDX-License-Identifier: MIT */
/*
 * The arguments of USDT probes as compilers write them, for each machine.
 */
#include "harness.h"
#include "link/usdt.h"

enum { X86_64 = 62, I386 = 3, ARM64 = 183, RISCV = 243, S390 = 22, POWERPC = 21 };

/* What is expected: the members of a spec, and the size in bytes, negative for a signed one. */
struct wanted {
	uint16_t machine;
	const char *text;
	int kind, size, reg, index, shift;
	uint64_t value;
};

#define MINUS(n) ((uint64_t) - (n))

static const struct wanted wanted[] = {
	{X86_64, "-4@$-9", USDT_CONSTANT, -4, 0, 0, 0, MINUS(9)},
	{X86_64, "4@$4294967295", USDT_CONSTANT, 4, 0, 0, 0, 4294967295},
	{X86_64, "8@$18446744073709551615", USDT_CONSTANT, 8, 0, 0, 0, UINT64_MAX},
	{X86_64, "8@%rdi", USDT_REGISTER, 8, 112, 0, 0, 0},
	{X86_64, "-4@%eax", USDT_REGISTER, -4, 80, 0, 0, 0},
	{X86_64, "2@%bx", USDT_REGISTER, 2, 40, 0, 0, 0},
	{X86_64, "1@%sil", USDT_REGISTER, 1, 104, 0, 0, 0},
	{X86_64, "-1@%r9b", USDT_REGISTER, -1, 64, 0, 0, 0},
	{X86_64, "4@%r15d", USDT_REGISTER, 4, 0, 0, 0, 0},
	{X86_64, "8@%r8", USDT_REGISTER, 8, 72, 0, 0, 0},
	{X86_64, "8@%r11", USDT_REGISTER, 8, 48, 0, 0, 0},
	{X86_64, "8@%r12", USDT_REGISTER, 8, 24, 0, 0, 0},
	{X86_64, "-4@-20(%rbp)", USDT_MEMORY, -4, 32, 0, 0, MINUS(20)},
	{X86_64, "8@(%rsp)", USDT_MEMORY, 8, 152, 0, 0, 0},
	{X86_64, "1@(%rax,%rdx,4)", USDT_INDEXED, 1, 80, 96, 2, 0},
	{X86_64, "-2@16(%rax,%rdx)", USDT_INDEXED, -2, 80, 96, 0, 16},
	{X86_64, "8@-8(%r12, %r13, 8)", USDT_INDEXED, 8, 24, 16, 3, MINUS(8)},
	{X86_64, "8@8(,%rdx,1)", USDT_MEMORY, 8, 96, 0, 0, 8},
	{I386, "-4@-12(%ebp)", USDT_MEMORY, -4, 32, 0, 0, MINUS(12)},
	{I386, "4@%esi", USDT_REGISTER, 4, 104, 0, 0, 0},
	{ARM64, "8@x0", USDT_REGISTER, 8, 0, 0, 0, 0},
	{ARM64, "-4@w30", USDT_REGISTER, -4, 240, 0, 0, 0},
	{ARM64, "8@sp", USDT_REGISTER, 8, 248, 0, 0, 0},
	{ARM64, "4@5", USDT_CONSTANT, 4, 0, 0, 0, 5},
	{ARM64, "-8@-5", USDT_CONSTANT, -8, 0, 0, 0, MINUS(5)},
	{ARM64, "8@xzr", USDT_CONSTANT, 8, 0, 0, 0, 0},
	{ARM64, "-4@[sp, 60]", USDT_MEMORY, -4, 248, 0, 0, 60},
	{ARM64, "-4@[x29, #-16]", USDT_MEMORY, -4, 232, 0, 0, MINUS(16)},
	{ARM64, "8@[x19]", USDT_MEMORY, 8, 152, 0, 0, 0},
	{ARM64, "1@[x1, x2]", USDT_INDEXED, 1, 8, 16, 0, 0},
	{ARM64, "8@[x1, x2, lsl 3]", USDT_INDEXED, 8, 8, 16, 3, 0},
	{ARM64, "8@[x1,x2,lsl #3]", USDT_INDEXED, 8, 8, 16, 3, 0},
	{RISCV, "-4@a5", USDT_REGISTER, -4, 120, 0, 0, 0},
	{RISCV, "8@s11", USDT_REGISTER, 8, 216, 0, 0, 0},
	{RISCV, "8@t6", USDT_REGISTER, 8, 248, 0, 0, 0},
	{RISCV, "8@x10", USDT_REGISTER, 8, 80, 0, 0, 0},
	{RISCV, "8@zero", USDT_CONSTANT, 8, 0, 0, 0, 0},
	{RISCV, "-4@-24(s0)", USDT_MEMORY, -4, 64, 0, 0, MINUS(24)},
	{RISCV, "4@7", USDT_CONSTANT, 4, 0, 0, 0, 7},
	{S390, "8@%r2", USDT_REGISTER, 8, 40, 0, 0, 0},
	{S390, "-4@160(%r15)", USDT_MEMORY, -4, 144, 0, 0, 160},
	{S390, "1@0(%r1,%r2)", USDT_INDEXED, 1, 32, 40, 0, 0},
	{S390, "4@12", USDT_CONSTANT, 4, 0, 0, 0, 12},
	{POWERPC, "8@3", USDT_REGISTER, 8, 24, 0, 0, 0},
	{POWERPC, "8@%r31", USDT_REGISTER, 8, 248, 0, 0, 0},
	{POWERPC, "-4@i-5", USDT_CONSTANT, -4, 0, 0, 0, MINUS(5)},
	{POWERPC, "4@32(1)", USDT_MEMORY, 4, 8, 0, 0, 32},
	{POWERPC, "4@-8(%r31)", USDT_MEMORY, 4, 248, 0, 0, MINUS(8)},
	{POWERPC, "8@9,10", USDT_INDEXED, 8, 72, 80, 0, 0},
};
#define WANTED (int)(sizeof(wanted) / sizeof(wanted[0]))

static bool parse(uint16_t machine, const char *text, struct usdt_arg *arg)
{
	const struct elf_file elf = {.machine = machine};
	struct usdt_place place = {.elf = &elf, .lookups = 4};

	return usdt_parse_arg(&place, text, strlen(text), arg);
}

START_TEST(operands)
{
	const struct wanted *w = &wanted[_i];
	int bytes = w->size < 0 ? -w->size : w->size;
	struct usdt_arg arg;

	ck_assert_msg(parse(w->machine, w->text, &arg), "%s", w->text);
	ck_assert_msg(arg.how ==
			      usdt_how((uint32_t)w->kind, (uint32_t)w->index, (uint32_t)w->shift),
		      "%s: %x", w->text, arg.how);
	ck_assert_msg(arg.reg == w->reg, "%s: register at %d", w->text, arg.reg);
	ck_assert_msg(arg.value == w->value, "%s: value %llx", w->text,
		      (unsigned long long)arg.value);
	ck_assert_int_eq(arg.is_signed, w->size < 0);
	ck_assert_int_eq(arg.shift, 64 - 8 * bytes);
}
END_TEST

START_TEST(what_no_spec_can_say)
{
	static const struct {
		uint16_t machine;
		const char *text;
	} bad[] = {
		{X86_64, ""},
		{X86_64, "8"},
		{X86_64, "8@"},
		{X86_64, "@%rax"},
		{X86_64, "3@%rax"},
		{X86_64, "16@%rax"},
		{X86_64, "-9@%rax"},
		{X86_64, "0@%rax"},
		{X86_64, "8@%ah"},
		{X86_64, "8@%r7"},
		{X86_64, "8@%r16"},
		{X86_64, "8@%raxx"},
		{X86_64, "8@%"},
		{X86_64, "8@%rax,"},
		{X86_64, "8@%xmm0"},
		{X86_64, "8f@%rax"},
		{X86_64, "8@$"},
		{X86_64, "8@$x"},
		{X86_64, "8@$18446744073709551616"},
		{X86_64, "8@1234"},
		{X86_64, "8@(%rax"},
		{X86_64, "8@(%rax,%rdx,3)"},
		{X86_64, "8@(%rax,%rdx,16)"},
		{X86_64, "8@(%rax,%rdx,0)"},
		{X86_64, "8@(,%rdx,8)"},
		{X86_64, "8@()"},
		{X86_64, "8@(%rax,)"},
		{X86_64, "8@4(%rax)x"},
		{X86_64, "8@variable(%rip)"},
		{X86_64, "8@variable"},
		{I386, "4@variable(%eip)"},
		{ARM64, "8@x31"},
		{ARM64, "8@[x0"},
		{ARM64, "8@[x0, ]"},
		{ARM64, "8@[x0, x1, lsl 4]"},
		{ARM64, "8@[x0, w1, sxtw 2]"},
		{ARM64, "8@[xzr, 8]"},
		{ARM64, "8@v0"},
		{RISCV, "8@fa0"},
		{RISCV, "8@s12"},
		{S390, "8@%r16"},
		{S390, "8@%f0"},
		{POWERPC, "8@32"},
		{POWERPC, "8@%r32"},
		{POWERPC, "8@9,"},
		{40, "4@r0"}, /* EM_ARM */
		{0, "8@%rax"},
	};
	struct usdt_arg arg = {.value = 1234};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(!parse(bad[i].machine, bad[i].text, &arg), "%s", bad[i].text);
	ck_assert_uint_eq(arg.value, 1234); /* not touched */
}
END_TEST

/* The arguments of a text, with '|' between. */
static void cut(const char *text, const char *expected)
{
	char got[256] = "";
	const char *arg;
	size_t length;

	while (usdt_next_arg(&text, &arg, &length)) {
		if (*got)
			strcat(got, "|");
		strncat(got, arg, length);
	}
	ck_assert_str_eq(got, expected);
}

START_TEST(texts_of_several)
{
	cut("", "");
	cut("   ", "");
	cut("8@%rax", "8@%rax");
	cut("8@%rax -4@$5", "8@%rax|-4@$5");
	cut("  8@%rax   -4@$5 ", "8@%rax|-4@$5");
	cut("-4@[sp, 60] 8@x0", "-4@[sp, 60]|8@x0");
	cut("8@[x1, x2, lsl 3] 8f@d0 4@7", "8@[x1, x2, lsl 3]|8f@d0|4@7");
	cut("nonsense with spaces 4@7", "nonsense with spaces|4@7");
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("link: arguments of USDT");
	TCase *c = tcase_create("arguments");

	tcase_add_loop_test(c, operands, 0, WANTED);
	tcase_add_test(c, what_no_spec_can_say);
	tcase_add_test(c, texts_of_several);
	suite_add_tcase(s, c);
	return s;
}
