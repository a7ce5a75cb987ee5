# SPDX-License-Identifier: GPL-2.0-only
#
# make                       builds gendwarfksyms and kabi-compare
# make STATIC=1              the same, with libdw, libelf and zlib in the programs: they
#                            start faster (after make clean, if it was built without)
# make check                 runs all tests (TAP, through prove)
# make check SANITIZE=1      the same with the address and undefined-behaviour
#                            sanitizers
# make conformance CASES=dir runs a folder of golden cases
# make check-kernel          builds and boots a kernel: WAYS='gcc linked lto full-lto
#                            thin-dist arm64-lto gendwarfksyms rust-lto drop-in',
#                            KERNEL=source, WORK=dir for what is built
# make check-hosts           runs all tests on other machines, made by debootstrap:
#                            HOSTS='i386 arm64 s390x sid', WORK=dir for what is made
# make lint                  static analysis: clang-tidy, cppcheck, gcc -fanalyzer
# make fuzz                  libFuzzer, until it is stopped, or FUZZ_PROGRAM=kabi-compare: see below
# make bench                 compares its cost with the least that libdw can do:
#                            OBJECTS='...', or KBUILD=dir for a kernel build tree
# make install, uninstall    with DESTDIR and prefix (/usr/local)
# make clean
#
# CC, CPPFLAGS, CFLAGS, LDFLAGS, PKG_CONFIG, PROVE and JOBS may be given. After make clean, as after
# other STATIC: what is built is not built anew for them.

CFLAGS ?= -O2 -g
PKG_CONFIG ?= pkg-config
PROVE ?= prove
JOBS ?= $(shell nproc)

# What is built with the sanitizers has names of its own.
SANITIZERS := -fsanitize=address,undefined -fno-sanitize-recover=undefined
SUFFIX := $(if $(SANITIZE),-sanitized)

include Kbuild
SOURCES := $(gendwarfksyms-objs:.o=.c)
HEADERS := $(wildcard *.h */*.h)
PROGRAM_OBJECTS := $(SOURCES:.c=$(SUFFIX).o)
UNIT_OBJECTS := $(patsubst %,%$(SUFFIX).o,tests/tools/unit symbols kabi canonical versions template types cache magic message \
		reader/groups reader/lines reader/decode reader/units \
		reader/abbreviations reader/bytes reader/object reader/relocate)
KABI_COMPARE_SOURCES := $(addprefix compare/,kabi-compare.c report.c json.c judge.c rules.c symvers.c select.c words.c render.c parse.c diff.c) \
			baseline/comparison.c baseline/baseline.c versions.c template.c types.c output.c text_file.c cache.c magic.c message.c
KABI_COMPARE_OBJECTS := $(KABI_COMPARE_SOURCES:.c=$(SUFFIX).o)
ALL_SOURCES := $(sort $(SOURCES) $(KABI_COMPARE_SOURCES))
COMPARE_OBJECTS := $(patsubst %,%$(SUFFIX).o,tests/tools/compare cache magic message \
			reader/groups reader/lines reader/decode reader/units \
		reader/abbreviations reader/bytes reader/object reader/relocate)
PROGRAMS := $(patsubst %,%$(SUFFIX),gendwarfksyms kabi-compare tests/tools/unit tests/tools/compare)

# Debian's and Fedora's packages for each library.
PACKAGES_libdw := libdw-dev (Debian), elfutils-devel (Fedora)
PACKAGES_libelf := libelf-dev (Debian), elfutils-libelf-devel (Fedora)
PACKAGES_zlib := zlib1g-dev (Debian), zlib-devel (Fedora)
LIBRARIES := libdw libelf zlib

ifneq ($(filter-out clean uninstall,$(or $(MAKECMDGOALS),all)),)
ifeq ($(shell command -v $(firstword $(PKG_CONFIG))),)
$(error $(PKG_CONFIG) is not installed: package pkg-config (Debian), pkgconf-pkg-config (Fedora))
endif
$(foreach library,$(LIBRARIES),\
	$(if $(shell $(PKG_CONFIG) --exists $(library) && echo found),,\
		$(error The library $(library) is missing: install $(PACKAGES_$(library)))))
endif

# On machines of 32 bits, too, a file may have 2 GiB and more, or an inode of 64 bits.
DEFINES := -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64
LIBRARY_FLAGS := $(shell $(PKG_CONFIG) --cflags $(LIBRARIES))
COMPILE = $(CC) -std=gnu11 $(DEFINES) -Wall -Wextra $(LIBRARY_FLAGS) $(CPPFLAGS) \
	  $(CFLAGS) $(if $(SANITIZE),$(SANITIZERS))
LIBS = $(if $(STATIC),-Wl$(comma)-Bstatic) $(shell $(PKG_CONFIG) $(if $(STATIC),--static) --libs $(LIBRARIES)) \
       $(if $(STATIC),-Wl$(comma)-Bdynamic)
comma := ,
ifneq ($(STATIC),)
$(foreach library,$(LIBRARIES),$(if $(filter /%,$(shell $(CC) -print-file-name=$(patsubst lib%,lib%.a,$(library:zlib=libz)))),,\
	$(error STATIC=1 needs $(library:zlib=libz).a, which is not installed: $(PACKAGES_$(library)), or leave STATIC out)))
endif

all: $(patsubst %,%$(SUFFIX),gendwarfksyms kabi-compare)
gendwarfksyms$(SUFFIX): $(PROGRAM_OBJECTS)
kabi-compare$(SUFFIX): LIBRARIES = zlib
kabi-compare$(SUFFIX): $(KABI_COMPARE_OBJECTS)
tests/tools/unit$(SUFFIX): $(UNIT_OBJECTS)
tests/tools/compare$(SUFFIX): $(COMPARE_OBJECTS)

$(PROGRAMS):
	$(COMPILE) $(LDFLAGS) -o $@ $^ $(LIBS)

%$(SUFFIX).o: %.c $(HEADERS) Makefile
	$(COMPILE) -c -o $@ $<

# The tests want the program with the sanitizers as well, for damaged input.
check: $(PROGRAMS)
	+$(MAKE) $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(JOBS)) SANITIZE=1 gendwarfksyms-sanitized kabi-compare-sanitized
	SUFFIX=$(SUFFIX) $(PROVE) -j$(JOBS) tests/*/*.t

WAYS ?= gcc
check-kernel: gendwarfksyms
	tests/kernel/check $(WAYS)

HOSTS ?= i386 arm64 s390x sid
check-hosts: gendwarfksyms kabi-compare
	$(PROVE) --verbose tests/hosts/check :: $(HOSTS)

conformance: gendwarfksyms$(SUFFIX)
	SUFFIX=$(SUFFIX) $(PROVE) tests/model/golden.t :: $(CASES)

tests/tools/floor: tests/tools/floor.c Makefile
	$(COMPILE) $(LDFLAGS) -o $@ $< $(LIBS)

bench: gendwarfksyms tests/tools/floor
	tests/tools/bench $(if $(KBUILD),--kbuild $(KBUILD),$(OBJECTS))

prefix ?= /usr/local
INSTALLED_PROGRAMS := gendwarfksyms kabi-compare
PAGES := KABI.md KBUILD.md VERSIONS.md LIBDW.md COST.md FORMAT.md
INSTALLED := $(foreach program,$(INSTALLED_PROGRAMS),bin/$(program) share/man/man1/$(program).1 \
		share/bash-completion/completions/$(program) \
		share/fish/vendor_completions.d/$(program).fish) share/gendwarfksyms/kabi.h \
	     $(addprefix share/doc/gendwarfksyms/,$(PAGES))

install: $(INSTALLED_PROGRAMS)
	for program in $^; do \
		install -D $$program "$(DESTDIR)$(prefix)/bin/$$program" && \
		install -D -m 644 doc/$$program.1 "$(DESTDIR)$(prefix)/share/man/man1/$$program.1" && \
		install -D -m 644 completion/$$program.bash \
			"$(DESTDIR)$(prefix)/share/bash-completion/completions/$$program" && \
		install -D -m 644 completion/$$program.fish \
			"$(DESTDIR)$(prefix)/share/fish/vendor_completions.d/$$program.fish" || exit; \
	done
	install -D -m 644 examples/kabi.h "$(DESTDIR)$(prefix)/share/gendwarfksyms/kabi.h"
	install -d "$(DESTDIR)$(prefix)/share/doc/gendwarfksyms"
	install -m 644 $(addprefix doc/,$(PAGES)) "$(DESTDIR)$(prefix)/share/doc/gendwarfksyms"

uninstall:
	for file in $(INSTALLED); do rm -f "$(DESTDIR)$(prefix)/$$file"; done

# Left out are clang-tidy's checks of style: other ways to write what the kernel's
# coding style wants, or to convert numbers.
TIDY_CHECKS := -*,bugprone-*,clang-analyzer-*,-bugprone-easily-swappable-parameters,$\
	       -bugprone-reserved-identifier,$\
	       -bugprone-assignment-in-if-condition,-bugprone-sizeof-expression,$\
	       -bugprone-suspicious-string-compare,$\
	       -bugprone-narrowing-conversions,-bugprone-implicit-widening-of-multiplication-result,$\
	       -clang-analyzer-security.insecureAPI.DeprecatedOrUnsafeBufferHandling

# Files and memory that a struct holds until the program ends are leaks to gcc's
# analyzer, where the address sanitizer knows better; and it doesn't see that an array
# that grow() has made room in isn't NULL, which clang's does.
ANALYZER_FLAGS := -Wno-analyzer-malloc-leak -Wno-analyzer-file-leak \
		  -Wno-analyzer-null-dereference -Wno-analyzer-possible-null-dereference

lint:
	clang-tidy --quiet --warnings-as-errors='*' --checks='$(TIDY_CHECKS)' $(ALL_SOURCES) \
		-- -std=gnu11 $(DEFINES) $(LIBRARY_FLAGS)
	cppcheck --quiet --error-exitcode=1 --std=c11 --inline-suppr $(DEFINES) \
		--enable=warning,performance,portability $(ALL_SOURCES)
	for source in $(ALL_SOURCES); do \
		$(COMPILE) -fanalyzer $(ANALYZER_FLAGS) -Werror -c -o /dev/null $$source || exit; \
	done

# Fuzzing with libFuzzer, of the targets in tests/hostile: fuzz.c, and fuzz-baselines.c for
# FUZZ_PROGRAM=kabi-compare. The corpus starts from the golden cases, and grows in FUZZ_DIR;
# FUZZ_OPTIONS are libFuzzer's.
FUZZ_PROGRAM ?= gendwarfksyms
FUZZ_DIR ?= fuzz/$(FUZZ_PROGRAM)
FUZZ_CC ?= clang
FUZZ_OPTIONS ?= -fork=$(JOBS) -entropic=0 -timeout=10 -rss_limit_mb=4096 \
		-max_len=16384 -detect_leaks=0
FUZZ_COMPILE = $(COMPILE) -O1 $(SANITIZERS)
# Newer clang would give each variable a section of its own; older doesn't know this.
FUZZ_GLOBALS = $(shell flag=-fno-sanitize-address-globals-dead-stripping; \
		 $(FUZZ_CC) $$flag -E -x c /dev/null >/dev/null 2>&1 && echo $$flag)
FUZZ_SOURCES := $(if $(filter kabi-compare,$(FUZZ_PROGRAM)),$(KABI_COMPARE_SOURCES),$(SOURCES))
FUZZ_TARGET := tests/hostile/$(if $(filter kabi-compare,$(FUZZ_PROGRAM)),fuzz-baselines,fuzz).c

fuzz: $(FUZZ_DIR)/target
	tests/hostile/fuzz-seeds $(FUZZ_PROGRAM) $(FUZZ_DIR)/seeds
	mkdir -p $(FUZZ_DIR)/corpus $(FUZZ_DIR)/findings
	$(FUZZ_DIR)/target $(FUZZ_OPTIONS) -artifact_prefix=$(FUZZ_DIR)/findings/ \
		-dict=tests/hostile/fuzz.dictionary $(FUZZ_DIR)/corpus $(FUZZ_DIR)/seeds

$(FUZZ_DIR)/target: CC = $(FUZZ_CC)
$(FUZZ_DIR)/target: $(FUZZ_TARGET) tests/hostile/fuzz-program.c tests/hostile/fuzz-program.h tests/hostile/fuzz.h \
		$(FUZZ_SOURCES) $(HEADERS) Makefile
	mkdir -p $(FUZZ_DIR)
	for source in $(FUZZ_SOURCES); do \
		$(FUZZ_COMPILE) -fsanitize-coverage=inline-8bit-counters,pc-table \
			$(FUZZ_GLOBALS) -include tests/hostile/fuzz.h -c -o $(FUZZ_DIR)/$$(basename $$source .c).o $$source || exit; \
	done
	$(LD) -r -o $(FUZZ_DIR)/program $(addprefix $(FUZZ_DIR)/,$(notdir $(FUZZ_SOURCES:.c=.o)))
	objcopy --set-section-flags .bss=alloc,load,data,contents \
		--rename-section .bss=program_bss --rename-section .data=program_data \
		$(FUZZ_DIR)/program
	! readelf -SW $(FUZZ_DIR)/program | grep -E '\.(bss|data)\.' | grep -v '\.data\.rel\.ro' # not set anew for each run
	$(FUZZ_COMPILE) -fsanitize=fuzzer -o $@ $(FUZZ_TARGET) tests/hostile/fuzz-program.c \
		$(FUZZ_DIR)/program $(LIBS)

clean:
	rm -f *.o */*.o tests/*/*.o gendwarfksyms gendwarfksyms-sanitized kabi-compare kabi-compare-sanitized tests/tools/unit tests/tools/compare \
		tests/tools/unit-sanitized tests/tools/compare-sanitized tests/tools/floor

.PHONY: check check-kernel check-hosts conformance bench install uninstall lint fuzz clean
