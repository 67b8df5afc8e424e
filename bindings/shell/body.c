/*
 * body.c - the body of a request: text of the command line, a file, standard input or a form.
 *
 * Files are read while they are sent, and are never held in memory. A source that cannot be rewound, such as standard
 * input, is read once only; if the request must be sent again, the library reports that it cannot.
 */
#include "body.h"

#include "arguments.h"
#include "exit_code.h"
#include "say.h"
#include "transfer.h"

#include <damsession.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int64_t read_source(void *user_data, void *buffer, size_t size)
{
    struct transfer *transfer = user_data;
    size_t most = size < SSIZE_MAX ? size : SSIZE_MAX;
    ssize_t got;
    do
        got = read(transfer->source, buffer, most);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        transfer->code = complain(transfer->source_place);
    return got;
}

static int32_t rewind_source(void *user_data)
{
    struct transfer *transfer = user_data;
    return lseek(transfer->source, 0, SEEK_SET) == 0 ? 0 : -1;
}

/* Reading from a folder or a closed standard input would fail only when the request is under way. */
static int check_source(const struct transfer *transfer, struct stat *found)
{
    if (transfer->source < 0 || fstat(transfer->source, found) != 0)
        return complain(transfer->source_place);
    errno = S_ISDIR(found->st_mode) ? EISDIR : (fcntl(transfer->source, F_GETFL) & O_ACCMODE) == O_WRONLY ? EBADF : 0;
    return errno == 0 ? EXIT_OK : complain(transfer->source_place);
}

static int open_source(const char *path, dam_request *request, struct transfer *transfer)
{
    int is_standard = strcmp(path, "-") == 0;
    struct stat found;
    transfer->source_place = is_standard ? "standard input" : path;
    transfer->source = is_standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    int code = check_source(transfer, &found);
    if (code != EXIT_OK)
        return code;
    /* The offset is not 0 if a script has already read a part of standard input. */
    off_t at = S_ISREG(found.st_mode) ? lseek(transfer->source, 0, SEEK_CUR) : -1;
    request->body_size = at < 0 ? DAM_SIZE_UNKNOWN : found.st_size > at ? (uint64_t)(found.st_size - at) : 0;
    request->read = read_source;
    request->rewind = !is_standard && at >= 0 ? rewind_source : NULL;
    return EXIT_OK;
}

/* FILE or FILE;type=TYPE. */
static int add_file(dam_form *form, const char *name, const char *text)
{
    char *path = strdup(text);
    char *type = NULL;
    dam_error error;
    if (path == NULL)
        return complain("--form");
    for (char *at = strstr(path, ";type="); at != NULL; at = strstr(at + 1, ";type="))
        type = at; /* the last one counts: an earlier one is part of the file's name. */
    if (type != NULL) {
        *type = '\0';
        type += strlen(";type=");
    }
    int code = EXIT_OK;
    if (strcmp(path, "-") == 0) {
        say("--form takes files, not standard input; a file of that name is ./-");
        code = EXIT_USAGE;
    } else if (access(path, R_OK) != 0) { /* the library's message would not name the file. */
        code = complain(path);
    } else if (dam_form_add_file(form, name, path, NULL, type, &error) != DAM_OK) {
        code = report(&error);
    }
    free(path);
    return code;
}

static int open_form(const struct arguments *arguments, struct transfer *transfer)
{
    dam_error error;
    int code = dam_form_new(&transfer->form, &error) == DAM_OK ? EXIT_OK : report(&error);
    for (size_t index = 0; index < arguments->part_count && code == EXIT_OK; index++) {
        const char *name = arguments->parts[index].name, *value = arguments->parts[index].value;
        if (value[0] == '@')
            code = add_file(transfer->form, name, value + 1);
        else if (dam_form_add(transfer->form, name, value, strlen(value), NULL, NULL, &error) != DAM_OK)
            code = report(&error);
    }
    return code;
}

int open_body(const struct arguments *arguments, dam_request *request, struct transfer *transfer)
{
    const char *data = arguments->data;
    int code = EXIT_OK;
    if (arguments->part_count > 0) {
        code = open_form(arguments, transfer);
        request->form = transfer->form;
    } else if (data != NULL && data[0] == '@') {
        code = open_source(data + 1, request, transfer);
    } else if (data != NULL) {
        request->body = data;
        request->body_size = strlen(data);
    }
    return code;
}

void close_body(struct transfer *transfer)
{
    dam_form_free(transfer->form);
    if (transfer->source > STDERR_FILENO)
        close(transfer->source);
}
