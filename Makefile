# plainbpf - plain GNU make. `make help` lists the targets.
#
# Settings, each to be given on the command line or in the environment:
#   CC, CFLAGS, LDFLAGS, AR   the usual
#   V=1                       show the commands
#   BUILD=dir                 where everything that is built goes (build)
#   SAN=address,undefined     build under these sanitizers
#   ELF=builtin               read ELF without libelf
#   ZLIB=0                    without zlib: /proc/config.gz cannot be read
#   PREFIX, DESTDIR           where `make install` puts things (/usr/local, nothing)
CC      ?= cc
CFLAGS  ?= -O2 -g
BUILD   ?= build
PREFIX  ?= /usr/local
OBJCOPY ?= objcopy
CLANG   ?= clang
VERSION := $(shell sed -n 's/^\#define PBPF_VERSION "\(.*\)"/\1/p' base/pbpf_base.h)

# --- The architecture -------------------------------------------------------------------------
# A module, and the modules it stands on. It is compiled with a view (build/see/MODULE) that holds
# its own folder and, of those it stands on, the public headers only; so an include that the
# architecture does not allow does not compile, and a test that leans on another module does not
# link. relo sees the data types of elf but links none of it.
MODULES := base elf btf sys ringbuf link relo loader

base_on    :=
elf_on     := base
btf_on     := base
sys_on     := base
ringbuf_on :=
link_on    := base btf sys
relo_on    := base btf elf
loader_on  := base elf btf sys link relo

# What a test or a fuzz target of a module links: the module and what it calls at run time.
base_links    := base
elf_links     := elf base
btf_links     := btf base
sys_links     := sys base
ringbuf_links := ringbuf
link_links    := link btf sys base
relo_links    := relo btf base
loader_links  := loader link relo elf btf sys base

# The only other libraries, and where they are used: libelf in elf/, zlib for /proc/config.gz (externs of
# .kconfig). The tests of elf compare its two backends, so they link both as long as there is libelf.
ELF         ?= libelf
LIBELF      := $(if $(filter libelf,$(ELF)),-lelf)
ZLIB        ?= 1
LIBZ        := $(if $(filter-out 0,$(ZLIB)),-lz)
elf_libs    := $(LIBELF)
loader_libs := $(LIBELF) $(LIBZ)
LIBS        := $(LIBELF) $(LIBZ)
not_built   := $(if $(LIBELF),,elf/libelf.c)
not_in_lib  := $(if $(LIBELF),elf/builtin.c,elf/libelf.c)

# --- Nothing to change below ------------------------------------------------------------------
WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes \
	-Wmissing-prototypes -Wpointer-arith -Wcast-qual -Wwrite-strings -Wvla -Wundef \
	-Wformat=2 -Wimplicit-fallthrough
HARDEN   := -fstack-protector-strong
SANFLAGS := $(if $(SAN),-fsanitize=$(SAN) -fno-omit-frame-pointer -fno-sanitize-recover=all)
DEFINES  := -D_GNU_SOURCE $(if $(LIBELF),,-DPBPF_ELF_BUILTIN) $(if $(LIBZ),,-DPBPF_NO_ZLIB)
ALL_CFLAGS = -std=c11 $(DEFINES) -fPIC -ffunction-sections -fdata-sections -fvisibility=default -MMD -MP $(WARNINGS) $(HARDEN) \
	$(CFLAGS) $(SANFLAGS)
ALL_LDFLAGS = $(LDFLAGS) $(SANFLAGS)

ifneq ($(V),1)
Q = @
say = @printf '  %-7s %s\n' $(1) $(2);
endif

LIB_SRC   := $(filter-out $(not_in_lib),$(foreach m,$(MODULES),$(wildcard $(m)/*.c)))
LIB_OBJ   := $(LIB_SRC:%.c=$(BUILD)/%.o)
TOOL_SRC  := $(wildcard tools/*.c)
TOOL_OBJ  := $(TOOL_SRC:%.c=$(BUILD)/%.o)
HEADERS   := plainbpf.h $(foreach m,$(MODULES),$(wildcard $(m)/pbpf_*.h))
sources_of = $(filter-out $(not_built),$(wildcard $(1)/*.c))
objects_of = $(patsubst %.c,$(BUILD)/%.o,$(sources_of))

.PHONY: all help clean unit fuzz test peers live unit-programs vmtest vmtest-all run-tests samples demo install one-file format format-check lint
.SECONDARY:
.DEFAULT_GOAL := all
all: $(BUILD)/libplainbpf.a $(BUILD)/libplainbpf.so $(BUILD)/plainbpf ## the library and the command

# The view of one module: its own folder, the public headers of those it stands on, and base's
# private helpers.
define view_rules
$(BUILD)/see/$(1)/.made: Makefile $(wildcard $(addsuffix /*.h,$($(1)_on)))
	$$(Q)rm -rf $$(@D) && mkdir -p $$(@D)
	$$(Q)ln -s $$(CURDIR)/$(1) $$(@D)/$(1)
	$$(Q)for m in $($(1)_on); do mkdir -p $$(@D)/$$$$m; \
		ln -s $$(CURDIR)/$$$$m/pbpf_*.h $$(@D)/$$$$m/; done
	$$(Q)case " $($(1)_on) " in *" base "*) \
		ln -s $$(addprefix $$(CURDIR)/base/,env.h reader.h sort.h spell.h utf8.h) $$(@D)/base/;; esac
	$$(Q)touch $$@
$(BUILD)/$(1)/%.o: $(1)/%.c $(BUILD)/see/$(1)/.made
	$$(call say,CC,$$<)
	$$(Q)mkdir -p $$(@D)
	$$(Q)$$(CC) $$(ALL_CFLAGS) -iquote $(BUILD)/see/$(1) -c $$< -o $$@
endef
$(foreach m,$(MODULES),$(eval $(call view_rules,$(m))))

# The command stands on everything, and reads public headers only in spirit: it is outside the
# library.
$(BUILD)/tools/%.o: tools/%.c
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -iquote . -c $< -o $@

# What the library's files share among themselves stays inside: only pbpf_ names are seen from outside.
# The archive therefore holds one object; --gc-sections still takes out of it what a program does not use. What
# the compiler wants to be there once in a program (i386's thunks for the program counter) becomes its own.
$(BUILD)/libplainbpf.o: $(LIB_OBJ)
	$(call say,LD,$@)
	$(Q)$(CC) -r -nostdlib -Wl,--force-group-allocation -o $@ $^
	$(Q)$(OBJCOPY) --wildcard --keep-global-symbol='pbpf_*' $@

$(BUILD)/libplainbpf.a: $(BUILD)/libplainbpf.o
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(BUILD)/libplainbpf.so: $(BUILD)/libplainbpf.o
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -shared -Wl,-soname,libplainbpf.so.0 -o $@ $^ $(LIBS)

# The fake kernel in it gets memory as the library does, by base/env.h.
$(BUILD)/plainbpf: $(TOOL_OBJ) $(BUILD)/base/env.o $(BUILD)/libplainbpf.a
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -Wl,--gc-sections -o $@ $^ $(LIBS)

# --- Tests ------------------------------------------------------------------------------------
# tests/test_MODULE[_more].c links MODULE_links and nothing else of the library; fuzz/fuzz_MODULE[_more].c
# likewise.
TESTS     := $(patsubst %.c,%,$(notdir $(wildcard tests/test_*.c)))
FUZZERS   := $(patsubst %.c,%,$(notdir $(wildcard fuzz/fuzz_*.c)))
FUZZERS   := $(if $(LIBELF),$(FUZZERS),$(filter-out fuzz_elf_diff,$(FUZZERS)))
module_of  = $(word 2,$(subst _, ,$(1)))
HARNESS   := $(BUILD)/tests/harness.o $(BUILD)/tests/elf_builder.o $(BUILD)/tests/btf_builder.o
# What the command and the tests share: a kernel that exists in memory only.
FAKE      := $(patsubst %.c,$(BUILD)/%.o,$(wildcard tools/fake_*.c))

$(BUILD)/tests/%.o: tests/%.c
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -iquote . -iquote tests -c $< -o $@

define test_rules
$(BUILD)/tests/$(1): $(BUILD)/tests/$(1).o $(HARNESS) \
		$(foreach m,$($(call module_of,$(1))_links),$(call objects_of,$(m))) \
		$(if $(filter link loader sys,$(call module_of,$(1))),$(FAKE))
	$$(call say,LD,$$@)
	$$(Q)$$(CC) $$(ALL_LDFLAGS) -o $$@ $$(filter %.o,$$^) $(shell pkg-config --libs check 2>/dev/null) \
		$($(call module_of,$(1))_libs) -lpthread
endef
$(foreach t,$(TESTS),$(eval $(call test_rules,$(t))))

unit: $(TESTS:%=$(BUILD)/tests/%) $(FUZZERS:%=$(BUILD)/replay/%) ## the unit tests alone: no privilege, no kernel, no clang
	$(Q)tests/run.sh $^

# A fuzz target is one function over bytes. replay.c runs its corpus with any compiler, as a test;
# `make fuzz` links it with clang's libFuzzer.
fuzz_loader_maps_with := tests/btf_builder.c tests/elf_builder.c
fuzz_loader_with      := $(wildcard tools/fake_*.c)
define fuzz_rules
$(BUILD)/replay/$(1): fuzz/$(1).c fuzz/replay.c $($(1)_with) \
		$(foreach m,$($(call module_of,$(1))_links),$(call objects_of,$(m)))
	$$(call say,LD,$$@)
	$$(Q)mkdir -p $$(@D)
	$$(Q)$$(CC) $$(ALL_CFLAGS) -iquote . -o $$@ $$(filter %.c %.o,$$^) $$(ALL_LDFLAGS) \
		$($(call module_of,$(1))_libs)
$(BUILD)/fuzz/$(1): fuzz/$(1).c $($(1)_with) $(foreach m,$($(call module_of,$(1))_links),$(wildcard $(m)/*.h) \
		$(call sources_of,$(m)))
	$$(call say,FUZZ,$$@)
	$$(Q)mkdir -p $$(@D)
	$$(Q)$$(CLANG) -std=c11 $$(DEFINES) -O1 -g -fsanitize=fuzzer,address,undefined \
		-fno-sanitize-recover=all -iquote . -o $$@ $$(filter %.c,$$^) $($(call module_of,$(1))_libs)
endef
$(foreach t,$(FUZZERS),$(eval $(call fuzz_rules,$(t))))

fuzz: $(FUZZERS:%=$(BUILD)/fuzz/%) ## the fuzz targets, with clang's libFuzzer

# --- Everything that is tested ----------------------------------------------------------------
# Unit tests and fuzz corpora; what scripts check (tests/test_*.sh); and on the running kernel, as root:
# tests/kernel/test_*.c, which link the library, and tests/kernel/test_*.sh. `make test` installs what is
# missing first, and then starts make anew, which sees it.
LIVE := $(patsubst tests/kernel/%.c,%,$(wildcard tests/kernel/test_*.c))
export BUILD CC CLANG ELF ZLIB MAKE

$(BUILD)/tests/kernel/%: tests/kernel/%.c $(HARNESS) $(BUILD)/tests/kernel/live.o $(BUILD)/tests/kernel/kinds.o $(FAKE) $(BUILD)/base/env.o $(BUILD)/libplainbpf.a
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -iquote . -iquote tests -o $@ $(filter %.c %.o %.a,$^) $(ALL_LDFLAGS) \
		$(shell pkg-config --libs check 2>/dev/null) $(LIBS) -lpthread

test: ## everything: unit tests, scripts, and on the running kernel when it may
	$(Q)scripts/need.sh test
	$(Q)$(MAKE) --no-print-directory run-tests

# What others' programs and loaders say. Their sources, libbpf and a newer clang are fetched from Debian's archive.
peers: all ## the same as libbpf, on the same objects (root; fetches packages)
	$(Q)tests/run.sh $(sort $(wildcard tests/peers/test_*.sh))

# The live tests on other kernels; what cannot be fetched is skipped.
live: $(BUILD)/plainbpf $(LIVE:%=$(BUILD)/tests/kernel/%)
unit-programs: $(TESTS:%=$(BUILD)/tests/%)

vmtest: ## the live tests on Linux 5.10, 6.1, 6.12 and the newest, or on KERNEL=image, under QEMU
	$(Q)if scripts/need.sh vm; then tests/vm/run.sh 5.10 6.1 6.12 newest; else echo SKIP vmtest; fi

vmtest-all: ## the same on every kernel of tests/vm/kernels: also other architectures, and 32-bit programs
	$(Q)if scripts/need.sh vm-all; then tests/vm/run.sh $$(sed -n 's/^\([^# ][^ ]*\) .*/\1/p' tests/vm/kernels); \
		else echo SKIP vmtest-all; fi

run-tests: all samples $(TESTS:%=$(BUILD)/tests/%) $(FUZZERS:%=$(BUILD)/replay/%) $(LIVE:%=$(BUILD)/tests/kernel/%)
	$(Q)tests/run.sh $(filter $(BUILD)/tests/% $(BUILD)/replay/%,$^) \
		$(sort $(wildcard tests/test_*.sh tests/command/test_*.sh tests/kernel/test_*.sh))

# --- Samples and the demo ---------------------------------------------------------------------
# The kernel side is compiled with clang where that works, else the committed object serves.
SAMPLES   := $(patsubst samples/%.bpf.c,%,$(wildcard samples/*.bpf.c))
BPF_FLAGS  = -target bpf -O2 -g -Wall -I. -idirafter /usr/include/$(shell $(CC) -print-multiarch 2>/dev/null)

samples: $(foreach s,$(SAMPLES),$(BUILD)/samples/$(s) $(BUILD)/samples/$(s).bpf.o) ## the samples, both halves

$(BUILD)/samples/%.bpf.o: samples/%.bpf.c tests/data/%.bpf.o $(wildcard bpf/*.h)
	$(call say,BPF,$@)
	$(Q)mkdir -p $(@D)
	$(Q)if echo '#include <linux/bpf.h>' | $(CLANG) $(BPF_FLAGS) -fsyntax-only -x c - 2>/dev/null; then \
		$(CLANG) $(BPF_FLAGS) -c $< -o $@; else cp tests/data/$(@F) $@; fi

$(BUILD)/samples/%: samples/%.c samples/sample.h $(BUILD)/libplainbpf.a
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -iquote . -o $@ $(filter %.c %.a,$^) $(ALL_LDFLAGS) $(LIBS)

demo: ## load samples/execsnoop into the running kernel and show what it sees
	$(Q)scripts/need.sh build
	$(Q)$(MAKE) --no-print-directory $(BUILD)/plainbpf $(BUILD)/samples/execsnoop.bpf.o
	$(Q)scripts/demo.sh $(BUILD)

# --- Installing, formatting, checking ---------------------------------------------------------
# <plainbpf.h> and, for programs in the kernel, <bpf/bpf_helpers.h> are found with what
# `pkg-config --cflags plainbpf` says.
includedir = $(DESTDIR)$(PREFIX)/include/plainbpf

install: all ## into DESTDIR and PREFIX
	$(Q)install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/lib/pkgconfig $(includedir)
	$(Q)install -m 755 $(BUILD)/plainbpf $(DESTDIR)$(PREFIX)/bin/
	$(Q)install -m 644 $(BUILD)/libplainbpf.a $(DESTDIR)$(PREFIX)/lib/
	$(Q)for page in docs/*.1; do \
		install -D -m 644 $$page $(DESTDIR)$(PREFIX)/share/man/man1/$${page#docs/} || exit 1; done
	$(Q)install -D -m 644 completion/plainbpf.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/plainbpf
	$(Q)install -m 755 $(BUILD)/libplainbpf.so $(DESTDIR)$(PREFIX)/lib/libplainbpf.so.$(VERSION)
	$(Q)ln -sf libplainbpf.so.$(VERSION) $(DESTDIR)$(PREFIX)/lib/libplainbpf.so.0
	$(Q)ln -sf libplainbpf.so.0 $(DESTDIR)$(PREFIX)/lib/libplainbpf.so
	$(Q)for h in $(HEADERS) $(wildcard bpf/*.h); do \
		install -D -m 644 $$h $(includedir)/$$h || exit 1; done
	$(Q)sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@VERSION@|$(VERSION)|' -e 's|@LIBS@|$(LIBS)|' \
		scripts/plainbpf.pc.in >$(DESTDIR)$(PREFIX)/lib/pkgconfig/plainbpf.pc

one-file: $(LIB_OBJ) $(BUILD)/elf/builtin.o ## write plainbpf.c anew, after a source or a shared name was added
	$(Q)scripts/one_file.sh $^ >$(BUILD)/plainbpf.c && mv $(BUILD)/plainbpf.c plainbpf.c

errors_from := scripts/errors_md.c loader/explanations.c loader/verifier_log.c loader/log_line.c

docs/errors.md: $(errors_from) loader/pbpf_verifier_log.h $(wildcard tests/data/refused/*.bpf.c tests/data/logs/*)
	$(call say,DOC,$@)
	$(Q)mkdir -p $(BUILD) && $(CC) $(ALL_CFLAGS) -MF $(BUILD)/errors_md.d -iquote . -o $(BUILD)/errors_md $(errors_from) \
		&& $(BUILD)/errors_md >$(BUILD)/errors.md && mv $(BUILD)/errors.md $@

FORMATTED = $(filter-out plainbpf.c,$(wildcard *.[ch] */*.[ch] tests/*/*.[ch]))
format: ## let clang-format have its way
	$(Q)clang-format -i $(FORMATTED)
format-check: ## fail when clang-format would change something
	$(Q)clang-format --dry-run -Werror $(FORMATTED)

lint: ## what cppcheck finds
	$(Q)cppcheck --quiet --std=c11 --enable=warning,portability --inline-suppr --error-exitcode=1 \
		--suppress=ctuuninitvar -D_GNU_SOURCE -D__x86_64__ -I. $(filter-out elf/builtin.c,$(LIB_SRC)) $(TOOL_SRC)

# --- The ring buffer's model and benchmark --------------------------------------------------------
# The peer, libbpf, is fetched and built outside the tree; both targets say SKIP where they cannot run.
.PHONY: model bench-ringbuf
model: ## check the ring's protocol exhaustively, with spin
	$(Q)tests/model/run.sh

BENCH_RING := bench/ringbuf.c bench/ringbuf_run.c $(wildcard ringbuf/*.c)
bench-ringbuf: $(BENCH_RING) bench/ringbuf.bpf.c ## the consumer beside libbpf's (root)
	$(Q)mkdir -p $(BUILD)/bench
	$(Q)peer=$$(bench/libbpf.sh) || exit 0; set -e; \
		$(CLANG) -O2 -g -target bpf -I$$peer/include -I/usr/include/$$($(CC) -dumpmachine) \
			-c bench/ringbuf.bpf.c -o $(BUILD)/bench/ringbuf.bpf.o; \
		$(CC) -std=c11 -D_GNU_SOURCE -O2 -g -Wall -Wextra -iquote . -isystem $$peer/include \
			-o $(BUILD)/bench/ringbuf $(BENCH_RING) $$peer/libbpf.a -lelf -lz -lpthread; \
		$(BUILD)/bench/ringbuf $(BUILD)/bench/ringbuf.bpf.o

clean: ## remove what was built
	rm -rf $(BUILD)

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' Makefile | expand -t 16
	@sed -n '/^# Settings/,/^CC/{s/^#//p}' Makefile

-include $(wildcard $(BUILD)/*/*.d $(BUILD)/tests/kernel/*.d)
