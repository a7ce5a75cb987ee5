// SPDX-License-Identifier: GPL-2.0-only
/*
 * The attributes of a DIE: the one hot loop that libdw is too slow for, since it
 * looks up each attribute anew, from the front of the DIE and of its
 * abbreviation. Reading a DIE is going through the steps of its abbreviation; values
 * of rare forms are asked of libdw.
 *
 * With it go lists of children, and parents, which DWARF doesn't tell.
 */
#define PART "decode"
#include "internal.h"

/* DIEs */

/* Returns the DIE at an offset from the start of a unit; address NULL beyond its end. */
static inline struct die_ref unit_die(struct unit *unit, uint64_t offset)
{
	if (offset >= (size_t)(unit->end - unit->start))
		return (struct die_ref){ 0 };
	return (struct die_ref){ unit, unit->start + offset };
}

/* Translates a DIE of libdw; address NULL if it is in no unit. */
static struct die_ref libdw_die(struct unit *from, const Dwarf_Die *die)
{
	struct unit *unit = die ? find_unit(from, die->cu) : NULL;

	return unit ? (struct die_ref){ unit, die->addr } : (struct die_ref){ 0 };
}

/*
 * Warns, once for an input file, that a type is not in it, or that only a declaration is read.
 * For such a type, compilers leave the signature of a type unit.
 */
static void warn_about_signature(struct die_ref die)
{
	struct dwarf_input *input = die.unit->input;

	if (!input->misses_types)
		warning("types of '%s' are in type units (-fdebug-types-section) that are not read: they show as void or without a name, and no version depends on them (DIE 0x%llx in '%s' is the first)",
			input->object->path, die_offset(die), die.unit->file->path);
	input->misses_types = true;
}

/*
 * Asks libdw for the value of an attribute whose form isn't read here; `number` is
 * what was read at `at`. Returns false if there is none.
 */
static bool __attribute__((noinline, cold))
ask_libdw(struct die_ref die, const struct step *step, const unsigned char *at, uint64_t number,
	  union value *value)
{
	struct unit *unit = die.unit;
	Dwarf_Attribute attribute = {
		.code = step->name, .form = step->form, .valp = (unsigned char *)at, .cu = unit->cu
	};
	Dwarf_Die target;

	switch (step->form) {
	case DW_FORM_ref_sup4:
	case DW_FORM_ref_sup8:
		/* libdw (0.196 too) looks in the file itself. */
		value->die = libdw_die(unit, dwarf_offdie(supplementary(die), number, &target));
		return true;
	case DW_FORM_GNU_ref_alt:
	case DW_FORM_GNU_strp_alt:
	case DW_FORM_strp_sup:
		supplementary(die);
	}
	switch (step->opcode) {
	case OPCODE_LIBDW_NUMBER:
		return !dwarf_formudata(&attribute, &value->number);
	case OPCODE_LIBDW_REFERENCE:
		value->die = libdw_die(unit, dwarf_formref_die(&attribute, &target));
		if (step->name != DW_AT_signature &&
		    (value->die.address || step->form != DW_FORM_ref_sig8))
			return true;
		/* A type signature without a unit is no reference (FORMAT 5). */
		warn_about_signature(die);
		return false;
	default:
		value->text = libdw_text(unit, &attribute);
		if (!value->text.start)
			die_error(die, "a name that is out of bounds");
		return true;
	}
}

static struct text strp_text(struct die_ref die, uint64_t offset)
{
	const struct section_data *texts = &die.unit->file->sections[SECTION_STR];
	struct text text = { 0 };

	if (offset < texts->size)
		text = bounded_text((const char *)texts->start + offset, texts->size - offset);
	if (!text.start)
		die_error(die, "a name at offset 0x%llx of .debug_str, which has 0x%zx bytes",
			  (unsigned long long)offset, texts->size);
	return text;
}

/* Reads bytes whose number stands in front of them. */
static struct text read_block(struct bytes *bytes, uint64_t size)
{
	return (struct text){ (const char *)read_bytes(bytes, size), size };
}

static bool read_variable(struct die_ref die, const struct step *step, struct bytes *bytes,
			  bool wanted, union value *value);
static uint32_t read_indirect(struct die_ref die, const struct step *step, struct bytes *bytes,
			      uint32_t wanted, union value *values);

/*
 * Runs a step: passes over what is to be skipped, and reads the value, into `values` if
 * its attribute is in `wanted` (bits, by enum attribute), or passes over it. Returns the
 * attribute's bit; 0 if it has no value that anybody wants. Inline, since nearly all of a
 * run goes through here.
 */
static inline uint32_t __attribute__((always_inline))
read_value(struct die_ref die, const struct step *step, struct bytes *bytes, uint32_t wanted,
	   union value *values)
{
	const unsigned char *at = read_bytes(bytes, (uint64_t)step->skip + step->size) + step->skip;
	uint32_t bit = WANT(step->attribute);
	bool is_wanted = wanted & bit;
	union value unwanted;
	union value *value = &unwanted;
	uint64_t number = 0;

	if (!is_wanted && is_fixed(step->opcode))
		return 0;
	if (is_wanted)
		value = &values[step->attribute];
	if (step->size <= 8)
		number = get_number(bytes->file->big_endian, at, step->size);
	switch (step->opcode) {
	case OPCODE_SKIP:
		return 0;
	case OPCODE_FLAG:
		return number || !step->size ? bit : 0;
	case OPCODE_NUMBER:
		value->number = number;
		return bit;
	case OPCODE_IMPLICIT:
		value->number = step->implicit;
		return bit;
	case OPCODE_REFERENCE:
		value->die = unit_die(die.unit, number);
		return bit;
	case OPCODE_STRP:
		value->text = strp_text(die, number);
		return bit;
	case OPCODE_BYTES:
		value->text = (struct text){ (const char *)at, step->size };
		return bit;
	case OPCODE_LIBDW_NUMBER:
	case OPCODE_LIBDW_TEXT:
	case OPCODE_LIBDW_REFERENCE:
		return ask_libdw(die, step, at, number, value) ? bit : 0;
	case OPCODE_INDIRECT:
		return read_indirect(die, step, bytes, wanted, values);
	default:
		return read_variable(die, step, bytes, is_wanted, value) ? bit : 0;
	}
}

/* Does the same for a value that its form stands in front of. */
static uint32_t __attribute__((noinline, cold))
read_indirect(struct die_ref die, const struct step *step, struct bytes *bytes, uint32_t wanted,
	      union value *values)
{
	struct step direct = make_direct_step(die.unit, step, read_uleb(bytes));

	if (direct.form == DW_FORM_indirect || direct.form == DW_FORM_implicit_const)
		die_error(die, "form 0x%x in DW_FORM_indirect", direct.form);
	return read_value(die, &direct, bytes, wanted, values);
}

/*
 * Reads a value whose size only the value itself tells, or passes over it. Returns false
 * if there is none.
 */
static bool __attribute__((noinline))
read_variable(struct die_ref die, const struct step *step, struct bytes *bytes, bool wanted,
	      union value *value)
{
	const unsigned char *at = bytes->at;

	switch (step->opcode) {
	case OPCODE_ULEB_SKIP:
	case OPCODE_ULEB_NUMBER:
		value->number = read_uleb(bytes);
		return true;
	case OPCODE_SLEB_NUMBER:
		value->number = read_long_leb(bytes, true);
		return true;
	case OPCODE_ULEB_REFERENCE:
		value->die = unit_die(die.unit, read_uleb(bytes));
		return true;
	case OPCODE_ULEB_LIBDW_TEXT:
		read_uleb(bytes);
		return wanted && ask_libdw(die, step, at, 0, value);
	case OPCODE_STRING:
		value->text = read_text(bytes);
		return true;
	case OPCODE_BLOCK1:
		value->text = read_block(bytes, read_number(bytes, 1));
		return true;
	case OPCODE_BLOCK2:
		value->text = read_block(bytes, read_number(bytes, 2));
		return true;
	case OPCODE_BLOCK4:
		value->text = read_block(bytes, read_number(bytes, 4));
		return true;
	case OPCODE_ULEB_BLOCK:
		value->text = read_block(bytes, read_uleb(bytes));
		return true;
	}
	die_error(die, "unknown form 0x%x of an attribute", step->form);
}

/*
 * Goes through the steps of a DIE that was begun. Of its attributes, those in `wanted`
 * (bits, by enum attribute) are stored.
 */
static void run_steps(struct cursor *cursor, struct attributes *attributes, uint32_t wanted)
{
	struct bytes *bytes = &cursor->bytes;
	const struct step *step = cursor->abbreviation->steps;
	const struct step *end = step + cursor->abbreviation->step_count;
	union value *values = attributes ? attributes->values : NULL;
	uint32_t present = 0;

	for (; step < end; step++)
		present |= read_value(cursor->die, step, bytes, wanted, values);
	read_bytes(bytes, cursor->abbreviation->tail);
	if (attributes)
		attributes->present = present & wanted;
}

/* Makes a cursor at a DIE, in so many lists of children (0: the DIE alone). */
static struct cursor cursor_at(struct die_ref die, size_t depth)
{
	return (struct cursor){
		.bytes = { die.unit->file, "a DIE", die.address, die.unit->end },
		.die = die,
		.depth = depth,
	};
}

/*
 * Reads the code of a DIE and finds its abbreviation. Returns false at the end of a list
 * of children, and of the unit.
 */
static inline bool __attribute__((always_inline)) begin_die(struct cursor *cursor)
{
	const struct unit *unit = cursor->die.unit;
	struct bytes *bytes = &cursor->bytes;
	uint64_t code;

	cursor->die.address = bytes->at;
	if (++unit->input->work > unit->input->work_limit)
		error("the DWARF of '%s' is damaged: its lists of children overlap or are nested so deeply, or its DIEs are so large, that reading them would take forever",
		      bytes->file->path);
	code = bytes->at < bytes->end ? read_uleb(bytes) : 0;
	if (!code)
		return false;
	cursor->abbreviation = find_abbreviation(unit->abbreviations, code);
	if (!cursor->abbreviation)
		die_error(cursor->die, "unknown abbreviation %llu", (unsigned long long)code);
	return true;
}

struct text read_line_form(struct unit *unit, uint64_t code, struct bytes *bytes,
			   unsigned int offset_size)
{
	struct step step = make_line_step(unit, offset_size, code);
	union value value;
	struct bytes text;

	/* Not libdw: it looks for both in the sections of units alone. */
	if (code == DW_FORM_line_strp || code == DW_FORM_strp) {
		text = section_bytes(bytes->file,
				     code == DW_FORM_strp ? SECTION_STR : SECTION_LINE_STR,
				     read_number(bytes, offset_size), "a name in a line table");
		return read_text(&text);
	}
	read_value(unit_root(unit), &step, bytes, WANT(ATTRIBUTE_NONE), &value);
	return code == DW_FORM_string ? value.text : (struct text){ 0 };
}

/* What is read of a DIE, as bits by enum attribute. */
#define WANT_ALL (~WANT(ATTRIBUTE_NONE))
#define WANT_NAMES                                                                               \
	(WANT(ATTRIBUTE_NAME) | WANT(ATTRIBUTE_LINKAGE_NAME) | WANT(ATTRIBUTE_ABSTRACT_ORIGIN) | \
	 WANT(ATTRIBUTE_SPECIFICATION) | WANT(ATTRIBUTE_SIBLING) | WANT(ATTRIBUTE_DECLARATION) | \
	 WANT(ATTRIBUTE_EXTERNAL))
#define WANT_REFERENCES                                                                           \
	(WANT(ATTRIBUTE_TYPE) | WANT(ATTRIBUTE_ABSTRACT_ORIGIN) | WANT(ATTRIBUTE_SPECIFICATION) | \
	 WANT(ATTRIBUTE_DISCR))

/* Reads the attributes of a DIE that was begun. */
static void read_attributes(struct cursor *cursor, struct attributes *attributes, uint32_t wanted)
{
	attributes->die = cursor->die;
	attributes->tag = cursor->abbreviation->tag;
	attributes->children = cursor->abbreviation->children;
	attributes->values[ATTRIBUTE_SIBLING].die.address = NULL;
	run_steps(cursor, attributes, wanted);
	attributes->end = cursor->bytes.at;
	/* Many DIEs may refer to this one, and it may be a large one. */
	cursor->die.unit->input->work += (attributes->end - cursor->die.address) / 8;
}

static void read_wanted(struct die_ref die, struct attributes *attributes, uint32_t wanted)
{
	struct cursor cursor = cursor_at(die, 0);

	if (!begin_die(&cursor))
		die_error(die, "no DIE where one should be");
	read_attributes(&cursor, attributes, wanted);
}

void read_die(struct die_ref die, struct attributes *attributes)
{
	read_wanted(die, attributes, WANT_ALL);
}

void read_names(struct die_ref die, struct attributes *attributes)
{
	read_wanted(die, attributes, WANT_NAMES);
}

/* Passes over the attributes of a DIE that was begun. */
static inline void skip_attributes(struct cursor *cursor)
{
	if (cursor->abbreviation->size != UNKNOWN_SIZE)
		read_bytes(&cursor->bytes, cursor->abbreviation->size);
	else
		run_steps(cursor, NULL, 0);
}

unsigned int read_tag(struct die_ref die)
{
	struct cursor cursor = cursor_at(die, 0);

	return begin_die(&cursor) ? cursor.abbreviation->tag : 0;
}

unsigned int number_size(const struct attributes *attributes, enum attribute attribute)
{
	struct cursor cursor = cursor_at(attributes->die, 0);
	const struct step *step;

	begin_die(&cursor);
	step = cursor.abbreviation->steps;
	for (uint32_t i = 0; i < cursor.abbreviation->step_count; i++, step++)
		if (step->attribute == attribute)
			return step->size;
	return 0;
}

static const char *const reference_names[ATTRIBUTES] = {
	[ATTRIBUTE_TYPE] = "DW_AT_type",
	[ATTRIBUTE_ABSTRACT_ORIGIN] = "DW_AT_abstract_origin",
	[ATTRIBUTE_SPECIFICATION] = "DW_AT_specification",
	[ATTRIBUTE_DISCR] = "DW_AT_discr",
};

struct die_ref unchecked_reference(const struct attributes *attributes, enum attribute attribute)
{
	struct die_ref die = attributes->values[attribute].die;

	if (!has(attributes, attribute))
		return (struct die_ref){ 0 };
	if (!die.address)
		die_error(attributes->die, "%s refers to no DIE", reference_names[attribute]);
	if (die.unit != attributes->die.unit)
		unit_open(die.unit);
	return die;
}

struct die_ref reference(const struct attributes *attributes, enum attribute attribute)
{
	struct die_ref die = unchecked_reference(attributes, attribute);

	if (die.address)
		check_die_start(die);
	return die;
}

/* Lists of children */

/* Reads the code of the next DIE in the lists that are open; false after the last. */
static inline bool __attribute__((always_inline)) next_die(struct cursor *cursor)
{
	for (; cursor->depth && cursor->bytes.at < cursor->bytes.end; cursor->depth--)
		if (begin_die(cursor))
			return true;
	return false;
}

/*
 * Passes over the children of a DIE that was just read: to its sibling, if it has a
 * DW_AT_sibling that leads forward (back would be an endless list), or one by one.
 */
static void skip_children(struct cursor *cursor, const struct attributes *attributes)
{
	const unsigned char *sibling = attributes->values[ATTRIBUTE_SIBLING].die.address;
	struct cursor list;

	if (!attributes->children)
		return;
	if (sibling >= cursor->bytes.at && sibling < cursor->bytes.end) {
		cursor->bytes.at = sibling;
		return;
	}
	list = *cursor;
	list.depth = 1;
	while (next_die(&list)) {
		skip_attributes(&list);
		list.depth += list.abbreviation->children;
	}
	cursor->bytes.at = list.bytes.at;
}

/* Passes over attributes and children of a DIE that was begun. */
static inline void skip_die(struct cursor *cursor)
{
	struct attributes attributes;

	if (cursor->abbreviation->children) {
		read_attributes(cursor, &attributes, WANT(ATTRIBUTE_SIBLING));
		skip_children(cursor, &attributes);
	} else {
		skip_attributes(cursor);
	}
}

struct cursor children_of(const struct attributes *attributes)
{
	return cursor_at((struct die_ref){ attributes->die.unit, attributes->end },
			 attributes->children);
}

bool next_child(struct cursor *cursor, struct attributes *attributes)
{
	if (!next_die(cursor))
		return false;
	read_attributes(cursor, attributes, WANT_ALL);
	skip_children(cursor, attributes);
	return true;
}

/* Notes that a DIE is a child of the unit DIE. */
static void mark_top_level(struct die_ref die)
{
	size_t offset = die.address - die.unit->start;

	die.unit->top_level[offset / 8] |= 1 << offset % 8;
}

static bool is_top_level(struct die_ref die)
{
	size_t offset = die.address - die.unit->start;

	return die.unit->top_level && die.unit->top_level[offset / 8] >> offset % 8 & 1;
}

struct cursor candidates_of(struct unit *unit)
{
	if (!unit->top_level)
		unit->top_level =
			arena_zalloc(&unit->input->arena, (unit->end - unit->start) / 8 + 1);
	return cursor_at((struct die_ref){ unit, unit->children }, unit->children != NULL);
}

bool next_candidate(struct cursor *cursor, struct attributes *attributes)
{
	while (next_die(cursor)) {
		unsigned int tag = cursor->abbreviation->tag;

		if (cursor->depth == 1)
			mark_top_level(cursor->die);
		if (tag == DW_TAG_subprogram || tag == DW_TAG_variable) {
			read_attributes(cursor, attributes, WANT_NAMES);
			skip_children(cursor, attributes);
			return true;
		}
		if (cursor->abbreviation->children && is_scope(tag)) {
			skip_attributes(cursor);
			cursor->depth++;
		} else {
			skip_die(cursor);
		}
	}
	return false;
}

/* Parents */

/*
 * All DIEs of a unit with their parents, in the order in which they stand.
 * DWARF has no way up, so this is made from the front when the parent of a DIE is asked for
 * that is no child of the unit DIE:
 *
 *	              index  parent
 *	compile_unit      0       0
 *	  namespace       1       0
 *	    structure     2       1
 *	      member      3       2
 *	  variable        4       0
 *
 * `parent` is that of the next DIE, whose list of children is at `level`. At the end of lists
 * the cursor goes up by as many levels, and `parent` with it: from 2 to 0 before the variable.
 */
struct indexed_die {
	size_t offset; /* from the start of the unit */
	size_t parent; /* its place in the index */
};

static void make_die_index(struct unit *unit)
{
	struct cursor cursor = cursor_at(unit_root(unit), 1);
	struct arena *arena = &unit->input->arena;
	size_t count = 0, parent = 0, level = 1;
	struct indexed_die *dies = arena_reserve(arena, 0, sizeof(*dies));

	while (next_die(&cursor)) {
		for (; level > cursor.depth; level--)
			parent = dies[parent].parent;
		if (cursor.depth == 1 && count)
			break; /* nothing stands beside the unit DIE */
		dies = arena_reserve(arena, count * sizeof(*dies), (count + 1) * sizeof(*dies));
		dies[count] = (struct indexed_die){ cursor.die.address - unit->start, parent };
		if (cursor.abbreviation->children) {
			parent = count;
			level = ++cursor.depth;
		}
		count++;
		skip_attributes(&cursor);
	}
	unit->dies = arena_keep(arena, count * sizeof(*dies));
	unit->die_count = count;
}

struct die_ref parent_die(struct die_ref die)
{
	struct unit *unit = die.unit;
	size_t offset = die.address - unit->start, low = 0, high;
	const struct indexed_die *dies;

	if (die.address == unit->root)
		return (struct die_ref){ 0 };
	if (is_top_level(die))
		return unit_root(unit);
	if (!unit->dies)
		make_die_index(unit);
	dies = unit->dies;
	high = unit->die_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (dies[middle].offset == offset)
			return unit_die(unit, dies[dies[middle].parent].offset);
		if (dies[middle].offset < offset)
			low = middle + 1;
		else
			high = middle;
	}
	die_error(die, "a reference to where no DIE begins");
}

void check_die_start(struct die_ref die)
{
	parent_die(die); /* which has to look for it */
}

/* Units */

/* The attributes that refer to a DIE that is read then. */
static const enum attribute references[] = { ATTRIBUTE_TYPE, ATTRIBUTE_ABSTRACT_ORIGIN,
					     ATTRIBUTE_SPECIFICATION, ATTRIBUTE_DISCR };

void find_linked_units(struct unit *unit, size_t *first, size_t *last)
{
	struct cursor cursor = cursor_at(unit_root(unit), 1);
	const struct unit *units = unit->list->units;
	struct attributes attributes = { 0 };

	*first = *last = unit - units;
	unit->abbreviations = read_abbreviations(unit);
	while (next_die(&cursor)) {
		cursor.depth += cursor.abbreviation->children;
		if (!cursor.abbreviation->linked) {
			skip_attributes(&cursor);
			continue;
		}
		read_attributes(&cursor, &attributes, WANT_REFERENCES);
		for (size_t i = 0; i < sizeof(references) / sizeof(*references); i++) {
			struct die_ref die;
			size_t number;

			if (!has(&attributes, references[i]))
				continue;
			die = attributes.values[references[i]].die;
			number = die.address ? die.unit - units : unit - units;
			if (number < *first)
				*first = number;
			if (number > *last)
				*last = number;
		}
	}
	unit->abbreviations = NULL;
}

void unit_open(struct unit *unit)
{
	struct cursor cursor = cursor_at(unit_root(unit), 0);
	struct attributes root;

	if (unit->abbreviations)
		return;
	unit->opened_before = unit->input->opened;
	unit->input->opened = unit;
	unit->abbreviations = read_abbreviations(unit);
	if (!begin_die(&cursor))
		return; /* an empty unit */
	read_attributes(&cursor, &root, WANT(ATTRIBUTE_STMT_LIST));
	unit->root_tag = root.tag;
	unit->children = root.children ? root.end : NULL;
	unit->has_lines = has(&root, ATTRIBUTE_STMT_LIST);
	if (unit->has_lines)
		unit->lines = root.values[ATTRIBUTE_STMT_LIST].number;
}

bool unit_has_types(const struct unit *unit)
{
	return unit->abbreviations->types;
}
