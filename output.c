// SPDX-License-Identifier: GPL-2.0-only
/*
 * The files that are written beside standard output. Each is written beside the file
 * that it is to replace, and takes its place only when all else has been done; what
 * is left of it is removed when the program ends, also by a signal, but for SIGKILL and
 * crashes. What is no regular file, or a symbolic link, can't be replaced; for it the
 * text waits in a file without a name.
 */
#define PART "output"
#include "output.h"
#include "cache.h"
#include <limits.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

/* All that were opened. */
static struct output *outputs;

static void remove_temporaries(void)
{
	for (struct output *output = outputs; output; output = output->next)
		if (output->temporary)
			unlink(output->temporary);
}

/* Writes a text; only calls what a signal handler may. */
static void write_text(const char *text)
{
	ssize_t written = write(STDERR_FILENO, text, strlen(text));

	(void)written; /* there is nowhere to say that it can't be said */
}

/*
 * Ends the program and leaves no temporary file. SIGBUS means that a
 * file that is mapped has become shorter, or can't be read.
 */
static void end_by_signal(int number)
{
	remove_temporaries();
	if (number == SIGBUS) {
		write_text("error: ");
		write_text(program.name);
		write_text(": main: '");
		write_text(current_path);
		write_text("' was cut short while it was read, or can't be read\n");
		_exit(program.error_status);
	}
	raise(number); /* with its default action: SA_RESETHAND */
}

void output_handle_signals(void)
{
	static const int numbers[] = { SIGHUP,	SIGINT,	 SIGQUIT, SIGTERM, SIGBUS,
				       SIGALRM, SIGUSR1, SIGUSR2, SIGXCPU };
	struct sigaction action = { .sa_handler = end_by_signal, .sa_flags = SA_RESETHAND };
	struct sigaction old;

	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		if (sigaction(numbers[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
			sigaction(numbers[i], &action, NULL);
}

static bool same_inode(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/*
 * Tells whether two paths are of one file, or would be once they are written. Pipes and
 * devices may be written to twice.
 */
static bool is_same_file(const char *a, const char *b)
{
	char name[PATH_MAX] = "", other_name[PATH_MAX] = "";
	struct stat status, other;

	if (stat(a, &status) == 0 && stat(b, &other) == 0)
		return S_ISREG(status.st_mode) && same_inode(&status, &other);
	/* Of what isn't there yet, realpath() leaves the name that it would have. */
	return !realpath(a, name) && !realpath(b, other_name) && *name && !strcmp(name, other_name);
}

/* Finds the output that is to be written to the file of that path; or NULL. */
static const struct output *find_output(const char *path)
{
	const struct output *output = outputs;

	while (output && !is_same_file(output->path, path))
		output = output->next;
	return output;
}

void output_check_input(const char *path)
{
	const struct output *output = find_output(path);

	if (output)
		error("'%s' is read, and '%s' would be written over it", path, output->path);
}

/* Tells whether the file of that name is the one that standard output goes to. */
static bool is_stdout(const char *path)
{
	struct stat status, out;

	return stat(path, &status) == 0 && fstat(STDOUT_FILENO, &out) == 0 &&
	       same_inode(&status, &out);
}

/* Makes the file beside the one to replace, with its mode if it is there. */
static void open_temporary(struct output *output, mode_t old_mode)
{
	mode_t mask = umask(0);
	sigset_t all, before;
	char *name;
	int fd;

	umask(mask);
	if (asprintf(&name, "%s.XXXXXX", output->path) < 0)
		error("out of memory");
	/* A signal may come when it is known that the file is there. */
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before);
	fd = mkstemp(name);
	if (fd >= 0)
		output->temporary = name;
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (fd < 0)
		error("cannot write '%s': %m", output->path);
	output->file = fdopen(fd, "w");
	if (fchmod(fd, old_mode ? old_mode & 07777 : 0666 & ~mask) || !output->file)
		error("cannot write '%s': %m", output->path);
}

void output_open(struct output *output, const char *path)
{
	struct stat status = { 0 };
	const struct output *other;

	*output = (struct output){ .path = path, .next = outputs };
	if (!path)
		return;
	if (!*path)
		error("the name of a file to write is empty");
	other = find_output(path);
	if (other)
		error("'%s' and '%s', which are to be written, are the same file", other->path,
		      path);
	if (!outputs)
		atexit(remove_temporaries);
	outputs = output;
	if (lstat(path, &status) || S_ISREG(status.st_mode)) {
		if (is_stdout(path))
			error("'%s' is to be written, and standard output goes there, too", path);
		open_temporary(output, status.st_mode);
		return;
	}
	output->file = tmpfile();
	if (!output->file)
		error("cannot make a temporary file: %m");
}

/* Copies what was written to where it belongs, for what can't be replaced. */
static void copy_output(struct output *output)
{
	/* Opened once more, /dev/stdout would overwrite itself. */
	bool shared = is_stdout(output->path);
	FILE *to = shared ? stdout : fopen(output->path, "w");
	char buffer[65536];
	size_t size;

	if (!to)
		error("cannot write '%s': %m", output->path);
	rewind(output->file);
	while ((size = fread(buffer, 1, sizeof(buffer), output->file)))
		fwrite(buffer, 1, size, to);
	if (ferror(output->file))
		error("cannot read a temporary file: %m");
	if (ferror(to) | (shared ? fflush(to) : fclose(to)))
		error("cannot write '%s': %m", output->path);
}

void output_close_stdout(void)
{
	if (ferror(stdout) | fclose(stdout))
		error("cannot write to standard output: %m");
}

void output_finish(struct output *output)
{
	if (!output->file)
		return;
	if (fflush(output->file) || ferror(output->file))
		error("cannot write '%s': %m", output->path);
	if (!output->temporary)
		copy_output(output);
	if (fclose(output->file))
		error("cannot write '%s': %m", output->path);
}

void output_replace(struct output *output)
{
	char *temporary = output->temporary;

	if (!temporary)
		return;
	if (rename(temporary, output->path))
		error("cannot rename '%s' to '%s': %m", temporary, output->path);
	output->temporary = NULL; /* first, as a signal may come */
	free(temporary);
}
