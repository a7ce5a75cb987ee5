// SPDX-License-Identifier: GPL-2.0-only
/*
 * kabi-compare: which symbols of a kernel changed from one baseline to another, and
 * by which types. A baseline is what `gendwarfksyms --consolidated` or `--symtypes`
 * writes. Nothing here knows DWARF.
 */
#define PART "main"
#include "kabi-compare.h"
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
	struct change change;
	struct difference **symbols;
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
	uint32_t old_version; /* of one that changed */
	uint32_t new_version;
	struct cause **causes;
	size_t cause_count;
	const struct severity_rule *pass; /* it is none, by this; or NULL */
};

/* The comparison of two baselines. */
struct comparison {
	struct pool pool;
	struct baseline old;
	struct baseline new;
	struct symbol_filter filter;
	struct severity severity;
	struct arena arena;
	struct cache pairs; /* struct pair, of the old section at hand */
	struct cache cause_cache; /* struct cause */
	struct cause **causes;
	size_t cause_count;
	size_t causes_capacity;
	struct difference **differences;
	size_t count;
	size_t capacity;
};

/* Comparing */

/* A section of each baseline, with symbols that are in both. */
struct pair {
	struct section *old;
	struct section *new; /* with the overrides of the old one */
	bool same; /* the types that their symbols lead to are */
	struct changes changes; /* if they aren't, once it is needed */
};

static struct pair *find_pair(struct comparison *comparison,
			      struct section *old, struct section *new)
{
	uint64_t hash = new->number;
	struct pair *pair = cache_find(&comparison->pairs, hash, NULL, NULL);

	if (pair)
		return pair;
	pair = arena_zalloc(&comparison->arena, sizeof(*pair));
	pair->old = old;
	pair->new = section_override(new, old);
	pair->same = same_types(old, pair->new);
	cache_add(&comparison->pairs, hash, pair);
	return pair;
}

/* Gives up the tables of the pairs of an old section. */
static void close_pairs(struct comparison *comparison, struct section *old)
{
	struct cache *pairs = &comparison->pairs;

	for (size_t i = 0; pairs->slots && i <= pairs->mask; i++) {
		struct pair *pair = pairs->slots[i].value;

		if (!pair)
			continue;
		changes_free(&pair->changes);
		section_close(pair->new);
	}
	cache_clear(pairs);
	section_close(old);
}

/* One text for all: equal strings of two baselines are one definition. */
static bool same_cause(const void *value, const void *key)
{
	const struct change *a = &((const struct cause *)value)->change;
	const struct change *b = key;

	return same_text(a->key, b->key) && a->old.start == b->old.start &&
	       a->new.start == b->new.start;
}

static struct cause *enter_cause(struct comparison *comparison,
				 const struct change *change)
{
	uint64_t hash = hash_text(change->key);
	struct cause *cause =
		cache_find(&comparison->cause_cache, hash, same_cause, change);

	if (cause)
		return cause;
	cause = arena_zalloc(&comparison->arena, sizeof(*cause));
	cause->change = *change;
	/* The table's key goes with it. */
	cause->change.key =
		pool_enter_key(&comparison->pool, change->key)->text;
	cache_add(&comparison->cause_cache, hash, cause);
	return cause;
}

static struct difference *add_difference(struct comparison *comparison,
					 enum difference_kind kind,
					 const struct baseline_symbol *symbol)
{
	struct difference *difference =
		arena_zalloc(&comparison->arena, sizeof(*difference));

	difference->kind = kind;
	difference->name = symbol->name;
	difference->file = symbol->section->file;
	*APPEND(comparison->differences, comparison->count,
		comparison->capacity) = difference;
	return difference;
}

static void compare_symbol(struct comparison *comparison,
			   struct baseline_symbol *old,
			   struct baseline_symbol *new)
{
	struct pair *pair = find_pair(comparison, old->section, new->section);
	struct type_string *old_string, *new_string;
	struct difference *difference;
	uint32_t old_version, new_version;
	struct change *causes;
	size_t count;

	new = &pair->new->symbols[new - new->section->symbols];
	if (pair->same && old->record.definition == new->record.definition)
		return;
	if (!pair->changes.old_leads)
		changes_find(&pair->changes, section_table(pair->old),
			     section_table(pair->new));
	old_string = symbol_type_string(old);
	new_string = symbol_type_string(new);
	count = changes_of_symbol(&pair->changes, old->name, old_string,
				  new_string, &causes);
	if (count) {
		old_version = version_of(&old->section->table, old_string,
					 old->name.start);
		new_version = version_of(&new->section->table, new_string,
					 new->name.start);
		difference = add_difference(comparison, SYMBOL_CHANGED, new);
		difference->old_version = old_version;
		difference->new_version = new_version;
		difference->causes = arena_alloc(
			&comparison->arena, count * sizeof(struct cause *));
		for (size_t i = 0; i < count; i++)
			difference->causes[i] =
				enter_cause(comparison, &causes[i]);
		difference->cause_count = count;
	}
	free(causes);
}

/*
 * Goes through the symbols of a baseline that count. Those that the other hasn't
 * are differences of a kind; those that both have are compared the first time.
 */
static void compare_symbols(struct comparison *comparison,
			    const struct baseline *baseline,
			    const struct baseline *other,
			    enum difference_kind kind)
{
	for (size_t i = 0; i < baseline->section_count; i++) {
		struct section *section = baseline->sections[i];

		for (size_t j = 0; j < section->symbol_count; j++) {
			struct baseline_symbol *symbol = &section->symbols[j];
			struct baseline_symbol *twin =
				baseline_find(other, symbol->name);

			if (baseline_find(baseline, symbol->name) != symbol ||
			    !filter_has(&comparison->filter, symbol->name))
				continue;
			/* So that it is known which rules are of use. */
			severity_find(&comparison->severity, symbol->name,
				      section->file);
			if (!twin)
				add_difference(comparison, kind, symbol);
			else if (baseline == &comparison->old)
				compare_symbol(comparison, symbol, twin);
		}
		close_pairs(comparison, section);
	}
}

static int compare_differences(const void *a, const void *b)
{
	const struct difference *left = *(struct difference *const *)a;
	const struct difference *right = *(struct difference *const *)b;
	int order = strcmp(left->file.start, right->file.start);

	return order ? order : strcmp(left->name.start, right->name.start);
}

/* Those that most symbols are hurt by come first. */
static int compare_causes(const void *a, const void *b)
{
	const struct cause *left = *(struct cause *const *)a;
	const struct cause *right = *(struct cause *const *)b;

	if (left->count != right->count)
		return left->count > right->count ? -1 : 1;
	return strcmp(left->change.key.start, right->change.key.start);
}

/*
 * Puts the differences in order, decides which of them pass, and gives the others
 * to their causes.
 */
static void judge(struct comparison *comparison)
{
	if (comparison->count)
		qsort(comparison->differences, comparison->count,
		      sizeof(*comparison->differences), compare_differences);
	for (size_t i = 0; i < comparison->count; i++) {
		struct difference *difference = comparison->differences[i];
		const struct severity_rule *rule =
			severity_find(&comparison->severity, difference->name,
				      difference->file);

		if (rule && rule->pass) {
			difference->pass = rule;
			continue;
		}
		for (size_t j = 0; j < difference->cause_count; j++) {
			struct cause *cause = difference->causes[j];

			if (!cause->count)
				*APPEND(comparison->causes,
					comparison->cause_count,
					comparison->causes_capacity) = cause;
			*APPEND(cause->symbols, cause->count, cause->capacity) =
				difference;
		}
	}
	if (comparison->cause_count)
		qsort(comparison->causes, comparison->cause_count,
		      sizeof(*comparison->causes), compare_causes);
}

/* The report */

static const char *plural(size_t count)
{
	return count == 1 ? "" : "s";
}

static void print_cause(const struct cause *cause, bool colour)
{
	size_t named = cause->count < NAMES_SHOWN ? cause->count : NAMES_SHOWN;
	size_t files = 0;

	/* They are sorted by file. */
	for (size_t i = 0; i < cause->count; i++)
		files += !i || strcmp(cause->symbols[i]->file.start,
				      cause->symbols[i - 1]->file.start);
	printf("%s %s: %zu symbol%s (", cause->change.key.start,
	       change_words[cause->change.kind], cause->count,
	       plural(cause->count));
	for (size_t i = 0; i < named; i++)
		printf("%s%s", i ? ", " : "", cause->symbols[i]->name.start);
	printf("%s) in %zu file%s (", named < cause->count ? ", ..." : "",
	       files, plural(files));
	for (size_t i = 0, shown = 0; i < cause->count && shown < NAMES_SHOWN;
	     i++)
		if (!i || strcmp(cause->symbols[i]->file.start,
				 cause->symbols[i - 1]->file.start))
			printf("%s%s", shown++ ? ", " : "",
			       cause->symbols[i]->file.start);
	printf("%s)\n", files > NAMES_SHOWN ? ", ..." : "");
	print_diff(stdout, cause->change.key.start, cause->change.old,
		   cause->change.new, colour);
	putchar('\n');
}

static void print_difference(const struct comparison *comparison,
			     const struct difference *difference)
{
	printf("%s: %s %s", difference->file.start, difference->name.start,
	       kind_words[difference->kind]);
	if (difference->kind == SYMBOL_CHANGED)
		printf(" from 0x%08x to 0x%08x:",
		       (unsigned int)difference->old_version,
		       (unsigned int)difference->new_version);
	for (size_t i = 0; i < difference->cause_count && i < CAUSES_NAMED;
	     i++) {
		const struct change *change = &difference->causes[i]->change;

		printf("%s %s %s", i ? "," : "", change_subject(change),
		       change_words[change->kind]);
	}
	if (difference->cause_count > CAUSES_NAMED)
		printf(", and %zu more",
		       difference->cause_count - CAUSES_NAMED);
	if (difference->pass)
		printf(" (passes: line %zu of '%s')",
		       difference->pass->pattern.line,
		       comparison->severity.path);
	putchar('\n');
}

/* Prints all. Returns whether there is any difference. */
static bool print_full(const struct comparison *comparison)
{
	const char *no_colour = getenv("NO_COLOR");
	bool colour = isatty(STDOUT_FILENO) && (!no_colour || !*no_colour);
	size_t counts[KINDS] = { 0 }, passed = 0;

	for (size_t i = 0; i < comparison->cause_count; i++)
		print_cause(comparison->causes[i], colour);
	for (size_t i = 0; i < comparison->count; i++) {
		const struct difference *difference =
			comparison->differences[i];

		print_difference(comparison, difference);
		if (difference->pass)
			passed++;
		else
			counts[difference->kind]++;
	}
	if (!comparison->count)
		return false;
	putchar('\n');
	for (int kind = 0; kind < KINDS; kind++)
		printf("%zu symbol%s %s, ", counts[kind], plural(counts[kind]),
		       kind_words[kind]);
	printf("%zu passed\n", passed);
	return passed < comparison->count;
}

/* For scripts: the differences alone, those that don't pass. */
static bool print_short(const struct comparison *comparison)
{
	bool any = false;

	for (size_t i = 0; i < comparison->count; i++) {
		const struct difference *difference =
			comparison->differences[i];

		if (difference->pass)
			continue;
		printf("%s %s %s\n", kind_words[difference->kind],
		       difference->name.start, difference->file.start);
		any = true;
	}
	return any;
}

/* The baselines */

static void read_baselines(struct comparison *comparison, char **paths)
{
	baseline_read(&comparison->old, &comparison->pool, paths[0]);
	baseline_read(&comparison->new, &comparison->pool, paths[1]);
	baseline_check_scheme(&comparison->old, comparison->new.scheme,
			      paths[1]);
}

static void free_all(struct comparison *comparison)
{
	for (size_t i = 0; i < comparison->cause_count; i++)
		free(comparison->causes[i]->symbols);
	free(comparison->causes);
	free(comparison->differences);
	cache_free(&comparison->pairs);
	cache_free(&comparison->cause_cache);
	arena_free(&comparison->arena);
	baseline_free(&comparison->old);
	baseline_free(&comparison->new);
	pool_free(&comparison->pool);
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
	struct comparison comparison = { 0 };
	bool is_short = false, differ;
	int option;

	while ((option = getopt_long(argc, argv, "f:s:r:m:Vh", long_options,
				     NULL)) != -1) {
		switch (option) {
		case 'f':
			is_short = !strcmp(optarg, "short");
			if (!is_short && strcmp(optarg, "full"))
				error("unknown format '%s': full or short",
				      optarg);
			break;
		case 's':
			filter_read(&comparison.filter, optarg);
			break;
		case 'r':
			severity_read_rules(&comparison.severity, optarg);
			break;
		case 'm':
			severity_read_symvers(&comparison.severity, optarg);
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
	read_baselines(&comparison, argv + optind);
	compare_symbols(&comparison, &comparison.old, &comparison.new,
			SYMBOL_REMOVED);
	compare_symbols(&comparison, &comparison.new, &comparison.old,
			SYMBOL_ADDED);
	judge(&comparison);
	differ = is_short ? print_short(&comparison) : print_full(&comparison);
	if (ferror(stdout) | fclose(stdout))
		error("cannot write to standard output: %m");
	filter_end(&comparison.filter);
	severity_end(&comparison.severity);
	free_all(&comparison);
	return differ;
}
