# How to build a static program with a small libc.
#
# In: LIBC (klibc, musl or glibc) and BUILD, the build directory.
# Out: LIBC_CC, LIBC_CFLAGS, LIBC_LDFLAGS, LIBC_LIBS and LIBC_STRIP, all of which
# every object and program of ours uses; and LIBC_DEPS, what must exist (order-only)
# before anything is compiled.

LIBC ?= klibc
BUILD ?= build

LIBC_CFLAGS := -std=gnu11 -Os -ffunction-sections -fdata-sections \
	-fno-asynchronous-unwind-tables -fno-unwind-tables \
	-fno-pie -fno-ident -fcf-protection=none \
	-fstack-clash-protection -ftrivial-auto-var-init=zero \
	-ffile-prefix-map=$(abspath $(BUILD))=build -ffile-prefix-map=$(CURDIR)=.
LIBC_LDFLAGS := -static -Wl,--gc-sections -Wl,-z,noexecstack \
	-Wl,-z,noseparate-code -Wl,--build-id=none -Wl,--sort-section=alignment
LIBC_LIBS :=
LIBC_DEPS :=
LIBC_STRIP := strip --strip-all -R .comment -R .note

ifeq ($(LIBC),klibc)
LIBC_CC := klcc
else ifeq ($(LIBC),musl)
LIBC_CC := musl-gcc
# musl has no linux headers of its own, and takes none of the system's.
LIBC_DEPS := $(BUILD)/musl/include
LIBC_CFLAGS += -idirafter $(LIBC_DEPS)
LIBC_LDFLAGS += -no-pie
else ifeq ($(LIBC),glibc)
LIBC_CC := $(CC)
# The others' off_t has 64 bits on every machine.
LIBC_CFLAGS += -D_FILE_OFFSET_BITS=64
LIBC_LDFLAGS += -no-pie
else
$(error LIBC=$(LIBC) is unknown: it is klibc, musl or glibc)
endif

LIBC_ASM = $(firstword $(wildcard \
	/usr/include/$(shell $(LIBC_CC) -print-multiarch)/asm /usr/include/asm))

$(BUILD)/musl/include:
	rm -rf $@ $@.tmp
	mkdir -p $@.tmp
	ln -s /usr/include/linux /usr/include/asm-generic $(LIBC_ASM) $@.tmp
	mv $@.tmp $@
