/* SPDX-License-Identifier: MIT */
/*
 * From the object file to events: programs that are attached run, their maps fill, their ring buffer
 * is read, and all of it ends with the link.
 */
#include "link/pbpf_link.h"
#include "live.h"
#include "ringbuf/pbpf_ringbuf.h"

/* The same as in samples/execsnoop.bpf.c. */
struct exec_event {
	uint64_t time;
	uint32_t pid;
	uint32_t uid;
	char comm[16];
	char filename[104];
};

/* Which execution is looked for, and how often it was seen. */
struct search {
	pid_t pid;
	const char *filename;
	int seen;
};

static int look_at_event(void *ctx, const void *record, size_t size)
{
	const struct exec_event *event = record;
	struct search *search = ctx;

	ck_assert_uint_ge(size, sizeof(*event));
	if ((pid_t)event->pid == search->pid && !strcmp(event->filename, search->filename))
		search->seen++;
	return 0;
}

static void drain(struct pbpf_ringbuf *ring, struct search *search)
{
	int got;

	do {
		got = pbpf_ringbuf_consume(ring, 0, look_at_event, search);
		ck_assert_int_ge(got, 0);
	} while (got);
}

START_TEST(an_execution_is_seen)
{
	struct search search = {.filename = "/bin/sh"};
	struct pbpf_ringbuf ring;
	const struct pbpf_map *map;
	struct pbpf_link *link = NULL;
	struct live *live;

	NEEDS_BPF();
	NEEDS_LINUX(5, 8);
	NEEDS_TRACEFS();
	live = live_load("execsnoop.bpf");
	map = pbpf_object_map(live->obj, "events");
	ck_assert_int_eq(
		pbpf_ringbuf_open(&ring, pbpf_map_fd(map), pbpf_map_attr(map)->max_entries), 0);
	ck_assert_msg(!pbpf_program_attach(pbpf_object_program(live->obj, "on_exec"), &link), "%s",
		      live->host.text);

	search.pid = run_child("exit 0");
	ck_assert_int_eq(pbpf_ringbuf_wait(&ring, 5000), 1);
	drain(&ring, &search);
	ck_assert_int_eq(search.seen, 1);

	pbpf_link_close(link); /* and now it sees nothing any more */
	search.pid = run_child("exit 0");
	drain(&ring, &search);
	ck_assert_int_eq(search.seen, 1);
	pbpf_ringbuf_close(&ring);
	live_close(live);
}
END_TEST

static uint64_t global_u64(const struct live *live, const char *section, size_t offset)
{
	const struct pbpf_map *map = pbpf_object_map(live->obj, section);
	uint32_t key = 0;
	unsigned char value[256];
	uint64_t number;

	ck_assert_uint_le(pbpf_map_attr(map)->value_size, sizeof(value));
	ck_assert_int_eq(pbpf_sys_map_lookup(NULL, pbpf_map_fd(map), &key, value, 0), 0);
	memcpy(&number, value + offset, sizeof(number));
	return number;
}

static int count_record(void *ctx, const void *record, size_t size)
{
	uint64_t number;

	ck_assert_uint_ge(size, 1000);
	memcpy(&number, record, sizeof(number));
	ck_assert_uint_eq(number, (*(uint64_t *)ctx)++);
	return 0;
}

START_TEST(a_full_ring_recovers)
{
	struct pbpf_ringbuf ring;
	const struct pbpf_map *map;
	uint64_t read = 0, sent = 0;
	struct live *live;

	NEEDS_BPF();
	NEEDS_LINUX(5, 12); /* what an atomic addition found is used */
	live = live_load("ring_full.bpf");
	map = pbpf_object_map(live->obj, "ring");
	ck_assert_int_eq(
		pbpf_ringbuf_open(&ring, pbpf_map_fd(map), pbpf_map_attr(map)->max_entries), 0);
	for (int round = 0; round < 3; round++) {
		uint32_t fitted = 0;

		for (int i = 0; i < 100; i++)
			fitted += live_run(live, "send");
		ck_assert_uint_gt(fitted, 0);
		ck_assert_uint_lt(fitted, 100);
		sent += fitted;
		ck_assert_int_eq(pbpf_ringbuf_consume(&ring, 0, count_record, &read), (int)fitted);
		/* Only a position that is published makes room. */
		ck_assert_int_ge(pbpf_ringbuf_wait(&ring, 1), 0);
	}
	ck_assert_uint_eq(read, sent);
	ck_assert_uint_eq(global_u64(live, ".bss", 0) + global_u64(live, ".bss", 8), 300);
	pbpf_ringbuf_close(&ring);
	live_close(live);
}
END_TEST

START_TEST(a_map_counts_what_happens)
{
	struct pbpf_link *link = NULL;
	const struct pbpf_map *map;
	uint64_t count = 0;
	char key[16];
	struct live *live;

	NEEDS_BPF();
	live = live_load("counter.bpf");
	map = pbpf_object_next_map(live->obj, NULL);
	ck_assert_uint_le(pbpf_map_attr(map)->key_size, sizeof(key));
	ck_assert_uint_eq(pbpf_map_attr(map)->value_size, sizeof(count));
	ck_assert_int_eq(pbpf_program_attach(pbpf_object_next_program(live->obj, NULL), &link), 0);
	run_child("exit 0");
	ck_assert_int_eq(pbpf_sys_map_next_key(NULL, pbpf_map_fd(map), NULL, key), 0);
	ck_assert_int_eq(pbpf_sys_map_lookup(NULL, pbpf_map_fd(map), key, &count, 0), 0);
	ck_assert_uint_gt(count, 0);
	pbpf_link_close(link);
	live_close(live);
}
END_TEST

START_TEST(raw_tracepoints_attach)
{
	struct live *live;
	int attached = 0;

	NEEDS_BPF();
	live = live_load_what_may("sections.bpf");
	for (struct pbpf_program *prog = NULL;
	     (prog = pbpf_object_next_program(live->obj, prog));) {
		struct pbpf_link *link = NULL;

		if (pbpf_program_type(prog) != PBPF_PROG_TYPE_RAW_TRACEPOINT)
			continue;
		ck_assert_msg(!pbpf_program_attach(prog, &link), "%s", live->host.text);
		ck_assert_int_ge(pbpf_link_fd(link), 3);
		pbpf_link_close(link);
		attached++;
	}
	ck_assert_int_gt(attached, 0);
	live_close(live);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("live: events");
	TCase *events = tcase_create("events");

	tcase_set_timeout(events, 30);
	tcase_add_test(events, an_execution_is_seen);
	tcase_add_test(events, a_full_ring_recovers);
	tcase_add_test(events, a_map_counts_what_happens);
	tcase_add_test(events, raw_tracepoints_attach);
	suite_add_tcase(s, events);
	return s;
}
