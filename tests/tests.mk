# The tests that need no virtual machine. After early.mk.
#
#   check-unit      each source file of early/ by itself, under sanitizers
#   check-program   the program as a whole, with each libc
#   bench           what it costs, by the number of devices
#   lint            style, and what static analysis finds
#
# Needed: check, valgrind, strace, shellcheck, clang-format, cppcheck,
# universal-ctags.

COMMA := ,

# -- unit tests: by the host's compiler, whatever LIBC is ----------------------------

UNIT_DIR := $(BUILD)/host/unit
UNIT_TESTS := address announce carrier claim cmdline display file framebuffer group guard iommu \
	log lvm need options pci plan probe report request selector supervise sysfs text \
	variant verdict
UNIT_PROGRAMS := $(UNIT_TESTS:%=$(UNIT_DIR)/test-%)
UNIT_CFLAGS := -std=gnu11 -O1 -g -fsanitize=address,undefined \
	-fno-sanitize-recover=all -fno-omit-frame-pointer \
	-Wall -Wextra -Wshadow -Wstrict-prototypes -Wwrite-strings -Wvla -Werror
# The functions that seams.c stands before.
UNIT_LDFLAGS := $(addprefix -Wl$(COMMA)--wrap=,malloc calloc realloc mmap fork pipe2 \
	fdopendir renameat)
UNIT_CPPFLAGS := $(EARLY_CPPFLAGS) $(BLKID_CPPFLAGS) -DSANDBOX_MEMORY=RLIM_INFINITY \
	-Iearly -Itests/unit

# In an archive, so that a test's own functions stand in for those of a file. Without
# module.c, which libkmod would come along with; every test has its own main().
UNIT_EARLY := $(filter-out main.o module.o,$(EARLY_SRCS:.c=.o))
UNIT_LIB := $(UNIT_DIR)/libearly.a

$(UNIT_DIR)/early/%.o: early/%.c tests/tests.mk | $(LIBS_HEADERS)
	@mkdir -p $(@D)
	$(say) CC $@
	$(CC) $(UNIT_CFLAGS) $(UNIT_CPPFLAGS) -MMD -MP -c $< -o $@

$(UNIT_DIR)/%.o: tests/unit/%.c tests/tests.mk
	@mkdir -p $(@D)
	$(say) CC $@
	$(CC) $(UNIT_CFLAGS) $(UNIT_CPPFLAGS) -MMD -MP -c $< -o $@

$(UNIT_LIB): $(UNIT_EARLY:%=$(UNIT_DIR)/early/%) \
		$(addprefix $(UNIT_DIR)/,machine.o seams.o unit.o)
	$(say) AR $@
	rm -f $@
	$(AR) qcs $@ $^

$(UNIT_PROGRAMS): $(UNIT_DIR)/test-%: $(UNIT_DIR)/%.o $(UNIT_LIB)
	$(say) LINK $@
	$(CC) $(UNIT_CFLAGS) $(UNIT_LDFLAGS) $(filter %.o,$^) $(UNIT_LIB) \
		-l:libblkid.so.1 $$(pkg-config --libs check) -o $@

# A made-up PCI bus in the place of the real one.
$(UNIT_DIR)/test-claim $(UNIT_DIR)/test-display: $(addprefix $(UNIT_DIR)/,\
	fake.o fake_block.o fake_module.o fake_sysfs.o)

check-unit: $(UNIT_PROGRAMS)
	tests/unit/run $^

-include $(wildcard $(UNIT_DIR)/*.d $(UNIT_DIR)/early/*.d)

# -- the program as a whole, for each libc -------------------------------------------

PROGRAM_LIBCS ?= klibc musl glibc

# One after the other: they share the libraries' sources.
check-program:
	status=0; for libc in $(PROGRAM_LIBCS); do \
		$(MAKE) --no-print-directory LIBC=$$libc check-program-this || status=1; \
	done; exit $$status

# With a shared C library, where valgrind stands in front of malloc(): for glibc only.
PROGRAM_DYNAMIC := $(if $(filter glibc,$(LIBC)),$(BUILD)/glibc/passthru-early.dynamic)

$(BUILD)/glibc/passthru-early.dynamic: $(EARLY_OBJS) $(KMOD_LIB) $(BLKID_LIB)
	$(say) LINK $@
	$(LIBC_CC) $(LIBC_CFLAGS) -no-pie -Wl,--gc-sections $^ $(LIBC_LIBS) -o $@

check-program-this: $(EARLY_STRIPPED) $(PROGRAM_DYNAMIC)
	tests/program/run $(LIBC) $(EARLY_STRIPPED) $(PROGRAM_DYNAMIC)

.PHONY: check-unit check-program check-program-this

# -- what it costs: for the eye, since a clock is no judge ---------------------------

BENCH_MEASURE := $(BUILD)/host/bench/measure

$(BENCH_MEASURE): tests/bench/measure.c
	@mkdir -p $(@D)
	$(say) CC $@
	$(CC) -std=gnu11 -O2 -Wall -Wextra -Werror $< -o $@

bench: $(EARLY_STRIPPED) $(BENCH_MEASURE)
	tests/bench/run $(LIBC) $^

.PHONY: bench

# -- style ---------------------------------------------------------------------------

lint check-lint:
	tests/lint/run

.PHONY: lint check-lint

# -- the command line, at random: where clang is; not part of the checks -------------

FUZZ := $(BUILD)/host/fuzz-request
FUZZ_SECONDS ?= 60

$(FUZZ): tests/fuzz/request.c $(addprefix early/,\
		address.c cmdline.c request.c selector.c text.c)
	@mkdir -p $(@D)
	$(say) CC $@
	clang -std=gnu11 -O1 -g -fsanitize=fuzzer,address,undefined \
		-fno-sanitize-recover=all $(EARLY_CPPFLAGS) -Iearly $^ -o $@

fuzz: $(FUZZ)
	$(FUZZ) -max_total_time=$(FUZZ_SECONDS) -max_len=4096 -dict=tests/fuzz/dictionary

.PHONY: fuzz
