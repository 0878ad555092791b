# A release and the distributions' packages. After libs.mk.
#
#   dist         the tarballs of a release, in build/dist
#   deb          Debian's packages for SUITE (trixie), in build/deb/SUITE
#   rpm          an RPM package, in build/rpm
#   arch         a package for Arch Linux, in build/arch
#   check-packages      tests all of these, Debian's packages on one suite
#   check-packages-all  on all suites, and more of each

DIST := $(BUILD)/dist
SUITE ?= trixie

dist: $(LIBS_STAMP)
	packaging/dist $(VERSION) $(DATE) $(DIST)

deb: dist setup-package
	packaging/deb $(VERSION) $(DIST) $(SUITE) $(BUILD)/deb/$(SUITE)

rpm: dist setup-package
	packaging/rpm/build $(VERSION) $(DIST) $(BUILD)/rpm

arch: dist setup-package
	packaging/arch/build $(VERSION) $(DIST) $(BUILD)/arch

check-packages: $(LIBS_STAMP)
	tests/packaging/run $(VERSION) $(DATE) $(LIBS_SRC) $(BUILD)

check-packages-all: $(LIBS_STAMP) setup-package
	tests/packaging/run --all $(VERSION) $(DATE) $(LIBS_SRC) $(BUILD)

.PHONY: dist deb rpm arch check-packages check-packages-all
