/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Symtypes files of earlier builds.
 */
#ifndef BASELINE_H
#define BASELINE_H

#include "../versions.h"

/* baseline.c: symtypes files (FORMAT 7), consolidated ones (FORMAT 14) */

/* What a section says of a key. */
struct record {
	struct key *key;
	struct definition *definition; /* NULL: nothing */
	bool override; /* it holds for a later baseline as well */
};

/* A reference or a symbol's name in baselines. Lives as long as the pool. */
struct key {
	struct text text; /* NUL-terminated; first */
	struct definition *definitions; /* all strings that it has, somewhere */
	struct record last; /* in the sections with headers so far */
	/* Of the section that is gone through, if `mark` is pool.marks: */
	size_t mark;
	struct record here;
	bool listed; /* it has a line there */
	bool met; /* a symbol leads to it */
	struct type *type; /* in the table of pool.typed */
};

/* A string that some line has for a key. */
struct definition {
	struct text text; /* NUL-terminated */
	struct definition *next; /* of the key */
	struct key_reference {
		struct key *key;
		size_t start; /* of the reference in the text */
	} * references;
	size_t reference_count;
	bool searched; /* for references */
};

/* All keys and definitions of one baseline, or of two that are compared. */
struct pool {
	struct arena arena;
	struct cache keys;
	size_t marks; /* sections gone through so far */
	struct section *typed; /* whose table the `type` of keys is of */
};

/* The key of that text, and its definition with that text; both are copied. */
struct key *pool_enter_key(struct pool *pool, struct text text);
struct definition *pool_enter_definition(struct pool *pool, struct key *key,
					 struct text text);

/* A symbol of a baseline. */
struct baseline_symbol {
	struct text name; /* NUL-terminated; first */
	struct record record;
	struct section *section;
	bool seen; /* free for use by who compares */
};

/* What a baseline says of one file. */
struct section {
	struct pool *pool;
	size_t number; /* of those before it */
	struct text file; /* NUL-terminated; of a symtypes file: its own path */
	struct baseline_symbol *symbols;
	size_t symbol_count;
	struct record *types; /* those that the symbols lead to */
	size_t type_count;
	bool overrides; /* one of its records is */
	struct type_table table; /* see section_table() */
};

struct baseline {
	const char *path; /* the caller's */
	struct pool *pool;
	struct text scheme; /* of --canonical (FORMAT 13); no bytes: without */
	struct section **sections;
	size_t section_count;
	size_t sections_capacity;
	struct cache by_name; /* struct baseline_symbol */
	struct record *overrides; /* all that are */
	size_t override_count;
	size_t overrides_capacity;
};

/*
 * Reads a symtypes file or a consolidated one. Errors, with the line: it can't be
 * read, or is no such file.
 */
void baseline_read(struct baseline *baseline, struct pool *pool,
		   const char *path);

/* Free what they own; a baseline before its pool. */
void baseline_free(struct baseline *baseline);
void pool_free(struct pool *pool);

/*
 * Ends the program if a baseline was made by another scheme than what `other` names,
 * unless one of them has no symbols (`start` NULL).
 */
void baseline_check_scheme(const struct baseline *baseline, struct text scheme,
			   const char *other);

/* The first symbol of that name; NULL if there is none. */
struct baseline_symbol *baseline_find(const struct baseline *baseline,
				      struct text name);

/* Whether the symbols of two sections lead to the same types. */
bool same_types(const struct section *old, const struct section *new);

/*
 * What a section says if the overrides of an older one count; in the pool's memory.
 * Itself if there are none. Error: they lead to a type that it doesn't have.
 */
struct section *section_override(struct section *section,
				 const struct section *old);

/* The table of the types of a section, made when it is first asked for. */
struct type_table *section_table(struct section *section);

/* Gives up the table, until it is asked for again. */
void section_close(struct section *section);

/* A symbol's string, in the memory of that table. */
struct type_string *symbol_type_string(const struct baseline_symbol *symbol);

/* Whether a text of a consolidated file may be left out: "s##NAME" is enough. */
bool is_short_declaration(struct text key, struct text text);

/* changes.c: why versions changed */

enum change_kind {
	CHANGED,
	BECAME_DEFINED,
	NO_LONGER_DEFINED,
	ADDED,
	REMOVED,
	CHANGE_KINDS
};

extern const char *const change_words[CHANGE_KINDS];

/* A type, or a symbol's own string, that is not what it was. */
struct change {
	enum change_kind kind;
	struct text key; /* NUL-terminated */
	struct text old; /* `start` NULL if there was none, or is none */
	struct text new;
};

/* What a change is of, for a message about a symbol that it is a cause for. */
const char *change_subject(const struct change *change);

/* All changes of types from one table to another, and what leads to them. */
struct changes {
	struct change *changes;
	size_t count;
	size_t capacity;
	size_t words; /* of a set: a bit for each change */
	/* A set for each type of the table, by number; NULL before they are found. */
	uint64_t *old_leads;
	uint64_t *new_leads;
};

/* Finds them, in the memory of the tables, and of the result. */
void changes_find(struct changes *changes, const struct type_table *old,
		  const struct type_table *new);

/*
 * What made the version of a symbol change, from its old and new string: its own
 * string, and then types that they lead to. Returns how many, and an array for free().
 */
size_t changes_of_symbol(const struct changes *changes, struct text name,
			 const struct type_string *old,
			 const struct type_string *new, struct change **causes);
void changes_free(struct changes *changes);

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

struct symbol_list;
struct kabi_rules;

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

#endif
