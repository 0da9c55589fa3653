/* SPDX-License-Identifier: MIT */
/*
 * pbpf_log_read() on any text: what it gives lies within the log, with line_info and without, and
 * the same line decides both times.
 */
#include "fuzz/host.h"
#include "loader/pbpf_verifier_log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct log {
	const char *start;
	size_t size;
};

static void check_text(const struct log *log, struct pbpf_text text)
{
	if (!text.size)
		return;
	MUST(text.at >= log->start && text.at <= log->start + log->size);
	MUST(text.size <= (size_t)(log->start + log->size - text.at));
}

static void check_step(const struct log *log, const struct pbpf_log_step *step, bool own_source)
{
	if (own_source) {
		check_text(log, step->code);
		check_text(log, step->file);
	}
	check_text(log, step->call);
	check_text(log, step->condition);
	MUST(step->turns > 0);
}

static void check(const struct log *log, const struct pbpf_log_verdict *verdict, bool own_source)
{
	check_text(log, verdict->line);
	check_text(log, verdict->code);
	check_text(log, verdict->call);
	check_text(log, verdict->reason);
	check_text(log, verdict->suggestion);
	for (int i = 0; i < PBPF_LOG_REGS; i++)
		check_text(log, verdict->regs[i]);
	MUST(verdict->step_count <= PBPF_LOG_STEPS);
	MUST(verdict->insn >= -1 && verdict->insn <= UINT32_MAX);
	MUST(verdict->concerned < 1u << PBPF_LOG_REGS);
	for (uint32_t i = 0; i < verdict->step_count; i++)
		check_step(log, &verdict->steps[i], own_source);
	if (verdict->origin.turns)
		check_step(log, &verdict->origin, own_source);
	MUST(verdict->line.size || !verdict->explanation);
}

static bool find_place(void *ctx, uint32_t insn, struct pbpf_log_place *place)
{
	static const char *const code[] = {"return 0;", "", "  \t"};

	(void)ctx;
	*place = (struct pbpf_log_place){code[insn % 3], insn % 2 ? "a.c" : "", insn % 5};
	return insn % 7;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct pbpf_log_lines lines = {find_place, NULL};
	struct pbpf_log_verdict verdict, again;
	char *text = malloc(size + 1);
	struct log log = {text, 0};

	MUST(text != NULL);
	if (size)
		memcpy(text, data, size);
	text[size] = '\0';
	log.size = strlen(text);
	pbpf_log_read(&verdict, text, NULL);
	check(&log, &verdict, true);
	memset(&again, 0xff, sizeof(again));
	pbpf_log_read(&again, text, &lines);
	check(&log, &again, false);
	MUST(again.line.at == verdict.line.at && again.line.size == verdict.line.size);
	MUST(again.explanation == verdict.explanation && again.insn == verdict.insn);
	free(text);
	return 0;
}
