/* SPDX-License-Identifier: MIT */
/*
 * One line of the verifier's log: which kind it is, and its parts. What the kinds look like is said in
 * verifier_log.h; print_bpf_insn(), print_insn_state() and verbose_linfo() of the kernel write them.
 */
#include "loader/verifier_log.h"

#include <string.h>

bool text_begins(const struct pbpf_text *text, const char *prefix)
{
	size_t size = strlen(prefix);

	return text->size >= size && !memcmp(text->at, prefix, size);
}

static struct pbpf_text text_behind(const struct pbpf_text *text, size_t size)
{
	return (struct pbpf_text){text->at + size, text->size - size};
}

struct pbpf_text text_from(const struct pbpf_text *text, const char *part)
{
	size_t size = strlen(part);

	for (size_t i = 0; i + size <= text->size; i++)
		if (text->at[i] == *part && !memcmp(text->at + i, part, size))
			return text_behind(text, i);
	return (struct pbpf_text){text->at, 0};
}

struct pbpf_text text_until(const struct pbpf_text *text, const char *part)
{
	return (struct pbpf_text){text->at, text->size - text_from(text, part).size};
}

struct pbpf_text text_trimmed(struct pbpf_text text)
{
	while (text.size && (*text.at == ' ' || *text.at == '\t'))
		text = text_behind(&text, 1);
	while (text.size && (text.at[text.size - 1] == ' ' || text.at[text.size - 1] == '\t'))
		text.size--;
	return text;
}

bool take_number(struct pbpf_text *text, uint32_t *number)
{
	uint32_t value = 0;
	size_t i = 0;

	while (i < text->size && i < 9 && text->at[i] >= '0' && text->at[i] <= '9')
		value = value * 10 + (uint32_t)(text->at[i++] - '0');
	if (!i)
		return false;
	*number = value;
	*text = text_behind(text, i);
	return true;
}

bool take_prefix(struct pbpf_text *text, const char *prefix)
{
	if (!text_begins(text, prefix))
		return false;
	*text = text_behind(text, strlen(prefix));
	return true;
}

/* "12: " */
static bool take_label(struct pbpf_text *text, uint32_t *insn)
{
	struct pbpf_text rest = *text;
	uint32_t number;

	if (!take_number(&rest, &number) || !take_prefix(&rest, ":") ||
	    (rest.size && *rest.at != ' '))
		return false;
	*text = rest;
	*insn = number;
	return true;
}

/* "R1=ctx() R10=fp0", perhaps behind "frame1: ". "R1 invalid mem access" is none. */
static bool is_state(struct pbpf_text text)
{
	uint32_t number;

	if (take_prefix(&text, "frame"))
		return take_number(&text, &number) && take_prefix(&text, ":");
	return take_prefix(&text, "R") && take_number(&text, &number) && text.size &&
	       (*text.at == '=' || *text.at == '_');
}

/* What follows "goto pc+3", from the space on. */
static struct pbpf_text behind_jump(const struct pbpf_text *code)
{
	struct pbpf_text jump = text_from(code, "goto pc");

	take_prefix(&jump, "goto pc");
	return text_from(&jump, " ");
}

/*
 * "(15) if r0 == 0x0 goto pc+3      ; R0=..." Older kernels have no registers here. A kernel that came
 * back to a jump to try its other way goes on in the same line: "(15) if r0 == 0x0 goto pc+3 12: R0=...".
 */
static void split_insn(struct log_line *line, const struct pbpf_text *text)
{
	struct pbpf_text body = text_from(text, ") "), resumed, state;
	uint32_t insn;

	line->kind = LOG_INSN;
	take_prefix(&body, ") ");
	line->code = text_until(&body, ";");
	line->state = text_from(&body, ";");
	take_prefix(&line->state, ";");
	resumed = behind_jump(&body);
	state = text_trimmed(resumed);
	if (take_label(&state, &insn)) {
		line->code = (struct pbpf_text){body.at, body.size - resumed.size};
		line->state = state;
		line->whole_state = true;
	}
	line->code = text_trimmed(line->code);
	line->state = text_trimmed(line->state);
}

/* Where `part` begins for the last time, or the text's size. */
static size_t last_of(const struct pbpf_text *text, const char *part)
{
	size_t size = strlen(part);

	for (size_t i = text->size; i >= size; i--)
		if (!memcmp(text->at + i - size, part, size))
			return i - size;
	return text->size;
}

/* "if (!value) @ count.bpf.c:20"; the place is there since Linux 6.9. */
static void split_source(struct log_line *line, const struct pbpf_text *text)
{
	size_t at = last_of(text, " @ ");
	struct pbpf_text place = text_behind(text, at), number;
	uint32_t value;

	line->kind = LOG_SOURCE;
	line->text = text_trimmed(*text);
	if (!take_prefix(&place, " @ "))
		return;
	number = text_behind(&place, last_of(&place, ":"));
	if (!take_prefix(&number, ":") || !take_number(&number, &value) || number.size)
		return;
	line->text = text_trimmed((struct pbpf_text){text->at, at});
	line->file = (struct pbpf_text){place.at, last_of(&place, ":")};
	line->line = value;
}

/* "from 5 to 12: R0=...", "from 5 to 12 (speculative execution): safe" */
static void split_from(struct log_line *line, struct pbpf_text text)
{
	if (!take_prefix(&text, "from ") || !take_number(&text, &line->from) ||
	    !take_prefix(&text, " to ") || !take_number(&text, &line->insn))
		return;
	line->kind = LOG_FROM;
	line->numbered = true;
	line->state = text_from(&text, ": ");
	take_prefix(&line->state, ": ");
	line->whole_state = true;
}

/* "frame 0: propagating r6"; "frame pointer is read only" is a verdict. */
static bool is_frame(struct pbpf_text text)
{
	uint32_t frame;

	return take_prefix(&text, "frame ") && take_number(&text, &frame);
}

/* The verifier's own affairs, and statistics. */
static bool is_noise(const struct pbpf_text *text)
{
	static const char *const prefixes[] = {
		"processed ",
		"verification time ",
		"stack depth ",
		"max_states",
		"mark_precise",
		"regs=",
		"last_idx ",
		"parent ",
		"func#",
		"Func#",
		"caller",
		"callee",
		"returning from",
		"to caller",
		"Validating ",
		"cur state",
		"old state",
		"propagating ",
		"falling back",
		"Live regs ",
		"Unrecognized arg#",
		"reg type unsupp",
		"live stack ",
	};

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		if (text_begins(text, prefixes[i]))
			return true;
	return !text->size || is_frame(*text);
}

/* Some words end without a newline: "expected prog array map for tail callprocessed 3 insns (limit ..." */
static struct pbpf_text without_statistics(const struct pbpf_text *text)
{
	struct pbpf_text words = text_until(text, "processed "),
			 rest = text_behind(text, words.size);
	uint32_t count;

	if (take_prefix(&rest, "processed ") && take_number(&rest, &count) &&
	    text_begins(&rest, " insns (limit "))
		return words;
	return *text;
}

static void read_line(struct log_line *line)
{
	struct pbpf_text text = line->text, trimmed = text_trimmed(text);

	if (take_prefix(&text, ";")) {
		split_source(line, &text);
	} else if (take_label(&text, &line->insn)) {
		line->numbered = true;
		text = text_trimmed(text);
		line->kind = LOG_STATE;
		line->state = text;
		if (text_begins(&text, "("))
			split_insn(line, &text);
	} else if (is_state(trimmed)) {
		line->kind = LOG_STATE;
		line->state = trimmed;
	} else if (text_begins(&text, "Verification failed: ")) {
		line->kind = LOG_STORY;
	} else if (is_noise(&trimmed)) {
		line->kind = LOG_NOISE;
	} else {
		split_from(line, text);
		if (line->kind == LOG_WORDS)
			line->text = without_statistics(&line->text);
	}
}

bool next_log_line(struct log_line *line, const char **log)
{
	const char *start = *log;

	if (!*start)
		return false;
	*line = (struct log_line){.text = {start, strcspn(start, "\n")}};
	*log += line->text.size;
	*log += **log == '\n';
	read_line(line);
	return true;
}

struct pbpf_text last_log_line(const char *log)
{
	struct pbpf_text last = {log, 0};

	while (*log) {
		size_t size = strcspn(log, "\n");

		if (size)
			last = (struct pbpf_text){log, size};
		log += size + (log[size] == '\n');
	}
	return last;
}
