# What goes where. The generators and udev look for files in one place each, whatever
# PREFIX is.

INITRAMFS_TOOLS_DIR ?= /usr/share/initramfs-tools
DRACUT_DIR ?= /usr/lib/dracut
UDEV_DIR ?= /usr/lib/udev

MAN_PAGES := docs/passthru.8 docs/passthru-cmdline.7 docs/passthru-early.8 \
	docs/passthru-report.5

# Where both shells look, whatever PREFIX is.
COMPLETION_FILES := \
	host/completions/passthru.bash:bash-completion/completions/passthru \
	host/completions/_passthru:zsh/vendor-completions/_passthru
COMPLETION_DIR ?= /usr/share

# source:target
UDEV_FILES := early/udev/10-passthru.rules:rules.d/10-passthru.rules

INITRAMFS_TOOLS_FILES := \
	initramfs-tools/hooks/passthru:hooks/passthru \
	image/passthru.sh:scripts/init-top/00-passthru \
	image/passthru-late.sh:scripts/init-bottom/00-passthru \
	image/module-functions:passthru-functions

DRACUT_MODULE := modules.d/50passthru
DRACUT_FILES := \
	dracut/50passthru/module-setup.sh:$(DRACUT_MODULE)/module-setup.sh \
	dracut/50passthru/passthru-early.service:$(DRACUT_MODULE)/passthru-early.service \
	dracut/50passthru/passthru-late.service:$(DRACUT_MODULE)/passthru-late.service \
	image/passthru.sh:$(DRACUT_MODULE)/passthru.sh \
	image/passthru-late.sh:$(DRACUT_MODULE)/passthru-late.sh \
	image/module-functions:$(DRACUT_MODULE)/module-functions

# All generators when the files are for another machine, else those that are here.
GENERATORS ?= $(if $(DESTDIR),initramfs-tools dracut,\
	$(if $(wildcard $(INITRAMFS_TOOLS_DIR)/hook-functions),initramfs-tools) \
	$(if $(wildcard $(DRACUT_DIR)/modules.d),dracut))

# $(call install_files,FILES,DIRECTORY): the paths the files name become those of this
# installation.
define install_files
	for pair in $(1); do \
		source=$${pair%:*} target=$(DESTDIR)$(2)/$${pair#*:} mode=644; \
		[ ! -x "$$source" ] || mode=755; \
		echo "  INSTALL  $$target"; \
		mkdir -p "$${target%/*}" && \
		sed 's,@SBINDIR@,$(SBINDIR),g; s,@UDEV_DIR@,$(UDEV_DIR),g' \
			"$$source" >"$$target" && \
		chmod $$mode "$$target" || exit; \
	done
endef

targets = $(foreach file,$(1),$(DESTDIR)$(2)/$(lastword $(subst :, ,$(file))))

install: install-programs install-udev install-man install-completions $(GENERATORS:%=install-%)
	$(if $(strip $(GENERATORS)),,$(error there is neither initramfs-tools nor dracut here))

install-programs: $(PROGRAMS:%=install-%)

install-early: $(EARLY_STRIPPED)
	$(say) INSTALL $(DESTDIR)$(SBINDIR)/passthru-early
	$(INSTALL) -D -m 755 $(EARLY_STRIPPED) $(DESTDIR)$(SBINDIR)/passthru-early

# Where users find it too: what it shows is no secret.
install-host: $(HOST)
	$(say) INSTALL $(DESTDIR)$(BINDIR)/passthru
	$(INSTALL) -D -m 755 $(HOST) $(DESTDIR)$(BINDIR)/passthru

install-man:
	for page in $(MAN_PAGES); do \
		target=$(DESTDIR)$(MANDIR)/man$${page##*.}/$${page##*/}; \
		echo "  INSTALL  $$target"; \
		$(INSTALL) -D -m 644 "$$page" "$$target" || exit; \
	done

install-completions:
	$(call install_files,$(COMPLETION_FILES),$(COMPLETION_DIR))

install-udev:
	$(call install_files,$(UDEV_FILES),$(UDEV_DIR))

install-initramfs-tools: install-programs install-udev
	$(call install_files,$(INITRAMFS_TOOLS_FILES),$(INITRAMFS_TOOLS_DIR))
	$(if $(DESTDIR),,echo "Now run: update-initramfs -u -k all")

install-dracut: install-programs install-udev
	$(call install_files,$(DRACUT_FILES),$(DRACUT_DIR))
	$(if $(DESTDIR),,echo "Now run: dracut --force --regenerate-all")

uninstall:
	rm -f $(DESTDIR)$(SBINDIR)/passthru-early $(DESTDIR)$(BINDIR)/passthru
	rm -f $(foreach page,$(MAN_PAGES),\
		$(DESTDIR)$(MANDIR)/man$(subst .,,$(suffix $(page)))/$(notdir $(page)))
	rm -f $(call targets,$(UDEV_FILES),$(UDEV_DIR))
	rm -f $(call targets,$(COMPLETION_FILES),$(COMPLETION_DIR))
	rm -f $(call targets,$(INITRAMFS_TOOLS_FILES),$(INITRAMFS_TOOLS_DIR))
	rm -rf $(DESTDIR)$(DRACUT_DIR)/$(DRACUT_MODULE)
	$(if $(DESTDIR),,echo "Now build the boot images anew")

.PHONY: install install-programs install-early install-host install-man \
	install-completions install-udev install-initramfs-tools install-dracut uninstall
