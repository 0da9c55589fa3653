/* SPDX-License-Identifier: MIT */
/*
 * plainbpf test: runs one program of an object once, or many times, on input from files: nothing is
 * attached, and nothing but the maps of the object changes.
 *
 *	--data, --hex ──> packet  ──┐                        ┌──> what it returned, how long it took
 *	                            ├──> BPF_PROG_TEST_RUN ──┤
 *	--ctx         ──> context ──┘                        └──> packet and context afterwards
 */
#include "tools/cli.h"
#include "tools/hex.h"
#include "tools/json.h"
#include "tools/text.h"

#include <stdlib.h>
#include <string.h>

#define ROOM_MIN     (64u << 10) /* for a packet that the program makes longer */
#define DEFAULT_SIZE 64		 /* of a packet of zeros, the least that a network card sends */

/* What goes in, and what comes out. */
struct test_input {
	void *bytes;
	size_t size;
	bool from_file;
};
struct test {
	struct pbpf_program *prog;
	uint32_t type;
	struct test_input data, ctx;
	void *data_out, *ctx_out;
	struct pbpf_test_run run;
};

/* Is its input a packet? */
static bool takes_packet(uint32_t type)
{
	switch (type) {
	case PBPF_PROG_TYPE_SOCKET_FILTER:
	case PBPF_PROG_TYPE_SCHED_CLS:
	case PBPF_PROG_TYPE_SCHED_ACT:
	case PBPF_PROG_TYPE_XDP:
	case PBPF_PROG_TYPE_CGROUP_SKB:
	case PBPF_PROG_TYPE_LWT_IN:
	case PBPF_PROG_TYPE_LWT_OUT:
	case PBPF_PROG_TYPE_LWT_XMIT:
	case PBPF_PROG_TYPE_LWT_SEG6LOCAL:
	case PBPF_PROG_TYPE_FLOW_DISSECTOR:
	case PBPF_PROG_TYPE_NETFILTER:
	case PBPF_PROG_TYPE_SK_SKB: return true;
	default: return false;
	}
}

/* Does the kernel write its context back where it was read from (bpf_prog_test_run_syscall() in
 * net/bpf/test_run.c)? */
static bool changes_context(uint32_t type)
{
	return type == PBPF_PROG_TYPE_SYSCALL;
}

/* Is its context handed back, in room of its own? */
static bool gives_context(uint32_t type)
{
	return (takes_packet(type) && type != PBPF_PROG_TYPE_FLOW_DISSECTOR &&
		type != PBPF_PROG_TYPE_NETFILTER) ||
	       type == PBPF_PROG_TYPE_SK_LOOKUP;
}

/* What a return value means, or NULL. */
static const char *verdict_name(uint32_t type, uint32_t value)
{
	static const char *const xdp[] = {"XDP_ABORTED", "XDP_DROP", "XDP_PASS", "XDP_TX",
					  "XDP_REDIRECT"};
	static const char *const tc[] = {"TC_ACT_OK",	  "TC_ACT_RECLASSIFY", "TC_ACT_SHOT",
					 "TC_ACT_PIPE",	  "TC_ACT_STOLEN",     "TC_ACT_QUEUED",
					 "TC_ACT_REPEAT", "TC_ACT_REDIRECT"};

	if (type == PBPF_PROG_TYPE_XDP && value < sizeof(xdp) / sizeof(xdp[0]))
		return xdp[value];
	if ((type == PBPF_PROG_TYPE_SCHED_CLS || type == PBPF_PROG_TYPE_SCHED_ACT) &&
	    value < sizeof(tc) / sizeof(tc[0]))
		return tc[value];
	return NULL;
}

/* --- Input ------------------------------------------------------------------------------------ */

static int read_input(struct cli *cli, const char *path, struct test_input *input)
{
	int err = path ? cli_read_file(cli, path, &input->bytes, &input->size) : 0;

	input->from_file = path && !err;
	if (!err && input->size > INT32_MAX)
		err = env_fail(&cli->env, -EFBIG, AT("test", path, 0), NULL, "'%s' is too large",
			       path);
	return err;
}

static int no_memory(const struct cli *cli)
{
	return env_no_memory(&cli->env, "test", "a packet");
}

static int read_packet(struct cli *cli, struct test *test)
{
	struct test_input *data = &test->data;

	if (cli->hex) {
		data->bytes = malloc(cli->hex_size + 1);
		data->size = cli->hex_size;
		if (!data->bytes)
			return no_memory(cli);
		memcpy(data->bytes, cli->hex, data->size);
		return 0;
	}
	if (cli->data || !takes_packet(test->type))
		return read_input(cli, cli->data, data);
	data->bytes = calloc(1, DEFAULT_SIZE);
	data->size = DEFAULT_SIZE;
	return data->bytes ? 0 : no_memory(cli);
}

static int get_room(struct cli *cli, struct test *test)
{
	uint32_t room = (uint32_t)test->data.size * 2;

	if (test->data.bytes) {
		test->run.data_out_size = room < ROOM_MIN ? ROOM_MIN : room;
		test->data_out = calloc(1, test->run.data_out_size);
		if (!test->data_out)
			return no_memory(cli);
	}
	if (test->ctx.bytes && (gives_context(test->type) || changes_context(test->type))) {
		test->run.ctx_out_size = (uint32_t)test->ctx.size;
		test->ctx_out = calloc(1, test->ctx.size + 1);
		if (!test->ctx_out)
			return no_memory(cli);
		memcpy(test->ctx_out, test->ctx.bytes, test->ctx.size);
	}
	return 0;
}

static void free_input(struct cli *cli, struct test_input *input)
{
	if (input->from_file)
		cli_free_file(cli, input->bytes, input->size);
	else
		free(input->bytes);
}

static void free_test(struct cli *cli, struct test *test)
{
	free_input(cli, &test->data);
	free_input(cli, &test->ctx);
	free(test->data_out);
	free(test->ctx_out);
}

/* --- The run ---------------------------------------------------------------------------------- */

static const char *run_hint(const struct test *test, int err)
{
	if (err == -ENOTSUPP || err == -ENOTSUP)
		return "the kernel runs programs of networking, raw_tp, fentry, syscall and struct_ops "
		       "so; attach it, and cause the event";
	if (err == -EINVAL && test->ctx.bytes)
		return "the context must be as large as the program's type has it, and zero where it "
		       "cannot be given";
	if (err == -EINVAL && test->data.bytes)
		return "a packet has an Ethernet header of 14 bytes, and the whole header of the "
		       "protocol that is named there";
	if (err == -EINVAL)
		return "it may need a context: --ctx FILE; and a type that takes no packet is run "
		       "once";
	return NULL;
}

static int run_once(struct cli *cli, struct test *test)
{
	struct pbpf_test_run *run = &test->run;
	int err;

	run->data_in = test->data.bytes;
	run->data_in_size = (uint32_t)test->data.size;
	run->data_out = test->data_out;
	run->ctx_in = changes_context(test->type) ? test->ctx_out : test->ctx.bytes;
	run->ctx_in_size = (uint32_t)test->ctx.size;
	if (gives_context(test->type))
		run->ctx_out = test->ctx_out;
	else
		run->ctx_out_size = 0;
	run->repeat = cli->repeat;
	err = pbpf_sys_prog_test_run(&cli->env, pbpf_program_fd(test->prog), run);
	if (changes_context(test->type))
		run->ctx_out_size = (uint32_t)test->ctx.size;
	if (!err)
		return 0;
	return env_fail(&cli->env, err, AT("test", pbpf_program_name(test->prog), 0),
			run_hint(test, err), "the kernel refused to run '%s' (%s): %s",
			pbpf_program_name(test->prog), pbpf_program_section(test->prog),
			pbpf_error_name(err));
}

/* --- What came out ---------------------------------------------------------------------------- */

static void print_bytes(const char *what, const void *in, size_t in_size, const void *out,
			size_t size)
{
	size_t changed = count_changes(in, in_size, out, size);

	if (!changed) {
		printf("%s: %zu bytes, as they were\n", what, size);
		return;
	}
	printf("%s: %zu bytes, ", what, size);
	if (size != in_size)
		printf("of %zu, ", in_size);
	printf("%zu changed\n", changed);
	print_changes(stdout, in, in_size, out, size);
}

static void print_result(const struct cli *cli, const struct test *test)
{
	const struct pbpf_test_run *run = &test->run;
	const char *verdict = verdict_name(test->type, run->retval);

	printf("program '");
	put_name(stdout, pbpf_program_name(test->prog));
	printf("' returned %d", (int)run->retval);
	if (verdict)
		printf(" (%s)", verdict);
	printf("\n");
	if (test->data_out)
		print_bytes("packet", test->data.bytes, test->data.size, test->data_out,
			    run->data_out_size);
	if (test->ctx_out)
		print_bytes("context", test->ctx.bytes, test->ctx.size, test->ctx_out,
			    run->ctx_out_size);
	if (run->duration)
		printf("%u ns a run%s", run->duration, cli->repeat > 1 ? "" : "\n");
	if (run->duration && cli->repeat > 1)
		printf(", the mean of %u\n", cli->repeat);
}

static void print_json(const struct cli *cli, const struct test *test)
{
	const struct pbpf_test_run *run = &test->run;
	const char *verdict = verdict_name(test->type, run->retval);
	struct json json = json_to(stdout);

	json_open(&json, NULL, '{');
	json_string(&json, "program", pbpf_program_name(test->prog));
	json_string(&json, "section", pbpf_program_section(test->prog));
	json_number(&json, "retval", run->retval);
	if (verdict)
		json_string(&json, "verdict", verdict);
	json_number(&json, "duration", run->duration);
	json_number(&json, "repeat", cli->repeat ? cli->repeat : 1);
	if (test->data_out)
		json_hex(&json, "data", test->data_out, run->data_out_size);
	if (test->ctx_out)
		json_hex(&json, "ctx", test->ctx_out, run->ctx_out_size);
	json_close(&json, '}');
	printf("\n");
}

/* --- The command ------------------------------------------------------------------------------ */

/* The program to run; it alone is loaded. */
static struct pbpf_program *choose_program(struct cli *cli, struct pbpf_object *obj)
{
	struct pbpf_program *chosen = pbpf_object_program(obj, cli->operands[1]), *prog = NULL;
	const char *names[64] = {NULL};
	size_t count = 0;

	while ((prog = pbpf_object_next_program(obj, prog))) {
		pbpf_program_set_autoload(prog, prog == chosen);
		if (count < sizeof(names) / sizeof(names[0]) - 1)
			names[count++] = pbpf_program_name(prog);
	}
	if (!chosen)
		usage_error("test", "program", cli->operands[1], names);
	return chosen;
}

static int run_program(struct cli *cli, struct test *test, struct pbpf_object *obj)
{
	int err;

	test->type = pbpf_program_type(test->prog);
	err = read_packet(cli, test);
	if (!err)
		err = read_input(cli, cli->context, &test->ctx);
	if (!err)
		err = get_room(cli, test);
	if (!err)
		err = pbpf_object_load(obj);
	if (err)
		cli_show_logs(cli, obj);
	else
		err = run_once(cli, test);
	if (!err)
		(cli->json ? print_json : print_result)(cli, test);
	free_test(cli, test);
	return err;
}

static int run_test(struct cli *cli)
{
	struct test test = {.prog = NULL};
	struct pbpf_object *obj;
	int code = CLI_USAGE;

	if (cli_open_object(cli, cli->operands[0], &obj) < 0)
		return CLI_FAILED;
	test.prog = choose_program(cli, obj);
	if (test.prog)
		code = run_program(cli, &test, obj) ? CLI_FAILED : CLI_OK;
	pbpf_object_close(obj);
	return code;
}

const struct command test_command = {
	.name = "test",
	.run = run_test,
	.summary = "run a program on a packet or context of yours",
	.operands = "OBJ PROGRAM",
	.operands_min = 2,
	.operands_max = 2,
	.options = "dHCRbkjv",
	.details =
		"Loads the program, with the maps, and has the kernel run it on what is given, without\n"
		"attaching it. Prints what it returned, the packet and context afterwards where they\n"
		"changed, and how long a run took. A program of networking\n"
		"that is given no packet gets one of 64 zero bytes.\n\n"
		"The kernel runs programs of networking (XDP, tc, socket filter, cgroup_skb, lwt, flow\n"
		"dissector; sk_lookup 5.12, netfilter 6.4), raw tracepoint (5.10), fentry and the like,\n"
		"syscall (5.14).\n\n"
		"exit codes: 0 it ran, whatever it returned; 1 it was refused, or could not be run;\n"
		"2 the command line was not understood.",
};
