# How to build an ordinary program with the machine's compiler and shared libraries: passthru,
# and with LIBS=system passthru-early as well.
#
# Out: DYNAMIC_CFLAGS and DYNAMIC_LDFLAGS; EARLY_LIBS, the libraries of passthru-early; and
# need_libraries.

DYNAMIC_CFLAGS = -std=gnu11 -fPIE -D_FILE_OFFSET_BITS=64 $(CPPFLAGS) $(CFLAGS)
DYNAMIC_LDFLAGS = -pie $(LDFLAGS)

# pkg-config's name:Debian's package
EARLY_LIBS := libkmod:libkmod-dev blkid:libblkid-dev
library_names = $(foreach lib,$(1),$(firstword $(subst :, ,$(lib))))

# $(call need_libraries,LIBRARIES): says what is missing and how to get it.
define need_libraries
	command -v pkg-config >/dev/null || { \
		echo "pkg-config is missing; on Debian, as root: apt-get install pkg-config" >&2; \
		exit 1; }
	for lib in $(1); do \
		pkg-config --exists "$${lib%:*}" || missing="$$missing $${lib#*:}"; \
	done; \
	[ -z "$$missing" ] || { \
		echo "libraries are missing; on Debian, as root: apt-get install$$missing" >&2; \
		exit 1; }
endef
