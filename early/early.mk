# passthru-early, the static program in the boot image. After libs.mk.
#
# Out: EARLY, the program with symbols; EARLY_STRIPPED, what is installed.

EARLY_SRCS := address.c announce.c block.c carrier.c claim.c clock.c cmdline.c file.c framebuffer.c \
	group.c guard.c iommu.c log.c lvm.c main.c module.c need.c options.c pass.c pci.c \
	plan.c probe.c report.c request.c sandbox.c selector.c supervise.c sysfs.c text.c \
	variant.c verdict.c

EARLY_DIR := $(BUILD)/$(LIBC)/early
EARLY_OBJS := $(EARLY_SRCS:%.c=$(EARLY_DIR)/%.o)
EARLY := $(BUILD)/$(LIBC)/passthru-early.full
EARLY_STRIPPED := $(BUILD)/$(LIBC)/passthru-early

# The language is what the compiler's extensions make of C11: cleanup attributes.
EARLY_WARNINGS := -Wall -Wextra -Wstrict-prototypes -Wmissing-prototypes \
	-Wwrite-strings -Wformat=2 -Wvla
EARLY_CPPFLAGS := -D_GNU_SOURCE -DVERSION='"$(VERSION)"'

$(EARLY_DIR)/%.o: early/%.c early/early.mk early/libc.mk | $(LIBS_HEADERS) $(LIBC_DEPS)
	@mkdir -p $(@D)
	$(say) CC $@
	$(LIBC_CC) $(LIBC_CFLAGS) $(EARLY_WARNINGS) $(WERROR) $(EARLY_CPPFLAGS) \
		$(KMOD_CPPFLAGS) $(BLKID_CPPFLAGS) -MMD -MP -c $< -o $@

# Before anything is compiled with it, said in words.
need-compiler:
	command -v $(firstword $(LIBC_CC)) >/dev/null || { \
		echo "$(firstword $(LIBC_CC)) is missing; on Debian, as root: tests/setup build" >&2; \
		exit 1; }

$(EARLY_OBJS) $(KMOD_OBJS) $(BLKID_OBJS): | need-compiler

.PHONY: need-compiler

$(EARLY): $(EARLY_OBJS) $(KMOD_LIB) $(BLKID_LIB)
	$(say) LINK $@
	$(LIBC_CC) $(LIBC_CFLAGS) $(LIBC_LDFLAGS) $^ $(LIBC_LIBS) -o $@

$(EARLY_STRIPPED): $(EARLY)
	$(say) STRIP $@
	$(LIBC_STRIP) -o $@ $<

-include $(EARLY_OBJS:.o=.d)
