/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The reader: an ELF file -> DIEs and their attributes. It knows no symbol and no
 * type string, and uses cache.h, magic.h and message.h alone. Its files, each of which uses
 * those below it:
 *
 *	groups.c	which units refer to each other, and are given up together
 *	lines.c		which of a unit's files are source files
 *	decode.c	the attributes of a DIE, lists of children, parents
 *	units.c		the units of a file, split and supplementary files
 *	abbreviations.c	.debug_abbrev -> steps that read a DIE
 *	object.c	an ELF file -> its Dwarf (libdw)
 *	relocate.c	relocations of the sections that are read
 *	bytes.c		numbers and texts of a section
 *
 * What only they share is in internal.h.
 */
#ifndef READER_H
#define READER_H

#include "../cache.h"
#include <dwarf.h>
#include <elfutils/libdw.h>
#include <gelf.h>

/* object.c: from files to libdw's Dwarf */

/* The contents of a section, decompressed and relocated; no bytes if it is absent. */
struct section_data {
	const unsigned char *start;
	size_t size;
	size_t number; /* of the section in its file; 0: absent, or empty */
};

/* The sections that are read without libdw, or relocated. */
enum section_id {
	SECTION_INFO,
	SECTION_TYPES,
	SECTION_ABBREV,
	SECTION_LINE,
	SECTION_STR_OFFSETS,
	SECTION_STR,
	SECTION_LINE_STR,
	SECTION_COUNT
};

/*
 * The kinds of DWARF sections. Of a file, libdw reads those of one kind, the last
 * one here that it has (FORMAT 10).
 */
enum section_kind {
	KIND_NONE,
	KIND_LTO, /* .gnu.debuglto_.debug_info: gcc -flto, not linked yet */
	KIND_DWO, /* .debug_info.dwo */
	KIND_PLAIN,
};

/*
 * A file with DWARF: the input file, or the separate one with its debugging
 * information; the .dwo of one of its units; its supplementary file.
 */
struct debug_file {
	const char *path; /* whoever opened it owns it; for messages */
	Elf *elf; /* to be ended with the Dwarf; NULL: neither is */
	Dwarf *dwarf;
	enum section_kind kind;
	bool big_endian;
	struct section_data sections[SECTION_COUNT];
};

/* An input file (FORMAT 10). What it has lives until object_close(). */
struct object {
	const char *path; /* the caller's, for messages */
	Elf *elf; /* for the symbol table and the kABI rules */
	struct Dwfl *dwfl; /* NULL if it wasn't needed */
	struct debug_file file;
};

/*
 * Opens the input file that the descriptor is of; the caller closes both. Errors: no
 * ELF file, no debugging information, damaged sections.
 */
void object_open(struct object *object, const char *path, int fd);
void object_close(struct object *object);

/*
 * Opens the file alone, without its debugging information; for elf_end(). Error:
 * no ELF file.
 */
Elf *elf_open(const char *path, int fd);

/*
 * Tells whether a file is LLVM's bitcode, plain or in a wrapper, as objects of clang's LTO
 * are until they are linked. It has no DWARF.
 */
bool is_bitcode(int fd);

/*
 * Goes to the next section of an ELF file that has a header, from the first if
 * `*section` is NULL. Returns false after the last. The name, if it is wanted, is NULL
 * if there is none.
 */
bool next_section(Elf *elf, Elf_Scn **section, GElf_Shdr *header, const char **name);

/*
 * units.c: units
 *
 * The life of a unit: dwarf_input_open() lists it and finds its group, the units that
 * refer to each other. match.c goes through the list, and with each unit
 *
 *	split_unit()	finds the one to read in its place, if it is a skeleton
 *	unit_open()	reads its abbreviations; its DIEs can be read now, by way of a reference
 *			from another unit of the group perhaps, which opens it before its turn
 *	unit_close()	does nothing but after the last of the group: it gives up what is known of
 *			all of them, so that their memory serves the next group, and counts that in
 *			`given_up`, so that all that DIEs were read into is given up, too
 *
 * With --canonical some are opened again, in the order of the list; those of a group whose last
 * unit isn't are given up with the next that is the last of its group.
 */

/* Where a DIE stands; address NULL: nowhere. */
struct die_ref {
	struct unit *unit;
	const unsigned char *address;
};

/* A unit: one that libdw knows. */
struct unit {
	struct dwarf_input *input;
	struct unit_list *list; /* that it is in */
	struct debug_file *file;
	Dwarf_CU *cu;
	unsigned int number; /* in the order of FORMAT 4 */
	const unsigned char *start; /* the header */
	const unsigned char *root; /* the unit DIE */
	const unsigned char *end;
	uint64_t abbreviations_offset;
	uint64_t id; /* of a skeleton and what it stands for */
	Dwarf_Half version;
	uint8_t type; /* DW_UT_... */
	uint8_t offset_size; /* 4 or 8 */
	uint8_t address_size;
	struct unit *skeleton; /* that stands for it, if it is in a .dwo */
	bool last_of_group; /* of units that may refer to each other */

	/* From unit_open() on: */
	const struct abbreviation_table *abbreviations; /* NULL before */
	const unsigned char *children; /* of the unit DIE; NULL if none */
	unsigned int root_tag;
	bool has_lines; /* a line table, there: */
	uint64_t lines;
	struct unit *opened_before; /* and not given up yet */

	/* Made when first needed: */
	bool *is_source; /* lines.c's, by number of a file */
	size_t file_count;
	struct indexed_die *dies; /* decode.c's, for parents */
	size_t die_count;
	unsigned char *top_level; /* a bit for each byte: a child of the root */
};

static inline struct die_ref unit_root(struct unit *unit)
{
	return (struct die_ref){ unit, unit->root };
}

/* The units of a file, in the order of dwarf_get_units(). */
struct unit_list {
	struct debug_file *file; /* NULL: not read yet */
	struct unit *units;
	size_t count;
	struct cache by_cu; /* by the address of libdw's Dwarf_CU */
};

/* The DWARF of an input file. */
struct dwarf_input {
	struct object *object;
	struct unit_list main; /* the units to go through (FORMAT 4) */
	struct unit *opened; /* the unit that was opened last, if it isn't given up */
	bool wanted_again; /* some unit of the group is */
	size_t given_up; /* how many times units were */
	struct debug_file supplementary_file;
	struct unit_list supplementary;
	struct split *splits; /* open .dwo files, the last opened first */
	bool misses_types; /* there was a warning about type units */
	unsigned int unit_count; /* of all files */
	struct arena arena; /* of what is known of units */
	struct arena abbreviations;
	struct cache abbreviation_tables; /* by address and kind of unit */
	uint64_t work; /* DIEs read or passed over, and each 8 bytes of those read */
	uint64_t work_limit; /* more is an error: see begin_die() */
	uint64_t tables_size; /* bytes of abbreviations and line tables read */
};

/*
 * Finds the units of a file, and which of them refer to each other. The object has to
 * live as long. Errors: damaged unit headers or abbreviations; if there are references
 * from unit to unit, damaged DIEs.
 */
void dwarf_input_open(struct dwarf_input *input, struct object *object);
void dwarf_input_close(struct dwarf_input *input);

/*
 * Finds the unit to read in place of a skeleton, in its .dwo; any other is returned
 * as it is (FORMAT 10). Error: the .dwo is missing, or of another build.
 */
struct unit *split_unit(struct unit *unit);

/*
 * After the last unit of a group, gives up what is known of its units, and counts that in
 * `given_up`: all that their DIEs have been read into has to be given up as well. Unless one is
 * to be opened again, the memory of their parts of the section is given back.
 */
void unit_close(struct unit *unit, bool again);

/*
 * Returns the name of the source of the unit with that number, or of the .dwo that it
 * stands for; for messages. It lives as long as the input.
 */
const char *unit_source(const struct dwarf_input *input, unsigned int number);

/* Returns the offset of a DIE in its section, for messages. */
unsigned long long die_offset(struct die_ref die);

/* Ends the program with an error that names the file and the DIE. */
#define die_error(die, format, ...)                                           \
	error(format " (DIE 0x%llx in '%s')", ##__VA_ARGS__, die_offset(die), \
	      (die).unit->file->path)

/* decode.c: the attributes of a DIE */

/* The attributes that are read, as bits of struct attributes.present. */
enum attribute {
	ATTRIBUTE_NONE,
	ATTRIBUTE_NAME,
	ATTRIBUTE_LINKAGE_NAME,
	ATTRIBUTE_TYPE,
	ATTRIBUTE_ABSTRACT_ORIGIN,
	ATTRIBUTE_SPECIFICATION,
	ATTRIBUTE_DISCR,
	ATTRIBUTE_SIGNATURE, /* never present: only warned about */
	ATTRIBUTE_SIBLING,
	ATTRIBUTE_STMT_LIST,
	ATTRIBUTE_DECLARATION,
	ATTRIBUTE_EXTERNAL,
	ATTRIBUTE_DECL_FILE, /* of bodies alone, since nearly all DIEs have it */
	ATTRIBUTE_CONST_VALUE,
	ATTRIBUTE_COUNT,
	ATTRIBUTE_UPPER_BOUND,
	ATTRIBUTE_BIT_OFFSET,
	ATTRIBUTE_GNU_VECTOR,
	ATTRIBUTE_WIDE_VALUE, /* const_value, discr_value of more than 64 bits */
	ATTRIBUTE_LOCATION_BLOCK, /* data_member_location as an expression */
	/* Those with a word in type strings (FORMAT 5): */
	ATTRIBUTE_ACCESSIBILITY,
	ATTRIBUTE_ALIGNMENT,
	ATTRIBUTE_BIT_SIZE,
	ATTRIBUTE_BYTE_SIZE,
	ATTRIBUTE_ENCODING,
	ATTRIBUTE_DATA_BIT_OFFSET,
	ATTRIBUTE_DATA_MEMBER_LOCATION,
	ATTRIBUTE_DISCR_VALUE,
	ATTRIBUTES
};

/*
 * What a DIE says. An attribute is present if it is there and has a value of
 * the kind that is wanted of it: a number that dwarf_formudata() would give, a
 * flag that is set, a text, a reference. (A type signature without a unit is not present.)
 */
struct attributes {
	struct die_ref die;
	unsigned int tag;
	bool children; /* there is a list of children, at `end` */
	const unsigned char *end; /* the first byte after the attributes */
	uint32_t present; /* bits, by enum attribute */
	union value {
		uint64_t number;
		/* NAME, LINKAGE_NAME; WIDE_VALUE and LOCATION_BLOCK, as bytes: the section's */
		struct text text;
		struct die_ref die; /* TYPE up to SIBLING */
	} values[ATTRIBUTES];
};

#define WANT(attribute) ((uint32_t)1 << (attribute))
_Static_assert(ATTRIBUTES <= 32, "each attribute has a bit");

static inline bool has(const struct attributes *attributes, enum attribute attribute)
{
	return attributes->present & WANT(attribute);
}

/* Returns the number of an attribute; 0 if it isn't present. */
static inline uint64_t number_of(const struct attributes *attributes, enum attribute attribute)
{
	return has(attributes, attribute) ? attributes->values[attribute].number : 0;
}

/* Returns DW_AT_name; `start` NULL if there is none. */
static inline struct text name_of(const struct attributes *attributes)
{
	return has(attributes, ATTRIBUTE_NAME) ? attributes->values[ATTRIBUTE_NAME].text
					       : (struct text){ 0 };
}

/*
 * Makes a unit ready for the functions below; does nothing if it is.
 * Errors: damaged abbreviations or unit DIE.
 */
void unit_open(struct unit *unit);

/* Tells whether anything in a unit that is open has a type, or could have. */
bool unit_has_types(const struct unit *unit);

/*
 * Reads a DIE: all attributes; or its names, what it refers to but for types, and
 * whether it is external or a declaration; or its tag alone, 0 if there is no DIE. Errors: damaged data; with the first two
 * also: there is no DIE, but the end of a list of children.
 */
void read_die(struct die_ref die, struct attributes *attributes);
void read_names(struct die_ref die, struct attributes *attributes);
unsigned int read_tag(struct die_ref die);

/*
 * Returns how many bytes a number takes in the DIE, if its form alone tells (DW_FORM_data1
 * and the like); else 0.
 */
unsigned int number_size(const struct attributes *attributes, enum attribute attribute);

/*
 * Finds the DIE that an attribute refers to; address NULL if there is no such
 * attribute. Errors: it refers to nowhere; with the second also, no DIE begins
 * there.
 */
struct die_ref unchecked_reference(const struct attributes *attributes, enum attribute attribute);
struct die_ref reference(const struct attributes *attributes, enum attribute attribute);

/* A piece of a section that is read from front to back. */
struct bytes {
	const struct debug_file *file;
	const char *what; /* for messages */
	const unsigned char *at;
	const unsigned char *end;
};

/* A place in lists of children. */
struct cursor {
	struct bytes bytes; /* at the next DIE, or the end of a list */
	struct die_ref die; /* the last */
	const struct abbreviation *abbreviation; /* its */
	size_t depth; /* lists that are open */
};

/*
 * Reads the next child of a DIE, and passes over all that it contains. Returns false
 * after the last.
 */
struct cursor children_of(const struct attributes *attributes);
bool next_child(struct cursor *cursor, struct attributes *attributes);

/*
 * The same for the candidates of FORMAT 4 in a unit, which are read as by
 * read_names(). From the end on, it is known which DIEs are children of the unit DIE.
 */
struct cursor candidates_of(struct unit *unit);
bool next_candidate(struct cursor *cursor, struct attributes *attributes);

/* Tells whether a tag is that of a scope: of a namespace, class or structure. */
static inline bool is_scope(unsigned int tag)
{
	return tag == DW_TAG_namespace || tag == DW_TAG_class_type || tag == DW_TAG_structure_type;
}

/* Tells whether a tag is that of a body (FORMAT 5a). */
static inline bool is_body(unsigned int tag)
{
	return tag == DW_TAG_structure_type || tag == DW_TAG_class_type ||
	       tag == DW_TAG_union_type || tag == DW_TAG_enumeration_type;
}

/*
 * Finds the DIE around this one, nowhere for a unit DIE; or only checks that a DIE
 * begins there. Error: none does.
 */
struct die_ref parent_die(struct die_ref die);
void check_die_start(struct die_ref die);

/* lines.c: file names */

/*
 * Tells whether the line table of the DIE's unit gives the file of that number a name
 * that ends in ".c" (FORMAT 5, "Not a definition"). Errors: no line table, no
 * such number.
 */
bool is_source_file(struct die_ref die, uint64_t number);

#endif
