// SPDX-License-Identifier: GPL-2.0-only
/*
 * The consolidated symtypes file (FORMAT 14): one for all input files. Most types are
 * the same in each of them, so only one copy of each text is kept, and it is written
 * only where it isn't what the type was last.
 */
#define PART "consolidated"
#include "baseline.h"

/* What it says of one of them. */
struct consolidated_section {
	struct text file; /* NUL-terminated */
	struct symtypes_line *lines;
	size_t count;
};

struct text consolidated_name(struct consolidated *consolidated, const char *root, const char *path)
{
	const char *slash = strrchr(path, '/');
	char *parent, *folder, *real_root, *whole;
	struct text name;
	size_t length;

	if (!root)
		return arena_text(&consolidated->arena, make_text(path));
	real_root = realpath(root, NULL);
	if (!real_root)
		error("cannot find the folder '%s': %m", root);
	/* A symbolic link to a file isn't followed. */
	parent = slash ? strndup(path, slash + 1 - path) : strdup(".");
	if (!parent)
		error("out of memory");
	folder = realpath(parent, NULL);
	if (!folder)
		error("cannot find the folder of '%s': %m", path);
	free(parent);
	if (asprintf(&whole, "%s/%s", folder, slash ? slash + 1 : path) < 0)
		error("out of memory");
	length = strlen(real_root) - (real_root[1] ? 0 : 1); /* "/" */
	if (strncmp(whole, real_root, length) || whole[length] != '/')
		error("'%s' is not in the folder '%s'", path, root);
	name = arena_text(&consolidated->arena, make_text(whole + length + 1));
	free(folder);
	free(real_root);
	free(whole);
	return name;
}

void consolidated_add(struct consolidated *consolidated, struct text name,
		      const struct symtypes_line *lines, size_t count)
{
	struct consolidated_section *section;

	/* What exports nothing has nothing to say. */
	if (!count)
		return;
	section = APPEND(consolidated->sections, consolidated->count, consolidated->capacity);
	section->file = name;
	section->count = count;
	section->lines = arena_copy(&consolidated->arena, lines, count * sizeof(*lines));
	for (size_t i = 0; i < count; i++)
		section->lines[i].string = keys_enter_string(consolidated->keys, lines[i].key,
							     lines[i].string->text, false);
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

/* Tells whether "s##NAME" is enough for "s#NAME structure_type NAME { }". */
static bool is_short_declaration(struct text key, struct text text)
{
	const char *word = declaration_word(*key.start), *name = key.start + 2;
	size_t length = strlen(word), name_length = key.length - 2;

	/* A name in quotes can't be read by others. */
	return length && *name != '\'' && *name != '#' &&
	       text.length == length + name_length + strlen("  { }") &&
	       starts_with(text.start, word) && text.start[length] == ' ' &&
	       !memcmp(text.start + length + 1, name, name_length) &&
	       !memcmp(text.start + length + 1 + name_length, " { }", 4);
}

/* Writes a line, unless it is what the last one of that key says. */
static void write_line(const struct symtypes_line *line, const struct type_string **last,
		       FILE *file)
{
	struct text key = line->key->text, text = line->string->text;

	/* Symbols are always written: they say what the section is about. */
	if (is_reference(key.start)) {
		if (is_short_declaration(key, text)) {
			fprintf(file, "%c#%s\n", *key.start, key.start + 1);
			return;
		}
		if (*last == line->string)
			return;
		*last = line->string;
	}
	types_write_line(key.start, text, file);
}

void consolidated_write(struct consolidated *consolidated, FILE *file)
{
	/* By number of the key. */
	const struct type_string **last =
		allocate_cleared(consolidated->keys->count, sizeof(*last));

	if (consolidated->count)
		qsort(consolidated->sections, consolidated->count, sizeof(*consolidated->sections),
		      compare_sections);
	for (size_t i = 0; i < consolidated->count; i++) {
		const struct consolidated_section *section = &consolidated->sections[i];

		fprintf(file, "%s/* %s */\n", i ? "\n" : "", section->file.start);
		for (size_t j = 0; j < section->count; j++)
			write_line(&section->lines[j], &last[section->lines[j].key->number], file);
	}
	free(last);
	free(consolidated->sections);
	arena_free(&consolidated->arena);
}
