/*
 * secret_line.h - one line of text that should be a secret.
 */
#ifndef DAMSESSION_SECRET_LINE_H
#define DAMSESSION_SECRET_LINE_H

#include <stddef.h>
#include <sys/types.h>

enum { SECRET_CAPACITY = 4096 }; /* a line typed at a terminal cannot be longer either. */

/* Reads the first line of `fd`, without its end and NUL-terminated. Returns its length, or -1 after printing why. */
ssize_t read_secret_line(int fd, char line[SECRET_CAPACITY], const char *place);

/* Ends a line of which `size` bytes were read. Returns its length, or -1 after printing why. */
ssize_t end_secret_line(char line[SECRET_CAPACITY], size_t size, int is_too_long, const char *place);

#endif
