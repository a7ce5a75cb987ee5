// SPDX-License-Identifier: GPL-2.0-only
/*
 * What changed from one type string to another, in words.
 *
 * The strings are laid out as lines of C, an item a line, and items are paired: those of
 * one name first. What is left is paired if it has the same type where it is expected:
 * as far from where it was as the item before it, or else the one after it. Here c was
 * renamed, and moved by 8 bytes:
 *
 *	int a; / * 0 * /		int a;  / * 0 * /
 *				long b; / * 8 * /
 *	int c; / * 4 * /		int d;  / * 16 * /
 *	int e; / * 8 * /		int e;  / * 20 * /
 *
 * Then each pair is compared; and what has no partner was added or removed.
 */
#define PART "words"
#include "render.h"
#include <inttypes.h>
#include <stdarg.h>

const struct change_type change_types[] = {
	{ "size", false },
	{ "alignment", false },
	{ "member-added", false },
	{ "member-added-at-end", false },
	{ "member-added-in-padding", false },
	{ "member-wrapped", false },
	{ "union-member-added", false },
	{ "reserved-used", false },
	{ "member-removed", false },
	{ "member-renamed", false },
	{ "member-retyped", false },
	{ "member-moved", false },
	{ "enumerator-added", false },
	{ "enumerator-added-at-end", false },
	{ "enumerator-removed", false },
	{ "enumerator-renamed", false },
	{ "enumerator-value", false },
	{ "parameter-added", false },
	{ "parameter-added-at-end", false },
	{ "parameter-removed", false },
	{ "parameter-renamed", false },
	{ "parameter-retyped", false },
	{ "parameter-moved", false },
	{ "variant-added", false },
	{ "variant-removed", false },
	{ "variant-renamed", false },
	{ "variant-retyped", false },
	{ "variant-value", false },
	{ "result", false },
	{ "variadic", false },
	{ "variable-retyped", false },
	{ "typedef-retargeted", false },
	{ "qualifier", false },
	{ "defined", false },
	{ "declared", false },
	{ "symbol-added", false },
	{ "symbol-removed", false },
	{ "export-gpl-only", false },
	{ "export-namespace", false },
	{ "export-module", false },
	{ "export-removed", false },
	{ "export-for-all", true },
	{ "export-no-namespace", true },
	{ "other", false },
	{ NULL, false },
};

/* What kinds of items are called. */
static const char *const nouns[] = {
	[NODE_PARAMETER] = "parameter",
	[NODE_VALUE] = "enumerator",
	[NODE_MEMBER] = "member",
	[NODE_VARIANT] = "variant",
};

struct words {
	struct findings *findings;
	struct arena *arena; /* until all has been said */
	struct text_lines old;
	struct text_lines new;
};

/* Puts a text together, in the arena. */
static const char *join_arguments(struct arena *arena, const char *format, va_list arguments)
{
	struct text joined;
	char *text;

	if (vasprintf(&text, format, arguments) < 0)
		error("out of memory");
	joined = arena_text(arena, make_text(text));
	free(text);
	return joined.start;
}

static const char *join(struct words *words, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static const char *join(struct words *words, const char *format, ...)
{
	va_list arguments;
	const char *text;

	va_start(arguments, format);
	text = join_arguments(words->arena, format, arguments);
	va_end(arguments);
	return text;
}

/* Adds a finding of the kind of that name. */
#define add(words, ...) findings_add((words)->findings, __VA_ARGS__)

/* Items */

static bool same_attribute(const struct node *a, const struct node *b, enum attribute attribute)
{
	return same_text(a->attributes[attribute], b->attributes[attribute]);
}

/*
 * Whether what is around the lists of two items, whose own items are compared one by one, is the
 * same: pointers, arrays, and structures or unions both.
 */
static bool same_wrapping(const struct text_line *old, const struct text_line *new)
{
	const struct node *from = old->type, *to = new->type;

	while (from && to && from != old->body && to != new->body) {
		if (from->kind != to->kind || !same_text(from->name, to->name) ||
		    !same_text(from->bounds, to->bounds) || !same_attribute(from, to, BYTE_SIZE) ||
		    !same_attribute(from, to, ALIGNMENT) ||
		    (is_function(from) && !same_text(from->text, to->text)))
			return false;
		from = from->type;
		to = to->type;
	}
	return same_text(old->body->name, new->body->name) && old->body->kind == new->body->kind &&
	       (from == old->body) == (to == new->body);
}

static bool same_type(const struct text_line *a, const struct text_line *b)
{
	const struct node *from = a->type, *to = b->type;

	if (!same_attribute(a->item, b->item, BIT_SIZE))
		return false;
	if (a->body && b->body)
		return same_wrapping(a, b);
	return from == to || (from && to && same_text(from->text, to->text));
}

/* What an item is called in a sentence. */
static const char *name_of(struct words *words, const struct text_line *line)
{
	const char *name = join(words, "'%.*s'", SHOW(line->name));

	switch (line->item->kind) {
	case NODE_PARAMETER:
		return join(words, "parameter %" PRIu64, line->place);
	case NODE_SUBPROGRAM:
		return "the result";
	case NODE_VARIANT:
		return join(words, "variant %s", name);
	case NODE_MEMBER:
		if (line->is_discriminant)
			return "the discriminant";
		if (!line->has_name && line->place == UNPLACED)
			return "a nameless member";
		if (!line->has_name)
			return join(words, "the nameless member at byte %" PRIu64, line->place / 8);
		return name;
	default:
		return line->name.length ? name : "it";
	}
}

/* Its C, without what is at the end; of a list in braces no items. */
static const char *show(struct words *words, const struct text_line *line)
{
	const struct text_line *start = line; /* that the braces are opened in */
	struct text text = line->text;

	if (line->item->kind == NODE_VALUE && *line->format == ' ')
		return join(words, "%.*s = %" PRId64, SHOW(line->item->name), (int64_t)line->place);
	text.length -= text.length && strchr(",;", text.start[text.length - 1]);
	if (!text.length || *text.start != '}')
		return join(words, "%.*s", SHOW(text));
	do
		start--;
	while (start->level > line->level);
	return join(words, "%.*s ... %.*s", SHOW(start->text), SHOW(text));
}

/* Pairs */

typedef bool match(const struct text_line *old, const struct text_line *new, uint64_t shift);

static bool match_name(const struct text_line *old, const struct text_line *new, uint64_t shift)
{
	(void)shift;
	return same_text(old->name, new->name) && old->has_name && new->has_name;
}

static bool match_place(const struct text_line *old, const struct text_line *new, uint64_t shift)
{
	return old->place + shift == new->place && old->has_name == new->has_name &&
	       old->pointers == new->pointers && !(new->body && old->has_name) &&
	       same_type(old, new);
}

/* Of a member that is in another structure now, the own name is as before. */
static bool match_own_name(const struct text_line *old, const struct text_line *new, uint64_t shift)
{
	return same_text(old->item->name, new->item->name) && match_place(old, new, shift);
}

/* Parameters by number; members without names by place, or with lists as they stand. */
static bool match_rest(const struct text_line *old, const struct text_line *new, uint64_t shift)
{
	const struct node *from = old->body, *to = new->body;

	(void)shift;
	if (old->item->kind == NODE_PARAMETER)
		return old->place == new->place;
	if (old->has_name || new->has_name || old->pointers != new->pointers)
		return false;
	return from && to ? from->kind == to->kind : old->place == new->place;
}

static void link_lines(struct text_line *old, struct text_line *new)
{
	old->twin = new;
	new->twin = old;
}

/* Pairs what matches. Where it is looked for first is after the pair before. */
static void pair(struct words *words, match *match, bool backwards)
{
	struct text_lines *old = &words->old, *new = &words->new;
	size_t next = 0;
	uint64_t shift = 0;

	for (size_t i = 0; i < old->count; i++) {
		struct text_line *line = &old->lines[backwards ? old->count - 1 - i : i];

		for (size_t j = 0; line->item && !line->twin && j < new->count; j++) {
			size_t at = (next + j) % new->count;
			struct text_line *twin = new->lines + at;

			if (!twin->item || twin->twin || twin->item->kind != line->item->kind ||
			    !match(line, twin, shift))
				continue;
			link_lines(line, twin);
			next = at + 1;
		}
		if (line->twin)
			shift = line->twin->place - line->place;
	}
}

/* The line that ends the list that a line is in. */
static struct text_line *find_end(struct text_line *line)
{
	struct text_line *end = line + 1;

	while (end->level >= line->level)
		end++;
	return end;
}

/* The first member in a structure or the like that the other lines have too; NULL: none is. */
static struct text_line *find_wrapped(const struct text_lines *lines, struct text_line *line)
{
	struct text_line *first = NULL;

	for (struct text_line *at = line; at > lines->lines && at[-1].level > line->level;)
		if ((--at)->twin && at->item->kind == NODE_MEMBER)
			first = at;
	return first;
}

/* Pairs structures and the like that have partners inside: with other names, or both without. */
static void pair_outer(struct words *words)
{
	for (size_t i = 0; i < words->old.count; i++) {
		struct text_line *line = &words->old.lines[i], *inner = line;

		if (!line->item || line->twin || !line->body)
			continue;
		while (inner > words->old.lines && (--inner)->level > line->level && !line->twin) {
			struct text_line *twin = inner->twin && inner->level == line->level + 1
							 ? find_end(inner->twin)
							 : NULL;

			if (twin && !twin->twin && twin->has_name == line->has_name &&
			    twin->body->kind == line->body->kind)
				link_lines(line, twin);
		}
	}
}

/* Whether it is known where a member begins: of a bit-field not if only its word is (DWARF 4). */
static bool is_placed(const struct text_line *line)
{
	const struct text *attributes = line->item->attributes;

	return line->place != UNPLACED &&
	       !attributes[BIT_SIZE].start == !attributes[DATA_BIT_OFFSET].start;
}

/* How many bits a member takes. Returns false if its string alone doesn't say. */
static bool width_of(const struct node *member, uint64_t *bits)
{
	if (member->attributes[BIT_SIZE].start) {
		*bits = number_of(member->attributes[BIT_SIZE]);
		return true;
	}
	return size_of(member->type, bits) && !__builtin_mul_overflow(*bits, 8, bits);
}

/*
 * Whether a member is room that was reserved, of so many bits. --stable shows it without a name,
 * which otherwise only structures and unions may lack (FORMAT 8), or typedefs of them.
 */
static bool is_reserved(const struct text_line *line, uint64_t *bits)
{
	/* What names have in them: the kernel's tool's and Android's, Red Hat's, SUSE's. */
	static const char *const names[] = { "kabi_reserved", "rh_reserved", "suse_kabi_padding" };
	struct text name = line->item->name;

	if (line->item->kind != NODE_MEMBER || line->in_union || !is_placed(line) ||
	    !width_of(line->item, bits))
		return false;
	for (size_t i = 0; name.length && i < sizeof(names) / sizeof(*names); i++)
		if (memmem(name.start, name.length, names[i], strlen(names[i])))
			return true;
	return !name.length && !line->body;
}

/* Marks members that came where room was reserved, and the room. */
static void find_reserved(struct words *words)
{
	struct text_lines *old = &words->old, *new = &words->new;

	for (size_t i = 0; i < old->count; i++) {
		struct text_line *room = &old->lines[i];
		/* It stays, and what uses it is in a new union with it. */
		bool wrapped = room->twin && room->twin->level > room->level;
		uint64_t room_size, size;

		if (!room->item || (room->twin && !wrapped) || !is_reserved(room, &room_size))
			continue;
		for (size_t j = 0; j < new->count; j++) {
			struct text_line *line = &new->lines[j];
			uint64_t at = line->place - room->place;

			if (!line->item || line->twin || (line->level != room->level && !wrapped) ||
			    line->pointers != room->pointers || line->item->kind != NODE_MEMBER ||
			    !is_placed(line) || at >= room_size ||
			    (width_of(line->item, &size) && size > room_size - at))
				continue;
			line->is_taken = room->is_taken = true;
		}
	}
}

/* Comparing */

/* Whether it may come or go without another layout or access: const, restrict, volatile. */
static bool is_mere_qualifier(const struct node *type)
{
	return is_qualifier(type) && type->kind != NODE_ATOMIC &&
	       !type->attributes[ALIGNMENT].start;
}

/* Whether two types are the same but for such qualifiers, wherever these are. */
static bool same_unqualified(const struct node *old, const struct node *new)
{
	while (!same_text(old->text, new->text)) {
		if (is_mere_qualifier(old)) {
			old = old->type;
			continue;
		}
		if (is_mere_qualifier(new)) {
			new = new->type;
			continue;
		}
		if (old->kind != new->kind || !old->type || is_function(old) ||
		    !same_text(old->name, new->name) || !same_text(old->bounds, new->bounds) ||
		    !same_attribute(old, new, BYTE_SIZE) || !same_attribute(old, new, ALIGNMENT))
			return false;
		old = old->type;
		new = new->type;
	}
	return true;
}

static void compare_size(struct words *words, const char *name, const char *of, struct text old,
			 struct text new)
{
	if (same_text(old, new))
		return;
	old = old.start ? old : make_text("none");
	new = new.start ? new : make_text("none");
	of = !*of		 ? join(words, "the %s", name)
	     : !strcmp(of, "it") ? join(words, "its %s", name)
				 : join(words, "the %s of %s", name, of);
	add(words, name, "%s changed from %.*s to %.*s", of, SHOW(old), SHOW(new));
}

static void compare_sizes(struct words *words, const char *of, const struct node *old,
			  const struct node *new)
{
	compare_size(words, "size", of, old->attributes[BYTE_SIZE], new->attributes[BYTE_SIZE]);
	compare_size(words, "alignment", of, old->attributes[ALIGNMENT],
		     new->attributes[ALIGNMENT]);
}

/* What a list in braces is for the item whose type has it. */
static const char *name_body(struct words *words, const struct text_line *line, const char *what)
{
	const char *name = what;

	for (const struct node *type = line->type; type && type != line->body; type = type->type) {
		if (is_pointer(type))
			return join(words, "what %s points to", what);
		if (type->kind == NODE_ARRAY)
			name = join(words, "an element of %s", what);
	}
	return name;
}

/* Compares the types of partners; `kind` is that of the change if there is one. */
static void compare_types(struct words *words, const char *kind, const char *what,
			  struct text_line *old, struct text_line *new)
{
	const struct node *from = old->type, *to = new->type;
	const char *was = show(words, old), *is = show(words, new);

	if (old->body && new->body) {
		compare_sizes(words, to ? name_body(words, new, what) : "", old->body, new->body);
		if (same_attribute(old->item, new->item, BIT_SIZE) && same_wrapping(old, new))
			return;
	} else if (same_type(old, new)) {
		return;
	}
	if (from && to && same_attribute(old->item, new->item, BIT_SIZE) &&
	    same_unqualified(from, to))
		kind = "qualifier";
	if (strcmp(was, is) || !from || !to)
		add(words, kind, "%s was '%s', is '%s'", what, was, is);
	else
		add(words, kind, "%s is '%s' as before, but was '%.*s', is '%.*s'", what, is,
		    SHOW(from->text), SHOW(to->text));
}

/* By how much an item moved, in bits, or its value changed. */
static int64_t shift_of(const struct text_line *line)
{
	const struct text_line *twin = line->twin;

	if (!line->item || !twin ||
	    (line->item->kind == NODE_MEMBER &&
	     (line->place == UNPLACED || twin->place == UNPLACED)))
		return 0;
	return line->place - twin->place;
}

/*
 * Whether two items are the same but for what else is said of them: names, types, widths, places
 * and values. What is left is "other", so that no rule for those lets it pass. With
 * `same_numbers`, both have a place and a value, or neither has.
 */
static bool same_rest(const struct node *old, const struct node *new, bool same_numbers)
{
	/* Of these the numbers are compared as places and values. */
	static const enum attribute numbers[] = { DATA_BIT_OFFSET, DATA_MEMBER_LOCATION, VALUE };
	const struct node *from = old->items, *to = new->items;

	for (int i = 0; same_numbers && i < 3; i++)
		if (!old->attributes[numbers[i]].start != !new->attributes[numbers[i]].start)
			return false;
	if (old->kind == NODE_VARIANT && from && to) {
		if (!same_attribute(from, to, DATA_MEMBER_LOCATION) || !same_rest(from, to, true))
			return false;
		for (from = from->next, to = to->next; from && to; from = from->next, to = to->next)
			if (!same_text(from->text, to->text))
				return false;
		if (from || to)
			return false;
	}
	return same_attribute(old, new, ACCESSIBILITY);
}

/* Whether items that neither moved nor have other values stand in the same order. */
static bool same_order(const struct words *words)
{
	const struct text_line *last = NULL;

	for (size_t i = 0; i < words->new.count; i++) {
		const struct text_line *line = &words->new.lines[i];

		/* A nameless list is where what is in it is. */
		if (!line->item || !line->twin || shift_of(line) || (line->body && !line->has_name))
			continue;
		if (last && line->twin < last)
			return false;
		last = line->twin;
	}
	return true;
}

static void compare_items(struct words *words, struct text_line *old, struct text_line *new)
{
	const char *what = name_of(words, new), *noun = nouns[new->item->kind];
	bool is_variant = new->item->kind == NODE_VARIANT;
	struct text from = is_variant ? old->name : old->item->name;
	struct text to = is_variant ? new->name : new->item->name;
	struct text_line *old_end = find_end(old), *new_end = find_end(new);
	size_t count = words->findings->count;
	bool stays = old_end->twin == new_end && old->in_union == new->in_union;
	uint64_t size;

	if (!same_text(from, to) && is_reserved(old, &size))
		add(words, "reserved-used", "%s takes the room of '%.*s'", what, SHOW(from));
	else if (!same_text(from, to) && is_reserved(new, &size))
		add(words, "member-removed", "%s was removed, its room is reserved as '%.*s'",
		    name_of(words, old), SHOW(to));
	else if (!same_text(from, to))
		add(words, join(words, "%s-renamed", noun), "%s is called '%.*s' now",
		    name_of(words, old), SHOW(to));
	compare_types(words, join(words, "%s-retyped", noun), what, old, new);
	if (old_end->twin != new_end && old_end->twin && new_end->twin)
		add(words, "other", "%s is part of another type now", what);
	if (!same_rest(old->item, new->item,
		       stays && !old->item->attributes[BIT_SIZE].start ==
					!new->item->attributes[BIT_SIZE].start) ||
	    (stays && words->findings->count == count && !new->body && old->place == new->place &&
	     !same_text(old->item->text, new->item->text)))
		add(words, "other", "%s was '%.*s', is '%.*s'", what, SHOW(old->item->text),
		    SHOW(new->item->text));
}

/*
 * Says that members are in a new structure or union, or in an old one no longer, if that is itself
 * in none that came or went. Returns false if none are.
 */
static bool add_wrapper(struct words *words, struct text_line *line, const struct text_line *end,
			bool is_new)
{
	struct text_line *first = find_wrapped(is_new ? &words->new : &words->old, line);
	struct text_line *last = first;
	size_t count = 0;
	const char *what, *where;

	if (!first || !end->twin)
		return first;
	for (struct text_line *at = first; at < line; at++)
		/* What is in one that has a partner goes with it. */
		if (at->twin && at->item->kind == NODE_MEMBER && !find_end(at)->twin) {
			first = count++ ? first : at;
			last = at;
		}
	what = name_of(words, is_new ? first->twin : first);
	if (count > 1)
		what = join(words, "%zu members, %s to %s, are", count, what,
			    name_of(words, is_new ? last->twin : last));
	else
		what = join(words, "%s is", what);
	where = line->has_name ? join(words, " %s", name_of(words, line)) : "";
	add(words, line->is_taken ? "reserved-used" : "member-wrapped",
	    is_new ? "%s in a new %s%s now" : "%s no longer in a %s%s", what, body_word(line->body),
	    where);
	return true;
}

static bool is_open_array(const struct node *type)
{
	while (is_qualifier(type))
		type = type->type;
	return type->kind == NODE_ARRAY && !type->elements;
}

/*
 * The array without bounds at the end of the old structure whose elements are where a member
 * is now; or NULL. Here it is d, for x, which takes 4 bytes that were padding in sizeof:
 *
 *	struct { long l; int n; char d[0]; };	struct { long l; int n; char d[0]; int x; };
 */
static const struct text_line *find_open_array(const struct words *words,
					       const struct text_line *line)
{
	const struct text_line *array = NULL;

	for (size_t i = 0; i < words->old.count; i++) {
		const struct text_line *at = &words->old.lines[i];

		if (!at->item || at->item->kind != NODE_MEMBER || at->pointers != line->pointers)
			continue;
		if (is_open_array(at->type))
			array = at;
		else if (array && !at->body && (!at->in_union || at->place > array->place))
			array = NULL; /* it isn't at the end */
	}
	return array && array->place <= line->place ? array : NULL;
}

/*
 * Whether nothing is said of an item without a partner, as its list has none either and that is
 * said: x and y came with b. But if others of the new list were elsewhere before, as a was, what
 * came beside them is said.
 *
 *	struct { int a; };		struct { int a; struct { int x; int y; } b; };
 *	struct { int a; };		struct { struct { int a; int x; } b; };
 */
static bool is_in_other(const struct text_lines *lines, const struct text_line *line,
			struct text_line *end)
{
	if (end->twin)
		return line->item->kind == NODE_MEMBER && !end->twin->body;
	return !find_wrapped(lines, end);
}

/*
 * Whether a member begins after the end of what its list was, or the innermost one around it that
 * was there before.
 */
static bool is_after_old(const struct text_line *line, struct text_line *end)
{
	uint64_t start;

	while (end->level && !(end->twin && end->twin->body))
		end = find_end(end);
	if (!end->twin || !end->twin->body)
		return false;
	start = line->pointers == end->pointers ? end->place : 0;
	return line->place >= start + 8 * number_of(end->twin->body->attributes[BYTE_SIZE]);
}

/* Says that an item came; `quiet` if nothing of the old ones changed. */
static void add_item(struct words *words, struct text_line *line, bool quiet)
{
	enum node_kind kind = line->item->kind;
	struct text_line *end = find_end(line);
	const struct text_line *array;
	bool is_last = true;
	const char *change = join(words, "%s-added", nouns[kind]), *where = "";
	uint64_t size, old_size;

	if (is_in_other(&words->new, line, end) || add_wrapper(words, line, end, true))
		return;
	for (const struct text_line *at = line; at < end; at++)
		is_last &= at->level != line->level || !at->twin;
	if (!end->twin) {
		is_last = false;
	} else if (kind == NODE_MEMBER) {
		size = number_of(end->body->attributes[BYTE_SIZE]);
		old_size = number_of(end->twin->body->attributes[BYTE_SIZE]);
		/* Unless something else went, it may begin in what was padding. */
		is_last &= is_open_array(line->type) ||
			   (size > old_size && (quiet || is_after_old(line, end)));
	}
	if (line->is_taken) {
		change = "reserved-used";
		where = " where room was reserved";
	} else if (line->in_union) {
		change = "union-member-added";
		where = " to a union";
	} else if (kind == NODE_MEMBER && (array = find_open_array(words, line))) {
		where = join(words, " where elements of %s were", name_of(words, array));
	} else if (is_last && kind != NODE_VARIANT) {
		change = join(words, "%s-added-at-end", nouns[kind]);
		where = end->level ? join(words, " at the end of %s", name_of(words, end))
				   : " at the end";
	} else if (kind == NODE_MEMBER && quiet && !is_after_old(line, end)) {
		change = "member-added-in-padding";
		where = " where nothing was";
	}
	add(words, change, "%s (%s) was added%s", name_of(words, line), show(words, line), where);
}

static void remove_item(struct words *words, struct text_line *line)
{
	struct text_line *end = find_end(line);

	if (line->is_taken || is_in_other(&words->old, line, end) ||
	    (line->item->type == line->body && add_wrapper(words, line, end, false)))
		return;
	add(words, join(words, "%s-removed", nouns[line->item->kind]), "%s (%s) was removed",
	    name_of(words, line), show(words, line));
}

/*
 * By how much an item moved, if that is to be said: of structures in place with names and what is
 * in them the first, of those without the second.
 */
static int64_t own_shift(struct text_line *line)
{
	int64_t shift = shift_of(line);

	if (!shift || line->item->kind != NODE_MEMBER)
		return shift;
	if (line->body && !line->has_name)
		return 0;
	for (struct text_line *end = find_end(line); end->level; end = find_end(end))
		if (end->has_name && end->pointers == line->pointers && shift_of(end) == shift)
			return 0;
	return shift;
}

/* What is said of parameters in a row that have other numbers. */
static const char *moved_parameters(struct words *words, const struct text_line *first,
				    const struct text_line *last, size_t count)
{
	const char *names[2];

	for (int i = 0; i < 2; i++) {
		const struct text_line *line = i ? last : first;

		names[i] = line->has_name ? join(words, "%.*s", SHOW(line->name))
					  : show(words, line);
	}
	if (count == 1)
		return join(words, "'%s' was parameter %" PRIu64 ", is %" PRIu64, names[0],
			    first->twin->place, first->place);
	return join(words,
		    "%zu parameters, '%s' to '%s', were %" PRIu64 " to %" PRIu64 ", are %" PRIu64
		    " to %" PRIu64,
		    count, names[0], names[1], first->twin->place, last->twin->place, first->place,
		    last->place);
}

/* Says which items moved; those in a row that moved by the same together. */
static void compare_places(struct words *words)
{
	struct text_line *line = words->new.lines;
	struct text_line *end = line + words->new.count, *first, *last;

	while (line < end) {
		int64_t shift = own_shift(first = last = line++);
		enum node_kind kind = shift ? first->item->kind : NODE_NAMED;
		bool is_value = kind == NODE_VALUE || kind == NODE_VARIANT;
		const char *what, *unit = "";
		size_t count = 1;

		if (!shift || !nouns[kind])
			continue;
		/* What a pointer leads to doesn't move with it. */
		for (; line < end &&
		       (!line->item || (line->item->kind == kind && shift_of(line) == shift) ||
			(line->pointers > first->pointers && !shift_of(line)));
		     line++)
			if (own_shift(line)) {
				last = line;
				count++;
			}
		if (kind == NODE_PARAMETER) {
			add(words, "parameter-moved", "%s",
			    moved_parameters(words, first, last, count));
			continue;
		}
		what = name_of(words, first);
		if (count > 1)
			what = join(words, "%zu %ss, %s to %s,", count, nouns[kind], what,
				    name_of(words, last));
		if (kind == NODE_MEMBER) {
			unit = shift % 8 ? " bit" : " byte";
			shift /= shift % 8 ? 1 : 8;
		}
		add(words, join(words, "%s-%s", nouns[kind], is_value ? "value" : "moved"),
		    "%s %s by %" PRId64 "%s%s", what, is_value ? "changed" : "moved", shift, unit,
		    *unit && llabs(shift) != 1 ? "s" : "");
	}
}

/* Compares two trees of a kind: the whole, which is the last line of each, and items. */
static void compare_trees(struct words *words, struct text_line *old, struct text_line *new)
{
	enum node_kind kind = new->item->kind;
	bool quiet = true;

	link_lines(old, new);
	if (kind == NODE_TYPEDEF)
		compare_sizes(words, "", old->item, new->item);
	compare_types(words,
		      kind == NODE_TYPEDEF	? "typedef-retargeted"
		      : kind == NODE_VARIABLE	? "variable-retyped"
		      : kind == NODE_SUBPROGRAM ? "result"
						: "other",
		      name_of(words, new), old, new);
	pair(words, match_name, false);
	pair(words, match_own_name, false);
	pair_outer(words);
	pair(words, match_place, false);
	pair(words, match_place, true);
	pair(words, match_rest, false);
	pair(words, match_place, true);
	find_reserved(words);
	for (struct text_line *line = words->old.lines; line < old; line++) {
		if (!line->item)
			continue;
		quiet &= line->twin ? is_placed(line) && line->place == line->twin->place &&
					      same_type(line, line->twin)
				    : line->is_taken;
		if (!line->twin)
			remove_item(words, line);
	}
	for (struct text_line *line = words->new.lines; line < new; line++) {
		if (line->item && line->twin)
			compare_items(words, line->twin, line);
		else if (line->item)
			add_item(words, line, quiet);
	}
	compare_places(words);
	if (!same_order(words))
		add(words, "other", "its items stand in another order");
}

/* Whether a function takes more than its parameters; they are the last that it has. */
static bool takes_more(const struct node *function)
{
	const struct node *item = function->items;

	while (item && item->kind != NODE_MORE)
		item = item->next;
	return item;
}

void findings_add(struct findings *findings, const char *name, const char *format, ...)
{
	struct finding *finding = APPEND(findings->findings, findings->count, findings->capacity);
	va_list arguments;

	*finding = (struct finding){ .type = change_types };
	while (strcmp(finding->type->name, name))
		finding->type++;
	va_start(arguments, format);
	finding->sentence = join_arguments(findings->arena, format, arguments);
	va_end(arguments);
}

void findings_make(struct findings *findings, struct text key, struct text old, struct text new)
{
	struct arena arena = { 0 };
	struct words words = { findings, &arena, { 0 }, { 0 } };
	struct node *from = parse_type_string(words.arena, old);
	struct node *to = parse_type_string(words.arena, new);

	words.old = render(words.arena, key, from, true);
	words.new = render(words.arena, key, to, true);
	if (!from || !to || from->kind != to->kind ||
	    words.old.count > PAIRS_LIMIT / words.new.count)
		add(&words, "other", "this can't be said in words");
	else
		compare_trees(&words, &words.old.lines[words.old.count - 1],
			      &words.new.lines[words.new.count - 1]);
	if (from && to && takes_more(from) != takes_more(to))
		add(&words, "variadic",
		    takes_more(to) ? "it takes any further arguments"
				   : "it takes no further arguments");
	if (!findings->count)
		add(&words, "other", "it changed in another way");
	free(words.old.lines);
	free(words.new.lines);
	arena_free(&arena);
}
