# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What the scripts in this folder share.

# fail WORDS...: ends with an error.
fail() {
	printf 'error: gendwarfksyms: %s\n' "$*" >&2
	exit 1
}

# make_work: makes a folder, $work, that is gone when the script has ended.
make_work() {
	work=$(mktemp -d)
	trap 'rm -rf "$work"' EXIT
	trap 'exit 1' HUP INT TERM
}
