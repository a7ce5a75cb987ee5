/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a test program has in place of gendwarfksyms.c. Messages are comments in
 * its TAP.
 */
#include "../gendwarfksyms.h"
#include <stdarg.h>

struct options options;
struct statistics statistics;

void message(const char *level, const char *function, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	printf("# %s: %s: ", level, function);
	vprintf(format, arguments);
	putchar('\n');
	va_end(arguments);
}
