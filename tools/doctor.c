/* SPDX-License-Identifier: MIT */
/*
 * plainbpf doctor: what this process can do with BPF on this machine, and why not.
 *
 * Findings of a group that say the same share a line, so that one cause is told once:
 *
 *	programs
 *	  ok  socket, kprobe, xdp
 *	  no  lsm, freplace: this process lacks CAP_PERFMON; run it as root
 */
#include "tools/cli.h"
#include "tools/json.h"
#include "tools/text.h"

#include "loader/pbpf_doctor.h"

#include <stdlib.h>
#include <string.h>

#define WIDTH	    79
#define INDENT	    6
#define NAMES_SHOWN 100 /* of more, only how many */
#define NOT_OPENED  2	/* CLI_USAGE's number means here: the object cannot be opened */

/* Findings of one group with the same answer, reason and way out. */
struct same_findings {
	enum pbpf_answer answer;
	char *reason, *way_out;
	char **names;
	size_t count;
};

struct doctor_output {
	struct cli *cli;
	struct json json;
	char *group; /* NULL: none yet */
	struct same_findings *lines;
	size_t line_count;
	bool bare; /* nothing was printed yet */
};

static void *must(void *memory)
{
	if (memory)
		return memory;
	perror("plainbpf");
	exit(EXIT_FAILURE);
}

static const char *answer_word(enum pbpf_answer answer)
{
	return answer == PBPF_YES ? "ok" : answer == PBPF_NO ? "no" : "?";
}

/* --- Text ------------------------------------------------------------------------------------ */

/* A line that is broken between words. */
struct folded {
	size_t column;
};

static void put_word(struct folded *line, const char *word, size_t length)
{
	if (line->column > INDENT && line->column + 1 + length > WIDTH) {
		printf("\n%*s", INDENT, "");
		line->column = INDENT;
	} else if (line->column > INDENT) {
		putchar(' ');
		line->column++;
	}
	for (size_t i = 0; i < length; i++) {
		char letter[2] = {word[i], '\0'};

		put_name(stdout, letter);
	}
	line->column += length;
}

static void put_words(struct folded *line, const char *text)
{
	while (*text) {
		size_t length = strcspn(text, " ");

		if (length)
			put_word(line, text, length);
		text += length + (text[length] == ' ');
	}
}

/* The names with what stands between and behind them. */
static void put_names(struct folded *line, const struct same_findings *same, const char *end)
{
	for (size_t i = 0; i < same->count; i++) {
		char *word;

		if (asprintf(&word, "%s%s", same->names[i], i + 1 < same->count ? "," : end) < 0)
			must(NULL);
		put_words(line, word);
		free(word);
	}
}

static void print_same(const struct doctor_output *out, const struct same_findings *same)
{
	struct folded line = {INDENT};
	bool more = *same->reason || *same->way_out;
	char number[64];

	printf("  %-*s", INDENT - 2, answer_word(same->answer));
	if (same->count > NAMES_SHOWN && out->cli->env.level < PBPF_NOTE) {
		snprintf(number, sizeof(number), "%zu of them (-v names them)%s", same->count,
			 more ? ":" : "");
		put_words(&line, number);
	} else {
		put_names(&line, same, more ? ":" : "");
	}
	put_words(&line, same->reason);
	if (*same->way_out) {
		printf(";");
		line.column++;
		put_words(&line, same->way_out);
	}
	printf("\n");
}

static void free_same(struct same_findings *same)
{
	for (size_t i = 0; i < same->count; i++)
		free(same->names[i]);
	free(same->names);
	free(same->reason);
	free(same->way_out);
}

static void end_group(struct doctor_output *out)
{
	if (!out->group)
		return;
	printf("%s%s\n", out->bare ? "" : "\n", out->group);
	out->bare = false;
	for (size_t i = 0; i < out->line_count; i++) {
		print_same(out, &out->lines[i]);
		free_same(&out->lines[i]);
	}
	free(out->lines);
	free(out->group);
	out->lines = NULL;
	out->line_count = 0;
	out->group = NULL;
}

static struct same_findings *same_as(struct doctor_output *out, const struct pbpf_finding *finding)
{
	struct same_findings *same;

	for (size_t i = 0; i < out->line_count; i++) {
		same = &out->lines[i];
		if (same->answer == finding->answer && !strcmp(same->reason, finding->reason) &&
		    !strcmp(same->way_out, finding->way_out))
			return same;
	}
	out->lines = must(realloc(out->lines, (out->line_count + 1) * sizeof(*out->lines)));
	same = &out->lines[out->line_count++];
	*same = (struct same_findings){
		.answer = finding->answer,
		.reason = must(strdup(finding->reason)),
		.way_out = must(strdup(finding->way_out)),
	};
	return same;
}

static void note_finding(void *ctx, const struct pbpf_finding *finding)
{
	struct doctor_output *out = ctx;
	struct same_findings *same;

	if (out->group && strcmp(out->group, finding->group) != 0)
		end_group(out);
	if (!out->group)
		out->group = must(strdup(finding->group));
	same = same_as(out, finding);
	same->names = must(realloc(same->names, (same->count + 1) * sizeof(*same->names)));
	same->names[same->count++] = must(strdup(finding->name));
}

/* --- JSON ------------------------------------------------------------------------------------ */

static void put_finding(void *ctx, const struct pbpf_finding *finding)
{
	static const char *const answers[] = {"yes", "no", "perhaps"};
	struct json *json = &((struct doctor_output *)ctx)->json;

	json_open(json, NULL, '{');
	json_string(json, "group", finding->group);
	json_string(json, "name", finding->name);
	json_string(json, "answer", answers[finding->answer]);
	if (*finding->reason)
		json_string(json, "reason", finding->reason);
	if (*finding->way_out)
		json_string(json, "way_out", finding->way_out);
	json_close(json, '}');
}

/* --- The command ----------------------------------------------------------------------------- */

static void print_verdict(struct doctor_output *out, int result)
{
	const char *path = out->cli->operands[0];

	end_group(out);
	printf("\n");
	if (!path)
		printf(result ? "this process can use BPF on this machine\n"
			      : "this process cannot use BPF on this machine\n");
	else if (!result)
		printf("this machine has all that the object needs; 'plainbpf verify' asks the "
		       "verifier\n");
	else
		printf("%d thing%s that the object needs %s missing\n", result,
		       result == 1 ? "" : "s", result == 1 ? "is" : "are");
}

static int run_doctor(struct cli *cli)
{
	struct doctor_output out = {.cli = cli, .json = json_to(stdout), .bare = true};
	const struct pbpf_doctor doctor = {cli->json ? put_finding : note_finding, &out};
	struct pbpf_object *obj = NULL;
	int result;
	bool can;

	if (cli->operands[0] && cli_open_object(cli, cli->operands[0], &obj) < 0)
		return NOT_OPENED;
	if (cli->json) {
		json_open(&out.json, NULL, '{');
		json_open(&out.json, "findings", '[');
	}
	(void)pbpf_sys_raise_memlock(&cli->env); /* as load does, where it matters */
	result = obj ? pbpf_doctor_object(&doctor, obj) : pbpf_doctor_machine(&doctor, &cli->env);
	can = obj ? !result : result > 0;
	if (cli->json) {
		json_close(&out.json, ']');
		json_string(&out.json, "verdict", can ? "can" : "cannot");
		json_close(&out.json, '}');
		printf("\n");
	} else if (result >= 0) {
		print_verdict(&out, result);
	} else {
		end_group(&out);
	}
	pbpf_object_close(obj);
	return can ? CLI_OK : CLI_FAILED;
}

const struct command doctor_command = {
	.name = "doctor",
	.run = run_doctor,
	.summary = "what this machine can do with BPF, and why not",
	.operands = "[OBJ]",
	.operands_min = 0,
	.operands_max = 1,
	.options = "bjv",
	.details =
		"Looks at the process (capabilities, limits), the kernel (settings, what it was built\n"
		"with), and tries each kind of program, type of map, helper and way of attaching, with\n"
		"something tiny that is gone when the command ends; nothing is attached to anything.\n"
		"With OBJ: only what that object needs.\n\n"
		"  ok  it works\n"
		"  no  it does not: why; and the way out\n"
		"  ?   it depends, or cannot be known\n\n"
		"exit codes: 0 this process can use BPF here, with OBJ: all that it needs is there; 1 not;\n"
		"2 the object cannot be opened, or the command line was not understood.",
};
