// SPDX-License-Identifier: GPL-2.0-only
/*
 * The units of a file, as libdw finds them, and the files that they lead to:
 * the .dwo that a skeleton unit stands for (-gsplit-dwarf), and the
 * supplementary file that dwz has moved DIEs to. decode.c reads what is in them.
 */
#define PART "units"
#include "internal.h"
#include <elfutils/libdwelf.h>
#include <stdio.h>

/* A .dwo that is open. */
struct split {
	struct split *next;
	struct debug_file file;
	struct unit_list units;
};

unsigned long long die_offset(struct die_ref die)
{
	Dwarf_Die libdw = { .addr = (void *)die.address, .cu = die.unit->cu };

	return dwarf_dieoffset(&libdw);
}

/* Adds the unit that libdw knows as `cu`. */
static void add_unit(struct unit_list *list, Dwarf_CU *cu, size_t *capacity)
{
	struct debug_file *file = list->file;
	const struct section_data *section = &file->sections[SECTION_INFO];
	Dwarf_Off offset, next;
	uint64_t signature;
	struct unit *unit;
	Dwarf_Die root;

	unit = APPEND(list->units, list->count, *capacity);
	*unit = (struct unit){ .file = file, .cu = cu };
	if (!dwarf_cu_die(cu, &root, &unit->version, &unit->abbreviations_offset,
			  &unit->address_size, &unit->offset_size, &signature, NULL) ||
	    dwarf_cu_info(cu, NULL, &unit->type, NULL, NULL, &unit->id, NULL, NULL))
		error("cannot read unit %zu of '%s': %s", list->count, file->path,
		      dwarf_errmsg(-1));
	unit->root = root.addr;
	unit->start = unit->root - dwarf_cuoffset(&root);
	offset = dwarf_dieoffset(&root) - dwarf_cuoffset(&root);
	if (unit->start - section->start != (ptrdiff_t)offset)
		section = &file->sections[SECTION_TYPES];
	/* What libdw takes for the unit may end with its section instead. */
	if (dwarf_next_unit(file->dwarf, offset, &next, NULL, NULL, NULL, NULL, NULL,
			    section == &file->sections[SECTION_TYPES] ? &signature : NULL, NULL) ||
	    next > section->size || unit->start + (next - offset) < unit->root)
		error("the DWARF of '%s' is damaged: the unit at 0x%llx ends too early", file->path,
		      (unsigned long long)offset);
	unit->end = unit->start + (next - offset);
}

/* Ends the program: the header of the unit after the last can't be read. */
static void __attribute__((noreturn)) header_error(const struct unit_list *list)
{
	const struct section_data *info = &list->file->sections[SECTION_INFO];
	const struct section_data *types = &list->file->sections[SECTION_TYPES];
	const unsigned char *at = list->count ? list->units[list->count - 1].end : info->start;
	struct bytes bytes = { list->file, "the header of a unit", at, info->start + info->size };
	unsigned int version = 0;

	if (at == bytes.end)
		bytes.at = types->start;
	if (bytes.at < info->start || bytes.at >= info->start + info->size)
		bytes.end = types->start + types->size;
	if (bytes.end - bytes.at >= 14) {
		if (read_number(&bytes, 4) == 0xffffffff)
			read_bytes(&bytes, 8);
		version = read_number(&bytes, 2);
	}
	if (version > 5 && version < 16)
		error("unit %zu of '%s' is of DWARF %u; 2 to 5 are read", list->count + 1,
		      list->file->path, version);
	error("the DWARF of '%s' is damaged: the header of unit %zu: %s", list->file->path,
	      list->count + 1, dwarf_errmsg(-1) ? dwarf_errmsg(-1) : "it is too short");
}

/* Lists the units of a file in the order of FORMAT 4. */
static void read_units(struct dwarf_input *input, struct unit_list *list, struct debug_file *file)
{
	Dwarf_CU *cu = NULL;
	size_t capacity = 0;
	int result;

	list->file = file;
	while (!(result = dwarf_get_units(file->dwarf, cu, &cu, NULL, NULL, NULL, NULL)))
		add_unit(list, cu, &capacity);
	if (result < 0)
		header_error(list);
	cache_reserve(&list->by_cu, list->count);
	for (size_t i = 0; i < list->count; i++) {
		struct unit *unit = &list->units[i];

		unit->input = input;
		unit->list = list;
		unit->number = input->unit_count++;
		input->work_limit += WORK_PER_BYTE_LIMIT * (uint64_t)(unit->end - unit->start);
		cache_add(&list->by_cu, (uintptr_t)unit->cu, unit);
	}
}

static void forget_units(struct unit_list *list)
{
	free(list->units);
	cache_free(&list->by_cu);
	*list = (struct unit_list){ 0 };
}

/* Closes the .dwo files that were opened after a given one. */
static void close_splits(struct dwarf_input *input, struct split *last)
{
	while (input->splits != last) {
		struct split *split = input->splits;

		input->splits = split->next;
		forget_units(&split->units);
		debug_file_close(&split->file);
		free(split);
	}
}

/*
 * Tells whether the next unit of the file has the same abbreviations as one that ends a group, as
 * all units have that clang made at once.
 */
static bool next_shares_abbreviations(const struct unit *unit)
{
	const struct unit_list *list = &unit->input->main;
	const struct unit *last = unit->skeleton ? unit->skeleton : unit;

	return last + 1 < list->units + list->count &&
	       last[1].abbreviations_offset == last->abbreviations_offset;
}

/* In a file with more units, the memory of those that have been read is given back. */
#define MANY_UNITS 64

void unit_close(struct unit *unit, bool again)
{
	struct dwarf_input *input = unit->input;
	bool forget;

	input->wanted_again |= again;
	if (!unit->last_of_group)
		return;
	/* Those of a .dwo end with it. */
	if (input->splits || !next_shares_abbreviations(unit))
		forget_abbreviations(input);
	forget = !input->wanted_again && input->main.count > MANY_UNITS;
	for (; input->opened; input->opened = unit->opened_before) {
		unit = input->opened;
		/* All but the unit DIE, which unit_source() may read. */
		if (forget && unit->children && unit->file == &input->object->file)
			forget_pages(unit->children, unit->end);
		/* What is in the arena: */
		unit->abbreviations = NULL;
		unit->is_source = NULL;
		unit->dies = NULL;
		unit->top_level = NULL;
	}
	input->wanted_again = false;
	input->given_up++;
	close_splits(input, NULL); /* the units may be in some */
	arena_reset(&input->arena);
}

void list_units(struct dwarf_input *input)
{
	read_units(input, &input->main, &input->object->file);
}

struct unit *find_unit(struct unit *from, Dwarf_CU *cu)
{
	struct unit_list *list = from->list;

	if (dwarf_cu_getdwarf(cu) != list->file->dwarf)
		list = &from->input->supplementary;
	return cache_find(&list->by_cu, (uintptr_t)cu, NULL, NULL);
}

struct text libdw_text(const struct unit *unit, Dwarf_Attribute *attribute)
{
	const struct section_data *texts = &unit->file->sections[SECTION_STR];
	const char *text = dwarf_formstring(attribute);
	const unsigned char *end;

	switch (attribute->form) {
	case DW_FORM_GNU_strp_alt:
	case DW_FORM_strp_sup:
		return make_text(text); /* of another file, which libdw has checked */
	case DW_FORM_line_strp:
		texts = &unit->file->sections[SECTION_LINE_STR];
	}
	end = attribute->form == DW_FORM_string ? unit->end : texts->start + texts->size;
	/* libdw (0.188) lets DW_FORM_strx lead to the end of the section. */
	if (!text || text == (const char *)end)
		return (struct text){ 0 };
	return bounded_text(text, (const char *)end - text);
}

/* Supplementary files */

/* Makes the path of a file in a folder, or the name alone; in the arena. */
static const char *make_path(struct dwarf_input *input, struct text folder, const char *name)
{
	char *path = arena_alloc(&input->arena, folder.length + strlen(name) + 2);

	sprintf(path, "%.*s%s%s", (int)folder.length, folder.start, folder.length ? "/" : "", name);
	return path;
}

/* Makes the path of a file in the folder that another is in. */
static const char *path_beside(struct dwarf_input *input, const char *path, const char *name)
{
	const char *slash = name[0] == '/' ? NULL : strrchr(path, '/');
	size_t length = slash ? slash - path + (slash == path) : 0;

	return make_path(input, (struct text){ path, length }, name);
}

/* A supplementary file, as it or the file that refers to it names it. */
struct supplement {
	const char *name;
	struct text id; /* its build ID or checksum */
};

/* Reads the section .debug_sup of DWARF 5, which libdw (0.196 too) doesn't. */
static struct supplement read_debug_sup(Elf *elf, bool is_supplementary)
{
	const char *name, *text, *end;
	Elf_Scn *section = NULL;
	GElf_Shdr header;

	while (next_section(elf, &section, &header, &name)) {
		Elf_Data *data;

		if (!name || strcmp(name, ".debug_sup"))
			continue;
		data = elf_rawdata(section, NULL);
		if (!data || !data->d_buf || data->d_size < 5)
			continue;
		/* Its version, 2 bytes; a flag; a name; the checksum's size */
		text = (const char *)data->d_buf + 3;
		end = memchr(text, 0, data->d_size - 3);
		/* A supplementary file itself has no name there. */
		if (!end || text[-1] != is_supplementary || (!*text && !is_supplementary))
			continue;
		end += 2;
		if (end > text - 3 + data->d_size)
			continue;
		return (struct supplement){ text, { end, text - 3 + data->d_size - end } };
	}
	return (struct supplement){ 0 };
}

/*
 * Opens the supplementary file of another, by .gnu_debugaltlink or .debug_sup.
 * Returns NULL, or the name of what is missing, or of another build.
 */
static const char *open_supplementary(struct dwarf_input *input, const struct debug_file *from)
{
	struct debug_file *file = &input->supplementary_file;
	struct supplement wanted = { 0 }, there = { 0 };
	Dwarf *dwarf = dwarf_getalt(from->dwarf);
	const void *id;
	ssize_t size;

	size = dwelf_dwarf_gnu_debugaltlink(from->dwarf, &wanted.name, &id);
	if (size > 0) {
		wanted.id = (struct text){ id, size };
		if (!dwarf)
			return wanted.name;
		debug_file_adopt(file, wanted.name, dwarf);
		size = dwelf_elf_gnu_build_id(dwarf_getelf(dwarf), &id);
		if (size > 0)
			there.id = (struct text){ id, size };
	} else {
		wanted = read_debug_sup(dwarf_getelf(from->dwarf), false);
		if (!wanted.name)
			return "no file is named";
		if (debug_file_open(file, path_beside(input, from->path, wanted.name), false))
			there = read_debug_sup(file->elf, true);
		file->path = wanted.name;
		dwarf_setalt(from->dwarf, file->dwarf);
	}
	return there.id.start && same_text(there.id, wanted.id) ? NULL : wanted.name;
}

Dwarf *supplementary(struct die_ref die)
{
	struct dwarf_input *input = die.unit->input;
	const char *missing;

	/* dwz doesn't make one, and it would end with the .dwo. */
	if (die.unit->skeleton)
		die_error(die, "a .dwo with a supplementary file, which is not read");
	if (!input->supplementary.file) {
		missing = open_supplementary(input, die.unit->file);
		if (missing)
			die_error(
				die,
				"what is needed is in a supplementary file (dwz), which is missing or of another build: %s",
				missing);
		read_units(input, &input->supplementary, &input->supplementary_file);
	}
	return input->supplementary_file.dwarf;
}

/* Split units */

/* Reads the text of one of two attributes of a unit's DIE, or NULL. */
static const char *root_text(struct unit *unit, unsigned int name, unsigned int other_name)
{
	Dwarf_Attribute attribute;
	Dwarf_Die root;

	dwarf_cu_die(unit->cu, &root, NULL, NULL, NULL, NULL, NULL, NULL);
	if (dwarf_attr(&root, name, &attribute) || dwarf_attr(&root, other_name, &attribute))
		return libdw_text(unit, &attribute).start;
	return NULL;
}

const char *unit_source(const struct dwarf_input *input, unsigned int number)
{
	const char *name = NULL;

	if (number < input->main.count)
		name = root_text(&input->main.units[number], DW_AT_name, DW_AT_name);
	/* A skeleton has no name of its own. */
	if (!name && number < input->main.count)
		name = root_text(&input->main.units[number], DW_AT_dwo_name, DW_AT_GNU_dwo_name);
	return name ? name : "a unit without a name";
}

/*
 * Tells whether a .dwo has more than one section of units, as gcc writes it with
 * -fdebug-types-section. libdw (0.196 too) reads one of them.
 */
static bool has_several_sections(Elf *elf)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;
	const char *name;
	int count = 0;

	while (elf && next_section(elf, &section, &header, &name))
		count += name && !strcmp(name, ".debug_info.dwo");
	return count > 1;
}

/*
 * Finds the unit that a skeleton stands for in a .dwo; NULL if it is not there. Notes if it
 * may be there in a section that isn't read.
 */
static struct unit *find_split(struct unit *skeleton, const char *path, bool *maybe_there)
{
	struct split *split = allocate_cleared(1, sizeof(*split));
	struct dwarf_input *input = skeleton->input;
	struct unit *found = NULL;

	split->next = input->splits;
	input->splits = split;
	if (debug_file_open(&split->file, path, true))
		read_units(input, &split->units, &split->file);
	for (size_t i = 0; i < split->units.count; i++) {
		struct unit *unit = &split->units.units[i];

		unit->skeleton = skeleton;
		unit->last_of_group = skeleton->last_of_group;
		if (unit->type == DW_UT_split_compile && unit->id == skeleton->id)
			found = unit;
	}
	*maybe_there |= !found && has_several_sections(split->file.elf);
	if (!found)
		close_splits(input, split->next);
	return found;
}

struct unit *split_unit(struct unit *unit)
{
	const char *name, *last, *folder, *object = unit->input->object->path;
	const char *paths[3] = { "", "", "" };
	bool maybe_there = false;
	int count = 0;

	if (unit->type != DW_UT_skeleton &&
	    (unit->type != DW_UT_split_compile || unit->file->kind == KIND_DWO))
		return unit;
	name = root_text(unit, DW_AT_dwo_name, DW_AT_GNU_dwo_name);
	if (!name)
		return unit;
	paths[count++] = path_beside(unit->input, object, name);
	last = strrchr(name, '/');
	if (last)
		paths[count++] = path_beside(unit->input, object, last + 1);
	folder = root_text(unit, DW_AT_comp_dir, DW_AT_comp_dir);
	if (folder && name[0] != '/')
		paths[count++] = make_path(unit->input, make_text(folder), name);
	for (int i = 0; i < count; i++) {
		struct unit *split = find_split(unit, paths[i], &maybe_there);

		if (split)
			return split;
	}
	if (maybe_there)
		die_error(
			unit_root(unit),
			"the DWARF of this unit is in '%s' (-gsplit-dwarf), where libdw doesn't find it beside the type units of gcc: compile without -fdebug-types-section",
			name);
	die_error(
		unit_root(unit),
		"the DWARF of this unit is in '%s' (-gsplit-dwarf), which is missing or of another build; looked for in '%s%s%s%s%s'",
		name, paths[0], *paths[1] ? "' and '" : "", paths[1], *paths[2] ? "' and '" : "",
		paths[2]);
}

void dwarf_input_close(struct dwarf_input *input)
{
	statistics.work += input->work;
	close_splits(input, NULL);
	forget_units(&input->main);
	if (input->supplementary.file) {
		forget_units(&input->supplementary);
		debug_file_close(&input->supplementary_file);
	}
	cache_free(&input->abbreviation_tables);
	arena_free(&input->abbreviations);
	arena_free(&input->arena);
}
