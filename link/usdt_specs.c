/* SPDX-License-Identifier: MIT */
/*
 * The map of specs, shared by all links of an object. Which of its places are free the map itself says,
 * so nothing has to be kept beside it.
 */
#include "link/usdt_specs.h"

int usdt_ids_open(const struct pbpf_env *env, int fd, struct usdt_ids *ids)
{
	struct pbpf_map_info info = {0};
	uint32_t size = sizeof(info);
	int err = pbpf_sys_obj_info(env, fd, &info, &size);

	if (!err && info.type == PBPF_MAP_TYPE_ARRAY &&
	    info.value_size == sizeof(struct usdt_spec)) {
		*ids = (struct usdt_ids){.fd = fd, .room = info.max_entries};
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
	struct usdt_spec spec;

	for (; ids->tried < ids->room; ids->tried++) {
		int err;

		*id = nth_id(ids, ids->tried);
		err = pbpf_sys_map_lookup(env, ids->fd, id, &spec, 0);
		if (err)
			return err;
		if (!spec.taken)
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
	struct usdt_spec taken = *spec;
	uint32_t id = 0;
	int err = grow_ids(env, ids);

	if (err)
		return err;
	taken.taken = 1;
	err = find_free(env, ids, &id);
	if (err == -ENOSPC)
		return no_room(env, ids);
	if (!err)
		err = pbpf_sys_map_update(env, ids->fd, &id, &taken, PBPF_ANY);
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
	struct usdt_spec spec;

	for (uint32_t i = 0; release && i < ids->count; i++) {
		/* A program may still be running with it: only the mark goes. */
		if (pbpf_sys_map_lookup(env, ids->fd, &ids->ids[i], &spec, 0))
			continue;
		spec.taken = 0;
		pbpf_sys_map_update(env, ids->fd, &ids->ids[i], &spec, PBPF_ANY);
	}
	env_free(env, ids->ids, ids->allocated, sizeof(*ids->ids));
	*ids = (struct usdt_ids){.fd = -1};
}
