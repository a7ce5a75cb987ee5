/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Messages, and statistics for --debug. A file says what it is called in messages
 * before it includes any header: PART.
 */
#ifndef MESSAGE_H
#define MESSAGE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#define GENDWARFKSYMS_VERSION "1.0"

/* What a program is called in messages, and its exit status after an error. */
struct program {
	const char *name;
	int error_status;
};

extern const struct program program; /* main()'s */

/*
 * How much has been done for the current file: printed with --debug, so that a
 * test can see that work grows no faster than its input.
 */
struct statistics {
	uint64_t work; /* of the reader: see struct dwarf_input */
	uint64_t loaded; /* entries of the die cache */
	uint64_t lookups; /* in hash tables */
	uint64_t written; /* bytes of type strings */
	uint64_t hashed; /* bytes of them */
	uint64_t slices; /* put together for versions */
	uint64_t memory; /* bytes of arenas, at most */
};

extern struct statistics statistics;

/* The input file that is being read, for messages about memory and from signal handlers; or "". */
extern const char *volatile current_path;

/*
 * Buffers stderr, so that a line is written at once, and those of processes beside each other
 * aren't mixed; `much` of it in as few pieces as can be. Before anything is printed there.
 */
void message_buffer(bool much);

/* Prints "LEVEL: PROGRAM: PART: TEXT" and a newline on stderr. */
void message(const char *level, const char *part, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Ends the program with its exit status for errors. No temporary file is left. */
#define error(...)                                   \
	do {                                         \
		message("error", PART, __VA_ARGS__); \
		exit(program.error_status);          \
	} while (0)

#define warning(...) message("warning", PART, __VA_ARGS__)

#endif
