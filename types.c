// SPDX-License-Identifier: GPL-2.0-only
/*
 * The named types of a file: the table from references to strings, the
 * expansion of a symbol's string into what its version is the CRC of, and the
 * symtypes file. Nothing here knows DWARF.
 *
 * A version is computed without writing out the expansion: see "Versions".
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
	type->number = table->count;
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

/* Strings from elsewhere: type_string rules (FORMAT 8), symtypes files */

static struct type *find_key(const struct type_table *table, const char *text,
			     size_t length)
{
	struct key key = { text, length };

	return cache_find(&table->by_key, hash_text(text, length), same_key,
			  &key);
}

/*
 * The end of a reference that begins there; NULL if none does, with what is
 * wrong if one nearly does.
 */
static const char *reference_end(const char *text, const char **problem)
{
	const char *name = text + 2;
	const char *end;

	if (!*text || !strchr("sute", *text) || text[1] != '#')
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
 * The string that a text is. In a rule a reference may begin anywhere; in a
 * symtypes file where a word begins, and what has no line there is none.
 */
static struct type_string *parse(struct type_table *table, const char *text,
				 bool is_rule)
{
	struct type_string *string =
		arena_zalloc(&table->arena, sizeof(*string));
	size_t capacity = 0, size;
	void *array;

	string->length = strlen(text);
	string->text = memcpy(arena_alloc(&table->arena, string->length), text,
			      string->length);
	for (const char *at = text; *at;) {
		const char *problem = NULL, *end = NULL;
		struct type *type = NULL;

		if (is_rule || at == text || at[-1] == ' ')
			end = reference_end(at, &problem);
		if (problem && is_rule)
			error("%s in the type_string rule '%s'", problem, text);
		if (end)
			type = is_rule ? types_enter(table, at, end - at)
				       : find_key(table, at, end - at);
		if (!type) {
			at++;
			continue;
		}
		string->references = grow(string->references,
					  string->reference_count, &capacity,
					  sizeof(*string->references));
		string->references[string->reference_count++] =
			(struct type_reference){ .type = type,
						 .start = at - text };
		at = end;
	}
	/* Now that it doesn't grow any more, to the rest of the string. */
	size = string->reference_count * sizeof(*string->references);
	array = arena_alloc(&table->arena, size);
	if (size)
		memcpy(array, string->references, size);
	free(string->references);
	string->references = array;
	return string;
}

struct type_string *types_rule(struct type_table *table, const char *key,
			       size_t length)
{
	const char *rule = kabi_find(KABI_TYPE_STRING, key, length);

	if (!rule)
		return NULL;
	if (!*rule)
		error("an empty type_string rule for '%s'", key);
	return parse(table, rule, true);
}

struct type_string *types_parse(struct type_table *table, const char *text)
{
	return parse(table, text, false);
}

void types_read(struct type_table *table, const char *key, const char *text)
{
	struct type *type = types_enter(table, key, strlen(key));

	if (type->in_table)
		return;
	type->string = *types_parse(table, text);
	type->in_table = true;
}

bool types_has(const struct type_table *table, const char *key)
{
	const struct type *type = find_key(table, key, strlen(key));

	return type && type->in_table;
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
	struct type_string *string =
		types_rule(table, type->key, type->key_length);

	if (!string)
		return;
	type->ruled = true;
	set_string(type, *string);
}

bool types_known(struct type_table *table, struct type *type)
{
	if (!type->in_table)
		apply_rule(table, type);
	return type->in_table;
}

bool types_wanted(const struct type *type, size_t length, unsigned int unit,
		  const unsigned char *die)
{
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

/*
 * Versions (FORMAT 7)
 *
 * A version is the CRC of a text of megabytes that is put together from the
 * same few thousand strings for each symbol. Two ideas save writing it out.
 *
 * First, slices. An expansion is made of *slices* of strings: from the end of
 * one reference that is expanded to the start of the next, with all references
 * between, which stand as they are. Of each string the CRCs of all beginnings
 * that end at a reference's start or end are computed once. From two of them
 * follows the CRC of a slice, and it is put behind the CRC of the text so far
 * by a multiplication (crc32.h). References that were met in the same string
 * before are never expanded, so they don't count as references here. A string
 * that is expanded only once doesn't need those CRCs: then its slices are
 * hashed as they are, which zlib does several times faster, for they are long.
 * So in a file with few symbols this is what is done the first time.
 *
 * Second, layouts. Nearly all large types of a kernel are in one cycle of
 * references: task_struct leads to file, file to task_struct, and each of them
 * to a third of all types. Whoever enters that cycle expands all of it, but in
 * an order that depends on the type it enters by, and without what it has
 * expanded before. Say it enters by the type M, and E are the types expanded
 * so far of those that M leads to. E is closed, that is, it holds all types
 * that its types lead to: one that is not expanded to its end yet would have
 * to contain M, and be in the cycle. So where the expansion of M alone (from
 * nothing, its *layout*) first expands a type of E, exactly the types that are
 * expanded there are in E as well, and nowhere else does the layout
 * expand them. Hence the expansion of M after E is M's layout with the
 * outermost expansions of types of E cut out and their references put in. A
 * layout is made once for each M that symbols enter by (270 of the 4,578 types
 * of a vmlinux), and is again a text with CRCs of beginnings, for slices.
 */

/* A cycle of at least so many types has layouts. */
#define CYCLE_SIZE ((size_t)32)

/* When layouts take more memory than this (bytes), they are made anew. */
#define LAYOUTS_SIZE_LIMIT ((size_t)256 << 20)

/* So many versions need only one or two layouts, most of the time. */
#define FEW_VERSIONS 24

/* A type in the layout of another, in the order of expansion. */
struct laid_type {
	struct type *type;
	uint64_t start; /* of its expansion in the layout's text */
	uint64_t end;
	uint32_t crc_start; /* of the text before it */
	uint32_t crc_end; /* ... and up to its end */
	size_t next; /* the first behind all that are expanded in it */
};

struct layout {
	struct laid_type *types; /* the first is whose layout it is */
	size_t count;
	size_t *places; /* by type number: place in `types` + 1, or 0 */
	size_t numbers; /* how many there are */
	struct layout *used; /* by the version at hand, before this one */
};

/* The end of a reference in its text. */
static size_t reference_stop(const struct type_reference *reference)
{
	return reference->start + reference->type->key_length;
}

/* Drops all but the first reference to each type. */
static void prepare(struct type_table *table, struct type_string *string)
{
	uint64_t mark = ++table->versions;
	size_t count = 0;

	if (string->prepared)
		return;
	for (size_t i = 0; i < string->reference_count; i++) {
		struct type *type = string->references[i].type;

		if (type->expanded_for == mark)
			continue;
		type->expanded_for = mark;
		string->references[count++] = string->references[i];
	}
	string->reference_count = count;
	string->prepared = true;
}

/* Computes the CRCs of a string's beginnings. */
static void hash(struct type_string *string)
{
	uint32_t crc = 0;
	size_t at = 0;

	for (size_t i = 0; i < string->reference_count; i++) {
		struct type_reference *reference = &string->references[i];

		crc = crc32_extend(crc, string->text + at,
				   reference->start - at);
		reference->crc_start = crc;
		at = reference->start;
		crc = crc32_extend(crc, string->text + at,
				   reference->type->key_length);
		reference->crc_end = crc;
		at = reference_stop(reference);
	}
	string->crc = crc32_extend(crc, string->text + at, string->length - at);
	string->hashed = true;
	statistics.hashed += string->length;
}

/*
 * Finds the cycles that a type is in or leads to (Tarjan's algorithm for
 * strongly connected components), gives types that only rules know their
 * strings, and prepares all strings. `name` is the symbol's, for messages.
 */
static void find_cycles(struct type_table *table, struct type *root,
			const char *name)
{
	struct search {
		struct type *type;
		size_t next; /* reference */
	} *path = NULL;
	struct type **open = NULL; /* types whose component is not complete */
	size_t depth = 0, path_capacity = 0, open_count = 0, open_capacity = 0;
	struct type *type = root;

	while (type || depth) {
		struct search *top;

		if (type) {
			if (!type->in_table)
				apply_rule(table, type);
			if (!type->in_table)
				error("unknown type reference to '%s' when expanding '%s'",
				      type->key, name);
			prepare(table, &type->string);
			type->visit = type->lowest = ++table->visits;
			type->on_path = true;
			path = grow(path, depth, &path_capacity, sizeof(*path));
			path[depth++] = (struct search){ type, 0 };
			open = grow(open, open_count, &open_capacity,
				    sizeof(*open));
			open[open_count++] = type;
			type = NULL;
		}
		top = &path[depth - 1];
		if (top->next < top->type->string.reference_count) {
			struct type *to =
				top->type->string.references[top->next++].type;

			if (!to->visit)
				type = to;
			else if (to->on_path && to->visit < top->type->lowest)
				top->type->lowest = to->visit;
			continue;
		}
		if (--depth && top->type->lowest < path[depth - 1].type->lowest)
			path[depth - 1].type->lowest = top->type->lowest;
		if (top->type->lowest == top->type->visit) {
			size_t first = open_count;

			while (open[--first] != top->type)
				;
			for (size_t i = first; i < open_count; i++) {
				open[i]->on_path = false;
				open[i]->in_cycle = open_count - first >=
						    CYCLE_SIZE;
			}
			open_count = first;
		}
	}
	free(path);
	free(open);
}

/* An expansion: of a version, or of a layout. */
struct expansion {
	struct type_table *table;
	uint64_t length; /* of the text so far, and its CRC */
	uint32_t crc;

	/* Of a version: */
	uint64_t number; /* of those that table->versions counts */
	struct layout *used; /* the layouts gone through, the last first */

	/* Of a layout: */
	struct layout *layout; /* NULL for a version */
	size_t capacity; /* of its types */
};

static bool is_expanded(const struct expansion *expansion,
			const struct type *type)
{
	if (expansion->layout)
		return expansion->layout->places[type->number];
	if (type->expanded_for == expansion->number)
		return true;
	for (struct layout *used = expansion->used; used; used = used->used)
		if (type->number < used->numbers && used->places[type->number])
			return true;
	return false;
}

/*
 * Appends a slice of a text, from the CRCs of the text's beginnings up to the
 * slice's start and end.
 */
static void append(struct expansion *expansion, uint64_t length,
		   uint32_t crc_start, uint32_t crc_end)
{
	if (!length)
		return;
	expansion->crc =
		crc32_append(expansion->crc ^ crc_start, crc_end, length);
	expansion->length += length;
}

/* Appends the expansion of a type of a cycle, from its layout. */
static void append_layout(struct expansion *expansion, struct layout *layout)
{
	const struct laid_type *whole = &layout->types[0];
	uint64_t at = 0;
	uint32_t crc = 0;

	for (size_t i = 1; i < layout->count;) {
		const struct laid_type *cut = &layout->types[i];
		const struct type *type = cut->type;

		if (!is_expanded(expansion, type)) {
			i++;
			continue;
		}
		append(expansion, cut->start - at, crc, cut->crc_start);
		append(expansion, type->key_length, 0,
		       crc32_extend(0, type->key, type->key_length));
		at = cut->end;
		crc = cut->crc_end;
		i = cut->next;
	}
	append(expansion, whole->end - at, crc, whole->crc_end);
	layout->used = expansion->used;
	expansion->used = layout;
}

/* Notes that the expansion of a type begins here. */
static void begin_type(struct expansion *expansion, struct type *type)
{
	struct layout *layout = expansion->layout;

	if (!layout) {
		type->expanded_for = expansion->number;
		return;
	}
	layout->types = grow(layout->types, layout->count, &expansion->capacity,
			     sizeof(*layout->types));
	layout->types[layout->count++] = (struct laid_type){
		.type = type,
		.start = expansion->length,
		.crc_start = expansion->crc,
	};
	layout->places[type->number] = layout->count;
}

/* Notes that it ends here. */
static void end_type(struct expansion *expansion, const struct type *type)
{
	struct layout *layout = expansion->layout;
	struct laid_type *laid;

	if (!layout)
		return;
	laid = &layout->types[layout->places[type->number] - 1];
	laid->end = expansion->length;
	laid->crc_end = expansion->crc;
	laid->next = layout->count;
}

static struct layout *find_layout(struct type_table *table, struct type *type);

/* A string whose expansion goes on. */
struct opened {
	struct type_string *string;
	struct type *type; /* that it is of; NULL for a symbol's */
	size_t next; /* reference */
	size_t at; /* how much of the text has been appended, */
	uint32_t crc; /* and its CRC */
	bool hashed; /* the string was, when this began */
};

static struct opened open_string(const struct type_table *table,
				 struct type_string *string, struct type *type)
{
	if ((string->expanded || table->many_versions) && !string->hashed)
		hash(string);
	string->expanded = true;
	return (struct opened){ .string = string,
				.type = type,
				.hashed = string->hashed };
}

/* Appends the slice up to there, where the CRC is `crc_end` if it is known. */
static void append_slice(struct expansion *expansion,
			 const struct opened *opened, size_t end,
			 uint32_t crc_end)
{
	size_t length = end - opened->at;

	statistics.slices++;
	if (opened->hashed) {
		append(expansion, length, opened->crc, crc_end);
		return;
	}
	expansion->crc = crc32_extend(
		expansion->crc, opened->string->text + opened->at, length);
	expansion->length += length;
	statistics.hashed += length;
}

/*
 * Appends the expansion of a string: that of `type`, or a symbol's (`type` is
 * NULL). All types that it leads to have been through find_cycles().
 */
static void expand(struct expansion *expansion, struct type_string *string,
		   struct type *type)
{
	struct opened *stack = NULL;
	size_t depth = 0, capacity = 0;

	while (string || depth) {
		const struct type_reference *reference;
		struct opened *top;

		if (string) {
			stack = grow(stack, depth, &capacity, sizeof(*stack));
			stack[depth++] =
				open_string(expansion->table, string, type);
			string = NULL;
			if (type)
				begin_type(expansion, type);
		}
		top = &stack[depth - 1];
		if (top->next == top->string->reference_count) {
			append_slice(expansion, top, top->string->length,
				     top->string->crc);
			if (top->type)
				end_type(expansion, top->type);
			depth--;
			continue;
		}
		reference = &top->string->references[top->next++];
		type = reference->type;
		if (is_expanded(expansion, type))
			continue;
		append_slice(expansion, top, reference->start,
			     reference->crc_start);
		top->at = reference_stop(reference);
		top->crc = reference->crc_end;
		if (type->in_cycle && !expansion->layout)
			append_layout(expansion,
				      find_layout(expansion->table, type));
		else
			string = &type->string;
	}
	free(stack);
}

/* The layout of a type of a cycle, made when it is first asked for. */
static struct layout *find_layout(struct type_table *table, struct type *type)
{
	struct expansion expansion = { .table = table };
	struct layout *layout = type->layout;
	struct laid_type *types;
	size_t size;

	if (layout)
		return layout;
	size = table->count * sizeof(*layout->places);
	layout = arena_zalloc(&table->layouts, sizeof(*layout));
	layout->places = arena_zalloc(&table->layouts, size);
	layout->numbers = table->count;
	table->layouts_size += size;
	expansion.layout = layout;
	expand(&expansion, &type->string, type);
	/* Now that they don't grow any more, to the rest of the layout. */
	size = layout->count * sizeof(*types);
	types = memcpy(arena_alloc(&table->layouts, size), layout->types, size);
	table->layouts_size += size;
	free(layout->types);
	layout->types = types;
	return type->layout = layout;
}

static void drop_layouts(struct type_table *table)
{
	for (size_t i = 0; i < table->count; i++)
		table->types[i]->layout = NULL;
	arena_reset(&table->layouts);
	table->layouts_size = 0;
}

void types_dump_version(struct type_table *table,
			const struct type_string *string, const char *name)
{
	struct {
		const struct type_string *string;
		size_t next; /* reference */
		size_t at; /* how much of the text has been printed */
	} *stack = NULL, *top;
	size_t depth = 0, capacity = 0;
	uint64_t number = ++table->versions;

	fprintf(stderr, "%s ", name);
	while (string || depth) {
		const struct type_reference *reference = NULL;
		size_t stop;

		if (string) {
			stack = grow(stack, depth, &capacity, sizeof(*stack));
			top = &stack[depth++];
			memset(top, 0, sizeof(*top));
			top->string = string;
			string = NULL;
		}
		top = &stack[depth - 1];
		stop = top->string->length;
		if (top->next < top->string->reference_count) {
			reference = &top->string->references[top->next++];
			if (reference->type->expanded_for == number)
				continue;
			stop = reference->start;
		}
		fwrite(top->string->text + top->at, 1, stop - top->at, stderr);
		if (!reference) {
			depth--;
			continue;
		}
		top->at = reference_stop(reference);
		reference->type->expanded_for = number;
		string = &reference->type->string;
	}
	putc('\n', stderr);
	free(stack);
}

void types_expect(struct type_table *table, size_t versions)
{
	table->many_versions = versions > FEW_VERSIONS;
}

uint32_t types_version(struct type_table *table, struct type_string *string,
		       const char *name)
{
	struct expansion expansion = { .table = table };

	if (table->layouts_size > LAYOUTS_SIZE_LIMIT)
		drop_layouts(table);
	prepare(table, string);
	for (size_t i = 0; i < string->reference_count; i++)
		if (!string->references[i].type->visit)
			find_cycles(table, string->references[i].type, name);
	expansion.number = ++table->versions;
	expand(&expansion, string, NULL);
	return expansion.crc;
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
	arena_free(&table->layouts);
	cache_free(&table->by_key);
	free(table->types);
	*table = (struct type_table){ 0 };
}
