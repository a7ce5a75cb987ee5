// SPDX-License-Identifier: GPL-2.0-only
/*
 * What --canonical makes the same, whatever compiler and DWARF version describe
 * it (FORMAT 13): names of base types, order of qualifiers, positions of
 * bit-fields, order of members.
 */
#define PART "canonical"
#include "gendwarfksyms.h"
#include <inttypes.h>

/* More typedefs and qualifiers in a row than this are a cycle. */
#define DEPTH_LIMIT 64

/* The words that the names of C's arithmetic types are made of. */
enum word {
	WORD_SIGNED,
	WORD_UNSIGNED,
	WORD_CHAR,
	WORD_SHORT,
	WORD_INT,
	WORD_LONG,
	WORD_FLOAT,
	WORD_DOUBLE,
	WORD_INT128,
	WORDS
};

/* Counts how often each is in a name; returns false if anything else is. */
static bool count_words(struct text name, unsigned int counts[WORDS])
{
	static const char *const words[WORDS] = {
		"signed", "unsigned", "char", "short", "int", "long", "float", "double", "__int128",
	};
	const char *at = name.start, *end = name.start + name.length;

	while (at < end) {
		const char *blank = memchr(at, ' ', end - at);
		struct text word = { at, (blank ? blank : end) - at };
		int i = 0;

		while (i < WORDS && !same_text(word, make_text(words[i])))
			i++;
		if (i == WORDS)
			return false;
		counts[i]++;
		at = blank ? blank + 1 : end;
	}
	return true;
}

struct text canonical_base(struct arena *arena, struct text name)
{
	unsigned int counts[WORDS] = { 0 };
	const char *sign = "", *kind = "int";
	char *text;
	int length;

	if (!options.canonical || !name.start || !count_words(name, counts))
		return name;
	if (counts[WORD_UNSIGNED])
		sign = "unsigned ";
	else if (counts[WORD_SIGNED] && counts[WORD_CHAR])
		sign = "signed ";
	if (counts[WORD_CHAR])
		kind = "char";
	else if (counts[WORD_SHORT])
		kind = "short";
	else if (counts[WORD_DOUBLE])
		kind = counts[WORD_LONG] ? "long double" : "double";
	else if (counts[WORD_LONG])
		kind = counts[WORD_LONG] > 1 ? "long long" : "long";
	else if (counts[WORD_FLOAT])
		kind = "float";
	else if (counts[WORD_INT128])
		kind = "__int128";
	text = arena_alloc(arena, 32);
	length = snprintf(text, 32, "%s%s", sign, kind);
	return (struct text){ text, length };
}

/* Goes through the qualifiers that a type begins with. */
static struct qualified split_qualifiers(struct die_ref type)
{
	/* From the outside in. */
	static const unsigned int tags[QUALIFIERS] = { DW_TAG_atomic_type, DW_TAG_const_type,
						       DW_TAG_restrict_type, DW_TAG_volatile_type };
	struct qualified qualified = { .type = type };
	struct attributes attributes;

	for (unsigned int depth = 0; qualified.type.address && depth < DEPTH_LIMIT; depth++) {
		unsigned int tag = read_tag(qualified.type);
		size_t i = 0;

		while (i < QUALIFIERS && tags[i] != tag)
			i++;
		if (i == QUALIFIERS)
			break;
		read_die(qualified.type, &attributes);
		if (name_of(&attributes).start)
			break;
		qualified.qualifiers |= 1u << i;
		qualified.type = reference(&attributes, ATTRIBUTE_TYPE);
	}
	return qualified;
}

/*
 * Qualifiers and typedefs. Compilers don't agree which of the qualifiers that mean nothing they
 * describe (FORMAT 13.5, 13.6). With
 *
 *	typedef const int number;	typedef number numbers[3];
 *
 * `const numbers` says twice that its elements are const: canonical_qualified() gives
 * `numbers`, without the outer const, since qualifiers_below() finds the inner one. And of a
 * parameter `volatile number` value_type() gives int: what is below the last qualifier.
 */

/*
 * Goes down through typedefs, arrays if they are wanted, and qualifiers, from a type that
 * has none itself. Returns the type below the last qualifiers, and which there were.
 */
static struct qualified qualifiers_below(struct die_ref type, bool arrays)
{
	struct qualified below = { .type = type }, qualified;
	struct attributes attributes;

	for (int depth = 0; type.address && depth < DEPTH_LIMIT; depth++) {
		unsigned int tag = read_tag(type);

		if (tag != DW_TAG_typedef && !(arrays && tag == DW_TAG_array_type))
			break;
		read_die(type, &attributes);
		qualified = split_qualifiers(reference(&attributes, ATTRIBUTE_TYPE));
		type = qualified.type;
		if (qualified.qualifiers)
			below.type = type;
		below.qualifiers |= qualified.qualifiers;
	}
	return below;
}

/*
 * Returns the type of a parameter or result, whose own qualifiers mean nothing: the one
 * below the last qualifiers that are found through qualifiers and typedefs alone.
 */
static struct die_ref value_type(struct die_ref type)
{
	return qualifiers_below(split_qualifiers(type).type, false).type;
}

struct qualified canonical_qualified(struct die_ref type)
{
	struct qualified qualified = split_qualifiers(type);

	qualified.qualifiers &= ~qualifiers_below(qualified.type, true).qualifiers;
	return qualified;
}

/* Returns the size of a member's type, through typedefs and qualifiers; 0: unknown. */
static uint64_t type_size(const struct attributes *member)
{
	struct die_ref type = reference(member, ATTRIBUTE_TYPE);
	struct attributes attributes;

	for (int depth = 0; type.address && depth < DEPTH_LIMIT; depth++) {
		read_die(type, &attributes);
		if (has(&attributes, ATTRIBUTE_BYTE_SIZE))
			return attributes.values[ATTRIBUTE_BYTE_SIZE].number;
		type = reference(&attributes, ATTRIBUTE_TYPE);
	}
	return 0;
}

/*
 * Tells where a member begins, in bytes from the start of its structure, also if DWARF 2
 * gives it as an expression: DW_OP_plus_uconst and one number, in groups of seven bits of
 * which all but the last have 0x80 set (300: 0xac 0x02).
 */
static uint64_t member_location(const struct attributes *member)
{
	struct text block = member->values[ATTRIBUTE_LOCATION_BLOCK].text;
	uint64_t number = 0;

	if (!has(member, ATTRIBUTE_LOCATION_BLOCK) || !block.length ||
	    *block.start != DW_OP_plus_uconst)
		return number_of(member, ATTRIBUTE_DATA_MEMBER_LOCATION);
	for (size_t i = 1; i < block.length && i <= 9; i++) {
		number |= (uint64_t)(block.start[i] & 0x7f) << 7 * (i - 1);
		if (!(block.start[i] & 0x80))
			return i + 1 == block.length ? number : 0;
	}
	return 0;
}

/* Tells where a bit-field begins, in bits from the start of its structure. */
static uint64_t bit_location(const struct attributes *member)
{
	uint64_t bits = 8 * member_location(member);
	uint64_t size = number_of(member, ATTRIBUTE_BYTE_SIZE);
	uint64_t bit_offset = number_of(member, ATTRIBUTE_BIT_OFFSET);

	if (has(member, ATTRIBUTE_DATA_BIT_OFFSET))
		return number_of(member, ATTRIBUTE_DATA_BIT_OFFSET);
	if (!has(member, ATTRIBUTE_BIT_OFFSET))
		return bits;
	/* From the most significant bit of its storage unit. */
	if (member->die.unit->file->big_endian)
		return bits + bit_offset;
	if (!size)
		size = type_size(member);
	return bits + 8 * size - bit_offset - number_of(member, ATTRIBUTE_BIT_SIZE);
}

/* What a DIE says */

static void drop(struct attributes *attributes, enum attribute attribute)
{
	attributes->present &= ~WANT(attribute);
}

static void set_number(struct attributes *attributes, enum attribute attribute, uint64_t number)
{
	attributes->present |= WANT(attribute);
	attributes->values[attribute].number = number;
}

/* Replaces the type by that of a value which is passed as a copy, or of an unnamed member. */
static void set_value_type(struct attributes *attributes)
{
	struct die_ref type = value_type(reference(attributes, ATTRIBUTE_TYPE));

	attributes->values[ATTRIBUTE_TYPE].die = type;
	if (!type.address)
		drop(attributes, ATTRIBUTE_TYPE);
}

static void canonicalize_member(struct attributes *member, unsigned int parent)
{
	struct text name = name_of(member);
	uint64_t location = member_location(member);
	struct special special = { 0 };
	struct die_ref type;

	if (options.stable) {
		type = reference(member, ATTRIBUTE_TYPE);
		if (type.address)
			special = special_union(type);
	}
	if (!name.start)
		set_value_type(member);
	if (special.kind == UNION_RENAMED) {
		member->present |= WANT(ATTRIBUTE_NAME);
		member->values[ATTRIBUTE_NAME].text = special.new_name;
	}
	if (has(member, ATTRIBUTE_BIT_SIZE)) {
		set_number(member, ATTRIBUTE_DATA_BIT_OFFSET, bit_location(member));
		drop(member, ATTRIBUTE_DATA_MEMBER_LOCATION);
		return;
	}
	drop(member, ATTRIBUTE_DATA_BIT_OFFSET);
	if (has(member, ATTRIBUTE_LOCATION_BLOCK))
		set_number(member, ATTRIBUTE_DATA_MEMBER_LOCATION, location);
	/* Only some compilers say that it is at the start of a union. */
	if (parent == DW_TAG_union_type && !location)
		drop(member, ATTRIBUTE_DATA_MEMBER_LOCATION);
}

/* Gives a DIE without a type of its own that of the declaration which it completes. */
static void take_specified_type(struct attributes *attributes)
{
	struct die_ref declaration = reference(attributes, ATTRIBUTE_SPECIFICATION);
	struct attributes specified;

	if (has(attributes, ATTRIBUTE_TYPE) || !declaration.address)
		return;
	read_die(declaration, &specified);
	if (!has(&specified, ATTRIBUTE_TYPE))
		return;
	attributes->present |= WANT(ATTRIBUTE_TYPE);
	attributes->values[ATTRIBUTE_TYPE] = specified.values[ATTRIBUTE_TYPE];
}

/* Returns how many elements a subrange has; 0 also if it doesn't say. */
static uint64_t bound_count(const struct attributes *subrange)
{
	uint64_t bound = number_of(subrange, ATTRIBUTE_UPPER_BOUND);

	if (has(subrange, ATTRIBUTE_COUNT))
		return number_of(subrange, ATTRIBUTE_COUNT);
	if (!has(subrange, ATTRIBUTE_UPPER_BOUND))
		return 0;
	/* -1 as some compilers write it for 32 bits. */
	if (bound == UINT32_MAX && subrange->die.unit->address_size == 4)
		return 0;
	return bound + 1;
}

/* Tells whether the discriminant that a variant has a value of is a signed number. */
static bool has_signed_discriminant(const struct attributes *variant)
{
	struct die_ref part = parent_die(variant->die), member, type;
	struct attributes attributes;

	if (!part.address) /* a unit, of damaged input */
		return false;
	read_die(part, &attributes);
	member = reference(&attributes, ATTRIBUTE_DISCR);
	if (member.address)
		read_die(member, &attributes);
	type = reference(&attributes, ATTRIBUTE_TYPE);
	for (int depth = 0; type.address && depth < DEPTH_LIMIT; depth++) {
		uint64_t encoding;

		read_die(type, &attributes);
		encoding = number_of(&attributes, ATTRIBUTE_ENCODING);
		if (attributes.tag == DW_TAG_base_type)
			return encoding == DW_ATE_signed || encoding == DW_ATE_signed_char;
		type = reference(&attributes, ATTRIBUTE_TYPE);
	}
	return false;
}

/* Sign-extends a number that is written in fewer than 8 bytes. */
static void sign_extend(struct attributes *attributes, enum attribute attribute)
{
	unsigned int size = number_size(attributes, attribute);
	uint64_t sign = size ? (uint64_t)1 << (8 * size - 1) : 0;
	uint64_t number = attributes->values[attribute].number;

	if (size)
		attributes->values[attribute].number = (number ^ sign) - sign;
}

void canonicalize(struct attributes *attributes, unsigned int parent)
{
	if (!options.canonical) {
		/* Values that the default's strings don't have. */
		attributes->present &= ~(WANT(ATTRIBUTE_GNU_VECTOR) | WANT(ATTRIBUTE_WIDE_VALUE));
		return;
	}
	/* Compilers don't agree on when to give it; sizes and offsets show it. */
	drop(attributes, ATTRIBUTE_ALIGNMENT);
	switch (attributes->tag) {
	case DW_TAG_pointer_type:
	case DW_TAG_reference_type:
	case DW_TAG_rvalue_reference_type:
		drop(attributes, ATTRIBUTE_BYTE_SIZE); /* the same */
		break;
	case DW_TAG_subprogram:
		take_specified_type(attributes);
		set_value_type(attributes);
		break;
	case DW_TAG_variable:
		take_specified_type(attributes);
		break;
	case DW_TAG_subroutine_type:
		set_value_type(attributes);
		break;
	case DW_TAG_formal_parameter:
		attributes->present &= WANT(ATTRIBUTE_TYPE);
		set_value_type(attributes);
		break;
	case DW_TAG_member:
		canonicalize_member(attributes, parent);
		break;
	case DW_TAG_subrange_type:
		/* No elements and no bound are told apart by some only. */
		if (!bound_count(attributes))
			attributes->present &=
				~(WANT(ATTRIBUTE_COUNT) | WANT(ATTRIBUTE_UPPER_BOUND));
		break;
	case DW_TAG_variant:
		if (has(attributes, ATTRIBUTE_DISCR_VALUE) && has_signed_discriminant(attributes))
			sign_extend(attributes, ATTRIBUTE_DISCR_VALUE);
	}
}

/* The order of a structure */

uint64_t canonical_place(const struct attributes *child)
{
	if (child->tag != DW_TAG_member)
		return 0;
	return has(child, ATTRIBUTE_BIT_SIZE)
		       ? number_of(child, ATTRIBUTE_DATA_BIT_OFFSET)
		       : 8 * number_of(child, ATTRIBUTE_DATA_MEMBER_LOCATION);
}

static int compare_by_place(const void *a, const void *b)
{
	const struct placed *left = a, *right = b;

	if (left->place != right->place)
		return left->place < right->place ? -1 : 1;
	return left->die.address < right->die.address ? -1 : 1;
}

struct placed *canonical_order(const struct attributes *structure, size_t *count)
{
	struct cursor children = children_of(structure);
	struct placed *order = NULL;
	struct attributes child;
	size_t capacity = 0;

	*count = 0;
	while (next_child(&children, &child)) {
		canonicalize(&child, structure->tag);
		*APPEND(order, *count, capacity) =
			(struct placed){ canonical_place(&child), child.die };
	}
	if (order)
		qsort(order, *count, sizeof(*order), compare_by_place);
	return order;
}

struct text canonical_wide(struct arena *arena, const struct attributes *attributes,
			   const char *before, const char *after)
{
	struct text bytes = attributes->values[ATTRIBUTE_WIDE_VALUE].text;
	size_t room = strlen(before) + strlen("0x") + 2 * bytes.length + strlen(after) + 1;
	char *text = arena_alloc(arena, room);
	char *to = stpcpy(stpcpy(text, before), "0x");
	bool big_endian = attributes->die.unit->file->big_endian;

	for (size_t i = 0; i < bytes.length; i++)
		to += sprintf(to, "%02x",
			      (unsigned char)bytes.start[big_endian ? i : bytes.length - 1 - i]);
	stpcpy(to, after);
	return make_text(text);
}
