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

#include "reader/reader.h"
#include "versions.h"

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
	bool used; /* it has changed something; of type_string the table knows */
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

/*
 * Reads the rules of a file, with --stable; gives those of type_string to the table.
 * Errors: see FORMAT 8.
 */
void kabi_read_rules(struct kabi_rules *rules, struct object *object,
		     struct type_table *table);
void kabi_free(struct kabi_rules *rules);

/* Finds the rule for a target, NULL without one. */
struct rule *kabi_find(const struct kabi_rules *rules, enum kabi_rule type,
		       struct text target);

/* The same for the target "ENUM ENUMERATOR". */
struct rule *kabi_find_enumerator(const struct kabi_rules *rules,
				  enum kabi_rule type, struct text enumeration,
				  struct text enumerator);

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
	struct die_ref type; /* of the special member; not of an ignored one */
};

/* The type of a member, for --stable. Error: it has none. */
struct die_ref kabi_member_type(const struct attributes *member);

/*
 * What kind of special union a DIE is, if it is one; never without --stable.
 * Error: a member without a type.
 */
struct special special_union(struct die_ref die);

/* canonical.c: --canonical (FORMAT 13) */

/*
 * The number of the scheme, which stands at the start of each symbol's string. A
 * change of what --canonical makes of an object is a new one.
 */
#define CANONICAL_SCHEME "1"
#define CANONICAL_START	 "canonical(" CANONICAL_SCHEME ") "

/*
 * Rewrites what a DIE says, a child of one with the tag `parent`, so that it is the
 * same for all compilers. Without --canonical only what its strings don't have is
 * dropped.
 */
void canonicalize(struct attributes *attributes, unsigned int parent);

/*
 * The one spelling of the name of a base type, in the arena for C's own; the name as
 * it is without --canonical.
 */
struct text canonical_base(struct arena *arena, struct text name);

#define QUALIFIERS 4

/* A type without its qualifiers, and which of them count. */
struct qualified {
	struct die_ref type; /* nowhere: void */
	unsigned int qualifiers; /* bits: atomic, const, restrict, volatile */
};

/* What a typedef that is qualified has already doesn't count. */
struct qualified canonical_qualified(struct die_ref type);

/* The place that a child of a structure is put in order by: a member's first bit. */
uint64_t canonical_place(const struct attributes *child);

/* A child, and its place. */
struct placed {
	uint64_t place;
	struct die_ref die;
};

/* The children of a structure, in the order of their places, for free(). */
struct placed *canonical_order(const struct attributes *structure,
			       size_t *count);

/* A value of more than 64 bits in hexadecimal, between two texts; in the arena. */
struct text canonical_wide(struct arena *arena,
			   const struct attributes *attributes,
			   const char *before, const char *after);

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
	struct die_ref ref;
	unsigned int tag;
	uint32_t fragment_count;
	struct fragment *fragments; /* its row; NULL until loaded */
	struct type *type; /* of a named type, else NULL */
	struct text new_name; /* of a renamed union */
	uint8_t special; /* enum special_union */

	uint8_t visit; /* enum visit */
	bool visited_closed;
	uint8_t string; /* enum string_state */
	uint32_t last_walk; /* a body: the last walk that met it */
	uint32_t last_dump; /* a body: the last dump that met it */
	uint32_t bodies; /* around its visit in the walk */
	uint32_t dump_bodies; /* around it in the dump, + 1; or 0 */
	uint64_t length; /* of its type string, in bytes */
};

/*
 * What die.c works with, for one input file. All zero bytes is one that is new.
 */
struct writer {
	/* Places in rows that are being gone through, the innermost last. */
	struct frame *frames;
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
struct type_string *die_string(struct writer *writer, struct die *die,
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
	struct die_ref die;
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
	struct die **new_dies;
	size_t new_count;
	size_t new_capacity;
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
struct type_string *symbol_string(struct die_cache *cache, struct die_ref die,
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
bool symbol_unassigned(const struct symbol *symbol, unsigned int file);
bool any_alias_unassigned(const struct symbol *symbol, unsigned int file);

/*
 * Gives a free symbol its string in a file, by a rule perhaps, and that of its
 * DIE.
 */
void symbols_assign(struct symbol *symbol, unsigned int file,
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
void kabi_warn_unmatched(const struct kabi_rules *rules,
			 struct type_table *table);

/* match.c: from units to symbols */

/*
 * Gives the symbols of the list that are free their strings from a file, the
 * one of that number. Errors: damaged DWARF.
 */
void match_symbols(struct symbol_list *list, struct object *object,
		   unsigned int file, struct type_table *table,
		   struct die_cache *cache);

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
