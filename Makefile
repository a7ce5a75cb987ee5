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

LIBRARY_FLAGS := $(shell $(PKG_CONFIG) --cflags $(LIBRARIES))
COMPILE = $(CC) -std=gnu11 -D_GNU_SOURCE -Wall -Wextra $(LIBRARY_FLAGS) $(CPPFLAGS) $(CFLAGS)
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

# The fuzzing target: see tests/fuzz.c. Its corpus starts from the golden cases.
FUZZ_DIR ?= fuzz
FUZZ_CC ?= clang
FUZZ_OPTIONS ?= -fork=$(JOBS) -entropic=0 -timeout=10 -rss_limit_mb=4096
FUZZ_FLAGS := -fsanitize=address,undefined -fno-sanitize-recover=undefined

fuzz: $(FUZZ_DIR)/target
	tests/fuzz-seeds $(FUZZ_DIR)/seeds
	mkdir -p $(FUZZ_DIR)/corpus $(FUZZ_DIR)/findings
	$(FUZZ_DIR)/target $(FUZZ_OPTIONS) -artifact_prefix=$(FUZZ_DIR)/findings/ \
		-dict=tests/fuzz.dictionary $(FUZZ_DIR)/corpus $(FUZZ_DIR)/seeds

$(FUZZ_DIR)/target: tests/fuzz.c tests/fuzz.h $(PROGRAM_OBJECTS:.o=.c) gendwarfksyms.h crc32.h Makefile
	mkdir -p $(FUZZ_DIR)
	for source in $(PROGRAM_OBJECTS:.o=); do \
		$(COMPILE) -O1 -include tests/fuzz.h $(FUZZ_FLAGS) \
			-fsanitize-coverage=inline-8bit-counters,pc-table \
			-c -o $(FUZZ_DIR)/$$source.o $$source.c || exit; \
	done
	$(LD) -r -o $(FUZZ_DIR)/program.o $(addprefix $(FUZZ_DIR)/,$(PROGRAM_OBJECTS))
	objcopy --set-section-flags .bss=alloc,load,data,contents \
		--rename-section .bss=program_bss --rename-section .data=program_data \
		$(FUZZ_DIR)/program.o
	$(COMPILE) -O1 $(FUZZ_FLAGS) -c -o $(FUZZ_DIR)/fuzz.o tests/fuzz.c
	$(COMPILE) $(FUZZ_FLAGS) -fsanitize=fuzzer -o $@ $(FUZZ_DIR)/fuzz.o \
		$(FUZZ_DIR)/program.o $(LIBS)

$(FUZZ_DIR)/target: CC = $(FUZZ_CC)

clean:
	rm -f tests/floor $(PROGRAMS) $(PROGRAM_OBJECTS) tests/unit.o \
		tests/compare.o

.PHONY: check conformance bench clean
