/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Included in front of each of the program's files for the fuzzing target: what
 * they call is fuzz.c's.
 */
#include <elfutils/libdwfl.h>
#include <libelf.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

void fuzz_exit(int status) __attribute__((noreturn));
void fuzz_free(void *block);
void *fuzz_calloc(size_t count, size_t size);
void *fuzz_realloc(void *block, size_t size);
void *fuzz_aligned_alloc(size_t alignment, size_t size);
ssize_t fuzz_getline(char **line, size_t *size, FILE *file);
int fuzz_asprintf(char **text, const char *format, ...);
int fuzz_vasprintf(char **text, const char *format, va_list arguments);
FILE *fuzz_fopen(const char *path, const char *mode);
FILE *fuzz_tmpfile(void);
int fuzz_fclose(FILE *file);
FILE *fuzz_fopencookie(void *cookie, const char *mode, cookie_io_functions_t functions);
gzFile fuzz_gzdopen(int fd, const char *mode);
int fuzz_gzclose_r(gzFile file);
char *fuzz_strndup(const char *text, size_t size);
Elf *fuzz_elf_begin(int fd, Elf_Cmd command, Elf *reference);
int fuzz_elf_end(Elf *ended);
Dwarf *fuzz_dwarf_begin_elf(Elf *elf, Dwarf_Cmd command, Elf_Scn *group);
int fuzz_dwarf_end(Dwarf *ended);
Dwfl *fuzz_dwfl_begin(const Dwfl_Callbacks *callbacks);
void fuzz_dwfl_end(Dwfl *ended);
extern FILE *fuzz_stdin, *fuzz_stdout, *fuzz_stderr;

#define main		program_main
#define exit		fuzz_exit
#define free		fuzz_free
#define calloc		fuzz_calloc
#define realloc		fuzz_realloc
#define aligned_alloc	fuzz_aligned_alloc
#define getline		fuzz_getline
#define asprintf	fuzz_asprintf
#define vasprintf	fuzz_vasprintf
#define fopen		fuzz_fopen
#define tmpfile		fuzz_tmpfile
#define fclose		fuzz_fclose
#define fopencookie	fuzz_fopencookie
#undef gzdopen
#define gzdopen	  fuzz_gzdopen
#define gzclose_r fuzz_gzclose_r
#define strndup	  fuzz_strndup
#define elf_begin	fuzz_elf_begin
#define elf_end		fuzz_elf_end
#define dwarf_begin_elf fuzz_dwarf_begin_elf
#define dwarf_end	fuzz_dwarf_end
#define dwfl_begin	fuzz_dwfl_begin
#define dwfl_end	fuzz_dwfl_end
#undef stdin
#undef stdout
#undef stderr
#define stdin	    fuzz_stdin
#define stdout	    fuzz_stdout
#define stderr	    fuzz_stderr
#define printf(...) fprintf(fuzz_stdout, __VA_ARGS__)
#define putchar(c)  putc(c, fuzz_stdout)
