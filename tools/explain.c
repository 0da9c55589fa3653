/* SPDX-License-Identifier: MIT */
/*
 * plainbpf verify --explain: a refusal told at length.
 *
 *	count (socket): a map value is used before it is known to be there
 *
 *	    R0 invalid mem access 'map_value_or_null'
 *
 *	  at    count.bpf.c:21  *value += 1;
 *	        instruction 6: r1 = *(u64 *)(r0 +0)
 *	  with  R0 = map_value_or_null(id=1,map=counts,ks=4,vs=8)
 *	  path  count.bpf.c:18  __u32 key = 0;
 *	        count.bpf.c:19  __u64 *value = bpf_map_lookup_elem(&counts, &key);
 *	  why   A lookup gives NULL when the map has no such key. ...
 *	  do    check the pointer that bpf_map_lookup_elem() returned before using it
 */
#include "tools/explain.h"

#include "tools/text.h"

#include <string.h>

#define LABEL_WIDTH 8
#define LINE_WIDTH  92

/* Text out of a log, which quotes the object: harmless for a terminal, tabs as spaces. */
static void put_text(struct pbpf_text text)
{
	for (size_t i = 0; i < text.size; i++) {
		char c[2] = {text.at[i] == '\t' ? ' ' : text.at[i], '\0'};

		put_name(stdout, c);
	}
}

static void put_label(const char *label)
{
	printf("  %-*s", LABEL_WIDTH - 2, label);
}

/* Words broken into lines of LINE_WIDTH. */
static void put_paragraph(const char *label, struct pbpf_text words)
{
	size_t column = LABEL_WIDTH;

	put_label(label);
	while (words.size) {
		size_t blank = 0, word = 0;

		while (blank < words.size && strchr(" \t\n", words.at[blank]))
			blank++;
		words.at += blank;
		words.size -= blank;
		while (word < words.size && !strchr(" \t\n", words.at[word]))
			word++;
		if (column > LABEL_WIDTH && column + 1 + word > LINE_WIDTH) {
			printf("\n%*s", LABEL_WIDTH, "");
			column = LABEL_WIDTH;
		} else if (column > LABEL_WIDTH && word) {
			putchar(' ');
			column++;
		}
		put_text((struct pbpf_text){words.at, word});
		column += word;
		words.at += word;
		words.size -= word;
	}
	putchar('\n');
}

static void put_string(const char *label, const char *words)
{
	put_paragraph(label, (struct pbpf_text){words, strlen(words)});
}

/* "count.bpf.c:19", padded to `width`; gives its length. */
static int put_place(const struct pbpf_log_step *step, int width)
{
	char place[128] = "";
	struct pbpf_text file = step->file;
	int size;

	if (!step->line)
		return 0;
	for (size_t i = file.size; i; i--) { /* without its folder */
		if (file.at[i - 1] != '/')
			continue;
		file = (struct pbpf_text){file.at + i, file.size - i};
		break;
	}
	size = snprintf(place, sizeof(place), "%.*s:%u", (int)(file.size < 100 ? file.size : 100),
			file.at, step->line);
	if (width) {
		put_name(stdout, place);
		printf("%*s", width > size ? width - size : 0, "");
	}
	return size;
}

static void put_step(const char *label, const struct pbpf_log_step *step, int width)
{
	put_label(label);
	if (put_place(step, width))
		printf("  ");
	put_text(step->code);
	if (step->condition.size) {
		printf("   (");
		put_text(step->condition);
		printf(": %s)", step->jumped ? "yes" : "no");
	}
	if (step->turns > 1)
		printf("   x%u", step->turns);
	putchar('\n');
}

static int place_width(const struct pbpf_log_verdict *verdict)
{
	int width = 1;

	for (uint32_t i = 0; i < verdict->step_count; i++) {
		int size = put_place(&verdict->steps[i], 0);

		width = size > width ? size : width;
	}
	return width;
}

static void put_where(const struct pbpf_log_verdict *verdict, int width)
{
	struct pbpf_log_step last = {0};

	if (verdict->insn < 0)
		return;
	if (verdict->step_count) {
		last = verdict->steps[verdict->step_count - 1];
		last.condition.size = 0;
		last.turns = 1;
	}
	if (last.line)
		put_step("at", &last, width);
	put_label(last.line ? "" : "at");
	printf("instruction %lld", (long long)verdict->insn);
	if (verdict->code.size) {
		printf(": ");
		put_text(verdict->code);
	}
	putchar('\n');
}

static void put_regs(const struct pbpf_log_verdict *verdict)
{
	const char *label = "with";

	for (int i = 0; i < PBPF_LOG_REGS; i++) {
		if (!(verdict->concerned >> i & 1) || !verdict->regs[i].size)
			continue;
		put_label(label);
		printf("R%d = ", i);
		put_text(verdict->regs[i]);
		putchar('\n');
		label = "";
	}
}

static void put_path(const struct pbpf_log_verdict *verdict, int width)
{
	const char *label = "path";

	if (verdict->folded) {
		put_label(label);
		printf("... %llu more\n", (unsigned long long)verdict->folded);
		label = "";
	}
	for (uint32_t i = 0; i < verdict->step_count; i++) {
		put_step(label, &verdict->steps[i], width);
		label = "";
	}
}

void explain_verdict(const struct pbpf_program *prog, const struct pbpf_log_verdict *verdict,
		     const char *message)
{
	const struct pbpf_explanation *explanation = verdict->explanation;
	int width = place_width(verdict);

	put_name(stdout, pbpf_program_name(prog));
	printf(" (");
	put_name(stdout, pbpf_program_section(prog));
	printf("): %s\n\n    ", explanation ? explanation->title : "the verifier refused it");
	put_text(verdict->line);
	printf("\n\n");
	put_where(verdict, width);
	put_regs(verdict);
	if (verdict->origin.turns)
		put_step("since", &verdict->origin, width);
	put_path(verdict, width);
	if (verdict->reason.size)
		put_paragraph("kernel", verdict->reason);
	if (verdict->suggestion.size)
		put_paragraph("", verdict->suggestion);
	if (explanation && !strcmp(explanation->name, "core_poison"))
		put_string("what", message); /* the verifier does not know, the loader does */
	if (explanation)
		put_string("why", explanation->why);
	if (explanation)
		put_string("do", explanation->hint);
	putchar('\n');
}
