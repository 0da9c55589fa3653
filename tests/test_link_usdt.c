/* SPDX-License-Identifier: MIT */
/*
 * Attaching to USDT probes, against the fake kernel: the notes are those of the fuzz target's files, which were
 * made by hand.
 */
#include "link/pbpf_link_usdt.h"
#include "link/usdt_sites.h"
#include "link_fixture.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define FILES "fuzz/corpus/fuzz_link_usdt/"

/* --- Notes -------------------------------------------------------------------------------------- */

static int find(const char *file, struct usdt_sites *sites)
{
	static struct binary binary;
	struct pbpf_usdt at = {.path = file, .provider = "p", .name = "n"};
	int err;

	snprintf(binary.path, sizeof(binary.path), FILES "%s", file);
	binary.image = read_test_file(binary.path, &binary.size);
	err = usdt_sites_find(&env, &binary, &at, 7, sites);
	free(binary.image);
	return err;
}

START_TEST(places_and_semaphores)
{
	static const struct {
		const char *file;
		size_t count;
		uint64_t address, offset, semaphore;
		bool fixed;
		int args;
	} files[] = {
		{"x86_64", 2, 0x1010, 0x10, 4, false, 5},
		/* Everything was moved by 0x10000 since the notes were written. */
		{"prelinked", 1, 0x11010, 0x10, 4, false, 5},
		{"i386", 1, 0x1010, 0x10, 4, true, 2},
		{"s390", 1, 0x1010, 0x10, 4, false, 4},
	};
	struct usdt_sites sites;

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		ck_assert_msg(!find(files[i].file, &sites), "%s", host.text);
		ck_assert_uint_eq(sites.count, files[i].count);
		ck_assert_uint_eq(sites.sites[0].address, files[i].address);
		ck_assert_uint_eq(sites.sites[0].offset, files[i].offset);
		ck_assert_uint_eq(sites.sites[0].semaphore, files[i].semaphore);
		ck_assert_int_eq(sites.fixed, files[i].fixed);
		ck_assert_int_eq(sites.specs[0].count, files[i].args);
		ck_assert_uint_eq(sites.specs[0].cookie, 7);
		usdt_sites_free(&env, &sites);
	}
	nothing_is_left();
}
END_TEST

/* What the assembler calls var+4(%rip) is that far from the probe. */
START_TEST(variables)
{
	struct usdt_sites sites;
	const struct usdt_arg *arg;

	ck_assert_int_eq(find("x86_64", &sites), 0);
	arg = &sites.specs[0].args[2];
	ck_assert_uint_eq(arg->how, usdt_how(USDT_MEMORY, 0, 0));
	ck_assert_int_eq(arg->reg, 128);
	ck_assert_uint_eq(arg->value, 0x2000 + 4 - 0x1010);
	/* And the last one is a floating-point number. */
	ck_assert_uint_eq(sites.specs[0].args[4].how, usdt_how(USDT_UNREADABLE, 0, 0));
	ck_assert_uint_eq(host.messages[PBPF_WARNING], 1);
	usdt_sites_free(&env, &sites);
}
END_TEST

/* A file that ends anywhere. */
START_TEST(files_that_were_cut)
{
	static struct binary binary = {.path = "cut"};
	struct pbpf_usdt at = {.path = "cut", .provider = "p", .name = "n"};
	struct usdt_sites sites;
	size_t size;
	unsigned char *whole = read_test_file(FILES "x86_64", &size);

	for (size_t cut = 0; cut < size; cut++) {
		/* A block of its own, so that a sanitizer sees what is behind it. */
		binary.image = malloc(cut + 1);
		memcpy(binary.image, whole, cut);
		binary.size = cut;
		host.messages[PBPF_ERROR] = 0;
		if (usdt_sites_find(&env, &binary, &at, 0, &sites) == 0)
			usdt_sites_free(&env, &sites);
		else
			ck_assert_uint_eq(host.messages[PBPF_ERROR], 1);
		free(binary.image);
		nothing_is_left();
	}
	free(whole);
}
END_TEST

/* --- Attaching ---------------------------------------------------------------------------------- */

static int specs_fd, ips_fd;

static void setup_maps(void)
{
	struct pbpf_map_attr specs = {
		.type = PBPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 208, .max_entries = 4};
	struct pbpf_map_attr ips = {
		.type = PBPF_MAP_TYPE_HASH, .key_size = 8, .value_size = 4, .max_entries = 16};

	setup();
	fake.real_files = true;
	specs_fd = pbpf_sys_map_create(&env, &specs);
	ips_fd = pbpf_sys_map_create(&env, &ips);
	fake.calls = 0;
}

static void only_maps_are_left(void)
{
	ck_assert_uint_eq(fake.open_fds, 3); /* with the program */
	ck_assert_uint_eq(fake.bad_fds, 0);
	ck_assert_uint_eq(host.blocks, 0);
}

static int attach_file(struct pbpf_link **link, const char *file)
{
	char path[128];
	struct pbpf_usdt at = {
		.path = path,
		.provider = "p",
		.name = "n",
		.pid = 12,
		.specs_fd = specs_fd,
		.ips_fd = ips_fd,
	};

	snprintf(path, sizeof(path), FILES "%s", file);
	return pbpf_link_usdt(link, prog_fd, &at, &opts);
}

static struct usdt_spec spec_of(uint32_t id)
{
	struct usdt_spec spec;
	unsigned int fail_at = fake.fail_at;

	fake.fail_at = 0;
	ck_assert_int_eq(pbpf_sys_map_lookup(&env, specs_fd, &id, &spec, 0), 0);
	fake.fail_at = fail_at;
	return spec;
}

static unsigned int specs_taken(void)
{
	unsigned int taken = 0;

	for (uint32_t id = 0; id < 4; id++)
		taken += spec_of(id).hole[0];
	return taken;
}

START_TEST(one_link_for_all_places)
{
	const struct abi_link_create *made;
	struct pbpf_link *link = NULL;

	opts.cookie = 99;
	ck_assert_msg(!attach_file(&link, "x86_64"), "%s", host.text);
	made = &fake_kernel_nth(&fake, FAKE_LINK, 0)->link;
	ck_assert_uint_eq(made->attach_type, PBPF_TRACE_UPROBE_MULTI);
	ck_assert_uint_eq(made->uprobe_multi.cnt, 2);
	ck_assert_uint_eq(made->uprobe_multi.pid, 12);
	ck_assert_uint_ne(made->uprobe_multi.cookies, 0);
	ck_assert_uint_ne(made->uprobe_multi.ref_ctr_offsets, 0);
	/* The ids begin with 1, because a cookie of 0 is none. */
	ck_assert_int_eq(spec_of(1).count, 5);
	ck_assert_int_eq(spec_of(2).count, 1);
	ck_assert_uint_eq(spec_of(1).cookie, 99);
	ck_assert_uint_eq(specs_taken(), 2);
	pbpf_link_close(link);
	ck_assert_uint_eq(specs_taken(), 0);
	only_maps_are_left();
}
END_TEST

/* The layout of libbpf since 1.7, as a compiler lays out these bit-fields. */
START_TEST(the_newer_layout)
{
	struct {
		struct {
			_Alignas(8) uint64_t value;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
			uint32_t kind : 8;
			uint16_t index : 12, scale : 4;
			uint8_t hole : 8;
#else
			uint8_t hole : 8;
			uint16_t index : 12, scale : 4;
			uint32_t kind : 8;
#endif
			int16_t reg;
			bool is_signed;
			char shift;
		} args[12];
		_Alignas(8) uint64_t cookie;
		int16_t count;
		uint8_t taken;
	} spec;
	struct pbpf_map_attr attr = {.type = PBPF_MAP_TYPE_ARRAY,
				     .key_size = 4,
				     .value_size = sizeof(spec),
				     .max_entries = 4};
	struct pbpf_link *link = NULL;
	uint32_t id = 1;
	int narrow = specs_fd, wide = pbpf_sys_map_create(&env, &attr);

	ck_assert_uint_eq(sizeof(spec), 304);
	specs_fd = wide;
	opts.cookie = 99;
	ck_assert_msg(!attach_file(&link, "x86_64"), "%s", host.text);
	ck_assert_int_eq(pbpf_sys_map_lookup(&env, wide, &id, &spec, 0), 0);
	ck_assert_int_eq(spec.count, 5);
	ck_assert_uint_eq(spec.cookie, 99);
	ck_assert_uint_eq(spec.args[0].kind, USDT_REGISTER);
	ck_assert_int_eq(spec.args[0].reg, 80);
	ck_assert_uint_eq(spec.args[1].kind, USDT_CONSTANT);
	ck_assert(spec.args[1].value == (uint64_t)-9 && spec.args[1].is_signed);
	ck_assert_int_eq(spec.args[1].shift, 32);
	ck_assert_uint_eq(spec.args[3].kind, USDT_INDEXED);
	ck_assert_int_eq(spec.args[3].reg, 80);
	ck_assert_uint_eq(spec.args[3].index, 96);
	ck_assert_uint_eq(spec.args[3].scale, 2);
	ck_assert_uint_eq(spec.args[4].kind, USDT_UNREADABLE);
	ck_assert_uint_eq(spec.taken, 1);
	pbpf_link_close(link);
	ck_assert_int_eq(pbpf_sys_map_lookup(&env, wide, &id, &spec, 0), 0);
	ck_assert_uint_eq(spec.taken, 0);
	specs_fd = narrow;
	pbpf_sys_close(&env, wide);
	only_maps_are_left();
}
END_TEST

START_TEST(a_full_map)
{
	struct pbpf_link *first = NULL, *second = NULL, *third = NULL;

	ck_assert_int_eq(attach_file(&first, "x86_64"), 0);
	ck_assert_int_eq(attach_file(&second, "x86_64"), 0);
	ck_assert_uint_eq(specs_taken(), 4);
	ck_assert_int_eq(attach_file(&third, "i386"), -ENOSPC);
	ck_assert_ptr_nonnull(strstr(host.hint, "BPF_USDT_MAX_SPEC_CNT"));
	pbpf_link_close(first);
	ck_assert_int_eq(attach_file(&third, "i386"), 0);
	pbpf_link_close(third);
	pbpf_link_close(second);
	ck_assert_uint_eq(specs_taken(), 0);
	only_maps_are_left();
}
END_TEST

START_TEST(detached)
{
	struct pbpf_link *link = NULL;

	ck_assert_int_eq(attach_file(&link, "x86_64"), 0);
	ck_assert_int_eq(pbpf_link_detach(link), 0);
	ck_assert(!fake_kernel_nth(&fake, FAKE_LINK, 0)->open);
	ck_assert_uint_eq(specs_taken(), 0);
	pbpf_link_close(link);
	only_maps_are_left();

	ck_assert_int_eq(attach_file(&link, "x86_64"), 0); /* the kernel's link is the attachment */
	pbpf_link_leave(link);
	ck_assert_uint_eq(specs_taken(), 0);
	only_maps_are_left();
}
END_TEST

START_TEST(a_pin_keeps_the_specs)
{
	struct pbpf_link *link = NULL;

	ck_assert_int_eq(attach_file(&link, "i386"), 0);
	ck_assert_int_eq(pbpf_link_pin(link, -1, "/sys/fs/bpf/usdt"), 0);
	pbpf_link_close(link);
	ck_assert_uint_eq(specs_taken(), 1);
	ck_assert_uint_eq(host.blocks, 0);
}
END_TEST

/* Before 5.15 neither links nor cookies: the event holds the program, a map tells the spec. */
START_TEST(events_without_cookies)
{
	struct pbpf_link *link = NULL;
	const struct fake_object *event;
	uint64_t ip = 0x1010;
	uint32_t id = 0;

	fake.refuse[PBPF_LINK_CREATE] = EINVAL;
	ck_assert_msg(!attach_file(&link, "i386"), "%s", host.text);
	event = fake_kernel_nth(&fake, FAKE_PERF, 1); /* the first was refused a cookie */
	ck_assert_uint_eq(event->perf.type, FAKE_UPROBE_TYPE);
	ck_assert_uint_eq(event->perf.config, (uint64_t)4 << 32); /* the semaphore */
	ck_assert_uint_eq(event->perf.config2, 0x10);
	ck_assert(event->enabled && event->open);
	ck_assert_int_eq(pbpf_sys_map_lookup(&env, ips_fd, &ip, &id, 0), 0);
	ck_assert_uint_eq(id, 1);
	pbpf_link_close(link);
	ck_assert_int_eq(pbpf_sys_map_lookup(&env, ips_fd, &ip, &id, 0), -ENOENT);
	only_maps_are_left();

	/* This one may be loaded anywhere, and process 12 is not known. */
	ck_assert_int_lt(attach_file(&link, "x86_64"), 0);
	only_maps_are_left();
}
END_TEST

static const struct pbpf_kernel *uncounted;
static unsigned int maps_read;

static long count_maps(void *ctx, const char *path)
{
	maps_read += strstr(path, "/maps") != NULL;
	return uncounted->open(ctx, path);
}

/* The file with its two places apart, in memory to be run. */
static void *map_two_places(char *path, size_t *size)
{
	static const unsigned char place[8] = {0x10, 0x10};
	unsigned char *image = read_test_file(FILES "x86_64", size), *at = image;
	int fd = mkstemp(path);
	void *memory;

	for (int nth = 0; nth < 2; nth++, at++)
		at = memmem(at, *size - (size_t)(at - image), place, sizeof(place));
	at[-1] = 0x20;
	ck_assert_int_eq(write(fd, image, *size), (ssize_t)*size);
	memory = mmap(NULL, *size, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
	ck_assert_ptr_ne(memory, MAP_FAILED);
	close(fd);
	free(image);
	return memory;
}

/* The places of a process are found by its mappings, which are read once for all that are in one. */
START_TEST(addresses_of_a_process)
{
	char path[] = "/tmp/plainbpf-usdt.XXXXXX";
	struct pbpf_kernel counting = *env.kernel;
	struct pbpf_usdt at = {.path = path,
			       .provider = "p",
			       .name = "n",
			       .pid = getpid(),
			       .specs_fd = specs_fd,
			       .ips_fd = ips_fd};
	struct pbpf_link *link = NULL;
	size_t size;
	void *memory = map_two_places(path, &size);
	uint64_t ips[] = {(uintptr_t)memory + 0x10, (uintptr_t)memory + 0x20};
	uint32_t id = 0;

	uncounted = env.kernel;
	maps_read = 0;
	counting.open = count_maps;
	env.kernel = &counting;
	fake.refuse[PBPF_LINK_CREATE] = EINVAL;
	ck_assert_msg(!pbpf_link_usdt(&link, prog_fd, &at, &opts), "%s", host.text);
	ck_assert_uint_eq(maps_read, 1);
	ck_assert_int_eq(pbpf_sys_map_lookup(&env, ips_fd, &ips[0], &id, 0), 0);
	ck_assert_int_eq(pbpf_sys_map_lookup(&env, ips_fd, &ips[1], &id, 0), 0);
	pbpf_link_close(link);
	only_maps_are_left();
	munmap(memory, size);
	unlink(path);
}
END_TEST

START_TEST(words)
{
	struct pbpf_link *link = NULL;
	int specs = specs_fd;

	ck_assert_int_eq(attach_file(&link, "none"), -ENOENT);
	ck_assert_str_eq(host.hint, "did you mean r:n?");
	ck_assert_int_eq(attach_file(&link, "many_arguments"), -E2BIG);
	ck_assert_int_eq(attach_file(&link, "args_x86"), -EINVAL);
	specs_fd = ips_fd;
	ck_assert_int_eq(attach_file(&link, "i386"), -EINVAL);
	ck_assert_ptr_nonnull(strstr(host.hint, "usdt.bpf.h"));
	specs_fd = -1;
	ck_assert_int_lt(attach_file(&link, "i386"), 0);
	specs_fd = specs;
	fake.refuse[PBPF_LINK_CREATE] = EPERM;
	ck_assert_int_eq(attach_file(&link, "i386"), -EPERM);
	ck_assert_ptr_nonnull(strstr(host.hint, "CAP_PERFMON"));
	ck_assert_uint_eq(specs_taken(), 0);
}
END_TEST

/* A map that the kernel refuses to be written at the end keeps what was in it. */
static void empty_maps(void)
{
	static const struct usdt_spec none;
	uint64_t ip = 0x1010;

	fake.fail_at = 0;
	for (uint32_t id = 0; id < 4; id++)
		ck_assert_int_eq(pbpf_sys_map_update(&env, specs_fd, &id, &none, 0), 0);
	pbpf_sys_map_delete(&env, ips_fd, &ip);
}

/* With and without the link of many places. */
static void try_usdt(int way, bool *failed)
{
	struct pbpf_link *link = NULL;

	host.allocations = fake.calls = 0;
	host.messages[PBPF_ERROR] = 0;
	fake.refuse[PBPF_LINK_CREATE] = way ? EINVAL : 0;
	*failed = attach_file(&link, way ? "i386" : "x86_64") < 0;
	ck_assert(*failed == !link);
	ck_assert_uint_eq(host.messages[PBPF_ERROR], *failed);
	pbpf_link_close(link);
	only_maps_are_left();
}

START_TEST(nothing_leaks)
{
	bool failed = true;

	fake.fail_errno = EPERM;
	for (unsigned int n = 1; n < 60; n++) {
		empty_maps();
		fake.fail_at = n;
		try_usdt(_i, &failed);
	}
	ck_assert(!failed);
	empty_maps();
	for (unsigned int n = 1; n < 40; n++) {
		host.fail_at = n;
		try_usdt(_i, &failed);
	}
	host.fail_at = 0;
	ck_assert(!failed);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("link: USDT");
	TCase *notes = tcase_create("notes"), *c = tcase_create("attaching");

	tcase_add_checked_fixture(notes, setup, teardown);
	tcase_add_test(notes, places_and_semaphores);
	tcase_add_test(notes, variables);
	tcase_add_test(notes, files_that_were_cut);
	suite_add_tcase(s, notes);
	tcase_set_timeout(c, 60);
	tcase_add_checked_fixture(c, setup_maps, teardown);
	tcase_add_test(c, one_link_for_all_places);
	tcase_add_test(c, the_newer_layout);
	tcase_add_test(c, a_full_map);
	tcase_add_test(c, detached);
	tcase_add_test(c, a_pin_keeps_the_specs);
	tcase_add_test(c, events_without_cookies);
	tcase_add_test(c, addresses_of_a_process);
	tcase_add_test(c, addresses_of_a_process);
	tcase_add_test(c, words);
	tcase_add_loop_test(c, nothing_leaks, 0, 2);
	suite_add_tcase(s, c);
	return s;
}
