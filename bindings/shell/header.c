/*
 * header.c - the command `header`: prints the headers of a session, for requests that another program sends.
 *
 * A header that contains a line break is refused, since the reader (curl -H @-) would take the rest for another header.
 */
#include "arguments.h"
#include "commands.h"
#include "exit_code.h"
#include "files.h"
#include "say.h"
#include "work.h"

#include <damsession.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* All headers are collected first: a pipe would hide a failure, and a request with half of them is unauthenticated. */
struct header_lines {
    size_t size;
    int refused;
    char text[32768];
};

static int32_t collect_header(void *user_data, const dam_header *header)
{
    struct header_lines *lines = user_data;
    size_t room = sizeof lines->text - lines->size;
    int size = snprintf(lines->text + lines->size, room, "%s: %s\n", header->name, header->value);
    int is_whole = size >= 0 && (size_t)size < room;
    lines->refused = strpbrk(header->name, "\r\n") != NULL || strpbrk(header->value, "\r\n") != NULL || !is_whole;
    lines->size += lines->refused ? 0 : (size_t)size;
    return lines->refused;
}

/* A ticket is not secret, so its file gets the default rights. */
static int write_ticket(const char *path, const char *ticket)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0)
        return complain(path);
    int code = write_bytes(fd, ticket, strlen(ticket), path);
    if (code == EXIT_OK)
        code = write_bytes(fd, "\n", 1, path);
    return close(fd) != 0 && code == EXIT_OK ? complain(path) : code;
}

int run_header(const struct arguments *arguments, struct work *work)
{
    struct header_lines lines = {0};
    char *ticket = NULL;
    dam_error error;
    int code;
    dam_status status = dam_session_list_headers(work->session, collect_header, &lines, &ticket, &error);
    if (lines.refused) {
        say("a header has a line break in it, or no end, and is not printed; please report this");
        code = EXIT_INTERNAL;
    } else {
        code = status != DAM_OK ? report(&error) : EXIT_OK;
        /* The ticket is written before the headers, because their reader sends its request at once. */
        if (code == EXIT_OK && arguments->ticket != NULL)
            code = write_ticket(arguments->ticket, ticket);
        if (code == EXIT_OK)
            code = write_bytes(STDOUT_FILENO, lines.text, lines.size, "standard output");
    }
    dam_string_free(ticket);
    explicit_bzero(&lines, sizeof lines);
    return code;
}
