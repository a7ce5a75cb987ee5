// SPDX-License-Identifier: GPL-2.0-only
/*
 * Type strings -> trees.
 *
 * A string is words with blanks between, and is read from left to right: the word of a
 * node says what comes next, as in the table of FORMAT 5. Names may have blanks and
 * brackets in them (Rust's), but a bracket of a list is a word of its own:
 *
 *	structure_type a::S<u8, 2> { member pointer_type &mut u8 { ... } p ... }
 *
 * Of the traces of FORMAT 5a, one is seen here: a parameter may have no separator, and
 * then it touches what is before it, which may be a name or a reference:
 *
 *	( formal_parameter t#u32formal_parameter s#foo )
 *
 * What has another form (an override made by hand, genksyms' strings, types that neither
 * C nor Rust has) has no tree.
 */
#define PART "parse"
#include "render.h"
#include <ctype.h>

/* Types inside of each other: more than any source has, less than a stack holds. */
#define DEPTH_LIMIT 256

/*
 * What follows the word of a node: "N" is a name up to a brace, "I" another name; "D" the
 * bounds of an array; "T" a type; "L" items, of the kinds from `first` to `last`; "=" a
 * value; "-" an arrow; brackets are brackets.
 */
static const struct row {
	const char *word;
	const char *form;
	enum node_kind first, last;
} rows[] = {
	[NODE_BASE] = { "base_type", "I", 0, 0 },
	[NODE_ARRAY] = { "array_type", "D{T}", 0, 0 },
	[NODE_FUNCTION] = { "subroutine_type", "(L)-T", NODE_PARAMETER, NODE_MORE },
	[NODE_STRUCTURE] = { "structure_type", "N{L}", NODE_VARIANTS, NODE_MEMBER },
	[NODE_CLASS] = { "class_type", "N{L}", NODE_VARIANTS, NODE_MEMBER },
	[NODE_UNION] = { "union_type", "N{L}", NODE_VARIANTS, NODE_MEMBER },
	[NODE_ENUM] = { "enumeration_type", "N{L}", NODE_VALUE, NODE_VALUE },
	[NODE_UNSPECIFIED] = { "unspecified_type", "", 0, 0 },
	[NODE_POINTER] = { "pointer_type", "N{T}", 0, 0 },
	[NODE_REFERENCE] = { "reference_type", "N{T}", 0, 0 },
	[NODE_RVALUE_REFERENCE] = { "rvalue_reference_type", "N{T}", 0, 0 },
	[NODE_TYPEDEF] = { "typedef_type", "N{T}", 0, 0 },
	[NODE_ATOMIC] = { "atomic_type", "N{T}", 0, 0 },
	[NODE_CONST] = { "const_type", "N{T}", 0, 0 },
	[NODE_RESTRICT] = { "restrict_type", "N{T}", 0, 0 },
	[NODE_VOLATILE] = { "volatile_type", "N{T}", 0, 0 },
	[NODE_VARIABLE] = { "variable", "T", 0, 0 },
	[NODE_SUBPROGRAM] = { "subprogram", "(L)-T", NODE_PARAMETER, NODE_MORE },
	[NODE_PARAMETER] = { "formal_parameter", "TI", 0, 0 },
	[NODE_MORE] = { "unspecified_parameters", "", 0, 0 },
	[NODE_VALUE] = { "enumerator", "I=", 0, 0 },
	[NODE_VARIANTS] = { "variant_part", "{L}", NODE_MEMBER, NODE_VARIANT },
	[NODE_MEMBER] = { "member", "TI", 0, 0 },
	[NODE_VARIANT] = { "variant", "{L}", NODE_MEMBER, NODE_MEMBER },
};

static const char *const attribute_words[ATTRIBUTES] = {
	"byte_size(",
	"encoding(",
	"alignment(",
	"accessibility(",
	"bit_size(",
	"data_bit_offset(",
	"data_member_location(",
	"discr_value(",
};

struct parser {
	struct arena *arena;
	const char *at; /* the end, once it is no such string */
	const char *end;
	unsigned int depth;
	bool failed;
};

static void fail(struct parser *parser)
{
	parser->failed = true;
	parser->at = parser->end;
}

/* Where the next word begins. */
static const char *next(const struct parser *parser)
{
	const char *at = parser->at;

	while (at < parser->end && *at == ' ')
		at++;
	return at;
}

static bool begins(const struct parser *parser, const char *at, const char *text)
{
	size_t length = strlen(text);

	return (size_t)(parser->end - at) >= length && !memcmp(at, text, length);
}

/* Passes over a word or mark, if it comes next. */
static bool accept(struct parser *parser, const char *text)
{
	const char *at = next(parser), *after = at + strlen(text);

	if (!begins(parser, at, text) || (isalpha(after[-1]) && after < parser->end &&
					  (isalnum((unsigned char)*after) || *after == '_')))
		return false;
	parser->at = after;
	return true;
}

static void expect(struct parser *parser, const char *text)
{
	if (!accept(parser, text))
		fail(parser);
}

/* The end of a word: a blank, or a parameter that touches it. */
static const char *word_end(const struct parser *parser, const char *at)
{
	const char *end = memchr(at, ' ', parser->end - at);
	const char *touching = rows[NODE_PARAMETER].word;
	ptrdiff_t length = strlen(touching);

	if (!end)
		return parser->end;
	return end - at > length && begins(parser, end - length, touching) ? end - length : end;
}

/* Whether a bracket, separator or the like stands there; or the end. */
static bool is_mark(const struct parser *parser, const char *at)
{
	return at == parser->end || (strchr("{}(),=", *at) && word_end(parser, at) == at + 1);
}

/* The attribute that stands there; or ATTRIBUTES. */
static enum attribute find_attribute(const struct parser *parser, const char *at)
{
	enum attribute i = 0;

	while (i < ATTRIBUTES && !begins(parser, at, attribute_words[i]))
		i++;
	return i;
}

static struct text read_number(struct parser *parser)
{
	const char *start = next(parser), *at = start;

	while (at < parser->end && isalnum((unsigned char)*at))
		at++;
	parser->at = at;
	if (at == start)
		fail(parser);
	return (struct text){ start, at - start };
}

/* A name: words, each with a blank in front, up to a brace, or to anything known. */
static struct text read_name(struct parser *parser, bool to_brace)
{
	const char *start = next(parser), *at = parser->at, *word = start;

	while (word > at &&
	       (to_brace ? word < parser->end && !(*word == '{' && is_mark(parser, word))
			 : !is_mark(parser, word) && find_attribute(parser, word) == ATTRIBUTES)) {
		parser->at = at = word_end(parser, word);
		word = next(parser);
	}
	return (struct text){ start, at > start ? at - start : 0 };
}

/* The name in a reference. */
static struct text read_reference(struct parser *parser)
{
	const char *start = next(parser) + 2, *end = NULL;
	bool quoted = begins(parser, start, "'");

	start += quoted;
	if (quoted)
		end = memchr(start, '\'', parser->end - start);
	if (!end)
		end = word_end(parser, start);
	parser->at = end + (quoted && end < parser->end);
	return (struct text){ start, end - start };
}

/* The bounds of an array, and how many elements they make. */
static void read_bounds(struct parser *parser, struct node *array)
{
	array->bounds.start = next(parser);
	accept(parser, "GNU_vector");
	for (array->elements = 1; accept(parser, "["); expect(parser, "]")) {
		uint64_t bound = 0;

		if (!begins(parser, parser->at, "]"))
			bound = number_of(read_number(parser));
		if (__builtin_mul_overflow(array->elements, bound, &array->elements))
			fail(parser);
	}
	array->bounds.length = parser->at - array->bounds.start;
}

static struct node *read_node(struct parser *parser, enum node_kind first, enum node_kind last);

static void read_items(struct parser *parser, struct node *node)
{
	const struct row *row = &rows[node->kind];
	struct node *last = NULL, *item;
	const char *at;

	while (at = next(parser), at < parser->end && *at != ')' && *at != '}') {
		/* Without a separator it touches the one before it. */
		if (last && !accept(parser, ",") && at != parser->at)
			fail(parser);
		item = read_node(parser, row->first, row->last);
		if (last)
			last->next = item;
		else
			node->items = item;
		last = item;
	}
}

/* What follows the word of a node. */
static void read_part(struct parser *parser, struct node *node, char part)
{
	switch (part) {
	case 'N':
	case 'I':
		node->name = read_name(parser, part == 'N');
		/* Items have plain names: this is an attribute that isn't known. */
		if (node->kind >= NODE_PARAMETER && node->name.length &&
		    memchr(node->name.start, '(', node->name.length))
			fail(parser);
		break;
	case 'D':
		read_bounds(parser, node);
		break;
	case 'T':
		node->type = read_node(parser, NODE_NAMED, NODE_VOLATILE);
		break;
	case 'L':
		read_items(parser, node);
		break;
	case '=':
		if (accept(parser, "="))
			node->attributes[VALUE] = read_number(parser);
		break;
	case '-':
		expect(parser, "->");
		break;
	default:
		expect(parser, (char[]){ part, 0 });
	}
}

/* A node of one of these kinds. */
static struct node *read_node(struct parser *parser, enum node_kind first, enum node_kind last)
{
	struct node *node = arena_zalloc(parser->arena, sizeof(*node));
	const char *at = next(parser), *form = "";
	enum attribute i;

	if (first == NODE_NAMED && parser->end - at > 2 && at[1] == '#' && strchr("sute", *at)) {
		node->name = read_reference(parser);
	} else {
		node->kind = first + (first == NODE_NAMED);
		while (node->kind <= last && !accept(parser, rows[node->kind].word))
			node->kind++;
		if (node->kind > last || ++parser->depth > DEPTH_LIMIT)
			fail(parser);
		else
			form = rows[node->kind].form;
	}
	while (*form && !parser->failed)
		read_part(parser, node, *form++);
	/* Types have the first three attributes, items the others. */
	while (i = find_attribute(parser, next(parser)),
	       i < ATTRIBUTES && (i <= ALIGNMENT) == (node->kind <= NODE_VOLATILE)) {
		accept(parser, attribute_words[i]);
		node->attributes[i] = read_number(parser);
		expect(parser, ")");
	}
	node->text = (struct text){ at, parser->at - at };
	parser->depth -= !!node->kind;
	return node;
}

struct node *parse_type_string(struct arena *arena, struct text string)
{
	struct parser parser = { .arena = arena,
				 .at = string.start,
				 .end = string.start + string.length };
	struct node *node;

	if (accept(&parser, "canonical(")) {
		read_number(&parser);
		expect(&parser, ")");
	}
	node = read_node(&parser, NODE_NAMED, NODE_SUBPROGRAM);
	return parser.failed || next(&parser) != parser.end ? NULL : node;
}

uint64_t number_of(struct text number)
{
	uint64_t value = 0;

	/* Those in hexadecimal are too large, and only texts (FORMAT 13). */
	for (; number.length && isdigit((unsigned char)*number.start);
	     number.start++, number.length--)
		value = 10 * value + (*number.start - '0');
	return value;
}

/* The size that a reference says of a typedef such as t#u64; or 0. */
static uint64_t size_in_name(const struct node *reference)
{
	static const char *const names[][6] = {
		{ "u8", "s8", "__u8", "__s8", "uint8_t", "int8_t" },
		{ "u16", "s16", "__u16", "__s16", "uint16_t", "int16_t" },
		{ "u32", "s32", "__u32", "__s32", "uint32_t", "int32_t" },
		{ "u64", "s64", "__u64", "__s64", "uint64_t", "int64_t" },
	};

	for (int i = 0; *reference->text.start == 't' && i < 4; i++)
		for (int j = 0; j < 6; j++)
			if (same_text(reference->name, make_text(names[i][j])))
				return 1 << i;
	return 0;
}

bool size_of(const struct node *type, uint64_t *size)
{
	uint64_t elements = 1, one;

	for (; !type->attributes[BYTE_SIZE].start && type->kind != NODE_NAMED; type = type->type) {
		if (type->kind != NODE_ARRAY && !is_qualifier(type))
			return false;
		if (type->kind == NODE_ARRAY &&
		    __builtin_mul_overflow(elements, type->elements, &elements))
			return false;
	}
	if (type->kind != NODE_NAMED)
		one = number_of(type->attributes[BYTE_SIZE]);
	else if (!(one = size_in_name(type)))
		return false;
	return !__builtin_mul_overflow(elements, one, size);
}

bool place_of(const struct node *member, uint64_t base, bool in_union, uint64_t *bits)
{
	struct text offset = member->attributes[DATA_BIT_OFFSET];
	struct text location = member->attributes[DATA_MEMBER_LOCATION];

	*bits = base + (offset.start ? number_of(offset) : 8 * number_of(location));
	return base != UNPLACED && (in_union || offset.start || location.start);
}
