// SPDX-License-Identifier: GPL-2.0-only
/*
 * The attributes of a DIE: the one hot loop that libdw is too slow for, since it
 * looks up each attribute anew, from the front of the DIE and of its
 * abbreviation. Here each abbreviation is turned into a list of *steps* once:
 * one step for each attribute that anybody wants, which knows how many bytes to
 * pass over before it, and one for each that is passed over but whose size is
 * only known when it is read. Reading a DIE is going through its steps; values
 * of rare forms are asked of libdw.
 *
 * With it go lists of children, and parents, which DWARF doesn't tell.
 *
 * Nothing in the input is trusted: a read outside of the unit or section is an
 * error that names the DIE.
 */
#define PART "decode"
#include "reader.h"

unsigned long long die_offset(struct die_ref die)
{
	Dwarf_Die libdw = { .addr = (void *)die.address, .cu = die.unit->cu };

	return dwarf_dieoffset(&libdw);
}

/* Bytes: see reader.h */

void read_error(const struct bytes *bytes)
{
	error("the DWARF of '%s' is damaged: %s ends too early",
	      bytes->file->path, bytes->what);
}

uint64_t read_long_leb(struct bytes *bytes, bool is_signed)
{
	uint64_t number = 0;
	unsigned int shift = 0;
	unsigned char byte;

	do {
		byte = *read_bytes(bytes, 1);
		if (shift < 64)
			number |= (uint64_t)(byte & 0x7f) << shift;
		shift += shift < 64 ? 7 : 0;
	} while (byte & 0x80);
	if (is_signed && shift < 64 && byte & 0x40)
		number |= ~(uint64_t)0 << shift;
	return number;
}

struct text read_text(struct bytes *bytes)
{
	const unsigned char *text = bytes->at;
	const unsigned char *end = memchr(text, 0, bytes->end - text);

	if (!end)
		read_error(bytes);
	bytes->at = end + 1;
	return (struct text){ (const char *)text, end - text };
}

struct bytes section_bytes(const struct debug_file *file, enum section_id id,
			   uint64_t offset, const char *what)
{
	const struct section_data *section = &file->sections[id];
	struct bytes bytes = { file, what, section->start,
			       section->start + section->size };

	read_bytes(&bytes, offset);
	return bytes;
}

void count_table(struct dwarf_input *input, const struct bytes *bytes,
		 const unsigned char *start)
{
	input->tables_size += bytes->at - start;
	if (input->tables_size > TABLES_SIZE_LIMIT)
		error("the DWARF of '%s' is damaged: %s is read for so many units that it would take forever",
		      bytes->file->path, bytes->what);
}

/* Forms */

/*
 * How a value is read. For those up to OPCODE_LAST_FIXED it is known beforehand how
 * many bytes it takes.
 */
enum opcode {
	OPCODE_UNKNOWN, /* no form that is known: an error when it is read */
	OPCODE_SKIP, /* only that it is there */
	OPCODE_NUMBER,
	OPCODE_IMPLICIT, /* the number stands in the abbreviation */
	OPCODE_REFERENCE, /* an offset from the start of the unit */
	OPCODE_STRP, /* an offset in .debug_str */
	OPCODE_BYTES,
	/* Read by libdw: */
	OPCODE_LIBDW_NUMBER,
	OPCODE_LIBDW_TEXT,
	OPCODE_LIBDW_REFERENCE,
	OPCODE_LAST_FIXED = OPCODE_LIBDW_REFERENCE,
	/* Of a size that only the value tells: */
	OPCODE_ULEB_SKIP,
	OPCODE_ULEB_NUMBER,
	OPCODE_SLEB_NUMBER,
	OPCODE_ULEB_REFERENCE,
	OPCODE_ULEB_LIBDW_TEXT,
	OPCODE_STRING,
	OPCODE_BLOCK1,
	OPCODE_BLOCK2,
	OPCODE_BLOCK4,
	OPCODE_ULEB_BLOCK,
	OPCODE_INDIRECT, /* the form stands in front of the value */
};

/* Sizes (bytes) that depend on the unit. */
enum unit_size {
	SIZE_OFFSET = 128,
	SIZE_ADDRESS,
	SIZE_REF_ADDR,
};

static inline bool is_fixed(enum opcode opcode)
{
	return opcode && opcode <= OPCODE_LAST_FIXED;
}

struct form {
	uint8_t opcode; /* enum opcode */
	uint8_t size; /* bytes, or enum unit_size; 0 if only the value tells */
};

/* GNU's forms stand after those of DWARF 5. */
#define FORM_INDEX(form) ((form) < 0x1f00 ? (form) : (form)-0x1f00 + 0x40)

static const struct form forms[] = {
	[DW_FORM_addr] = { OPCODE_SKIP, SIZE_ADDRESS },
	[DW_FORM_block2] = { OPCODE_BLOCK2, 0 },
	[DW_FORM_block4] = { OPCODE_BLOCK4, 0 },
	[DW_FORM_data2] = { OPCODE_NUMBER, 2 },
	[DW_FORM_data4] = { OPCODE_NUMBER, 4 },
	[DW_FORM_data8] = { OPCODE_NUMBER, 8 },
	[DW_FORM_string] = { OPCODE_STRING, 0 },
	[DW_FORM_block] = { OPCODE_ULEB_BLOCK, 0 },
	[DW_FORM_block1] = { OPCODE_BLOCK1, 0 },
	[DW_FORM_data1] = { OPCODE_NUMBER, 1 },
	[DW_FORM_flag] = { OPCODE_SKIP, 1 },
	[DW_FORM_sdata] = { OPCODE_SLEB_NUMBER, 0 },
	[DW_FORM_strp] = { OPCODE_STRP, SIZE_OFFSET },
	[DW_FORM_udata] = { OPCODE_ULEB_NUMBER, 0 },
	[DW_FORM_ref_addr] = { OPCODE_LIBDW_REFERENCE, SIZE_REF_ADDR },
	[DW_FORM_ref1] = { OPCODE_REFERENCE, 1 },
	[DW_FORM_ref2] = { OPCODE_REFERENCE, 2 },
	[DW_FORM_ref4] = { OPCODE_REFERENCE, 4 },
	[DW_FORM_ref8] = { OPCODE_REFERENCE, 8 },
	[DW_FORM_ref_udata] = { OPCODE_ULEB_REFERENCE, 0 },
	[DW_FORM_indirect] = { OPCODE_INDIRECT, 0 },
	[DW_FORM_sec_offset] = { OPCODE_LIBDW_NUMBER, SIZE_OFFSET },
	[DW_FORM_exprloc] = { OPCODE_ULEB_BLOCK, 0 },
	[DW_FORM_flag_present] = { OPCODE_SKIP, 0 },
	[DW_FORM_strx] = { OPCODE_ULEB_LIBDW_TEXT, 0 },
	[DW_FORM_addrx] = { OPCODE_ULEB_SKIP, 0 },
	[DW_FORM_ref_sup4] = { OPCODE_LIBDW_REFERENCE, 4 },
	[DW_FORM_strp_sup] = { OPCODE_LIBDW_TEXT, SIZE_OFFSET },
	[DW_FORM_data16] = { OPCODE_BYTES, 16 },
	[DW_FORM_line_strp] = { OPCODE_LIBDW_TEXT, SIZE_OFFSET },
	[DW_FORM_ref_sig8] = { OPCODE_LIBDW_REFERENCE, 8 },
	[DW_FORM_implicit_const] = { OPCODE_IMPLICIT, 0 },
	[DW_FORM_loclistx] = { OPCODE_ULEB_NUMBER, 0 },
	[DW_FORM_rnglistx] = { OPCODE_ULEB_NUMBER, 0 },
	[DW_FORM_ref_sup8] = { OPCODE_LIBDW_REFERENCE, 8 },
	[DW_FORM_strx1] = { OPCODE_LIBDW_TEXT, 1 },
	[DW_FORM_strx2] = { OPCODE_LIBDW_TEXT, 2 },
	[DW_FORM_strx3] = { OPCODE_LIBDW_TEXT, 3 },
	[DW_FORM_strx4] = { OPCODE_LIBDW_TEXT, 4 },
	[DW_FORM_addrx1] = { OPCODE_SKIP, 1 },
	[DW_FORM_addrx2] = { OPCODE_SKIP, 2 },
	[DW_FORM_addrx3] = { OPCODE_SKIP, 3 },
	[DW_FORM_addrx4] = { OPCODE_SKIP, 4 },
	[FORM_INDEX(DW_FORM_GNU_addr_index)] = { OPCODE_ULEB_SKIP, 0 },
	[FORM_INDEX(DW_FORM_GNU_str_index)] = { OPCODE_ULEB_LIBDW_TEXT, 0 },
	[FORM_INDEX(DW_FORM_GNU_ref_alt)] = { OPCODE_LIBDW_REFERENCE,
					      SIZE_OFFSET },
	[FORM_INDEX(DW_FORM_GNU_strp_alt)] = { OPCODE_LIBDW_TEXT, SIZE_OFFSET },
};

/* Tells how to read a form in a unit, or in a table for offsets of another size. */
static struct form find_form(const struct unit *unit, unsigned int offset_size,
			     uint64_t code)
{
	struct form form = { OPCODE_UNKNOWN, 0 };
	size_t index = FORM_INDEX(code);

	if (index < sizeof(forms) / sizeof(*forms))
		form = forms[index];
	if (form.size == SIZE_ADDRESS ||
	    (form.size == SIZE_REF_ADDR && unit->version == 2))
		form.size = unit->address_size;
	else if (form.size == SIZE_OFFSET || form.size == SIZE_REF_ADDR)
		form.size = offset_size;
	return form;
}

/* What a value is, for an attribute. */
enum value_class {
	CLASS_NONE, /* nothing that any attribute wants */
	CLASS_NUMBER,
	CLASS_TEXT,
	CLASS_REFERENCE,
	CLASS_BYTES,
};

static enum value_class opcode_class(enum opcode opcode)
{
	switch (opcode) {
	case OPCODE_NUMBER:
	case OPCODE_IMPLICIT:
	case OPCODE_LIBDW_NUMBER:
	case OPCODE_ULEB_NUMBER:
	case OPCODE_SLEB_NUMBER:
		return CLASS_NUMBER;
	case OPCODE_STRP:
	case OPCODE_LIBDW_TEXT:
	case OPCODE_ULEB_LIBDW_TEXT:
	case OPCODE_STRING:
		return CLASS_TEXT;
	case OPCODE_REFERENCE:
	case OPCODE_LIBDW_REFERENCE:
	case OPCODE_ULEB_REFERENCE:
		return CLASS_REFERENCE;
	case OPCODE_BYTES:
	case OPCODE_BLOCK1:
	case OPCODE_BLOCK2:
	case OPCODE_BLOCK4:
	case OPCODE_ULEB_BLOCK:
		return CLASS_BYTES;
	default:
		return CLASS_NONE;
	}
}

/* The opcode that passes over a value in place of reading it. */
static enum opcode skipping_opcode(enum opcode opcode)
{
	if (opcode == OPCODE_ULEB_LIBDW_TEXT)
		return OPCODE_ULEB_SKIP;
	return is_fixed(opcode) ? OPCODE_SKIP : opcode;
}

/* Abbreviations */

/* What is known of an attribute: its number here, and what it has to be. */
static const struct wanted {
	uint8_t attribute; /* enum attribute */
	uint8_t class; /* enum value_class; NONE: only whether it is there */
} wanted_attributes[] = {
	[DW_AT_name] = { ATTRIBUTE_NAME, CLASS_TEXT },
	[DW_AT_linkage_name] = { ATTRIBUTE_LINKAGE_NAME, CLASS_TEXT },
	[DW_AT_type] = { ATTRIBUTE_TYPE, CLASS_REFERENCE },
	[DW_AT_abstract_origin] = { ATTRIBUTE_ABSTRACT_ORIGIN,
				    CLASS_REFERENCE },
	[DW_AT_sibling] = { ATTRIBUTE_SIBLING, CLASS_REFERENCE },
	[DW_AT_stmt_list] = { ATTRIBUTE_STMT_LIST, CLASS_NUMBER },
	[DW_AT_declaration] = { ATTRIBUTE_DECLARATION, CLASS_NONE },
	[DW_AT_decl_file] = { ATTRIBUTE_DECL_FILE, CLASS_NUMBER },
	[DW_AT_const_value] = { ATTRIBUTE_CONST_VALUE, CLASS_NUMBER },
	[DW_AT_count] = { ATTRIBUTE_COUNT, CLASS_NUMBER },
	[DW_AT_upper_bound] = { ATTRIBUTE_UPPER_BOUND, CLASS_NUMBER },
	[DW_AT_bit_offset] = { ATTRIBUTE_BIT_OFFSET, CLASS_NUMBER },
	[DW_AT_accessibility] = { ATTRIBUTE_ACCESSIBILITY, CLASS_NUMBER },
	[DW_AT_alignment] = { ATTRIBUTE_ALIGNMENT, CLASS_NUMBER },
	[DW_AT_bit_size] = { ATTRIBUTE_BIT_SIZE, CLASS_NUMBER },
	[DW_AT_byte_size] = { ATTRIBUTE_BYTE_SIZE, CLASS_NUMBER },
	[DW_AT_encoding] = { ATTRIBUTE_ENCODING, CLASS_NUMBER },
	[DW_AT_data_bit_offset] = { ATTRIBUTE_DATA_BIT_OFFSET, CLASS_NUMBER },
	[DW_AT_data_member_location] = { ATTRIBUTE_DATA_MEMBER_LOCATION,
					 CLASS_NUMBER },
	[DW_AT_discr_value] = { ATTRIBUTE_DISCR_VALUE, CLASS_NUMBER },
};

/* Tells what is known of an attribute; attribute NONE if it isn't wanted. */
static struct wanted find_wanted(uint64_t name)
{
	if (name < sizeof(wanted_attributes) / sizeof(*wanted_attributes))
		return wanted_attributes[name];
	if (name == DW_AT_GNU_vector)
		return (struct wanted){ ATTRIBUTE_GNU_VECTOR, CLASS_NONE };
	return (struct wanted){ ATTRIBUTE_NONE, CLASS_NONE };
}

/* What an attribute is called if its value is bytes; NONE if they mean nothing. */
static enum attribute bytes_attribute(enum attribute attribute)
{
	switch (attribute) {
	case ATTRIBUTE_CONST_VALUE:
	case ATTRIBUTE_DISCR_VALUE:
		return ATTRIBUTE_WIDE_VALUE;
	case ATTRIBUTE_DATA_MEMBER_LOCATION:
		return ATTRIBUTE_LOCATION_BLOCK;
	default:
		return ATTRIBUTE_NONE;
	}
}

/* What to do with an attribute of an abbreviation. */
struct step {
	uint32_t skip; /* bytes to pass over first */
	uint8_t attribute; /* enum attribute; NONE: only pass over it */
	uint8_t opcode; /* enum opcode */
	uint8_t size; /* bytes of the value; 0 if only the value tells */
	uint16_t form; /* DW_FORM_... */
	uint16_t name; /* DW_AT_... */
	int64_t implicit; /* the value of DW_FORM_implicit_const */
};

/* An attribute as it stands in .debug_abbrev. */
struct specification {
	uint64_t name; /* DW_AT_... */
	uint64_t form; /* DW_FORM_... */
	int64_t implicit; /* the value of DW_FORM_implicit_const */
};

/* Makes the step for an attribute of a DIE with that tag. */
static struct step make_step(const struct unit *unit, unsigned int tag,
			     const struct specification *specification)
{
	uint64_t name = specification->name, code = specification->form;
	struct form form = find_form(unit, unit->offset_size, code);
	struct wanted wanted = find_wanted(name);
	enum value_class class = opcode_class(form.opcode);
	struct step step = {
		.attribute = wanted.attribute,
		.opcode = form.opcode,
		.size = form.size,
		.form = code < UINT16_MAX ? code : UINT16_MAX,
		.name = name,
		.implicit = specification->implicit,
	};

	/* Before DWARF 4, numbers could be offsets of location lists. */
	if (name == DW_AT_data_member_location && unit->version < 4 &&
	    (code == DW_FORM_data4 || code == DW_FORM_data8))
		step.opcode = OPCODE_LIBDW_NUMBER;
	/* Nearly all DIEs have this one. */
	if (wanted.attribute == ATTRIBUTE_DECL_FILE && !is_body(tag))
		step.attribute = ATTRIBUTE_NONE;
	else if (wanted.class && class == CLASS_BYTES)
		step.attribute = bytes_attribute(wanted.attribute);
	else if (wanted.class && class != wanted.class)
		step.attribute = ATTRIBUTE_NONE;
	if (!step.attribute || !wanted.class)
		step.opcode = skipping_opcode(step.opcode);
	return step;
}

struct abbreviation {
	uint64_t code;
	size_t offset; /* of one out of order, until all are in order; else 0 */
	unsigned int tag;
	bool children;
	uint32_t size; /* bytes of all attributes; or UNKNOWN_SIZE */
	uint32_t step_count;
	uint32_t tail; /* bytes to pass over after the last step */
	struct step *steps;
};

#define UNKNOWN_SIZE UINT32_MAX

struct abbreviation_table {
	struct abbreviation *abbreviations; /* by code, each only once */
	size_t count;
	bool types; /* some abbreviation has a type, or a prototype */
};

static struct bytes abbreviation_bytes(const struct unit *unit)
{
	return section_bytes(unit->file, SECTION_ABBREV,
			     unit->abbreviations_offset,
			     "a table of abbreviations");
}

/* Reads what an abbreviation begins with; false at the end of the table. */
static bool next_abbreviation(struct bytes *bytes,
			      struct abbreviation *abbreviation)
{
	uint64_t code = read_uleb(bytes), tag;

	if (!code)
		return false;
	tag = read_uleb(bytes);
	*abbreviation = (struct abbreviation){
		.code = code,
		.tag = tag > UINT32_MAX ? UINT32_MAX : tag,
		.children = read_number(bytes, 1),
	};
	return true;
}

/* Reads the next of its attributes; false after the last. */
static bool next_specification(struct bytes *bytes,
			       struct specification *specification)
{
	specification->name = read_uleb(bytes);
	specification->form = read_uleb(bytes);
	specification->implicit = 0;
	if (specification->form == DW_FORM_implicit_const)
		specification->implicit = read_long_leb(bytes, true);
	return specification->name || specification->form;
}

/* Tells whether any of a unit's abbreviations may refer to a DIE of another. */
static bool has_links(const struct unit *unit)
{
	struct bytes bytes = abbreviation_bytes(unit);
	const unsigned char *start = bytes.at;
	struct specification specification;
	struct abbreviation abbreviation;

	while (next_abbreviation(&bytes, &abbreviation))
		while (next_specification(&bytes, &specification))
			if (find_form(unit, unit->offset_size,
				      specification.form)
				    .opcode == OPCODE_LIBDW_REFERENCE)
				return true;
	count_table(unit->input, &bytes, start);
	return false;
}

bool units_are_linked(const struct unit_list *list)
{
	uint64_t last = UINT64_MAX;

	/* To one that is alone, there is no other to refer. */
	for (size_t i = 0; list->count > 1 && i < list->count; i++) {
		const struct unit *unit = &list->units[i];

		if (unit->abbreviations_offset != last && has_links(unit))
			return true;
		last = unit->abbreviations_offset;
	}
	return false;
}

/* Reads the attributes of an abbreviation. */
static void read_steps(struct unit *unit, struct bytes *bytes,
		       struct abbreviation *abbreviation, bool *types)
{
	struct arena *arena = &unit->input->arena;
	struct specification specification;
	uint64_t skip = 0, all = 0;
	struct step *steps;
	size_t count = 0;
	uint32_t seen = 0;

	steps = arena_reserve(arena, 0, sizeof(*steps));
	while (next_specification(bytes, &specification)) {
		uint64_t name = specification.name;
		struct step step =
			make_step(unit, abbreviation->tag, &specification);

		*types |= name == DW_AT_type || name == DW_AT_prototyped;
		/* Of two attributes of one name the first counts. */
		if (seen & WANT(find_wanted(name).attribute))
			step.attribute = ATTRIBUTE_NONE;
		seen |= WANT(find_wanted(name).attribute);
		all += is_fixed(step.opcode) ? step.size : UNKNOWN_SIZE;
		if (!step.attribute && is_fixed(step.opcode)) {
			skip += step.size;
			if (skip > UINT32_MAX)
				error("the DWARF of '%s' is damaged: an abbreviation with too many attributes",
				      unit->file->path);
			continue;
		}
		step.skip = skip;
		skip = 0;
		steps = arena_reserve(arena, count * sizeof(*steps),
				      (count + 1) * sizeof(*steps));
		steps[count++] = step;
	}
	abbreviation->tail = skip;
	abbreviation->size = all < UNKNOWN_SIZE ? all : UNKNOWN_SIZE;
	abbreviation->step_count = count;
	abbreviation->steps = arena_keep(arena, count * sizeof(*steps));
}

/* By code; what stands first, first. */
static int compare_abbreviations(const void *a, const void *b)
{
	const struct abbreviation *left = a, *right = b;

	if (left->code != right->code)
		return left->code < right->code ? -1 : 1;
	return (left->offset > right->offset) - (left->offset < right->offset);
}

/* Puts abbreviations in order. Of two with one code the first counts. */
static size_t sort_abbreviations(struct abbreviation *list, size_t count)
{
	size_t kept = 0;

	qsort(list, count, sizeof(*list), compare_abbreviations);
	for (size_t i = 0; i < count; i++) {
		list[i].offset = 0;
		if (!kept || list[i].code != list[kept - 1].code)
			list[kept++] = list[i];
	}
	return kept;
}

static inline const struct abbreviation *
find_abbreviation(const struct abbreviation_table *table, uint64_t code)
{
	const struct abbreviation wanted = { .code = code };

	/* They count up from 1, usually. */
	if (code - 1 < table->count &&
	    table->abbreviations[code - 1].code == code)
		return &table->abbreviations[code - 1];
	return bsearch(&wanted, table->abbreviations, table->count,
		       sizeof(wanted), compare_abbreviations);
}

static const struct abbreviation_table *read_abbreviations(struct unit *unit)
{
	struct bytes bytes = abbreviation_bytes(unit);
	const unsigned char *start = bytes.at;
	/* The same bytes mean other sizes for a unit of another kind. */
	uint64_t key = (uint64_t)(uintptr_t)start << 12 | unit->version << 8 |
		       unit->address_size << 4 | unit->offset_size;
	struct dwarf_input *input = unit->input;
	struct abbreviation_table *table;
	struct abbreviation *list = NULL, abbreviation;
	size_t count = 0, capacity = 0;
	bool sorted = true;

	table = cache_find(&input->abbreviation_tables, key, NULL, NULL);
	if (table)
		return table;
	table = arena_zalloc(&input->arena, sizeof(*table));
	while (next_abbreviation(&bytes, &abbreviation)) {
		read_steps(unit, &bytes, &abbreviation, &table->types);
		if (count && list[count - 1].code >= abbreviation.code)
			sorted = false;
		abbreviation.offset = sorted ? 0 : bytes.at - start;
		*APPEND(list, count, capacity) = abbreviation;
	}
	count_table(input, &bytes, start);
	table->count = sorted ? count : sort_abbreviations(list, count);
	table->abbreviations =
		arena_copy(&input->arena, list, table->count * sizeof(*list));
	free(list);
	cache_add(&input->abbreviation_tables, key, table);
	return table;
}

/* DIEs */

/* The DIE at an offset from the start of a unit; address NULL if it has none. */
static inline struct die_ref unit_die(struct unit *unit, uint64_t offset)
{
	if (offset >= (size_t)(unit->end - unit->start))
		return (struct die_ref){ 0 };
	return (struct die_ref){ unit, unit->start + offset };
}

/* The DIE that libdw calls so; address NULL if it is in no unit. */
static struct die_ref libdw_die(struct unit *from, const Dwarf_Die *die)
{
	struct unit *unit = die ? find_unit(from, die->cu) : NULL;

	return unit ? (struct die_ref){ unit, die->addr }
		    : (struct die_ref){ 0 };
}

/*
 * Asks libdw for the value of an attribute whose form isn't read here; `number` is
 * what was read at `at`. Returns false if there is none.
 */
static bool __attribute__((noinline, cold))
ask_libdw(struct die_ref die, const struct step *step, const unsigned char *at,
	  uint64_t number, union value *value)
{
	struct unit *unit = die.unit;
	Dwarf_Attribute attribute = { .code = step->name,
				      .form = step->form,
				      .valp = (unsigned char *)at,
				      .cu = unit->cu };
	Dwarf_Die target;

	switch (step->form) {
	case DW_FORM_ref_sup4:
	case DW_FORM_ref_sup8:
		/* libdw (0.196 too) looks in the file itself. */
		value->die = libdw_die(unit, dwarf_offdie(supplementary(die),
							  number, &target));
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
		value->die =
			libdw_die(unit, dwarf_formref_die(&attribute, &target));
		/* A type signature without a unit is no reference (FORMAT 5). */
		return value->die.address || step->form != DW_FORM_ref_sig8;
	default:
		value->text = make_text(dwarf_formstring(&attribute));
		if (!value->text.start)
			die_error(die, "a name that is out of bounds");
		return true;
	}
}

static struct text strp_text(struct die_ref die, uint64_t offset)
{
	const struct section_data *texts =
		&die.unit->file->sections[SECTION_STR];

	if (offset >= texts->size)
		die_error(
			die,
			"a name at offset 0x%llx of .debug_str, which has 0x%zx bytes",
			(unsigned long long)offset, texts->size);
	/* The section ends in a NUL. */
	return make_text((const char *)texts->start + offset);
}

/* Reads bytes whose number stands in front of them. */
static struct text read_block(struct bytes *bytes, uint64_t size)
{
	return (struct text){ (const char *)read_bytes(bytes, size), size };
}

/*
 * Reads an attribute of a size that only its value tells, or passes over it if it isn't
 * wanted. Returns false if it has no value.
 */
static bool __attribute__((noinline))
read_variable(struct die_ref die, const struct step *step, struct bytes *bytes,
	      bool wanted, union value *value)
{
	const unsigned char *at = bytes->at;
	struct specification direct = { 0 };
	struct step direct_step;

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
	case OPCODE_INDIRECT:
		/* No value of this form is wanted, only how long it is. */
		direct.form = read_uleb(bytes);
		direct_step = make_step(die.unit, 0, &direct);
		if (is_fixed(direct_step.opcode))
			read_bytes(bytes, direct_step.size);
		if (direct.form != DW_FORM_indirect &&
		    direct.form != DW_FORM_implicit_const)
			return is_fixed(direct_step.opcode) ||
			       read_variable(die, &direct_step, bytes, false,
					     value);
	}
	die_error(die, "unknown form 0x%x of an attribute", step->form);
}

/*
 * Goes through the steps of a DIE that was begun. Of its attributes, those in `wanted`
 * (bits, by enum attribute) are stored.
 */
static void run_steps(struct cursor *cursor, struct attributes *attributes,
		      uint32_t wanted)
{
	struct bytes *bytes = &cursor->bytes;
	const struct step *step = cursor->abbreviation->steps;
	const struct step *end = step + cursor->abbreviation->step_count;
	bool big_endian = bytes->file->big_endian;
	union value unwanted;
	uint32_t present = 0;

	for (; step < end; step++) {
		bool is_wanted = wanted >> step->attribute & 1;
		union value *value = &unwanted;
		const unsigned char *at;
		uint64_t number = 0;
		bool found = true;

		at = read_bytes(bytes, (uint64_t)step->skip + step->size) +
		     step->skip;
		if (is_wanted)
			value = &attributes->values[step->attribute];
		if (step->size <= 8)
			number = get_number(big_endian, at, step->size);
		switch (step->opcode) {
		case OPCODE_SKIP:
			break;
		case OPCODE_NUMBER:
			value->number = number;
			break;
		case OPCODE_IMPLICIT:
			value->number = step->implicit;
			break;
		case OPCODE_REFERENCE:
			value->die = unit_die(cursor->die.unit, number);
			break;
		case OPCODE_STRP:
			if (is_wanted)
				value->text = strp_text(cursor->die, number);
			break;
		case OPCODE_BYTES:
			value->text =
				(struct text){ (const char *)at, step->size };
			break;
		case OPCODE_LIBDW_NUMBER:
		case OPCODE_LIBDW_TEXT:
		case OPCODE_LIBDW_REFERENCE:
			found = is_wanted &&
				ask_libdw(cursor->die, step, at, number, value);
			break;
		default:
			found = read_variable(cursor->die, step, bytes,
					      is_wanted, value);
		}
		present |= (uint32_t)found << step->attribute;
	}
	read_bytes(bytes, cursor->abbreviation->tail);
	if (attributes)
		attributes->present = present & wanted;
}

/* A cursor on a DIE, or in lists of children of which so many are open. */
static struct cursor cursor_at(struct die_ref die, size_t depth)
{
	return (struct cursor){
		.bytes = { die.unit->file, "a DIE", die.address,
			   die.unit->end },
		.die = die,
		.depth = depth,
	};
}

/*
 * Reads the code of a DIE and finds its abbreviation. False at the end of a list
 * of children, and of the unit.
 */
static inline bool __attribute__((always_inline))
begin_die(struct cursor *cursor)
{
	const struct unit *unit = cursor->die.unit;
	struct bytes *bytes = &cursor->bytes;
	uint64_t code;

	cursor->die.address = bytes->at;
	if (++statistics.dies > unit->input->dies_limit)
		error("the DWARF of '%s' is damaged: its lists of children overlap or are nested so deeply that reading them would take forever",
		      bytes->file->path);
	code = bytes->at < bytes->end ? read_uleb(bytes) : 0;
	if (!code)
		return false;
	cursor->abbreviation = find_abbreviation(unit->abbreviations, code);
	if (!cursor->abbreviation)
		die_error(cursor->die, "unknown abbreviation %llu",
			  (unsigned long long)code);
	return true;
}

struct text read_line_form(struct unit *unit, uint64_t code,
			   struct bytes *bytes, unsigned int offset_size)
{
	struct form form = find_form(unit, offset_size, code);
	struct step step = { .opcode = skipping_opcode(form.opcode),
			     .form = code };
	union value value;
	struct bytes text;

	/* Not libdw: it looks for both in the sections of units alone. */
	if (code == DW_FORM_line_strp || code == DW_FORM_strp) {
		text = section_bytes(bytes->file,
				     code == DW_FORM_strp ? SECTION_STR
							  : SECTION_LINE_STR,
				     read_number(bytes, offset_size),
				     "a name in a line table");
		return read_text(&text);
	}
	if (is_fixed(form.opcode))
		read_bytes(bytes, form.size);
	else
		read_variable(unit_root(unit), &step, bytes, false, &value);
	return code == DW_FORM_string ? value.text : (struct text){ 0 };
}

/* What is read of a DIE, as bits by enum attribute. */
#define WANT_ALL (~WANT(ATTRIBUTE_NONE))
#define WANT_CANDIDATE                                         \
	(WANT(ATTRIBUTE_NAME) | WANT(ATTRIBUTE_LINKAGE_NAME) | \
	 WANT(ATTRIBUTE_ABSTRACT_ORIGIN) | WANT(ATTRIBUTE_SIBLING))

/* Reads the attributes of a DIE that was begun. */
static void read_attributes(struct cursor *cursor,
			    struct attributes *attributes, uint32_t wanted)
{
	attributes->die = cursor->die;
	attributes->tag = cursor->abbreviation->tag;
	attributes->children = cursor->abbreviation->children;
	attributes->values[ATTRIBUTE_SIBLING].die.address = NULL;
	run_steps(cursor, attributes, wanted);
	attributes->end = cursor->bytes.at;
}

void read_die(struct die_ref die, struct attributes *attributes)
{
	struct cursor cursor = cursor_at(die, 0);

	if (!begin_die(&cursor))
		die_error(die, "no DIE where one should be");
	read_attributes(&cursor, attributes, WANT_ALL);
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

static const char *const reference_names[ATTRIBUTES] = {
	[ATTRIBUTE_TYPE] = "DW_AT_type",
	[ATTRIBUTE_ABSTRACT_ORIGIN] = "DW_AT_abstract_origin",
};

struct die_ref unchecked_reference(const struct attributes *attributes,
				   enum attribute attribute)
{
	struct die_ref die = attributes->values[attribute].die;

	if (!has(attributes, attribute))
		return (struct die_ref){ 0 };
	if (!die.address)
		die_error(attributes->die, "%s refers to no DIE",
			  reference_names[attribute]);
	if (die.unit != attributes->die.unit)
		unit_open(die.unit);
	return die;
}

struct die_ref reference(const struct attributes *attributes,
			 enum attribute attribute)
{
	struct die_ref die = unchecked_reference(attributes, attribute);

	if (die.address)
		parent_die(die);
	return die;
}

/* Lists of children */

/* Goes on to the next DIE, and begins it. False behind the last. */
static inline bool __attribute__((always_inline))
next_die(struct cursor *cursor)
{
	for (; cursor->depth && cursor->bytes.at < cursor->bytes.end;
	     cursor->depth--)
		if (begin_die(cursor))
			return true;
	return false;
}

/*
 * Passes over the children of a DIE that was just read: to its sibling, if it has a
 * DW_AT_sibling that leads forward (back would be an endless list), or one by one.
 */
static void skip_children(struct cursor *cursor,
			  const struct attributes *attributes)
{
	const unsigned char *sibling =
		attributes->values[ATTRIBUTE_SIBLING].die.address;
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
	return cursor_at(
		(struct die_ref){ attributes->die.unit, attributes->end },
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

/* Notes that a DIE is a child of the unit DIE; tells whether one is. */
static void mark_top_level(struct die_ref die)
{
	size_t offset = die.address - die.unit->start;

	die.unit->top_level[offset / 8] |= 1 << offset % 8;
}

static bool is_top_level(struct die_ref die)
{
	size_t offset = die.address - die.unit->start;

	return die.unit->top_level &&
	       die.unit->top_level[offset / 8] >> offset % 8 & 1;
}

struct cursor candidates_of(struct unit *unit)
{
	if (!unit->top_level)
		unit->top_level = arena_zalloc(
			&unit->input->arena, (unit->end - unit->start) / 8 + 1);
	return cursor_at((struct die_ref){ unit, unit->children },
			 unit->children != NULL);
}

bool next_candidate(struct cursor *cursor, struct attributes *attributes)
{
	while (next_die(cursor)) {
		unsigned int tag = cursor->abbreviation->tag;

		if (cursor->depth == 1)
			mark_top_level(cursor->die);
		if (tag == DW_TAG_subprogram || tag == DW_TAG_variable) {
			read_attributes(cursor, attributes, WANT_CANDIDATE);
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
 * DWARF has no way up, so this is made from the front when a DIE is asked for
 * that is no child of the unit DIE.
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
		dies = arena_reserve(arena, count * sizeof(*dies),
				     (count + 1) * sizeof(*dies));
		dies[count] =
			(struct indexed_die){ cursor.die.address - unit->start,
					      parent };
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

/* Units */

void unit_open(struct unit *unit)
{
	struct cursor cursor = cursor_at(unit_root(unit), 0);
	struct attributes root;

	if (unit->abbreviations)
		return;
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
