# SPDX-License-Identifier: GPL-2.0-only
# bash completion for gendwarfksyms

_gendwarfksyms() {
	local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}

	case $previous in
	-T | --symtypes | -c | --consolidated | -r | --reference)
		mapfile -t COMPREPLY < <(compgen -f -- "$current")
		return
		;;
	--relative-to)
		mapfile -t COMPREPLY < <(compgen -d -- "$current")
		return
		;;
	esac
	case $current in
	-*)
		mapfile -t COMPREPLY < <(compgen -W '--canonical --complete --consolidated --debug --dump-die-map --dump-dies --dump-types --dump-versions
			--exported --help --list-exported --preserve --reference --relative-to --stable --symtypes --version' -- "$current")
		;;
	@*)
		mapfile -t COMPREPLY < <(compgen -P @ -f -- "${current#@}")
		;;
	*)
		mapfile -t COMPREPLY < <(compgen -f -X '!*@(.o|.ko|.debug|vmlinux)' -- "$current"; compgen -d -- "$current")
		;;
	esac
}

shopt -s extglob
complete -o filenames -F _gendwarfksyms gendwarfksyms
