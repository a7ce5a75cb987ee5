/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of the reader share and nobody else needs: bytes, debug files,
 * abbreviations.
 */
#ifndef READER_INTERNAL_H
#define READER_INTERNAL_H

#include "reader.h"
#include <endian.h>

/* object.c: files with DWARF */

/*
 * Opens a file with DWARF that isn't relocated; with `split`, for its .dwo
 * sections even if it has others. Returns false if there is none. In any case, it is
 * to be closed. The second makes such a file of what libdw has opened, and will end.
 */
bool debug_file_open(struct debug_file *file, const char *path, bool split);
void debug_file_adopt(struct debug_file *file, const char *path, Dwarf *dwarf);
void debug_file_close(struct debug_file *file);

/* relocate.c: relocations */

/*
 * Applies the relocations of the sections of a file that are read. Returns false if libdwfl
 * has to do it; then some may have been applied. The second looks at those that libdwfl
 * has left over. Errors: a type that isn't known, damaged entries.
 */
bool relocate(const struct debug_file *file, Elf *elf);
void check_relocated(const struct debug_file *file, Elf *elf);

/* bytes.c: numbers and texts */

/* What follows the ".debug_" of a section's name. */
extern const char *const section_names[SECTION_COUNT];

/*
 * Reads a number of 0 to 8 bytes, in the byte order of the file. The caller has
 * checked that they are there.
 */
static inline uint64_t get_number(bool big_endian, const unsigned char *at, unsigned int size)
{
	uint64_t number = 0;
	uint32_t four;
	uint16_t two;

	/* The sizes that most forms have, first. */
	switch (size) {
	case 4:
		memcpy(&four, at, 4);
		return big_endian ? be32toh(four) : le32toh(four);
	case 1:
		return *at;
	case 2:
		memcpy(&two, at, 2);
		return big_endian ? be16toh(two) : le16toh(two);
	case 8:
		memcpy(&number, at, 8);
		return big_endian ? be64toh(number) : le64toh(number);
	}
	while (size--)
		number = number << 8 | (big_endian ? *at++ : at[size]);
	return number;
}

/* Ends the program: what is read ends too early; says where it was read. */
void read_error(const struct bytes *bytes) __attribute__((noreturn, cold));

/* Passes over so many bytes, and returns where they are. Error: fewer are left. */
static inline const unsigned char *read_bytes(struct bytes *bytes, uint64_t size)
{
	const unsigned char *start = bytes->at;

	if (size > (size_t)(bytes->end - start))
		read_error(bytes);
	bytes->at = start + size;
	return start;
}

static inline uint64_t read_number(struct bytes *bytes, unsigned int size)
{
	return get_number(bytes->file->big_endian, read_bytes(bytes, size), size);
}

/*
 * Reads a LEB128 number, signed or not, of any length. Bits beyond the 64th are
 * dropped.
 */
uint64_t read_long_leb(struct bytes *bytes, bool is_signed);

static inline uint64_t read_uleb(struct bytes *bytes)
{
	if (bytes->at < bytes->end && *bytes->at < 0x80)
		return *bytes->at++;
	return read_long_leb(bytes, false);
}

/* Returns the NUL-terminated text of at most so many bytes; `start` NULL if it has no end. */
static inline struct text bounded_text(const char *start, size_t size)
{
	const char *end = memchr(start, 0, size);

	return (struct text){ end ? start : NULL, end ? end - start : 0 };
}

/* Reads a NUL-terminated text; it stays the section's. */
struct text read_text(struct bytes *bytes);

/* Returns the bytes of a section from an offset on. Error: it ends before. */
struct bytes section_bytes(const struct debug_file *file, enum section_id id, uint64_t offset,
			   const char *what);

/* Gives back the memory of part of a section that won't be read any more. */
void forget_pages(const void *start, const void *end);

/*
 * What may be read again and again: the work for each byte of units, and bytes of tables
 * of abbreviations and lines in all (a unit of C has 2,500 or so). Well-formed DWARF stays
 * far below both; but tables and lists of children can overlap, and many DIEs refer to one
 * that is large, so that the cost is the square of their size.
 */
#define WORK_PER_BYTE_LIMIT 256
#define TABLES_SIZE_LIMIT   ((uint64_t)1 << 30)

/*
 * Accounts for a table that has been read from `start` on. Error: all units
 * together have more than TABLES_SIZE_LIMIT.
 */
void count_table(struct dwarf_input *input, const struct bytes *bytes, const unsigned char *start);

/* units.c: other units and files */

/* Lists the units of the input file. */
void list_units(struct dwarf_input *input);

/* Finds the unit that libdw calls `cu`, to which unit `from` refers; or NULL. */
struct unit *find_unit(struct unit *from, Dwarf_CU *cu);

/*
 * Returns the text of an attribute, by libdw; it stays the section's. `start` NULL: it is
 * none, or out of bounds.
 */
struct text libdw_text(const struct unit *unit, Dwarf_Attribute *attribute);

/*
 * Opens the supplementary file, to which the DIE refers (FORMAT 10). Error: it is
 * missing, or of another build, or the DIE is in a .dwo.
 */
Dwarf *supplementary(struct die_ref die);

/* abbreviations.c: steps */

/*
 * How a value is read. For those up to OPCODE_LAST_FIXED it is known beforehand how
 * many bytes it takes.
 */
enum opcode {
	OPCODE_UNKNOWN, /* no form that is known: an error when it is read */
	OPCODE_SKIP,
	OPCODE_FLAG, /* there is one if it isn't 0; without bytes it is 1 */
	OPCODE_NUMBER,
	OPCODE_IMPLICIT, /* the number stands in the abbreviation */
	OPCODE_REFERENCE, /* an offset from the start of the unit */
	OPCODE_STRP, /* an offset in .debug_str */
	OPCODE_BYTES,
	/* Read by libdw: */
	OPCODE_LIBDW_NUMBER,
	OPCODE_LIBDW_TEXT,
	OPCODE_LIBDW_REFERENCE,
	OPCODE_LAST_FIXED = OPCODE_LIBDW_REFERENCE,
	/* Of a size that only the value tells: */
	OPCODE_ULEB_SKIP,
	OPCODE_ULEB_NUMBER,
	OPCODE_SLEB_NUMBER,
	OPCODE_ULEB_REFERENCE,
	OPCODE_ULEB_LIBDW_TEXT,
	OPCODE_STRING,
	OPCODE_BLOCK1,
	OPCODE_BLOCK2,
	OPCODE_BLOCK4,
	OPCODE_ULEB_BLOCK,
	OPCODE_INDIRECT, /* the form stands in front of the value */
};

static inline bool is_fixed(enum opcode opcode)
{
	return opcode && opcode <= OPCODE_LAST_FIXED;
}

/* What to do with an attribute of an abbreviation. */
struct step {
	uint32_t skip; /* bytes to pass over first */
	uint8_t attribute; /* enum attribute; NONE: only pass over it */
	uint8_t opcode; /* enum opcode */
	uint8_t size; /* bytes of the value; 0 if only the value tells */
	uint16_t form; /* DW_FORM_... */
	uint16_t name; /* DW_AT_... */
	int64_t implicit; /* the value of DW_FORM_implicit_const */
};

/* What the DIEs with one abbreviation code have in common. */
struct abbreviation {
	uint64_t code;
	size_t offset; /* of one out of order, until all are in order; else 0 */
	unsigned int tag;
	bool children;
	uint32_t size; /* bytes of all attributes; or UNKNOWN_SIZE */
	uint32_t step_count;
	uint32_t tail; /* bytes to pass over after the last step */
	bool linked; /* a value may be a reference to another unit */
	struct step *steps;
};

#define UNKNOWN_SIZE UINT32_MAX

/* The abbreviations of a unit; in an arena of its dwarf_input. */
struct abbreviation_table {
	struct abbreviation *abbreviations; /* by code, each only once */
	size_t count;
	bool types; /* some abbreviation has a type, or a prototype */
};

/* Reads the table of a unit, or finds it if another has it. Errors: damaged data. */
const struct abbreviation_table *read_abbreviations(struct unit *unit);

/* Gives up all tables that have been read. */
void forget_abbreviations(struct dwarf_input *input);

/* Finds an abbreviation out of order, or NULL: see find_abbreviation(). */
const struct abbreviation *search_abbreviation(const struct abbreviation_table *table,
					       uint64_t code);

/* Finds an abbreviation by its code; NULL if there is none. */
static inline const struct abbreviation *find_abbreviation(const struct abbreviation_table *table,
							   uint64_t code)
{
	/* They count up from 1, usually. */
	if (code - 1 < table->count && table->abbreviations[code - 1].code == code)
		return &table->abbreviations[code - 1];
	return search_abbreviation(table, code);
}

/* How DIEs may refer to those of other units. */
enum links {
	LINKS_NONE,
	LINKS_UNITS, /* to any in the section, by DW_FORM_ref_addr */
	LINKS_ANY, /* in other ways, too */
};

/* Tells how those of a unit may, by its abbreviations. */
enum links find_links(const struct unit *unit);

/*
 * Makes the step for a value of DW_FORM_indirect, whose step is given, once the form that
 * stands in front of it is known.
 */
struct step make_direct_step(const struct unit *unit, const struct step *indirect, uint64_t form);

/*
 * Makes a step that reads a text, or passes over any other value, in a table that is
 * for offsets of another size than the unit may be.
 */
struct step make_line_step(const struct unit *unit, unsigned int offset_size, uint64_t form);

/* decode.c */

/*
 * Finds the first and the last unit, by their places in the list, that DIEs of a unit refer to, or
 * the unit itself. Errors: damaged data.
 */
void find_linked_units(struct unit *unit, size_t *first, size_t *last);

/*
 * Reads a value of a line table: its text, if it is one. A line table may be for
 * offsets of another size than the unit is.
 */
struct text read_line_form(struct unit *unit, uint64_t form, struct bytes *bytes,
			   unsigned int offset_size);

#endif
