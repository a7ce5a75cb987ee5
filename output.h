/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Files that are written, and appear only if all goes well.
 */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <stdio.h>

/* A file that is to be written; none is wanted if the path is NULL. */
struct output {
	const char *path; /* the caller's */
	FILE *file; /* to write to; NULL: none */
	char *temporary; /* its name; NULL: it has none */
	struct output *next; /* the one that was opened before */
};

/*
 * Begins with a file, ends it, and puts it into its place. Until then, nothing of
 * it is seen. Errors: it can't be written, or was opened before. From then on to the end of
 * the program, the struct has to stay where it is.
 */
void output_open(struct output *output, const char *path);
void output_finish(struct output *output);
void output_replace(struct output *output);

/* Ends with standard output. Error: what was printed can't be written. */
void output_close_stdout(void);

/* Ends the program if a file that is read is one that was opened here. */
void output_check_input(const char *path);

/*
 * Sees to it that signals which end the program leave no temporary file, and that a
 * closed pipe and a file that would become too long are failed writes.
 */
void output_handle_signals(void);

#endif
