# passthru: gives PCI devices to vfio-pci before their usual drivers touch them.
#
#   make             build
#   make install     install; PREFIX and DESTDIR are honoured
#   make uninstall   take it away again
#   make demo        show the main job in a virtual machine
#   make check       all tests
#   make size        what the static program weighs with each C library
#
# LIBC=klibc|musl|glibc chooses the C library of the static program; V=1 shows the
# commands.

VERSION := 0.1.0
PREFIX ?= /usr
BINDIR ?= $(PREFIX)/bin
SBINDIR ?= $(PREFIX)/sbin
MANDIR ?= $(PREFIX)/share/man
DESTDIR ?=
CC ?= cc
BUILD ?= build
LIBC ?= klibc
INSTALL ?= install

ifeq ($(V),1)
say = @:
else
.SILENT:
say = @printf '  %-8s %s\n'
endif

.SUFFIXES:
.DELETE_ON_ERROR:

# Both, or with PROGRAMS=early only what goes into the boot image.
PROGRAMS ?= early host

all: $(PROGRAMS)

include early/libc.mk
include early/libs/libs.mk
include early/early.mk
include host/host.mk
include install.mk
include tests/libs/tests.mk
include tests/tests.mk

early: $(EARLY_STRIPPED)

# What there is to test, in the order of what it costs.
CHECKS := lint size unit libs-all program host install guides vm

check:
	tests/setup check
	MAKE="$(MAKE)" tests/check $(CHECKS)

demo:
	tests/setup demo
	tests/vm/demo

# The most that klibc's program may weigh, stripped, with both libraries in it.
SIZE_LIMIT := 185000

size check-size: setup-check
	MAKE="$(MAKE)" BUILD=$(BUILD) tests/size $(SIZE_LIMIT)

# With klibc also every alias of real kernels' modules, from the guests of check-vm.
check-libs-all:
	$(MAKE) check-libs LIBC=klibc MODULES="$$(for guest in bookworm trixie; do \
		printf '%s ' $$(tests/vm/guest $$guest-initramfs-tools)/tree/lib/modules/*; done)"
	$(MAKE) check-libs LIBC=musl
	$(MAKE) check-libs LIBC=glibc

check-install:
	tests/install

check-vm:
	tests/vm/selftest
	tests/vm/run

# All kernels, image generators, kinds of firmware and displays, and a guest in the guest: half
# an hour. Prints a table.
check-displays: setup-check
	mkdir -p $(BUILD)
	tests/vm/run --all -k --results $(abspath $(BUILD))/displays 'display-*'
	tests/vm/displays $(BUILD)/displays

setup-build setup-check:
	tests/setup $(@:setup-%=%)

clean:
	rm -rf $(BUILD)

.PHONY: all early clean check demo size check-size check-libs-all check-install \
	check-vm check-displays setup-build setup-check
