// SPDX-License-Identifier: MIT
/* Global data of every kind: .data, .rodata, .bss, sections of one's own, static ones, strings. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "MIT";

int number = 0x11223344;
__u64 big = 0x1122334455667788ULL;
char text[] = "data";
int zero;
__u64 zeros[4];
const volatile int limit = 42;
const volatile char mode[8] = "strict";

static volatile int hidden_number = 7;
static volatile long hidden_zero;

/* Sections beside the usual three; each becomes a map of its own. */
int tuned SEC(".data.tuned") = 100;
const volatile int fixed SEC(".rodata.fixed") = 200;

struct point {
	int x, y;
	__u8 tag;
};
struct point points[3] = {{1, 2, 3}, {4, 5, 6}, {7, 8, 9}};

/* Reads and writes something of each place, so that each place is relocated. */
SEC("socket")
int use_globals(struct __sk_buff *ctx)
{
	number += limit;
	big += number;
	zero++;
	zeros[3] += big;
	hidden_number += fixed;
	hidden_zero -= 1;
	tuned += mode[1] + text[2];
	points[1].y += points[2].tag;
	return hidden_number + tuned + (int)hidden_zero;
}

/* Test run: returns what a fresh load must hold, 0x11223344 + 42 + 7 + 100 + 200 + 's' + 4. */
SEC("socket")
int sum_of_initial_values(struct __sk_buff *ctx)
{
	return *(volatile int *)&number + limit + hidden_number + *(volatile int *)&tuned + fixed +
	       mode[0] + *(volatile int *)&points[1].x;
}
