/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of kabi-compare share. They use baseline/baseline.h; each uses those below
 * it:
 *
 *	kabi-compare.c	options, what differs, the report
 *	select.c	lists of symbols, severity rules, Module.symvers
 *	words.c		two type strings -> what changed, in words
 *	diff.c		two type strings -> a diff to read
 *	render.c	a parsed type string -> the lines of a C declaration
 *	parse.c		a type string -> a tree
 *
 * What the last four share, which know type strings only, is in render.h.
 */
#ifndef KABI_COMPARE_H
#define KABI_COMPARE_H

#include "../baseline/baseline.h"

/* select.c: which symbols count (FORMAT 14) */

/* Something that a line of a file names, possibly with wildcards. */
struct pattern {
	struct text text; /* NUL-terminated; first */
	size_t line; /* number */
	bool used; /* it has matched */
};

/* A list of symbols. All zero bytes is none, which has them all. */
struct symbol_filter {
	const char *path; /* the caller's; NULL: there is none */
	struct pattern *patterns; /* with wildcards */
	size_t count;
	size_t capacity;
	struct cache names; /* struct pattern, without */
	struct arena arena;
};

/* Reads a list. Errors, with the line: it can't be read, or is none. */
void filter_read(struct symbol_filter *list, const char *path);

/* Whether a symbol is in the list. */
bool filter_has(struct symbol_filter *list, struct text name);

/* Warns of what has matched nothing, and frees the list. */
void filter_end(struct symbol_filter *list);

/* A severity rule. */
struct severity_rule {
	struct pattern pattern;
	enum {
		MATCH_SYMBOL,
		MATCH_MODULE,
		MATCH_NAMESPACE
	} kind;
	bool pass; /* a change is no difference */
};

/* Severity rules, and where symbols are. All zero bytes are none. */
struct severity {
	const char *path; /* the rules', the caller's; NULL: there are none */
	struct severity_rule *rules;
	size_t count;
	size_t capacity;
	struct cache by_name; /* what Module.symvers says of a symbol */
	struct arena arena;
};

/* Reads rules, or a Module.symvers. Errors, with the line, as above. */
void severity_read_rules(struct severity *severity, const char *path);
void severity_read_symvers(struct severity *severity, const char *path);

/*
 * The first rule for a symbol that a section named `file` has; NULL if there is none.
 */
const struct severity_rule *severity_find(struct severity *severity, struct text name,
					  struct text file);

/* Warns of rules that were the first for no symbol, and frees all. */
void severity_end(struct severity *severity);

#endif
