// SPDX-License-Identifier: GPL-2.0-only
/*
 * kabi-compare: which symbols of a kernel changed from one baseline to another, and
 * by which types. A baseline is what `gendwarfksyms --consolidated` or `--symtypes`
 * writes. Nothing here knows DWARF.
 */
#define PART "main"
#include "kabi-compare.h"
#include "render.h"
#include <getopt.h>
#include <unistd.h>

const struct program program = { "kabi-compare", 2 };

/* How many names of symbols or files the header of a cause has. */
#define NAMES_SHOWN 3

/* How many causes the line of a symbol has. */
#define CAUSES_NAMED 10

static void usage(FILE *file)
{
	fputs("usage: kabi-compare [options] OLD NEW\n"
	      "\n"
	      "OLD and NEW are symtypes files of gendwarfksyms, consolidated or not.\n"
	      "\n"
	      "  -f, --format FORMAT   full, or short: one symbol a line\n"
	      "  -s, --symbols FILE    only the symbols that FILE lists, with * and ?\n"
	      "  -r, --rules FILE      severity rules: what may change\n"
	      "  -m, --symvers FILE    a Module.symvers: modules and namespaces of symbols\n"
	      "  -V, --version         the version of this program\n"
	      "  -h, --help            this\n"
	      "\n"
	      "The exit status is 0 if nothing differs, 1 if something does, 2 after an error.\n",
	      file);
}

/* What made versions change, with all symbols whose versions it changed. */
struct cause {
	const struct change *change; /* NULL: of none that doesn't pass */
	const struct difference **symbols;
	size_t count;
	size_t capacity;
};

enum difference_kind {
	SYMBOL_CHANGED,
	SYMBOL_ADDED,
	SYMBOL_REMOVED,
	KINDS
};

static const char *const kind_words[KINDS] = {
	[SYMBOL_CHANGED] = "changed",
	[SYMBOL_ADDED] = "added",
	[SYMBOL_REMOVED] = "removed",
};

/* A symbol that isn't what it was. */
struct difference {
	enum difference_kind kind;
	struct text name;
	struct text file; /* that it is in now, or was */
	const struct compared *compared; /* of one that changed */
	const struct severity_rule *pass; /* it is none, by this; or NULL */
};

/* Two baselines, and what differs. */
struct judgement {
	struct keys keys;
	struct baseline old;
	struct baseline new;
	struct symbol_filter filter;
	struct severity severity;
	struct comparison comparison;
	struct compared *compared; /* all symbols of both that count */
	size_t compared_count;
	size_t compared_capacity;
	struct difference *differences;
	size_t count;
	size_t capacity;
	struct cause *causes; /* those that hurt first */
	size_t cause_count;
};

/* Comparing */

static void add_difference(struct judgement *judgement, enum difference_kind kind,
			   const struct baseline_symbol *symbol, const struct compared *compared)
{
	*APPEND(judgement->differences, judgement->count, judgement->capacity) =
		(struct difference){ .kind = kind,
				     .name = symbol->name,
				     .file = symbol->section->file,
				     .compared = compared };
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
			struct baseline_symbol *twin = baseline_find(other, symbol->name);

			if (baseline_find(baseline, symbol->name) != symbol ||
			    !filter_has(&judgement->filter, symbol->name))
				continue;
			/* So that it is known which rules are of use. */
			severity_find(&judgement->severity, symbol->name, section->file);
			if (!twin)
				add_difference(judgement, kind, symbol, NULL);
			else if (baseline == &judgement->old)
				*APPEND(judgement->compared, judgement->compared_count,
					judgement->compared_capacity) =
					(struct compared){ .old = symbol, .new = twin };
		}
	}
}

static void find_differences(struct judgement *judgement)
{
	find_symbols(judgement, &judgement->old, &judgement->new, SYMBOL_REMOVED);
	find_symbols(judgement, &judgement->new, &judgement->old, SYMBOL_ADDED);
	compare_symbols(&judgement->comparison, judgement->compared, judgement->compared_count);
	for (size_t i = 0; i < judgement->compared_count; i++) {
		const struct compared *symbol = &judgement->compared[i];

		if (symbol->cause_count)
			add_difference(judgement, SYMBOL_CHANGED, symbol->new, symbol);
	}
}

static int compare_differences(const void *a, const void *b)
{
	const struct difference *left = a, *right = b;
	int order = strcmp(left->file.start, right->file.start);

	return order ? order : strcmp(left->name.start, right->name.start);
}

/* Those that most symbols are hurt by come first. */
static int compare_causes(const void *a, const void *b)
{
	const struct cause *left = a, *right = b;

	if (left->count != right->count)
		return left->count > right->count ? -1 : 1;
	return !left->count ? 0 : strcmp(left->change->key.start, right->change->key.start);
}

/* Gives a difference to its causes. */
static void add_to_causes(struct judgement *judgement, const struct difference *difference)
{
	const struct compared *compared = difference->compared;

	for (size_t i = 0; compared && i < compared->cause_count; i++) {
		const struct change *change = compared->causes[i];
		struct cause *cause = &judgement->causes[change->number];

		cause->change = change;
		*APPEND(cause->symbols, cause->count, cause->capacity) = difference;
	}
}

/*
 * Puts the differences in order, decides which of them pass, and gives the others
 * to their causes.
 */
static void judge(struct judgement *judgement)
{
	size_t changes = judgement->comparison.change_count;

	judgement->causes = allocate_cleared(changes, sizeof(*judgement->causes));
	if (judgement->count)
		qsort(judgement->differences, judgement->count, sizeof(*judgement->differences),
		      compare_differences);
	for (size_t i = 0; i < judgement->count; i++) {
		struct difference *difference = &judgement->differences[i];
		const struct severity_rule *rule =
			severity_find(&judgement->severity, difference->name, difference->file);

		if (rule && rule->pass)
			difference->pass = rule;
		else
			add_to_causes(judgement, difference);
	}
	qsort(judgement->causes, changes, sizeof(*judgement->causes), compare_causes);
	while (judgement->cause_count < changes && judgement->causes[judgement->cause_count].count)
		judgement->cause_count++;
}

/* The report */

static const char *plural(size_t count)
{
	return count == 1 ? "" : "s";
}

static void print_cause(const struct cause *cause, bool colour)
{
	size_t named = cause->count < NAMES_SHOWN ? cause->count : NAMES_SHOWN;
	struct findings findings = { 0 };
	size_t files = 0;

	/* They are sorted by file. */
	for (size_t i = 0; i < cause->count; i++)
		files += !i ||
			 strcmp(cause->symbols[i]->file.start, cause->symbols[i - 1]->file.start);
	printf("%s %s: %zu symbol%s (", cause->change->key.start, change_words[cause->change->kind],
	       cause->count, plural(cause->count));
	for (size_t i = 0; i < named; i++)
		printf("%s%s", i ? ", " : "", cause->symbols[i]->name.start);
	printf("%s) in %zu file%s (", named < cause->count ? ", ..." : "", files, plural(files));
	for (size_t i = 0, shown = 0; i < cause->count && shown < NAMES_SHOWN; i++)
		if (!i || strcmp(cause->symbols[i]->file.start, cause->symbols[i - 1]->file.start))
			printf("%s%s", shown++ ? ", " : "", cause->symbols[i]->file.start);
	printf("%s)\n", files > NAMES_SHOWN ? ", ..." : "");
	findings_make(&findings, cause->change->key, cause->change->old, cause->change->new);
	for (size_t i = 0; i < findings.count; i++)
		printf("  %s [%s]\n", findings.findings[i].sentence,
		       findings.findings[i].type->name);
	findings_free(&findings);
	if (!print_c_diff(stdout, cause->change->key, cause->change->old, cause->change->new,
			  colour))
		print_diff(stdout, cause->change->key.start, cause->change->old, cause->change->new,
			   colour);
	putchar('\n');
}

static void print_difference(const struct judgement *judgement, const struct difference *difference)
{
	const struct compared *compared = difference->compared;
	size_t count = compared ? compared->cause_count : 0;

	printf("%s: %s %s", difference->file.start, difference->name.start,
	       kind_words[difference->kind]);
	if (compared && !is_genksyms(judgement->new.scheme))
		printf(" from 0x%08x to 0x%08x", (unsigned int)compared->old_version,
		       (unsigned int)compared->new_version);
	for (size_t i = 0; i < count && i < CAUSES_NAMED; i++) {
		const struct change *change = compared->causes[i];

		printf("%s %s %s", i ? "," : ":", change_subject(change),
		       change_words[change->kind]);
	}
	if (count > CAUSES_NAMED)
		printf(", and %zu more", count - CAUSES_NAMED);
	if (difference->pass)
		printf(" (passes: line %zu of '%s')", difference->pass->pattern.line,
		       judgement->severity.path);
	putchar('\n');
}

/* Prints all. Returns whether there is any difference. */
static bool print_full(const struct judgement *judgement)
{
	const char *no_colour = getenv("NO_COLOR");
	bool colour = isatty(STDOUT_FILENO) && (!no_colour || !*no_colour);
	size_t counts[KINDS] = { 0 }, passed = 0;

	for (size_t i = 0; i < judgement->cause_count; i++)
		print_cause(&judgement->causes[i], colour);
	for (size_t i = 0; i < judgement->count; i++) {
		const struct difference *difference = &judgement->differences[i];

		print_difference(judgement, difference);
		if (difference->pass)
			passed++;
		else
			counts[difference->kind]++;
	}
	if (!judgement->count)
		return false;
	putchar('\n');
	for (int kind = 0; kind < KINDS; kind++)
		printf("%zu symbol%s %s, ", counts[kind], plural(counts[kind]), kind_words[kind]);
	printf("%zu passed\n", passed);
	return passed < judgement->count;
}

/* For scripts: the differences alone, those that don't pass. */
static bool print_short(const struct judgement *judgement)
{
	bool any = false;

	for (size_t i = 0; i < judgement->count; i++) {
		const struct difference *difference = &judgement->differences[i];

		if (difference->pass)
			continue;
		printf("%s %s %s\n", kind_words[difference->kind], difference->name.start,
		       difference->file.start);
		any = true;
	}
	return any;
}

/* The baselines */

static void read_baselines(struct judgement *judgement, char **paths)
{
	struct keys *keys = &judgement->keys;

	judgement->old.keys = judgement->new.keys = keys;
	judgement->comparison = (struct comparison){ .keys = keys, .overrides = true };
	baseline_read(&judgement->old, paths[0]);
	baseline_read(&judgement->new, paths[1]);
	baseline_check_scheme(&judgement->old, judgement->new.scheme, paths[1]);
}

static void free_all(struct judgement *judgement)
{
	for (size_t i = 0; i < judgement->cause_count; i++)
		free(judgement->causes[i].symbols);
	free(judgement->causes);
	free(judgement->differences);
	free(judgement->compared);
	comparison_free(&judgement->comparison);
	baseline_free(&judgement->old);
	baseline_free(&judgement->new);
	keys_free(&judgement->keys);
}

int main(int argc, char **argv)
{
	static const struct option long_options[] = {
		{ "format", required_argument, NULL, 'f' },
		{ "symbols", required_argument, NULL, 's' },
		{ "rules", required_argument, NULL, 'r' },
		{ "symvers", required_argument, NULL, 'm' },
		{ "version", no_argument, NULL, 'V' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	struct judgement judgement = { 0 };
	bool is_short = false, differ;
	int option;

	while ((option = getopt_long(argc, argv, "f:s:r:m:Vh", long_options, NULL)) != -1) {
		switch (option) {
		case 'f':
			is_short = !strcmp(optarg, "short");
			if (!is_short && strcmp(optarg, "full"))
				error("unknown format '%s': full or short", optarg);
			break;
		case 's':
			filter_read(&judgement.filter, optarg);
			break;
		case 'r':
			severity_read_rules(&judgement.severity, optarg);
			break;
		case 'm':
			severity_read_symvers(&judgement.severity, optarg);
			break;
		case 'V':
			puts("kabi-compare " GENDWARFKSYMS_VERSION);
			return fclose(stdout) ? program.error_status : 0;
		case 'h':
			usage(stdout);
			return fclose(stdout) ? program.error_status : 0;
		default:
			usage(stderr);
			return program.error_status;
		}
	}
	if (argc - optind != 2) {
		usage(stderr);
		error("two baselines are wanted: OLD NEW");
	}
	read_baselines(&judgement, argv + optind);
	find_differences(&judgement);
	judge(&judgement);
	differ = is_short ? print_short(&judgement) : print_full(&judgement);
	if (ferror(stdout) | fclose(stdout))
		error("cannot write to standard output: %m");
	filter_end(&judgement.filter);
	severity_end(&judgement.severity);
	free_all(&judgement);
	return differ;
}
