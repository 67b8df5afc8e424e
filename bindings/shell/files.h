/*
 * files.h - bytes in and out.
 */
#ifndef DAMSESSION_FILES_H
#define DAMSESSION_FILES_H

#include <stddef.h>

/* Everything, or EXIT_STOPPED after saying why. `place` is for the message. */
int write_bytes(int fd, const void *bytes, size_t size, const char *place);

/* Secrets and the like: `text` and a newline, past stdio's buffers; a line break in it is refused (EXIT_INTERNAL). */
int write_line(const char *text);

/* A file, or standard input for "-", in memory of malloc, with a NUL after it that is not counted. */
int read_file(const char *path, void **bytes, size_t *size);

#endif
