// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lists, rules and baselines as lines. zlib reads the file, which passes on what isn't
 * compressed as it is, and the C library makes lines of that.
 */
#define PART "text"
#include "text_file.h"
#include "cache.h"
#include "magic.h"
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

/* How much is read at once, bytes. */
#define BUFFER_SIZE (64 << 10)

/*
 * Tells whether something that is compressed should be in a file of which nothing came out: its
 * last 4 bytes are the size of that. zlib 1.3.2 takes a stream that is damaged before its first
 * byte for none at all.
 */
static bool is_lost(const struct text_file *text)
{
	static const char none[4];
	struct stat status;
	char size[4];

	return !gzdirect(text->compressed) && !gztell(text->compressed) &&
	       fstat(text->descriptor, &status) == 0 &&
	       pread(text->descriptor, size, 4, status.st_size - 4) == 4 && memcmp(size, none, 4);
}

/* Reads for the C library. */
static ssize_t read_compressed(void *cookie, char *buffer, size_t size)
{
	const struct text_file *text = cookie;
	int count = gzread(text->compressed, buffer, size), status;
	const char *problem = gzerror(text->compressed, &status);

	if (status == Z_ERRNO)
		return -1;
	/* zlib says it together with the bytes before the damage, or after them; 1.3.2 says it once. */
	if (count < 0 || (status != Z_OK && status != Z_STREAM_END))
		/* zlib calls the file <fd:3>. */
		error("'%s' is damaged, it can't be decompressed: %s", text->path,
		      strncmp(problem, "<fd:", 4) ? problem : strchr(problem, ' ') + 1);
	if (!count && is_lost(text))
		error("'%s' is damaged, it can't be decompressed: invalid data", text->path);
	return count;
}

void text_file_open(struct text_file *text, const char *path, const char *kind)
{
	*text = (struct text_file){ .path = path, .kind = kind };
	text->descriptor = open(path, O_RDONLY | O_CLOEXEC);
	if (text->descriptor >= 0)
		text->compressed = gzdopen(text->descriptor, "r");
	if (text->compressed)
		text->file =
			fopencookie(text, "r", (cookie_io_functions_t){ .read = read_compressed });
	if (!text->file)
		error("cannot read the %s '%s': %m", kind, path);
	gzbuffer(text->compressed, BUFFER_SIZE);
}

static void close_file(struct text_file *text)
{
	fclose(text->file);
	gzclose_r(text->compressed);
	free(text->line);
}

bool text_file_next(struct text_file *text)
{
	ssize_t length = getline(&text->line, &text->size, text->file);
	const char *description, *start;

	if (length < 0 && !feof(text->file)) /* it may also be memory that is out */
		error("cannot read the %s '%s': %m", text->kind, text->path);
	if (length < 0) {
		close_file(text);
		return false;
	}
	text->number++;
	description = text->number == 1 ? describe_content(text->line, length) : NULL;
	if (description)
		error("'%s' is no %s: it is %s", text->path, text->kind, description);
	if (memchr(text->line, 0, length))
		error("line %zu of '%s': there is a NUL in it (if find wrote it: without -print0)",
		      text->number, text->path);
	if (text->line[length - 1] == '\n')
		text->line[--length] = '\0';
	start = text->number == 1 ? skip_byte_order_mark(text->line) : text->line;
	text->marked = start != text->line;
	text->length = length - (start - text->line);
	if (text->marked)
		memmove(text->line, start, text->length + 1);
	return true;
}
