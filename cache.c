// SPDX-License-Identifier: GPL-2.0-only
/*
 * The hash table that the other files share, and the arena: memory that lives
 * as long as a file or a unit and is given up at once.
 *
 * The table uses open addressing with linear probing and grows before it is
 * two thirds full. Nothing is ever taken out of it but by emptying it.
 */
#define PART "cache"
#include "symtypes.h"
#include <inttypes.h>

void *allocate(size_t size)
{
	return reallocate(NULL, size);
}

void *reallocate(void *memory, size_t size)
{
	memory = realloc(memory, size ? size : 1);
	if (!memory)
		error("out of memory (%zu bytes wanted)", size);
	return memory;
}

void *allocate_cleared(size_t count, size_t size)
{
	void *memory = calloc(count ? count : 1, size);

	if (!memory)
		error("out of memory (%zu times %zu bytes wanted)", count,
		      size);
	return memory;
}

void *grow_full(void *array, size_t *capacity, size_t size)
{
	*capacity = *capacity ? 2 * *capacity : 16;
	if (*capacity > SIZE_MAX / size)
		error("out of memory (%zu elements wanted)", *capacity);
	return reallocate(array, *capacity * size);
}

/* The arena. Its blocks are of this size, or larger for a larger piece. */
#define ARENA_BLOCK_SIZE ((size_t)64 << 10)

/*
 * What all arenas together may take (bytes). Ten times what a vmlinux.o needs;
 * but types can share long names, so that a small file has endless strings.
 */
#define ARENAS_SIZE_LIMIT ((uint64_t)4 << 30)

static uint64_t arenas_size;

struct arena_block {
	struct arena_block *next;
	size_t size;
	_Alignas(max_align_t) char bytes[];
};

void *arena_alloc_slowly(struct arena *arena, size_t size)
{
	size_t room = ARENA_BLOCK_SIZE;
	struct arena_block *block;

	if (size > SIZE_MAX / 2)
		error("out of memory (%zu bytes wanted)", size);
	size = (size + ARENA_ALIGNMENT - 1) & ~(ARENA_ALIGNMENT - 1);
	if (size > ARENA_BLOCK_SIZE / 4)
		room = size;
	arenas_size += room;
	if (arenas_size > ARENAS_SIZE_LIMIT)
		error("the types need more than %" PRIu64 " bytes of memory",
		      ARENAS_SIZE_LIMIT);
	block = allocate(sizeof(*block) + room);
	block->size = room;
	if (room == size && arena->blocks) {
		/* A block of its own: the newest stays in use. */
		block->next = arena->blocks->next;
		arena->blocks->next = block;
		return block->bytes;
	}
	block->next = arena->blocks;
	arena->blocks = block;
	arena->free = block->bytes + size;
	arena->end = block->bytes + room;
	return block->bytes;
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
		arenas_size -= next->size;
		free(next);
	}
	arena->free = block->bytes;
	arena->end = block->bytes + block->size;
}

void arena_free(struct arena *arena)
{
	arena_reset(arena);
	if (arena->blocks)
		arenas_size -= arena->blocks->size;
	free(arena->blocks);
	*arena = (struct arena){ 0 };
}

/* The hash table. */

#define CACHE_INITIAL_SLOTS 64

uint64_t hash_text(struct text text)
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

static void resize(struct cache *cache, size_t slots)
{
	struct cache old = *cache;

	cache->slots = allocate_cleared(slots, sizeof(*cache->slots));
	cache->mask = slots - 1;
	for (size_t i = 0; old.slots && i <= old.mask; i++)
		if (old.slots[i].value)
			insert(cache, old.slots[i].hash, old.slots[i].value);
	free(old.slots);
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
		memset(cache->slots, 0,
		       (cache->mask + 1) * sizeof(*cache->slots));
	cache->count = 0;
}

void cache_free(struct cache *cache)
{
	free(cache->slots);
	*cache = (struct cache){ 0 };
}
