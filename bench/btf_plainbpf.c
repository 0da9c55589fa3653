/* SPDX-License-Identifier: MIT */
/*
 * What plainbpf does with the kernel's BTF: btf_plainbpf parse | view | index | find N | header. See btf.sh.
 */
#include "btf.h"

#include "btf/pbpf_btf.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* The search is answered while the view opens. */
static int find(struct pbpf_btf **btf, const void *data, size_t size)
{
	struct pbpf_btf_wanted *wanted = calloc(wanted_count, sizeof(*wanted));
	struct pbpf_btf_search search = {.wanted = wanted, .count = wanted_count};
	int found = 0;

	for (size_t i = 0; i < wanted_count; i++)
		wanted[i] =
			(struct pbpf_btf_wanted){.name = wanted_names[i], .kind = PBPF_KIND_STRUCT};
	if (pbpf_btf_view(btf, data, size, NULL, &search, NULL))
		found = -1;
	for (size_t i = 0; i < wanted_count; i++)
		found += wanted[i].id > 0;
	free(wanted);
	return found;
}

static int write_text(void *ctx, const char *text, size_t size)
{
	return fwrite(text, 1, size, ctx) == size ? 0 : -1;
}

static int run_task(struct pbpf_btf **btf, enum task task, const void *data, size_t size)
{
	struct pbpf_writer out = {write_text, text_out};
	int err;

	if (task == FIND)
		return find(btf, data, size);
	if (task == PARSE)
		return pbpf_btf_parse(btf, data, size, NULL, NULL);
	err = pbpf_btf_view(btf, data, size, NULL, NULL, NULL);
	if (!err && task == INDEX)
		err = pbpf_btf_index(*btf);
	if (!err && task == HEADER)
		err = pbpf_btf_print_header(*btf, &out);
	return err;
}

int measured(enum task task)
{
	int fd = open(VMLINUX, O_RDONLY | O_CLOEXEC), result = -1;
	struct pbpf_btf *btf = NULL;
	struct stat status;
	void *data;

	if (fd < 0 || fstat(fd, &status))
		return -1;
	data = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (data == MAP_FAILED)
		return -1;
	result = run_task(&btf, task, data, (size_t)status.st_size);
	pbpf_btf_free(btf);
	munmap(data, (size_t)status.st_size);
	return result;
}

int main(int argc, char **argv)
{
	return run(argc, argv);
}
