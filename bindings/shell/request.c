/*
 * request.c - the commands `get`, `post`, `put`, `delete` and `request`: send one request and deliver its response.
 *
 * The body is printed while it arrives, byte for byte. Only the body of a success replaces the file of -o: an old
 * picture is better than an error message under its name.
 */
#include "arguments.h"
#include "batch.h"
#include "body.h"
#include "commands.h"
#include "exit_code.h"
#include "files.h"
#include "paths.h"
#include "print.h"
#include "progress.h"
#include "say.h"
#include "target.h"
#include "transfer.h"
#include "work.h"

#include <damsession.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

/* Only a success goes where the user wants it. */
static int write_body(struct transfer *transfer, int is_good, const void *data, size_t size)
{
    int sink = is_good ? transfer->sink : STDOUT_FILENO;
    if (sink == STDOUT_FILENO && !may_show(&transfer->screen, data, size))
        return EXIT_STOPPED;
    return write_bytes(sink, data, size, is_good ? transfer->sink_place : "standard output");
}

/* A dam_write_callback. The library calls it only for a success. */
static int32_t write_sink(void *user_data, const void *data, size_t size)
{
    struct transfer *transfer = user_data;
    clear_progress();
    transfer->code = write_body(transfer, 1, data, size);
    return transfer->code;
}

static int write_head(int fd, const dam_response_view *view, const char *place)
{
    char *text = NULL;
    size_t size = 0;
    FILE *head = open_memstream(&text, &size);
    if (head == NULL)
        return complain("memory");
    /* `Status:` is as in CGI, because the HTTP version of the response is not known here. */
    fprintf(head, "Status: %d\r\n", (int)view->http_status);
    for (size_t at = 0; at < view->header_count; at++) {
        fprintf(head, "%s: ", view->headers[at].name);
        isatty(fd) ? print_clean(head, view->headers[at].value) : (void)fputs(view->headers[at].value, head);
        fputs("\r\n", head);
    }
    fputs("\r\n", head);
    int code = fclose(head) == 0 ? write_bytes(fd, text, size, place) : complain("memory");
    free(text);
    return code;
}

/* A dam_head_callback, for --include. */
static int32_t write_include(void *user_data, const dam_response_view *view)
{
    struct transfer *transfer = user_data;
    int is_good = is_success(view->http_status);
    clear_progress();
    transfer->code =
        write_head(is_good ? transfer->sink : STDOUT_FILENO, view, is_good ? transfer->sink_place : "standard output");
    return transfer->code;
}

/* Writes a body that was not streamed, such as that of an error. Returns the exit code for the response's status. */
static int deliver(struct transfer *transfer, const dam_response *response)
{
    dam_response_view view = DAM_RESPONSE_VIEW_INIT;
    dam_error error;
    if (dam_response_get(response, &view, &error) != DAM_OK)
        return report(&error);
    int32_t http = view.http_status;
    int success = is_success(http);
    int code = write_body(transfer, success, view.body, view.body_size);
    end_screen(&transfer->screen);
    if (success || http == 304) /* the script asked for a 304, by a header of its own. */
        return code;
    say("the server answered with HTTP status %d%s", (int)http, http < 400 ? "; the redirect was not followed" : "");
    return code == EXIT_OK ? EXIT_HTTP : code;
}

static int send_request(const struct arguments *arguments, struct work *work, dam_request *request,
                        struct transfer *transfer)
{
    dam_response *response = NULL;
    dam_error error;
    int code = open_session(work, arguments);
    if (code != EXIT_OK)
        return code;
    request->user_data = transfer;
    request->progress = wants_progress(arguments, transfer) ? show_progress : NULL;
    /* The response to a HEAD is its headers. */
    int wants_head = is_given(arguments, FLAG_INCLUDE) || strcmp(request->method, "HEAD") == 0;
    request->head = wants_head ? write_include : NULL;
    request->write = transfer->file == NULL ? write_sink : NULL;
    dam_status status = transfer->file != NULL
                            ? download(arguments, transfer, work->session, request, &response, &error)
                            : dam_session_request(work->session, request, &response, &error);
    clear_progress();
    if (status != DAM_OK)
        end_screen(&transfer->screen);
    if (transfer->code != EXIT_OK)
        code = transfer->code; /* a callback has said why. */
    else
        code = status == DAM_OK ? deliver(transfer, response) : report_download(&error, transfer->file);
    dam_response_free(response);
    return code;
}

/* Puts the pairs of --query behind the path. `*made` is freed by the caller. */
static int add_query(const struct arguments *arguments, dam_request *request, char **made)
{
    dam_error error;
    if (arguments->pair_count == 0)
        return EXIT_OK;
    if (dam_path_with_query(request->path, arguments->pairs, arguments->pair_count, made, &error) != DAM_OK)
        return report(&error);
    request->path = *made;
    return EXIT_OK;
}

/* "get" is GET, as in gh and HTTPie. Methods are case-sensitive, so others stay as they are typed. */
static const char *find_method(const char *word)
{
    static const char *const known[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", NULL};
    const char *const *method = known;
    while (*method != NULL && strcasecmp(*method, word) != 0)
        method++;
    return *method != NULL ? *method : word;
}

int run_request(const struct arguments *arguments, struct work *work)
{
    const char *method = arguments->command->method;
    dam_request request = DAM_REQUEST_INIT;
    request.method = method != NULL ? method : find_method(arguments->words[1]);
    const char *path = arguments->words[method != NULL ? 1 : 2];
    request.path = path;
    request.headers = arguments->headers;
    request.header_count = arguments->header_count;
    request.content_type = arguments->content_type;
    request.image = arguments->image;
    request.flags = is_given(arguments, FLAG_ONCE) ? DAM_REQUEST_ONCE : 0;
    if (wants_batch(arguments))
        return run_batch(arguments, work, &request);
    struct transfer transfer = {
        .sink = STDOUT_FILENO, .sink_place = "standard output", .screen = find_screen(arguments)};
    char *made = NULL;
    int code = add_query(arguments, &request, &made);
    if (code == EXIT_OK)
        code = open_body(arguments, &request, &transfer);
    if (code == EXIT_OK)
        code = open_target(arguments, &transfer);
    if (code == EXIT_OK)
        code = send_request(arguments, work, &request, &transfer);
    if (code == EXIT_USAGE)
        explain_path(path);
    close_body(&transfer);
    int closed = close_target(&transfer);
    dam_string_free(made);
    return code == EXIT_OK ? closed : code;
}
