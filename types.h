/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Named types: the table from references to strings, and symtypes files (FORMAT 7).
 * Nothing here knows DWARF.
 */
#ifndef TYPES_H
#define TYPES_H

#include "cache.h"
#include <stdio.h>

/*
 * A type string (FORMAT 5): its text with references as written, and where they
 * stand in it.
 */
struct type_string {
	struct text text; /* not NUL-terminated */
	struct type_reference *references; /* by position */
	size_t reference_count;
	/* versions.c's: */
	/* Of references to one type only the first is left, and CRCs are known: */
	bool prepared;
	uint32_t crc; /* of the text */
};

struct type_reference {
	struct type *type;
	size_t start; /* of the reference in the text */
	uint32_t crc_start; /* of the text before it */
	uint32_t crc_end; /* ... and up to its end */
};

/* A named type of the file: what a reference means. Lives as long as the table. */
struct type {
	struct text key; /* the reference: "s#foo", NUL-terminated; first */
	size_t number; /* of the types that were entered before it */
	bool in_table; /* `string` is set */
	bool ruled; /* by a type_string rule */
	struct type_string string;
	uint64_t place; /* of the DIE that the string is of, among all */

	/* versions.c's: */
	uint64_t expanded_for; /* the last version that it was expanded in */
	size_t visit; /* its number in the search for cycles; 0: none yet */
	size_t lowest;
	bool on_path;
	bool in_cycle;
	struct layout *layout;
};

/* The type table of one file. All zero bytes is an empty one, without rules. */
struct type_table {
	const char *path; /* the file's, for messages; the caller's */
	bool dump; /* print strings as they are entered: --dump-types */
	/* The string of the rule for a key, if there is one; NULL: no rules. */
	struct type_string *(*find_rule)(struct type_table *table,
					 struct text key);
	const struct kabi_rules *rules; /* where that looks */
	struct arena arena;
	struct cache by_key;
	struct type **types;
	size_t count;
	size_t capacity;
	char *key; /* the last that was made of a prefix and a name */
	size_t key_capacity;

	/* versions.c's: */
	uint64_t versions; /* expansions begun */
	size_t visits; /* in the search for cycles */
	struct arena layouts;
	size_t layouts_size; /* bytes in that arena, roughly */
};

/*
 * The type with a reference, or with that made of a prefix ("s#") and a name;
 * entered if it is new, with no string yet.
 */
struct type *types_enter(struct type_table *table, struct text key);
struct type *types_enter_name(struct type_table *table, const char *prefix,
			      struct text name);

/* The same if the table has a string for it; else NULL. */
const struct type *types_find(const struct type_table *table, struct text key);
const struct type *types_find_name(struct type_table *table, const char *prefix,
				   struct text name);

/* Whether the table has a string for the type, from a rule or a DIE. */
bool types_resolve(struct type_table *table, struct type *type);

/*
 * Whether a string of that length, of the DIE in that place, should replace the
 * one that the table has for the type.
 */
bool type_supersedes(const struct type *type, size_t length, uint64_t place);

/* Enters or replaces a string. Its memory is to live as long as the table. */
void types_set(const struct type_table *table, struct type *type,
	       struct type_string string, uint64_t place);

/* The string of the rule for a key, if there is one; else NULL. */
static inline struct type_string *types_rule(struct type_table *table,
					     struct text key)
{
	return table->find_rule ? table->find_rule(table, key) : NULL;
}

/*
 * The end of a reference that begins there; NULL if none does, with what is
 * wrong if one nearly does.
 */
const char *reference_end(const char *text, const char **problem);

/*
 * The string that a text is, in the table's memory. Its references may begin
 * anywhere (FORMAT 8). NULL if there is something wrong, and what.
 */
struct type_string *types_parse(struct type_table *table, struct text text,
				const char **problem);

/* Whether a key is a reference, not a symbol's name. */
static inline bool is_reference(const char *key)
{
	return *key && strchr("sute", *key) && key[1] == '#';
}

/* A line of the symtypes file. */
struct symtypes_line {
	const char *key; /* NUL-terminated */
	const struct type_string *string;
};

/*
 * Adds the lines of a table to some that are there, for free(), and sorts all by
 * key.
 */
struct symtypes_line *types_lines(const struct type_table *table,
				  struct symtypes_line *lines, size_t *count);

/* Writes a line, or all. The caller checks the file for errors. */
void types_write_line(const char *key, struct text text, FILE *file);
void types_write(const struct symtypes_line *lines, size_t count, FILE *file);

void types_free(struct type_table *table);

#endif
