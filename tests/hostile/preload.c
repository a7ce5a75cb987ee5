// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loaded before the C library by surroundings.t: makes something happen when
 * the program allocates memory for the nth time, n being AT in the environment.
 *
 *	HAPPENS=fail		there is no memory, this time
 *	HAPPENS=fail-on		... and from then on
 *	HAPPENS=truncate	the file FILE becomes empty
 *	HAPPENS=replace		the file FILE is replaced by OTHER
 *	HAPPENS=signal		nothing; but a SIGTERM comes when a temporary file is made
 *
 * If the nth time doesn't come, the exit status is 99.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static unsigned long number, at;

static int happens(void)
{
	const char *what;

	if (!at)
		return 0;
	if (++number < at)
		return 0;
	what = getenv("HAPPENS");
	if (!strcmp(what, "fail-on"))
		return 1;
	if (number > at)
		return 0;
	if (!strcmp(what, "fail"))
		return 1;
	if (!strcmp(what, "signal"))
		return 0;
	if (!strcmp(what, "truncate") ? truncate(getenv("FILE"), 0)
				      : rename(getenv("OTHER"), getenv("FILE")))
		abort();
	return 0;
}

void *malloc(size_t size)
{
	return happens() ? errno = ENOMEM, NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	return happens() ? errno = ENOMEM, NULL : __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size)
{
	return happens() ? errno = ENOMEM, NULL : __libc_realloc(memory, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
	return happens() ? errno = ENOMEM, NULL : __libc_memalign(alignment, size);
}

/* The program calls this one, as its files may have 2 GiB and more. */
int mkstemp64(char *name)
{
	int (*make)(char *) = (int (*)(char *))dlsym(RTLD_NEXT, "mkstemp64");
	int fd = make(name);

	if (!strcmp(getenv("HAPPENS"), "signal"))
		raise(SIGTERM);
	return fd;
}

static void __attribute__((constructor)) begin(void)
{
	at = strtoul(getenv("AT"), NULL, 10);
}

static void __attribute__((destructor)) end(void)
{
	if (number < at)
		_exit(99);
}
