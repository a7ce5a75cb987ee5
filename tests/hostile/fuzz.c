// SPDX-License-Identifier: GPL-2.0-only
/*
 * The fuzzing target for gendwarfksyms (make fuzz): the whole program, run again and
 * again in one process, and a mutator that knows what an object looks like.
 *
 * An input is a byte of options, the list of symbols and a NUL, with REFERENCE a
 * reference file and a NUL, and the object.
 */
#include "fuzz-program.h"
#include <elf.h>
#include <dwarf.h>
#include <gelf.h>

/* A run */

enum {
	STABLE = 1,
	CANONICAL = 2,
	DUMPS = 4,
	TWICE = 8,
	SYMTYPES = 16,
	REFERENCE = 32,
};

/*
 * Where the files of a run are. An object with the .dwo sections of its own units
 * has OBJECT_NAME for DW_AT_dwo_name.
 */
#define OBJECT_FD      900
#define OBJECT_PATH    "/dev/fd/900"
#define REFERENCE_FD   901
#define REFERENCE_PATH "/dev/fd/901"

/* The object in an input; NULL if there is none. */
static const uint8_t *find_object(const uint8_t *data, size_t size)
{
	const uint8_t *at = data + 1, *end = data + size;

	for (int parts = size && data[0] & REFERENCE ? 2 : 1; parts--; at++) {
		at = at < end ? memchr(at, 0, end - at) : NULL;
		if (!at)
			return NULL;
	}
	return at;
}

static void run_with_options(int flags, const char *list)
{
	char *arguments[16];
	int count = 0;

	arguments[count++] = "gendwarfksyms";
	if (flags & STABLE)
		arguments[count++] = "--stable";
	if (flags & CANONICAL)
		arguments[count++] = "--canonical";
	if (flags & DUMPS) {
		arguments[count++] = "--dump-dies";
		arguments[count++] = "--dump-types";
		arguments[count++] = "--dump-versions";
	}
	if (flags & SYMTYPES)
		arguments[count++] = "--symtypes=/dev/null";
	if (flags & REFERENCE) {
		arguments[count++] = "--preserve";
		arguments[count++] = "--reference=" REFERENCE_PATH;
	}
	arguments[count++] = OBJECT_PATH;
	if (flags & TWICE)
		arguments[count++] = OBJECT_PATH;
	arguments[count] = NULL;
	run_program(arguments, list, strlen(list), 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *object = find_object(data, size);
	const char *list = (const char *)data + 1;

	if (!object || !*list)
		return -1;
	make_file(object, data + size - object, OBJECT_FD);
	if (data[0] & REFERENCE) {
		const char *reference = list + strlen(list) + 1;

		make_file(reference, strlen(reference), REFERENCE_FD);
	}
	run_with_options(data[0], list);
	return 0;
}

/* The mutator */

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);

static uint32_t random_state;

static uint32_t choose(uint32_t count)
{
	random_state = random_state * 1103515245 + 12345;
	return (random_state >> 8) % count;
}

/* A range of bytes of the object; size 0: there is none. */
struct range {
	uint8_t *start;
	size_t size;
};

static bool big_endian;

static uint64_t get(const uint8_t *at, unsigned int size)
{
	uint64_t number = 0;

	for (unsigned int i = 0; i < size; i++)
		number = number << 8 | at[big_endian ? i : size - 1 - i];
	return number;
}

static void put(uint8_t *at, unsigned int size, uint64_t number)
{
	for (unsigned int i = 0; i < size; i++, number >>= 8)
		at[big_endian ? size - 1 - i : i] = number;
}

/* What is found in the DWARF, as far as it can be read. */
#define PLACES 8192
static struct place {
	uint8_t *at;
	unsigned int size;
	unsigned int form;
	uint8_t *unit;
} values[PLACES];
static uint8_t *dies[PLACES], *tags[PLACES], *names[PLACES], *forms[PLACES];
static size_t value_count, die_count, tag_count, form_count;

static struct abbreviation {
	uint8_t *attributes;
	bool known;
} abbreviations[256];

static uint64_t read_uleb(uint8_t **at, const uint8_t *end)
{
	uint64_t number = 0;

	for (unsigned int shift = 0; *at < end; shift += 7) {
		uint8_t byte = *(*at)++;

		if (shift < 64)
			number |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			break;
	}
	return number;
}

static void scan_abbreviations(struct range range)
{
	uint8_t *at = range.start, *end = at + range.size;

	memset(abbreviations, 0, sizeof(abbreviations));
	tag_count = form_count = 0;
	while (at < end && tag_count < PLACES) {
		uint64_t code = read_uleb(&at, end);

		if (!code || end - at < 2)
			continue;
		tags[tag_count++] = at;
		read_uleb(&at, end);
		at++;
		if (code < 256 && !abbreviations[code].known)
			abbreviations[code] = (struct abbreviation){ at, true };
		while (at < end && form_count < PLACES) {
			uint64_t name, form;

			names[form_count] = at;
			name = read_uleb(&at, end);
			forms[form_count] = at;
			form = read_uleb(&at, end);
			if (form == DW_FORM_implicit_const)
				read_uleb(&at, end);
			if (!name && !form)
				break;
			form_count++;
		}
	}
}

/* The size of a value; SIZE_MAX if its form isn't known here. */
static size_t value_size(uint64_t form, uint8_t *at, const uint8_t *end, unsigned int address_size)
{
	uint8_t *start = at;
	uint64_t size;

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
		return 2;
	case DW_FORM_data4:
	case DW_FORM_ref4:
	case DW_FORM_strp:
	case DW_FORM_line_strp:
	case DW_FORM_sec_offset:
	case DW_FORM_ref_addr:
		return 4;
	case DW_FORM_data8:
	case DW_FORM_ref8:
	case DW_FORM_ref_sig8:
		return 8;
	case DW_FORM_addr:
		return address_size;
	case DW_FORM_string:
		while (at < end && *at++)
			;
		return at - start;
	case DW_FORM_udata:
	case DW_FORM_sdata:
	case DW_FORM_ref_udata:
	case DW_FORM_strx:
	case DW_FORM_addrx:
	case DW_FORM_loclistx:
	case DW_FORM_rnglistx:
		read_uleb(&at, end);
		return at - start;
	case DW_FORM_block1:
		return at < end ? 1 + (size_t)*at : SIZE_MAX;
	case DW_FORM_exprloc:
	case DW_FORM_block:
		size = read_uleb(&at, end);
		return size < 1 << 20 ? at - start + size : SIZE_MAX;
	default:
		return SIZE_MAX;
	}
}

static bool scan_die(uint8_t **at, const uint8_t *end, uint8_t *unit,
		     const uint8_t *abbreviations_end, unsigned int address_size)
{
	uint64_t code;
	uint8_t *attribute;

	dies[die_count++] = *at;
	code = read_uleb(at, end);
	if (!code)
		return true;
	if (code > 255 || !abbreviations[code].known)
		return false;
	attribute = abbreviations[code].attributes;
	for (;;) {
		uint64_t name = read_uleb(&attribute, abbreviations_end);
		uint64_t form = read_uleb(&attribute, abbreviations_end);
		size_t size = value_size(form, *at, end, address_size);

		if (!name && !form)
			return true;
		if (form == DW_FORM_implicit_const)
			read_uleb(&attribute, abbreviations_end);
		if (size > (size_t)(end - *at) || value_count == PLACES)
			return false;
		if (size)
			values[value_count++] = (struct place){ *at, size, form, unit };
		*at += size;
	}
}

static void scan_info(struct range info, struct range abbrev)
{
	uint8_t *at = info.start, *end = at + info.size;

	value_count = die_count = 0;
	while (end - at > 24) {
		uint8_t *unit = at;
		uint64_t length = get(at, 4), version = get(at + 4, 2);
		unsigned int address_size = version >= 5 ? at[7] : at[10];
		uint8_t *unit_end;

		if (length < 8 || length > (size_t)(end - at - 4))
			return;
		unit_end = at + 4 + length;
		at += 11;
		if (version >= 5)
			at += unit[6] == DW_UT_type ? 13 : 1;
		while (at < unit_end && die_count < PLACES &&
		       scan_die(&at, unit_end, unit, abbrev.start + abbrev.size, address_size))
			;
		at = unit_end;
	}
}

static struct range sections[64];
static size_t section_count;
static struct range info, abbrev, rules, str;

/* Finds the sections of an object in memory. */
static bool scan_object(uint8_t *object, size_t size)
{
	Elf *scanned;
	Elf_Scn *section = NULL;
	size_t section_names = 0;

	elf_version(EV_CURRENT);
	scanned = elf_memory((char *)object, size);
	section_count = 0;
	info = abbrev = rules = str = (struct range){ object, 0 };
	if (!scanned)
		return false;
	big_endian = size > EI_DATA && object[EI_DATA] == ELFDATA2MSB;
	elf_getshdrstrndx(scanned, &section_names);
	while ((section = elf_nextscn(scanned, section))) {
		const char *name;
		GElf_Shdr header;
		struct range range;

		if (!gelf_getshdr(section, &header) || header.sh_offset > size ||
		    header.sh_size > size - header.sh_offset || header.sh_type == SHT_NOBITS ||
		    !header.sh_size)
			continue;
		range = (struct range){ object + header.sh_offset, header.sh_size };
		name = elf_strptr(scanned, section_names, header.sh_name);
		if (!name)
			continue;
		if (!strcmp(name, ".debug_info"))
			info = range;
		else if (!strcmp(name, ".debug_abbrev"))
			abbrev = range;
		else if (!strcmp(name, ".debug_str"))
			str = range;
		else if (strstr(name, "kabi_rules"))
			rules = range;
		if (section_count < 64)
			sections[section_count++] = range;
	}
	elf_end(scanned);
	return section_count;
}

/* One of an array's elements. */
#define ONE_OF(array) ((array)[choose(sizeof(array) / sizeof(*(array)))])

static void change_value(void)
{
	static const uint64_t numbers[] = {
		0,	    1,	    2,		0x7f,	    0x80,	0xff,
		0x7fff,	    0xffff, 0x7fffffff, 0x80000000, 0xffffffff, 0x7fffffffffffffff,
		UINT64_MAX,
	};
	const struct place *place = &values[choose(value_count)];
	unsigned int size = place->size > 8 ? 8 : place->size;

	if (choose(2) && die_count && (place->form == DW_FORM_ref4 || place->form == DW_FORM_data4))
		put(place->at, 4, dies[choose(die_count)] - place->unit);
	else if (choose(3))
		put(place->at, size, get(place->at, size) + choose(9) - 4);
	else
		put(place->at, size, ONE_OF(numbers));
}

/* A reference, to a DIE of the unit or any. */
static void change_reference(void)
{
	for (int i = 0; i < 64; i++) {
		const struct place *place = &values[choose(value_count)];

		if (place->form != DW_FORM_ref4)
			continue;
		put(place->at, 4,
		    dies[choose(die_count)] - place->unit + (choose(16) ? 0 : choose(5) - 2));
		return;
	}
}

static void change_abbreviation(void)
{
	static const uint8_t some_tags[] = {
		0x01, 0x02, 0x04, 0x05, 0x0b, 0x0d, 0x0f, 0x10, 0x11, 0x13, 0x15, 0x16, 0x17, 0x18,
		0x19, 0x1c, 0x21, 0x24, 0x26, 0x28, 0x2d, 0x2e, 0x2f, 0x33, 0x34, 0x35, 0x37, 0x39,
		0x3b, 0x3c, 0x40, 0x41, 0x42, 0x47, 0x4b, 0x1d, 0x1f, 0x20, 0x43, 0x12,
	};
	static const uint8_t some_names[] = {
		0x01, 0x03, 0x0b, 0x0d, 0x10, 0x16, 0x1c, 0x2f, 0x31, 0x32, 0x37, 0x38,
		0x3a, 0x3c, 0x3e, 0x47, 0x49, 0x69, 0x6b, 0x6e, 0x72, 0x02, 0x0c,
	};

	switch (choose(4)) {
	case 0:
		*tags[choose(tag_count)] = ONE_OF(some_tags);
		break;
	case 1:
		tags[choose(tag_count)][1] ^= 1; /* children */
		break;
	case 2:
		if (form_count)
			*names[choose(form_count)] = ONE_OF(some_names);
		break;
	default:
		if (form_count)
			*forms[choose(form_count)] = 1 + choose(0x2c);
	}
}

static void change_die(void)
{
	*dies[choose(die_count)] = *dies[choose(die_count)];
}

static void change_rule(void)
{
	static const char *const entries[] = {
		/* | for NUL */
		"1|declonly|s|",
		"1|byte_size|s|9",
		"1|type_string|s#s|structure_type s { member s#s x }",
		"1|type_string|e#e|t#'a b' u#",
		"1|enumerator_ignore|e A|",
		"1|enumerator_value|e A|7",
	};
	const char *entry = ONE_OF(entries);

	for (size_t at = choose(rules.size); at < rules.size; at++) {
		rules.start[at] = *entry == '|' ? '\0' : *entry;
		if (!*entry++)
			break;
	}
}

/* A name in .debug_str becomes another of what is in the program's language. */
static void change_name(void)
{
	static const char *const words[] = {
		"__kabi_reserved",
		"__kabi_renamed x",
		"__kabi_ignored",
		"__gendwarfksyms_ptr_f",
		"a b",
		"'",
		"s#s",
		"x.c",
		",",
		"\n",
	};
	const char *word = ONE_OF(words);
	size_t size = strlen(word) + 1, at = choose(str.size);

	if (size <= str.size - at)
		memcpy(str.start + at, word, size);
}

static void change_bytes(void)
{
	const struct range *range = &sections[choose(section_count)];
	const struct range *other = &sections[choose(section_count)];
	size_t at = choose(range->size), from = choose(other->size);
	size_t size = 1 + choose(32);

	switch (choose(3)) {
	case 0:
		range->start[at] = choose(256);
		break;
	case 1:
		range->start[at] ^= 1 << choose(8);
		break;
	default:
		if (size > range->size - at)
			size = range->size - at;
		if (size > other->size - from)
			size = other->size - from;
		memmove(range->start + at, other->start + from, size);
	}
}

/* A piece of the reference file becomes another, or what lines are made of. */
static void change_text(char *text)
{
	static const char marks[] = "\n  #'{}(),ust";
	size_t size = strlen(text), at, from, length;

	if (!size)
		return;
	at = choose(size);
	from = choose(size);
	length = 1 + choose(16);
	if (choose(2)) {
		text[at] = marks[choose(sizeof(marks) - 1)];
		return;
	}
	if (length > size - at)
		length = size - at;
	if (length > size - from)
		length = size - from;
	memmove(text + at, text + from, length);
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
	uint8_t *object = (uint8_t *)find_object(data, size);

	random_state = seed;
	if (!object || !choose(16))
		return LLVMFuzzerMutate(data, size, max_size);
	if (!choose(8))
		data[0] ^= 1 << choose(5);
	if (data[0] & REFERENCE && !choose(3)) {
		change_text((char *)data + 2 + strlen((char *)data + 1));
		return size;
	}
	if (!scan_object(object, data + size - object))
		return LLVMFuzzerMutate(data, size, max_size);
	for (int count = 1 + choose(4); count--;) {
		scan_abbreviations(abbrev);
		scan_info(info, abbrev);
		switch (choose(8)) {
		case 0:
		case 1:
			if (value_count && die_count)
				change_reference();
			break;
		case 2:
			if (value_count)
				change_value();
			break;
		case 3:
			if (tag_count)
				change_abbreviation();
			break;
		case 4:
			if (die_count)
				change_die();
			break;
		case 5:
			if (rules.size)
				change_rule();
			break;
		case 6:
			if (str.size)
				change_name();
			break;
		default:
			change_bytes();
		}
	}
	return size;
}
