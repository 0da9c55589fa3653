/* SPDX-License-Identifier: MIT */
/*
 * Which programs are loaded, when some may fail.
 *
 *	required                        it fails: load fails
 *	optional                        it fails: it is left out
 *	first -> fallback -> fallback   the first one that loads; the rest is left out, until it cannot be
 *	                                attached: then the next one that loads
 *
 * A failure of a program that may fail is no error of load's: its words are kept, and become the reason
 * that pbpf_program_skipped() gives.
 */
#include "loader/object.h"

#include <stdio.h>

/* May it fail without load failing there and then? */
static bool is_trial(const struct pbpf_program *prog)
{
	return prog->optional || prog->fallback || prog->instead_of || prog->obj->all_may_fail;
}

void begin_trial(struct pbpf_program *prog)
{
	prog->obj->kept = (struct pbpf_kept_words){.on = is_trial(prog)};
}

/* Remembers the words of a failure, or of being left out without one (err 0). */
static int set_failure(struct pbpf_program *prog, int err, const char *text, const char *hint)
{
	const struct pbpf_env *env = &prog->obj->env;

	if (!prog->failure)
		prog->failure = env_alloc(env, 1, sizeof(*prog->failure));
	if (!prog->failure)
		return env_no_memory(env, STAGE_LOAD, "why a program is left out");
	prog->failure->err = err;
	snprintf(prog->failure->text, sizeof(prog->failure->text), "%s", text);
	snprintf(prog->failure->hint, sizeof(prog->failure->hint), "%s", hint);
	return 0;
}

int end_trial(struct pbpf_program *prog, int err)
{
	struct pbpf_kept_words *kept = &prog->obj->kept;

	if (!kept->on)
		return err;
	kept->on = false;
	if (!err)
		return 0;
	return set_failure(prog, err, kept->text[0] ? kept->text : pbpf_error_name(err),
			   kept->hint);
}

void forget_failure(struct pbpf_program *prog)
{
	env_free(&prog->obj->env, prog->failure, 1, sizeof(*prog->failure));
	prog->failure = NULL;
}

bool has_failed(const struct pbpf_program *prog)
{
	return prog->failure && prog->failure->err;
}

void note_failure(const struct pbpf_program *prog)
{
	env_note(&prog->obj->env, AT(STAGE_LOAD, pbpf_program_name(prog), 0),
		 prog->failure->hint[0] ? prog->failure->hint : NULL,
		 "program '%s' is left out: %s", pbpf_program_name(prog), prog->failure->text);
}

int leave_out(struct pbpf_program *prog, const char *why)
{
	int err = set_failure(prog, 0, why, "");

	if (!err)
		note_failure(prog);
	return err;
}

static int tell_failure(const struct pbpf_program *prog)
{
	return env_fail(
		&prog->obj->env, prog->failure->err, AT(STAGE_LOAD, pbpf_program_name(prog), 0),
		prog->failure->hint[0] ? prog->failure->hint : NULL, "%s", prog->failure->text);
}

/* A failure is the program's, to be asked with has_failed(); an error is load's. */
static int try_one(struct pbpf_program *prog, const struct map_places *places)
{
	int err = 0;

	if (has_failed(prog)) /* its target was not found */
		return 0;
	begin_trial(prog);
	err = load_program(prog, places);
	return end_trial(prog, err);
}

static int skip_rest(const struct pbpf_program *loaded)
{
	char text[128];
	int err = 0;

	if (!loaded->fallback)
		return 0;
	snprintf(text, sizeof(text), "'%s' is loaded, whose fallback it is",
		 pbpf_program_name(loaded));
	for (struct pbpf_program *prog = loaded->fallback; prog && !err; prog = prog->fallback)
		if (prog->autoload)
			err = set_failure(prog, 0, text, "");
	return err;
}

/* Loads the first that can be loaded of a program and its fallbacks. */
static int load_first_of(struct pbpf_program *first, const struct map_places *places)
{
	struct pbpf_program *last = NULL;

	for (struct pbpf_program *prog = first; prog; prog = prog->fallback) {
		int err;

		if (!prog->autoload || (prog->failure && !prog->failure->err))
			continue;
		if (last)
			note_failure(last);
		err = try_one(prog, places);
		if (err)
			return err;
		if (!has_failed(prog))
			return skip_rest(prog);
		last = prog;
	}
	if (!last)
		return 0;
	if (!last->optional)
		return tell_failure(last);
	note_failure(last);
	return 0;
}

int load_wanted_programs(struct pbpf_object *obj, const struct map_places *places)
{
	int err = 0;

	for (uint32_t i = 0; !err && i < obj->program_count; i++)
		if (!obj->programs[i].instead_of)
			err = load_first_of(&obj->programs[i], places);
	return err;
}

/* Loads the first of the fallbacks of `failed` that can be. The last one that was tried, if none can be. */
static int load_rest_of(struct pbpf_program *failed, const struct map_places *places,
			struct pbpf_program **last)
{
	*last = failed;
	for (struct pbpf_program *prog = failed->fallback; prog; prog = prog->fallback) {
		int err;

		if (!prog->autoload)
			continue;
		note_failure(*last);
		*last = prog;
		if (!has_failed(prog))
			forget_failure(prog); /* it was not tried */
		err = try_one(prog, places);
		if (err || !has_failed(prog))
			return err;
	}
	return 0;
}

static int load_late(struct pbpf_program *failed, struct pbpf_program **last)
{
	struct pbpf_object *obj = failed->obj;
	struct map_places places;
	int err = begin_late_load(obj);

	if (!err)
		err = find_places(obj, &places);
	if (err)
		return err;
	give_externs_their_map(obj);
	err = load_rest_of(failed, &places, last);
	free_places(obj, &places);
	return err;
}

int load_instead_of(struct pbpf_program *failed, struct pbpf_program **next)
{
	struct pbpf_program *last = failed;
	int err = 0;

	*next = NULL;
	if (failed->fallback) {
		err = load_late(failed, &last);
		end_late_load(failed->obj);
	}
	if (err)
		return err;
	if (has_failed(last)) {
		if (!last->optional)
			return tell_failure(last);
		note_failure(last);
		return 0;
	}
	pbpf_sys_close(&failed->obj->env, failed->fd);
	failed->fd = -ENOENT;
	*next = last;
	return 0;
}
