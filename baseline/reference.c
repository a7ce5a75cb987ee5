// SPDX-License-Identifier: GPL-2.0-only
/*
 * A run of gendwarfksyms against the symtypes file of an earlier build (--reference):
 * which versions changed, and by which types. A baseline has what the versions were
 * computed from, so the old ones are computed again from there.
 */
#define PART "reference"
#include "baseline.h"

void reference_read(struct reference *reference, const char *path, struct text scheme)
{
	reference->baseline.keys = reference->keys;
	baseline_read(&reference->baseline, path);
	baseline_check_scheme(&reference->baseline, scheme, NULL);
}

/* Says that a version changed, and what made it. */
static void report(const struct compared *symbol, uint32_t version)
{
	warning("the version of %s changed from 0x%08x to 0x%08x:", symbol->new->name.start,
		(unsigned int)symbol->old_version, (unsigned int)version);
	for (size_t i = 0; i < symbol->cause_count; i++)
		fprintf(stderr, "\t%s %s\n", change_subject(symbol->causes[i]),
			change_words[symbol->causes[i]->kind]);
}

void reference_compare(struct reference *reference, const struct reference_symbol *symbols,
		       size_t count, const struct symtypes_line *lines, size_t line_count)
{
	struct baseline *old = &reference->baseline;
	struct baseline new = { .keys = reference->keys };
	struct comparison comparison = { .keys = reference->keys };
	struct compared *compared = allocate(count * sizeof(*compared));
	uint32_t *versions = allocate(count * sizeof(*versions)); /* of these */
	size_t compared_count = 0;

	baseline_add_section(&new, make_text("this run"), lines, line_count);
	for (size_t i = 0; i < count; i++) {
		struct baseline_symbol *twin = baseline_find(old, symbols[i].name);

		if (!twin) {
			warning("%s is new: it is not in the reference file '%s'",
				symbols[i].name.start, old->path);
			continue;
		}
		cache_add(&reference->seen, (uintptr_t)twin, twin);
		versions[compared_count] = symbols[i].version;
		compared[compared_count++] =
			(struct compared){ .old = twin,
					   .new = baseline_find(&new, symbols[i].name) };
	}
	compare_symbols(&comparison, compared, compared_count);
	for (size_t i = 0; i < compared_count; i++) {
		if (!compared[i].cause_count || compared[i].old_version == versions[i])
			continue;
		reference->changed++;
		report(&compared[i], versions[i]);
	}
	comparison_free(&comparison);
	baseline_free(&new);
	free(compared);
	free(versions);
}

/* Says which symbols of a section this run doesn't have. */
static void report_missing(struct reference *reference, const struct section *section,
			   const struct cache *wanted)
{
	const struct baseline *baseline = &reference->baseline;

	for (size_t i = 0; i < section->symbol_count; i++) {
		struct baseline_symbol *symbol = &section->symbols[i];
		uint64_t address = (uintptr_t)symbol;
		const char *name = symbol->name.start;

		if (baseline_find(baseline, symbol->name) != symbol ||
		    cache_find(&reference->seen, address, NULL, NULL))
			continue;
		if (!cache_find(wanted, address, NULL, NULL)) {
			warning("%s is missing: the reference file '%s' has it", name,
				baseline->path);
			continue;
		}
		warning("the version of %s is lost: there is no information for it, and the reference file '%s' has it",
			name, baseline->path);
		reference->changed++;
	}
}

size_t reference_report(struct reference *reference, const struct text *names, size_t count)
{
	struct baseline *baseline = &reference->baseline;
	struct cache wanted = { 0 }; /* struct baseline_symbol by address */

	for (size_t i = 0; i < count; i++) {
		struct baseline_symbol *symbol = baseline_find(baseline, names[i]);

		if (symbol)
			cache_add(&wanted, (uintptr_t)symbol, symbol);
	}
	for (size_t i = 0; i < baseline->section_count; i++)
		report_missing(reference, baseline->sections[i], &wanted);
	baseline_free(baseline);
	cache_free(&wanted);
	cache_free(&reference->seen);
	return reference->changed;
}
