// SPDX-License-Identifier: GPL-2.0-only
/*
 * The bytes of DWARF: unit headers, abbreviations, the attributes of a DIE, the
 * file names of a line table. Everything else in the program asks here.
 *
 * libdw would look up each attribute anew, from the front of the DIE and of
 * its abbreviation. Here each abbreviation is turned into a list of *steps*
 * once: one step for each attribute that anybody wants, which knows how many
 * bytes to pass over before it, and one for each that is passed over but whose
 * size is only known when it is read. Reading a DIE is going through its steps.
 *
 * Nothing in the input is trusted: a read outside of the unit or section is an
 * error that names the DIE.
 */
#include "gendwarfksyms.h"
#include <endian.h>
#include <string.h>

unsigned long long die_offset(const struct unit *unit, const unsigned char *die)
{
	return die - unit->data->object->sections[unit->section].data;
}

/*
 * A number of 0 to 8 bytes, in the byte order of the file. The caller has
 * checked that they are there.
 */
static inline uint64_t get_number(bool big_endian, const unsigned char *at,
				  unsigned int size)
{
	uint64_t number = 0;
	uint32_t four;
	uint16_t two;

	/* The sizes that most forms have, first. */
	switch (size) {
	case 4:
		memcpy(&four, at, 4);
		return big_endian ? be32toh(four) : le32toh(four);
	case 1:
		return *at;
	case 2:
		memcpy(&two, at, 2);
		return big_endian ? be16toh(two) : le16toh(two);
	case 8:
		memcpy(&number, at, 8);
		return big_endian ? be64toh(number) : le64toh(number);
	}
	if (big_endian)
		while (size--)
			number = number << 8 | *at++;
	else
		while (size--)
			number = number << 8 | at[size];
	return number;
}

/* A piece of a section that is read from front to back. */
struct reader {
	const struct object *object;
	const char *what; /* for messages */
	const unsigned char *at;
	const unsigned char *end;
};

static void __attribute__((noreturn, cold))
read_error(const struct reader *reader)
{
	error("the DWARF of '%s' is damaged: %s ends too early",
	      reader->object->path, reader->what);
}

static inline const unsigned char *read_bytes(struct reader *reader,
					      uint64_t size)
{
	const unsigned char *bytes = reader->at;

	if (size > (size_t)(reader->end - bytes))
		read_error(reader);
	reader->at = bytes + size;
	return bytes;
}

static inline uint64_t read_number(struct reader *reader, unsigned int size)
{
	return get_number(reader->object->big_endian, read_bytes(reader, size),
			  size);
}

/* LEB128 numbers. Bits beyond the 64th are dropped. */
static uint64_t read_long_uleb(struct reader *reader)
{
	uint64_t number = 0;
	unsigned int shift = 0;
	unsigned char byte;

	do {
		byte = *read_bytes(reader, 1);
		if (shift < 64)
			number |= (uint64_t)(byte & 0x7f) << shift;
		shift += shift < 64 ? 7 : 0;
	} while (byte & 0x80);
	return number;
}

static inline uint64_t read_uleb(struct reader *reader)
{
	if (reader->at < reader->end && *reader->at < 0x80)
		return *reader->at++;
	return read_long_uleb(reader);
}

static int64_t read_sleb(struct reader *reader)
{
	uint64_t number = 0;
	unsigned int shift = 0;
	unsigned char byte;

	do {
		byte = *read_bytes(reader, 1);
		if (shift < 64)
			number |= (uint64_t)(byte & 0x7f) << shift;
		shift += shift < 64 ? 7 : 0;
	} while (byte & 0x80);
	if (shift < 64 && byte & 0x40)
		number |= ~(uint64_t)0 << shift;
	return number;
}

static const char *read_text(struct reader *reader)
{
	const unsigned char *text = reader->at;
	const unsigned char *end = memchr(text, 0, reader->end - text);

	if (!end)
		read_error(reader);
	reader->at = end + 1;
	return (const char *)text;
}

/*
 * An initial length: leaves in the reader what it covers, and returns the size
 * of an offset.
 */
static unsigned int read_initial_length(struct reader *reader)
{
	unsigned int offset_size = 4;
	uint64_t length = read_number(reader, 4);

	if (length == 0xffffffff) {
		length = read_number(reader, 8);
		offset_size = 8;
	}
	if (length > (size_t)(reader->end - reader->at))
		read_error(reader);
	reader->end = reader->at + length;
	return offset_size;
}

static struct reader section_reader(const struct object *object,
				    enum section_id id, uint64_t offset,
				    const char *what)
{
	const struct section *section = &object->sections[id];
	struct reader reader = { object, what, section->data,
				 section->data + section->size };

	read_bytes(&reader, offset);
	return reader;
}

/* The text at an offset of a section of texts. */
static inline const char *section_text(const struct object *object,
				       enum section_id id, uint64_t offset)
{
	const struct section *section = &object->sections[id];

	/* object.c has seen to it that the section ends in a NUL. */
	if (offset >= section->size)
		error("the DWARF of '%s' is damaged: a name at offset 0x%llx of %s, which has 0x%zx bytes",
		      object->path, (unsigned long long)offset,
		      section_name(id), section->size);
	return (const char *)section->data + offset;
}

/*
 * What may be read again and again. Well-formed DWARF stays a thousand times
 * below both limits; but tables and lists of children can overlap, so that
 * their cost is the square of their size.
 */

/* DIEs read or passed over, for each byte of .debug_info and .debug_types. */
#define DIES_PER_BYTE_LIMIT 256

/* Bytes of abbreviations and line tables, in all. */
#define TABLES_SIZE_LIMIT ((uint64_t)1 << 30)

static void __attribute__((noreturn, cold))
too_many_dies(const struct object *object)
{
	error("the DWARF of '%s' is damaged: its lists of children overlap or are nested so deeply that reading them would take forever",
	      object->path);
}

/* Accounts for a table that has been read from `start` on. */
static void count_table(struct debug_data *data, const struct reader *reader,
			const unsigned char *start)
{
	data->tables_size += reader->at - start;
	if (data->tables_size > TABLES_SIZE_LIMIT)
		error("the DWARF of '%s' is damaged: %s is read for so many units that it would take forever",
		      data->object->path, reader->what);
}

/* Units */

static void read_unit(struct debug_data *data, enum section_id section,
		      struct reader *rest, size_t *capacity)
{
	struct reader reader = *rest;
	unsigned int unit_type = 0;
	struct unit *unit;

	data->units = grow(data->units, data->unit_count, capacity,
			   sizeof(*data->units));
	unit = &data->units[data->unit_count];
	*unit = (struct unit){ .data = data,
			       .section = section,
			       .number = data->unit_count,
			       .start = reader.at };
	data->unit_count++;
	unit->offset_size = read_initial_length(&reader);
	unit->end = rest->at = reader.end;
	unit->version = read_number(&reader, 2);
	if (unit->version < 2 || unit->version > 5)
		die_error(unit, unit->start, "DWARF version %u is not known",
			  unit->version);
	if (unit->version >= 5) {
		unit_type = read_number(&reader, 1);
		unit->address_size = read_number(&reader, 1);
	}
	unit->abbreviations_offset = read_number(&reader, unit->offset_size);
	if (unit->version < 5)
		unit->address_size = read_number(&reader, 1);
	if (unit->address_size < 1 || unit->address_size > 8)
		die_error(unit, unit->start, "an address size of %u bytes",
			  unit->address_size);
	if (unit_type == DW_UT_skeleton || unit_type == DW_UT_split_compile)
		read_bytes(&reader, 8);
	if (section == SECTION_TYPES || unit_type == DW_UT_type ||
	    unit_type == DW_UT_split_type) {
		unit->signature = read_number(&reader, 8);
		unit->type_offset = read_number(&reader, unit->offset_size);
	}
	unit->root = reader.at;
}

/*
 * Whether a form may refer to a DIE of another unit. (For DW_FORM_indirect the
 * form is only in the DIE.)
 */
static bool may_leave_unit(uint64_t form)
{
	return form == DW_FORM_ref_addr || form == DW_FORM_ref_sig8 ||
	       form == DW_FORM_indirect;
}

/* Whether any abbreviation that a unit uses has such a form. */
static bool has_links(const struct unit *unit)
{
	struct reader reader = section_reader(
		unit->data->object, SECTION_ABBREV, unit->abbreviations_offset,
		"a table of abbreviations");
	const unsigned char *start = reader.at;

	while (read_uleb(&reader)) {
		uint64_t name, form;

		read_uleb(&reader); /* tag */
		read_bytes(&reader, 1);
		do {
			name = read_uleb(&reader);
			form = read_uleb(&reader);
			if (may_leave_unit(form))
				return true;
			if (form == DW_FORM_implicit_const)
				read_sleb(&reader);
		} while (name || form);
	}
	count_table(unit->data, &reader, start);
	return false;
}

/*
 * Whether units may refer to each other. `data` has all units.
 */
static bool are_linked(const struct debug_data *data)
{
	for (size_t i = 0; i < data->unit_count; i++) {
		const struct unit *unit = &data->units[i];

		if (i &&
		    unit->abbreviations_offset == unit[-1].abbreviations_offset)
			continue;
		if (has_links(unit))
			return true;
	}
	return false;
}

void debug_data_open(struct debug_data *data, struct object *object)
{
	static const enum section_id sections[] = { SECTION_INFO,
						    SECTION_TYPES };
	size_t capacity = 0;

	*data = (struct debug_data){ .object = object };
	for (int i = 0; i < 2; i++) {
		data->dies_limit +=
			DIES_PER_BYTE_LIMIT *
			(uint64_t)object->sections[sections[i]].size;
		struct reader reader =
			section_reader(object, sections[i], 0, "a unit header");

		while (reader.at < reader.end)
			read_unit(data, sections[i], &reader, &capacity);
	}
	for (size_t i = 0; i < data->unit_count; i++) {
		struct unit *unit = &data->units[i];

		if (unit->type_offset &&
		    !cache_find(&data->signatures, unit->signature, NULL, NULL))
			cache_add(&data->signatures, unit->signature, unit);
	}
	data->linked = are_linked(data);
}

static bool in_section(const struct debug_data *data, enum section_id id,
		       const unsigned char *address)
{
	const struct section *section = &data->object->sections[id];

	return (uintptr_t)address - (uintptr_t)section->data < section->size;
}

struct unit *find_unit(struct debug_data *data, const unsigned char *die)
{
	size_t low = 0, high = data->unit_count;
	bool in_types = in_section(data, SECTION_TYPES, die);

	if (!in_types && !in_section(data, SECTION_INFO, die))
		return NULL;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		struct unit *unit = &data->units[middle];
		bool after = unit->section == SECTION_TYPES;

		if (after != in_types ? in_types : die >= unit->end)
			low = middle + 1;
		else if (after != in_types || die < unit->start)
			high = middle;
		else
			return unit;
	}
	return NULL;
}

/* Abbreviations */

enum step_kind {
	STEP_SKIP, /* only pass over it */
	STEP_PRESENT, /* the value doesn't matter */
	STEP_NUMBER,
	STEP_LOCATION, /* a number if it is an offset into location lists */
	STEP_TEXT,
	STEP_REFERENCE,
	STEP_OFFSET, /* a number that has the form of an offset */
};

struct step {
	uint32_t skip; /* bytes to pass over first */
	uint8_t kind;
	uint8_t attribute; /* enum attribute, unless kind is STEP_SKIP */
	uint8_t size; /* of the value, in bytes; VARIABLE_SIZE */
	uint16_t form;
	int64_t implicit; /* the value of DW_FORM_implicit_const */
};

#define VARIABLE_SIZE 0xff

struct abbreviation {
	uint64_t code;
	unsigned int tag;
	bool children;
	/*
	 * For passing over DIEs: how many bytes all the attributes have, and
	 * how many stand before DW_AT_sibling if that has DW_FORM_ref4.
	 * UNKNOWN_SIZE if this depends on the DIE, or there is no sibling.
	 */
	uint32_t size;
	uint32_t sibling;
	uint32_t step_count;
	uint32_t tail; /* bytes to pass over behind the last step */
	struct step *steps;
};

#define UNKNOWN_SIZE UINT32_MAX

struct abbreviation_table {
	struct abbreviation *by_code; /* code n is at n - 1, if tag is not 0 */
	size_t count;
	struct cache others; /* by code */
};

/*
 * The size of a form in bytes. That of an unknown form is VARIABLE_SIZE, and
 * reading it is an error.
 */
static unsigned int form_size(const struct unit *unit, unsigned int form)
{
	switch (form) {
	case DW_FORM_flag_present:
	case DW_FORM_implicit_const:
		return 0;
	case DW_FORM_data1:
	case DW_FORM_flag:
	case DW_FORM_ref1:
	case DW_FORM_strx1:
	case DW_FORM_addrx1:
		return 1;
	case DW_FORM_data2:
	case DW_FORM_ref2:
	case DW_FORM_strx2:
	case DW_FORM_addrx2:
		return 2;
	case DW_FORM_strx3:
	case DW_FORM_addrx3:
		return 3;
	case DW_FORM_data4:
	case DW_FORM_ref4:
	case DW_FORM_ref_sup4:
	case DW_FORM_strx4:
	case DW_FORM_addrx4:
		return 4;
	case DW_FORM_data8:
	case DW_FORM_ref8:
	case DW_FORM_ref_sup8:
	case DW_FORM_ref_sig8:
		return 8;
	case DW_FORM_data16:
		return 16;
	case DW_FORM_addr:
		return unit->address_size;
	case DW_FORM_ref_addr:
		return unit->version == 2 ? unit->address_size
					  : unit->offset_size;
	case DW_FORM_strp:
	case DW_FORM_line_strp:
	case DW_FORM_sec_offset:
	case DW_FORM_strp_sup:
	case DW_FORM_GNU_ref_alt:
	case DW_FORM_GNU_strp_alt:
		return unit->offset_size;
	default:
		return VARIABLE_SIZE;
	}
}

/* What a value of a form is: STEP_SKIP if it is nothing that is wanted. */
static enum step_kind form_kind(unsigned int form)
{
	switch (form) {
	case DW_FORM_data1:
	case DW_FORM_data2:
	case DW_FORM_data4:
	case DW_FORM_data8:
	case DW_FORM_udata:
	case DW_FORM_sdata:
	case DW_FORM_implicit_const:
	case DW_FORM_loclistx:
	case DW_FORM_rnglistx:
		return STEP_NUMBER;
	case DW_FORM_string:
	case DW_FORM_strp:
	case DW_FORM_line_strp:
	case DW_FORM_strx:
	case DW_FORM_strx1:
	case DW_FORM_strx2:
	case DW_FORM_strx3:
	case DW_FORM_strx4:
	case DW_FORM_GNU_strp_alt:
	case DW_FORM_strp_sup:
		return STEP_TEXT;
	case DW_FORM_ref1:
	case DW_FORM_ref2:
	case DW_FORM_ref4:
	case DW_FORM_ref8:
	case DW_FORM_ref_udata:
	case DW_FORM_ref_addr:
	case DW_FORM_ref_sig8:
	case DW_FORM_GNU_ref_alt:
	case DW_FORM_ref_sup4:
	case DW_FORM_ref_sup8:
		return STEP_REFERENCE;
	case DW_FORM_sec_offset:
		return STEP_OFFSET;
	default:
		return STEP_SKIP;
	}
}

/* Whether a value of a form may be an offset into another section. */
static bool is_offset(unsigned int form)
{
	return form == DW_FORM_sec_offset || form == DW_FORM_data4 ||
	       form == DW_FORM_data8;
}

/*
 * A form as struct step keeps it. All that doesn't fit is one unknown form, an
 * error when it is read.
 */
static uint16_t known_form(uint64_t form)
{
	return form < UINT16_MAX ? form : UINT16_MAX;
}

/* What to do with an attribute of that form, of a DIE with that tag. */
static struct step make_step(const struct unit *unit, unsigned int tag,
			     uint64_t name, unsigned int form)
{
	/* What each attribute is called here, + 1; 0 for those not wanted. */
	static const uint8_t wanted[] = {
		[DW_AT_name] = ATTRIBUTE_NAME + 1,
		[DW_AT_linkage_name] = ATTRIBUTE_LINKAGE_NAME + 1,
		[DW_AT_type] = ATTRIBUTE_TYPE + 1,
		[DW_AT_abstract_origin] = ATTRIBUTE_ABSTRACT_ORIGIN + 1,
		[DW_AT_declaration] = ATTRIBUTE_DECLARATION + 1,
		[DW_AT_decl_file] = ATTRIBUTE_DECL_FILE + 1,
		[DW_AT_const_value] = ATTRIBUTE_CONST_VALUE + 1,
		[DW_AT_count] = ATTRIBUTE_COUNT + 1,
		[DW_AT_upper_bound] = ATTRIBUTE_UPPER_BOUND + 1,
		[DW_AT_accessibility] = ATTRIBUTE_ACCESSIBILITY + 1,
		[DW_AT_alignment] = ATTRIBUTE_ALIGNMENT + 1,
		[DW_AT_bit_size] = ATTRIBUTE_BIT_SIZE + 1,
		[DW_AT_byte_size] = ATTRIBUTE_BYTE_SIZE + 1,
		[DW_AT_encoding] = ATTRIBUTE_ENCODING + 1,
		[DW_AT_data_bit_offset] = ATTRIBUTE_DATA_BIT_OFFSET + 1,
		[DW_AT_data_member_location] =
			ATTRIBUTE_DATA_MEMBER_LOCATION + 1,
		[DW_AT_discr_value] = ATTRIBUTE_DISCR_VALUE + 1,
		[DW_AT_sibling] = ATTRIBUTE_SIBLING + 1,
		[DW_AT_stmt_list] = ATTRIBUTE_STMT_LIST + 1,
		[DW_AT_str_offsets_base] = ATTRIBUTE_STR_OFFSETS_BASE + 1,
	};
	struct step step = { .form = form, .size = form_size(unit, form) };

	enum step_kind kind = STEP_NUMBER;

	if (name >= sizeof(wanted) || !wanted[name])
		return step;
	step.attribute = wanted[name] - 1;
	switch (step.attribute) {
	case ATTRIBUTE_DECLARATION:
		step.kind = STEP_PRESENT;
		return step;
	case ATTRIBUTE_DECL_FILE:
		if (!is_body(tag))
			return step; /* nearly all DIEs have one */
		break;
	case ATTRIBUTE_STMT_LIST:
	case ATTRIBUTE_STR_OFFSETS_BASE:
		step.kind = is_offset(form) ? STEP_OFFSET : STEP_SKIP;
		return step;
	case ATTRIBUTE_DATA_MEMBER_LOCATION:
		/* Before DWARF 4, data4 and data8 were offsets here. */
		if (form == DW_FORM_sec_offset ||
		    (unit->version < 4 && is_offset(form))) {
			step.kind = STEP_LOCATION;
			return step;
		}
		break;
	case ATTRIBUTE_NAME:
	case ATTRIBUTE_LINKAGE_NAME:
		kind = STEP_TEXT;
		break;
	case ATTRIBUTE_TYPE:
	case ATTRIBUTE_ABSTRACT_ORIGIN:
	case ATTRIBUTE_SIBLING:
		kind = STEP_REFERENCE;
	}
	if (form_kind(form) == kind)
		step.kind = kind;
	return step;
}

/*
 * Reads the attributes of an abbreviation. `scratch` is reused for the steps
 * until it is known how many there are.
 */
static void read_steps(struct unit *unit, struct reader *reader,
		       struct abbreviation *abbreviation, struct step **scratch,
		       size_t *capacity)
{
	uint64_t seen = 0, skip = 0, all = 0;
	size_t count = 0, size;

	abbreviation->sibling = UNKNOWN_SIZE;
	for (;;) {
		uint64_t name = read_uleb(reader);
		uint64_t form = read_uleb(reader);
		struct step step;

		if (!name && !form)
			break;
		step = make_step(unit, abbreviation->tag, name,
				 known_form(form));
		if (form == DW_FORM_implicit_const)
			step.implicit = read_sleb(reader);
		/* Of two attributes of one name the first counts. */
		if (step.kind != STEP_SKIP && seen >> step.attribute & 1)
			step.kind = STEP_SKIP;
		if (step.attribute || name == DW_AT_name)
			seen |= (uint64_t)1 << step.attribute;
		if (step.kind == STEP_REFERENCE && form == DW_FORM_ref4 &&
		    step.attribute == ATTRIBUTE_SIBLING && all < UNKNOWN_SIZE)
			abbreviation->sibling = all;
		all += step.size == VARIABLE_SIZE ? UNKNOWN_SIZE : step.size;
		if (step.kind == STEP_SKIP && step.size != VARIABLE_SIZE) {
			skip += step.size;
			if (skip > UINT32_MAX)
				die_error(
					unit, unit->root,
					"an abbreviation with too many attributes");
			continue;
		}
		*scratch = grow(*scratch, count, capacity, sizeof(**scratch));
		step.skip = skip;
		(*scratch)[count++] = step;
		skip = 0;
	}
	abbreviation->tail = skip;
	abbreviation->size = all < UNKNOWN_SIZE ? all : UNKNOWN_SIZE;
	size = count * sizeof(**scratch);
	abbreviation->step_count = count;
	abbreviation->steps = arena_alloc(&unit->data->arena, size);
	if (size)
		memcpy(abbreviation->steps, *scratch, size);
}

static inline const struct abbreviation *
find_abbreviation(const struct abbreviation_table *table, uint64_t code)
{
	const struct abbreviation *abbreviation;

	if (code - 1 >= table->count)
		return cache_find(&table->others, code, NULL, NULL);
	abbreviation = &table->by_code[code - 1];
	return abbreviation->code ? abbreviation : NULL;
}

static const struct abbreviation_table *read_abbreviations(struct unit *unit)
{
	/* The same bytes mean other sizes for a unit of another kind. */
	uint64_t key = unit->abbreviations_offset << 12 | unit->version << 8 |
		       unit->address_size << 4 | unit->offset_size;
	struct debug_data *data = unit->data;
	struct abbreviation_table *table;
	struct abbreviation *list = NULL;
	struct step *scratch = NULL;
	size_t count = 0, capacity = 0, scratch_capacity = 0;
	const unsigned char *start;
	struct reader reader;
	uint64_t code;

	table = cache_find(&data->abbreviation_tables, key, NULL, NULL);
	if (table)
		return table;
	reader = section_reader(data->object, SECTION_ABBREV,
				unit->abbreviations_offset,
				"a table of abbreviations");
	start = reader.at;
	while ((code = read_uleb(&reader))) {
		uint64_t tag = read_uleb(&reader);
		struct abbreviation abbreviation = {
			.code = code,
			.tag = tag > UINT32_MAX ? UINT32_MAX : tag,
			.children = read_number(&reader, 1),
		};

		read_steps(unit, &reader, &abbreviation, &scratch,
			   &scratch_capacity);
		list = grow(list, count, &capacity, sizeof(*list));
		list[count++] = abbreviation;
	}
	count_table(data, &reader, start);
	/* Codes count up from 1, usually. */
	table = arena_zalloc(&data->arena, sizeof(*table));
	table->count = count;
	table->by_code =
		arena_zalloc(&data->arena, count * sizeof(*table->by_code));
	for (size_t i = 0; i < count; i++) {
		struct abbreviation *copy;

		if (find_abbreviation(table, list[i].code))
			continue; /* of two with one code the first counts */
		if (list[i].code - 1 < count) {
			table->by_code[list[i].code - 1] = list[i];
			continue;
		}
		copy = arena_alloc(&data->arena, sizeof(*copy));
		*copy = list[i];
		cache_add(&table->others, copy->code, copy);
	}
	free(list);
	free(scratch);
	cache_add(&data->abbreviation_tables, key, table);
	return table;
}

/* DIEs */

/* A reader for what is left of a unit. */
static struct reader unit_reader(const struct unit *unit,
				 const unsigned char *at)
{
	return (struct reader){ unit->data->object, "a DIE", at, unit->end };
}

/*
 * The value of an attribute: a number, an offset, an index, the address of an
 * inline text; 0 for blocks.
 */
static uint64_t read_form(struct unit *unit, const unsigned char *die,
			  const struct step *step, struct reader *reader)
{
	uint64_t form;

	if (step->size <= 8)
		return step->form == DW_FORM_implicit_const
			       ? (uint64_t)step->implicit
			       : read_number(reader, step->size);
	switch (step->form) {
	case DW_FORM_data16:
		read_bytes(reader, 16);
		return 0;
	case DW_FORM_udata:
	case DW_FORM_ref_udata:
	case DW_FORM_strx:
	case DW_FORM_addrx:
	case DW_FORM_loclistx:
	case DW_FORM_rnglistx:
	case DW_FORM_GNU_str_index:
	case DW_FORM_GNU_addr_index:
		return read_uleb(reader);
	case DW_FORM_sdata:
		return read_sleb(reader);
	case DW_FORM_string:
		return (uintptr_t)read_text(reader);
	case DW_FORM_block1:
		read_bytes(reader, read_number(reader, 1));
		return 0;
	case DW_FORM_block2:
		read_bytes(reader, read_number(reader, 2));
		return 0;
	case DW_FORM_block4:
		read_bytes(reader, read_number(reader, 4));
		return 0;
	case DW_FORM_block:
	case DW_FORM_exprloc:
		read_bytes(reader, read_uleb(reader));
		return 0;
	case DW_FORM_indirect:
		form = read_uleb(reader);
		if (form == DW_FORM_indirect || form == DW_FORM_implicit_const)
			break;
		form = known_form(form);
		return read_form(
			unit, die,
			&(struct step){ .form = form,
					.size = form_size(unit, form) },
			reader);
	}
	die_error(unit, die, "unknown form 0x%x of an attribute", step->form);
}

/* The text that the value of an attribute means. */
static const char *find_text(struct unit *unit, const unsigned char *die,
			     unsigned int form, uint64_t value)
{
	const struct object *object = unit->data->object;
	struct reader offsets;

	switch (form) {
	case DW_FORM_string:
		return (const char *)(uintptr_t)value;
	case DW_FORM_strp:
		return section_text(object, SECTION_STR, value);
	case DW_FORM_line_strp:
		return section_text(object, SECTION_LINE_STR, value);
	case DW_FORM_strp_sup:
	case DW_FORM_GNU_strp_alt:
		die_error(
			unit, die,
			"a name in a supplementary file (dwz), which is not supported");
	default:
		offsets = section_reader(object, SECTION_STR_OFFSETS,
					 unit->str_offsets_base,
					 ".debug_str_offsets");
		if (value > SIZE_MAX / 8)
			read_error(&offsets);
		read_bytes(&offsets, value * unit->offset_size);
		return section_text(object, SECTION_STR,
				    read_number(&offsets, unit->offset_size));
	}
}

/*
 * Stores the DIE that the value of an attribute refers to, or NULL. False for a
 * type signature without a unit.
 */
static bool find_reference(struct unit *unit, const unsigned char *die,
			   unsigned int form, uint64_t value,
			   const unsigned char **target)
{
	const struct section *info =
		&unit->data->object->sections[SECTION_INFO];

	switch (form) {
	case DW_FORM_GNU_ref_alt:
	case DW_FORM_ref_sup4:
	case DW_FORM_ref_sup8:
		die_error(
			unit, die,
			"a reference to a supplementary file (dwz), which is not supported");
	case DW_FORM_ref_addr:
		*target = value < info->size ? info->data + value : NULL;
		return true;
	case DW_FORM_ref_sig8:
		unit = cache_find(&unit->data->signatures, value, NULL, NULL);
		if (!unit)
			return false;
		value = unit->type_offset;
	}
	*target = value < (size_t)(unit->end - unit->start)
			  ? unit->start + value
			  : NULL;
	return true;
}

/* Whether an offset lies in the location lists. */
static bool in_location_lists(const struct unit *unit, uint64_t offset)
{
	enum section_id id = unit->version >= 5 ? SECTION_LOCLISTS
						: SECTION_LOC;

	return offset < unit->data->object->sections[id].size;
}

/* What is read of a DIE, as bits by enum attribute. */
#define WANT(attribute) ((uint32_t)1 << (attribute))
#define WANT_ALL	(~(uint32_t)0)
#define WANT_UNIT	(WANT(ATTRIBUTE_STMT_LIST) | WANT(ATTRIBUTE_STR_OFFSETS_BASE))
#define WANT_CANDIDATE                                         \
	(WANT(ATTRIBUTE_NAME) | WANT(ATTRIBUTE_LINKAGE_NAME) | \
	 WANT(ATTRIBUTE_ABSTRACT_ORIGIN) | WANT(ATTRIBUTE_SIBLING))

/*
 * Goes through the steps of a DIE. Of its attributes, those in `wanted` (bits,
 * by enum attribute) are stored.
 */
static void run_steps(struct unit *unit, const unsigned char *die,
		      const struct abbreviation *abbreviation,
		      struct reader *reader, struct attributes *attributes,
		      uint32_t wanted)
{
	const struct step *step = abbreviation->steps;
	const struct step *end = step + abbreviation->step_count;
	bool big_endian = reader->object->big_endian;
	uint32_t present = 0;

	for (; step < end; step++) {
		uint64_t value;

		if (step->size - 1u < 8) { /* 1 to 8 */
			const unsigned char *at = read_bytes(
				reader, (uint64_t)step->skip + step->size);

			value = get_number(big_endian, at + step->skip,
					   step->size);
		} else {
			read_bytes(reader, step->skip);
			value = read_form(unit, die, step, reader);
		}
		if (!(wanted >> step->attribute & 1))
			continue;
		switch (step->kind) {
		case STEP_SKIP:
			continue;
		case STEP_TEXT:
			attributes->value[step->attribute].text =
				find_text(unit, die, step->form, value);
			break;
		case STEP_REFERENCE:
			if (!find_reference(
				    unit, die, step->form, value,
				    &attributes->value[step->attribute].die))
				continue;
			break;
		case STEP_LOCATION:
			if (!in_location_lists(unit, value))
				continue;
			/* fallthrough */
		default:
			attributes->value[step->attribute].number = value;
		}
		present |= WANT(step->attribute);
	}
	read_bytes(reader, abbreviation->tail);
	if (attributes)
		attributes->present = present;
}

/*
 * Reads the code of a DIE and finds its abbreviation: NULL at the end of a list
 * of children, and of the unit.
 */
static inline const struct abbreviation *__attribute__((always_inline))
begin_die(struct unit *unit, struct reader *reader)
{
	const unsigned char *die = reader->at;
	const struct abbreviation *abbreviation;
	uint64_t code;

	if (++statistics.dies > unit->data->dies_limit)
		too_many_dies(unit->data->object);
	if (reader->at >= reader->end)
		return NULL;
	code = read_uleb(reader);
	if (!code)
		return NULL;
	abbreviation = find_abbreviation(unit->abbreviations, code);
	if (!abbreviation)
		die_error(unit, die, "unknown abbreviation %llu",
			  (unsigned long long)code);
	return abbreviation;
}

static void read_attributes(struct unit *unit, const unsigned char *die,
			    const struct abbreviation *abbreviation,
			    struct reader *reader,
			    struct attributes *attributes, uint32_t wanted)
{
	attributes->tag = abbreviation->tag;
	attributes->children = abbreviation->children;
	run_steps(unit, die, abbreviation, reader, attributes, wanted);
	attributes->end = reader->at;
}

static bool read_die_or_end(struct unit *unit, struct reader *reader,
			    struct attributes *attributes, uint32_t wanted)
{
	const unsigned char *die = reader->at;
	const struct abbreviation *abbreviation = begin_die(unit, reader);

	if (abbreviation)
		read_attributes(unit, die, abbreviation, reader, attributes,
				wanted);
	return abbreviation;
}

void read_die(struct unit *unit, const unsigned char *die,
	      struct attributes *attributes)
{
	struct reader reader = unit_reader(unit, die);

	if (!read_die_or_end(unit, &reader, attributes, WANT_ALL))
		die_error(unit, die, "no DIE where one should be");
}

/* Passes over the attributes of a DIE. */
static inline void skip_attributes(struct unit *unit, const unsigned char *die,
				   const struct abbreviation *abbreviation,
				   struct reader *reader)
{
	if (abbreviation->size != UNKNOWN_SIZE)
		read_bytes(reader, abbreviation->size);
	else
		run_steps(unit, die, abbreviation, reader, NULL, 0);
}

/* Passes over a list of children. */
static void skip_list(struct unit *unit, struct reader *reader)
{
	size_t depth = 1;

	while (depth && reader->at < reader->end) {
		const unsigned char *die = reader->at;
		const struct abbreviation *abbreviation =
			begin_die(unit, reader);

		if (!abbreviation) {
			depth--;
			continue;
		}
		skip_attributes(unit, die, abbreviation, reader);
		depth += abbreviation->children;
	}
}

/*
 * Goes to a DIE's sibling, if it has a DW_AT_sibling that leads forward. (Back
 * would be an endless list.)
 */
static bool go_to_sibling(struct reader *reader, const unsigned char *sibling)
{
	if (sibling < reader->at || sibling >= reader->end)
		return false;
	reader->at = sibling;
	return true;
}

/* Passes over the children of a DIE that was just read. */
static void skip_children(struct unit *unit, struct reader *reader,
			  const struct attributes *attributes)
{
	if (!attributes->children)
		return;
	if (has(attributes, ATTRIBUTE_SIBLING) &&
	    go_to_sibling(reader, attributes->value[ATTRIBUTE_SIBLING].die))
		return;
	skip_list(unit, reader);
}

/* Passes over attributes and children of a DIE. */
static void skip_die(struct unit *unit, const unsigned char *die,
		     const struct abbreviation *abbreviation,
		     struct reader *reader)
{
	struct attributes attributes;

	if (!abbreviation->children) {
		skip_attributes(unit, die, abbreviation, reader);
	} else if (abbreviation->sibling != UNKNOWN_SIZE) {
		struct reader sibling = *reader;
		uint64_t offset;

		/* Without a look at the other attributes. */
		read_bytes(&sibling, abbreviation->sibling);
		offset = read_number(&sibling, 4);
		if (offset < (size_t)(unit->end - unit->start) &&
		    go_to_sibling(reader, unit->start + offset))
			return;
		skip_attributes(unit, die, abbreviation, reader);
		skip_list(unit, reader);
	} else {
		attributes.children = true;
		run_steps(unit, die, abbreviation, reader, &attributes,
			  WANT(ATTRIBUTE_SIBLING));
		skip_children(unit, reader, &attributes);
	}
}

bool read_next_child(struct unit *unit, const unsigned char **next,
		     struct attributes *attributes)
{
	struct reader reader = unit_reader(unit, *next);

	if (!read_die_or_end(unit, &reader, attributes, WANT_ALL))
		return false;
	skip_children(unit, &reader, attributes);
	*next = reader.at;
	return true;
}

void candidates_begin(struct candidates *candidates, struct unit *unit)
{
	size_t size = (unit->end - unit->start) / 8 + 1;

	*candidates = (struct candidates){ .unit = unit,
					   .next = unit->children,
					   .depth = unit->children ? 1 : 0 };
	if (!unit->top_level)
		unit->top_level = allocate_cleared(size, 1);
}

static void mark_top_level(struct unit *unit, const unsigned char *die)
{
	size_t offset = die - unit->start;

	unit->top_level[offset / 8] |= 1 << offset % 8;
}

static bool is_top_level(const struct unit *unit, const unsigned char *die)
{
	size_t offset = die - unit->start;

	return unit->top_level && unit->top_level[offset / 8] >> offset % 8 & 1;
}

const unsigned char *candidates_next(struct candidates *candidates,
				     struct attributes *attributes)
{
	struct unit *unit = candidates->unit;
	struct reader reader = unit_reader(unit, candidates->next);
	const unsigned char *found = NULL;

	while (!found && candidates->depth && reader.at < reader.end) {
		const unsigned char *die = reader.at;
		const struct abbreviation *abbreviation =
			begin_die(unit, &reader);

		if (!abbreviation) {
			candidates->depth--;
			continue;
		}
		if (candidates->depth == 1)
			mark_top_level(unit, die);
		if (abbreviation->tag == DW_TAG_subprogram ||
		    abbreviation->tag == DW_TAG_variable) {
			found = die;
			read_attributes(unit, die, abbreviation, &reader,
					attributes, WANT_CANDIDATE);
			skip_children(unit, &reader, attributes);
		} else if (abbreviation->children &&
			   is_scope(abbreviation->tag)) {
			skip_attributes(unit, die, abbreviation, &reader);
			candidates->depth++;
		} else {
			skip_die(unit, die, abbreviation, &reader);
		}
	}
	candidates->next = reader.at;
	return found;
}

/* Parents */

/*
 * All DIEs of a unit with their parents, in the order in which they stand.
 * DWARF has no way up, so this is made from the front when a DIE is asked for
 * that is no child of the unit DIE.
 */
struct die_index {
	struct indexed_die {
		size_t offset; /* from the start of the unit */
		size_t parent; /* its place in the index */
	} * dies;
	size_t count;
};

static struct die_index *make_die_index(struct unit *unit)
{
	struct die_index *index = allocate(sizeof(*index));
	struct reader reader = unit_reader(unit, unit->root);
	size_t capacity = 0, parent = 0;
	bool open = true;

	*index = (struct die_index){ 0 };
	while (open && reader.at < reader.end) {
		const unsigned char *die = reader.at;
		const struct abbreviation *abbreviation =
			begin_die(unit, &reader);

		if (!abbreviation) {
			open = index->count && parent;
			if (open)
				parent = index->dies[parent].parent;
			continue;
		}
		index->dies = grow(index->dies, index->count, &capacity,
				   sizeof(*index->dies));
		index->dies[index->count] =
			(struct indexed_die){ die - unit->start, parent };
		if (abbreviation->children)
			parent = index->count;
		else if (!index->count)
			open = false;
		index->count++;
		skip_attributes(unit, die, abbreviation, &reader);
	}
	return index;
}

const unsigned char *parent_die(struct unit *unit, const unsigned char *die)
{
	size_t offset = die - unit->start, low = 0, high;
	struct die_index *index;

	if (die == unit->root)
		return NULL;
	if (is_top_level(unit, die))
		return unit->root;
	if (!unit->dies)
		unit->dies = make_die_index(unit);
	index = unit->dies;
	high = index->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (index->dies[middle].offset == offset)
			return unit->start +
			       index->dies[index->dies[middle].parent].offset;
		if (index->dies[middle].offset < offset)
			low = middle + 1;
		else
			high = middle;
	}
	die_error(unit, die, "a reference to where no DIE begins");
}

/* File names */

#define FILES 256 /* room for so many, at first */

struct file_table {
	size_t count;
	size_t capacity;
	bool is_source[]; /* whether the name ends in ".c" */
};

static bool ends_in_c(const char *name)
{
	const char *dot = name ? strrchr(name, '.') : NULL;

	return dot && !strcmp(dot, ".c");
}

/* The value of a form in a line table that is a text, else NULL. */
static const char *read_line_form(struct unit *unit, unsigned int form,
				  struct reader *reader,
				  unsigned int offset_size)
{
	const struct object *object = reader->object;
	struct step step = { .form = form, .size = form_size(unit, form) };

	switch (form) {
	case DW_FORM_string:
		return read_text(reader);
	case DW_FORM_line_strp:
		return section_text(object, SECTION_LINE_STR,
				    read_number(reader, offset_size));
	case DW_FORM_strp:
		return section_text(object, SECTION_STR,
				    read_number(reader, offset_size));
	default:
		read_form(unit, unit->root, &step, reader);
		return NULL;
	}
}

static void add_file(struct file_table **files, const char *name)
{
	struct file_table *table = *files;

	if (table->count == table->capacity) {
		table->capacity *= 2;
		*files = table =
			reallocate(table, sizeof(*table) + table->capacity);
	}
	table->is_source[table->count++] = ends_in_c(name);
}

/* Directories or files of DWARF 5; without `files` they are passed over. */
static void read_entries(struct unit *unit, struct reader *reader,
			 unsigned int offset_size, struct file_table **files)
{
	struct {
		uint64_t content;
		uint16_t form;
	} formats[255];
	unsigned int format_count = read_number(reader, 1);
	uint64_t count;

	for (unsigned int i = 0; i < format_count; i++) {
		formats[i].content = read_uleb(reader);
		formats[i].form = known_form(read_uleb(reader));
	}
	count = read_uleb(reader);
	if (count > (size_t)(reader->end - reader->at))
		read_error(reader);
	while (count--) {
		const char *name = NULL;

		for (unsigned int i = 0; i < format_count; i++) {
			const char *text = read_line_form(unit, formats[i].form,
							  reader, offset_size);

			if (formats[i].content == DW_LNCT_path)
				name = text;
		}
		if (files)
			add_file(files, name);
	}
}

static struct file_table *read_files(struct unit *unit)
{
	struct reader reader = section_reader(unit->data->object, SECTION_LINE,
					      unit->stmt_list, "a line table");
	const unsigned char *start = reader.at;
	unsigned int offset_size = read_initial_length(&reader);
	unsigned int version = read_number(&reader, 2);
	struct file_table *files = allocate(sizeof(*files) + FILES);
	const char *name;

	files->count = 0;
	files->capacity = FILES;
	if (version < 2 || version > 5)
		die_error(unit, unit->root, "a line table of version %u",
			  version);
	if (version >= 5)
		read_bytes(&reader, 2); /* sizes of address and segment */
	read_bytes(&reader, offset_size); /* header_length */
	read_bytes(&reader, version >= 4 ? 5 : 4);
	/* standard_opcode_lengths, one fewer than opcode_base */
	read_bytes(&reader, (uint8_t)(read_number(&reader, 1) - 1));
	if (version >= 5) {
		read_entries(unit, &reader, offset_size, NULL);
		read_entries(unit, &reader, offset_size, &files);
		count_table(unit->data, &reader, start);
		return files;
	}
	while (*read_text(&reader))
		; /* directories */
	add_file(&files, NULL); /* the first is number 1 */
	while (*(name = read_text(&reader))) {
		add_file(&files, name);
		for (int i = 0; i < 3; i++)
			read_uleb(&reader);
	}
	count_table(unit->data, &reader, start);
	return files;
}

bool is_source_file(struct unit *unit, const unsigned char *die,
		    uint64_t number)
{
	if (!unit->has_stmt_list)
		die_error(unit, die,
			  "DW_AT_decl_file, but the unit has no line table");
	if (!unit->files)
		unit->files = read_files(unit);
	if (number >= unit->files->count)
		die_error(unit, die,
			  "DW_AT_decl_file %llu is beyond the line table",
			  (unsigned long long)number);
	return unit->files->is_source[number];
}

void unit_open(struct unit *unit)
{
	struct reader reader = unit_reader(unit, unit->root);
	struct attributes root;

	if (unit->abbreviations)
		return;
	unit->abbreviations = read_abbreviations(unit);
	/* If it doesn't say: behind the header of .debug_str_offsets. */
	unit->str_offsets_base = unit->offset_size == 4 ? 8 : 16;
	if (!read_die_or_end(unit, &reader, &root, WANT_UNIT))
		return; /* an empty unit */
	if (has(&root, ATTRIBUTE_STR_OFFSETS_BASE))
		unit->str_offsets_base =
			root.value[ATTRIBUTE_STR_OFFSETS_BASE].number;
	unit->has_stmt_list = has(&root, ATTRIBUTE_STMT_LIST);
	if (unit->has_stmt_list)
		unit->stmt_list = root.value[ATTRIBUTE_STMT_LIST].number;
	unit->children = root.children ? root.end : NULL;
	unit->root_tag = root.tag;
}

static void forget_unit(struct unit *unit)
{
	free(unit->files);
	free(unit->top_level);
	if (unit->dies)
		free(unit->dies->dies);
	free(unit->dies);
	unit->files = NULL;
	unit->top_level = NULL;
	unit->dies = NULL;
	unit->abbreviations = NULL;
}

static void forget_abbreviations(struct debug_data *data)
{
	struct cache *tables = &data->abbreviation_tables;

	for (size_t i = 0; tables->slots && i <= tables->mask; i++) {
		struct abbreviation_table *table = tables->slots[i].value;

		if (table)
			cache_free(&table->others);
	}
	cache_clear(tables);
	arena_reset(&data->arena);
}

void unit_close(struct unit *unit)
{
	struct debug_data *data = unit->data;

	if (data->linked)
		return;
	forget_unit(unit);
	forget_abbreviations(data);
}

void debug_data_close(struct debug_data *data)
{
	for (size_t i = 0; i < data->unit_count; i++)
		forget_unit(&data->units[i]);
	free(data->units);
	forget_abbreviations(data);
	arena_free(&data->arena);
	cache_free(&data->abbreviation_tables);
	cache_free(&data->signatures);
}
