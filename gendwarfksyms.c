// SPDX-License-Identifier: GPL-2.0-only
/*
 * The program: options, the loop over the input files, and output. Nothing goes
 * to standard output or takes the place of the symtypes file until all files
 * have been read without an error.
 */
#define PART "main"
#include "gendwarfksyms.h"
#include "baseline/baseline.h"
#include "output.h"
#include "text_file.h"
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <unistd.h>

const struct program program = { "gendwarfksyms", EXIT_FAILURE };
struct options options;

static void usage(void)
{
	fputs("usage: gendwarfksyms [options] elf-object-file ... < symbol-list\n"
	      "\n"
	      "  -d, --debug           debugging messages\n"
	      "      --dump-dies       the type of each symbol, indented\n"
	      "      --dump-die-map    the same, and which DIEs are new in the cache\n"
	      "      --dump-types      type strings as they enter the type table\n"
	      "      --dump-versions   the expanded string of each version\n"
	      "  -s, --stable          honour kABI rules\n"
	      "  -T, --symtypes FILE   write a symtypes file\n"
	      "  -c, --consolidated FILE\n"
	      "                        write one symtypes file for all input files\n"
	      "      --relative-to FOLDER\n"
	      "                        with -c: name the input files as they are in FOLDER\n"
	      "      --canonical       versions that change with the ABI, not with the compiler\n"
	      "  -r, --reference FILE  say which versions differ from this symtypes file's, and why\n"
	      "  -p, --preserve        with -r: other versions are an error; honour overrides\n"
	      "  -e, --exported        the symbols that the files export, not a list\n"
	      "  -l, --list-exported   only print the names of the symbols that the files export\n"
	      "      --complete        status 2, and no output, if more than the files is needed\n"
	      "  -V, --version         the version of this program\n"
	      "  -h, --help            this\n"
	      "\n"
	      "@FILE in place of an input file: a list of such, one a line.\n"
	      "All dumps go to standard error.\n",
	      stderr);
}

/*
 * Reads the options. Ends the program for --help and --version, and for unknown
 * ones.
 */
static void parse_options(int argc, char **argv)
{
	static const struct option long_options[] = {
		{ "debug", no_argument, &options.debug, 1 },
		{ "dump-dies", no_argument, &options.dump_dies, 1 },
		{ "dump-die-map", no_argument, &options.dump_die_map, 1 },
		{ "dump-types", no_argument, &options.dump_types, 1 },
		{ "dump-versions", no_argument, &options.dump_versions, 1 },
		{ "stable", no_argument, &options.stable, 1 },
		{ "symtypes", required_argument, NULL, 'T' },
		{ "consolidated", required_argument, NULL, 'c' },
		{ "relative-to", required_argument, NULL, 'R' },
		{ "canonical", no_argument, &options.canonical, 1 },
		{ "reference", required_argument, NULL, 'r' },
		{ "preserve", no_argument, &options.preserve, 1 },
		{ "exported", no_argument, &options.exported, 1 },
		{ "list-exported", no_argument, &options.list_exported, 1 },
		{ "complete", no_argument, &options.complete, 1 },
		{ "version", no_argument, NULL, 'V' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "dsT:c:r:pelVh", long_options, NULL)) != -1) {
		switch (option) {
		case 0: /* one that is set already */
			break;
		case 'd':
			options.debug = true;
			break;
		case 's':
			options.stable = true;
			break;
		case 'T':
			options.symtypes = optarg;
			break;
		case 'c':
			options.consolidated = optarg;
			break;
		case 'R': /* has no short form */
			options.relative_to = optarg;
			break;
		case 'r':
			options.reference = optarg;
			break;
		case 'p':
			options.preserve = true;
			break;
		case 'e':
			options.exported = true;
			break;
		case 'l':
			options.list_exported = true;
			break;
		case 'V':
			puts("gendwarfksyms " GENDWARFKSYMS_VERSION
			     " (--canonical: scheme " CANONICAL_SCHEME ")");
			output_close_stdout();
			exit(EXIT_SUCCESS);
		case 'h':
			usage();
			exit(EXIT_SUCCESS);
		default:
			usage();
			exit(EXIT_FAILURE);
		}
	}
	options.dump_dies |= options.dump_die_map;
	if (options.preserve && !options.reference)
		error("--preserve needs a file to compare with: --reference");
	if (options.relative_to && !options.consolidated)
		error("--relative-to needs a file to write: --consolidated");
}

/*
 * If the standard streams are closed, the next file that is opened would take
 * their place. Opens something that fails when it is used instead.
 */
static void fill_standard_streams(void)
{
	for (int fd = 0; fd < 3; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd ? O_RDONLY : O_WRONLY) != fd)
			exit(EXIT_FAILURE);
}

/* Opens an input file, for close(). Ends the program for bitcode if it is to be --complete. */
static int open_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		error("open failed for '%s': %m", path);
	current_path = path;
	if (options.complete && is_bitcode(fd))
		exit(EXIT_INCOMPLETE);
	return fd;
}

/* The path of an input file. */
struct path {
	const char *path;
	struct text name; /* in the consolidated file */
	bool unwanted; /* --exported: it has no symbol */
};

/* The input files. */
struct paths {
	struct path *paths;
	size_t count;
	size_t capacity;
	struct arena arena; /* of those from lists */
};

/* What is known of an input file. */
struct input {
	struct kabi_rules rules;
	struct type_table table;
	struct die_cache *cache;
	struct object object;
	int fd;
};

/* What is known across the input files, and of the one that is open. */
struct run {
	struct keys keys;
	struct input input;
	struct symbol_list list;
	struct reference reference;
	struct output symtypes;
	struct output consolidated_output;
	struct consolidated consolidated;
	unsigned int last; /* the number of the last file that is read, from 1 */
};

/*
 * Writes out all that is left to write. Only the last step, renaming, can fail
 * after standard output has been written.
 */
static void write_output(struct run *run)
{
	if (run->consolidated_output.file)
		consolidated_write(&run->consolidated, run->consolidated_output.file);
	output_finish(&run->symtypes);
	output_finish(&run->consolidated_output);
	/* Dumps are output as well. There is nowhere to say that they failed. */
	if (fflush(stderr) || ferror(stderr))
		exit(EXIT_FAILURE);
	symbols_print_versions(&run->list, stdout);
	output_close_stdout();
	output_replace(&run->symtypes);
	output_replace(&run->consolidated_output);
}

/* Compares the symbols of the current file with the reference file. */
static void compare(struct run *run, const struct symtypes_line *lines, size_t line_count)
{
	const struct symbol_list *list = &run->list;
	struct reference_symbol *symbols = allocate(list->assigned_count * sizeof(*symbols));

	for (size_t i = 0; i < list->assigned_count; i++)
		symbols[i] = (struct reference_symbol){ list->assigned[i]->name,
							list->assigned[i]->version };
	reference_compare(&run->reference, symbols, list->assigned_count, lines, line_count);
	free(symbols);
}

/* Hands on what the current file says to all that want it. */
static void use_types(struct run *run, const struct path *path)
{
	struct symtypes_line *lines;
	size_t count;

	if (!run->symtypes.file && !run->consolidated_output.file && !options.reference)
		return;
	lines = symbols_lines(&run->list, &run->input.table, &count);
	if (run->symtypes.file)
		types_write(lines, count, run->symtypes.file);
	if (run->consolidated_output.file)
		consolidated_add(&run->consolidated, path->name, lines, count);
	if (options.reference)
		compare(run, lines, count);
	free(lines);
}

static void close_input(struct input *input)
{
	die_cache_free(input->cache);
	types_clear(&input->table);
	kabi_free(&input->rules);
	object_close(&input->object);
	close(input->fd);
}

/* Makes overrides of the reference file type_string rules (FORMAT 14). */
static void add_overrides(const struct baseline *baseline, struct type_table *table)
{
	for (size_t i = 0; i < baseline->override_count; i++)
		types_add_rule(table, baseline->overrides[i].key->text,
			       baseline->overrides[i].string->text.start,
			       baseline->overrides[i].origin);
}

/* Goes through an input file. What is known of it is given up by the next. */
static void process_file(struct run *run, const struct path *path, unsigned int number)
{
	struct input *input = &run->input;
	struct type_table *table = &input->table;
	struct symbol_list *list = &run->list;

	if (table->path)
		close_input(input);
	table->keys = &run->keys;
	table->path = path->path;
	table->dump = options.dump_types;
	input->rules = (struct kabi_rules){ 0 };
	input->cache = die_cache_new(&input->rules, table);
	input->fd = open_file(path->path);
	debug("%s", path->path);
	statistics = (struct statistics){ 0 };
	object_open(&input->object, path->path, input->fd);
	kabi_read_rules(&input->rules, &input->object, table);
	if (options.preserve)
		add_overrides(&run->reference.baseline, table);
	symbols_begin_file(list, &input->object, number);
	match_symbols(list, &input->object, table, input->cache);
	kabi_warn_unmatched(&input->rules, table);
	symbols_compute_versions(list, table);
	/* Then nothing is said of the last file and the reference file, either. */
	if (options.complete && number == run->last && !symbols_complete(list))
		exit(EXIT_INCOMPLETE);
	use_types(run, path);
	debug("work=%" PRIu64 " loaded=%" PRIu64 " lookups=%" PRIu64 " written=%" PRIu64
	      " hashed=%" PRIu64 " slices=%" PRIu64 " memory=%" PRIu64,
	      statistics.work, statistics.loaded, statistics.lookups, statistics.written,
	      statistics.hashed, statistics.slices, statistics.memory);
}

static void add_path(struct paths *paths, const char *path)
{
	*APPEND(paths->paths, paths->count, paths->capacity) = (struct path){ .path = path };
}

/* Adds the files that stand in a list, one a line. */
static void add_listed(struct paths *paths, const char *list)
{
	struct text_file text;

	text_file_open(&text, list, "list of input files");
	while (text_file_next(&text)) {
		struct text path = { text.line, text.length };

		while (path.length && path.start[path.length - 1] == '\r')
			path.length--;
		if (path.length)
			add_path(paths, arena_text(&paths->arena, path).start);
	}
}

/* Finds out what the files export. */
static void read_exported(struct symbol_list *list, struct paths *paths)
{
	for (size_t i = 0; i < paths->count; i++) {
		struct path *path = &paths->paths[i];
		int fd = open_file(path->path);

		path->unwanted = !symbols_read_exported(list, path->path, fd, i + 1);
		close(fd);
	}
}

/* Ends the comparison; returns how many versions changed. */
static size_t report_reference(struct run *run)
{
	const struct symbol_list *list = &run->list;
	struct text *names = allocate(list->count * sizeof(*names));
	size_t changed;

	for (size_t i = 0; i < list->count; i++)
		names[i] = list->symbols[i]->name;
	changed = reference_report(&run->reference, names, list->count);
	free(names);
	return changed;
}

static void read_list(struct symbol_list *list)
{
	if (isatty(STDIN_FILENO))
		fputs("gendwarfksyms: reading names of symbols from the terminal, one a line, up to Ctrl-D\n",
		      stderr);
	symbols_read(list, stdin);
}

/*
 * Begins with the files to write, and names the input files in the consolidated one. The
 * arguments are input files and lists of them.
 */
static void open_outputs(struct run *run, struct paths *paths, char **arguments)
{
	output_open(&run->symtypes, options.symtypes);
	output_open(&run->consolidated_output, options.consolidated);
	if (!options.symtypes && !options.consolidated)
		return;
	if (!options.exported)
		output_check_input("/dev/stdin");
	for (; *arguments; arguments++)
		if (**arguments == '@')
			output_check_input(*arguments + 1);
	for (size_t i = 0; i < paths->count; i++) {
		struct path *path = &paths->paths[i];

		output_check_input(path->path);
		if (options.consolidated)
			path->name = consolidated_name(&run->consolidated, options.relative_to,
						       path->path);
	}
}

int main(int argc, char **argv)
{
	struct run run = { .reference = { .keys = &run.keys },
			   .consolidated = { .keys = &run.keys } };
	struct paths paths = { 0 };
	size_t changed = 0;

	fill_standard_streams();
	output_handle_signals();
	parse_options(argc, argv);
	message_buffer(options.dump_dies || options.dump_types || options.dump_versions ||
		       options.reference);
	/* Nothing but this machine is asked for separate debug files. */
	unsetenv("DEBUGINFOD_URLS");
	for (int i = optind; i < argc; i++) {
		if (*argv[i] == '@')
			add_listed(&paths, argv[i] + 1);
		else
			add_path(&paths, argv[i]);
	}
	if (!paths.count && optind < argc)
		error("no input files: none is in the list '%s'", argv[optind] + 1);
	if (!paths.count) {
		usage();
		error("no input files?");
	}
	if (options.exported || options.list_exported)
		read_exported(&run.list, &paths);
	else
		read_list(&run.list);
	if (options.list_exported) {
		symbols_print_names(&run.list, stdout);
		output_close_stdout();
		exit(EXIT_SUCCESS);
	}
	symbols_sort(&run.list);
	if (options.reference)
		reference_read(&run.reference, options.reference,
			       make_text(options.canonical ? CANONICAL_SCHEME : ""));
	/* If there are no symbols, not yesterday's files, but empty ones. */
	open_outputs(&run, &paths, argv + optind);
	for (size_t i = 0; i < paths.count; i++)
		if (!paths.paths[i].unwanted)
			run.last = i + 1;
	for (size_t i = 0; run.list.count && i < paths.count; i++)
		if (!paths.paths[i].unwanted)
			process_file(&run, &paths.paths[i], i + 1);
	if (options.reference)
		changed = report_reference(&run);
	if (changed && options.preserve)
		error("%zu version%s differ%s from those of '%s'", changed, changed == 1 ? "" : "s",
		      changed == 1 ? "s" : "", options.reference);
	write_output(&run);
	exit(EXIT_SUCCESS); /* which gives back all memory, in less time */
}
