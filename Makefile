# passthru gives PCI devices to vfio-pci before their usual drivers touch them.
#
#   make             build both programs and the manual pages
#   make early       only the static program; make host: only passthru; make man: the pages
#   make docs        the documentation as static pages, in build/site
#   make diagrams    draw docs/design.svg again
#   make clean       remove all that was built
#   make help        print what make can do, from the heads of the four make files
#
# `make early ARCH=arm64` cross-compiles the static program for that Debian architecture, into build/arm64.
# LIBC=klibc|musl|glibc selects the C library of the static program. LIBS=system links that
# program with the shared libraries of the distribution instead. V=1 shows the commands. BUILD is
# the directory for what is built. A changed variable reaches all that depends on it.

VERSION := 0.1.0
# Of the version: the date on the manual pages.
DATE := 2026-11-25
# Where people find the sources, and where they report faults; docs/release.md tells what else has
# these. There is no public address yet.
HOMEPAGE :=
CONTACT := maintainers@passthru.invalid
PREFIX ?= /usr
BINDIR ?= $(PREFIX)/bin
SBINDIR ?= $(PREFIX)/sbin
MANDIR ?= $(PREFIX)/share/man
DESTDIR ?=
CC ?= cc
PKG_CONFIG ?= pkg-config
# Only from the command line: builders of kernels have another ARCH in the environment.
CROSS := $(if $(filter command,$(firstword $(origin ARCH))),$(ARCH))
BUILD ?= build$(if $(CROSS),/$(CROSS))
LIBS ?= bundled
LIBC ?= $(if $(filter system,$(LIBS)),glibc,klibc)
INSTALL ?= install
# Packagers override these. The flags of the static program are fixed.
CFLAGS ?= -O2 -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fstack-clash-protection
LDFLAGS ?= -Wl,-z,relro -Wl,-z,now

ifeq ($(V),1)
say = @:
else
.SILENT:
say = @printf '  %-8s %s\n'
endif

.SUFFIXES:
.DELETE_ON_ERROR:

COMMA := ,

# Both, or with PROGRAMS=early only the program for the initramfs.
PROGRAMS ?= early host

all: $(PROGRAMS) man

# -- what depends on flags --------------------------------------------------------------

# $(BUILD)/flags/NAME has the value of the variable NAME, such as a compiler and its flags. It is
# written only if that has changed, and what depends on it is then made again. (make 4.3 keeps the
# newline at the end of a file that it reads or not, so that strip is needed; make 4.4 does not
# export what is private.)
equal = $(and $(findstring <$(1)>,<$(2)>),$(findstring <$(2)>,<$(1)>))

.SECONDEXPANSION:
$(BUILD)/flags/%: export VALUE = $($*)
$(BUILD)/flags/%: $$(if $$(call equal,$$(strip $$($$*)),$$(strip $$(file <$$@))),,always)
	@mkdir -p $(@D)
	@printf '%s\n' "$$VALUE" >$@.$$$$ && mv $@.$$$$ $@

.PRECIOUS: $(BUILD)/flags/%

# Only the sources that include this header are compiled again when it changes.
define build.h
#define VERSION "$(VERSION)"
#define SBINDIR "$(SBINDIR)"
endef

# $(call compile,OBJECTS,SOURCES,NAME): compiles the files below the directory SOURCES with the
# command $(NAME). Objects do not depend on WERROR: it does not change them.
define compile
$(1)/%.o: $(2)/%.c $(BUILD)/flags/$(3)
	@mkdir -p $$(@D)
	$$(say) CC $$@
	$$($(3)) $$(WERROR) -MMD -MP -c $$< -o $$@
OBJECT_DIRS += $(1)
endef

# The same for the libraries' sources, which may not be there yet, and what replaces some of them.
# They are older than any object: LIBS_STAMP is what changes.
define compile_library
$(1)/%.o: $(LIBS_STAMP) $(BUILD)/flags/$(3)
	@mkdir -p $$(@D)
	$$($(3)) -MMD -MP -c $$(firstword $$(wildcard early/libs/shim/$$*.c) $(2)/$$*.c) -o $$@
OBJECT_DIRS += $(1)
endef

# $(call archive,AR). q appends and does not replace: there are two files named minix.o.
define archive
	$(say) AR $@
	rm -f $@
	$(1) qcsD $@ $(filter %.o,$^)
endef

# $(BUILD)/found/NAME: the libraries in the list NAME, as pkg-config calls them, are there.
# Otherwise says what is missing and how to get it.
$(BUILD)/found/%: $(BUILD)/flags/%
	@mkdir -p $(@D)
	PKG_CONFIG=$(PKG_CONFIG) tests/setup --need $(PKG_CONFIG) $(addprefix pc:,$($*))
	touch $@

.PRECIOUS: $(BUILD)/found/%

# $(call pkg_config,OPTION,LIST)
pkg_config = $(shell $(PKG_CONFIG) $(1) $(2) 2>/dev/null)

# -- the C library of the static program ------------------------------------------------

# For another architecture, one of klibc's drivers that the cache has.
ifneq ($(CROSS),)
KLCC := $(shell early/libs/klcc $(CROSS))
ifeq ($(KLCC),)
$(error there is no compiler for ARCH=$(CROSS))
endif
endif
KLCC ?= klcc
COMPILER_klibc := $(KLCC)
COMPILER_musl := musl-gcc
COMPILER_glibc := $(CC)
LIBC_CC := $(COMPILER_$(LIBC))
ifeq ($(LIBC_CC),)
$(error LIBC=$(LIBC) is unknown; use klibc, musl or glibc)
endif
# What it compiles for, such as aarch64-linux-gnu, and how the names of other tools for that begin.
LIBC_MACHINE := $(shell $(LIBC_CC) -dumpmachine 2>/dev/null)
LIBC_GCC := $(if $(filter klibc,$(LIBC)),$(shell $(KLCC) -print-klibc-cc 2>/dev/null),$(CC))
LIBC_TOOLS := $(patsubst %gcc,%,$(filter %-gcc,$(LIBC_GCC)))

# Code generation flags, for the compiler and again for the linker. As one unit with -Oz, the
# klibc program is 14 kB smaller than with -Os file by file. Of what -Oz does, some makes it larger:
# inlining small functions and threading jumps 2.4 kB, saving registers around calls 770 bytes,
# tables for switches 350, dominator optimizations 320. For x86, gcc aligns tables to 32 bytes
# unless told otherwise: 1.2 kB. LTO= turns the one unit off, for compilers other than gcc.
LTO ?= -flto=1 -flto-partition=one
LIBC_CODE := -Oz $(LTO) -ffunction-sections -fdata-sections \
	-fno-asynchronous-unwind-tables -fno-unwind-tables \
	-fno-pie -fno-ident -fcf-protection=none \
	-fno-inline-small-functions -fno-thread-jumps -fno-caller-saves -fno-jump-tables \
	-fno-tree-dominator-opts \
	$(if $(filter x86_64-% i%86-%,$(LIBC_MACHINE)),-malign-data=abi) \
	$(if $(filter aarch64-%,$(LIBC_MACHINE)),-mno-outline-atomics) \
	-fstack-clash-protection -ftrivial-auto-var-init=zero
LIBC_CFLAGS := -std=gnu11 $(LIBC_CODE) \
	-ffile-prefix-map=$(abspath $(BUILD))=build -ffile-prefix-map=$(CURDIR)=.
# A small common-page-size saves the padding up to the data segment, half a page on average.
LIBC_LDFLAGS := -static -Wl,--gc-sections -Wl,-z,noexecstack \
	-Wl,-z,noseparate-code -Wl,-z,common-page-size=32 -Wl,--build-id=none \
	-Wl,--sort-section=alignment
LIBC_HEADERS :=
LIBC_LINK = $(LIBC_CC)
LIBC_AR := $(if $(LTO),$(LIBC_TOOLS)gcc-ar,$(LIBC_TOOLS)ar)
LIBC_STRIP := $(LIBC_TOOLS)strip --strip-all -R .comment -R .note

ifeq ($(LIBC),klibc)
ifneq ($(LTO),)
# klcc calls ld without gcc's driver, which would name the plugin for LTO and hand its own
# name and options to that in the environment (gcc/collect2.c, lto-plugin/lto-plugin.c).
# libc.a is passed again for what the compiler calls on its own, such as memcpy(). Each program
# has a resolution file of its own, since make link several at a time.
LIBC_PLUGIN := -Wl,-plugin,$(shell $(KLCC) -print-file-name=liblto_plugin.so 2>/dev/null) \
	$(addprefix -Wl$(COMMA)-plugin-opt=, \
		$(shell $(KLCC) -print-prog-name=lto-wrapper 2>/dev/null) -pass-through=-lc)
LIBC_LINK = COLLECT_GCC=$(LIBC_GCC) COLLECT_GCC_OPTIONS="$(LIBC_CODE:%='%')" $(LIBC_CC) \
	$(LIBC_PLUGIN) -Wl,-plugin-opt=-fresolution=$@.resolution
endif
else ifeq ($(LIBC),musl)
# musl-gcc has no kernel headers and does not search those of the system.
LIBC_HEADERS := $(BUILD)/musl/include
LIBC_CFLAGS += -idirafter $(LIBC_HEADERS)
LIBC_LDFLAGS += -no-pie
else ifeq ($(LIBC),glibc)
# The other C libraries have a 64-bit off_t on every machine.
LIBC_CFLAGS += -D_FILE_OFFSET_BITS=64
LIBC_LDFLAGS += -no-pie
endif

LIBC_ASM = $(firstword $(wildcard \
	/usr/include/$(shell $(LIBC_CC) -print-multiarch)/asm /usr/include/asm))

$(BUILD)/musl/include:
	rm -rf $@ $@.tmp
	mkdir -p $@.tmp
	ln -s /usr/include/linux /usr/include/asm-generic $(LIBC_ASM) $@.tmp
	mv $@.tmp $@

# Says what to install before the compiler is needed.
need-compiler:
	+@tests/setup --need $(firstword $(LIBC_CC))

# -- libkmod.a and libblkid.a for the static program, from the pinned sources --------------

LIBS_SRC := $(BUILD)/libs/src
LIBS_STAMP := $(LIBS_SRC)/pins
LIBS_INCLUDE := $(LIBS_SRC)/include
LIBS_VERSION = $(shell sed -n 's/^$(1) \([^ ]*\) .*/\1/p' early/libs/pins)

$(LIBS_STAMP): early/libs/pins early/libs/fetch
	early/libs/fetch $(LIBS_SRC)

KMOD_LIB := $(BUILD)/$(LIBC)/libkmod.a
KMOD_VERSION := $(call LIBS_VERSION,kmod)
KMOD_SRC := $(LIBS_SRC)/kmod-$(KMOD_VERSION)
KMOD_DIR := $(BUILD)/$(LIBC)/kmod-$(KMOD_VERSION)
KMOD_CPPFLAGS := -include early/libs/kmod-config.h -DLIB_VERSION='"$(KMOD_VERSION)"' \
	-Iearly/libs/shim -I$(KMOD_SRC)
KMOD_OBJS := $(addprefix $(KMOD_DIR)/, \
	$(addprefix libkmod/libkmod, -builtin.o -elf.o -file.o -index.o -list.o -module.o \
		-signature.o) \
	$(addprefix shared/, array.o hash.o strbuf.o util.o) \
	kmod-libkmod.o kmod-libkmod-config.o)

BLKID_LIB := $(BUILD)/$(LIBC)/libblkid.a
BLKID_VERSION := $(call LIBS_VERSION,util-linux)
BLKID_SRC := $(LIBS_SRC)/util-linux-$(BLKID_VERSION)
BLKID_DIR := $(BUILD)/$(LIBC)/blkid-$(BLKID_VERSION)
BLKID_CPPFLAGS := -include early/libs/blkid-config.h -DLIB_VERSION='"$(BLKID_VERSION)"' \
	-Iearly/libs/shim -I$(LIBS_INCLUDE) -I$(BLKID_SRC)/include -I$(BLKID_SRC)/libblkid/src
# All superblocks and partition tables: with one missing, libblkid would mistake its
# format for a similar one.
BLKID_OBJS := $(addprefix $(BLKID_DIR)/, \
	$(addprefix libblkid/src/, devno.o encode.o init.o probe.o tag.o \
		version.o) \
	$(addprefix libblkid/src/superblocks/, \
		adaptec_raid.o apfs.o bcache.o befs.o bfs.o bitlocker.o bluestore.o \
		btrfs.o cramfs.o cs_fvault2.o ddf_raid.o drbd.o drbdmanage.o \
		drbdproxy_datalog.o erofs.o exfat.o exfs.o ext.o f2fs.o gfs.o hfs.o \
		highpoint_raid.o hpfs.o iso9660.o isw_raid.o jfs.o jmicron_raid.o \
		linux_raid.o lsi_raid.o luks.o lvm.o minix.o mpool.o netware.o \
		nilfs.o ntfs.o nvidia_raid.o ocfs.o promise_raid.o refs.o reiserfs.o \
		romfs.o silicon_raid.o squashfs.o stratis.o swap.o \
		sysv.o ubi.o ubifs.o udf.o ufs.o vdo.o vfat.o via_raid.o vmfs.o \
		vxfs.o xfs.o zfs.o zonefs.o) \
	$(addprefix libblkid/src/partitions/, \
		aix.o atari.o bsd.o dos.o gpt.o mac.o minix.o partitions.o sgi.o \
		solaris_x86.o sun.o ultrix.o unixware.o) \
	$(addprefix lib/, blkdev.o buffer.o encode.o fileutils.o sha256.o xxhash.o) \
	blkid-crc.o blkid-md5.o blkid-superblocks.o blkid-sysfs.o blkid-topology.o)

# Upstream's warnings are upstream's concern; only what gcc 14 rejects is an error here.
LIBS_CFLAGS = $(LIBC_CFLAGS) -Werror=implicit-function-declaration \
	-Werror=int-conversion -Werror=incompatible-pointer-types -Werror=overflow \
	-Wno-discarded-qualifiers
# Only klibc lacks whole headers and functions.
ifeq ($(LIBC),klibc)
LIBS_CFLAGS += -Iearly/libs/shim/klibc
KMOD_OBJS += $(addprefix $(KMOD_DIR)/, kmod-klibc.o strerror-klibc.o)
BLKID_OBJS += $(BLKID_DIR)/blkid-klibc.o
# Not in an archive: klibc itself calls it.
KLIBC_OBJS := $(KMOD_DIR)/vsnprintf-klibc.o
endif
$(LIBC)_KMOD = $(LIBC_CC) $(LIBS_CFLAGS) $(KMOD_CPPFLAGS)
$(LIBC)_BLKID = $(LIBC_CC) $(LIBS_CFLAGS) $(BLKID_CPPFLAGS)
$(eval $(call compile_library,$(KMOD_DIR),$(KMOD_SRC),$(LIBC)_KMOD))
$(eval $(call compile_library,$(BLKID_DIR),$(BLKID_SRC),$(LIBC)_BLKID))

$(KMOD_LIB): $(KMOD_OBJS)
	$(call archive,$(LIBC_AR))

$(BLKID_LIB): $(BLKID_OBJS)
	$(call archive,$(LIBC_AR))

# -- passthru-early, the program in the initramfs -----------------------------------------

EARLY_SRCS := \
	main.c options.c \
	base/array.c base/clock.c base/file.c base/log_kmsg.c base/path.c base/shell_vars.c \
	base/sysfs.c base/text.c \
	block/blkid_probe.c block/block.c block/lvm.c block/members.c block/sandbox.c \
	block/stack.c \
	claim/binding.c claim/claim.c claim/gate.c claim/module.c claim/rollback.c claim/vfs.c \
	claim/workers.c \
	cmdline/cmdline.c cmdline/config.c cmdline/params.c cmdline/selector.c cmdline/setting.c \
	guard/backing.c guard/class.c guard/devspec.c guard/devspec_cmdline.c \
	guard/devspec_read.c guard/devspec_tables.c guard/disk.c guard/display.c \
	guard/missing.c guard/network.c \
	pci/address.c pci/bar.c pci/framebuffer.c pci/iommu.c pci/pci.c pci/variant.c \
	plan/plan.c plan/verdict.c \
	vf/vf.c \
	report/phrase.c report/reader.c report/report.c report/result.c report/summary.c \
	run/adopt.c run/devices.c run/news.c run/pfs.c run/run.c \
	settings/settings.c \
	trial/trial.c trial/variable.c trial/words.c \
	udev/rule.c

# The C library's name, or "system".
EARLY_KIND := $(if $(filter system,$(LIBS)),system,$(LIBC))
EARLY_DIR := $(BUILD)/$(EARLY_KIND)/early
EARLY_OBJS := $(EARLY_SRCS:%.c=$(EARLY_DIR)/%.o)
# What is installed, and the program with symbols. Distributions strip programs themselves.
EARLY_STRIPPED := $(BUILD)/$(EARLY_KIND)/passthru-early
EARLY := $(EARLY_STRIPPED)$(if $(filter bundled,$(LIBS)),.full)

# C11 with the compiler's cleanup attribute.
WARNINGS := -Wall -Wextra -Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings -Wformat=2 -Wvla
# Not -iquote, which klcc does not know.
EARLY_CPPFLAGS := -D_GNU_SOURCE -I$(BUILD)/flags -Iearly

# An ordinary program, with the machine's compiler and shared libraries.
DYNAMIC_CFLAGS = -std=gnu11 -fPIE -D_FILE_OFFSET_BITS=64 $(CPPFLAGS) $(CFLAGS)
DYNAMIC_LDFLAGS = -pie $(LDFLAGS)
EARLY_LIBS := libkmod blkid

# How to compile and link it: as a static program, or with the distribution's libraries.
$(LIBC)_CC = $(LIBC_CC) $(LIBC_CFLAGS) $(WARNINGS) $(EARLY_CPPFLAGS) -I$(LIBS_INCLUDE)
$(LIBC)_LD = $(LIBC_LINK) $(LIBC_CFLAGS) $(LIBC_LDFLAGS)
ifeq ($(LIBS),bundled)
EARLY_ARCHIVES := $(KLIBC_OBJS) $(KMOD_LIB) $(BLKID_LIB)
$(LIBC)_LINK = $($(LIBC)_LD) $(EARLY_OBJS) $(EARLY_ARCHIVES)
else ifeq ($(LIBS) $(LIBC),system glibc)
system_CC = $(CC) $(DYNAMIC_CFLAGS) $(WARNINGS) $(EARLY_CPPFLAGS) \
	$(call pkg_config,--cflags,$(EARLY_LIBS))
system_LINK = $(CC) $(DYNAMIC_CFLAGS) $(DYNAMIC_LDFLAGS) $(EARLY_OBJS) \
	$(call pkg_config,--libs,$(EARLY_LIBS))
$(BUILD)/flags/system_CC $(BUILD)/flags/system_LINK: | $(BUILD)/found/EARLY_LIBS
$(BUILD)/flags/system_CC: | $(BUILD)/flags/build.h
else ifeq ($(LIBS),system)
$(error LIBS=system needs LIBC=glibc, the C library of the distribution's libraries)
else
$(error LIBS=$(LIBS) is unknown; use bundled or system)
endif

# What is there before anything is compiled.
$(addprefix $(BUILD)/flags/$(LIBC)_,CC KMOD BLKID): | need-compiler $(LIBC_HEADERS) $(LIBS_STAMP)
$(BUILD)/flags/$(LIBC)_CC: | $(BUILD)/flags/build.h

$(eval $(call compile,$(EARLY_DIR),early,$(EARLY_KIND)_CC))

$(EARLY): $(EARLY_OBJS) $(EARLY_ARCHIVES) $(BUILD)/flags/$(EARLY_KIND)_LINK
	$(say) LINK $@
	$($(EARLY_KIND)_LINK) -o $@

ifeq ($(LIBS),bundled)
$(EARLY_STRIPPED): $(EARLY)
	$(say) STRIP $@
	$(LIBC_STRIP) -o $@ $<
endif

early: $(EARLY_STRIPPED)

# -- passthru, the program for the running machine ------------------------------------------

HOST_SRCS := \
	help.c main.c options.c root.c \
	boot/bls.c boot/boot.c boot/cmdline_file.c boot/config_files.c boot/configuration.c \
	boot/configuration_items.c boot/profiles.c boot/grub.c \
	boot/grub_files.c boot/grub_menu.c boot/grub_script.c boot/grub_tools.c \
	boot/kernel_config.c boot/kernel_release.c boot/legacy_cmdline.c boot/marks.c \
	boot/menu_key.c boot/places.c boot/sources.c boot/systemd_boot.c boot/uki.c boot/version.c \
	commands/args.c commands/check.c commands/check_vfs.c commands/claim.c commands/claim_vfs.c commands/check_cmdline.c \
	commands/check_images.c commands/check_settings.c commands/check_trial.c commands/confirm.c commands/scripts.c commands/check_kernels.c commands/check_profiles.c commands/choose.c commands/configure.c commands/disable.c commands/enable.c commands/enable_adopt.c commands/enable_settings.c commands/enable_vfs.c \
	commands/findings.c commands/guest.c commands/guest_print.c commands/iommu.c commands/list.c commands/list_next.c \
	commands/list_settings.c commands/list_text.c commands/list_vfs.c \
	commands/migrate.c \
	commands/overview.c commands/plan.c commands/preview.c commands/preview_conflict.c commands/prompt.c \
	commands/preview_image.c commands/remarks.c commands/rom.c commands/status.c commands/status_export.c commands/trial.c commands/trial_end.c commands/trial_state.c \
	edit/backup.c edit/change.c edit/files.c edit/guard.c \
	dump/dump.c dump/redact_names.c dump/redact_proc.c dump/redact_text.c \
	dump/redact_values.c dump/redact_words.c dump/unpack.c \
	initramfs/adopt.c initramfs/generators.c initramfs/images.c initramfs/inspect.c initramfs/rebuild.c \
	initramfs/switches.c initramfs/systems.c initramfs/tables.c initramfs/ukis.c \
	lib/beneath.c lib/programs.c lib/text.c \
	machine/card.c machine/caveats.c machine/choice.c machine/choose_what.c machine/companions.c \
	machine/compositor.c \
	machine/denylist.c machine/filter.c \
	machine/find.c machine/firmware.c machine/groups.c machine/luks.c machine/machine.c machine/nodes.c machine/pci_names.c machine/networks.c \
	machine/processes.c machine/reader.c machine/rom.c machine/sessions.c machine/ssh.c machine/users.c machine/users_disks.c \
	machine/users_kernel.c machine/users_search.c machine/users_unseen.c machine/uses.c machine/vfs.c machine/xorg.c \
	outlook/outlook.c \
	trials/variables.c trials/words.c \
	migrate/boots.c migrate/collect.c migrate/collector.c migrate/facts.c migrate/lists.c migrate/migration.c \
	migrate/proof.c migrate/read_cmdline.c migrate/read_modules.c migrate/read_shell.c migrate/read_sysfs.c \
	migrate/spare.c \
	view/run_stage.c view/view.c view/view_pfs.c view/view_groups.c view/view_json.c view/view_text.c \
	ui/json.c ui/log_none.c ui/output.c
# The stages of passthru-early, without its main(), options and log.
HOST_EARLY := $(filter-out main.c base/log_kmsg.c options.c,$(EARLY_SRCS))

HOST_DIR := $(BUILD)/host/passthru.d
HOST := $(BUILD)/host/passthru
HOST_OBJS := $(HOST_SRCS:%.c=$(HOST_DIR)/%.o) $(HOST_EARLY:%.c=$(HOST_DIR)/early/%.o)

HOST_OWN_LIBS := libpci json-c libarchive
HOST_LIBS := $(EARLY_LIBS) $(HOST_OWN_LIBS)
# Also for the tests. The sandbox's memory limit was measured with the static libraries; others
# are larger.
HOST_CPPFLAGS = -D_GNU_SOURCE -DSANDBOX_MEMORY=RLIM_INFINITY \
	-iquote $(BUILD)/flags -iquote early -iquote host $(call pkg_config,--cflags,$(HOST_OWN_LIBS))
host_CC = $(CC) $(DYNAMIC_CFLAGS) $(WARNINGS) $(HOST_CPPFLAGS) \
	$(call pkg_config,--cflags,$(EARLY_LIBS))
host_LINK = $(CC) $(DYNAMIC_CFLAGS) $(DYNAMIC_LDFLAGS) $(HOST_OBJS) \
	$(call pkg_config,--libs,$(HOST_LIBS))
$(BUILD)/flags/host_CC $(BUILD)/flags/host_LINK: | $(BUILD)/found/HOST_LIBS
$(BUILD)/flags/host_CC: | $(BUILD)/flags/build.h

$(eval $(call compile,$(HOST_DIR)/early,early,host_CC))
$(eval $(call compile,$(HOST_DIR),host,host_CC))

$(HOST): $(HOST_OBJS) $(BUILD)/flags/host_LINK
	$(say) LINK $@
	$(host_LINK) -o $@

host: $(HOST)

# -- the documentation -----------------------------------------------------------------------

MAN_PAGES := $(addprefix $(BUILD)/man/,passthru.8 passthru-cmdline.7 passthru-early.8 \
	passthru-report.5)

man: $(MAN_PAGES)

# A page has the date of the version, so that builds are reproducible.
RELEASE := $(VERSION) $(DATE)
$(BUILD)/man/%: docs/%.scd docs/tidy-man.awk $(BUILD)/flags/RELEASE
	@mkdir -p $(@D)
	$(say) MAN $@
	tests/setup --need scdoc
	export SOURCE_DATE_EPOCH=$$(date -u -d $(DATE) +%s) && \
	page=$$(sed 's/@VERSION@/$(VERSION)/g' $< | scdoc) && \
	printf '%s\n' "$$page" | awk -f docs/tidy-man.awk >$@

docs: man
	docs/site/build $(BUILD)/man $(BUILD)/site

# Not part of `make`: the drawing is kept beside its source.
diagrams: docs/design.svg

docs/%.svg: docs/%.dot
	$(say) DOT $@
	tests/setup --need dot
	dot -Tsvg $< -o $@

# -- the rest ----------------------------------------------------------------------------------

MORE := install.mk tests/tests.mk tests/more.mk
include $(MORE)

-include $(sort $(foreach dir,$(OBJECT_DIRS),$(wildcard $(dir)/*.d $(dir)/*/*.d $(dir)/*/*/*.d \
	$(dir)/*/*/*/*.d)))

help:
	for file in Makefile $(MORE); do sed '/^#/!Q; s/^# \{0,1\}//' $$file; echo; done

# The packages that these need: tests/packages.
SETUPS := $(addprefix setup-,build check fuzz analyze package platforms rpm arch site)
$(SETUPS):
	tests/setup $(@:setup-%=%)

clean:
	rm -rf $(BUILD)

always:

.PHONY: all early host man docs diagrams help clean always need-compiler $(SETUPS)
