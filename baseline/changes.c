// SPDX-License-Identifier: GPL-2.0-only
/*
 * Why versions changed. A version covers the symbol's own string and those of all
 * types that it leads to, so it changes if one of these does, and only then: types
 * that merely contain one that changed are no causes.
 *
 * Many symbols lead to the same few changes through the same few thousand types. So
 * for each type the set of changes that it leads to is found once, from the sets of
 * the types in its string, until no set grows any more.
 */
#define PART "changes"
#include "baseline.h"

const char *const change_words[CHANGE_KINDS] = {
	[CHANGED] = "changed",
	[BECAME_DEFINED] = "became defined",
	[NO_LONGER_DEFINED] = "no longer defined",
	[ADDED] = "added",
	[REMOVED] = "removed",
};

const char *change_subject(const struct change *change)
{
	return is_reference(change->key.start) ? change->key.start
					       : "its own type";
}

/* Whether a string is that of a type without a definition. */
static bool is_declaration(struct text text)
{
	const char *open = memchr(text.start, '{', text.length);

	return open &&
	       same_text(
		       (struct text){ open, text.length - (open - text.start) },
		       make_text("{ }"));
}

static struct change make_change(struct text key, struct text old,
				 struct text new)
{
	struct change change = { CHANGED, key, old, new };

	if (!old.start)
		change.kind = ADDED;
	else if (!new.start)
		change.kind = REMOVED;
	else if (is_declaration(old) && !is_declaration(new))
		change.kind = BECAME_DEFINED;
	else if (is_declaration(new) && !is_declaration(old))
		change.kind = NO_LONGER_DEFINED;
	return change;
}

/*
 * Notes which types of a table aren't the same in the other, or not there; of the
 * old table (`new` is false) only those that aren't there.
 */
static void add_changes(struct changes *changes, const struct type_table *table,
			const struct type_table *other, bool new)
{
	for (size_t i = 0; i < table->count; i++) {
		const struct type *type = table->types[i];
		const struct type *twin = types_find(other, type->key);
		struct text text = type->string.text, none = { 0 };

		if (!type->in_table ||
		    (twin && (!new || same_text(text, twin->string.text))))
			continue;
		*APPEND(changes->changes, changes->count, changes->capacity) =
			new ? make_change(type->key,
					  twin ? twin->string.text : none, text)
			    : make_change(type->key, text, none);
	}
}

/* Adds the set of changes that a string leads to. Whether that was news. */
static bool add_leads(const struct changes *changes, const uint64_t *leads,
		      const struct type_string *string, uint64_t *set)
{
	bool grown = false;

	for (size_t i = 0; i < string->reference_count; i++) {
		const uint64_t *from =
			&leads[string->references[i].type->number *
			       changes->words];

		for (size_t j = 0; j < changes->words; j++) {
			grown |= (from[j] & ~set[j]) != 0;
			set[j] |= from[j];
		}
	}
	return grown;
}

/* The sets of a table, where the types of changes `first` up to `end` are. */
static uint64_t *find_leads(const struct changes *changes,
			    const struct type_table *table, size_t first,
			    size_t end)
{
	uint64_t *leads =
		allocate_cleared(table->count * changes->words, sizeof(*leads));
	bool grown = true;

	for (size_t i = first; i < end; i++) {
		const struct type *type =
			types_find(table, changes->changes[i].key);

		leads[type->number * changes->words + i / 64] |= (uint64_t)1
								 << i % 64;
	}
	while (grown) {
		grown = false;
		/* Types mostly lead to those that were entered later. */
		for (size_t i = table->count; i--;)
			grown |= add_leads(changes, leads,
					   &table->types[i]->string,
					   &leads[i * changes->words]);
	}
	return leads;
}

void changes_find(struct changes *changes, const struct type_table *old,
		  const struct type_table *new)
{
	size_t first;

	*changes = (struct changes){ 0 };
	add_changes(changes, new, old, true);
	first = changes->count;
	add_changes(changes, old, new, false);
	changes->words = (changes->count + 63) / 64;
	changes->new_leads = find_leads(changes, new, 0, first);
	changes->old_leads = find_leads(changes, old, first, changes->count);
}

size_t changes_of_symbol(const struct changes *changes, struct text name,
			 const struct type_string *old,
			 const struct type_string *new, struct change **causes)
{
	uint64_t *set = allocate_cleared(changes->words, sizeof(*set));
	size_t count = 0;

	*causes = allocate((changes->count + 1) * sizeof(**causes));
	if (!same_text(old->text, new->text))
		(*causes)[count++] = make_change(name, old->text, new->text);
	add_leads(changes, changes->new_leads, new, set);
	add_leads(changes, changes->old_leads, old, set);
	for (size_t i = 0; i < changes->count; i++)
		if (set[i / 64] >> i % 64 & 1)
			(*causes)[count++] = changes->changes[i];
	free(set);
	return count;
}

void changes_free(struct changes *changes)
{
	free(changes->changes);
	free(changes->old_leads);
	free(changes->new_leads);
}
