// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which DIE describes each symbol: the candidates of each unit, their names, and what is
 * given to aliases (FORMAT 4); or with --canonical the best one of all units (FORMAT 13).
 */
#define PART "match"
#include "gendwarfksyms.h"

#define SYMBOL_POINTER "__gendwarfksyms_ptr_"

/* The type of a symbol pointer, for aliases that may get no other DIE (step 5). */
struct deferred {
	struct symbol *symbol; /* the first that is unassigned */
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
	unsigned int warned; /* the number of the last unit that was warned of, + 1 */
	/* Of the current unit: */
	struct candidate *candidates;
	size_t candidate_count, candidates_capacity;
	struct deferred *deferred;
	size_t deferred_count, deferred_capacity;
	/* --canonical, of the file: */
	struct choice *choices;
	size_t choice_count, choices_capacity;
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

/* Finds the symbol of a name, also of a symbol pointer's; or NULL. */
static struct symbol *find_symbol(const struct matcher *matcher, struct text name)
{
	if (is_symbol_pointer(name)) {
		name.start += strlen(SYMBOL_POINTER);
		name.length -= strlen(SYMBOL_POINTER);
	}
	return name.start ? symbols_find(matcher->list, name) : NULL;
}

/* Does the same if the symbol, or an alias of it, is unassigned (step 4). */
static struct symbol *find_unassigned(const struct matcher *matcher, struct text name)
{
	struct symbol *symbol = find_symbol(matcher, name);

	return symbol && symbols_first_unassigned(matcher->list, symbol) ? symbol : NULL;
}

/* Gives a string to a symbol, unless a rule has another for it. */
static void assign_string(struct matcher *matcher, struct symbol *symbol,
			  struct type_string *string)
{
	struct type_string *rule = types_rule_string(matcher->table, symbol->name);

	symbols_assign(matcher->list, symbol, rule ? rule : string, string);
}

/* Makes the string of a symbol's DIE; warns if its unit has no types. */
static struct type_string *describe(struct matcher *matcher, const struct symbol *symbol,
				    struct die_ref die, bool subprogram)
{
	if (!unit_has_types(die.unit) && matcher->warned != die.unit->number + 1) {
		warning("the debugging information of %s in '%s' has no types: was it compiled with -g1, or rustc's debuginfo=1?",
			symbol->name.start, die.unit->file->path);
		matcher->warned = die.unit->number + 1;
	}
	debug("symbol %s: DIE 0x%llx", symbol->name.start, die_offset(die));
	return symbol_string(matcher->cache, die, subprogram);
}

/* Gives a DIE to a symbol and its aliases, those that have none (step 6). */
static void assign_die(struct matcher *matcher, struct symbol *symbol, struct die_ref die,
		       bool subprogram)
{
	struct type_string *string = describe(matcher, symbol, die, subprogram);
	struct symbol *alias = symbol;

	do {
		if (symbol_unassigned(matcher->list, alias))
			assign_string(matcher, alias, string);
		alias = alias->alias;
	} while (alias != symbol);
	symbol->leader->unassigned = NULL;
}

/* Finds the type that a symbol pointer is for (step 5). Error: it points to none. */
static struct die_ref pointer_target(const struct attributes *pointer)
{
	struct die_ref type = reference(pointer, ATTRIBUTE_TYPE), pointee;
	const char *name = symbol_name(pointer).start;
	struct attributes attributes;

	if (!type.address)
		die_error(pointer->die, "symbol pointer %s has no type", name);
	read_die(type, &attributes);
	pointee = reference(&attributes, ATTRIBUTE_TYPE);
	if (attributes.tag != DW_TAG_pointer_type || !pointee.address)
		die_error(pointer->die, "symbol pointer %s is no pointer to a type", name);
	return read_tag(pointee) == DW_TAG_subroutine_type ? pointee : type;
}

/* Keeps the type of a symbol pointer for a symbol and its aliases (step 5). */
static void defer_pointer(struct matcher *matcher, struct symbol *symbol,
			  const struct attributes *pointer)
{
	size_t number = matcher->deferred_count;

	*APPEND(matcher->deferred, matcher->deferred_count, matcher->deferred_capacity) =
		(struct deferred){ symbols_first_unassigned(matcher->list, symbol),
				   pointer_target(pointer), number };
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

		if (symbol_unassigned(matcher->list, deferred->symbol))
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
	if (!symbol || !symbols_first_unassigned(matcher->list, symbol))
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
	unit_close(unit, false);
}

/*
 * --canonical (FORMAT 13)
 *
 * Which DIE comes first depends on the order of units, and so on the build. So the best
 * one of all units counts. With
 *
 *	exports.c	extern int f;  and a symbol pointer to it
 *	f.c		int f(struct s *s, long number) { ... }
 *
 * it is the function, whichever unit comes first. A definition is assigned at once, since
 * nothing is better; for symbols that have none in the end, the units with the best of what
 * else there is are opened again.
 */

/* What a candidate is, the best last. */
enum rank {
	RANK_LOCAL, /* a definition that only its unit sees, of that name by chance */
	RANK_POINTER,
	RANK_DECLARATION,
	RANK_DEFINITION,
};

/* The best candidate so far for a symbol without a definition. */
struct choice {
	enum rank rank;
	struct symbol *symbol;
	size_t unit; /* index in the list */
	size_t offset; /* of the candidate from the start of the unit */
};

/* A candidate with all that it says, and what it completes or is an instance of. */
struct resolved {
	struct die_ref source; /* that has its type and parameters */
	bool subprogram;
	bool external; /* it, or what it completes or is an instance of */
	struct text name;
	enum rank rank;
};

/* Takes over what a DIE says that a candidate doesn't say itself. */
static void add_attributes(struct resolved *resolved, const struct attributes *attributes)
{
	resolved->external = resolved->external || has(attributes, ATTRIBUTE_EXTERNAL);
	if (!resolved->name.start)
		resolved->name = symbol_name(attributes);
}

static struct resolved resolve_candidate(const struct attributes *candidate)
{
	struct resolved resolved = { .source = candidate->die,
				     .subprogram = candidate->tag == DW_TAG_subprogram };
	struct attributes attributes = *candidate;

	add_attributes(&resolved, candidate);
	if (has(candidate, ATTRIBUTE_ABSTRACT_ORIGIN)) {
		resolved.source = reference(candidate, ATTRIBUTE_ABSTRACT_ORIGIN);
		read_names(resolved.source, &attributes);
		add_attributes(&resolved, &attributes);
	}
	resolved.rank = has(&attributes, ATTRIBUTE_DECLARATION) ? RANK_DECLARATION
								: RANK_DEFINITION;
	if (has(&attributes, ATTRIBUTE_SPECIFICATION)) {
		read_names(reference(&attributes, ATTRIBUTE_SPECIFICATION), &attributes);
		add_attributes(&resolved, &attributes);
	}
	if (is_symbol_pointer(resolved.name))
		resolved.rank = RANK_POINTER;
	else if (!resolved.external)
		resolved.rank = RANK_LOCAL;
	return resolved;
}

/* Gives a symbol the candidate that was chosen for it. */
static void assign_candidate(struct matcher *matcher, struct symbol *symbol, struct die_ref die)
{
	struct attributes attributes;
	struct resolved resolved;

	if (!symbol_unassigned(matcher->list, symbol))
		return;
	read_die(die, &attributes);
	resolved = resolve_candidate(&attributes);
	if (resolved.rank == RANK_POINTER) {
		read_die(resolved.source, &attributes);
		resolved.source = pointer_target(&attributes);
		resolved.subprogram = read_tag(resolved.source) == DW_TAG_subroutine_type;
	}
	assign_string(matcher, symbol,
		      describe(matcher, symbol, resolved.source, resolved.subprogram));
}

/* Notes a choice, unless one for the same symbol is as good. Tells whether it did. */
static bool note_choice(struct matcher *matcher, struct choice choice)
{
	struct symbol *symbol = choice.symbol;

	/* (A place beyond the last can't be; clang's analyzer asks.) */
	if (!symbol->choice || symbol->choice > matcher->choice_count) {
		*APPEND(matcher->choices, matcher->choice_count, matcher->choices_capacity) =
			choice;
		symbol->choice = matcher->choice_count;
		return true;
	}
	if (choice.rank <= matcher->choices[symbol->choice - 1].rank)
		return false;
	matcher->choices[symbol->choice - 1] = choice;
	return true;
}

/*
 * Assigns the definitions of a unit, the one in that place of the list, and notes what
 * else there is.
 */
static void choose_from_unit(struct matcher *matcher, size_t place, struct unit *unit)
{
	struct attributes attributes;
	struct cursor candidates;
	bool again = false;

	unit = split_unit(unit);
	die_cache_begin_unit(matcher->cache, unit);
	unit_open(unit);
	candidates = candidates_of(unit);
	while (next_candidate(&candidates, &attributes)) {
		struct symbol *symbol = find_symbol(matcher, symbol_name(&attributes));
		struct resolved resolved;

		if (!symbol && !has(&attributes, ATTRIBUTE_ABSTRACT_ORIGIN) &&
		    !has(&attributes, ATTRIBUTE_SPECIFICATION))
			continue;
		resolved = resolve_candidate(&attributes);
		symbol = find_symbol(matcher, resolved.name);
		if (!symbol || !symbol_unassigned(matcher->list, symbol))
			continue;
		if (resolved.rank == RANK_DEFINITION) {
			*APPEND(matcher->candidates, matcher->candidate_count,
				matcher->candidates_capacity) =
				(struct candidate){ attributes.die, attributes.tag, symbol };
		} else {
			again |= note_choice(
				matcher, (struct choice){ resolved.rank, symbol, place,
							  attributes.die.address - unit->start });
		}
	}
	for (size_t i = 0; i < matcher->candidate_count; i++)
		assign_candidate(matcher, matcher->candidates[i].symbol,
				 matcher->candidates[i].die);
	matcher->candidate_count = 0;
	unit_close(unit, again);
}

/* Orders choices by unit, then as in FORMAT 3. */
static int compare_choices(const void *a, const void *b)
{
	const struct choice *left = a, *right = b;

	if (left->unit != right->unit)
		return left->unit < right->unit ? -1 : 1;
	return symbols_compare(left->symbol, right->symbol);
}

/*
 * Gives symbols without a DIE of their own what the first of their aliases has that has one.
 */
static void match_aliases(struct matcher *matcher)
{
	struct symbol_list *list = matcher->list;
	size_t count = list->assigned_count;

	symbols_sort_assigned(list);
	for (size_t i = 0; i < count; i++) {
		struct symbol *first = list->assigned[i], *alias = first->alias;

		if (!first->leader->unassigned)
			continue; /* all have been, by an alias before it */
		for (; alias != first; alias = alias->alias)
			if (symbol_unassigned(list, alias))
				assign_string(matcher, alias, first->described);
		first->leader->unassigned = NULL;
	}
}

/*
 * Opens a unit again, and assigns what was chosen from it: choices from `first` on, of
 * `count` in all. Returns the first choice of another unit.
 */
static size_t reopen_unit(struct matcher *matcher, const struct unit_list *units, size_t first,
			  size_t count)
{
	const struct choice *choice = &matcher->choices[first];
	const struct choice *end = matcher->choices + count;
	size_t place = choice->unit;
	struct unit *unit = split_unit(&units->units[place]);
	struct attributes attributes;
	struct cursor candidates;

	die_cache_begin_unit(matcher->cache, unit);
	unit_open(unit);
	/* So that it is known which DIEs are children of the unit DIE. */
	candidates = candidates_of(unit);
	while (next_candidate(&candidates, &attributes))
		;
	for (; choice < end && choice->unit == place; choice++)
		assign_candidate(matcher, choice->symbol,
				 (struct die_ref){ unit, unit->start + choice->offset });
	unit_close(unit, false);
	return choice - matcher->choices;
}

static void match_canonical(struct matcher *matcher, const struct unit_list *units)
{
	size_t left = 0;

	for (size_t i = 0; i < units->count; i++)
		choose_from_unit(matcher, i, &units->units[i]);
	for (size_t i = 0; i < matcher->choice_count; i++) {
		const struct choice *chosen = &matcher->choices[i];

		chosen->symbol->choice = 0;
		if (symbol_unassigned(matcher->list, chosen->symbol))
			matcher->choices[left++] = *chosen;
	}
	if (left)
		qsort(matcher->choices, left, sizeof(*matcher->choices), compare_choices);
	for (size_t i = 0; i < left;)
		i = reopen_unit(matcher, units, i, left);
	match_aliases(matcher);
}

void match_symbols(struct symbol_list *list, struct object *object, struct type_table *table,
		   struct die_cache *cache)
{
	struct matcher matcher = { .list = list, .cache = cache, .table = table };
	struct dwarf_input input;

	dwarf_input_open(&input, object);
	if (options.canonical)
		match_canonical(&matcher, &input.main);
	for (size_t i = 0; !options.canonical && i < input.main.count; i++)
		match_unit(&matcher, &input.main.units[i]);
	symbols_sort_assigned(list);
	free(matcher.candidates);
	free(matcher.deferred);
	free(matcher.choices);
	dwarf_input_close(&input);
}
