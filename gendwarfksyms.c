// SPDX-License-Identifier: GPL-2.0-only
/*
 * The program: options, the loop over the input files, and output. Nothing goes
 * to standard output or takes the place of the symtypes file until all files
 * have been read without an error.
 */
#define PART "main"
#include "gendwarfksyms.h"
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

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
	      "      --canonical       versions that change with the ABI, not with the compiler\n"
	      "  -r, --reference FILE  say which versions differ from this symtypes file's, and why\n"
	      "  -p, --preserve        with -r: other versions are an error; honour overrides\n"
	      "  -e, --exported        the symbols that the files export, not a list\n"
	      "  -V, --version         the version of this program\n"
	      "  -h, --help            this\n"
	      "\n"
	      "All dumps go to standard error.\n",
	      stderr);
}

/* Options that main() acts upon itself. */
struct settings {
	const char *symtypes; /* the file to write, or NULL */
	const char *reference; /* the file to compare with, or NULL */
	bool preserve;
	bool exported;
};

/*
 * Reads the options. Ends the program for --help and --version, and for unknown
 * ones.
 */
static struct settings parse_options(int argc, char **argv)
{
	enum {
		DUMP_DIES = 256,
		DUMP_DIE_MAP,
		DUMP_TYPES,
		DUMP_VERSIONS,
		CANONICAL,
	};
	static const struct option long_options[] = {
		{ "debug", no_argument, NULL, 'd' },
		{ "dump-dies", no_argument, NULL, DUMP_DIES },
		{ "dump-die-map", no_argument, NULL, DUMP_DIE_MAP },
		{ "dump-types", no_argument, NULL, DUMP_TYPES },
		{ "dump-versions", no_argument, NULL, DUMP_VERSIONS },
		{ "stable", no_argument, NULL, 's' },
		{ "symtypes", required_argument, NULL, 'T' },
		{ "canonical", no_argument, NULL, CANONICAL },
		{ "reference", required_argument, NULL, 'r' },
		{ "preserve", no_argument, NULL, 'p' },
		{ "exported", no_argument, NULL, 'e' },
		{ "version", no_argument, NULL, 'V' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	struct settings settings = { 0 };
	int option;

	while ((option = getopt_long(argc, argv, "dsT:r:peVh", long_options,
				     NULL)) != -1) {
		switch (option) {
		case 'd':
			options.debug = true;
			break;
		case DUMP_DIE_MAP:
			options.dump_die_map = true;
			/* fallthrough */
		case DUMP_DIES:
			options.dump_dies = true;
			break;
		case DUMP_TYPES:
			options.dump_types = true;
			break;
		case DUMP_VERSIONS:
			options.dump_versions = true;
			break;
		case 's':
			options.stable = true;
			break;
		case 'T':
			settings.symtypes = optarg;
			break;
		case 'r':
			settings.reference = optarg;
			break;
		case 'p':
			settings.preserve = true;
			break;
		case 'e':
			settings.exported = true;
			break;
		case CANONICAL:
			options.canonical = true;
			break;
		case 'V':
			puts("gendwarfksyms " GENDWARFKSYMS_VERSION
			     " (--canonical: scheme " CANONICAL_SCHEME ")");
			exit(fclose(stdout) ? EXIT_FAILURE : EXIT_SUCCESS);
		case 'h':
			usage();
			exit(EXIT_SUCCESS);
		default:
			usage();
			exit(EXIT_FAILURE);
		}
	}
	if (settings.preserve && !settings.reference)
		error("--preserve needs a file to compare with: --reference");
	return settings;
}

/*
 * The symtypes file (FORMAT 7): written beside the file that it is to replace.
 * What is no regular file, or a symbolic link, can't be replaced; for it the
 * text waits in a file without a name.
 */
struct symtypes {
	const char *path; /* NULL: none is wanted */
	FILE *file;
};

/* The temporary file; removed however the program ends. NULL: there is none. */
static char *temporary;

static void remove_temporary(void)
{
	if (temporary)
		unlink(temporary);
}

/* The input file that is being read, for end_by_signal(). */
static const char *volatile current_path = "";

/* Writes a text; only calls what a signal handler may. */
static void write_text(const char *text)
{
	ssize_t written = write(STDERR_FILENO, text, strlen(text));

	(void)written; /* there is nowhere to say that it can't be said */
}

/*
 * Ends the program, without leaving the temporary file behind. SIGBUS means
 * that a file that is mapped has become shorter, or can't be read.
 */
static void end_by_signal(int number)
{
	remove_temporary();
	if (number == SIGBUS) {
		write_text("error: gendwarfksyms: main: '");
		write_text(current_path);
		write_text(
			"' was cut short while it was read, or can't be read\n");
		_exit(EXIT_FAILURE);
	}
	raise(number); /* with its default action: SA_RESETHAND */
}

/*
 * A closed pipe is a failed write, and signals that end the program don't leave
 * a file behind.
 */
static void handle_signals(void)
{
	static const int numbers[] = { SIGHUP, SIGINT, SIGTERM, SIGBUS };
	struct sigaction action = { .sa_handler = end_by_signal,
				    .sa_flags = SA_RESETHAND };
	struct sigaction old;

	signal(SIGPIPE, SIG_IGN);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		if (sigaction(numbers[i], NULL, &old) == 0 &&
		    old.sa_handler != SIG_IGN)
			sigaction(numbers[i], &action, NULL);
}

/*
 * If the standard streams are closed, the next file that is opened would take
 * their place. Opens something that fails when it is used instead.
 */
static void fill_standard_streams(void)
{
	for (int fd = 0; fd < 3; fd++)
		if (fcntl(fd, F_GETFD) < 0 &&
		    open("/dev/null", fd ? O_RDONLY : O_WRONLY) != fd)
			exit(EXIT_FAILURE);
}

static struct symtypes open_symtypes(const char *path)
{
	struct symtypes symtypes = { .path = path };
	struct stat status;
	mode_t mode, mask;
	int fd;

	if (!path)
		return symtypes;
	if (lstat(path, &status) == 0 && !S_ISREG(status.st_mode)) {
		symtypes.file = tmpfile();
		if (!symtypes.file)
			error("cannot make a temporary file: %m");
		return symtypes;
	}
	mask = umask(0);
	umask(mask);
	mode = access(path, F_OK) == 0 ? status.st_mode & 07777 : 0666 & ~mask;
	if (asprintf(&temporary, "%s.XXXXXX", path) < 0)
		error("out of memory");
	fd = mkstemp(temporary);
	if (fd < 0) {
		temporary = NULL;
		error("cannot write '%s': %m", path);
	}
	atexit(remove_temporary);
	symtypes.file = fdopen(fd, "w");
	if (fchmod(fd, mode) || !symtypes.file)
		error("cannot write '%s': %m", path);
	return symtypes;
}

/* Whether the file of that name is the one that standard output goes to. */
static bool is_stdout(const char *path)
{
	struct stat status, out;

	return stat(path, &status) == 0 && fstat(STDOUT_FILENO, &out) == 0 &&
	       status.st_dev == out.st_dev && status.st_ino == out.st_ino;
}

/* Copies what was written to where it belongs, for what can't be replaced. */
static void copy_symtypes(struct symtypes *symtypes)
{
	/* Opened once more, /dev/stdout would overwrite itself. */
	bool shared = is_stdout(symtypes->path);
	FILE *to = shared ? stdout : fopen(symtypes->path, "w");
	char buffer[65536];
	size_t size;

	if (!to)
		error("cannot write '%s': %m", symtypes->path);
	rewind(symtypes->file);
	while ((size = fread(buffer, 1, sizeof(buffer), symtypes->file)))
		fwrite(buffer, 1, size, to);
	if (ferror(symtypes->file))
		error("cannot read a temporary file: %m");
	if (ferror(to) | (shared ? fflush(to) : fclose(to)))
		error("cannot write '%s': %m", symtypes->path);
}

/*
 * Writes out all that is left to write. Only the last step, a rename, can fail
 * after standard output has been written.
 */
static void write_output(struct symtypes *symtypes,
			 const struct symbol_list *list)
{
	if (symtypes->file) {
		if (fflush(symtypes->file) || ferror(symtypes->file))
			error("cannot write '%s': %m", symtypes->path);
		if (!temporary)
			copy_symtypes(symtypes);
		if (fclose(symtypes->file))
			error("cannot write '%s': %m", symtypes->path);
	}
	/* Dumps are output as well. There is nowhere to say that they failed. */
	if (fflush(stderr) || ferror(stderr))
		exit(EXIT_FAILURE);
	symbols_print_versions(list, stdout);
	if (ferror(stdout) | fclose(stdout))
		error("cannot write to standard output: %m");
	if (temporary) {
		if (rename(temporary, symtypes->path))
			error("cannot rename '%s' to '%s': %m", temporary,
			      symtypes->path);
		free(temporary);
		temporary = NULL;
	}
}

static int open_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		error("open failed for '%s': %m", path);
	current_path = path;
	return fd;
}

/* What is known across the input files. */
struct run {
	struct settings settings;
	struct symbol_list list;
	struct reference reference;
	struct symtypes symtypes;
};

static void process_file(struct run *run, const char *path, unsigned int number)
{
	struct kabi_rules rules = { 0 };
	struct type_table table = { .rules = &rules };
	struct die_cache cache = { .rules = &rules, .table = &table };
	struct symbol_list *list = &run->list;
	int fd = open_file(path);
	struct object object;

	debug("%s", path);
	statistics = (struct statistics){ 0 };
	object_open(&object, path, fd);
	kabi_read_rules(&rules, &object);
	if (run->settings.preserve)
		reference_add_overrides(&run->reference, &rules);
	symbols_find_aliases(list, &object);
	match_symbols(list, &object, number, &cache);
	kabi_warn_unmatched(&table);
	symbols_compute_versions(list, number, &table);
	if (run->symtypes.file)
		symbols_write_types(list, number, &table, run->symtypes.file);
	if (run->settings.reference)
		reference_compare(&run->reference, list, number, &table);
	debug("dies=%" PRIu64 " loaded=%" PRIu64 " lookups=%" PRIu64
	      " written=%" PRIu64 " hashed=%" PRIu64 " slices=%" PRIu64,
	      statistics.dies, statistics.loaded, statistics.lookups,
	      statistics.written, statistics.hashed, statistics.slices);
	die_cache_free(&cache);
	types_free(&table);
	kabi_free(&rules);
	object_close(&object);
	close(fd);
}

static void read_list(struct symbol_list *list, char **paths, bool exported)
{
	for (; exported && *paths; paths++) {
		int fd = open_file(*paths);

		symbols_read_exported(list, *paths, fd);
		close(fd);
	}
	if (exported)
		return;
	if (isatty(STDIN_FILENO))
		fputs("gendwarfksyms: reading names of symbols from the terminal, one a line, up to Ctrl-D\n",
		      stderr);
	symbols_read(list, stdin);
}

int main(int argc, char **argv)
{
	struct run run = { 0 };
	size_t changed = 0;

	fill_standard_streams();
	handle_signals();
	run.settings = parse_options(argc, argv);
	/* Dumps are written in pieces of a few bytes. */
	if (options.dump_dies || options.dump_types || options.dump_versions ||
	    run.settings.reference)
		setvbuf(stderr, NULL, _IOFBF, 1 << 16);
	/* Nothing but this machine is asked for separate debug files. */
	unsetenv("DEBUGINFOD_URLS");
	if (optind == argc) {
		usage();
		error("no input files?");
	}
	read_list(&run.list, argv + optind, run.settings.exported);
	if (!run.list.count) {
		/* Not yesterday's symtypes file, but an empty one. */
		run.symtypes = open_symtypes(run.settings.symtypes);
		write_output(&run.symtypes, &run.list);
		return EXIT_SUCCESS;
	}
	if (run.settings.reference)
		reference_read(&run.reference, run.settings.reference);
	run.symtypes = open_symtypes(run.settings.symtypes);
	for (int i = optind; i < argc; i++)
		process_file(&run, argv[i], i - optind + 1);
	if (run.settings.reference)
		changed = reference_report(&run.reference, &run.list);
	if (changed && run.settings.preserve)
		error("%zu version%s differ%s from those of '%s'", changed,
		      changed == 1 ? "" : "s", changed == 1 ? "s" : "",
		      run.settings.reference);
	write_output(&run.symtypes, &run.list);
	symbols_free(&run.list);
	return EXIT_SUCCESS;
}
