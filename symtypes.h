/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What gendwarfksyms and kabi-compare share: named types, their versions, and
 * files of them. Nothing here knows DWARF. Data moves from top to bottom; a file
 * uses those below it and none above:
 *
 *	changes.c	two tables of types -> why versions changed
 *	baseline.c	symtypes files, and consolidated ones -> tables of types
 *	versions.c	a type string and the table -> its expansion, and version
 *	types.c		named types: the table, symtypes files
 *	cache.c		hash table, arena, memory
 *	message.c	messages, statistics
 *
 * For versions.c alone there is crc32.h (CRCs). Below, the files stand from the
 * bottom up. "FORMAT" in comments is the description of the output, FORMAT.md, with
 * the number of the section.
 *
 * A file says what it is called in messages before it includes this: PART.
 */
#ifndef SYMTYPES_H
#define SYMTYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GENDWARFKSYMS_VERSION "1.0"

/* message.c: messages, statistics */

/* What a program is called in messages, and its exit status after an error. */
struct program {
	const char *name;
	int error_status;
};

extern const struct program program; /* main()'s */

/*
 * How much has been done for the current file: printed with --debug, so that a
 * test can see that work grows no faster than its input.
 */
struct statistics {
	uint64_t dies; /* met in .debug_info: read or passed over */
	uint64_t loaded; /* entries of the die cache */
	uint64_t lookups; /* in hash tables */
	uint64_t written; /* bytes of type strings */
	uint64_t hashed; /* bytes of them */
	uint64_t slices; /* put together for versions */
};

extern struct statistics statistics;

/* Prints "LEVEL: PROGRAM: PART: TEXT" and a newline on stderr. */
void message(const char *level, const char *part, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Ends the program with its exit status for errors. Nothing is left behind. */
#define error(...)                                   \
	do {                                         \
		message("error", PART, __VA_ARGS__); \
		exit(program.error_status);          \
	} while (0)

#define warning(...) message("warning", PART, __VA_ARGS__)

/* Texts */

/*
 * A text with its length, in bytes; `start` is NULL if there is none. Whether a
 * NUL follows depends on where it comes from.
 */
struct text {
	const char *start;
	size_t length;
};

static inline struct text make_text(const char *start)
{
	return (struct text){ start, start ? strlen(start) : 0 };
}

static inline bool same_text(struct text a, struct text b)
{
	return a.length == b.length &&
	       (!a.length || !memcmp(a.start, b.start, a.length));
}

/* Inline: asked of each name, and mostly answered by the first letters. */
static inline bool starts_with(const char *text, const char *start)
{
	while (*start && *text == *start)
		text++, start++;
	return !*start;
}

/* cache.c: memory and lookups */

/*
 * malloc(), realloc() and calloc() that end the program when memory is out. The
 * caller owns what they return and free()s it.
 */
void *allocate(size_t size);
void *reallocate(void *memory, size_t size);
void *allocate_cleared(size_t count, size_t size);

/*
 * Makes room for more elements of `size` bytes in an array that has room for
 * `*capacity`. Returns the array, which may have moved.
 */
void *grow(void *array, size_t *capacity, size_t size);

/* Adds an element behind the last of such an array; a pointer to it, not set yet. */
#define APPEND(array, count, capacity)                                     \
	((array) = (count) < (capacity)                                    \
			   ? (array)                                       \
			   : grow((array), &(capacity), sizeof(*(array))), \
	 &(array)[(count)++])

/*
 * Memory that is freed all at once. All zero bytes is an empty arena.
 */
struct arena {
	struct arena_block *blocks; /* the newest first */
	char *free; /* what is left of the newest block */
	char *end;
};

#define ARENA_ALIGNMENT _Alignof(max_align_t)

/* The size (bytes) that a piece takes, so that the next is aligned as well. */
static inline size_t arena_round(size_t size)
{
	return (size + ARENA_ALIGNMENT - 1) & ~(ARENA_ALIGNMENT - 1);
}

/*
 * For what is put together at the end of an arena, while nothing else is allocated
 * from it: room for so many bytes there, `used` of which have been written already
 * and are moved along; and then, to keep the first of them. They live until
 * arena_reset() or arena_free().
 */
void *arena_room_slowly(struct arena *arena, size_t used, size_t size);

static inline void *arena_room(struct arena *arena, size_t used, size_t size)
{
	return size < (size_t)(arena->end - arena->free)
		       ? arena->free
		       : arena_room_slowly(arena, used, size);
}

static inline void *arena_keep(struct arena *arena, size_t size)
{
	char *kept = arena->free;

	/* The end is aligned as well. */
	arena->free += arena_round(size);
	return kept;
}

/* Both at once: `size` bytes, aligned for any type, not cleared. */
static inline void *arena_alloc(struct arena *arena, size_t size)
{
	arena_room(arena, 0, size);
	return arena_keep(arena, size);
}

/* As arena_alloc(), cleared; with a copy of `size` bytes; of a text and a NUL. */
void *arena_zalloc(struct arena *arena, size_t size);

static inline void *arena_copy(struct arena *arena, const void *from,
			       size_t size)
{
	void *copy = arena_alloc(arena, size);

	return size ? memcpy(copy, from, size) : copy;
}

struct text arena_text(struct arena *arena, struct text text);

/* Gives up all memory of the arena at once, but keeps a block for reuse. */
void arena_reset(struct arena *arena);
void arena_free(struct arena *arena);

/*
 * A hash table from 64-bit hashes to pointers that the caller owns. It grows as
 * needed; several values may have one hash. All zero bytes is an empty table.
 */
struct cache {
	struct cache_slot *slots;
	size_t mask; /* number of slots - 1 */
	size_t count;
};

struct cache_slot {
	uint64_t hash;
	void *value; /* NULL: the slot is empty */
};

#define HASH_FACTOR 0x9e3779b97f4a7c15

/*
 * The slot of a table that has some to look at first. Hashes may be addresses
 * or offsets, so all their bits are mixed.
 */
static inline size_t cache_first_slot(const struct cache *cache, uint64_t hash)
{
	hash *= HASH_FACTOR;
	return (hash ^ hash >> 32) & cache->mask;
}

/*
 * Finds the value with this hash of which same(value, key) is true; with `same`
 * NULL the hash is the whole key. NULL if there is none. (Inline for the sake
 * of the die cache, where it is half of what a reference costs.)
 */
static inline void *cache_find(const struct cache *cache, uint64_t hash,
			       bool (*same)(const void *value, const void *key),
			       const void *key)
{
	statistics.lookups++;
	if (!cache->slots)
		return NULL;
	for (size_t i = cache_first_slot(cache, hash);;
	     i = (i + 1) & cache->mask) {
		const struct cache_slot *slot = &cache->slots[i];

		if (!slot->value)
			return NULL;
		if (slot->hash == hash && (!same || same(slot->value, key)))
			return slot->value;
	}
}

/* Adds a value, not NULL, whether or not one with that hash is there. */
void cache_add(struct cache *cache, uint64_t hash, void *value);

/*
 * The same for values that begin with a struct text, by which they are found: their
 * hash is its.
 */
void *cache_find_text(const struct cache *cache, struct text text);
void cache_add_text(struct cache *cache, void *value);

/* Makes room for so many values at once. */
void cache_reserve(struct cache *cache, size_t count);

/* Empties the table; the second also frees its memory. */
void cache_clear(struct cache *cache);
void cache_free(struct cache *cache);

/* The hash of a text for struct cache (not the one of FORMAT 3). */
uint64_t hash_text(struct text text);

/* types.c: named types (FORMAT 7) */

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
bool types_known(struct type_table *table, struct type *type);

/*
 * Whether a string of that length, of the DIE in that place, should replace the
 * one that the table has for the type.
 */
bool types_wanted(const struct type *type, size_t length, uint64_t place);

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

/* versions.c: expansions (FORMAT 7) */

/*
 * The version of a symbol with that string. Error: a reference that is in
 * neither table nor rules.
 */
uint32_t version_of(struct type_table *table, struct type_string *string,
		    const char *name);

/* Prints the expansion of that string, once its version has been computed. */
void version_dump(struct type_table *table, struct type_string *string,
		  const char *name);

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

#endif
