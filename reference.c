// SPDX-License-Identifier: GPL-2.0-only
/*
 * Why versions changed: the symtypes file of an earlier build (--reference),
 * compared with what this run has found.
 *
 * Such a file has what the versions were computed from, so the old version of a
 * symbol is computed again from there, and the types that made it change are
 * those that the symbol leads to, now or then, with another string.
 */
#define PART "reference"
#include "gendwarfksyms.h"
#include <unistd.h>

#define OVERRIDE "override "

/* A line of the reference file. */
struct line {
	struct text key; /* NUL-terminated, as is the text */
	struct text text;
	bool override;
	bool found; /* a symbol's: it is in the list, and has a version */
};

/*
 * The lines that are about one input file. A symtypes file has those of several
 * one after the other, each sorted; so where a key is lower than the one before,
 * the next begins.
 */
struct part {
	struct line *lines;
	size_t count;
	size_t capacity;
	struct cache by_key;
	struct type_table table; /* of its types, when it is needed */
	bool has_table;
};

enum change {
	SAME,
	CHANGED,
	BECAME_DEFINED,
	NO_LONGER_DEFINED,
	ADDED,
	REMOVED,
	CHANGES
};

static const char *const change_words[CHANGES] = {
	[CHANGED] = "changed",
	[BECAME_DEFINED] = "became defined",
	[NO_LONGER_DEFINED] = "no longer defined",
	[ADDED] = "added",
	[REMOVED] = "removed",
};

/* Types that only came or went with a change are named up to here. */
#define FOLLOWERS_NAMED 10

/* How many symbols a diff names. */
#define SYMBOLS_NAMED 3

/* A type, or a symbol's own string, that made versions change. */
struct cause {
	struct text key; /* NUL-terminated */
	enum change change;
	struct text old; /* `start` NULL if there was none, or is none */
	struct text new;
	size_t symbol_count; /* whose versions it changed */
	const char *symbols[SYMBOLS_NAMED];
};

/* Reading the file */

static bool same_line(const void *value, const void *key)
{
	return same_text(((const struct line *)value)->key,
			 *(const struct text *)key);
}

static struct line *find_line(const struct part *part, struct text key)
{
	return cache_find(&part->by_key, hash_text(key), same_line, &key);
}

/* The end of the key that a line begins with: a blank, or NULL. */
static char *key_end(char *line)
{
	char *end = line;

	if (*line && line[1] == '#' && line[2] == '\'') {
		end = strchr(line + 3, '\'');
		return end && end[1] == ' ' ? end + 1 : NULL;
	}
	return strchr(end, ' ');
}

/* Adds a line; `*last` is the key before, from which parts are told apart. */
static void add_line(struct reference *reference, char *text, size_t number,
		     const char **last)
{
	struct line line = { 0 };
	struct part *part;
	char *end;

	line.override = starts_with(text, OVERRIDE);
	if (line.override)
		text += strlen(OVERRIDE);
	end = key_end(text);
	if (!end || end == text)
		error("line %zu of the reference file '%s' is no line of a symtypes file: KEY STRING",
		      number, reference->path);
	*end = '\0';
	line.key = (struct text){ text, end - text };
	line.text = make_text(end + 1);
	/* Overrides may have been put anywhere. */
	if (!reference->part_count ||
	    (!line.override && strcmp(text, *last) < 0)) {
		reference->parts = grow(reference->parts, reference->part_count,
					&reference->parts_capacity,
					sizeof(*reference->parts));
		reference->parts[reference->part_count++] = (struct part){ 0 };
	}
	if (!line.override)
		*last = text;
	part = &reference->parts[reference->part_count - 1];
	part->lines = grow(part->lines, part->count, &part->capacity,
			   sizeof(*part->lines));
	part->lines[part->count++] = line;
}

/*
 * The strings of symbols say by which scheme of --canonical they were made, or
 * that it was none (FORMAT 13).
 */
static void check_scheme(const struct reference *reference)
{
	for (size_t i = 0; i < reference->part_count; i++) {
		const struct part *part = &reference->parts[i];

		for (size_t j = 0; j < part->count; j++) {
			const char *text = part->lines[j].text.start;
			bool canonical = starts_with(text, "canonical(");

			if (is_reference(part->lines[j].key.start) ||
			    (options.canonical
				     ? starts_with(text, CANONICAL_START)
				     : !canonical))
				continue;
			error("the reference file '%s' was made %s%.*s: the strings of '%s' can't be compared with those of this run, made %s",
			      reference->path,
			      canonical ? "with --canonical, scheme "
					: "without --canonical",
			      canonical ? (int)strcspn(text + 10, ")") : 0,
			      canonical ? text + 10 : "",
			      part->lines[j].key.start,
			      options.canonical
				      ? "with --canonical, scheme " CANONICAL_SCHEME
				      : "without it");
		}
	}
}

void reference_read(struct reference *reference, const char *path)
{
	FILE *file = fopen(path, "r");
	size_t length = 0, capacity = 1 << 16, number = 0;
	const char *last = "";
	char *text, *end;

	reference->path = path;
	if (!file)
		error("cannot read the reference file '%s': %m", path);
	text = allocate(capacity + 1);
	while ((length += fread(text + length, 1, capacity - length, file)) ==
	       capacity)
		text = reallocate(text, (capacity *= 2) + 1);
	reference->contents = text;
	if (ferror(file))
		error("cannot read the reference file '%s': %m", path);
	fclose(file);
	text[length] = '\0';
	if (memchr(text, 0, length))
		error("'%s' is no symtypes file: it has a NUL", path);
	for (; *text; text = end) {
		end = strchrnul(text, '\n');
		if (*end)
			*end++ = '\0';
		number++;
		if (*text)
			add_line(reference, text, number, &last);
	}
	check_scheme(reference);
	for (size_t i = 0; i < reference->part_count; i++) {
		struct part *part = &reference->parts[i];

		/* They don't move any more. Of two with one key the first counts. */
		cache_reserve(&part->by_key, part->count);
		for (size_t j = 0; j < part->count; j++) {
			struct line *line = &part->lines[j];

			if (!find_line(part, line->key))
				cache_add(&part->by_key, hash_text(line->key),
					  line);
		}
	}
}

void reference_add_overrides(const struct reference *reference,
			     struct kabi_rules *rules)
{
	for (size_t i = 0; i < reference->part_count; i++) {
		const struct part *part = &reference->parts[i];

		for (size_t j = 0; j < part->count; j++)
			if (part->lines[j].override)
				kabi_override(rules, part->lines[j].key,
					      part->lines[j].text.start);
	}
}

/* Comparing */

/* The types of a part, made when something has changed. */
static struct type_table *old_table(struct part *part)
{
	if (part->has_table)
		return &part->table;
	part->has_table = true;
	/* All keys first, for only they are references. */
	for (size_t i = 0; i < part->count; i++)
		if (is_reference(part->lines[i].key.start))
			types_enter(&part->table, part->lines[i].key);
	for (size_t i = 0; i < part->count; i++) {
		const struct line *line = &part->lines[i];

		if (is_reference(line->key.start) &&
		    !types_find(&part->table, line->key))
			types_set(types_enter(&part->table, line->key),
				  *types_parse(&part->table, line->text),
				  (struct position){ 0 });
	}
	return &part->table;
}

/* Whether a string is that of a type without a definition. */
static bool is_declaration(struct text text)
{
	const char *open = memchr(text.start, '{', text.length);

	return open && text.length - (open - text.start) == strlen("{ }") &&
	       !memcmp(open, "{ }", strlen("{ }"));
}

static enum change compare(const struct line *old, struct text new)
{
	bool was_declaration, declaration;

	if (!old)
		return ADDED;
	if (same_text(old->text, new))
		return SAME;
	was_declaration = is_declaration(old->text);
	declaration = is_declaration(new);
	if (was_declaration && !declaration)
		return BECAME_DEFINED;
	if (declaration && !was_declaration)
		return NO_LONGER_DEFINED;
	return CHANGED;
}

/* Causes */

static bool same_text_or_none(struct text a, struct text b)
{
	return a.start && b.start ? same_text(a, b) : a.start == b.start;
}

static bool same_cause(const void *value, const void *key)
{
	const struct cause *a = value, *b = key;

	return same_text(a->key, b->key) && same_text_or_none(a->old, b->old) &&
	       same_text_or_none(a->new, b->new);
}

static struct text copy_text(struct arena *arena, struct text text)
{
	return text.start ? arena_text(arena, text) : text;
}

/* Notes that something made the version of a symbol change. */
static void add_cause(struct reference *reference, struct cause cause,
		      const char *symbol)
{
	struct arena *arena = &reference->arena;
	uint64_t hash = hash_text(cause.key);
	struct cause *known = cache_find(&reference->causes_by_text, hash,
					 same_cause, &cause);

	if (!known) {
		known = arena_alloc(arena, sizeof(*known));
		*known = cause;
		known->key = arena_text(arena, cause.key);
		known->old = copy_text(arena, cause.old);
		known->new = copy_text(arena, cause.new);
		cache_add(&reference->causes_by_text, hash, known);
		reference->causes = grow(reference->causes,
					 reference->cause_count,
					 &reference->causes_capacity,
					 sizeof(*reference->causes));
		reference->causes[reference->cause_count++] = known;
	}
	if (known->symbol_count < SYMBOLS_NAMED)
		known->symbols[known->symbol_count] = symbol;
	known->symbol_count++;
}

/* A comparison of an input file's types with a part. */
struct comparison {
	struct reference *reference;
	struct part *part;
	struct type_table *table;
	/* By number of a type of the table: */
	bool *changed; /* it has another string */
	bool any; /* is true */
	uint64_t *seen; /* the last search that met it */
	/* By number of a type of the part's table, made when it is needed: */
	bool *removed; /* the table doesn't have it */
	uint64_t *old_seen;
	uint64_t searches;

	/* The search for the causes of one symbol: */
	const char *symbol;
	FILE *text; /* their names, for the message */
	size_t followers;
};

static void found_cause(struct comparison *comparison, struct text key,
			const struct line *old, struct text new)
{
	struct cause cause = { .key = key, .change = REMOVED, .new = new };

	if (old)
		cause.old = old->text;
	if (new.start)
		cause.change = compare(old, new);
	add_cause(comparison->reference, cause, comparison->symbol);
	if ((cause.change != ADDED && cause.change != REMOVED) ||
	    ++comparison->followers <= FOLLOWERS_NAMED)
		fprintf(comparison->text, "\n\t%s %s",
			is_reference(key.start) ? key.start : "its own type",
			change_words[cause.change]);
}

/*
 * Goes through all types that a string leads to, of the input file (`old` is
 * false) or of the part, and notes those that changed.
 */
static void search(struct comparison *comparison,
		   const struct type_string *string, bool old)
{
	uint64_t *seen = old ? comparison->old_seen : comparison->seen;
	const bool *is_cause = old ? comparison->removed : comparison->changed;
	const struct type_string **stack = NULL;
	size_t depth = 0, capacity = 0;

	comparison->searches++;
	while (string) {
		for (size_t i = 0; i < string->reference_count; i++) {
			const struct type *type = string->references[i].type;

			if (seen[type->number] == comparison->searches)
				continue;
			seen[type->number] = comparison->searches;
			if (is_cause[type->number])
				found_cause(
					comparison, type->key,
					find_line(comparison->part, type->key),
					old ? (struct text){ 0 }
					    : type->string.text);
			stack = grow(stack, depth, &capacity, sizeof(*stack));
			stack[depth++] = &type->string;
		}
		string = depth ? stack[--depth] : NULL;
	}
	free(stack);
}

/* Finds out which types of the part the table doesn't have. */
static void find_removed(struct comparison *comparison)
{
	const struct type_table *old = &comparison->part->table;

	comparison->removed =
		allocate_cleared(old->count, sizeof(*comparison->removed));
	comparison->old_seen =
		allocate_cleared(old->count, sizeof(*comparison->old_seen));
	for (size_t i = 0; i < old->count; i++)
		comparison->removed[i] =
			!types_find(comparison->table, old->types[i]->key);
}

static void compare_symbol(struct comparison *comparison,
			   const struct symbol *symbol, struct line *line)
{
	struct type_table *old = old_table(comparison->part);
	struct type_string *old_own;
	uint32_t old_version;
	size_t size;
	char *text;

	old_own = types_parse(old, line->text);
	old_version = version_of(old, old_own, symbol->name.start);
	if (old_version == symbol->version)
		return;
	comparison->reference->changed++;
	comparison->symbol = symbol->name.start;
	comparison->followers = 0;
	comparison->text = open_memstream(&text, &size);
	if (!comparison->text)
		error("out of memory");
	if (compare(line, symbol->string->text) != SAME)
		found_cause(comparison, symbol->name, line,
			    symbol->string->text);
	search(comparison, symbol->string, false);
	if (!comparison->removed)
		find_removed(comparison);
	search(comparison, old_own, true);
	if (comparison->followers > FOLLOWERS_NAMED)
		fprintf(comparison->text, "\n\tand %zu more added or removed",
			comparison->followers - FOLLOWERS_NAMED);
	if (fclose(comparison->text))
		error("out of memory");
	warning("the version of %s changed from 0x%08x to 0x%08x:%s",
		symbol->name.start, (unsigned int)old_version,
		(unsigned int)symbol->version, text);
	free(text);
}

/* Finds out which types of the table differ from those of a part. */
static void compare_types(struct comparison *comparison)
{
	struct type_table *table = comparison->table;

	comparison->changed =
		allocate_cleared(table->count, sizeof(*comparison->changed));
	comparison->seen =
		allocate_cleared(table->count, sizeof(*comparison->seen));
	for (size_t i = 0; i < table->count; i++) {
		const struct type *type = table->types[i];

		if (!type->in_table ||
		    compare(find_line(comparison->part, type->key),
			    type->string.text) == SAME)
			continue;
		comparison->changed[i] = true;
		comparison->any = true;
	}
}

void reference_compare(struct reference *reference,
		       const struct symbol_list *list, unsigned int file,
		       struct type_table *table)
{
	struct comparison *comparisons =
		allocate_cleared(reference->part_count, sizeof(*comparisons));

	for (size_t i = 0; i < list->count; i++) {
		struct symbol *symbol = list->symbols[i];
		struct comparison *comparison = NULL;
		struct line *line = NULL;
		size_t part = 0;

		if (symbol->file != file)
			continue;
		while (part < reference->part_count &&
		       !(line = find_line(&reference->parts[part],
					  symbol->name)))
			part++;
		if (!line) {
			warning("%s is new: it is not in the reference file '%s'",
				symbol->name.start, reference->path);
			continue;
		}
		line->found = true;
		comparison = &comparisons[part];
		if (!comparison->part) {
			comparison->reference = reference;
			comparison->part = &reference->parts[part];
			comparison->table = table;
			compare_types(comparison);
		}
		if (comparison->any ||
		    compare(line, symbol->string->text) != SAME)
			compare_symbol(comparison, symbol, line);
	}
	for (size_t i = 0; i < reference->part_count; i++) {
		free(comparisons[i].changed);
		free(comparisons[i].seen);
		free(comparisons[i].removed);
		free(comparisons[i].old_seen);
	}
	free(comparisons);
}

/* The report */

static bool use_colour(void)
{
	const char *no_colour = getenv("NO_COLOR");

	return isatty(STDERR_FILENO) && (!no_colour || !*no_colour);
}

static void print_cause(const struct cause *cause, bool colour)
{
	size_t named = cause->symbol_count < SYMBOLS_NAMED ? cause->symbol_count
							   : SYMBOLS_NAMED;

	fprintf(stderr, "\n%s %s: %zu symbol%s (", cause->key.start,
		change_words[cause->change], cause->symbol_count,
		cause->symbol_count == 1 ? "" : "s");
	for (size_t i = 0; i < named; i++)
		fprintf(stderr, "%s%s", i ? ", " : "", cause->symbols[i]);
	fprintf(stderr, "%s)\n", named < cause->symbol_count ? ", ..." : "");
	print_diff(cause->key.start, cause->old, cause->new, colour);
}

/* Says which symbols of a part this run doesn't have. */
static void report_missing(struct reference *reference, const struct part *part,
			   const struct symbol_list *list)
{
	for (size_t i = 0; i < part->count; i++) {
		const struct line *line = &part->lines[i];

		if (is_reference(line->key.start) || line->found ||
		    find_line(part, line->key) != line)
			continue;
		if (symbols_find(list, line->key)) {
			warning("the version of %s is lost: there is no information for it, and the reference file '%s' has it",
				line->key.start, reference->path);
			reference->changed++;
			continue;
		}
		warning("%s is missing: the reference file '%s' has it",
			line->key.start, reference->path);
	}
}

size_t reference_report(struct reference *reference,
			const struct symbol_list *list)
{
	bool colour = use_colour();

	for (size_t i = 0; i < reference->part_count; i++)
		report_missing(reference, &reference->parts[i], list);
	for (size_t i = 0; i < reference->cause_count; i++)
		print_cause(reference->causes[i], colour);
	for (size_t i = 0; i < reference->part_count; i++) {
		types_free(&reference->parts[i].table);
		cache_free(&reference->parts[i].by_key);
		free(reference->parts[i].lines);
	}
	free(reference->parts);
	free(reference->causes);
	cache_free(&reference->causes_by_text);
	arena_free(&reference->arena);
	free(reference->contents);
	return reference->changed;
}
