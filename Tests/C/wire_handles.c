/*
 * wire_handles.c - what one transfer leaves behind in libcurl must not reach the next one.
 *
 * libcurl 7.84.0 to 8.0.1 keeps a pointer to the last header of a handle's last transfer, frees the header, and uses it
 * if the next response begins with a folded line: valgrind sees that, or the process ends. Others keep a handle from
 * working at all after a body that could not go back. The mend must not cost connections.
 */
#define _POSIX_C_SOURCE 200809L

#include "wire.h"

#include <stdio.h>
#include <stdlib.h>

enum { MANY = 200 };

static char own_url[WIRE_URL], other_url[WIRE_URL], redirect[2][256];

/* Headers enough for their memory to be used again, and a first field that is none. */
#define PLAIN                                                                                               \
    "HTTP/1.1 200 OK\r\nX-First: 1111111111111111111111111111111111111111\r\nX-Second: 2\r\nX-Third: 3\r\n" \
    "Content-Length: 2\r\n\r\nok"
#define FOLDED "HTTP/1.1 200 OK\r\n folded: yes yes yes yes yes yes yes yes yes yes\r\nContent-Length: 2\r\n\r\nok"

static struct wire_response respond(const char *head)
{
    if (wire_is_login(head))
        return wire_login;
    if (strstr(head, "/folded") != NULL)
        return (struct wire_response){.bytes = FOLDED};
    if (strstr(head, "/to/own") != NULL || strstr(head, "/to/other") != NULL)
        return (struct wire_response){.bytes = redirect[strstr(head, "/to/other") != NULL], .stays = 1};
    if (strncmp(head, "POST ", 5) == 0)
        return (struct wire_response){.bytes = ""};
    return (struct wire_response){.bytes = PLAIN, .stays = 1};
}

static void plain(dam_session *session)
{
    struct wire_got got = wire_get(session, "/psapi/v3/plain");
    CHECK(got.status == DAM_OK && strstr(got.headers, "X-Third: 3") != NULL, "an ordinary request: %s",
          dam_status_name(got.status));
}

static void done(void *user_data, uint64_t id, int32_t status, dam_response *response, const dam_error *error)
{
    *(int32_t *)user_data = id > 0 && error->status == status ? status : -1;
    dam_response_free(response);
}

static dam_status in_loop(dam_loop *loop, dam_session *session, const char *path)
{
    int32_t status = -1;
    dam_request request = DAM_REQUEST_INIT;
    request.path = path;
    EXPECT(DAM_OK, dam_loop_request(loop, session, &request, done, &status, NULL, err));
    check_run(loop);
    return (dam_status)status;
}

/* Right after a response with headers, by itself, behind redirects and in a loop. */
static void folded(dam_session *session)
{
    static const char *const paths[] = {"/psapi/v3/folded", "/psapi/v3/to/own", "/psapi/v3/to/other"};
    dam_loop *loop = NULL;
    EXPECT(DAM_OK, dam_loop_new(&loop, err));
    for (int round = 0; round < 6; round++) {
        const char *path = paths[round % 3];
        plain(session);
        struct wire_got got = wire_get(session, path);
        CHECK(got.status == DAM_ERR_PROTOCOL, "a folded first field, %s: %s", path, dam_status_name(got.status));
        CHECK(in_loop(loop, session, "/psapi/v3/plain") == DAM_OK, "an ordinary request in the loop");
        dam_status status = in_loop(loop, session, path);
        CHECK(status == DAM_ERR_PROTOCOL, "and a folded first field: %s", dam_status_name(status));
    }
    dam_loop_free(loop);
    plain(session);
}

static void keeps_connections(dam_session *session)
{
    dam_loop *loop = NULL;
    int before = wire_connections();
    for (int each = 0; each < MANY; each++)
        plain(session);
    CHECK(wire_connections() <= before + 1, "%d requests, %d new connections", MANY, wire_connections() - before);
    before = wire_connections();
    EXPECT(DAM_OK, dam_loop_new(&loop, err));
    for (int each = 0; each < MANY; each++)
        if (in_loop(loop, session, "/psapi/v3/plain") != DAM_OK)
            CHECK(0, "request %d in the loop", each);
    dam_loop_free(loop);
    CHECK(wire_connections() == before + 1, "in a loop: %d", wire_connections() - before);
}

/* The server takes the request and hangs up; libcurl would send it again, and the body cannot go back. */
static void after_a_rewind(dam_session *session)
{
    dam_request request = DAM_REQUEST_INIT;
    request.path = "/psapi/v3/take";
    request.method = "POST";
    request.body = "a=b";
    request.body_size = 3;
    dam_response *response = NULL;
    for (int round = 0; round < 3; round++) {
        plain(session);
        int before = wire_requests();
        EXPECT(DAM_ERR_TRANSFER, dam_session_request(session, &request, &response, err));
        CHECK(wire_requests() == before + 1, "it was sent once");
        plain(session);
    }
}

void wire_handles(void)
{
    wire_start(own_url, respond);
    snprintf(other_url, sizeof other_url, "http://localhost:%s", strrchr(own_url, ':') + 1); /* another origin. */
    snprintf(redirect[0], sizeof redirect[0],
             "HTTP/1.1 302 Found\r\nLocation: %s/psapi/v3/folded\r\nContent-Length: 0\r\n\r\n", own_url);
    snprintf(redirect[1], sizeof redirect[1], "HTTP/1.1 302 Found\r\nLocation: %s/folded\r\nContent-Length: 0\r\n\r\n",
             other_url);
    dam_session *session = wire_session(own_url, OPTIONS("timeout", "20"));
    folded(session);
    keeps_connections(session);
    after_a_rewind(session);
    dam_session_free(session);
    wire_stop();
}
