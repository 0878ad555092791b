# The tests that need virtual machines, other systems or hours. Those with * are parts of
# `make check`, those with + only of `make check-all`.
#
#   make check-libs-all      * compares libkmod.a and libblkid.a with the distribution's own, for
#                              each C library; check-libs only for LIBC
#   make check-fuzz          * replays tests/fuzz/corpus and upstream's disk images, with sanitizers
#   make fuzz                  looks for new ones with clang's libFuzzer, for SECONDS=N (600)
#                              altogether, FUZZ=NAME for one target
#   make analyze               gcc's and clang's analyzers, of which each version finds other things
#   make check-soak          * the model of the promises, and two random machines judged by it
#   make soak                  N random machines, from the seed SEED on: tests/soak/README.md
#   make check-hooks         * images by the real or made-up generators where something is wrong;
#                              + check-hooks-all on more suites
#   make check-packages      * the tarballs of a release and all packages, Debian's on one suite;
#                              + check-packages-all on all suites, and more of each
#   make check-vm            * scenarios in virtual machines; + check-vm-all on all guests
#   make check-arm64         * the static program on emulated arm64 machines with Debian's kernels;
#                              + check-arm64-all in more scenarios
#   make check-platforms     + the static program for arm64, riscv64 and ppc64el in qemu-user
#   make check-guides        * migrates and boots what the usual guides make people write;
#                              + check-guides-all on all guests
#   make check-walkthroughs  + follows the pages of docs/guide in virtual machines
#   make check-system        + the main scenarios with LIBS=system
#   make check-site          + the static pages in a browser, on a desktop and a telephone: contrast,
#                              search, what is cut
#   make check-promtool      + the metrics of `passthru status`, by Prometheus' own checker
#   make check-displays        all kernels, generators, firmware and displays: prints a table
#   make bench                 the cost of a run for increasing numbers of devices
#   make bench-peers           the time of a claim by passthru, driverctl, a shell script, the kernel
#   make demo                  shows the main use in a virtual machine

# -- libkmod.a and libblkid.a --------------------------------------------------------------------

LIBS_TEST := $(BUILD)/$(LIBC)/tests/libs
LIBS_REF := $(BUILD)/host/tests/libs

$(eval $(call compile,$(BUILD)/$(LIBC)/tests,tests,$(LIBC)_CC))

$(LIBS_TEST)/probe: $(LIBS_TEST)/probe.o $(BLKID_LIB)
$(LIBS_TEST)/lookup: $(LIBS_TEST)/lookup.o $(KMOD_LIB)
$(LIBS_TEST)/probe $(LIBS_TEST)/lookup: $(BUILD)/flags/$(LIBC)_LD
	$($(LIBC)_LD) $(filter %.o %.a,$^) -o $@

# Links the shared objects by name, so that no -dev package is needed.
$(LIBS_REF)/probe: LIBS_SHARED := libblkid.so.1
$(LIBS_REF)/lookup: LIBS_SHARED := libkmod.so.2
$(LIBS_REF)/klibc: LIBS_SHARED := libc.so.6
$(LIBS_REF)/klibc: early/libs/shim/strerror-klibc.c early/libs/shim/vsnprintf-klibc.c
$(LIBS_REF)/%: tests/libs/%.c $(BUILD)/flags/tool_CC | $(LIBS_STAMP)
	@mkdir -p $(@D)
	$(tool_CC) -I$(LIBS_INCLUDE) $< -l:$(LIBS_SHARED) -o $@

# MODULES: directories of modules (…/lib/modules/VERSION) whose aliases are all looked up.
check-libs: $(LIBS_TEST)/probe $(LIBS_TEST)/lookup $(addprefix $(LIBS_REF)/, probe lookup klibc)
	tests/libs/run $(LIBS_TEST) $(LIBS_REF) $(BLKID_SRC)/tests $(MODULES)

# With klibc, also looks up every module alias of the kernels of check-vm's guests.
check-libs-all:
	$(MAKE) check-libs LIBC=klibc MODULES="$$(for guest in bookworm trixie; do \
		printf '%s ' $$(tests/vm/guest $$guest-initramfs-tools)/tree/lib/modules/*; done)"
	$(MAKE) check-libs LIBC=musl
	$(MAKE) check-libs LIBC=glibc

.PHONY: check-libs check-libs-all

# -- the readers of files, with inputs that nobody would write ------------------------------------

FUZZ_TARGETS := $(patsubst tests/fuzz/targets/%.c,%,$(wildcard tests/fuzz/targets/*.c))
FUZZ ?= $(FUZZ_TARGETS)
SECONDS ?= 600
FUZZ_REPLAY := $(BUILD)/host/replay
FUZZ_DIR := $(BUILD)/host/fuzz

FUZZ_HARDEN := -std=gnu11 -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all \
	-fno-omit-frame-pointer
FUZZ_CPPFLAGS = $(HOST_CPPFLAGS) -D_FILE_OFFSET_BITS=64 -I$(LIBS_INCLUDE) -Itests/fuzz
replay_LD = $(CC) $(FUZZ_HARDEN)
fuzz_LD = clang $(FUZZ_HARDEN) -fsanitize=fuzzer

# Without main(), and with log_none.c in place of log_kmsg.c.
FUZZ_OBJS := $(patsubst %.c,early/%.o,$(filter-out main.c base/log_kmsg.c,$(EARLY_SRCS))) \
	$(patsubst %.c,host/%.o,$(filter-out main.c,$(HOST_SRCS))) \
	$(filter-out %-klibc.o,$(KMOD_OBJS:$(KMOD_DIR)/%=kmod/%) $(BLKID_OBJS:$(BLKID_DIR)/%=blkid/%)) \
	input.o

# $(call fuzz_rules,KIND[,MAIN]): how to build the targets in the directory KIND. MAIN is the object
# with main(), unless the compiler brings one. Parts of the libraries that nothing calls need
# functions that are not built.
define fuzz_rules
$(1)_CC = $$($(1)_LD) $$(FUZZ_CPPFLAGS)
$(1)_KMOD = $$($(1)_LD) -w $$(KMOD_CPPFLAGS)
$(1)_BLKID = $$($(1)_LD) -w $$(BLKID_CPPFLAGS)
$(BUILD)/flags/$(1)_CC: | $(BUILD)/found/HOST_LIBS $(BUILD)/flags/build.h $(LIBS_STAMP)
$(call compile,$(BUILD)/host/$(1)/early,early,$(1)_CC)
$(call compile,$(BUILD)/host/$(1)/host,host,$(1)_CC)
$(call compile,$(BUILD)/host/$(1),tests/fuzz,$(1)_CC)
$(call compile_library,$(BUILD)/host/$(1)/kmod,$(KMOD_SRC),$(1)_KMOD)
$(call compile_library,$(BUILD)/host/$(1)/blkid,$(BLKID_SRC),$(1)_BLKID)

$(BUILD)/host/$(1)/lib.a: $(FUZZ_OBJS:%=$(BUILD)/host/$(1)/%)
	$$(call archive,$$(AR))

$(FUZZ_TARGETS:%=$(BUILD)/host/$(1)/%): $(BUILD)/host/$(1)/%: \
		$(BUILD)/host/$(1)/targets/%.o $(2) $(BUILD)/host/$(1)/lib.a
	$$(say) LINK $$@
	$$($(1)_LD) -no-pie -Wl,--unresolved-symbols=ignore-all $$^ \
		$$(call pkg_config,--libs,$$(HOST_OWN_LIBS)) -o $$@

.SECONDARY: $(FUZZ_TARGETS:%=$(BUILD)/host/$(1)/targets/%.o)
endef
$(eval $(call fuzz_rules,replay,$(FUZZ_REPLAY)/replay.o))
$(eval $(call fuzz_rules,fuzz))

check-fuzz: $(FUZZ_TARGETS:%=$(FUZZ_REPLAY)/%)
	tests/fuzz/selftest $(FUZZ_REPLAY) "$(replay_LD)"
	tests/fuzz/run $(FUZZ_REPLAY) $(BLKID_SRC)/tests $(FUZZ_TARGETS)

# clang has to be there before it is called.
fuzz: setup-fuzz
	$(MAKE) --no-print-directory $(FUZZ:%=$(FUZZ_DIR)/%)
	tests/fuzz/search $(FUZZ_DIR) $(BLKID_SRC)/tests $(SECONDS) $(FUZZ)

analyze: setup-analyze $(LIBS_STAMP) $(BUILD)/flags/build.h
	tests/analyze/run -std=gnu11 $(HOST_CPPFLAGS) -I$(LIBS_INCLUDE)

.PHONY: check-fuzz fuzz analyze

# -- images and packages ---------------------------------------------------------------------------

HOOKS_TREE := $(BUILD)/hooks

check-hooks check-hooks-all: setup-check $(EARLY_STRIPPED)
	rm -rf $(HOOKS_TREE)
	$(MAKE) --no-print-directory install-early $(GENERATOR_NAMES:%=install-%) PROGRAMS=early \
		DESTDIR=$(abspath $(HOOKS_TREE)) >/dev/null
	tests/hooks/initramfs-tools.test $(if $(filter %-all,$@),--all) $(HOOKS_TREE)
	tests/hooks/dracut.test $(if $(filter %-all,$@),--all) $(HOOKS_TREE)
	tests/hooks/mkinitcpio.test $(HOOKS_TREE)
	tests/hooks/mkosi.test $(HOOKS_TREE)

check-packages: $(LIBS_STAMP)
	tests/packaging/run $(VERSION) $(DATE) $(LIBS_SRC) $(BUILD)

check-packages-all: $(LIBS_STAMP) setup-package
	tests/packaging/run --all $(VERSION) $(DATE) $(LIBS_SRC) $(BUILD)

.PHONY: check-hooks check-hooks-all check-packages check-packages-all

# -- virtual machines ------------------------------------------------------------------------------

N ?= 100
SOAK_JOBS ?= 2
CHECK_SOAK_SEEDS := 117,125

# Without SEED, the time gives the seed.
soak: setup-check
	tests/soak/run -n $(N) $(if $(SEED),-s $(SEED)) -j $(SOAK_JOBS)

check-soak: setup-check
	python3 -B tests/soak/test_model.py
	tests/soak/run -s $(CHECK_SOAK_SEEDS) -k -o $(BUILD)/check-soak
	tests/soak/selftest $(BUILD)/check-soak 1

check-vm:
	tests/vm/selftest
	tests/vm/run

check-vm-all:
	tests/vm/selftest
	tests/vm/run --all

# Only the static program is needed there.
check-arm64 check-arm64-all: setup-check
	$(MAKE) early ARCH=arm64 LIBC=klibc
	tests/vm/arm64/run $(if $(filter %-all,$@),--all) build/arm64/klibc/passthru-early

PLATFORMS := arm64 riscv64 ppc64el

check-platforms: setup-platforms
	for arch in $(PLATFORMS); do $(MAKE) early ARCH=$$arch LIBC=klibc || exit; done
	tests/platforms $(foreach arch,$(PLATFORMS),$(arch)=build/$(arch)/klibc/passthru-early)

SYSTEM_SCENARIOS := gpu-ids twins-addrs config twice slot-fails write-hangs late-hotplug \
	guard-nvme-uuid guard-luks-lvm guard-md dracut-systemd dracut-no-systemd

check-system:
	LIBS=system tests/vm/run $(SYSTEM_SCENARIOS)

check-guides:
	tests/vm/guides/run

check-guides-all:
	tests/vm/guides/run --all

check-walkthroughs:
	tests/docs/run

check-site: setup-site
	$(MAKE) --no-print-directory docs
	tests/docs/browser/selftest $(BUILD)/site
	tests/docs/browser/run $(BUILD)/site

check-promtool:
	tests/cli/host/promtool

# Also a nested guest: up to an hour.
check-displays: setup-check
	mkdir -p $(BUILD)
	tests/vm/run --all -k --results $(abspath $(BUILD))/displays 'display-*'
	tests/vm/displays $(BUILD)/displays

demo:
	tests/setup demo
	tests/vm/demo

BENCH_MEASURE := $(BUILD)/host/bench/measure

$(BENCH_MEASURE): tests/bench/measure.c $(BUILD)/flags/tool_CC
	@mkdir -p $(@D)
	$(say) CC $@
	$(tool_CC) $< -o $@

# To read, since times are not reproducible.
bench: $(EARLY_STRIPPED) $(BENCH_MEASURE)
	tests/bench/run $(LIBC) $^

bench-peers: setup-check
	tests/bench/peers/run

.PHONY: soak check-soak check-vm check-vm-all check-arm64 check-arm64-all check-platforms \
	check-system check-guides check-guides-all check-walkthroughs \
	check-site check-promtool check-displays demo bench bench-peers
