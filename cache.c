// SPDX-License-Identifier: GPL-2.0-only
/*
 * The hash table that the other files share, and the arena: memory that lives
 * as long as a file or a unit and is given up at once.
 *
 * The table uses open addressing with linear probing and grows before it is
 * two thirds full. Nothing is ever taken out of it but by emptying it.
 */
#define PART "cache"
#include "cache.h"
#include <inttypes.h>
#include <sys/mman.h>

/* Three arguments for "%s%s%s" at the end of a message: which file it is about. */
#define IN_FILE *current_path ? ", in '" : "", current_path, *current_path ? "'" : ""

static void __attribute__((noreturn)) end_without_memory(size_t size)
{
	error("out of memory (%zu bytes wanted)%s%s%s", size, IN_FILE);
}

void *allocate(size_t size)
{
	return reallocate(NULL, size);
}

void *reallocate(void *memory, size_t size)
{
	memory = realloc(memory, size ? size : 1);
	if (!memory)
		end_without_memory(size);
	return memory;
}

void *allocate_cleared(size_t count, size_t size)
{
	void *memory = calloc(count ? count : 1, size);

	if (!memory)
		end_without_memory(count > SIZE_MAX / size ? SIZE_MAX : count * size);
	return memory;
}

void *grow(void *array, size_t *capacity, size_t size)
{
	*capacity = *capacity ? 2 * *capacity : 16;
	if (*capacity > SIZE_MAX / size)
		end_without_memory(SIZE_MAX);
	return reallocate(array, *capacity * size);
}

/*
 * Large pieces of memory
 *
 * Most of what the kernel does for a run is a page fault for each page that is
 * touched first. So what is large comes from chunks that are a huge page, if the
 * kernel has one to give: one fault in place of 512. What is given back is kept for
 * pieces of the same kind. A chunk would be too much for small objects, and is too
 * small for a few large pieces: both come from malloc().
 */

#define CHUNK_SIZE ((size_t)2 << 20)
#define LARGE_SIZE ((size_t)64 << 10) /* of the first kind */
#define KINDS	   5 /* each twice as large as the one before */

struct piece {
	struct piece *next;
};

static struct {
	char *free; /* what is left of the newest chunk */
	char *end;
	struct piece *given_back[KINDS];
} chunks;

/* The kind of a piece of so many bytes; KINDS if it comes from malloc(). */
static unsigned int find_kind(size_t size)
{
	unsigned int kind = 0;

	if (size <= LARGE_SIZE / 4 * 3)
		return KINDS;
	while (kind < KINDS && LARGE_SIZE << kind < size)
		kind++;
	return kind;
}

/* Memory that isn't cleared, of `*size` bytes or more, which is set to. */
static void *allocate_large(size_t *size)
{
	unsigned int kind = find_kind(*size);
	struct piece *piece;

	if (kind == KINDS)
		return allocate(*size);
	*size = LARGE_SIZE << kind;
	piece = chunks.given_back[kind];
	if (piece) {
		chunks.given_back[kind] = piece->next;
		return piece;
	}
	if ((size_t)(chunks.end - chunks.free) < *size) {
		chunks.free = aligned_alloc(CHUNK_SIZE, CHUNK_SIZE);
		if (!chunks.free)
			end_without_memory(CHUNK_SIZE);
		chunks.end = chunks.free + CHUNK_SIZE;
		/* If it can't be done, nothing is lost but time. */
		madvise(chunks.free, CHUNK_SIZE, MADV_HUGEPAGE);
	}
	chunks.free += *size;
	return chunks.free - *size;
}

static void free_large(void *memory, size_t size)
{
	unsigned int kind = memory ? find_kind(size) : KINDS;
	struct piece *piece = memory;

	if (kind == KINDS) {
		free(memory);
		return;
	}
	piece->next = chunks.given_back[kind];
	chunks.given_back[kind] = piece;
}

/*
 * The arena. Its first block is of one size, and the others of another, or larger
 * for a larger piece.
 */
#define FIRST_BLOCK_SIZE ((size_t)16 << 10)
#define BLOCK_SIZE	 ((size_t)256 << 10)

/*
 * What all arenas together may take (bytes). Ten times what a vmlinux.o needs;
 * but types can share long names, so that a small file has endless strings.
 */
#define ARENAS_SIZE_LIMIT ((uint64_t)4 << 30)

static uint64_t arenas_size;

struct arena_block {
	struct arena_block *next;
	size_t size; /* with this */
	_Alignas(max_align_t) char bytes[];
};

static void free_block(struct arena_block *block)
{
	arenas_size -= block->size;
	free_large(block, block->size);
}

/* All of a block is free. */
static void use_block(struct arena *arena, struct arena_block *block)
{
	arena->free = block->bytes;
	arena->end = (char *)block + block->size;
}

void *arena_reserve_slow(struct arena *arena, size_t used, size_t size)
{
	size_t least = arena->blocks ? BLOCK_SIZE : FIRST_BLOCK_SIZE;
	const char *old = arena->free;
	struct arena_block *block;

	if (size > SIZE_MAX / 4)
		end_without_memory(size);
	size = arena_round(size + used) + sizeof(*block) + ARENA_ALIGNMENT;
	size = size < least ? least : size;
	if (arenas_size + size > ARENAS_SIZE_LIMIT)
		error("the types need more than %" PRIu64 " bytes of memory%s%s%s",
		      ARENAS_SIZE_LIMIT, IN_FILE);
	block = allocate_large(&size);
	block->size = size;
	arenas_size += size;
	if (arenas_size > statistics.memory)
		statistics.memory = arenas_size;
	block->next = arena->blocks;
	arena->blocks = block;
	use_block(arena, block);
	return used ? memcpy(arena->free, old, used) : arena->free;
}

void *arena_zalloc(struct arena *arena, size_t size)
{
	return memset(arena_alloc(arena, size), 0, size);
}

struct text arena_text(struct arena *arena, struct text text)
{
	char *copy = arena_alloc(arena, text.length + 1);

	if (text.length)
		memcpy(copy, text.start, text.length);
	copy[text.length] = '\0';
	return (struct text){ copy, text.length };
}

void arena_reset(struct arena *arena)
{
	struct arena_block *block = arena->blocks;

	if (!block)
		return;
	while (block->next) {
		struct arena_block *next = block->next;

		block->next = next->next;
		free_block(next);
	}
	use_block(arena, block);
}

void arena_free(struct arena *arena)
{
	arena_reset(arena);
	if (arena->blocks)
		free_block(arena->blocks);
	*arena = (struct arena){ 0 };
}

/* The hash table. */

#define CACHE_INITIAL_SLOTS 64

/* Computes the hash of a text (not the one of FORMAT 3). */
static uint64_t hash_text(struct text text)
{
	uint64_t hash = text.length, eight;
	size_t at = 0;

	/* Eight bytes at a time; the table mixes what is in the end. */
	for (; text.length - at >= sizeof(eight); at += sizeof(eight)) {
		memcpy(&eight, text.start + at, sizeof(eight));
		hash = (hash ^ eight) * HASH_FACTOR;
		hash ^= hash >> 32;
	}
	eight = 0;
	if (text.length > at)
		memcpy(&eight, text.start + at, text.length - at);
	return (hash ^ eight) * HASH_FACTOR;
}

static void insert(struct cache *cache, uint64_t hash, void *value)
{
	size_t i = cache_first_slot(cache, hash);

	while (cache->slots[i].value)
		i = (i + 1) & cache->mask;
	cache->slots[i] = (struct cache_slot){ hash, value };
}

static void free_slots(struct cache *cache)
{
	free_large(cache->slots, (cache->mask + 1) * sizeof(*cache->slots));
}

static void resize(struct cache *cache, size_t slots)
{
	struct cache old = *cache;
	size_t size = slots * sizeof(*cache->slots);

	if (find_kind(size) == KINDS)
		cache->slots = allocate_cleared(slots, sizeof(*cache->slots));
	else
		cache->slots = memset(allocate_large(&size), 0, size);
	cache->mask = slots - 1;
	for (size_t i = 0; old.slots && i <= old.mask; i++)
		if (old.slots[i].value)
			insert(cache, old.slots[i].hash, old.slots[i].value);
	free_slots(&old);
}

void cache_add(struct cache *cache, uint64_t hash, void *value)
{
	if (!cache->slots)
		resize(cache, CACHE_INITIAL_SLOTS);
	else if (cache->count >= cache->mask / 3 * 2)
		resize(cache, (cache->mask + 1) * 2);
	insert(cache, hash, value);
	cache->count++;
}

static bool begins_with(const void *value, const void *text)
{
	return same_text(*(const struct text *)value, *(const struct text *)text);
}

void *cache_find_text(const struct cache *cache, struct text text)
{
	if (!cache->count)
		return NULL;
	return cache_find(cache, hash_text(text), begins_with, &text);
}

void cache_add_text(struct cache *cache, void *value)
{
	cache_add(cache, hash_text(*(struct text *)value), value);
}

void cache_reserve(struct cache *cache, size_t count)
{
	size_t slots = CACHE_INITIAL_SLOTS;

	while (slots / 3 * 2 <= count)
		slots *= 2;
	if (!cache->slots || slots > cache->mask + 1)
		resize(cache, slots);
}

void cache_clear(struct cache *cache)
{
	if (cache->count)
		memset(cache->slots, 0, (cache->mask + 1) * sizeof(*cache->slots));
	cache->count = 0;
}

void cache_free(struct cache *cache)
{
	free_slots(cache);
	*cache = (struct cache){ 0 };
}
