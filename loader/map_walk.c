/* SPDX-License-Identifier: MIT */
/*
 * All elements of a map, while others add and delete.
 *
 * In batches where the kernel has them (5.6; hashes, arrays, tries): a batch is whole buckets of a hash,
 * so that what is deleted between two batches cannot disturb. Else key by key. There a key that is gone
 * makes the kernel begin anew, so the key after the one that is given out is fetched before it is given
 * out: the caller may delete what it was given. Should another process delete that next key too, the
 * walk goes on from the last key it gave; and begins anew when that is gone as well, at most as often as
 * the map has room for elements.
 */
#include "loader/object.h"

#include <stdio.h>
#include <string.h>

#define WALK_BATCH 256
#define WALK_BYTES (1u << 20) /* a batch takes no more, unless it is one element */
#define WALK_TRIES 8	      /* of a batch that a deletion interrupts (-EINTR, before 6.14) */

struct pbpf_map_walk {
	struct pbpf_env env;
	char name[64]; /* of the map, for messages */
	int fd;
	uint32_t type, max_entries;
	size_t key_size, value_size, element_size;
	uint8_t *buffer; /* keys, then values: `room` of each */
	uint8_t *place;	 /* in batches: the kernel's note of where to go on; else the next key */
	size_t place_size;
	uint32_t room, count, at; /* elements in the buffer, and the next one to give out */
	uint64_t steps;		  /* by key: how many elements were given out */
	bool batches;
	bool begun; /* place holds something */
	bool given; /* by key: the buffer holds the element that was given out last */
	bool ended;
};

static uint8_t *walk_key(const struct pbpf_map_walk *walk, uint32_t i)
{
	return walk->buffer + i * walk->key_size;
}

static uint8_t *walk_value(const struct pbpf_map_walk *walk, uint32_t i)
{
	return walk->buffer + walk->room * walk->key_size + i * walk->value_size;
}

static int set_room(struct pbpf_map_walk *walk, uint32_t room)
{
	const struct pbpf_env *env = &walk->env;
	uint8_t *buffer = env_alloc(env, room, walk->element_size);

	if (!buffer)
		return env_no_memory(env, STAGE_LOAD, "the elements of a map");
	env_free(env, walk->buffer, walk->room, walk->element_size);
	walk->buffer = buffer;
	walk->room = room;
	return 0;
}

static int fail_walk(const struct pbpf_map_walk *walk, int err, const char *hint, const char *what)
{
	return env_fail(&walk->env, err, AT(STAGE_LOAD, walk->name, 0), hint, "map '%s' %s",
			walk->name, what);
}

static const char *hint_without_keys(uint32_t type)
{
	switch (type) {
	case PBPF_MAP_TYPE_QUEUE:
	case PBPF_MAP_TYPE_STACK: return "a queue or stack gives its values one by one";
	case PBPF_MAP_TYPE_RINGBUF:
		return "records are read with pbpf_ringbuf_open(), or plainbpf run";
	case PBPF_MAP_TYPE_USER_RINGBUF: return "it is read by programs only";
	case PBPF_MAP_TYPE_BLOOM_FILTER:
		return "a bloom filter only tells of one value whether it may be in it: peek";
	case PBPF_MAP_TYPE_ARENA:
		return "an arena is memory, which its programs and pbpf_map_memory() share";
	default: return NULL;
	}
}

static int start_walk(struct pbpf_map_walk *walk, uint32_t batch)
{
	uint64_t fits;

	if (!walk->key_size)
		return fail_walk(walk, -ENOTSUP, hint_without_keys(walk->type),
				 "has no keys, so there is no walk over them");
	walk->element_size = walk->key_size + walk->value_size;
	walk->place_size = walk->key_size < 4 ? 4 : walk->key_size;
	walk->place = env_alloc(&walk->env, walk->place_size, 1);
	if (!walk->place)
		return env_no_memory(&walk->env, STAGE_LOAD, "a walk over a map");
	batch = batch ? batch : WALK_BATCH;
	fits = WALK_BYTES / walk->element_size;
	if (batch > fits)
		batch = fits ? (uint32_t)fits : 1;
	if (batch > walk->max_entries)
		batch = walk->max_entries ? walk->max_entries : 1;
	walk->batches = batch > 1;
	return set_room(walk, batch);
}

/* Are its keys the numbers below max_entries? Those of other maps come and go. */
static bool has_slots(uint32_t type)
{
	switch (type) {
	case PBPF_MAP_TYPE_HASH:
	case PBPF_MAP_TYPE_PERCPU_HASH:
	case PBPF_MAP_TYPE_LRU_HASH:
	case PBPF_MAP_TYPE_LRU_PERCPU_HASH:
	case PBPF_MAP_TYPE_LPM_TRIE:
	case PBPF_MAP_TYPE_HASH_OF_MAPS:
	case PBPF_MAP_TYPE_SOCKHASH:
	case PBPF_MAP_TYPE_DEVMAP_HASH:
	case PBPF_MAP_TYPE_CGROUP_STORAGE:
	case PBPF_MAP_TYPE_PERCPU_CGROUP_STORAGE: return false;
	default: return true;
	}
}

/* Takes over what a walk knows of its map, and starts it. */
static int open_walk(struct pbpf_map_walk **walk, const struct pbpf_map_walk *known, uint32_t batch)
{
	struct pbpf_map_walk *made = env_alloc(&known->env, 1, sizeof(*made));
	int err;

	if (!made)
		return env_no_memory(&known->env, STAGE_LOAD, "a walk over a map");
	*made = *known;
	err = start_walk(made, batch);
	if (err)
		pbpf_map_walk_close(made);
	else
		*walk = made;
	return err;
}

int pbpf_map_walk_open(struct pbpf_map_walk **walk, struct pbpf_map *map, uint32_t batch)
{
	struct pbpf_map_walk known = {
		.env = map->obj->env,
		.fd = map->fd,
		.max_entries = map->attr.max_entries,
		.key_size = map->attr.key_size,
		.type = map->attr.type,
	};
	int err = map_must_be_loaded(map);

	if (!err)
		err = pbpf_map_value_room(map, &known.value_size);
	snprintf(known.name, sizeof(known.name), "%s", map->name);
	return err ? err : open_walk(walk, &known, batch);
}

int pbpf_map_walk_open_fd(struct pbpf_map_walk **walk, int fd, uint32_t batch,
			  const struct pbpf_env *env)
{
	struct pbpf_map_walk known = {.fd = fd};
	struct pbpf_map_info info = {0};
	uint32_t size = sizeof(info), cpus;
	int err = pbpf_sys_obj_info(env, fd, &info, &size);

	if (env)
		known.env = *env;
	if (err < 0)
		return env_fail(env, err, AT(STAGE_LOAD, NULL, 0), NULL,
				"the kernel does not tell about the map: %s", pbpf_error_name(err));
	known.max_entries = info.max_entries;
	known.key_size = info.key_size;
	known.type = info.type;
	if (info.name[0])
		snprintf(known.name, sizeof(known.name), "%.*s", (int)sizeof(info.name), info.name);
	else
		snprintf(known.name, sizeof(known.name), "id %u", info.id);
	err = pbpf_map_info_room(&info, &known.value_size, &cpus, env);
	return err ? err : open_walk(walk, &known, batch);
}

void pbpf_map_walk_close(struct pbpf_map_walk *walk)
{
	struct pbpf_env env;

	if (!walk)
		return;
	env = walk->env;
	env_free(&env, walk->buffer, walk->room, walk->element_size);
	env_free(&env, walk->place, walk->place_size, 1);
	env_free(&env, walk, 1, sizeof(*walk));
}

static int refuse_walk(const struct pbpf_map_walk *walk, int err)
{
	char what[64];

	snprintf(what, sizeof(what), "cannot be walked over: %s", pbpf_error_name(err));
	return fail_walk(walk, err, NULL, what);
}

/* --- In batches ------------------------------------------------------------------------------- */

/* Room for the elements of a bucket that did not fit. */
static int more_room(struct pbpf_map_walk *walk)
{
	uint32_t limit = walk->max_entries;

	if (walk->room >= limit)
		return refuse_walk(walk, -ENOSPC);
	return set_room(walk, walk->room < limit / 2 ? 2 * walk->room : limit);
}

static int call_batch(struct pbpf_map_walk *walk)
{
	struct pbpf_map_batch batch = {
		.in_batch = walk->begun ? walk->place : NULL,
		.out_batch = walk->place,
		.keys = walk_key(walk, 0),
		.values = walk_value(walk, 0),
		.count = walk->room,
	};
	int err = pbpf_sys_map_lookup_batch(&walk->env, walk->fd, &batch);

	walk->at = 0;
	walk->count = 0;
	if (err && err != -ENOENT && err != -EINTR)
		return err;
	if (batch.count > walk->room)
		return -EBADMSG;
	walk->count = batch.count;
	walk->begun = walk->begun || !err || batch.count;
	walk->ended = err == -ENOENT || (!err && !batch.count);
	return err == -EINTR && !batch.count ? -EINTR : 0;
}

/* Fills the buffer; 0 also when nothing came, of which walk->count tells. */
static int next_batch(struct pbpf_map_walk *walk)
{
	int tries = 0, err;

	do {
		err = call_batch(walk);
		if (err == -ENOSPC) {
			err = more_room(walk);
			if (err)
				return err;
			err = -EINTR; /* once more */
			tries--;
		}
	} while (err == -EINTR && ++tries < WALK_TRIES);
	if (!err)
		return 0;
	if (!walk->begun && (err == -EINVAL || err == -ENOTSUP || err == -ENOTSUPP)) {
		walk->batches = false; /* an older kernel, or a type without */
		return 0;
	}
	return refuse_walk(walk, err);
}

/* --- Key by key ------------------------------------------------------------------------------- */

/* The key after `key` goes to place; ends the walk when there is none. */
static int fetch_next_key(struct pbpf_map_walk *walk, const void *key)
{
	int err = pbpf_sys_map_next_key(&walk->env, walk->fd, key, walk->place);

	walk->begun = true;
	walk->ended = err == -ENOENT;
	return err && err != -ENOENT ? refuse_walk(walk, err) : 0;
}

/* Puts the next element that is still there into the buffer, and the key after it in place. */
static int next_element(struct pbpf_map_walk *walk)
{
	uint32_t room = walk->max_entries;
	uint64_t limit = 2 * (uint64_t)(room ? room : UINT32_MAX) + 2;
	int err = walk->begun ? 0 : fetch_next_key(walk, NULL);

	walk->at = 0;
	walk->count = 0;
	while (!err && !walk->ended) {
		uint8_t *key = walk_key(walk, 0);

		if (++walk->steps > limit)
			return fail_walk(walk, -EAGAIN, "walk again when fewer are deleted",
					 "changes too fast to be walked over key by key");
		err = pbpf_sys_map_lookup(&walk->env, walk->fd, walk->place, walk_value(walk, 0),
					  0);
		if (err == -ENOENT && has_slots(walk->type)) {
			memcpy(key, walk->place, walk->key_size);
			err = fetch_next_key(walk, key);
			continue;
		}
		if (err == -ENOENT) { /* deleted: the key before it may still be there */
			err = fetch_next_key(walk, walk->given ? key : NULL);
			continue;
		}
		if (err)
			return refuse_walk(walk, err);
		memcpy(key, walk->place, walk->key_size);
		walk->given = true;
		walk->count = 1;
		return fetch_next_key(walk, key);
	}
	return err;
}

int pbpf_map_walk_next(struct pbpf_map_walk *walk, const void **key, const void **value)
{
	int err = 0;

	while (walk->at == walk->count) {
		if (walk->ended)
			return 0;
		err = walk->batches ? next_batch(walk) : next_element(walk);
		if (err)
			return err;
	}
	*key = walk_key(walk, walk->at);
	*value = walk_value(walk, walk->at);
	walk->at++;
	return 1;
}
