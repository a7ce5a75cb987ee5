// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unit tests for what can be tested alone: crc32.h, cache.c, and the list of
 * symbols in symbols.c. Prints TAP.
 */
#define PART "unit"
#include "../../crc32.h"
#include "../../gendwarfksyms.h"

const struct program program = { "unit", EXIT_FAILURE };
struct options options;

static int tests, failures;

static void ok(bool good, const char *name)
{
	printf("%sok %d - %s\n", good ? "" : "not ", ++tests, name);
	failures += !good;
}

/* crc32.h */

/* The definition: reflected polynomial, start value and result inverted. */
static uint32_t bitwise_crc(const char *text, size_t length)
{
	uint32_t crc = 0xffffffff;

	while (length--) {
		crc ^= (unsigned char)*text++;
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc;
}

static void test_crc(void)
{
	static char text[70000];
	static const size_t lengths[] = { 0,   1,   2,	  3,	 7,	8,     9,    255,
					  256, 257, 1000, 65535, 65536, 65537, 70000 };
	bool same = true, together = true, extended = true;
	struct crc32_factor one, zero;

	ok(crc32_extend(0, "123456789", 9) == 0xcbf43926, "the check value of CRC-32");
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = i * i >> 3 ^ i % 251;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
		size_t length = lengths[i];
		uint32_t whole = bitwise_crc(text, length);

		same = same && crc32_extend(0, text, length) == whole;
		for (size_t j = 0; j <= i; j++) {
			size_t rest = length - lengths[j];
			uint32_t first = bitwise_crc(text, lengths[j]);
			uint32_t second = bitwise_crc(text + lengths[j], rest);

			together = together && crc32_append(first, second, rest) == whole;
			extended = extended &&
				   crc32_extend(first, text + lengths[j], rest) == whole;
		}
	}
	for (size_t length = 0; length < 2 * CRC32_LONG; length++)
		for (size_t at = 0; at < 8; at++)
			same = same && crc32_extend(length, text + at, length) ==
					       crc32_z(length, (const Bytef *)text + at, length);
	ok(same, "crc32_extend() is the bitwise definition");
	ok(extended, "... also from the middle of a text");
	ok(together, "crc32_append() puts two texts together");
	ok(crc32_append(0, 0, 0) == 0, "... and two empty ones");
	ok(crc32_shift(crc32_shift(77, 1ull << 39), (1ull << 39) + 5) ==
		   crc32_shift(77, (1ull << 40) + 5),
	   "crc32_shift() by a terabyte");
	one = crc32_make_factor(CRC32_ONE);
	zero = crc32_make_factor(0);
	ok(crc32_multiply(12345, &one) == 12345 && crc32_multiply(12345, &zero) == 0 &&
		   crc32_multiply(0, &one) == 0,
	   "multiplication by 0 and 1");
}

/* cache.c */

static bool same_string(const void *value, const void *key)
{
	return !strcmp(value, key);
}

static void test_cache(void)
{
	enum {
		COUNT = 100000
	};
	struct cache cache = { 0 };
	static int values[COUNT];
	bool found = true, absent = true;

	ok(!cache_find(&cache, 5, NULL, NULL), "an empty table has nothing");
	for (uint64_t i = 0; i < COUNT; i++)
		cache_add(&cache, i << 32, &values[i]);
	for (uint64_t i = 0; i < COUNT; i++) {
		found = found && cache_find(&cache, i << 32, NULL, NULL) == &values[i];
		absent = absent && !cache_find(&cache, i << 32 | 1, NULL, NULL);
	}
	ok(found, "a table finds all that was added");
	ok(absent, "... and nothing else");
	ok(cache.count == COUNT && cache.mask + 1 >= COUNT / 2 * 3, "... and has grown");
	cache_clear(&cache);
	ok(!cache_find(&cache, 0, NULL, NULL), "after cache_clear() it is empty");
	cache_add(&cache, 7, "one");
	cache_add(&cache, 7, "two");
	ok(!strcmp(cache_find(&cache, 7, same_string, "two"), "two") &&
		   !strcmp(cache_find(&cache, 7, same_string, "one"), "one") &&
		   !cache_find(&cache, 7, same_string, "three"),
	   "values with one hash are told apart");
	cache_free(&cache);
	ok(!cache.slots && !cache_find(&cache, 7, NULL, NULL), "after cache_free() too");
}

/*
 * Texts that are put together byte by byte at the end of two arenas in turn, of all
 * sizes, with memory that other arenas and tables have given back.
 */
static void test_arena_room(void)
{
	enum {
		COUNT = 300
	};
	static const size_t sizes[] = { 1, 40, 5000, 70000, 300000, 3000000 };
	static unsigned char *texts[COUNT];
	struct arena arenas[2] = { 0 }, other = { 0 };
	struct cache cache = { 0 };
	bool intact = true, cleared = true;

	for (size_t i = 0; i < COUNT; i++) {
		struct arena *arena = &arenas[i & 1];
		size_t size = sizes[i * i % 6];

		for (size_t at = 0; at < size; at++) {
			unsigned char *text = arena_reserve(arena, at, at + 1);

			text[at] = (at ^ i) & 255;
		}
		texts[i] = arena_keep(arena, size);
		memset(arena_alloc(&other, size), 0xff, size);
		cache_reserve(&cache, i * i);
		for (size_t slot = 0; slot <= cache.mask; slot++)
			cleared = cleared &&
				  (!cache.slots[slot].value || cache.slots[slot].value == &cache);
		cache_add(&cache, i, &cache);
		if (i % 7 == 0) {
			arena_free(&other);
			cache_free(&cache);
		}
	}
	for (size_t i = 0; i < COUNT; i++)
		for (size_t at = 0; at < sizes[i * i % 6]; at++)
			intact = intact && texts[i][at] == ((at ^ i) & 255);
	ok(intact, "what is put together at the end of an arena stays");
	ok(cleared, "tables begin empty, whose memory was used before");
	for (int i = 0; i < 2; i++)
		arena_free(&arenas[i]);
	arena_free(&other);
	cache_free(&cache);
}

static void test_arena(void)
{
	enum {
		COUNT = 3000
	};
	struct arena arena = { 0 };
	static unsigned char *pieces[COUNT];
	bool intact = true, aligned = true, cleared = true;

	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < COUNT; i++) {
			size_t size = i % 97 == 0 ? 100000 : i % 61;

			pieces[i] = arena_alloc(&arena, size);
			memset(pieces[i], i & 255, size);
			aligned = aligned && (uintptr_t)pieces[i] % _Alignof(max_align_t) == 0;
		}
		for (size_t i = 0; i < COUNT; i++) {
			size_t size = i % 97 == 0 ? 100000 : i % 61;

			for (size_t j = 0; j < size; j++)
				intact = intact && pieces[i][j] == (i & 255);
		}
		arena_reset(&arena);
	}
	for (int i = 0; i < 64; i++)
		cleared = cleared && !((char *)arena_zalloc(&arena, 64))[i];
	ok(intact, "pieces of an arena don't overlap");
	ok(aligned, "... and are aligned");
	ok(cleared, "arena_zalloc() clears");
	arena_free(&arena);
	ok(!arena.blocks, "arena_free() leaves an empty arena");
}

/* symbols.c: the order of FORMAT 3, for names chosen by their hashes. */
static void test_order(void)
{
	/* FNV-1a: a 0xe40c292c, b 0xe70c2de5, foobar 0xbf9cf968. */
	static const char names[] = "foobar\na\nb\n";
	FILE *file = fmemopen((void *)names, strlen(names), "r");
	static struct symbol_list list; /* it lives until the end */

	symbols_read(&list, file);
	symbols_sort(&list);
	fclose(file);
	ok(list.count == 3 && !strcmp(list.symbols[0]->name.start, "a") &&
		   !strcmp(list.symbols[1]->name.start, "foobar") &&
		   !strcmp(list.symbols[2]->name.start, "b"),
	   "symbols by bucket: a 0x92c, foobar 0x968, b 0xde5");
	ok(symbols_find(&list, make_text("foobar")) == list.symbols[1] &&
		   !symbols_find(&list, make_text("fooba")),
	   "symbols by name");
}

int main(void)
{
	test_crc();
	test_cache();
	test_arena();
	test_arena_room();
	test_order();
	printf("1..%d\n", tests);
	return failures > 0;
}
