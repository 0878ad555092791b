# The tests except for check-vm. After early.mk.
#
#   check-unit      the source files one by one, with sanitizers; UNIT=NAME runs one test
#   check-program   passthru-early as a whole, with klibc and with the distribution's libraries;
#                   check-program-all also with musl and glibc; TESTS=NAME runs one test
#   check-faults    two hundred of the faults of check-faults-all
#   check-faults-all  each system call of a claim fails or is the last: docs/proof.md
#   check-host      passthru as a whole, on made-up machines; TESTS=NAME runs one test
#   check-hooks     images by the real or made-up generators where something is wrong;
#                   check-hooks-all on more suites. As root
#   check-promtool  its metrics, by Prometheus' own checker
#   check-soak      the model of the promises, and two random machines judged by it
#   soak            N random machines, from the seed SEED on; by default, one from the time
#   bench           the cost of a run for increasing numbers of devices
#   bench-peers     the time of a claim by passthru, driverctl, a shell script, the kernel
#   lint            style and static analysis
#   analyze         gcc's and clang's analyzers
#
# tests/packages lists the packages that the tests need.

# -- unit tests: always with the host's compiler -------------------------------------

UNIT_DIR := $(BUILD)/host/unit
# NAME is tests/unit/NAME.c, in the same folder as the file that it tests.
UNIT_TESTS := $(patsubst tests/unit/%.c,%,$(sort $(wildcard tests/unit/early/*.c \
	tests/unit/early/*/*.c tests/unit/host/*/*.c)))
UNIT_PROGRAMS := $(UNIT_TESTS:%=$(UNIT_DIR)/%)
UNIT_CFLAGS := -std=gnu11 -O1 -g -fsanitize=address,undefined \
	-fno-sanitize-recover=all -fno-omit-frame-pointer \
	-Wall -Wextra -Wshadow -Wstrict-prototypes -Wwrite-strings -Wvla -Werror \
	-Wno-missing-field-initializers
# The functions that seams.c wraps.
UNIT_LDFLAGS := $(addprefix -Wl$(COMMA)--wrap=,malloc calloc realloc mmap fork pipe2 \
	fdopendir renameat)
UNIT_CPPFLAGS := $(EARLY_CPPFLAGS) $(KMOD_CPPFLAGS) $(BLKID_CPPFLAGS) -DSANDBOX_MEMORY=RLIM_INFINITY \
	-iquote early -iquote host -Itests/unit/fakes

# An archive, so that a test can replace the functions of a file with its own. Without main.c:
# every test has its own main().
UNIT_EARLY := $(filter-out main.o,$(EARLY_SRCS:.c=.o))
UNIT_LIB := $(UNIT_DIR)/libearly.a

$(UNIT_DIR)/lib/early/%.o: early/%.c tests/tests.mk | $(LIBS_HEADERS) $(BUILD_H)
	@mkdir -p $(@D)
	$(say) CC $@
	$(CC) $(UNIT_CFLAGS) $(UNIT_CPPFLAGS) -MMD -MP -c $< -o $@

# Without main.c, and without log_none.c, which defines the same functions as log_kmsg.c.
UNIT_HOST := $(filter-out main.o ui/log_none.o,$(HOST_SRCS:.c=.o))
UNIT_HOST_LIB := $(UNIT_DIR)/libhost.a
UNIT_HOST_NAMES := $(filter-out libkmod blkid,$(HOST_LIB_NAMES))

$(UNIT_DIR)/lib/host/%.o: host/%.c tests/tests.mk | $(LIBS_HEADERS) $(HOST_DIR)/libraries $(BUILD_H)
	@mkdir -p $(@D)
	$(say) CC $@
	$(CC) $(UNIT_CFLAGS) $(UNIT_CPPFLAGS) -D_FILE_OFFSET_BITS=64 \
		$$(pkg-config --cflags $(UNIT_HOST_NAMES)) -MMD -MP -c $< -o $@

$(UNIT_DIR)/%.o: tests/unit/%.c tests/tests.mk | unit-check $(LIBS_HEADERS) $(BUILD_H)
	@mkdir -p $(@D)
	$(say) CC $@
	$(CC) $(UNIT_CFLAGS) $(UNIT_CPPFLAGS) -MMD -MP -c $< -o $@

$(UNIT_LIB): $(UNIT_EARLY:%=$(UNIT_DIR)/lib/early/%) \
		$(addprefix $(UNIT_DIR)/fakes/,devspecs.o machine.o seams.o unit.o)
	$(say) AR $@
	rm -f $@
	$(AR) qcs $@ $^

$(UNIT_HOST_LIB): $(UNIT_HOST:%=$(UNIT_DIR)/lib/host/%)
	$(say) AR $@
	rm -f $@
	$(AR) qcs $@ $^

$(UNIT_PROGRAMS): %: %.o $(UNIT_LIB)
	$(say) LINK $@
	$(CC) $(UNIT_CFLAGS) $(UNIT_LDFLAGS) $(filter %.o,$^) $(filter %/libhost.a,$^) $(UNIT_LIB) \
		-l:libblkid.so.1 $$(pkg-config --libs check $(UNIT_LIBS)) -o $@

UNIT_HOST_PROGRAMS := $(filter $(UNIT_DIR)/host/%,$(UNIT_PROGRAMS))
$(UNIT_HOST_PROGRAMS): $(UNIT_HOST_LIB)
$(UNIT_HOST_PROGRAMS): UNIT_LIBS := $(UNIT_HOST_NAMES)

# These replace the PCI bus and libkmod with made-up ones.
$(UNIT_DIR)/early/claim/claim $(UNIT_DIR)/early/claim/display: $(addprefix $(UNIT_DIR)/fakes/,\
	fake.o fake_block.o fake_kmod.o fake_sysfs.o)

# These replace libblkid with disks in words.
$(addprefix $(UNIT_DIR)/early/guard/,backing devspec_read network virtio): \
	$(UNIT_DIR)/fakes/disks.o

unit-check:
	@pkg-config --exists check || { \
		echo "libcheck is missing: run tests/setup unit" >&2; exit 1; }

# UNIT=early/plan/plan runs one.
check-unit: $(if $(UNIT),$(UNIT:%=$(UNIT_DIR)/%),$(UNIT_PROGRAMS))
	tests/unit/run $^

-include $(shell find $(UNIT_DIR) -name '*.d' 2>/dev/null)

# -- the program as a whole, for each C library and with the distribution's libraries ----

PROGRAM_KINDS ?= klibc system

# One after the other: they share the sources of the libraries.
check-program:
	status=0; for kind in $(PROGRAM_KINDS); do \
		case $$kind in system) with="LIBS=system LIBC=glibc" ;; *) with=LIBC=$$kind ;; esac; \
		$(MAKE) --no-print-directory $$with check-program-this || status=1; \
	done; exit $$status

# With a shared C library, so that valgrind can replace malloc().
PROGRAM_DYNAMIC_glibc := $(BUILD)/glibc/passthru-early.dynamic
PROGRAM_DYNAMIC_system := $(EARLY_STRIPPED)
PROGRAM_DYNAMIC := $(PROGRAM_DYNAMIC_$(EARLY_KIND))

$(BUILD)/glibc/passthru-early.dynamic: $(EARLY_OBJS) $(KMOD_LIB) $(BLKID_LIB)
	$(say) LINK $@
	$(LIBC_CC) $(LIBC_CFLAGS) -no-pie -Wl,--gc-sections $^ $(LIBC_LIBS) -o $@

check-program-this: $(EARLY_STRIPPED) $(PROGRAM_DYNAMIC)
	tests/cli/early/run $(EARLY_KIND) $(EARLY_STRIPPED) $(PROGRAM_DYNAMIC)

check-program-all:
	$(MAKE) check-program PROGRAM_KINDS="klibc musl glibc system"

.PHONY: unit-check check-unit check-program check-program-all check-program-this

# -- faults: the static program under ptrace -------------------------------------------

FAULTS := $(BUILD)/host/faults

$(FAULTS): $(wildcard tests/faults/*.[ch])
	@mkdir -p $(@D)
	$(say) CC $@
	$(CC) -std=gnu11 -O2 -g -Wall -Wextra -Wshadow -Werror $(filter %.c,$^) -o $@

check-faults: $(FAULTS) $(EARLY_STRIPPED)
	tests/faults/selftest $^
	tests/faults/run --sample 200 $^

check-faults-all: $(FAULTS) $(EARLY_STRIPPED)
	tests/faults/run $^

.PHONY: check-faults check-faults-all

# -- the hooks: real generators in Debian trees ------------------------------------------

HOOKS_TREE := $(BUILD)/hooks

check-hooks check-hooks-all: setup-check $(EARLY_STRIPPED)
	rm -rf $(HOOKS_TREE)
	$(MAKE) --no-print-directory install-early $(GENERATOR_NAMES:%=install-%) PROGRAMS=early \
		DESTDIR=$(abspath $(HOOKS_TREE)) >/dev/null
	tests/hooks/initramfs-tools.test $(if $(filter %-all,$@),--all) $(HOOKS_TREE)
	tests/hooks/dracut.test $(if $(filter %-all,$@),--all) $(HOOKS_TREE)
	tests/hooks/mkinitcpio.test $(HOOKS_TREE)
	tests/hooks/mkosi.test $(HOOKS_TREE)

.PHONY: check-hooks check-hooks-all

# -- what a run costs: to read, since times are not reproducible ----------------------

BENCH_MEASURE := $(BUILD)/host/bench/measure

$(BENCH_MEASURE): tests/bench/measure.c
	@mkdir -p $(@D)
	$(say) CC $@
	$(CC) -std=gnu11 -O2 -Wall -Wextra -Werror $< -o $@

bench: $(EARLY_STRIPPED) $(BENCH_MEASURE)
	tests/bench/run $(LIBC) $^

# Boots virtual machines: some minutes, as root.
bench-peers: setup-check
	tests/bench/peers/run

.PHONY: bench bench-peers

# -- style ---------------------------------------------------------------------------

# Their symbols show which file calls which: all of host/, and early/ as the host program has it.
LINT_OBJS := $(HOST_SRCS:%.c=$(HOST_DIR)/%.o) $(EARLY_SRCS:%.c=$(HOST_DIR)/early/%.o)

lint check-lint: $(MAN_PAGES) $(LINT_OBJS)
	tests/lint/run $(HOST_DIR) $(MAN_PAGES)

.PHONY: lint check-lint


# -- gcc's and clang's analyzers: not part of make check, since each version finds other things

analyze: setup-analyze $(LIBS_HEADERS) $(BUILD_H)
	tests/analyze/run -std=gnu11 $(HOST_CPPFLAGS) -I$(LIBS_INCLUDE) -iquote early -iquote host

.PHONY: analyze

# -- random machines: tests/soak/README.md ---------------------------------------------

N ?= 100
SOAK_JOBS ?= 2
CHECK_SOAK_SEEDS := 117,125

soak: setup-check
	tests/soak/run -n $(N) $(if $(SEED),-s $(SEED)) -j $(SOAK_JOBS)

check-soak: setup-check
	python3 -B tests/soak/test_model.py
	tests/soak/run -s $(CHECK_SOAK_SEEDS) -k -o $(BUILD)/check-soak
	tests/soak/selftest $(BUILD)/check-soak 1

.PHONY: soak check-soak
