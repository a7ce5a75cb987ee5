/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Text files that are read line by line, compressed with gzip or not.
 */
#ifndef TEXT_FILE_H
#define TEXT_FILE_H

#include <stdbool.h>
#include <stdio.h>

/* A file that is open, and the line that was read last. */
struct text_file {
	const char *path; /* the caller's */
	const char *kind; /* what it is to be, for messages: "list" */
	FILE *file;
	int descriptor; /* closed by zlib */
	void *compressed; /* zlib's */
	char *line; /* NUL-terminated, without its newline; the next one takes its place */
	size_t size; /* of the memory that it is in */
	size_t length;
	size_t number; /* of the line, from 1 */
	bool marked; /* a byte order mark stood at its start, which is passed over */
};

/* Opens a file. Error: it can't be read. */
void text_file_open(struct text_file *text, const char *path, const char *kind);

/*
 * Reads the next line. Returns false if there is none, and closes the file. Errors, with
 * path and line: it can't be read, its first bytes tell that it is something else, or
 * there is a NUL in the line.
 */
bool text_file_next(struct text_file *text);

#endif
