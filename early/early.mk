# passthru-early, the static program in the initramfs. After libs.mk.
#
# Out: EARLY, the program with symbols; EARLY_STRIPPED, what is installed.

EARLY_SRCS := \
	main.c options.c run.c \
	base/array.c base/clock.c base/file.c base/log_kmsg.c base/path.c base/shell_vars.c base/sysfs.c base/text.c \
	block/blkid_probe.c block/block.c block/lvm.c block/sandbox.c \
	block/stack.c \
	claim/binding.c claim/claim.c claim/module.c claim/rollback.c \
	claim/workers.c \
	cmdline/config.c cmdline/config_read.c cmdline/params.c cmdline/selector.c cmdline/tokenizer.c \
	guard/backing.c guard/class.c guard/console.c guard/devspec.c \
	guard/devspec_cmdline.c guard/devspec_fstab.c guard/devspec_mounts.c \
	guard/devspec_read.c \
	guard/disk.c guard/display.c guard/network.c guard/virtio.c \
	pci/address.c pci/framebuffer.c pci/iommu.c pci/pci.c pci/variant.c \
	plan/plan.c plan/verdict.c \
	report/phrase.c report/reader.c report/report.c report/result.c report/summary.c \
	udev/rule.c

# The C library's name, or "system".
EARLY_KIND := $(if $(filter system,$(LIBS)),system,$(LIBC))
EARLY_DIR := $(BUILD)/$(EARLY_KIND)/early
EARLY_OBJS := $(EARLY_SRCS:%.c=$(EARLY_DIR)/%.o)
EARLY_STRIPPED := $(BUILD)/$(EARLY_KIND)/passthru-early
# Distributions strip programs themselves.
EARLY := $(EARLY_STRIPPED)$(if $(filter bundled,$(LIBS)),.full)

# C11 with the compiler's cleanup attribute.
EARLY_WARNINGS := -Wall -Wextra -Wstrict-prototypes -Wmissing-prototypes \
	-Wwrite-strings -Wformat=2 -Wvla
EARLY_CPPFLAGS := -D_GNU_SOURCE -I$(BUILD)/flags

# Only the sources that include this header are compiled again when it changes.
BUILD_H := $(BUILD)/flags/build.h
define BUILD_H_TEXT
#define VERSION "$(VERSION)"
#define SBINDIR "$(SBINDIR)"
endef
$(BUILD_H): export TEXT = $(BUILD_H_TEXT)
$(BUILD_H): always
	@mkdir -p $(@D)
	@printf '%s\n' "$$TEXT" | cmp -s - $@ || printf '%s\n' "$$TEXT" >$@

.PHONY: always

# How to compile and link it: as a static program, or with the distribution's libraries.
ifeq ($(LIBS),bundled)
EARLY_CC = $(LIBC_CC) $(LIBC_CFLAGS)
EARLY_LIB_CPPFLAGS := $(KMOD_CPPFLAGS) $(BLKID_CPPFLAGS)
EARLY_DEPS := $(LIBS_HEADERS) $(LIBC_DEPS) need-compiler
EARLY_ARCHIVES := $(KMOD_LIB) $(BLKID_LIB)
EARLY_LINK = $(LIBC_LINK) $(LIBC_CFLAGS) $(LIBC_LDFLAGS)
EARLY_LINK_LIBS := $(LIBC_LIBS)
else ifeq ($(LIBS) $(LIBC),system glibc)
EARLY_CC = $(CC) $(DYNAMIC_CFLAGS)
EARLY_LIB_CPPFLAGS = $(shell pkg-config --cflags $(call library_names,$(EARLY_LIBS)))
EARLY_DEPS := $(EARLY_DIR)/libraries
EARLY_LINK = $(CC) $(DYNAMIC_CFLAGS) $(DYNAMIC_LDFLAGS)
EARLY_LINK_LIBS = $(shell pkg-config --libs $(call library_names,$(EARLY_LIBS)))
else ifeq ($(LIBS),system)
$(error LIBS=system needs LIBC=glibc, the C library of the distribution's libraries)
else
$(error LIBS=$(LIBS) is unknown; use bundled or system)
endif

$(EARLY_DIR)/libraries: early/dynamic.mk
	@mkdir -p $(@D)
	$(call need_libraries,$(EARLY_LIBS))
	touch $@

$(EARLY_DIR)/%.o: early/%.c early/early.mk early/libc.mk early/dynamic.mk | $(EARLY_DEPS) $(BUILD_H)
	@mkdir -p $(@D)
	$(say) CC $@
	$(EARLY_CC) $(EARLY_WARNINGS) $(WERROR) $(EARLY_CPPFLAGS) -Iearly \
		$(EARLY_LIB_CPPFLAGS) -MMD -MP -c $< -o $@

# Says what to install before the compiler is needed.
need-compiler:
	command -v $(firstword $(LIBC_CC)) >/dev/null || { \
		echo "$(firstword $(LIBC_CC)) is missing; on Debian, as root: tests/setup build" >&2; \
		exit 1; }

$(KMOD_OBJS) $(BLKID_OBJS): | need-compiler

.PHONY: need-compiler

$(EARLY): $(EARLY_OBJS) $(EARLY_ARCHIVES)
	$(say) LINK $@
	$(EARLY_LINK) $^ $(EARLY_LINK_LIBS) -o $@

ifeq ($(LIBS),bundled)
$(EARLY_STRIPPED): $(EARLY)
	$(say) STRIP $@
	$(LIBC_STRIP) -o $@ $<
endif

-include $(EARLY_OBJS:.o=.d)
