/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of gendwarfksyms share. Data moves from the bottom to the top: a file
 * uses those below it and, but for the options, none above (tests/usage/rooms.t sees to
 * that).
 *
 *	gendwarfksyms.c	options, the loop over the input files, output
 *	baseline/	symtypes files of earlier builds: baseline/baseline.h
 *	match.c		units -> the DIE of each symbol (FORMAT 4)
 *	symbols.c	the list of symbols, its order, aliases, #SYMVER lines (2, 3)
 *	die_cache.c	the DIE of a symbol -> its string; named types -> the table
 *	dwarf.c		a DIE -> its row of fragments (5, 6): die.h
 *	die.c		rows -> the walk, type strings, dumps (5, 5a, 9): die.h
 *	canonical.c	what a DIE says, made the same for all compilers (13)
 *	kabi.c		kABI rules, and those that match nothing; special unions (8)
 *	reader/		an ELF file -> DIEs and their attributes (10): reader/reader.h
 *	versions.c	a string and the table -> the CRC of its expansion (7): versions.h
 *	template.c	what is the same in many expansions: template.h, crc32.h
 *	types.c		keys, type strings, tables of types, symtypes files (7): types.h
 *	output.c	files that appear only if all goes well: output.h
 *	text_file.c	lists and baselines as lines: text_file.h
 *	cache.c		memory, hash table: cache.h
 *	magic.c		what a file is, by its first bytes: magic.h
 *	message.c	messages: message.h
 *
 * kabi-compare, in compare/, uses baseline/ and what that uses. "FORMAT" is
 * doc/FORMAT.md, with the number of the section. doc/HOW-IT-WORKS.md follows an example
 * through all of this.
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
	int list_exported;
	int complete;
	int preserve;
	const char *reference;
	const char *symtypes;
	const char *consolidated;
	const char *relative_to;
};

extern struct options options;

/*
 * The exit status of --complete where the input files don't have all that versions
 * are made of (FORMAT 1).
 */
#define EXIT_INCOMPLETE 2

#define debug(...)                                           \
	do {                                                 \
		if (options.debug)                           \
			message("debug", PART, __VA_ARGS__); \
	} while (0)

/* kabi.c: kABI rules and special unions (FORMAT 8) */

enum kabi_rule_type {
	KABI_DECLONLY,
	KABI_ENUMERATOR_IGNORE,
	KABI_ENUMERATOR_VALUE,
	KABI_BYTE_SIZE,
	KABI_TYPE_STRING,
	KABI_RULES
};

/* A rule. Target and value are the input file's. */
struct kabi_rule {
	struct text target; /* NUL-terminated; first */
	enum kabi_rule_type type;
	const char *value;
	bool used; /* a DIE had its target; of type_string: types_rule_used() */
	bool misfit; /* the target lacks the attribute */
	struct kabi_rule *next; /* the one entered before it */
};

/* The rules of an input file. All zero bytes are none. */
struct kabi_rules {
	const char *path; /* the input file's, for messages */
	struct kabi_rule *last;
	struct cache by_target[KABI_RULES];
	struct arena arena;
	size_t longest_target; /* bytes */
};

/*
 * Reads the rules of a file, with --stable; gives those of type_string to the table.
 * Errors: see FORMAT 8.
 */
void kabi_read_rules(struct kabi_rules *rules, struct object *object, struct type_table *table);
void kabi_free(struct kabi_rules *rules);

/* Finds the rule for a target, NULL without one. */
struct kabi_rule *kabi_find(const struct kabi_rules *rules, enum kabi_rule_type type,
			    struct text target);

/* Finds the rule for the target "ENUM ENUMERATOR", and notes that it is used. */
struct kabi_rule *kabi_find_enumerator(const struct kabi_rules *rules, enum kabi_rule_type type,
				       struct text enumeration, struct text enumerator);

/* Reads the number that a rule's value is. Error: it is none. */
uint64_t kabi_number(const struct kabi_rules *rules, const struct kabi_rule *rule);

/*
 * Warns of the rules of an input file that can't be meant as they are, once all
 * that its symbols lead to is in the table.
 */
void kabi_warn_unmatched(const struct kabi_rules *rules, struct type_table *table);

/* Unions that --stable treats in a way of their own (FORMAT 8). */
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

/* Returns the type of a member, for --stable. Error: it has none. */
struct die_ref kabi_member_type(const struct attributes *member);

/*
 * Tells which kind of special union a DIE is, if it is one; never without --stable.
 * Error: a member without a type.
 */
struct special special_union(struct die_ref die);

/* canonical.c: --canonical (FORMAT 13) */

/*
 * The number of the scheme, which stands at the start of each symbol's string. A
 * change of what --canonical makes of an object is a new one.
 */
#define CANONICAL_SCHEME "2"
#define CANONICAL_START	 "canonical(" CANONICAL_SCHEME ") "

/*
 * Rewrites what a DIE says, so that it is the same for all compilers. `parent` is the tag
 * of the DIE that it is a child of, or 0. Without --canonical only values that would be
 * shown, and are not by default, are dropped.
 */
void canonicalize(struct attributes *attributes, unsigned int parent);

/*
 * Returns the one spelling of the name of a base type, in the arena for C's own; without
 * --canonical the name as it is.
 */
struct text canonical_base(struct arena *arena, struct text name);

#define QUALIFIERS 4

/* A type without its qualifiers, and which of them count. */
struct qualified {
	struct die_ref type; /* nowhere: void */
	unsigned int qualifiers; /* bits: atomic, const, restrict, volatile */
};

/*
 * Finds the type that qualifiers stand in front of, and those qualifiers that it doesn't
 * have already through typedefs and arrays.
 */
struct qualified canonical_qualified(struct die_ref type);

/*
 * Returns where a canonicalized child begins in its structure, in bits; 0 for what is no
 * member.
 */
uint64_t canonical_place(const struct attributes *child);

/* A child, and its place. */
struct placed {
	uint64_t place;
	struct die_ref die;
};

/* Lists the children of a structure in the order of their places, for free(). */
struct placed *canonical_order(const struct attributes *structure, size_t *count);

/* Writes a value of more than 64 bits in hexadecimal, between two texts; in the arena. */
struct text canonical_wide(struct arena *arena, const struct attributes *attributes,
			   const char *before, const char *after);

/* die_cache.c: from a DIE to its string */

/*
 * The die cache: the DIEs of an input file that symbols lead to, and their strings,
 * which go to the table. Rules and table have to live as long.
 */
struct die_cache *die_cache_new(const struct kabi_rules *rules, struct type_table *table);
void die_cache_free(struct die_cache *cache);

/*
 * Begins with a unit. The entries and rows of units before it are freed, but for those of its
 * group, which may refer to each other.
 */
void die_cache_begin_unit(struct die_cache *cache, struct unit *unit);

/*
 * Returns the string of a symbol's DIE, as a subprogram or a variable, in the memory
 * of the table. The first time that it is asked for, all that the DIE leads to is
 * loaded and walked, named types are put into the table, and it is printed with
 * --dump-dies. Errors: an unexpected tag, an endless or too long type.
 */
struct type_string *symbol_string(struct die_cache *cache, struct die_ref die, bool subprogram);

/* symbols.c: the list of symbols */

/* A symbol of the list (FORMAT 2 to 4). Lives until the end. */
struct symbol {
	struct text name; /* NUL-terminated; first */
	unsigned int bucket; /* of FORMAT 3 */
	size_t number; /* of the names read before it */
	unsigned int exporter; /* --exported: the file it is of; 0: any */

	/* In the file of that number, from 1; out of date in any other: */
	unsigned int seen_in;
	bool has_address;
	uint64_t section;
	uint64_t value;
	struct symbol *alias; /* the next of a ring of aliases; or itself */
	struct symbol *leader; /* of the ring: the first that its address was found of */
	struct symbol *unassigned; /* a leader's: the first of the ring in FORMAT 3; or NULL */
	size_t choice; /* match.c's: the place of its choice, + 1; or 0 */

	/* What was found: */
	unsigned int file; /* where it got its DIE, from 1; 0: it is unassigned */
	struct type_string *string; /* the type table's */
	struct type_string *described; /* that of its DIE, rules for the symbol aside */
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
	unsigned int file; /* the number of the current file, from 1 */
	struct symbol **assigned; /* that got their DIEs from it */
	size_t assigned_count;
	size_t assigned_capacity;
};

/* Reads the list, for symbols_sort(). Errors: an empty line, a failed read. */
void symbols_read(struct symbol_list *list, FILE *file);

/*
 * Adds what an object exports to the list, in nm's order, under the number of the
 * file. Tells whether that was anything. Errors: no ELF file, a damaged symbol table.
 */
bool symbols_read_exported(struct symbol_list *list, const char *path, int fd, unsigned int file);

/* Prints the names in the order in which they were read, for --list-exported. */
void symbols_print_names(const struct symbol_list *list, FILE *file);

/* Puts the symbols into the order of FORMAT 3, once all are known. */
void symbols_sort(struct symbol_list *list);

/* Finds the symbol of that name; NULL if there is none. */
struct symbol *symbols_find(const struct symbol_list *list, struct text name);

/* Compares two symbols in the order of FORMAT 3: below, above or equal to 0. */
int symbols_compare(const struct symbol *left, const struct symbol *right);

/*
 * Begins with the file of that number: finds the aliases among the symbols by its ELF
 * symbol table (FORMAT 4).
 */
void symbols_begin_file(struct symbol_list *list, struct object *object, unsigned int file);

/*
 * Tells whether a symbol may get its DIE from the current file: it has none, and isn't
 * exported by another. The second finds the first of its aliases, in the order of FORMAT 3,
 * that may; or NULL. It holds for symbols whose aliases get theirs together.
 */
bool symbol_unassigned(const struct symbol_list *list, const struct symbol *symbol);
struct symbol *symbols_first_unassigned(const struct symbol_list *list, struct symbol *symbol);

/*
 * Gives an unassigned symbol its string in the current file, by a rule perhaps, and that of
 * its DIE.
 */
void symbols_assign(struct symbol_list *list, struct symbol *symbol, struct type_string *string,
		    struct type_string *described);

/*
 * Ends with matching in the current file: puts the symbols that got their DIEs from it into
 * the order of FORMAT 3.
 */
void symbols_sort_assigned(struct symbol_list *list);

/* Tells whether each symbol has a version. */
bool symbols_complete(const struct symbol_list *list);

/*
 * Computes the versions of the symbols that got their DIEs from the current file, and prints
 * their expansions with --dump-versions.
 */
void symbols_compute_versions(struct symbol_list *list, struct type_table *table);

/* Lists the lines of a symtypes file for the current file, for free() (FORMAT 7). */
struct symtypes_line *symbols_lines(const struct symbol_list *list, const struct type_table *table,
				    size_t *count);

/* Prints the #SYMVER lines, with warnings for symbols without a DIE. */
void symbols_print_versions(const struct symbol_list *list, FILE *file);

/* match.c: from units to symbols */

/*
 * Gives unassigned symbols of the list their strings from the current file. Errors:
 * damaged DWARF.
 */
void match_symbols(struct symbol_list *list, struct object *object, struct type_table *table,
		   struct die_cache *cache);

#endif
