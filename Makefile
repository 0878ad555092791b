# passthru: gives PCI devices to vfio-pci before their usual drivers touch them.
#
#   make            build
#   make install    install; PREFIX and DESTDIR are honoured
#   make demo       show the main job in a virtual machine
#   make check      all tests
#
# LIBC=klibc|musl|glibc chooses the C library of the static program.

VERSION := 0.1.0
PREFIX ?= /usr
DESTDIR ?=
CC ?= cc
BUILD ?= build
LIBC ?= klibc

.SUFFIXES:
.DELETE_ON_ERROR:

all: early

include early/libc.mk
include early/libs/libs.mk
include early/early.mk

early: $(EARLY_STRIPPED)

clean:
	rm -rf $(BUILD)

.PHONY: all early clean
