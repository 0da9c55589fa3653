/* SPDX-License-Identifier: MIT */
/*
 * Any object file from open to attach, against the kernel that exists in memory only:
 *
 *	0   which allocation fails, 0: none
 *	1   which call of the kernel fails, 0: none
 *	2   what the kernel is like, OPTION_*, and in the highest two bits, how old
 *	3   the object file
 *
 * The kernel's types are the object's own. Whatever comes: a result or an error with one message, and
 * no memory, fd or mapping left over. What fails is loaded once more, when the failure is over.
 */
#include "fuzz/host.h"
#include "loader/pbpf_loader.h"
#include "tools/fake_kernel.h"

#include <errno.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
	OPTION_REFUSES_PROGRAMS = 1,
	OPTION_LONG_LOG = 2, /* which does not fit the first buffer */
	OPTION_OLD_LOG = 4,
	OPTION_REFUSES_BTF = 8,
	OPTION_NO_TYPES = 16,
	OPTION_NO_MEMORY = 32, /* why the call fails */
};

#define HEADER_SIZE 3

static const char *verifier_log(uint8_t options)
{
	static char text[100000];

	if (!(options & OPTION_LONG_LOG))
		return "0: (bf) r1 = r2\nR2 !read_ok\nprocessed 1 insns\n";
	if (!*text)
		memset(text, 'x', sizeof(text) - 1);
	return text;
}

static void set_up(struct fake_kernel *kernel, const uint8_t *data)
{
	static const uint32_t versions[] = {0, PBPF_LINUX(5, 10), PBPF_LINUX(5, 4),
					    PBPF_LINUX(4, 14)};
	uint8_t options = data[2];

	kernel->version = versions[options >> 6];
	kernel->fail_at = data[1];
	kernel->fail_errno = options & OPTION_NO_MEMORY ? ENOMEM : EINVAL;
	kernel->config = "CONFIG_HZ=250\nCONFIG_DEBUG=y\n";
	kernel->kallsyms = "ffffffff81000000 T bpf_prog_put\nffffffff81000010 D bpf_link_fops\n";
	kernel->log = verifier_log(options);
	kernel->old_log = options & OPTION_OLD_LOG;
	kernel->refuse[PBPF_PROG_LOAD] = options & OPTION_REFUSES_PROGRAMS ? EACCES : 0;
	kernel->refuse[PBPF_BTF_LOAD] = options & OPTION_REFUSES_BTF ? EINVAL : 0;
}

static void set_types(struct fake_kernel *kernel, const struct pbpf_object *obj)
{
	const struct pbpf_section *btf = pbpf_elf_section(pbpf_object_elf(obj), ".BTF");

	if (btf && btf->data)
		kernel->types = (struct fake_types){btf->data, (size_t)btf->size};
}

static void live(struct pbpf_object *obj, struct fake_kernel *kernel, struct fuzz_host *host)
{
	unsigned int fds;
	int err = -1;

	for (int turn = 0; err && turn < 2; turn++) {
		host->errors = 0;
		err = pbpf_object_load(obj);
		MUST(err <= 0 && host->errors == (err ? 1 : 0));
		MUST(!err || (!kernel->open_fds && !kernel->mapped));
	}
	if (err)
		return;
	fds = kernel->open_fds;
	err = pbpf_object_attach(obj);
	MUST(err <= 0 && host->errors == (err ? 1 : 0));
	MUST(!err || kernel->open_fds == fds);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_host host = {0};
	struct pbpf_env env = fuzz_env(&host);
	struct fake_kernel kernel = {0};
	struct pbpf_env whole = fake_kernel_env(&kernel, &env);
	struct pbpf_options options = {.env = &whole};
	struct pbpf_object *obj = NULL;
	int err;

	if (size < HEADER_SIZE)
		return 0;
	host.fail_at = data[0];
	set_up(&kernel, data);
	err = pbpf_object_open(&obj, data + HEADER_SIZE, size - HEADER_SIZE, &options);
	MUST(err <= 0 && !err == (obj != NULL));
	MUST(host.errors == (err ? 1 : 0));
	MUST(kernel.calls == 0);
	MUST(host.peak <= 64 * size + 65536);
	if (obj && !(data[2] & OPTION_NO_TYPES))
		set_types(&kernel, obj);
	if (obj)
		live(obj, &kernel, &host);
	pbpf_object_close(obj);
	MUST(!kernel.open_fds && !kernel.mapped);
	MUST(host.blocks == 0 && host.bytes == 0);
	fake_kernel_free(&kernel);
	return 0;
}
