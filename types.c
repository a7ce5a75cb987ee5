// SPDX-License-Identifier: GPL-2.0-only
/*
 * The named types of a file: the table from references to strings, and the
 * symtypes file. Nothing here knows DWARF.
 */
#define PART "types"
#include "types.h"

struct type *types_enter(struct type_table *table, struct text key)
{
	struct type *type = cache_find_text(&table->by_key, key);

	if (type)
		return type;
	type = arena_zalloc(&table->arena, sizeof(*type));
	type->key = arena_text(&table->arena, key);
	type->number = table->count;
	cache_add_text(&table->by_key, type);
	*APPEND(table->types, table->count, table->capacity) = type;
	return type;
}

/* The reference made of a prefix and a name, until the next is made. */
static inline struct text make_key(struct type_table *table, const char *prefix,
				   struct text name)
{
	const char *quote = memchr(name.start, ' ', name.length) ? "'" : "";
	size_t length = strlen(prefix) + name.length + 2 * strlen(quote);
	char *to;

	while (length >= table->key_capacity)
		table->key = grow(table->key, &table->key_capacity, 1);
	to = stpcpy(stpcpy(table->key, prefix), quote);
	stpcpy(mempcpy(to, name.start, name.length), quote);
	return (struct text){ table->key, length };
}

struct type *types_enter_name(struct type_table *table, const char *prefix,
			      struct text name)
{
	return types_enter(table, make_key(table, prefix, name));
}

const struct type *types_find(const struct type_table *table, struct text key)
{
	const struct type *type = cache_find_text(&table->by_key, key);

	return type && type->in_table ? type : NULL;
}

const struct type *types_find_name(struct type_table *table, const char *prefix,
				   struct text name)
{
	return types_find(table, make_key(table, prefix, name));
}

/* Strings from elsewhere: type_string rules (FORMAT 8), symtypes files */

const char *reference_end(const char *text, const char **problem)
{
	const char *name = text + 2;
	const char *end;

	if (!is_reference(text))
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

struct type_string *types_parse(struct type_table *table, struct text text,
				const char **problem)
{
	struct type_string *string =
		arena_zalloc(&table->arena, sizeof(*string));
	struct type_reference *references = NULL;
	size_t count = 0, capacity = 0;
	const char *end;

	*problem = NULL;
	string->text = arena_text(&table->arena, text);
	for (const char *at = string->text.start; *at && !*problem; at = end) {
		end = reference_end(at, problem);
		if (!end) {
			end = at + 1;
			continue;
		}
		*APPEND(references, count, capacity) = (struct type_reference){
			.type = types_enter(table,
					    (struct text){ at, end - at }),
			.start = at - string->text.start,
		};
	}
	string->references = arena_copy(&table->arena, references,
					count * sizeof(*references));
	string->reference_count = count;
	free(references);
	return *problem ? NULL : string;
}

/* The table (FORMAT 7) */

void types_write_line(const char *key, struct text text, FILE *file)
{
	fputs(key, file);
	putc(' ', file);
	fwrite(text.start, 1, text.length, file);
	putc('\n', file);
}

void types_set(const struct type_table *table, struct type *type,
	       struct type_string string, uint64_t place)
{
	type->string = string;
	type->place = place;
	type->in_table = true;
	if (table->dump)
		types_write_line(type->key.start, string.text, stderr);
}

bool types_resolve(struct type_table *table, struct type *type)
{
	struct type_string *rule = NULL;

	if (!type->in_table)
		rule = types_rule(table, type->key);
	if (rule) {
		type->ruled = true;
		types_set(table, type, *rule, 0);
	}
	return type->in_table;
}

bool type_supersedes(const struct type *type, size_t length, uint64_t place)
{
	if (type->ruled || length < type->string.text.length)
		return false;
	/* Of equally long ones the first DIE. */
	return length > type->string.text.length || place < type->place;
}

/* The symtypes file (FORMAT 7) */

static int compare_lines(const void *a, const void *b)
{
	const struct symtypes_line *left = a, *right = b;

	return strcmp(left->key, right->key);
}

struct symtypes_line *types_lines(const struct type_table *table,
				  struct symtypes_line *lines, size_t *count)
{
	lines = reallocate(lines, (*count + table->count) * sizeof(*lines));
	for (size_t i = 0; i < table->count; i++)
		if (table->types[i]->in_table)
			lines[(*count)++] = (struct symtypes_line){
				table->types[i]->key.start,
				&table->types[i]->string
			};
	if (*count)
		qsort(lines, *count, sizeof(*lines), compare_lines);
	return lines;
}

void types_write(const struct symtypes_line *lines, size_t count, FILE *file)
{
	for (size_t i = 0; i < count; i++)
		types_write_line(lines[i].key, lines[i].string->text, file);
}

void types_free(struct type_table *table)
{
	arena_free(&table->arena);
	arena_free(&table->layouts);
	cache_free(&table->by_key);
	free(table->types);
	free(table->key);
	*table = (struct type_table){ 0 };
}
