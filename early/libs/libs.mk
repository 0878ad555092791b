# libkmod.a and libblkid.a for $(LIBC), from the pinned sources. After libc.mk.
#
# Out: KMOD_CPPFLAGS and BLKID_CPPFLAGS, to include libkmod.h and blkid.h; KMOD_LIB and
# BLKID_LIB, the archives; LIBS_HEADERS, order-only prerequisites of our objects;
# LIBS_SRC, the unpacked sources.

LIBS_SRC := $(BUILD)/libs/src
LIBS_STAMP := $(LIBS_SRC)/pins
LIBS_INCLUDE := $(LIBS_SRC)/include
LIBS_HEADERS := $(LIBS_STAMP)
LIBS_VERSION = $(shell sed -n 's/^$(1) \([^ ]*\) .*/\1/p' early/libs/pins)

KMOD_LIB := $(BUILD)/$(LIBC)/libkmod.a
KMOD_CPPFLAGS := -I$(LIBS_INCLUDE)
KMOD_VERSION := $(call LIBS_VERSION,kmod)
KMOD_SRC := $(LIBS_SRC)/kmod-$(KMOD_VERSION)
KMOD_DIR := $(BUILD)/$(LIBC)/kmod-$(KMOD_VERSION)
KMOD_OBJS := $(addprefix $(KMOD_DIR)/, \
	$(addprefix libkmod/libkmod, .o -builtin.o -config.o -elf.o -file.o \
		-index.o -list.o -module.o -signature.o) \
	$(addprefix shared/, array.o hash.o strbuf.o util.o))

BLKID_LIB := $(BUILD)/$(LIBC)/libblkid.a
BLKID_CPPFLAGS := -I$(LIBS_INCLUDE)
BLKID_VERSION := $(call LIBS_VERSION,util-linux)
BLKID_SRC := $(LIBS_SRC)/util-linux-$(BLKID_VERSION)
BLKID_DIR := $(BUILD)/$(LIBC)/blkid-$(BLKID_VERSION)
# All superblocks and partition tables: with one missing, libblkid would mistake its
# format for a similar one.
BLKID_OBJS := $(addprefix $(BLKID_DIR)/, \
	$(addprefix libblkid/src/, devno.o encode.o init.o probe.o tag.o \
		version.o) \
	$(addprefix libblkid/src/superblocks/, \
		adaptec_raid.o apfs.o bcache.o befs.o bfs.o bitlocker.o bluestore.o \
		btrfs.o cramfs.o cs_fvault2.o ddf_raid.o drbd.o drbdmanage.o \
		drbdproxy_datalog.o erofs.o exfat.o exfs.o ext.o f2fs.o gfs.o hfs.o \
		highpoint_raid.o hpfs.o iso9660.o isw_raid.o jfs.o jmicron_raid.o \
		linux_raid.o lsi_raid.o luks.o lvm.o minix.o mpool.o netware.o \
		nilfs.o ntfs.o nvidia_raid.o ocfs.o promise_raid.o refs.o reiserfs.o \
		romfs.o silicon_raid.o squashfs.o stratis.o superblocks.o swap.o \
		sysv.o ubi.o ubifs.o udf.o ufs.o vdo.o vfat.o via_raid.o vmfs.o \
		vxfs.o xfs.o zfs.o zonefs.o) \
	$(addprefix libblkid/src/partitions/, \
		aix.o atari.o bsd.o dos.o gpt.o mac.o minix.o partitions.o sgi.o \
		solaris_x86.o sun.o ultrix.o unixware.o) \
	$(addprefix lib/, blkdev.o buffer.o crc32.o crc32c.o crc64.o encode.o \
		fileutils.o md5.o sha256.o xxhash.o) \
	blkid-sysfs.o blkid-topology.o)

# Upstream's warnings are upstream's concern; only what gcc 14 rejects is an error here.
LIBS_CFLAGS = $(LIBC_CFLAGS) -Werror=implicit-function-declaration \
	-Werror=int-conversion -Werror=incompatible-pointer-types \
	-Wno-discarded-qualifiers
LIBS_CPPFLAGS := -Iearly/libs/shim
LIBS_DEPS := early/libc.mk early/libs/libs.mk $(wildcard early/libs/shim/*.h)

# Only klibc lacks whole headers and functions.
ifeq ($(LIBC),klibc)
LIBS_CPPFLAGS += -Iearly/libs/shim/klibc
LIBS_DEPS += $(wildcard early/libs/shim/klibc/*.h)
KMOD_OBJS += $(KMOD_DIR)/kmod-klibc.o
BLKID_OBJS += $(BLKID_DIR)/blkid-klibc.o
endif

# The unpacked files are older than any object: pins is what changes.
$(LIBS_STAMP): early/libs/pins early/libs/fetch
	early/libs/fetch $(LIBS_SRC)

KMOD_CC = $(LIBC_CC) $(LIBS_CFLAGS) -include early/libs/kmod-config.h \
	-DLIB_VERSION='"$(KMOD_VERSION)"' $(LIBS_CPPFLAGS) -I$(KMOD_SRC)
BLKID_CC = $(LIBC_CC) $(LIBS_CFLAGS) -include early/libs/blkid-config.h \
	-DLIB_VERSION='"$(BLKID_VERSION)"' $(LIBS_CPPFLAGS) -I$(LIBS_INCLUDE) \
	-I$(BLKID_SRC)/include -I$(BLKID_SRC)/libblkid/src

$(KMOD_OBJS): $(LIBS_STAMP) early/libs/kmod-config.h $(LIBS_DEPS) | $(LIBC_DEPS)
$(BLKID_OBJS): $(LIBS_STAMP) early/libs/blkid-config.h $(LIBS_DEPS) | $(LIBC_DEPS)

$(KMOD_DIR)/%.o:
	mkdir -p $(@D)
	$(KMOD_CC) -c $(KMOD_SRC)/$*.c -o $@

$(BLKID_DIR)/%.o:
	mkdir -p $(@D)
	$(BLKID_CC) -c $(BLKID_SRC)/$*.c -o $@

$(KMOD_DIR)/kmod-klibc.o: early/libs/shim/kmod-klibc.c
	mkdir -p $(@D)
	$(LIBC_CC) $(LIBC_CFLAGS) -Wall -Wextra -c $< -o $@

$(BLKID_DIR)/blkid-klibc.o: early/libs/shim/blkid-klibc.c
	mkdir -p $(@D)
	$(LIBC_CC) $(LIBC_CFLAGS) -Wall -Wextra -c $< -o $@

$(BLKID_DIR)/blkid-sysfs.o $(BLKID_DIR)/blkid-topology.o: $(BLKID_DIR)/%.o: \
		early/libs/shim/%.c
	mkdir -p $(@D)
	$(BLKID_CC) -c $< -o $@

# q appends and does not replace: there are two files named minix.o.
$(KMOD_LIB): $(KMOD_OBJS)
	rm -f $@
	$(LIBC_AR) qcsD $@ $^

$(BLKID_LIB): $(BLKID_OBJS)
	rm -f $@
	$(LIBC_AR) qcsD $@ $^
