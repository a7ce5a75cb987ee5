// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which symbols count (FORMAT 14): lists of symbols, as distributions and Android keep them;
 * and the words and patterns of these and other lists.
 */
#define PART "lists"
#include "kabi-compare.h"
#include <fnmatch.h>

#define BLANKS " \t\r\n\f\v"

/* Words */

/* The end of a word: a blank, but for those in the quotes of a name, as in s#'a::B<C, D>'. */
static char *word_end(char *word)
{
	char *quote = *word && starts_with(word + 1, "#'") ? strchr(word + 3, '\'') : NULL;

	return (quote ? quote : word) + strcspn(quote ? quote : word, BLANKS);
}

int split_words(struct text_file *text, const char **words, int max)
{
	char *at, *end;
	int count = 0;

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

bool pattern_matches(const struct pattern *pattern, const char *text)
{
	const char *start = pattern->text.start;

	/* Names of Rust's types may have brackets and stars in them. */
	return !strcmp(start, text) || !fnmatch(start, text, FNM_NOESCAPE);
}

struct pattern make_pattern(struct arena *arena, const char *text, size_t line)
{
	return (struct pattern){ arena_text(arena, make_text(text)), line, false };
}

/* Lists of symbols */

/* Whether a line is a heading of Android's lists: [abi_symbol_list] */
static bool is_heading(const char *line)
{
	const char *end = line + strlen(line);

	line += strspn(line, BLANKS);
	while (end > line && strchr(BLANKS, end[-1]))
		end--;
	return end > line && *line == '[' && end[-1] == ']';
}

void filter_read(struct symbol_filter *list, const char *path)
{
	struct text_file text;
	struct pattern pattern;
	const char *word;

	list->path = path;
	text_file_open(&text, path, "list of symbols");
	while (text_file_next(&text)) {
		if (is_heading(text.line) || !split_words(&text, &word, 1))
			continue;
		pattern = make_pattern(&list->arena, word, text.number);
		if (strpbrk(word, "*?["))
			*APPEND(list->patterns, list->count, list->capacity) = pattern;
		else if (!cache_find_text(&list->names, pattern.text))
			cache_add_text(&list->names,
				       arena_copy(&list->arena, &pattern, sizeof(pattern)));
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
		if (pattern_matches(pattern, name.start))
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
			warning("line %zu of '%s': no symbol of either baseline is called '%s'",
				list->patterns[i].line, list->path, list->patterns[i].text.start);
	free(list->patterns);
	cache_free(names);
	arena_free(&list->arena);
}
