/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fuzz-program.c, for the targets: a program that can be run again and again.
 */
#ifndef FUZZ_PROGRAM_H
#define FUZZ_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Aborts if something isn't true of a run. */
void require(bool good, const char *what);

/* Has a descriptor be a file with that content, called /dev/fd/FD. */
void make_file(const void *data, size_t size, int fd);

/*
 * Runs the program with arguments (NULL behind the last) and standard input. Its
 * exit status has to be one up to `error_status`, and with that nothing may be on
 * standard output. All descriptors are closed behind standard error's.
 */
void run_program(char **arguments, const char *input, size_t input_size, int error_status);

#endif
