# passthru, the program for the running machine, built with the machine's compiler and
# libraries. After early.mk, whose source files it shares.
#
# Out: HOST, the program.

HOST_SRCS := \
	main.c options.c root.c \
	boot/bls.c boot/boot.c boot/config_files.c boot/configuration.c boot/grub.c boot/grub_menu.c \
	boot/grub_script.c boot/sources.c boot/kernel_config.c boot/legacy_cmdline.c \
	boot/systemd_boot.c boot/uki.c boot/version.c \
	commands/args.c commands/check.c commands/claim.c commands/check_cmdline.c \
	commands/check_kernels.c commands/configure.c commands/disable.c commands/enable.c commands/findings.c commands/list.c commands/list_text.c commands/migrate.c \
	commands/plan.c commands/status.c commands/status_export.c \
	edit/backup.c edit/change.c \
	dump/dump.c dump/redact.c dump/unpack.c \
	initramfs/generators.c initramfs/inspect.c initramfs/rebuild.c \
	lib/beneath.c lib/text.c \
	machine/card.c machine/caveats.c machine/choice.c machine/denylist.c machine/filter.c machine/machine.c machine/pci_names.c \
	machine/users.c \
	migrate/collect.c migrate/collector.c migrate/facts.c migrate/migration.c migrate/proof.c \
	migrate/read_cmdline.c migrate/read_modules.c migrate/read_shell.c \
	view/run_stage.c view/view.c view/view_groups.c view/view_json.c view/view_text.c \
	ui/json.c ui/log_none.c ui/output.c
# The stages of passthru-early, without its main(), options and log.
HOST_EARLY := $(filter-out main.c base/log_kmsg.c options.c,$(EARLY_SRCS))

HOST_DIR := $(BUILD)/host/passthru.d
HOST := $(BUILD)/host/passthru
HOST_OBJS := $(HOST_SRCS:%.c=$(HOST_DIR)/%.o) $(HOST_EARLY:%.c=$(HOST_DIR)/early/%.o)

HOST_LIBS := $(EARLY_LIBS) libpci:libpci-dev json-c:libjson-c-dev libarchive:libarchive-dev
HOST_LIB_NAMES := $(call library_names,$(HOST_LIBS))
HOST_CFLAGS = $(DYNAMIC_CFLAGS)
# The sandbox's memory limit was measured with the static libraries; these are larger.
HOST_CPPFLAGS = $(EARLY_CPPFLAGS) -DSANDBOX_MEMORY=RLIM_INFINITY \
	$(shell pkg-config --cflags $(HOST_LIB_NAMES))

host: $(HOST)

$(HOST_DIR)/libraries: host/host.mk
	@mkdir -p $(@D)
	$(call need_libraries,$(HOST_LIBS))
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
	$(CC) $(HOST_CFLAGS) $(DYNAMIC_LDFLAGS) $^ \
		$$(pkg-config --libs $(HOST_LIB_NAMES)) -o $@

check-host: $(HOST)
	PROGRAM=$(HOST) tests/cli/host/run $(TESTS)

check-promtool:
	tests/cli/host/promtool

# Migrates and boots what the usual guides make people write: some minutes, as root.
check-guides:
	tests/vm/guides/run

check-guides-all:
	tests/vm/guides/run --all

-include $(HOST_OBJS:.o=.d)

.PHONY: host check-host check-promtool check-guides check-guides-all
