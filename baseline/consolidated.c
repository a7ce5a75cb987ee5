// SPDX-License-Identifier: GPL-2.0-only
/*
 * The consolidated symtypes file (FORMAT 14): one for all input files. Most types are
 * the same in each of them, so only one copy of each text is kept, and it is written
 * only where it isn't what the type was last.
 */
#define PART "main"
#include "../gendwarfksyms.h"
#include "baseline.h"

struct text consolidated_name(struct consolidated *consolidated,
			      const char *path)
{
	struct arena *arena = &consolidated->pool.arena;
	const char *slash = strrchr(path, '/'), *root;
	char *folder, *whole;
	struct text name;
	size_t length;

	if (!options.relative_to)
		return arena_text(arena, make_text(path));
	if (!consolidated->root)
		consolidated->root = realpath(options.relative_to, NULL);
	root = consolidated->root;
	if (!root)
		error("cannot find the folder '%s': %m", options.relative_to);
	/* A symbolic link to a file isn't followed. */
	folder = realpath(slash ? strndupa(path, slash + 1 - path) : ".", NULL);
	if (!folder)
		error("cannot find the folder of '%s': %m", path);
	if (asprintf(&whole, "%s/%s", folder, slash ? slash + 1 : path) < 0)
		error("out of memory");
	length = strlen(root) - (root[1] ? 0 : 1); /* "/" */
	if (strncmp(whole, root, length) || whole[length] != '/')
		error("'%s' is not in the folder '%s'", path,
		      options.relative_to);
	name = arena_text(arena, make_text(whole + length + 1));
	free(folder);
	free(whole);
	return name;
}

void consolidated_add(struct consolidated *consolidated, struct text name,
		      const struct symtypes_line *lines, size_t count)
{
	struct pool *pool = &consolidated->pool;
	struct consolidated_section *section;

	/* What exports nothing has nothing to say. */
	if (!count)
		return;
	section = APPEND(consolidated->sections, consolidated->count,
			 consolidated->capacity);
	section->file = name;
	section->count = count;
	section->records =
		arena_alloc(&pool->arena, count * sizeof(*section->records));
	for (size_t i = 0; i < count; i++) {
		struct record *record = &section->records[i];

		record->key = pool_enter_key(pool, make_text(lines[i].key));
		record->definition = pool_enter_definition(
			pool, record->key, lines[i].string->text);
	}
}

static bool is_vmlinux(struct text file)
{
	const char *slash = strrchr(file.start, '/');

	return starts_with(slash ? slash + 1 : file.start, "vmlinux");
}

/*
 * The kernel itself comes first, as it has most of the types: so whether a module
 * comes or goes changes nothing in the other sections. Then all files by name.
 */
static int compare_sections(const void *a, const void *b)
{
	const struct consolidated_section *left = a, *right = b;

	if (is_vmlinux(left->file) != is_vmlinux(right->file))
		return is_vmlinux(left->file) ? -1 : 1;
	return strcmp(left->file.start, right->file.start);
}

static void write_record(const struct record *record, FILE *file)
{
	struct text key = record->key->text, text = record->definition->text;

	if (is_reference(key.start) && is_short_declaration(key, text)) {
		fprintf(file, "%c#%s\n", *key.start, key.start + 1);
		return;
	}
	/* Symbols are always written: they say what the section is about. */
	if (is_reference(key.start)) {
		if (record->key->last.definition == record->definition)
			return;
		record->key->last = *record;
	}
	types_write_line(key.start, text, file);
}

void consolidated_write(struct consolidated *consolidated, FILE *file)
{
	if (consolidated->count)
		qsort(consolidated->sections, consolidated->count,
		      sizeof(*consolidated->sections), compare_sections);
	for (size_t i = 0; i < consolidated->count; i++) {
		const struct consolidated_section *section =
			&consolidated->sections[i];

		fprintf(file, "%s/* %s */\n", i ? "\n" : "",
			section->file.start);
		for (size_t j = 0; j < section->count; j++)
			write_record(&section->records[j], file);
	}
	free(consolidated->sections);
	free(consolidated->root);
	pool_free(&consolidated->pool);
}
