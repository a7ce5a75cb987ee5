// SPDX-License-Identifier: GPL-2.0-only
/*
 * Keys, type strings, and tables of named types: which string each reference has in a
 * file; and the lines of symtypes files. Nothing here knows DWARF.
 */
#define PART "types"
#include "types.h"

/* Keys */

struct key *keys_find(const struct keys *keys, struct text text)
{
	return cache_find_text(&keys->by_text, text);
}

struct key *keys_enter(struct keys *keys, struct text text)
{
	struct key *key = keys_find(keys, text);

	if (key)
		return key;
	key = arena_zalloc(&keys->arena, sizeof(*key));
	key->text = arena_text(&keys->arena, text);
	key->number = keys->count++;
	cache_add_text(&keys->by_text, key);
	return key;
}

/* Makes the reference of a prefix and a name, which stays until the next is made. */
static inline struct text make_reference(struct keys *keys, const char *prefix, struct text name)
{
	const char *quote = memchr(name.start, ' ', name.length) ? "'" : "";
	size_t length = strlen(prefix) + name.length + 2 * strlen(quote);
	char *to;

	while (length >= keys->buffer_size)
		keys->buffer = grow(keys->buffer, &keys->buffer_size, 1);
	to = stpcpy(stpcpy(keys->buffer, prefix), quote);
	stpcpy(mempcpy(to, name.start, name.length), quote);
	return (struct text){ keys->buffer, length };
}

struct key *keys_enter_name(struct keys *keys, const char *prefix, struct text name)
{
	return keys_enter(keys, make_reference(keys, prefix, name));
}

struct key *keys_find_name(struct keys *keys, const char *prefix, struct text name)
{
	return keys_find(keys, make_reference(keys, prefix, name));
}

struct type_string *keys_enter_string(struct keys *keys, struct key *key, struct text text,
				      bool override)
{
	struct type_string *string = key->strings;

	while (string && (string->override != override || !same_text(string->text, text)))
		string = string->next;
	if (string)
		return string;
	string = arena_zalloc(&keys->arena, sizeof(*string));
	string->text = arena_text(&keys->arena, text);
	string->override = override;
	string->next = key->strings;
	key->strings = string;
	return string;
}

void keys_free(struct keys *keys)
{
	cache_free(&keys->by_text);
	arena_free(&keys->arena);
	free(keys->buffer);
	*keys = (struct keys){ 0 };
}

/* References in a text */

/*
 * Finds the end of a reference that begins there. NULL if none does, with what is
 * wrong if one nearly does.
 */
static const char *scan_reference(const char *text, bool anywhere, const char **problem)
{
	const char *name = text + 2;
	const char *end;

	if (!is_reference(text) || (anywhere && *text == 'E'))
		return NULL;
	if (*name == '\'') {
		end = strchr(name + 1, '\'');
		if (end > name + 1)
			return end + 1;
		*problem = end ? "an empty name" : "a missing quote";
		return NULL;
	}
	end = strchrnul(name, ' ');
	if (end > name)
		return end;
	*problem = "an empty name";
	return NULL;
}

/*
 * Finds the end of a reference that is a word, or NULL if it isn't all of one: but where a
 * separator is missing (FORMAT 5a), the next parameter follows at once, as in
 * "t#u32formal_parameter pointer_type".
 */
static const char *whole_word_end(const char *text, const char *end)
{
	static const char item[] = "formal_parameter";
	size_t length = strlen(item);

	if (!*end || *end == ' ') {
		if (end - text > (ptrdiff_t)(strlen("t#") + length) && *end &&
		    !memcmp(end - length, item, length))
			end -= length;
		return end;
	}
	return starts_with(end, item) && end[length] == ' ' ? end : NULL;
}

const char *find_references(struct keys *keys, struct arena *arena, struct type_string *string,
			    bool anywhere)
{
	const char *text = string->text.start, *problem = NULL, *next;
	struct type_reference *references = NULL;
	size_t count = 0, capacity = 0;

	for (const char *at = text; at && *at; at = next) {
		const char *end = scan_reference(at, anywhere, &problem);

		if (anywhere && problem)
			break;
		if (anywhere) {
			next = end ? end : at + 1;
		} else {
			if (end)
				end = whole_word_end(at, end);
			next = strchr(end ? end : at, ' ');
			next = next ? next + 1 : NULL;
		}
		if (end)
			*APPEND(references, count, capacity) = (struct type_reference){
				.key = keys_enter(keys, (struct text){ at, end - at }),
				.start = at - text,
			};
	}
	string->references = arena_copy(arena, references, count * sizeof(*references));
	string->reference_count = count;
	string->searched = true;
	free(references);
	return anywhere ? problem : NULL;
}

bool is_declaration(struct text text)
{
	/* Names of Rust's have brackets, too. */
	return ends_with(text, " { }") || ends_with(text, " { UNKNOWN } ");
}

/* The table (FORMAT 7) */

struct type *types_enter(struct type_table *table, struct key *key)
{
	struct type *type;
	size_t old = table->key_count;

	while (key->number >= table->key_count)
		table->by_key = grow(table->by_key, &table->key_count, sizeof(*table->by_key));
	if (table->key_count > old)
		memset(table->by_key + old, 0, (table->key_count - old) * sizeof(*table->by_key));
	type = table->by_key[key->number];
	if (type)
		return type;
	type = arena_zalloc(&table->arena, sizeof(*type));
	type->key = key;
	table->by_key[key->number] = type;
	*APPEND(table->types, table->count, table->capacity) = type;
	return type;
}

const struct type *types_find(const struct type_table *table, const struct key *key)
{
	const struct type *type = key && key->number < table->key_count ? table->by_key[key->number]
									: NULL;

	return type && type->string ? type : NULL;
}

void types_write_line(const char *key, struct text text, FILE *file)
{
	fputs(key, file);
	putc(' ', file);
	fwrite(text.start, 1, text.length, file);
	putc('\n', file);
}

void types_set(const struct type_table *table, struct type *type, struct type_string *string)
{
	type->string = string;
	if (table->dump)
		types_write_line(type->key->text.start, string->text, stderr);
}

bool types_offer(struct type_table *table, struct type *type, uint64_t length, uint64_t place)
{
	if (types_resolve(table, type)) {
		uint64_t old = type->string->text.length;

		if (type->ruled || length < old || (length == old && place >= type->place))
			return false;
	}
	type->place = place;
	return true;
}

/* type_string rules (FORMAT 8) */

void types_add_rule(struct type_table *table, struct text target, const char *value,
		    const char *origin)
{
	struct type_rule *rule = cache_find_text(&table->rules, target);

	if (!rule) {
		rule = arena_zalloc(&table->arena, sizeof(*rule));
		rule->target = target;
		cache_add_text(&table->rules, rule);
	}
	rule->value = value;
	rule->origin = origin;
}

struct type_string *types_rule_string(struct type_table *table, struct text target)
{
	struct type_rule *rule = cache_find_text(&table->rules, target);
	struct type_string *string;
	const char *problem;

	if (!rule || rule->string)
		return rule ? rule->string : NULL;
	string = arena_zalloc(&table->arena, sizeof(*string));
	string->text = make_text(rule->value);
	problem = find_references(table->keys, &table->arena, string, true);
	if (!*rule->value)
		problem = "an empty text:";
	if (problem)
		error("%s%s%s%s %s '%s' of '%s'", problem, *rule->value ? " in '" : "", rule->value,
		      *rule->value ? "'," : "", rule->origin, target.start, table->path);
	return rule->string = string;
}

const char *types_origin(const struct type_table *table, struct text target,
			 const struct type_string *string)
{
	const struct type_rule *rule = cache_find_text(&table->rules, target);

	return rule && rule->string == string ? rule->origin : "the string of";
}

bool types_rule_used(const struct type_table *table, struct text target)
{
	const struct type_rule *rule = cache_find_text(&table->rules, target);

	return rule && rule->string;
}

bool types_resolve(struct type_table *table, struct type *type)
{
	struct type_string *rule = type->string ? NULL : types_rule_string(table, type->key->text);

	if (rule) {
		type->ruled = true;
		types_set(table, type, rule);
	}
	return type->string;
}

/* Cycles */

/*
 * Tarjan's algorithm for strongly connected components, without recursion: types that lead to
 * each other are in one cycle. With
 *
 *	s#a { s#b s#c }		s#b { s#a }		s#c { }
 *
 * the path from s#a goes to s#b, which leads back to s#a, so their `lowest` is the visit of s#a.
 * Then it goes to s#c, which leads nowhere: that is cycle 1. s#a leads to nothing before it on
 * the path: all that is still open, s#a and s#b, is cycle 2.
 */
void types_find_cycles(struct type_table *table, struct type *type)
{
	struct search {
		struct type *type;
		size_t reference; /* the next to follow */
	} *path = NULL;
	struct type **open = NULL; /* types whose cycle is not complete */
	size_t depth = 0, path_capacity = 0, open_count = 0, open_capacity = 0;

	if (type->visit)
		return;
	while (type || depth) {
		struct search *top;

		if (type) {
			type->visit = type->lowest = ++table->visits;
			*APPEND(path, depth, path_capacity) = (struct search){ type, 0 };
			*APPEND(open, open_count, open_capacity) = type;
			type = NULL;
		}
		top = &path[depth - 1];
		if (top->reference < top->type->string->reference_count) {
			struct type *to = referenced_type(
				table, &top->type->string->references[top->reference++]);

			if (!to->visit)
				type = to;
			else if (!to->cycle && to->visit < top->type->lowest)
				top->type->lowest = to->visit;
			continue;
		}
		if (--depth && top->type->lowest < path[depth - 1].type->lowest)
			path[depth - 1].type->lowest = top->type->lowest;
		if (top->type->lowest == top->type->visit) {
			size_t first = open_count;

			table->cycles++;
			while (open[--first] != top->type)
				;
			for (size_t i = first; i < open_count; i++) {
				open[i]->cycle = table->cycles;
				open[i]->cycle_size = open_count - first;
			}
			open_count = first;
		}
	}
	free(path);
	free(open);
}

/* The symtypes file (FORMAT 7) */

static int compare_lines(const void *a, const void *b)
{
	const struct symtypes_line *left = a, *right = b;

	return strcmp(left->key->text.start, right->key->text.start);
}

struct symtypes_line *types_lines(const struct type_table *table, struct symtypes_line *lines,
				  size_t *count)
{
	lines = reallocate(lines, (*count + table->count) * sizeof(*lines));
	for (size_t i = 0; i < table->count; i++)
		if (table->types[i]->string)
			lines[(*count)++] = (struct symtypes_line){ table->types[i]->key,
								    table->types[i]->string };
	if (*count)
		qsort(lines, *count, sizeof(*lines), compare_lines);
	return lines;
}

void types_write(const struct symtypes_line *lines, size_t count, FILE *file)
{
	for (size_t i = 0; i < count; i++)
		types_write_line(lines[i].key->text.start, lines[i].string->text, file);
}

void types_clear(struct type_table *table)
{
	for (size_t i = 0; i < table->count; i++)
		table->by_key[table->types[i]->key->number] = NULL;
	table->count = 0;
	arena_reset(&table->arena);
	arena_reset(&table->templates);
	table->templates_size = 0;
	table->visits = table->cycles = 0;
	cache_clear(&table->rules);
}

void types_free(struct type_table *table)
{
	arena_free(&table->arena);
	arena_free(&table->templates);
	cache_free(&table->rules);
	free(table->by_key);
	free(table->types);
	*table = (struct type_table){ 0 };
}
