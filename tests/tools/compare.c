// SPDX-License-Identifier: GPL-2.0-only
/*
 * Compares what relocate.c and decode.c make of objects with what libdwfl and
 * libdw do: every relocated byte, every wanted attribute of every DIE. A line of
 * TAP for each object.
 */
#define PART "compare"
#include "../../reader/reader.h"
#include <elfutils/libdwfl.h>
#include <fcntl.h>
#include <stdarg.h>
#include <unistd.h>

const struct program program = { "compare", EXIT_FAILURE };

static long differences, dies, bytes;

static void differ(const char *format, ...)
{
	va_list arguments;

	if (differences++ > 20)
		return;
	va_start(arguments, format);
	printf("# ");
	vprintf(format, arguments);
	putchar('\n');
	va_end(arguments);
}

/* Relocations */

static Elf_Scn *find_section(Elf *elf, const char *wanted)
{
	Elf_Scn *section = NULL;
	size_t names;

	elf_getshdrstrndx(elf, &names);
	while ((section = elf_nextscn(elf, section))) {
		GElf_Shdr header;
		const char *name;

		gelf_getshdr(section, &header);
		name = elf_strptr(elf, names, header.sh_name);
		if (name && !strcmp(name, wanted) && !(header.sh_flags & SHF_GROUP))
			return section;
	}
	return NULL;
}

/* Whether a relocation's value is an address, which only libdwfl knows. */
static bool is_address(Elf *elf, Elf_Scn *symtab, size_t number)
{
	GElf_Sym symbol;
	GElf_Shdr header;
	Elf_Scn *section;

	if (!gelf_getsym(elf_getdata(symtab, NULL), number, &symbol))
		return true;
	section = elf_getscn(elf, symbol.st_shndx);
	return symbol.st_shndx >= SHN_LORESERVE || !section || !gelf_getshdr(section, &header) ||
	       header.sh_flags & SHF_ALLOC || symbol.st_shndx == SHN_UNDEF;
}

/* Marks the bytes of a section that hold addresses. */
static void mark_addresses(Elf *elf, Elf_Scn *target, char *marks, size_t size)
{
	size_t width = gelf_getclass(elf) == ELFCLASS64 ? 8 : 4;
	Elf_Scn *section = NULL;

	while ((section = elf_nextscn(elf, section))) {
		Elf_Data *data;
		GElf_Shdr header;
		GElf_Rela rela;
		GElf_Rel rel;

		gelf_getshdr(section, &header);
		if ((header.sh_type != SHT_RELA && header.sh_type != SHT_REL) ||
		    header.sh_info != elf_ndxscn(target))
			continue;
		data = elf_getdata(section, NULL);
		for (size_t i = 0; i < header.sh_size / header.sh_entsize; i++) {
			if (header.sh_type == SHT_REL && gelf_getrel(data, i, &rel))
				rela = (GElf_Rela){ rel.r_offset, rel.r_info, 0 };
			else
				gelf_getrela(data, i, &rela);
			if (is_address(elf, elf_getscn(elf, header.sh_link),
				       GELF_R_SYM(rela.r_info)))
				for (size_t j = 0; j < width; j++)
					if (rela.r_offset + j < size)
						marks[rela.r_offset + j] = 1;
		}
	}
}

static void compare_section(struct object *object, Elf *theirs, enum section_id id,
			    const char *name)
{
	const struct section_data *ours = &object->file.sections[id];
	Elf_Scn *section = find_section(theirs, name);
	Elf_Scn *plain = find_section(object->elf, name);
	Elf_Data *data;
	char *marks;

	if (!section || !plain || !ours->start)
		return; /* compressed the old way */
	data = elf_rawdata(section, NULL);
	if (data->d_size != ours->size) {
		GElf_Shdr header;

		gelf_getshdr(section, &header);
		if (!(header.sh_flags & SHF_COMPRESSED))
			differ("%s: %zu bytes, not %zu", name, ours->size, data->d_size);
		return;
	}
	marks = calloc(1, ours->size);
	mark_addresses(object->elf, plain, marks, ours->size);
	for (size_t i = 0; i < ours->size; i++)
		if (!marks[i] && ours->start[i] != ((unsigned char *)data->d_buf)[i])
			differ("%s: byte 0x%zx", name, i);
	bytes += ours->size;
	free(marks);
}

/* Attributes */

static void compare_attribute(Dwarf_Die *die, const struct attributes *ours,
			      enum attribute attribute, unsigned int name)
{
	unsigned long long at = dwarf_dieoffset(die);
	Dwarf_Attribute theirs;
	Dwarf_Word number;
	Dwarf_Die target;
	const char *text;
	bool there, flag;

	if (attribute == ATTRIBUTE_DECL_FILE && !is_body(ours->tag))
		return;
	there = dwarf_attr(die, name, &theirs);
	switch (attribute) {
	case ATTRIBUTE_NAME:
	case ATTRIBUTE_LINKAGE_NAME:
		text = there ? dwarf_formstring(&theirs) : NULL;
		if (has(ours, attribute) != !!text ||
		    (text && strcmp(text, ours->values[attribute].text.start)))
			differ("DIE 0x%llx: name %s", at, text);
		break;
	case ATTRIBUTE_TYPE:
	case ATTRIBUTE_ABSTRACT_ORIGIN:
		there = there && dwarf_formref_die(&theirs, &target);
		if (has(ours, attribute) != there ||
		    (there && dwarf_whatform(&theirs) != DW_FORM_ref_sig8 &&
		     die_offset(ours->values[attribute].die) != dwarf_dieoffset(&target)))
			differ("DIE 0x%llx: reference 0x%x", at, name);
		break;
	case ATTRIBUTE_DECLARATION:
		there = there && dwarf_formflag(&theirs, &flag) == 0 && flag;
		if (has(ours, attribute) != there)
			differ("DIE 0x%llx: declaration", at);
		break;
	default:
		there = there && dwarf_formudata(&theirs, &number) == 0;
		if (has(ours, attribute) != there ||
		    (there && ours->values[attribute].number != number))
			differ("DIE 0x%llx: number 0x%x", at, name);
	}
}

static void compare_die(Dwarf_Die *die, struct unit *unit, const unsigned char *at)
{
	static const struct {
		enum attribute attribute;
		unsigned int name;
	} wanted[] = {
		{ ATTRIBUTE_NAME, DW_AT_name },
		{ ATTRIBUTE_LINKAGE_NAME, DW_AT_linkage_name },
		{ ATTRIBUTE_TYPE, DW_AT_type },
		{ ATTRIBUTE_ABSTRACT_ORIGIN, DW_AT_abstract_origin },
		{ ATTRIBUTE_DECLARATION, DW_AT_declaration },
		{ ATTRIBUTE_DECL_FILE, DW_AT_decl_file },
		{ ATTRIBUTE_CONST_VALUE, DW_AT_const_value },
		{ ATTRIBUTE_COUNT, DW_AT_count },
		{ ATTRIBUTE_UPPER_BOUND, DW_AT_upper_bound },
		{ ATTRIBUTE_ACCESSIBILITY, DW_AT_accessibility },
		{ ATTRIBUTE_ALIGNMENT, DW_AT_alignment },
		{ ATTRIBUTE_BIT_SIZE, DW_AT_bit_size },
		{ ATTRIBUTE_BYTE_SIZE, DW_AT_byte_size },
		{ ATTRIBUTE_ENCODING, DW_AT_encoding },
		{ ATTRIBUTE_DATA_BIT_OFFSET, DW_AT_data_bit_offset },
		{ ATTRIBUTE_DATA_MEMBER_LOCATION, DW_AT_data_member_location },
		{ ATTRIBUTE_DISCR_VALUE, DW_AT_discr_value },
	};
	struct attributes ours, child_ours;
	struct cursor children;
	Dwarf_Die child;
	int result;

	dies++;
	read_die((struct die_ref){ unit, at }, &ours);
	if ((int)ours.tag != dwarf_tag(die) || ours.children != (dwarf_haschildren(die) > 0) ||
	    die_offset(ours.die) != dwarf_dieoffset(die))
		differ("DIE 0x%llx: tag 0x%x", (unsigned long long)dwarf_dieoffset(die), ours.tag);
	for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++)
		compare_attribute(die, &ours, wanted[i].attribute, wanted[i].name);
	children = children_of(&ours);
	result = dwarf_child(die, &child);
	while (result == 0) {
		if (!next_child(&children, &child_ours) ||
		    die_offset(child_ours.die) != dwarf_dieoffset(&child)) {
			differ("DIE 0x%llx: not the next child",
			       (unsigned long long)dwarf_dieoffset(&child));
			return;
		}
		compare_die(&child, unit, child_ours.die.address);
		result = dwarf_siblingof(&child, &child);
	}
	if (result < 0 || next_child(&children, &child_ours))
		differ("DIE 0x%llx: more children: %s", (unsigned long long)dwarf_dieoffset(die),
		       dwarf_errmsg(-1));
}

static bool compare_object(const char *path)
{
	static const Dwfl_Callbacks callbacks = {
		.section_address = dwfl_offline_section_address,
		.find_debuginfo = dwfl_standard_find_debuginfo,
	};
	int fd = open(path, O_RDONLY);
	Dwfl *dwfl = dwfl_begin(&callbacks);
	Dwfl_Module *module;
	struct object object;
	struct dwarf_input data;
	Dwarf_CU *cu = NULL;
	Dwarf_Addr bias;
	Dwarf *dwarf;
	Dwarf_Die die;

	differences = dies = bytes = 0;
	object_open(&object, path, fd);
	module = dwfl_report_offline(dwfl, path, path, -1);
	dwarf = dwfl_module_getdwarf(module, &bias);
	compare_section(&object, dwarf_getelf(dwarf), SECTION_INFO, ".debug_info");
	compare_section(&object, dwarf_getelf(dwarf), SECTION_TYPES, ".debug_types");
	compare_section(&object, dwarf_getelf(dwarf), SECTION_LINE, ".debug_line");
	compare_section(&object, dwarf_getelf(dwarf), SECTION_STR_OFFSETS, ".debug_str_offsets");
	dwarf_input_open(&data, &object);
	data.misses_types = true; /* which is said already: no warning */
	for (size_t i = 0; i < data.main.count; i++) {
		struct unit *unit = &data.main.units[i];

		if (dwarf_get_units(dwarf, cu, &cu, NULL, NULL, &die, NULL)) {
			differ("fewer units");
			break;
		}
		unit_open(unit);
		compare_die(&die, unit, unit->root);
	}
	if (dwarf_get_units(dwarf, cu, &cu, NULL, NULL, &die, NULL) == 0)
		differ("more units");
	dwarf_input_close(&data);
	object_close(&object);
	dwfl_end(dwfl);
	close(fd);
	return !differences && dies;
}

int main(int argc, char **argv)
{
	int failures = 0;

	for (int i = 1; i < argc; i++) {
		bool good = compare_object(argv[i]);

		printf("%sok %d - %s: %ld DIEs, %ld relocated bytes\n", good ? "" : "not ", i,
		       strrchr(argv[i], '/') + 1, dies, bytes);
		fflush(stdout);
		failures += !good;
	}
	printf("1..%d\n", argc - 1);
	return failures > 0;
}
