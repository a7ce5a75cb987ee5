// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading baselines: what an earlier build's symbols and types were. That is a symtypes
 * file (FORMAT 7), or a consolidated one (FORMAT 14), which has a section for each
 * of its files and leaves out what is the same as in the section before.
 *
 * Each text is kept, and searched for references, only once, however many sections
 * say it: of two baselines that are compared, equal strings of a key are one.
 */
#define PART "baseline"
#include "baseline.h"
#include "../text_file.h"
#include <dirent.h>
#include <sys/stat.h>

#define OVERRIDE "override "

/* What is known of a key while a file is read. */
struct known {
	struct type_string *last; /* in the sections with headers so far */
	/* Of the section that is read, if `section` is its number: */
	size_t section;
	struct type_string *here; /* what its line says; NULL: it has none */
	bool reached; /* a symbol leads to it */
};

/* What is known while a file is read. */
struct parser {
	struct baseline *baseline;
	const char *path; /* of the file */
	size_t line; /* number */
	const char *last_key; /* in what has no headers */
	bool has_header; /* the current section */
	struct text name; /* that a section without a header has */
	struct text file; /* that it is about; `start` NULL: none is begun */
	size_t section; /* its number, from 1 */
	struct key **symbols; /* that it has lines of */
	size_t count;
	size_t capacity;
	struct known *known; /* by number of the key */
	size_t known_count;
};

#define parse_error(parser, format, ...) \
	error("line %zu of '%s': " format, (parser)->line, (parser)->path, ##__VA_ARGS__)

/* Returns what is known of a key, until another one is asked for. */
static struct known *find_known(struct parser *parser, const struct key *key)
{
	size_t old = parser->known_count;
	struct known *known;

	while (key->number >= parser->known_count)
		parser->known = grow(parser->known, &parser->known_count, sizeof(*parser->known));
	if (parser->known_count > old)
		memset(parser->known + old, 0, (parser->known_count - old) * sizeof(*known));
	known = &parser->known[key->number];
	if (known->section != parser->section) {
		known->section = parser->section;
		known->here = NULL;
		known->reached = false;
	}
	return known;
}

/* Sections */

/*
 * Adds the types that a string leads to directly, unless they have been reached
 * before. Returns NULL, or a key of which nothing is said.
 */
static const struct key *reach_types(struct parser *parser, struct type_string *string,
				     struct symtypes_line **types, size_t *count, size_t *capacity)
{
	struct keys *keys = parser->baseline->keys;

	if (!string->searched)
		find_references(keys, &keys->arena, string, false);
	for (size_t i = 0; i < string->reference_count; i++) {
		struct key *key = string->references[i].key;
		struct known *known = find_known(parser, key);

		if (known->reached)
			continue;
		/* What may be left out is as it was last. */
		if (!known->here && parser->has_header)
			known->here = known->last;
		if (!known->here)
			return key;
		known->reached = true;
		*APPEND(*types, *count, *capacity) = (struct symtypes_line){ key, known->here };
	}
	return NULL;
}

/*
 * Finds the types that the symbols of a section lead to, which are its own. Returns
 * NULL, or a key of which nothing is said.
 */
static const struct key *find_types(struct parser *parser, struct section *section)
{
	struct symtypes_line *types = NULL;
	size_t count = 0, capacity = 0;
	const struct key *missing = NULL;

	for (size_t i = 0; !missing && i < section->symbol_count; i++)
		missing =
			reach_types(parser, section->symbols[i].string, &types, &count, &capacity);
	for (size_t i = 0; !missing && i < count; i++)
		missing = reach_types(parser, types[i].string, &types, &count, &capacity);
	section->types = arena_copy(&parser->baseline->arena, types, count * sizeof(*types));
	section->type_count = count;
	free(types);
	return missing;
}

static void begin_section(struct parser *parser, struct text file)
{
	parser->file = file;
	parser->last_key = "";
	parser->section++;
	parser->count = 0;
}

/* Ends a section: its symbols, and the types that they lead to. */
static void end_section(struct parser *parser)
{
	struct baseline *baseline = parser->baseline;
	struct section *section;
	const struct key *missing;

	if (!parser->file.start)
		return;
	section = arena_zalloc(&baseline->arena, sizeof(*section));
	section->number = baseline->section_count;
	section->file = parser->file;
	section->symbols =
		arena_zalloc(&baseline->arena, parser->count * sizeof(*section->symbols));
	for (size_t i = 0; i < parser->count; i++) {
		struct key *key = parser->symbols[i];
		struct baseline_symbol *symbol = &section->symbols[section->symbol_count++];

		symbol->name = key->text;
		symbol->string = find_known(parser, key)->here;
		symbol->section = section;
		if (!baseline_find(baseline, symbol->name))
			cache_add_text(&baseline->by_name, symbol);
	}
	missing = find_types(parser, section);
	if (missing)
		parse_error(
			parser,
			"the strings of '%s' refer to '%s', which the file doesn't define (is it cut short?)",
			parser->file.start, missing->text.start);
	*APPEND(baseline->sections, baseline->section_count, baseline->sections_capacity) = section;
	parser->file = (struct text){ 0 };
}

static void free_parser(struct parser *parser)
{
	free(parser->symbols);
	free(parser->known);
}

/* Takes over the references of a string with the same text. */
static void copy_references(struct keys *keys, struct type_string *to,
			    const struct type_string *from)
{
	size_t count = from->reference_count;

	to->references =
		arena_copy(&keys->arena, from->references, count * sizeof(*to->references));
	to->reference_count = count;
	to->searched = true;
	to->prepared = from->prepared;
	to->crc = from->crc;
}

void baseline_add_section(struct baseline *baseline, struct text name,
			  const struct symtypes_line *lines, size_t count)
{
	struct parser parser = { .baseline = baseline };

	begin_section(&parser, name);
	for (size_t i = 0; i < count; i++) {
		struct key *key = lines[i].key;
		struct type_string *string =
			keys_enter_string(baseline->keys, key, lines[i].string->text, false);

		if (!string->searched)
			copy_references(baseline->keys, string, lines[i].string);
		find_known(&parser, key)->here = string;
		if (!is_reference(key->text.start))
			*APPEND(parser.symbols, parser.count, parser.capacity) = key;
	}
	end_section(&parser);
	free_parser(&parser);
}

/* Lines */

const char *declaration_word(char letter)
{
	return letter == 's'   ? "structure_type"
	       : letter == 'u' ? "union_type"
	       : letter == 'e' ? "enumeration_type"
			       : "";
}

/* Finds the end of the key that a line begins with: a blank, or NULL. */
static char *key_end(char *line)
{
	char *end;

	if (!*line || line[1] != '#' || line[2] != '\'')
		return strchr(line, ' ');
	end = strchr(line + 3, '\'');
	return end && end[1] == ' ' ? end + 1 : NULL;
}

/* Tells whether a text has a word, which stands between blanks. */
static bool has_word(struct text text, struct text word)
{
	const char *at = text.start;

	while ((at = strstr(at, word.start))) {
		const char *end = at + word.length;

		if ((at == text.start || at[-1] == ' ') && (!*end || *end == ' '))
			return true;
		at = end;
	}
	return false;
}

/* The scheme (FORMAT 13) by which a symbol's string was made; `start` NULL: it is none. */
static struct text find_scheme(struct text name, struct text text)
{
	struct text scheme = { text.start, 0 };

	if (starts_with(text.start, "subprogram ") || starts_with(text.start, "variable "))
		return scheme;
	if (!starts_with(text.start, "canonical("))
		/* Of genksyms it is a declaration, which has the name in it. */
		return has_word(text, name) ? make_text(GENKSYMS_SCHEME) : (struct text){ 0 };
	scheme.start += strlen("canonical(");
	scheme.length = strcspn(scheme.start, ")");
	return scheme;
}

/*
 * Checks that a symbol's string is one: this tells a baseline from any other text. Notes the
 * scheme.
 */
static void check_symbol(struct parser *parser, struct text name, struct text text)
{
	struct text *known = &parser->baseline->scheme, scheme = find_scheme(name, text);

	if (!scheme.start)
		parse_error(
			parser,
			"this is no line of a symtypes file: what is said of '%s' begins neither with 'subprogram' nor with 'variable', nor is it C of genksyms that declares it",
			name.start);
	if (!known->start)
		*known = scheme;
	else if (!same_text(*known, scheme))
		parse_error(parser,
			    "made by another tool or scheme of --canonical than the lines before");
}

static bool is_declaration_line(const char *line)
{
	return *declaration_word(*line) && starts_with(line + 1, "##") && line[3] &&
	       !strchr(line, ' ');
}

/* Splits "KEY STRING", or "s##NAME" in a section with a header. */
static void split_line(struct parser *parser, char *line, bool declaration, struct text *key,
		       struct text *text)
{
	char *end = key_end(line), *whole;

	if (declaration) {
		whole = arena_alloc(&parser->baseline->arena, strlen(line) + 32);
		sprintf(whole, "%s %s { }", declaration_word(*line), line + 3);
		*text = make_text(whole);
		line[1] = *line;
		*key = make_text(line + 1);
		return;
	}
	if (!end || end == line)
		parse_error(parser, "this is no line of a symtypes file: KEY STRING");
	*end = '\0';
	*key = (struct text){ line, end - line };
	*text = make_text(end + 1);
}

/* Notes what a line says of a key, which may have a line in this section already. */
static void enter_line(struct parser *parser, struct key *key, struct type_string *string,
		       bool declaration)
{
	struct known *known = find_known(parser, key);
	struct type_string *before = known->here;

	/* An override may stand beside the line that it is of. */
	if (before && before != string && !string->override && !before->override)
		parse_error(parser, "'%s' has a line already, with another string",
			    key->text.start);
	if (before && !string->override)
		return;
	known->here = string;
	if (!declaration)
		known->last = string;
	if (before || is_reference(key->text.start))
		return;
	check_symbol(parser, key->text, string->text);
	*APPEND(parser->symbols, parser->count, parser->capacity) = key;
}

/* Makes the words for an override, for messages. */
static const char *override_origin(const struct parser *parser)
{
	static const char format[] = "line %zu of '%s', the override of";
	struct baseline *baseline = parser->baseline;
	size_t size = snprintf(NULL, 0, format, parser->line, parser->path) + 1;
	char *origin = arena_alloc(&baseline->arena, size);

	snprintf(origin, size, format, parser->line, parser->path);
	return origin;
}

static void read_line(struct parser *parser, char *line)
{
	struct baseline *baseline = parser->baseline;
	bool override = starts_with(line, OVERRIDE), declaration;
	struct text key_text, text;
	struct type_string *string;
	struct key *key;

	if (override)
		line += strlen(OVERRIDE);
	declaration = parser->has_header && is_declaration_line(line);
	split_line(parser, line, declaration, &key_text, &text);
	/*
	 * A symtypes file may have the lines of several files, one after the other,
	 * each sorted; so where a key is lower than the one before, the next begins.
	 * Overrides may have been put anywhere. genksyms, which has types before the symbols
	 * that lead to them, sorts nothing, and its files are of one file each.
	 */
	if (!parser->has_header && !override && parser->count && !is_genksyms(baseline->scheme) &&
	    strcmp(key_text.start, parser->last_key) < 0)
		end_section(parser);
	if (!parser->file.start)
		begin_section(parser, parser->name);
	key = keys_enter(baseline->keys, key_text);
	if (!override)
		parser->last_key = key->text.start;
	string = keys_enter_string(baseline->keys, key, text, override);
	if (override)
		*APPEND(baseline->overrides, baseline->override_count,
			baseline->overrides_capacity) =
			(struct override){ key, string, override_origin(parser) };
	enter_line(parser, key, string, declaration);
}

/* Checks that a line is as git and the programs write it. */
static void check_line(const struct parser *parser, const struct text_file *text)
{
	if (text->marked)
		parse_error(parser, "a byte order mark, which an editor has put there: remove it");
	if (text->length && text->line[text->length - 1] == '\r')
		parse_error(parser,
			    "it ends in CRLF: convert the file, or check git's core.autocrlf");
}

/* The file that a line is the header of; `start` NULL if it is none. */
static struct text header_file(const char *line)
{
	size_t length = strlen(line), edge = strlen("/* ");

	if (length <= 2 * edge || !starts_with(line, "/* ") || strcmp(line + length - edge, " */"))
		return (struct text){ 0 };
	return (struct text){ line + edge, length - 2 * edge };
}

/* Reads a file, whose lines without a header are about a file of that name. */
static void read_file(struct parser *parser, const char *path, struct text name)
{
	struct text_file text;

	parser->path = path;
	parser->name = name;
	parser->has_header = false;
	text_file_open(&text, path, "symtypes file");
	while (text_file_next(&text)) {
		struct text header;

		parser->line = text.number;
		check_line(parser, &text);
		header = header_file(text.line);
		if (header.start) {
			end_section(parser);
			begin_section(parser, arena_text(&parser->baseline->arena, header));
			parser->has_header = true;
		} else if (text.length) {
			read_line(parser, text.line);
		}
	}
	end_section(parser);
}

/* Folders */

/* Which entries of a folder are looked at: all but hidden ones. */
static int is_visible(const struct dirent *entry)
{
	return *entry->d_name != '.';
}

/*
 * Reads the symtypes files of a folder, in the order of their names; a symbolic link to a
 * folder is not followed: that of a build leads to the source. `root` is how much of the path
 * the names of sections leave out.
 */
static void read_folder(struct parser *parser, const char *path, size_t root)
{
	struct arena *arena = &parser->baseline->arena;
	struct dirent **entries;
	int count = scandir(path, &entries, is_visible, alphasort);

	if (count < 0)
		error("cannot read the folder '%s': %m", path);
	for (int i = 0; i < count; i++) {
		struct text name = make_text(entries[i]->d_name);
		struct stat status;
		char *entry;

		if (asprintf(&entry, "%s/%s", path, name.start) < 0)
			error("out of memory");
		if (ends_with(name, ".symtypes") || ends_with(name, ".symtypes.gz"))
			read_file(parser, arena_text(arena, make_text(entry)).start,
				  arena_text(arena, make_text(entry + root)));
		else if (lstat(entry, &status) == 0 && S_ISDIR(status.st_mode))
			read_folder(parser, entry, root);
		free(entry);
		free(entries[i]);
	}
	free(entries);
}

void baseline_read(struct baseline *baseline, const char *path)
{
	struct parser parser = { .baseline = baseline };
	struct stat status;

	baseline->path = path;
	if (stat(path, &status) == 0 && S_ISDIR(status.st_mode)) {
		read_folder(&parser, path, strlen(path) + 1);
		if (!parser.path)
			error("the folder '%s' has no symtypes files (a kernel's build makes them with KBUILD_SYMTYPES=1)",
			      path);
	} else {
		read_file(&parser, path, make_text(path));
	}
	free_parser(&parser);
}

/* Says how a baseline of that scheme was made. */
static const char *describe_scheme(struct text scheme, char *words, size_t size)
{
	if (is_genksyms(scheme))
		return "by genksyms";
	if (!scheme.length)
		return "without --canonical";
	snprintf(words, size, "with --canonical, scheme %.*s", (int)scheme.length, scheme.start);
	return words;
}

void baseline_check_scheme(const struct baseline *baseline, struct text scheme, const char *other)
{
	char ours[64], others[64];

	if (!scheme.start || !baseline->scheme.start || same_text(scheme, baseline->scheme))
		return;
	error("'%s' was made %s, and can't be compared with %s%s%s, made %s", baseline->path,
	      describe_scheme(baseline->scheme, ours, sizeof(ours)), other ? "'" : "",
	      other ? other : "this run", other ? "'" : "",
	      describe_scheme(scheme, others, sizeof(others)));
}

struct baseline_symbol *baseline_find(const struct baseline *baseline, struct text name)
{
	return cache_find_text(&baseline->by_name, name);
}

void baseline_free(struct baseline *baseline)
{
	free(baseline->sections);
	free(baseline->overrides);
	cache_free(&baseline->by_name);
	arena_free(&baseline->arena);
}
