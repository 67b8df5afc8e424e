/*
 * observe.c - the command `observe`: judges the response to a request that another program, such as curl, sent.
 *
 *     damsession header NAME --ticket T | curl -sS -H @- -D HEAD -o BODY URL
 *     damsession observe NAME --ticket T --body BODY <HEAD
 *
 * Cookies of a response that a redirect led to are not adopted: it may come from another server.
 */
#include "arguments.h"
#include "commands.h"
#include "exit_code.h"
#include "files.h"
#include "say.h"
#include "work.h"

#include <damsession.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BEGINNING = 65536 }; /* dam_observation takes no more bytes of a body. */

/* "HTTP/2 200": 200. 0: the line is no status line. */
static int read_status(const char *line)
{
    const char *space = strchr(line, ' ');
    if (strncmp(line, "HTTP/", 5) != 0 || space == NULL)
        return 0;
    long status = strtol(space, NULL, 10);
    return status >= 100 && status <= 599 ? (int)status : 0;
}

/* The output of `curl -D` has every head that came, also those of proxies, interim responses, earlier tries and
   followed redirects. The last one is that of the response, unless a redirect led there. */
static int find_head(char *text, dam_observation *observation, char **lines_out)
{
    for (char *head = text; head != NULL;) {
        char *lines = strchr(head, '\n');
        char *end = lines == NULL ? NULL : strstr(lines, "\nHTTP/");
        observation->http_status = read_status(head);
        if (observation->http_status == 0) {
            say("standard input is not what `curl -D` writes: it begins with no HTTP status line");
            return EXIT_USAGE;
        }
        *lines_out = lines == NULL ? head + strlen(head) : lines + 1;
        if (end != NULL && observation->http_status >= 300 && observation->http_status < 400) {
            say("a redirect was followed; only the response before it is the session's");
            end[1] = '\0';
            return EXIT_OK;
        }
        head = end == NULL ? NULL : end + 1;
    }
    return EXIT_OK;
}

/* Makes a list that points into the header lines. A line that is no header is left out. NULL: no memory. */
static dam_header *split_lines(char *lines, size_t *count)
{
    size_t most = 1;
    for (const char *at = lines; (at = strchr(at, '\n')) != NULL; at++)
        most++;
    dam_header *list = calloc(most, sizeof *list);
    *count = 0;
    for (char *line = lines, *next; list != NULL && line != NULL; line = next) {
        if ((next = strchr(line, '\n')) != NULL)
            *next++ = '\0';
        for (char *at = line; (at = strchr(at, '\r')) != NULL;)
            *at = ' '; /* before the line's end, or in a value, where it counts as a space. */
        char *colon = strchr(line, ':');
        if (colon == NULL || colon == line)
            continue;
        *colon = '\0';
        list[(*count)++] = (dam_header){.name = line, .value = colon + 1};
    }
    return list;
}

/* Reads the beginning of a file, which may be of any size. */
static int read_beginning(const char *path, void *buffer, dam_observation *observation)
{
    size_t used = 0;
    ssize_t got = 1;
    char more;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    while (fd >= 0 && got > 0 && used < BEGINNING) {
        got = read(fd, (char *)buffer + used, BEGINNING - used);
        used += got > 0 ? (size_t)got : 0;
    }
    observation->body = buffer;
    observation->body_size = used;
    observation->is_whole = fd >= 0 && got >= 0 && read(fd, &more, 1) == 0;
    int code = fd < 0 || got < 0 ? complain(path) : EXIT_OK;
    if (fd >= 0)
        close(fd);
    return code;
}

static int read_ticket(const char *path, char **ticket)
{
    void *bytes = NULL;
    size_t size;
    int code = read_file(path, &bytes, &size);
    *ticket = bytes;
    if (code == EXIT_OK)
        (*ticket)[strcspn(*ticket, "\r\n")] = '\0';
    return code;
}

static int observe(const struct arguments *arguments, struct work *work, const char *ticket,
                   const dam_observation *observation)
{
    int32_t result = DAM_OBSERVE_DELIVER;
    dam_error error;
    int code = open_session(work, arguments);
    if (code != EXIT_OK)
        return code;
    if (dam_session_observe(work->session, ticket, observation, &result, &error) != DAM_OK)
        return report(&error);
    if (result != DAM_OBSERVE_REPLAY)
        return EXIT_OK;
    say("the session had ended, and there is a new one: get its headers and send the request again");
    return EXIT_AGAIN;
}

int run_observe(const struct arguments *arguments, struct work *work)
{
    dam_observation observation = DAM_OBSERVATION_INIT;
    void *head = NULL, *body = malloc(BEGINNING);
    char *ticket = NULL, *lines = NULL;
    dam_header *headers = NULL;
    size_t size = 0;
    int code = body == NULL ? complain("memory") : read_file("-", &head, &size);
    if (code == EXIT_OK && strlen(head) != size) {
        say("standard input is not what `curl -D` writes: there is a NUL in it");
        code = EXIT_USAGE;
    }
    if (code == EXIT_OK)
        code = find_head(head, &observation, &lines);
    if (code == EXIT_OK) {
        observation.headers = headers = split_lines(lines, &observation.header_count);
        code = headers == NULL ? complain("memory") : EXIT_OK;
    }
    if (code == EXIT_OK && arguments->body != NULL)
        code = read_beginning(arguments->body, body, &observation);
    if (code == EXIT_OK && arguments->ticket != NULL)
        code = read_ticket(arguments->ticket, &ticket);
    if (code == EXIT_OK)
        code = observe(arguments, work, ticket, &observation);
    if (head != NULL)
        explicit_bzero(head, size); /* cookies. */
    free(headers);
    free(head);
    free(body);
    free(ticket);
    return code;
}
