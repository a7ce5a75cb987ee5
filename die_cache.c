// SPDX-License-Identifier: GPL-2.0-only
/*
 * The die cache: from the DIE of a symbol to its string.
 *
 * dwarf.c loads all that the DIE leads to, as rows. die.c walks over them. Then the string
 * of each named type goes to the type table if it is the longest so far (FORMAT 7), and
 * its row is given up: what is left of most DIEs is the length of their string.
 */
#define PART "die_cache"
#include "die.h"
#include <inttypes.h>

struct die_cache {
	struct dies dies;
	struct cache symbol_strings; /* struct type_string by address and kind */
	struct arena scratch; /* of strings that are only compared */
	uint64_t compared; /* bytes of these, so far */
	size_t given_up; /* how many times the reader had given up units */
	struct writer *writer;
};

/*
 * Strings that are only compared may take so many bytes, and as many more as what the reader may
 * do. (A kernel's take a thousandth of that. But each may have 64 MiB: STRING_LENGTH_LIMIT.)
 */
#define COMPARED_SIZE_LIMIT ((uint64_t)256 << 20)

/* Where the number of the unit begins in struct type.place. */
#define PLACE_UNIT_SHIFT 40

/* Tells whether two strings are the same but for separators (FORMAT 5a). */
static bool same_definition(struct text a, struct text b)
{
	static const struct text separator = { " , ", 3 };

	if (same_text(a, b)) /* as they mostly are; and this is faster */
		return true;
	while (a.length || b.length) {
		struct text *texts[] = { &a, &b };

		for (int i = 0; i < 2; i++)
			while (texts[i]->length >= separator.length &&
			       !memcmp(texts[i]->start, separator.start, separator.length))
				*texts[i] = (struct text){ texts[i]->start + separator.length,
							   texts[i]->length - separator.length };
		if (!a.length || !b.length)
			break;
		if (*a.start++ != *b.start++)
			return false;
		a.length--;
		b.length--;
	}
	return a.length == b.length;
}

/* Warns, once for a type, if a baseline hides one of two definitions of it. */
static void check_definition(struct type *type, const struct type_string *other, struct die_ref die,
			     uint64_t place)
{
	const struct dwarf_input *input = die.unit->input;

	if (type->ambiguous || is_declaration(type->string->text) || is_declaration(other->text) ||
	    same_definition(type->string->text, other->text))
		return;
	type->ambiguous = true;
	warning("'%s' has two definitions in '%s', in %s and in %s: only one of them is in the baseline, and changes of the other don't show",
		type->key->text.start, input->object->path,
		unit_source(input, type->place >> PLACE_UNIT_SHIFT),
		unit_source(input, place >> PLACE_UNIT_SHIFT));
}

/*
 * Writes another string of a type that has one, to compare the two; it stays until the arena
 * is reset. Error: they take too long.
 */
static struct type_string *write_compared(struct die_cache *cache, struct die *die)
{
	const struct dwarf_input *input = die->ref.unit->input;
	struct type_string *string = die_string(cache->writer, die, &cache->scratch);

	cache->compared += string->text.length;
	if (cache->compared > COMPARED_SIZE_LIMIT + input->work_limit)
		die_error(die->ref,
			  "definitions of '%s' and of other types take more than %" PRIu64
			  " bytes to compare",
			  die->type->key->text.start, COMPARED_SIZE_LIMIT + input->work_limit);
	return string;
}

/*
 * Puts the string of a named type into the table, if it is the longest of its name so far, or
 * with --canonical the greatest of these (FORMAT 13). It is only written if it is, or if it has
 * to be compared: else its length is enough.
 */
static void enter_type(struct die_cache *cache, struct die *die)
{
	struct type_table *table = cache->dies.table;
	struct die_ref at = die->ref;
	struct type *type = die->type;
	/* Among the DIEs of all units, in the order of FORMAT 4. */
	const struct unit *unit = at.unit->skeleton ? at.unit->skeleton : at.unit;
	uint64_t place = (uint64_t)unit->number << PLACE_UNIT_SHIFT | die_offset(at);
	const struct text *old = type->string && !type->ruled ? &type->string->text : NULL;
	uint64_t length = type->string ? die_string_length(cache->writer, die) : 0;
	bool tie = options.canonical && old && length == old->length;
	bool replaces = false;

	if (tie || (options.consolidated && old && !type->ambiguous)) {
		struct type_string *string = write_compared(cache, die);

		if (options.consolidated)
			check_definition(type, string, at, place);
		if (tie)
			replaces = memcmp(string->text.start, old->start, length) > 0;
		arena_reset(&cache->scratch);
	}
	if (!tie)
		replaces = types_offer(table, type, length, place);
	if (replaces)
		types_set(table, type, die_string(cache->writer, die, &table->arena));
}

/*
 * Gives up the row of a named type, whose string is in the table. It is kept for a dump, and
 * if no walk has finished the DIE yet.
 */
static void forget_row(struct die_cache *cache, struct die *die)
{
	size_t size = die->fragment_count * sizeof(*die->fragments);

	if (options.dump_dies || !die_is_finished(die)) {
		die->fragments = arena_copy(&cache->dies.rows, die->fragments, size);
		return;
	}
	die->fragments = NULL;
	die->fragment_count = 0;
}

/*
 * Puts the named types among the new DIEs into the table; none is new from then on.
 */
static void enter_types(struct die_cache *cache)
{
	for (size_t i = 0; i < cache->dies.new_count; i++) {
		struct die *die = cache->dies.new_dies[i];

		if (options.dump_die_map)
			fprintf(stderr, "\033[33m<DIE 0x%llx%s%s>\033[0m\n", die_offset(die->ref),
				die->type ? " " : "", die->type ? die->type->key->text.start : "");
		if (!die->type)
			continue;
		enter_type(cache, die);
		forget_row(cache, die);
	}
	cache->dies.new_count = 0;
	arena_reset(&cache->dies.named_rows);
}

struct type_string *symbol_string(struct die_cache *cache, struct die_ref die, bool subprogram)
{
	uint64_t key = (uint64_t)(uintptr_t)die.address << 1 | subprogram;
	struct type_string *string = cache_find(&cache->symbol_strings, key, NULL, NULL);
	struct die *symbol;

	if (string)
		return string;
	symbol = dies_load_symbol(&cache->dies, die, subprogram);
	die_walk(cache->writer, symbol);
	enter_types(cache);
	string = die_string(cache->writer, symbol, &cache->dies.table->arena);
	cache_add(&cache->symbol_strings, key, string);
	if (options.dump_dies)
		die_dump(cache->writer, symbol, stderr);
	return string;
}

void die_cache_begin_unit(struct die_cache *cache, struct unit *unit)
{
	/*
	 * Most DIEs of an object are the same types again in each unit. To
	 * forget them keeps the die cache small, and that makes it fast.
	 */
	if (cache->given_up != unit->input->given_up) {
		dies_forget(&cache->dies);
		cache_free(&cache->symbol_strings);
	}
	cache->given_up = unit->input->given_up;
	/* A guess that saves growing: a type of a kernel in so many bytes. */
	cache_reserve(&cache->dies.by_address, (unit->end - unit->start) / 64);
}

struct die_cache *die_cache_new(const struct kabi_rules *rules, struct type_table *table)
{
	struct die_cache *cache = allocate_cleared(1, sizeof(*cache));

	cache->dies.rules = rules;
	cache->dies.table = table;
	cache->writer = writer_new();
	return cache;
}

void die_cache_free(struct die_cache *cache)
{
	cache_free(&cache->symbol_strings);
	dies_free(&cache->dies);
	arena_free(&cache->scratch);
	writer_free(cache->writer);
	free(cache);
}
