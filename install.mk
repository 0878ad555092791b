# What goes where. The generators look for hooks in one place each, whatever PREFIX is.

INITRAMFS_TOOLS_DIR ?= /usr/share/initramfs-tools

INITRAMFS_TOOLS_FILES := hooks/passthru scripts/init-top/00-passthru

# All generators when the files are for another machine, else those that are here.
GENERATORS ?= $(if $(DESTDIR),initramfs-tools,$(if $(wildcard \
	$(INITRAMFS_TOOLS_DIR)/hook-functions),initramfs-tools))

install: install-programs $(GENERATORS:%=install-%)
	$(if $(GENERATORS),,$(error there is neither initramfs-tools nor dracut here))

install-programs: $(EARLY_STRIPPED)
	$(say) INSTALL $(DESTDIR)$(SBINDIR)/passthru-early
	$(INSTALL) -D -m 755 $(EARLY_STRIPPED) $(DESTDIR)$(SBINDIR)/passthru-early

install-initramfs-tools:
	for file in $(INITRAMFS_TOOLS_FILES); do \
		target=$(DESTDIR)$(INITRAMFS_TOOLS_DIR)/$$file; \
		echo "  INSTALL  $$target"; \
		mkdir -p "$${target%/*}" && \
		sed 's,@SBINDIR@,$(SBINDIR),g' initramfs-tools/$$file >"$$target" && \
		chmod 755 "$$target" || exit; \
	done
	$(if $(DESTDIR),,echo "Now run: update-initramfs -u -k all")

uninstall:
	rm -f $(DESTDIR)$(SBINDIR)/passthru-early
	rm -f $(INITRAMFS_TOOLS_FILES:%=$(DESTDIR)$(INITRAMFS_TOOLS_DIR)/%)
	$(if $(DESTDIR),,echo "Now build the boot images anew: update-initramfs -u -k all")

.PHONY: install install-programs install-initramfs-tools uninstall
