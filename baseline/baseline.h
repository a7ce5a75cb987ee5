/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Baselines: symtypes files of earlier builds (FORMAT 7 and 14), what changed from one
 * to another, and the consolidated file that is kept as one. Nothing here knows ELF,
 * DWARF, or the list of symbols. Its files, each of which uses those below it:
 *
 *	reference.c	a run of gendwarfksyms against a baseline
 *	comparison.c	two baselines -> which versions changed, and why
 *	consolidated.c	the lines of all input files -> one file
 *	baseline.c	a file -> its sections
 *
 * It uses versions.h, types.h, cache.h and text_file.h.
 */
#ifndef BASELINE_H
#define BASELINE_H

#include "../versions.h"

/* baseline.c */

/* A symbol of a baseline. */
struct baseline_symbol {
	struct text name; /* NUL-terminated; first */
	struct type_string *string;
	struct section *section;
};

/* What a baseline says of one file. */
struct section {
	size_t number; /* of those before it */
	struct text file; /* NUL-terminated; of a symtypes file: its own path */
	struct baseline_symbol *symbols;
	size_t symbol_count;
	struct symtypes_line *types; /* those that the symbols lead to */
	size_t type_count;
};

/* A line with "override " in front. */
struct override {
	struct key *key;
	struct type_string *string;
	const char *origin; /* for messages: "line 3 of 'kabi', the override of" */
};

/* A file. All zero bytes but for `keys` is one that has nothing to say. */
struct baseline {
	struct keys *keys; /* the caller's; of two that are compared the same */
	const char *path; /* the caller's */
	struct arena arena;
	struct text scheme; /* of --canonical (FORMAT 13), or genksyms'; no bytes: without */
	struct section **sections;
	size_t section_count;
	size_t sections_capacity;
	struct cache by_name; /* struct baseline_symbol */
	struct override *overrides; /* all that the file has */
	size_t override_count;
	size_t overrides_capacity;
};

/* The scheme of baselines that genksyms made: C, whose versions aren't known here. */
#define GENKSYMS_SCHEME "genksyms"

static inline bool is_genksyms(struct text scheme)
{
	return same_text(scheme, make_text(GENKSYMS_SCHEME));
}

/*
 * Reads a symtypes file or a consolidated one, compressed with gzip or not, or all symtypes
 * files in a folder and those in it. Errors, with the line: it can't be read, or is no such
 * file.
 */
void baseline_read(struct baseline *baseline, const char *path);

/*
 * Adds a section for a file with copies of these lines, which have to say all that
 * their symbols lead to. `name` stays the caller's.
 */
void baseline_add_section(struct baseline *baseline, struct text name,
			  const struct symtypes_line *lines, size_t count);

/* The first symbol of that name; NULL if there is none. */
struct baseline_symbol *baseline_find(const struct baseline *baseline, struct text name);

/*
 * Ends the program if a baseline was made by another scheme than the file `other` (NULL: the run),
 * unless one of them has no symbols (`start` NULL).
 */
void baseline_check_scheme(const struct baseline *baseline, struct text scheme, const char *other);

void baseline_free(struct baseline *baseline);

/* The word of "s##NAME" for a declaration with that letter (FORMAT 14), or "". */
const char *declaration_word(char letter);

/* consolidated.c: one symtypes file for all input files (FORMAT 14) */

/* All that it will say. All zero bytes but for `keys` is nothing. */
struct consolidated {
	struct keys *keys; /* those of the lines */
	struct arena arena;
	struct consolidated_section *sections;
	size_t count;
	size_t capacity;
};

/*
 * What an input file is called there: its path, or if `root` isn't NULL, the path from
 * that folder. Lives until all is written. Error: it isn't in the folder, or that isn't
 * there.
 */
struct text consolidated_name(struct consolidated *consolidated, const char *root,
			      const char *path);

/* Adds a section of that name with copies of the lines. */
void consolidated_add(struct consolidated *consolidated, struct text name,
		      const struct symtypes_line *lines, size_t count);

/* Writes all, and frees it. The caller checks the file for errors. */
void consolidated_write(struct consolidated *consolidated, FILE *file);

/* comparison.c: which versions changed, and why */

enum change_kind {
	CHANGED,
	BECAME_DEFINED,
	NO_LONGER_DEFINED,
	CHANGE_KINDS
};

extern const char *const change_words[CHANGE_KINDS];

/* A type, or a symbol's own string, that is not what it was. */
struct change {
	size_t number; /* of those that were found before it */
	enum change_kind kind;
	struct text key; /* NUL-terminated */
	struct text old;
	struct text new;
};

/* What a change is of, for a message about a symbol that it is a cause for. */
const char *change_subject(const struct change *change);

/* A symbol of two baselines, and what was found. */
struct compared {
	const struct baseline_symbol *old;
	const struct baseline_symbol *new;
	uint32_t old_version; /* both only if there are causes, or all are wanted */
	uint32_t new_version;
	struct change **causes; /* the comparison's */
	size_t cause_count; /* 0: it is what it was */
};

/* The comparison of two baselines. All zero bytes but for the first three: a new one. */
struct comparison {
	struct keys *keys; /* of both */
	bool overrides; /* those of the older count (FORMAT 14) */
	bool all_versions; /* compute those of all symbols */
	struct arena arena;
	struct cache by_key; /* struct change, by the address of its key's text */
	size_t change_count;
	struct cache used_overrides; /* struct type_string by address */
	struct type_table old; /* of the sections that are being compared */
	struct type_table new;
};

/*
 * Compares symbols: finds the causes and versions of each, in the memory of the
 * comparison. Error: an override leads to a type that isn't there any more.
 */
void compare_symbols(struct comparison *comparison, struct compared *symbols, size_t count);
void comparison_free(struct comparison *comparison);

/* reference.c: a run against a baseline (--reference) */

/* The reference file, and what was found. All zero bytes but for `keys`: none. */
struct reference {
	struct keys *keys; /* the run's */
	struct baseline baseline;
	struct cache seen; /* struct baseline_symbol by address */
	size_t changed; /* versions that differ, or are lost */
};

/* A symbol of the run. */
struct reference_symbol {
	struct text name; /* NUL-terminated */
	uint32_t version;
};

/*
 * Reads a baseline. Error: it was made by another scheme of --canonical than the
 * run's (no bytes: without).
 */
void reference_read(struct reference *reference, const char *path, struct text scheme);

/*
 * Compares the symbols of an input file, of which the lines say all, with the
 * reference file. Prints which versions changed, and by which types.
 */
void reference_compare(struct reference *reference, const struct reference_symbol *symbols,
		       size_t count, const struct symtypes_line *lines, size_t line_count);

/*
 * After all files: prints which symbols are missing, or lost their versions though the
 * run was asked for these names, and frees all. Returns how many versions changed.
 */
size_t reference_report(struct reference *reference, const struct text *names, size_t count);

#endif
