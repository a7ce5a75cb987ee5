// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which symbols differ, by which causes, and which of these pass. A changed symbol passes if
 * all its causes do: each finding of each by the first rule that is for the symbol, for the type
 * that changed, or for the kind of the change. A cause hurts the symbols for which it doesn't
 * pass; and of two causes the one that hurts more comes first, so that a report begins with
 * what matters most.
 */
#define PART "judge"
#include "kabi-compare.h"

const char *const difference_words[DIFFERENCE_KINDS] = {
	[SYMBOL_CHANGED] = "changed",
	[SYMBOL_ADDED] = "added",
	[SYMBOL_REMOVED] = "removed",
	[SYMBOL_EXPORT] = "export",
};

/* The rules for a symbol */

/* Makes the name that Module.symvers has for the module of a file, for free(). */
static char *module_name(struct text file)
{
	static const char *const endings[] = { ".debug", ".gz", ".symtypes", ".ko", ".o" };
	char *module;

	if (starts_with(file.start, "./"))
		file = (struct text){ file.start + 2, file.length - 2 };
	for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++)
		if (ends_with(file, endings[i]))
			file.length -= strlen(endings[i]);
	module = strndup(file.start, file.length);
	if (!module)
		error("out of memory");
	return module;
}

/* The number of the first rule for a symbol. */
static size_t find_symbol_rule(struct judgement *judgement, struct text name, struct text file)
{
	const struct symver *symver = symvers_find(&judgement->new_symvers, name);
	const char *texts[RULE_KINDS] = { [RULE_SYMBOL] = name.start };
	char *module = NULL;
	size_t rule;

	if (!symver)
		symver = symvers_find(&judgement->old_symvers, name);
	if (!symver)
		module = module_name(file);
	texts[RULE_MODULE] = symver ? symver->module : module;
	texts[RULE_NAMESPACE] = symver ? symver->namespace : NULL;
	rule = rules_find(&judgement->rules, texts);
	free(module);
	return rule;
}

/* Comparing */

static struct difference *add_difference(struct judgement *judgement, enum difference_kind kind,
					 const struct baseline_symbol *symbol)
{
	struct difference *difference =
		APPEND(judgement->differences, judgement->count, judgement->capacity);

	*difference = (struct difference){ .kind = kind,
					   .name = symbol->name,
					   .file = symbol->section->file,
					   .findings.arena = &judgement->arena };
	return difference;
}

/*
 * Goes through the symbols of a baseline that count. Those that the other hasn't
 * are differences of a kind; those that both have are to be compared.
 */
static void find_symbols(struct judgement *judgement, const struct baseline *baseline,
			 const struct baseline *other, enum difference_kind kind)
{
	for (size_t i = 0; i < baseline->section_count; i++) {
		struct section *section = baseline->sections[i];

		for (size_t j = 0; j < section->symbol_count; j++) {
			struct baseline_symbol *symbol = &section->symbols[j];
			struct baseline_symbol *first = baseline_find(baseline, symbol->name);
			struct baseline_symbol *twin = baseline_find(other, symbol->name);

			if (!filter_has(&judgement->filter, symbol->name))
				continue;
			if (first != symbol) {
				warning("'%s' has the symbol %s in %s and in %s: only the first is compared",
					baseline->path, symbol->name.start,
					first->section->file.start, section->file.start);
				continue;
			}
			/* So that it is known which rules are of use. */
			find_symbol_rule(judgement, symbol->name, section->file);
			if (!twin)
				findings_add(&add_difference(judgement, kind, symbol)->findings,
					     kind == SYMBOL_ADDED ? "symbol-added"
								  : "symbol-removed",
					     "it %s", kind == SYMBOL_ADDED ? "is new" : "is gone");
			else if (baseline == &judgement->old)
				*APPEND(judgement->compared, judgement->compared_count,
					judgement->compared_capacity) =
					(struct compared){ .old = symbol, .new = twin };
		}
	}
}

/* Adds what changed in the export of a symbol that both baselines have. */
static void compare_export(struct judgement *judgement, const struct compared *symbol)
{
	const struct symver *old = symvers_find(&judgement->old_symvers, symbol->old->name);
	const struct symver *new = symvers_find(&judgement->new_symvers, symbol->new->name);
	struct findings findings = { .arena = &judgement->arena };

	if (old)
		symvers_compare(&findings, old, new);
	if (findings.count)
		add_difference(judgement, SYMBOL_EXPORT, symbol->new)->findings = findings;
}

/* Warns if Module.symvers has other versions than the baseline. */
static void check_versions(const struct judgement *judgement, const struct baseline *baseline)
{
	bool is_old = baseline == &judgement->old;
	const struct symvers *symvers = is_old ? &judgement->old_symvers : &judgement->new_symvers;
	size_t known = 0, others = 0;
	uint32_t version = 0;
	const struct symver *first = NULL;

	for (size_t i = 0; i < judgement->compared_count; i++) {
		const struct compared *symbol = &judgement->compared[i];
		const struct symver *symver = symvers_find(symvers, symbol->old->name);
		uint32_t ours = is_old ? symbol->old_version : symbol->new_version;

		if (!symver || !symver->version) /* modpost knew none */
			continue;
		known++;
		if (symver->version == ours)
			continue;
		if (!others++) {
			first = symver;
			version = ours;
		}
	}
	if (others)
		warning("%zu of %zu symbols have another version in '%s' than in '%s' (%s: 0x%08x, 0x%08x): are they of one build? (A baseline of linked objects, or --canonical, has versions of its own.)",
			others, known, first->path, baseline->path, first->name.start,
			(unsigned int)first->version, (unsigned int)version);
}

/* Warns of overrides for what no symbol that was compared led to. */
static void check_overrides(struct judgement *judgement)
{
	for (size_t i = 0; i < judgement->old.override_count; i++) {
		const struct override *override = &judgement->old.overrides[i];

		if (!cache_find(&judgement->comparison.used_overrides, (uintptr_t) override->string,
				NULL, NULL))
			warning("%s '%s' is of no use: nothing that was compared led to it",
				override->origin, override->key->text.start);
	}
}

static void find_differences(struct judgement *judgement)
{
	find_symbols(judgement, &judgement->old, &judgement->new, SYMBOL_REMOVED);
	find_symbols(judgement, &judgement->new, &judgement->old, SYMBOL_ADDED);
	if (!judgement->compared_count && !judgement->count) {
		if (judgement->filter.path)
			error("'%s' lists no symbol of '%s' or '%s'", judgement->filter.path,
			      judgement->old.path, judgement->new.path);
		warning("nothing is compared: neither '%s' nor '%s' has a symbol",
			judgement->old.path, judgement->new.path);
	}
	judgement->comparison.all_versions =
		(judgement->old_symvers.path || judgement->new_symvers.path) &&
		!is_genksyms(judgement->new.scheme);
	compare_symbols(&judgement->comparison, judgement->compared, judgement->compared_count);
	check_overrides(judgement);
	for (size_t i = 0; i < judgement->compared_count; i++) {
		const struct compared *symbol = &judgement->compared[i];

		if (symbol->cause_count)
			add_difference(judgement, SYMBOL_CHANGED, symbol->new)->compared = symbol;
		compare_export(judgement, symbol);
	}
	if (judgement->comparison.all_versions)
		check_versions(judgement, &judgement->old);
	/* With overrides, those of the newer are not what it says itself. */
	if (judgement->comparison.all_versions && !judgement->old.override_count)
		check_versions(judgement, &judgement->new);
}

static int compare_differences(const void *a, const void *b)
{
	const struct difference *left = a, *right = b;
	int order = strcmp(left->file.start, right->file.start);

	order = order ? order : strcmp(left->name.start, right->name.start);
	return order ? order : (int)left->kind - (int)right->kind;
}

/* Verdicts */

/* Finds the first rule for each of some findings, about the type of a key (NULL: none). */
static void find_rules(struct judgement *judgement, const char *key, struct findings *findings)
{
	for (size_t i = 0; i < findings->count; i++) {
		struct finding *finding = &findings->findings[i];
		const char *texts[RULE_KINDS] = {
			[RULE_TYPE] = key, [RULE_CHANGE] = finding->type->name
		};

		finding->rule = rules_find(&judgement->rules, texts);
	}
}

/* The number of the rule that decides about a finding of a difference; or more than there are. */
static size_t deciding_rule(const struct finding *finding, const struct difference *difference)
{
	return finding->rule < difference->rule ? finding->rule : difference->rule;
}

bool findings_pass(const struct judgement *judgement, const struct findings *findings,
		   const struct difference *difference)
{
	const struct rules *rules = &judgement->rules;

	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = &findings->findings[i];
		size_t rule = deciding_rule(finding, difference);

		if (!(rule < rules->count ? rules->rules[rule].pass : finding->type->passes))
			return false;
	}
	return true;
}

/* Decides whether a difference passes, and adds it to the causes that hurt it. */
static bool passes(struct judgement *judgement, struct difference *difference)
{
	const struct compared *compared = difference->compared;
	bool pass = true;

	if (!compared)
		return findings_pass(judgement, &difference->findings, difference);
	for (size_t i = 0; i < compared->cause_count; i++) {
		struct cause *cause = &judgement->causes[compared->causes[i]->number];

		if (findings_pass(judgement, &cause->findings, difference))
			continue;
		*APPEND(cause->symbols, cause->count, cause->capacity) = difference;
		pass = false;
	}
	return pass;
}

size_t deciding_lines(const struct judgement *judgement, const struct difference *difference,
		      size_t **lines)
{
	const struct compared *compared = difference->compared;
	const struct rules *rules = &judgement->rules;
	bool *decides = allocate_cleared(rules->count, sizeof(*decides));
	size_t count = 0;

	for (size_t i = 0; i < (compared ? compared->cause_count : 1); i++) {
		const struct findings *findings =
			compared ? &cause_of(judgement, compared->causes[i])->findings
				 : &difference->findings;

		for (size_t j = 0; j < findings->count; j++) {
			size_t rule = deciding_rule(&findings->findings[j], difference);

			if (rule < rules->count)
				decides[rule] = true;
		}
	}
	*lines = allocate(rules->count * sizeof(**lines));
	for (size_t i = 0; i < rules->count; i++)
		if (decides[i])
			(*lines)[count++] = rules->rules[i].pattern.line;
	free(decides);
	return count;
}

/* Causes */

/* Finds out what a change is, in words. */
static void describe_change(struct findings *findings, const struct change *change)
{
	if (change->kind == BECAME_DEFINED)
		findings_add(findings, "defined", "it was only declared, and is defined");
	else if (change->kind == NO_LONGER_DEFINED)
		findings_add(
			findings, "declared",
			"it was defined, and is only declared (or is defined in a .c file now)");
	else
		findings_make(findings, change->key, change->old, change->new);
}

/* Finds out what changes are, and the rules for them. */
static void find_causes(struct judgement *judgement)
{
	judgement->causes =
		allocate_cleared(judgement->comparison.change_count, sizeof(*judgement->causes));
	for (size_t i = 0; i < judgement->count; i++) {
		struct difference *difference = &judgement->differences[i];
		const struct compared *compared = difference->compared;

		if (!compared)
			find_rules(judgement, NULL, &difference->findings);
		for (size_t j = 0; compared && j < compared->cause_count; j++) {
			const struct change *change = compared->causes[j];
			struct cause *cause = &judgement->causes[change->number];

			if (cause->change)
				continue;
			cause->change = change;
			cause->findings.arena = &judgement->arena;
			describe_change(&cause->findings, change);
			find_rules(judgement,
				   is_reference(change->key.start) ? change->key.start : NULL,
				   &cause->findings);
		}
	}
}

/* Those that most symbols are hurt by come first. */
static int compare_causes(const void *a, const void *b)
{
	const struct cause *left = *(struct cause *const *)a, *right = *(struct cause *const *)b;
	int order = strcmp(left->change->key.start, right->change->key.start);

	if (left->count != right->count)
		return left->count > right->count ? -1 : 1;
	return order ? order : (left > right) - (left < right);
}

/* Ranks the causes, and counts the symbols that are hurt by one alone, or by some alone. */
static void rank_causes(struct judgement *judgement)
{
	size_t count = 0;

	judgement->order = allocate(judgement->comparison.change_count * sizeof(*judgement->order));
	for (size_t i = 0; i < judgement->comparison.change_count; i++)
		if (judgement->causes[i].change)
			judgement->order[count++] = &judgement->causes[i];
	judgement->cause_count = count;
	if (count)
		qsort(judgement->order, count, sizeof(*judgement->order), compare_causes);
	for (size_t i = 0; i < count; i++) {
		struct cause *cause = judgement->order[i];

		cause->rank = i;
		judgement->hurting += cause->count > 0;
		for (size_t j = 0; j < cause->count; j++) {
			cause->symbols[j]->last_cause = cause;
			cause->symbols[j]->hurt_by++;
		}
	}
	for (size_t i = 0; i < judgement->count; i++) {
		const struct difference *difference = &judgement->differences[i];

		if (difference->hurt_by)
			difference->last_cause->by_first++;
		if (difference->hurt_by == 1)
			difference->last_cause->alone++;
	}
	for (size_t i = 1; i < judgement->hurting; i++)
		judgement->order[i]->by_first += judgement->order[i - 1]->by_first;
}

void judge(struct judgement *judgement)
{
	find_differences(judgement);
	if (judgement->count)
		qsort(judgement->differences, judgement->count, sizeof(*judgement->differences),
		      compare_differences);
	find_causes(judgement);
	for (size_t i = 0; i < judgement->count; i++) {
		struct difference *difference = &judgement->differences[i];

		difference->rule = find_symbol_rule(judgement, difference->name, difference->file);
		difference->passes = passes(judgement, difference);
		if (difference->passes)
			judgement->passed++;
		else
			judgement->failed[difference->kind]++;
	}
	rank_causes(judgement);
}

void judgement_end(struct judgement *judgement)
{
	for (size_t i = 0; i < judgement->count; i++)
		free(judgement->differences[i].findings.findings);
	for (size_t i = 0; i < judgement->comparison.change_count; i++) {
		free(judgement->causes[i].symbols);
		free(judgement->causes[i].findings.findings);
	}
	free(judgement->causes);
	free(judgement->order);
	free(judgement->differences);
	free(judgement->compared);
	arena_free(&judgement->arena);
	comparison_free(&judgement->comparison);
	filter_end(&judgement->filter);
	rules_end(&judgement->rules);
	symvers_free(&judgement->old_symvers);
	symvers_free(&judgement->new_symvers);
	baseline_free(&judgement->old);
	baseline_free(&judgement->new);
	keys_free(&judgement->keys);
}
