// SPDX-License-Identifier: GPL-2.0-only
/*
 * The symtypes file of an earlier build (--reference), compared with what this run
 * has found: which versions changed, and by which types. A baseline has what the
 * versions were computed from, so the old ones are computed again from there.
 */
#define PART "reference"
#include "../gendwarfksyms.h"
#include "baseline.h"

/* Types that only came or went with a change are named up to here. */
#define FOLLOWERS_NAMED 10

void reference_read(struct reference *reference, const char *path)
{
	baseline_read(&reference->baseline, &reference->pool, path);
	baseline_check_scheme(
		&reference->baseline,
		make_text(options.canonical ? CANONICAL_SCHEME : ""),
		"this run");
}

void reference_add_overrides(const struct reference *reference,
			     struct kabi_rules *rules)
{
	const struct baseline *baseline = &reference->baseline;

	for (size_t i = 0; i < baseline->override_count; i++)
		kabi_set_rule(rules, KABI_TYPE_STRING,
			      baseline->overrides[i].key->text,
			      baseline->overrides[i].definition->text.start);
}

/* Says that a version changed, and what made it. */
static void report(const struct symbol *symbol, uint32_t old_version,
		   const struct change *causes, size_t count)
{
	size_t followers = 0;

	warning("the version of %s changed from 0x%08x to 0x%08x:",
		symbol->name.start, (unsigned int)old_version,
		(unsigned int)symbol->version);
	for (size_t i = 0; i < count; i++) {
		enum change_kind kind = causes[i].kind;

		if ((kind != ADDED && kind != REMOVED) ||
		    ++followers <= FOLLOWERS_NAMED)
			fprintf(stderr, "\t%s %s\n", change_subject(&causes[i]),
				change_words[kind]);
	}
	if (followers > FOLLOWERS_NAMED)
		fprintf(stderr, "\tand %zu more added or removed\n",
			followers - FOLLOWERS_NAMED);
}

void reference_compare(struct reference *reference,
		       const struct symbol_list *list, unsigned int file,
		       struct type_table *table)
{
	struct baseline *baseline = &reference->baseline;
	/* To the table from each section, when they are needed. */
	struct changes *all =
		allocate_cleared(baseline->section_count, sizeof(*all));
	struct change *causes;

	for (size_t i = 0; i < list->count; i++) {
		struct symbol *symbol = list->symbols[i];
		struct baseline_symbol *old;
		struct changes *changes;
		struct type_string *string;
		uint32_t version;
		size_t count;

		if (symbol->file != file)
			continue;
		old = baseline_find(baseline, symbol->name);
		if (!old) {
			warning("%s is new: it is not in the reference file '%s'",
				symbol->name.start, baseline->path);
			continue;
		}
		old->seen = true;
		changes = &all[old->section->number];
		if (!changes->old_leads)
			changes_find(changes, section_table(old->section),
				     table);
		if (!changes->count && same_text(old->record.definition->text,
						 symbol->string->text))
			continue;
		string = symbol_type_string(old);
		count = changes_of_symbol(changes, symbol->name, string,
					  symbol->string, &causes);
		version = count ? version_of(&old->section->table, string,
					     symbol->name.start)
				: symbol->version;
		if (version != symbol->version) {
			reference->changed++;
			report(symbol, version, causes, count);
		}
		free(causes);
	}
	for (size_t i = 0; i < baseline->section_count; i++)
		changes_free(&all[i]);
	free(all);
}

/* Says which symbols of a section this run doesn't have. */
static void report_missing(struct reference *reference,
			   const struct section *section,
			   const struct symbol_list *list)
{
	for (size_t i = 0; i < section->symbol_count; i++) {
		struct text name = section->symbols[i].name;
		const struct baseline_symbol *symbol =
			baseline_find(&reference->baseline, name);

		if (symbol != &section->symbols[i] || symbol->seen)
			continue;
		if (!symbols_find(list, name)) {
			warning("%s is missing: the reference file '%s' has it",
				name.start, reference->baseline.path);
			continue;
		}
		warning("the version of %s is lost: there is no information for it, and the reference file '%s' has it",
			name.start, reference->baseline.path);
		reference->changed++;
	}
}

size_t reference_report(struct reference *reference,
			const struct symbol_list *list)
{
	for (size_t i = 0; i < reference->baseline.section_count; i++)
		report_missing(reference, reference->baseline.sections[i],
			       list);
	baseline_free(&reference->baseline);
	pool_free(&reference->pool);
	return reference->changed;
}
