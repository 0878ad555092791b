# check-libs: compares the two libraries with the distribution's own. After libs.mk.
#
# MODULES: directories of modules (…/lib/modules/VERSION) whose aliases are all looked up.

LIBS_TEST := $(BUILD)/$(LIBC)/tests/libs
LIBS_REF := $(BUILD)/host/tests/libs

$(LIBS_TEST)/probe.o $(LIBS_TEST)/lookup.o: $(LIBS_TEST)/%.o: tests/libs/%.c \
		$(LIBS_HEADERS) early/libc.mk | $(LIBC_DEPS)
	mkdir -p $(@D)
	$(LIBC_CC) $(LIBC_CFLAGS) -Wall -Wextra $(KMOD_CPPFLAGS) $(BLKID_CPPFLAGS) \
		-c $< -o $@

$(LIBS_TEST)/probe: $(LIBS_TEST)/probe.o $(BLKID_LIB)
	$(LIBC_LINK) $(LIBC_LDFLAGS) $^ $(LIBC_LIBS) -o $@

$(LIBS_TEST)/lookup: $(LIBS_TEST)/lookup.o $(KMOD_LIB)
	$(LIBC_LINK) $(LIBC_LDFLAGS) $^ $(LIBC_LIBS) -o $@

# Links the shared objects by name, so that no -dev package is needed.
$(LIBS_REF)/probe: tests/libs/probe.c $(LIBS_HEADERS)
	mkdir -p $(@D)
	$(CC) -O2 $(BLKID_CPPFLAGS) $< -l:libblkid.so.1 -o $@

$(LIBS_REF)/lookup: tests/libs/lookup.c $(LIBS_HEADERS)
	mkdir -p $(@D)
	$(CC) -O2 $(KMOD_CPPFLAGS) $< -l:libkmod.so.2 -o $@

.PHONY: check-libs
check-libs: $(LIBS_TEST)/probe $(LIBS_TEST)/lookup $(LIBS_REF)/probe $(LIBS_REF)/lookup
	tests/libs/run $(LIBS_TEST) $(LIBS_REF) $(BLKID_SRC)/tests $(MODULES)
