// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which DIE describes each symbol (FORMAT 4): the candidates of each unit, their
 * names, and what is given to aliases.
 */
#define PART "match"
#include "gendwarfksyms.h"

#define SYMBOL_POINTER "__gendwarfksyms_ptr_"

/* The type of a symbol pointer, kept for a symbol (step 5). */
struct kept {
	struct symbol *symbol;
	struct die_ref type;
	size_t number; /* of those before it */
};

/* What matching works with. */
struct matcher {
	struct symbol_list *list;
	struct die_cache *cache;
	unsigned int file; /* the number of the input file */
	const struct unit *warned; /* the last that has no types */
	/* Of the unit at hand: */
	struct attributes *candidates; /* that may be a symbol's */
	size_t candidate_count, candidates_capacity;
	struct kept *kept;
	size_t kept_count, kept_capacity;
};

/* A DIE's symbol name (step 3). */
static struct text symbol_name(const struct attributes *attributes)
{
	return has(attributes, ATTRIBUTE_LINKAGE_NAME)
		       ? attributes->values[ATTRIBUTE_LINKAGE_NAME].text
		       : name_of(attributes);
}

static bool is_symbol_pointer(struct text name)
{
	return name.start && starts_with(name.start, SYMBOL_POINTER);
}

/* Whether a name finds a symbol (step 4): it, or NULL. */
static struct symbol *find_unassigned(const struct matcher *matcher,
				      struct text name)
{
	struct symbol *symbol;

	if (is_symbol_pointer(name)) {
		name.start += strlen(SYMBOL_POINTER);
		name.length -= strlen(SYMBOL_POINTER);
	}
	symbol = name.start ? symbols_find(matcher->list, name) : NULL;
	if (symbol &&
	    (options.canonical ? symbol_unassigned(symbol, matcher->file)
			       : any_alias_unassigned(symbol, matcher->file)))
		return symbol;
	return NULL;
}

/* Whom else a symbol's DIE is given to; with --canonical, to nobody at first. */
static struct symbol *next_alias(const struct symbol *symbol)
{
	return options.canonical ? (struct symbol *)symbol : symbol->alias;
}

/* Gives a string to a symbol, unless a rule has another for it. */
static void take_string(struct matcher *matcher, struct symbol *symbol,
			struct type_string *string)
{
	struct type_string *rule =
		types_rule_string(matcher->cache->table, symbol->name);

	symbols_assign(symbol, matcher->file, rule ? rule : string, string);
}

/* Gives a DIE to a symbol and its aliases, those that are free (step 6). */
static void take(struct matcher *matcher, struct symbol *symbol,
		 struct die_ref die, bool subprogram)
{
	struct type_string *string =
		symbol_string(matcher->cache, die, subprogram);
	struct symbol *alias = symbol;

	if (!unit_has_types(die.unit) && matcher->warned != die.unit) {
		warning("the debugging information of %s in '%s' has no types: was it compiled with -g1, or rustc's debuginfo=1?",
			symbol->name.start, die.unit->file->path);
		matcher->warned = die.unit;
	}
	do {
		if (symbol_unassigned(alias, matcher->file)) {
			debug("symbol %s: DIE 0x%llx", alias->name.start,
			      die_offset(die));
			take_string(matcher, alias, string);
		}
		alias = next_alias(alias);
	} while (alias != symbol);
}

/* Keeps the type of a symbol pointer for a symbol and its aliases (step 5). */
static void keep(struct matcher *matcher, struct symbol *symbol,
		 const struct attributes *pointer)
{
	struct die_ref type = reference(pointer, ATTRIBUTE_TYPE), pointee;
	const char *name = symbol_name(pointer).start;
	struct symbol *alias = symbol;
	struct attributes attributes;
	struct kept *kept;

	if (!type.address)
		die_error(pointer->die, "symbol pointer %s has no type", name);
	read_die(type, &attributes);
	pointee = reference(&attributes, ATTRIBUTE_TYPE);
	if (attributes.tag != DW_TAG_pointer_type || !pointee.address)
		die_error(pointer->die,
			  "symbol pointer %s is no pointer to a type", name);
	read_die(pointee, &attributes);
	if (attributes.tag == DW_TAG_subroutine_type)
		type = pointee;
	do {
		kept = APPEND(matcher->kept, matcher->kept_count,
			      matcher->kept_capacity);
		*kept = (struct kept){ alias, type, matcher->kept_count };
		alias = next_alias(alias);
	} while (alias != symbol);
}

/* In the order of FORMAT 3; what was kept last for a symbol comes first. */
static int compare_kept(const void *a, const void *b)
{
	const struct kept *left = a, *right = b;
	int order = symbols_compare(left->symbol, right->symbol);

	return order ? order : left->number < right->number ? 1 : -1;
}

/* Step 7: symbols that are still free get what was kept for them. */
static void take_kept(struct matcher *matcher)
{
	if (matcher->kept_count)
		qsort(matcher->kept, matcher->kept_count,
		      sizeof(*matcher->kept), compare_kept);
	for (size_t i = 0; i < matcher->kept_count; i++) {
		const struct kept *kept = &matcher->kept[i];
		struct attributes attributes;

		if (!symbol_unassigned(kept->symbol, matcher->file))
			continue;
		read_die(kept->type, &attributes);
		take(matcher, kept->symbol, kept->type,
		     attributes.tag == DW_TAG_subroutine_type);
	}
	matcher->kept_count = 0;
}

/* Steps 2 to 6 for a candidate. */
static void match_candidate(struct matcher *matcher,
			    const struct attributes *candidate)
{
	struct symbol *symbol =
		find_unassigned(matcher, symbol_name(candidate));
	struct die_ref origin = reference(candidate, ATTRIBUTE_ABSTRACT_ORIGIN);
	struct attributes source = *candidate;

	if (origin.address)
		read_die(origin, &source);
	if (!symbol)
		symbol = find_unassigned(matcher, symbol_name(&source));
	if (!symbol)
		return;
	if (!is_symbol_pointer(symbol_name(&source))) {
		take(matcher, symbol, source.die,
		     candidate->tag == DW_TAG_subprogram);
		return;
	}
	read_die(source.die, &source); /* of a candidate not all was read */
	keep(matcher, symbol, &source);
}

/*
 * Goes through the candidates of a unit. Those that may be a symbol's are only
 * noted at first: while the unit is read, not all of its types are known yet
 * to be children of the unit DIE.
 */
static void match_unit(struct matcher *matcher, struct unit *unit)
{
	struct attributes candidate;
	struct cursor candidates;

	unit = split_unit(unit);
	die_cache_begin_unit(matcher->cache, unit);
	unit_open(unit);
	candidates = candidates_of(unit);
	while (next_candidate(&candidates, &candidate)) {
		if (!has(&candidate, ATTRIBUTE_ABSTRACT_ORIGIN) &&
		    !find_unassigned(matcher, symbol_name(&candidate)))
			continue;
		*APPEND(matcher->candidates, matcher->candidate_count,
			matcher->candidates_capacity) = candidate;
	}
	for (size_t i = 0; i < matcher->candidate_count; i++)
		match_candidate(matcher, &matcher->candidates[i]);
	matcher->candidate_count = 0;
	take_kept(matcher);
	unit_close(unit);
}

/*
 * --canonical: a symbol without a DIE of its own is what the first of its aliases
 * is that has one.
 */
static void match_aliases(struct matcher *matcher)
{
	for (size_t i = 0; i < matcher->list->count; i++) {
		struct symbol *symbol = matcher->list->symbols[i];
		struct symbol *alias = symbol->alias, *first = NULL;

		for (; alias != symbol; alias = alias->alias)
			if (alias->file == matcher->file &&
			    (!first || symbols_compare(alias, first) < 0))
				first = alias;
		if (first && symbol_unassigned(symbol, matcher->file))
			take_string(matcher, symbol, first->described);
	}
}

void match_symbols(struct symbol_list *list, struct object *object,
		   unsigned int file, struct die_cache *cache)
{
	struct matcher matcher = { .list = list, .cache = cache, .file = file };
	struct dwarf_input data;

	dwarf_input_open(&data, object);
	for (size_t i = 0; i < data.main.count; i++)
		match_unit(&matcher, &data.main.units[i]);
	if (options.canonical)
		match_aliases(&matcher);
	free(matcher.candidates);
	free(matcher.kept);
	dwarf_input_close(&data);
}
