/*
 * answers.c - get, post, put, delete and request: one request, and where its answer goes.
 *
 * The body goes out as it came, byte for byte. It refuses to replace a file by anything but a success: yesterday's
 * picture is better than today's error message under its name.
 */
#include "wrapper.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct answer {
    dam_response_view view;
    int include;
};

static int write_answer(int fd, const char *place, const void *what)
{
    const struct answer *answer = what;
    int code = EXIT_OK;
    if (answer->include) { /* `Status:` as in CGI: which HTTP version it was, nobody here knows. */
        char line[32];
        int size = snprintf(line, sizeof line, "Status: %d\r\n", (int)answer->view.http_status);
        code = write_bytes(fd, line, (size_t)size, place);
        if (code == EXIT_OK)
            code = write_bytes(fd, answer->view.headers, answer->view.headers_size, place);
        if (code == EXIT_OK)
            code = write_bytes(fd, "\r\n", 2, place);
    }
    return code == EXIT_OK ? write_bytes(fd, answer->view.body, answer->view.body_size, place) : code;
}

static int deliver(const struct arguments *arguments, const dam_response *response)
{
    struct answer answer = {.view = {.size = sizeof answer.view}, .include = is_given(arguments, FLAG_INCLUDE)};
    dam_error error;
    if (dam_response_read(response, &answer.view, &error) != DAM_OK)
        return report(&error);
    int32_t http = answer.view.http_status;
    int success = http >= 200 && http < 300;
    int to_file = success && arguments->output != NULL && strcmp(arguments->output, "-") != 0;
    int code = to_file ? write_file(arguments->output, write_answer, &answer)
                       : write_answer(STDOUT_FILENO, "standard output", &answer);
    if (code != EXIT_OK || success || http == 304) /* 304 is what the script asked for, with a header of its own. */
        return code;
    say("the server answered with HTTP status %d%s", (int)http, http < 400 ? "; redirects are not followed" : "");
    return EXIT_HTTP;
}

int run_request(const struct arguments *arguments)
{
    const char *method = arguments->command->method;
    dam_request request = {
        .size = sizeof request,
        .header_count = arguments->header_count,
        .method = method != NULL ? method : arguments->words[1],
        .path = arguments->words[method != NULL ? 1 : 2],
        .headers = arguments->headers,
        .content_type = arguments->content_type,
        .image = arguments->image,
    };
    struct work work;
    dam_response *response = NULL;
    dam_error error;
    void *file = NULL;
    size_t size = 0;
    int code = EXIT_OK;
    if (arguments->data != NULL && arguments->data[0] == '@') {
        code = read_file(arguments->data + 1, &file, &size);
        request.body = file;
    } else if (arguments->data != NULL) {
        request.body = arguments->data;
        size = strlen(arguments->data);
    }
    request.body_size = size;
    if (code == EXIT_OK)
        code = begin(&work, arguments);
    if (code == EXIT_OK) {
        code = dam_session_request(work.session, &request, &response, &error) == DAM_OK ? deliver(arguments, response)
                                                                                        : report(&error);
        dam_response_free(response);
        end(&work);
    }
    free(file);
    return code;
}
