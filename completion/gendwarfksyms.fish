# SPDX-License-Identifier: GPL-2.0-only
# fish completion for gendwarfksyms

complete -c gendwarfksyms -s d -l debug -d 'debugging messages'
complete -c gendwarfksyms -l dump-dies -d 'the type of each symbol, indented'
complete -c gendwarfksyms -l dump-die-map -d 'the same, and which DIEs are new in the cache'
complete -c gendwarfksyms -l dump-types -d 'type strings as they enter the type table'
complete -c gendwarfksyms -l dump-versions -d 'the expanded string of each version'
complete -c gendwarfksyms -s s -l stable -d 'honour kABI rules'
complete -c gendwarfksyms -s T -l symtypes -r -F -d 'write a symtypes file'
complete -c gendwarfksyms -s c -l consolidated -r -F -d 'write one symtypes file for all input files'
complete -c gendwarfksyms -l relative-to -x -a '(__fish_complete_directories)' -d 'with -c: the folder for the names of input files'
complete -c gendwarfksyms -l canonical -d "versions that change with the ABI, not with the compiler"
complete -c gendwarfksyms -s r -l reference -r -F -d 'say which versions differ from a symtypes file'
complete -c gendwarfksyms -s p -l preserve -d 'other versions are an error'
complete -c gendwarfksyms -s e -l exported -d 'the symbols that the files export'
complete -c gendwarfksyms -s l -l list-exported -d 'only print the names of these symbols'
complete -c gendwarfksyms -l complete -d 'status 2, and no output, if more than the files is needed'
complete -c gendwarfksyms -s V -l version -d 'the version of this program'
complete -c gendwarfksyms -s h -l help -d 'the options'
