# The tests of a change: they take minutes at most, and most of them run as any user. Those that need
# virtual machines, other systems or hours are in tests/more.mk.
#
#   make check                all parts of `make check`; prints how long each took
#   make check-all            the same on more systems, and what takes longer: some hours
#   make lint                 style and static analysis
#   make check-size           the size of the static program with each C library
#   make check-unit           the source files one by one, with sanitizers; UNIT=NAME runs one test
#   make check-program        passthru-early as a whole, with klibc and with the distribution's
#                             libraries; TESTS=NAME runs one test
#   make check-program-all    the same, also with musl and glibc
#   make check-faults         two hundred of the faults of check-faults-all
#   make check-faults-all     each system call of a claim fails or is the last: docs/proof.md
#   make check-edits          the same for some of the system calls that change files
#   make check-edits-all      for all of them
#   make check-host           passthru as a whole, on made-up machines; TESTS=NAME runs one test
#   make check-variants       passthru.driver=auto beside libvirt's choice, for all devices of pci.ids
#   make check-docs           the static pages: links, examples of XML, pictures of terminals
#   make check-install        what is installed, for several values of PREFIX
#   make check-build          what is made again when a variable changes
#   make check-elsewhere      what the build needs and says on other systems than Debian
#   make check-reproducible   two builds in different circumstances
#
# tests/packages lists the packages that the tests need.

# The parts of `make check`, the cheapest first.
CHECKS := lint size unit libs-all program faults edits fuzz host variants docs install build elsewhere \
	hooks reproducible soak packages guides arm64 vm
# The same and what takes longer: all suites and all guests.
CHECKS_ALL := $(filter-out program edits hooks packages guides arm64 vm,$(CHECKS)) program-all \
	edits-all site promtool hooks-all packages-all platforms system walkthroughs guides-all \
	arm64-all vm-all

check:
	tests/setup check
	tests/check $(CHECKS)

check-all:
	tests/setup check
	tests/check $(CHECKS_ALL)

.PHONY: check check-all

# -- style ---------------------------------------------------------------------------------------

# Their symbols show which file calls which: all of host/, and early/ as the host program has it.
LINT_OBJS := $(HOST_SRCS:%.c=$(HOST_DIR)/%.o) $(EARLY_SRCS:%.c=$(HOST_DIR)/early/%.o)

lint check-lint: $(MAN_PAGES) $(LINT_OBJS)
	tests/lint/run $(HOST_DIR) $(MAN_PAGES)

# Maximum size of the stripped klibc program, including both libraries.
SIZE_LIMIT := 200000

size check-size: setup-check
	MAKE="$(MAKE)" BUILD=$(BUILD) tests/size $(SIZE_LIMIT)

.PHONY: lint check-lint size check-size

# -- unit tests: always with the host's compiler -------------------------------------------------

UNIT_DIR := $(BUILD)/host/unit
# NAME is tests/unit/NAME.c, in the same folder as the file that it tests.
UNIT_TESTS := $(patsubst tests/unit/%.c,%,$(sort $(wildcard tests/unit/early/*.c \
	tests/unit/early/*/*.c tests/unit/host/*/*.c)))
UNIT_PROGRAMS := $(UNIT_TESTS:%=$(UNIT_DIR)/%)
UNIT_CFLAGS := -std=gnu11 -O1 -g -fsanitize=address,undefined \
	-fno-sanitize-recover=all -fno-omit-frame-pointer \
	-Wall -Wextra -Wshadow -Wstrict-prototypes -Wwrite-strings -Wvla -Werror \
	-Wno-missing-field-initializers
unit_CC = $(CC) $(UNIT_CFLAGS) $(HOST_CPPFLAGS) -I$(LIBS_INCLUDE) -Itests/unit/fakes
# Not for early/, whose mmap() would then be mmap64().
unit_host_CC = $(unit_CC) -D_FILE_OFFSET_BITS=64
# With the functions that seams.c wraps.
unit_LD = $(CC) $(UNIT_CFLAGS) $(addprefix -Wl$(COMMA)--wrap=,malloc calloc realloc mmap fork \
	pipe2 fdopendir renameat)
$(BUILD)/flags/unit_CC $(BUILD)/flags/unit_host_CC: | unit-check $(BUILD)/found/HOST_LIBS \
	$(BUILD)/flags/build.h $(LIBS_STAMP)

$(eval $(call compile,$(UNIT_DIR)/lib/early,early,unit_CC))
$(eval $(call compile,$(UNIT_DIR)/lib/host,host,unit_host_CC))
$(eval $(call compile,$(UNIT_DIR),tests/unit,unit_CC))

unit-check:
	+@tests/setup --need pkg-config pc:check

# Archives, so that a test can replace the functions of a file with its own. Without main.c, since
# every test has its own main(), and without log_none.c, which defines the same functions as
# log_kmsg.c.
UNIT_LIB := $(UNIT_DIR)/libearly.a
UNIT_HOST_LIB := $(UNIT_DIR)/libhost.a

$(UNIT_LIB): $(patsubst %.c,$(UNIT_DIR)/lib/early/%.o,$(filter-out main.c,$(EARLY_SRCS))) \
		$(addprefix $(UNIT_DIR)/fakes/,devspecs.o machine.o seams.o unit.o)
	$(call archive,$(AR))

$(UNIT_HOST_LIB): $(patsubst %.c,$(UNIT_DIR)/lib/host/%.o,\
		$(filter-out main.c ui/log_none.c,$(HOST_SRCS)))
	$(call archive,$(AR))

$(UNIT_PROGRAMS): %: %.o $(UNIT_LIB) $(BUILD)/flags/unit_LD
	$(say) LINK $@
	$(unit_LD) $(filter %.o,$^) $(filter %/libhost.a,$^) $(UNIT_LIB) \
		-l:libblkid.so.1 $(call pkg_config,--libs,check $(UNIT_LIBS)) -o $@

UNIT_HOST_PROGRAMS := $(filter $(UNIT_DIR)/host/%,$(UNIT_PROGRAMS))
$(UNIT_HOST_PROGRAMS): $(UNIT_HOST_LIB)
$(UNIT_HOST_PROGRAMS): UNIT_LIBS := $(HOST_OWN_LIBS)
# early/trial loads a module.
$(addprefix $(UNIT_DIR)/host/trials/,variables words): UNIT_LIBS := $(HOST_LIBS)

# It compares itself with libkmod.
$(UNIT_DIR)/host/initramfs/adopt: UNIT_LIBS += $(EARLY_LIBS)

# These replace the PCI bus and libkmod with made-up ones.
$(addprefix $(UNIT_DIR)/early/,claim/claim claim/display claim/settings claim/vfs trial/trial): $(addprefix $(UNIT_DIR)/fakes/,\
	fake.o fake_block.o fake_kmod.o fake_sysfs.o)

# These replace libblkid with disks in words.
$(addprefix $(UNIT_DIR)/early/guard/,backing devspec_read missing network virtio): \
	$(UNIT_DIR)/fakes/disks.o
$(UNIT_DIR)/host/machine/luks: $(UNIT_DIR)/fakes/disks.o

# UNIT=early/plan/plan runs one.
check-unit: $(if $(UNIT),$(UNIT:%=$(UNIT_DIR)/%),$(UNIT_PROGRAMS))
	tests/unit/run $^

.PHONY: unit-check check-unit

# -- the static program as a whole, for each C library and with the distribution's libraries -----

PROGRAM_KINDS ?= klibc system

# One after the other: they share the sources of the libraries.
check-program:
	status=0; for kind in $(PROGRAM_KINDS); do \
		case $$kind in system) with="LIBS=system LIBC=glibc" ;; *) with=LIBC=$$kind ;; esac; \
		$(MAKE) --no-print-directory $$with check-program-this || status=1; \
	done; exit $$status

check-program-all:
	$(MAKE) check-program PROGRAM_KINDS="klibc musl glibc system"

# With a shared C library, so that valgrind can replace malloc().
PROGRAM_DYNAMIC_glibc := $(BUILD)/glibc/passthru-early.dynamic
PROGRAM_DYNAMIC_system := $(EARLY_STRIPPED)
PROGRAM_DYNAMIC := $(PROGRAM_DYNAMIC_$(EARLY_KIND))

$(BUILD)/glibc/passthru-early.dynamic: $(EARLY_OBJS) $(EARLY_ARCHIVES) $(BUILD)/flags/glibc_LINK
	$(say) LINK $@
	$(LIBC_CC) $(LIBC_CFLAGS) -no-pie -Wl,--gc-sections $(EARLY_OBJS) $(EARLY_ARCHIVES) -o $@

check-program-this: $(EARLY_STRIPPED) $(PROGRAM_DYNAMIC)
	tests/cli/early/run $(EARLY_KIND) $(EARLY_STRIPPED) $(PROGRAM_DYNAMIC)

# Under ptrace.
FAULTS := $(BUILD)/host/faults
tool_CC = $(CC) -std=gnu11 -O2 -g -Wall -Wextra -Wshadow -Werror

$(FAULTS): $(wildcard tests/faults/*.[ch]) $(BUILD)/flags/tool_CC
	@mkdir -p $(@D)
	$(say) CC $@
	$(tool_CC) $(filter %.c,$^) -o $@

check-faults: $(FAULTS) $(EARLY_STRIPPED)
	tests/faults/selftest $^
	tests/faults/run --sample 200 $^

check-faults-all: $(FAULTS) $(EARLY_STRIPPED)
	tests/faults/run $^

# With strace.
check-edits: $(HOST)
	tests/faults/edits --sample 70 $(HOST)

check-edits-all: $(HOST)
	tests/faults/edits $(HOST)

.PHONY: check-program check-program-all check-program-this check-faults check-faults-all \
	check-edits check-edits-all

# -- passthru, the documentation and the installation --------------------------------------------

check-host: $(HOST)
	PROGRAM=$(HOST) tests/cli/host/run $(TESTS)

VARIANT_FIND := $(BUILD)/host/variants/find
VARIANT_SRCS := tests/variants/find.c early/pci/variant.c early/base/text.c
variant_CC = $(tool_CC) -D_GNU_SOURCE -iquote early

$(VARIANT_FIND): $(VARIANT_SRCS) $(wildcard early/base/*.h early/pci/*.h) $(BUILD)/flags/variant_CC
	@mkdir -p $(@D)
	$(say) CC $@
	$(variant_CC) $(VARIANT_SRCS) -o $@

check-variants: $(VARIANT_FIND)
	tests/variants/run $< $(wildcard tests/variants/aliases/*)

check-docs: docs host
	tests/docs/site $(BUILD)/site
	tests/docs/xml docs/guide/guest.md
	tests/docs/quotes --selftest
	tests/docs/quotes README.md docs/*.md docs/guide/*.md
	tests/docs/references README.md docs/*.md docs/guide/*.md
	tests/docs/pictures $(HOST)

check-install:
	tests/install

check-build: $(LIBS_STAMP)
	tests/build $(LIBS_SRC)

check-reproducible: $(LIBS_STAMP)
	tests/reproducible $(LIBS_SRC)

check-elsewhere: setup-check
	tests/elsewhere

.PHONY: check-host check-variants check-docs check-install check-build check-reproducible check-elsewhere
