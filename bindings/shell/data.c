/*
 * data.c - the body of --data and --json: texts and files, joined by "&" and by nothing, as curl does.
 *
 * Files are read while they are sent, and are never held in memory. A source that cannot be rewound, such as standard
 * input, is read once only; if the request must be sent again, the library reports that it cannot.
 */
#include "data.h"

#include "arguments.h"
#include "exit_code.h"
#include "files.h"
#include "say.h"
#include "transfer.h"

#include <damsession.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- while it is sent ---- */

int64_t read_data(void *user_data, void *buffer, size_t size)
{
    struct transfer *transfer = user_data;
    struct data *data = &transfer->data;
    size_t most = size < SSIZE_MAX ? size : SSIZE_MAX;
    for (; data->at < data->count; data->at++, data->offset = 0) {
        const struct piece *piece = &data->pieces[data->at];
        ssize_t got = 0;
        if (piece->fd >= 0) {
            do
                got = read(piece->fd, buffer, most);
            while (got < 0 && errno == EINTR);
            if (got < 0)
                transfer->code = complain(piece->place);
        } else {
            size_t left = piece->size - data->offset;
            got = (ssize_t)(left < most ? left : most);
            memcpy(buffer, piece->text + data->offset, (size_t)got);
            data->offset += (size_t)got;
        }
        if (got != 0)
            return got;
    }
    return 0;
}

int32_t rewind_data(void *user_data)
{
    struct transfer *transfer = user_data;
    struct data *data = &transfer->data;
    for (size_t index = 0; index < data->count; index++)
        if (data->pieces[index].fd >= 0 && lseek(data->pieces[index].fd, 0, SEEK_SET) != 0)
            return -1;
    data->at = data->offset = 0;
    return 0;
}

/* ---- before ---- */

/* Reading from a folder or a closed standard input would fail only when the request is under way. */
static int check_source(const struct piece *piece, struct stat *found)
{
    if (piece->fd < 0 || fstat(piece->fd, found) != 0)
        return complain(piece->place);
    errno = S_ISDIR(found->st_mode) ? EISDIR : (fcntl(piece->fd, F_GETFL) & O_ACCMODE) == O_WRONLY ? EBADF : 0;
    return errno == 0 ? EXIT_OK : complain(piece->place);
}

static int open_source(const char *path, struct data *data)
{
    int is_standard = strcmp(path, "-") == 0;
    struct piece *piece = &data->pieces[data->count++];
    struct stat found;
    piece->place = is_standard ? "standard input" : path;
    piece->fd = is_standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    int code = check_source(piece, &found);
    if (code != EXIT_OK)
        return code;
    /* The offset is not 0 if a script has already read a part of standard input. */
    off_t at = S_ISREG(found.st_mode) ? lseek(piece->fd, 0, SEEK_CUR) : -1;
    if (at < 0)
        data->size = DAM_SIZE_UNKNOWN;
    else if (data->size != DAM_SIZE_UNKNOWN)
        data->size += found.st_size > at ? (uint64_t)(found.st_size - at) : 0;
    data->is_once |= is_standard || at < 0;
    data->has_files = 1;
    return EXIT_OK;
}

static void add_text(struct data *data, const char *text)
{
    data->pieces[data->count++] = (struct piece){.text = text, .size = strlen(text), .fd = -1};
    if (data->size != DAM_SIZE_UNKNOWN)
        data->size += strlen(text);
}

/* Adds "NAME=" as it is, and the text percent-encoded; without a name only that. */
static int add_encoded(struct data *data, const char *name, size_t size, const char *text)
{
    const dam_pair pair = {"x", text};
    char *encoded = NULL, *whole = NULL;
    dam_error error;
    if (dam_encode_form(&pair, 1, &encoded, &error) != DAM_OK)
        return report(&error);
    int made = asprintf(&whole, "%.*s%s%s", (int)size, name, size > 0 ? "=" : "", encoded + strlen("x="));
    dam_string_free(encoded);
    if (made < 0)
        return complain("memory");
    add_text(data, whole);
    data->pieces[data->count - 1].owned = whole;
    return EXIT_OK;
}

/* TEXT, =TEXT, NAME=TEXT, @FILE or NAME@FILE, as curl reads it. */
static int encode(struct data *data, const char *value)
{
    size_t size = strcspn(value, "=");
    if (value[size] == '=')
        return add_encoded(data, value, size, value + size + 1);
    size = strcspn(value, "@");
    if (value[size] != '@')
        return add_encoded(data, "", 0, value);
    void *bytes = NULL;
    size_t length = 0;
    int code = read_file(value + size + 1, &bytes, &length);
    if (code == EXIT_OK && strlen(bytes) != length) {
        say("%s: there is a NUL byte in it, and --data-urlencode takes text", value + size + 1);
        code = EXIT_USAGE;
    }
    if (code == EXIT_OK)
        code = add_encoded(data, value, size, bytes);
    free(bytes);
    return code;
}

/* Texts alone need no callbacks. */
static int join_texts(struct data *data)
{
    data->joined = malloc((size_t)data->size + 1);
    if (data->joined == NULL)
        return complain("memory");
    char *end = data->joined;
    for (size_t index = 0; index < data->count; index++)
        end = mempcpy(end, data->pieces[index].text, data->pieces[index].size);
    *end = '\0';
    return EXIT_OK;
}

int open_data(const struct arguments *arguments, dam_request *request, struct data *data)
{
    int code = EXIT_OK;
    data->pieces = calloc(2 * arguments->data_count, sizeof *data->pieces);
    if (data->pieces == NULL)
        return complain("memory");
    for (size_t index = 0; index < arguments->data_count && code == EXIT_OK; index++) {
        const char *value = arguments->data[index].value;
        int is_json = is_given(arguments, FLAG_DATA_JSON);
        if (!is_json && (data->size > 0 || data->has_files))
            add_text(data, "&");
        if (strcmp(arguments->data[index].name, flags[FLAG_DATA_URLENCODE].name) == 0)
            code = encode(data, value);
        else if (value[0] == '@')
            code = open_source(value + 1, data);
        else
            add_text(data, value);
    }
    if (code == EXIT_OK && !data->has_files)
        code = join_texts(data);
    request->body = data->joined;
    request->read = data->has_files ? read_data : NULL;
    request->rewind = data->has_files && !data->is_once ? rewind_data : NULL;
    request->body_size = data->size;
    return code;
}

void close_data(struct data *data)
{
    for (size_t index = 0; index < data->count; index++) {
        if (data->pieces[index].fd > STDERR_FILENO)
            close(data->pieces[index].fd);
        free(data->pieces[index].owned);
    }
    free(data->pieces);
    free(data->joined);
}
