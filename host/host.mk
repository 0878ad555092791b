# passthru, the program for the running machine, built with the machine's compiler and
# libraries. After early.mk, whose source files it shares.
#
# Out: HOST, the program.

HOST_SRCS := \
	main.c root.c \
	boot/bls.c boot/boot.c boot/config_files.c boot/configuration.c boot/grub.c boot/grub_menu.c \
	boot/grub_script.c boot/grub_test.c boot/inputs.c boot/sources.c \
	boot/systemd_boot.c boot/uki.c boot/version.c \
	commands/args.c commands/check.c commands/claim.c commands/check_blacklists.c commands/check_cmdline.c \
	commands/check_kernels.c commands/enable.c commands/findings.c commands/list.c commands/list_text.c commands/migrate.c \
	commands/members.c commands/plan.c commands/status.c \
	edit/backup.c edit/change.c edit/edit.c \
	dump/dump.c dump/redact.c dump/unpack.c \
	initramfs/generators.c initramfs/inspect.c initramfs/rebuild.c \
	lib/beneath.c lib/dirlist.c lib/shell_vars.c lib/wordlist.c \
	machine/annotate.c machine/caveats.c machine/choice.c machine/dry_run.c machine/filter.c machine/limits.c machine/machine.c machine/pci_names.c \
	machine/report_output.c machine/report_view.c machine/users.c \
	migrate/collect.c migrate/collector.c migrate/decide.c migrate/facts.c migrate/migration.c \
	migrate/proof.c migrate/read_cmdline.c migrate/read_driverctl.c \
	migrate/read_modprobe.c migrate/read_modules.c migrate/read_script.c \
	migrate/read_shell.c migrate/words.c \
	ui/json.c ui/log_capture.c ui/message.c ui/output.c
# The stages of passthru-early, without its main(), options and log.
HOST_EARLY := $(filter-out main.c base/log_kmsg.c options.c,$(EARLY_SRCS))

HOST_DIR := $(BUILD)/host/passthru.d
HOST := $(BUILD)/host/passthru
HOST_OBJS := $(HOST_SRCS:%.c=$(HOST_DIR)/%.o) $(HOST_EARLY:%.c=$(HOST_DIR)/early/%.o)

# pkg-config's name:Debian's package
HOST_LIBS := libkmod:libkmod-dev blkid:libblkid-dev libpci:libpci-dev \
	json-c:libjson-c-dev libarchive:libarchive-dev
HOST_LIB_NAMES := $(foreach lib,$(HOST_LIBS),$(firstword $(subst :, ,$(lib))))
# Packagers override these; the flags of the static program are fixed.
CFLAGS ?= -O2 -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fstack-clash-protection
LDFLAGS ?= -Wl,-z,relro -Wl,-z,now
HOST_CFLAGS = -std=gnu11 -fPIE -Wno-format-truncation $(CPPFLAGS) $(CFLAGS)
HOST_LDFLAGS = -pie $(LDFLAGS)
# The sandbox's memory limit was measured with the static libraries; these are larger.
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
		echo "passthru needs libraries that are not installed; on Debian:" >&2; \
		echo "  apt-get install$$missing" >&2; \
		echo "or build only the program for the initramfs:" \
			"make PROGRAMS=early" >&2; \
		exit 1; }
	touch $@

$(HOST_DIR)/early/%.o: early/%.c host/host.mk | $(HOST_DIR)/libraries
	@mkdir -p $(@D)
	$(say) CC $@
	$(CC) $(HOST_CFLAGS) $(EARLY_WARNINGS) $(WERROR) $(HOST_CPPFLAGS) -iquote early -MMD -MP -c $< -o $@

$(HOST_DIR)/%.o: host/%.c host/host.mk | $(HOST_DIR)/libraries
	@mkdir -p $(@D)
	$(say) CC $@
	$(CC) $(HOST_CFLAGS) $(EARLY_WARNINGS) $(WERROR) $(HOST_CPPFLAGS) -iquote early -iquote host \
		-MMD -MP -c $< -o $@

$(HOST): $(HOST_OBJS)
	$(say) LINK $@
	$(CC) $(HOST_CFLAGS) $(HOST_LDFLAGS) $^ \
		$$(pkg-config --libs $(HOST_LIB_NAMES)) -o $@

check-host: $(HOST)
	PROGRAM=$(HOST) tests/cli/host/run $(TESTS)

# Migrates and boots what the usual guides make people write: some minutes, as root.
check-guides:
	tests/vm/guides/run

-include $(HOST_OBJS:.o=.d)

.PHONY: host check-host check-guides
