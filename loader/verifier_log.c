/* SPDX-License-Identifier: MIT */
/*
 * The verifier's log, read: which line decided, which instruction it is about, what usually helps.
 */
#include "loader/verifier_log.h"

#include <stdbool.h>
#include <string.h>

struct line {
	const char *text;
	size_t length;
};

/* Takes the first line off `*log`; false at its end. */
static bool next_line(struct line *line, const char **log)
{
	if (!**log)
		return false;
	line->text = *log;
	line->length = strcspn(*log, "\n");
	*log += line->length;
	*log += **log == '\n';
	return true;
}

static bool begins_with(const struct line *line, const char *prefix)
{
	size_t length = strlen(prefix);

	return line->length >= length && !memcmp(line->text, prefix, length);
}

/* Is it of the form "12: (61) r0 = ..." (or "12: R0=..." with the state alone)? Then its number. */
static bool names_insn(const struct line *line, int64_t *insn)
{
	int64_t number = 0;
	size_t i = 0;

	while (i < line->length && i < 9 && line->text[i] >= '0' && line->text[i] <= '9')
		number = number * 10 + (line->text[i++] - '0');
	if (!i || i + 1 >= line->length || line->text[i] != ':' || line->text[i + 1] != ' ')
		return false;
	*insn = number;
	return true;
}

/* Lines around the verdict that are not it: the trace, source lines, and statistics. */
static bool is_trace(const struct line *line)
{
	static const char *const prefixes[] = {
		"; ",	      "from ",	      "processed ",  "verification time ", "stack depth ",
		"max_states", "mark_precise", "regs=",	     "last_idx ",	   "parent ",
		"func#",      "caller",	      "callee",	     "returning from",	   "to caller",
		" frame",     "Func#",	      "Validating ",
	};

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		if (begins_with(line, prefixes[i]))
			return true;
	/* "R1=ctx() R10=fp0" is a state, "R1 invalid mem access" a verdict. */
	if (line->length > 3 && line->text[0] == 'R' && line->text[1] >= '0' &&
	    line->text[1] <= '9') {
		size_t i = 1 + strspn(line->text + 1, "0123456789");

		return line->text[i] == '=' || line->text[i] == '_';
	}
	return !line->length;
}

/* What people meet most, and what usually helps. */
static const struct {
	const char *part; /* of the decisive line */
	const char *hint;
} remedies[] = {
	{"map_value_or_null",
	 "check the pointer that bpf_map_lookup_elem() returned before using it"},
	{"_or_null'", "check the pointer against NULL before using it"},
	{"invalid access to packet",
	 "compare the end of what is read with data_end before reading it"},
	{"invalid access to map value",
	 "bound the offset: the verifier must see that it stays within the value"},
	{"cannot call GPL-restricted function from non-GPL compatible program",
	 "add char LICENSE[] SEC(\"license\") = \"GPL\";"},
	{"!read_ok", "set the register, or the variable it holds, on every path before this one"},
	{"unreachable insn", "remove the code behind an unconditional jump or exit"},
	{"Unreleased reference", "release or submit what was reserved or acquired, on every path"},
	{"BPF program is too large", "make the program smaller, or split it with tail calls"},
	{"infinite loop detected", "give the loop a bound that the verifier can see"},
	{"back-edge from insn", "unroll the loop: kernels before 5.3 take none"},
	{"misaligned", "read the field byte by byte, or align the structure"},
	{"unknown func", "this kernel, or this program type, does not have that helper"},
	{"program of this type cannot use helper",
	 "use a helper that this program type has (see bpf-helpers(7))"},
	{"invalid indirect read from stack", "zero the whole structure before passing it"},
};

static const char *find_remedy(const struct line *line)
{
	for (size_t i = 0; i < sizeof(remedies) / sizeof(remedies[0]); i++) {
		size_t length = strlen(remedies[i].part);

		for (size_t at = 0; at + length <= line->length; at++)
			if (!memcmp(line->text + at, remedies[i].part, length))
				return remedies[i].hint;
	}
	return NULL;
}

void read_verifier_log(struct log_verdict *verdict, const char *log)
{
	struct line line;
	int64_t insn = -1;

	*verdict = (struct log_verdict){.text = "", .insn = -1};
	while (next_line(&line, &log)) {
		if (names_insn(&line, &insn) || is_trace(&line))
			continue;
		verdict->text = line.text;
		verdict->length = line.length;
		verdict->insn = insn;
		verdict->hint = find_remedy(&line);
	}
}

void read_btf_log(struct log_verdict *verdict, const char *log)
{
	struct line line;

	*verdict = (struct log_verdict){.text = "", .insn = -1};
	while (next_line(&line, &log)) {
		if (!line.length)
			continue;
		verdict->text = line.text;
		verdict->length = line.length;
	}
}
