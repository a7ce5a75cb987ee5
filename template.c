// SPDX-License-Identifier: GPL-2.0-only
/*
 * Templates: what is the same in the expansions of many symbols is put together once.
 *
 * Nearly all large types of a kernel are in one cycle of references: task_struct leads
 * to file, file to task_struct, and each of them to a third of all types. Whoever
 * enters that cycle expands all of it, but in an order that depends on the type it
 * enters by, and without what it has expanded before.
 *
 * Say it enters by the type M, and E are the types expanded so far of those that M
 * leads to. E is closed, that is, it holds all types that its types lead to: one that
 * is not expanded to its end yet would have to contain M, and be in the cycle. So
 * where the expansion of M alone (from nothing: its *template*) first expands a type
 * of E, exactly the types that are expanded there are in E as well, and nowhere else
 * does the template expand them. Hence the expansion of M after E is M's template with
 * the outermost expansions of types of E cut out and their references put in. With
 *
 *	s#m { s#a s#b }		s#a { s#m }		s#b { s#c s#a }		s#c { }
 *
 * the template of s#m is "{ { s#m } { { } s#a } }". For a symbol that has expanded s#c
 * before, it is "{ { s#m } { s#c s#a } }".
 *
 * A template is made once for each M that symbols enter a cycle by (270 of the 4,578
 * types of a vmlinux). Without them, the versions of a unit with 450 symbols take five
 * times the instructions.
 */
#define PART "template"
#include "template.h"

/* When templates take more memory than this (bytes), they are made anew. */
#define TEMPLATES_SIZE_LIMIT ((size_t)256 << 20)

/* A type in a template, in the order of expansion. */
struct template_entry {
	struct type *type;
	struct digest start; /* of the text before its expansion */
	struct digest end; /* ... and up to its end */
	size_t next; /* the first after all that are expanded in it */
};

struct expansion_template {
	struct template_entry *entries; /* the first is whose template it is */
	size_t count;
};

/* Making a template */

/* A type whose expansion has begun. */
struct frame {
	size_t entry; /* its number */
	size_t reference; /* the next to look at */
	size_t at; /* how much of the string has been appended, */
	uint32_t crc; /* and its CRC */
};

/* Begins with the expansion of a type, in the template of that number. */
static struct frame begin_entry(struct expansion_template *template, size_t *capacity,
				uint64_t number, struct type *type, const struct digest *digest)
{
	*APPEND(template->entries, template->count, *capacity) =
		(struct template_entry){ .type = type, .start = *digest };
	type->in_template = number;
	return (struct frame){ .entry = template->count - 1 };
}

/* Expands a type from nothing, depth first. */
static void fill_template(struct expansion_template *template, struct type_table *table,
			  struct type *type)
{
	uint64_t number = ++table->template_count;
	size_t capacity = 0, depth = 0, stack_capacity = 0;
	struct frame *stack = NULL, *top;
	struct digest digest = { 0 };

	*APPEND(stack, depth, stack_capacity) =
		begin_entry(template, &capacity, number, type, &digest);
	while (depth) {
		struct template_entry *entry;
		const struct type_reference *reference;
		const struct type_string *string;

		top = &stack[depth - 1];
		entry = &template->entries[top->entry];
		string = entry->type->string;
		if (top->reference == string->reference_count) {
			append_slice(&digest, string->text.length - top->at, top->crc, string->crc);
			entry->end = digest;
			entry->next = template->count;
			depth--;
			continue;
		}
		reference = &string->references[top->reference++];
		type = referenced_type(table, reference);
		if (type->in_template == number)
			continue;
		append_slice(&digest, reference->start - top->at, top->crc, reference->crc_start);
		top->at = reference_end(reference);
		top->crc = reference->crc_end;
		*APPEND(stack, depth, stack_capacity) =
			begin_entry(template, &capacity, number, type, &digest);
		statistics.slices++;
	}
	free(stack);
}

/* Gives up templates if they take too much memory. */
static void limit_templates(struct type_table *table)
{
	if (table->templates_size <= TEMPLATES_SIZE_LIMIT)
		return;
	for (size_t i = 0; i < table->count; i++)
		table->types[i]->template = NULL;
	arena_reset(&table->templates);
	table->templates_size = 0;
}

/* Makes the template of a type when it is first asked for. */
static struct expansion_template *find_template(struct type_table *table, struct type *type)
{
	struct expansion_template *template = type->template;
	struct template_entry *entries;
	size_t size;

	if (template)
		return template;
	limit_templates(table);
	template = arena_zalloc(&table->templates, sizeof(*template));
	fill_template(template, table, type);
	/* Now that they don't grow any more, to the rest of the template. */
	size = template->count * sizeof(*entries);
	entries = arena_copy(&table->templates, template->entries, size);
	table->templates_size += size;
	free(template->entries);
	template->entries = entries;
	return type->template = template;
}

/* Using it */

void append_expanded(struct expansion *expansion, struct type *type)
{
	struct expansion_template *template = find_template(expansion->table, type);
	const struct template_entry *whole = &template->entries[0];
	struct digest at = { 0 };

	type->expanded_for = expansion->number;
	for (size_t i = 1; i < template->count;) {
		const struct template_entry *cut = &template->entries[i];
		struct text key = cut->type->key->text;

		if (!is_expanded(expansion, cut->type)) {
			cut->type->expanded_for = expansion->number;
			i++;
			continue;
		}
		append_slice(&expansion->digest, cut->start.length - at.length, at.crc,
			     cut->start.crc);
		append_slice(&expansion->digest, key.length, 0,
			     crc32_extend(0, key.start, key.length));
		at = cut->end;
		i = cut->next;
	}
	append_slice(&expansion->digest, whole->end.length - at.length, at.crc, whole->end.crc);
}
