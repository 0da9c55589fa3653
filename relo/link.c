/* SPDX-License-Identifier: MIT */
/*
 * Puts one program together: a walk over the calls, from the program's first instruction on.
 *
 *	append the program's body, look at its instructions in order;
 *	at a reference to a function that does not stand in the code yet:
 *		append that function, look at its instructions in order; then go on here;
 *	at last the same from the program's exception callback, which the kernel calls.
 *
 * Each function is appended once, and keeps the way back to where that was: neither a long chain of calls nor
 * a cycle can hurt the walk.
 */
#include "relo/code.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define GROW_LEAST 8

/* A function that stands in the code. */
struct visit {
	const struct pbpf_function *function; /* NULL: it does not yet */
	uint32_t start;			      /* its first slot there */
	uint32_t next;			      /* the next of its instructions to look at */
	uint32_t reloc;	    /* the first of its relocations that is not before that */
	struct visit *back; /* where to go on after its last one, or NULL */
};

struct walk {
	struct linking link;
	struct visit *visits; /* by function */
	struct visit *visit;  /* the one at work */
};

void *grow_array(const struct pbpf_env *env, void *array, uint32_t count, uint32_t more,
		 uint32_t *room, size_t size)
{
	uint64_t wanted = (uint64_t)count + more;
	void *grown;

	if (wanted <= *room)
		return array;
	if (wanted < 2 * (uint64_t)*room)
		wanted = 2 * (uint64_t)*room;
	if (wanted < GROW_LEAST)
		wanted = GROW_LEAST;
	if (wanted > UINT32_MAX)
		return NULL;
	grown = env_resize(env, array, *room, (size_t)wanted, size);
	if (grown)
		*room = (uint32_t)wanted;
	return grown;
}

/* "file.c:31", for a place of a section that is not in the code yet. */
static void source_line(char *to, size_t size, const struct linking *link,
			const struct pbpf_function *function, uint32_t place)
{
	const struct pbpf_line_info *line =
		last_line(function->lines, function->line_count, (uint64_t)place * PBPF_INSN_SIZE);

	to[0] = '\0';
	if (line)
		snprintf(to, size, " (%s:%u)", pbpf_btf_string(link->source->btf, line->file),
			 pbpf_line_number(line));
}

int link_fail(const struct linking *link, int err, const struct pbpf_function *function,
	      uint32_t place, const char *hint, const char *format, ...)
{
	char what[512], line[256];
	va_list args;

	va_start(args, format);
	if (vsnprintf(what, sizeof(what), format, args) < 0)
		what[0] = '\0';
	va_end(args);
	source_line(line, sizeof(line), link, function, place);
	return env_fail(link->env, err, AT("relo", link->program->name, place), hint,
			"program '%s': instruction %u of '%s'%s %s", link->program->name,
			place - function->first, function->name, line, what);
}

void pbpf_insns_copy(struct pbpf_insn *insns, const uint8_t *bytes, size_t count, bool big_endian)
{
	bool swap = big_endian != (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);

	memcpy(insns, bytes, count * sizeof(*insns));
	for (size_t i = 0; swap && i < count; i++) {
		insns[i].regs = (uint8_t)(insns[i].regs << 4 | insns[i].regs >> 4);
		insns[i].off = (int16_t)__builtin_bswap16((uint16_t)insns[i].off);
		insns[i].imm = (int32_t)__builtin_bswap32((uint32_t)insns[i].imm);
	}
}

static int append_function(struct walk *walk, const struct pbpf_function *function)
{
	struct linking *link = &walk->link;
	const struct pbpf_elf *elf = link->source->elf;
	const struct pbpf_section *section = &elf->sections[function->section];
	struct pbpf_code *code = &link->code;
	uint32_t start = code->insn_count;
	struct pbpf_insn *insns;
	struct visit *visit;
	int err;

	insns = grow_array(link->env, code->insns, start, function->count, &code->insn_room,
			   sizeof(*insns));
	if (!insns)
		return env_no_memory(link->env, "relo", "instructions");
	code->insns = insns;
	pbpf_insns_copy(insns + start, section->data + (size_t)function->first * PBPF_INSN_SIZE,
			function->count, elf->big_endian);
	code->insn_count += function->count;
	err = check_relocs(link, function);
	if (!err)
		err = append_info(link, function, start);
	if (!err)
		err = apply_core(link, function, start);
	if (err)
		return err;

	env_step(link->env, AT("relo", link->program->name, start),
		 "'%s' of section '%s', %u instructions, goes to instruction %u", function->name,
		 section->name, function->count, start);
	visit = &walk->visits[function - link->source->functions->array];
	*visit = (struct visit){function, start, 0, 0, walk->visit};
	walk->visit = visit;
	return 0;
}

/* Writes a reference to a map or to data into both slots of an ld_imm64. A map that was left out makes
 * them calls that no kernel has: the verifier then takes the program only if they are never reached. */
static void patch_map(struct pbpf_insn *slots, const struct reference *reference)
{
	if (reference->map->fd < 0) {
		slots[0] = (struct pbpf_insn){.code = PBPF_OP_CALL,
					      .imm = PBPF_MAP_POISON +
						     (int32_t)reference->map->number};
		slots[1] = slots[0];
		return;
	}
	pbpf_insn_set_src(slots, reference->kind == REFERS_TO_DATA ? PBPF_PSEUDO_MAP_VALUE
								   : PBPF_PSEUDO_MAP_FD);
	slots[0].imm = reference->map->fd;
	slots[1].imm = (int32_t)reference->offset;
}

/* Writes a reference to a function that stands at `target` into the instruction in slot `insn`. */
static void patch_function(struct pbpf_code *code, uint32_t insn, uint32_t target)
{
	struct pbpf_insn *slots = &code->insns[insn];

	if (slots->code == PBPF_OP_CALL) {
		pbpf_insn_set_src(slots, PBPF_CALL_LOCAL);
	} else {
		pbpf_insn_set_src(slots, PBPF_PSEUDO_FUNC);
		slots[1].imm = 0;
	}
	slots->imm = (int32_t)((int64_t)target - insn - 1);
}

/* Writes a call of an extern: a kfunc, or a helper that does not exist. */
static void patch_kfunc(struct pbpf_insn *insn, const struct linking *link,
			const struct pbpf_extern *external)
{
	if (external->kind == PBPF_EXTERN_ABSENT) {
		pbpf_insn_set_src(insn, PBPF_CALL_HELPER);
		insn->imm = PBPF_EXTERN_POISON + (int32_t)(external - link->source->externs);
		return;
	}
	pbpf_insn_set_src(insn, PBPF_CALL_KFUNC);
	insn->off = external->fd_index;
	insn->imm = (int32_t)external->id;
}

/* Writes the address of an extern into both slots of an ld_imm64. */
static void patch_address(struct pbpf_insn *slots, const struct reference *reference)
{
	const struct pbpf_extern *external = reference->external;
	uint64_t address = 0;
	unsigned int src = 0;

	switch (external->kind) {
	case PBPF_EXTERN_ABSENT: break;
	case PBPF_EXTERN_ADDRESS:
		address = external->address + (uint64_t)(int64_t)reference->addend;
		break;
	case PBPF_EXTERN_VALUE:
		src = PBPF_PSEUDO_MAP_VALUE;
		address = (uint64_t)(external->offset + (uint32_t)reference->addend) << 32 |
			  (uint32_t)external->fd;
		break;
	case PBPF_EXTERN_VARIABLE:
	case PBPF_EXTERN_FUNCTION:
		src = PBPF_PSEUDO_BTF_ID;
		address = (uint64_t)(uint32_t)external->fd << 32 | external->id;
		break;
	}
	pbpf_insn_set_src(slots, src);
	slots[0].imm = (int32_t)(uint32_t)address;
	slots[1].imm = (int32_t)(uint32_t)(address >> 32);
}

static void patch_extern(const struct linking *link, uint32_t insn,
			 const struct reference *reference)
{
	static const char *const kinds[] = {
		[PBPF_EXTERN_ABSENT] = "nothing",
		[PBPF_EXTERN_VALUE] = "a map's value",
		[PBPF_EXTERN_ADDRESS] = "an address",
		[PBPF_EXTERN_VARIABLE] = "a variable of the kernel",
		[PBPF_EXTERN_FUNCTION] = "a function of the kernel",
	};
	struct pbpf_insn *slots = &link->code.insns[insn];

	if (slots->code == PBPF_OP_CALL)
		patch_kfunc(slots, link, reference->external);
	else
		patch_address(slots, reference);
	env_step(link->env, AT("relo", link->program->name, insn),
		 "instruction %u refers to the extern '%s', %s", insn,
		 link->source->elf->symbols[reference->external->symbol].name,
		 kinds[reference->external->kind]);
}

static int link_table(struct linking *link, const struct site *site,
		      const struct reference *reference)
{
	struct pbpf_insn *slots = &link->code.insns[site->insn];
	int err = refer_to_table(link, site, reference->table);

	if (err)
		return err;
	pbpf_insn_set_src(slots, PBPF_PSEUDO_MAP_VALUE);
	slots[0].imm = -1;
	slots[1].imm = 0;
	env_step(link->env, AT("relo", link->program->name, site->insn),
		 "instruction %u loads the jump table '%s' of %llu entries", site->insn,
		 reference->table->name, (unsigned long long)reference->table->size / 8);
	return 0;
}

/* Looks at one instruction; appends the function that it refers to, if it is the first to do so. */
static int link_site(struct walk *walk, const struct site *site)
{
	struct linking *link = &walk->link;
	struct reference reference;
	const struct visit *callee;
	int err = find_reference(&reference, link, site);

	if (err || reference.kind == REFERS_TO_NOTHING)
		return err;
	if (reference.kind == REFERS_TO_EXTERN) {
		patch_extern(link, site->insn, &reference);
		return 0;
	}
	if (reference.kind == REFERS_TO_TABLE)
		return link_table(link, site, &reference);
	if (reference.kind != REFERS_TO_FUNCTION) {
		patch_map(&link->code.insns[site->insn], &reference);
		env_step(link->env, AT("relo", link->program->name, site->insn),
			 "instruction %u loads %s fd %d, byte %u", site->insn,
			 reference.kind == REFERS_TO_DATA ? "the value of map" : "map",
			 reference.map->fd, reference.offset);
		return 0;
	}
	callee = &walk->visits[reference.function - link->source->functions->array];
	if (!callee->function)
		err = append_function(walk, reference.function);
	if (!err)
		patch_function(&link->code, site->insn, callee->start);
	return err;
}

/* Which of the function's instructions has the next relocation; `count` when none has. */
static uint32_t next_related(const struct visit *visit)
{
	const struct pbpf_function *function = visit->function;

	if (visit->reloc == function->reloc_count)
		return function->count;
	return (uint32_t)(function->relocs[visit->reloc].offset / PBPF_INSN_SIZE) - function->first;
}

/* The second slot of an ld_imm64 is of the same function, and has no relocation. Returns 1. */
static int pass_second_half(const struct linking *link, struct visit *visit,
			    const struct site *site)
{
	if (visit->next++ == visit->function->count)
		return link_fail(link, -EINVAL, visit->function, site->place,
				 "the object is damaged",
				 "is the first half of an ld_imm64 without its second");
	if (next_related(visit) < visit->next)
		return link_fail(link, -EINVAL, visit->function, site->place, DAMAGED,
				 "has a relocation in its second half");
	return 1;
}

/* Goes on to the next instruction that may refer to something. 1, 0 when there is none, or an error. */
static int next_site(struct site *site, struct visit *visit, const struct linking *link)
{
	const struct pbpf_function *function = visit->function;
	const struct pbpf_insn *insns = &link->code.insns[visit->start];
	uint32_t i = visit->next, related = next_related(visit);

	while (i < related && insns[i].code != PBPF_OP_CALL && insns[i].code != PBPF_OP_LD_IMM64)
		i++;
	if (i == function->count)
		return 0;
	*site = (struct site){
		.function = function,
		.start = visit->start,
		.insn = visit->start + i,
		.place = function->first + i,
		.reloc = i == related ? &function->relocs[visit->reloc++] : NULL,
	};
	visit->next = i + 1;
	return insns[i].code == PBPF_OP_LD_IMM64 ? pass_second_half(link, visit, site) : 1;
}

/* Appends a function, and all that it reaches. */
static int walk_calls(struct walk *walk, const struct pbpf_function *from)
{
	int err = append_function(walk, from);

	while (!err && walk->visit) {
		struct site site;
		int found = next_site(&site, walk->visit, &walk->link);

		if (found > 0)
			err = link_site(walk, &site);
		else if (found < 0)
			err = found;
		else
			walk->visit = walk->visit->back;
	}
	return err;
}

static int walk_program(struct walk *walk)
{
	const struct pbpf_function *program = walk->link.program;
	int err = walk_calls(walk, program);

	if (err || !program->exception || walk->visits[program->exception - 1].function)
		return err;
	return walk_calls(walk, &walk->link.source->functions->array[program->exception - 1]);
}

int pbpf_code_link(struct pbpf_code *code, const struct pbpf_code_source *source,
		   const struct pbpf_function *program, const struct pbpf_env *env)
{
	uint32_t count = source->functions->count;
	struct walk walk = {.link = {
				    .source = source,
				    .program = program,
				    .env = env,
				    .has_funcs = true,
				    .has_lines = true,
			    }};
	int err;

	walk.visits = env_alloc(env, count, sizeof(*walk.visits));
	err = walk.visits ? walk_program(&walk)
			  : env_no_memory(env, "relo", "the walk over the calls");
	env_free(env, walk.visits, count, sizeof(*walk.visits));
	env_free(env, walk.link.table_of, walk.link.table_of_count, sizeof(*walk.link.table_of));
	if (err) {
		pbpf_code_free(&walk.link.code, env);
		return err;
	}
	settle_info(&walk.link);
	*code = walk.link.code;
	return 0;
}

void pbpf_code_free(struct pbpf_code *code, const struct pbpf_env *env)
{
	env_free(env, code->insns, code->insn_room, sizeof(*code->insns));
	env_free(env, code->funcs, code->func_room, sizeof(*code->funcs));
	env_free(env, code->lines, code->line_room, sizeof(*code->lines));
	env_free(env, code->poisoned, code->poisoned_room, sizeof(*code->poisoned));
	env_free(env, code->tables, code->table_room, sizeof(*code->tables));
	env_free(env, code->targets, code->target_room, sizeof(*code->targets));
	*code = (struct pbpf_code){0};
}
