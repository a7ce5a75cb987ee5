# SPDX-License-Identifier: GPL-2.0-only
# bash completion for kabi-compare

_kabi_compare() {
	local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}

	case $previous in
	-f | --format)
		mapfile -t COMPREPLY < <(compgen -W 'full summary short types json' -- "$current")
		return
		;;
	esac
	case $current in
	-*)
		mapfile -t COMPREPLY < <(compgen -W '--format --help --old-symvers --rules --symbols --symvers --version' -- "$current")
		;;
	*)
		mapfile -t COMPREPLY < <(compgen -f -- "$current")
		;;
	esac
}

complete -o filenames -F _kabi_compare kabi-compare
