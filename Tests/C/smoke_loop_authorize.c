/*
 * smoke_loop_authorize.c - bring your own HTTP in an event loop: what an authorization says to send and what an
 * observed response comes to, as in smoke_authorize.c, but nobody waits for a login or for a sibling. No clock is
 * needed: poll() says when there is something to do.
 */
#define _POSIX_C_SOURCE 200809L

#include "smoke.h"

enum { MANY = 12 };

static const dam_request good = {.size = sizeof(dam_request), .path = "mem/user/session"};
static const char expired[] =
    "{\"status\":\"error\",\"error\":{\"code\":400,\"class\":\"SessionRequiredErr\"},\"data\":null}";

/* What a callback said last. */
struct said {
    int calls, wrong;
    int32_t status, result;
    dam_authorization *authorization;
};

static dam_loop *loop;

static void note(struct said *said, uint64_t id, int32_t status, const dam_error *error)
{
    said->calls++;
    said->status = status;
    said->wrong |= error == NULL || error->status != status || id == 0 ||
                   (error->message[0] != '\0') != (status != DAM_OK) || check_find_secret(error->message) != NULL;
}

static void authorized(void *user_data, uint64_t id, int32_t status, dam_authorization *authorization,
                       const dam_error *error)
{
    struct said *said = user_data;
    note(said, id, status, error);
    said->authorization = authorization;
    said->wrong |= (authorization != NULL) != (status == DAM_OK);
}

static void observed(void *user_data, uint64_t id, int32_t status, int32_t result, const dam_error *error)
{
    struct said *said = user_data;
    note(said, id, status, error);
    said->result = result;
}

static dam_authorization *authorize(dam_session *session)
{
    struct said said = {0};
    EXPECT(DAM_OK, dam_loop_authorize(loop, session, &good, authorized, &said, NULL, err));
    CHECK(said.calls == 0 && dam_loop_count(loop) == 1, "nothing is said before the next dispatch");
    check_run(loop);
    CHECK(said.calls == 1 && !said.wrong && said.status == DAM_OK, "authorized: %s", dam_status_name(said.status));
    return said.authorization;
}

static dam_authorization_view view_of(const dam_authorization *authorization)
{
    dam_authorization_view view = DAM_AUTHORIZATION_VIEW_INIT;
    EXPECT(DAM_OK, dam_authorization_get(authorization, &view, err));
    CHECK(strcmp(view.method, "GET") == 0 && strstr(view.url, "/psapi/v3/mem/user/session") != NULL &&
              strstr(check_lines(view.headers, view.header_count), "X-PS-Api-Key: ") != NULL,
          "what to send");
    return view;
}

/* Takes note of a response; `said` hears what it comes to. */
static void report(dam_authorization *authorization, int32_t status, const char *headers, const char *body,
                   struct said *said)
{
    dam_observation response = DAM_OBSERVATION_INIT;
    dam_authorization_view view = DAM_AUTHORIZATION_VIEW_INIT;
    response.http_status = status;
    response.body = body;
    response.body_size = strlen(body);
    response.is_whole = 1;
    check_observed(&response, headers);
    *said = (struct said){.result = -1};
    EXPECT(DAM_OK, dam_loop_observe(loop, authorization, &response, observed, said, NULL, err));
    CHECK(said->calls == 0, "nothing is said before the next dispatch");
    REFUSES(DAM_ERR_ARGUMENT, dam_authorization_get(authorization, &view, err), view);
}

static int32_t observe(dam_authorization *authorization, int32_t status, const char *headers, const char *body)
{
    struct said said;
    report(authorization, status, headers, body, &said);
    check_run(loop);
    CHECK(said.calls == 1 && !said.wrong, "observed: %s", dam_status_name(said.status));
    return said.status == DAM_OK ? said.result : -said.status;
}

static int32_t end(dam_authorization *authorization, int32_t status, const char *headers, const char *body)
{
    int32_t result = observe(authorization, status, headers, body);
    dam_authorization_free(authorization);
    return result;
}

static void verdicts(const char *authentication)
{
    fresh();
    check_note(authentication);
    dam_session *session = open_photoshelter(OPTIONS("authentication", authentication));
    dam_authorization *authorization = authorize(session);
    COUNTED("photoshelter", "logins_ok", 1);
    CHECK(view_of(authorization).generation == 1 && view_of(authorization).replays == 0, "the first secret");
    CHECK(end(authorization, 404, "", "{}") == DAM_OBSERVE_DELIVER, "a response is a response");

    authorization = authorize(session);
    CHECK(observe(authorization, 400, "Content-Type: application/json", expired) == DAM_OBSERVE_REPLAY,
          "the session is over");
    COUNTED("photoshelter", "logins_ok", 2);
    CHECK(view_of(authorization).generation == 2 && view_of(authorization).replays == 1,
          "to be sent again, with a new one");
    CHECK(end(authorization, 200, "X: y", "{\"status\":\"ok\"}") == DAM_OBSERVE_DELIVER, "and delivered");

    authorization = authorize(session);
    CHECK(end(authorization, 429, "Retry-After: 7", "") == -DAM_ERR_THROTTLED, "a verdict");
    authorization = authorize(session);
    CHECK(observe(authorization, 302, "Location: https://cdn.example/x.jpg", "") == DAM_OBSERVE_REPLAY, "a redirect");
    dam_authorization_free(authorization);
    dam_session_free(session);
}

/* With one request at a time, those that wait their turn wait without holding up the loop. */
static void turns(const char *rotation)
{
    struct said said[MANY] = {{0}}, over;
    int done = 0, wrong = 0;
    fresh();
    check_note(rotation);
    dam_session *session = open_photoshelter(OPTIONS("rotation", rotation));
    for (int at = 0; at < MANY; at++)
        EXPECT(DAM_OK, dam_loop_authorize(loop, session, &good, authorized, &said[at], NULL, err));
    while (done < MANY) {
        if (dam_loop_count(loop) > 0)
            check_step(loop);
        for (int at = 0; at < MANY; at++)
            if (said[at].authorization != NULL) {
                wrong += said[at].status != DAM_OK || said[at].wrong || said[at].calls != 1;
                report(said[at].authorization, 200, "", "{\"status\":\"ok\"}", &over);
                while (over.calls == 0)
                    check_step(loop);
                wrong += over.status != DAM_OK || over.result != DAM_OBSERVE_DELIVER || over.wrong;
                dam_authorization_free(said[at].authorization);
                said[at].authorization = NULL;
                done++;
            }
    }
    CHECK(wrong == 0, "each had its turn");
    COUNTED("photoshelter", "logins_ok", 1);
    dam_session_free(session);
}

/* The two ways go together: begun in the loop and observed without, and the other way round. A request of the loop
   waits. */
static void mixed(void)
{
    struct said said = {0};
    dam_observation response = DAM_OBSERVATION_INIT;
    int32_t result = -1;
    response.http_status = 200;
    response.is_whole = 1;
    fresh();
    dam_session *session = open_photoshelter(OPTIONS(NULL));
    dam_authorization *authorization = authorize(session), *other = NULL;
    EXPECT(DAM_OK, dam_loop_authorize(loop, session, &good, authorized, &said, NULL, err));
    EXPECT(DAM_OK, dam_loop_dispatch(loop, err));
    CHECK(said.calls == 0, "the session is held until the first is observed");
    EXPECT(DAM_OK, dam_authorization_observe(authorization, &response, &result, err));
    CHECK(result == DAM_OBSERVE_DELIVER, "observed without the loop");
    check_run(loop);
    CHECK(said.calls == 1 && said.status == DAM_OK, "and now it has its turn");
    dam_authorization_free(said.authorization); /* never sent: the session is free again. */
    dam_authorization_free(authorization);
    EXPECT(DAM_OK, dam_session_authorize(session, &good, &other, err));
    CHECK(end(other, 200, "", "") == DAM_OBSERVE_DELIVER, "observed in the loop");
    get(session, "mem/user/session", 200, ADA_MAIL);
    dam_session_free(session);
}

/* A blocking call would wait for ever for what only this thread can bring about, so it fails: at once while the loop
   logs in, and after its time before the authorization is observed, which the program's other thread might do. */
static void held(void)
{
    struct said said = {0};
    fresh();
    dam_session *session = open_photoshelter(OPTIONS("lock-timeout", "1"));
    EXPECT(DAM_OK, dam_loop_authorize(loop, session, &good, authorized, &said, NULL, err));
    EXPECT(DAM_OK, dam_loop_dispatch(loop, err));
    EXPECT(DAM_ERR_LOCKED, dam_session_keepalive(session, err));
    CHECK(statistics(session).waits == 0, "without a wait");
    check_run(loop);
    EXPECT(DAM_ERR_LOCKED, dam_session_keepalive(session, err));
    CHECK(statistics(session).waits == 1, "with a wait");
    CHECK(end(said.authorization, 200, "", "") == DAM_OBSERVE_DELIVER, "observed");
    EXPECT(DAM_OK, dam_session_keepalive(session, err));
    dam_session_free(session);
}

/* Cancelled while it waits, and dropped with its loop: the session is free again, and nothing is said of what was
   dropped. The login that the observation asks for stands still, so that it cannot end before its loop does. */
static void ends(void)
{
    struct said said = {0};
    uint64_t id = 0;
    fresh();
    dam_session *session = open_photoshelter(OPTIONS(NULL));
    dam_authorization *first = authorize(session);
    EXPECT(DAM_OK, dam_loop_authorize(loop, session, &good, authorized, &said, &id, err));
    EXPECT(DAM_OK, dam_loop_dispatch(loop, err));
    EXPECT(DAM_OK, dam_loop_cancel(loop, id, err));
    check_run(loop);
    CHECK(said.calls == 1 && said.status == DAM_ERR_CANCELLED && !said.wrong, "cancelled");
    for (int dispatches = 0; dispatches < 4; dispatches++) {
        dam_loop *dropped = NULL;
        struct said nothing = {0};
        dam_observation response = DAM_OBSERVATION_INIT;
        response.http_status = 400;
        response.body = expired;
        response.body_size = sizeof expired - 1;
        response.is_whole = 1;
        control_post("faults", "{\"fault\": \"stall\", \"match\": \"mem/authenticate\"}");
        EXPECT(DAM_OK, dam_loop_new(&dropped, err));
        EXPECT(DAM_OK, dam_loop_observe(dropped, first, &response, observed, &nothing, NULL, err));
        for (int at = 0; at < dispatches; at++)
            EXPECT(DAM_OK, dam_loop_dispatch(dropped, err));
        dam_loop_free(dropped);
        CHECK(nothing.calls == 0, "a freed loop says nothing");
        REFUSES(DAM_ERR_ARGUMENT, dam_loop_observe(loop, first, &response, observed, &said, &id, err), said);
        dam_authorization_free(first);
        control_forget_faults();
        get(session, "mem/user/session", 200, ADA_MAIL);
        first = authorize(session);
    }
    dam_authorization_free(first);
    dam_session_free(session);
    fresh();
    session = open_photoshelter(OPTIONS("password", "wrong-password"));
    said = (struct said){0};
    EXPECT(DAM_OK, dam_loop_authorize(loop, session, &good, authorized, &said, NULL, err));
    check_run(loop);
    CHECK(said.calls == 1 && said.status == DAM_ERR_CREDENTIALS_REFUSED && said.authorization == NULL && !said.wrong,
          "refused");
    dam_session_free(session);
}

void smoke_loop_authorize(void)
{
    EXPECT(DAM_OK, dam_loop_new(&loop, err));
    verdicts("cookie");
    verdicts("token");
    turns("newest");
    turns("serialize");
    mixed();
    held();
    ends();
    dam_loop_free(loop);
}
