/*
 * files.c - reads and writes bytes.
 *
 * It uses write(2), not stdio, so that secrets leave no copies in buffers and an error is seen where it happens.
 * Downloads are not written here: the library does that, whole or not at all.
 */
#include "files.h"

#include "exit_code.h"
#include "say.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int write_bytes(int fd, const void *bytes, size_t size, const char *place)
{
    const char *at = bytes;
    while (size > 0) {
        ssize_t written = write(fd, at, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return complain(place);
        at += written;
        size -= (size_t)written;
    }
    return EXIT_OK;
}

int write_line(const char *text)
{
    if (strpbrk(text, "\r\n") != NULL) {
        say("what the library gave has a line break in it and is not printed; please report this");
        return EXIT_INTERNAL;
    }
    int code = write_bytes(STDOUT_FILENO, text, strlen(text), "standard output");
    return code == EXIT_OK ? write_bytes(STDOUT_FILENO, "\n", 1, "standard output") : code;
}

int read_file(const char *path, void **bytes, size_t *size)
{
    int standard = strcmp(path, "-") == 0;
    const char *place = standard ? "standard input" : path;
    int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    char *buffer = NULL;
    size_t room = 0, used = 0;
    ssize_t got = fd < 0 ? -1 : 1;
    while (got > 0) {
        if (used + 1 >= room) { /* one byte is for the NUL. */
            room = room == 0 ? 65536 : 2 * room;
            char *larger = room > used ? realloc(buffer, room) : NULL;
            if (larger == NULL) {
                errno = ENOMEM;
                got = -1;
                break;
            }
            buffer = larger;
        }
        do
            got = read(fd, buffer + used, room - used - 1);
        while (got < 0 && errno == EINTR);
        used += got > 0 ? (size_t)got : 0;
    }
    int code = got < 0 ? complain(place) : EXIT_OK;
    if (fd > STDERR_FILENO)
        close(fd);
    if (code != EXIT_OK) {
        free(buffer);
        return code;
    }
    buffer[used] = '\0';
    *bytes = buffer;
    *size = used;
    return EXIT_OK;
}
