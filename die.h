/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * DIEs as rows of fragments: made by dwarf.c, gone through by die.c, both for die_cache.c.
 */
#ifndef DIE_H
#define DIE_H

#include "gendwarfksyms.h"

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
#define MEMBER_NAME_OFFSET 2 /* fragments from a MEMBER to its MEMBER_NAME */

enum fragment_kind {
	FRAGMENT_TEXT, /* `text` as it stands */
	FRAGMENT_NAME, /* a blank and `text`; nothing if that is NULL */
	FRAGMENT_NUMBER, /* " byte_size(N)", or another word: `attribute` */
	FRAGMENT_VALUE, /* " = N" */
	FRAGMENT_DIMENSION, /* "[N]" */
	FRAGMENT_DIE, /* the string of `die`, or a reference to it */
	FRAGMENT_ITEM, /* the separator, if any, and `text` */
	FRAGMENT_MEMBER, /* as ITEM */
	FRAGMENT_MEMBER_NAME, /* as NAME; the walk may replace it (FORMAT 5a) */
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
 * of dwarf.c, which fills in the first part; the rest is die.c's. For each symbol
 *
 *	dwarf.c		makes the rows of all new DIEs that it leads to
 *	die_walk()	changes `separated` of items, and texts of MEMBER_NAME, in them
 *	die_string()	makes strings of rows, which don't change any more
 *	die_cache.c	gives up rows of named types, whose string is in the type table
 */
struct die {
	struct die_ref ref;
	unsigned int tag;
	uint32_t fragment_count;
	struct fragment *fragments; /* its row; NULL until loaded */
	struct type *type; /* of a named type, else NULL */
	struct text new_name; /* of a renamed union */
	uint8_t special; /* enum special_union */

	/* The walk: */
	uint8_t visit; /* enum visit */
	bool visited_closed;
	/* Strings: */
	uint8_t length_state; /* enum length_state */
	/* The walk, and the dump: */
	uint32_t last_walk; /* a body: the last walk that opened it */
	uint32_t last_dump; /* a body: the last dump that it was written in */
	uint32_t bodies_at_visit; /* open around it in the walk */
	uint32_t bodies_at_dump; /* the same in the dump, + 1; or 0 */
	uint64_t length; /* of its type string, in bytes */
};

/* dwarf.c: rows */

/* A row (FORMAT 5) while it is put together. */
struct row {
	struct die_ref die;
	size_t opened; /* the fragment after the bracket that was opened last */
	size_t items; /* of the current list, so far */
	uint64_t names_length; /* of the names, so far; bytes */
	struct arena *arena; /* where it is to be */
	struct fragment *fragments; /* at the end of the arena */
	size_t count;
};

/* The DIEs of an input file that symbols lead to. Rules and table have to live as long. */
struct dies {
	const struct kabi_rules *rules;
	struct type_table *table; /* that gets entries for named types, not their strings */
	struct arena arena; /* of all but rows */
	struct arena rows;
	struct arena named_rows; /* of named types whose strings aren't in the table yet */
	struct cache by_address; /* struct die */
	struct cache prefixes; /* struct text by address of the scope */
	/* Those that the current symbol was the first to lead to. */
	struct die **new_dies;
	size_t new_count;
	size_t new_capacity;
	struct row row; /* under construction */
};

/*
 * Makes an entry for a symbol's DIE, which is no type, and loads all that it leads to: what
 * hasn't been yet is added to the new DIEs. Errors: an unexpected tag, names that are too
 * long, damaged DWARF.
 */
struct die *dies_load_symbol(struct dies *dies, struct die_ref ref, bool subprogram);

/* Gives up all entries and their rows. */
void dies_forget(struct dies *dies);
void dies_free(struct dies *dies);

/* die.c: walk, strings, dumps */

/* Makes what the functions below work with, for one input file; for writer_free(). */
struct writer *writer_new(void);
void writer_free(struct writer *writer);

/*
 * Walks over all that a symbol's DIE leads to, which is loaded (FORMAT 5a). It finds
 * out which items have separators, and the names of renamed members.
 * Error: a cycle without a body.
 */
void die_walk(struct writer *writer, struct die *symbol);

/* Tells whether a walk has finished the visit of a DIE, so that no other needs its row. */
bool die_is_finished(const struct die *die);

/* Returns the length of a DIE's type string. Error: it is endless, or too long. */
uint64_t die_string_length(struct writer *writer, struct die *die);

/* Makes the type string of a DIE; its memory is the arena's. Errors: the same. */
struct type_string *die_string(struct writer *writer, struct die *die, struct arena *arena);

/*
 * Turns a row that is text only, without DIEs or line breaks, into one fragment
 * with its text in the arena: for base types, whose strings are written most often.
 * Error: it is too long.
 */
void die_flatten(struct die *die, struct arena *arena);

/*
 * Prints the string of a symbol's DIE as FORMAT 9 wants it. Errors: it is endless, or has
 * too many DIEs.
 */
void die_dump(struct writer *writer, struct die *symbol, FILE *file);

#endif
