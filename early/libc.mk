# How to build a static program with a small libc.
#
# In: LIBC (klibc, musl or glibc) and BUILD, the build directory.
# Out: LIBC_CC, LIBC_CFLAGS, LIBC_LDFLAGS, LIBC_LINK, LIBC_LIBS, LIBC_AR and LIBC_STRIP,
# which all our objects, archives and programs use; and LIBC_DEPS, order-only
# prerequisites of every object.

COMMA := ,
LIBC ?= klibc
BUILD ?= build

# Code generation flags, for the compiler and again for the linker. As one unit with -Oz, the
# klibc program is 14 kB smaller than with -Os file by file; without the two optimizations, by
# another 2.4 kB. LTO= turns that off, for compilers other than gcc.
LTO ?= -flto=1 -flto-partition=one
LIBC_CODE := -Oz $(LTO) -ffunction-sections -fdata-sections \
	-fno-asynchronous-unwind-tables -fno-unwind-tables \
	-fno-pie -fno-ident -fcf-protection=none \
	-fno-inline-small-functions -fno-thread-jumps \
	-fstack-clash-protection -ftrivial-auto-var-init=zero
LIBC_CFLAGS := -std=gnu11 $(LIBC_CODE) \
	-ffile-prefix-map=$(abspath $(BUILD))=build -ffile-prefix-map=$(CURDIR)=.
# A small common-page-size saves the padding up to the data segment, half a page on average.
LIBC_LDFLAGS := -static -Wl,--gc-sections -Wl,-z,noexecstack \
	-Wl,-z,noseparate-code -Wl,-z,common-page-size=32 -Wl,--build-id=none \
	-Wl,--sort-section=alignment
LIBC_LIBS :=
LIBC_DEPS :=
LIBC_LINK = $(LIBC_CC)
LIBC_AR := $(if $(LTO),gcc-ar,$(AR))
LIBC_STRIP := strip --strip-all -R .comment -R .note

ifeq ($(LIBC),klibc)
LIBC_CC := klcc
ifneq ($(LTO),)
# klcc calls ld without gcc's driver, which would name the plugin for LTO and hand its own
# name and options to that in the environment (gcc/collect2.c, lto-plugin/lto-plugin.c).
# libc.a is passed again for what the compiler calls on its own, such as memcpy(). Each program
# has a resolution file of its own, since make links several at a time.
LIBC_PLUGIN := -Wl,-plugin,$(shell klcc -print-file-name=liblto_plugin.so 2>/dev/null) \
	$(addprefix -Wl$(COMMA)-plugin-opt=, \
		$(shell klcc -print-prog-name=lto-wrapper 2>/dev/null) -pass-through=-lc)
LIBC_LINK = COLLECT_GCC=gcc COLLECT_GCC_OPTIONS="$(LIBC_CODE:%='%')" $(LIBC_CC) \
	$(LIBC_PLUGIN) -Wl,-plugin-opt=-fresolution=$@.resolution
endif
else ifeq ($(LIBC),musl)
LIBC_CC := musl-gcc
# musl-gcc has no kernel headers and does not search those of the system.
LIBC_DEPS := $(BUILD)/musl/include
LIBC_CFLAGS += -idirafter $(LIBC_DEPS)
LIBC_LDFLAGS += -no-pie
else ifeq ($(LIBC),glibc)
LIBC_CC := $(CC)
# The other C libraries have a 64-bit off_t on every machine.
LIBC_CFLAGS += -D_FILE_OFFSET_BITS=64
LIBC_LDFLAGS += -no-pie
else
$(error LIBC=$(LIBC) is unknown; use klibc, musl or glibc)
endif

LIBC_ASM = $(firstword $(wildcard \
	/usr/include/$(shell $(LIBC_CC) -print-multiarch)/asm /usr/include/asm))

$(BUILD)/musl/include:
	rm -rf $@ $@.tmp
	mkdir -p $@.tmp
	ln -s /usr/include/linux /usr/include/asm-generic $(LIBC_ASM) $@.tmp
	mv $@.tmp $@
