// SPDX-License-Identifier: GPL-2.0-only
/*
 * From files to libdw's Dwarf: an input file, the .dwo of one of its units, its
 * supplementary file. libdw and libelf do most of it, libdwfl what isn't common: it
 * finds debugging information in a separate file, and relocates what relocate.c can't.
 */
#define PART "object"
#include "internal.h"
#include "../magic.h"
#include <elfutils/libdwelf.h>
#include <elfutils/libdwfl.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef ELFCOMPRESS_ZSTD
#define ELFCOMPRESS_ZSTD 2
#endif

/* Sections */

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

/* Notes the contents of a section. */
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
 * Cuts the sections of texts, which have been relocated, after their last NUL: libdw (0.188)
 * doesn't check that a text has an end, and those of a supplementary file nobody else does.
 */
static void cut_texts(struct debug_file *file, Elf *elf)
{
	static const enum section_id ids[] = { SECTION_STR, SECTION_LINE_STR };

	for (size_t i = 0; i < sizeof(ids) / sizeof(*ids); i++) {
		struct section_data *texts = &file->sections[ids[i]];

		while (texts->size && texts->start[texts->size - 1])
			texts->size--;
		if (texts->number)
			elf_getdata(elf_getscn(elf, texts->number), NULL)->d_size = texts->size;
	}
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
		error("'%s' is truncated: its %u section headers are at 0x%" PRIx64
		      ", and it ends at 0x%" PRIx64,
		      path, elf_header.e_shnum, elf_header.e_shoff, size);
	while (next_section(elf, &section, &header, &name)) {
		if (header.sh_type == SHT_NOBITS || !header.sh_size ||
		    (header.sh_offset <= size && header.sh_size <= size - header.sh_offset))
			continue;
		error("'%s' is truncated: its section %s is at 0x%" PRIx64 " and has 0x%" PRIx64
		      " bytes, and it ends at 0x%" PRIx64,
		      path, name ? name : "without a name", header.sh_offset, header.sh_size, size);
	}
}

bool is_bitcode(int fd)
{
	char start[4];

	return pread(fd, start, sizeof(start), 0) == sizeof(start) &&
	       describe_content(start, sizeof(start)) == bitcode_description;
}

/* Ends the program, and says what the file is, if that is known. */
static void __attribute__((noreturn)) not_elf_error(const char *path, int fd)
{
	const char *description = NULL;
	char start[32];
	ssize_t size = pread(fd, start, sizeof(start), 0);

	if (!size)
		error("'%s' is not an ELF file: it is empty", path);
	if (size >= SELFMAG && !memcmp(start, ELFMAG, SELFMAG))
		error("'%s' is not an ELF file: its header is damaged", path);
	if (size > 0)
		description = describe_content(start, size);
	error("'%s' is not an ELF file%s%s", path, description ? ", but " : "",
	      description ? description : "");
}

Elf *elf_open(const char *path, int fd)
{
	struct stat status;
	Elf *elf;

	if (fstat(fd, &status))
		error("cannot read '%s': %m", path);
	if (S_ISDIR(status.st_mode))
		error("'%s' is a directory", path);
	if (!S_ISREG(status.st_mode))
		error("'%s' is a pipe or a device: give a file, which can be read more than once",
		      path);
	if (elf_version(EV_CURRENT) == EV_NONE)
		error("libelf is too old: %s", elf_errmsg(-1));
	elf = elf_begin(fd, ELF_C_READ_MMAP_PRIVATE, NULL);
	if (!elf || elf_kind(elf) != ELF_K_ELF || !elf_getident(elf, NULL))
		not_elf_error(path, fd);
	check_truncated(path, elf, status.st_size);
	return elf;
}

/* Ends the program; libdw's own handler would do so without saying which. */
static void __attribute__((noreturn)) out_of_memory(void)
{
	error("out of memory in libdw");
}

static Dwarf *begin_dwarf(const struct debug_file *file, Elf *elf)
{
	Dwarf *dwarf = dwarf_begin_elf(elf, DWARF_C_READ, NULL);

	if (!dwarf)
		error("cannot read the DWARF of '%s': %s%s", file->path, dwarf_errmsg(-1),
		      file->kind == KIND_LTO ? " (gcc -flto needs elfutils 0.180 or later)" : "");
	dwarf_new_oom_handler(dwarf, out_of_memory);
	return dwarf;
}

/*
 * Tells whether a file without debugging information may have had it: it is linked to the
 * end, as a module or not, or even the table of its symbols is gone.
 */
static bool may_be_stripped(Elf *elf)
{
	Elf_Scn *section = NULL;
	bool has_symbols = false;
	const char *name;
	GElf_Shdr header;
	GElf_Ehdr elf_header;

	while (next_section(elf, &section, &header, &name)) {
		if (name && !strcmp(name, ".gnu.linkonce.this_module"))
			return true;
		has_symbols |= header.sh_type == SHT_SYMTAB;
	}
	return !has_symbols || (gelf_getehdr(elf, &elf_header) && elf_header.e_type != ET_REL);
}

/*
 * Opens the DWARF through libdwfl, which may find it in another file; `has_dwarf`:
 * there is some in this one.
 */
static void open_through_libdwfl(struct object *object, int fd, bool has_dwarf)
{
	static const Dwfl_Callbacks callbacks = {
		.section_address = dwfl_offline_section_address,
		.find_debuginfo = dwfl_standard_find_debuginfo,
	};
	const char *path = object->path, *debug_path = NULL, *problem, *link;
	GElf_Ehdr header = { 0 };
	Dwfl_Module *module;
	Dwarf_Addr bias;
	GElf_Word crc;
	Dwarf *dwarf;
	int copy;

	object->dwfl = dwfl_begin(&callbacks);
	copy = dup(fd);
	if (copy < 0)
		error("cannot read '%s': %m", path);
	module = object->dwfl ? dwfl_report_offline(object->dwfl, path, path, copy) : NULL;
	if (!module)
		error("cannot read '%s': %s", path, dwfl_errmsg(-1));
	dwfl_report_end(object->dwfl, NULL, NULL);
	dwarf = dwfl_module_getdwarf(module, &bias);
	if (dwarf) {
		dwfl_module_info(module, NULL, NULL, NULL, NULL, NULL, NULL, &debug_path);
		debug_file_adopt(&object->file, debug_path ? debug_path : path, dwarf);
		return;
	}
	problem = dwfl_errmsg(-1);
	gelf_getehdr(object->elf, &header);
	if (has_dwarf)
		error("cannot read the debugging information of '%s', which is for machine %u: %s (this is elfutils %s; see doc/LIBDW.md for what each can do)",
		      path, header.e_machine, problem, dwfl_version(NULL));
	link = dwelf_elf_gnu_debuglink(object->elf, &crc);
	if (link)
		error("no debugging information in '%s', which has it in a separate file '%s': not found beside it, in .debug there or in /usr/lib/debug",
		      path, link);
	error("no debugging information in '%s': %s (%s)", path, problem,
	      may_be_stripped(object->elf)
		      ? "was it stripped? Give the file as it was before, or the one with its debugging information, as MODULE.ko.debug is"
		      : "is CONFIG_DEBUG_INFO on?");
}

void object_open(struct object *object, const char *path, int fd)
{
	struct debug_file *file = &object->file;
	bool has_dwarf;

	*object = (struct object){ .path = path, .file.path = path };
	object->elf = elf_open(path, fd);
	read_sections(file, object->elf, false);
	has_dwarf = file->sections[SECTION_INFO].size;
	if (has_dwarf && relocate(file, object->elf)) {
		cut_texts(file, object->elf);
		file->dwarf = begin_dwarf(file, object->elf);
	} else {
		open_through_libdwfl(object, fd, has_dwarf);
	}
	if (object->dwfl)
		check_relocated(file, dwarf_getelf(file->dwarf));
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
	if (fd < 0 && errno != ENOENT && errno != ENOTDIR)
		error("cannot read '%s', which has DWARF of another file: %m", path);
	if (fd < 0)
		return false;
	file->elf = elf_open(path, fd);
	/*
	 * The .dwo sections of -gsplit-dwarf=single are in the object, beside
	 * plain ones. libdw (0.196 too) only sees those then.
	 */
	read_sections(file, file->elf, split);
	cut_texts(file, file->elf);
	if (file->sections[SECTION_INFO].size)
		file->dwarf = begin_dwarf(file, file->elf);
	elf_cntl(file->elf, ELF_C_FDREAD);
	close(fd);
	return file->dwarf;
}

void debug_file_adopt(struct debug_file *file, const char *path, Dwarf *dwarf)
{
	*file = (struct debug_file){ .path = path, .dwarf = dwarf };
	dwarf_new_oom_handler(dwarf, out_of_memory);
	read_sections(file, dwarf_getelf(dwarf), false);
	cut_texts(file, dwarf_getelf(dwarf));
}

void debug_file_close(struct debug_file *file)
{
	if (file->elf) {
		dwarf_end(file->dwarf);
		elf_end(file->elf);
	}
	*file = (struct debug_file){ 0 };
}
