# Installation. The generators read files from fixed directories, which do not depend on PREFIX.

# Both shells read these directories, whatever PREFIX is. ZSH_DIR is site-functions on other
# distributions than Debian.
COMPLETION_DIR ?= /usr/share
ZSH_DIR ?= zsh/vendor-completions
COMPLETION_FILES := \
	host/completions/passthru.bash:bash-completion/completions/passthru \
	host/completions/_passthru:$(ZSH_DIR)/_passthru

# Each of these folders has an install.mk, which sets for GENERATOR:
#
#   GENERATOR_FILES    the files, as source:target; a target may be absolute
#   GENERATOR_DIR      the directory that the targets are relative to
#   GENERATOR_OWN      directories in it that have only these files, if any
#   GENERATOR_IS_HERE  not empty if it is installed
#   GENERATOR_REBUILD  the command that rebuilds all images
GENERATOR_NAMES := initramfs-tools dracut mkinitcpio mkosi
include $(GENERATOR_NAMES:%=%/install.mk)

# With DESTDIR all generators, otherwise those that are installed.
GENERATORS ?= $(if $(DESTDIR),$(GENERATOR_NAMES),\
	$(foreach name,$(GENERATOR_NAMES),$(if $($(name)_IS_HERE),$(name))))

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
		sed 's,@SBINDIR@,$(SBINDIR),g' "$$source" >"$$target" && \
		chmod $$mode "$$target" || exit; \
	done
endef

target_names = $(foreach file,$(1),$(lastword $(subst :, ,$(file))))
targets = $(addprefix $(DESTDIR),$(filter /%,$(target_names)) \
	$(addprefix $(2)/,$(filter-out /%,$(target_names))))

install: install-programs install-man install-completions $(GENERATORS:%=install-%)
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
	rm -f $(foreach name,$(GENERATOR_NAMES),$(call targets,$($(name)_FILES),$($(name)_DIR)))
	rm -rf $(foreach name,$(GENERATOR_NAMES),$($(name)_OWN:%=$(DESTDIR)$($(name)_DIR)/%))
	$(if $(DESTDIR),,echo "Now rebuild the initramfs images")

.PHONY: install install-programs install-early install-host install-man \
	install-completions $(GENERATOR_NAMES:%=install-%) uninstall
