# SPDX-License-Identifier: GPL-2.0-only
#
# What kbuild/make puts in place of kbuild's own steps for versions. Each make of the build reads this file before its own
# makefiles, and `override` keeps what is defined here.
#
# The step of an object is a command that appends a line `#SYMVER NAME VERSION` for each symbol that the object exports to its
# .cmd file; modpost reads them there. For an object of C that is one process, the tool, which ends at once if nothing is exported:
#
#	gendwarfksyms -e --complete fs/libfs.o >> fs/.libfs.o.cmd
#
# Its status 2 says that more than the object is needed, and nothing has been printed; then symversions, beside this file, does it.
# Variables of kbuild are read when a step is, so those that a tree doesn't have are empty.

gendwarfksyms-kbuild := $(patsubst %/,%,$(dir $(lastword $(MAKEFILE_LIST))))

# Which versions a build makes, by the variables that are set, and which ones a folder has, the kernel's or a module's. Kbuild doesn't
# make objects anew because of other variables, so a build with others is an error. The first step that is run notes them down, in a
# file that `make clean` removes, as it does all .*.cmd. Where there is none, but a list of modules and their versions, which it removes,
# too, another tool made them. Only makes of what is exported look at it: scripts/Makefile.build is to
# make built-in.a or modules.order then, and else only Rust has a step. (Since 6.13 makes for a module are run in its folder.)
gendwarfksyms-variables = $(or $(strip $(foreach variable,KBUILD_GENDWARFKSYMS_STABLE GENDWARFKSYMS_CANONICAL GENDWARFKSYMS_LINKED,$\
	$(if $($(variable)),$(variable)=1))),no options)
gendwarfksyms-folder = $(or $(if $(filter $(CURDIR),$(realpath $(objtree))),$(KBUILD_EXTMOD)),.)
gendwarfksyms-made = $(file <$(gendwarfksyms-folder)/.gendwarfksyms.cmd)
gendwarfksyms-others = $(if $(gendwarfksyms-made),,$(if $(wildcard $(gendwarfksyms-folder)/modules.order),$\
	$(file <$(gendwarfksyms-folder)/Module.symvers)))
gendwarfksyms-same = $(if $(gendwarfksyms-others),$(error error: gendwarfksyms: the versions in '$(abspath $(gendwarfksyms-folder))' \
	were made by another tool: run make clean first))$\
	$(if $(subst |$(gendwarfksyms-variables)|,,|$(or $(gendwarfksyms-made),$(gendwarfksyms-variables))|),$\
	$(error error: gendwarfksyms: the versions in '$(abspath $(gendwarfksyms-folder))' were made with $(gendwarfksyms-made), \
		and this build has $(gendwarfksyms-variables): run make clean first))
gendwarfksyms-dry = $(findstring n,$(filter-out --%,$(firstword -$(MAKEFLAGS))))
gendwarfksyms-note = $(gendwarfksyms-same)$\
	$(if $(gendwarfksyms-made)$(gendwarfksyms-dry),,$(file >$(gendwarfksyms-folder)/.gendwarfksyms.cmd,$(gendwarfksyms-variables)))
$(if $(need-builtin)$(need-modorder),$(gendwarfksyms-same))

# Configurations that can't work are an error before anything is made that exports.
gendwarfksyms-config = $(abspath $(objtree))/include/config/auto.conf
gendwarfksyms-check = $\
	$(if $(CONFIG_MODVERSIONS),,$(error error: gendwarfksyms: CONFIG_MODVERSIONS is off in '$(gendwarfksyms-config)': \
		nothing would get a version))$\
	$(if $(CONFIG_DEBUG_INFO),,$(error error: gendwarfksyms: there is no debugging information: CONFIG_DEBUG_INFO is off in \
		'$(gendwarfksyms-config)' (turn on CONFIG_DEBUG_INFO_DWARF_TOOLCHAIN_DEFAULT)))$\
	$(if $(CONFIG_DEBUG_INFO_REDUCED),$(error error: gendwarfksyms: the debugging information has no types: \
		turn off CONFIG_DEBUG_INFO_REDUCED in '$(gendwarfksyms-config)'))

# Whether this make has the step: scripts/Makefile.build defines gen_symversions, as a recursive variable, and is given a folder, obj;
# other makes of the build aren't. (In newer trees the rule for C is also that of MODULE.mod.c.)
gendwarfksyms-step = $(gendwarfksyms-check)$(if $(need-builtin)$(need-modorder),$(gendwarfksyms-note))$\
	$(or $(filter recursive,$(flavor gen_symversions)),$(if $(filter command,$(origin obj)),$\
		$(error error: gendwarfksyms: there is no gen_symversions in '$(srctree)/scripts/Makefile.build': \
			kbuild/steps.mk doesn't know the step for versions of this kbuild. Please report it)))

# The options that make other versions of the same objects, and the program with them and those of the object that is made.
# FILE.symref is what the types should be; with KBUILD_PRESERVE they have to. (Where more is needed, symversions does the same.)
export gendwarfksyms_mode = $(if $(KBUILD_GENDWARFKSYMS_STABLE),--stable) $(if $(GENDWARFKSYMS_CANONICAL),--canonical)
override gendwarfksyms = $(strip $(GENDWARFKSYMS) $(gendwarfksyms_mode) $(if $(KBUILD_SYMTYPES),--symtypes $(@:.o=.symtypes)) $\
	$(if $(wildcard $(@:.o=.symref)),$(if $(KBUILD_PRESERVE),-p) -r $(@:.o=.symref)))

# Versions of linked objects are made by modpost, beside this file: all of C with GENDWARFKSYMS_LINKED; with clang's LTO those of
# bitcode, and of what else is not complete.
override MODPOST = $(if $(CONFIG_LTO_CLANG)$(GENDWARFKSYMS_LINKED),$(gendwarfksyms-kbuild),$(objtree)/scripts/mod)/modpost

# What is done, a command or nothing, where the tool says that the object isn't enough. Other errors end the step.
gendwarfksyms-incomplete = || { test $$? -eq 2 || exit 1;$(if $(1), $(1);) }

# C. What is incomplete is for symversions, or with LTO for modpost. (Without exports there is to be no symtypes file.)
gendwarfksyms-declared = $(if $(CONFIG_LTO_CLANG),,$(gendwarfksyms-kbuild)/symversions c $@ >> $(dot-target).cmd)
gendwarfksyms-c = $(gendwarfksyms) -e --complete $@ >> $(dot-target).cmd $\
	$(call gendwarfksyms-incomplete,$(gendwarfksyms-declared))$\
	$(if $(KBUILD_SYMTYPES),; test -s $(@:.o=.symtypes) || rm -f $(@:.o=.symtypes))
override cmd_gen_symversions_c = $(strip $(if $(gendwarfksyms-step),$\
	$(if $(skip_gendwarfksyms)$(GENDWARFKSYMS_LINKED),,$(gendwarfksyms-c))))

# Assembly: what it exports gets the types of prototypes in C. Trees since 6.14 have a step for that if CONFIG_GENDWARFKSYMS is on,
# which is run with this program; with LTO it doesn't work, nor with the prototypes of an external module.
gendwarfksyms-prototypes = $(gendwarfksyms-kbuild)/symversions S $@ $(CC) $(c_flags) -iquote $(dir $<)
gendwarfksyms-S = $(if $(CONFIG_LTO_CLANG)$(KBUILD_EXTMOD),$(gendwarfksyms-prototypes),$\
	$(if $(CONFIG_GENDWARFKSYMS),$(cmd_gensymtypes_S),$(gendwarfksyms-prototypes)))
override cmd_gen_symversions_S = $(strip $(if $(gendwarfksyms-step),$(if $(CONFIG_ASM_MODVERSIONS),$\
	exports=$$($(GENDWARFKSYMS) --list-exported $@); test -z "$$exports" || { $(gendwarfksyms-S) >> $(dot-target).cmd; })))

# Rust, and the functions in C that are for it: all that an object defines is exported. (rust_exports prints the names; it took the
# column of nm as an argument in some trees.)
override cmd_gendwarfksyms = $(gendwarfksyms-check)$(gendwarfksyms-note)$(if $(skip_gendwarfksyms),,$(call rust_exports,$@,"%s\n",$$3) | $\
	$(gendwarfksyms)$(if $(CONFIG_LTO_CLANG), --complete) $@ >> $(dot-target).cmd $\
	$(if $(CONFIG_LTO_CLANG),$(call gendwarfksyms-incomplete,)))

# FILE.symtypes as a target, in trees before 6.15. Its object has a .cmd file, too, for what it only declares.
cmd_gendwarfksyms_symtypes_o = $(CC) $(c_flags) $(if $(CONFIG_LTO_CLANG),-fno-lto) -c -o $@.o $<
override cmd_cc_symtypes_c = $(gendwarfksyms-check)$(cmd_gendwarfksyms_symtypes_o) && \
	printf '%s\n' 'cmd_$@.o := $(call make-cmd,gendwarfksyms_symtypes_o)' 'source_$@.o := $<' >$(dot-target).o.cmd && \
	$(gendwarfksyms-kbuild)/symversions c $@ >/dev/null
override cmd_cc_symtypes_S = $(gendwarfksyms-check)$(CC) $(a_flags) -c -o $@.o $< && $(gendwarfksyms-prototypes) >/dev/null
