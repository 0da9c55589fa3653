/* SPDX-License-Identifier: MIT */
/*
 * From the lines of the verifier's log to its verdict, in three walks from the beginning:
 *
 *	find_verdict()   to the end, keeping the words behind the last instruction: the decisive line
 *	follow_path()    up to that line, keeping registers and the last source lines
 *	find_origin()    up to the instruction that the decisive line names, if any
 *
 * Nothing is kept of a line but places in it, so that a log of a million instructions needs no memory.
 */
#include "loader/verifier_log.h"

#include <string.h>

/* --- The decisive line ------------------------------------------------------------------------ */

/* The lines below `heading` up to a blank one, without the indentation of the first. */
static struct pbpf_text paragraph(const char *log, const char *heading)
{
	const char *at = strstr(log, heading), *end;
	struct pbpf_text text = {log, 0};

	if (!at)
		return text;
	at += strlen(heading);
	end = strstr(at, "\n\n");
	text = (struct pbpf_text){at, end ? (size_t)(end - at) : strlen(at)};
	while (text.size && text.at[text.size - 1] == '\n')
		text.size--;
	return text_trimmed(text);
}

/* What a kernel of 7.3 and later says itself, from "Verification failed: " on. */
static void read_story(struct pbpf_log_verdict *verdict, const struct pbpf_text *title)
{
	verdict->reason = paragraph(title->at, "\nReason:\n");
	verdict->suggestion = paragraph(title->at, "\nSuggestion:\n");
	if (verdict->line.size)
		return;
	verdict->line = text_from(title, ": ");
	take_prefix(&verdict->line, ": ");
}

/* Of several lines, the first that the catalogue knows; else the last. */
static void weigh_words(struct pbpf_log_verdict *verdict, const struct pbpf_text *line)
{
	if (verdict->explanation)
		return;
	verdict->line = *line;
	verdict->explanation = pbpf_explanation_of(line->at, line->size);
}

/* What is found before the first path is followed has no instruction before it, but names its own:
 * "unreachable insn 7". */
static void find_named_insn(struct pbpf_log_verdict *verdict)
{
	struct pbpf_text name = text_from(&verdict->line, "insn ");
	uint32_t insn;

	if (verdict->insn < 0 && take_prefix(&name, "insn ") && take_number(&name, &insn))
		verdict->insn = insn;
}

static void find_verdict(struct pbpf_log_verdict *verdict, const char *log)
{
	struct log_line line;
	int64_t insn = -1;
	bool same = false; /* nothing came since the last words */

	while (next_log_line(&line, &log)) {
		if (line.numbered)
			insn = line.insn;
		if (line.kind == LOG_INSN)
			same = false;
		if (line.kind != LOG_WORDS && line.kind != LOG_STORY)
			continue;
		if (!same) {
			verdict->line.size = 0;
			verdict->explanation = NULL;
		}
		same = true;
		verdict->insn = insn;
		if (line.kind == LOG_STORY) {
			read_story(verdict, &line.text);
			break;
		}
		weigh_words(verdict, &line.text);
	}
	find_named_insn(verdict);
}

/* --- The path to it --------------------------------------------------------------------------- */

struct path {
	struct pbpf_log_verdict *verdict;
	const struct pbpf_log_lines *lines; /* NULL: the log's own */
	struct log_line source;		    /* the last one in the log */
	struct log_line last;		    /* the last instruction */
	bool regs_open;			    /* its registers are not taken yet */
	bool jump_open;			    /* it is a jump of which the way is not known yet */
	uint32_t frame;
};

static bool same_text(const struct pbpf_text *a, const struct pbpf_text *b)
{
	return a->size == b->size && (!a->size || !memcmp(a->at, b->at, a->size));
}

static bool same_step(const struct pbpf_log_step *a, const struct pbpf_log_step *b)
{
	return a->line == b->line && same_text(&a->code, &b->code) && same_text(&a->file, &b->file);
}

/* Appends a step. One that is there already moves to the end: it is a loop's. */
static struct pbpf_log_step *add_step(struct pbpf_log_verdict *verdict,
				      const struct pbpf_log_step *step)
{
	struct pbpf_log_step added = *step;
	uint32_t i = 0;

	while (i < verdict->step_count && !same_step(&verdict->steps[i], step))
		i++;
	if (i < verdict->step_count) {
		added.turns += verdict->steps[i].turns;
	} else if (i < PBPF_LOG_STEPS) {
		verdict->step_count++;
	} else {
		verdict->folded++;
		i = 0;
	}
	memmove(&verdict->steps[i], &verdict->steps[i + 1],
		(verdict->step_count - 1 - i) * sizeof(added));
	verdict->steps[verdict->step_count - 1] = added;
	return &verdict->steps[verdict->step_count - 1];
}

/* The name in "call bpf_map_lookup_elem#1"; calls within the program ("call pc+7") have none. */
static struct pbpf_text callee(const struct pbpf_text *code)
{
	struct pbpf_text call = *code;

	if (!take_prefix(&call, "call ") || text_begins(&call, "pc"))
		call.size = 0;
	return text_until(&call, "#");
}

/* "r0 == 0x0" of "if r0 == 0x0 goto pc+3" */
static struct pbpf_text condition(const struct pbpf_text *code)
{
	struct pbpf_text text = *code;

	if (!take_prefix(&text, "if "))
		text.size = 0;
	return text_until(&text, " goto");
}

/* Whether a conditional jump is taken is known by what comes next. */
static void settle_jump(struct path *path, uint32_t from, uint32_t next)
{
	struct pbpf_log_verdict *verdict = path->verdict;

	if (verdict->step_count)
		verdict->steps[verdict->step_count - 1].jumped = next != from + 1;
	path->jump_open = false;
}

/* Where an instruction comes from. Without any source, those that decide are steps themselves. */
static bool find_step(struct pbpf_log_step *step, const struct path *path,
		      const struct log_line *line)
{
	struct pbpf_log_place place = {NULL, NULL, 0};

	*step = (struct pbpf_log_step){.first = line->insn, .last = line->insn, .turns = 1};
	if (path->lines && path->lines->find(path->lines->ctx, line->insn, &place)) {
		step->code = text_trimmed((struct pbpf_text){place.code, strlen(place.code)});
		step->file = (struct pbpf_text){place.file, strlen(place.file)};
		step->line = place.line;
		return step->line > 0;
	}
	step->code = path->source.text;
	step->file = path->source.file;
	step->line = path->source.line;
	if (step->code.size)
		return true;
	step->code = line->code;
	return !path->verdict->step_count || callee(&line->code).size ||
	       condition(&line->code).size;
}

static void take_step(struct path *path, const struct log_line *line)
{
	struct pbpf_log_verdict *verdict = path->verdict;
	struct pbpf_text call = callee(&line->code), when = condition(&line->code);
	struct pbpf_log_step step, *last;
	bool known = find_step(&step, path, line);

	last = verdict->step_count ? &verdict->steps[verdict->step_count - 1] : NULL;
	if (!last || (known && !same_step(last, &step))) {
		last = add_step(verdict, &step);
	} else if (line->insn <= last->last) { /* a loop within the line */
		last->turns++;
		last->first = line->insn;
	}
	last->last = line->insn;
	if (call.size)
		last->call = call;
	if (when.size)
		last->condition = when;
	path->jump_open = when.size > 0;
}

/* The verifier comes back to a jump that it had left for later: what it did since is not on the path.
 * Logs of level 1 have only the path, and this finds its last step. */
static void go_back(struct path *path, uint32_t from)
{
	struct pbpf_log_verdict *verdict = path->verdict;
	uint32_t count = verdict->step_count;

	while (count &&
	       (from < verdict->steps[count - 1].first || from > verdict->steps[count - 1].last))
		count--;
	verdict->step_count = count;
}

/* --- Registers -------------------------------------------------------------------------------- */

/* The length of a value: up to a space that is not within parentheses. */
static size_t value_size(const struct pbpf_text *text)
{
	size_t i = 0, depth = 0;

	for (; i < text->size && (depth || text->at[i] != ' '); i++) {
		depth += text->at[i] == '(';
		depth -= depth && text->at[i] == ')';
	}
	return i;
}

/* "R1_w=scalar() fp-8=..." One token after the other. */
static void take_regs(struct pbpf_log_verdict *verdict, struct pbpf_text state)
{
	while (state.size) {
		size_t size = value_size(&state);
		struct pbpf_text token = {state.at, size}, value = text_from(&token, "=");
		uint32_t reg;

		state.at += size;
		state.size -= size;
		state = text_trimmed(state);
		if (!size || *token.at != 'R' || !value.size)
			continue;
		token.at++;
		token.size--;
		if (take_number(&token, &reg) && reg < PBPF_LOG_REGS)
			verdict->regs[reg] = (struct pbpf_text){value.at + 1, value.size - 1};
	}
}

static void take_state(struct path *path, const struct log_line *line)
{
	struct pbpf_text state = line->state;
	uint32_t frame = path->frame;

	if (take_prefix(&state, "frame")) {
		take_number(&state, &frame);
		state = text_from(&state, " ");
		state = text_trimmed(state);
	}
	if (line->whole_state || frame != path->frame)
		memset(path->verdict->regs, 0, sizeof(path->verdict->regs));
	path->frame = frame;
	take_regs(path->verdict, state);
}

/* What the last instruction wrote is unknown, unless the log says it. */
static void take_result(struct path *path)
{
	struct pbpf_text *regs = path->verdict->regs, code = path->last.code;
	uint32_t reg;

	if (!path->regs_open)
		return;
	path->regs_open = false;
	if (callee(&code).size) {
		memset(regs, 0, 6 * sizeof(*regs));
	} else if (text_begins(&code, "r") || text_begins(&code, "w")) {
		code.at++;
		code.size--;
		if (take_number(&code, &reg) && reg < PBPF_LOG_REGS)
			regs[reg].size = 0;
	}
	take_state(path, &path->last);
}

/*
 * "R6 invalid mem access 'scalar'", but the log's last word of R6 is a pointer: a call in between took
 * what it points to away, of which logs say nothing.
 */
static void forget_pointer(struct pbpf_log_verdict *verdict)
{
	struct pbpf_text line = verdict->line, *value;
	uint32_t reg;

	if (!take_prefix(&line, "R") || !take_number(&line, &reg) || reg >= PBPF_LOG_REGS ||
	    !take_prefix(&line, " invalid mem access '"))
		return;
	line = text_until(&line, "'");
	value = &verdict->regs[reg];
	if ((text_begins(&line, "scalar") || text_begins(&line, "inv")) && value->size &&
	    *value->at >= 'a' && *value->at <= 'z' && !text_begins(value, "scalar") &&
	    !text_begins(value, "inv"))
		*value = line;
}

/* Bit n for each "rN", "wN" or "RN" of the text that is a word of its own. */
static uint32_t regs_in(struct pbpf_text text)
{
	uint32_t regs = 0, reg;
	char before = ' ';

	while (text.size) {
		char c = *text.at;
		bool word = (before >= 'a' && before <= 'z') || (before >= 'A' && before <= 'Z') ||
			    before == '_';

		text.at++;
		text.size--;
		before = c;
		if (!word && (c == 'r' || c == 'w' || c == 'R') && take_number(&text, &reg)) {
			before = '0';
			regs |= reg < PBPF_LOG_REGS ? 1u << reg : 0;
		}
	}
	return regs;
}

/* The same for those that an instruction reads: not "r1" of "r1 = *(u64 *)(r0 +0)". */
static uint32_t regs_read(const struct pbpf_text *code)
{
	struct pbpf_text source = text_from(code, " = ");
	bool sets = (text_begins(code, "r") || text_begins(code, "w")) && source.size;

	return regs_in(sets ? source : *code);
}

/* --- Putting it together ---------------------------------------------------------------------- */

static void follow_line(struct path *path, const struct log_line *line)
{
	if (line->kind == LOG_INSN || line->kind == LOG_STATE || line->kind == LOG_FROM)
		take_result(path);
	if (line->kind == LOG_FROM) {
		go_back(path, line->from);
		settle_jump(path, line->from, line->insn);
	} else if (line->numbered && path->jump_open) {
		settle_jump(path, path->last.insn, line->insn);
	}
	if (line->kind == LOG_SOURCE && line->text.size) {
		path->source = *line;
	} else if (line->kind == LOG_INSN) {
		take_step(path, line);
		path->last = *line;
		path->regs_open = true;
	} else if (line->kind == LOG_STATE || line->kind == LOG_FROM) {
		take_state(path, line);
	}
}

static void follow_path(struct pbpf_log_verdict *verdict, const char *log,
			const struct pbpf_log_lines *lines)
{
	struct path path = {.verdict = verdict, .lines = lines};
	struct log_line line;

	while (next_log_line(&line, &log) && line.text.at != verdict->line.at &&
	       line.kind != LOG_STORY)
		follow_line(&path, &line);
	if (path.last.kind != LOG_INSN && verdict->insn >= 0 && lines) {
		line = (struct log_line){.insn = (uint32_t)verdict->insn};
		take_step(&path, &line);
	}
	if (path.last.kind != LOG_INSN || path.last.insn != verdict->insn)
		return;
	forget_pointer(verdict);
	verdict->code = path.last.code;
	verdict->call = callee(&verdict->code);
	verdict->concerned = regs_read(&verdict->code) | regs_in(verdict->line);
}

/* The source of the instruction that the decisive line names. */
static void find_origin(struct pbpf_log_verdict *verdict, const char *log,
			const struct pbpf_log_lines *lines)
{
	struct pbpf_log_verdict origin = {.insn = -1};
	struct path path = {.verdict = &origin, .lines = lines};
	struct pbpf_text name = text_from(&verdict->line, "alloc_insn=");
	struct log_line line;
	uint32_t insn;

	if (!take_prefix(&name, "alloc_insn=") || !take_number(&name, &insn))
		return;
	while (next_log_line(&line, &log) && line.text.at != verdict->line.at) {
		if (line.kind == LOG_SOURCE)
			path.source = line;
		if (line.kind != LOG_INSN || line.insn != insn)
			continue;
		find_step(&verdict->origin, &path, &line);
		verdict->origin.call = callee(&line.code);
	}
}

void pbpf_log_read(struct pbpf_log_verdict *verdict, const char *log,
		   const struct pbpf_log_lines *lines)
{
	*verdict = (struct pbpf_log_verdict){.line = {log, 0}, .insn = -1};
	find_verdict(verdict, log);
	if (!verdict->line.size)
		return;
	follow_path(verdict, log, lines);
	find_origin(verdict, log, lines);
}
