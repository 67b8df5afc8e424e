/*
 * abuse_observe.c - headers for a request of the application's own, their ticket, and what is observed with it: bad
 * tickets, bad observations, responses that no server could have given. Nothing is sent here: smoke_observe.c has a
 * server.
 */
#include "abuse.h"

#include <stdio.h>

struct seen {
    int calls, stop_at;
};

static int32_t take(void *user_data, const dam_header *header)
{
    struct seen *seen = user_data;
    CHECK(header->name[0] != '\0' && header->value[0] != '\0', "a header");
    return ++seen->calls == seen->stop_at;
}

static const dam_observation good = {.size = sizeof(dam_observation), .http_status = 200, .is_whole = 1};

/* A ticket is given only to a caller that asks for it, is printable, and is written only together with the headers. */
static void tickets(dam_session *closed, dam_session *open)
{
    struct seen seen = {0};
    char *ticket = NULL;
    REFUSES(DAM_ERR_ARGUMENT, dam_session_list_headers(NULL, take, &seen, &ticket, err), ticket);
    REFUSES(DAM_ERR_ARGUMENT, dam_session_list_headers(open, NULL, &seen, &ticket, err), ticket);
    REFUSES(DAM_ERR_CONNECT, dam_session_list_headers(closed, take, &seen, &ticket, err), ticket);
    CHECK(seen.calls == 0, "no header of a session that is none");
    EXPECT(DAM_OK, dam_session_list_headers(open, take, &seen, NULL, err));
    seen = (struct seen){.stop_at = 1};
    EXPECT(DAM_ERR_CALLBACK, dam_session_list_headers(open, take, &seen, &ticket, err));
    CHECK(ticket == NULL, "no ticket without all headers");
    seen = (struct seen){0};
    EXPECT(DAM_OK, dam_session_list_headers(open, take, &seen, &ticket, err));
    CHECK(seen.calls == 1 && strlen(ticket) < 128 && check_find_secret(ticket) == NULL, "a ticket without a secret");
    for (const char *at = ticket; *at != '\0'; at++)
        if (*at <= ' ' || *at > '~')
            CHECK(0, "a ticket is printable ASCII");
    dam_string_free(ticket);
}

static void refuse_tickets(dam_session *session)
{
    static const char *const none[] = {"",
                                       " ",
                                       ".",
                                       "1",
                                       "1.1.1",
                                       "1.1.1.1.1",
                                       "1..1.1",
                                       "1.1.1.",
                                       ".1.1.1",
                                       "2.1.1.1",
                                       "0.1.1.1",
                                       "1.-1.1.1",
                                       "1.a.1.1",
                                       "1.1.1.1 ",
                                       " 1.1.1.1",
                                       "1.1.1.1\n",
                                       "1.1.1.18446744073709551616",
                                       "1.99999999999999999999.1.1",
                                       "1,1,1,1",
                                       "1.1.1.0x1",
                                       "1.+1.1.1",
                                       "01.1.1.1",
                                       "1.\xd9\xa1.1.1",
                                       "1.2.1.1",
                                       "1.18446744073709551615.0.0",
                                       NULL};
    int32_t result = -7;
    for (const char *const *ticket = none; *ticket != NULL; ticket++) {
        check_note(*ticket);
        REFUSES(DAM_ERR_ARGUMENT, dam_session_observe(session, *ticket, &good, &result, err), result);
    }
    for (const char *const *ticket = not_utf8; *ticket != NULL; ticket++)
        REFUSES(DAM_ERR_ARGUMENT, dam_session_observe(session, *ticket, &good, &result, err), result);
    REFUSES(DAM_ERR_ARGUMENT, dam_session_observe(session, huge_text, &good, &result, err), result);
}

/* Refused before it counts as a response. */
static void refuse_observations(dam_session *session)
{
    static const int32_t statuses[] = {0, -1, 99, 600, INT32_MIN, INT32_MAX};
    static const dam_header bad[] = {{NULL, "x"},        {"X", NULL},     {"", "x"},    {"X:", "x"},
                                     {":status", "200"}, {"X\r\nY", "x"}, {"X\n", "x"}, {"X", "a\r\nSet-Cookie: b=c"},
                                     {"X", "a\nb"},      {"X", "a\rb"}};
    WITH_TAIL(dam_observation) large = {.known = good, .more = 1};
    const uint32_t sizes[] = {0, 1, sizeof good - 1, UINT32_MAX};
    dam_observation observation = good;
    int32_t result = -7;
    large.known.size = sizeof large;
    REFUSES(DAM_ERR_ARGUMENT, dam_session_observe(NULL, NULL, &good, &result, err), result);
    REFUSES(DAM_ERR_ARGUMENT, dam_session_observe(session, NULL, NULL, &result, err), result);
    REFUSES(DAM_ERR_ARGUMENT, dam_session_observe(session, NULL, &good, NULL, err), check_nothing);
    REFUSES(DAM_ERR_ARGUMENT, dam_session_observe(session, NULL, &large.known, &result, err), result);
    for (size_t at = 0; at < sizeof sizes / sizeof sizes[0]; at++) {
        observation.size = sizes[at];
        REFUSES(DAM_ERR_ARGUMENT, dam_session_observe(session, NULL, &observation, &result, err), result);
    }
    observation = good;
    for (size_t at = 0; at < sizeof statuses / sizeof statuses[0]; at++) {
        observation.http_status = statuses[at];
        REFUSES(DAM_ERR_ARGUMENT, dam_session_observe(session, NULL, &observation, &result, err), result);
    }
    observation = good;
    for (size_t at = 0; at < sizeof bad / sizeof bad[0]; at++) {
        check_note(bad[at].name != NULL ? bad[at].name : "NULL");
        observation.headers = &bad[at];
        observation.header_count = 1;
        REFUSES(DAM_ERR_ARGUMENT, dam_session_observe(session, NULL, &observation, &result, err), result);
    }
    observation.headers = NULL;
    REFUSES(DAM_ERR_ARGUMENT, dam_session_observe(session, NULL, &observation, &result, err), result);
    observation.headers = bad;
    observation.header_count = SIZE_MAX;
    REFUSES(DAM_ERR_ARGUMENT, dam_session_observe(session, NULL, &observation, &result, err), result);
    observation = good;
    observation.is_whole = 2;
    REFUSES(DAM_ERR_ARGUMENT, dam_session_observe(session, NULL, &observation, &result, err), result);
    observation = good;
    observation.reserved = 1;
    REFUSES(DAM_ERR_ARGUMENT, dam_session_observe(session, NULL, &observation, &result, err), result);
    observation = good;
    observation.body_size = 1;
    REFUSES(DAM_ERR_ARGUMENT, dam_session_observe(session, NULL, &observation, &result, err), result);
    observation.body = huge_text;
    observation.body_size = 65537;
    REFUSES(DAM_ERR_ARGUMENT, dam_session_observe(session, NULL, &observation, &result, err), result);
}

/* Responses that a damaged or hostile server could send, with every kind of ticket that is one. */
static void damaged(dam_session *session)
{
    static const char *const headers[] = {"",
                                          "\n",
                                          ":",
                                          "Set-Cookie",
                                          "Set-Cookie: ;;;=",
                                          "Set-Cookie: FWSession=",
                                          "Set-Cookie: FWSession=a b\"\\",
                                          "Location: login",
                                          "Location: \x01",
                                          "Location: //",
                                          "Retry-After: 99999999999999999999",
                                          "Date: x",
                                          "Content-Type: text/html",
                                          "Content-Length: -1",
                                          "X: \xe5\xff",
                                          "Set-Cookie: FWSession=\xc3\x28",
                                          NULL};
    static const char *const numbers[] = {"0.0.0", "1.0.0", "1.18446744073709551615.18446744073709551615"};
    char tickets[4][128] = {""};
    static const int32_t statuses[] = {100, 200, 204, 302, 400, 401, 403, 404, 429, 500, 599};
    size_t odd = 0;
    char *own = NULL;
    struct seen seen = {0};
    EXPECT(DAM_OK, dam_session_list_headers(session, take, &seen, &own, err));
    for (size_t at = 0; at < 3; at++)
        snprintf(tickets[at + 1], sizeof tickets[0], "%.*s.%s", (int)strcspn(own, "."), own, numbers[at]);
    dam_string_free(own);
    for (const char *const *text = headers; *text != NULL; text++)
        for (size_t at = 0; at < 4 * (sizeof statuses / sizeof statuses[0]); at++) {
            dam_observation observation = DAM_OBSERVATION_INIT;
            observation.http_status = statuses[at / 4];
            observation.body = "\0\xff<html";
            observation.body_size = 7;
            observation.is_whole = (int32_t)at % 2;
            int32_t result = -7;
            check_note(*text);
            check_observed(&observation, *text);
            dam_status status =
                dam_session_observe(session, at % 4 > 0 ? tickets[at % 4] : NULL, &observation, &result, check_fresh());
            check_result(status, status, "dam_session_observe(session, ticket, &observation, &result, err)", __FILE__,
                         __LINE__);
            odd += (status == DAM_OK) != (result == DAM_OBSERVE_DELIVER || result == DAM_OBSERVE_REPLAY);
            odd += status == DAM_ERR_INTERNAL || status == DAM_ERR_ARGUMENT;
        }
    CHECK(odd == 0, "damaged responses: each comes to a result or a status");
    EXPECT(DAM_OK, dam_session_keepalive(session, err));
}

/* Where the secret travels in the URL there are neither headers nor anything to observe. */
static void not_supported(void)
{
    int32_t result = -7;
    struct seen seen = {0};
    char *ticket = NULL;
    dam_session *query =
        make_session((const char *const[]){"system", "fotoweb", "url", closed_url, "user", "ada", "password",
                                           "canary-password", "authentication", "query", NULL});
    REFUSES(DAM_ERR_NOT_SUPPORTED, dam_session_list_headers(query, take, &seen, &ticket, err), ticket);
    REFUSES(DAM_ERR_NOT_SUPPORTED, dam_session_observe(query, NULL, &good, &result, err), result);
    dam_session_free(query);
}

void abuse_observe(void)
{
    dam_session *closed = make_fotoweb(closed_url), *open = make_fotoweb(open_url);
    int32_t result = -7;
    EXPECT(DAM_OK, dam_session_observe(closed, NULL, &good, &result, err));
    CHECK(result == DAM_OBSERVE_DELIVER, "without a session an ordinary response is nobody's business");
    tickets(closed, open);
    refuse_tickets(open);
    refuse_observations(open);
    damaged(open);
    not_supported();
    dam_session_free(closed);
    dam_session_free(open);
}
