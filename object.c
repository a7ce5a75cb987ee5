// SPDX-License-Identifier: GPL-2.0-only
/*
 * An input file: opened, checked to be ELF with debugging information (its own
 * or in a separate file), its DWARF sections decompressed and relocated.
 * libdwfl does the work; what is kept are plain bytes for decode.c.
 */
#include "gendwarfksyms.h"
#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>
#include <gelf.h>
#include <string.h>
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
 * seen, and of two with one name the first is (as in libdw).
 */
static void read_sections(struct object *object, Elf *elf)
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
		if (!name)
			continue;
		for (int id = 0; id < SECTION_COUNT; id++)
			if (is_named(name, section_names[id]) &&
			    !object->sections[id].data)
				object->sections[id] = read_section(
					object, section, &header, name);
	}
	end_texts(&object->sections[SECTION_STR]);
	end_texts(&object->sections[SECTION_LINE_STR]);
}

static void open_elf(struct object *object, int fd)
{
	struct stat status;
	const char *ident;

	if (fstat(fd, &status) == 0 && S_ISDIR(status.st_mode))
		error("'%s' is a directory", object->path);
	if (elf_version(EV_CURRENT) == EV_NONE)
		error("libelf is too old: %s", elf_errmsg(-1));
	object->elf = elf_begin(fd, ELF_C_READ_MMAP, NULL);
	if (!object->elf)
		error("'%s' is not an ELF file: %s", object->path,
		      elf_errmsg(-1));
	if (elf_kind(object->elf) == ELF_K_AR)
		error("'%s' is an archive, not an ELF file: give its members one by one",
		      object->path);
	ident = elf_getident(object->elf, NULL);
	if (elf_kind(object->elf) != ELF_K_ELF || !ident)
		error("'%s' is not an ELF file", object->path);
	object->big_endian = ident[EI_DATA] == ELFDATA2MSB;
}

void object_open(struct object *object, const char *path, int fd)
{
	static const Dwfl_Callbacks callbacks = {
		.section_address = dwfl_offline_section_address,
		.find_debuginfo = dwfl_standard_find_debuginfo,
	};
	Dwfl_Module *module;
	Dwarf_Addr bias;
	int copy;

	*object = (struct object){ .path = path };
	open_elf(object, fd);
	object->dwfl = dwfl_begin(&callbacks);
	copy = dup(fd);
	if (!object->dwfl || copy < 0)
		error("cannot read '%s': %s", path, dwfl_errmsg(-1));
	module = dwfl_report_offline(object->dwfl, path, path, copy);
	if (!module)
		error("cannot read '%s': %s", path, dwfl_errmsg(-1));
	dwfl_report_end(object->dwfl, NULL, NULL);
	object->dwarf = dwfl_module_getdwarf(module, &bias);
	if (!object->dwarf)
		error("no debugging information in '%s': %s (is CONFIG_DEBUG_INFO on?)",
		      path, dwfl_errmsg(-1));
	read_sections(object, dwarf_getelf(object->dwarf));
	if (!object->sections[SECTION_INFO].data)
		error("no debugging information in '%s': .debug_info is empty",
		      path);
}

void object_close(struct object *object)
{
	dwfl_end(object->dwfl);
	elf_end(object->elf);
}
