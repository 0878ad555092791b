# passthru gives PCI devices to vfio-pci before their usual drivers touch them.
#
#   make             build
#   make install     install, below PREFIX and DESTDIR
#   make uninstall   remove what was installed
#   make demo        show the main use in a virtual machine
#   make check       run all tests
#   make check-all   run them on more systems: some hours
#   make docs        make the documentation as static pages
#   make dist        make the tarballs of a release; make deb, rpm or arch: packages
#   make size        print the size of the static program with each C library
#
# LIBC=klibc|musl|glibc selects the C library of the static program. LIBS=system links that
# program with the shared libraries of the distribution instead. V=1 shows the commands.

VERSION := 0.1.0
# Of the version: the date on the manual pages.
DATE := 2026-11-25
PREFIX ?= /usr
BINDIR ?= $(PREFIX)/bin
SBINDIR ?= $(PREFIX)/sbin
MANDIR ?= $(PREFIX)/share/man
DESTDIR ?=
CC ?= cc
BUILD ?= build
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

# Both, or with PROGRAMS=early only the program for the initramfs.
PROGRAMS ?= early host

all: $(PROGRAMS) man

include early/libc.mk
include early/dynamic.mk
include early/libs/libs.mk
include early/early.mk
include host/host.mk
include docs/docs.mk
include install.mk
include packaging/packaging.mk
include tests/libs/tests.mk
include tests/tests.mk
include tests/fuzz/fuzz.mk

early: $(EARLY_STRIPPED)

# All tests, the cheapest first.
CHECKS := lint size unit libs-all program faults fuzz host docs install hooks reproducible \
	soak packages guides vm
# The same and what takes longer: all suites and all guests.
CHECKS_ALL := $(filter-out program hooks packages guides vm,$(CHECKS)) program-all promtool \
	hooks-all packages-all system walkthroughs guides-all vm-all

check:
	tests/setup check
	tests/check $(CHECKS)

# Some hours.
check-all:
	tests/setup check
	tests/check $(CHECKS_ALL)

demo:
	tests/setup demo
	tests/vm/demo

# Maximum size of the stripped klibc program, including both libraries.
SIZE_LIMIT := 195000

size check-size: setup-check
	MAKE="$(MAKE)" BUILD=$(BUILD) tests/size $(SIZE_LIMIT)

# With klibc, also looks up every module alias of the kernels of check-vm's guests.
check-libs-all:
	$(MAKE) check-libs LIBC=klibc MODULES="$$(for guest in bookworm trixie; do \
		printf '%s ' $$(tests/vm/guest $$guest-initramfs-tools)/tree/lib/modules/*; done)"
	$(MAKE) check-libs LIBC=musl
	$(MAKE) check-libs LIBC=glibc

check-install:
	tests/install

check-reproducible: $(LIBS_STAMP)
	tests/reproducible $(LIBS_SRC)

check-vm:
	tests/vm/selftest
	tests/vm/run

check-vm-all:
	tests/vm/selftest
	tests/vm/run --all

# The main scenarios with the program that uses the distribution's libraries.
check-system:
	LIBS=system tests/vm/run $(SYSTEM_SCENARIOS)

SYSTEM_SCENARIOS := gpu-ids twins-addrs config twice slot-fails write-hangs late-hotplug \
	guard-nvme-uuid guard-luks-lvm guard-md dracut-systemd dracut-no-systemd

# All kernels, initramfs generators, firmware and displays, and a nested guest: up to an hour.
# Prints a table.
check-displays: setup-check
	mkdir -p $(BUILD)
	tests/vm/run --all -k --results $(abspath $(BUILD))/displays 'display-*'
	tests/vm/displays $(BUILD)/displays

setup-build setup-check setup-fuzz setup-analyze setup-package:
	tests/setup $(@:setup-%=%)

clean:
	rm -rf $(BUILD)

.PHONY: all early clean check demo size check-size check-libs-all check-install check-reproducible \
	check-all check-system check-vm check-vm-all check-displays setup-build setup-check \
	setup-fuzz setup-analyze setup-package
