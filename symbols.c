// SPDX-License-Identifier: GPL-2.0-only
/*
 * The list of symbols: read from standard input, put into the order that all
 * output has, grouped into aliases by the symbol table of each file, and in the
 * end printed with their versions.
 */
#include "gendwarfksyms.h"
#include <gelf.h>
#include <string.h>

static struct symbol **symbols; /* sorted once all are read */
static size_t symbol_count, symbols_capacity;
static size_t longest_name; /* bytes */
static struct cache by_name;
static struct arena arena;

struct name {
	const char *start;
	size_t length;
};

static bool same_name(const void *value, const void *key)
{
	const struct symbol *symbol = value;
	const struct name *name = key;

	return symbol->length == name->length &&
	       !memcmp(symbol->name, name->start, name->length);
}

static struct symbol *find_name(struct name name)
{
	return cache_find(&by_name, hash_text(name.start, name.length),
			  same_name, &name);
}

static bool is_called(const void *value, const void *key)
{
	const struct symbol *symbol = value;

	return !strcmp(symbol->name, key);
}

struct symbol *symbols_find(const char *name)
{
	uint64_t hash = HASH_START;

	/* As hash_text(), but the length needn't be known first. */
	for (const char *at = name; *at; at++) {
		if (at == name + longest_name)
			return NULL;
		hash = hash_byte(hash, *at);
	}
	return cache_find(&by_name, hash, is_called, name);
}

struct symbol *symbols_at(size_t place)
{
	return place < symbol_count ? symbols[place] : NULL;
}

/* Reading the list (FORMAT 2) */

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* The bucket of a name in the order of symbols (FORMAT 3). */
static unsigned int bucket_of(const char *name, size_t length)
{
	uint32_t hash = 2166136261;

	while (length--)
		hash = (hash ^ (uint32_t)(signed char)*name++) * 0x01000193;
	return hash % 4096;
}

/* By bucket; inside a bucket the name read last comes first. */
static int compare_symbols(const void *a, const void *b)
{
	const struct symbol *left = *(struct symbol *const *)a;
	const struct symbol *right = *(struct symbol *const *)b;

	if (left->bucket != right->bucket)
		return left->bucket < right->bucket ? -1 : 1;
	return left->number > right->number ? -1 : 1;
}

void symbols_sort(struct symbol **array, size_t count)
{
	if (count)
		qsort(array, count, sizeof(*array), compare_symbols);
}

static void add_symbol(const char *name, size_t length)
{
	struct symbol *symbol = arena_zalloc(&arena, sizeof(*symbol));
	char *copy = arena_alloc(&arena, length + 1);

	memcpy(copy, name, length);
	copy[length] = '\0';
	symbol->name = copy;
	symbol->length = length;
	symbol->bucket = bucket_of(name, length);
	symbol->number = symbol_count;
	cache_add(&by_name, hash_text(name, length), symbol);
	symbols = grow(symbols, symbol_count, &symbols_capacity,
		       sizeof(*symbols));
	symbols[symbol_count++] = symbol;
	if (length > longest_name)
		longest_name = length;
}

void symbol_read_exports(FILE *file)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t length;

	while ((length = getline(&line, &size, file)) >= 0) {
		const char *end = line + length, *start = line, *stop;

		while (start < end && is_blank(*start))
			start++;
		stop = start;
		while (stop < end && !is_blank(*stop))
			stop++;
		if (start == stop) {
			line[strcspn(line, "\n")] = '\0';
			error("malformed input line: %s", line);
		}
		if (!find_name((struct name){ start, stop - start }))
			add_symbol(start, stop - start);
	}
	/* It may also be memory that is out. */
	if (!feof(file))
		error("cannot read the list of symbols: %m");
	free(line);
	symbols_sort(symbols, symbol_count);
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

void symbol_find_exports(const char *path, int fd)
{
	Elf *elf = elf_open(path, fd);
	Elf_Scn *section = NULL;
	const char **names = NULL;
	size_t count = 0, capacity = 0;

	while ((section = elf_nextscn(elf, section))) {
		GElf_Shdr header;
		Elf_Data *data;
		GElf_Sym symbol;

		if (!gelf_getshdr(section, &header))
			error("'%s' has a damaged section header: %s", path,
			      elf_errmsg(-1));
		if (header.sh_type != SHT_SYMTAB)
			continue;
		data = elf_getdata(section, NULL);
		if (!data)
			error("'%s' has a damaged symbol table: %s", path,
			      elf_errmsg(-1));
		for (int i = 0; gelf_getsym(data, i, &symbol); i++) {
			const char *name = exported_name(elf_strptr(
				elf, header.sh_link, symbol.st_name));

			if (!name || !*name)
				continue;
			names = grow(names, count, &capacity, sizeof(*names));
			names[count++] = name;
		}
	}
	/* In the order in which nm prints them, as for the list in a build. */
	if (count)
		qsort(names, count, sizeof(*names), compare_names);
	for (size_t i = 0; i < count; i++)
		if (!find_name((struct name){ names[i], strlen(names[i]) }))
			add_symbol(names[i], strlen(names[i]));
	free(names);
	elf_end(elf);
	symbols_sort(symbols, symbol_count);
}

/* Aliases (FORMAT 4, "ELF side") */

static bool same_address(const void *value, const void *key)
{
	const struct symbol *left = value, *right = key;

	return left->section == right->section && left->value == right->value;
}

static void set_address(struct symbol *symbol, uint64_t section, uint64_t value,
			struct cache *by_address)
{
	uint64_t hash = section * 0x9e3779b97f4a7c15 ^ value;
	struct symbol *alias;

	if (symbol->has_address) {
		if (symbol->section != section || symbol->value != value)
			warning("multiple addresses for symbol %s?",
				symbol->name);
		return;
	}
	symbol->has_address = true;
	symbol->section = section;
	symbol->value = value;
	alias = cache_find(by_address, hash, same_address, symbol);
	if (alias) {
		symbol->alias = alias->alias;
		alias->alias = symbol;
		debug("%s is an alias of %s", symbol->name, alias->name);
	} else {
		cache_add(by_address, hash, symbol);
	}
}

/* The table of extended section indices for the symbol table, or NULL. */
static Elf_Data *section_indices(Elf *elf, Elf_Scn *symtab)
{
	Elf_Scn *section = NULL;

	while ((section = elf_nextscn(elf, section))) {
		GElf_Shdr header;

		if (gelf_getshdr(section, &header) &&
		    header.sh_type == SHT_SYMTAB_SHNDX &&
		    header.sh_link == elf_ndxscn(symtab))
			return elf_getdata(section, NULL);
	}
	return NULL;
}

static void read_symbol_table(struct object *object, Elf_Scn *symtab,
			      const GElf_Shdr *header, struct cache *by_address)
{
	Elf_Data *data = elf_getdata(symtab, NULL);
	Elf_Data *indices = section_indices(object->elf, symtab);
	Elf_Scn *strings = elf_getscn(object->elf, header->sh_link);
	Elf_Data *names = strings ? elf_getdata(strings, NULL) : NULL;
	size_t entry = gelf_fsize(object->elf, ELF_T_SYM, 1, EV_CURRENT);
	/* A section that only claims to have bytes has no data. */
	size_t names_size = names && names->d_buf ? names->d_size : 0;

	if (!data || !names)
		error("'%s' has a damaged symbol table: %s", object->path,
		      elf_errmsg(-1));
	for (size_t i = 0; i < data->d_size / entry; i++) {
		GElf_Sym elf_symbol;
		Elf32_Word extended = 0;
		uint64_t section;
		struct symbol *symbol;
		const char *name;
		size_t room;

		if (!gelf_getsymshndx(data, indices, i, &elf_symbol, &extended))
			error("'%s' has a damaged symbol %zu: %s", object->path,
			      i, elf_errmsg(-1));
		section = elf_symbol.st_shndx;
		if (GELF_ST_BIND(elf_symbol.st_info) == STB_LOCAL ||
		    section == SHN_UNDEF)
			continue;
		if (section == SHN_XINDEX) {
			if (!indices)
				error("symbol %zu of '%s' has no section index",
				      i, object->path);
			section = extended;
		}
		if (elf_symbol.st_name >= names_size)
			error("the name of symbol %zu of '%s' is out of bounds",
			      i, object->path);
		name = (const char *)names->d_buf + elf_symbol.st_name;
		room = names_size - elf_symbol.st_name;
		if (!memchr(name, 0, room))
			error("the name of symbol %zu of '%s' has no end", i,
			      object->path);
		symbol = symbols_find(name);
		if (symbol)
			set_address(symbol, section, elf_symbol.st_value,
				    by_address);
	}
}

void elf_set_symbol_addr(struct object *object)
{
	struct cache by_address = { 0 };
	Elf_Scn *section = NULL;

	for (size_t i = 0; i < symbol_count; i++) {
		symbols[i]->alias = symbols[i];
		symbols[i]->has_address = false;
		symbols[i]->kept_unit = NULL;
	}
	while ((section = elf_nextscn(object->elf, section))) {
		GElf_Shdr header;

		if (!gelf_getshdr(section, &header))
			error("'%s' has a damaged section header: %s",
			      object->path, elf_errmsg(-1));
		if (header.sh_type == SHT_SYMTAB)
			read_symbol_table(object, section, &header,
					  &by_address);
	}
	cache_free(&by_address);
}

bool symbols_free_alias(const struct symbol *symbol)
{
	const struct symbol *alias = symbol;

	do {
		if (!alias->file)
			return true;
		alias = alias->alias;
	} while (alias != symbol);
	return false;
}

/* Versions (FORMAT 7) */

void symbols_compute_versions(unsigned int file, struct type_table *table)
{
	types_expect(table, symbol_count);
	for (size_t i = 0; i < symbol_count; i++) {
		struct symbol *symbol = symbols[i], *alias = symbol;

		if (symbol->file != file || symbol->has_version)
			continue;
		symbol->version =
			types_version(table, symbol->string, symbol->name);
		if (options.dump_versions)
			types_dump_version(table, symbol->string, symbol->name);
		do {
			if (alias->file == file) {
				alias->version = symbol->version;
				alias->has_version = true;
			}
			alias = alias->alias;
		} while (alias != symbol);
	}
}

void symbols_write_types(unsigned int file, const struct type_table *table,
			 FILE *symtypes)
{
	struct symtypes_line *lines = allocate(symbol_count * sizeof(*lines));
	size_t count = 0;

	for (size_t i = 0; i < symbol_count; i++)
		if (symbols[i]->file == file)
			lines[count++] =
				(struct symtypes_line){ symbols[i]->name,
							symbols[i]->string };
	types_write(table, lines, count, symtypes);
	free(lines);
}

/* Output (FORMAT 3) */

void symbol_print_versions(FILE *file)
{
	for (size_t i = 0; i < symbol_count; i++) {
		const struct symbol *symbol = symbols[i];

		if (!symbol->has_version)
			warning("no information for symbol %s", symbol->name);
		fprintf(file, "#SYMVER ");
		fwrite(symbol->name, 1, symbol->length, file);
		fprintf(file, " 0x%08x\n", (unsigned int)symbol->version);
	}
}

void symbols_free(void)
{
	cache_free(&by_name);
	arena_free(&arena);
	free(symbols);
	symbols = NULL;
	symbol_count = symbols_capacity = 0;
	longest_name = 0;
}
