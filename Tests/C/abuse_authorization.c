/*
 * abuse_authorization.c - bring your own HTTP: bad requests, bad views, observations that no server could have given.
 * Good observations are in smoke_authorize.c.
 */
#include "abuse.h"

static const dam_request good = {.size = sizeof(dam_request), .path = "Information"};

static int64_t give(void *user_data, void *buffer, size_t size)
{
    return user_data == buffer ? 0 : (int64_t)(size & 0);
}
static int32_t rewind_it(void *user_data)
{
    return user_data != NULL;
}
static int32_t take(void *user_data, const void *data, size_t size)
{
    return user_data != data && size > 1;
}
static int32_t look(void *user_data, const dam_response_view *head)
{
    return user_data == head;
}
static int32_t hear(void *user_data, int64_t a, int64_t b, int64_t c, int64_t d)
{
    return user_data && a + b + c + d < -9;
}

static void refuse(dam_session *session, dam_request request, const char *note)
{
    dam_authorization *out = NULL;
    check_note(note);
    request.size = sizeof request;
    request.path = "Information";
    REFUSES(DAM_ERR_ARGUMENT, dam_session_authorize(session, &request, &out, err), out);
}

static void refuse_requests(dam_session *session)
{
    dam_form *form = NULL;
    dam_canceller *canceller = NULL;
    dam_authorization *out = NULL;
    dam_request request = good;
    REFUSES(DAM_ERR_ARGUMENT, dam_session_authorize(NULL, &good, &out, err), out);
    REFUSES(DAM_ERR_ARGUMENT, dam_session_authorize(session, NULL, &out, err), out);
    REFUSES(DAM_ERR_ARGUMENT, dam_session_authorize(session, &good, NULL, err), check_nothing);
    REFUSES(DAM_ERR_CONNECT, dam_session_authorize(session, &good, &out, err), out);
    EXPECT(DAM_OK, dam_form_new(&form, err));
    EXPECT(DAM_OK, dam_canceller_new(&canceller, err));
    refuse(session, (dam_request){.read = give}, "read");
    refuse(session, (dam_request){.rewind = rewind_it}, "rewind");
    refuse(session, (dam_request){.write = take}, "write");
    refuse(session, (dam_request){.progress = hear}, "progress");
    refuse(session, (dam_request){.head = look}, "head");
    refuse(session, (dam_request){.form = form}, "form");
    refuse(session, (dam_request){.canceller = canceller}, "canceller");
    request.size = 1;
    REFUSES(DAM_ERR_ARGUMENT, dam_session_authorize(session, &request, &out, err), out);
    request = good;
    request.path = "a b";
    REFUSES(DAM_ERR_ARGUMENT, dam_session_authorize(session, &request, &out, err), out);
    request.path = "https://evil.example/x";
    REFUSES(DAM_ERR_INSECURE, dam_session_authorize(session, &request, &out, err), out);
    dam_form_free(form);
    dam_canceller_free(canceller);
}

static void refuse_views(const dam_authorization *authorization)
{
    WITH_TAIL(dam_authorization_view) large = {.known = {.size = sizeof large}, .more = 1};
    dam_authorization_view view = {0};
    const uint32_t sizes[] = {0, 1, sizeof view - 1, UINT32_MAX};
    REFUSES(DAM_ERR_ARGUMENT, dam_authorization_get(NULL, &view, err), view);
    REFUSES(DAM_ERR_ARGUMENT, dam_authorization_get(authorization, NULL, err), check_nothing);
    for (size_t at = 0; at < sizeof sizes / sizeof sizes[0]; at++) {
        view.size = sizes[at];
        REFUSES(DAM_ERR_ARGUMENT, dam_authorization_get(authorization, &view, err), view);
    }
    REFUSES(DAM_ERR_ARGUMENT, dam_authorization_get(authorization, &large.known, err), large);
    large.more = 0;
    EXPECT(DAM_OK, dam_authorization_get(authorization, &large.known, err));
    view.size = sizeof view;
    EXPECT(DAM_OK, dam_authorization_get(authorization, &view, err));
    CHECK(strcmp(view.method, "GET") == 0 && strncmp(view.url, open_url, strlen(open_url)) == 0 && view.replays == 0 &&
              view.generation == 1 &&
              strstr(check_lines(view.headers, view.header_count), "Cookie: FWSession=canary-device\r\n") != NULL,
          "the view says what to send");
    const dam_authorization_view before = view;
    EXPECT(DAM_OK, dam_authorization_get(authorization, &view, err));
    CHECK(view.url == before.url && view.method == before.method && view.headers == before.headers,
          "what was borrowed stays where it is until it is observed");
}

/* Refused before it counts as a response: a good one can still be observed afterwards. */
static void refuse_observations(dam_authorization *authorization)
{
    static const int32_t statuses[] = {0, -1, 99, 600, INT32_MIN, INT32_MAX};
    WITH_TAIL(dam_observation) large = {.known = {.size = sizeof large, .http_status = 200}, .more = 1};
    dam_observation whole = DAM_OBSERVATION_INIT;
    whole.http_status = 200;
    whole.is_whole = 1;
    dam_observation observation = whole;
    int32_t result = -7;
    REFUSES(DAM_ERR_ARGUMENT, dam_authorization_observe(NULL, &observation, &result, err), result);
    REFUSES(DAM_ERR_ARGUMENT, dam_authorization_observe(authorization, NULL, &result, err), result);
    REFUSES(DAM_ERR_ARGUMENT, dam_authorization_observe(authorization, &observation, NULL, err), check_nothing);
    REFUSES(DAM_ERR_ARGUMENT, dam_authorization_observe(authorization, &large.known, &result, err), result);
    const uint32_t sizes[] = {0, 1, sizeof observation - 1, UINT32_MAX};
    for (size_t at = 0; at < sizeof sizes / sizeof sizes[0]; at++) {
        observation.size = sizes[at];
        REFUSES(DAM_ERR_ARGUMENT, dam_authorization_observe(authorization, &observation, &result, err), result);
    }
    observation = whole;
    for (size_t at = 0; at < sizeof statuses / sizeof statuses[0]; at++) {
        observation.http_status = statuses[at];
        REFUSES(DAM_ERR_ARGUMENT, dam_authorization_observe(authorization, &observation, &result, err), result);
    }
    observation = whole;
    observation.header_count = 1;
    REFUSES(DAM_ERR_ARGUMENT, dam_authorization_observe(authorization, &observation, &result, err), result);
    observation = whole;
    observation.body_size = 1;
    REFUSES(DAM_ERR_ARGUMENT, dam_authorization_observe(authorization, &observation, &result, err), result);
    observation.body_size = SIZE_MAX;
    REFUSES(DAM_ERR_ARGUMENT, dam_authorization_observe(authorization, &observation, &result, err), result);
}

/* Responses that a damaged or hostile server could send. Any status will do, as long as it comes back as one. */
static void damaged(dam_session *session)
{
    static const char *const headers[] = {"",
                                          "\n",
                                          "\r\n\r\n",
                                          ":",
                                          ": x",
                                          "Set-Cookie",
                                          "Set-Cookie:",
                                          "Set-Cookie: ;;;=",
                                          "Set-Cookie: FWSession=",
                                          "Set-Cookie: FWSession=a b\"\\",
                                          "X:\n\n\n",
                                          "Location: \x01",
                                          "Location: http://[",
                                          "Location: //",
                                          "Retry-After: -1",
                                          "Retry-After: 99999999999999999999",
                                          "Date: x",
                                          "Content-Length: -1",
                                          "\xef\xbb\xbfX: y",
                                          "X: \xe5\xff",
                                          "Set-Cookie: FWSession=\xc3\x28",
                                          "\xff: x",
                                          NULL};
    static const int32_t statuses[] = {100, 200, 204, 206, 301, 304, 307, 400, 401, 404, 429, 500, 599};
    size_t odd = 0;
    for (const char *const *text = headers; *text != NULL; text++)
        for (size_t at = 0; at < sizeof statuses / sizeof statuses[0]; at++) {
            dam_observation observation = DAM_OBSERVATION_INIT;
            observation.http_status = statuses[at];
            observation.body = "\0\xff<html";
            observation.body_size = 7;
            observation.is_whole = (int32_t)at % 2;
            dam_authorization *authorization = NULL;
            int32_t result = -7;
            check_note(*text);
            check_observed(&observation, *text);
            EXPECT(DAM_OK, dam_session_authorize(session, &good, &authorization, err));
            dam_status status = dam_authorization_observe(authorization, &observation, &result, check_fresh());
            check_result(status, status, "dam_authorization_observe(authorization, &observation, &result, err)",
                         __FILE__, __LINE__);
            odd += (status == DAM_OK) != (result == DAM_OBSERVE_DELIVER || result == DAM_OBSERVE_REPLAY);
            odd += status == DAM_ERR_INTERNAL;
            dam_authorization_free(authorization);
        }
    CHECK(odd == 0, "damaged responses: each comes to a result or a status");
}

void abuse_authorization(void)
{
    dam_session *closed = make_fotoweb(closed_url), *open = make_fotoweb(open_url);
    dam_authorization *authorization = NULL;
    dam_authorization_view view = DAM_AUTHORIZATION_VIEW_INIT;
    dam_observation observation = DAM_OBSERVATION_INIT;
    observation.http_status = 200;
    observation.body = huge_text;
    observation.body_size = 65536;
    check_observed(&observation, "X: y");
    int32_t result = -7;
    refuse_requests(closed);
    EXPECT(DAM_OK, dam_session_authorize(open, &good, &authorization, err));
    refuse_views(authorization);
    refuse_observations(authorization);
    EXPECT(DAM_OK, dam_authorization_observe(authorization, &observation, &result, err));
    CHECK(result == DAM_OBSERVE_DELIVER, "it is the response");
    REFUSES(DAM_ERR_ARGUMENT, dam_authorization_observe(authorization, &observation, &result, err), result);
    REFUSES(DAM_ERR_ARGUMENT, dam_authorization_get(authorization, &view, err), view);
    dam_authorization_free(authorization);
    damaged(open);
    dam_session_free(closed);
    dam_session_free(open);
    SURVIVES(dam_authorization_free(NULL));
}
