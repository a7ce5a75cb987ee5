// SPDX-License-Identifier: GPL-2.0-only
/*
 * The strings of DIEs, from their fragments: first the walk, which finds out
 * the traces that the reference tool's order of work leaves in them, then the type
 * string, its length alone, and the pretty form of --dump-dies.
 *
 * A DIE's fragments refer to other DIEs, which makes a graph with cycles, as
 * deep as the input likes. So nothing here recurses: each of the four goes
 * through it with a stack of frames in lists of fragments.
 */
#define PART "die"
#include "die.h"
#include <inttypes.h>

/* Ends the program: the pretty dump of a DIE would have no end (FORMAT 5). */
static void __attribute__((noreturn)) endless_without_body(const struct die *die)
{
	die_error(
		die->ref,
		"an endless type: it contains itself without a structure, union or enumeration between");
}

/* A DIE whose fragments are being gone through. */
struct frame {
	struct die *die;
	struct fragment *at;
	bool closed; /* a body whose list is left out: visit(), dump_die() */
	uint64_t start; /* write_string(): where the DIE's string begins in the whole */
	bool known; /* begin_string(): the length was known before */
	uint32_t bodies_at_dump; /* dump_die(): what the DIE's was before */
};

struct writer {
	/* Of the DIEs that are being gone through, the innermost last. */
	struct frame *frames;
	size_t count;
	size_t capacity;
	struct arena text; /* of a fragment, to be dumped */
	/* The references of a string, before it is known how many there are. */
	struct type_reference *references;
	size_t references_capacity;
	uint32_t walks; /* begun; and dumps */
	uint32_t dumps;
};

struct writer *writer_new(void)
{
	return allocate_cleared(1, sizeof(struct writer));
}

static struct frame *push(struct writer *writer, struct die *die)
{
	struct frame *frame;

	frame = APPEND(writer->frames, writer->count, writer->capacity);
	*frame = (struct frame){ .die = die, .at = die->fragments };
	return frame;
}

static struct frame *top(const struct writer *writer)
{
	return &writer->frames[writer->count - 1];
}

static struct fragment *row_end(const struct die *die)
{
	return die->fragments + die->fragment_count;
}

static void check_length(const struct die *die, uint64_t length)
{
	if (length > STRING_LENGTH_LIMIT)
		die_error(die->ref, "a type string of more than %" PRIu64 " bytes",
			  STRING_LENGTH_LIMIT);
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
 * Say the function type is reached first through another structure. Its parameter
 * struct a * is finished; then struct b * leads to struct b and back to the
 * function type, whose list begins anew. struct a * is passed over, struct b *
 * is still going on and so is begun again, now with the flag that says first
 * of the list. The result, in all strings: no separator between the two.
 *
 * So the walk visits DIEs in exactly that order and carries two things: the
 * flag, and the new name that a renamed union leaves for the member around it.
 * All its results are `separated` of items, and the text of MEMBER_NAMEs.
 */

enum visit {
	VISIT_NONE,
	VISIT_IN_PROGRESS,
	VISIT_FINISHED,
};

struct walk {
	struct writer *writer;
	uint32_t number; /* of the walk, for struct die.last_walk */
	uint32_t bodies; /* on the stack */
	bool first; /* the next item is the first of its list */
	struct text new_name; /* left by a renamed union; or none */
};

/*
 * Begins the visit of a DIE. Returns false if it isn't to be visited. `closed`:
 * it is reached through a special union that is visited closed; a body there is not
 * opened either.
 */
static bool visit(struct walk *walk, struct die *die, bool closed)
{
	if (is_body(die->tag)) {
		/* Rule 2: only the first time for a symbol. */
		closed = closed || die->last_walk == walk->number;
		if (!closed)
			die->last_walk = walk->number;
		if (closed && (!die->special || die->visited_closed))
			return false;
		if (!closed && die->visit == VISIT_FINISHED)
			return false;
		if (closed)
			die->visited_closed = true;
		else
			die->visit = VISIT_IN_PROGRESS;
		walk->bodies++;
		if (die->special == UNION_RENAMED || die->special == UNION_RESERVED)
			walk->new_name = die->new_name;
	} else {
		closed = false;
		if (die->visit == VISIT_FINISHED)
			return false;
		if (die->visit == VISIT_IN_PROGRESS && die->bodies_at_visit == walk->bodies)
			endless_without_body(die);
		die->visit = VISIT_IN_PROGRESS;
		die->bodies_at_visit = walk->bodies;
	}
	push(walk->writer, die)->closed = closed;
	return true;
}

static void end_visit(struct walk *walk, const struct frame *frame)
{
	if (is_body(frame->die->tag))
		walk->bodies--;
	if (!frame->closed)
		frame->die->visit = VISIT_FINISHED;
}

/*
 * Begins the visit of an item, or passes over it; returns the fragment to go on with.
 * Only parameters can be visited again; all other items are in bodies, at whatever depth.
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
		walk->new_name = (struct text){ 0 };
	return next;
}

/*
 * Ends the visit of a member or formal_parameter. Of several visits the one
 * that began last ends first, and it decides.
 */
static void end_member(const struct walk *walk, struct fragment *name)
{
	struct fragment *member = name - MEMBER_NAME_OFFSET;

	if (!member->finished && walk->new_name.start && !options.canonical) {
		name->text = walk->new_name.start;
		name->length = walk->new_name.length;
	}
	member->finished = true;
}

/*
 * Resumes the visit of the innermost DIE, up to its end or to a DIE in it whose visit
 * begins.
 */
static void resume_visit(struct walk *walk)
{
	struct frame *frame = top(walk->writer);
	struct fragment *at = frame->at, *end = row_end(frame->die);

	while (at < end) {
		struct fragment *fragment = at++;

		switch (fragment->kind) {
		case FRAGMENT_DIE:
			frame->at = at;
			if (visit(walk, fragment->die, frame->closed))
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
	end_visit(walk, frame);
	walk->writer->count--;
}

void die_walk(struct writer *writer, struct die *symbol)
{
	struct walk walk = { .writer = writer, .number = ++writer->walks };

	push(writer, symbol);
	while (writer->count)
		resume_visit(&walk);
}

bool die_is_finished(const struct die *die)
{
	return die->visit == VISIT_FINISHED && !die->special;
}

/*
 * Type strings (FORMAT 5)
 *
 * A string is needed in two ways: its length, to know whether it is the longest
 * for its reference, and written out. Both are most of the work for a large
 * object, so write_string() is compiled twice: with `writing`, and without all
 * that only writes.
 *
 * Of line breaks that stand side by side only one counts, as one blank: dwarf.c
 * notes which fragment it is in front of. A separator belongs to a list: an item
 * that is a DIE's whole row has none.
 */

static unsigned int digits(uint64_t number)
{
	unsigned int count = 1;

	/* One division for four digits: most numbers need none. */
	for (; number >= 10000; number /= 10000)
		count += 4;
	return count + (number >= 10) + (number >= 100) + (number >= 1000);
}

/* What is written in front of the number of an attribute. */
static const struct {
	char text[24];
	unsigned int length;
} attribute_starts[] = {
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
_Static_assert(sizeof(attribute_starts) / sizeof(*attribute_starts) == ATTRIBUTES,
	       "the last attribute has a word");

enum length_state {
	LENGTH_UNKNOWN,
	LENGTH_IN_PROGRESS, /* the string is being gone through: it must not contain itself */
	LENGTH_KNOWN,
};

/*
 * Each of these appends to a text of `at` bytes, or only says how long it is
 * then. There has to be room for TEXT_SIZE bytes.
 */
static inline uint64_t __attribute__((always_inline))
put(char *text, uint64_t at, const char *from, size_t length, bool writing)
{
	if (writing)
		memcpy(text + at, from, length);
	return at + length;
}

static inline uint64_t __attribute__((always_inline))
put_number(char *text, uint64_t at, uint64_t number, bool writing)
{
	unsigned int length = digits(number);

	for (unsigned int i = length; writing && i--; number /= 10)
		text[at + i] = '0' + number % 10;
	return at + length;
}

#define PUT(string) put(text, at, string, strlen(string), writing)

/* A fragment that is no DIE, without line breaks. */
static inline uint64_t __attribute__((always_inline))
put_fragment(char *text, uint64_t at, const struct fragment *fragment, bool writing)
{
	switch (fragment->kind) {
	case FRAGMENT_NAME:
	case FRAGMENT_MEMBER_NAME:
		if (!fragment->text)
			return at;
		at = PUT(" ");
		break;
	case FRAGMENT_NUMBER:
		/* All of the array, as that has a constant size. */
		put(text, at, attribute_starts[fragment->attribute].text,
		    sizeof(attribute_starts[0].text), writing);
		at += attribute_starts[fragment->attribute].length;
		at = put_number(text, at, fragment->number, writing);
		return PUT(")");
	case FRAGMENT_VALUE:
		at = PUT(" = ");
		return put_number(text, at, fragment->number, writing);
	case FRAGMENT_DIMENSION:
		at = PUT("[");
		at = put_number(text, at, fragment->number, writing);
		return PUT("]");
	case FRAGMENT_IGNORED:
	case FRAGMENT_END_LIST:
		return at;
	}
	return put(text, at, fragment->text, fragment->length, writing);
}

/* The most that is written for a fragment: its text, a word and a number. */
#define TEXT_SIZE(length) ((size_t)(length) + 64)

/* Makes room for so many bytes more of a text, at the end of an arena. */
static inline char *make_room(struct arena *arena, size_t used, size_t size)
{
	return arena_reserve(arena, used, used + size);
}

/* Begins with a DIE whose string goes in place. */
static void begin_string(struct writer *writer, struct die *die, uint64_t start)
{
	struct frame *frame;

	if (die->length_state == LENGTH_IN_PROGRESS)
		die_error(die->ref,
			  "an endless type: it contains itself without a named type between");
	frame = push(writer, die);
	frame->known = die->length_state == LENGTH_KNOWN;
	frame->start = start;
	die->length_state = LENGTH_IN_PROGRESS;
}

/*
 * Writes the string of a DIE at the end of an arena, with its references, of
 * which there are `*references` then; or finds its length, and that of all DIEs
 * that are in it. Returns the length.
 */
static inline uint64_t __attribute__((always_inline))
write_string(struct writer *writer, struct die *die, bool writing, struct arena *arena,
	     size_t *references)
{
	char *text = NULL;
	uint64_t at = 0;

	begin_string(writer, die, 0);
	while (writer->count) {
		struct frame *frame = top(writer);
		const struct fragment *first = frame->die->fragments;
		const struct fragment *end = row_end(frame->die);
		const struct fragment *fragment = frame->at;
		struct die *inner = NULL;

		for (; fragment < end && !inner; fragment++) {
			struct die *next;

			if (writing)
				text = make_room(arena, at, TEXT_SIZE(fragment->length));
			if (fragment->broken)
				at = PUT(" ");
			if (fragment->kind != FRAGMENT_DIE) {
				if (fragment->separated && fragment > first)
					at = PUT(" , ");
				at = put_fragment(text, at, fragment, writing);
				continue;
			}
			next = fragment->die;
			if (next->type) {
				struct text key = next->type->key->text;

				if (writing) {
					check_length(frame->die, at - frame->start);
					*APPEND(writer->references, *references,
						writer->references_capacity) =
						(struct type_reference){
							.key = next->type->key,
							.start = at,
						};
					text = make_room(arena, at, key.length);
				}
				at = put(text, at, key.start, key.length, writing);
			} else if (!writing && next->length_state == LENGTH_KNOWN) {
				at += next->length;
			} else {
				inner = next;
			}
		}
		check_length(frame->die, at - frame->start);
		frame->at = (struct fragment *)fragment;
		if (inner) {
			begin_string(writer, inner, at);
			continue;
		}
		frame->die->length = at - frame->start;
		frame->die->length_state = !writing || frame->known ? LENGTH_KNOWN : LENGTH_UNKNOWN;
		writer->count--;
	}
	return at;
}

uint64_t die_string_length(struct writer *writer, struct die *die)
{
	struct arena nowhere = { 0 };

	return die->length_state == LENGTH_KNOWN ? die->length
						 : write_string(writer, die, false, &nowhere, NULL);
}

struct type_string *die_string(struct writer *writer, struct die *die, struct arena *arena)
{
	struct type_string *string;
	struct text text;
	size_t count = 0;

	text.length = write_string(writer, die, true, arena, &count);
	text.start = arena_keep(arena, text.length);
	statistics.written += text.length;
	string = arena_zalloc(arena, sizeof(*string));
	string->text = text;
	string->reference_count = count;
	string->references =
		arena_copy(arena, writer->references, count * sizeof(*string->references));
	return string;
}

void die_flatten(struct die *die, struct arena *arena)
{
	struct fragment flat = { .kind = FRAGMENT_TEXT };
	uint64_t length = 0;

	for (const struct fragment *fragment = die->fragments; fragment < row_end(die); fragment++)
		length = put_fragment(make_room(arena, length, TEXT_SIZE(fragment->length)), length,
				      fragment, true);
	check_length(die, length);
	flat.text = arena_keep(arena, length);
	flat.length = length;
	die->fragments[0] = flat;
	die->fragment_count = 1;
}

/* --dump-dies (FORMAT 9) */

/*
 * Types without names are written wherever they stand, so that a few
 * function types in a row can have an endless dump. One of more DIEs or bytes than this
 * is an error. (In a kernel some ten thousand DIEs are many.)
 */
#define DUMP_DIES_LIMIT ((uint64_t)1 << 20)
#define DUMP_SIZE_LIMIT ((uint64_t)256 << 20)

/* Levels from here on are not indented any deeper. */
#define DUMP_LEVELS_LIMIT 1000

struct dump {
	struct writer *writer;
	FILE *file;
	uint32_t number; /* of the dump, for struct die.last_dump */
	uint32_t bodies; /* being written */
	uint64_t dies; /* written so far */
	uint64_t size; /* bytes of names and the like, so far */
	int level;
	bool newline; /* wanted before the next text */
};

static void begin_text(struct dump *dump)
{
	int level = dump->level < DUMP_LEVELS_LIMIT ? dump->level : DUMP_LEVELS_LIMIT;

	if (!dump->newline)
		return;
	fprintf(dump->file, "\n%*s", 2 * level, "");
	dump->newline = false;
}

static void dump_text(struct dump *dump, const struct fragment *fragment)
{
	char *text = make_room(&dump->writer->text, 0, TEXT_SIZE(fragment->length));
	uint64_t length;

	switch (fragment->kind) {
	case FRAGMENT_IGNORED:
	case FRAGMENT_END_LIST:
		return;
	case FRAGMENT_NAME:
	case FRAGMENT_MEMBER_NAME:
		if (!fragment->text)
			return;
	}
	begin_text(dump);
	length = put_fragment(text, 0, fragment, true);
	fwrite(text, 1, length, dump->file);
	dump->size += length;
}

/*
 * Begins to write a DIE. A body is written in full only once (`closed` is set
 * otherwise), so an endless type has to be one without a body.
 */
static void dump_die(struct dump *dump, struct die *die)
{
	struct frame *frame = push(dump->writer, die);

	if (++dump->dies > DUMP_DIES_LIMIT || dump->size > DUMP_SIZE_LIMIT) {
		putc('\n', dump->file);
		die_error(die->ref, "a dump of more than %" PRIu64 " DIEs, or %" PRIu64 " bytes",
			  DUMP_DIES_LIMIT, DUMP_SIZE_LIMIT);
	}
	if (is_body(die->tag) && !die->special) {
		frame->closed = die->last_dump == dump->number;
		die->last_dump = dump->number;
		dump->bodies++;
		return;
	}
	if (die->bodies_at_dump == dump->bodies + 1) {
		putc('\n', dump->file);
		endless_without_body(die);
	}
	frame->bodies_at_dump = die->bodies_at_dump;
	die->bodies_at_dump = dump->bodies + 1;
}

static void end_dump_die(struct dump *dump, const struct frame *frame)
{
	if (is_body(frame->die->tag) && !frame->die->special)
		dump->bodies--;
	else
		frame->die->bodies_at_dump = frame->bodies_at_dump;
}

static void dump_fragment(struct dump *dump, struct frame *frame)
{
	const struct fragment *fragment = frame->at++;

	dump->newline |= fragment->broken;
	switch (fragment->kind) {
	case FRAGMENT_DIE:
		dump_die(dump, fragment->die);
		return;
	case FRAGMENT_CLOSE:
	case FRAGMENT_CLOSE_LIST:
		dump->level--;
	}
	if (fragment->separated && fragment > frame->die->fragments) {
		begin_text(dump);
		fputs(" ,", dump->file);
		dump->newline = true;
	}
	dump_text(dump, fragment);
	if (fragment->kind == FRAGMENT_OPEN || fragment->kind == FRAGMENT_OPEN_LIST)
		dump->level++;
}

/* Passes over what is left out of a body: its list, and all that follows. */
static void leave_out(struct frame *frame)
{
	const struct fragment *last = frame->at - 1;

	if (last->kind == FRAGMENT_OPEN_LIST)
		while (frame->at->kind != FRAGMENT_CLOSE_LIST)
			frame->at++;
	else if (last->kind == FRAGMENT_CLOSE_LIST)
		frame->at = row_end(frame->die);
}

void die_dump(struct writer *writer, struct die *symbol, FILE *file)
{
	struct dump dump = { .writer = writer, .file = file, .number = ++writer->dumps };

	dump_die(&dump, symbol);
	while (writer->count) {
		struct frame *frame = top(writer);

		if (frame->closed && frame->at > frame->die->fragments)
			leave_out(frame);
		if (frame->at < row_end(frame->die)) {
			dump_fragment(&dump, frame);
			continue;
		}
		end_dump_die(&dump, frame);
		writer->count--;
	}
	putc('\n', file);
}

void writer_free(struct writer *writer)
{
	free(writer->frames);
	arena_free(&writer->text);
	free(writer->references);
	free(writer);
}
