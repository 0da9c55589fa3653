/* SPDX-License-Identifier: MIT */
/*
 * What every subcommand shares: options, messages, opening objects, exit codes.
 *
 *	argv ── command_main() ──> struct cli ──> command->run(cli) ──> exit code
 *	                              │
 *	                              └ env: the host that the library gets. Its messages go to
 *	                                stderr, or are held while a command wants them for itself.
 *
 * Interface, in order of use:
 *	command_main()                 main.c calls it with the command that was named
 *	cli_open_object()              for load, verify, run, relo
 *	cli_read_file()                for elf, btf
 *	cli_hold(), cli_tell()         keep the next error back, print it later
 *	usage_error()                  "unknown ... did you mean ...?", exit code 2
 *
 * A command's own messages take the library's way, env_fail(&cli->env, ...) of base/env.h: they are
 * escaped, cut and printed in the same form.
 */
#ifndef TOOLS_CLI_H
#define TOOLS_CLI_H

#include "base/env.h"
#include "loader/pbpf_loader.h"
#include "loader/pbpf_map.h"
#include "tools/fake_kernel.h"

/* Exit codes; a command's help says what they mean for it. */
enum { CLI_OK = 0, CLI_FAILED = 1, CLI_USAGE = 2 };

#define CLI_EVENTS_MAX 16
#define CLI_NAMES_MAX  16

struct cli;

/*
 * A command, or a family of commands; main.c has the list. A command of a family has both names, "prog
 * pin"; the first one of a family is what the family's name alone means.
 */
struct command {
	const char *name;
	const char *alias; /* another word for it ("prog list"), or NULL */
	const struct command *const
		*family;	     /* ends with NULL; then `name` and `summary` count alone */
	int (*run)(struct cli *cli); /* gives the exit code, or a negative errno after a message */
	const char *summary;	     /* one line */
	const char *operands;	     /* "OBJ" */
	int operands_min;
	int operands_max;
	const char *options; /* the letters of those that it takes (cli.c has their table) */
	const char *details; /* for --help: what it does, and its exit codes */
};

/* load.c, verify.c, run.c, elf.c, btf.c, relo.c, test.c, doctor.c, attach.c, detach.c, pin.c;
 * families: prog.c, map.c, link.c, cgroup.c, net.c */
extern const struct command load_command, verify_command, run_command, elf_command, btf_command,
	relo_command, test_command, doctor_command, prog_command, map_command, link_command,
	attach_command, detach_command, cgroup_command, net_command, pin_command, unpin_command;

/* An error that was not printed when it came. */
struct held_message {
	char line[1400];
	char hint[512];
};

struct cli {
	const struct command *command;
	struct pbpf_env env;
	struct fake_kernel fake; /* what env leads to in a dry run */
	bool hold;
	struct held_message held;

	/* The command line. */
	char *const *operands; /* ends with NULL */
	int operand_count;
	bool dry_run;
	bool tsv;
	bool json;
	bool explain;
	bool pins;	/* --bpffs */
	bool processes; /* --pids */
	bool effective;
	bool wait, attach, mount;
	const char *pin; /* where to; NULL: do not */
	char *expected;	 /* a program; NULL: any */
	uint64_t cookie;
	double seconds;	    /* 0: without end */
	const char *policy; /* NULL: the default */
	bool rate;
	const char *base_btf;
	const char *data, *context; /* files with what goes into a test run; NULL: none */
	const void *hex;	    /* what --data would be from a file, or NULL */
	size_t hex_size;
	uint32_t repeat;
	const char *optional[CLI_NAMES_MAX]; /* programs that may fail, */
	size_t optional_count;
	const char *first[CLI_NAMES_MAX]; /* and "A,B": those of which the first is enough */
	size_t first_count;
	const char *format;		    /* of "btf dump" */
	const char *kernel_btf;		    /* the types for CO-RE; NULL: the running kernel's */
	const char *kconfig;		    /* a file with values of .kconfig, or NULL */
	const char *events[CLI_EVENTS_MAX]; /* "MAP=TYPE" */
	size_t event_count;
};

/* Reads the options and operands (argv[0] is the command's last name) and runs the command. */
int command_main(const struct command *command, int argc, char **argv);

/* Opens the object file; on failure a message was given. */
int cli_open_object(struct cli *cli, const char *path, struct pbpf_object **obj);

/* Reads a whole file; on failure a message was given. */
int cli_read_file(struct cli *cli, const char *path, void **data, size_t *size);
void cli_free_file(struct cli *cli, void *data, size_t size);

/* From now on errors are held: the last one can be read in cli->held, or told. */
void cli_hold(struct cli *cli);

/* Ends holding, and prints what was held if `print`. */
void cli_tell(struct cli *cli, bool print);

/* Prints the verifier's log of each program that was refused, when that much was asked for. */
void cli_show_logs(const struct cli *cli, const struct pbpf_object *obj);

/* "unknown WHAT 'WORD'", with the nearest of the names; names[] ends with NULL. Gives CLI_USAGE. */
int usage_error(const char *command, const char *what, const char *word, const char *const *names);

#endif
