/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Type strings for people. A string is only a text here: of types.h, what is used is
 * memory and texts. Each file uses those below it:
 *
 *	words.c		two strings -> what changed, in words
 *	diff.c		two strings, or two lists of lines -> a diff to read
 *	render.c	a tree -> lines of C
 *	parse.c		a string -> a tree
 */
#ifndef KABI_COMPARE_RENDER_H
#define KABI_COMPARE_RENDER_H

#include "../types.h"

/* parse.c: what a type string says (FORMAT 5, and 13 for --canonical) */

enum node_kind {
	/* Types */
	NODE_NAMED, /* by a reference, such as s#foo */
	NODE_BASE,
	NODE_ARRAY,
	NODE_FUNCTION,
	NODE_STRUCTURE,
	NODE_CLASS,
	NODE_UNION,
	NODE_ENUM,
	NODE_UNSPECIFIED,
	NODE_POINTER,
	NODE_REFERENCE,
	NODE_RVALUE_REFERENCE,
	NODE_TYPEDEF,
	NODE_ATOMIC, /* the first of the qualifiers */
	NODE_CONST,
	NODE_RESTRICT,
	NODE_VOLATILE, /* the last of them, and of types */
	/* Symbols */
	NODE_VARIABLE,
	NODE_SUBPROGRAM,
	/* Items of lists */
	NODE_PARAMETER,
	NODE_MORE, /* "..." */
	NODE_VALUE, /* of an enum: an enumerator */
	NODE_VARIANTS,
	NODE_MEMBER,
	NODE_VARIANT,
};

/* What is written as WORD(NUMBER). */
enum attribute {
	BYTE_SIZE, /* of types */
	ENCODING,
	ALIGNMENT,
	ACCESSIBILITY, /* of items */
	BIT_SIZE,
	DATA_BIT_OFFSET,
	DATA_MEMBER_LOCATION,
	VALUE, /* of an enumerator too */
	ATTRIBUTES
};

/* A piece of a string. Texts point into the string; they aren't NUL-terminated. */
struct node {
	enum node_kind kind;
	struct text text; /* all of it */
	struct text name; /* no bytes: none; of a reference: without quotes */
	struct node *type; /* that it has or is made of; a result */
	struct node *items; /* the first of its list */
	struct node *next; /* in the list that it stands in */
	struct text bounds; /* of an array, as "[2][3]" */
	uint64_t elements; /* that these make */
	struct text attributes[ATTRIBUTES]; /* numbers; `start` NULL: absent */
};

/*
 * The tree of a string, in the arena. NULL if the string has another form, or types are nested
 * too deeply.
 */
struct node *parse_type_string(struct arena *arena, struct text string);

/* The value of an attribute, or of a bound; 0 if it is absent. */
uint64_t number_of(struct text number);

/*
 * The size of a type, in bytes, also of those whose names say it, as u64. Returns false if its
 * string alone doesn't say.
 */
bool size_of(const struct node *type, uint64_t *size);

/*
 * Where a member of a structure that begins at `base` does, in bits. Returns false if it
 * isn't known; then the base of what is inside it is UNPLACED.
 */
#define UNPLACED UINT64_MAX
bool place_of(const struct node *member, uint64_t base, bool in_union, uint64_t *bits);

static inline bool is_qualifier(const struct node *node)
{
	return node->kind >= NODE_ATOMIC && node->kind <= NODE_VOLATILE;
}

static inline bool is_pointer(const struct node *node)
{
	return node->kind >= NODE_POINTER && node->kind <= NODE_RVALUE_REFERENCE;
}

static inline bool is_function(const struct node *node)
{
	return node->kind == NODE_FUNCTION || node->kind == NODE_SUBPROGRAM;
}

/* Whether it has a list in braces: a structure, class, union or enumeration. */
static inline bool is_body(const struct node *node)
{
	return node->kind >= NODE_STRUCTURE && node->kind <= NODE_ENUM;
}

/* Whether it is only declared, by its name: what is defined has a size. */
static inline bool is_only_declared(const struct node *node)
{
	return is_body(node) && node->name.length && !node->items &&
	       !node->attributes[BYTE_SIZE].start;
}

/* A text as two arguments for "%.*s". */
#define SHOW(text) (int)(text).length, (text).length ? (text).start : ""

/* render.c: C */

/*
 * A line: a text, and what `format` says of two numbers, each in place of a %. Then the
 * item that it is of, for words.c. The last line is of the whole tree.
 */
struct text_line {
	struct text text;
	int level; /* of indentation */
	const char *format;
	int64_t numbers[2];
	const struct node *item; /* NULL: none */
	const struct node *type; /* of it; NULL: it has none */
	const struct node *body; /* of its type, if its items have lines; or NULL */
	bool has_name;
	struct text name; /* with those of what it is in, as "a.b" */
	uint64_t place; /* a member's, in bits; a parameter's number; a value */
	unsigned int
		pointers; /* that lead from the whole to a member; its place begins after them */
	bool in_union;
	bool is_discriminant; /* of an enum of Rust; it has no name */
	bool is_taken; /* it is reserved room that is used, or uses it */
	struct text_line *twin; /* the same item in other lines */
};

struct text_lines {
	struct text_line *lines;
	size_t count;
	size_t capacity;
};

/* The word of C that a structure, class, union or enumeration begins with. */
const char *body_word(const struct node *body);

/*
 * Lays out the tree of a string of `key`, a reference or a symbol's name; no lines for
 * NULL. With `apart`, the parameters of a function are lines, and its result is one. The
 * texts are in the arena, the array is the caller's to free.
 */
struct text_lines render(struct arena *arena, struct text key, const struct node *node, bool apart);

/* Beyond so many pairs of lines, nothing is compared. */
#define PAIRS_LIMIT ((size_t)16 << 20)

/* diff.c: diffs */

/* Prints the diff of two strings, one item of a list a line. */
void print_diff(FILE *file, const char *name, struct text old, struct text new, bool colour);

/* The same in C. Returns false if one can't be parsed, or C doesn't show what differs. */
bool print_c_diff(FILE *file, struct text key, struct text old, struct text new, bool colour);

/* words.c: what changed */

/*
 * A kind of change; kabi-compare(1) describes them. Names are part of the output, and of severity
 * rules: they stay.
 */
struct change_type {
	const char *name;
	bool passes; /* if no rule says otherwise */
};

extern const struct change_type change_types[]; /* the last has no name */

struct finding {
	const struct change_type *type;
	const char *sentence;
	size_t rule; /* judge.c's: the first rule for it, a number of rules.c */
};

/* What changed. All zero bytes but for the arena is nothing. */
struct findings {
	struct finding *findings; /* for free() */
	size_t count;
	size_t capacity;
	struct arena *arena; /* the caller's, for sentences */
};

/*
 * Adds what changed in the type or symbol of `key`, but for a type that was only declared, or is
 * now. It is one finding or more: what is of no other kind is "other".
 */
void findings_make(struct findings *findings, struct text key, struct text old, struct text new);

/* Adds a finding of the kind of that name, which has to be there. */
void findings_add(struct findings *findings, const char *name, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
