// SPDX-License-Identifier: GPL-2.0-only
/*
 * The strings of DIEs, from their fragments: first the walk, which finds out
 * what the reference tool's order of work leaves behind in them, then the type
 * string, its length alone, and the pretty form of --dump-dies.
 *
 * A DIE's fragments refer to other DIEs, which makes a graph with cycles, as
 * deep as the input likes. So nothing here recurses: each of the four goes
 * through it with a stack of places in lists of fragments.
 */
#include "gendwarfksyms.h"
#include <dwarf.h>
#include <inttypes.h>
#include <string.h>

/*
 * Longer type strings are an error. (The longest of a kernel has some hundred
 * kilobytes. But types without names can be nested so that each level doubles
 * the string.)
 */
#define STRING_LENGTH_LIMIT ((uint64_t)1 << 30)

bool is_body(unsigned int tag)
{
	return tag == DW_TAG_structure_type || tag == DW_TAG_class_type ||
	       tag == DW_TAG_union_type || tag == DW_TAG_enumeration_type;
}

/* A place in the fragments of a DIE that is being gone through. */
struct place {
	struct die *die;
	struct fragment *at;
	bool closed; /* a body whose list is left out: visit(), dump_die() */
	uint64_t length; /* die_string_length(): of the string so far */
	uint32_t dump_bodies; /* dump_die(): of the DIE before this place */
};

struct stack {
	struct place *places;
	size_t count;
	size_t capacity;
};

/* Kept from one use to the next. */
static struct stack stack;

static struct place *push(struct die *die)
{
	struct place *place;

	stack.places = grow(stack.places, stack.count, &stack.capacity,
			    sizeof(*stack.places));
	place = &stack.places[stack.count++];
	*place = (struct place){ .die = die, .at = die->fragments };
	return place;
}

static bool at_end(const struct place *place)
{
	return place->at == place->die->fragments + place->die->fragment_count;
}

/*
 * The walk (FORMAT 5a)
 *
 * The reference tool works out strings depth first and keeps what is finished.
 * When a list is worked out a second time while the first time still goes on
 * (by way of one of its own items), items that are finished are not worked out
 * again, and a flag that tells the first item from the others sits on the
 * wrong one:
 *
 *	struct b { int (*f)(struct a *, struct b *); };
 *
 * Say the function type is met first through another structure. Its parameter
 * struct a * is finished; then struct b * leads to struct b and back to the
 * function type, whose list begins anew. struct a * is passed over, struct b *
 * is still going on and so is begun again, now with the flag that says first
 * of the list. The result, in all strings: no separator between the two.
 *
 * So the walk visits DIEs in exactly that order and carries two things: the
 * flag, and the new name that a renamed union leaves for the member around it.
 * All its results are `separated` of items, and the text of ITEM_NAMEs.
 */

enum visit {
	VISIT_NONE,
	VISIT_GOES_ON,
	VISIT_FINISHED,
};

struct walk {
	uint32_t number; /* of the walk, for struct die.opened_for */
	uint32_t bodies; /* on the stack */
	bool first; /* the next item is the first of its list */
	const char *new_name; /* left by a renamed union, or NULL */
};

/*
 * Begins the visit of a DIE, if there is one. `closed`: a body is not to be
 * opened, since it is what a special union stands for that isn't either.
 */
static void visit(struct walk *walk, struct die *die, bool closed)
{
	struct place *place;

	if (is_body(die->tag)) {
		/* Rule 2: only the first time for a symbol. */
		closed = closed || die->opened_for == walk->number;
		if (!closed)
			die->opened_for = walk->number;
		if (closed && (!die->special || die->visited_closed))
			return;
		if (!closed && die->visit == VISIT_FINISHED)
			return;
		if (closed)
			die->visited_closed = true;
		else
			die->visit = VISIT_GOES_ON;
		walk->bodies++;
		if (die->special == UNION_RENAMED ||
		    die->special == UNION_RESERVED)
			walk->new_name = die->new_name;
	} else {
		closed = false;
		if (die->visit == VISIT_FINISHED)
			return;
		if (die->visit == VISIT_GOES_ON && die->bodies == walk->bodies)
			die_error(
				die->unit, die->address,
				"an endless type: it contains itself without a structure, union or enumeration between");
		die->visit = VISIT_GOES_ON;
		die->bodies = walk->bodies;
	}
	place = push(die);
	place->closed = closed;
}

static void end_visit(struct walk *walk, const struct place *place)
{
	if (is_body(place->die->tag))
		walk->bodies--;
	if (!place->closed)
		place->die->visit = VISIT_FINISHED;
}

/*
 * Begins the visit of an item, or passes over it. Only parameters can be met
 * again; all other items are in bodies.
 */
static void visit_item(struct walk *walk, struct place *place,
		       struct fragment *item)
{
	if (item->finished) {
		while (place->at->kind != FRAGMENT_MEMBER &&
		       place->at->kind != FRAGMENT_CLOSE_LIST)
			place->at++;
		return;
	}
	if (!options.canonical)
		item->separated = !walk->first;
	walk->first = false;
	if (item->kind == FRAGMENT_MEMBER)
		walk->new_name = NULL;
}

/*
 * Ends the visit of a member or formal_parameter. Of several visits the one
 * that began last ends first, and it decides.
 */
static void end_member(const struct walk *walk, struct fragment *name)
{
	struct fragment *member = name - 2;

	if (!member->finished && walk->new_name && !options.canonical) {
		name->text = walk->new_name;
		name->length = strlen(name->text);
	}
	member->finished = true;
}

void die_walk(struct die *symbol)
{
	static uint32_t walks;
	struct walk walk = { .number = ++walks };

	push(symbol);
	while (stack.count) {
		struct place *place = &stack.places[stack.count - 1];
		struct fragment *fragment;

		if (at_end(place)) {
			end_visit(&walk, place);
			stack.count--;
			continue;
		}
		fragment = place->at++;
		switch (fragment->kind) {
		case FRAGMENT_DIE:
			visit(&walk, fragment->die, place->closed);
			break;
		case FRAGMENT_ITEM:
		case FRAGMENT_MEMBER:
			visit_item(&walk, place, fragment);
			break;
		case FRAGMENT_MEMBER_NAME:
			end_member(&walk, fragment);
			break;
		case FRAGMENT_OPEN_LIST:
			walk.first = true;
			break;
		case FRAGMENT_CLOSE_LIST:
		case FRAGMENT_END_LIST:
			walk.first = false;
			break;
		}
	}
}

/* Type strings (FORMAT 5) */

static unsigned int digits(uint64_t number)
{
	unsigned int count = 1;

	for (; number >= 10; number /= 10)
		count++;
	return count;
}

/* A constant text with its length. */
struct constant {
	const char *text;
	unsigned int length;
};

#define CONSTANT(text) { text, sizeof(text) - 1 }

/* What stands in front of the number of an attribute. */
static const struct constant attribute_starts[ATTRIBUTES] = {
	[ATTRIBUTE_ACCESSIBILITY] = CONSTANT(" accessibility("),
	[ATTRIBUTE_ALIGNMENT] = CONSTANT(" alignment("),
	[ATTRIBUTE_BIT_SIZE] = CONSTANT(" bit_size("),
	[ATTRIBUTE_BYTE_SIZE] = CONSTANT(" byte_size("),
	[ATTRIBUTE_ENCODING] = CONSTANT(" encoding("),
	[ATTRIBUTE_DATA_BIT_OFFSET] = CONSTANT(" data_bit_offset("),
	[ATTRIBUTE_DATA_MEMBER_LOCATION] = CONSTANT(" data_member_location("),
	[ATTRIBUTE_DISCR_VALUE] = CONSTANT(" discr_value("),
};

/* The length of a fragment's own text. */
static inline uint64_t text_length(const struct fragment *fragment)
{
	switch (fragment->kind) {
	case FRAGMENT_NAME:
		return 1 + (uint64_t)fragment->length;
	case FRAGMENT_MEMBER_NAME:
		return fragment->text ? 1 + (uint64_t)fragment->length : 0;
	case FRAGMENT_NUMBER:
		return attribute_starts[fragment->attribute].length +
		       digits(fragment->number) + 1;
	case FRAGMENT_VALUE:
		return strlen(" = ") + digits(fragment->number);
	case FRAGMENT_DIMENSION:
		return strlen("[]") + digits(fragment->number);
	case FRAGMENT_BREAK:
	case FRAGMENT_IGNORED:
	case FRAGMENT_END_LIST:
	case FRAGMENT_DIE:
		return 0;
	default:
		return fragment->length;
	}
}

static char *write_number(char *to, uint64_t number)
{
	unsigned int length = digits(number);

	for (unsigned int i = length; i--; number /= 10)
		to[i] = '0' + number % 10;
	return to + length;
}

/* Writes a fragment's own text, text_length() bytes; returns their end. */
static inline char *write_text(char *to, const struct fragment *fragment)
{
	const struct constant *start;

	switch (fragment->kind) {
	case FRAGMENT_MEMBER_NAME:
		if (!fragment->text)
			return to;
		/* fallthrough */
	case FRAGMENT_NAME:
		*to++ = ' ';
		return mempcpy(to, fragment->text, fragment->length);
	case FRAGMENT_NUMBER:
		start = &attribute_starts[fragment->attribute];
		to = mempcpy(to, start->text, start->length);
		to = write_number(to, fragment->number);
		*to++ = ')';
		return to;
	case FRAGMENT_VALUE:
		return write_number(mempcpy(to, " = ", 3), fragment->number);
	case FRAGMENT_DIMENSION:
		*to++ = '[';
		to = write_number(to, fragment->number);
		*to++ = ']';
		return to;
	case FRAGMENT_BREAK:
	case FRAGMENT_IGNORED:
	case FRAGMENT_END_LIST:
	case FRAGMENT_DIE:
		return to;
	default:
		return mempcpy(to, fragment->text, fragment->length);
	}
}

/*
 * The text in front of the fragment at a place: what is left of line breaks,
 * and the separator. Of line breaks that stand side by side only one counts,
 * and text always follows. A separator belongs to a list: an item that is a
 * DIE's whole row has none.
 */
static inline struct constant text_before(const struct place *place)
{
	static const struct constant nothing, blank = CONSTANT(" "),
					      separator = CONSTANT(" , "),
					      both = CONSTANT("  , ");
	const struct fragment *fragment = place->at;
	bool inside = fragment > place->die->fragments;
	bool broken = inside && (fragment[-1].kind == FRAGMENT_OPEN ||
				 fragment[-1].kind == FRAGMENT_OPEN_LIST ||
				 fragment[-1].kind == FRAGMENT_BREAK);

	switch (fragment->kind) {
	case FRAGMENT_CLOSE:
	case FRAGMENT_CLOSE_LIST:
		return blank;
	case FRAGMENT_BREAK:
		return nothing;
	case FRAGMENT_ITEM:
	case FRAGMENT_MEMBER:
		if (fragment->separated && inside)
			return broken ? both : separator;
	}
	return broken ? blank : nothing;
}

enum string_state {
	STRING_UNKNOWN,
	STRING_GOES_ON,
	STRING_KNOWN, /* its length is */
};

uint64_t die_string_length(struct die *die)
{
	if (die->string == STRING_KNOWN)
		return die->length;
	die->string = STRING_GOES_ON;
	push(die);
	while (stack.count) {
		struct place *place = &stack.places[stack.count - 1];
		const struct fragment *fragment = place->at;
		struct die *inner;

		if (at_end(place)) {
			place->die->length = place->length;
			place->die->string = STRING_KNOWN;
			stack.count--;
			continue;
		}
		inner = fragment->kind == FRAGMENT_DIE ? fragment->die : NULL;
		if (inner && !inner->type && inner->string != STRING_KNOWN) {
			if (inner->string == STRING_GOES_ON)
				die_error(
					inner->unit, inner->address,
					"an endless type: it contains itself without a named type between");
			inner->string = STRING_GOES_ON;
			push(inner);
			continue; /* then the fragment once more */
		}
		place->length += text_before(place).length;
		if (inner)
			place->length += inner->type ? inner->type->key_length
						     : inner->length;
		else
			place->length += text_length(fragment);
		if (place->length > STRING_LENGTH_LIMIT)
			die_error(place->die->unit, place->die->address,
				  "a type string of more than %" PRIu64
				  " bytes",
				  STRING_LENGTH_LIMIT);
		place->at++;
	}
	return die->length;
}

struct type_string die_string(struct die *die, struct arena *arena)
{
	struct type_string string = { .length = die_string_length(die) };
	char *text = arena_alloc(arena, string.length);
	char *to = text;
	struct type_reference *references = NULL;
	size_t capacity = 0, size;

	push(die);
	while (stack.count) {
		struct place *place = &stack.places[stack.count - 1];
		const struct fragment *fragment = place->at;
		struct constant before;
		struct type *type;

		if (at_end(place)) {
			stack.count--;
			continue;
		}
		before = text_before(place);
		to = mempcpy(to, before.text, before.length);
		place->at++;
		if (fragment->kind != FRAGMENT_DIE) {
			to = write_text(to, fragment);
			continue;
		}
		type = fragment->die->type;
		if (!type) {
			push(fragment->die);
			continue;
		}
		references = grow(references, string.reference_count, &capacity,
				  sizeof(*references));
		references[string.reference_count++] =
			(struct type_reference){ .type = type,
						 .start = to - text };
		to = mempcpy(to, type->key, type->key_length);
	}
	string.text = text;
	size = string.reference_count * sizeof(*references);
	if (size)
		string.references =
			memcpy(arena_alloc(arena, size), references, size);
	free(references);
	return string;
}

/* --dump-dies (FORMAT 9) */

struct dump {
	FILE *file;
	uint32_t number; /* of the dump, for struct die.written_for */
	uint32_t bodies; /* being written */
	int level;
	bool newline; /* wanted before the next text */
};

static void begin_text(struct dump *dump)
{
	if (!dump->newline)
		return;
	putc('\n', dump->file);
	for (int i = 0; i < dump->level; i++)
		fputs("  ", dump->file);
	dump->newline = false;
}

static void dump_text(struct dump *dump, const struct fragment *fragment)
{
	char number[64]; /* " data_member_location(18446744073709551615)" */

	switch (fragment->kind) {
	case FRAGMENT_BREAK:
	case FRAGMENT_IGNORED:
	case FRAGMENT_END_LIST:
		return;
	case FRAGMENT_MEMBER_NAME:
		if (!fragment->text)
			return;
		/* fallthrough */
	case FRAGMENT_NAME:
		begin_text(dump);
		putc(' ', dump->file);
		break;
	case FRAGMENT_NUMBER:
	case FRAGMENT_VALUE:
	case FRAGMENT_DIMENSION:
		begin_text(dump);
		fwrite(number, 1, write_text(number, fragment) - number,
		       dump->file);
		return;
	default:
		begin_text(dump);
	}
	fwrite(fragment->text, 1, fragment->length, dump->file);
}

/*
 * Begins to write a DIE. A body is written in full only once (`closed` is set
 * for the others), so an endless type has to be one without a body.
 */
static void dump_die(struct dump *dump, struct die *die)
{
	struct place *place = push(die);

	if (is_body(die->tag) && !die->special) {
		place->closed = die->written_for == dump->number;
		die->written_for = dump->number;
		dump->bodies++;
		return;
	}
	if (die->dump_bodies == dump->bodies + 1) {
		putc('\n', dump->file);
		die_error(
			die->unit, die->address,
			"an endless type: it contains itself without a structure, union or enumeration between");
	}
	place->dump_bodies = die->dump_bodies;
	die->dump_bodies = dump->bodies + 1;
}

static void end_dump_die(struct dump *dump, const struct place *place)
{
	if (is_body(place->die->tag) && !place->die->special)
		dump->bodies--;
	else
		place->die->dump_bodies = place->dump_bodies;
}

static void dump_fragment(struct dump *dump, struct place *place)
{
	const struct fragment *fragment = place->at++;

	switch (fragment->kind) {
	case FRAGMENT_DIE:
		dump_die(dump, fragment->die);
		return;
	case FRAGMENT_BREAK:
		dump->newline = true;
		return;
	case FRAGMENT_CLOSE:
	case FRAGMENT_CLOSE_LIST:
		dump->newline = true;
		dump->level--;
		break;
	case FRAGMENT_ITEM:
	case FRAGMENT_MEMBER:
		if (fragment->separated && fragment > place->die->fragments) {
			begin_text(dump);
			fputs(" ,", dump->file);
			dump->newline = true;
		}
	}
	dump_text(dump, fragment);
	if (fragment->kind == FRAGMENT_OPEN ||
	    fragment->kind == FRAGMENT_OPEN_LIST) {
		dump->newline = true;
		dump->level++;
	}
}

/* Passes over what is left out of a body: its list, and all behind it. */
static void leave_out(struct place *place)
{
	const struct fragment *last = place->at - 1;

	if (last->kind == FRAGMENT_OPEN_LIST)
		while (place->at->kind != FRAGMENT_CLOSE_LIST)
			place->at++;
	else if (last->kind == FRAGMENT_CLOSE_LIST)
		place->at = place->die->fragments + place->die->fragment_count;
}

void die_dump(struct die *symbol, FILE *file)
{
	static uint32_t dumps;
	struct dump dump = { .file = file, .number = ++dumps };

	dump_die(&dump, symbol);
	while (stack.count) {
		struct place *place = &stack.places[stack.count - 1];

		if (at_end(place)) {
			end_dump_die(&dump, place);
			stack.count--;
			continue;
		}
		if (place->closed && place->at > place->die->fragments)
			leave_out(place);
		if (!at_end(place))
			dump_fragment(&dump, place);
	}
	putc('\n', file);
}
