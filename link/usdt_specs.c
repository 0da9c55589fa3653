/* SPDX-License-Identifier: MIT */
/*
 * The map of specs, shared by all links of an object. Which of its places are free the map itself says,
 * so nothing has to be kept beside it. How a spec is laid out, the object was compiled with; the size of the
 * map's values tells which of two ways it is:
 *
 *	bytes   argument                                                                spec
 *	208     value 8 | how 4 | register 2 | signed 1 | shift 1                       12 arguments | cookie 8 | count 2
 *	304     value 8 | how 5, hole 1 | register 2 | signed 1 | shift 1 | hole 6      likewise
 *
 * The second is libbpf's since 1.7, by which the bit-fields for an index came into it.
 */
#include "link/usdt_specs.h"

#include <string.h>

#define WIDE_ARG  24
#define WIDE_SPEC (USDT_ARGS_MAX * WIDE_ARG + 16)
_Static_assert(WIDE_SPEC == USDT_SPEC_MAX, "the larger of the two");

/* Behind the count is padding. */
static size_t mark_of(const struct usdt_ids *ids)
{
	return ids->size - sizeof(uint64_t) + sizeof(int16_t);
}

/* Bit-fields begin at the low end of a word on a little-endian machine, else at the high end. */
static void put_wide_arg(uint8_t *to, const struct usdt_arg *arg)
{
	bool big = host_big_endian();
	uint32_t index = big ? arg->how >> 12 : arg->how >> 8 & 0xfff;
	uint32_t shift = big ? arg->how >> 8 & 15 : arg->how >> 20;
	uint16_t both = (uint16_t)(big ? index << 4 | shift : index | shift << 12);

	memcpy(to, &arg->value, sizeof(arg->value));
	to[big ? 12 : 8] = (uint8_t)arg->how;
	memcpy(to + 10, &both, sizeof(both));
	memcpy(to + 14, &arg->reg, sizeof(arg->reg));
	to[16] = arg->is_signed;
	to[17] = (uint8_t)arg->shift;
}

static void put_spec(const struct usdt_ids *ids, const struct usdt_spec *spec,
		     uint8_t bytes[USDT_SPEC_MAX])
{
	uint8_t *end = bytes + (WIDE_SPEC - 16);

	memset(bytes, 0, USDT_SPEC_MAX);
	if (ids->size == sizeof(*spec)) {
		memcpy(bytes, spec, sizeof(*spec));
	} else {
		for (int i = 0; i < USDT_ARGS_MAX; i++)
			put_wide_arg(bytes + (size_t)i * WIDE_ARG, &spec->args[i]);
		memcpy(end, &spec->cookie, sizeof(spec->cookie));
		memcpy(end + 8, &spec->count, sizeof(spec->count));
	}
	bytes[mark_of(ids)] = 1;
}

int usdt_ids_open(const struct pbpf_env *env, int fd, struct usdt_ids *ids)
{
	struct pbpf_map_info info = {0};
	uint32_t size = sizeof(info);
	int err = pbpf_sys_obj_info(env, fd, &info, &size);

	if (!err && info.type == PBPF_MAP_TYPE_ARRAY &&
	    (info.value_size == sizeof(struct usdt_spec) || info.value_size == WIDE_SPEC)) {
		*ids = (struct usdt_ids){
			.fd = fd,
			.size = info.value_size,
			.room = info.max_entries,
		};
		return 0;
	}
	return env_fail(env, err ? err : -EINVAL, AT(STAGE_LINK, NULL, 0),
			"the program needs bpf/usdt.bpf.h, which has the map __bpf_usdt_specs",
			"fd %d is not a map for the specs of USDT: %s", fd,
			err ? pbpf_error_name(err) : "its values are others");
}

static int no_room(const struct pbpf_env *env, const struct usdt_ids *ids)
{
	return env_fail(env, -ENOSPC, AT(STAGE_LINK, NULL, 0),
			"define BPF_USDT_MAX_SPEC_CNT, a larger number, before usdt.bpf.h",
			"the map of USDT specs has room for %u, and all are taken", ids->room);
}

/* The id by order: 0 is the last choice, because as a cookie it could not be told from none. */
static uint32_t nth_id(const struct usdt_ids *ids, uint32_t n)
{
	return (n + 1) % ids->room;
}

static int find_free(const struct pbpf_env *env, struct usdt_ids *ids, uint32_t *id)
{
	uint8_t bytes[USDT_SPEC_MAX];

	for (; ids->tried < ids->room; ids->tried++) {
		int err;

		*id = nth_id(ids, ids->tried);
		err = pbpf_sys_map_lookup(env, ids->fd, id, bytes, 0);
		if (err)
			return err;
		if (!bytes[mark_of(ids)])
			return 0;
	}
	return -ENOSPC;
}

/* Makes room for one more id. */
static int grow_ids(const struct pbpf_env *env, struct usdt_ids *ids)
{
	uint32_t allocated = ids->allocated ? ids->allocated * 2 : 8;
	uint32_t *grown;

	if (ids->count < ids->allocated)
		return 0;
	grown = env_resize(env, ids->ids, ids->allocated, allocated, sizeof(*grown));
	if (!grown)
		return env_no_memory(env, STAGE_LINK, "the specs of a USDT probe");
	ids->ids = grown;
	ids->allocated = allocated;
	return 0;
}

int usdt_ids_add(const struct pbpf_env *env, struct usdt_ids *ids, const struct usdt_spec *spec)
{
	uint8_t bytes[USDT_SPEC_MAX];
	uint32_t id = 0;
	int err = grow_ids(env, ids);

	if (err)
		return err;
	put_spec(ids, spec, bytes);
	err = find_free(env, ids, &id);
	if (err == -ENOSPC)
		return no_room(env, ids);
	if (!err)
		err = pbpf_sys_map_update(env, ids->fd, &id, bytes, PBPF_ANY);
	if (err)
		return env_fail(env, err, AT(STAGE_LINK, NULL, 0), NULL,
				"the map of USDT specs cannot be read or written: %s",
				pbpf_error_name(err));
	ids->tried++;
	ids->ids[ids->count++] = id;
	return 0;
}

void usdt_ids_close(const struct pbpf_env *env, struct usdt_ids *ids, bool release)
{
	uint8_t bytes[USDT_SPEC_MAX];

	for (uint32_t i = 0; release && i < ids->count; i++) {
		/* A program may still be running with it: only the mark goes. */
		if (pbpf_sys_map_lookup(env, ids->fd, &ids->ids[i], bytes, 0))
			continue;
		bytes[mark_of(ids)] = 0;
		pbpf_sys_map_update(env, ids->fd, &ids->ids[i], bytes, PBPF_ANY);
	}
	env_free(env, ids->ids, ids->allocated, sizeof(*ids->ids));
	*ids = (struct usdt_ids){.fd = -1};
}
