// SPDX-License-Identifier: GPL-2.0-only
/*
 * The row of a DIE as fragments (FORMAT 5 and 6), and of all DIEs that a symbol
 * leads to.
 *
 * When a DIE becomes a symbol's, all that it leads to is *loaded*: each DIE that
 * isn't entered yet gets an entry and its fragments, until none is left without.
 */
#define PART "dwarf"
#include "die.h"
#include <inttypes.h>

/* Fully qualified names (FORMAT 6) */

/* Joins two names by "::", in the arena. */
static struct text join(struct arena *arena, struct text a, struct text b)
{
	char *text = arena_alloc(arena, a.length + b.length + 3);

	memcpy(text, a.start, a.length);
	memcpy(text + a.length, "::", 2);
	memcpy(text + a.length + 2, b.start, b.length);
	text[a.length + b.length + 2] = '\0';
	return (struct text){ text, a.length + b.length + 2 };
}

/*
 * Makes the prefix of what is declared in a scope: the names of the scopes around it and
 * its own, from the outermost that has a name.
 */
static struct text make_prefix(struct arena *arena, struct die_ref scope)
{
	struct text whole = { 0 }, prefix = { 0 };
	struct attributes attributes;

	for (; scope.address; scope = parent_die(scope)) {
		struct text name;

		read_die(scope, &attributes);
		if (!is_scope(attributes.tag))
			break;
		name = name_of(&attributes);
		if (!name.start)
			name = make_text("<anonymous>");
		whole = whole.start ? join(arena, name, whole) : name;
		if (name_of(&attributes).start)
			prefix = whole;
	}
	return prefix;
}

/* Makes the fully qualified name of a DIE; `start` NULL if it is empty. */
static struct text qualified_name(struct dies *dies, const struct attributes *attributes)
{
	struct text name = name_of(attributes);
	struct die_ref scope;
	struct text *prefix;

	if (!name.start)
		return name;
	scope = parent_die(attributes->die);
	if (scope.address &&
	    (scope.address != scope.unit->root || is_scope(scope.unit->root_tag))) {
		prefix = cache_find(&dies->prefixes, (uintptr_t)scope.address, NULL, NULL);
		if (!prefix) {
			prefix = arena_alloc(&dies->arena, sizeof(*prefix));
			*prefix = make_prefix(&dies->arena, scope);
			cache_add(&dies->prefixes, (uintptr_t)scope.address, prefix);
		}
		if (prefix->start)
			return join(&dies->arena, *prefix, name);
	}
	return name.length ? name : (struct text){ 0 };
}

/* Tags */

/* Not in every <dwarf.h>: what btf_decl_tag and the like leave. */
#define TAG_LLVM_ANNOTATION 0x6000
#define TAG_GNU_ANNOTATION  0x6001

/* What is known of a tag, but for the rows that only it has. */
static const struct tag {
	unsigned int tag;
	bool skipped_in_struct; /* as a child of one: it takes no room there */
	/* The words that its row begins with, if it is a body or wraps T; or NULL. */
	const char *words;
	const char *prefix; /* of references to it, if it has a name; or NULL */
	const char *name; /* with a blank, for errors about it; or empty */
} tags[] = {
	{ DW_TAG_pointer_type, true, "pointer_type {", NULL, "" },
	{ DW_TAG_structure_type, true, "structure_type", "s#", "" },
	{ DW_TAG_typedef, true, "typedef_type {", "t#", "" },
	{ DW_TAG_array_type, true, NULL, NULL, "" },
	{ DW_TAG_const_type, true, "const_type {", NULL, "" },
	{ DW_TAG_union_type, true, "union_type", "u#", "" },
	{ DW_TAG_enumeration_type, true, "enumeration_type", "e#", "" },
	{ DW_TAG_subroutine_type, true, NULL, NULL, "" },
	{ DW_TAG_base_type, true, NULL, NULL, "" },
	{ DW_TAG_volatile_type, true, "volatile_type {", NULL, "" },
	{ DW_TAG_class_type, true, "class_type", "s#", "" },
	{ DW_TAG_atomic_type, true, "atomic_type {", NULL, "" },
	{ DW_TAG_reference_type, true, "reference_type {", NULL, "" },
	{ DW_TAG_restrict_type, true, "restrict_type {", NULL, "" },
	{ DW_TAG_rvalue_reference_type, true, "rvalue_reference_type {", NULL, "" },
	{ DW_TAG_immutable_type, false, "immutable_type {", NULL, "" },
	{ DW_TAG_packed_type, false, "packed_type {", NULL, "" },
	{ DW_TAG_shared_type, false, "shared_type {", NULL, "" },
	{ DW_TAG_subrange_type, true, NULL, NULL, "" },
	{ DW_TAG_unspecified_type, true, NULL, NULL, "" },
	{ DW_TAG_template_type_parameter, true, "template_type_parameter_type {", NULL, "" },
	/*
	 * Errors as types, but not as children of a structure: generics, whose name
	 * has their values; names, functions, static members, remarks.
	 */
	{ DW_TAG_template_value_parameter, true, NULL, NULL, "" },
	{ DW_TAG_GNU_formal_parameter_pack, true, NULL, NULL, "" },
	{ DW_TAG_GNU_template_parameter_pack, true, NULL, NULL, "" },
	{ DW_TAG_GNU_template_template_param, true, NULL, NULL, "" },
	{ DW_TAG_access_declaration, true, NULL, NULL, "" },
	{ DW_TAG_constant, true, NULL, NULL, "" },
	{ DW_TAG_dwarf_procedure, true, NULL, NULL, "" },
	{ DW_TAG_friend, true, NULL, NULL, "" },
	{ DW_TAG_imported_declaration, true, NULL, NULL, "" },
	{ DW_TAG_imported_module, true, NULL, NULL, "" },
	{ DW_TAG_interface_type, true, NULL, NULL, " interface_type" },
	{ DW_TAG_ptr_to_member_type, true, NULL, NULL, " ptr_to_member_type" },
	{ DW_TAG_subprogram, true, NULL, NULL, " subprogram" },
	{ DW_TAG_template_alias, true, NULL, NULL, " template_alias" },
	{ DW_TAG_variable, true, NULL, NULL, " variable" },
	{ TAG_GNU_ANNOTATION, true, NULL, NULL, "" },
	{ TAG_LLVM_ANNOTATION, true, NULL, NULL, "" },
	/* Errors in any case. */
	{ DW_TAG_coarray_type, false, NULL, NULL, " coarray_type" },
	{ DW_TAG_common_inclusion, false, NULL, NULL, " common_inclusion" },
	{ DW_TAG_dynamic_type, false, NULL, NULL, " dynamic_type" },
	{ DW_TAG_enumerator, false, NULL, NULL, " enumerator" },
	{ DW_TAG_file_type, false, NULL, NULL, " file_type" },
	{ DW_TAG_formal_parameter, false, NULL, NULL, " formal_parameter" },
	{ DW_TAG_generic_subrange, false, NULL, NULL, " generic_subrange" },
	{ DW_TAG_inheritance, false, NULL, NULL, " inheritance" },
	{ DW_TAG_namespace, false, NULL, NULL, " namespace" },
	{ DW_TAG_set_type, false, NULL, NULL, " set_type" },
	{ DW_TAG_string_type, false, NULL, NULL, " string_type" },
	{ DW_TAG_thrown_type, false, NULL, NULL, " thrown_type" },
	{ DW_TAG_variant, false, NULL, NULL, " variant" },
	{ 0, false, NULL, NULL, "" }, /* any other */
};

static const struct tag *find_tag(unsigned int code)
{
	const struct tag *tag = tags;

	while (tag->tag && tag->tag != code)
		tag++;
	return tag;
}

/* Parts of rows */

/*
 * Finds or makes the entry of a DIE, which is loaded later. Error: no DIE begins there.
 */
static struct die *enter_die(struct dies *dies, struct die_ref ref)
{
	uint64_t key = (uintptr_t)ref.address;
	struct die *die = cache_find(&dies->by_address, key, NULL, NULL);

	if (die)
		return die;
	check_die_start(ref);
	die = arena_zalloc(&dies->arena, sizeof(*die));
	die->ref = ref;
	cache_add(&dies->by_address, key, die);
	*APPEND(dies->new_dies, dies->new_count, dies->new_capacity) = die;
	statistics.loaded++;
	return die;
}

/* Adds a fragment. Inline, as are those below, so that constants are worked out before. */
static inline struct fragment *__attribute__((always_inline))
add(struct row *row, enum fragment_kind kind)
{
	struct fragment *fragment;

	row->fragments = arena_reserve(row->arena, row->count * sizeof(*fragment),
				       (row->count + 1) * sizeof(*fragment));
	fragment = &row->fragments[row->count++];
	*fragment = (struct fragment){ .kind = kind };
	return fragment;
}

static inline struct fragment *add_text(struct row *row, enum fragment_kind kind, struct text text)
{
	struct fragment *fragment = add(row, kind);

	fragment->text = text.start;
	fragment->length = text.length;
	return fragment;
}

static inline struct fragment *add_word(struct row *row, enum fragment_kind kind, const char *word)
{
	return add_text(row, kind, make_text(word));
}

/*
 * Adds a fragment for a name, also if there is none. Error: the names of the row, which many
 * rows may share, are too long.
 */
static inline void add_name(struct row *row, enum fragment_kind kind, struct text name)
{
	row->names_length += name.length;
	if (row->names_length > STRING_LENGTH_LIMIT)
		die_error(row->die, "names of more than %" PRIu64 " bytes", STRING_LENGTH_LIMIT);
	add_text(row, kind, name);
}

/* Add what opens a bracket, and what closes it: an LB follows, or stands before. */
static inline void add_open(struct row *row, enum fragment_kind kind, struct text text)
{
	add_text(row, kind, text);
	row->opened = row->count;
}

static inline void add_close(struct row *row, enum fragment_kind kind, const char *word)
{
	add_word(row, kind, word)->broken = true;
	row->fragments[row->opened].broken = true;
}

/* Adds an item, with a separator unless it is the first of its list. */
static inline void __attribute__((always_inline))
add_item(struct row *row, enum fragment_kind kind, const char *word)
{
	add_word(row, kind, word)->separated = row->items++ > 0;
}

static void add_number(struct row *row, enum fragment_kind kind, uint64_t number)
{
	add(row, kind)->number = number;
}

/* Adds an attribute with its word, if it is there: mostly it isn't. */
static inline void __attribute__((always_inline))
add_attribute(struct row *row, const struct attributes *attributes, enum attribute attribute)
{
	struct fragment *fragment;

	if (!has(attributes, attribute))
		return;
	fragment = add(row, FRAGMENT_NUMBER);
	fragment->attribute = attribute;
	fragment->number = attributes->values[attribute].number;
}

/* byte_size, which a rule may change, encoding and alignment */
static void add_sizes(struct dies *dies, const struct attributes *attributes, struct text name)
{
	struct kabi_rule *rule = kabi_find(dies->rules, KABI_BYTE_SIZE, name);
	struct row *row = &dies->row;

	add_attribute(row, attributes, ATTRIBUTE_BYTE_SIZE);
	if (rule && has(attributes, ATTRIBUTE_BYTE_SIZE)) {
		row->fragments[row->count - 1].number = kabi_number(dies->rules, rule);
		rule->used = true;
	} else if (rule) {
		rule->misfit = true;
	}
	if (attributes->tag == DW_TAG_base_type)
		add_attribute(row, attributes, ATTRIBUTE_ENCODING);
	add_attribute(row, attributes, ATTRIBUTE_ALIGNMENT);
}

/* Adds the string of another DIE, in place or as a reference. */
static void add_die(struct dies *dies, struct die_ref die)
{
	struct die *entry = enter_die(dies, die);

	add(&dies->row, FRAGMENT_DIE)->die = entry;
}

/* Adds a type, or void. */
static void add_type_or_void(struct dies *dies, struct die_ref type)
{
	if (type.address)
		add_die(dies, type);
	else
		add_word(&dies->row, FRAGMENT_TEXT, "base_type void");
}

/* T */
static inline void add_type(struct dies *dies, const struct attributes *attributes)
{
	add_type_or_void(dies, unchecked_reference(attributes, ATTRIBUTE_TYPE));
}

/* Adds a value of more than 64 bits between two texts, if it is there. */
static void add_wide(struct dies *dies, const struct attributes *attributes, const char *before,
		     const char *after)
{
	if (has(attributes, ATTRIBUTE_WIDE_VALUE))
		add_text(&dies->row, FRAGMENT_TEXT,
			 canonical_wide(&dies->arena, attributes, before, after));
}

/* Items */

/* member, formal_parameter: 'WORD ' T name accessibility bit_size ... */
static void add_member(struct dies *dies, const struct attributes *attributes)
{
	struct text name = name_of(attributes);
	struct row *row = &dies->row;

	add_item(row, FRAGMENT_MEMBER,
		 attributes->tag == DW_TAG_member ? "member " : "formal_parameter ");
	add_type(dies, attributes);
	/* Which new name it shows in place of this one, the walk finds out. */
	if (options.stable && name.start && starts_with(name.start, "__kabi_"))
		name = (struct text){ 0 };
	add_name(row, FRAGMENT_MEMBER_NAME, name);
	add_attribute(row, attributes, ATTRIBUTE_ACCESSIBILITY);
	add_attribute(row, attributes, ATTRIBUTE_BIT_SIZE);
	add_attribute(row, attributes, ATTRIBUTE_DATA_BIT_OFFSET);
	add_attribute(row, attributes, ATTRIBUTE_DATA_MEMBER_LOCATION);
}

/* enumerator: 'enumerator' F ' = ' N */
static void add_enumerator(struct dies *dies, struct text enumeration, struct text name,
			   const struct attributes *attributes)
{
	const struct kabi_rules *rules = dies->rules;
	struct row *row = &dies->row;
	struct kabi_rule *value;

	/* Both rules are found, so that it is known that they match something. */
	value = kabi_find_enumerator(rules, KABI_ENUMERATOR_VALUE, enumeration, name);
	if (kabi_find_enumerator(rules, KABI_ENUMERATOR_IGNORE, enumeration, name)) {
		add(row, FRAGMENT_IGNORED);
		return;
	}
	add_item(row, FRAGMENT_ITEM, "enumerator");
	if (name.length)
		add_name(row, FRAGMENT_NAME, name);
	if (value)
		add_number(row, FRAGMENT_VALUE, kabi_number(rules, value));
	else if (has(attributes, ATTRIBUTE_CONST_VALUE))
		add_number(row, FRAGMENT_VALUE, attributes->values[ATTRIBUTE_CONST_VALUE].number);
	else
		add_wide(dies, attributes, " = ", "");
}

/* subrange_type: '[N]' */
static void add_dimension(struct row *row, const struct attributes *attributes)
{
	if (has(attributes, ATTRIBUTE_COUNT))
		add_number(row, FRAGMENT_DIMENSION, number_of(attributes, ATTRIBUTE_COUNT));
	else if (has(attributes, ATTRIBUTE_UPPER_BOUND))
		add_number(row, FRAGMENT_DIMENSION,
			   number_of(attributes, ATTRIBUTE_UPPER_BOUND) + 1);
	else
		add_word(row, FRAGMENT_TEXT, "[]");
}

/* Tells whether a child is left out: a member that is an ignored union (FORMAT 8). */
static bool is_ignored(const struct attributes *child, unsigned int parent)
{
	return options.stable && child->tag == DW_TAG_member && is_body(parent) &&
	       parent != DW_TAG_enumeration_type &&
	       special_union(kabi_member_type(child)).kind == UNION_IGNORED;
}

/*
 * Reads the next child of a DIE that counts: as it is or, with --canonical, made the same
 * for all compilers. Returns false after the last.
 */
static inline bool next_canonical_child(struct cursor *children, unsigned int parent,
					struct attributes *child)
{
	do {
		if (!next_child(children, child))
			return false;
	} while (is_ignored(child, parent));
	canonicalize(child, parent);
	return true;
}

/*
 * Adds a child in the list of a structure, class or union, unless it takes no room in
 * it.
 */
static inline void __attribute__((always_inline))
add_structure_child(struct dies *dies, const struct attributes *child, struct text name)
{
	const struct tag *tag;

	switch (child->tag) {
	case DW_TAG_member:
		add_member(dies, child);
		break;
	case DW_TAG_variant_part:
		add_item(&dies->row, FRAGMENT_ITEM, "");
		add_die(dies, child->die);
		break;
	default:
		tag = find_tag(child->tag);
		if (!tag->skipped_in_struct)
			die_error(child->die, "unexpected structure_type child: 0x%x%s, in '%s'",
				  child->tag, tag->name, name.start ? name.start : "<anonymous>");
	}
}

/* Adds a child in the list of a variant_part, where all are. */
static void add_variant_child(struct dies *dies, const struct attributes *child)
{
	switch (child->tag) {
	case DW_TAG_member:
	case DW_TAG_formal_parameter:
		add_member(dies, child);
		return;
	case DW_TAG_enumerator:
	case DW_TAG_variant:
	case DW_TAG_variant_part:
		add_item(&dies->row, FRAGMENT_ITEM, "");
		break;
	case TAG_GNU_ANNOTATION:
	case TAG_LLVM_ANNOTATION:
		return;
	}
	add_die(dies, child->die);
}

/* Adds the list of a structure in the order of its layout (FORMAT 13). */
static void add_ordered(struct dies *dies, const struct attributes *attributes, struct text name)
{
	struct cursor children = children_of(attributes);
	size_t start = dies->row.count, count;
	uint64_t length = dies->row.names_length;
	struct attributes child;
	struct placed *order;
	uint64_t last = 0;
	bool sorted = true;

	dies->row.items = 0;
	while (sorted && next_canonical_child(&children, attributes->tag, &child)) {
		/* What is no item has no place. */
		bool is_item = child.tag == DW_TAG_member || child.tag == DW_TAG_variant_part;
		uint64_t place = is_item ? canonical_place(&child) : last;

		sorted = place >= last;
		last = place;
		add_structure_child(dies, &child, name);
	}
	if (sorted) /* as it nearly always is, in C */
		return;
	dies->row.count = start;
	dies->row.items = 0;
	dies->row.names_length = length;
	order = canonical_order(attributes, &count);
	for (size_t i = 0; i < count; i++) {
		read_die(order[i].die, &child);
		if (is_ignored(&child, attributes->tag))
			continue;
		canonicalize(&child, attributes->tag);
		add_structure_child(dies, &child, name);
	}
	free(order);
}

/* Adds the list of a DIE, by its tag: which children are in it, and how. */
static void add_list(struct dies *dies, const struct attributes *attributes, struct text name)
{
	struct cursor children = children_of(attributes);
	struct attributes child;

	dies->row.items = 0;
	while (next_canonical_child(&children, attributes->tag, &child)) {
		switch (attributes->tag) {
		case DW_TAG_array_type:
			if (child.tag == DW_TAG_subrange_type)
				add_dimension(&dies->row, &child);
			break;
		case DW_TAG_enumeration_type:
			if (child.tag == DW_TAG_enumerator)
				add_enumerator(dies, name, name_of(&child), &child);
			break;
		case DW_TAG_subprogram:
		case DW_TAG_subroutine_type:
			if (child.tag == DW_TAG_formal_parameter)
				add_member(dies, &child);
			else if (options.canonical && child.tag == DW_TAG_unspecified_parameters)
				add_item(&dies->row, FRAGMENT_ITEM, "unspecified_parameters");
			break;
		case DW_TAG_variant:
			if (child.tag == DW_TAG_member)
				add_member(dies, &child);
			break;
		case DW_TAG_variant_part:
			add_variant_child(dies, &child);
			break;
		default:
			add_structure_child(dies, &child, name);
		}
	}
}

/* Rows */

/* array_type: 'array_type' dims ' {' T '}' */
static void add_array(struct dies *dies, const struct attributes *attributes)
{
	struct row *row = &dies->row;

	add_word(row, FRAGMENT_TEXT, "array_type");
	if (has(attributes, ATTRIBUTE_GNU_VECTOR))
		add_word(row, FRAGMENT_TEXT, " GNU_vector");
	add_list(dies, attributes, (struct text){ 0 });
	add(row, FRAGMENT_END_LIST);
	add_open(row, FRAGMENT_OPEN, make_text(" {"));
	add_type(dies, attributes);
	add_close(row, FRAGMENT_CLOSE, "}");
}

/* subroutine_type, subprogram: 'WORD' ' (' list(formal_parameter) ')' '-> ' T */
static void add_function(struct dies *dies, const char *word, const struct attributes *attributes)
{
	struct row *row = &dies->row;

	add_word(row, FRAGMENT_TEXT, word);
	add_open(row, FRAGMENT_OPEN_LIST, make_text(" ("));
	add_list(dies, attributes, (struct text){ 0 });
	add_close(row, FRAGMENT_CLOSE_LIST, ")");
	add_word(row, FRAGMENT_TEXT, "-> ")->broken = true;
	add_type(dies, attributes);
}

static bool is_definition(const struct dies *dies, const struct attributes *attributes,
			  struct text name)
{
	struct kabi_rule *rule = kabi_find(dies->rules, KABI_DECLONLY, name);

	if (rule)
		rule->used = true;
	if (rule || has(attributes, ATTRIBUTE_DECLARATION))
		return false;
	return !has(attributes, ATTRIBUTE_DECL_FILE) ||
	       !is_source_file(attributes->die, attributes->values[ATTRIBUTE_DECL_FILE].number);
}

/*
 * structure_type, class_type, union_type, enumeration_type:
 * 'WORD' F ' {' list(...) '}' byte_size alignment, or 'WORD' F ' {' '}'
 */
static void add_body(struct dies *dies, const char *word, const struct attributes *attributes,
		     struct text name)
{
	struct row *row = &dies->row;

	add_word(row, FRAGMENT_TEXT, word);
	add_name(row, FRAGMENT_NAME, name);
	if (!is_definition(dies, attributes, name)) {
		add_open(row, FRAGMENT_OPEN, make_text(" {"));
		add_close(row, FRAGMENT_CLOSE, "}");
		return;
	}
	add_open(row, FRAGMENT_OPEN_LIST, make_text(" {"));
	if (options.canonical && attributes->tag != DW_TAG_enumeration_type)
		add_ordered(dies, attributes, name);
	else
		add_list(dies, attributes, name);
	add_close(row, FRAGMENT_CLOSE_LIST, "}");
	add_sizes(dies, attributes, name);
}

/* variant_part: 'WORD {' list(...) '}'; variant: the same, and discr_value */
static void add_variants(struct dies *dies, const char *word, const struct attributes *attributes)
{
	struct row *row = &dies->row;

	add_open(row, FRAGMENT_OPEN_LIST, make_text(word));
	add_list(dies, attributes, (struct text){ 0 });
	add_close(row, FRAGMENT_CLOSE_LIST, "}");
	if (attributes->tag == DW_TAG_variant_part)
		return;
	add_attribute(row, attributes, ATTRIBUTE_DISCR_VALUE);
	add_wide(dies, attributes, " discr_value(", ")");
}

/*
 * Adds a type and all its qualifiers in one order, as if each had a row of its own
 * (FORMAT 13). Returns false if it has none.
 */
static bool add_qualified(struct dies *dies, const struct attributes *attributes)
{
	static const char *const words[QUALIFIERS] = { "atomic_type {", "const_type {",
						       "restrict_type {", "volatile_type {" };
	struct qualified qualified = canonical_qualified(attributes->die);
	struct row *row = &dies->row;
	size_t count = 0;

	if (qualified.type.address == attributes->die.address)
		return false;
	for (int i = 0; i < QUALIFIERS; i++) {
		if (!(qualified.qualifiers >> i & 1))
			continue;
		add_open(row, FRAGMENT_OPEN, make_text(words[i]));
		row->fragments[row->count - 1].broken = count++ > 0;
	}
	add_type_or_void(dies, qualified.type);
	while (count--)
		add_close(row, FRAGMENT_CLOSE, "}");
	return true;
}

/*
 * Adds a row that only wraps T: 'WORD' F ' {' T '}' byte_size alignment. Most have
 * no name, so the word is with what opens the bracket, as one fragment.
 */
static void add_wrapper(struct dies *dies, const char *words, const struct attributes *attributes,
			struct text name)
{
	struct row *row = &dies->row;
	struct text word = make_text(words);

	if (options.canonical && !name.start && add_qualified(dies, attributes))
		return;
	if (name.start) {
		word.length -= strlen(" {");
		add_text(row, FRAGMENT_TEXT, word);
		add_name(row, FRAGMENT_NAME, name);
		word = make_text(" {");
	}
	add_open(row, FRAGMENT_OPEN, word);
	add_type(dies, attributes);
	add_close(row, FRAGMENT_CLOSE, "}");
	add_sizes(dies, attributes, name);
}

/*
 * Adds the row of a type. (Members and the like get here too, if damaged DWARF
 * has them for types.)
 */
static void add_row(struct dies *dies, const struct tag *tag, const struct attributes *attributes,
		    struct text name)
{
	struct row *row = &dies->row;

	if (is_body(attributes->tag)) {
		add_body(dies, tag->words, attributes, name);
		return;
	}
	switch (attributes->tag) {
	case DW_TAG_base_type:
		/* 'base_type' F byte_size encoding alignment */
		add_word(row, FRAGMENT_TEXT, "base_type");
		add_name(row, FRAGMENT_NAME, canonical_base(&dies->arena, name));
		add_sizes(dies, attributes, name);
		break;
	case DW_TAG_array_type:
		add_array(dies, attributes);
		break;
	case DW_TAG_subrange_type:
		add_dimension(row, attributes);
		break;
	case DW_TAG_subroutine_type:
		add_function(dies, "subroutine_type", attributes);
		break;
	case DW_TAG_formal_parameter:
	case DW_TAG_member:
		add_member(dies, attributes);
		break;
	case DW_TAG_enumerator:
		add_enumerator(dies, (struct text){ 0 }, name, attributes);
		break;
	case DW_TAG_variant_part:
		add_variants(dies, "variant_part {", attributes);
		break;
	case DW_TAG_variant:
		add_variants(dies, "variant {", attributes);
		break;
	case DW_TAG_unspecified_type:
		add_word(row, FRAGMENT_TEXT, "unspecified_type");
		break;
	default:
		if (!tag->words)
			die_error(attributes->die, "unexpected type: 0x%x%s", attributes->tag,
				  tag->name);
		add_wrapper(dies, tag->words, attributes, name);
	}
}

/* Loading */

static void begin_row(struct row *row, struct arena *arena, struct die_ref die)
{
	row->arena = arena;
	row->die = die;
	row->items = 0;
	row->names_length = 0;
	row->count = 0;
}

static void end_row(struct row *row, struct die *die)
{
	if (row->count > UINT32_MAX)
		die_error(row->die, "a type with too many parts");
	die->fragments = arena_keep(row->arena, row->count * sizeof(*row->fragments));
	die->fragment_count = row->count;
}

/*
 * Makes the row of a DIE, notes its type if it is a named one, and enters the DIEs that it
 * leads to.
 */
static void load_die(struct dies *dies, struct die *die)
{
	struct special special = { 0 };
	struct text name = { 0 };
	struct attributes attributes;
	const struct tag *tag;

	read_die(die->ref, &attributes);
	canonicalize(&attributes, 0);
	die->tag = attributes.tag;
	tag = find_tag(die->tag);
	if (die->tag == DW_TAG_union_type)
		special = special_union(die->ref);
	die->special = special.kind;
	die->new_name = special.new_name;
	if (!special.kind)
		name = qualified_name(dies, &attributes);
	if (tag->prefix && name.start)
		die->type = types_enter(dies->table,
					keys_enter_name(dies->table->keys, tag->prefix, name));
	begin_row(&dies->row, die->type ? &dies->named_rows : &dies->rows, die->ref);
	if (special.kind == UNION_IGNORED)
		add_word(&dies->row, FRAGMENT_TEXT, "");
	else if (special.kind)
		add_die(dies, special.type);
	else
		add_row(dies, tag, &attributes, name);
	end_row(&dies->row, die);
	if (die->tag == DW_TAG_base_type)
		die_flatten(die, &dies->arena);
}

struct die *dies_load_symbol(struct dies *dies, struct die_ref ref, bool subprogram)
{
	struct die *symbol = arena_zalloc(&dies->arena, sizeof(*symbol));
	struct die *type = NULL, *rest = NULL;
	struct attributes attributes;

	symbol->ref = ref;
	read_die(ref, &attributes);
	begin_row(&dies->row, &dies->rows, ref);
	if (options.canonical)
		add_word(&dies->row, FRAGMENT_TEXT, CANONICAL_START);
	if (!subprogram) {
		add_word(&dies->row, FRAGMENT_TEXT, "variable ");
		if (attributes.tag == DW_TAG_variable)
			canonicalize(&attributes, 0);
		add_type(dies, &attributes);
	} else if (attributes.tag != DW_TAG_subroutine_type) {
		attributes.tag = DW_TAG_subprogram;
		canonicalize(&attributes, 0);
		add_function(dies, "subprogram", &attributes);
	} else {
		/*
		 * The type of a symbol pointer: "subprogram", then the fragments of
		 * that type but its first. They are shared, not copied, so that an
		 * item which the walk has finished is finished for both.
		 */
		add_word(&dies->row, FRAGMENT_TEXT, "subprogram");
		type = enter_die(dies, ref);
		rest = arena_zalloc(&dies->arena, sizeof(*rest));
		add(&dies->row, FRAGMENT_DIE)->die = rest;
	}
	end_row(&dies->row, symbol);
	for (size_t i = 0; i < dies->new_count; i++)
		load_die(dies, dies->new_dies[i]);
	if (rest) {
		rest->ref = ref;
		rest->fragments = type->fragments + 1;
		rest->fragment_count = type->fragment_count - 1;
	}
	return symbol;
}

void dies_forget(struct dies *dies)
{
	/* To clear them would cost as much as the largest unit so far has made of them. */
	cache_free(&dies->prefixes);
	cache_free(&dies->by_address);
	arena_reset(&dies->arena);
	arena_reset(&dies->rows);
}

void dies_free(struct dies *dies)
{
	cache_free(&dies->prefixes);
	cache_free(&dies->by_address);
	arena_free(&dies->arena);
	arena_free(&dies->rows);
	arena_free(&dies->named_rows);
	free(dies->new_dies);
}
