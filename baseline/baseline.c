// SPDX-License-Identifier: GPL-2.0-only
/*
 * Baselines: what an earlier build's symbols and types were. That is a symtypes
 * file (FORMAT 7), or a consolidated one (FORMAT 14), which has a section for each
 * of its files and leaves out what is the same as in the section before.
 *
 * Each text is kept, and searched for references, only once, however many sections
 * say it: of two that are compared, equal definitions are one. A type table is made
 * of a section when somebody asks for it.
 */
#define PART "baseline"
#include "baseline.h"

#define OVERRIDE "override "

/* Keys and definitions */

struct key *pool_enter_key(struct pool *pool, struct text text)
{
	struct key *key = cache_find_text(&pool->keys, text);

	if (key)
		return key;
	key = arena_zalloc(&pool->arena, sizeof(*key));
	key->text = arena_text(&pool->arena, text);
	cache_add_text(&pool->keys, key);
	return key;
}

struct definition *pool_enter_definition(struct pool *pool, struct key *key,
					 struct text text)
{
	struct definition *definition = key->definitions;

	while (definition && !same_text(definition->text, text))
		definition = definition->next;
	if (definition)
		return definition;
	definition = arena_zalloc(&pool->arena, sizeof(*definition));
	definition->text = arena_text(&pool->arena, text);
	definition->next = key->definitions;
	key->definitions = definition;
	return definition;
}

/* Finds the references of a definition: where a word begins. */
static void find_references(struct pool *pool, struct definition *definition)
{
	struct key_reference *references = NULL;
	size_t count = 0, capacity = 0;
	const char *text = definition->text.start, *problem, *end;

	for (const char *at = text; at; at = strchr(at, ' ')) {
		at += *at == ' ';
		end = reference_end(at, &problem);
		if (!end || (*end && *end != ' '))
			continue;
		*APPEND(references, count, capacity) = (struct key_reference){
			pool_enter_key(pool, (struct text){ at, end - at }),
			at - text
		};
		at = end;
	}
	definition->references = arena_copy(&pool->arena, references,
					    count * sizeof(*references));
	definition->reference_count = count;
	definition->searched = true;
	free(references);
}

/* Declarations: "s##NAME" for "s#NAME structure_type NAME { }" */

/* The word of the types with that letter; empty if it isn't always the same. */
static const char *declaration_word(char letter)
{
	return letter == 's'   ? "structure_type"
	       : letter == 'u' ? "union_type"
	       : letter == 'e' ? "enumeration_type"
			       : "";
}

bool is_short_declaration(struct text key, struct text text)
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

/* Reading */

/* What is known while a file is read. */
struct parser {
	struct baseline *baseline;
	size_t line; /* number */
	const char *last; /* key, in what has no headers */
	bool has_header; /* the section at hand */
	struct text file; /* that it is about; `start` NULL: none is begun */
	struct key **records; /* of its lines */
	size_t count;
	size_t capacity;
};

#define parse_error(parser, format, ...)                   \
	error("line %zu of '%s': " format, (parser)->line, \
	      (parser)->baseline->path, ##__VA_ARGS__)

/* The end of the key that a line begins with: a blank, or NULL. */
static char *key_end(char *line)
{
	char *end;

	if (!*line || line[1] != '#' || line[2] != '\'')
		return strchr(line, ' ');
	end = strchr(line + 3, '\'');
	return end && end[1] == ' ' ? end + 1 : NULL;
}

/*
 * The first time that a section meets a key, it is what it was last, if that may be
 * left out, or nothing.
 */
static void enter_section(const struct pool *pool, struct key *key,
			  bool has_header)
{
	if (key->mark == pool->marks)
		return;
	key->mark = pool->marks;
	key->met = key->listed = false;
	key->here = has_header ? key->last : (struct record){ 0 };
}

/*
 * Finds the types that the symbols of a section lead to, which are its own. Returns
 * NULL, or a key of which nothing is said.
 */
static struct key *find_types(struct section *section, bool has_header)
{
	const struct baseline_symbol *symbol = section->symbols;
	const struct baseline_symbol *end = symbol + section->symbol_count;
	struct pool *pool = section->pool;
	size_t count = 0, capacity = 0, next = 0;
	struct record *types = NULL;
	struct key *missing = NULL;

	while (!missing && (next < count || symbol < end)) {
		struct definition *definition =
			next < count ? types[next++].definition
				     : symbol++->record.definition;

		if (!definition->searched)
			find_references(pool, definition);
		for (size_t i = 0; i < definition->reference_count; i++) {
			struct key *key = definition->references[i].key;

			enter_section(pool, key, has_header);
			if (key->met)
				continue;
			if (!key->here.definition) {
				missing = key;
				break;
			}
			key->met = true;
			*APPEND(types, count, capacity) = key->here;
		}
	}
	section->types =
		arena_copy(&pool->arena, types, count * sizeof(*types));
	section->type_count = count;
	free(types);
	return missing;
}

/* Ends a section: its symbols, and the types that they lead to. */
static void end_section(struct parser *parser)
{
	struct baseline *baseline = parser->baseline;
	struct arena *arena = &baseline->pool->arena;
	struct section *section;
	const struct key *missing;

	if (!parser->file.start)
		return;
	section = arena_zalloc(arena, sizeof(*section));
	section->pool = baseline->pool;
	section->number = baseline->section_count;
	section->file = parser->file;
	section->symbols =
		arena_zalloc(arena, parser->count * sizeof(*section->symbols));
	for (size_t i = 0; i < parser->count; i++) {
		struct record *record = &parser->records[i]->here;
		struct baseline_symbol *symbol;

		section->overrides |= record->override;
		if (is_reference(record->key->text.start))
			continue;
		symbol = &section->symbols[section->symbol_count++];
		symbol->name = record->key->text;
		symbol->record = *record;
		symbol->section = section;
		if (!baseline_find(baseline, symbol->name))
			cache_add_text(&baseline->by_name, symbol);
	}
	missing = find_types(section, parser->has_header);
	if (missing)
		parse_error(
			parser,
			"what is said of '%s' before has '%s' in it, and nothing says what that is",
			parser->file.start, missing->text.start);
	for (size_t i = 0; i < section->type_count; i++)
		section->overrides |= section->types[i].override;
	*APPEND(baseline->sections, baseline->section_count,
		baseline->sections_capacity) = section;
	parser->count = 0;
}

static void begin_section(struct parser *parser, struct text file)
{
	end_section(parser);
	parser->file = file;
	parser->last = "";
	parser->baseline->pool->marks++;
}

/* Notes the scheme by which a symbol's string was made (FORMAT 13). */
static void check_scheme(struct parser *parser, struct text text)
{
	struct text *known = &parser->baseline->scheme;
	struct text scheme = { text.start, 0 };

	if (starts_with(text.start, "canonical(")) {
		scheme.start += strlen("canonical(");
		scheme.length = strcspn(scheme.start, ")");
	}
	if (!known->start)
		*known = scheme;
	else if (!same_text(*known, scheme))
		parse_error(
			parser,
			"made by another scheme of --canonical than the lines before");
}

static bool is_declaration_line(const char *line)
{
	return *declaration_word(*line) && starts_with(line + 1, "##") &&
	       line[3] && !strchr(line, ' ');
}

/* Splits "KEY STRING", or "s##NAME" in a section with a header. */
static void split_record(struct parser *parser, char *line, bool declaration,
			 struct text *key, struct text *text)
{
	char *end = key_end(line), *whole;

	if (declaration) {
		whole = arena_alloc(&parser->baseline->pool->arena,
				    strlen(line) + 32);
		sprintf(whole, "%s %s { }", declaration_word(*line), line + 3);
		*text = make_text(whole);
		line[1] = *line;
		*key = make_text(line + 1);
		return;
	}
	if (!end || end == line)
		parse_error(parser,
			    "this is no line of a symtypes file: KEY STRING");
	*end = '\0';
	*key = (struct text){ line, end - line };
	*text = make_text(end + 1);
}

static void read_record(struct parser *parser, char *line)
{
	struct baseline *baseline = parser->baseline;
	struct pool *pool = baseline->pool;
	bool override = starts_with(line, OVERRIDE), declaration;
	struct text key_text, text;
	struct record record;
	struct key *key;

	if (override)
		line += strlen(OVERRIDE);
	declaration = parser->has_header && is_declaration_line(line);
	split_record(parser, line, declaration, &key_text, &text);
	/*
	 * A symtypes file may have the lines of several files, one after the other,
	 * each sorted; so where a key is lower than the one before, the next begins.
	 * Overrides may have been put anywhere.
	 */
	if (!parser->file.start || (!parser->has_header && !override &&
				    strcmp(key_text.start, parser->last) < 0))
		begin_section(parser, make_text(baseline->path));
	key = pool_enter_key(pool, key_text);
	if (!override)
		parser->last = key->text.start;
	record = (struct record){ key, pool_enter_definition(pool, key, text),
				  override };
	if (override)
		*APPEND(baseline->overrides, baseline->override_count,
			baseline->overrides_capacity) = record;
	enter_section(pool, key, parser->has_header);
	if (key->listed) {
		/* An override may stand beside the line that it is of. */
		if (record.definition != key->here.definition && !override &&
		    !key->here.override)
			parse_error(
				parser,
				"'%s' has a line already, with another string",
				key->text.start);
		if (override)
			key->here = key->last = record;
		return;
	}
	key->listed = true;
	key->here = record;
	if (!declaration)
		key->last = record;
	if (!is_reference(key->text.start))
		check_scheme(parser, record.definition->text);
	*APPEND(parser->records, parser->count, parser->capacity) = key;
}

/* The file that a line is the header of; `start` NULL if it is none. */
static struct text header_file(const char *line)
{
	size_t length = strlen(line), edge = strlen("/* ");

	if (length <= 2 * edge || !starts_with(line, "/* ") ||
	    strcmp(line + length - edge, " */"))
		return (struct text){ 0 };
	return (struct text){ line + edge, length - 2 * edge };
}

static void read_line(struct parser *parser, char *line)
{
	struct text file = header_file(line);

	if (file.start) {
		begin_section(parser,
			      arena_text(&parser->baseline->pool->arena, file));
		parser->has_header = true;
	} else if (*line) {
		read_record(parser, line);
	}
}

/* What a baseline read before has said counts no more. */
static void forget_last(struct pool *pool)
{
	for (size_t i = 0; pool->keys.slots && i <= pool->keys.mask; i++) {
		struct key *key = pool->keys.slots[i].value;

		if (key)
			key->last = (struct record){ 0 };
	}
}

void baseline_read(struct baseline *baseline, struct pool *pool,
		   const char *path)
{
	struct parser parser = { .baseline = baseline };
	FILE *file = fopen(path, "r");
	char *line = NULL;
	size_t size = 0;
	ssize_t length;

	*baseline = (struct baseline){ .path = path, .pool = pool };
	if (!file)
		error("cannot read '%s': %m", path);
	forget_last(pool);
	while ((length = getline(&line, &size, file)) >= 0) {
		parser.line++;
		if (memchr(line, 0, length))
			parse_error(&parser, "there is a NUL in it");
		line[strcspn(line, "\n")] = '\0';
		read_line(&parser, line);
	}
	if (!feof(file)) /* it may also be memory that is out */
		error("cannot read '%s': %m", path);
	end_section(&parser);
	fclose(file);
	free(line);
	free(parser.records);
}

void baseline_check_scheme(const struct baseline *baseline, struct text scheme,
			   const char *other)
{
	const struct text schemes[] = { baseline->scheme, scheme };
	char words[2][64];

	if (!scheme.start || !baseline->scheme.start ||
	    same_text(scheme, baseline->scheme))
		return;
	for (int i = 0; i < 2; i++)
		snprintf(words[i], sizeof(words[i]), "%s --canonical%s%.*s",
			 schemes[i].length ? "with" : "without",
			 schemes[i].length ? ", scheme " : "",
			 (int)schemes[i].length, schemes[i].start);
	error("'%s' was made %s, and can't be compared with %s, made %s",
	      baseline->path, words[0], other, words[1]);
}

struct baseline_symbol *baseline_find(const struct baseline *baseline,
				      struct text name)
{
	return cache_find_text(&baseline->by_name, name);
}

/* Two sections */

/* Has a record count for its key in the section that is gone through. */
static void set_record(const struct pool *pool, const struct record *record)
{
	enter_section(pool, record->key, false);
	record->key->here = *record;
}

bool same_types(const struct section *old, const struct section *new)
{
	struct pool *pool = old->pool;

	pool->marks++;
	for (size_t i = 0; i < old->type_count; i++)
		set_record(pool, &old->types[i]);
	for (size_t i = 0; i < new->type_count; i++)
		if (new->types[i].key->mark != pool->marks ||
		    new->types[i].key->here.definition !=
			    new->types[i].definition)
			return false;
	return old->type_count == new->type_count;
}

struct section *section_override(struct section *section,
				 const struct section *old)
{
	struct pool *pool = section->pool;
	struct baseline_symbol *symbols;
	const struct key *missing;
	struct section *copy;

	if (!old->overrides)
		return section;
	copy = arena_copy(&pool->arena, section, sizeof(*section));
	copy->table = (struct type_table){ 0 };
	symbols = arena_copy(&pool->arena, section->symbols,
			     section->symbol_count * sizeof(*symbols));
	copy->symbols = symbols;
	pool->marks++;
	for (size_t i = 0; i < section->type_count; i++)
		set_record(pool, &section->types[i]);
	for (size_t i = 0; i < section->symbol_count; i++)
		set_record(pool, &symbols[i].record);
	for (size_t i = 0; i < old->type_count; i++)
		if (old->types[i].override)
			set_record(pool, &old->types[i]);
	for (size_t i = 0; i < old->symbol_count; i++)
		if (old->symbols[i].record.override)
			set_record(pool, &old->symbols[i].record);
	for (size_t i = 0; i < section->symbol_count; i++) {
		symbols[i].record = symbols[i].record.key->here;
		symbols[i].section = copy;
	}
	missing = find_types(copy, false);
	if (missing)
		error("the overrides for '%s' lead to '%s', which isn't there any more: override that, too",
		      section->file.start, missing->text.start);
	return copy;
}

/* Tables */

/* Puts a definition into a table whose types have all been entered. */
static struct type_string make_string(struct type_table *table,
				      const struct definition *definition)
{
	struct type_string string = {
		.text = definition->text,
		.references = arena_alloc(&table->arena,
					  definition->reference_count *
						  sizeof(*string.references)),
		.reference_count = definition->reference_count,
	};

	for (size_t i = 0; i < string.reference_count; i++)
		string.references[i] = (struct type_reference){
			.type = definition->references[i].key->type,
			.start = definition->references[i].start,
		};
	return string;
}

/* Sets `type` of the keys that a section leads to. */
static void set_types(struct section *section)
{
	if (section->pool->typed == section)
		return;
	section->pool->typed = section;
	for (size_t i = 0; i < section->type_count; i++)
		section->types[i].key->type = section->table.types[i];
}

struct type_table *section_table(struct section *section)
{
	struct type_table *table = &section->table;

	if (table->path)
		return table;
	table->path = section->file.start;
	for (size_t i = 0; i < section->type_count; i++)
		types_enter(table, section->types[i].key->text);
	set_types(section);
	for (size_t i = 0; i < section->type_count; i++)
		types_set(table, table->types[i],
			  make_string(table, section->types[i].definition), 0);
	return table;
}

struct type_string *symbol_type_string(const struct baseline_symbol *symbol)
{
	struct section *section = symbol->section;
	struct type_table *table = section_table(section);
	struct type_string *string =
		arena_alloc(&table->arena, sizeof(*string));

	set_types(section);
	*string = make_string(table, symbol->record.definition);
	return string;
}

void section_close(struct section *section)
{
	types_free(&section->table);
	if (section->pool->typed == section)
		section->pool->typed = NULL;
}

void baseline_free(struct baseline *baseline)
{
	for (size_t i = 0; i < baseline->section_count; i++)
		section_close(baseline->sections[i]);
	free(baseline->sections);
	free(baseline->overrides);
	cache_free(&baseline->by_name);
}

void pool_free(struct pool *pool)
{
	cache_free(&pool->keys);
	arena_free(&pool->arena);
}
