// SPDX-License-Identifier: GPL-2.0-only
/*
 * The C that a type string stands for, as lines. Rust's types are written as if they were
 * of C, with their names as they are.
 *
 * C writes a type around the name that has it. A pointer to a function, say, that
 * returns a pointer to an array of 3 int:
 *
 *	subroutine: pointer { subroutine ( ) -> pointer { array[3] { int } } }
 *	int (*(*f)(void))[3]
 *
 * What is in front of the name comes from the innermost type outwards: "int", "(*" of
 * the pointer to the array, "(*" of the outer one. Then comes the name, and what is
 * after it comes from the outermost type inwards: ")", "(void)", ")", "[3]". So there is
 * a function for each half, and each calls itself. A bracket is needed where a pointer
 * is to an array or a function.
 *
 * Numbers that change when something else does (places, sizes, values) stand apart
 * at the end of a line, so that a member that only moved is the same line:
 *
 *	int flags; | / * 8, 4 * /
 */
#define PART "render"
#include "render.h"
#include <ctype.h>
#include <inttypes.h>

struct printer {
	struct arena *arena;
	struct text_lines *lines;
	char *bytes; /* of all lines so far, and the one that is written */
	size_t count;
	size_t capacity;
	size_t line_start;
	int level;
	bool in_line; /* a list is only "..." */
	bool pending; /* a blank, if a word follows */
	uint64_t base; /* where what is written begins, in bits */
	unsigned int pointers; /* that lead to it */
	struct text path; /* of the members that it is in */
};

static const char *const words[] = {
	[NODE_STRUCTURE] = "struct",	[NODE_CLASS] = "class",	      [NODE_UNION] = "union",
	[NODE_ENUM] = "enum",		[NODE_POINTER] = "*",	      [NODE_REFERENCE] = "&",
	[NODE_RVALUE_REFERENCE] = "&&", [NODE_ATOMIC] = "_Atomic",    [NODE_CONST] = "const",
	[NODE_RESTRICT] = "restrict",	[NODE_VOLATILE] = "volatile",
};

static void put(struct printer *printer, struct text text)
{
	if (!text.length)
		return;
	if (printer->pending && !strchr("[),;:", *text.start))
		*APPEND(printer->bytes, printer->count, printer->capacity) = ' ';
	printer->pending = false;
	for (size_t i = 0; i < text.length; i++)
		*APPEND(printer->bytes, printer->count, printer->capacity) = text.start[i];
}

static void put_letters(struct printer *printer, const char *letters)
{
	put(printer, make_text(letters));
}

/* The same, with a blank after it if a word follows. */
static void put_word(struct printer *printer, const char *word)
{
	put_letters(printer, word);
	printer->pending = true;
}

static struct text_line *end_line(struct printer *printer, const char *format, int64_t first,
				  int64_t second)
{
	struct text_lines *lines = printer->lines;
	struct text_line *line = APPEND(lines->lines, lines->count, lines->capacity);

	*line = (struct text_line){ .level = printer->level,
				    .format = format,
				    .numbers = { first, second } };
	line->text.length = printer->count - printer->line_start;
	printer->line_start = printer->count;
	printer->pending = false;
	return line;
}

/* Says which item a line is of; its name has those of what it is in. */
static void set_item(struct text_line *line, const struct node *item, const struct node *type,
		     struct text name, uint64_t place)
{
	const struct node *body = type ? type : item;

	while (body->type)
		body = body->type;
	line->item = item;
	line->type = type;
	if (is_body(body) && !is_only_declared(body))
		line->body = body;
	line->has_name = name.length;
	line->name = name;
	line->place = place;
}

static void put_alignment(struct printer *printer, const struct node *type)
{
	if (!type->attributes[ALIGNMENT].start)
		return;
	put_letters(printer, "__aligned(");
	put(printer, type->attributes[ALIGNMENT]);
	put_word(printer, ")");
}

static void put_before(struct printer *printer, const struct node *type, unsigned int set);
static void put_after(struct printer *printer, const struct node *type, unsigned int set);

static void put_declaration(struct printer *printer, const struct node *type, struct text name)
{
	put_before(printer, type, 0);
	put(printer, name);
	put_after(printer, type, 0);
}

/* The name of a member, with those of the ones that it is in. */
static struct text full_name(struct printer *printer, struct text name)
{
	struct text path = printer->path, full;
	char *start;

	if (!path.length || !name.length)
		return name.length ? name : path;
	full.length = path.length + 1 + name.length;
	full.start = start = arena_alloc(printer->arena, full.length);
	start = mempcpy(start, path.start, path.length);
	*start++ = '.';
	memcpy(start, name.start, name.length);
	return full;
}

static void put_member(struct printer *printer, const struct node *member, struct text name,
		       bool in_union)
{
	struct text width = member->attributes[BIT_SIZE], path = printer->path;
	uint64_t base = printer->base, bits = UNPLACED, size = 0;
	bool sized = size_of(member->type, &size);
	const char *format = "";
	struct text_line *line;

	if (!place_of(member, base, in_union, &bits))
		bits = UNPLACED;
	else if (!width.start)
		format = sized ? " /* %, % */" : " /* % */";
	else if (member->attributes[DATA_BIT_OFFSET].start)
		format = " /* %:% */";
	printer->base = bits;
	printer->path = full_name(printer, member->name);
	put_declaration(printer, member->type, name);
	if (width.start) {
		put_letters(printer, ":");
		put(printer, width);
	}
	put_letters(printer, ";");
	line = end_line(printer, format, bits / 8, width.start ? bits % 8 : size);
	set_item(line, member, member->type, printer->path, bits);
	line->pointers = printer->pointers;
	line->has_name = member->name.length;
	line->is_discriminant = name.length && !line->has_name;
	line->in_union = in_union;
	printer->base = base;
	printer->path = path;
}

/* A variant of Rust: its one member has its name, and a type with what it holds. */
static void put_variant(struct printer *printer, const struct node *variant)
{
	const struct node *member = variant->items;
	struct text value = variant->attributes[VALUE];

	if (member) {
		put(printer, member->name);
		put_letters(printer, "(");
		put_declaration(printer, member->type, (struct text){ 0 });
		put_letters(printer, ")");
	}
	if (value.start) {
		put_letters(printer, " = ");
		put(printer, value);
	}
	put_letters(printer, ",");
	set_item(end_line(printer, "", 0, 0), variant, member ? member->type : NULL,
		 member ? member->name : value, number_of(value));
}

/*
 * Whether a value of an enumeration isn't the number that it is elsewhere: those in hexadecimal
 * have more than 64 bits; and of those with 64 only fewer bytes say that they are negative.
 */
static bool is_large(const struct node *node, struct text value)
{
	return (value.length > 2 && value.start[1] == 'x') ||
	       (number_of(value) > INT64_MAX && number_of(node->attributes[BYTE_SIZE]) >= 8);
}

static void put_items(struct printer *printer, const struct node *node)
{
	for (const struct node *item = node->items; item; item = item->next) {
		struct text value = item->attributes[VALUE];
		struct text_line *line;

		if (item->kind == NODE_VARIANTS) {
			put_items(printer, item);
		} else if (item->kind == NODE_VARIANT) {
			put_variant(printer, item);
		} else if (item->kind == NODE_MEMBER) {
			put_member(printer, item,
				   node->kind == NODE_VARIANTS ? make_text("discriminant")
							       : item->name,
				   node->kind == NODE_UNION);
		} else {
			bool large = is_large(node, value);

			put(printer, item->name);
			if (large) {
				put_letters(printer, " = ");
				put(printer, value);
			}
			line = end_line(printer, value.start && !large ? " = %," : ",",
					number_of(value), 0);
			set_item(line, item, NULL, item->name, number_of(value));
		}
	}
}

const char *body_word(const struct node *body)
{
	return words[body->items && body->items->kind == NODE_VARIANTS ? NODE_ENUM : body->kind];
}

/* A structure, class, union or enumeration. */
static void put_body(struct printer *printer, const struct node *body)
{
	put_word(printer, body_word(body));
	put(printer, body->name);
	printer->pending = true;
	if (is_only_declared(body))
		return;
	if (printer->in_line) {
		put_word(printer, "{ ... }");
		return;
	}
	put_letters(printer, "{");
	end_line(printer, "", 0, 0);
	printer->level++;
	put_items(printer, body);
	printer->level--;
	put_word(printer, "}");
}

/* What a type is made of in the end. */
static void put_specifier(struct printer *printer, const struct node *type)
{
	static const enum node_kind kinds[] = {
		['s'] = NODE_STRUCTURE, ['u'] = NODE_UNION, ['e'] = NODE_ENUM
	};
	struct text name = type->name;
	size_t i = 0;

	if (is_body(type)) {
		put_body(printer, type);
		return;
	}
	/* Rust's names have something else in them. */
	while (i < name.length && (isalnum((unsigned char)name.start[i]) || name.start[i] == '_'))
		i++;
	if (type->kind == NODE_NAMED && i == name.length && *type->text.start != 't')
		put_word(printer, words[kinds[(unsigned char)*type->text.start]]);
	if (type->kind == NODE_UNSPECIFIED)
		name = type->text;
	put(printer, name);
	printer->pending = true;
}

/* The parameters of a function, in brackets. */
static void put_parameters(struct printer *printer, const struct node *function)
{
	const struct node *item = function->items;
	bool in_line = printer->in_line;

	printer->in_line = true;
	put_letters(printer, item ? "(" : "(void");
	for (; item; item = item->next) {
		if (item->kind == NODE_PARAMETER)
			put_declaration(printer, item->type, item->name);
		else if (item != function->items)
			put_letters(printer, "...");
		if (item->next)
			put_word(printer, ",");
	}
	put_letters(printer, ")");
	printer->in_line = in_line;
}

static void put_qualifiers(struct printer *printer, unsigned int set)
{
	for (int kind = NODE_ATOMIC; kind <= NODE_VOLATILE; kind++)
		if (set >> kind & 1)
			put_word(printer, words[kind]);
}

/* Whether a pointer to that has to be in brackets. */
static bool binds_tighter(const struct node *type)
{
	while (is_qualifier(type))
		type = type->type;
	return type->kind == NODE_ARRAY || is_function(type);
}

/* What is in front of the name. `set` has a bit for each qualifier of the type. */
static void put_before(struct printer *printer, const struct node *type, unsigned int set)
{
	uint64_t base = printer->base;

	if (!type->type || (type->name.length && is_pointer(type))) {
		put_qualifiers(printer, set);
		put_specifier(printer, type);
	} else if (is_qualifier(type)) {
		put_before(printer, type->type, set | 1u << type->kind);
	} else if (is_pointer(type) || is_function(type)) {
		printer->base = 0;
		printer->pointers++;
		put_before(printer, type->type, 0);
		printer->pointers--;
		printer->base = base;
		if (is_function(type))
			return;
		put_letters(printer, binds_tighter(type->type) ? "(" : "");
		put_letters(printer, words[type->kind]);
		put_qualifiers(printer, set);
	} else {
		put_before(printer, type->type, set);
	}
	put_alignment(printer, type);
}

/* What comes after it. */
static void put_after(struct printer *printer, const struct node *type, unsigned int set)
{
	if (!type->type || (type->name.length && is_pointer(type)))
		return;
	if (is_qualifier(type)) {
		put_after(printer, type->type, set | 1u << type->kind);
		return;
	}
	if (is_pointer(type) && binds_tighter(type->type))
		put_letters(printer, ")");
	printer->pending |= type->kind == NODE_ARRAY;
	put(printer, type->bounds);
	if (is_function(type)) {
		put_parameters(printer, type);
		printer->pending = true;
		put_qualifiers(printer, set);
	}
	put_after(printer, type->type, 0);
}

struct text_lines render(struct arena *arena, struct text key, const struct node *node, bool apart)
{
	struct text_lines lines = { 0 };
	struct printer printer = { .arena = arena, .lines = &lines };
	const struct text none = { 0 };
	const char *format = "", *at;
	struct text_line *last;
	const struct node *body = node && node->kind == NODE_TYPEDEF ? node->type : node;

	if (!node)
		return lines;
	if (apart && is_function(node)) {
		printer.in_line = true;
		printer.level = 1;
		for (const struct node *item = node->items; item; item = item->next) {
			if (item->kind != NODE_PARAMETER)
				continue;
			put_declaration(&printer, item->type, item->name);
			last = end_line(&printer, "", 0, 0);
			set_item(last, item, item->type, item->name, lines.count);
			last->body = NULL;
		}
		printer.level = 0;
		put_declaration(&printer, node->type, none);
	} else if (node->kind == NODE_TYPEDEF) {
		put_word(&printer, "typedef");
		put_declaration(&printer, node->type, node->name);
		printer.pending = true;
		put_alignment(&printer, node);
	} else {
		put_declaration(&printer, node, is_body(node) ? none : key);
	}
	put_letters(&printer, ";");
	if (is_body(body) && body->attributes[BYTE_SIZE].start)
		format = " /* size: % */";
	last = end_line(&printer, format, number_of(body->attributes[BYTE_SIZE]), 0);
	set_item(last, node, node->type, none, printer.in_line ? lines.count : 0);
	if (printer.in_line)
		last->body = NULL;
	at = arena_copy(arena, printer.bytes, printer.count);
	for (size_t i = 0; i < lines.count; i++) {
		lines.lines[i].text.start = at;
		at += lines.lines[i].text.length;
	}
	free(printer.bytes);
	return lines;
}
