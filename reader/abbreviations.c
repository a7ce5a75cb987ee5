// SPDX-License-Identifier: GPL-2.0-only
/*
 * Abbreviations, as lists of *steps*: one step for each attribute that anybody wants,
 * which knows how many bytes to pass over before it, and one for each that is passed
 * over but whose size is only known when it is read. Say an abbreviation is
 *
 *	DW_TAG_member  DW_AT_name strp, DW_AT_decl_file data1, DW_AT_decl_line data2,
 *		       DW_AT_type ref4, DW_AT_data_member_location data1
 *
 * Then its steps are: name, a text by 4 bytes; 3 bytes later, type, a reference by 4;
 * data_member_location, a number of 1.
 */
#define PART "abbreviations"
#include "internal.h"

/* Forms */

/* Sizes (bytes) that depend on the unit. */
enum unit_size {
	SIZE_OFFSET = 128,
	SIZE_ADDRESS,
	SIZE_REF_ADDR,
};

struct form {
	uint8_t opcode; /* enum opcode */
	uint8_t size; /* bytes, or enum unit_size; 0 if only the value tells */
};

/* GNU's forms, from 0x1f00 on, stand in the table after those of DWARF 5, from 0x40 on. */
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
	[DW_FORM_flag] = { OPCODE_FLAG, 1 },
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
	[DW_FORM_flag_present] = { OPCODE_FLAG, 0 },
	[DW_FORM_strx] = { OPCODE_ULEB_LIBDW_TEXT, 0 },
	[DW_FORM_addrx] = { OPCODE_ULEB_NUMBER, 0 },
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
	[DW_FORM_addrx1] = { OPCODE_NUMBER, 1 },
	[DW_FORM_addrx2] = { OPCODE_NUMBER, 2 },
	[DW_FORM_addrx3] = { OPCODE_NUMBER, 3 },
	[DW_FORM_addrx4] = { OPCODE_NUMBER, 4 },
	[FORM_INDEX(DW_FORM_GNU_addr_index)] = { OPCODE_ULEB_NUMBER, 0 },
	[FORM_INDEX(DW_FORM_GNU_str_index)] = { OPCODE_ULEB_LIBDW_TEXT, 0 },
	[FORM_INDEX(DW_FORM_GNU_ref_alt)] = { OPCODE_LIBDW_REFERENCE, SIZE_OFFSET },
	[FORM_INDEX(DW_FORM_GNU_strp_alt)] = { OPCODE_LIBDW_TEXT, SIZE_OFFSET },
};

/* Tells how to read a form in a unit, or in a table for offsets of another size. */
static struct form find_form(const struct unit *unit, unsigned int offset_size, uint64_t code)
{
	struct form form = { OPCODE_UNKNOWN, 0 };
	size_t index = FORM_INDEX(code);

	if ((code < 0x40 || code >= 0x1f00) && index < sizeof(forms) / sizeof(*forms))
		form = forms[index];
	if (form.size == SIZE_ADDRESS || (form.size == SIZE_REF_ADDR && unit->version == 2))
		form.size = unit->address_size;
	else if (form.size == SIZE_OFFSET || form.size == SIZE_REF_ADDR)
		form.size = offset_size;
	return form;
}

/* What a value is, for an attribute. */
enum value_class {
	CLASS_NONE, /* nothing that any attribute wants */
	CLASS_FLAG,
	CLASS_NUMBER,
	CLASS_TEXT,
	CLASS_REFERENCE,
	CLASS_BYTES,
	CLASS_ANY, /* which, stands in front of the value */
};

static enum value_class opcode_class(enum opcode opcode)
{
	switch (opcode) {
	case OPCODE_FLAG:
		return CLASS_FLAG;
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
	case OPCODE_INDIRECT:
		return CLASS_ANY;
	default:
		return CLASS_NONE;
	}
}

/* Returns the opcode that passes over a value in place of reading it. */
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
	uint8_t class; /* enum value_class */
} wanted_attributes[] = {
	[DW_AT_name] = { ATTRIBUTE_NAME, CLASS_TEXT },
	[DW_AT_linkage_name] = { ATTRIBUTE_LINKAGE_NAME, CLASS_TEXT },
	[DW_AT_type] = { ATTRIBUTE_TYPE, CLASS_REFERENCE },
	[DW_AT_abstract_origin] = { ATTRIBUTE_ABSTRACT_ORIGIN, CLASS_REFERENCE },
	[DW_AT_specification] = { ATTRIBUTE_SPECIFICATION, CLASS_REFERENCE },
	[DW_AT_discr] = { ATTRIBUTE_DISCR, CLASS_REFERENCE },
	[DW_AT_signature] = { ATTRIBUTE_SIGNATURE, CLASS_REFERENCE },
	[DW_AT_sibling] = { ATTRIBUTE_SIBLING, CLASS_REFERENCE },
	[DW_AT_stmt_list] = { ATTRIBUTE_STMT_LIST, CLASS_NUMBER },
	[DW_AT_declaration] = { ATTRIBUTE_DECLARATION, CLASS_FLAG },
	[DW_AT_external] = { ATTRIBUTE_EXTERNAL, CLASS_FLAG },
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
	[DW_AT_data_member_location] = { ATTRIBUTE_DATA_MEMBER_LOCATION, CLASS_NUMBER },
	[DW_AT_discr_value] = { ATTRIBUTE_DISCR_VALUE, CLASS_NUMBER },
};

static const struct wanted unwanted = { ATTRIBUTE_NONE, CLASS_NONE };

/* Tells what is known of an attribute. */
static struct wanted find_wanted(uint64_t name)
{
	if (name < sizeof(wanted_attributes) / sizeof(*wanted_attributes))
		return wanted_attributes[name];
	if (name == DW_AT_GNU_vector)
		return (struct wanted){ ATTRIBUTE_GNU_VECTOR, CLASS_FLAG };
	return unwanted;
}

/* Tells what an attribute is called if its value is bytes; NONE if they mean nothing. */
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

/* An attribute as it stands in .debug_abbrev. */
struct specification {
	uint64_t name; /* DW_AT_... */
	uint64_t form; /* DW_FORM_... */
	int64_t implicit; /* the value of DW_FORM_implicit_const */
};

/* Makes the step for an attribute, of which this is wanted. */
static struct step make_step(const struct unit *unit, struct wanted wanted,
			     const struct specification *specification)
{
	uint64_t name = specification->name, code = specification->form;
	struct form form = find_form(unit, unit->offset_size, code);
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
	/* Since DWARF 4, numbers are no offsets of line tables. */
	if (name == DW_AT_stmt_list && unit->version >= 4 && class == CLASS_NUMBER &&
	    code != DW_FORM_sec_offset)
		class = CLASS_NONE;
	if (class == CLASS_BYTES)
		step.attribute = bytes_attribute(wanted.attribute);
	else if (class != wanted.class && class != CLASS_ANY)
		step.attribute = ATTRIBUTE_NONE;
	if (!step.attribute)
		step.opcode = skipping_opcode(step.opcode);
	return step;
}

struct step make_direct_step(const struct unit *unit, const struct step *indirect, uint64_t form)
{
	const struct specification specification = { .name = indirect->name, .form = form };

	return make_step(unit, indirect->attribute ? find_wanted(indirect->name) : unwanted,
			 &specification);
}

struct step make_line_step(const struct unit *unit, unsigned int offset_size, uint64_t code)
{
	struct form form = find_form(unit, offset_size, code);

	return (struct step){ .opcode = skipping_opcode(form.opcode),
			      .size = form.size,
			      .form = code };
}

static struct bytes abbreviation_bytes(const struct unit *unit)
{
	return section_bytes(unit->file, SECTION_ABBREV, unit->abbreviations_offset,
			     "a table of abbreviations");
}

/* Reads what an abbreviation begins with; false at the end of the table. */
static bool next_abbreviation(struct bytes *bytes, struct abbreviation *abbreviation)
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
static bool next_specification(struct bytes *bytes, struct specification *specification)
{
	specification->name = read_uleb(bytes);
	specification->form = read_uleb(bytes);
	specification->implicit = 0;
	if (specification->form == DW_FORM_implicit_const)
		specification->implicit = read_long_leb(bytes, true);
	return specification->name || specification->form;
}

/* Tells how a value of a form may refer to a DIE of another unit. */
static enum links form_links(const struct unit *unit, uint64_t code)
{
	enum opcode opcode = find_form(unit, unit->offset_size, code).opcode;

	if (code == DW_FORM_ref_addr)
		return LINKS_UNITS;
	return opcode == OPCODE_LIBDW_REFERENCE || opcode == OPCODE_INDIRECT ? LINKS_ANY
									     : LINKS_NONE;
}

enum links find_links(const struct unit *unit)
{
	struct bytes bytes = abbreviation_bytes(unit);
	const unsigned char *start = bytes.at;
	struct specification specification;
	struct abbreviation abbreviation;
	enum links all = LINKS_NONE;

	while (next_abbreviation(&bytes, &abbreviation)) {
		while (next_specification(&bytes, &specification)) {
			enum links links = form_links(unit, specification.form);

			if (links > all)
				all = links;
		}
	}
	count_table(unit->input, &bytes, start);
	return all;
}

/* Reads the attributes of an abbreviation. */
static void read_steps(struct unit *unit, struct bytes *bytes, struct abbreviation *abbreviation,
		       bool *types)
{
	struct arena *arena = &unit->input->abbreviations;
	struct specification specification;
	uint64_t skip = 0, all = 0;
	struct step *steps;
	size_t count = 0;
	uint32_t seen = 0;

	arena_reserve(arena, 0, sizeof(*steps));
	while (next_specification(bytes, &specification)) {
		uint64_t name = specification.name;
		struct wanted wanted = find_wanted(name);
		struct step step;

		*types |= name == DW_AT_type || name == DW_AT_prototyped;
		/* Of two attributes of one name the first counts. */
		if (seen & WANT(wanted.attribute) ||
		    (wanted.attribute == ATTRIBUTE_DECL_FILE && !is_body(abbreviation->tag)))
			wanted = unwanted;
		seen |= WANT(wanted.attribute);
		step = make_step(unit, wanted, &specification);
		all += is_fixed(step.opcode) ? step.size : UNKNOWN_SIZE;
		abbreviation->linked |= step.opcode == OPCODE_LIBDW_REFERENCE;
		if (!step.attribute && is_fixed(step.opcode)) {
			skip += step.size;
			if (skip > UINT32_MAX)
				error("the DWARF of '%s' is damaged: an abbreviation with too many attributes",
				      unit->file->path);
			continue;
		}
		step.skip = skip;
		skip = 0;
		steps = arena_reserve(arena, count * sizeof(*steps), (count + 1) * sizeof(*steps));
		steps[count++] = step;
	}
	abbreviation->tail = skip;
	abbreviation->size = all < UNKNOWN_SIZE ? all : UNKNOWN_SIZE;
	abbreviation->step_count = count;
	abbreviation->steps = arena_keep(arena, count * sizeof(*steps));
}

/* Orders abbreviations by code, those of one code as they stand in the table. */
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

const struct abbreviation *search_abbreviation(const struct abbreviation_table *table,
					       uint64_t code)
{
	const struct abbreviation wanted = { .code = code };

	return bsearch(&wanted, table->abbreviations, table->count, sizeof(wanted),
		       compare_abbreviations);
}

const struct abbreviation_table *read_abbreviations(struct unit *unit)
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
	table = arena_zalloc(&input->abbreviations, sizeof(*table));
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
		arena_copy(&input->abbreviations, list, table->count * sizeof(*list));
	free(list);
	cache_add(&input->abbreviation_tables, key, table);
	return table;
}

void forget_abbreviations(struct dwarf_input *input)
{
	cache_clear(&input->abbreviation_tables);
	arena_reset(&input->abbreviations);
}
