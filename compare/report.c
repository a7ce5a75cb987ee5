// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reports to read, and lines for scripts (FORMAT 14). A full report begins with a summary; each
 * cause follows, in words and as a diff of C; then each symbol, with its causes.
 */
#define PART "report"
#include "kabi-compare.h"
#include <unistd.h>

/* How many names of symbols or files the header of a cause has. */
#define NAMES_SHOWN 3

/* How many causes a summary, and the line of a symbol, has. */
#define CAUSES_NAMED 10

static const char *plural(size_t count)
{
	return count == 1 ? "" : "s";
}

/* Whether a report is in colour: on a terminal, unless NO_COLOR is set. */
static bool in_colour(FILE *file)
{
	const char *no_colour = getenv("NO_COLOR");

	return isatty(fileno(file)) && (!no_colour || !*no_colour);
}

/* The summary */

/* Names the type of a cause; of those of one name that are there each with a file. */
static void print_subject(const struct judgement *judgement, const struct cause *cause, FILE *file)
{
	const char *name = cause->change->key.start;
	size_t count = 0;

	for (size_t i = 0; i < judgement->hurting; i++)
		count += !strcmp(judgement->order[i]->change->key.start, name);
	fputs(name, file);
	if (count > 1)
		fprintf(file, " in %s", cause->symbols[0]->file.start);
}

void print_summary(const struct judgement *judgement, FILE *file)
{
	const size_t *failed = judgement->failed;

	if (!judgement->count)
		return;
	fprintf(file, "%zu symbol%s changed, %zu symbol%s added, %zu symbol%s removed, ",
		failed[SYMBOL_CHANGED], plural(failed[SYMBOL_CHANGED]), failed[SYMBOL_ADDED],
		plural(failed[SYMBOL_ADDED]), failed[SYMBOL_REMOVED],
		plural(failed[SYMBOL_REMOVED]));
	if (judgement->old_symvers.path)
		fprintf(file, "%zu export%s changed, ", failed[SYMBOL_EXPORT],
			plural(failed[SYMBOL_EXPORT]));
	fprintf(file, "%zu passed; %zu symbol%s compared\n", judgement->passed,
		judgement->compared_count, plural(judgement->compared_count));
	/* Of a single one, all has been said. */
	for (size_t i = 0; judgement->hurting > 1 && i < judgement->hurting && i < CAUSES_NAMED;
	     i++) {
		const struct cause *cause = judgement->order[i];

		fputs("  ", file);
		print_subject(judgement, cause, file);
		fprintf(file, " %s: %zu symbol%s, %zu by it alone",
			change_words[cause->change->kind], cause->count, plural(cause->count),
			cause->alone);
		if (i)
			fprintf(file, "; %zu by the first %zu alone", cause->by_first, i + 1);
		putc('\n', file);
	}
	if (judgement->hurting > CAUSES_NAMED)
		fprintf(file, "  and %zu more\n", judgement->hurting - CAUSES_NAMED);
}

/* Causes */

/* Whether the symbol of that number is in another file than the one before. They are sorted by file. */
static bool is_first_of_file(const struct cause *cause, size_t number)
{
	return !number ||
	       strcmp(cause->symbols[number]->file.start, cause->symbols[number - 1]->file.start);
}

static void print_header(const struct cause *cause, FILE *file)
{
	size_t files = 0, shown = 0;

	for (size_t i = 0; i < cause->count; i++)
		files += is_first_of_file(cause, i);
	fprintf(file, "%s %s: %zu symbol%s (", cause->change->key.start,
		change_words[cause->change->kind], cause->count, plural(cause->count));
	for (size_t i = 0; i < cause->count && i < NAMES_SHOWN; i++)
		fprintf(file, "%s%s", i ? ", " : "", cause->symbols[i]->name.start);
	fprintf(file, "%s) in %zu file%s (", cause->count > NAMES_SHOWN ? ", ..." : "", files,
		plural(files));
	for (size_t i = 0; i < cause->count && shown < NAMES_SHOWN; i++)
		if (is_first_of_file(cause, i))
			fprintf(file, "%s%s", shown++ ? ", " : "", cause->symbols[i]->file.start);
	fprintf(file, "%s)\n", files > NAMES_SHOWN ? ", ..." : "");
}

static void print_cause(const struct judgement *judgement, const struct cause *cause, bool in_c,
			bool colour, FILE *file)
{
	const struct change *change = cause->change;
	/* Of genksyms' strings words say no more. */
	bool in_words = in_c && !(is_genksyms(judgement->new.scheme) && change->kind == CHANGED);

	print_header(cause, file);
	for (size_t i = 0; in_words && i < cause->findings.count; i++)
		fprintf(file, "  %s [%s]\n", cause->findings.findings[i].sentence,
			cause->findings.findings[i].type->name);
	if (!in_c || !print_c_diff(file, change->key, change->old, change->new, colour))
		print_diff(file, change->key.start, change->old, change->new, colour);
	putc('\n', file);
}

static void print_causes(const struct judgement *judgement, bool in_c, FILE *file)
{
	bool colour = in_colour(file);

	for (size_t i = 0; i < judgement->hurting; i++)
		print_cause(judgement, judgement->order[i], in_c, colour, file);
}

void print_types(const struct judgement *judgement, FILE *file)
{
	print_causes(judgement, false, file);
}

/* Symbols */

/* Says by which rules a difference passes; none if that is so without rules. */
static void print_passing(const struct judgement *judgement, const struct difference *difference,
			  FILE *file)
{
	size_t *lines, count = deciding_lines(judgement, difference, &lines);

	fputs(" (passes", file);
	for (size_t i = 0; i < count; i++)
		fprintf(file, "%s %zu", i ? "," : count > 1 ? ": lines" : ": line", lines[i]);
	if (count)
		fprintf(file, " of '%s'", judgement->rules.path);
	putc(')', file);
	free(lines);
}

/* Names the causes of a symbol's change, and says which of them pass for it if it doesn't. */
static void print_symbol_causes(const struct judgement *judgement,
				const struct difference *difference, FILE *file)
{
	const struct compared *compared = difference->compared;
	size_t count = compared->cause_count;

	for (size_t i = 0; i < count && i < CAUSES_NAMED; i++) {
		const struct change *change = compared->causes[i];

		fprintf(file, "%s %s %s", i ? "," : ":", change_subject(change),
			change_words[change->kind]);
		if (!difference->passes &&
		    findings_pass(judgement, &cause_of(judgement, change)->findings, difference))
			fputs(" (passes)", file);
	}
	if (count > CAUSES_NAMED)
		fprintf(file, ", and %zu more", count - CAUSES_NAMED);
}

static void print_difference(const struct judgement *judgement, const struct difference *difference,
			     FILE *file)
{
	const struct compared *compared = difference->compared;

	fprintf(file, "%s: %s %s", difference->file.start, difference->name.start,
		difference_words[difference->kind]);
	if (compared && !is_genksyms(judgement->new.scheme))
		fprintf(file, " from 0x%08x to 0x%08x", (unsigned int)compared->old_version,
			(unsigned int)compared->new_version);
	if (compared)
		print_symbol_causes(judgement, difference, file);
	for (size_t i = 0; difference->kind == SYMBOL_EXPORT && i < difference->findings.count; i++)
		fprintf(file, "%s %s [%s]", i ? "," : ":",
			difference->findings.findings[i].sentence,
			difference->findings.findings[i].type->name);
	if (difference->passes)
		print_passing(judgement, difference, file);
	putc('\n', file);
}

void print_full(const struct judgement *judgement, FILE *file)
{
	if (!judgement->count)
		return;
	print_summary(judgement, file);
	putc('\n', file);
	print_causes(judgement, true, file);
	for (size_t i = 0; i < judgement->count; i++)
		print_difference(judgement, &judgement->differences[i], file);
}

void print_short(const struct judgement *judgement, FILE *file)
{
	for (size_t i = 0; i < judgement->count; i++) {
		const struct difference *difference = &judgement->differences[i];

		if (!difference->passes)
			fprintf(file, "%s %s %s\n", difference_words[difference->kind],
				difference->name.start, difference->file.start);
	}
}
