/* SPDX-License-Identifier: MIT */
/*
 * The ring buffer consumer beside libbpf's, on one kernel, in one run.
 *
 *	make bench-ringbuf                                    all of it
 *	build/bench/ringbuf build/bench/ringbuf.bpf.o end     only drain, end, latency or cost
 *	PAIRS=11 MS=200 TRIES=20                              pairs of runs, length of a run, how often
 *	                                                      to repeat one that was disturbed
 *
 * A BPF program produces on one CPU, through BPF_PROG_TEST_RUN; the consumer reads on another, and
 * checks each record's number. The two libraries take turns, and what counts is the median of the
 * ratios of neighbours: the machine's moods cancel out.
 */
#include "bench/ringbuf_run.h"
#include "ringbuf/pbpf_ringbuf.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#define MAX_PAIRS 101

static int pairs = 11;

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *values, int count)
{
	qsort(values, (size_t)count, sizeof(*values), by_value);
	return count % 2 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

struct pair_of {
	double value[2][MAX_PAIRS], ratio[MAX_PAIRS];
	double extra[2][MAX_PAIRS];
};

/* Prints the medians of both, and of the ratios: `up` says that more is better. */
static void print_pairs(const char *name, const char *unit, struct pair_of *p, bool up)
{
	double mid, low, high;

	for (int i = 0; i < pairs; i++)
		p->ratio[i] =
			up ? p->value[1][i] / p->value[0][i] : p->value[0][i] / p->value[1][i];
	mid = median(p->ratio, pairs);
	low = p->ratio[pairs / 4];
	high = p->ratio[pairs - 1 - pairs / 4];
	printf("%-34s %9.2f %9.2f %-7s x%.2f (%.2f - %.2f)", name, median(p->value[0], pairs),
	       median(p->value[1], pairs), unit, mid, low, high);
}

/* --- (a) draining a full ring ---------------- */

enum drain { CALLBACK, PEEK, BATCH };

static int add_own(void *ctx, const void *record, size_t size)
{
	(void)size;
	*(uint64_t *)ctx += *(const uint64_t *)record;
	return 0;
}

static int add_libbpf(void *ctx, void *record, size_t size)
{
	return add_own(ctx, record, size);
}

/* Reads `count` records and gives back all of them, as before a sleep. */
static uint64_t drain_own(struct pbpf_ringbuf *rb, enum drain how, uint64_t count)
{
	struct pbpf_record records[64];
	const void *record;
	uint64_t sum = 0;
	size_t size;
	int n;

	if (how == CALLBACK) {
		pbpf_ringbuf_consume(rb, 0, add_own, &sum);
	} else if (how == PEEK) {
		while (count-- && pbpf_ringbuf_peek(rb, &record, &size) > 0) {
			sum += *(const uint64_t *)record;
			pbpf_ringbuf_release(rb);
		}
	} else {
		do {
			n = pbpf_ringbuf_peek_batch(rb, records, 64);
			for (int i = 0; i < n; i++)
				sum += *(const uint64_t *)records[i].data;
			pbpf_ringbuf_release(rb);
		} while (n == 64);
	}
	pbpf_ringbuf_arm(rb);
	return sum;
}

/* ns per record of filling the ring and draining it, again and again; only the draining counts. */
static double drain_once(const struct kernel *k, int size, bool own, enum drain how)
{
	struct work work = {.flags = BPF_RB_NO_WAKEUP};
	struct ring_buffer *libbpf;
	struct pbpf_ringbuf rb;
	uint64_t t, spent = 0, sum = 0;
	int rounds = (int)((16u << 20) / k->ring_size);

	pin_to(1);
	libbpf = ring_buffer__new(k->map_fd, add_libbpf, &sum, NULL);
	if (!libbpf || pbpf_ringbuf_open(&rb, k->map_fd, k->ring_size))
		die("open", 0);
	for (int i = 0; i < rounds; i++) {
		work.count = k->ring_size / (unsigned int)(sizes[size] + 8) - 1;
		produce(k, size, &work);
		t = now();
		if (own)
			sum += drain_own(&rb, how, work.count);
		else
			ring_buffer__consume(libbpf);
		spent += now() - t;
	}
	ring_buffer__free(libbpf);
	pbpf_ringbuf_close(&rb);
	if (work.lost || sum != work.sequence * (work.sequence - 1) / 2)
		die("drain: records are missing", -EIO);
	return (double)spent / (double)work.sequence;
}

static void bench_drain(const char *object)
{
	static const char *const hows[] = {"callback", "peek", "batch"};
	static const uint32_t rings[] = {256 << 10, 1 << 20};
	struct pair_of p;
	struct kernel k;
	char name[64];

	printf("\ndrain of a full ring, ns per record      libbpf       own         libbpf/own\n");
	for (int r = 0; r < 2; r++) {
		kernel_open(&k, object, rings[r]);
		for (int how = CALLBACK; how <= BATCH; how++)
			for (int size = 0; size < 4; size++) {
				for (int i = 0; i < pairs; i++)
					for (int turn = 0; turn < 2; turn++)
						p.value[(turn + i) % 2][i] = drain_once(
							&k, size, (turn + i) % 2, (enum drain)how);
				snprintf(name, sizeof(name), "%4u KB, %s, %d B", rings[r] >> 10,
					 hows[how], sizes[size]);
				print_pairs(name, "ns", &p, false);
				printf("\n");
			}
		bpf_object__close(k.obj);
	}
}

/* --- (b) end to end ---------------- */

static void bench_end(const struct kernel *k)
{
	static const struct {
		const char *name;
		enum mode mode;
		uint32_t flags;
	} cases[] = {{"epoll", EPOLL, 0},
		     {"busy", BUSY, 0},
		     {"busy, NO_WAKEUP", BUSY, BPF_RB_NO_WAKEUP}};
	struct pair_of p;
	char name[64];

	printf("\nend to end, million records per second   libbpf       own         own/libbpf\n");
	for (size_t c = 0; c < sizeof(cases) / sizeof(cases[0]); c++)
		for (int size = 0; size < 4; size++) {
			for (int i = 0; i < pairs; i++)
				for (int turn = 0; turn < 2; turn++) {
					int own = (turn + i) % 2;
					struct seen seen = {0};
					struct run r = {.k = k, .size = size, .burst = 256};
					uint64_t ns;

					r.work.flags = cases[c].flags;
					ns = run_consumer(&r, own, cases[c].mode, &seen);
					p.value[own][i] = (double)seen.next * 1e3 / (double)ns;
					p.extra[own][i] = 100.0 * (double)r.work.lost /
							  (double)(r.work.lost + seen.next);
				}
			snprintf(name, sizeof(name), "%s, %d B", cases[c].name, sizes[size]);
			print_pairs(name, "M/s", &p, true);
			printf(", lost %.1f%% / %.1f%%\n", median(p.extra[0], pairs),
			       median(p.extra[1], pairs));
		}
}

/* --- (c) latency ---------------- */

static int by_u64(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static void bench_latency(const struct kernel *k)
{
	static const uint64_t periods[] = {1000000, 100000, 10000};
	uint64_t *samples = malloc(MAX_SAMPLES * sizeof(*samples));
	static struct pair_of p50, p99;
	char name[64];

	if (!samples)
		die("malloc", -ENOMEM);
	printf("\nlatency, us                              libbpf       own         libbpf/own\n");
	for (int mode = EPOLL; mode >= BUSY; mode--)
		for (size_t c = 0; c < sizeof(periods) / sizeof(periods[0]); c++) {
			for (int i = 0; i < pairs; i++)
				for (int turn = 0; turn < 2; turn++) {
					int own = (turn + i) % 2;
					struct seen seen = {.latency = samples};
					struct run r = {
						.k = k, .burst = 1, .period_ns = periods[c]};
					uint64_t n;

					r.work.stamp = 1;
					run_consumer(&r, own, (enum mode)mode, &seen);
					n = seen.next < MAX_SAMPLES ? seen.next : MAX_SAMPLES;
					qsort(samples, n, sizeof(*samples), by_u64);
					p50.value[own][i] = (double)samples[n / 2] / 1e3;
					p99.value[own][i] = (double)samples[n * 99 / 100] / 1e3;
				}
			snprintf(name, sizeof(name), "%s, %llu/s, p50", mode ? "epoll" : "busy",
				 1000000000ull / (unsigned long long)periods[c]);
			print_pairs(name, "us", &p50, false);
			snprintf(name, sizeof(name), "%s, %llu/s, p99", mode ? "epoll" : "busy",
				 1000000000ull / (unsigned long long)periods[c]);
			printf("\n");
			print_pairs(name, "us", &p99, false);
			printf("\n");
		}
	free(samples);
}

/* --- (d) what a record costs the traced task ---------------- */

/* ns per record without a consumer: the ring is emptied between runs, and large enough for one. */
static double floor_once(const struct kernel *k, uint64_t burst, uint64_t period_ns)
{
	struct run r = {.k = k, .burst = burst, .period_ns = period_ns};
	struct pbpf_ringbuf rb;
	pthread_t thread;
	uint64_t sum = 0;
	int err;

	atomic_store(&r.go, true);
	if (pthread_create(&thread, NULL, producer_thread, &r))
		die("pthread_create", 0);
	pthread_join(thread, NULL);
	err = pbpf_ringbuf_open(&rb, k->map_fd, k->ring_size);
	if (err)
		die("pbpf_ringbuf_open", err);
	while (pbpf_ringbuf_consume(&rb, 0, add_own, &sum) > 0)
		;
	pbpf_ringbuf_close(&rb);
	return (double)r.call_ns / (double)(r.calls * burst);
}

static void bench_cost(const struct kernel *k)
{
	static const struct {
		uint64_t burst, period_ns;
	} cases[] = {{1, 20000}, {16, 50000}, {200, 200000}};
	static double base[MAX_PAIRS];
	struct pair_of p;
	char name[64];

	printf("\ncost to the traced task, ns per record above the floor without a consumer\n"
	       "                                         libbpf       own\n");
	for (size_t c = 0; c < sizeof(cases) / sizeof(cases[0]); c++)
		for (int mode = EPOLL; mode >= BUSY; mode--) {
			for (int i = 0; i < pairs; i++) {
				base[i] = floor_once(k, cases[c].burst, cases[c].period_ns);
				for (int turn = 0; turn < 2; turn++) {
					int own = (turn + i) % 2;
					struct seen seen = {0};
					struct run r = {.k = k,
							.burst = cases[c].burst,
							.period_ns = cases[c].period_ns};

					run_consumer(&r, own, (enum mode)mode, &seen);
					p.value[own][i] =
						(double)r.call_ns / (double)(r.calls * r.burst) -
						base[i];
				}
			}
			snprintf(name, sizeof(name), "%s, %llu per %llu us",
				 mode ? "epoll" : "busy", (unsigned long long)cases[c].burst,
				 (unsigned long long)cases[c].period_ns / 1000);
			printf("%-34s %9.0f %9.0f ns      floor %.0f\n", name,
			       median(p.value[0], pairs), median(p.value[1], pairs),
			       median(base, pairs));
		}
}

static bool wanted(int argc, char **argv, const char *name)
{
	for (int i = 2; i < argc; i++)
		if (!strcmp(argv[i], name))
			return true;
	return argc <= 2;
}

int main(int argc, char **argv)
{
	struct kernel k;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (getenv("PAIRS"))
		pairs = atoi(getenv("PAIRS"));
	if (getenv("TRIES"))
		run_tries = atoi(getenv("TRIES"));
	if (getenv("MS"))
		run_ms = atoi(getenv("MS"));
	if (argc < 2 || pairs < 1 || pairs > MAX_PAIRS || run_ms < 1) {
		fprintf(stderr, "use: ringbuf ringbuf.bpf.o [drain] [end] [latency] [cost]\n");
		return 2;
	}
	if (geteuid() || sysconf(_SC_NPROCESSORS_ONLN) < 2) {
		printf("SKIP ringbuf: needs root and two CPUs\n");
		return 0;
	}
	printf("libbpf %s, median of %d pairs of %d ms (middle half of the ratios)\n",
	       libbpf_version_string() + 1, pairs, run_ms);
	if (wanted(argc, argv, "drain"))
		bench_drain(argv[1]);
	kernel_open(&k, argv[1], 1 << 20);
	if (wanted(argc, argv, "end"))
		bench_end(&k);
	if (wanted(argc, argv, "latency"))
		bench_latency(&k);
	if (wanted(argc, argv, "cost"))
		bench_cost(&k);
	bpf_object__close(k.obj);
	return 0;
}
