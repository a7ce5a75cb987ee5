// SPDX-License-Identifier: GPL-2.0-only
/*
 * Why versions changed: the symtypes file of an earlier build (--reference),
 * compared with what this run has found.
 *
 * Such a file has what the versions were computed from, so the old version of a
 * symbol is computed again from there, and the types that made it change are
 * those that the symbol leads to, now or then, with another string.
 */
#include "gendwarfksyms.h"
#include <string.h>
#include <unistd.h>

#define OVERRIDE "override "

/* A line of the reference file. */
struct line {
	const char *key; /* NUL-terminated, as is the text */
	const char *text;
	size_t text_length;
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
	const char *key;
	enum change change;
	struct type_string old; /* text NULL if there was none, or is none */
	struct type_string new;
	size_t symbol_count; /* whose versions it changed */
	const char *symbols[SYMBOLS_NAMED];
};

static const char *path;
static char *contents; /* of the file; the lines are in it */
static struct part *parts;
static size_t part_count, parts_capacity;
static struct arena arena;

static struct cause **causes;
static size_t cause_count, causes_capacity;
static struct cache causes_by_text;

/* Symbols with other versions, and other differences that were printed. */
static size_t changed_count;

/* Reading the file */

static bool same_line(const void *value, const void *key)
{
	return !strcmp(((const struct line *)value)->key, key);
}

static struct line *find_line(const struct part *part, const char *key)
{
	return cache_find(&part->by_key, hash_text(key, strlen(key)), same_line,
			  key);
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

static bool is_type(const char *key)
{
	return strchr("sute", *key) && key[1] == '#';
}

static void add_line(char *text, size_t number)
{
	static const char *last = "";
	struct line line = { 0 };
	struct part *part;
	char *end;

	line.override = !strncmp(text, OVERRIDE, strlen(OVERRIDE));
	if (line.override)
		text += strlen(OVERRIDE);
	end = key_end(text);
	if (!end || end == text)
		error("line %zu of the reference file '%s' is no line of a symtypes file: KEY STRING",
		      number, path);
	*end = '\0';
	line.key = text;
	line.text = end + 1;
	line.text_length = strlen(line.text);
	/* Overrides may have been put anywhere. */
	if (!part_count || (!line.override && strcmp(line.key, last) < 0)) {
		parts = grow(parts, part_count, &parts_capacity,
			     sizeof(*parts));
		parts[part_count++] = (struct part){ 0 };
	}
	if (!line.override)
		last = line.key;
	part = &parts[part_count - 1];
	part->lines = grow(part->lines, part->count, &part->capacity,
			   sizeof(*part->lines));
	part->lines[part->count++] = line;
}

void reference_read(const char *name)
{
	FILE *file = fopen(name, "r");
	size_t length = 0, capacity = 1 << 16, number = 0;
	char *text, *end;

	path = name;
	if (!file)
		error("cannot read the reference file '%s': %m", path);
	text = allocate(capacity + 1);
	while ((length += fread(text + length, 1, capacity - length, file)) ==
	       capacity)
		text = reallocate(text, (capacity *= 2) + 1);
	contents = text;
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
			add_line(text, number);
	}
	for (size_t i = 0; i < part_count; i++) {
		struct part *part = &parts[i];

		/* They don't move any more. Of two with one key the first counts. */
		cache_reserve(&part->by_key, part->count);
		for (size_t j = 0; j < part->count; j++) {
			struct line *line = &part->lines[j];

			if (!find_line(part, line->key))
				cache_add(
					&part->by_key,
					hash_text(line->key, strlen(line->key)),
					line);
		}
	}
}

void reference_add_overrides(void)
{
	for (size_t i = 0; i < part_count; i++)
		for (size_t j = 0; j < parts[i].count; j++)
			if (parts[i].lines[j].override)
				kabi_override(parts[i].lines[j].key,
					      parts[i].lines[j].text);
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
		if (is_type(part->lines[i].key))
			types_enter(&part->table, part->lines[i].key,
				    strlen(part->lines[i].key));
	for (size_t i = 0; i < part->count; i++) {
		const struct line *line = &part->lines[i];

		if (is_type(line->key))
			types_read(&part->table, line->key, line->text);
	}
	return &part->table;
}

/* Whether a string is that of a type without a definition. */
static bool is_declaration(const char *text, size_t length)
{
	const char *open = memchr(text, '{', length);

	return open && length - (open - text) == strlen("{ }") &&
	       !memcmp(open, "{ }", strlen("{ }"));
}

static enum change compare(const struct line *old,
			   const struct type_string *new)
{
	bool was_declaration, declaration;

	if (!old)
		return ADDED;
	if (old->text_length == new->length &&
	    !memcmp(old->text, new->text, new->length))
		return SAME;
	was_declaration = is_declaration(old->text, old->text_length);
	declaration = is_declaration(new->text, new->length);
	if (was_declaration && !declaration)
		return BECAME_DEFINED;
	if (declaration && !was_declaration)
		return NO_LONGER_DEFINED;
	return CHANGED;
}

static struct type_string copy_string(struct type_string string)
{
	struct type_string copy = { .length = string.length };

	if (string.text)
		copy.text = memcpy(arena_alloc(&arena, string.length),
				   string.text, string.length);
	return copy;
}

static bool same_text(const struct type_string *a, const struct type_string *b)
{
	return a->length == b->length && !a->text == !b->text &&
	       (!a->text || !memcmp(a->text, b->text, a->length));
}

static bool same_cause(const void *value, const void *key)
{
	const struct cause *a = value, *b = key;

	return !strcmp(a->key, b->key) && same_text(&a->old, &b->old) &&
	       same_text(&a->new, &b->new);
}

/* Notes that something made the version of a symbol change. */
static void add_cause(struct cause cause, const char *symbol)
{
	uint64_t hash = hash_text(cause.key, strlen(cause.key));
	struct cause *known =
		cache_find(&causes_by_text, hash, same_cause, &cause);
	size_t length = strlen(cause.key) + 1;

	if (!known) {
		known = arena_alloc(&arena, sizeof(*known));
		*known = cause;
		known->key =
			memcpy(arena_alloc(&arena, length), cause.key, length);
		known->old = copy_string(cause.old);
		known->new = copy_string(cause.new);
		cache_add(&causes_by_text, hash, known);
		causes = grow(causes, cause_count, &causes_capacity,
			      sizeof(*causes));
		causes[cause_count++] = known;
	}
	if (known->symbol_count < SYMBOLS_NAMED)
		known->symbols[known->symbol_count] = symbol;
	known->symbol_count++;
}

/* A comparison of an input file's types with a part. */
struct comparison {
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

static struct type_string old_string(const struct line *line)
{
	return (struct type_string){ .text = line->text,
				     .length = line->text_length };
}

static void found_cause(struct comparison *comparison, const char *key,
			const struct line *old, const struct type_string *new)
{
	struct cause cause = { .key = key, .change = REMOVED };

	if (old)
		cause.old = old_string(old);
	if (new) {
		cause.new = *new;
		cause.change = compare(old, new);
	}
	add_cause(cause, comparison->symbol);
	if ((cause.change != ADDED && cause.change != REMOVED) ||
	    ++comparison->followers <= FOLLOWERS_NAMED)
		fprintf(comparison->text, "\n\t%s %s",
			is_type(key) ? key : "its own type",
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
					old ? NULL : &type->string);
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
			!types_has(comparison->table, old->types[i]->key);
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
	old_version = types_version(old, old_own, symbol->name);
	if (old_version == symbol->version)
		return;
	changed_count++;
	comparison->symbol = symbol->name;
	comparison->followers = 0;
	comparison->text = open_memstream(&text, &size);
	if (!comparison->text)
		error("out of memory");
	if (compare(line, symbol->string) != SAME)
		found_cause(comparison, symbol->name, line, symbol->string);
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
		symbol->name, (unsigned int)old_version,
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
			    &type->string) == SAME)
			continue;
		comparison->changed[i] = true;
		comparison->any = true;
	}
}

void reference_compare(unsigned int file, struct type_table *table)
{
	struct comparison *comparisons =
		allocate_cleared(part_count, sizeof(*comparisons));
	struct symbol *symbol;

	for (size_t i = 0; (symbol = symbols_at(i)); i++) {
		struct comparison *comparison = NULL;
		struct line *line = NULL;

		if (symbol->file != file)
			continue;
		for (size_t j = 0; j < part_count && !line; j++) {
			line = find_line(&parts[j], symbol->name);
			comparison = &comparisons[j];
		}
		if (!line) {
			warning("%s is new: it is not in the reference file '%s'",
				symbol->name, path);
			continue;
		}
		line->found = true;
		if (!comparison->part) {
			comparison->part = &parts[comparison - comparisons];
			comparison->table = table;
			compare_types(comparison);
		}
		if (comparison->any || compare(line, symbol->string) != SAME)
			compare_symbol(comparison, symbol, line);
	}
	for (size_t i = 0; i < part_count; i++) {
		free(comparisons[i].changed);
		free(comparisons[i].seen);
		free(comparisons[i].removed);
		free(comparisons[i].old_seen);
	}
	free(comparisons);
}

/* Diffs */

/* A string as lines: one for each item of a list, indented, no separators. */
struct text_lines {
	struct text_line {
		const char *start;
		size_t length;
		int level;
	} * lines;
	size_t count;
	size_t capacity;
};

static void add_text_line(struct text_lines *lines, const char *start,
			  const char *end, int level)
{
	while (start < end && *start == ' ')
		start++;
	while (start < end && end[-1] == ' ')
		end--;
	if (start == end)
		return;
	lines->lines = grow(lines->lines, lines->count, &lines->capacity,
			    sizeof(*lines->lines));
	lines->lines[lines->count++] =
		(struct text_line){ start, end - start, level };
}

/* The bracket or separator that stands alone as the word behind a blank, or 0. */
static char mark_at(const char *text, size_t length, size_t blank)
{
	char mark = text[blank + 1];

	if (text[blank] != ' ' || !mark || !strchr("{}(),", mark) ||
	    (blank + 2 < length && text[blank + 2] != ' '))
		return 0;
	return mark;
}

/*
 * For each bracket that opens, whether what it encloses is a list: the outermost
 * is, and those with a separator directly inside.
 */
static bool *find_lists(const char *text, size_t length)
{
	bool *lists = allocate_cleared(length, sizeof(*lists));
	size_t *open = NULL, depth = 0, capacity = 0;

	for (size_t i = 0; i + 1 < length; i++) {
		char mark = mark_at(text, length, i);

		if (mark == '{' || mark == '(') {
			open = grow(open, depth, &capacity, sizeof(*open));
			lists[i + 1] = !depth;
			open[depth++] = i + 1;
		} else if (mark && depth) {
			if (mark == ',')
				lists[open[depth - 1]] = true;
			else
				depth--;
		}
	}
	free(open);
	return lists;
}

static struct text_lines split(const struct type_string *string)
{
	struct text_lines lines = { 0 };
	const char *text = string->text, *start = text;
	size_t *open = NULL, depth = 0, capacity = 0, length = string->length;
	bool *lists;
	int level = 0;

	if (!text)
		return lines;
	lists = find_lists(text, length);
	for (size_t i = 0; i + 1 < length; i++) {
		char mark = mark_at(text, length, i);

		if (mark == '{' || mark == '(') {
			open = grow(open, depth, &capacity, sizeof(*open));
			open[depth++] = i + 1;
			if (!lists[i + 1])
				continue;
			add_text_line(&lines, start, text + i + 2, level++);
		} else if ((mark == '}' || mark == ')') && depth) {
			if (!lists[open[--depth]])
				continue;
			add_text_line(&lines, start, text + i, level--);
			start = text + i + 1;
			continue;
		} else if (mark == ',' && depth && lists[open[depth - 1]]) {
			add_text_line(&lines, start, text + i, level);
		} else {
			continue;
		}
		start = text + i + 2;
	}
	add_text_line(&lines, start, text + length, level);
	free(open);
	free(lists);
	return lines;
}

static bool same_text_line(const struct text_line *a, const struct text_line *b)
{
	return a->level == b->level && a->length == b->length &&
	       !memcmp(a->start, b->start, a->length);
}

/* Beyond so many pairs of lines, all old lines go and all new ones come. */
#define DIFF_PAIRS_LIMIT ((size_t)16 << 20)

/* Lines around a change that are shown. */
#define DIFF_CONTEXT 3

struct diff_line {
	char sign; /* ' ', '-' or '+' */
	const struct text_line *line;
};

/*
 * The diff of two texts, as old->count + new->count lines or fewer: the longest
 * common subsequence, by the table of its lengths for all pairs of ends.
 */
static size_t make_diff(const struct text_lines *old,
			const struct text_lines *new, struct diff_line *diff)
{
	size_t i = 0, j = 0, count = 0, width = new->count + 1;
	bool fits = old->count < DIFF_PAIRS_LIMIT / width;
	uint32_t *common = NULL;

	if (fits) {
		common = allocate((old->count + 1) * width * sizeof(*common));
		for (i = old->count + 1; i--;)
			for (j = new->count + 1; j--;)
				common[i * width + j] =
					i == old->count || j == new->count ? 0
					: same_text_line(&old->lines[i],
							 &new->lines[j])
						? 1 + common[(i + 1) * width +
							     j + 1]
					: common[(i + 1) * width +
						 j] >= common[i * width + j + 1]
						? common[(i + 1) * width + j]
						: common[i * width + j + 1];
	}
	for (i = j = 0; i < old->count || j < new->count;) {
		if (fits && i < old->count &&
		    j < new->count &&same_text_line(&old->lines[i],
						    &new->lines[j])) {
			diff[count++] =
				(struct diff_line){ ' ', &new->lines[j++] };
			i++;
		} else if (i < old->count &&
			   (!fits || j == new->count ||
			    common[(i + 1) * width + j] >=
				    common[i * width + j + 1])) {
			diff[count++] =
				(struct diff_line){ '-', &old->lines[i++] };
		} else {
			diff[count++] =
				(struct diff_line){ '+', &new->lines[j++] };
		}
	}
	free(common);
	return count;
}

static bool use_colour(void)
{
	const char *no_colour = getenv("NO_COLOR");

	return isatty(STDERR_FILENO) && (!no_colour || !*no_colour);
}

static void print_line(char sign, const struct text_line *line, bool colour)
{
	bool coloured = colour && sign != ' ';

	if (coloured)
		fputs(sign == '-' ? "\033[31m" : "\033[32m", stderr);
	fprintf(stderr, "%c%*s", sign, 2 * line->level, "");
	fwrite(line->start, 1, line->length, stderr);
	fputs(coloured ? "\033[m\n" : "\n", stderr);
}

/* Whether a line is a change or stands right before one. */
static bool change_near(const struct diff_line *diff, size_t count, size_t at)
{
	for (size_t i = at; i < count && i <= at + DIFF_CONTEXT; i++)
		if (diff[i].sign != ' ')
			return true;
	return false;
}

static void print_diff(const struct diff_line *diff, size_t count, bool colour)
{
	size_t old_number = 1, new_number = 1;

	for (size_t i = 0; i < count;) {
		size_t first = i, end, quiet = 0, old_count = 0, new_count = 0;

		if (!change_near(diff, count, i)) {
			old_number++;
			new_number++;
			i++;
			continue;
		}
		/* A hunk: up to where 2 * DIFF_CONTEXT lines are the same. */
		for (end = i; end < count && quiet <= 2 * DIFF_CONTEXT; end++)
			quiet = diff[end].sign == ' ' ? quiet + 1 : 0;
		if (quiet > DIFF_CONTEXT)
			end -= quiet - DIFF_CONTEXT;
		for (i = first; i < end; i++) {
			old_count += diff[i].sign != '+';
			new_count += diff[i].sign != '-';
		}
		fprintf(stderr, "@@ -%zu,%zu +%zu,%zu @@\n",
			old_count ? old_number : 0, old_count,
			new_count ? new_number : 0, new_count);
		for (i = first; i < end; i++)
			print_line(diff[i].sign, diff[i].line, colour);
		old_number += old_count;
		new_number += new_count;
	}
}

static void print_cause(const struct cause *cause, bool colour)
{
	struct text_lines old = split(&cause->old), new = split(&cause->new);
	struct diff_line *diff =
		allocate((old.count + new.count) * sizeof(*diff));
	size_t count = make_diff(&old, &new, diff);
	size_t named = cause->symbol_count < SYMBOLS_NAMED ? cause->symbol_count
							   : SYMBOLS_NAMED;

	fprintf(stderr, "\n%s %s: %zu symbol%s (", cause->key,
		change_words[cause->change], cause->symbol_count,
		cause->symbol_count == 1 ? "" : "s");
	for (size_t i = 0; i < named; i++)
		fprintf(stderr, "%s%s", i ? ", " : "", cause->symbols[i]);
	fprintf(stderr, "%s)\n", named < cause->symbol_count ? ", ..." : "");
	fprintf(stderr, "--- %s\n+++ %s\n",
		cause->old.text ? cause->key : "/dev/null",
		cause->new.text ? cause->key : "/dev/null");
	print_diff(diff, count, colour);
	free(diff);
	free(old.lines);
	free(new.lines);
}

size_t reference_report(void)
{
	bool colour = use_colour();

	for (size_t i = 0; i < part_count; i++) {
		for (size_t j = 0; j < parts[i].count; j++) {
			const struct line *line = &parts[i].lines[j];

			if (is_type(line->key) || line->found ||
			    find_line(&parts[i], line->key) != line)
				continue;
			if (symbols_find(line->key)) {
				warning("the version of %s is lost: there is no information for it, and the reference file '%s' has it",
					line->key, path);
				changed_count++;
				continue;
			}
			warning("%s is missing: the reference file '%s' has it",
				line->key, path);
		}
	}
	for (size_t i = 0; i < cause_count; i++)
		print_cause(causes[i], colour);
	for (size_t i = 0; i < part_count; i++) {
		types_free(&parts[i].table);
		cache_free(&parts[i].by_key);
		free(parts[i].lines);
	}
	free(parts);
	free(causes);
	cache_free(&causes_by_text);
	arena_free(&arena);
	free(contents);
	return changed_count;
}
