// SPDX-License-Identifier: GPL-2.0-only
/*
 * What runs a program again and again in one process, for the fuzzing targets.
 *
 * The program's files are compiled with its main() and what it asks of the C
 * library under other names, defined here: exit() comes back to the loop, and
 * what was allocated or opened is given back by then. The program's variables
 * (sections program_data and program_bss) are set back to what they were in the
 * beginning.
 */
#include "fuzz-program.h"
#include <elfutils/libdwfl.h>
#include <getopt.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

int program_main(int argc, char **argv);

FILE *fuzz_stdin, *fuzz_stdout, *fuzz_stderr;

void require(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "broken: %s\n", what);
	abort();
}

/* The program's C library */

static jmp_buf end_of_run;

void __attribute__((noreturn)) fuzz_exit(int status)
{
	longjmp(end_of_run, status + 1);
}

static void *blocks[1 << 16];
static size_t block_count;

static void *keep_block(void *block)
{
	require(block_count < sizeof(blocks) / sizeof(*blocks),
		"too many blocks of memory for the fuzzing target");
	if (block)
		blocks[block_count++] = block;
	return block;
}

static void forget_block(const void *block)
{
	for (size_t i = block_count; block && i--;) {
		if (blocks[i] == block) {
			blocks[i] = blocks[--block_count];
			return;
		}
	}
}

void fuzz_free(void *block)
{
	forget_block(block);
	free(block);
}

void *fuzz_calloc(size_t count, size_t size)
{
	return keep_block(calloc(count, size));
}

void *fuzz_realloc(void *block, size_t size)
{
	forget_block(block);
	return keep_block(realloc(block, size));
}

void *fuzz_aligned_alloc(size_t alignment, size_t size)
{
	return keep_block(aligned_alloc(alignment, size));
}

/* Reading may end the run at any byte, which getline() itself would not expect. */
ssize_t fuzz_getline(char **line, size_t *size, FILE *file)
{
	size_t length = 0;
	int c;

	do {
		c = getc(file);
		if (length + 2 > *size) {
			*size = 2 * *size + 128;
			*line = fuzz_realloc(*line, *size);
		}
		if (c != EOF)
			(*line)[length++] = c;
	} while (c != EOF && c != '\n');
	(*line)[length] = '\0';
	return length ? (ssize_t)length : -1;
}

int fuzz_vasprintf(char **text, const char *format, va_list arguments)
{
	int length = vasprintf(text, format, arguments);

	if (length >= 0)
		keep_block(*text);
	return length;
}

int fuzz_asprintf(char **text, const char *format, ...)
{
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = fuzz_vasprintf(text, format, arguments);
	va_end(arguments);
	return length;
}

char *fuzz_strndup(const char *text, size_t size)
{
	return keep_block(strndup(text, size));
}

/* What libelf and libdw have opened: the object, and .dwo files. */
#define OPENED 64
static Elf *elfs[OPENED];
static Dwarf *dwarfs[OPENED];
static Dwfl *dwfl;

/* Puts a pointer in place of another in an array. */
static void exchange(void *array, const void *old, void *new)
{
	void **pointers = array;

	for (int i = 0; i < OPENED; i++) {
		if (pointers[i] == old) {
			pointers[i] = new;
			return;
		}
	}
	require(!new, "too many open files for the fuzzing target");
}

Elf *fuzz_elf_begin(int fd, Elf_Cmd command, Elf *reference)
{
	Elf *elf = elf_begin(fd, command, reference);

	if (elf)
		exchange(elfs, NULL, elf);
	return elf;
}

int fuzz_elf_end(Elf *ended)
{
	if (ended)
		exchange(elfs, ended, NULL);
	return elf_end(ended);
}

Dwarf *fuzz_dwarf_begin_elf(Elf *elf, Dwarf_Cmd command, Elf_Scn *group)
{
	Dwarf *dwarf = dwarf_begin_elf(elf, command, group);

	if (dwarf)
		exchange(dwarfs, NULL, dwarf);
	return dwarf;
}

int fuzz_dwarf_end(Dwarf *ended)
{
	if (ended)
		exchange(dwarfs, ended, NULL);
	return dwarf_end(ended);
}

Dwfl *fuzz_dwfl_begin(const Dwfl_Callbacks *callbacks)
{
	return dwfl = dwfl_begin(callbacks);
}

void fuzz_dwfl_end(Dwfl *ended)
{
	dwfl = NULL;
	dwfl_end(ended);
}

static FILE *files[OPENED];

static FILE *keep_file(FILE *file)
{
	if (file)
		exchange(files, NULL, file);
	return file;
}

FILE *fuzz_fopen(const char *path, const char *mode)
{
	return keep_file(fopen(path, mode));
}

FILE *fuzz_tmpfile(void)
{
	return keep_file(tmpfile());
}

FILE *fuzz_fopencookie(void *cookie, const char *mode, cookie_io_functions_t functions)
{
	return keep_file(fopencookie(cookie, mode, functions));
}

static gzFile compressed[OPENED];

gzFile fuzz_gzdopen(int fd, const char *mode)
{
	gzFile file = gzdopen(fd, mode);

	if (file)
		exchange(compressed, NULL, file);
	return file;
}

int fuzz_gzclose_r(gzFile file)
{
	exchange(compressed, file, NULL);
	return gzclose_r(file);
}

int fuzz_fclose(FILE *file)
{
	exchange(files, file, NULL);
	if (file == fuzz_stdout)
		fuzz_stdout = NULL;
	return fclose(file);
}

/* Gives back what a run that ended early has left open. */
static void end_all(void)
{
	for (int i = 0; i < OPENED; i++)
		dwarf_end(dwarfs[i]);
	if (dwfl)
		dwfl_end(dwfl);
	for (int i = 0; i < OPENED; i++) {
		elf_end(elfs[i]);
		if (files[i])
			fclose(files[i]);
		if (compressed[i])
			gzclose_r(compressed[i]);
	}
	memset(dwarfs, 0, sizeof(dwarfs));
	memset(elfs, 0, sizeof(elfs));
	memset(files, 0, sizeof(files));
	memset(compressed, 0, sizeof(compressed));
	dwfl = NULL;
}

/* The program's variables */

extern volatile uint64_t __start_program_data[], __stop_program_data[];
extern volatile uint64_t __start_program_bss[], __stop_program_bss[];

/* Copies also what the address sanitizer has put around each. */
static void __attribute__((no_sanitize("all")))
copy_words(volatile uint64_t *to, const volatile uint64_t *from, size_t count)
{
	while (count--)
		*to++ = *from++;
}

static void reset_variables(void)
{
	static uint64_t *data, *bss;
	size_t data_size = __stop_program_data - __start_program_data;
	size_t bss_size = __stop_program_bss - __start_program_bss;

	if (data) {
		copy_words(__start_program_data, data, data_size);
		copy_words(__start_program_bss, bss, bss_size);
		return;
	}
	data = malloc(data_size * sizeof(*data) + 1);
	bss = malloc(bss_size * sizeof(*bss) + 1);
	copy_words(data, __start_program_data, data_size);
	copy_words(bss, __start_program_bss, bss_size);
}

void make_file(const void *data, size_t size, int fd)
{
	int memory = memfd_create("object", 0);

	require(memory >= 0, "memfd_create");
	require(write(memory, data, size) == (ssize_t)size, "write");
	require(dup2(memory, fd) == fd && !close(memory), "dup2");
}

void run_program(char **arguments, const char *input, size_t input_size, int error_status)
{
	char *output = NULL;
	size_t output_size = 0;
	int status, count = 0;

	while (arguments[count])
		count++;
	reset_variables();
	if (!fuzz_stderr) /* stays open */
		fuzz_stderr = fopen("/dev/null", "w");
	fuzz_stdin = fmemopen((void *)input, input_size, "r");
	fuzz_stdout = open_memstream(&output, &output_size);
	optind = 0;
	status = setjmp(end_of_run);
	if (!status)
		status = 1 + program_main(count, arguments);
	status--;
	require(status >= 0 && status <= error_status, "exit status");
	if (fuzz_stdout)
		fclose(fuzz_stdout);
	require(status != error_status || !output_size, "output after an error");
	free(output);
	if (fuzz_stdin)
		fclose(fuzz_stdin);
	end_all();
	while (block_count)
		free(blocks[--block_count]);
	close_range(fileno(fuzz_stderr) + 1, ~0u, 0);
}
