/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Texts, memory and lookups.
 */
#ifndef CACHE_H
#define CACHE_H

#include "message.h"
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Texts */

/*
 * A text with its length, in bytes; `start` is NULL if there is none. A NUL follows only
 * where that is said.
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
	return a.length == b.length && (!a.length || !memcmp(a.start, b.start, a.length));
}

/* Inline: asked of each name, and mostly answered by the first letters. */
static inline bool starts_with(const char *text, const char *start)
{
	while (*start && *text == *start)
		text++, start++;
	return !*start;
}

static inline bool ends_with(struct text text, const char *end)
{
	size_t length = strlen(end);

	return text.length >= length && !memcmp(text.start + text.length - length, end, length);
}

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

/* Adds an element to the end of such an array; a pointer to it, not set yet. */
#define APPEND(array, count, capacity)                                                            \
	((array) = (count) < (capacity) ? (array) : grow((array), &(capacity), sizeof(*(array))), \
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
 * from it: arena_reserve() makes room for so many bytes there, `used` of which have been
 * written already and are moved along; arena_keep() keeps the first of them. They live
 * until arena_reset() or arena_free().
 */
void *arena_reserve_slow(struct arena *arena, size_t used, size_t size);

static inline void *arena_reserve(struct arena *arena, size_t used, size_t size)
{
	return size < (size_t)(arena->end - arena->free) ? arena->free
							 : arena_reserve_slow(arena, used, size);
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
	arena_reserve(arena, 0, size);
	return arena_keep(arena, size);
}

/* As arena_alloc(), cleared; with a copy of `size` bytes; of a text and a NUL. */
void *arena_zalloc(struct arena *arena, size_t size);

static inline void *arena_copy(struct arena *arena, const void *from, size_t size)
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
			       bool (*same)(const void *value, const void *key), const void *key)
{
	statistics.lookups++;
	if (!cache->slots)
		return NULL;
	for (size_t i = cache_first_slot(cache, hash);; i = (i + 1) & cache->mask) {
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

#endif
