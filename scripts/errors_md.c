/* SPDX-License-Identifier: MIT */
/*
 * Writes docs/errors.md: the catalogue of loader/explanations.c, and for each entry a program that is
 * refused so (tests/data/refused) with the kernel's words (tests/data/logs). Run from the top folder.
 */
#include "loader/pbpf_verifier_log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KERNEL "6.18"

static void die(const char *what)
{
	perror(what);
	exit(EXIT_FAILURE);
}

/* The whole of a text file, for the life of this program. */
static char *read_text(const char *path)
{
	FILE *file = fopen(path, "r");
	char *text = calloc(1, 1 << 20);

	if (!file || !text)
		die(path);
	if (fread(text, 1, (1 << 20) - 1, file) == (1 << 20) - 1)
		die("a file of 1 MiB");
	fclose(file);
	return text;
}

/* The log recorded under this name, or NULL; it is cut out of `logs` for good. */
static const char *find_log(char *logs, const char *name)
{
	char heading[80], *at, *end;

	snprintf(heading, sizeof(heading), "=== %s\n", name);
	at = strstr(logs, heading);
	if (!at)
		return NULL;
	at += strlen(heading);
	end = strstr(at, "\n=== ");
	return strndup(at, end ? (size_t)(end - at) : strlen(at));
}

static void put_verdict(const char *log)
{
	struct pbpf_log_verdict verdict;

	pbpf_log_read(&verdict, log, NULL);
	printf("Linux " KERNEL " says:\n\n");
	if (verdict.code.size)
		printf("    %lld: %.*s\n", (long long)verdict.insn, (int)verdict.code.size,
		       verdict.code.at);
	printf("    %.*s\n", (int)verdict.line.size, verdict.line.at);
	for (int i = 0; i < PBPF_LOG_REGS; i++)
		if (verdict.concerned >> i & 1 && verdict.regs[i].size)
			printf("    R%d is %.*s\n", i, (int)verdict.regs[i].size,
			       verdict.regs[i].at);
	printf("\n");
}

/* The source without its head, which is the same in all of them. */
static void put_source(const char *name)
{
	char path[128], *text, *body;

	snprintf(path, sizeof(path), "tests/data/refused/%s.bpf.c", name);
	text = read_text(path);
	body = strstr(text, "\nchar LICENSE[]");
	if (!body)
		die(path);
	body = strchr(body + 1, '\n');
	body += strspn(body, "\n");
	printf("```c\n%s```\n\n", body);
	free(text);
}

static void put_words(const struct pbpf_explanation *entry)
{
	const size_t max = sizeof(entry->patterns) / sizeof(entry->patterns[0]);

	printf("Words: ");
	for (size_t i = 0; i < max && entry->patterns[i]; i++)
		printf("%s`%s`", i ? ", " : "", entry->patterns[i]);
	printf("\n\n");
}

int main(void)
{
	char *logs = read_text("tests/data/logs/" KERNEL ".txt");

	printf("<!-- Written by `make docs/errors.md` from loader/explanations.c; do not edit. -->\n"
	       "# What the verifier says, and what to do\n\n"
	       "Each entry is a program that the kernel refuses (`tests/data/refused`), what it says, "
	       "why, and the way out.\n`plainbpf verify OBJ --explain` finds the entry for a program "
	       "of your own. In the words, `*` stands for anything.\n\n");
	for (const struct pbpf_explanation *entry = pbpf_explanations(); entry->name; entry++)
		printf("- [%s](#%s)\n", entry->title, entry->name);
	printf("\n");
	for (const struct pbpf_explanation *entry = pbpf_explanations(); entry->name; entry++) {
		const char *log = find_log(logs, entry->name);

		printf("## %s\n\n**%s.** %s\n\n", entry->name, entry->title, entry->why);
		printf("Way out: %s\n\n", entry->hint);
		put_source(entry->name);
		if (log)
			put_verdict(log);
		put_words(entry);
	}
	return ferror(stdout) || fflush(stdout) ? EXIT_FAILURE : EXIT_SUCCESS;
}
