# passthru, the program for the running host: an ordinary one, by the machine's compiler
# and against its libraries. After early.mk, whose files it shares as they are.
#
# Out: HOST, the program.

HOST_SRCS := args.c backup.c blot.c boot.c boot_inputs.c boot_loaders.c check.c \
	check_cmdline.c check_kernels.c complain.c directory.c dump.c edit.c entries.c \
	findings.c grub_menu.c grub_script.c grub_test.c image.c inside.c json.c leftover.c \
	leftover_cmdline.c leftover_modules.c leftover_shell.c list.c loader.c \
	log.c machine.c main.c marks.c migrate.c modconf.c names.c narrow.c \
	outcomes.c output.c pick.c plan.c rebuild.c record.c root.c search.c \
	shell.c status.c uki.c unpack.c version.c words.c
# All stages but the two that stand between the program and its caller.
HOST_EARLY := $(filter-out main.c log.c options.c,$(EARLY_SRCS))

HOST_DIR := $(BUILD)/host/passthru.d
HOST := $(BUILD)/host/passthru
HOST_OBJS := $(HOST_SRCS:%.c=$(HOST_DIR)/%.o) $(HOST_EARLY:%.c=$(HOST_DIR)/early/%.o)

# pkg-config's name:Debian's package
HOST_LIBS := libkmod:libkmod-dev blkid:libblkid-dev libpci:libpci-dev \
	json-c:libjson-c-dev libarchive:libarchive-dev
HOST_LIB_NAMES := $(foreach lib,$(HOST_LIBS),$(firstword $(subst :, ,$(lib))))
# Who builds packages has flags of his own for these; the static program's are fixed.
CFLAGS ?= -O2 -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fstack-clash-protection
LDFLAGS ?= -Wl,-z,relro -Wl,-z,now
HOST_CFLAGS = -std=gnu11 -fPIE -Wno-format-truncation $(CPPFLAGS) $(CFLAGS)
HOST_LDFLAGS = -pie $(LDFLAGS)
# The libraries are larger than the static ones that the sandbox was measured for.
HOST_CPPFLAGS = $(EARLY_CPPFLAGS) -D_FILE_OFFSET_BITS=64 -DSANDBOX_MEMORY=RLIM_INFINITY \
	$(shell pkg-config --cflags $(HOST_LIB_NAMES))

host: $(HOST)

$(HOST_DIR)/libraries: host/host.mk
	mkdir -p $(HOST_DIR)
	command -v pkg-config >/dev/null || { \
		echo "passthru needs pkg-config; on Debian: apt-get install pkg-config" >&2; \
		exit 1; }
	for lib in $(HOST_LIBS); do \
		pkg-config --exists "$${lib%:*}" || missing="$$missing $${lib#*:}"; \
	done; \
	[ -z "$$missing" ] || { \
		echo "passthru needs libraries that are not here; on Debian:" >&2; \
		echo "  apt-get install$$missing" >&2; \
		echo "or, for only what goes into the boot image:" \
			"make PROGRAMS=early" >&2; \
		exit 1; }
	touch $@

$(HOST_DIR)/early/%.o: early/%.c host/host.mk | $(HOST_DIR)/libraries
	@mkdir -p $(@D)
	$(say) CC $@
	$(CC) $(HOST_CFLAGS) $(EARLY_WARNINGS) $(WERROR) $(HOST_CPPFLAGS) -MMD -MP -c $< -o $@

$(HOST_DIR)/%.o: host/%.c host/host.mk | $(HOST_DIR)/libraries
	@mkdir -p $(@D)
	$(say) CC $@
	$(CC) $(HOST_CFLAGS) $(EARLY_WARNINGS) $(WERROR) $(HOST_CPPFLAGS) -Iearly \
		-MMD -MP -c $< -o $@

$(HOST): $(HOST_OBJS)
	$(say) LINK $@
	$(CC) $(HOST_CFLAGS) $(HOST_LDFLAGS) $^ \
		$$(pkg-config --libs $(HOST_LIB_NAMES)) -o $@

# What reads files that anybody may have written, under sanitizers.
HOST_HOSTILE := $(BUILD)/host/hostile
HOST_HOSTILE_SRCS := tests/host/hostile.c early/file.c \
	$(addprefix host/,grub_menu.c grub_script.c grub_test.c uki.c version.c words.c)

$(HOST_HOSTILE): $(HOST_HOSTILE_SRCS) $(wildcard host/*.h)
	@mkdir -p $(@D)
	$(say) CC $@
	$(CC) $(UNIT_CFLAGS) $(EARLY_CPPFLAGS) -D_FILE_OFFSET_BITS=64 -Iearly -Ihost \
		$(HOST_HOSTILE_SRCS) -o $@

check-host: $(HOST) $(HOST_HOSTILE)
	tests/host/run $(HOST) $(HOST_HOSTILE)

# What the usual guides have people write, migrated and booted: some minutes, as root.
check-guides:
	tests/host/boot

-include $(HOST_OBJS:.o=.d)

.PHONY: host check-host check-guides
