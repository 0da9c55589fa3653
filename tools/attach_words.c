/* SPDX-License-Identifier: MIT */
/*
 * What several kinds of target have in their words.
 */
#include "tools/attach.h"

#include "sys/pbpf_objects.h"

#include <net/if.h>
#include <stdio.h>
#include <string.h>

#define TYPES_MAX 128

static bool find_type(const char *name, uint32_t *type)
{
	const char *known;

	for (uint32_t i = 0; (known = pbpf_attach_type_name(i)); i++) {
		if (!strcmp(known, name)) {
			*type = i;
			return true;
		}
	}
	return false;
}

/* "ingress" is cgroup_inet_ingress, "connect4" is cgroup_inet4_connect, "sendmsg6" is cgroup_udp6_sendmsg. */
static bool find_short_type(const char *word, uint32_t *type)
{
	size_t size = strlen(word);
	bool numbered = size && (word[size - 1] == '4' || word[size - 1] == '6');
	char name[80];

	for (size_t i = 0; i < 2; i++) {
		if (numbered)
			snprintf(name, sizeof(name), i ? "cgroup_udp%c_%.*s" : "cgroup_inet%c_%.*s",
				 word[size - 1], (int)size - 1, word);
		else
			snprintf(name, sizeof(name), i ? "cgroup_inet_%s" : "cgroup_%s", word);
		if (find_type(name, type))
			return true;
	}
	return false;
}

/* For a suggestion: the name, without its start if the word has none either. */
static const char *spelled_like(const char *word, const char *name)
{
	static const char start[] = "cgroup_", inet[] = "inet_";

	if (!strncmp(word, start, 3) || strncmp(name, start, sizeof(start) - 1) != 0)
		return name;
	name += sizeof(start) - 1;
	return strncmp(name, inet, sizeof(inet) - 1) ? name : name + sizeof(inet) - 1;
}

int read_attach_type(struct words *words, uint32_t *type)
{
	const char *names[TYPES_MAX + 1] = {NULL}, *word;
	int code = words_need(words, "an attach type", &word);

	if (code || find_type(word, type) || find_short_type(word, type))
		return code;
	for (uint32_t i = 0; i < TYPES_MAX && pbpf_attach_type_name(i); i++)
		names[i] = spelled_like(word, pbpf_attach_type_name(i));
	return usage_error(words->cli->command->name, "attach type", word, names);
}

int read_interface(struct words *words, uint32_t *ifindex)
{
	const char *word;
	uint64_t number;
	int code;

	words_skip(words, "dev");
	code = words_need(words, "an interface", &word);
	if (code)
		return code;
	*ifindex = if_nametoindex(word);
	if (!*ifindex && parse_number(word, INT32_MAX, &number))
		*ifindex = (uint32_t)number;
	if (*ifindex)
		return CLI_OK;
	return env_fail(&words->cli->env, -ENODEV, AT(words->cli->command->name, NULL, 0),
			"'ip link' lists those of this network namespace",
			"there is no interface '%s'", word);
}
