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
#include <inttypes.h>
#include <string.h>

/* Ends the program: the pretty dump of a DIE would have no end (FORMAT 5). */
static void __attribute__((noreturn))
endless_without_body(const struct die *die)
{
	die_error(
		die->unit, die->address,
		"an endless type: it contains itself without a structure, union or enumeration between");
}

/* A place in the fragments of a DIE that is being gone through. */
struct place {
	struct die *die;
	struct fragment *at;
	bool closed; /* a body whose list is left out: visit(), dump_die() */
	uint64_t length; /* die_string_length(): of the string so far */
	bool broken; /* ... and it ends in a line break */
	bool known; /* begin_string(): the length was known before */
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

static void check_length(const struct die *die, uint64_t length)
{
	if (length > STRING_LENGTH_LIMIT)
		die_error(die->unit, die->address,
			  "a type string of more than %" PRIu64 " bytes",
			  STRING_LENGTH_LIMIT);
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
 * Begins the visit of a DIE, if there is one; false if there is none. `closed`:
 * a body is not to be opened, since it is what a special union stands for that
 * isn't either.
 */
static bool visit(struct walk *walk, struct die *die, bool closed)
{
	if (is_body(die->tag)) {
		/* Rule 2: only the first time for a symbol. */
		closed = closed || die->opened_for == walk->number;
		if (!closed)
			die->opened_for = walk->number;
		if (closed && (!die->special || die->visited_closed))
			return false;
		if (!closed && die->visit == VISIT_FINISHED)
			return false;
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
			return false;
		if (die->visit == VISIT_GOES_ON && die->bodies == walk->bodies)
			endless_without_body(die);
		die->visit = VISIT_GOES_ON;
		die->bodies = walk->bodies;
	}
	push(die)->closed = closed;
	return true;
}

static void end_visit(struct walk *walk, const struct place *place)
{
	if (is_body(place->die->tag))
		walk->bodies--;
	if (!place->closed)
		place->die->visit = VISIT_FINISHED;
}

/*
 * Begins the visit of an item, or passes over it; returns where to go on. Only
 * parameters can be met again; all other items are in bodies.
 */
static struct fragment *visit_item(struct walk *walk, struct fragment *item,
				   const struct fragment *end)
{
	struct fragment *next = item + 1;

	if (item->finished) {
		while (next < end && next->kind != FRAGMENT_MEMBER &&
		       next->kind != FRAGMENT_CLOSE_LIST)
			next++;
		return next;
	}
	if (!options.canonical)
		item->separated = !walk->first;
	walk->first = false;
	if (item->kind == FRAGMENT_MEMBER)
		walk->new_name = NULL;
	return next;
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

/*
 * Goes on with the visit of a DIE, to its end or to a DIE in it whose visit
 * begins.
 */
static void go_on(struct walk *walk)
{
	struct place *place = &stack.places[stack.count - 1];
	struct fragment *at = place->at;
	struct fragment *end =
		place->die->fragments + place->die->fragment_count;

	while (at < end) {
		struct fragment *fragment = at++;

		switch (fragment->kind) {
		case FRAGMENT_DIE:
			place->at = at;
			if (visit(walk, fragment->die, place->closed))
				return;
			break;
		case FRAGMENT_ITEM:
		case FRAGMENT_MEMBER:
			at = visit_item(walk, fragment, end);
			break;
		case FRAGMENT_MEMBER_NAME:
			end_member(walk, fragment);
			break;
		case FRAGMENT_OPEN_LIST:
			walk->first = true;
			break;
		case FRAGMENT_CLOSE_LIST:
		case FRAGMENT_END_LIST:
			walk->first = false;
			break;
		}
	}
	end_visit(walk, place);
	stack.count--;
}

void die_walk(struct die *symbol)
{
	static uint32_t walks;
	struct walk walk = { .number = ++walks };

	push(symbol);
	while (stack.count)
		go_on(&walk);
}

/*
 * Type strings (FORMAT 5)
 *
 * A string is needed in two ways: its length, to know whether it is the longest
 * for its reference, and written out. Both go over the same fragments, and both
 * are most of the work for a large object, so each is a loop of its own.
 *
 * Of line breaks that stand side by side only one counts, as one blank, and
 * text always follows. So `broken` says that the fragment before this one ends
 * in a line break, and the next text has a blank in front. A separator belongs
 * to a list: an item that is a DIE's whole row has none.
 */

static unsigned int digits(uint64_t number)
{
	unsigned int count = 1;

	/* One division for four digits: most numbers need none. */
	for (; number >= 10000; number /= 10000)
		count += 4;
	return count + (number >= 10) + (number >= 100) + (number >= 1000);
}

/* What stands in front of the number of an attribute. */
static const struct {
	char text[24];
	unsigned int length;
} attribute_starts[ATTRIBUTES] = {
#define START(text)                    \
	{                              \
		text, sizeof(text) - 1 \
	}
	[ATTRIBUTE_ACCESSIBILITY] = START(" accessibility("),
	[ATTRIBUTE_ALIGNMENT] = START(" alignment("),
	[ATTRIBUTE_BIT_SIZE] = START(" bit_size("),
	[ATTRIBUTE_BYTE_SIZE] = START(" byte_size("),
	[ATTRIBUTE_ENCODING] = START(" encoding("),
	[ATTRIBUTE_DATA_BIT_OFFSET] = START(" data_bit_offset("),
	[ATTRIBUTE_DATA_MEMBER_LOCATION] = START(" data_member_location("),
	[ATTRIBUTE_DISCR_VALUE] = START(" discr_value("),
#undef START
};

enum string_state {
	STRING_UNKNOWN,
	STRING_GOES_ON, /* is being worked out: it must not be met again */
	STRING_KNOWN, /* its length is */
};

/* A DIE whose string goes in place, where it is met. */
static void begin_string(struct die *die)
{
	if (die->string == STRING_GOES_ON)
		die_error(
			die->unit, die->address,
			"an endless type: it contains itself without a named type between");
	push(die)->known = die->string == STRING_KNOWN;
	die->string = STRING_GOES_ON;
}

/* The length of a fragment that is no DIE, without line breaks. */
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
		return 0;
	default:
		return fragment->length;
	}
}

uint64_t die_string_length(struct die *die)
{
	if (die->string == STRING_KNOWN)
		return die->length;
	begin_string(die);
	while (stack.count) {
		struct place *place = &stack.places[stack.count - 1];
		const struct fragment *first = place->die->fragments;
		const struct fragment *end = first + place->die->fragment_count;
		const struct fragment *at = place->at;
		uint64_t length = place->length;
		bool broken = place->broken;
		struct die *unknown = NULL;

		for (; at < end && !unknown; at++) {
			const struct die *inner;

			switch (at->kind) {
			case FRAGMENT_CLOSE:
			case FRAGMENT_CLOSE_LIST:
				length += 1 + at->length;
				broken = false;
				continue;
			case FRAGMENT_OPEN:
			case FRAGMENT_OPEN_LIST:
				length += broken + at->length;
				broken = true;
				continue;
			case FRAGMENT_BREAK:
				broken = true;
				continue;
			case FRAGMENT_ITEM:
			case FRAGMENT_MEMBER:
				if (at->separated && at > first)
					length += strlen(" , ");
				break;
			case FRAGMENT_DIE:
				inner = at->die;
				if (inner->type) {
					length += broken +
						  inner->type->key_length;
				} else if (inner->string == STRING_KNOWN) {
					length += broken + inner->length;
				} else {
					/* Here once more when it's known. */
					unknown = at->die;
					at--;
					continue;
				}
				broken = false;
				continue;
			}
			length += broken + text_length(at);
			broken = false;
		}
		check_length(place->die, length);
		place->at = (struct fragment *)at;
		place->length = length;
		place->broken = broken;
		if (unknown) {
			begin_string(unknown);
		} else {
			place->die->length = length;
			place->die->string = STRING_KNOWN;
			stack.count--;
		}
	}
	return die->length;
}

static char *write_number(char *to, uint64_t number)
{
	unsigned int length = digits(number);

	for (unsigned int i = length; i--; number /= 10)
		to[i] = '0' + number % 10;
	return to + length;
}

/* The most that write_text() writes for a fragment: a word and a number. */
#define TEXT_SIZE(fragment) ((size_t)(fragment)->length + 64)

/* Writes a fragment that is no DIE, without line breaks; returns its end. */
static inline char *write_text(char *to, const struct fragment *fragment)
{
	switch (fragment->kind) {
	case FRAGMENT_MEMBER_NAME:
		if (!fragment->text)
			return to;
		/* fallthrough */
	case FRAGMENT_NAME:
		*to++ = ' ';
		return mempcpy(to, fragment->text, fragment->length);
	case FRAGMENT_NUMBER:
		/* All of the array, as that has a constant size. */
		memcpy(to, attribute_starts[fragment->attribute].text,
		       sizeof(attribute_starts[0].text));
		to += attribute_starts[fragment->attribute].length;
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
		return to;
	default:
		return mempcpy(to, fragment->text, fragment->length);
	}
}

/* Where a string is written before it is known how long it will be. */
static char *text;
static size_t text_capacity;

/* Makes room behind `to` for so many bytes; returns where `to` is now. */
static char *make_room(char *to, size_t size)
{
	size_t length = to - text;

	if (size > text_capacity - length) {
		text_capacity = 2 * text_capacity + size;
		text = reallocate(text, text_capacity);
	}
	return text + length;
}

/* Whether a DIE's row is a text and nothing else. */
static inline bool is_plain(const struct die *die)
{
	return die->fragment_count == 1 &&
	       die->fragments[0].kind == FRAGMENT_TEXT;
}

void die_flatten(struct die *die, struct arena *arena)
{
	struct fragment flat = { .kind = FRAGMENT_TEXT };
	char *to = text;
	uint64_t length;

	for (uint32_t i = 0; i < die->fragment_count; i++) {
		to = make_room(to, TEXT_SIZE(&die->fragments[i]));
		to = write_text(to, &die->fragments[i]);
	}
	length = to - text;
	check_length(die, length);
	flat.text = memcpy(arena_alloc(arena, length), text, length);
	flat.length = length;
	die->fragments[0] = flat;
	die->fragment_count = 1;
}

struct type_string die_string(struct die *die, struct arena *arena)
{
	static struct type_reference *references;
	static size_t capacity;
	struct type_string string = { 0 };
	char *to = make_room(text, 1), *limit = text + text_capacity;
	size_t size;

	begin_string(die);
	while (stack.count) {
		struct place *place = &stack.places[stack.count - 1];
		const struct fragment *first = place->die->fragments;
		const struct fragment *end = first + place->die->fragment_count;
		const struct fragment *at = place->at;
		struct die *inner = NULL;
		bool broken = false; /* after a DIE, or at the beginning */

		for (; at < end && !inner; at++) {
			const struct fragment *plain;
			const struct type *type;

			if ((size_t)(limit - to) < TEXT_SIZE(at)) {
				to = make_room(to, TEXT_SIZE(at));
				limit = text + text_capacity;
			}
			switch (at->kind) {
			case FRAGMENT_CLOSE:
			case FRAGMENT_CLOSE_LIST:
				*to++ = ' ';
				to = mempcpy(to, at->text, at->length);
				broken = false;
				continue;
			case FRAGMENT_BREAK:
				broken = true;
				continue;
			}
			if (broken)
				*to++ = ' ';
			broken = false;
			switch (at->kind) {
			case FRAGMENT_OPEN:
			case FRAGMENT_OPEN_LIST:
				to = mempcpy(to, at->text, at->length);
				broken = true;
				continue;
			case FRAGMENT_ITEM:
			case FRAGMENT_MEMBER:
				if (at->separated && at > first)
					to = mempcpy(to, " , ", 3);
				break;
			case FRAGMENT_DIE:
				type = at->die->type;
				if (!type && is_plain(at->die)) {
					plain = at->die->fragments;
					to = make_room(to, TEXT_SIZE(plain));
					limit = text + text_capacity;
					to = mempcpy(to, plain->text,
						     plain->length);
					continue;
				}
				if (!type) {
					inner = at->die;
					continue;
				}
				references =
					grow(references, string.reference_count,
					     &capacity, sizeof(*references));
				references[string.reference_count++] =
					(struct type_reference){
						.type = at->die->type,
						.start = to - text,
					};
				to = make_room(to, type->key_length);
				limit = text + text_capacity;
				to = mempcpy(to, type->key, type->key_length);
				continue;
			}
			to = write_text(to, at);
		}
		check_length(place->die, to - text);
		place->at = (struct fragment *)at;
		if (inner) {
			begin_string(inner);
		} else {
			place->die->string = place->known ? STRING_KNOWN
							  : STRING_UNKNOWN;
			stack.count--;
		}
	}
	string.length = to - text;
	statistics.written += string.length;
	string.text =
		memcpy(arena_alloc(arena, string.length), text, string.length);
	size = string.reference_count * sizeof(*references);
	if (size)
		string.references =
			memcpy(arena_alloc(arena, size), references, size);
	return string;
}

/* --dump-dies (FORMAT 9) */

/*
 * Types without names are written each time that they are met, so that a few
 * function types in a row can have an endless dump. One of more DIEs than this
 * is an error. (In a kernel some ten thousand are many.)
 */
#define DUMP_DIES_LIMIT ((uint64_t)1 << 20)

/* Levels from here on are not indented any deeper. */
#define DUMP_LEVELS_LIMIT 1000

struct dump {
	FILE *file;
	uint32_t number; /* of the dump, for struct die.written_for */
	uint32_t bodies; /* being written */
	uint64_t dies; /* written so far */
	int level;
	bool newline; /* wanted before the next text */
};

static void begin_text(struct dump *dump)
{
	int level = dump->level < DUMP_LEVELS_LIMIT ? dump->level
						    : DUMP_LEVELS_LIMIT;

	if (!dump->newline)
		return;
	fprintf(dump->file, "\n%*s", 2 * level, "");
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

	if (++dump->dies > DUMP_DIES_LIMIT) {
		putc('\n', dump->file);
		die_error(die->unit, die->address,
			  "a dump of more than %" PRIu64 " DIEs",
			  DUMP_DIES_LIMIT);
	}
	if (is_body(die->tag) && !die->special) {
		place->closed = die->written_for == dump->number;
		die->written_for = dump->number;
		dump->bodies++;
		return;
	}
	if (die->dump_bodies == dump->bodies + 1) {
		putc('\n', dump->file);
		endless_without_body(die);
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
