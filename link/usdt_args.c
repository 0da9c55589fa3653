/* SPDX-License-Identifier: MIT */
/*
 * The arguments of a probe, as the compiler wrote them: SIZE@OPERAND, a negative size for a signed one.
 *
 *	                x86               arm64           riscv     s390x          powerpc
 *	constant        -4@$-9            4@5             4@5       4@5            4@i5
 *	register        8@%rdi            8@x0            8@a0      8@%r2          8@3, 8@%r3
 *	memory          4@-20(%rbp)       4@[sp, 60]      4@8(sp)   4@160(%r15)    4@32(31)
 *	and an index    1@(%rax,%rdx,4)   1@[x0, x1]                1@0(%r1,%r2)   8@9,10
 *	variable        4@counter(%rip)
 */
#include "link/usdt.h"

#include "link/elf_functions.h"

#include <string.h>

struct operand_text {
	const char *at, *end;
};

static bool at_end(const struct operand_text *t)
{
	return t->at == t->end;
}

static bool take(struct operand_text *t, char c)
{
	if (at_end(t) || *t->at != c)
		return false;
	t->at++;
	return true;
}

/* A comma, with spaces behind it. */
static bool take_comma(struct operand_text *t)
{
	if (!take(t, ','))
		return false;
	while (take(t, ' '))
		;
	return true;
}

static bool is_operand_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* A decimal number, which may have a sign. */
static bool take_operand_number(struct operand_text *t, uint64_t *value)
{
	struct operand_text ahead = *t;
	bool negative = take(&ahead, '-');
	uint64_t number = 0;

	if (!negative)
		take(&ahead, '+');
	if (at_end(&ahead) || !is_operand_digit(*ahead.at))
		return false;
	for (; !at_end(&ahead) && is_operand_digit(*ahead.at); ahead.at++) {
		uint64_t digit = (uint64_t)(*ahead.at - '0');

		if (number > (UINT64_MAX - digit) / 10)
			return false;
		number = number * 10 + digit;
	}
	*value = negative ? 0 - number : number;
	*t = ahead;
	return true;
}

static size_t take_word(struct operand_text *t, const char **word)
{
	static const char others[] = "_.$";

	*word = t->at;
	while (!at_end(t) && *t->at &&
	       (is_operand_digit(*t->at) || (*t->at >= 'a' && *t->at <= 'z') ||
		(*t->at >= 'A' && *t->at <= 'Z') || strchr(others, *t->at)))
		t->at++;
	return (size_t)(t->at - *word);
}

static int take_register(const struct usdt_machine *machine, struct operand_text *t)
{
	const char *name;
	size_t length;

	take(t, '%');
	length = take_word(t, &name);
	return machine->find(name, length);
}

static bool set_register(struct usdt_arg *arg, int reg)
{
	if (reg == USDT_NO_REGISTER)
		return false;
	arg->how = usdt_how(reg == USDT_ZERO_REGISTER ? USDT_CONSTANT : USDT_REGISTER, 0, 0);
	arg->reg = reg == USDT_ZERO_REGISTER ? 0 : (int16_t)reg;
	return true;
}

static bool set_constant(struct usdt_arg *arg, uint64_t value)
{
	arg->how = usdt_how(USDT_CONSTANT, 0, 0);
	arg->value = value;
	return true;
}

/* Memory at displacement + base + (index << shift); USDT_NO_REGISTER: no index. */
static bool set_memory(struct usdt_arg *arg, uint64_t displacement, int base, int index,
		       uint32_t shift)
{
	/* An index alone, unshifted, is as good as a base. A spec cannot do without. */
	if (base == USDT_NO_REGISTER && !shift) {
		base = index;
		index = USDT_NO_REGISTER;
	}
	if (base < 0 || index == USDT_ZERO_REGISTER)
		return false;
	arg->value = displacement;
	arg->reg = (int16_t)base;
	arg->how = index == USDT_NO_REGISTER ? usdt_how(USDT_MEMORY, 0, 0)
					     : usdt_how(USDT_INDEXED, (uint32_t)index, shift);
	return true;
}

/* The rest of "(BASE)", "(BASE,INDEX)", "(BASE,INDEX,SCALE)" or "(,INDEX,SCALE)". */
static bool parse_parentheses(const struct usdt_machine *machine, struct operand_text *t,
			      uint64_t displacement, struct usdt_arg *arg)
{
	int base = USDT_NO_REGISTER, index = USDT_NO_REGISTER;
	uint64_t scale = 1;

	if (!at_end(t) && *t->at != ',') {
		base = take_register(machine, t);
		if (base == USDT_NO_REGISTER)
			return false;
	}
	if (take_comma(t)) {
		index = take_register(machine, t);
		if (index == USDT_NO_REGISTER || (take_comma(t) && !take_operand_number(t, &scale)))
			return false;
	}
	if (!take(t, ')') || !scale || scale > 8 || scale & (scale - 1))
		return false;
	return set_memory(arg, displacement, base, index, (uint32_t)__builtin_ctzll(scale));
}

/* The rest of "[BASE]", "[BASE, NUMBER]", "[BASE, INDEX]" or "[BASE, INDEX, lsl NUMBER]". */
static bool parse_brackets(const struct usdt_machine *machine, struct operand_text *t,
			   struct usdt_arg *arg)
{
	int base = take_register(machine, t), index = USDT_NO_REGISTER;
	uint64_t displacement = 0, shift = 0;

	if (take_comma(t) && (take(t, '#'), !take_operand_number(t, &displacement))) {
		index = take_register(machine, t);
		if (index == USDT_NO_REGISTER)
			return false;
		if (take_comma(t)) {
			if (!take(t, 'l') || !take(t, 's') || !take(t, 'l') || !take(t, ' '))
				return false;
			take(t, '#');
			if (!take_operand_number(t, &shift) || shift > 3)
				return false;
		}
	}
	return take(t, ']') && set_memory(arg, displacement, base, index, (uint32_t)shift);
}

/* "SYMBOL(%rip)" or "SYMBOL+NUMBER(%rip)": as far from the probe as the two are in the file. */
static bool parse_variable(struct usdt_place *place, const struct usdt_machine *machine,
			   struct operand_text *t, struct usdt_arg *arg)
{
	uint64_t more = 0, address;
	const char *name;
	size_t length = take_word(t, &name);

	if (!length || machine->instruction < 0 || !place->lookups)
		return false;
	take_operand_number(t, &more);
	if (!take(t, '(') || take_register(machine, t) != machine->instruction || !take(t, ')'))
		return false;
	place->lookups--;
	if (!elf_symbol_address(place->elf, name, length, &address))
		return false;
	return set_memory(arg, address + more - place->location, machine->instruction,
			  USDT_NO_REGISTER, 0);
}

/* An operand that begins with a number. */
static bool parse_from_number(const struct usdt_machine *machine, struct operand_text *t,
			      uint64_t number, struct usdt_arg *arg)
{
	if (take(t, '('))
		return parse_parentheses(machine, t, number, arg);
	if (machine->constant && !machine->numbers_are_registers)
		return false; /* an address, which moves with the program */
	return set_constant(arg, number);
}

static bool parse_operand(struct usdt_place *place, const struct usdt_machine *machine,
			  struct operand_text *t, struct usdt_arg *arg)
{
	struct operand_text begin = *t;
	uint64_t number;
	int reg;

	if (take(t, '['))
		return parse_brackets(machine, t, arg);
	if (take(t, '('))
		return parse_parentheses(machine, t, 0, arg);
	if (machine->constant && take(t, machine->constant))
		return take_operand_number(t, &number) && set_constant(arg, number);
	if (take_operand_number(t, &number) &&
	    (!machine->numbers_are_registers || (!at_end(t) && *t->at == '(')))
		return parse_from_number(machine, t, number, arg);
	*t = begin;
	reg = take_register(machine, t);
	if (reg == USDT_NO_REGISTER) {
		*t = begin;
		return parse_variable(place, machine, t, arg);
	}
	if (machine->numbers_are_registers && take_comma(t)) {
		int index = take_register(machine, t);

		return index != USDT_NO_REGISTER && set_memory(arg, 0, reg, index, 0);
	}
	return set_register(arg, reg);
}

/* "SIZE@" with a sign before it, perhaps, and an 'f' behind it for a floating-point number. */
static bool take_size(struct operand_text *t, int *size, bool *floating)
{
	uint64_t number;

	if (!take_operand_number(t, &number))
		return false;
	*size = (int)number;
	*floating = take(t, 'f');
	return take(t, '@');
}

bool usdt_parse_arg(struct usdt_place *place, const char *text, size_t length, struct usdt_arg *arg)
{
	const struct usdt_machine *machine = usdt_machine(place->elf->machine);
	struct operand_text t = {text, text + length};
	struct usdt_arg parsed = {0};
	bool floating;
	int size, bytes;

	if (!machine || !take_size(&t, &size, &floating) || floating || size < -8 || size > 8)
		return false;
	bytes = size < 0 ? -size : size;
	if (bytes != 1 && bytes != 2 && bytes != 4 && bytes != 8)
		return false;
	if (!parse_operand(place, machine, &t, &parsed) || !at_end(&t))
		return false;
	parsed.is_signed = size < 0;
	parsed.shift = (int8_t)(64 - 8 * bytes);
	*arg = parsed;
	return true;
}

/* An operand may have spaces in it: the next argument begins where one is followed by a size. */
bool usdt_next_arg(const char **text, const char **arg, size_t *length)
{
	const char *end = *text + strlen(*text), *at = *text;
	bool floating;
	int size;

	while (*at == ' ')
		at++;
	*arg = at;
	for (; at < end; at++) {
		struct operand_text ahead = {at + 1, end};

		if (*at == ' ' && take_size(&ahead, &size, &floating))
			break;
	}
	*length = (size_t)(at - *arg);
	while (*length && (*arg)[*length - 1] == ' ')
		--*length;
	*text = at;
	return *length;
}
