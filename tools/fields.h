/* SPDX-License-Identifier: MIT */
/*
 * What is said of one thing, the same for people and for programs:
 *
 *	attach_type tcx_ingress  devname veth0  ifindex 7           text: bpftool's words
 *	"attach_type":"tcx_ingress","devname":"veth0","ifindex":7   JSON: members of an open object
 */
#ifndef TOOLS_FIELDS_H
#define TOOLS_FIELDS_H

#include "tools/json.h"

struct fields {
	struct json *json; /* or NULL, and then: */
	FILE *text;
	bool any; /* something was said */
};

void field_string(struct fields *fields, const char *key, const char *value);
void field_number(struct fields *fields, const char *key, uint64_t value);
void field_signed(struct fields *fields, const char *key, int64_t value);
/* In JSON a boolean; text says the key or nothing. */
void field_flag(struct fields *fields, const char *key, bool value);
/* In text as hexadecimal. */
void field_address(struct fields *fields, const char *key, uint64_t value);

/* By name, else by number. */
void field_attach_type(struct fields *fields, uint32_t type);

/* "devname" and "ifindex"; an interface that is not in this network namespace has its number alone. */
void field_interface(struct fields *fields, uint32_t ifindex);

#endif
