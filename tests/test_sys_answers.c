/* SPDX-License-Identifier: MIT */
/*
 * What sys makes of the kernel's answers: fds, interrupted calls, files.
 */
#include "sys_recorder.h"

#include <linux/perf_event.h>
#include <sys/mman.h>
#include <unistd.h>

START_TEST(low_fds_are_moved)
{
	struct pbpf_map_attr map = {0};

	for (int fd = 0; fd < 3; fd++) {
		will_answer(fd);
		ck_assert_int_eq(pbpf_sys_map_create(&env, &map), 7);
		ck_assert_int_eq(rec.closed, fd);
	}
	ck_assert_uint_eq(rec.dups, 3);
	ck_assert_uint_eq(rec.closes, 3);

	rec.dup_answer = -EMFILE;
	ck_assert_int_eq(pbpf_sys_map_create(&env, &map), -EMFILE);
	ck_assert_uint_eq(rec.closes, 4);

	will_answer(3);
	ck_assert_int_eq(pbpf_sys_map_create(&env, &map), 3);
	will_answer(0);
	ck_assert_int_eq(pbpf_sys_map_freeze(&env, 3), 0); /* not an fd */
	ck_assert_uint_eq(rec.dups, 4);
}
END_TEST

START_TEST(interrupted_calls_are_made_again)
{
	struct pbpf_prog_attr prog = {0};
	struct pbpf_test_run run = {0};
	struct pbpf_map_batch batch = {0};

	rec.answers[0] = -EAGAIN;
	rec.answers[1] = -EINTR;
	rec.answers[2] = 6;
	rec.answer_count = 3;
	ck_assert_int_eq(pbpf_sys_prog_load(&env, &prog, NULL), 6);
	ck_assert_uint_eq(rec.calls, 3);

	will_answer(-EAGAIN);
	ck_assert_int_eq(pbpf_sys_prog_load(&env, &prog, NULL), -EAGAIN);
	ck_assert_uint_eq(rec.calls, 5);

	/* These may be half done. */
	will_answer(-EINTR);
	ck_assert_int_eq(pbpf_sys_prog_test_run(&env, 3, &run), -EINTR);
	ck_assert_uint_eq(rec.calls, 1);
	ck_assert_int_eq(pbpf_sys_map_update_batch(&env, 3, &batch), -EINTR);
	ck_assert_uint_eq(rec.calls, 2);
}
END_TEST

START_TEST(perf_events)
{
	struct pbpf_perf_attr attr = {.type = 2, .size = sizeof(attr), .config = 11, .config2 = 12};
	const struct perf_event_attr *perf = (const void *)&rec.in;

	will_answer(1);
	ck_assert_int_eq(pbpf_sys_perf_event_open(&env, &attr, -1, 2, -1, 0), 7);
	ck_assert_uint_eq(rec.flags, PERF_FLAG_FD_CLOEXEC);
	ck_assert_uint_eq(perf->type, PERF_TYPE_TRACEPOINT);
	ck_assert_uint_eq(perf->size, PERF_ATTR_SIZE_VER1);
	ck_assert_uint_eq(perf->config, 11);
	ck_assert_uint_eq(perf->config2, 12);
	will_answer(0);
	ck_assert_int_eq(pbpf_sys_ioctl(&env, 9, PBPF_PERF_IOC_SET_BPF, 4), 0);
	ck_assert_uint_eq(rec.flags, PERF_EVENT_IOC_SET_BPF);
	ck_assert_uint_eq(rec.argument, 4);
	ck_assert_uint_eq(PBPF_PERF_IOC_ENABLE, PERF_EVENT_IOC_ENABLE);
	ck_assert_uint_eq(PBPF_PERF_IOC_DISABLE, PERF_EVENT_IOC_DISABLE);
	ck_assert_uint_eq(pbpf_sys_page_size(&env), 65536);
}
END_TEST

START_TEST(close_of_nothing)
{
	ck_assert_int_eq(pbpf_sys_close(&env, -1), 0);
	ck_assert_uint_eq(rec.closes, 0);
	ck_assert_int_eq(pbpf_sys_close(&env, 4), 0);
	ck_assert_uint_eq(rec.closes, 1);
}
END_TEST

/* Reads a file of `size` bytes with the given limit. */
static int read_file_of(size_t size, size_t limit)
{
	static char content[20000];
	size_t got = 0;
	void *data = NULL;
	int err;

	memset(content, 'x', sizeof(content));
	rec.file = content;
	rec.file_size = size;
	rec.file_at = 0;
	rec.closes = 0;
	rec.calls = 0;
	rec.reads = 0;
	err = pbpf_sys_read_file(&env, "/a/file", &data, &got, limit);
	ck_assert_uint_eq(rec.closes, 1);
	if (!err) {
		ck_assert_uint_eq(got, size);
		ck_assert_int_eq(memcmp(data, content, size), 0);
		ck_assert_int_eq(((char *)data)[size], '\0');
		ck_assert_uint_eq(host.bytes, size + 1);
		pbpf_sys_free_file(&env, data, got);
	} else {
		ck_assert_ptr_null(data);
	}
	ck_assert_uint_eq(host.blocks, 0);
	ck_assert_uint_eq(host.bytes, 0);
	return err;
}

START_TEST(files_are_read_whole)
{
	static const size_t sizes[] = {0, 1, 16382, 16383, 16384, 16385, 20000};
	static const size_t pieces[] = {7, 16384, 1000000};

	will_answer(4);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		for (size_t p = 0; p < sizeof(pieces) / sizeof(pieces[0]); p++) {
			rec.piece = pieces[p];
			ck_assert_int_eq(read_file_of(sizes[i], 1 << 20), 0);
			ck_assert_int_eq(read_file_of(sizes[i], SIZE_MAX), 0);
			ck_assert_int_eq(read_file_of(sizes[i], sizes[i]), 0);
			if (sizes[i])
				ck_assert_int_eq(read_file_of(sizes[i], sizes[i] - 1), -EFBIG);
		}
	}
}
END_TEST

/* What a file says is its size, unless that cannot be; it may have shrunk since. */
START_TEST(files_may_say_their_size)
{
	will_answer(4);
	rec.piece = 1000000;
	rec.said_size = 20000;
	ck_assert_int_eq(read_file_of(20000, 20000), 0);
	ck_assert_uint_eq(rec.reads, 1);
	rec.piece = 7000;
	ck_assert_int_eq(read_file_of(20000, SIZE_MAX), 0);
	ck_assert_uint_eq(rec.reads, 3);
	rec.said_size = 4096; /* as of sysfs */
	ck_assert_int_eq(read_file_of(4, 8192), 0);
	ck_assert_int_eq(read_file_of(4, 100), 0);
	ck_assert_int_eq(read_file_of(0, 8192), 0);
	ck_assert_int_eq(read_file_of(101, 100), -EFBIG);
	rec.said_size = -EIO;
	ck_assert_int_eq(read_file_of(20000, SIZE_MAX), 0);
	rec.said_size = 20000;
	for (unsigned int n = 1; n <= 3; n++) {
		host.allocations = 0;
		host.fail_at = n;
		ck_assert_int_eq(read_file_of(19000, 20000), n < 3 ? -ENOMEM : 0);
	}
	host.fail_at = 0;
}
END_TEST

START_TEST(files_that_fail)
{
	void *data = NULL;
	size_t size;

	will_answer(-ENOENT);
	ck_assert_int_eq(pbpf_sys_read_file(&env, "/a/file", &data, &size, 100), -ENOENT);
	ck_assert_uint_eq(rec.closes, 0);

	/* open gives 4, then reads: interrupted twice, then the file. */
	rec.answers[0] = 4;
	rec.answers[1] = rec.answers[2] = -EINTR;
	rec.answers[3] = 0;
	rec.answer_count = 4;
	ck_assert_int_eq(read_file_of(10, 100), 0);
	rec.answers[2] = -EIO;
	ck_assert_int_eq(read_file_of(10, 100), -EIO);
	rec.answer_count = 2; /* for ever */
	ck_assert_int_eq(read_file_of(10, 100), -EINTR);

	will_answer(4);
	for (unsigned int n = 1; n <= 4; n++) { /* 16384 bytes, twice that, what is used */
		host.allocations = 0;
		host.fail_at = n;
		ck_assert_int_eq(read_file_of(20000, 20000), n < 4 ? -ENOMEM : 0);
	}
	host.fail_at = 0;
}
END_TEST

START_TEST(the_running_kernel)
{
	const struct pbpf_kernel *kernel = pbpf_sys_running_kernel();
	void *data;
	size_t size;

	ck_assert_ptr_nonnull(kernel->bpf);
	ck_assert_ptr_nonnull(kernel->perf_event_open);
	ck_assert_int_lt(pbpf_sys_map_freeze(NULL, -1), 0);
	ck_assert_int_lt(pbpf_sys_perf_event_open(NULL, &(struct pbpf_perf_attr){0}, -1, -1, -1, 0),
			 0);
	ck_assert_int_eq(pbpf_sys_ioctl(NULL, -1, 0, 0), -EBADF);
	ck_assert_int_eq(kernel->close(NULL, -1), -EBADF);
	ck_assert_int_eq(kernel->read(NULL, -1, &size, 1), -EBADF);
	ck_assert_int_eq(kernel->dup(NULL, -1), -EBADF);
	ck_assert_int_eq(pbpf_sys_read_file(NULL, "/", &data, &size, 1), -EISDIR);
	ck_assert_int_eq(pbpf_sys_read_file(NULL, "/proc/self/comm", &data, &size, 64), 0);
	ck_assert_uint_gt(size, 0);
	pbpf_sys_free_file(NULL, data, size);
	ck_assert_uint_ge(pbpf_sys_page_size(NULL), 4096);
}
END_TEST

START_TEST(memory_of_the_running_kernel)
{
	size_t page = pbpf_sys_page_size(NULL), size = 0;
	int fd = memfd_create("map", MFD_CLOEXEC);
	void *first = NULL, *second = NULL, *there;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(ftruncate(fd, (off_t)page), 0);
	ck_assert_int_eq(pbpf_sys_mmap(NULL, fd, page, true, &first), 0);
	ck_assert_int_eq(pbpf_sys_mmap(NULL, fd, page, false, &second), 0);
	((char *)first)[1] = 'x';
	ck_assert_int_eq(((char *)second)[1], 'x');

	there = second;
	ck_assert_int_eq(pbpf_sys_mmap(NULL, fd, page, false, &there), -EEXIST);
	ck_assert_int_eq(pbpf_sys_munmap(NULL, second, page), 0);
	ck_assert_int_eq(pbpf_sys_mmap(NULL, fd, page, false, &there), 0);
	ck_assert_ptr_eq(there, second);
	ck_assert_int_eq(pbpf_sys_munmap(NULL, there, page), 0);
	ck_assert_int_eq(pbpf_sys_munmap(NULL, first, page), 0);
	ck_assert_int_eq(pbpf_sys_munmap(NULL, NULL, page), 0);
	close(fd);

	ck_assert_int_eq(pbpf_sys_mmap(NULL, -1, page, false, &first), -EBADF);
	ck_assert_int_eq(pbpf_sys_map_file(NULL, "tests/harness.h", &first, &size), 0);
	ck_assert_uint_gt(size, 100);
	ck_assert_int_eq(memcmp(first, "/* SPDX", 7), 0);
	ck_assert_int_eq(pbpf_sys_munmap(NULL, first, size), 0);
	ck_assert_int_eq(pbpf_sys_map_file(NULL, "/proc/self/comm", &first, &size), -EINVAL);
	ck_assert_int_eq(pbpf_sys_map_file(NULL, "/nowhere", &first, &size), -ENOENT);
	ck_assert_int_eq(pbpf_sys_unlink(NULL, "/nowhere"), -ENOENT);
	fd = pbpf_sys_dup(NULL, 1);
	ck_assert_int_ge(fd, 3);
	ck_assert_int_eq(pbpf_sys_close(NULL, fd), 0);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("sys");
	TCase *c = tcase_create("answers");

	tcase_add_checked_fixture(c, setup, NULL);
	tcase_add_test(c, low_fds_are_moved);
	tcase_add_test(c, interrupted_calls_are_made_again);
	tcase_add_test(c, perf_events);
	tcase_add_test(c, close_of_nothing);
	tcase_add_test(c, files_are_read_whole);
	tcase_add_test(c, files_may_say_their_size);
	tcase_add_test(c, files_that_fail);
	tcase_add_test(c, the_running_kernel);
	tcase_add_test(c, memory_of_the_running_kernel);
	suite_add_tcase(s, c);
	return s;
}
