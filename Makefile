# SPDX-License-Identifier: GPL-2.0-only
#
# make                       builds gendwarfksyms
# make check                 runs all tests (TAP, through prove)
# make conformance CASES=dir runs a folder of golden cases
# make bench                 compares its cost with the least that libdw can do:
#                            OBJECTS='...', or KBUILD=dir for a kernel build tree
# make clean
#
# CC, CPPFLAGS, CFLAGS, LDFLAGS, PKG_CONFIG, PYTHON, PROVE may be given.

CFLAGS ?= -O2 -g
PKG_CONFIG ?= pkg-config
PROVE ?= prove
JOBS ?= $(shell nproc)

PROGRAM_OBJECTS := gendwarfksyms.o symbols.o dwarf.o die.o types.o kabi.o decode.o \
	   object.o cache.o
UNIT_OBJECTS := tests/unit.o symbols.o cache.o
COMPARE_OBJECTS := tests/compare.o decode.o object.o cache.o
PROGRAMS := gendwarfksyms tests/unit.t tests/compare

# Debian's and Fedora's packages for each library.
PACKAGES_libdw := libdw-dev (Debian), elfutils-devel (Fedora)
PACKAGES_libelf := libelf-dev (Debian), elfutils-libelf-devel (Fedora)
PACKAGES_zlib := zlib1g-dev (Debian), zlib-devel (Fedora)
LIBRARIES := libdw libelf zlib

ifeq ($(filter clean,$(MAKECMDGOALS)),)
ifeq ($(shell command -v $(firstword $(PKG_CONFIG))),)
$(error $(PKG_CONFIG) is not installed: package pkg-config (Debian), pkgconf-pkg-config (Fedora))
endif
$(foreach library,$(LIBRARIES),\
	$(if $(shell $(PKG_CONFIG) --exists $(library) && echo found),,\
		$(error The library $(library) is missing: install $(PACKAGES_$(library)))))
endif

COMPILE := $(CC) -std=gnu11 -D_GNU_SOURCE -Wall -Wextra \
	   $(shell $(PKG_CONFIG) --cflags $(LIBRARIES)) $(CPPFLAGS) $(CFLAGS)
LIBS := $(shell $(PKG_CONFIG) --libs $(LIBRARIES))

gendwarfksyms: $(PROGRAM_OBJECTS)
	$(COMPILE) $(LDFLAGS) -o $@ $(PROGRAM_OBJECTS) $(LIBS)

tests/unit.o tests/compare.o: tests/program.h

tests/unit.t: $(UNIT_OBJECTS)
	$(COMPILE) $(LDFLAGS) -o $@ $(UNIT_OBJECTS) $(LIBS)

tests/compare: $(COMPARE_OBJECTS)
	$(COMPILE) $(LDFLAGS) -o $@ $(COMPARE_OBJECTS) $(LIBS)

$(PROGRAM_OBJECTS) tests/unit.o tests/compare.o: %.o: %.c gendwarfksyms.h crc32.h Makefile
	$(COMPILE) -c -o $@ $<

check: $(PROGRAMS)
	$(PROVE) -j$(JOBS) tests/*.t

conformance: gendwarfksyms
	$(PROVE) tests/golden.t :: $(CASES)

tests/floor: tests/floor.c Makefile
	$(COMPILE) $(LDFLAGS) -o $@ $< $(LIBS)

bench: gendwarfksyms tests/floor
	tests/bench $(if $(KBUILD),--kbuild $(KBUILD),$(OBJECTS))

clean:
	rm -f tests/floor $(PROGRAMS) $(PROGRAM_OBJECTS) tests/unit.o \
		tests/compare.o

.PHONY: check conformance bench clean
