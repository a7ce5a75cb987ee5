// SPDX-License-Identifier: GPL-2.0-only
/*
 * What every file may use: messages, the options they depend on, statistics.
 */
#define PART "message"
#include "gendwarfksyms.h"
#include <stdarg.h>

struct options options;
struct statistics statistics;

void message(const char *level, const char *part, const char *format, ...)
{
	va_list arguments;

	fprintf(stderr, "%s: gendwarfksyms: %s: ", level, part);
	va_start(arguments, format);
	/* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): it is. */
	vfprintf(stderr, format, arguments);
	putc('\n', stderr);
	va_end(arguments);
}
