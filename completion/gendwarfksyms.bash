# SPDX-License-Identifier: GPL-2.0-only
# bash completion for gendwarfksyms

_gendwarfksyms() {
	local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}

	case $previous in
	-T | --symtypes | -r | --reference)
		mapfile -t COMPREPLY < <(compgen -f -- "$current")
		return
		;;
	esac
	case $current in
	-*)
		mapfile -t COMPREPLY < <(compgen -W '--canonical --debug --dump-die-map --dump-dies --dump-types --dump-versions
			--exported --help --preserve --reference --stable --symtypes --version' -- "$current")
		;;
	*)
		mapfile -t COMPREPLY < <(compgen -f -X '!*.@(o|ko)' -- "$current"; compgen -d -- "$current")
		;;
	esac
}

shopt -s extglob
complete -o filenames -F _gendwarfksyms gendwarfksyms
