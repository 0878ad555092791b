# The readers of files, with inputs that nobody would write. After host.mk.
#
#   check-fuzz  replays tests/fuzz/corpus and upstream's disk images, with sanitizers
#   fuzz        looks for new ones with clang's libFuzzer, for SECONDS=N (600) altogether,
#               FUZZ=NAME for one target; prints executions and coverage

FUZZ_TARGETS := $(patsubst tests/fuzz/targets/%.c,%,$(wildcard tests/fuzz/targets/*.c))
FUZZ ?= $(FUZZ_TARGETS)
SECONDS ?= 600

# Parts of the libraries that nothing calls need functions that are not built.
FUZZ_HARDEN := -std=gnu11 -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all \
	-fno-omit-frame-pointer
FUZZ_CPPFLAGS := $(EARLY_CPPFLAGS) -D_FILE_OFFSET_BITS=64 -DSANDBOX_MEMORY=RLIM_INFINITY \
	-I$(LIBS_INCLUDE) -iquote early -iquote host -Itests/fuzz

# Without main(), and with log_none.c in place of log_kmsg.c.
FUZZ_EARLY := $(filter-out main.c base/log_kmsg.c,$(EARLY_SRCS))
FUZZ_HOST := $(filter-out main.c,$(HOST_SRCS))
FUZZ_LIBS := $(filter-out libkmod blkid,$(HOST_LIB_NAMES))
FUZZ_KMOD := $(filter-out kmod-klibc.o,$(KMOD_OBJS:$(KMOD_DIR)/%=%))
FUZZ_BLKID := $(filter-out blkid-klibc.o,$(BLKID_OBJS:$(BLKID_DIR)/%=%))

# $(call FUZZ_RULES,DIRECTORY,COMPILER AND FLAGS[,MAIN]): how to build the targets in
# DIRECTORY. MAIN is the object with main(), unless the compiler brings one.
define FUZZ_RULES
$(1)/early/%.o: early/%.c tests/fuzz/fuzz.mk | $(LIBS_HEADERS) $(BUILD_H)
	@mkdir -p $$(@D)
	$$(say) CC $$@
	$(2) $(FUZZ_CPPFLAGS) -MMD -MP -c $$< -o $$@

$(1)/host/%.o: host/%.c tests/fuzz/fuzz.mk | $(LIBS_HEADERS) $(BUILD_H) $(HOST_DIR)/libraries
	@mkdir -p $$(@D)
	$$(say) CC $$@
	$(2) $(FUZZ_CPPFLAGS) $$$$(pkg-config --cflags $(FUZZ_LIBS)) -MMD -MP -c $$< -o $$@

$(1)/%.o: tests/fuzz/%.c tests/fuzz/fuzz.mk | $(LIBS_HEADERS) $(BUILD_H)
	@mkdir -p $$(@D)
	$$(say) CC $$@
	$(2) $(FUZZ_CPPFLAGS) -MMD -MP -c $$< -o $$@

$(1)/kmod/%.o: $(LIBS_STAMP) tests/fuzz/fuzz.mk early/libs/kmod-config.h
	@mkdir -p $$(@D)
	$(2) -w -include early/libs/kmod-config.h -DLIB_VERSION='"$(KMOD_VERSION)"' \
		-Iearly/libs/shim -I$(KMOD_SRC) -c $(KMOD_SRC)/$$*.c -o $$@

$(1)/blkid/%.o: $(LIBS_STAMP) tests/fuzz/fuzz.mk early/libs/blkid-config.h | $(LIBS_HEADERS)
	@mkdir -p $$(@D)
	$(2) -w -include early/libs/blkid-config.h -DLIB_VERSION='"$(BLKID_VERSION)"' \
		-Iearly/libs/shim -I$(LIBS_INCLUDE) -I$(BLKID_SRC)/include \
		-I$(BLKID_SRC)/libblkid/src \
		-c $$(if $$(filter blkid-%,$$*),early/libs/shim,$(BLKID_SRC))/$$*.c -o $$@

$(1)/lib.a: $(FUZZ_EARLY:%.c=$(1)/early/%.o) $(FUZZ_HOST:%.c=$(1)/host/%.o) \
		$(FUZZ_KMOD:%=$(1)/kmod/%) $(FUZZ_BLKID:%=$(1)/blkid/%) $(1)/input.o
	$$(say) AR $$@
	rm -f $$@
	$(AR) qcs $$@ $$^

$(FUZZ_TARGETS:%=$(1)/%): $(1)/%: $(1)/targets/%.o $(3) $(1)/lib.a
	$$(say) LINK $$@
	$(2) -no-pie -Wl,--unresolved-symbols=ignore-all $$^ $$$$(pkg-config --libs $(FUZZ_LIBS)) -o $$@

.SECONDARY: $(FUZZ_TARGETS:%=$(1)/targets/%.o)
endef

FUZZ_REPLAY := $(BUILD)/host/replay
FUZZ_DIR := $(BUILD)/host/fuzz
$(eval $(call FUZZ_RULES,$(FUZZ_REPLAY),$(CC) $(FUZZ_HARDEN),$(FUZZ_REPLAY)/replay.o))
$(eval $(call FUZZ_RULES,$(FUZZ_DIR),clang $(FUZZ_HARDEN) -fsanitize=fuzzer))

check-fuzz: $(FUZZ_TARGETS:%=$(FUZZ_REPLAY)/%)
	tests/fuzz/selftest $(FUZZ_REPLAY) "$(CC) $(FUZZ_HARDEN)"
	tests/fuzz/run $(FUZZ_REPLAY) $(BLKID_SRC)/tests $(FUZZ_TARGETS)

# clang has to be there before it is called.
fuzz: setup-fuzz
	$(MAKE) --no-print-directory $(FUZZ:%=$(FUZZ_DIR)/%)
	tests/fuzz/search $(FUZZ_DIR) $(BLKID_SRC)/tests $(SECONDS) $(FUZZ)

-include $(wildcard $(foreach dir,$(FUZZ_REPLAY) $(FUZZ_DIR),$(dir)/*.d $(dir)/targets/*.d \
	$(dir)/early/*.d $(dir)/early/*/*.d $(dir)/host/*/*.d))

.PHONY: check-fuzz fuzz
