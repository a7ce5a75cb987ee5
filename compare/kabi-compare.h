/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of kabi-compare share. They use baseline/baseline.h; each uses those below
 * it:
 *
 *	kabi-compare.c	options, and all that is read and written
 *	report.c	a judgement -> a report to read, or lines for scripts
 *	json.c		a judgement -> JSON
 *	judge.c		two baselines -> what differs, which of it passes, and causes
 *	rules.c		severity rules
 *	symvers.c	Module.symvers: modules, namespaces, exports
 *	select.c	lists of symbols; words and patterns of all lists
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
#include "../text_file.h"
#include "render.h"

/* select.c: lists (FORMAT 14) */

/* Ends the program with an error about the last line of a list. */
#define line_error(text, format, ...) \
	error("line %zu of '%s': " format, (text)->number, (text)->path, ##__VA_ARGS__)

/*
 * Splits a line into words, at most `max`; a word that begins with # begins a comment. They live
 * until the next line. Returns how many there are.
 */
int split_words(struct text_file *text, const char **words, int max);

/* Something that a line of a file names, possibly with wildcards. */
struct pattern {
	struct text text; /* NUL-terminated; first */
	size_t line; /* number */
	bool used; /* it has matched */
};

/* Makes a pattern of a copy of the text. */
struct pattern make_pattern(struct arena *arena, const char *text, size_t line);
bool pattern_matches(const struct pattern *pattern, const char *text);

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

/* symvers.c: Module.symvers of a build (FORMAT 14) */

/* What it says of a symbol. */
struct symver {
	struct text name; /* first */
	uint32_t version;
	const char *path; /* of the file that says so */
	const char *module;
	const char *namespace; /* NULL: in none */
	bool gpl_only;
};

/* All that it says. All zero bytes is nothing. */
struct symvers {
	const char *path; /* the caller's; NULL: there is none */
	struct cache by_name; /* struct symver */
	struct arena arena;
};

/*
 * Reads one more; of two lines for a symbol the first counts. Errors, with the line: it can't be
 * read, or is none.
 */
void symvers_read(struct symvers *symvers, const char *path);

/* What is said of a symbol; NULL if nothing is. */
const struct symver *symvers_find(const struct symvers *symvers, struct text name);

/* Adds what changed in how a symbol is exported; `new` NULL: it isn't any more. */
void symvers_compare(struct findings *findings, const struct symver *old, const struct symver *new);

void symvers_free(struct symvers *symvers);

/* rules.c: severity rules (FORMAT 14) */

enum rule_kind {
	/* For symbols, by a text that they have: */
	RULE_SYMBOL,
	RULE_MODULE,
	RULE_NAMESPACE,
	/* For changes, by the key of the type and the kind: */
	RULE_TYPE,
	RULE_CHANGE,
	RULE_KINDS
};

struct severity_rule {
	struct pattern pattern;
	enum rule_kind kind;
	bool pass; /* what it is for is no difference */
};

/* All zero bytes are none. */
struct rules {
	const char *path; /* the caller's; NULL: there are none */
	struct severity_rule *rules;
	size_t count;
	size_t capacity;
	struct arena arena;
};

/* Reads rules. Errors, with the line: they can't be read, or are none. */
void rules_read(struct rules *rules, const char *path);

/*
 * The number of the first rule that matches one of these texts, each of its kind (NULL: there
 * is none); `count` if no rule does.
 */
size_t rules_find(struct rules *rules, const char *const texts[RULE_KINDS]);

/* Warns of rules that were never found, and frees all. */
void rules_end(struct rules *rules);

/* judge.c: what differs, and whether that passes */

/* A change of a type or of a symbol's own string, with all symbols that it hurts. */
struct cause {
	const struct change *change; /* NULL: none that counts */
	struct findings findings; /* what it is, in words */
	struct difference **symbols; /* whose versions it changed, and may not */
	size_t count;
	size_t capacity;
	size_t alone; /* how many of these nothing else hurts */
	size_t by_first; /* how many nothing hurts but this and the causes before it */
	size_t rank; /* the causes that hurt most come first */
};

enum difference_kind {
	SYMBOL_CHANGED,
	SYMBOL_ADDED,
	SYMBOL_REMOVED,
	SYMBOL_EXPORT, /* it is exported in another way */
	DIFFERENCE_KINDS
};

/* A symbol that isn't what it was. */
struct difference {
	enum difference_kind kind;
	struct text name;
	struct text file; /* that it is in now, or was */
	const struct compared *compared; /* of one that changed */
	struct findings findings; /* of others */
	size_t rule; /* the first for the symbol; the count of rules: none is */
	bool passes;
	size_t hurt_by; /* how many causes it is hurt by */
	struct cause *last_cause; /* of these, the one of the highest rank */
};

/* Two baselines, and what differs. */
struct judgement {
	/* What is given: */
	struct baseline old;
	struct baseline new;
	struct symvers old_symvers;
	struct symvers new_symvers;
	struct symbol_filter filter;
	struct rules rules;
	/* What is found: */
	struct keys keys;
	struct comparison comparison;
	struct compared *compared; /* all symbols of both that count */
	size_t compared_count;
	size_t compared_capacity;
	struct difference *differences; /* by file and name */
	size_t count;
	size_t capacity;
	size_t failed[DIFFERENCE_KINDS]; /* how many of a kind don't pass */
	size_t passed;
	struct cause *causes; /* by the number of their changes */
	struct cause **order; /* those that count, by rank */
	size_t cause_count; /* of these */
	size_t hurting; /* how many of them, the first ones, hurt any symbol */
	struct arena arena;
};

extern const char *const difference_words[DIFFERENCE_KINDS];

/* Compares the baselines, which have been read. */
void judge(struct judgement *judgement);

/* Whether there is any difference that doesn't pass. */
static inline bool any_failed(const struct judgement *judgement)
{
	return judgement->passed < judgement->count;
}

/* The cause that a change is. */
static inline const struct cause *cause_of(const struct judgement *judgement,
					   const struct change *change)
{
	return &judgement->causes[change->number];
}

/* Whether a cause, or what else differs, is let pass for a symbol. */
bool findings_pass(const struct judgement *judgement, const struct findings *findings,
		   const struct difference *difference);

/*
 * Finds the rules that decide about a difference. Returns how many there are; their lines, in order,
 * are in an array for free().
 */
size_t deciding_lines(const struct judgement *judgement, const struct difference *difference,
		      size_t **lines);

/* Warns of lines of lists and rules that nothing matched, and frees all. */
void judgement_end(struct judgement *judgement);

/* report.c */

/* Print a report. The caller checks the file for errors. */
void print_full(const struct judgement *judgement, FILE *file);
void print_short(const struct judgement *judgement, FILE *file);
void print_summary(const struct judgement *judgement, FILE *file);
void print_types(const struct judgement *judgement, FILE *file);

/* json.c: the same as JSON (FORMAT 14) */
void print_json(const struct judgement *judgement, FILE *file);

#endif
