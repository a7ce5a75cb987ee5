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
 * between, which stand as they are. Say s#a has been expanded before in
 *
 *	variable structure_type x { s#b , s#a , s#c }
 *
 * Then the expansion is the slice up to s#b, what s#b expands to, the slice
 * " , s#a , ", what s#c expands to, and " }". Of each string the CRCs of all
 * beginnings that end at a reference's start or end are computed once. From two of
 * them follows the CRC of a slice, and it is appended to the CRC of the text so far
 * by a multiplication (crc32.h).
 *
 * Second, templates, for types that are in one cycle: see template.c.
 */
#define PART "versions"
#include "versions.h"
#include "template.h"

/* Computes the CRCs of a string's beginnings. */
static void compute_prefix_crcs(struct type_string *string)
{
	uint32_t crc = 0;
	size_t at = 0;

	for (size_t i = 0; i < string->reference_count; i++) {
		struct type_reference *reference = &string->references[i];

		crc = crc32_extend(crc, string->text.start + at, reference->start - at);
		reference->crc_start = crc;
		at = reference->start;
		crc = crc32_extend(crc, string->text.start + at, reference->key->text.length);
		reference->crc_end = crc;
		at = reference_end(reference);
	}
	string->crc = crc32_extend(crc, string->text.start + at, string->text.length - at);
	statistics.hashed += string->text.length;
}

/*
 * Drops all but the first reference to each type, since no later one is ever expanded,
 * and computes CRCs.
 */
static void prepare_string(struct keys *keys, struct type_string *string)
{
	size_t mark, count = 0;

	if (string->prepared)
		return;
	mark = ++keys->marks;
	for (size_t i = 0; i < string->reference_count; i++) {
		struct key *key = string->references[i].key;

		if (key->mark == mark)
			continue;
		key->mark = mark;
		string->references[count++] = string->references[i];
	}
	string->reference_count = count;
	string->prepared = true;
	compute_prefix_crcs(string);
}

/* A string that is being gone through, reference by reference. */
struct frame {
	struct type_string *string;
	const char *name; /* whose it is */
	size_t reference; /* the next to look at */
	size_t at; /* how much of the text has been appended, */
	uint32_t crc; /* and its CRC */
};

/*
 * Prepares a symbol's string and those of all types that it leads to, of which some
 * may only be known by rules. Error: nothing is known of one.
 */
static void prepare_all(struct type_table *table, struct type_string *string, const char *name)
{
	struct frame *stack = NULL, *top;
	size_t depth = 0, capacity = 0;

	prepare_string(table->keys, string);
	*APPEND(stack, depth, capacity) = (struct frame){ .string = string, .name = name };
	while (depth) {
		struct type *type;

		top = &stack[depth - 1];
		if (top->reference == top->string->reference_count) {
			depth--;
			continue;
		}
		type = types_enter(table, top->string->references[top->reference++].key);
		if (type->prepared)
			continue;
		if (!types_resolve(table, type)) {
			struct frame owner = *top;

			free(stack);
			error("unknown type reference to '%s' when expanding '%s': it stands in %s '%s' of '%s'",
			      type->key->text.start, name,
			      types_origin(table, make_text(owner.name), owner.string), owner.name,
			      table->path);
		}
		type->prepared = true;
		prepare_string(table->keys, type->string);
		*APPEND(stack, depth, capacity) =
			(struct frame){ .string = type->string, .name = type->key->text.start };
	}
	free(stack);
	for (size_t i = 0; i < string->reference_count; i++)
		types_find_cycles(table, referenced_type(table, &string->references[i]));
}

/* Appends the text of a string up to there, where its CRC is `crc_end`. */
static void append_text(struct expansion *expansion, const struct frame *frame, size_t end,
			uint32_t crc_end, FILE *dump)
{
	if (dump)
		fwrite(frame->string->text.start + frame->at, 1, end - frame->at, dump);
	else
		append_slice(&expansion->digest, end - frame->at, frame->crc, crc_end);
	statistics.slices++;
}

/*
 * Expands a symbol's string that has been prepared; returns the CRC. With a file, the
 * text is written there, and the CRC isn't computed.
 */
static uint32_t expand(struct type_table *table, struct type_string *string, FILE *dump)
{
	struct expansion expansion = { .table = table, .number = ++table->versions };
	struct frame *stack = NULL;
	size_t depth = 0, capacity = 0;

	*APPEND(stack, depth, capacity) = (struct frame){ .string = string };
	while (depth) {
		struct frame *top = &stack[depth - 1];
		const struct type_reference *reference;
		struct type *type;

		if (top->reference == top->string->reference_count) {
			append_text(&expansion, top, top->string->text.length, top->string->crc,
				    dump);
			depth--;
			continue;
		}
		reference = &top->string->references[top->reference++];
		type = referenced_type(table, reference);
		if (is_expanded(&expansion, type))
			continue;
		append_text(&expansion, top, reference->start, reference->crc_start, dump);
		top->at = reference_end(reference);
		top->crc = reference->crc_end;
		if (type->cycle_size >= CYCLE_SIZE && !dump) {
			append_expanded(&expansion, type);
			continue;
		}
		type->expanded_for = expansion.number;
		*APPEND(stack, depth, capacity) = (struct frame){ .string = type->string };
	}
	free(stack);
	return expansion.digest.crc;
}

uint32_t version_of(struct type_table *table, struct type_string *string, const char *name)
{
	prepare_all(table, string, name);
	return expand(table, string, NULL);
}

void version_dump(struct type_table *table, struct type_string *string, const char *name)
{
	fprintf(stderr, "%s ", name);
	expand(table, string, stderr);
	putc('\n', stderr);
}
