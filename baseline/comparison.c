// SPDX-License-Identifier: GPL-2.0-only
/*
 * Why versions changed. A version covers the symbol's own string and those of all
 * types that it leads to, so it changes if one of these does, and only then: types
 * that merely contain one that changed are no causes. Say
 *
 *	before					after
 *	f variable s#a				f variable s#a
 *	s#a structure_type a { s#b s#c }	s#a structure_type a { s#b s#c }
 *	s#b structure_type b { ... int x }	s#b structure_type b { ... long x }
 *	s#c structure_type c { }		s#c structure_type c { }
 *
 * Then the cause for f is that s#b changed, and nothing else. Causes are what f led to: with
 * all of them as before, all is as before. What it leads to only now, through one that
 * changed, is none, nor is a type that came or went with that.
 *
 * Many symbols led to the same few changes through the same few thousand types. So
 * the set of changes that a type led to is found once, from the sets of the types in its
 * string; and types in one cycle, which lead to the same, share it.
 */
#define PART "comparison"
#include "baseline.h"

const char *const change_words[CHANGE_KINDS] = {
	[CHANGED] = "changed",
	[BECAME_DEFINED] = "became defined",
	[NO_LONGER_DEFINED] = "no longer defined",
};

const char *change_subject(const struct change *change)
{
	return is_reference(change->key.start) ? change->key.start : "its own type";
}

/* Changes */

static bool same_string(const struct type_string *a, const struct type_string *b)
{
	return a == b || same_text(a->text, b->text);
}

static enum change_kind find_change_kind(struct text old, struct text new)
{
	if (is_declaration(old) && !is_declaration(new))
		return BECAME_DEFINED;
	if (is_declaration(new) && !is_declaration(old))
		return NO_LONGER_DEFINED;
	return CHANGED;
}

static bool same_change(const void *value, const void *key)
{
	const struct change *a = value, *b = key;

	return same_text(a->key, b->key) && same_text(a->old, b->old) && same_text(a->new, b->new);
}

/* Finds or enters a change. */
static struct change *enter_change(struct comparison *comparison, struct text key,
				   const struct type_string *old, const struct type_string *new)
{
	struct change *change, wanted = { .key = key, .old = old->text, .new = new->text };
	uint64_t hash = (uintptr_t)key.start;

	change = cache_find(&comparison->by_key, hash, same_change, &wanted);
	if (change)
		return change;
	wanted.number = comparison->change_count++;
	wanted.kind = find_change_kind(wanted.old, wanted.new);
	change = arena_copy(&comparison->arena, &wanted, sizeof(wanted));
	cache_add(&comparison->by_key, hash, change);
	return change;
}

/* What changed from one section to another, and what led to it. */
struct changes {
	struct change **changes;
	size_t count;
	size_t capacity;
	size_t words; /* of a set: a bit for each change */
	/* Sets of changes that types of the old table lead to, by the numbers of their cycles. */
	uint64_t *leads;
};

/* Notes which types of both tables aren't the same. */
static void add_changes(struct changes *changes, struct comparison *comparison)
{
	const struct type_table *table = &comparison->old;

	for (size_t i = 0; i < table->count; i++) {
		const struct type *type = table->types[i];
		const struct type *twin = types_find(&comparison->new, type->key);

		if (twin && !same_string(type->string, twin->string))
			*APPEND(changes->changes, changes->count, changes->capacity) = enter_change(
				comparison, type->key->text, type->string, twin->string);
	}
	changes->words = (changes->count + 63) / 64;
}

/* The set of a type. */
static uint64_t *leads_of(const struct changes *changes, const struct type *type)
{
	return &changes->leads[(type->cycle - 1) * changes->words];
}

/* Adds the sets of what an old string leads to. */
static void add_leads(const struct changes *changes, const struct type_table *table,
		      const struct type_string *string, uint64_t *set)
{
	for (size_t i = 0; i < string->reference_count; i++) {
		const uint64_t *from =
			leads_of(changes, referenced_type(table, &string->references[i]));

		for (size_t j = 0; from != set && j < changes->words; j++)
			set[j] |= from[j];
	}
}

static int compare_by_cycle(const void *a, const void *b)
{
	const struct type *left = *(struct type *const *)a, *right = *(struct type *const *)b;

	return (left->cycle > right->cycle) - (left->cycle < right->cycle);
}

/* Finds the changes from the old table to the new one, and what led to them. */
static void find_changes(struct changes *changes, struct comparison *comparison)
{
	struct type_table *table = &comparison->old;
	struct type **order = allocate(table->count * sizeof(*order));

	add_changes(changes, comparison);
	for (size_t i = 0; i < table->count; i++)
		types_find_cycles(table, order[i] = table->types[i]);
	changes->leads = allocate_cleared(table->cycles * changes->words, sizeof(*changes->leads));
	for (size_t i = 0; i < changes->count; i++) {
		const struct type *type =
			types_find(table, keys_find(comparison->keys, changes->changes[i]->key));

		leads_of(changes, type)[i / 64] |= (uint64_t)1 << i % 64;
	}
	/* What a cycle leads to comes before it, so that its set is complete. */
	if (table->count)
		qsort(order, table->count, sizeof(*order), compare_by_cycle);
	for (size_t i = 0; i < table->count; i++)
		add_leads(changes, table, order[i]->string, leads_of(changes, order[i]));
	free(order);
}

static void free_changes(struct changes *changes)
{
	free(changes->changes);
	free(changes->leads);
	*changes = (struct changes){ 0 };
}

/* Sections */

static void load_section(struct comparison *comparison, struct type_table *table,
			 const struct section *section)
{
	types_clear(table);
	table->keys = comparison->keys;
	table->path = section->file.start;
	for (size_t i = 0; i < section->type_count; i++)
		types_set(table, types_enter(table, section->types[i].key),
			  section->types[i].string);
}

/* Notes that an override is of use; enters the types it leads to, with no string if they have none. */
static void enter_override(struct comparison *comparison, struct type_string *string)
{
	struct type_table *table = &comparison->new;
	uint64_t address = (uintptr_t)string;

	if (!cache_find(&comparison->used_overrides, address, NULL, NULL))
		cache_add(&comparison->used_overrides, address, string);
	for (size_t i = 0; i < string->reference_count; i++)
		types_enter(table, string->references[i].key);
}

/*
 * Returns the string that counts for a symbol in the newer section: that of an override in
 * the older one, if those count.
 */
static struct type_string *new_string(const struct comparison *comparison,
				      const struct compared *symbol)
{
	return comparison->overrides && symbol->old->string->override ? symbol->old->string
								      : symbol->new->string;
}

/*
 * Replaces strings of the newer section by overrides of the older one, for these
 * symbols. An override may lead to types that were not there, whose turn comes at the
 * end of the table.
 */
static void apply_overrides(struct comparison *comparison, const struct compared *const *symbols,
			    size_t count)
{
	struct type_table *table = &comparison->new;

	for (size_t i = 0; i < count; i++)
		if (symbols[i]->old->string->override)
			enter_override(comparison, symbols[i]->old->string);
	for (size_t i = 0; i < table->count; i++) {
		struct type *type = table->types[i];
		const struct type *old = types_find(&comparison->old, type->key);

		if (old && old->string->override) {
			types_set(table, type, old->string);
			enter_override(comparison, old->string);
		}
		if (!type->string)
			error("the overrides for '%s' lead to '%s', which isn't there any more: override that, too",
			      table->path, type->key->text.start);
	}
}

/* Tells whether the two tables say the same. */
static bool same_tables(const struct comparison *comparison)
{
	const struct type_table *new = &comparison->new;

	for (size_t i = 0; i < new->count; i++) {
		const struct type *old = types_find(&comparison->old, new->types[i]->key);

		if (!old || old->string != new->types[i]->string)
			return false;
	}
	return new->count == comparison->old.count;
}

/* Symbols */

/* Finds what made the version of a symbol change. */
static void find_causes(struct comparison *comparison, const struct changes *changes,
			struct compared *symbol)
{
	struct type_string *old = symbol->old->string;
	struct type_string *new = new_string(comparison, symbol);
	struct text name = symbol->new->name;
	uint64_t *set = allocate_cleared(changes->words, sizeof(*set));
	struct change **causes =
		arena_reserve(&comparison->arena, 0, (changes->count + 1) * sizeof(*causes));
	size_t count = 0;

	/*
	 * enter_change() allocates from the arena at whose end `causes` is reserved, so the
	 * symbol's own change is entered after arena_keep().
	 */
	add_leads(changes, &comparison->old, old, set);
	if (!same_string(old, new))
		count++;
	for (size_t i = 0; i < changes->count; i++)
		if (set[i / 64] >> i % 64 & 1)
			causes[count++] = changes->changes[i];
	free(set);
	symbol->causes = arena_keep(&comparison->arena, count * sizeof(*causes));
	symbol->cause_count = count;
	if (!same_string(old, new))
		causes[0] = enter_change(comparison, name, old, new);
}

static void compute_versions(struct comparison *comparison, struct compared *symbol)
{
	const char *name = symbol->new->name.start;

	symbol->old_version = version_of(&comparison->old, symbol->old->string, name);
	symbol->new_version = version_of(&comparison->new, new_string(comparison, symbol), name);
}

/* Compares symbols of the two sections that are loaded. */
static void compare_sections(struct comparison *comparison, struct compared *const *symbols,
			     size_t count)
{
	struct changes changes = { 0 };
	bool same = same_tables(comparison);

	for (size_t i = 0; i < count; i++) {
		if (!same || symbols[i]->old->string != new_string(comparison, symbols[i])) {
			if (!changes.leads)
				find_changes(&changes, comparison);
			find_causes(comparison, &changes, symbols[i]);
		}
		if (symbols[i]->cause_count || comparison->all_versions)
			compute_versions(comparison, symbols[i]);
	}
	free_changes(&changes);
}

/* By the section of the older baseline, then by that of the newer one. */
static int compare_by_section(const void *a, const void *b)
{
	const struct compared *left = *(struct compared *const *)a;
	const struct compared *right = *(struct compared *const *)b;
	size_t left_old = left->old->section->number;
	size_t right_old = right->old->section->number;
	size_t left_new = left->new->section->number;
	size_t right_new = right->new->section->number;

	if (left_old != right_old)
		return left_old < right_old ? -1 : 1;
	if (left_new != right_new)
		return left_new < right_new ? -1 : 1;
	return (left > right) - (left < right);
}

void compare_symbols(struct comparison *comparison, struct compared *symbols, size_t count)
{
	struct compared **order = allocate(count * sizeof(*order));
	const struct section *old = NULL, *new;
	size_t end;

	for (size_t i = 0; i < count; i++)
		order[i] = &symbols[i];
	if (count)
		qsort(order, count, sizeof(*order), compare_by_section);
	for (size_t i = 0; i < count; i = end) {
		if (old != order[i]->old->section) {
			old = order[i]->old->section;
			load_section(comparison, &comparison->old, old);
		}
		new = order[i]->new->section;
		load_section(comparison, &comparison->new, new);
		for (end = i; end < count && order[end]->old->section == old &&
			      order[end]->new->section == new;)
			end++;
		if (comparison->overrides)
			apply_overrides(comparison, (const struct compared *const *)order + i,
					end - i);
		compare_sections(comparison, order + i, end - i);
	}
	free(order);
}

void comparison_free(struct comparison *comparison)
{
	types_free(&comparison->old);
	types_free(&comparison->new);
	cache_free(&comparison->by_key);
	cache_free(&comparison->used_overrides);
	arena_free(&comparison->arena);
}
