// SPDX-License-Identifier: GPL-2.0-only
/*
 * kabi-compare: which symbols of a kernel changed from one baseline to another, and
 * by which types. A baseline is what `gendwarfksyms --consolidated` or `--symtypes`
 * writes. Nothing here knows DWARF. Nothing is printed before all has been compared.
 */
#define PART "main"
#include "kabi-compare.h"
#include "../output.h"
#include <getopt.h>

const struct program program = { "kabi-compare", 2 };

static void usage(void)
{
	fputs("usage: kabi-compare [options] OLD NEW\n"
	      "\n"
	      "OLD and NEW are symtypes files of gendwarfksyms, consolidated or not, or of\n"
	      "genksyms; or folders with such files.\n"
	      "\n"
	      "  -f, --format FORMAT[:FILE]\n"
	      "                        what to print, or to write to FILE; may be repeated:\n"
	      "                        full, summary, short (one symbol a line), types\n"
	      "                        (diffs of type strings) or json\n"
	      "  -s, --symbols FILE    only the symbols that FILE lists, with * and ?\n"
	      "  -r, --rules FILE      severity rules: what may change\n"
	      "  -m, --symvers FILE    the Module.symvers of NEW: modules and namespaces\n"
	      "      --old-symvers FILE\n"
	      "                        that of OLD: compare how symbols are exported, too\n"
	      "  -V, --version         the version of this program\n"
	      "  -h, --help            this\n"
	      "\n"
	      "The exit status is 0 if nothing differs but what passes, 1 if something does,\n"
	      "2 after an error.\n",
	      stdout);
}

/* The reports */

typedef void print(const struct judgement *judgement, FILE *file);

static const struct {
	const char *name;
	print *print;
} formats[] = {
	{ "full", print_full },	  { "summary", print_summary }, { "short", print_short },
	{ "types", print_types }, { "json", print_json },
};

/* One that was asked for. */
struct report {
	print *print;
	const char *path; /* NULL: standard output */
	struct output output;
};

/* All of them, and the files that options have read, which none may be written over. */
struct reports {
	struct report *reports;
	size_t count;
	size_t capacity;
	const char **inputs;
	size_t input_count;
	size_t inputs_capacity;
};

/* Adds a report: FORMAT, or FORMAT:FILE. */
static void add_report(struct reports *reports, const char *argument)
{
	const char *colon = strchrnul(argument, ':');
	struct text name = { argument, colon - argument };
	struct report report = { .path = *colon ? colon + 1 : NULL };

	for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++)
		if (same_text(name, make_text(formats[i].name)))
			report.print = formats[i].print;
	if (!report.print)
		error("unknown format '%.*s': full, summary, short, types or json",
		      (int)name.length, name.start);
	if (report.path && !*report.path)
		error("no file stands after '%s'", argument);
	for (size_t i = 0; i < reports->count; i++)
		if (!reports->reports[i].path && !report.path)
			error("two formats for standard output: add :FILE to one of them");
	*APPEND(reports->reports, reports->count, reports->capacity) = report;
}

/* Begins with the files, none of which may be one that is read. */
static void open_reports(struct reports *reports, char **baselines)
{
	for (size_t i = 0; i < reports->count; i++)
		output_open(&reports->reports[i].output, reports->reports[i].path);
	for (; *baselines; baselines++)
		output_check_input(*baselines);
	for (size_t i = 0; i < reports->input_count; i++)
		output_check_input(reports->inputs[i]);
}

/*
 * Writes all: files first, and what goes to standard output last, so that nothing is there after
 * an error. Only then files get their names.
 */
static void write_reports(struct reports *reports, const struct judgement *judgement)
{
	struct report *report, *end = reports->reports + reports->count;

	for (report = reports->reports; report < end; report++)
		if (report->path)
			report->print(judgement, report->output.file);
	for (report = reports->reports; report < end; report++)
		output_finish(&report->output);
	for (report = reports->reports; report < end; report++)
		if (!report->path)
			report->print(judgement, stdout);
	output_close_stdout();
	for (report = reports->reports; report < end; report++)
		output_replace(&report->output);
	free(reports->inputs);
}

/* Ends the program if there is a Module.symvers, or more, without a symbol. */
static void check_symvers(const struct symvers *symvers)
{
	if (symvers->path && !symvers->by_name.count)
		error("no symbols are in '%s'", symvers->path);
}

/* Reads the options; returns whether the program is to go on. Ends it for what is wrong. */
static bool parse_options(int argc, char **argv, struct judgement *judgement,
			  struct reports *reports)
{
	static const struct option long_options[] = {
		{ "format", required_argument, NULL, 'f' },
		{ "symbols", required_argument, NULL, 's' },
		{ "rules", required_argument, NULL, 'r' },
		{ "symvers", required_argument, NULL, 'm' },
		{ "old-symvers", required_argument, NULL, 'o' },
		{ "version", no_argument, NULL, 'V' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "f:s:r:m:Vh", long_options, NULL)) != -1) {
		if (strchr("srmo", option))
			*APPEND(reports->inputs, reports->input_count, reports->inputs_capacity) =
				optarg;
		switch (option) {
		case 'f':
			add_report(reports, optarg);
			break;
		case 's':
			if (judgement->filter.path)
				error("--symbols is given twice");
			filter_read(&judgement->filter, optarg);
			break;
		case 'r':
			if (judgement->rules.path)
				error("--rules is given twice");
			rules_read(&judgement->rules, optarg);
			break;
		case 'm':
			symvers_read(&judgement->new_symvers, optarg);
			break;
		case 'o': /* has no short form */
			symvers_read(&judgement->old_symvers, optarg);
			break;
		case 'V':
			puts("kabi-compare " GENDWARFKSYMS_VERSION);
			return false;
		case 'h':
			usage();
			return false;
		default:
			error("--help shows the options");
		}
	}
	if (argc - optind != 2)
		error("two baselines are wanted: OLD NEW (--help shows the options)");
	if (judgement->old_symvers.path && !judgement->new_symvers.path)
		error("--old-symvers needs the Module.symvers of the other build: --symvers");
	check_symvers(&judgement->old_symvers);
	check_symvers(&judgement->new_symvers);
	return true;
}

static void read_baselines(struct judgement *judgement, char **paths)
{
	struct keys *keys = &judgement->keys;

	judgement->old.keys = judgement->new.keys = keys;
	judgement->comparison = (struct comparison){ .keys = keys, .overrides = true };
	baseline_read(&judgement->old, paths[0]);
	baseline_read(&judgement->new, paths[1]);
	baseline_check_scheme(&judgement->old, judgement->new.scheme, paths[1]);
}

int main(int argc, char **argv)
{
	struct judgement judgement = { 0 };
	struct reports reports = { 0 };
	bool differ;

	message_buffer(false);
	if (!parse_options(argc, argv, &judgement, &reports)) {
		output_close_stdout();
		return 0;
	}
	if (!reports.count)
		add_report(&reports, "full");
	output_handle_signals();
	open_reports(&reports, argv + optind);
	read_baselines(&judgement, argv + optind);
	judge(&judgement);
	write_reports(&reports, &judgement);
	differ = any_failed(&judgement);
	judgement_end(&judgement);
	exit(differ); /* with the reports in place, which output.c looks at then */
}
