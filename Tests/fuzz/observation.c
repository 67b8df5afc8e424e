/*
 * observation.c - responses that an application's own HTTP client reports: "HTTP/1.1 200 OK", header lines, an empty
 * line, a body.
 *
 * The first byte chooses the kind of session, the second says what of the observation is odd. What the library then
 * says to send goes to its own origin, or without anything that says who asks.
 */
#define _GNU_SOURCE
#include "abi.h"

#include "../C/headers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void fuzz_observation(const uint8_t *bytes, size_t size);

enum { MOST = 1001 }; /* headers; one more than the library takes. */

#define OWN "http://127.0.0.1:1/"

static void check_header(const dam_header *header)
{
    if (header->name[0] == '\0' || strpbrk(header->name, "\r\n:") != NULL || strpbrk(header->value, "\r\n") != NULL)
        broken("a header is one line", header->name);
}

/* What to send is made of headers, and another origin hears nothing of who asks. */
static void check_view(const dam_authorization_view *view)
{
    int is_own = strncmp(view->url, OWN, strlen(OWN)) == 0;
    for (const char *at = view->url; *at != '\0'; at++)
        if (*at < 0x21 || *at > 0x7e)
            broken("a URL is visible ASCII", view->url);
    for (size_t at = 0; at < view->header_count; at++) {
        const char *name = view->headers[at].name;
        check_header(&view->headers[at]);
        if (strcasecmp(name, "X-Injected") == 0)
            broken("no response puts a header into the next request", name);
        if (!is_own && (strcasecmp(name, "Cookie") == 0 || strncasecmp(name, "X-", 2) == 0))
            broken("another origin gets no secret", name);
    }
    if (!is_own)
        check_clean(view->url, "the URL of another origin");
}

static void check_next(const dam_authorization *authorization, int32_t result)
{
    dam_authorization_view view = DAM_AUTHORIZATION_VIEW_INIT;
    dam_status status = dam_authorization_get(authorization, &view, NULL);
    if (result == (status == DAM_OK ? DAM_OBSERVE_DELIVER : DAM_OBSERVE_REPLAY))
        broken("there is something to send after a replay, and nothing after a delivery",
               dam_status_name((int32_t)status));
    if (status == DAM_OK)
        check_view(&view);
}

static int32_t count_header(void *user_data, const dam_header *header)
{
    (void)user_data;
    check_header(header);
    return 0;
}

static void observe(struct play *play, dam_session *session, const dam_observation *response)
{
    const dam_header headers[] = {{.name = "X-Mine", .value = "mine"}, {.name = "Accept", .value = "*/*"}};
    dam_request request = DAM_REQUEST_INIT;
    request.path = "mem/user?page=1";
    request.headers = headers;
    request.header_count = 2;
    dam_authorization *authorization = NULL;
    char *ticket = NULL;
    int32_t result = -1;
    play->has_error = 1;
    if (SAYS(dam_session_authorize(session, &request, &authorization, &play->error)) == DAM_OK)
        check_next(authorization, DAM_OBSERVE_REPLAY);
    for (int round = 0; authorization != NULL && round < 4; round++) {
        result = -1;
        dam_status status = SAYS(dam_authorization_observe(authorization, response, &result, &play->error));
        if ((status == DAM_OK) != (result == DAM_OBSERVE_DELIVER || result == DAM_OBSERVE_REPLAY))
            broken("an observation has a result, or a status", dam_status_name((int32_t)status));
        check_next(authorization, result);
    }
    dam_authorization_free(authorization);
    SAYS(dam_session_list_headers(session, count_header, NULL, &ticket, &play->error));
    SAYS(dam_session_observe(session, ticket, response, &result, &play->error));
    SAYS(dam_session_list_headers(session, count_header, NULL, NULL, &play->error));
    dam_string_free(ticket);
}

void fuzz_observation(const uint8_t *bytes, size_t size)
{
    static uint32_t user;
    static dam_header list[MOST];
    static const char *const kinds[][2] = {{"photoshelter", "cookie"},       {"photoshelter", "token"},
                                           {"photoshelter", "token-in-url"}, {"fotoweb", "device-token"},
                                           {"fotoweb", "login-token"},       {"fotoweb", "query"}};
    if (size < 16)
        return;
    struct play play = {.user = ++user};
    if (user == 1) {
        folders_make();
        server_start(getenv("DAM_FUZZ_DIR"));
    }
    uint8_t odd = bytes[1];
    char *head = strndup((const char *)bytes + 2, size - 2);
    if (head == NULL)
        return;
    char *lines = strchr(head, '\n'), *end = lines != NULL ? strstr(lines, "\n\n") : NULL;
    if (end == NULL && lines != NULL && (end = strstr(lines, "\r\n\r\n")) != NULL)
        end += 2;
    size_t head_size = end != NULL ? (size_t)(end - head) + 2 : strlen(head);
    if (end != NULL)
        end[1] = '\0';
    dam_observation response = DAM_OBSERVATION_INIT;
    response.http_status = atoi(strlen(head) > 9 ? head + 9 : "200");
    response.headers = list;
    response.body = bytes + 2 + head_size;
    response.is_whole = 1;
    if (lines != NULL)
        response.header_count = headers_split(lines + 1, list, MOST);
    response.body_size = head_size < size - 2 ? size - 2 - head_size : 0;
    response.is_whole = (odd & 1) == 0;
    if ((odd & 0x0e) == 2)
        response.headers = NULL;
    if ((odd & 0x0e) == 4)
        response.body = NULL;
    dam_session *session = open_kind(&play, kinds[bytes[0] % 6][0], kinds[bytes[0] % 6][1]);
    if (session == NULL)
        broken("a session can be opened", kinds[bytes[0] % 6][1]);
    observe(&play, session, &response);
    dam_session_free(session);
    free(head);
    folders_clear();
}
