/*
 * files.c - bytes in and out, whole or not at all.
 *
 * It uses write(2) and not stdio, so that secrets leave no copies in buffers and an error is seen where it happens. It
 * refuses to leave half a file behind under the name that was asked for.
 */
#include "wrapper.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int complain(const char *place)
{
    say("%s: %s", place, strerror(errno));
    return EXIT_STOPPED;
}

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

/* A new file beside `path`, filled, and renamed to it with the rights `mode`. */
static int replace_file(const char *path, const char *place, mode_t mode, filler fill, const void *what)
{
    const char *slash = strrchr(path, '/');
    int directory = slash == NULL ? 0 : (int)(slash - path) + 1;
    char *temporary = NULL;
    if (asprintf(&temporary, "%.*s.damsession.XXXXXX", directory, path) < 0)
        return complain(place);
    int fd = mkostemp(temporary, O_CLOEXEC); /* O_EXCL, 0600. */
    int code = fd < 0 ? complain(place) : fill(fd, place, what);
    if (code == EXIT_OK && fchmod(fd, mode) != 0)
        code = complain(place);
    if (fd >= 0 && close(fd) != 0 && code == EXIT_OK)
        code = complain(place);
    if (code == EXIT_OK && rename(temporary, path) != 0)
        code = complain(place);
    if (code != EXIT_OK && fd >= 0)
        unlink(temporary);
    free(temporary);
    return code;
}

int write_file(const char *path, filler fill, const void *what)
{
    struct stat found;
    int exists = stat(path, &found) == 0;
    if (exists && !S_ISREG(found.st_mode)) { /* renaming over /dev/null would be a disaster. */
        int fd = open(path, O_WRONLY | O_CLOEXEC);
        if (fd < 0)
            return complain(path);
        int code = fill(fd, path, what);
        return close(fd) != 0 && code == EXIT_OK ? complain(path) : code;
    }
    mode_t mask = umask(0);
    umask(mask);
    char *target = exists ? realpath(path, NULL) : NULL; /* a symbolic link stays one. */
    mode_t mode = exists ? found.st_mode & 0777 : 0666 & ~mask;
    int code = replace_file(target != NULL ? target : path, path, mode, fill, what);
    free(target);
    return code;
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
        if (used + 1 >= room) { /* one for the NUL. */
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
