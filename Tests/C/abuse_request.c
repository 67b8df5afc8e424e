/*
 * abuse_request.c - requests that must not leave: bad structs, methods, paths and headers; and views of responses.
 *
 * The session of the first half talks to a closed port and would end in DAM_ERR_CONNECT: DAM_ERR_ARGUMENT shows that
 * the request was refused before anything else happened. The words of messages are not compared.
 */
#include "abuse.h"

#include <stddef.h>
#include <stdio.h>

static dam_session *session;

/* The request must be refused like this; nothing comes out. */
static void refuse(dam_status wanted, dam_request request, const char *note)
{
    dam_response *response = NULL;
    check_note(note);
    if (request.size == 0)
        request.size = sizeof request;
    REFUSES(wanted, dam_session_request(session, &request, &response, err), response);
}

static void refuse_structs(void)
{
    WITH_TAIL(dam_request) large = {.known = {.size = sizeof large, .path = "Information"}, .more = 1};
    dam_response *response = NULL;
    dam_request request = DAM_REQUEST_INIT;
    request.path = "Information";
    dam_header header = {.name = "X-A", .value = "b"};
    REFUSES(DAM_ERR_ARGUMENT, dam_session_request(NULL, &request, &response, err), response);
    REFUSES(DAM_ERR_ARGUMENT, dam_session_request(session, NULL, &response, err), response);
    REFUSES(DAM_ERR_ARGUMENT, dam_session_request(session, &request, NULL, err), check_nothing);
    REFUSES(DAM_ERR_CONNECT, dam_session_request(session, &request, &response, err), response);
    request.size = 0;
    REFUSES(DAM_ERR_ARGUMENT, dam_session_request(session, &request, &response, err), response);
    REFUSES(DAM_ERR_ARGUMENT, dam_session_request(session, &large.known, &response, err), large);
    large.more = 0;
    REFUSES(DAM_ERR_CONNECT, dam_session_request(session, &large.known, &response, err), large);
    refuse(DAM_ERR_ARGUMENT, (dam_request){.size = 1, .path = "x"}, "size 1");
    refuse(DAM_ERR_ARGUMENT, (dam_request){.size = sizeof request - 1, .path = "x"}, "size - 1");
    refuse(DAM_ERR_ARGUMENT, (dam_request){.size = UINT32_MAX, .path = "x"}, "size UINT32_MAX");
    refuse(DAM_ERR_ARGUMENT, (dam_request){.path = NULL}, "no path");
    refuse(DAM_ERR_ARGUMENT, (dam_request){.path = "x", .header_count = 1}, "headers NULL");
    refuse(DAM_ERR_ARGUMENT, (dam_request){.path = "x", .headers = &header, .header_count = 1001}, "1001 headers");
    refuse(DAM_ERR_ARGUMENT, (dam_request){.path = "x", .headers = &header, .header_count = SIZE_MAX}, "2^64 headers");
    refuse(DAM_ERR_ARGUMENT, (dam_request){.path = "x", .reserved = 1}, "reserved");
    refuse(DAM_ERR_CONNECT, (dam_request){.path = "x", .headers = &header}, "header_count 0");
    refuse(DAM_ERR_ARGUMENT, (dam_request){.path = "x", .method = "POST", .body_size = 1}, "body NULL");
    refuse(DAM_ERR_ARGUMENT, (dam_request){.path = "x", .method = "POST", .body = "b", .body_size = UINT64_MAX},
           "2^64");
}

static void refuse_texts(void)
{
    static const char *const methods[] = {"",           "GE T",    "GET\r\nX-Evil: 1", "G\tET", "GET/",
                                          "G\xc3\x86T", "CONNECT", "Connect",          "TRACE", NULL};
    static const char *const paths[] = {"x\r\nX-Evil: 1",
                                        "x\ny",
                                        "x y",
                                        "x\ty",
                                        "x#fragment",
                                        "x\\y",
                                        "\xc3\xa6",
                                        "\x7f",
                                        "//evil.example/x",
                                        "ftp://evil.example/x",
                                        "file:///etc/passwd",
                                        "https://user@localhost/x",
                                        "https:///x",
                                        "https://host:99999/x",
                                        NULL};
    for (const char *const *method = methods; *method != NULL; method++)
        refuse(DAM_ERR_ARGUMENT, (dam_request){.method = *method, .path = "x"}, *method);
    for (const char *const *path = paths; *path != NULL; path++)
        refuse(DAM_ERR_ARGUMENT, (dam_request){.path = *path}, *path);
    for (const char *const *text = not_utf8; *text != NULL; text++) {
        refuse(DAM_ERR_ARGUMENT, (dam_request){.method = *text, .path = "x"}, "method");
        refuse(DAM_ERR_ARGUMENT, (dam_request){.path = *text}, "path");
        refuse(DAM_ERR_ARGUMENT, (dam_request){.path = "x", .image = *text}, "image");
        refuse(DAM_ERR_ARGUMENT, (dam_request){.path = "x", .body = "b", .body_size = 1, .content_type = *text},
               "type");
    }
    refuse(DAM_ERR_ARGUMENT, (dam_request){.path = "x", .flags = 8}, "an unknown flag");
    refuse(DAM_ERR_ARGUMENT, (dam_request){.method = huge_text, .path = "x"}, "huge method");
    refuse(DAM_ERR_ARGUMENT, (dam_request){.path = huge_text}, "huge path");
    refuse(DAM_ERR_ARGUMENT, (dam_request){.path = "x?Id={image}", .image = huge_text}, "huge image");
    refuse(DAM_ERR_ARGUMENT,
           (dam_request){.path = "x", .body = "b", .body_size = 1, .content_type = "a/b\r\nX-Evil: 1"}, "content type");
}

static void refuse_origins(void)
{
    char other_port[LOOPBACK_URL], same[LOOPBACK_URL + 16];
    static const char *const urls[] = {"https://evil.example/x",
                                       "http://evil.example/x",
                                       "HTTPS://EVIL.EXAMPLE",
                                       "https://127.0.0.1/x",
                                       "http://127.0.0.1/x",
                                       "http://localhost/x",
                                       NULL};
    for (const char *const *url = urls; *url != NULL; url++)
        refuse(DAM_ERR_INSECURE, (dam_request){.path = *url}, *url);
    loopback_closed(other_port);
    if (strcmp(other_port, closed_url) != 0)
        refuse(DAM_ERR_INSECURE, (dam_request){.path = other_port}, other_port);
    refuse(DAM_ERR_INSECURE, (dam_request){.path = open_url}, open_url);
    snprintf(same, sizeof same, "%s/x?y=z", closed_url);
    refuse(DAM_ERR_CONNECT, (dam_request){.path = same}, same);
}

/* A good header before it must not help. */
static void refuse_header(dam_status wanted, const char *name, const char *value)
{
    const dam_header headers[] = {{"X-Good", "yes"}, {name, value}};
    refuse(wanted, (dam_request){.path = "x", .headers = headers, .header_count = 2}, name != NULL ? name : "NULL");
}

static void refuse_headers(void)
{
    static const char *const names[] = {"",
                                        " ",
                                        "X A",
                                        "X-A:",
                                        "X-A\r\nX-Evil",
                                        "X\n",
                                        "\xc3\xa6",
                                        "Cookie",
                                        "cookie",
                                        "HOST",
                                        "Content-Length",
                                        "content-type",
                                        "Transfer-Encoding",
                                        "Connection",
                                        NULL};
    static const char *const values[] = {"a\r\nX-Evil: 1", "a\nb", "a\rb", "\x01", "\x7f", NULL};
    for (const char *const *name = names; *name != NULL; name++)
        refuse_header(DAM_ERR_ARGUMENT, *name, "b");
    for (const char *const *value = values; *value != NULL; value++)
        refuse_header(DAM_ERR_ARGUMENT, "X-A", *value);
    for (const char *const *text = not_utf8; *text != NULL; text++) {
        refuse_header(DAM_ERR_ARGUMENT, *text, "b");
        refuse_header(DAM_ERR_ARGUMENT, "X-A", *text);
    }
    refuse_header(DAM_ERR_ARGUMENT, NULL, "b");
    refuse_header(DAM_ERR_ARGUMENT, "X-A", NULL);
    refuse_header(DAM_ERR_ARGUMENT, huge_text, "b");
    refuse_header(DAM_ERR_CONNECT, "X-A", "");
}

void abuse_request(void)
{
    session = make_fotoweb(closed_url);
    refuse_structs();
    refuse_texts();
    refuse_origins();
    refuse_headers();
    dam_session_free(session);
    session = make_photoshelter(closed_url);
    static const char *const reserved[] = {"X-PS-Auth-Token", "x-ps-api-key", "Cookie", NULL};
    for (const char *const *name = reserved; *name != NULL; name++)
        refuse_header(DAM_ERR_ARGUMENT, *name, "b");
    dam_session_free(session);
}

void abuse_response(void)
{
    WITH_TAIL(dam_response_view) large = {.known = {.size = sizeof large}, .more = 1};
    dam_response_view view = DAM_RESPONSE_VIEW_INIT;
    const uint32_t sizes[] = {0, 1, offsetof(dam_response_view, redirected_url) - 1, UINT32_MAX};
    dam_request request = DAM_REQUEST_INIT;
    request.path = "Information";
    dam_response *response = NULL;
    session = make_fotoweb(open_url);
    EXPECT(DAM_OK, dam_session_request(session, &request, &response, err));
    dam_session_free(session); /* a response outlives its session. */
    REFUSES(DAM_ERR_ARGUMENT, dam_response_get(NULL, &view, err), view);
    REFUSES(DAM_ERR_ARGUMENT, dam_response_get(response, NULL, err), check_nothing);
    for (size_t at = 0; at < sizeof sizes / sizeof sizes[0]; at++) {
        view.size = sizes[at];
        REFUSES(DAM_ERR_ARGUMENT, dam_response_get(response, &view, err), view);
    }
    REFUSES(DAM_ERR_ARGUMENT, dam_response_get(response, &large.known, err), large);
    large.more = 0;
    EXPECT(DAM_OK, dam_response_get(response, &large.known, err));
    view.size = offsetof(dam_response_view, redirected_url); /* a program of the first version. */
    view.redirected_url = "untouched";
    EXPECT(DAM_OK, dam_response_get(response, &view, err));
    CHECK(view.http_status == 200 && strcmp(view.redirected_url, "untouched") == 0,
          "an older program's struct is kept");
    view.size = sizeof view;
    EXPECT(DAM_OK, dam_response_get(response, &view, err));
    CHECK(view.redirected_url == NULL, "no redirect was followed");
    CHECK(view.http_status == 200 && view.body_size == strlen(view.body) && strstr(view.body, "<FileList>") != NULL,
          "the body is whole and ends with a NUL");
    const char *lines = check_lines(view.headers, view.header_count);
    CHECK(strstr(lines, "X-Test: yes\r\n") != NULL && check_find_secret(lines) == NULL,
          "the headers are there, the session's cookie is not");
    const char *value = dam_response_header(response, "x-tEST");
    CHECK(value != NULL && strcmp(value, "yes") == 0, "a header by its name, in any case: %s", value);
    CHECK(dam_response_header(response, "X-Tes") == NULL && dam_response_header(response, "X-Test:") == NULL &&
              dam_response_header(response, "") == NULL && dam_response_header(response, not_utf8[0]) == NULL,
          "no header of another name");
    CHECK(dam_response_header(NULL, "X-Test") == NULL && dam_response_header(response, NULL) == NULL,
          "dam_response_header(NULL, NULL)");
    const dam_header *before = view.headers;
    EXPECT(DAM_OK, dam_response_get(response, &view, err));
    CHECK(view.headers == before, "the list is made once");
    CHECK(view.generation == 1 && view.replays == 0 && view.reserved == 0, "sent once, with the first secret");
    dam_response_free(response);
    SURVIVES(dam_response_free(NULL));
}
