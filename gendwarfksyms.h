/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of gendwarfksyms share. Data moves from top to bottom; a file
 * uses those below it and none above:
 *
 *	gendwarfksyms.c	options, the loop over the files, output
 *	output.c	files that appear only if all goes well
 *	reference.c	an earlier build's symtypes file against this one
 *	consolidated.c	one symtypes file for all input files
 *	match.c		units -> the DIE of each symbol, aliases
 *	symbols.c	the list of symbols, its order, #SYMVER lines
 *	unmatched.c	kABI rules that match nothing
 *	dwarf.c		a DIE -> its row of fragments
 *	die.c		rows -> the walk, type strings, dumps
 *	kabi.c		kABI rules, special unions
 *	canonical.c	what --canonical makes the same for all compilers
 *	lines.c		which of a unit's files are source files
 *	decode.c	the attributes of a DIE
 *	units.c		the units of a file, split and supplementary files
 *	object.c	an ELF file -> its Dwarf (libdw), relocated
 *	symtypes.h	what kabi-compare has too: named types, versions, memory
 *
 * For decode.c and lines.c alone there is reader.h (bytes). Below, the files stand
 * from the bottom up.
 */
#ifndef GENDWARFKSYMS_H
#define GENDWARFKSYMS_H

#include "symtypes.h"
#include <dwarf.h>
#include <elfutils/libdw.h>
#include <gelf.h>

/*
 * The options of the command line (FORMAT 1): 0 or 1; a path, or NULL. Set once by
 * main(), constant from then on.
 */
struct options {
	int debug;
	int dump_dies;
	int dump_die_map;
	int dump_types;
	int dump_versions;
	int stable;
	int canonical;
	int exported;
	int preserve;
	const char *reference;
	const char *symtypes;
	const char *consolidated;
	const char *relative_to;
};

extern struct options options;

#define debug(...)                                           \
	do {                                                 \
		if (options.debug)                           \
			message("debug", PART, __VA_ARGS__); \
	} while (0)

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
 * one here that it has.
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
 * Opens the input file behind the descriptor. Errors: no ELF file, no debugging
 * information, damaged sections.
 */
void object_open(struct object *object, const char *path, int fd);
void object_close(struct object *object);

/*
 * Opens the file alone, without its debugging information; for elf_end(). Error:
 * no ELF file.
 */
Elf *elf_open(const char *path, int fd);

/*
 * Goes to the next section of an ELF file, from the first if `*section` is NULL,
 * that has a header; false behind the last. The name, if it is wanted, is NULL if
 * there is none.
 */
bool next_section(Elf *elf, Elf_Scn **section, GElf_Shdr *header,
		  const char **name);

/* Gives back the memory of part of a section that won't be read any more. */
void forget_pages(const void *start, const void *end);

/*
 * Opens a file with DWARF that isn't relocated; with `split`, for its .dwo
 * sections even if it has others. False if there is none. In any case, it is to
 * be closed. The second makes such a file of what libdw has opened, and will end.
 */
bool debug_file_open(struct debug_file *file, const char *path, bool split);
void debug_file_adopt(struct debug_file *file, const char *path, Dwarf *dwarf);
void debug_file_close(struct debug_file *file);

/* units.c: units, and the files that they lead to */

/* Where a DIE stands; address NULL: nowhere. */
struct position {
	struct unit *unit;
	const unsigned char *address;
};

/* A unit: one that libdw knows. */
struct unit {
	struct debug_data *data;
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

	/* From unit_open() on: */
	const struct abbreviation_table *abbreviations; /* NULL before */
	const unsigned char *children; /* of the unit DIE; NULL if none */
	unsigned int root_tag;
	bool has_lines; /* a line table, there: */
	uint64_t lines;

	/* Made when first needed: */
	bool *is_source; /* by number of a file: is it called ....c? */
	size_t file_count;
	struct indexed_die *dies; /* decode.c's, for parents */
	size_t die_count;
	unsigned char *top_level; /* a bit for each byte: a child of the root */
};

static inline struct position unit_root(struct unit *unit)
{
	return (struct position){ unit, unit->root };
}

/* The units of a file, in the order of dwarf_get_units(). */
struct unit_list {
	struct debug_file *file; /* NULL: not read yet */
	struct unit *units;
	size_t count;
	struct cache by_cu; /* by the address of libdw's Dwarf_CU */
};

/* A .dwo that is open. */
struct split {
	struct split *next;
	struct debug_file file;
	struct unit_list units;
};

/*
 * What may be read again and again: DIEs for each byte of units, and bytes of tables
 * of abbreviations and lines in all. Well-formed DWARF stays a thousand times below
 * both; but tables and lists of children can overlap, so that their cost is the
 * square of their size.
 */
#define DIES_PER_BYTE_LIMIT 256
#define TABLES_SIZE_LIMIT   ((uint64_t)1 << 30)

/* The DWARF of an input file. */
struct debug_data {
	struct object *object;
	struct unit_list main; /* the units to go through (FORMAT 4) */
	bool linked; /* units may refer to each other */
	struct debug_file supplementary_file;
	struct unit_list supplementary;
	struct split *splits; /* the last opened first */
	unsigned int unit_count; /* of all files */
	struct arena arena; /* of what is known of units and abbreviations */
	struct cache abbreviation_tables; /* by address and kind of unit */
	uint64_t dies_limit; /* for statistics.dies */
	uint64_t tables_size; /* bytes of abbreviations and line tables read */
};

/* Finds the units of a file. Errors: damaged unit headers. */
void debug_data_open(struct debug_data *data, struct object *object);
void debug_data_close(struct debug_data *data);

/*
 * The unit to read in place of a skeleton, from its .dwo; any other is returned
 * as it is. Error: the .dwo is missing, or of another build.
 */
struct unit *split_unit(struct unit *unit);

/* The unit that libdw calls `cu`, to which unit `from` refers. */
struct unit *find_unit(struct unit *from, Dwarf_CU *cu);

/*
 * The supplementary file, to which the DIE refers. Error: it is missing, or of
 * another build.
 */
Dwarf *supplementary(struct position die);

/*
 * Gives up what is known of a unit, if no other can refer to it: all that the
 * unit's DIEs have been read into can be given up as well.
 */
void unit_close(struct unit *unit);

/* decode.c: the attributes of a DIE */

/* The attributes that are read, as bits of struct attributes.present. */
enum attribute {
	ATTRIBUTE_NONE,
	ATTRIBUTE_NAME,
	ATTRIBUTE_LINKAGE_NAME,
	ATTRIBUTE_TYPE,
	ATTRIBUTE_ABSTRACT_ORIGIN,
	ATTRIBUTE_SIBLING,
	ATTRIBUTE_STMT_LIST,
	ATTRIBUTE_DECLARATION,
	ATTRIBUTE_DECL_FILE,
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
 * text, a reference. (A type signature without a unit is not present.)
 */
struct attributes {
	struct position die;
	unsigned int tag;
	bool children; /* there is a list of children, at `end` */
	const unsigned char *end; /* the first byte behind the attributes */
	uint32_t present; /* bits, by enum attribute */
	union value {
		uint64_t number; /* ATTRIBUTE_DECL_FILE and those behind it */
		/* _NAME, _LINKAGE_NAME; _WIDE_VALUE and _LOCATION_BLOCK, as bytes: the section's */
		struct text text;
		struct position die; /* _TYPE, _ABSTRACT_ORIGIN, _SIBLING */
	} values[ATTRIBUTES];
};

#define WANT(attribute) ((uint32_t)1 << (attribute))

static inline bool has(const struct attributes *attributes,
		       enum attribute attribute)
{
	return attributes->present & WANT(attribute);
}

/* DW_AT_name; `start` NULL if there is none. */
static inline struct text name_of(const struct attributes *attributes)
{
	return has(attributes, ATTRIBUTE_NAME)
		       ? attributes->values[ATTRIBUTE_NAME].text
		       : (struct text){ 0 };
}

/*
 * Makes a unit ready for the functions below; nothing is done if it is.
 * Errors: damaged abbreviations or unit DIE.
 */
void unit_open(struct unit *unit);

/* Whether anything in a unit that is open has a type, or could have. */
bool unit_has_types(const struct unit *unit);

/* Whether any of the units may refer to a DIE of another, by its abbreviations. */
bool units_are_linked(const struct unit_list *list);

/*
 * Reads a DIE. Error: damaged data; or there is none, but the end of a list of
 * children.
 */
void read_die(struct position die, struct attributes *attributes);

/* Its tag alone; 0 if there is no DIE. */
unsigned int read_tag(struct position die);

/*
 * The DIE that an attribute refers to; address NULL if there is no such
 * attribute. Errors: it refers to nowhere; with the second also, no DIE begins
 * there.
 */
struct position unchecked_reference(const struct attributes *attributes,
				    enum attribute attribute);
struct position reference(const struct attributes *attributes,
			  enum attribute attribute);

/* A piece of a section that is read from front to back. */
struct reader {
	const struct debug_file *file;
	const char *what; /* for messages */
	const unsigned char *at;
	const unsigned char *end;
};

/* A place in lists of children. */
struct cursor {
	struct reader reader; /* at the next DIE, or the end of a list */
	struct position die; /* the last */
	const struct abbreviation *abbreviation; /* its */
	size_t depth; /* lists that are open */
};

/*
 * Reads the next child of a DIE, and passes over all that it contains. False
 * behind the last.
 */
struct cursor children_of(const struct attributes *attributes);
bool next_child(struct cursor *cursor, struct attributes *attributes);

/*
 * The same for the candidates of FORMAT 4 in a unit. Of a candidate only its
 * names, its DW_AT_abstract_origin and whether there is a DW_AT_sibling are
 * read. From the end on, it is known which DIEs are children of the unit DIE.
 */
struct cursor candidates_of(struct unit *unit);
bool next_candidate(struct cursor *cursor, struct attributes *attributes);

/* Whether a tag is that of a scope: of a namespace, class or structure. */
static inline bool is_scope(unsigned int tag)
{
	return tag == DW_TAG_namespace || tag == DW_TAG_class_type ||
	       tag == DW_TAG_structure_type;
}

/* Whether a tag is that of a body. */
static inline bool is_body(unsigned int tag)
{
	return tag == DW_TAG_structure_type || tag == DW_TAG_class_type ||
	       tag == DW_TAG_union_type || tag == DW_TAG_enumeration_type;
}

/* The DIE around this one, nowhere for a unit DIE. Error: no DIE begins there. */
struct position parent_die(struct position die);

/* The offset of a DIE in its section, for messages. */
unsigned long long die_offset(struct position die);

/* Ends the program with an error that names the file and the DIE. */
#define die_error(position, format, ...)                     \
	error(format " (DIE 0x%llx in '%s')", ##__VA_ARGS__, \
	      die_offset(position), (position).unit->file->path)

/* lines.c: file names */

/*
 * Whether the line table of the DIE's unit gives the file of that number a name
 * that ends in ".c" (FORMAT 5, "Not a definition"). Errors: no line table, no
 * such number.
 */
bool is_source_file(struct position die, uint64_t number);

/* kabi.c: kABI rules and special unions (FORMAT 8) */

enum kabi_rule {
	KABI_DECLONLY,
	KABI_ENUMERATOR_IGNORE,
	KABI_ENUMERATOR_VALUE,
	KABI_BYTE_SIZE,
	KABI_TYPE_STRING,
	KABI_RULES
};

/* A rule. Target and value are the input file's, or the reference file's. */
struct rule {
	struct text target; /* NUL-terminated; first */
	enum kabi_rule type;
	const char *value;
	bool used; /* it has changed something */
	bool misfit; /* what it is about hasn't got what it changes */
	struct rule *next; /* the one entered before it */
};

/* The rules of an input file. All zero bytes are none. */
struct kabi_rules {
	const char *path; /* the input file's, for messages */
	struct rule *last;
	struct cache by_target[KABI_RULES];
	struct arena arena;
	size_t longest_target; /* bytes */
};

/* Reads the rules of a file, with --stable. Errors: see FORMAT 8. */
void kabi_read_rules(struct kabi_rules *rules, struct object *object);
void kabi_free(struct kabi_rules *rules);

/* The rule for a target, NULL without one; `rules` may be NULL. */
struct rule *kabi_find(const struct kabi_rules *rules, enum kabi_rule type,
		       struct text target);

/* The same for the target "ENUM ENUMERATOR". */
struct rule *kabi_find_enumerator(const struct kabi_rules *rules,
				  enum kabi_rule type, struct text enumeration,
				  struct text enumerator);

/* For struct type_table: the string of a key's type_string rule (FORMAT 8). */
struct type_string *kabi_type_string(struct type_table *table, struct text key);

/* Adds a rule, or replaces the value of one. Target and value are the caller's. */
void kabi_set_rule(struct kabi_rules *rules, enum kabi_rule type,
		   struct text target, const char *value);

/* The number that a rule's value is. Error: it is none. */
uint64_t kabi_number(const struct kabi_rules *rules, const struct rule *rule);

/* What the types are called. */
extern const char *const kabi_words[KABI_RULES];

/* The special unions. */
enum special_union {
	UNION_NOT_SPECIAL,
	UNION_RESERVED,
	UNION_RENAMED,
	UNION_IGNORED,
};

struct special {
	enum special_union kind;
	struct text new_name; /* of a renamed one */
	struct position type; /* of the special member; not of an ignored one */
};

/* The type of a member, for --stable. Error: it has none. */
struct position kabi_member_type(const struct attributes *member);

/*
 * What kind of special union a DIE is, if it is one; never without --stable.
 * Error: a member without a type.
 */
struct special special_union(struct position die);

/* canonical.c: --canonical (FORMAT 13) */

/*
 * The number of the scheme, which stands at the start of each symbol's string. A
 * change of what --canonical makes of an object is a new one.
 */
#define CANONICAL_SCHEME "1"
#define CANONICAL_START	 "canonical(" CANONICAL_SCHEME ") "

/* The one spelling of the name of a base type; that of C's are in the arena. */
struct text canonical_base(struct arena *arena, struct text name);

#define QUALIFIERS 4

/* A type without its qualifiers, and which of them count. */
struct qualified {
	struct position type; /* nowhere: void */
	unsigned int qualifiers; /* bits: atomic, const, restrict, volatile */
};

/* What a typedef that is qualified has already doesn't count. */
struct qualified canonical_qualified(struct position type);

/*
 * The type of a parameter or result, whose own qualifiers mean nothing: the one
 * behind the last qualifiers that are met through qualifiers and typedefs alone.
 */
struct position canonical_value(struct position type);

/*
 * Where a member begins, in bytes from the start of its structure, also if DWARF 2
 * gives it as an expression.
 */
uint64_t canonical_location(const struct attributes *member);

/* Where a bit-field begins, in bits from the start of its structure. */
uint64_t canonical_bit_offset(const struct attributes *member);

/* The place that a child of a structure is put in order by: a member's first bit. */
uint64_t canonical_place(const struct attributes *child);

/* A child, and its place. */
struct placed {
	uint64_t place;
	struct position die;
};

/* The children of a structure, in the order of their places, for free(). */
struct placed *canonical_order(const struct attributes *structure,
			       size_t *count);

/* A value of more than 64 bits in hexadecimal, between two texts. */
struct text canonical_wide(struct arena *arena,
			   const struct attributes *attributes,
			   const char *before, const char *behind);

/* die.c: rows of fragments */

/*
 * Longer type strings (bytes) are an error. (The longest of a kernel has some
 * hundred kilobytes. But types without names can be nested so that each level
 * doubles the string.)
 */
#define STRING_LENGTH_LIMIT ((uint64_t)64 << 20)

/*
 * A part of a DIE's row in the table of FORMAT 5. The items of a list stand
 * among the fragments of the DIE with the list:
 *
 *	member, formal_parameter	MEMBER, DIE or TEXT (of void),
 *					MEMBER_NAME, NUMBERs
 *	enumerator			ITEM, NAME, perhaps VALUE; or IGNORED
 *	variant, variant_part		ITEM, DIE
 */
enum fragment_kind {
	FRAGMENT_TEXT, /* `text` as it stands */
	FRAGMENT_NAME, /* a blank and `text`; nothing if that is NULL */
	FRAGMENT_NUMBER, /* " byte_size(N)", or another word: `attribute` */
	FRAGMENT_VALUE, /* " = N" */
	FRAGMENT_DIMENSION, /* "[N]" */
	FRAGMENT_DIE, /* the string of `die`, or a reference to it */
	FRAGMENT_ITEM, /* the separator, if any, and `text` */
	FRAGMENT_MEMBER, /* the same */
	FRAGMENT_MEMBER_NAME, /* the same */
	FRAGMENT_IGNORED, /* an ignored enumerator: keeps LBs apart */
	FRAGMENT_END_LIST, /* a list ends: that of dims */
	FRAGMENT_OPEN, /* `text` and LB, one level deeper */
	FRAGMENT_OPEN_LIST, /* the same, and a list begins */
	FRAGMENT_CLOSE, /* LB, one level back, and `text` */
	FRAGMENT_CLOSE_LIST, /* a list ends, and the same */
};

struct fragment {
	uint8_t kind; /* enum fragment_kind */
	union {
		uint8_t attribute; /* NUMBER: enum attribute */
		bool finished; /* MEMBER: its visit has ended (FORMAT 5a) */
	};
	bool broken; /* LBs stand in front of it */
	bool separated; /* ITEM, MEMBER: has a separator */
	uint32_t length; /* of `text` */
	union {
		const char *text; /* not NUL-terminated */
		uint64_t number;
		struct die *die;
	};
};

/*
 * An entry of the die cache: a DIE that a symbol leads to. It lives in an arena
 * of dwarf.c, which fills in the first part; the second is die.c's own.
 */
struct die {
	struct position position;
	unsigned int tag;
	uint32_t fragment_count;
	struct fragment *fragments; /* its row; NULL until loaded */
	struct type *type; /* of a named type, else NULL */
	struct text new_name; /* of a renamed union */
	uint8_t special; /* enum special_union */

	uint8_t visit; /* enum visit */
	bool visited_closed;
	uint8_t string; /* enum string_state */
	uint32_t opened_for; /* a body: the last walk that met it */
	uint32_t written_for; /* a body: the last dump that met it */
	uint32_t bodies; /* around its visit in the walk */
	uint32_t dump_bodies; /* around it in the dump, + 1; or 0 */
	uint64_t length; /* of its type string, in bytes */
};

/*
 * What die.c works with, for one input file. All zero bytes is one that is new.
 */
struct writer {
	/* Places in rows that are being gone through, the innermost last. */
	struct place *places;
	size_t count;
	size_t capacity;
	struct arena text; /* of a fragment, to be dumped */
	/* The references of a string, before it is known how many there are. */
	struct type_reference *references;
	size_t references_capacity;
	uint32_t walks; /* begun; and dumps */
	uint32_t dumps;
};

/*
 * The walk of FORMAT 5a over all that a symbol's DIE leads to (all loaded). It
 * leaves behind which items have separators, and the names of renamed members.
 * Error: a cycle without a body.
 */
void die_walk(struct writer *writer, struct die *symbol);

/* The length of a DIE's type string. Error: it is endless, or too long. */
uint64_t die_string_length(struct writer *writer, struct die *die);

/* The type string of a DIE; its memory is the arena's. Errors: the same. */
struct type_string die_string(struct writer *writer, struct die *die,
			      struct arena *arena);

/*
 * Turns a row that is text only, without DIEs or line breaks, into one fragment
 * with its text in the arena. For base types: nothing is written more often.
 */
void die_flatten(struct die *die, struct arena *arena);

/* Prints the string of a symbol's DIE as FORMAT 9 wants it. */
void die_dump(struct writer *writer, struct die *symbol, FILE *file);

void writer_free(struct writer *writer);

/* dwarf.c: the rows of DIEs */

/* A row (FORMAT 5) while it is put together. */
struct row {
	struct position die;
	size_t opened; /* the fragment behind the bracket opened last */
	size_t items; /* of the list at hand, so far */
	uint64_t length; /* of the names, so far */
	struct fragment *fragments; /* at the end of the arena */
	size_t count;
	struct arena arena; /* of all rows that are cached */
};

/*
 * The DIEs of an input file that symbols lead to, and their strings: the die
 * cache.
 */
struct die_cache {
	const struct kabi_rules *rules;
	struct type_table *table;
	struct arena arena; /* of all that is cached, but rows */
	struct cache dies; /* struct die by address */
	struct cache prefixes; /* struct text by address of the scope */
	struct cache symbol_strings; /* struct type_string by address */
	/* The DIEs that the current symbol was the first to lead to. */
	struct die **met;
	size_t met_count;
	size_t met_capacity;
	struct row row; /* under construction */
	struct writer writer;
};

/*
 * Begins with a unit. If no unit may refer to it from another, what was cached
 * before is forgotten.
 */
void die_cache_begin_unit(struct die_cache *cache, struct unit *unit);
void die_cache_free(struct die_cache *cache);

/*
 * The string of a symbol's DIE, as a subprogram or a variable, in the memory of
 * the table. The first time that it is asked for, all that the DIE leads to is
 * loaded and walked, and named types are put into the table.
 */
struct type_string *symbol_string(struct die_cache *cache, struct position die,
				  bool subprogram);

/* symbols.c: the list of symbols */

/* A symbol of the list (FORMAT 2 to 4). Lives until the end. */
struct symbol {
	struct text name; /* NUL-terminated; first */
	unsigned int bucket; /* of FORMAT 3 */
	size_t number; /* of the names read before it */
	unsigned int exporter; /* --exported: the file it is of; 0: any */

	/* In the current file: */
	struct symbol *alias; /* the next of a ring of aliases; or itself */
	bool has_address;
	uint64_t section;
	uint64_t value;

	/* What was found: */
	unsigned int file; /* where it got its DIE, from 1; 0: it is free */
	struct type_string *string; /* the type table's */
	struct type_string *described; /* the same, whatever rules say */
	bool has_version;
	uint32_t version;
};

/* The list. All zero bytes is an empty one. */
struct symbol_list {
	struct symbol **symbols; /* sorted once all are read */
	size_t count;
	size_t capacity;
	size_t longest_name; /* bytes */
	struct cache by_name;
	struct arena arena;
};

/* Reads the list. Errors: an empty line, a failed read. */
void symbols_read(struct symbol_list *list, FILE *file);

/*
 * Adds what an object exports to the list, for --exported, under the number of the
 * file; whether there was any that isn't another's. Errors: no ELF file, a damaged
 * symbol table.
 */
bool symbols_read_exported(struct symbol_list *list, const char *path, int fd,
			   unsigned int file);

/* Puts the symbols into the order of FORMAT 3, once what files export is known. */
void symbols_sort(struct symbol_list *list);

/* The symbol of that name, or NULL. */
struct symbol *symbols_find(const struct symbol_list *list, struct text name);

/* The order of FORMAT 3: below, above or 0. */
int symbols_compare(const struct symbol *left, const struct symbol *right);

/*
 * Begins with a file: finds the aliases among the symbols from its ELF symbol
 * table (FORMAT 4).
 */
void symbols_find_aliases(struct symbol_list *list, struct object *object);

/*
 * Whether a symbol may get its DIE from a file: it has none, and isn't exported by
 * another. Then, whether it or an alias of it may.
 */
bool symbol_is_free(const struct symbol *symbol, unsigned int file);
bool symbols_free_alias(const struct symbol *symbol, unsigned int file);

/*
 * Gives a free symbol its string in a file, by a rule perhaps, and that of its
 * DIE.
 */
void symbols_take(struct symbol *symbol, unsigned int file,
		  struct type_string *string, struct type_string *described);

/* Computes the versions of the symbols that got their DIEs from a file. */
void symbols_compute_versions(struct symbol_list *list, unsigned int file,
			      struct type_table *table);

/* The lines of symtypes files that are about that file, for free() (FORMAT 7). */
struct symtypes_line *symbols_lines(const struct symbol_list *list,
				    unsigned int file,
				    const struct type_table *table,
				    size_t *count);

/* Prints the #SYMVER lines, with warnings for symbols without a DIE. */
void symbols_print_versions(const struct symbol_list *list, FILE *file);

/* unmatched.c: kABI rules that match nothing */

/*
 * Warns of the rules of an input file that can't be meant as they are, once all
 * that its symbols lead to is in the table.
 */
void kabi_warn_unmatched(struct type_table *table);

/* match.c: from units to symbols */

/*
 * Gives the symbols of the list that are free their strings from a file, the
 * one of that number. Errors: damaged DWARF.
 */
void match_symbols(struct symbol_list *list, struct object *object,
		   unsigned int file, struct die_cache *cache);

/* consolidated.c: one symtypes file for all input files (FORMAT 14) */

/* What it says of one of them. */
struct consolidated_section {
	struct text file; /* NUL-terminated */
	struct record *records;
	size_t count;
};

/* All that it will say. All zero bytes is nothing. */
struct consolidated {
	char *root; /* --relative-to without symbolic links, once it is needed */
	struct pool pool;
	struct consolidated_section *sections;
	size_t count;
	size_t capacity;
};

/*
 * What an input file is called there; lives until all is written. Error: it isn't
 * in the folder of --relative-to, or that isn't there.
 */
struct text consolidated_name(struct consolidated *consolidated,
			      const char *path);

/* Adds a section of that name with copies of the lines. */
void consolidated_add(struct consolidated *consolidated, struct text name,
		      const struct symtypes_line *lines, size_t count);

/* Writes all, and frees it. The caller checks the file for errors. */
void consolidated_write(struct consolidated *consolidated, FILE *file);

/* reference.c: an earlier build's symtypes file */

/* The reference file, and what was found. All zero bytes is one not read. */
struct reference {
	struct pool pool;
	struct baseline baseline;
	size_t changed; /* versions that differ, or are lost */
};

/* Reads a baseline. Error: it was made by another scheme of --canonical. */
void reference_read(struct reference *reference, const char *path);

/* Adds the overrides of the reference file to the rules of an input file. */
void reference_add_overrides(const struct reference *reference,
			     struct kabi_rules *rules);

/*
 * Compares the symbols that got their DIEs from a file, and its types, with the
 * reference file. Prints which versions changed, and by which types.
 */
void reference_compare(struct reference *reference,
		       const struct symbol_list *list, unsigned int file,
		       struct type_table *table);

/*
 * After all files: prints the symbols that are missing, and frees all. Returns how
 * many versions changed.
 */
size_t reference_report(struct reference *reference,
			const struct symbol_list *list);

/* output.c: files that are written */

/* A file that is to be written; none is wanted if the path is NULL. */
struct output {
	const char *path; /* the caller's */
	FILE *file; /* to write to; NULL: none */
	char *temporary; /* its name; NULL: it has none */
	struct output *next; /* of those with such a name */
};

/*
 * Begins with a file, ends it, and puts it into its place. Until then, nothing of
 * it is seen. Errors: it can't be written.
 */
void output_open(struct output *output, const char *path);
void output_finish(struct output *output);
void output_replace(struct output *output);

/*
 * Sees to it that signals which end the program leave no file behind, and that a
 * closed pipe is a failed write.
 */
void output_handle_signals(void);

/* The input file that is being read, for a message if it is cut short. */
extern const char *volatile current_path;

#endif
