/*
 * files.h - reads and writes bytes.
 */
#ifndef DAMSESSION_FILES_H
#define DAMSESSION_FILES_H

#include <stddef.h>

/* Writes all bytes. Returns EXIT_OK, or EXIT_STOPPED after printing why. `place` is for the message. */
int write_bytes(int fd, const void *bytes, size_t size, const char *place);

/* Writes a secret and a newline, without stdio's buffers. A text that contains a line break is refused:
   EXIT_INTERNAL. */
int write_line(const char *text);

/* Reads a file, or standard input for "-", into memory of malloc. A NUL follows, which `size` does not count. */
int read_file(const char *path, void **bytes, size_t *size);

#endif
