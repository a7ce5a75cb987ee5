// SPDX-License-Identifier: GPL-2.0-only
/*
 * The named types of a file: the table from references to strings, the
 * expansion of a symbol's string into what its version is the CRC of, and the
 * symtypes file. Nothing here knows DWARF.
 *
 * A version is computed without writing out the expansion. The literal text
 * between two references, a *segment*, is the same in all expansions, so its
 * CRC is computed once and put behind the CRC of what came before it.
 */
#include "crc32.h"
#include "gendwarfksyms.h"
#include <string.h>

struct key {
	const char *text;
	size_t length;
};

static bool same_key(const void *value, const void *key)
{
	const struct type *type = value;
	const struct key *wanted = key;

	return type->key_length == wanted->length &&
	       !memcmp(type->key, wanted->text, wanted->length);
}

struct type *types_enter(struct type_table *table, const char *text,
			 size_t length)
{
	struct key key = { text, length };
	uint64_t hash = hash_text(text, length);
	struct type *type = cache_find(&table->by_key, hash, same_key, &key);
	char *copy;

	if (type)
		return type;
	type = arena_zalloc(&table->arena, sizeof(*type));
	copy = arena_alloc(&table->arena, length + 1);
	memcpy(copy, text, length);
	copy[length] = '\0';
	type->key = copy;
	type->key_length = length;
	type->key_crc = crc32_text(text, length);
	type->key_shift = crc32_shift(length);
	cache_add(&table->by_key, hash, type);
	table->types = grow(table->types, table->count, &table->capacity,
			    sizeof(*table->types));
	table->types[table->count++] = type;
	return type;
}

struct type *types_enter_name(struct type_table *table, const char *prefix,
			      const char *name, size_t length)
{
	const char *quote = memchr(name, ' ', length) ? "'" : "";
	size_t size = strlen(prefix) + length + 2 * strlen(quote);
	char buffer[256];
	char *key = size < sizeof(buffer) ? buffer : allocate(size + 1);
	struct type *type;
	char *to = key;

	to = stpcpy(stpcpy(to, prefix), quote);
	to = mempcpy(to, name, length);
	stpcpy(to, quote);
	type = types_enter(table, key, size);
	if (key != buffer)
		free(key);
	return type;
}

/* type_string rules (FORMAT 8) */

/*
 * The end of a reference that begins there, NULL if none does. `rule` is for
 * the message.
 */
static const char *reference_end(const char *text, const char *rule)
{
	const char *name = text + 2;
	const char *end;

	if (!*text || !strchr("sute", *text) || text[1] != '#')
		return NULL;
	if (*name == '\'') {
		end = strchr(name + 1, '\'');
		if (!end)
			error("a missing quote in the type_string rule '%s'",
			      rule);
		if (end == name + 1)
			error("an empty name in the type_string rule '%s'",
			      rule);
		return end + 1;
	}
	end = strchrnul(name, ' ');
	if (end == name)
		error("an empty name in the type_string rule '%s'", rule);
	return end;
}

bool types_rule(struct type_table *table, const char *key, size_t length,
		struct type_string *string)
{
	const char *rule = kabi_find(KABI_TYPE_STRING, key, length);
	struct type_reference *references = NULL;
	size_t count = 0, capacity = 0, size;
	char *text;

	if (!rule)
		return false;
	if (!*rule)
		error("an empty type_string rule for '%s'", key);
	for (const char *at = rule; *at;) {
		const char *end = reference_end(at, rule);

		if (!end) {
			at++;
			continue;
		}
		references =
			grow(references, count, &capacity, sizeof(*references));
		references[count++] = (struct type_reference){
			at - rule, types_enter(table, at, end - at)
		};
		at = end;
	}
	length = strlen(rule);
	text = memcpy(arena_alloc(&table->arena, length), rule, length);
	size = count * sizeof(*references);
	*string = (struct type_string){
		.text = text,
		.length = length,
		.references = arena_alloc(&table->arena, size),
		.reference_count = count,
	};
	if (size)
		memcpy(string->references, references, size);
	free(references);
	return true;
}

/* The table (FORMAT 7) */

/* Enters a string into the table, for --dump-types' eyes too. */
static void set_string(struct type *type, struct type_string string)
{
	type->string = string;
	type->in_table = true;
	if (options.dump_types) {
		fprintf(stderr, "%s ", type->key);
		fwrite(string.text, 1, string.length, stderr);
		putc('\n', stderr);
	}
}

/* If there is a rule for a type that is not in the table yet, enters it. */
static void apply_rule(struct type_table *table, struct type *type)
{
	struct type_string string;

	if (!types_rule(table, type->key, type->key_length, &string))
		return;
	type->ruled = true;
	set_string(type, string);
}

bool types_wanted(struct type_table *table, struct type *type, size_t length,
		  unsigned int unit, const unsigned char *die)
{
	if (!type->in_table)
		apply_rule(table, type);
	if (!type->in_table)
		return true;
	if (type->ruled || length < type->string.length)
		return false;
	if (length > type->string.length)
		return true;
	/* Of equally long ones the first DIE. */
	return unit < type->unit || (unit == type->unit && die < type->die);
}

void types_set(struct type *type, struct type_string string, unsigned int unit,
	       const unsigned char *die)
{
	type->unit = unit;
	type->die = die;
	set_string(type, string);
}

/* Versions (FORMAT 7) */

struct segment {
	uint32_t crc;
	uint32_t shift;
};

/* The end of the literal text in front of reference `index`. */
static size_t segment_end(const struct type_string *string, size_t index)
{
	return index < string->reference_count ? string->references[index].start
					       : string->length;
}

/* The start of the literal text in front of reference `index`. */
static size_t segment_start(const struct type_string *string, size_t index)
{
	const struct type_reference *before;

	if (!index)
		return 0;
	before = &string->references[index - 1];
	return before->start + before->type->key_length;
}

static void make_segments(struct type_table *table, struct type_string *string)
{
	size_t count = string->reference_count + 1;

	string->segments =
		arena_alloc(&table->arena, count * sizeof(*string->segments));
	for (size_t i = 0; i < count; i++) {
		size_t start = segment_start(string, i);
		size_t length = segment_end(string, i) - start;

		string->segments[i] = (struct segment){
			crc32_text(string->text + start, length),
			crc32_shift(length)
		};
	}
}

/* A string that is being expanded, up to the reference `next`. */
struct expansion {
	struct type_string *string;
	size_t next;
};

static struct type_string *table_string(struct type_table *table,
					struct type *type, const char *name)
{
	if (!type->in_table)
		apply_rule(table, type);
	if (!type->in_table)
		error("unknown type reference to '%s' when expanding '%s'",
		      type->key, name);
	return &type->string;
}

uint32_t types_version(struct type_table *table, struct type_string *string,
		       const char *name)
{
	struct expansion *stack = NULL;
	size_t depth = 0, capacity = 0;
	uint64_t version = ++table->versions;
	uint32_t crc = 0;

	if (options.dump_versions)
		fprintf(stderr, "%s ", name);
	stack = grow(stack, depth, &capacity, sizeof(*stack));
	stack[depth++] = (struct expansion){ string, 0 };
	while (depth) {
		struct expansion *top = &stack[depth - 1];
		size_t next = top->next++;
		struct segment *segment;
		struct type *type;

		string = top->string;
		if (!string->segments)
			make_segments(table, string);
		segment = &string->segments[next];
		crc = crc32_append(crc, segment->crc, segment->shift);
		if (options.dump_versions)
			fwrite(string->text + segment_start(string, next), 1,
			       segment_end(string, next) -
				       segment_start(string, next),
			       stderr);
		if (next == string->reference_count) {
			depth--;
			continue;
		}
		type = string->references[next].type;
		if (type->expanded_for != version) {
			type->expanded_for = version;
			stack = grow(stack, depth, &capacity, sizeof(*stack));
			stack[depth++] = (struct expansion){
				table_string(table, type, name), 0
			};
			continue;
		}
		crc = crc32_append(crc, type->key_crc, type->key_shift);
		if (options.dump_versions)
			fwrite(type->key, 1, type->key_length, stderr);
	}
	free(stack);
	if (options.dump_versions)
		putc('\n', stderr);
	return crc;
}

/* The symtypes file (FORMAT 7) */

static int compare_lines(const void *a, const void *b)
{
	const struct symtypes_line *left = a, *right = b;

	return strcmp(left->key, right->key);
}

void types_write(const struct type_table *table,
		 const struct symtypes_line *symbols, size_t count, FILE *file)
{
	struct symtypes_line *lines =
		allocate((table->count + count) * sizeof(*lines));

	if (count)
		memcpy(lines, symbols, count * sizeof(*lines));
	for (size_t i = 0; i < table->count; i++)
		if (table->types[i]->in_table)
			lines[count++] = (struct symtypes_line){
				table->types[i]->key, &table->types[i]->string
			};
	if (count)
		qsort(lines, count, sizeof(*lines), compare_lines);
	for (size_t i = 0; i < count; i++) {
		fputs(lines[i].key, file);
		putc(' ', file);
		fwrite(lines[i].string->text, 1, lines[i].string->length, file);
		putc('\n', file);
	}
	free(lines);
}

void types_free(struct type_table *table)
{
	arena_free(&table->arena);
	cache_free(&table->by_key);
	free(table->types);
	*table = (struct type_table){ 0 };
}
