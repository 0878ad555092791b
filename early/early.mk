# passthru-early, the static program in the initramfs. After libs.mk.
#
# Out: EARLY, the program with symbols; EARLY_STRIPPED, what is installed.

EARLY_SRCS := \
	main.c options.c run.c \
	base/array.c base/clock.c base/file.c base/log_kmsg.c base/sysfs.c base/text.c \
	block/blkid_probe.c block/block.c block/lookup.c block/lvm.c block/sandbox.c \
	block/stack.c \
	claim/binding.c claim/claim.c claim/driver.c claim/module.c claim/rollback.c \
	claim/state.c claim/workers.c \
	cmdline/config.c cmdline/config_read.c cmdline/params.c cmdline/selector.c cmdline/tokenizer.c \
	guard/backing.c guard/class.c guard/console.c guard/devspec.c \
	guard/devspec_cmdline.c guard/devspec_fstab.c guard/devspec_mounts.c \
	guard/devspec_read.c \
	guard/disk.c guard/display.c guard/network.c guard/virtio.c \
	pci/address.c pci/framebuffer.c pci/iommu.c pci/pci.c pci/variant.c \
	plan/plan.c plan/verdict.c plan/viability.c \
	report/phrase.c report/reader.c report/report.c report/summary.c \
	udev/rule.c

EARLY_DIR := $(BUILD)/$(LIBC)/early
EARLY_OBJS := $(EARLY_SRCS:%.c=$(EARLY_DIR)/%.o)
EARLY := $(BUILD)/$(LIBC)/passthru-early.full
EARLY_STRIPPED := $(BUILD)/$(LIBC)/passthru-early

# C11 with the compiler's cleanup attribute.
EARLY_WARNINGS := -Wall -Wextra -Wstrict-prototypes -Wmissing-prototypes \
	-Wwrite-strings -Wformat=2 -Wvla
EARLY_CPPFLAGS := -D_GNU_SOURCE -DVERSION='"$(VERSION)"' -DSBINDIR='"$(SBINDIR)"'

$(EARLY_DIR)/%.o: early/%.c early/early.mk early/libc.mk | $(LIBS_HEADERS) $(LIBC_DEPS)
	@mkdir -p $(@D)
	$(say) CC $@
	$(LIBC_CC) $(LIBC_CFLAGS) $(EARLY_WARNINGS) $(WERROR) $(EARLY_CPPFLAGS) -Iearly \
		$(KMOD_CPPFLAGS) $(BLKID_CPPFLAGS) -MMD -MP -c $< -o $@

# The udev rule names the program where it will be installed: compiled again if that changes.
$(EARLY_DIR)/udev/rule.o: $(BUILD)/sbindir

$(BUILD)/sbindir: always
	@mkdir -p $(@D)
	@echo '$(SBINDIR)' | cmp -s - $@ || echo '$(SBINDIR)' >$@

.PHONY: always

# Says what to install before the compiler is needed.
need-compiler:
	command -v $(firstword $(LIBC_CC)) >/dev/null || { \
		echo "$(firstword $(LIBC_CC)) is missing; on Debian, as root: tests/setup build" >&2; \
		exit 1; }

$(EARLY_OBJS) $(KMOD_OBJS) $(BLKID_OBJS): | need-compiler

.PHONY: need-compiler

$(EARLY): $(EARLY_OBJS) $(KMOD_LIB) $(BLKID_LIB)
	$(say) LINK $@
	$(LIBC_LINK) $(LIBC_CFLAGS) $(LIBC_LDFLAGS) $^ $(LIBC_LIBS) -o $@

$(EARLY_STRIPPED): $(EARLY)
	$(say) STRIP $@
	$(LIBC_STRIP) -o $@ $<

-include $(EARLY_OBJS:.o=.d)
