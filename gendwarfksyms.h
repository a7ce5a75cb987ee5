/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of gendwarfksyms share, in the order in which data moves:
 *
 *	gendwarfksyms.c	options, the loop over the files, output
 *	symbols.c	the list of symbols, its order, aliases, #SYMVER lines
 *	dwarf.c		units -> the DIE of each symbol -> fragments
 *	die.c		fragments -> type strings, --dump-dies
 *	reference.c	comparison with the symtypes file of an earlier build
 *	types.c		named types: table, versions, symtypes file
 *	kabi.c		the kABI rules of a file
 *	decode.c	the bytes of DWARF: units, abbreviations, attributes
 *	object.c	the bytes of a file: sections, relocations
 *	cache.c		hash table and arena
 *	crc32.h		CRCs of texts, and of texts put together
 *
 * A file uses those below it and none above (types.c prints no DWARF, die.c
 * knows no symbols). "FORMAT" in comments is the description of the output,
 * tests/FORMAT.md, with the number of the section.
 */
#ifndef GENDWARFKSYMS_H
#define GENDWARFKSYMS_H

#include <dwarf.h>
#include <libelf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define GENDWARFKSYMS_VERSION "1.0"

/* gendwarfksyms.c: options and messages */

/*
 * The options of the command line (FORMAT 1). Set once by main(), constant
 * from then on.
 */
struct options {
	bool debug;
	bool dump_dies;
	bool dump_die_map;
	bool dump_types;
	bool dump_versions;
	bool stable;
	bool canonical;
};

extern struct options options;

/*
 * How much has been done for the current file: printed with --debug, so that a
 * test can see that work grows no faster than its input.
 */
struct statistics {
	uint64_t dies; /* met in .debug_info: read or passed over */
	uint64_t loaded; /* entries of the die cache */
	uint64_t lookups; /* in hash tables */
	uint64_t written; /* bytes of type strings */
	uint64_t hashed; /* bytes of them */
	uint64_t slices; /* put together for versions */
};

extern struct statistics statistics;

/* Prints "LEVEL: gendwarfksyms: FUNCTION: TEXT" and a newline on stderr. */
void message(const char *level, const char *function, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Ends the program with exit status 1. Nothing is left behind. */
#define error(...)                                       \
	do {                                             \
		message("error", __func__, __VA_ARGS__); \
		exit(EXIT_FAILURE);                      \
	} while (0)

#define warning(...) message("warning", __func__, __VA_ARGS__)

#define debug(...)                                               \
	do {                                                     \
		if (options.debug)                               \
			message("debug", __func__, __VA_ARGS__); \
	} while (0)

/* cache.c: memory and lookups */

/*
 * malloc(), realloc() and calloc() that end the program when memory is out. The
 * caller owns what they return and free()s it.
 */
void *allocate(size_t size);
void *reallocate(void *memory, size_t size);
void *allocate_cleared(size_t count, size_t size);

/*
 * Makes room for one more element of `size` bytes behind the `count` elements
 * of an array that has room for `*capacity`. Returns the array, which may have
 * moved.
 */
void *grow_full(void *array, size_t *capacity, size_t size);

static inline void *grow(void *array, size_t count, size_t *capacity,
			 size_t size)
{
	return count < *capacity ? array : grow_full(array, capacity, size);
}

/*
 * Memory that is freed all at once. All zero bytes is an empty arena.
 */
struct arena {
	struct arena_block *blocks; /* the newest first */
	char *free; /* what is left of the newest block */
	char *end;
};

#define ARENA_ALIGNMENT _Alignof(max_align_t)

/*
 * Returns `size` bytes, aligned for any type, not cleared; they live until
 * arena_reset() or arena_free().
 */
void *arena_alloc_slowly(struct arena *arena, size_t size);

static inline void *arena_alloc(struct arena *arena, size_t size)
{
	char *memory = arena->free;

	if (size >= (size_t)(arena->end - memory))
		return arena_alloc_slowly(arena, size);
	/* The end is aligned as well. */
	arena->free += (size + ARENA_ALIGNMENT - 1) & ~(ARENA_ALIGNMENT - 1);
	return memory;
}

/* As arena_alloc(), cleared. */
void *arena_zalloc(struct arena *arena, size_t size);

/* Gives up all memory of the arena at once, but keeps a block for reuse. */
void arena_reset(struct arena *arena);
void arena_free(struct arena *arena);

/*
 * A hash table from 64-bit hashes to pointers that the caller owns. It grows as
 * needed; several values may have one hash. All zero bytes is an empty table.
 */
struct cache {
	struct cache_slot *slots;
	size_t mask; /* number of slots - 1 */
	size_t count;
};

struct cache_slot {
	uint64_t hash;
	void *value; /* NULL: the slot is empty */
};

/*
 * The slot of a table that has some to look at first. Hashes may be addresses
 * or offsets, so all their bits are mixed.
 */
static inline size_t cache_first_slot(const struct cache *cache, uint64_t hash)
{
	hash *= 0x9e3779b97f4a7c15;
	return (hash ^ hash >> 32) & cache->mask;
}

/*
 * Finds the value with this hash of which same(value, key) is true; with `same`
 * NULL the hash is the whole key. NULL if there is none. (Inline for the sake
 * of the die cache, where it is half of what a reference costs.)
 */
static inline void *cache_find(const struct cache *cache, uint64_t hash,
			       bool (*same)(const void *value, const void *key),
			       const void *key)
{
	statistics.lookups++;
	if (!cache->slots)
		return NULL;
	for (size_t i = cache_first_slot(cache, hash);;
	     i = (i + 1) & cache->mask) {
		const struct cache_slot *slot = &cache->slots[i];

		if (!slot->value)
			return NULL;
		if (slot->hash == hash && (!same || same(slot->value, key)))
			return slot->value;
	}
}

/* Adds a value, not NULL, whether or not one with that hash is there. */
void cache_add(struct cache *cache, uint64_t hash, void *value);

/* Makes room for so many values at once. */
void cache_reserve(struct cache *cache, size_t count);

/* Empties the table; the second also frees its memory. */
void cache_clear(struct cache *cache);
void cache_free(struct cache *cache);

/* The hash of a text for struct cache (not the one of FORMAT 3), byte by byte. */
#define HASH_START ((uint64_t)0xcbf29ce484222325)

static inline uint64_t hash_byte(uint64_t hash, char byte)
{
	return (hash ^ (unsigned char)byte) * 0x100000001b3;
}

uint64_t hash_text(const char *text, size_t length);

/* object.c: an input file */

/* The sections of DWARF that are read, in no particular order. */
enum section_id {
	SECTION_INFO, /* .debug_info, units in it come first */
	SECTION_TYPES, /* .debug_types, after them */
	SECTION_ABBREV,
	SECTION_LINE,
	SECTION_LINE_STR,
	SECTION_STR,
	SECTION_STR_OFFSETS,
	SECTION_LOC,
	SECTION_LOCLISTS,
	SECTION_COUNT
};

/*
 * The contents of a section, never NULL; no bytes if it is absent. A section of
 * texts ends with its last NUL.
 */
struct section {
	const unsigned char *data;
	size_t size;
};

/*
 * An open input file (FORMAT 10). The sections are decompressed and relocated
 * and live until object_close().
 */
struct object {
	const char *path; /* the caller's, for messages */
	Elf *elf; /* for the symbol table and the kABI rules */
	struct Dwfl *dwfl; /* NULL if it wasn't needed */
	struct section sections[SECTION_COUNT];
	bool big_endian;
};

/* The name of a section, for messages: ".debug_info" */
const char *section_name(enum section_id id);

/*
 * Reads the file behind the descriptor. Errors: no ELF file, no debugging
 * information, damaged sections.
 */
void object_open(struct object *object, const char *path, int fd);

/*
 * Opens the file alone, without its debugging information; for elf_end(). Error:
 * no ELF file.
 */
Elf *elf_open(const char *path, int fd);
void object_close(struct object *object);

/* decode.c: the bytes of DWARF */

/* The attributes that are read, as bits of struct attributes.present. */
enum attribute {
	ATTRIBUTE_NAME,
	ATTRIBUTE_LINKAGE_NAME,
	ATTRIBUTE_TYPE,
	ATTRIBUTE_ABSTRACT_ORIGIN,
	ATTRIBUTE_DECLARATION,
	ATTRIBUTE_DECL_FILE,
	ATTRIBUTE_CONST_VALUE,
	ATTRIBUTE_COUNT,
	ATTRIBUTE_UPPER_BOUND,
	/* Those with a word in type strings (FORMAT 5): */
	ATTRIBUTE_ACCESSIBILITY,
	ATTRIBUTE_ALIGNMENT,
	ATTRIBUTE_BIT_SIZE,
	ATTRIBUTE_BYTE_SIZE,
	ATTRIBUTE_ENCODING,
	ATTRIBUTE_DATA_BIT_OFFSET,
	ATTRIBUTE_DATA_MEMBER_LOCATION,
	ATTRIBUTE_DISCR_VALUE,
	/* Only for decode.c itself */
	ATTRIBUTE_SIBLING,
	ATTRIBUTE_STMT_LIST,
	ATTRIBUTE_STR_OFFSETS_BASE,
	ATTRIBUTES
};

/*
 * What a DIE says. An attribute is present if it is there and has a value of
 * the kind that is wanted of it: a number that dwarf_formudata() would give, a
 * text, a reference. (A type signature without a unit is not present.)
 */
struct attributes {
	unsigned int tag;
	bool children; /* there is a list of children, at `end` */
	const unsigned char *end; /* the first byte behind the attributes */
	uint32_t present; /* bits, by enum attribute */
	union {
		uint64_t number; /* ATTRIBUTE_CONST_VALUE to _DISCR_VALUE */
		const char *text; /* _NAME, _LINKAGE_NAME: the section's */
		/* _TYPE, _ABSTRACT_ORIGIN: the DIE; or NULL if it is nowhere */
		const unsigned char *die;
	} value[ATTRIBUTES];
};

static inline bool has(const struct attributes *attributes,
		       enum attribute attribute)
{
	return attributes->present >> attribute & 1;
}

/* A unit of .debug_info or .debug_types. */
struct unit {
	struct debug_data *data;
	enum section_id section;
	unsigned int number; /* in the order of FORMAT 4 */
	const unsigned char *start; /* the header */
	const unsigned char *root; /* the unit DIE */
	const unsigned char *end;
	unsigned int version;
	unsigned int offset_size; /* 4 or 8 */
	unsigned int address_size;
	uint64_t abbreviations_offset;
	uint64_t signature; /* of a type unit */
	uint64_t type_offset; /* of a type unit's type, from start; else 0 */

	/* From unit_open() on: */
	const struct abbreviation_table *abbreviations; /* NULL before */
	bool has_stmt_list;
	uint64_t stmt_list;
	uint64_t str_offsets_base;
	const unsigned char *children; /* of the unit DIE; NULL if none */
	unsigned int root_tag;

	/* Made when first needed, given up by unit_close(): */
	struct file_table *files;
	struct die_index *dies;
	unsigned char *top_level; /* a bit for each byte: a child of the root */
};

/* The units of a file, and what is known of them. */
struct debug_data {
	struct object *object;
	struct unit *units; /* in the order of FORMAT 4 */
	size_t unit_count;
	struct arena arena; /* of abbreviations */
	struct cache abbreviation_tables; /* by offset and kind of unit */
	struct cache signatures; /* type units, by signature */
	bool linked; /* units may refer to each other */
	uint64_t dies_limit; /* for statistics.dies */
	uint64_t tables_size; /* bytes of abbreviations and line tables read */
};

/* Finds the units of a file. Errors: damaged unit headers. */
void debug_data_open(struct debug_data *data, struct object *object);
void debug_data_close(struct debug_data *data);

/* The unit that an address of .debug_info or .debug_types lies in, or NULL. */
struct unit *find_unit(struct debug_data *data, const unsigned char *die);

/*
 * Makes a unit ready for the functions below; nothing is done if it is.
 * Errors: damaged abbreviations or unit DIE.
 */
void unit_open(struct unit *unit);

/*
 * Gives up what is known of a unit, if no other can refer to it: all that the
 * unit's DIEs have been read into can be given up as well.
 */
void unit_close(struct unit *unit);

/*
 * Reads a DIE. Error: damaged data; or there is none, but the end of a list of
 * children.
 */
void read_die(struct unit *unit, const unsigned char *die,
	      struct attributes *attributes);

/*
 * Reads the DIE at *next, one of a list of children, and moves *next to the
 * one behind it and all that it contains. False at the end of the list.
 */
bool read_next_child(struct unit *unit, const unsigned char **next,
		     struct attributes *attributes);

/*
 * The candidates of a unit (FORMAT 4, step 1): subprograms and variables that
 * are children of the unit DIE or stand in namespaces, classes and structures.
 */
struct candidates {
	struct unit *unit;
	const unsigned char *next;
	size_t depth; /* of `next` below the unit DIE; 0: at the end */
};

void candidates_begin(struct candidates *candidates, struct unit *unit);

/* Reads the next candidate and returns where it is; NULL at the end. */
const unsigned char *candidates_next(struct candidates *candidates,
				     struct attributes *attributes);

/* Whether a tag is one of those that candidates, and prefixes, can be in. */
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

/*
 * The DIE around this one, NULL for a unit DIE. Error: no DIE begins there.
 */
const unsigned char *parent_die(struct unit *unit, const unsigned char *die);

/*
 * Whether the unit's line table gives the file of that number a name that ends
 * in ".c" (FORMAT 5, "Not a definition"). Errors, for the DIE that asks: no
 * line table, no such number.
 */
bool is_source_file(struct unit *unit, const unsigned char *die,
		    uint64_t number);

/* The offset of a DIE in its section, for messages. */
unsigned long long die_offset(const struct unit *unit,
			      const unsigned char *die);

/* Ends the program with an error that names the file and the DIE. */
#define die_error(unit, die, format, ...)                    \
	error(format " (DIE 0x%llx in '%s')", ##__VA_ARGS__, \
	      die_offset(unit, die), (unit)->data->object->path)

/* kabi.c: kABI rules (FORMAT 8) */

enum kabi_rule {
	KABI_DECLONLY,
	KABI_ENUMERATOR_IGNORE,
	KABI_ENUMERATOR_VALUE,
	KABI_BYTE_SIZE,
	KABI_TYPE_STRING,
	KABI_RULES
};

/* Reads the rules of a file, with --stable, in place of those of the last. */
void kabi_read_rules(struct object *object);

/*
 * The value of the rule for a target, NULL without one. It lives as long as the
 * file is open.
 */
const char *kabi_find(enum kabi_rule rule, const char *target, size_t length);

/* The same for the target "ENUM ENUMERATOR". */
const char *kabi_find_enumerator(enum kabi_rule rule, const char *enumeration,
				 const char *enumerator);

/*
 * Adds a type_string rule for the file, from a line of the reference file, which
 * owns both texts.
 */
void kabi_override(const char *target, const char *value);

/* The number that a rule's value is. Error: it is none. */
uint64_t kabi_number(const char *value);

void kabi_free(void);

/* types.c: named types */

/*
 * A type string (FORMAT 5): its text with references as written, and where they
 * stand in it.
 */
struct type_string {
	const char *text; /* not NUL-terminated */
	size_t length;
	struct type_reference *references; /* by position */
	size_t reference_count;
	/* For versions, see types.c: */
	bool prepared; /* of references to one type, only the first is left */
	bool expanded; /* by some version or layout */
	bool hashed; /* the CRCs below are known */
	uint32_t crc; /* of the text */
};

struct type_reference {
	struct type *type;
	size_t start; /* of the reference in the text */
	uint32_t crc_start; /* of the text before it */
	uint32_t crc_end; /* ... and up to its end */
};

/*
 * A named type of the file: what a reference means. Lives in the arena of the
 * table.
 */
struct type {
	const char *key; /* the reference: "s#foo", NUL-terminated */
	size_t key_length;
	size_t number; /* of the types that were entered before it */
	bool in_table; /* `string` is set */
	bool ruled; /* by a type_string rule */
	struct type_string string;
	/* Where the DIE is that the string is of: */
	unsigned int unit;
	const unsigned char *die;

	/* For versions, see types.c: */
	uint64_t expanded_for; /* the last version that it was expanded in */
	size_t visit; /* its number in the search for cycles; 0: none yet */
	size_t lowest;
	bool on_path;
	bool in_cycle;
	struct layout *layout;
};

/*
 * The type table of one file (FORMAT 7). All zero bytes is an empty one.
 */
struct type_table {
	struct arena arena;
	struct cache by_key;
	struct type **types;
	size_t count;
	size_t capacity;
	uint64_t versions; /* expansions begun */
	bool many_versions; /* there will be, so hash() all strings */
	size_t visits; /* in the search for cycles */
	struct arena layouts;
	size_t layouts_size; /* bytes in that arena, roughly */
};

/*
 * The type with a reference, or with that made of a prefix ("s#") and a name;
 * entered if it is new, with no string yet.
 */
struct type *types_enter(struct type_table *table, const char *key,
			 size_t length);
struct type *types_enter_name(struct type_table *table, const char *prefix,
			      const char *name, size_t length);

/* Whether the table has a string for the type, from a rule or a DIE. */
bool types_known(struct type_table *table, struct type *type);

/*
 * Whether a string of that length, of the DIE there, should replace the one
 * that the table has for the type.
 */
bool types_wanted(const struct type *type, size_t length, unsigned int unit,
		  const unsigned char *die);

/* Enters or replaces a string. Its memory is to live as long as the table. */
void types_set(struct type *type, struct type_string string, unsigned int unit,
	       const unsigned char *die);

/*
 * The string of the type_string rule for a key (a reference or a symbol's
 * name), parsed, in the table's memory; NULL if there is no rule. Errors: see
 * FORMAT 8.
 */
struct type_string *types_rule(struct type_table *table, const char *key,
			       size_t length);

/* Says how many versions there will be, before the first. */
void types_expect(struct type_table *table, size_t versions);

/*
 * The version of a symbol with that string. Error: a reference that is in
 * neither table nor rules.
 */
uint32_t types_version(struct type_table *table, struct type_string *string,
		       const char *name);

/* Prints the expansion of that string, once its version has been computed. */
void types_dump_version(struct type_table *table,
			const struct type_string *string, const char *name);

/*
 * The string that a text from a symtypes file is, in the table's memory. What
 * the table has no key for is no reference.
 */
struct type_string *types_parse(struct type_table *table, const char *text);

/* Enters a line of a symtypes file, unless the table has its type. */
void types_read(struct type_table *table, const char *key, const char *text);

/* Whether the table has a string for that reference. */
bool types_has(const struct type_table *table, const char *key);

/* A line of the symtypes file. */
struct symtypes_line {
	const char *key; /* NUL-terminated */
	const struct type_string *string;
};

/*
 * Writes the table and the lines of the file's symbols, sorted by key. The
 * caller checks the stream for errors.
 */
void types_write(const struct type_table *table,
		 const struct symtypes_line *symbols, size_t count, FILE *file);

void types_free(struct type_table *table);

/* die.c: the strings of DIEs */

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
	FRAGMENT_NAME, /* a blank and `text` */
	FRAGMENT_NUMBER, /* " byte_size(N)", or another word: `attribute` */
	FRAGMENT_VALUE, /* " = N" */
	FRAGMENT_DIMENSION, /* "[N]" */
	FRAGMENT_DIE, /* the string of `die`, or a reference to it */
	FRAGMENT_ITEM, /* the separator, if any, and `text` */
	FRAGMENT_MEMBER, /* the same */
	FRAGMENT_MEMBER_NAME, /* as NAME; nothing if `text` is NULL */
	FRAGMENT_IGNORED, /* an ignored enumerator: keeps LBs apart */
	FRAGMENT_BREAK, /* LB */
	FRAGMENT_OPEN, /* `text` and LB, one level deeper */
	FRAGMENT_OPEN_LIST, /* the same, and a list begins */
	FRAGMENT_CLOSE, /* LB, one level back, and `text` */
	FRAGMENT_CLOSE_LIST, /* a list ends, and the same */
	FRAGMENT_END_LIST, /* a list ends: that of dims */
};

struct fragment {
	uint8_t kind; /* enum fragment_kind */
	uint8_t attribute; /* NUMBER: enum attribute */
	bool separated; /* ITEM, MEMBER: has a separator */
	bool finished; /* MEMBER: its visit has ended (FORMAT 5a) */
	uint32_t length; /* of `text` */
	union {
		const char *text; /* not NUL-terminated */
		uint64_t number;
		struct die *die;
	};
};

/* The special unions of FORMAT 8. */
enum special_union {
	UNION_NOT_SPECIAL,
	UNION_RESERVED,
	UNION_RENAMED,
	UNION_IGNORED,
};

/*
 * An entry of the die cache: a DIE that a symbol leads to. It lives in an arena
 * of dwarf.c, which fills in the first part; the second is die.c's own.
 */
struct die {
	struct unit *unit;
	const unsigned char *address; /* where it stands in its section */
	unsigned int tag;
	uint32_t fragment_count;
	struct fragment *fragments; /* its row; NULL until loaded */
	struct type *type; /* of a named type, else NULL */
	const char *new_name; /* of a renamed union; NUL-terminated */
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
 * Turns a row that is text only, without DIEs or line breaks, into one fragment
 * with its text in the arena. For base types: nothing is written more often.
 */
void die_flatten(struct die *die, struct arena *arena);

/*
 * The walk of FORMAT 5a over all that a symbol's DIE leads to (all loaded). It
 * leaves behind which items have separators, and the names of renamed members.
 * Error: a cycle without a body.
 */
void die_walk(struct die *symbol);

/* The length of a DIE's type string. Error: it is endless. */
uint64_t die_string_length(struct die *die);

/* The type string of a DIE; its memory is the arena's. */
struct type_string die_string(struct die *die, struct arena *arena);

/* Prints the string of a symbol's DIE as FORMAT 9 wants it. */
void die_dump(struct die *symbol, FILE *file);

/* symbols.c: the list of symbols */

/* A symbol of the list (FORMAT 2 to 4). Lives until symbols_free(). */
struct symbol {
	const char *name;
	size_t length;
	unsigned int bucket; /* of FORMAT 3 */
	size_t number; /* of the names read before it */

	/* In the current file: */
	struct symbol *alias; /* the next of a ring of aliases; or itself */
	bool has_address;
	uint64_t section;
	uint64_t value;
	struct unit *kept_unit; /* of a symbol pointer's type, or NULL */
	const unsigned char *kept; /* that type */

	/* What was found: */
	unsigned int file; /* where it got its DIE, from 1; 0: it is free */
	struct type_string *string; /* the type table's */
	bool has_version;
	uint32_t version;
};

/* Reads the list. Errors: an empty line, a failed read. */
void symbol_read_exports(FILE *file);

/*
 * Adds what an object exports to the list, for --exported. Errors: no ELF file,
 * a damaged symbol table.
 */
void symbol_find_exports(const char *path, int fd);

/*
 * The symbol at that place in the order of FORMAT 3, NULL behind the last. The
 * loop over all symbols counts up from 0.
 */
struct symbol *symbols_at(size_t place);

/* The symbol of that name, or NULL. */
struct symbol *symbols_find(const char *name);

/* Puts symbols into that order. */
void symbols_sort(struct symbol **symbols, size_t count);

/*
 * Begins with a file: finds the aliases among the symbols from its ELF symbol
 * table (FORMAT 4).
 */
void elf_set_symbol_addr(struct object *object);

/* Whether a symbol or an alias of it is free. */
bool symbols_free_alias(const struct symbol *symbol);

/*
 * Computes the versions of the symbols that got their DIEs from a file.
 */
void symbols_compute_versions(unsigned int file, struct type_table *table);

/* Writes the part of the symtypes file that is about that file. */
void symbols_write_types(unsigned int file, const struct type_table *table,
			 FILE *symtypes);

/* Prints the #SYMVER lines, with warnings for symbols without a DIE. */
void symbol_print_versions(FILE *file);
void symbols_free(void);

/* reference.c: why versions changed */

/*
 * Reads the reference file, a symtypes file of an earlier build. Errors: it
 * can't be read, or is none.
 */
void reference_read(const char *path);

/* Adds the overrides of the reference file to the rules of an input file. */
void reference_add_overrides(void);

/*
 * Compares the symbols that got their DIEs from a file, and its types, with the
 * reference file. Prints which versions changed, and by which types.
 */
void reference_compare(unsigned int file, struct type_table *table);

/*
 * After all files: prints the symbols that are missing, and how each type that
 * made versions change has changed. Frees all. Returns how many versions changed.
 */
size_t reference_report(void);

/* dwarf.c: from units to types */

/*
 * Gives the symbols their DIEs from a file, the one of that number, and fills
 * the table with what these lead to.
 */
void dwarf_read(struct object *object, unsigned int file,
		struct type_table *table);

#endif
