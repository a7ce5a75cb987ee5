/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Type strings, and tables of named types (FORMAT 5 and 7). Nothing here knows DWARF.
 *
 * There is one model of all that: a *key* is a reference, or a symbol's name; a *type
 * string* is a text with the keys that it refers to; a *table* says which string a key
 * has, for one file. Keys are entered once, and tables of several files share them.
 * Say a file has
 *
 *	s#foo structure_type foo { member pointer_type { s#bar } ... }
 *	s#bar structure_type bar { }
 *
 * Then there are two keys, "s#foo" and "s#bar", and the table has a string for each;
 * the one of s#foo has a reference, to the key s#bar.
 */
#ifndef TYPES_H
#define TYPES_H

#include "cache.h"
#include <stdio.h>

/* A reference, "s#foo", or a symbol's name. Lives as long as its `struct keys`. */
struct key {
	struct text text; /* NUL-terminated; first */
	size_t number; /* of the keys that were entered before it */
	struct type_string *strings; /* of keys_enter_string(), the last first */
	size_t mark; /* the last string that it was marked for; versions.c's */
};

/* A type string. */
struct type_string {
	struct text text; /* with references as written; not NUL-terminated */
	struct type_reference *references; /* in the order of the text; see `prepared` */
	size_t reference_count;
	/* Of those that keys_enter_string() makes: */
	struct type_string *next; /* of the same key */
	bool override; /* it stands for what later builds say, too (FORMAT 14) */
	bool searched; /* for references */
	/* versions.c's: */
	bool prepared; /* of two references to one key the first is left; CRCs are known */
	uint32_t crc; /* of the text */
};

struct type_reference {
	struct key *key;
	size_t start; /* of the reference in the text */
	/* versions.c's: */
	uint32_t crc_start; /* of the text before it */
	uint32_t crc_end; /* ... and up to its end */
};

/* All keys of a run. All zero bytes is none. */
struct keys {
	struct arena arena;
	struct cache by_text;
	size_t count;
	size_t marks; /* given to strings so far */
	char *buffer; /* the last key that was made of a prefix and a name */
	size_t buffer_size;
};

/*
 * Finds or enters a key: of that text, which is copied; or of a prefix ("s#") and a
 * name, in quotes if there is a blank in it. keys_find() returns NULL if there is none.
 */
struct key *keys_enter(struct keys *keys, struct text text);
struct key *keys_enter_name(struct keys *keys, const char *prefix, struct text name);
struct key *keys_find(const struct keys *keys, struct text text);
struct key *keys_find_name(struct keys *keys, const char *prefix, struct text name);

/*
 * The string of a key with that text, which is copied if it is new: equal ones are
 * one. Its references have not been searched for.
 */
struct type_string *keys_enter_string(struct keys *keys, struct key *key, struct text text,
				      bool override);

void keys_free(struct keys *keys);

/* Tells whether a string is that of a type without a definition. */
bool is_declaration(struct text text);

/*
 * Tells whether a key is a reference, not a symbol's name. E# is an enumerator of genksyms,
 * which only its symtypes files have.
 */
static inline bool is_reference(const char *key)
{
	return *key && strchr("suteE", *key) && key[1] == '#';
}

/*
 * Finds the references of a string, whose text ends in a NUL, in the memory of the arena. With `anywhere`, they
 * may begin inside of a word (FORMAT 8); else where a word begins, and what is nearly
 * one is none (FORMAT 14). Returns NULL, or what is wrong with one.
 */
const char *find_references(struct keys *keys, struct arena *arena, struct type_string *string,
			    bool anywhere);

/* What a table says of a key. Lives as long as the table. */
struct type {
	struct key *key;
	struct type_string *string; /* NULL: none yet */
	bool ruled; /* the string is a type_string rule's */
	bool ambiguous; /* several definitions were found, and a warning was given */
	uint64_t place; /* of the DIE that the string is of, among all */

	/* versions.c's: */
	bool prepared; /* and so are all types that it leads to */
	uint64_t expanded_for; /* the last expansion that it was expanded in */

	/* types_find_cycles()'s: */
	size_t visit; /* the number of its visit; 0: none yet */
	size_t lowest; /* visit of those on the path that it leads to */
	size_t cycle; /* the number of its cycle, which may be it alone; 0: none yet */
	size_t cycle_size; /* types in it */

	/* template.c's: */
	struct expansion_template *template;
	uint64_t in_template; /* the last one that it was put into */
};

/* A type_string rule (FORMAT 8), of a reference or of a symbol's name. */
struct type_rule {
	struct text target; /* NUL-terminated; first */
	const char *value;
	const char *origin; /* what it is, for messages: "the type_string rule for" */
	struct type_string *string; /* NULL until it is asked for */
};

/* The types of one file. With `keys` alone set, it is an empty one. */
struct type_table {
	struct keys *keys;
	const char *path; /* the file's, for messages; the caller's */
	bool dump; /* print strings as they are entered: --dump-types */
	struct arena arena; /* of types and their strings */
	struct type **by_key; /* by number of the key; NULL: not entered */
	size_t key_count; /* that `by_key` has room for */
	struct type **types; /* in the order in which they were entered */
	size_t count;
	size_t capacity;
	struct cache rules; /* struct type_rule by target */

	/* types_find_cycles()'s: */
	size_t visits;
	size_t cycles;

	/* versions.c's and template.c's: */
	uint64_t versions; /* expansions begun */
	uint64_t template_count; /* made so far */
	struct arena templates;
	size_t templates_size; /* bytes in that arena, roughly */
};

/* The end of a reference in its text. */
static inline size_t reference_end(const struct type_reference *reference)
{
	return reference->start + reference->key->text.length;
}

/* The type of a reference, which has been resolved. */
static inline struct type *referenced_type(const struct type_table *table,
					   const struct type_reference *reference)
{
	return table->by_key[reference->key->number];
}

/* The type of a key, entered if it is new, with no string yet. */
struct type *types_enter(struct type_table *table, struct key *key);

/* The same if it has a string, from a rule or a DIE; else NULL. */
const struct type *types_find(const struct type_table *table, const struct key *key);

/*
 * Adds a type_string rule. All texts stay the caller's; of two rules for a target the
 * later holds.
 */
void types_add_rule(struct type_table *table, struct text target, const char *value,
		    const char *origin);

/*
 * The string of the rule for a target, NULL without one. Error: the value is no
 * string, as FORMAT 8 has it.
 */
struct type_string *types_rule_string(struct type_table *table, struct text target);

/*
 * Tells where a string of that target comes from, for messages: "the string of", or what
 * the rule that has it is.
 */
const char *types_origin(const struct type_table *table, struct text target,
			 const struct type_string *string);

/* Tells whether the rule for a target has been asked for its string. */
bool types_rule_used(const struct type_table *table, struct text target);

/* Gives a type the string of its rule, if it has none. Tells whether it has one then. */
bool types_resolve(struct type_table *table, struct type *type);

/*
 * Offers the string of the DIE in that place, which is so long (bytes; 0 if the type
 * has none yet). Tells whether types_set() is to be called with it, since it is the
 * longest so far, or of equally long ones the first in .debug_info (FORMAT 7).
 */
bool types_offer(struct type_table *table, struct type *type, uint64_t length, uint64_t place);

/* Gives a type its string, which has to live as long as the table. */
void types_set(const struct type_table *table, struct type *type, struct type_string *string);

/*
 * Finds the cycles that a type is in or leads to, and numbers them: what a cycle leads to has
 * lower numbers. All references have to be resolved.
 */
void types_find_cycles(struct type_table *table, struct type *type);

/* A line of a symtypes file. */
struct symtypes_line {
	struct key *key;
	struct type_string *string;
};

/*
 * Adds the lines of a table to some that are there, for free(), and sorts all by
 * key.
 */
struct symtypes_line *types_lines(const struct type_table *table, struct symtypes_line *lines,
				  size_t *count);

/* Writes a line, or all. The caller checks the file for errors. */
void types_write_line(const char *key, struct text text, FILE *file);
void types_write(const struct symtypes_line *lines, size_t count, FILE *file);

/* Empties a table, rules included; the second also frees its memory. */
void types_clear(struct type_table *table);
void types_free(struct type_table *table);

#endif
