// SPDX-License-Identifier: GPL-2.0-only
/*
 * From units to types: which DIE describes each symbol (FORMAT 4), and the row
 * of each DIE that it leads to, as fragments (FORMAT 5, 6 and 8).
 *
 * When a DIE becomes a symbol's, all that it leads to is *loaded*: each DIE that
 * is met for the first time gets an entry in the die cache and its fragments,
 * until none is left without. Then die.c walks over them, and the string of
 * each named type goes to the type table if it is the longest so far.
 */
#include "gendwarfksyms.h"
#include <inttypes.h>
#include <string.h>

#define SYMBOL_POINTER "__gendwarfksyms_ptr_"

/* A text with its length; `start` NULL if there is none. */
struct text {
	const char *start;
	size_t length;
};

static inline struct text make_text(const char *start)
{
	return (struct text){ start, start ? strlen(start) : 0 };
}

/* Inline: asked of each name, and mostly answered by the first letters. */
static inline bool starts_with(const char *text, const char *start)
{
	while (*start && *text == *start)
		text++, start++;
	return !*start;
}

static const char *name_of(const struct attributes *attributes)
{
	return has(attributes, ATTRIBUTE_NAME)
		       ? attributes->value[ATTRIBUTE_NAME].text
		       : NULL;
}

/* The die cache */

static struct arena arena; /* of all that is cached */
static struct cache dies; /* struct die by address */
static struct cache prefixes; /* struct text by address of the scope */

/* The DIEs that the current symbol was the first to lead to. */
static struct die **met;
static size_t met_count, met_capacity;

/*
 * The DIE that an attribute of the DIE at `from` refers to, and its unit. NULL
 * if there is no such attribute. Error: it refers to nowhere. Whether a DIE
 * begins there is left to enter_die(), for most are in the cache already.
 */
static const unsigned char *
unchecked_reference(struct unit *from_unit, const unsigned char *from,
		    const struct attributes *attributes,
		    enum attribute attribute, struct unit **unit)
{
	const unsigned char *die = attributes->value[attribute].die;

	if (!has(attributes, attribute))
		return NULL;
	*unit = from_unit;
	if (die && (die < from_unit->start || die >= from_unit->end))
		*unit = find_unit(from_unit->data, die);
	if (!die || !*unit)
		die_error(from_unit, from, "%s refers to no DIE",
			  attribute == ATTRIBUTE_TYPE
				  ? "DW_AT_type"
				  : "DW_AT_abstract_origin");
	if (*unit != from_unit)
		unit_open(*unit);
	return die;
}

/* The same, with a check that a DIE begins there. */
static const unsigned char *reference(struct unit *from_unit,
				      const unsigned char *from,
				      const struct attributes *attributes,
				      enum attribute attribute,
				      struct unit **unit)
{
	const unsigned char *die = unchecked_reference(
		from_unit, from, attributes, attribute, unit);

	if (die)
		parent_die(*unit, die);
	return die;
}

/* The same for DW_AT_type. */
static const unsigned char *type_of(struct unit *from_unit,
				    const unsigned char *from,
				    const struct attributes *attributes,
				    struct unit **unit)
{
	return reference(from_unit, from, attributes, ATTRIBUTE_TYPE, unit);
}

/* Fully qualified names (FORMAT 6) */

/* The text of a, "::" and b. */
static struct text join(struct text a, struct text b)
{
	char *text = arena_alloc(&arena, a.length + b.length + 3);

	memcpy(text, a.start, a.length);
	memcpy(text + a.length, "::", 2);
	memcpy(text + a.length + 2, b.start, b.length);
	text[a.length + b.length + 2] = '\0';
	return (struct text){ text, a.length + b.length + 2 };
}

/*
 * The prefix of what stands in a DIE. The scopes around it are gone through
 * from the inside to find the outermost, and then their names put together
 * from there.
 */
static struct text make_prefix(struct unit *unit, const unsigned char *scope)
{
	const char **names = NULL;
	size_t count = 0, capacity = 0;
	struct attributes attributes;
	struct text prefix = { 0 };

	for (; scope; scope = parent_die(unit, scope)) {
		read_die(unit, scope, &attributes);
		if (!is_scope(attributes.tag))
			break;
		names = grow(names, count, &capacity, sizeof(*names));
		names[count++] = name_of(&attributes);
	}
	while (count--) {
		if (prefix.start)
			prefix = join(prefix,
				      make_text(names[count] ? names[count]
							     : "<anonymous>"));
		else
			prefix = make_text(names[count]);
	}
	free(names);
	return prefix;
}

/* The fully qualified name of a DIE; `start` NULL if it is empty. */
static struct text qualified_name(struct unit *unit, const unsigned char *die,
				  const struct attributes *attributes)
{
	struct text name = make_text(name_of(attributes));
	const unsigned char *scope;
	struct text *prefix;

	if (!name.start)
		return name;
	scope = parent_die(unit, die);
	if (!scope || (scope == unit->root && !is_scope(unit->root_tag)))
		return name.length ? name : (struct text){ 0 };
	prefix = cache_find(&prefixes, (uintptr_t)scope, NULL, NULL);
	if (!prefix) {
		prefix = arena_alloc(&arena, sizeof(*prefix));
		*prefix = make_prefix(unit, scope);
		cache_add(&prefixes, (uintptr_t)scope, prefix);
	}
	if (prefix->start)
		return join(*prefix, name);
	return name.length ? name : (struct text){ 0 };
}

/* Special unions (FORMAT 8) */

struct special {
	enum special_union kind;
	const char *new_name; /* of a renamed one */
	struct unit *unit; /* where its special member's type is, */
	const unsigned char *type; /* unless it is an ignored one */
};

/*
 * Whether a member makes its union special; `attributes` are the member's.
 */
static bool is_special_member(struct unit *unit, const unsigned char *member,
			      const struct attributes *attributes,
			      struct special *special)
{
	static const struct {
		enum special_union kind;
		const char *name;
	} kinds[] = {
		{ UNION_RESERVED, "__kabi_reserved" },
		{ UNION_RENAMED, "__kabi_renamed" },
		{ UNION_IGNORED, "__kabi_ignored" },
	};
	const char *name = name_of(attributes);

	for (int i = 0; i < 3; i++) {
		if (!name || !starts_with(name, kinds[i].name))
			continue;
		special->kind = kinds[i].kind;
		if (special->kind == UNION_RENAMED)
			special->new_name = name + strlen(kinds[i].name);
		if (special->kind == UNION_IGNORED)
			return true;
		special->type =
			type_of(unit, member, attributes, &special->unit);
		if (!special->type)
			die_error(unit, member, "a member without a type");
		return true;
	}
	return false;
}

/* Moves to the next child that is a member and reads it; NULL at the end. */
static const unsigned char *next_member(struct unit *unit,
					const unsigned char **next,
					struct attributes *attributes)
{
	for (;;) {
		const unsigned char *child = *next;

		if (!read_next_child(unit, next, attributes))
			return NULL;
		if (attributes->tag == DW_TAG_member)
			return child;
	}
}

/* What kind of special union a DIE is, if it is one. */
static struct special special_union(struct unit *unit, const unsigned char *die)
{
	struct special special = { 0 };
	const unsigned char *member, *next;
	struct attributes attributes;

	if (!options.stable)
		return special;
	read_die(unit, die, &attributes);
	if (attributes.tag != DW_TAG_union_type || !attributes.children)
		return special;
	next = attributes.end;
	for (int i = 0; i < 2; i++) {
		const unsigned char *type, *inner;
		struct attributes inner_attributes;
		struct unit *type_unit;

		member = next_member(unit, &next, &attributes);
		if (!member)
			break;
		type = type_of(unit, member, &attributes, &type_unit);
		if (!type)
			die_error(unit, member, "a member without a type");
		if (is_special_member(unit, member, &attributes, &special))
			break;
		read_die(type_unit, type, &inner_attributes);
		if (inner_attributes.tag != DW_TAG_structure_type ||
		    !inner_attributes.children)
			continue;
		type = inner_attributes.end;
		inner = next_member(type_unit, &type, &inner_attributes);
		if (inner && is_special_member(type_unit, inner,
					       &inner_attributes, &special))
			break;
	}
	return special;
}

/* Rows (FORMAT 5) */

/* The row of a DIE while it is put together. Reused for the next. */
struct row {
	struct unit *unit;
	const unsigned char *die;
	size_t items; /* of the list at hand, so far */
	uint64_t length; /* of the texts, so far */
	struct fragment *fragments;
	size_t count;
	size_t capacity;
};

/*
 * The entry of the DIE at an address. The DIE is loaded later. Error: no DIE
 * begins there.
 */
static struct die *enter_die(struct unit *unit, const unsigned char *address)
{
	struct die *die = cache_find(&dies, (uintptr_t)address, NULL, NULL);

	if (die)
		return die;
	parent_die(unit, address); /* the check */
	die = arena_zalloc(&arena, sizeof(*die));
	die->unit = unit;
	die->address = address;
	cache_add(&dies, (uintptr_t)address, die);
	met = grow(met, met_count, &met_capacity, sizeof(*met));
	met[met_count++] = die;
	statistics.loaded++;
	return die;
}

static struct fragment *add(struct row *row, enum fragment_kind kind)
{
	struct fragment *fragment;

	row->fragments = grow(row->fragments, row->count, &row->capacity,
			      sizeof(*row->fragments));
	fragment = &row->fragments[row->count++];
	*fragment = (struct fragment){ .kind = kind };
	return fragment;
}

static struct fragment *add_text(struct row *row, enum fragment_kind kind,
				 struct text text)
{
	struct fragment *fragment = add(row, kind);

	row->length += text.length;
	if (row->length > STRING_LENGTH_LIMIT)
		die_error(row->unit, row->die,
			  "names of more than %" PRIu64 " bytes",
			  STRING_LENGTH_LIMIT);
	fragment->text = text.start;
	fragment->length = text.length;
	return fragment;
}

/* Inline, so that the lengths of constant words are constants as well. */
static inline void add_word(struct row *row, enum fragment_kind kind,
			    const char *word)
{
	add_text(row, kind, make_text(word));
}

/* An item, with a separator unless it is the first of its list. */
static void add_item(struct row *row, enum fragment_kind kind, const char *word)
{
	struct fragment *item = add_text(row, kind, make_text(word));

	item->separated = row->items++ > 0;
}

static void add_number(struct row *row, enum fragment_kind kind,
		       uint64_t number)
{
	add(row, kind)->number = number;
}

/* An attribute with its word, if it is there. */
static void add_attribute(struct row *row, const struct attributes *attributes,
			  enum attribute attribute)
{
	struct fragment *fragment;

	if (!has(attributes, attribute))
		return;
	fragment = add(row, FRAGMENT_NUMBER);
	fragment->attribute = attribute;
	fragment->number = attributes->value[attribute].number;
}

/* The end of most rows: byte_size, which a rule may change, and alignment. */
static void add_sizes(struct row *row, const struct attributes *attributes,
		      struct text name)
{
	const char *rule = kabi_find(KABI_BYTE_SIZE, name.start, name.length);

	add_attribute(row, attributes, ATTRIBUTE_BYTE_SIZE);
	if (rule && has(attributes, ATTRIBUTE_BYTE_SIZE))
		row->fragments[row->count - 1].number = kabi_number(rule);
	if (attributes->tag == DW_TAG_base_type)
		add_attribute(row, attributes, ATTRIBUTE_ENCODING);
	add_attribute(row, attributes, ATTRIBUTE_ALIGNMENT);
}

/* F */
static void add_qualified_name(struct row *row, struct text name)
{
	if (name.start)
		add_text(row, FRAGMENT_NAME, name);
}

/* The string of another DIE, in place or as a reference. */
static void add_die(struct row *row, struct unit *unit,
		    const unsigned char *die)
{
	struct die *entry = enter_die(unit, die);

	add(row, FRAGMENT_DIE)->die = entry;
}

/* T, for the DIE at `die` with these attributes. */
static void add_type(struct row *row, const unsigned char *die,
		     const struct attributes *attributes)
{
	struct unit *unit;
	const unsigned char *type = unchecked_reference(
		row->unit, die, attributes, ATTRIBUTE_TYPE, &unit);

	if (type)
		add_die(row, unit, type);
	else
		add_word(row, FRAGMENT_TEXT, "base_type void");
}

/* A member or formal_parameter. */
static void add_member(struct row *row, const unsigned char *member,
		       const struct attributes *attributes)
{
	bool is_member = attributes->tag == DW_TAG_member;
	const char *name = name_of(attributes);
	struct special special = { 0 };
	const unsigned char *type;
	struct unit *unit;

	add_item(row, FRAGMENT_MEMBER,
		 is_member ? "member " : "formal_parameter ");
	add_type(row, member, attributes);
	if (options.stable && name && starts_with(name, "__kabi_"))
		name = NULL;
	/* Without --canonical the walk does this. */
	if (options.stable && options.canonical) {
		type = type_of(row->unit, member, attributes, &unit);
		if (type)
			special = special_union(unit, type);
		if (special.kind == UNION_RENAMED)
			name = special.new_name;
	}
	add_word(row, FRAGMENT_MEMBER_NAME, name);
	add_attribute(row, attributes, ATTRIBUTE_ACCESSIBILITY);
	add_attribute(row, attributes, ATTRIBUTE_BIT_SIZE);
	add_attribute(row, attributes, ATTRIBUTE_DATA_BIT_OFFSET);
	add_attribute(row, attributes, ATTRIBUTE_DATA_MEMBER_LOCATION);
}

static void add_enumerator(struct row *row, const char *enumeration,
			   const struct attributes *attributes)
{
	struct text name = make_text(name_of(attributes));
	const char *enumerator = name.start ? name.start : "";
	const char *rule;

	if (kabi_find_enumerator(KABI_ENUMERATOR_IGNORE, enumeration,
				 enumerator)) {
		add(row, FRAGMENT_IGNORED);
		return;
	}
	add_item(row, FRAGMENT_ITEM, "enumerator");
	if (name.length)
		add_qualified_name(row, name);
	rule = kabi_find_enumerator(KABI_ENUMERATOR_VALUE, enumeration,
				    enumerator);
	if (rule)
		add_number(row, FRAGMENT_VALUE, kabi_number(rule));
	else if (has(attributes, ATTRIBUTE_CONST_VALUE))
		add_number(row, FRAGMENT_VALUE,
			   attributes->value[ATTRIBUTE_CONST_VALUE].number);
}

static void add_dimension(struct row *row, const struct attributes *attributes)
{
	if (has(attributes, ATTRIBUTE_COUNT))
		add_number(row, FRAGMENT_DIMENSION,
			   attributes->value[ATTRIBUTE_COUNT].number);
	else if (has(attributes, ATTRIBUTE_UPPER_BOUND))
		add_number(row, FRAGMENT_DIMENSION,
			   attributes->value[ATTRIBUTE_UPPER_BOUND].number + 1);
	else
		add_word(row, FRAGMENT_TEXT, "[]");
}

/* A row  WORD F { T } byte_size alignment */
static void add_wrapper(struct row *row, const char *word,
			const struct attributes *attributes, struct text name)
{
	add_word(row, FRAGMENT_TEXT, word);
	add_qualified_name(row, name);
	add_word(row, FRAGMENT_OPEN, " {");
	add_type(row, row->die, attributes);
	add_word(row, FRAGMENT_CLOSE, "}");
	add_sizes(row, attributes, name);
}

/* list(D, ...) of some tag: 0 for all children. */
static void add_list(struct row *row, const struct attributes *attributes,
		     unsigned int tag)
{
	const unsigned char *child, *next = attributes->end;
	struct attributes item;

	row->items = 0;
	if (!attributes->children)
		return;
	while (child = next, read_next_child(row->unit, &next, &item)) {
		if (tag && item.tag != tag)
			continue;
		switch (item.tag) {
		case DW_TAG_subrange_type:
			if (tag) {
				add_dimension(row, &item);
				continue;
			}
			break;
		case DW_TAG_member:
		case DW_TAG_formal_parameter:
			add_member(row, child, &item);
			continue;
		case DW_TAG_enumerator:
		case DW_TAG_variant:
		case DW_TAG_variant_part:
			add_item(row, FRAGMENT_ITEM, "");
		}
		add_die(row, row->unit, child);
	}
}

static void add_array(struct row *row, const struct attributes *attributes)
{
	add_word(row, FRAGMENT_TEXT, "array_type");
	add_list(row, attributes, DW_TAG_subrange_type);
	add(row, FRAGMENT_END_LIST);
	add_word(row, FRAGMENT_OPEN, " {");
	add_type(row, row->die, attributes);
	add_word(row, FRAGMENT_CLOSE, "}");
}

/* A function: the row of a subroutine_type or subprogram. */
static void add_function(struct row *row, const char *word,
			 const struct attributes *attributes)
{
	add_word(row, FRAGMENT_TEXT, word);
	add_word(row, FRAGMENT_OPEN_LIST, " (");
	add_list(row, attributes, DW_TAG_formal_parameter);
	add_word(row, FRAGMENT_CLOSE_LIST, ")");
	add(row, FRAGMENT_BREAK);
	add_word(row, FRAGMENT_TEXT, "-> ");
	add_type(row, row->die, attributes);
}

/* The list of a structure, class or union. */
static void add_members(struct row *row, const struct attributes *attributes)
{
	const unsigned char *child, *type, *next = attributes->end;
	struct attributes item;
	struct unit *unit;

	row->items = 0;
	if (!attributes->children)
		return;
	while (child = next, read_next_child(row->unit, &next, &item)) {
		switch (item.tag) {
		case DW_TAG_member:
			if (options.stable) {
				type = type_of(row->unit, child, &item, &unit);
				if (!type)
					die_error(row->unit, child,
						  "a member without a type");
				if (special_union(unit, type).kind ==
				    UNION_IGNORED)
					break;
			}
			add_member(row, child, &item);
			break;
		case DW_TAG_variant_part:
			add_item(row, FRAGMENT_ITEM, "");
			add_die(row, row->unit, child);
			break;
		case DW_TAG_class_type:
		case DW_TAG_enumeration_type:
		case DW_TAG_structure_type:
		case DW_TAG_union_type:
		case DW_TAG_subprogram:
		case DW_TAG_template_type_parameter:
		/* Not in FORMAT: of const generics. The name has the value. */
		case DW_TAG_template_value_parameter:
			break;
		default:
			die_error(row->unit, child,
				  "unexpected structure_type child: 0x%x",
				  item.tag);
		}
	}
}

static void add_enumerators(struct row *row,
			    const struct attributes *attributes,
			    struct text name)
{
	const unsigned char *next = attributes->end;
	struct attributes item;

	row->items = 0;
	if (!attributes->children)
		return;
	while (read_next_child(row->unit, &next, &item))
		if (item.tag == DW_TAG_enumerator)
			add_enumerator(row, name.start ? name.start : "",
				       &item);
}

static bool is_definition(struct row *row, const struct attributes *attributes,
			  struct text name)
{
	if (has(attributes, ATTRIBUTE_DECLARATION) ||
	    kabi_find(KABI_DECLONLY, name.start, name.length))
		return false;
	return !has(attributes, ATTRIBUTE_DECL_FILE) ||
	       !is_source_file(row->unit, row->die,
			       attributes->value[ATTRIBUTE_DECL_FILE].number);
}

static void add_body(struct row *row, const char *word,
		     const struct attributes *attributes, struct text name)
{
	add_word(row, FRAGMENT_TEXT, word);
	add_qualified_name(row, name);
	if (!is_definition(row, attributes, name)) {
		add_word(row, FRAGMENT_OPEN, " {");
		add_word(row, FRAGMENT_CLOSE, "}");
		return;
	}
	add_word(row, FRAGMENT_OPEN_LIST, " {");
	if (attributes->tag == DW_TAG_enumeration_type)
		add_enumerators(row, attributes, name);
	else
		add_members(row, attributes);
	add_word(row, FRAGMENT_CLOSE_LIST, "}");
	add_sizes(row, attributes, name);
}

static void add_variants(struct row *row, const char *word,
			 const struct attributes *attributes, unsigned int tag)
{
	add_word(row, FRAGMENT_OPEN_LIST, word);
	add_list(row, attributes, tag);
	add_word(row, FRAGMENT_CLOSE_LIST, "}");
}

/*
 * The row of a type. (Members and the like get here too, if damaged DWARF
 * has them for types.)
 */
static void add_row(struct row *row, const struct attributes *attributes,
		    struct text name)
{
	switch (attributes->tag) {
	case DW_TAG_base_type:
		add_word(row, FRAGMENT_TEXT, "base_type");
		add_qualified_name(row, name);
		add_sizes(row, attributes, name);
		break;
	case DW_TAG_atomic_type:
		add_wrapper(row, "atomic_type", attributes, name);
		break;
	case DW_TAG_const_type:
		add_wrapper(row, "const_type", attributes, name);
		break;
	case DW_TAG_immutable_type:
		add_wrapper(row, "immutable_type", attributes, name);
		break;
	case DW_TAG_packed_type:
		add_wrapper(row, "packed_type", attributes, name);
		break;
	case DW_TAG_pointer_type:
		add_wrapper(row, "pointer_type", attributes, name);
		break;
	case DW_TAG_reference_type:
		add_wrapper(row, "reference_type", attributes, name);
		break;
	case DW_TAG_restrict_type:
		add_wrapper(row, "restrict_type", attributes, name);
		break;
	case DW_TAG_rvalue_reference_type:
		add_wrapper(row, "rvalue_reference_type", attributes, name);
		break;
	case DW_TAG_shared_type:
		add_wrapper(row, "shared_type", attributes, name);
		break;
	case DW_TAG_volatile_type:
		add_wrapper(row, "volatile_type", attributes, name);
		break;
	case DW_TAG_typedef:
		add_wrapper(row, "typedef_type", attributes, name);
		break;
	case DW_TAG_template_type_parameter:
		add_wrapper(row, "template_type_parameter_type", attributes,
			    name);
		break;
	case DW_TAG_array_type:
		add_array(row, attributes);
		break;
	case DW_TAG_subrange_type:
		add_dimension(row, attributes);
		break;
	case DW_TAG_subroutine_type:
		add_function(row, "subroutine_type", attributes);
		break;
	case DW_TAG_formal_parameter:
	case DW_TAG_member:
		add_member(row, row->die, attributes);
		break;
	case DW_TAG_structure_type:
		add_body(row, "structure_type", attributes, name);
		break;
	case DW_TAG_class_type:
		add_body(row, "class_type", attributes, name);
		break;
	case DW_TAG_union_type:
		add_body(row, "union_type", attributes, name);
		break;
	case DW_TAG_enumeration_type:
		add_body(row, "enumeration_type", attributes, name);
		break;
	case DW_TAG_enumerator:
		add_enumerator(row, "", attributes);
		break;
	case DW_TAG_variant_part:
		add_variants(row, "variant_part {", attributes, 0);
		break;
	case DW_TAG_variant:
		add_variants(row, "variant {", attributes, DW_TAG_member);
		add_attribute(row, attributes, ATTRIBUTE_DISCR_VALUE);
		break;
	case DW_TAG_unspecified_type:
		add_word(row, FRAGMENT_TEXT, "unspecified_type");
		break;
	default:
		die_error(row->unit, row->die, "unexpected type: 0x%x",
			  attributes->tag);
	}
}

/* Loading */

/* The row under construction. */
static struct row row;

static void begin_row(struct unit *unit, const unsigned char *die)
{
	row.unit = unit;
	row.die = die;
	row.items = 0;
	row.length = 0;
	row.count = 0;
}

static void end_row(struct die *die)
{
	size_t size = row.count * sizeof(*row.fragments);

	if (row.count > UINT32_MAX)
		die_error(row.unit, row.die, "a type with too many parts");
	die->fragments = memcpy(arena_alloc(&arena, size), row.fragments, size);
	die->fragment_count = row.count;
}

/* The first part of the reference to a named type, NULL for other tags. */
static const char *reference_prefix(unsigned int tag)
{
	switch (tag) {
	case DW_TAG_structure_type:
	case DW_TAG_class_type:
		return "s#";
	case DW_TAG_union_type:
		return "u#";
	case DW_TAG_enumeration_type:
		return "e#";
	case DW_TAG_typedef:
		return "t#";
	default:
		return NULL;
	}
}

static void load_die(struct die *die, struct type_table *table)
{
	struct attributes attributes;
	struct special special = { 0 };
	struct text name;

	read_die(die->unit, die->address, &attributes);
	die->tag = attributes.tag;
	begin_row(die->unit, die->address);
	if (die->tag == DW_TAG_union_type)
		special = special_union(die->unit, die->address);
	die->special = special.kind;
	die->new_name = special.new_name;
	if (special.kind == UNION_IGNORED) {
		add_word(&row, FRAGMENT_TEXT, "");
	} else if (special.kind) {
		add_die(&row, special.unit, special.type);
	} else {
		const char *prefix = reference_prefix(die->tag);

		name = qualified_name(die->unit, die->address, &attributes);
		if (prefix && name.start)
			die->type = types_enter_name(table, prefix, name.start,
						     name.length);
		add_row(&row, &attributes, name);
	}
	end_row(die);
	if (die->tag == DW_TAG_base_type)
		die_flatten(die, &arena);
}

/* Loads all DIEs that were met and not loaded yet, and all that they lead to. */
static void load_all(struct type_table *table)
{
	for (size_t i = 0; i < met_count; i++)
		load_die(met[i], table);
}

/*
 * Puts the named types among the DIEs that were met into the table, and
 * forgets which were met.
 */
static void enter_types(struct type_table *table)
{
	for (size_t i = 0; i < met_count; i++) {
		struct die *die = met[i];
		unsigned int unit = die->unit->number;
		struct type *type = die->type;

		if (options.dump_die_map)
			fprintf(stderr, "\033[33m<DIE 0x%llx%s%s>\033[0m\n",
				die_offset(die->unit, die->address),
				type ? " " : "", type ? type->key : "");
		if (!type)
			continue;
		if (types_known(table, type) &&
		    !types_wanted(type, die_string_length(die), unit,
				  die->address))
			continue;
		types_set(type, die_string(die, &table->arena), unit,
			  die->address);
	}
	met_count = 0;
}

/* Symbols */

/* The strings of symbols' DIEs: struct type_string by address. */
static struct cache symbol_strings;

/* The kept symbol pointers of the unit (FORMAT 4, step 7). */
static struct symbol **kept;
static size_t kept_count, kept_capacity;

/* Makes an entry for a symbol's DIE, which is no type. */
static struct die *load_symbol(struct unit *unit, const unsigned char *address,
			       bool subprogram, struct type_table *table)
{
	struct die *symbol = arena_zalloc(&arena, sizeof(*symbol));
	struct attributes attributes;
	struct die *type = NULL, *rest = NULL;

	symbol->unit = unit;
	symbol->address = address;
	read_die(unit, address, &attributes);
	begin_row(unit, address);
	if (!subprogram) {
		add_word(&row, FRAGMENT_TEXT, "variable ");
		add_type(&row, address, &attributes);
	} else if (attributes.tag != DW_TAG_subroutine_type) {
		add_function(&row, "subprogram", &attributes);
	} else {
		/*
		 * The type of a symbol pointer. Its row but for the first word,
		 * and the parameters in it are the type's, not a copy: when the
		 * walk has finished one it is finished for both.
		 */
		add_word(&row, FRAGMENT_TEXT, "subprogram");
		type = enter_die(unit, address);
		rest = arena_zalloc(&arena, sizeof(*rest));
		add(&row, FRAGMENT_DIE)->die = rest;
	}
	end_row(symbol);
	load_all(table);
	if (rest) {
		rest->unit = unit;
		rest->address = address;
		rest->fragments = type->fragments + 1;
		rest->fragment_count = type->fragment_count - 1;
	}
	return symbol;
}

/*
 * The string of a symbol's DIE. The first time that it is asked for, the DIE
 * is loaded and walked, and what it leads to put into the table.
 */
static struct type_string *symbol_string(struct unit *unit,
					 const unsigned char *address,
					 bool subprogram,
					 struct type_table *table)
{
	struct type_string *string =
		cache_find(&symbol_strings, (uintptr_t)address, NULL, NULL);
	struct die *symbol;

	if (string)
		return string;
	symbol = load_symbol(unit, address, subprogram, table);
	die_walk(symbol);
	enter_types(table);
	string = arena_alloc(&table->arena, sizeof(*string));
	*string = die_string(symbol, &table->arena);
	cache_add(&symbol_strings, (uintptr_t)address, string);
	if (options.dump_dies)
		die_dump(symbol, stderr);
	return string;
}

/* Gives a DIE to a symbol and its aliases, those that are free. */
static void take(struct symbol *symbol, struct unit *unit,
		 const unsigned char *die, bool subprogram, unsigned int file,
		 struct type_table *table)
{
	struct type_string *string =
		symbol_string(unit, die, subprogram, table);
	struct symbol *alias = symbol;

	do {
		if (!alias->file) {
			debug("symbol %s: DIE 0x%llx", alias->name,
			      die_offset(unit, die));
			alias->file = file;
			alias->string =
				types_rule(table, alias->name, alias->length);
			if (!alias->string)
				alias->string = string;
		}
		alias = alias->alias;
	} while (alias != symbol);
}

/* A DIE's symbol name. */
static const char *symbol_name(const struct attributes *attributes)
{
	return has(attributes, ATTRIBUTE_LINKAGE_NAME)
		       ? attributes->value[ATTRIBUTE_LINKAGE_NAME].text
		       : name_of(attributes);
}

static struct symbol *find_symbol(const char *name)
{
	if (!name)
		return NULL;
	if (starts_with(name, SYMBOL_POINTER))
		name += strlen(SYMBOL_POINTER);
	return symbols_find(name);
}

static struct symbol *find_free_symbol(const char *name)
{
	struct symbol *symbol = find_symbol(name);

	return symbol && symbols_free_alias(symbol) ? symbol : NULL;
}

/* Keeps the type of a symbol pointer for a symbol and its aliases. */
static void keep(struct symbol *symbol, struct unit *unit,
		 const unsigned char *pointer,
		 const struct attributes *attributes)
{
	struct symbol *alias = symbol;
	struct unit *type_unit, *pointee_unit;
	const unsigned char *type, *pointee;
	struct attributes type_attributes, pointee_attributes;

	type = type_of(unit, pointer, attributes, &type_unit);
	if (!type)
		die_error(unit, pointer, "symbol pointer %s has no type",
			  symbol_name(attributes));
	read_die(type_unit, type, &type_attributes);
	pointee = type_of(type_unit, type, &type_attributes, &pointee_unit);
	if (type_attributes.tag != DW_TAG_pointer_type || !pointee)
		die_error(unit, pointer,
			  "symbol pointer %s is no pointer to a type",
			  symbol_name(attributes));
	read_die(pointee_unit, pointee, &pointee_attributes);
	if (pointee_attributes.tag == DW_TAG_subroutine_type) {
		type_unit = pointee_unit;
		type = pointee;
	}
	do {
		if (!alias->kept_unit) {
			kept = grow(kept, kept_count, &kept_capacity,
				    sizeof(*kept));
			kept[kept_count++] = alias;
		}
		alias->kept_unit = type_unit;
		alias->kept = type;
		alias = alias->alias;
	} while (alias != symbol);
}

/* Step 7: symbols that are still free get what was kept for them. */
static void take_kept(unsigned int file, struct type_table *table)
{
	symbols_sort(kept, kept_count);
	for (size_t i = 0; i < kept_count; i++) {
		struct symbol *symbol = kept[i];
		struct attributes attributes;

		if (!symbol->file) {
			read_die(symbol->kept_unit, symbol->kept, &attributes);
			take(symbol, symbol->kept_unit, symbol->kept,
			     attributes.tag == DW_TAG_subroutine_type, file,
			     table);
		}
		symbol->kept_unit = NULL;
	}
	kept_count = 0;
}

/* Steps 2 to 6 for a candidate. */
static void process_candidate(struct unit *unit, const unsigned char *candidate,
			      unsigned int file, struct type_table *table)
{
	const unsigned char *source;
	struct attributes attributes;
	struct unit *source_unit;
	struct symbol *symbol;
	bool subprogram;
	const char *name;

	read_die(unit, candidate, &attributes);
	subprogram = attributes.tag == DW_TAG_subprogram;
	symbol = find_free_symbol(symbol_name(&attributes));
	source = reference(unit, candidate, &attributes,
			   ATTRIBUTE_ABSTRACT_ORIGIN, &source_unit);
	if (source) {
		read_die(source_unit, source, &attributes);
	} else {
		source = candidate;
		source_unit = unit;
	}
	if (!symbol)
		symbol = find_free_symbol(symbol_name(&attributes));
	if (!symbol)
		return;
	name = symbol_name(&attributes);
	if (name && starts_with(name, SYMBOL_POINTER))
		keep(symbol, source_unit, source, &attributes);
	else
		take(symbol, source_unit, source, subprogram, file, table);
}

/*
 * Goes through the candidates of a unit. Those that may be a symbol's are only
 * noted at first: while the unit is read, not all of its types are known yet
 * to be children of the unit DIE.
 */
static void process_unit(struct unit *unit, unsigned int file,
			 struct type_table *table)
{
	const unsigned char **noted = NULL, *candidate;
	size_t count = 0, capacity = 0;
	struct candidates candidates;
	struct attributes attributes;

	/*
	 * Most DIEs of an object are the same types again in each unit. To
	 * forget them keeps the die cache small, and that makes it fast.
	 */
	if (!unit->data->linked) {
		cache_clear(&prefixes);
		cache_clear(&dies);
		arena_reset(&arena);
	}
	/* A guess that saves growing: a type of a kernel in so many bytes. */
	cache_reserve(&dies, (unit->end - unit->start) / 256);
	unit_open(unit);
	candidates_begin(&candidates, unit);
	while ((candidate = candidates_next(&candidates, &attributes))) {
		if (!has(&attributes, ATTRIBUTE_ABSTRACT_ORIGIN) &&
		    !find_symbol(symbol_name(&attributes)))
			continue;
		noted = grow(noted, count, &capacity, sizeof(*noted));
		noted[count++] = candidate;
	}
	for (size_t i = 0; i < count; i++)
		process_candidate(unit, noted[i], file, table);
	free(noted);
	take_kept(file, table);
	unit_close(unit);
}

void dwarf_read(struct object *object, unsigned int file,
		struct type_table *table)
{
	struct debug_data data;

	debug_data_open(&data, object);
	for (size_t i = 0; i < data.unit_count; i++)
		process_unit(&data.units[i], file, table);
	debug_data_close(&data);
	cache_free(&symbol_strings);
	cache_free(&prefixes);
	cache_free(&dies);
	arena_free(&arena);
}
