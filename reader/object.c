// SPDX-License-Identifier: GPL-2.0-only
/*
 * From files to libdw's Dwarf: an input file, the .dwo of one of its units, its
 * supplementary file. libdw and libelf do most of it; what isn't common is left
 * to libdwfl, that is, relocations of unusual objects and debugging information
 * in a separate file.
 *
 * Ours is what is measured to matter, the relocation of the few sections that
 * are read, and what libdw can't do or gets wrong on damaged input.
 */
#define PART "object"
#include "internal.h"
#include <elfutils/libdwelf.h>
#include <elfutils/libdwfl.h>
#include <endian.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef ELFCOMPRESS_ZSTD
#define ELFCOMPRESS_ZSTD 2
#endif

/* Sections */

/* What follows the ".debug_" of a section's name. */
static const char *const section_names[SECTION_COUNT] = {
	[SECTION_INFO] = "info",
	[SECTION_TYPES] = "types",
	[SECTION_ABBREV] = "abbrev",
	[SECTION_LINE] = "line",
	[SECTION_STR_OFFSETS] = "str_offsets",
	[SECTION_STR] = "str",
	[SECTION_LINE_STR] = "line_str",
};

bool next_section(Elf *elf, Elf_Scn **section, GElf_Shdr *header, const char **name)
{
	size_t names;

	while ((*section = elf_nextscn(elf, *section))) {
		if (!gelf_getshdr(*section, header))
			continue;
		if (name)
			*name = elf_getshdrstrndx(elf, &names)
					? NULL
					: elf_strptr(elf, names, header->sh_name);
		return true;
	}
	return false;
}

/*
 * Tells the kind of a section by its name, as libdw does, and what follows the
 * ".debug_" or the like in it.
 */
static enum section_kind section_kind(const char *name, struct text *rest)
{
	static const struct {
		const char *prefix;
		enum section_kind kind;
	} kinds[] = {
		{ ".debug_", KIND_PLAIN },
		{ ".zdebug_", KIND_PLAIN },
		{ ".gnu.debuglto_.debug_", KIND_LTO },
	};

	for (int i = 0; name && i < 3; i++) {
		if (!starts_with(name, kinds[i].prefix))
			continue;
		*rest = make_text(name + strlen(kinds[i].prefix));
		if (kinds[i].kind != KIND_PLAIN || rest->length <= 4 ||
		    strcmp(rest->start + rest->length - 4, ".dwo"))
			return kinds[i].kind;
		rest->length -= 4;
		return KIND_DWO;
	}
	return KIND_NONE;
}

/* Decompresses a section, if it is compressed. */
static void decompress(const char *path, Elf_Scn *section, const char *name)
{
	GElf_Shdr header;
	const char *hint = "";
	GElf_Chdr compression;

	/*
	 * The old way, which the section's name tells. Whether it has been done
	 * is not known, so errors don't count.
	 */
	if (starts_with(name, ".z"))
		elf_compress_gnu(section, 0, 0);
	if (!gelf_getshdr(section, &header) || !(header.sh_flags & SHF_COMPRESSED) ||
	    elf_compress(section, 0, 0) >= 0)
		return;
	if (gelf_getchdr(section, &compression) && compression.ch_type == ELFCOMPRESS_ZSTD)
		hint = " (zstd needs elfutils 0.189 or later, built with it)";
	error("cannot decompress section %s of '%s': %s%s", name, path, elf_errmsg(-1), hint);
}

/*
 * Notes the contents of a section. Those of texts are cut after their last NUL, for
 * libdw too: up to 0.188, it doesn't check that a text has an end.
 */
static void read_section(struct debug_file *file, enum section_id id, Elf_Scn *section,
			 const char *name)
{
	Elf_Data *data;

	decompress(file->path, section, name);
	data = elf_getdata(section, NULL);
	if (!data)
		error("cannot read section %s of '%s': %s", name, file->path, elf_errmsg(-1));
	if (!data->d_buf || !data->d_size)
		return;
	if (id == SECTION_STR || id == SECTION_LINE_STR)
		while (data->d_size && ((char *)data->d_buf)[data->d_size - 1])
			data->d_size--;
	file->sections[id] =
		(struct section_data){ data->d_buf, data->d_size, elf_ndxscn(section) };
}

/*
 * Finds the sections that libdw will take: those of the best kind there is, not
 * in a section group, and of two with one name the first. `hide`: plain ones
 * are kept from libdw, which would prefer them to those of a .dwo.
 */
static void read_sections(struct debug_file *file, Elf *elf, bool hide)
{
	Elf_Scn *section = NULL;
	struct text rest = { 0 };
	GElf_Shdr header;
	const char *name;

	file->big_endian = elf_getident(elf, NULL)[EI_DATA] == ELFDATA2MSB;
	/* Nobody has to know that a section isn't there. */
	for (int id = 0; id < SECTION_COUNT; id++)
		file->sections[id].start = (const unsigned char *)"";
	while (next_section(elf, &section, &header, &name)) {
		enum section_kind kind = section_kind(name, &rest);

		if (hide && kind == KIND_PLAIN) {
			header.sh_name = 0;
			gelf_update_shdr(section, &header);
		} else if (kind > file->kind) {
			file->kind = kind;
		}
	}
	while (file->kind && next_section(elf, &section, &header, &name)) {
		if (section_kind(name, &rest) != file->kind || header.sh_type == SHT_NOBITS ||
		    header.sh_flags & SHF_GROUP)
			continue;
		for (int id = 0; id < SECTION_COUNT; id++)
			if (!file->sections[id].number &&
			    same_text(rest, make_text(section_names[id])))
				read_section(file, id, section, name);
	}
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

/* The byte order of this machine, as ELF has it. */
#define NATIVE_DATA (BYTE_ORDER == BIG_ENDIAN ? ELFDATA2MSB : ELFDATA2LSB)

/*
 * Tells how many bytes each relocation type of a machine writes; 0: left alone. Returns false
 * for another machine.
 */
static bool relocation_sizes(const GElf_Ehdr *header, uint8_t sizes[RELOCATION_TYPES])
{
	static const struct {
		GElf_Half machine;
		uint16_t type;
		uint8_t size;
	} known[] = {
		{ EM_X86_64, R_X86_64_64, 8 },	    { EM_X86_64, R_X86_64_32, 4 },
		{ EM_X86_64, R_X86_64_32S, 4 },	    { EM_X86_64, R_X86_64_16, 2 },
		{ EM_X86_64, R_X86_64_8, 1 },	    { EM_AARCH64, R_AARCH64_ABS64, 8 },
		{ EM_AARCH64, R_AARCH64_ABS32, 4 }, { EM_AARCH64, R_AARCH64_ABS16, 2 },
		{ EM_S390, R_390_64, 8 },	    { EM_S390, R_390_32, 4 },
		{ EM_S390, R_390_16, 2 },	    { EM_S390, R_390_8, 1 },
		{ EM_PPC64, R_PPC64_ADDR64, 8 },    { EM_PPC64, R_PPC64_UADDR64, 8 },
		{ EM_PPC64, R_PPC64_ADDR32, 4 },    { EM_PPC64, R_PPC64_UADDR32, 4 },
	};
	bool is_known = false;

	if (header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_ident[EI_DATA] != NATIVE_DATA)
		return false;
	memset(sizes, 0, RELOCATION_TYPES);
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		if (known[i].machine != header->e_machine)
			continue;
		sizes[known[i].type] = known[i].size;
		is_known = true;
	}
	return is_known;
}

/* Stores the lower `size` bytes of a value. */
static inline void put_number(unsigned char *to, unsigned int size, uint64_t value)
{
	const char *from = (char *)&value + (BYTE_ORDER == BIG_ENDIAN ? 8 - size : 0);

	/* Most are of these sizes, which take no call. */
	if (size == 4)
		memcpy(to, from, 4);
	else if (size == 8)
		memcpy(to, from, 8);
	else
		memcpy(to, from, size);
}

void forget_pages(const void *start, const void *end)
{
	uintptr_t page = sysconf(_SC_PAGESIZE);
	uintptr_t first = ((uintptr_t)start + page - 1) / page * page;
	uintptr_t last = (uintptr_t)end / page * page;

	if (first < last)
		madvise((void *)first, last - first, MADV_DONTNEED);
}

/* Relocations are read in pieces of so many bytes, whose memory is then given back. */
#define RELOCATIONS_KEPT (1 << 20)

/*
 * Applies a section of relocations to the contents of another. Returns false if they
 * are not of the common form; then nothing has been changed.
 */
static bool apply_relocations(const struct object *object, Elf_Scn *section,
			      const GElf_Shdr *header, const uint8_t *sizes,
			      const struct section_data *target)
{
	Elf_Scn *symtab = elf_getscn(object->elf, header->sh_link);
	Elf_Data *data = elf_rawdata(section, NULL), *symbols = NULL;
	uint64_t last_number = UINT64_MAX; /* no number of 32 bits */
	const char *at, *forgotten;
	GElf_Shdr symbols_header;
	bool undefined = false;
	Elf64_Sym symbol = { 0 };
	unsigned char *to = (unsigned char *)target->start;
	size_t room = target->size, symbol_count, count;
	Elf64_Rela relocation;

	if (symtab && gelf_getshdr(symtab, &symbols_header) && symbols_header.sh_type == SHT_SYMTAB)
		symbols = elf_rawdata(symtab, NULL);
	if (!data || !symbols || header->sh_type != SHT_RELA || header->sh_flags & SHF_COMPRESSED)
		return false;
	symbol_count = symbols->d_size / sizeof(symbol);
	at = forgotten = data->d_buf;
	count = data->d_size / sizeof(relocation);
	for (; count; count--, at += sizeof(relocation)) {
		uint64_t type, number;
		unsigned int size;

		if (at - forgotten > RELOCATIONS_KEPT) {
			forget_pages(forgotten, at);
			forgotten = at;
		}
		memcpy(&relocation, at, sizeof(relocation));
		type = ELF64_R_TYPE(relocation.r_info);
		size = type < RELOCATION_TYPES ? sizes[type] : 0;
		if (!size)
			continue;
		number = ELF64_R_SYM(relocation.r_info);
		if (number >= symbol_count || relocation.r_offset > room ||
		    size > room - relocation.r_offset)
			error("'%s' is damaged: relocation %zu of section %zu is out of bounds",
			      object->path, (at - (char *)data->d_buf) / sizeof(relocation),
			      elf_ndxscn(section));
		/* Mostly the symbol of .debug_str, again and again. */
		if (number != last_number) {
			memcpy(&symbol, (char *)symbols->d_buf + number * sizeof(symbol),
			       sizeof(symbol));
			last_number = number;
			undefined = number && symbol.st_shndx == SHN_UNDEF;
		}
		if (!undefined) /* libdwfl leaves those alone, too */
			put_number(to + relocation.r_offset, size,
				   symbol.st_value + relocation.r_addend);
	}
	forget_pages(forgotten, at);
	return true;
}

/* Applies all relocations that matter; false if libdwfl has to do it. */
static bool relocate(const struct object *object)
{
	const struct section_data *sections = object->file.sections;
	uint8_t sizes[RELOCATION_TYPES];
	Elf_Scn *section = NULL;
	GElf_Shdr relocations;
	GElf_Ehdr header;

	if (!gelf_getehdr(object->elf, &header))
		return false;
	if (header.e_type != ET_REL)
		return true;
	if (!relocation_sizes(&header, sizes))
		return false;
	while (next_section(object->elf, &section, &relocations, NULL)) {
		if (relocations.sh_type != SHT_REL && relocations.sh_type != SHT_RELA)
			continue;
		for (int id = 0; id < SECTION_COUNT; id++)
			if (sections[id].number && sections[id].number == relocations.sh_info &&
			    !apply_relocations(object, section, &relocations, sizes, &sections[id]))
				return false;
	}
	return true;
}

/* Files */

/*
 * Checks that a file has all that its header promises. libelf makes of a
 * truncated one an object without sections.
 */
static void check_truncated(const char *path, Elf *elf, uint64_t size)
{
	Elf_Scn *section = NULL;
	const char *name;
	GElf_Shdr header;
	GElf_Ehdr elf_header;

	if (!gelf_getehdr(elf, &elf_header))
		error("'%s' is truncated: it ends in its ELF header", path);
	if (elf_header.e_shoff > size ||
	    (uint64_t)elf_header.e_shnum * elf_header.e_shentsize > size - elf_header.e_shoff)
		error("'%s' is truncated: its section headers are at 0x%" PRIx64
		      ", and it ends at 0x%" PRIx64,
		      path, elf_header.e_shoff, size);
	while (next_section(elf, &section, &header, &name)) {
		if (header.sh_type == SHT_NOBITS || !header.sh_size ||
		    (header.sh_offset <= size && header.sh_size <= size - header.sh_offset))
			continue;
		error("'%s' is truncated: its section %s is at 0x%" PRIx64
		      ", and it ends at 0x%" PRIx64,
		      path, name ? name : "without a name", header.sh_offset, size);
	}
}

Elf *elf_open(const char *path, int fd)
{
	struct stat status;
	Elf *elf;

	if (fstat(fd, &status))
		error("cannot read '%s': %m", path);
	if (S_ISDIR(status.st_mode))
		error("'%s' is a directory", path);
	if (elf_version(EV_CURRENT) == EV_NONE)
		error("libelf is too old: %s", elf_errmsg(-1));
	elf = elf_begin(fd, ELF_C_READ_MMAP_PRIVATE, NULL);
	if (!elf)
		error("'%s' is not an ELF file: %s", path, elf_errmsg(-1));
	if (elf_kind(elf) == ELF_K_AR)
		error("'%s' is an archive, not an ELF file: give its members one by one", path);
	if (elf_kind(elf) != ELF_K_ELF || !elf_getident(elf, NULL))
		error("'%s' is not an ELF file", path);
	check_truncated(path, elf, status.st_size);
	return elf;
}

/* Ends the program; libdw's own handler would do so without saying which. */
static void __attribute__((noreturn)) out_of_memory(void)
{
	error("out of memory in libdw");
}

static Dwarf *begin_dwarf(const char *path, Elf *elf)
{
	Dwarf *dwarf = dwarf_begin_elf(elf, DWARF_C_READ, NULL);

	if (!dwarf)
		error("cannot read the DWARF of '%s': %s", path, dwarf_errmsg(-1));
	dwarf_new_oom_handler(dwarf, out_of_memory);
	return dwarf;
}

/*
 * Opens the DWARF through libdwfl, which may find it in another file; `has_dwarf`:
 * there is some in this one.
 */
static Dwarf *open_through_libdwfl(struct object *object, int fd, bool has_dwarf)
{
	static const Dwfl_Callbacks callbacks = {
		.section_address = dwfl_offline_section_address,
		.find_debuginfo = dwfl_standard_find_debuginfo,
	};
	const char *path = object->path, *problem, *link;
	Dwfl_Module *module;
	Dwarf_Addr bias;
	GElf_Word crc;
	Dwarf *dwarf;
	int copy;

	object->dwfl = dwfl_begin(&callbacks);
	copy = dup(fd);
	if (!object->dwfl || copy < 0)
		error("cannot read '%s': %s", path, dwfl_errmsg(-1));
	module = dwfl_report_offline(object->dwfl, path, path, copy);
	if (!module)
		error("cannot read '%s': %s", path, dwfl_errmsg(-1));
	dwfl_report_end(object->dwfl, NULL, NULL);
	dwarf = dwfl_module_getdwarf(module, &bias);
	if (dwarf)
		return dwarf;
	problem = dwfl_errmsg(-1);
	if (has_dwarf)
		error("cannot read the debugging information of '%s': %s", path, problem);
	link = dwelf_elf_gnu_debuglink(object->elf, &crc);
	if (link)
		error("no debugging information in '%s', which has it in a separate file '%s': not found beside it, in .debug there or in /usr/lib/debug",
		      path, link);
	error("no debugging information in '%s': %s (is CONFIG_DEBUG_INFO on?)", path, problem);
}

void object_open(struct object *object, const char *path, int fd)
{
	struct debug_file *file = &object->file;
	bool has_dwarf;

	*object = (struct object){ .path = path, .file.path = path };
	object->elf = elf_open(path, fd);
	read_sections(file, object->elf, false);
	has_dwarf = file->sections[SECTION_INFO].size;
	if (has_dwarf && relocate(object))
		file->dwarf = begin_dwarf(path, object->elf);
	else
		debug_file_adopt(file, path, open_through_libdwfl(object, fd, has_dwarf));
	if (!file->sections[SECTION_INFO].size)
		error("no debugging information in '%s': .debug_info is empty", path);
}

void object_close(struct object *object)
{
	if (object->dwfl)
		dwfl_end(object->dwfl);
	else
		dwarf_end(object->file.dwarf);
	elf_end(object->elf);
}

bool debug_file_open(struct debug_file *file, const char *path, bool split)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	*file = (struct debug_file){ .path = path };
	if (fd < 0)
		return false;
	file->elf = elf_open(path, fd);
	/*
	 * The .dwo sections of -gsplit-dwarf=single are in the object, beside
	 * plain ones. libdw (0.196 too) only sees those then.
	 */
	read_sections(file, file->elf, split);
	if (file->sections[SECTION_INFO].size)
		file->dwarf = begin_dwarf(path, file->elf);
	elf_cntl(file->elf, ELF_C_FDREAD);
	close(fd);
	return file->dwarf;
}

void debug_file_adopt(struct debug_file *file, const char *path, Dwarf *dwarf)
{
	*file = (struct debug_file){ .path = path, .dwarf = dwarf };
	dwarf_new_oom_handler(dwarf, out_of_memory);
	read_sections(file, dwarf_getelf(dwarf), false);
}

void debug_file_close(struct debug_file *file)
{
	if (file->elf) {
		dwarf_end(file->dwarf);
		elf_end(file->elf);
	}
	*file = (struct debug_file){ 0 };
}
