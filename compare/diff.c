// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two texts as a diff to read, by lines. A type string is laid out with one item of a
 * list a line.
 */
#define PART "diff"
#include "render.h"
#include <inttypes.h>

static void add_text_line(struct text_lines *lines, const char *start, const char *end, int level)
{
	while (start < end && *start == ' ')
		start++;
	while (start < end && end[-1] == ' ')
		end--;
	if (start == end)
		return;
	*APPEND(lines->lines, lines->count, lines->capacity) =
		(struct text_line){ .text = { start, end - start }, .level = level, .format = "" };
}

/* The bracket or separator (genksyms has semicolons, too) that is the word after a blank, or 0. */
static char mark_at(const char *text, size_t length, size_t blank)
{
	char mark = text[blank + 1];

	if (text[blank] != ' ' || !mark || !strchr("{}(),;", mark) ||
	    (blank + 2 < length && text[blank + 2] != ' '))
		return 0;
	return mark;
}

/*
 * For each bracket that opens, whether what it encloses is a list: the outermost
 * is, and those with a separator directly inside.
 */
static bool *find_lists(const char *text, size_t length)
{
	bool *lists = allocate_cleared(length, sizeof(*lists));
	size_t *open = NULL, depth = 0, capacity = 0;

	for (size_t i = 0; i + 1 < length; i++) {
		char mark = mark_at(text, length, i);

		if (mark == '{' || mark == '(') {
			lists[i + 1] = !depth;
			*APPEND(open, depth, capacity) = i + 1;
		} else if (mark && depth) {
			if (mark == ',' || mark == ';')
				lists[open[depth - 1]] = true;
			else
				depth--;
		}
	}
	free(open);
	return lists;
}

/* A string as lines: one for each item of a list, indented, no separators. */
static struct text_lines split(struct text string)
{
	struct text_lines lines = { 0 };
	const char *text = string.start, *start = text;
	size_t *open = NULL, depth = 0, capacity = 0, length = string.length;
	bool *lists = find_lists(text, length);
	int level = 0;

	for (size_t i = 0; i + 1 < length; i++) {
		char mark = mark_at(text, length, i);

		if (mark == '{' || mark == '(') {
			*APPEND(open, depth, capacity) = i + 1;
			if (!lists[i + 1])
				continue;
			add_text_line(&lines, start, text + i + 2, level++);
		} else if ((mark == '}' || mark == ')') && depth) {
			if (!lists[open[--depth]])
				continue;
			add_text_line(&lines, start, text + i, level--);
			start = text + i + 1;
			continue;
		} else if ((mark == ',' || mark == ';') && depth && lists[open[depth - 1]]) {
			add_text_line(&lines, start, text + i, level);
		} else {
			continue;
		}
		start = text + i + 2;
	}
	add_text_line(&lines, start, text + length, level);
	free(open);
	free(lists);
	return lines;
}

static bool same_text_line(const struct text_line *a, const struct text_line *b)
{
	return a->level == b->level && same_text(a->text, b->text) && !strcmp(a->format, b->format);
}

/* Lines around a change that are shown. */
#define DIFF_CONTEXT 3

struct diff_line {
	char sign; /* ' ', '-' or '+' */
	const struct text_line *line;
	const struct text_line *old; /* of ' '; of others `line` as well */
	bool changed;
};

/*
 * The diff of two texts, as old->count + new->count lines or fewer: the longest
 * common subsequence, by the table of its lengths for all pairs of ends; beyond PAIRS_LIMIT all
 * old lines go and all new ones come.
 */
static size_t make_diff(const struct text_lines *old, const struct text_lines *new,
			struct diff_line *diff)
{
	size_t i = 0, j = 0, count = 0, width = new->count + 1;
	bool fits = old->count < PAIRS_LIMIT / width;
	uint32_t *common = NULL;

	if (fits) {
		common = allocate((old->count + 1) * width * sizeof(*common));
		for (i = old->count + 1; i--;)
			for (j = new->count + 1; j--;)
				common[i * width + j] =
					i == old->count || j == new->count ? 0
					: same_text_line(&old->lines[i], &new->lines[j])
						? 1 + common[(i + 1) * width + j + 1]
					: common[(i + 1) * width + j] >= common[i * width + j + 1]
						? common[(i + 1) * width + j]
						: common[i * width + j + 1];
	}
	for (i = j = 0; i < old->count || j < new->count;) {
		bool both = fits && i < old->count && j < new->count;

		if (both && same_text_line(&old->lines[i], &new->lines[j])) {
			diff[count++] = (struct diff_line){ ' ', &new->lines[j++], &old->lines[i++],
							    false };
		} else if (i < old->count &&
			   (!fits || j == new->count ||
			    common[(i + 1) * width + j] >= common[i * width + j + 1])) {
			diff[count++] =
				(struct diff_line){ '-', &old->lines[i], &old->lines[i], true };
			i++;
		} else {
			diff[count++] =
				(struct diff_line){ '+', &new->lines[j], &new->lines[j], true };
			j++;
		}
	}
	free(common);
	return count;
}

/*
 * Finds lines whose numbers differ. One that moved by as much as the one before it is no
 * change of its own.
 */
static bool find_changes(struct diff_line *diff, size_t count)
{
	int64_t shift = 0;
	bool any = false;

	for (size_t i = 0; i < count; i++) {
		const int64_t *old = diff[i].old->numbers;
		const int64_t *new = diff[i].line->numbers;

		if (diff[i].sign == ' ' && *diff[i].line->format) {
			diff[i].changed =
				new[1] != old[1] ||
				(diff[i].line->level ? new[0] - old[0] != shift : new[0] != old[0]);
			shift = new[0] - old[0];
		}
		any |= diff[i].changed;
	}
	return any;
}

/* Prints a number, or a byte and a bit of it. */
static void print_numbers(FILE *file, const int64_t *numbers, bool bit)
{
	fprintf(file, "%" PRId64, numbers[0]);
	if (bit)
		fprintf(file, ":%" PRId64, numbers[1]);
}

static void print_line(FILE *file, const struct diff_line *diff, const char *indentation,
		       bool colour)
{
	const int64_t *old = diff->old->numbers, *new = diff->line->numbers;
	const struct text_line *line = diff->line;
	const char *at = line->format;

	colour &= diff->changed;
	if (colour)
		fprintf(file, "\033[%dm", diff->sign == '-' ? 31 : diff->sign == '+' ? 32 : 33);
	putc(diff->sign, file);
	for (int i = 0; i < line->level; i++)
		fputs(indentation, file);
	fwrite(line->text.start, 1, line->text.length, file);
	for (int i = 0; *at; at++) {
		/* A byte and a bit are one place. */
		bool bit = starts_with(at, "%:%");

		if (*at != '%') {
			putc(*at, file);
			continue;
		}
		if (old[i] != new[i] || (bit && old[i + 1] != new[i + 1])) {
			print_numbers(file, old + i, bit);
			fputs(" -> ", file);
		}
		print_numbers(file, new + i, bit);
		at += bit ? 2 : 0;
		i++;
	}
	fputs(colour ? "\033[m\n" : "\n", file);
}

/* Whether a line is a change or stands right before one. */
static bool change_near(const struct diff_line *diff, size_t count, size_t at)
{
	for (size_t i = at; i < count && i <= at + DIFF_CONTEXT; i++)
		if (diff[i].changed)
			return true;
	return false;
}

static void print_hunks(FILE *file, const struct diff_line *diff, size_t count,
			const char *indentation, bool colour)
{
	size_t old_number = 1, new_number = 1;

	for (size_t i = 0; i < count;) {
		size_t first = i, end, quiet = 0, old_count = 0, new_count = 0;

		if (!change_near(diff, count, i)) {
			old_number++;
			new_number++;
			i++;
			continue;
		}
		/* A hunk: up to where 2 * DIFF_CONTEXT lines are the same. */
		for (end = i; end < count && quiet <= 2 * DIFF_CONTEXT; end++)
			quiet = diff[end].changed ? 0 : quiet + 1;
		if (quiet > DIFF_CONTEXT)
			end -= quiet - DIFF_CONTEXT;
		for (i = first; i < end; i++) {
			old_count += diff[i].sign != '+';
			new_count += diff[i].sign != '-';
		}
		fprintf(file, "@@ -%zu,%zu +%zu,%zu @@\n", old_count ? old_number : 0, old_count,
			new_count ? new_number : 0, new_count);
		for (i = first; i < end; i++)
			print_line(file, &diff[i], indentation, colour);
		old_number += old_count;
		new_number += new_count;
	}
}

/*
 * Prints a unified diff of lines. A line of both whose numbers differ is there once, as
 * "int b; / * 8 -> 16, 4 * /". Returns false, and prints nothing, if no line differs.
 */
static bool print_lines(FILE *file, const char *name, const struct text_lines *old,
			const struct text_lines *new, const char *indentation, bool colour)
{
	struct diff_line *diff = allocate((old->count + new->count) * sizeof(*diff));
	size_t count = make_diff(old, new, diff);
	bool differ = find_changes(diff, count);

	if (differ) {
		fprintf(file, "--- %s\n+++ %s\n", name, name);
		print_hunks(file, diff, count, indentation, colour);
	}
	free(diff);
	return differ;
}

void print_diff(FILE *file, const char *name, struct text old, struct text new, bool colour)
{
	struct text_lines old_lines = split(old), new_lines = split(new);

	print_lines(file, name, &old_lines, &new_lines, "  ", colour);
	free(old_lines.lines);
	free(new_lines.lines);
}

bool print_c_diff(FILE *file, struct text key, struct text old, struct text new, bool colour)
{
	struct arena arena = { 0 };
	struct node *from = parse_type_string(&arena, old);
	struct node *to = parse_type_string(&arena, new);
	struct text_lines old_lines = render(&arena, key, from, false);
	struct text_lines new_lines = render(&arena, key, to, false);
	bool shown = from && to &&
		     print_lines(file, key.start, &old_lines, &new_lines, "\t", colour);

	free(old_lines.lines);
	free(new_lines.lines);
	arena_free(&arena);
	return shown;
}
