/*
 * secret_line.c - reads and checks a line that should be a secret, and wipes it if it is none.
 */
#include "secret_line.h"

#include "say.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

ssize_t end_secret_line(char line[SECRET_CAPACITY], size_t size, int is_too_long, const char *place)
{
    size -= !is_too_long && size > 0 && line[size - 1] == '\r'; /* the line end of a file from Windows. */
    line[size] = '\0';
    if (is_too_long)
        say("%s: the first line is longer than %d bytes", place, SECRET_CAPACITY - 1);
    else if (size == 0)
        say("%s: there is no secret in its first line", place);
    else if (strlen(line) != size)
        say("%s: there is a NUL byte in the secret", place);
    else
        return (ssize_t)size;
    explicit_bzero(line, SECRET_CAPACITY);
    return -1;
}

/* It reads byte by byte, because what follows the line is not its own: the next secret, or input for the script. */
ssize_t read_secret_line(int fd, char line[SECRET_CAPACITY], const char *place)
{
    for (size_t size = 0;;) {
        char byte;
        ssize_t got = read(fd, &byte, 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            say("%s: %s", place, strerror(errno));
            explicit_bzero(line, SECRET_CAPACITY);
            return -1;
        }
        int is_too_long = got > 0 && byte != '\n' && size + 1 == SECRET_CAPACITY;
        if (got == 0 || byte == '\n' || is_too_long)
            return end_secret_line(line, size, is_too_long, place);
        line[size++] = byte;
    }
}
