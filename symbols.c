// SPDX-License-Identifier: GPL-2.0-only
/*
 * The list of symbols: read from standard input, put into the order that all
 * output has, grouped into aliases by the symbol table of each file, and in the
 * end printed with their versions. Nobody else writes a symbol, but for what match.c
 * notes there while it goes through a file: `choice`, and that no alias is unassigned.
 */
#define PART "symbols"
#include "gendwarfksyms.h"
#include "magic.h"

struct symbol *symbols_find(const struct symbol_list *list, struct text name)
{
	if (name.length > list->longest_name)
		return NULL;
	return cache_find_text(&list->by_name, name);
}

/* Reading the list (FORMAT 2) */

/* The bucket of a name in the order of symbols (FORMAT 3). */
static unsigned int bucket_of(struct text name)
{
	uint32_t hash = 2166136261;

	for (size_t i = 0; i < name.length; i++)
		hash = (hash ^ (uint32_t)(signed char)name.start[i]) * 0x01000193;
	return hash % 4096;
}

/* By bucket; inside a bucket the name read last comes first. */
int symbols_compare(const struct symbol *left, const struct symbol *right)
{
	if (left->bucket != right->bucket)
		return left->bucket < right->bucket ? -1 : 1;
	return (left->number < right->number) - (left->number > right->number);
}

static int compare_pointers(const void *a, const void *b)
{
	return symbols_compare(*(struct symbol *const *)a, *(struct symbol *const *)b);
}

void symbols_sort(struct symbol_list *list)
{
	if (list->count)
		qsort(list->symbols, list->count, sizeof(*list->symbols), compare_pointers);
}

/* Adds a name, unless the list has it, that a file exports (0: any may). */
static void add_name(struct symbol_list *list, struct text name, unsigned int exporter)
{
	struct symbol *symbol;

	if (symbols_find(list, name))
		return;
	symbol = arena_zalloc(&list->arena, sizeof(*symbol));
	symbol->name = arena_text(&list->arena, name);
	symbol->bucket = bucket_of(name);
	symbol->number = list->count;
	symbol->exporter = exporter;
	cache_add_text(&list->by_name, symbol);
	*APPEND(list->symbols, list->count, list->capacity) = symbol;
	if (name.length > list->longest_name)
		list->longest_name = name.length;
}

void symbols_read(struct symbol_list *list, FILE *file)
{
	static const char blanks[] = " \t\n\v\f\r";
	char *line = NULL;
	size_t size = 0, number = 0;

	while (getline(&line, &size, file) >= 0) {
		const char *text = list->count ? line : skip_byte_order_mark(line);
		const char *start = text + strspn(text, blanks);
		size_t length = strcspn(start, blanks);

		number++;
		if (!length) {
			line[strcspn(line, "\n")] = '\0';
			error("malformed input line: %s (line %zu on standard input has no name of a symbol)",
			      line, number);
		}
		add_name(list, (struct text){ start, length }, 0);
	}
	/* It may also be memory that is out. */
	if (!feof(file))
		error("cannot read the list of symbols: %m");
	free(line);
}

/* What an object exports, for --exported */

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The name that a symbol of the symbol table exports, or NULL. */
static const char *exported_name(const char *name)
{
	static const char *const prefixes[] = {
		"__export_symbol_", /* kernels since 6.4 */
		"__ksymtab_", /* before */
	};

	for (int i = 0; name && i < 2; i++)
		if (!strncmp(name, prefixes[i], strlen(prefixes[i])))
			return name + strlen(prefixes[i]);
	return NULL;
}

bool symbols_read_exported(struct symbol_list *list, const char *path, int fd, unsigned int file)
{
	size_t before = list->count;
	Elf *elf = elf_open(path, fd);
	Elf_Scn *section = NULL;
	const char **names = NULL;
	size_t count = 0, capacity = 0;
	GElf_Shdr header;

	while (next_section(elf, &section, &header, NULL)) {
		Elf_Data *data;
		GElf_Sym symbol;

		if (header.sh_type != SHT_SYMTAB)
			continue;
		data = elf_getdata(section, NULL);
		if (!data)
			error("'%s' has a damaged symbol table: %s", path, elf_errmsg(-1));
		for (int i = 0; gelf_getsym(data, i, &symbol); i++) {
			const char *name =
				exported_name(elf_strptr(elf, header.sh_link, symbol.st_name));

			if (!name || !*name)
				continue;
			*APPEND(names, count, capacity) = name;
		}
	}
	/* In the order in which nm prints them, as for the list in a build. */
	if (count)
		qsort(names, count, sizeof(*names), compare_names);
	for (size_t i = 0; i < count; i++)
		add_name(list, make_text(names[i]), file);
	free(names);
	elf_end(elf);
	return list->count > before;
}

void symbols_print_names(const struct symbol_list *list, FILE *file)
{
	for (size_t i = 0; i < list->count; i++)
		fprintf(file, "%s\n", list->symbols[i]->name.start);
}

/* Aliases (FORMAT 4, "ELF side") */

static bool same_address(const void *value, const void *key)
{
	const struct symbol *left = value, *right = key;

	return left->section == right->section && left->value == right->value;
}

/* Begins with a symbol in the current file: it has no address and no alias there yet. */
static void see_symbol(const struct symbol_list *list, struct symbol *symbol)
{
	if (symbol->seen_in == list->file)
		return;
	symbol->seen_in = list->file;
	symbol->has_address = false;
	symbol->alias = symbol;
	symbol->leader = symbol;
	symbol->unassigned = symbol_unassigned(list, symbol) ? symbol : NULL;
}

/* Adds a symbol to the ring of a leader, which has the same address. */
static void add_alias(struct symbol *leader, struct symbol *symbol)
{
	symbol->alias = leader->alias;
	leader->alias = symbol;
	symbol->leader = leader;
	if (symbol->unassigned &&
	    (!leader->unassigned || symbols_compare(symbol, leader->unassigned) < 0))
		leader->unassigned = symbol;
	debug("%s is an alias of %s", symbol->name.start, leader->name.start);
}

static void set_address(const struct symbol_list *list, struct symbol *symbol, uint64_t section,
			uint64_t value, struct cache *by_address)
{
	uint64_t hash = section * HASH_FACTOR ^ value;
	struct symbol *leader;

	see_symbol(list, symbol);
	if (symbol->has_address) {
		if (symbol->section != section || symbol->value != value)
			warning("multiple addresses for symbol %s?", symbol->name.start);
		return;
	}
	symbol->has_address = true;
	symbol->section = section;
	symbol->value = value;
	leader = cache_find(by_address, hash, same_address, symbol);
	if (leader)
		add_alias(leader, symbol);
	else
		cache_add(by_address, hash, symbol);
}

static void read_symbol_table(struct symbol_list *list, struct object *object, Elf_Scn *symtab,
			      const GElf_Shdr *header, struct cache *by_address)
{
	Elf_Data *data = elf_getdata(symtab, NULL);
	int extended_indices = elf_scnshndx(symtab);
	Elf_Data *indices = NULL;
	size_t entry = gelf_fsize(object->elf, ELF_T_SYM, 1, EV_CURRENT);

	if (extended_indices > 0)
		indices = elf_getdata(elf_getscn(object->elf, extended_indices), NULL);
	if (!data)
		error("'%s' has a damaged symbol table: %s", object->path, elf_errmsg(-1));
	for (size_t i = 0; i < data->d_size / entry; i++) {
		Elf32_Word extended = 0;
		GElf_Sym elf_symbol;
		struct symbol *symbol;
		uint64_t section;
		const char *name;

		if (!gelf_getsymshndx(data, indices, i, &elf_symbol, &extended))
			error("'%s' has a damaged symbol %zu: %s", object->path, i, elf_errmsg(-1));
		section = elf_symbol.st_shndx;
		if (GELF_ST_BIND(elf_symbol.st_info) == STB_LOCAL || section == SHN_UNDEF)
			continue;
		if (section == SHN_XINDEX) {
			if (!indices)
				error("symbol %zu of '%s' has no section index", i, object->path);
			section = extended;
		}
		name = elf_strptr(object->elf, header->sh_link, elf_symbol.st_name);
		if (!name)
			error("the name of symbol %zu of '%s' is out of bounds: %s", i,
			      object->path, elf_errmsg(-1));
		symbol = symbols_find(list, make_text(name));
		if (symbol)
			set_address(list, symbol, section, elf_symbol.st_value, by_address);
	}
}

void symbols_begin_file(struct symbol_list *list, struct object *object, unsigned int file)
{
	struct cache by_address = { 0 };
	Elf_Scn *section = NULL;
	GElf_Shdr header;

	list->file = file;
	list->assigned_count = 0;
	while (next_section(object->elf, &section, &header, NULL))
		if (header.sh_type == SHT_SYMTAB)
			read_symbol_table(list, object, section, &header, &by_address);
	cache_free(&by_address);
}

bool symbol_unassigned(const struct symbol_list *list, const struct symbol *symbol)
{
	return !symbol->file && (!symbol->exporter || symbol->exporter == list->file);
}

struct symbol *symbols_first_unassigned(const struct symbol_list *list, struct symbol *symbol)
{
	see_symbol(list, symbol);
	return symbol->leader->unassigned;
}

void symbols_assign(struct symbol_list *list, struct symbol *symbol, struct type_string *string,
		    struct type_string *described)
{
	see_symbol(list, symbol);
	symbol->file = list->file;
	symbol->string = string;
	symbol->described = described;
	*APPEND(list->assigned, list->assigned_count, list->assigned_capacity) = symbol;
}

void symbols_sort_assigned(struct symbol_list *list)
{
	if (list->assigned_count)
		qsort(list->assigned, list->assigned_count, sizeof(*list->assigned),
		      compare_pointers);
}

/* Versions (FORMAT 7) */

void symbols_compute_versions(struct symbol_list *list, struct type_table *table)
{
	for (size_t i = 0; i < list->assigned_count; i++) {
		struct symbol *symbol = list->assigned[i], *alias = symbol;

		if (symbol->has_version)
			continue;
		symbol->version = version_of(table, symbol->string, symbol->name.start);
		if (options.dump_versions)
			version_dump(table, symbol->string, symbol->name.start);
		do {
			if (alias->file == list->file) {
				alias->version = symbol->version;
				alias->has_version = true;
			}
			alias = options.canonical ? symbol : alias->alias;
		} while (alias != symbol);
	}
}

struct symtypes_line *symbols_lines(const struct symbol_list *list, const struct type_table *table,
				    size_t *count)
{
	struct symtypes_line *lines = allocate(list->assigned_count * sizeof(*lines));

	for (*count = 0; *count < list->assigned_count; ++*count) {
		const struct symbol *symbol = list->assigned[*count];

		lines[*count] = (struct symtypes_line){ keys_enter(table->keys, symbol->name),
							symbol->string };
	}
	return types_lines(table, lines, count);
}

bool symbols_complete(const struct symbol_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		if (!list->symbols[i]->has_version)
			return false;
	return true;
}

/* Output (FORMAT 3) */

void symbols_print_versions(const struct symbol_list *list, FILE *file)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct symbol *symbol = list->symbols[i];

		if (!symbol->has_version) /* under the name of FORMAT 1 */
			message("warning", "symbol_print_versions", "no information for symbol %s",
				symbol->name.start);
		fprintf(file, "#SYMVER %s 0x%08x\n", symbol->name.start,
			(unsigned int)symbol->version);
	}
}
