/* SPDX-License-Identifier: MIT */
/*
 * BPF_PROG_QUERY: the lists of programs that cgroups, interfaces and so on keep. The kernel writes ids
 * and flags to arrays that it is given; those that it does not know it refuses.
 */
#include "link/link.h"
#include "link/pbpf_link_query.h"

#define FIRST_ROOM  16
#define ARRAY_COUNT 4 /* program ids, link ids, and the flags of each */

/* What is told: since Linux 6.6 all, of a cgroup since 6.0 flags, before it the ids alone. */
enum { TELL_ALL, TELL_FLAGS, TELL_IDS };

static void point_at_room(struct pbpf_query *query, uint32_t *words, uint32_t room, int telling)
{
	query->count = room;
	query->prog_ids = words;
	query->prog_flags = telling != TELL_IDS ? words + room : NULL;
	query->link_ids = telling == TELL_ALL ? words + 2 * (size_t)room : NULL;
	query->link_flags = telling == TELL_ALL ? words + 3 * (size_t)room : NULL;
}

static int query_once(const struct pbpf_env *env, struct pbpf_query *query, uint32_t *words,
		      uint32_t room)
{
	bool effective = query->flags & PBPF_F_QUERY_EFFECTIVE;
	int err = -EINVAL;

	for (int telling = effective ? TELL_IDS : TELL_ALL; err == -EINVAL && telling <= TELL_IDS;
	     telling++) {
		point_at_room(query, words, room, telling);
		err = pbpf_sys_prog_query(env, query);
	}
	return err;
}

/* Makes the list of what the arrays have. */
static int keep_attached(const struct pbpf_env *env, const struct pbpf_query *query,
			 const uint32_t *words, uint32_t room, struct pbpf_attached_list *list)
{
	uint32_t count = query->count < room ? query->count : room;
	struct pbpf_attached *programs = env_alloc(env, count, sizeof(*programs));

	if (!programs)
		return -ENOMEM;
	for (uint32_t i = 0; i < count; i++)
		programs[i] = (struct pbpf_attached){
			.prog_id = words[i],
			.prog_flags = words[room + i],
			.link_id = words[2 * (size_t)room + i],
			.link_flags = words[3 * (size_t)room + i],
		};
	*list = (struct pbpf_attached_list){
		.programs = programs,
		.count = count,
		.room = count,
		.attach_flags = query->attach_flags,
		.revision = query->revision,
	};
	return 0;
}

int pbpf_attached_query(struct pbpf_attached_list *list, int target, uint32_t attach_type,
			uint32_t flags, const struct pbpf_env *env)
{
	struct pbpf_query query = {.target_fd = target, .attach_type = attach_type, .flags = flags};
	uint32_t room = FIRST_ROOM;
	int err = -ENOSPC;

	/* The list may grow between two questions, though hardly ever twice. */
	for (int tries = 0; tries < 8 && err == -ENOSPC; tries++) {
		uint32_t *words = env_alloc(env, (size_t)room * ARRAY_COUNT, sizeof(*words));

		if (!words)
			return -ENOMEM;
		err = query_once(env, &query, words, room);
		if (!err)
			err = keep_attached(env, &query, words, room, list);
		env_free(env, words, (size_t)room * ARRAY_COUNT, sizeof(*words));
		if (err == -ENOSPC)
			room = query.count > room && query.count < UINT16_MAX ? query.count
									      : room * 2;
	}
	return err;
}

void pbpf_attached_free(struct pbpf_attached_list *list, const struct pbpf_env *env)
{
	env_free(env, list->programs, list->room, sizeof(*list->programs));
	*list = (struct pbpf_attached_list){0};
}
