// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which DIE describes each symbol (FORMAT 4): the candidates of each unit, their
 * names, and what is given to aliases.
 */
#define PART "match"
#include "gendwarfksyms.h"

#define SYMBOL_POINTER "__gendwarfksyms_ptr_"

/* The type of a symbol pointer, for a symbol that may get no other DIE (step 5). */
struct deferred {
	struct symbol *symbol;
	struct die_ref type;
	size_t number; /* of those before it */
};

/* A candidate that may describe a symbol. */
struct candidate {
	struct die_ref die;
	unsigned int tag;
	struct symbol *symbol; /* that its own name finds; or NULL */
};

/* What matching works with. */
struct matcher {
	struct symbol_list *list;
	struct die_cache *cache;
	struct type_table *table;
	unsigned int file; /* the number of the input file */
	const struct unit *warned; /* the last that has no types */
	/* Of the current unit: */
	struct candidate *candidates;
	size_t candidate_count, candidates_capacity;
	struct deferred *deferred;
	size_t deferred_count, deferred_capacity;
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

/* Tells whether a symbol, or an alias that would get the same DIE, has none yet. */
static bool is_unassigned(const struct matcher *matcher, const struct symbol *symbol)
{
	return options.canonical ? symbol_unassigned(symbol, matcher->file)
				 : any_alias_unassigned(symbol, matcher->file);
}

/* Finds the symbol of a name, if it is unassigned (step 4); or NULL. */
static struct symbol *find_unassigned(const struct matcher *matcher, struct text name)
{
	struct symbol *symbol;

	if (is_symbol_pointer(name)) {
		name.start += strlen(SYMBOL_POINTER);
		name.length -= strlen(SYMBOL_POINTER);
	}
	symbol = name.start ? symbols_find(matcher->list, name) : NULL;
	return symbol && is_unassigned(matcher, symbol) ? symbol : NULL;
}

/* Whom else a symbol's DIE is given to; with --canonical, to nobody at first. */
static struct symbol *next_alias(const struct symbol *symbol)
{
	return options.canonical ? (struct symbol *)symbol : symbol->alias;
}

/* Gives a string to a symbol, unless a rule has another for it. */
static void assign_string(struct matcher *matcher, struct symbol *symbol,
			  struct type_string *string)
{
	struct type_string *rule = types_rule_string(matcher->table, symbol->name);

	symbols_assign(symbol, matcher->file, rule ? rule : string, string);
}

/* Gives a DIE to a symbol and its aliases, those that have none (step 6). */
static void assign_die(struct matcher *matcher, struct symbol *symbol, struct die_ref die,
		       bool subprogram)
{
	struct type_string *string = symbol_string(matcher->cache, die, subprogram);
	struct symbol *alias = symbol;

	if (!unit_has_types(die.unit) && matcher->warned != die.unit) {
		warning("the debugging information of %s in '%s' has no types: was it compiled with -g1, or rustc's debuginfo=1?",
			symbol->name.start, die.unit->file->path);
		matcher->warned = die.unit;
	}
	do {
		if (symbol_unassigned(alias, matcher->file)) {
			debug("symbol %s: DIE 0x%llx", alias->name.start, die_offset(die));
			assign_string(matcher, alias, string);
		}
		alias = next_alias(alias);
	} while (alias != symbol);
}

/* Keeps the type of a symbol pointer for a symbol and its aliases (step 5). */
static void defer_pointer(struct matcher *matcher, struct symbol *symbol,
			  const struct attributes *pointer)
{
	struct die_ref type = reference(pointer, ATTRIBUTE_TYPE), pointee;
	const char *name = symbol_name(pointer).start;
	struct symbol *alias = symbol;
	struct attributes attributes;

	if (!type.address)
		die_error(pointer->die, "symbol pointer %s has no type", name);
	read_die(type, &attributes);
	pointee = reference(&attributes, ATTRIBUTE_TYPE);
	if (attributes.tag != DW_TAG_pointer_type || !pointee.address)
		die_error(pointer->die, "symbol pointer %s is no pointer to a type", name);
	if (read_tag(pointee) == DW_TAG_subroutine_type)
		type = pointee;
	do {
		size_t number = matcher->deferred_count;

		*APPEND(matcher->deferred, matcher->deferred_count, matcher->deferred_capacity) =
			(struct deferred){ alias, type, number };
		alias = next_alias(alias);
	} while (alias != symbol);
}

/* In the order of FORMAT 3; what was deferred last for a symbol comes first. */
static int compare_deferred(const void *a, const void *b)
{
	const struct deferred *left = a, *right = b;
	int order = symbols_compare(left->symbol, right->symbol);

	return order ? order : left->number < right->number ? 1 : -1;
}

/* Gives symbols that are still unassigned what was kept for them (step 7). */
static void assign_deferred(struct matcher *matcher)
{
	if (matcher->deferred_count)
		qsort(matcher->deferred, matcher->deferred_count, sizeof(*matcher->deferred),
		      compare_deferred);
	for (size_t i = 0; i < matcher->deferred_count; i++) {
		const struct deferred *deferred = &matcher->deferred[i];

		if (symbol_unassigned(deferred->symbol, matcher->file))
			assign_die(matcher, deferred->symbol, deferred->type,
				   read_tag(deferred->type) == DW_TAG_subroutine_type);
	}
	matcher->deferred_count = 0;
}

/* Goes through steps 2 to 6 with a candidate. */
static void match_candidate(struct matcher *matcher, const struct candidate *candidate)
{
	struct symbol *symbol = candidate->symbol;
	struct attributes source;
	struct die_ref origin;

	read_names(candidate->die, &source);
	origin = reference(&source, ATTRIBUTE_ABSTRACT_ORIGIN);
	if (origin.address)
		read_names(origin, &source);
	if (!symbol || !is_unassigned(matcher, symbol))
		symbol = find_unassigned(matcher, symbol_name(&source));
	if (!symbol)
		return;
	if (!is_symbol_pointer(symbol_name(&source))) {
		assign_die(matcher, symbol, source.die, candidate->tag == DW_TAG_subprogram);
		return;
	}
	read_die(source.die, &source);
	defer_pointer(matcher, symbol, &source);
}

/*
 * Goes through the candidates of a unit. Those that may describe a symbol are only
 * noted at first: while the unit is read, not all of its types are known yet
 * to be children of the unit DIE.
 */
static void match_unit(struct matcher *matcher, struct unit *unit)
{
	struct attributes attributes;
	struct cursor candidates;

	unit = split_unit(unit);
	die_cache_begin_unit(matcher->cache, unit);
	unit_open(unit);
	candidates = candidates_of(unit);
	while (next_candidate(&candidates, &attributes)) {
		struct symbol *symbol = find_unassigned(matcher, symbol_name(&attributes));

		if (symbol || has(&attributes, ATTRIBUTE_ABSTRACT_ORIGIN))
			*APPEND(matcher->candidates, matcher->candidate_count,
				matcher->candidates_capacity) =
				(struct candidate){ attributes.die, attributes.tag, symbol };
	}
	for (size_t i = 0; i < matcher->candidate_count; i++)
		match_candidate(matcher, &matcher->candidates[i]);
	matcher->candidate_count = 0;
	assign_deferred(matcher);
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
			assign_string(matcher, symbol, first->described);
	}
}

void match_symbols(struct symbol_list *list, struct object *object, unsigned int file,
		   struct type_table *table, struct die_cache *cache)
{
	struct matcher matcher = { .list = list, .cache = cache, .table = table, .file = file };
	struct dwarf_input input;

	dwarf_input_open(&input, object);
	for (size_t i = 0; i < input.main.count; i++)
		match_unit(&matcher, &input.main.units[i]);
	if (options.canonical)
		match_aliases(&matcher);
	free(matcher.candidates);
	free(matcher.deferred);
	dwarf_input_close(&input);
}
