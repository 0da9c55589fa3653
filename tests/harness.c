/* SPDX-License-Identifier: MIT */
#include "harness.h"

static void *host_resize(void *ctx, void *ptr, size_t old_size, size_t new_size)
{
	struct host *host = ctx;
	void *grown = NULL;

	if (new_size && ++host->allocations == host->fail_at)
		return NULL;
	if (new_size) {
		grown = realloc(ptr, new_size);
		if (!grown)
			abort();
	} else {
		free(ptr);
	}
	host->blocks += (unsigned int)(!ptr) - (unsigned int)(!new_size);
	host->bytes += new_size - old_size;
	if (host->bytes > host->peak)
		host->peak = host->bytes;
	return grown;
}

static void copy_text(char *to, size_t size, const char *from)
{
	snprintf(to, size, "%s", from ? from : "");
}

static void host_report(void *ctx, const struct pbpf_msg *msg)
{
	struct host *host = ctx;
	size_t used = strlen(host->notes);

	host->messages[msg->level]++;
	if (msg->level != PBPF_ERROR) {
		snprintf(host->notes + used, sizeof(host->notes) - used, "%s\n", msg->text);
		return;
	}
	host->err = msg->err;
	host->offset = msg->offset;
	copy_text(host->stage, sizeof(host->stage), msg->stage);
	copy_text(host->where, sizeof(host->where), msg->where);
	copy_text(host->text, sizeof(host->text), msg->text);
	copy_text(host->hint, sizeof(host->hint), msg->hint);
}

struct pbpf_env host_env(struct host *host)
{
	return (struct pbpf_env){
		.resize = host_resize,
		.report = host_report,
		.kernel = host->kernel,
		.level = PBPF_STEP,
		.ctx = host,
	};
}

unsigned char *read_test_file(const char *path, size_t *size)
{
	FILE *file = fopen(path, "rb");
	unsigned char *bytes = NULL;
	long end;

	ck_assert_msg(file != NULL, "cannot open %s (tests run from the top folder)", path);
	ck_assert_int_eq(fseek(file, 0, SEEK_END), 0);
	end = ftell(file);
	ck_assert_int_ge(end, 0);
	rewind(file);
	*size = (size_t)end;
	bytes = malloc(*size ? *size : 1);
	ck_assert_ptr_nonnull(bytes);
	ck_assert_uint_eq(fread(bytes, 1, *size, file), *size);
	fclose(file);
	return bytes;
}

int main(void)
{
	SRunner *runner = srunner_create(suite());
	int failed;

	setvbuf(stdout, NULL, _IOLBF, 0);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
