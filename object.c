// SPDX-License-Identifier: GPL-2.0-only
/*
 * An input file: opened, checked to be ELF with debugging information, its
 * DWARF sections decompressed and relocated, as plain bytes for decode.c. What
 * isn't common is left to libdwfl: relocations of unusual objects, and
 * debugging information in a separate file.
 */
#include "gendwarfksyms.h"
#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>
#include <gelf.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const section_names[SECTION_COUNT] = {
	[SECTION_INFO] = ".debug_info",
	[SECTION_TYPES] = ".debug_types",
	[SECTION_ABBREV] = ".debug_abbrev",
	[SECTION_LINE] = ".debug_line",
	[SECTION_LINE_STR] = ".debug_line_str",
	[SECTION_STR] = ".debug_str",
	[SECTION_STR_OFFSETS] = ".debug_str_offsets",
	[SECTION_LOC] = ".debug_loc",
	[SECTION_LOCLISTS] = ".debug_loclists",
};

const char *section_name(enum section_id id)
{
	return section_names[id];
}

/*
 * Whether a section is compressed the old way: then its name begins with
 * .zdebug_ and its contents with ZLIB, unless libdwfl has decompressed them to
 * relocate them.
 */
static bool is_gnu_compressed(Elf_Scn *section, const char *name)
{
	Elf_Data *data = elf_rawdata(section, NULL);

	return !strncmp(name, ".zdebug_", strlen(".zdebug_")) && data &&
	       data->d_size > 4 && !memcmp(data->d_buf, "ZLIB", 4);
}

static struct section read_section(struct object *object, Elf_Scn *section,
				   const GElf_Shdr *header, const char *name)
{
	int result = 0;
	Elf_Data *data;

	if (header->sh_flags & SHF_COMPRESSED)
		result = elf_compress(section, 0, 0);
	else if (is_gnu_compressed(section, name))
		result = elf_compress_gnu(section, 0, 0);
	if (result < 0)
		error("cannot decompress section %s of '%s': %s", name,
		      object->path, elf_errmsg(-1));
	data = elf_rawdata(section, NULL);
	if (!data)
		error("cannot read section %s of '%s': %s", name, object->path,
		      elf_errmsg(-1));
	return (struct section){ data->d_buf, data->d_buf ? data->d_size : 0 };
}

/* Whether a section's name is .debug_X or, compressed, .zdebug_X. */
static bool is_named(const char *name, const char *debug_name)
{
	if (name[0] == '.' && name[1] == 'z')
		return !strcmp(name + 2, debug_name + 1);
	return !strcmp(name, debug_name);
}

static void end_texts(struct section *section)
{
	while (section->size && section->data[section->size - 1])
		section->size--;
}

/*
 * Finds the DWARF sections of an ELF file. Those in a section group are not
 * seen, and of two with one name the first is (as in libdw). `found` has the
 * section with each contents.
 */
static void read_sections(struct object *object, Elf *elf,
			  Elf_Scn *found[SECTION_COUNT])
{
	Elf_Scn *section = NULL;
	size_t names;

	if (elf_getshdrstrndx(elf, &names))
		error("'%s' has no section names: %s", object->path,
		      elf_errmsg(-1));
	while ((section = elf_nextscn(elf, section))) {
		GElf_Shdr header;
		const char *name;

		if (!gelf_getshdr(section, &header) ||
		    header.sh_type == SHT_NOBITS || header.sh_flags & SHF_GROUP)
			continue;
		name = elf_strptr(elf, names, header.sh_name);
		if (!name || name[0] != '.' ||
		    (name[1] != 'd' && name[1] != 'z'))
			continue;
		for (int id = 0; id < SECTION_COUNT; id++) {
			if (object->sections[id].data ||
			    !is_named(name, section_names[id]))
				continue;
			object->sections[id] =
				read_section(object, section, &header, name);
			found[id] = section;
		}
	}
	end_texts(&object->sections[SECTION_STR]);
	end_texts(&object->sections[SECTION_LINE_STR]);
}

/*
 * Relocations
 *
 * The sections of a relocatable object have zeros where offsets into other
 * sections belong, and relocations that say what to put there. libdwfl applies
 * those of all debug sections, one by one through gelf's functions: a third of
 * all the instructions of a run. Here they are applied to the few sections that
 * are read, and only for the common case: 64 bits, the byte order of this
 * machine, relocations with addends, and a machine whose relocation types are
 * known. In all other cases libdwfl does it.
 *
 * Only the types that write "symbol + addend" and that libdwfl knows for the
 * machine are applied. Others are left alone, as libdwfl does; they stand in
 * location expressions. Symbols in sections that are loaded at run time have
 * addresses that only libdwfl gives to them, but nobody reads an address.
 */

#define RELOCATION_TYPES 260

/* How many bytes each relocation type of a machine writes; 0: left alone. */
static void relocation_sizes(GElf_Half machine, uint8_t sizes[RELOCATION_TYPES])
{
	static const struct {
		GElf_Half machine;
		uint16_t type;
		uint8_t size;
	} known[] = {
		{ EM_X86_64, R_X86_64_64, 8 },
		{ EM_X86_64, R_X86_64_32, 4 },
		{ EM_X86_64, R_X86_64_32S, 4 },
		{ EM_X86_64, R_X86_64_16, 2 },
		{ EM_X86_64, R_X86_64_8, 1 },
		{ EM_AARCH64, R_AARCH64_ABS64, 8 },
		{ EM_AARCH64, R_AARCH64_ABS32, 4 },
		{ EM_AARCH64, R_AARCH64_ABS16, 2 },
		{ EM_S390, R_390_64, 8 },
		{ EM_S390, R_390_32, 4 },
		{ EM_S390, R_390_16, 2 },
		{ EM_S390, R_390_8, 1 },
		{ EM_PPC64, R_PPC64_ADDR64, 8 },
		{ EM_PPC64, R_PPC64_UADDR64, 8 },
		{ EM_PPC64, R_PPC64_ADDR32, 4 },
		{ EM_PPC64, R_PPC64_UADDR32, 4 },
	};

	memset(sizes, 0, RELOCATION_TYPES);
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (known[i].machine == machine)
			sizes[known[i].type] = known[i].size;
}

/* Whether apply_relocations() knows the machine of an object. */
static bool is_known_machine(const GElf_Ehdr *header)
{
	const uint16_t one = 1;
	bool big_endian = !*(const char *)&one;

	return header->e_ident[EI_CLASS] == ELFCLASS64 &&
	       (header->e_ident[EI_DATA] == ELFDATA2MSB) == big_endian &&
	       (header->e_machine == EM_X86_64 ||
		header->e_machine == EM_AARCH64 ||
		header->e_machine == EM_S390 || header->e_machine == EM_PPC64);
}

/* Stores the lower bytes of a value; `size` is 1, 2, 4 or 8. */
static inline void put_number(unsigned char *to, unsigned int size,
			      uint64_t value)
{
	uint32_t four = value;
	uint16_t two = value;
	uint8_t one = value;

	switch (size) {
	case 8:
		memcpy(to, &value, 8);
		break;
	case 4:
		memcpy(to, &four, 4);
		break;
	case 2:
		memcpy(to, &two, 2);
		break;
	default:
		*to = one;
	}
}

/* Gives back the memory of part of a file that won't be read any more. */
static void forget_pages(const void *start, const void *end)
{
	uintptr_t page = sysconf(_SC_PAGESIZE);
	uintptr_t first = ((uintptr_t)start + page - 1) / page * page;
	uintptr_t last = (uintptr_t)end / page * page;

	if (first < last)
		madvise((void *)first, last - first, MADV_DONTNEED);
}

/* A section of relocations, and what they refer to. */
struct relocations {
	struct object *object;
	size_t section; /* its number, for messages */
	const char *data; /* Elf64_Rela each */
	size_t count;
	const char *symbols; /* Elf64_Sym each */
	size_t symbol_count;
	uint8_t sizes[RELOCATION_TYPES];
};

/* Applies the relocations from `first` up to `end`. */
static void apply_piece(const struct relocations *relocations, size_t first,
			size_t end, const struct section *target)
{
	unsigned char *to = (unsigned char *)target->data;
	uint64_t last_number = UINT64_MAX; /* no number of 32 bits */
	Elf64_Sym symbol = { 0 };
	bool undefined = false;

	for (size_t i = first; i < end; i++) {
		Elf64_Rela relocation;
		uint64_t type, number;
		unsigned int size;

		memcpy(&relocation, relocations->data + i * sizeof(relocation),
		       sizeof(relocation));
		type = ELF64_R_TYPE(relocation.r_info);
		size = type < RELOCATION_TYPES ? relocations->sizes[type] : 0;
		if (!size)
			continue;
		number = ELF64_R_SYM(relocation.r_info);
		if (number >= relocations->symbol_count ||
		    relocation.r_offset > target->size ||
		    size > target->size - relocation.r_offset)
			error("'%s' is damaged: relocation %zu of section %zu is out of bounds",
			      relocations->object->path, i,
			      relocations->section);
		/* Mostly the symbol of .debug_str, again and again. */
		if (number != last_number) {
			memcpy(&symbol,
			       relocations->symbols + number * sizeof(symbol),
			       sizeof(symbol));
			last_number = number;
			undefined = number && symbol.st_shndx == SHN_UNDEF;
		}
		if (!undefined) /* libdwfl leaves those alone, too */
			put_number(to + relocation.r_offset, size,
				   symbol.st_value + relocation.r_addend);
	}
}

/*
 * Applies a section of relocations to the contents of another. False if they
 * are not of the common form; then nothing has been changed.
 */
static bool apply_relocations(struct object *object, GElf_Half machine,
			      Elf_Scn *section, const struct section *target)
{
	/* So many are read, and then forgotten. */
	static const size_t piece = 1 << 16;
	struct relocations relocations = { .object = object,
					   .section = elf_ndxscn(section) };
	Elf_Data *data = elf_rawdata(section, NULL), *symbols = NULL;
	GElf_Shdr header, symbols_header;
	Elf_Scn *symtab;

	if (!gelf_getshdr(section, &header))
		return false;
	symtab = elf_getscn(object->elf, header.sh_link);
	if (symtab && gelf_getshdr(symtab, &symbols_header) &&
	    symbols_header.sh_type == SHT_SYMTAB)
		symbols = elf_rawdata(symtab, NULL);
	if (!data || !symbols || header.sh_type != SHT_RELA ||
	    header.sh_flags & SHF_COMPRESSED)
		return false;
	relocations.data = data->d_buf;
	relocations.count = data->d_size / sizeof(Elf64_Rela);
	relocations.symbols = symbols->d_buf;
	relocations.symbol_count = symbols->d_size / sizeof(Elf64_Sym);
	relocation_sizes(machine, relocations.sizes);
	for (size_t first = 0; first < relocations.count; first += piece) {
		size_t end = relocations.count - first > piece
				     ? first + piece
				     : relocations.count;

		apply_piece(&relocations, first, end, target);
		forget_pages(relocations.data + first * sizeof(Elf64_Rela),
			     relocations.data + end * sizeof(Elf64_Rela));
	}
	return true;
}

Elf *elf_open(const char *path, int fd)
{
	struct stat status;
	Elf *elf;

	if (fstat(fd, &status) == 0 && S_ISDIR(status.st_mode))
		error("'%s' is a directory", path);
	if (elf_version(EV_CURRENT) == EV_NONE)
		error("libelf is too old: %s", elf_errmsg(-1));
	elf = elf_begin(fd, ELF_C_READ_MMAP_PRIVATE, NULL);
	if (!elf)
		error("'%s' is not an ELF file: %s", path, elf_errmsg(-1));
	if (elf_kind(elf) == ELF_K_AR)
		error("'%s' is an archive, not an ELF file: give its members one by one",
		      path);
	if (elf_kind(elf) != ELF_K_ELF || !elf_getident(elf, NULL))
		error("'%s' is not an ELF file", path);
	return elf;
}

/* Applies all relocations that matter; false if libdwfl has to do it. */
static bool relocate(struct object *object, Elf_Scn *found[SECTION_COUNT])
{
	static const enum section_id wanted[] = { SECTION_INFO, SECTION_TYPES,
						  SECTION_LINE,
						  SECTION_STR_OFFSETS };
	Elf_Scn *section = NULL;
	GElf_Ehdr header;

	if (!gelf_getehdr(object->elf, &header))
		return false;
	if (header.e_type != ET_REL)
		return true;
	if (!is_known_machine(&header))
		return false;
	while ((section = elf_nextscn(object->elf, section))) {
		GElf_Shdr relocations;

		if (!gelf_getshdr(section, &relocations) ||
		    (relocations.sh_type != SHT_REL &&
		     relocations.sh_type != SHT_RELA))
			continue;
		for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++) {
			enum section_id id = wanted[i];

			if (found[id] &&
			    elf_ndxscn(found[id]) == relocations.sh_info &&
			    !apply_relocations(object, header.e_machine,
					       section, &object->sections[id]))
				return false;
		}
	}
	return true;
}

/* Reads the sections through libdwfl, which may find them in another file. */
static void read_through_libdwfl(struct object *object, int fd)
{
	static const Dwfl_Callbacks callbacks = {
		.section_address = dwfl_offline_section_address,
		.find_debuginfo = dwfl_standard_find_debuginfo,
	};
	Elf_Scn *found[SECTION_COUNT];
	const char *path = object->path;
	Dwfl_Module *module;
	Dwarf_Addr bias;
	Dwarf *dwarf;
	int copy;

	memset(object->sections, 0, sizeof(object->sections));
	object->dwfl = dwfl_begin(&callbacks);
	copy = dup(fd);
	if (!object->dwfl || copy < 0)
		error("cannot read '%s': %s", path, dwfl_errmsg(-1));
	module = dwfl_report_offline(object->dwfl, path, path, copy);
	if (!module)
		error("cannot read '%s': %s", path, dwfl_errmsg(-1));
	dwfl_report_end(object->dwfl, NULL, NULL);
	dwarf = dwfl_module_getdwarf(module, &bias);
	if (!dwarf)
		error("no debugging information in '%s': %s (is CONFIG_DEBUG_INFO on?)",
		      path, dwfl_errmsg(-1));
	read_sections(object, dwarf_getelf(dwarf), found);
	if (!object->sections[SECTION_INFO].data)
		error("no debugging information in '%s': .debug_info is empty",
		      path);
}

void object_open(struct object *object, const char *path, int fd)
{
	static const struct section nothing = { (const unsigned char *)"", 0 };
	Elf_Scn *found[SECTION_COUNT] = { 0 };

	*object = (struct object){ .path = path };
	object->elf = elf_open(path, fd);
	object->big_endian = elf_getident(object->elf, NULL)[EI_DATA] ==
			     ELFDATA2MSB;
	read_sections(object, object->elf, found);
	if (!object->sections[SECTION_INFO].data || !relocate(object, found))
		read_through_libdwfl(object, fd);
	/* Nobody has to know that a section isn't there. */
	for (int id = 0; id < SECTION_COUNT; id++)
		if (!object->sections[id].data)
			object->sections[id] = nothing;
}

void object_close(struct object *object)
{
	if (object->dwfl)
		dwfl_end(object->dwfl);
	elf_end(object->elf);
}
