// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which symbols count, and how much (FORMAT 14): lists of symbols, as distributions
 * and Android keep them, severity rules, and Module.symvers, which says in which
 * module and namespace a symbol is.
 */
#define PART "select"
#include "kabi-compare.h"
#include "../text_file.h"
#include <ctype.h>
#include <fnmatch.h>

#define BLANKS " \t\r\n\f\v"

/* Words */

#define line_error(text, format, ...) \
	error("line %zu of '%s': " format, (text)->number, (text)->path, ##__VA_ARGS__)

/* The end of a word: a blank, but for those in the quotes of a name, as in s#'a::B<C, D>'. */
static char *word_end(char *word)
{
	char *quote = *word && starts_with(word + 1, "#'") ? strchr(word + 3, '\'') : NULL;

	return (quote ? quote : word) + strcspn(quote ? quote : word, BLANKS);
}

/*
 * Splits the next line into words, at most `max`; a word that begins with # begins a comment.
 * Returns how many there are; -1 after the last line.
 */
static int next_words(struct text_file *text, const char **words, int max)
{
	char *at, *end;
	int count = 0;

	if (!text_file_next(text))
		return -1;
	for (at = text->line; *(at += strspn(at, BLANKS)) && *at != '#'; at = end) {
		if (count == max)
			line_error(text, "there is more in it than expected: '%s'", at);
		words[count++] = at;
		end = word_end(at);
		if (*end)
			*end++ = '\0';
	}
	return count;
}

/* Patterns */

static bool has_wildcards(const char *text)
{
	return strpbrk(text, "*?");
}

static bool matches(const char *pattern, const char *text)
{
	return !fnmatch(pattern, text, FNM_NOESCAPE);
}

static struct pattern make_pattern(struct arena *arena, const char *text, size_t line)
{
	return (struct pattern){ arena_text(arena, make_text(text)), line, false };
}

/* Lists of symbols */

void filter_read(struct symbol_filter *list, const char *path)
{
	struct text_file text;
	struct pattern pattern;
	const char *word;
	int count;

	list->path = path;
	text_file_open(&text, path, "list");
	while ((count = next_words(&text, &word, 1)) >= 0) {
		/* Android's lists have headings: [abi_symbol_list] */
		if (!count || (*word == '[' && word[strlen(word) - 1] == ']'))
			continue;
		pattern = make_pattern(&list->arena, word, text.number);
		if (!has_wildcards(word)) {
			if (!cache_find_text(&list->names, pattern.text))
				cache_add_text(&list->names,
					       arena_copy(&list->arena, &pattern, sizeof(pattern)));
			continue;
		}
		*APPEND(list->patterns, list->count, list->capacity) = pattern;
	}
}

bool filter_has(struct symbol_filter *list, struct text name)
{
	struct pattern *pattern = cache_find_text(&list->names, name);
	bool found = pattern;

	if (pattern)
		pattern->used = true;
	for (size_t i = 0; i < list->count; i++) {
		pattern = &list->patterns[i];
		if (matches(pattern->text.start, name.start))
			found = pattern->used = true;
	}
	return found || !list->path;
}

static int compare_lines(const void *a, const void *b)
{
	const struct pattern *left = a, *right = b;

	return (left->line > right->line) - (left->line < right->line);
}

void filter_end(struct symbol_filter *list)
{
	struct cache *names = &list->names;

	for (size_t i = 0; names->slots && i <= names->mask; i++) {
		struct pattern *pattern = names->slots[i].value;

		if (!pattern)
			continue;
		*APPEND(list->patterns, list->count, list->capacity) = *pattern;
	}
	if (list->count)
		qsort(list->patterns, list->count, sizeof(*list->patterns), compare_lines);
	for (size_t i = 0; i < list->count; i++)
		if (!list->patterns[i].used)
			warning("line %zu of '%s': no symbol is called '%s'",
				list->patterns[i].line, list->path, list->patterns[i].text.start);
	free(list->patterns);
	cache_free(names);
	arena_free(&list->arena);
}

/* Severity rules */

/* What a pattern is about that doesn't say it. */
static int guess_kind(const char *pattern)
{
	bool capitals = false;

	if (strchr(pattern, '/') || !strcmp(pattern, "vmlinux"))
		return MATCH_MODULE;
	for (; *pattern; pattern++) {
		if (islower((unsigned char)*pattern))
			return MATCH_SYMBOL;
		capitals |= isupper((unsigned char)*pattern) != 0;
	}
	return capitals ? MATCH_NAMESPACE : MATCH_SYMBOL;
}

static int find_kind(const struct text_file *text, const char *word)
{
	static const char *const kinds[] = { [MATCH_SYMBOL] = "SYMBOL",
					     [MATCH_MODULE] = "MODULE",
					     [MATCH_NAMESPACE] = "NAMESPACE" };

	for (int i = 0; i < 3; i++)
		if (!strcmp(word, kinds[i]))
			return i;
	line_error(text, "'%s' is none of SYMBOL, MODULE, NAMESPACE", word);
}

void severity_read_rules(struct severity *severity, const char *path)
{
	struct text_file text;
	const char *words[3];
	int count;

	severity->path = path;
	text_file_open(&text, path, "list");
	while ((count = next_words(&text, words, 3)) >= 0) {
		struct severity_rule rule = { 0 };
		const char *verdict;

		if (!count)
			continue;
		if (count == 1)
			line_error(&text, "a rule is written [TYPE] PATTERN PASS|FAIL");
		verdict = words[count - 1];
		rule.pass = !strcmp(verdict, "PASS");
		if (!rule.pass && strcmp(verdict, "FAIL"))
			line_error(&text, "'%s' is neither PASS nor FAIL", verdict);
		rule.kind = count == 3 ? find_kind(&text, words[0]) : guess_kind(words[0]);
		rule.pattern = make_pattern(&severity->arena, words[count - 2], text.number);
		*APPEND(severity->rules, severity->count, severity->capacity) = rule;
	}
}

/* Module.symvers */

/* What it says of a symbol. */
struct symver {
	struct text name; /* first */
	const char *module;
	const char *namespace;
};

void severity_read_symvers(struct severity *severity, const char *path)
{
	struct arena *arena = &severity->arena;
	struct text_file text;
	const char *words[5];
	int count;

	text_file_open(&text, path, "list");
	while ((count = next_words(&text, words, 5)) >= 0) {
		struct symver *symver;
		char *end = NULL;

		if (count > 3 && starts_with(words[0], "0x"))
			strtoul(words[0], &end, 16);
		if (!end || *end || !starts_with(words[3], "EXPORT_SYMBOL"))
			line_error(
				&text,
				"this is no line of a Module.symvers: CRC NAME MODULE EXPORT_SYMBOL... [NAMESPACE]");
		symver = arena_zalloc(arena, sizeof(*symver));
		symver->name = arena_text(arena, make_text(words[1]));
		symver->module = arena_text(arena, make_text(words[2])).start;
		if (count > 4)
			symver->namespace = arena_text(arena, make_text(words[4])).start;
		cache_add_text(&severity->by_name, symver);
	}
}

/* Makes the name that Module.symvers has for the module of a file, for free(). */
static char *module_name(struct text file)
{
	static const char *const endings[] = { ".debug", ".gz", ".symtypes", ".ko", ".o" };
	char *name;

	if (starts_with(file.start, "./"))
		file = (struct text){ file.start + 2, file.length - 2 };
	for (int i = 0; i < 5; i++)
		if (ends_with(file, endings[i]))
			file.length -= strlen(endings[i]);
	name = allocate(file.length + 1);
	memcpy(name, file.start, file.length);
	name[file.length] = '\0';
	return name;
}

const struct severity_rule *severity_find(struct severity *severity, struct text name,
					  struct text file)
{
	const struct symver *symver = cache_find_text(&severity->by_name, name);
	char *module = symver ? NULL : module_name(file);
	const char *texts[] = {
		[MATCH_SYMBOL] = name.start,
		[MATCH_MODULE] = symver ? symver->module : module,
		[MATCH_NAMESPACE] = symver ? symver->namespace : NULL,
	};
	struct severity_rule *found = NULL;

	for (size_t i = 0; !found && i < severity->count; i++) {
		struct severity_rule *rule = &severity->rules[i];

		if (texts[rule->kind] && matches(rule->pattern.text.start, texts[rule->kind]))
			found = rule;
	}
	if (found)
		found->pattern.used = true;
	free(module);
	return found;
}

void severity_end(struct severity *severity)
{
	for (size_t i = 0; i < severity->count; i++)
		if (!severity->rules[i].pattern.used)
			warning("line %zu of '%s': the rule for '%s' comes first for no symbol",
				severity->rules[i].pattern.line, severity->path,
				severity->rules[i].pattern.text.start);
	free(severity->rules);
	cache_free(&severity->by_name);
	arena_free(&severity->arena);
}
