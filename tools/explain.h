/* SPDX-License-Identifier: MIT */
/*
 * A refusal of the verifier told at length, for plainbpf verify --explain.
 */
#ifndef TOOLS_EXPLAIN_H
#define TOOLS_EXPLAIN_H

#include "loader/pbpf_loader.h"

/* Prints to stdout. `message` is what the library said of it. */
void explain_verdict(const struct pbpf_program *prog, const struct pbpf_log_verdict *verdict,
		     const char *message);

#endif
