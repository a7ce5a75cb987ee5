// SPDX-License-Identifier: GPL-2.0-only
/*
 * The versions of symbols (FORMAT 7): the expansion of a string with the types
 * of the table, and its CRC.
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
 * before are never expanded, so they don't count as references here.
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
#define PART "versions"
#include "crc32.h"
#include "versions.h"

/* A cycle of at least so many types has layouts. */
#define CYCLE_SIZE ((size_t)32)

/* When layouts take more memory than this (bytes), they are made anew. */
#define LAYOUTS_SIZE_LIMIT ((size_t)256 << 20)

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
	return reference->start + reference->type->key.length;
}

/* Computes the CRCs of a string's beginnings. */
static void hash(struct type_string *string)
{
	uint32_t crc = 0;
	size_t at = 0;

	for (size_t i = 0; i < string->reference_count; i++) {
		struct type_reference *reference = &string->references[i];

		crc = crc32_extend(crc, string->text.start + at,
				   reference->start - at);
		reference->crc_start = crc;
		at = reference->start;
		crc = crc32_extend(crc, string->text.start + at,
				   reference->type->key.length);
		reference->crc_end = crc;
		at = reference_stop(reference);
	}
	string->crc = crc32_extend(crc, string->text.start + at,
				   string->text.length - at);
	statistics.hashed += string->text.length;
}

/* Drops all but the first reference to each type, and computes CRCs. */
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
	hash(string);
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
			if (!types_resolve(table, type))
				error("unknown type reference to '%s' when expanding '%s': it stands in the string of '%s' of '%s'",
				      type->key.start, name,
				      depth ? path[depth - 1].type->key.start
					    : name,
				      table->path);
			prepare(table, &type->string);
			type->visit = type->lowest = ++table->visits;
			type->on_path = true;
			*APPEND(path, depth, path_capacity) =
				(struct search){ type, 0 };
			*APPEND(open, open_count, open_capacity) = type;
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
	FILE *dump; /* where to print the text; NULL: compute its CRC */

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
		append(expansion, type->key.length, 0,
		       crc32_extend(0, type->key.start, type->key.length));
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
	*APPEND(layout->types, layout->count, expansion->capacity) =
		(struct laid_type){ .type = type,
				    .start = expansion->length,
				    .crc_start = expansion->crc };
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
};

/* Appends the slice up to there, where the CRC is `crc_end`. */
static void append_slice(struct expansion *expansion,
			 const struct opened *opened, size_t end,
			 uint32_t crc_end)
{
	size_t length = end - opened->at;

	if (expansion->dump) {
		fwrite(opened->string->text.start + opened->at, 1, length,
		       expansion->dump);
		return;
	}
	statistics.slices++;
	append(expansion, length, opened->crc, crc_end);
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
			*APPEND(stack, depth, capacity) =
				(struct opened){ .string = string,
						 .type = type };
			string = NULL;
			if (type)
				begin_type(expansion, type);
		}
		top = &stack[depth - 1];
		if (top->next == top->string->reference_count) {
			append_slice(expansion, top, top->string->text.length,
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
		if (type->in_cycle && !expansion->layout && !expansion->dump)
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
	types = arena_copy(&table->layouts, layout->types, size);
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

uint32_t version_of(struct type_table *table, struct type_string *string,
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

void version_dump(struct type_table *table, struct type_string *string,
		  const char *name)
{
	struct expansion expansion = { .table = table,
				       .number = ++table->versions,
				       .dump = stderr };

	fprintf(stderr, "%s ", name);
	expand(&expansion, string, NULL);
	putc('\n', stderr);
}
