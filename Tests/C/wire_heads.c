/*
 * wire_heads.c - whose word counts in a response: the head of the final response, and nothing that only looks like it.
 *
 * Informational responses, trailers after the body, fields that are named like a status line, folded lines, and status
 * lines that are none. Each is asked for three times on one session, with an ordinary request after it, so that what
 * one leaves behind in libcurl meets the next.
 */
#define _POSIX_C_SOURCE 200809L

#include "wire.h"

#include <stdio.h>
#include <stdlib.h>

#define OK "HTTP/1.1 200 OK\r\n"
#define HEAD OK "Content-Length: 2\r\n"
#define GOOD "SSphotoshelter_com_mem=good"
#define EVIL "Set-Cookie: SSphotoshelter_com_mem=evil; path=/\r\n"
#define NEW "Set-Cookie: SSphotoshelter_com_mem=new; path=/\r\n"

/* What is sent, and what must come of it: a header that is there, one that is not, the session's cookie afterwards. */
static const struct row {
    const char *name, *bytes;
    dam_status status;
    int32_t http;
    const char *has, *lacks, *cookie;
    size_t size;
} rows[] = {
    {"trailers are no headers",
     OK "Transfer-Encoding: chunked\r\nX-A: 1\r\n\r\n2\r\nok\r\n0\r\n" EVIL "X-Late: 1\r\n\r\n", DAM_OK, 200,
     "X-A: 1\r\n", "X-Late", GOOD, 0},
    {"a trailer like a status line",
     OK "Transfer-Encoding: chunked\r\nX-A: 1\r\n\r\n2\r\nok\r\n0\r\nHTTP/1.1 500: x\r\nX-Late: 1\r\n\r\n", DAM_OK, 200,
     "X-A: 1\r\n", "X-Late", GOOD, 0},
    {"a field like a status line", OK NEW "X-A: 1\r\nHTTP/1.1 500: x\r\nContent-Length: 2\r\n\r\nok", DAM_OK, 200,
     "X-A: 1\r\n", NULL, "SSphotoshelter_com_mem=new", 0},
    {"a field named HTTP/1.1", OK NEW "X-A: 1\r\nHTTP/1.1: 204 x\r\nContent-Length: 2\r\n\r\nok", DAM_OK, 200,
     "X-A: 1\r\n", NULL, "SSphotoshelter_com_mem=new", 0},
    {"early hints", "HTTP/1.1 103 Early Hints\r\n" EVIL "X-Early: 1\r\n\r\n" HEAD "X-A: 1\r\n\r\nok", DAM_OK, 200,
     "X-A: 1\r\n", "X-Early", GOOD, 0},
    {"three informational ones",
     "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 P\r\n" EVIL "\r\nHTTP/1.1 199 X\r\nX-Early: 1\r\n\r\n" HEAD "\r\nok",
     DAM_OK, 200, NULL, "X-Early", GOOD, 0},
    {"a field like a status line in early hints",
     "HTTP/1.1 103 E\r\nHTTP/1.1 200: x\r\n" EVIL "\r\n" HEAD "X-A: 1\r\n\r\nok", DAM_OK, 200, "X-A: 1\r\n", NULL, GOOD,
     0},
    {"two final heads", HEAD NEW "\r\nokHTTP/1.1 500 X\r\n" EVIL "Content-Length: 0\r\n\r\n", DAM_OK, 200, NULL, NULL,
     "SSphotoshelter_com_mem=new", 0},
    {"a folded field", HEAD "X-A: 1\r\n\t 2\r\nX-B: 3\r\n\r\nok", DAM_OK, 200, "X-A: 1 2\r\n", NULL, GOOD, 0},
    {"a folded cookie", HEAD "Set-Cookie: SSphotoshelter_com_mem=new;\r\n path=/\r\nX-B: 3\r\n\r\nok", DAM_OK, 200,
     "X-B: 3\r\n", NULL, "SSphotoshelter_com_mem=new", 0},
    {"a folded line with a colon", HEAD "X-A: 1\r\n " EVIL "\r\nok", DAM_OK, 200, "X-A: 1 Set-Cookie", NULL, GOOD, 0},
    {"a folded line like a status line", HEAD "X-A: 1\r\n HTTP/1.1 500 x\r\nX-B: 3\r\n\r\nok", DAM_OK, 200,
     "X-B: 3\r\n", NULL, GOOD, 0},
    {"blanks around a value", HEAD "X-A: \t a\t b \t\r\nX-B:\r\nX-C:3\r\n\r\nok", DAM_OK, 200,
     "X-A: a\t b\r\nX-B: \r\nX-C: 3\r\n", NULL, GOOD, 0},
    {"a CR inside of a value", HEAD "X-A: a\rb\r\n\r\nok", DAM_OK, 200, "X-A: a b\r\n", NULL, GOOD, 0},
    {"a field without a name", HEAD ": x\r\nX-A: 1\r\n\r\nok", DAM_OK, 200, "X-A: 1\r\n", "\n: x", GOOD, 0},
    {"a first field that is folded", OK " folded: x\r\nContent-Length: 2\r\n\r\nok", DAM_ERR_PROTOCOL, 0, NULL, NULL,
     GOOD, 0},
    {"the same with a tab", OK "\tfolded\r\nContent-Length: 2\r\n\r\nok", DAM_ERR_PROTOCOL, 0, NULL, NULL, GOOD, 0},
    {"a field without a colon", HEAD EVIL "nothing\r\n\r\nok", DAM_ERR_PROTOCOL, 0, NULL, NULL, GOOD, 0},
    {"a NUL in a field", OK "X-A: \0\r\nContent-Length: 2\r\n\r\nok", DAM_ERR_PROTOCOL, 0, NULL, NULL, GOOD,
     sizeof(OK "X-A: \0\r\nContent-Length: 2\r\n\r\nok") - 1},
    {"no digits", "HTTP/1.1 abc OK\r\nContent-Length: 2\r\n\r\nok", DAM_ERR_PROTOCOL, 0, NULL, NULL, GOOD, 0},
    {"a sign", "HTTP/1.1 -20 OK\r\nContent-Length: 2\r\n\r\nok", DAM_ERR_PROTOCOL, 0, NULL, NULL, GOOD, 0},
    {"a plus sign", "HTTP/1.1 +20 OK\r\nContent-Length: 2\r\n\r\nok", DAM_ERR_PROTOCOL, 0, NULL, NULL, GOOD, 0},
    {"two digits", "HTTP/1.1 20\r\nContent-Length: 2\r\n\r\nok", DAM_ERR_PROTOCOL, 0, NULL, NULL, GOOD, 0},
    {"four digits", "HTTP/1.1 2000 OK\r\nContent-Length: 2\r\n\r\nok", DAM_ERR_PROTOCOL, 0, NULL, NULL, GOOD, 0},
    {"a letter after them", "HTTP/1.1 200x\r\nContent-Length: 2\r\n\r\nok", DAM_ERR_PROTOCOL, 0, NULL, NULL, GOOD, 0},
    {"two blanks", "HTTP/1.1  200 OK\r\nContent-Length: 2\r\n\r\nok", DAM_ERR_PROTOCOL, 0, NULL, NULL, GOOD, 0},
    {"status 0", "HTTP/1.1 000 OK\r\nContent-Length: 2\r\n\r\nok", DAM_ERR_PROTOCOL, 0, NULL, NULL, GOOD, 0},
    {"status 99", "HTTP/1.1 099 OK\r\nContent-Length: 2\r\n\r\nok", DAM_ERR_PROTOCOL, 0, NULL, NULL, GOOD, 0},
    {"status 600", "HTTP/1.1 600 OK\r\n" EVIL "Content-Length: 2\r\n\r\nok", DAM_ERR_PROTOCOL, 0, NULL, NULL, GOOD, 0},
    {"status 999", "HTTP/1.1 999 OK\r\n" EVIL "Content-Length: 2\r\n\r\nok", DAM_ERR_PROTOCOL, 0, NULL, NULL, GOOD, 0},
    {"another protocol, unasked", "HTTP/1.1 101 X\r\nUpgrade: x\r\nConnection: upgrade\r\n" EVIL "\r\nok",
     DAM_ERR_PROTOCOL, 0, NULL, NULL, GOOD, 0},
    {"not HTTP", "ICY 200 OK\r\nContent-Length: 2\r\n\r\nok", DAM_ERR_PROTOCOL, 0, NULL, NULL, GOOD, 0},
    {"HTTP of the future", "HTTP/7.7 200 OK\r\nContent-Length: 2\r\n\r\nok", DAM_ERR_PROTOCOL, 0, NULL, NULL, GOOD, 0},
};
enum { ROWS = sizeof rows / sizeof rows[0] };

static char cookie[256];

/* The number in the path says which row; anything else is an ordinary request. */
static struct wire_response respond(const char *head)
{
    const char *number = strstr(head, "/odd/"), *sent = strstr(head, "\r\nCookie: ");
    if (wire_is_login(head))
        return wire_login;
    snprintf(cookie, sizeof cookie, "%.*s", sent == NULL ? 0 : (int)strcspn(sent + 10, "\r"),
             sent == NULL ? "" : sent + 10);
    if (number == NULL)
        return (struct wire_response){.bytes = HEAD "\r\nok", .stays = 1};
    const struct row *row = &rows[atoi(number + 5)];
    return (struct wire_response){.bytes = row->bytes, .size = row->size};
}

static void judge(dam_session *session, int number)
{
    const struct row *row = &rows[number];
    char path[32];
    snprintf(path, sizeof path, "/psapi/v3/odd/%d", number);
    struct wire_got got = wire_get(session, path);
    CHECK(got.status == row->status && (row->http == 0 || got.http == row->http), "%s: %s, HTTP %d", row->name,
          dam_status_name(got.status), (int)got.http);
    CHECK(row->has == NULL || strstr(got.headers, row->has) != NULL, "%s: it has what it should", row->name);
    CHECK(row->lacks == NULL || strstr(got.headers, row->lacks) == NULL, "%s: and nothing else", row->name);
    got = wire_get(session, "/psapi/v3/mem/user/session");
    CHECK(got.status == DAM_OK && got.http == 200, "%s: the next request", row->name);
    CHECK(strcmp(cookie, row->cookie) == 0, "%s: the next request's cookie is \"%s\"", row->name, cookie);
}

/* More header bytes than a response may have, in pieces that are none too large: informational responses, trailers. */
static char *flood;
static struct wire_response respond_flood(const char *head)
{
    return wire_is_login(head) ? wire_login : (struct wire_response){.bytes = flood};
}

static void floods(const char *before, const char *piece, const char *after, const char *name)
{
    char url[WIRE_URL], *end = flood;
    end += sprintf(end, "%s", before);
    for (int each = 0; each < 3000; each++)
        end += sprintf(end, piece, each);
    sprintf(end, "%s", after);
    wire_start(url, respond_flood);
    dam_session *session = wire_session(url, OPTIONS("timeout", "20"));
    struct wire_got got = wire_get(session, "/psapi/v3/x");
    CHECK(got.status == DAM_ERR_TOO_LARGE, "%s end: %s", name, dam_status_name(got.status));
    dam_session_free(session);
    wire_stop();
}

void wire_heads(void)
{
    char url[WIRE_URL], piece[512];
    wire_start(url, respond);
    for (int number = 0; number < ROWS; number++) {
        check_note(rows[number].name);
        dam_session *session = wire_session(url, OPTIONS("authentication", "cookie"));
        for (int round = 0; round < 3; round++)
            judge(session, number);
        EXPECT(DAM_OK, dam_session_forget(session, err));
        dam_session_free(session);
    }
    wire_stop();
    flood = malloc(4 << 20);
    memset(piece, 'x', sizeof piece);
    snprintf(piece, 12, "X-%%04d: ");
    piece[8] = 'x';
    strcpy(piece + 480, "\r\n");
    char informational[640];
    snprintf(informational, sizeof informational, "HTTP/1.1 103 E\r\n%s\r\n", piece);
    floods("", informational, HEAD "\r\nok", "informational responses without");
    floods(OK "Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n", piece, "\r\n", "trailers without");
    free(flood);
}
