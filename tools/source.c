/* SPDX-License-Identifier: MIT */
/*
 * Where events come from: the one ring of a ring buffer map, or those of all CPUs of a perf event array,
 * behind one face.
 */
#include "tools/run.h"

#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#define PERF_RING_SIZE (64 * 1024) /* or a page, where that is more; of each CPU */
#define BUSY_LOOKS     1024 /* between two looks at the clock and for Ctrl-C, when there is no sleep */

bool is_source(const struct pbpf_map *map)
{
	uint32_t type = pbpf_map_attr(map)->type;

	return type == PBPF_MAP_TYPE_RINGBUF || type == PBPF_MAP_TYPE_PERF_EVENT_ARRAY;
}

bool source_is_perf(const struct source *source)
{
	return pbpf_map_attr(source->map)->type == PBPF_MAP_TYPE_PERF_EVENT_ARRAY;
}

static int refuse_ring(const struct run *run, const struct source *source, int err)
{
	return env_fail(&run->cli->env, err, AT("ringbuf", pbpf_map_name(source->map), 0), NULL,
			"cannot be mapped: %s", strerror(-err));
}

/* The first ring buffer, which waits for all of them, or NULL. */
static struct pbpf_ringbuf *first_ring(const struct run *run)
{
	for (size_t i = 0; i < run->source_count; i++)
		if (!source_is_perf(&run->sources[i]) && run->sources[i].open)
			return &run->sources[i].ring;
	return NULL;
}

static int open_ring(struct run *run, struct source *source)
{
	const struct pbpf_map *map = source->map;
	struct pbpf_ringbuf *first = first_ring(run);
	int fd = pbpf_map_fd(map);
	int err = pbpf_ringbuf_open(&source->ring, fd, pbpf_map_attr(map)->max_entries);

	if (err < 0)
		return refuse_ring(run, source, err);
	source->open = true;
	source->ring.policy = *run->policy;
	if (run->policy->never_sleep)
		source->ring.policy.spins = BUSY_LOOKS;
	err = first ? pbpf_ringbuf_join(first, &source->ring) : 0;
	return err < 0 ? refuse_ring(run, source, err) : watch_fd(run, fd);
}

static int open_cpu(struct run *run, struct source *source, uint32_t cpu)
{
	struct cpu_ring *ring = &source->cpus[cpu];
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	int err;

	ring->fd = pbpf_perfbuf_event((int)cpu, 1);
	if (ring->fd == -ENODEV)
		return 0; /* it is not plugged in */
	err = ring->fd;
	if (err >= 0)
		err = pbpf_perfbuf_open(&ring->perf, ring->fd,
					page > PERF_RING_SIZE ? page : PERF_RING_SIZE);
	ring->open = err >= 0;
	if (err < 0)
		return refuse_ring(run, source, err);
	err = pbpf_sys_map_update(&run->cli->env, pbpf_map_fd(source->map), &cpu, &ring->fd, 0);
	return err < 0 ? refuse_ring(run, source, err) : watch_fd(run, ring->fd);
}

static int open_cpus(struct run *run, struct source *source)
{
	uint32_t cpus = pbpf_map_attr(source->map)->max_entries, possible;
	int err = pbpf_map_cpus(source->map, &possible);

	if (err < 0)
		return err;
	if (cpus > possible)
		cpus = possible;
	source->cpus = calloc(cpus, sizeof(*source->cpus));
	if (!source->cpus)
		return env_no_memory(&run->cli->env, "run", "the rings of the CPUs");
	for (source->cpu_count = 0; err >= 0 && source->cpu_count < cpus; source->cpu_count++)
		err = open_cpu(run, source, source->cpu_count);
	return err;
}

int source_open(struct run *run, struct source *source)
{
	source->started = run->started;
	return source_is_perf(source) ? open_cpus(run, source) : open_ring(run, source);
}

void source_close(struct source *source)
{
	if (source->open)
		pbpf_ringbuf_close(&source->ring);
	for (uint32_t i = 0; i < source->cpu_count; i++) {
		if (source->cpus[i].open)
			pbpf_perfbuf_close(&source->cpus[i].perf);
		if (source->cpus[i].fd > 0)
			close(source->cpus[i].fd);
	}
	free(source->cpus);
}

static int tell_corrupt(const struct run *run, const struct source *source, int err, uint64_t pos)
{
	if (err != -EBADMSG)
		return err;
	return env_fail(&run->cli->env, err, AT("ringbuf", pbpf_map_name(source->map), 0),
			"another process with this map's fd may have written to it",
			"the ring buffer is corrupt at position %llu", (unsigned long long)pos);
}

int source_drain(const struct run *run, struct source *source)
{
	int err = 0;

	if (source->open) {
		err = pbpf_ringbuf_consume(&source->ring, 0, source_print, source);
		return tell_corrupt(run, source, err, source->ring.pos);
	}
	for (uint32_t i = 0; err >= 0 && i < source->cpu_count; i++) {
		struct pbpf_perfbuf *perf = &source->cpus[i].perf;

		if (source->cpus[i].open)
			err = tell_corrupt(run, source,
					   pbpf_perfbuf_consume(perf, 0, source_print, source),
					   perf->pos);
	}
	return err;
}

int look_around(const struct run *run)
{
	struct pbpf_ringbuf *first = first_ring(run);

	return first ? pbpf_ringbuf_wait(first, 0) : 0;
}

uint64_t source_lost(const struct source *source)
{
	uint64_t lost = 0;

	for (uint32_t i = 0; i < source->cpu_count; i++)
		lost += source->cpus[i].perf.stats.lost;
	return lost;
}

bool source_was_full(const struct source *source)
{
	size_t step = (source->largest + 8 + 7) & ~(size_t)7; /* with its header, padded */

	return source->open && source->ring.stats.backlog + step >= source->ring.map.size;
}

static unsigned int percent(uint64_t part, uint64_t whole)
{
	return whole ? (unsigned int)(part * 100 / whole) : 0;
}

unsigned int source_fullest(const struct source *source)
{
	unsigned int most = percent(source->ring.stats.backlog, source->ring.map.size);

	for (uint32_t i = 0; i < source->cpu_count; i++) {
		const struct pbpf_perfbuf *perf = &source->cpus[i].perf;
		unsigned int here = percent(perf->stats.backlog, perf->size);

		if (here > most)
			most = here;
	}
	return most;
}
