// SPDX-License-Identifier: GPL-2.0-only
/*
 * A judgement as JSON, for other programs (FORMAT 14, which has an example and says what stays
 * as it is). A symbol has the numbers of its causes, of which thousands of symbols share the
 * same few.
 */
#define PART "json"
#include "kabi-compare.h"

/* The length (bytes) of the character of UTF-8 that a text begins with, 0 if it is none. */
static size_t character_length(const char *text, size_t size)
{
	const unsigned char *bytes = (const unsigned char *)text;
	unsigned int first = bytes[0], least = 0x80, most = 0xbf;
	size_t length = first < 0x80	? 1
			: first < 0xc2	? 0
			: first < 0xe0	? 2
			: first < 0xf0	? 3
			: first <= 0xf4 ? 4
					: 0;

	/* What would be longer than it has to be, a surrogate, or beyond 0x10ffff. */
	if (first == 0xe0)
		least = 0xa0;
	else if (first == 0xed)
		most = 0x9f;
	else if (first == 0xf0)
		least = 0x90;
	else if (first == 0xf4)
		most = 0x8f;
	for (size_t i = 1; i < length; i++) {
		if (i >= size || bytes[i] < least || bytes[i] > most)
			return 0;
		least = 0x80;
		most = 0xbf;
	}
	return length;
}

/* Prints a string; what is no UTF-8 becomes a replacement character. */
static void print_string(struct text text, FILE *file)
{
	putc('"', file);
	for (size_t i = 0, length; i < text.length; i += length) {
		const char *at = text.start + i;

		length = character_length(at, text.length - i);
		if (!length) {
			fputs("\\ufffd", file);
			length = 1;
		} else if (*at == '"' || *at == '\\') {
			fprintf(file, "\\%c", *at);
		} else if ((unsigned char)*at < ' ') {
			fprintf(file, "\\u%04x", (unsigned int)*at);
		} else {
			fwrite(at, 1, length, file);
		}
	}
	putc('"', file);
}

/* Prints a member of an object, after what stands before it. */
static void print_member(const char *before, const char *name, struct text text, FILE *file)
{
	fprintf(file, "%s\"%s\": ", before, name);
	print_string(text, file);
}

/* Prints findings, with the line of the first rule for the type or kind of each. */
static void print_findings(const struct judgement *judgement, const struct findings *findings,
			   FILE *file)
{
	const struct rules *rules = &judgement->rules;

	fputs(", \"findings\": [", file);
	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = &findings->findings[i];

		print_member(i ? ", {" : "{", "kind", make_text(finding->type->name), file);
		print_member(", ", "text", make_text(finding->sentence), file);
		if (finding->rule < rules->count)
			fprintf(file, ", \"rule\": %zu}", rules->rules[finding->rule].pattern.line);
		else
			fputs(", \"rule\": null}", file);
	}
	putc(']', file);
}

static void print_cause(const struct judgement *judgement, const struct cause *cause, FILE *file)
{
	const struct change *change = cause->change;

	print_member("{", "type", change->key, file);
	print_member(", ", "change", make_text(change_words[change->kind]), file);
	fprintf(file, ", \"hurts\": %zu, \"alone\": %zu, \"without\": %zu", cause->count,
		cause->alone, cause->by_first);
	print_member(", ", "old", change->old, file);
	print_member(", ", "new", change->new, file);
	print_findings(judgement, &cause->findings, file);
	putc('}', file);
}

/* Prints the numbers of causes: all of a difference, or those that don't pass for it. */
static void print_causes(const struct judgement *judgement, const struct difference *difference,
			 bool all, FILE *file)
{
	const struct compared *compared = difference->compared;
	const char *before = "";

	for (size_t i = 0; i < compared->cause_count; i++) {
		const struct cause *cause = cause_of(judgement, compared->causes[i]);

		if (!all && findings_pass(judgement, &cause->findings, difference))
			continue;
		fprintf(file, "%s%zu", before, cause->rank);
		before = ", ";
	}
}

/* Prints what is known of a symbol that changed. */
static void print_compared(const struct judgement *judgement, const struct difference *difference,
			   FILE *file)
{
	const struct compared *compared = difference->compared;

	print_member(", ", "old_file", compared->old->section->file, file);
	if (!is_genksyms(judgement->new.scheme))
		fprintf(file, ", \"old_version\": \"0x%08x\", \"new_version\": \"0x%08x\"",
			(unsigned int)compared->old_version, (unsigned int)compared->new_version);
	fputs(", \"causes\": [", file);
	print_causes(judgement, difference, true, file);
	fputs("], \"hurt_by\": [", file);
	print_causes(judgement, difference, false, file);
	putc(']', file);
}

static void print_difference(const struct judgement *judgement, const struct difference *difference,
			     FILE *file)
{
	size_t *lines, count = deciding_lines(judgement, difference, &lines);

	print_member("{", "name", difference->name, file);
	print_member(", ", "file", difference->file, file);
	print_member(", ", "change", make_text(difference_words[difference->kind]), file);
	fprintf(file, ", \"passes\": %s, \"rules\": [", difference->passes ? "true" : "false");
	for (size_t i = 0; i < count; i++)
		fprintf(file, "%s%zu", i ? ", " : "", lines[i]);
	putc(']', file);
	free(lines);
	if (difference->compared)
		print_compared(judgement, difference, file);
	else
		print_findings(judgement, &difference->findings, file);
	putc('}', file);
}

void print_json(const struct judgement *judgement, FILE *file)
{
	fputs("{\n\"format\": 1", file);
	print_member(",\n", "old", make_text(judgement->old.path), file);
	print_member(",\n", "new", make_text(judgement->new.path), file);
	fprintf(file, ",\n\"compared\": %zu,\n\"failed\": {", judgement->compared_count);
	for (int kind = 0; kind < DIFFERENCE_KINDS; kind++)
		fprintf(file, "%s\"%s\": %zu", kind ? ", " : "", difference_words[kind],
			judgement->failed[kind]);
	fprintf(file, "},\n\"passed\": %zu,\n\"causes\": [", judgement->passed);
	for (size_t i = 0; i < judgement->cause_count; i++) {
		fputs(i ? ",\n" : "\n", file);
		print_cause(judgement, judgement->order[i], file);
	}
	fputs("\n],\n\"differences\": [", file);
	for (size_t i = 0; i < judgement->count; i++) {
		fputs(i ? ",\n" : "\n", file);
		print_difference(judgement, &judgement->differences[i], file);
	}
	fputs("\n]\n}\n", file);
}
