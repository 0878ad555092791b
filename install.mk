# Installation and packages.
#
#   make install     install, below PREFIX and DESTDIR
#   make uninstall   remove what was installed
#   make install-early, install-host, install-trial, install-extras, install-man, install-completions, install-GENERATOR: parts
#   make dist        the tarballs of a release, in build/dist
#   make deb         Debian's packages for SUITE, in build/deb/SUITE: bookworm, trixie, sid, or here
#                    for the system that runs; with ARCH=arm64 for that architecture, in
#                    build/arm64/deb/SUITE
#   make rpm         an RPM package, in build/rpm
#   make arch        a package for Arch Linux, in build/arch

# The shells read these directories, whatever PREFIX is. ZSH_DIR is site-functions on other
# distributions than Debian.
COMPLETION_DIR ?= /usr/share
ZSH_DIR ?= zsh/vendor-completions
COMPLETION_FILES := \
	host/completions/passthru.bash:bash-completion/completions/passthru \
	host/completions/_passthru:$(ZSH_DIR)/_passthru \
	host/completions/passthru.fish:fish/vendor_completions.d/passthru.fish

# The timer of a trial boot, in the system as in images with systemd.
SYSTEMD_DIR := /usr/lib/systemd/system
TRIAL_FILES := early/initramfs/passthru-trial.service:$(SYSTEMD_DIR)/passthru-trial.service \
	early/initramfs/run-trial.sh:/usr/lib/passthru/passthru-trial.sh
TRIAL_LINKS := $(foreach target,sysinit emergency rescue,\
	$(SYSTEMD_DIR)/$(target).target.wants/passthru-trial.service)

# What has no effect until the administrator enables or copies it: metrics, and who may use VFIO.
EXTRA_FILES := host/extras/passthru-metrics.service:$(SYSTEMD_DIR)/passthru-metrics.service \
	host/extras/passthru-metrics.timer:$(SYSTEMD_DIR)/passthru-metrics.timer \
	host/extras/70-passthru-kvm.rules:/usr/share/passthru/70-passthru-kvm.rules

# -- the image generators: they read fixed directories, which do not depend on PREFIX ----------
#
#   GENERATOR_FILES    the files, as source:target; a target may be absolute
#   GENERATOR_DIR      the directory that the targets are relative to
#   GENERATOR_OWN      directories in it that have only these files, if any
#   GENERATOR_IS_HERE  not empty if it is installed
#   GENERATOR_REBUILD  the command that rebuilds all images
GENERATOR_NAMES := initramfs-tools dracut mkinitcpio mkosi

# $(call stage_files,DIRECTORY,NAME): what runs the stages, and the timer of a trial, in an image
# with systemd.
stage_files = $(foreach stage,early late trial, \
	early/initramfs/passthru-$(stage).service:$(1)/passthru-$(stage).service \
	early/initramfs/run-$(stage).sh:$(1)/$(2)-$(stage).sh) \
	early/initramfs/functions.sh:$(1)/functions.sh

INITRAMFS_TOOLS_DIR ?= /usr/share/initramfs-tools
initramfs-tools_FILES := \
	initramfs-tools/hooks/passthru:hooks/passthru \
	early/initramfs/run-early.sh:scripts/init-top/00-passthru \
	early/initramfs/run-late.sh:scripts/init-bottom/00-passthru \
	early/initramfs/functions.sh:passthru-functions
initramfs-tools_DIR = $(INITRAMFS_TOOLS_DIR)
initramfs-tools_IS_HERE = $(wildcard $(INITRAMFS_TOOLS_DIR)/hook-functions)
initramfs-tools_REBUILD := update-initramfs -u -k all

# A module.
DRACUT_DIR ?= /usr/lib/dracut
dracut_OWN := modules.d/50passthru
dracut_FILES := \
	dracut/50passthru/module-setup.sh:$(dracut_OWN)/module-setup.sh \
	dracut/50passthru/addon-initrd:$(dracut_OWN)/addon-initrd \
	$(call stage_files,$(dracut_OWN),passthru)
dracut_DIR = $(DRACUT_DIR)
dracut_IS_HERE = $(wildcard $(DRACUT_DIR)/modules.d)
dracut_REBUILD := dracut --force --regenerate-all

# A hook, and a piece of configuration that adds it to HOOKS.
MKINITCPIO_DIR ?= /usr/lib/initcpio
mkinitcpio_OWN := passthru
mkinitcpio_FILES := \
	mkinitcpio/install/passthru:install/passthru \
	mkinitcpio/hooks/passthru:hooks/passthru \
	mkinitcpio/passthru.conf:/etc/mkinitcpio.conf.d/passthru.conf \
	$(call stage_files,$(mkinitcpio_OWN),passthru)
mkinitcpio_DIR = $(MKINITCPIO_DIR)
mkinitcpio_IS_HERE = $(wildcard $(MKINITCPIO_DIR)/functions)
mkinitcpio_REBUILD := mkinitcpio -P

# For mkosi-initrd: a piece of configuration for each image that it builds for this machine. The
# files name the directory.
mkosi_OWN := passthru
mkosi_FILES := \
	$(foreach name,passthru passthru-before-trial passthru-configuration passthru-crypttab passthru-fstab \
		passthru-integritytab passthru-modprobe-etc passthru-modprobe-usr passthru-profiles \
		passthru-program passthru-veritytab,mkosi/$(name).conf:mkosi.conf.d/$(name).conf) \
	mkosi/postinst:$(mkosi_OWN)/postinst \
	$(call stage_files,$(mkosi_OWN),run)
mkosi_DIR := /usr/lib/mkosi-initrd
mkosi_IS_HERE = $(wildcard /usr/bin/mkosi-initrd)
mkosi_REBUILD := what builds your images with mkosi-initrd, such as kernel-install add-all

# With DESTDIR all generators, otherwise those that are installed.
GENERATORS ?= $(if $(DESTDIR),$(GENERATOR_NAMES),\
	$(foreach name,$(GENERATOR_NAMES),$(if $($(name)_IS_HERE),$(name))))

# -- installation --------------------------------------------------------------------------------

# The directories are for all users, whatever the umask of root is.
INSTALL_AS := umask 022 && $(INSTALL)

# $(call install_files,FILES,DIRECTORY): installs them with the paths of this installation.
define install_files
	umask 022; for pair in $(1); do \
		source=$${pair%:*} target=$${pair#*:} mode=644; \
		case $$target in \
		/*) target=$(DESTDIR)$$target ;; \
		*) target=$(DESTDIR)$(2)/$$target ;; \
		esac; \
		[ ! -x "$$source" ] || mode=755; \
		echo "  INSTALL  $$target"; \
		mkdir -p "$${target%/*}" && \
		sed 's,@SBINDIR@,$(SBINDIR),g; s,@BINDIR@,$(BINDIR),g' "$$source" >"$$target" && \
		chmod $$mode "$$target" || exit; \
	done
endef

target_names = $(foreach file,$(1),$(lastword $(subst :, ,$(file))))
targets = $(addprefix $(DESTDIR),$(filter /%,$(target_names)) \
	$(addprefix $(2)/,$(filter-out /%,$(target_names))))

install: install-programs install-trial install-extras install-man install-completions $(GENERATORS:%=install-%)
	$(if $(strip $(GENERATORS)),,$(error none of $(GENERATOR_NAMES) is installed; set GENERATORS))

install-programs: $(PROGRAMS:%=install-%)

install-early: $(EARLY_STRIPPED)
	$(say) INSTALL $(DESTDIR)$(SBINDIR)/passthru-early
	$(INSTALL_AS) -D -m 755 $(EARLY_STRIPPED) $(DESTDIR)$(SBINDIR)/passthru-early

# In BINDIR: users may run it.
install-host: $(HOST)
	$(say) INSTALL $(DESTDIR)$(BINDIR)/passthru
	$(INSTALL_AS) -D -m 755 $(HOST) $(DESTDIR)$(BINDIR)/passthru
	$(if $(DESTDIR),,packaging/runtime-libraries $(BINDIR)/passthru || :)

install-trial:
	$(call install_files,$(TRIAL_FILES),)
	umask 022; for link in $(TRIAL_LINKS:%=$(DESTDIR)%); do \
		mkdir -p "$${link%/*}" && ln -sf ../passthru-trial.service "$$link" || exit; \
	done

install-extras:
	$(call install_files,$(EXTRA_FILES),)

install-man: $(MAN_PAGES)
	umask 022; for page in $(MAN_PAGES); do \
		target=$(DESTDIR)$(MANDIR)/man$${page##*.}/$${page##*/}; \
		echo "  INSTALL  $$target"; \
		$(INSTALL) -D -m 644 "$$page" "$$target" || exit; \
	done

install-completions:
	$(call install_files,$(COMPLETION_FILES),$(COMPLETION_DIR))

$(GENERATOR_NAMES:%=install-%): install-%: install-programs
	$(call install_files,$($*_FILES),$($*_DIR))
	$(if $(DESTDIR),,echo "Now run: $($*_REBUILD)")

uninstall:
	rm -f $(DESTDIR)$(SBINDIR)/passthru-early $(DESTDIR)$(BINDIR)/passthru
	rm -f $(foreach page,$(MAN_PAGES),\
		$(DESTDIR)$(MANDIR)/man$(subst .,,$(suffix $(page)))/$(notdir $(page)))
	rm -f $(call targets,$(COMPLETION_FILES),$(COMPLETION_DIR))
	rm -f $(call targets,$(TRIAL_FILES)) $(TRIAL_LINKS:%=$(DESTDIR)%) $(call targets,$(EXTRA_FILES))
	-rmdir $(DESTDIR)/usr/lib/passthru $(DESTDIR)/usr/share/passthru 2>/dev/null || :
	rm -f $(foreach name,$(GENERATOR_NAMES),$(call targets,$($(name)_FILES),$($(name)_DIR)))
	rm -rf $(foreach name,$(GENERATOR_NAMES),$($(name)_OWN:%=$(DESTDIR)$($(name)_DIR)/%))
	$(if $(DESTDIR),,echo "Now rebuild the initramfs images")

.PHONY: install install-programs install-early install-host install-trial install-extras install-man \
	install-completions $(GENERATOR_NAMES:%=install-%) uninstall

# -- a release and the distributions' packages -------------------------------------------------

DIST := $(BUILD)/dist
SUITE ?=
DEB_ARCH := $(CROSS:%=--arch %)

dist: $(LIBS_STAMP)
	packaging/dist $(VERSION) $(DATE) $(DIST)

# What the other packages are built from: they have the libraries of the distribution.
dist-source:
	packaging/dist --source $(VERSION) $(DATE) $(DIST)

deb-suite:
	packaging/deb $(DEB_ARCH) --check $(SUITE)

deb: deb-suite dist
	packaging/deb $(DEB_ARCH) $(VERSION) $(DIST) $(BUILD)/deb $(SUITE)

rpm: setup-rpm dist-source
	packaging/rpm/build $(VERSION) $(DIST) $(BUILD)/rpm

arch: setup-arch dist-source
	packaging/arch/build $(VERSION) $(DIST) $(BUILD)/arch

.PHONY: dist dist-source deb-suite deb rpm arch
