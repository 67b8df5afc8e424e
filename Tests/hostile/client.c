/*
 * client.c - does what it is told, a line at a time: "OPERATION ARGUMENT" in, "STATUS HTTP SIZE TEXT" out.
 *
 * Options come from the environment; what does not fit into a line is written as in a Python literal. play.py judges.
 */
#include <damsession.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN = 400, UPLOAD = 300000 };

static dam_session *session;
static char body[UPLOAD];

static void show(const char *status, int http, uint64_t size, const char *text, uint64_t length)
{
    printf("%s %d %llu b'", status, http, (unsigned long long)size);
    for (uint64_t i = 0; i < length && i < SHOWN; i++) {
        unsigned char byte = (unsigned char)text[i];
        if (byte >= 0x20 && byte < 0x7F && byte != '\'' && byte != '\\')
            putchar(byte);
        else
            printf("\\x%02x", byte);
    }
    puts("'");
    fflush(stdout);
}

static void fail(const dam_error *error)
{
    show(dam_status_name(error->status) + strlen("DAM_ERR_"), error->http_status,
         (uint64_t)(error->retry_after > 0 ? error->retry_after : 0), error->message, strlen(error->message));
}

static dam_status reopen(dam_error *error)
{
    dam_config *config = NULL;
    dam_session_free(session);
    session = NULL;
    dam_status status = dam_config_new(&config, error);
    if (status == DAM_OK)
        status = dam_config_load_environment(config, error);
    if (status == DAM_OK)
        status = dam_session_open(config, &session, error);
    dam_config_free(config);
    return status;
}

static int32_t swallow(void *user_data, const void *data, size_t size)
{
    (void)user_data, (void)data, (void)size;
    return 0;
}

static int is(const char *one, const char *other)
{
    return strcmp(one, other) == 0;
}

/* What is answered with a body of its own. */
static void ask(const char *operation, const char *path)
{
    dam_error error = {0};
    dam_response *response = NULL;
    dam_response_view view = DAM_RESPONSE_VIEW_INIT;
    dam_header header = {"X-Break", "1"};
    dam_request request = DAM_REQUEST_INIT;
    request.path = path;
    dam_status status;

    if (is(operation, "head"))
        request.method = "HEAD";
    if (is(operation, "stream"))
        request.write = swallow;
    if (is(operation, "post"))
        request = (dam_request){.size = sizeof request, .path = path, .method = "POST", .body = "a=b", .body_size = 3};
    if (is(operation, "upload"))
        request = (dam_request){.size = sizeof request,
                                .path = path,
                                .method = "POST",
                                .body = body,
                                .body_size = UPLOAD,
                                .content_type = "application/octet-stream"};
    if (is(operation, "broken"))
        request.headers = &header, request.header_count = 1;
    if (is(operation, "broken") || is(operation, "download"))
        status = dam_session_download(session, &request, "file", DAM_DOWNLOAD_REPLACE, &response, &error);
    else if (is(operation, "resume"))
        status = dam_session_download(session, &request, "file", DAM_DOWNLOAD_CONTINUE, &response, &error);
    else
        status = dam_session_request(session, &request, &response, &error);
    if (status == DAM_OK && dam_response_get(response, &view, &error) == DAM_OK)
        show("OK", view.http_status, view.body_size, view.body, view.body_size);
    else
        fail(&error);
    dam_response_free(response);
}

static void act(const char *operation, const char *path)
{
    dam_error error = {0};
    dam_status status;
    if (is(operation, "open"))
        status = reopen(&error);
    else if (is(operation, "login"))
        status = dam_session_login(session, DAM_LOGIN_IF_NEEDED, &error);
    else if (is(operation, "insist"))
        status = dam_session_login(session, DAM_LOGIN_AGAIN, &error);
    else if (is(operation, "keepalive"))
        status = dam_session_keepalive(session, &error);
    else if (is(operation, "logout"))
        status = dam_session_logout(session, NULL, &error);
    else {
        ask(operation, path);
        return;
    }
    if (status == DAM_OK)
        show("OK", 200, 0, "", 0);
    else
        fail(&error);
}

int main(void)
{
    char line[4096];
    memset(body, 'u', sizeof body);
    while (fgets(line, sizeof line, stdin) != NULL) {
        char *path = strchr(line, ' ');
        line[strcspn(line, "\n")] = 0;
        *path = 0;
        act(line, path + 1);
    }
    dam_session_free(session);
    return 0;
}
