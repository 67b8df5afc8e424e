/*
 * wire_cuts.c - a response that ends before its time is none: cut anywhere in its head, it is DAM_ERR_TRANSFER to
 * everybody, and no file is made of it. Cut bodies are in smoke_failures.c and smoke_downloads.c.
 */
#define _POSIX_C_SOURCE 200809L

#include "wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const struct row {
    const char *name, *bytes;
} rows[] = {
    {"after the status line", "HTTP/1.1 200 OK\r\n"},
    {"within the status line", "HTTP/1.1 200 O"},
    {"within a field's name", "HTTP/1.1 200 OK\r\nContent-Ty"},
    {"within a field's value", "HTTP/1.1 200 OK\r\nContent-Type: text/pl"},
    {"after a field", "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"},
    {"after a folded line without a colon", "HTTP/1.1 200 OK\r\nX-A: 1\r\n folded\r\n"},
    {"after a length", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n"},
    {"before the last line feed", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r"},
    {"after an informational response", "HTTP/1.1 103 Early Hints\r\nX-A: 1\r\n\r\n"},
    {"within an informational response", "HTTP/1.1 103 Early Hints\r\nX-A: 1\r\n"},
    {"of a 204", "HTTP/1.1 204 No Content\r\nX-A: 1\r\n"},
    {"of a 304", "HTTP/1.1 304 Not Modified\r\n"},
    {"of a 302", "HTTP/1.1 302 Found\r\nLocation: /psapi/v3/mem/other\r\n"},
};
enum { ROWS = sizeof rows / sizeof rows[0] };

static const char *cut;
static int cuts_login;

static struct wire_response respond(const char *head)
{
    if (wire_is_login(head) && !cuts_login)
        return wire_login;
    return (struct wire_response){.bytes = cut};
}

static void done(void *user_data, uint64_t id, int32_t status, dam_response *response, const dam_error *error)
{
    *(int32_t *)user_data = id > 0 && error->status == status && response == NULL ? status : -1;
}

static dam_status in_loop(dam_session *session)
{
    int32_t status = -1;
    dam_loop *loop = NULL;
    dam_request request = DAM_REQUEST_INIT;
    request.path = "/psapi/v3/x";
    EXPECT(DAM_OK, dam_loop_new(&loop, err));
    EXPECT(DAM_OK, dam_loop_request(loop, session, &request, done, &status, NULL, err));
    check_run(loop);
    dam_loop_free(loop);
    return (dam_status)status;
}

static dam_status downloaded(dam_session *session, const char *path)
{
    dam_request request = DAM_REQUEST_INIT;
    request.path = "/psapi/v3/x";
    dam_response *response = NULL;
    dam_status status = dam_session_download(session, &request, path, DAM_DOWNLOAD_REPLACE, &response, check_fresh());
    dam_response_free(response);
    return status;
}

/* A length that is no number says nothing about where the response ends: its end could not be told from a cut. */
static void lengths(dam_session *session)
{
    static const char *const values[] = {"99999999999999999999", "9223372036854775808", "-1", "", "x", NULL};
    static char bytes[128]; /* the server may still be at it. */
    for (const char *const *value = values; *value != NULL; value++) {
        snprintf(bytes, sizeof bytes, "HTTP/1.1 200 OK\r\nContent-Length: %s\r\n\r\nok", *value);
        cut = bytes;
        check_note(bytes + 17);
        struct wire_got got = wire_get(session, "/psapi/v3/x");
        CHECK(got.status == DAM_ERR_PROTOCOL, "a length of \"%s\": %s", *value, dam_status_name(got.status));
    }
}

void wire_cuts(void)
{
    char url[WIRE_URL], path[4096];
    snprintf(path, sizeof path, "%s/cut", getenv("DAM_TEST_DIR"));
    wire_start(url, respond);
    dam_session *session = wire_session(url, OPTIONS("lock-timeout", "5"));
    for (int each = 0; each < ROWS; each++) {
        cut = rows[each].bytes;
        check_note(rows[each].name);
        struct wire_got got = wire_get(session, "/psapi/v3/x");
        CHECK(got.status == DAM_ERR_TRANSFER, "cut %s: %s, HTTP %d", rows[each].name, dam_status_name(got.status),
              (int)got.http);
        dam_status status = in_loop(session);
        CHECK(status == DAM_ERR_TRANSFER, "the same in a loop: %s", dam_status_name(status));
        status = downloaded(session, path);
        CHECK(status == DAM_ERR_TRANSFER && access(path, F_OK) != 0, "no file is made of it: %s",
              dam_status_name(status));
    }
    lengths(session);
    EXPECT(DAM_OK, dam_session_forget(session, err));
    cuts_login = 1;
    for (int each = 0; each < ROWS; each++) {
        cut = rows[each].bytes;
        check_note(rows[each].name);
        EXPECT(DAM_ERR_TRANSFER, dam_session_login(session, DAM_LOGIN_IF_NEEDED, err));
    }
    dam_session_free(session);
    wire_stop();
}
