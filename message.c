// SPDX-License-Identifier: GPL-2.0-only
/*
 * What every file may use: messages, statistics.
 */
#define PART "message"
#include "message.h"
#include <stdio.h>
#include <stdarg.h>

struct statistics statistics;
const char *volatile current_path = "";

void message_buffer(bool much)
{
	static char buffer[1 << 16];

	setvbuf(stderr, buffer, much ? _IOFBF : _IOLBF, sizeof(buffer));
}

void message(const char *level, const char *part, const char *format, ...)
{
	va_list arguments;

	fprintf(stderr, "%s: %s: %s: ", level, program.name, part);
	va_start(arguments, format);
	/* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): it is. */
	vfprintf(stderr, format, arguments);
	putc('\n', stderr);
	va_end(arguments);
}
