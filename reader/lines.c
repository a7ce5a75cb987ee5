// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which files of a unit are source files: their names, from the header of its
 * line table. (libdw gives them, too, but up to 0.188 runs the whole program of
 * the table for that: as much work as all the rest for an object.)
 */
#define PART "lines"
#include "internal.h"
#include <inttypes.h>

/* Adds a file to those of a unit, which stand at the end of the arena. */
static void add_file(struct unit *unit, struct text name)
{
	unit->is_source =
		arena_reserve(&unit->input->arena, unit->file_count, unit->file_count + 1);
	unit->is_source[unit->file_count++] = name.length >= 2 &&
					      !memcmp(name.start + name.length - 2, ".c", 2);
}

/* Reads the directories of DWARF 5, or the files, which it adds. */
static void read_entries(struct unit *unit, struct unit *from, struct bytes *bytes,
			 unsigned int offset_size, bool files)
{
	struct {
		uint64_t content;
		uint64_t form;
	} formats[255];
	unsigned int format_count = read_number(bytes, 1);
	uint64_t count;

	for (unsigned int i = 0; i < format_count; i++) {
		formats[i].content = read_uleb(bytes);
		formats[i].form = read_uleb(bytes);
	}
	count = read_uleb(bytes);
	if (count > (size_t)(bytes->end - bytes->at))
		read_error(bytes);
	unit->input->tables_size += count; /* Without formats, entries take no bytes. */
	while (count--) {
		struct text name = { 0 };

		for (unsigned int i = 0; i < format_count; i++) {
			const unsigned char *start = bytes->at;
			struct text text =
				read_line_form(from, formats[i].form, bytes, offset_size);
			bool is_path = formats[i].content == DW_LNCT_path;

			/* Values of no bytes would be read without an end. */
			if (bytes->at == start || (is_path && !text.start))
				die_error(unit_root(from),
					  "a %s in a line table, in form 0x%" PRIx64,
					  is_path ? "name" : "value", formats[i].form);
			if (is_path)
				name = text;
		}
		if (files)
			add_file(unit, name);
	}
}

/* Reads the header of the line table at an offset, that of unit `from`. */
static void read_files(struct unit *unit, struct unit *from, uint64_t offset)
{
	struct bytes bytes = section_bytes(from->file, SECTION_LINE, offset, "a line table");
	const unsigned char *start = bytes.at;
	unsigned int version, offset_size = 4;
	uint64_t length = read_number(&bytes, 4);
	struct text name;

	if (length == 0xffffffff) {
		length = read_number(&bytes, 8);
		offset_size = 8;
	}
	if (length > (size_t)(bytes.end - bytes.at))
		read_error(&bytes);
	bytes.end = bytes.at + length;
	unit->file_count = 0;
	version = read_number(&bytes, 2);
	if (version < 2 || version > 5)
		die_error(unit_root(from), "a line table of version %u", version);
	if (version >= 5)
		read_bytes(&bytes, 2); /* sizes of address and segment */
	read_bytes(&bytes, offset_size); /* header_length */
	read_bytes(&bytes, version >= 4 ? 5 : 4);
	/* standard_opcode_lengths, one fewer than opcode_base */
	read_bytes(&bytes, (uint8_t)(read_number(&bytes, 1) - 1));
	if (version >= 5) {
		read_entries(unit, from, &bytes, offset_size, false);
		read_entries(unit, from, &bytes, offset_size, true);
	} else {
		while (read_text(&bytes).length)
			; /* directories */
		add_file(unit, (struct text){ 0 }); /* 1 is first */
		while ((name = read_text(&bytes)).length) {
			add_file(unit, name);
			for (int i = 0; i < 3; i++)
				read_uleb(&bytes);
		}
	}
	unit->is_source = arena_keep(&unit->input->arena, unit->file_count);
	count_table(unit->input, &bytes, start);
}

/*
 * Finds the unit whose line table tells the files of a unit, and its offset. Split
 * units have one at the start of their own section, or none, and then share the
 * skeleton's. NULL if there is none.
 */
static struct unit *line_table(struct unit *unit, uint64_t *offset)
{
	*offset = 0;
	if (unit->skeleton || unit->file->kind == KIND_DWO) {
		if (unit->file->sections[SECTION_LINE].size)
			return unit;
		unit = unit->skeleton;
	}
	if (!unit)
		return NULL;
	unit_open(unit);
	*offset = unit->lines;
	return unit->has_lines ? unit : NULL;
}

bool is_source_file(struct die_ref die, uint64_t number)
{
	struct unit *unit = die.unit, *from;
	uint64_t offset;

	if (!unit->is_source) {
		from = line_table(unit, &offset);
		if (!from && unit->file->kind == KIND_DWO)
			die_error(
				die,
				"DW_AT_decl_file, but the line table is in the object that this .dwo belongs to: give that one");
		if (!from)
			die_error(die, "DW_AT_decl_file, but the unit has no line table");
		read_files(unit, from, offset);
	}
	if (number >= unit->file_count)
		die_error(die, "DW_AT_decl_file %llu is beyond the line table",
			  (unsigned long long)number);
	return unit->is_source[number];
}
