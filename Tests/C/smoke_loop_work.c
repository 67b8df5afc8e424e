/*
 * smoke_loop_work.c - logins, keepalives and logouts in the event loop: the same words as from the blocking calls, and
 * no more of them at the server. No clock is needed: poll() says when there is something to do.
 */
#define _POSIX_C_SOURCE 200809L

#include "smoke.h"

enum { MANY = 12 };

/* What `done` said last. */
struct said {
    int calls, wrong, was_written;
    int32_t status, result;
};

static dam_loop *loop;

static void take(void *user_data, uint64_t id, int32_t status, dam_response *response, const dam_error *error)
{
    struct said *said = user_data;
    said->calls++;
    said->status = status;
    said->was_written = said->result != -7;
    said->wrong |= response != NULL || error == NULL || error->status != status || id == 0 ||
                   (error->message[0] != '\0') != (status != DAM_OK) || check_find_secret(error->message) != NULL;
}

static int32_t login(dam_session *session, uint32_t flags)
{
    struct said said = {0};
    EXPECT(DAM_OK, dam_loop_login(loop, session, flags, take, &said, NULL, err));
    CHECK(said.calls == 0, "nothing is said before the next dispatch");
    check_run(loop);
    CHECK(said.calls == 1 && !said.wrong, "the login ends with %s", dam_status_name(said.status));
    return said.status;
}

static int32_t keepalive(dam_session *session)
{
    struct said said = {0};
    EXPECT(DAM_OK, dam_loop_keepalive(loop, session, take, &said, NULL, err));
    check_run(loop);
    CHECK(said.calls == 1 && !said.wrong, "the keepalive ends with %s", dam_status_name(said.status));
    return said.status;
}

static int32_t logout(dam_session *session)
{
    struct said said = {.result = -7};
    EXPECT(DAM_OK, dam_loop_logout(loop, session, take, &said, &said.result, NULL, err));
    CHECK(said.result == -7, "nothing is written before the next dispatch");
    check_run(loop);
    CHECK(said.calls == 1 && !said.wrong && said.status == DAM_OK && said.was_written, "written before done says so");
    return said.result;
}

/* One life of a session. */
static void photoshelter(const char *authentication)
{
    fresh();
    check_note(authentication);
    control_post("knobs", "{\"old-cookie\": \"refuse\"}");
    dam_session *session = open_photoshelter(OPTIONS("authentication", authentication));
    CHECK(login(session, DAM_LOGIN_IF_NEEDED) == DAM_OK && login(session, DAM_LOGIN_IF_NEEDED) == DAM_OK &&
              login(session, DAM_LOGIN_AGAIN) == DAM_OK,
          "there is a session");
    COUNTED("photoshelter", "logins_ok", 1);
    long before = control_count("photoshelter", "requests");
    CHECK(keepalive(session) == DAM_OK, "and it lives");
    COUNTED("photoshelter", "requests", before + 1);
    control_post("expire", "{}");
    CHECK(keepalive(session) == DAM_OK, "or it is replaced");
    COUNTED("photoshelter", "logins_ok", 2);
    control_post("knobs", "{\"throttle\": 7}");
    CHECK(keepalive(session) == DAM_ERR_THROTTLED, "a server that is busy");
    control_post("knobs", "{\"throttle\": 0}");
    CHECK(logout(session) == DAM_LOGOUT_SERVER && logout(session) == DAM_LOGOUT_NONE, "closed, once");
    COUNTED("photoshelter", "logouts", 1);
    COUNTED("photoshelter", "sessions_live", 0);
    CHECK(state(session).flags == 0, "nothing is left here");
    CHECK(login(session, DAM_LOGIN_IF_NEEDED) == DAM_OK, "a new session");
    struct said said = {0};
    EXPECT(DAM_OK, dam_loop_logout(loop, session, take, &said, NULL, NULL, err));
    check_run(loop);
    CHECK(said.calls == 1 && !said.wrong && said.status == DAM_OK, "a logout whose result nobody wants");
    COUNTED("photoshelter", "logouts", 2);
    COUNTED("photoshelter", "stale_cookie_refusals", 0);
    dam_session_free(session);
}

static void fotoweb(void)
{
    fresh();
    dam_session *session = open_fotoweb(OPTIONS("authentication", "device-token"));
    CHECK(login(session, DAM_LOGIN_IF_NEEDED) == DAM_OK && keepalive(session) == DAM_OK, "a device token that lives");
    control_post("revoke", "{}");
    CHECK(keepalive(session) == DAM_OK, "and is replaced");
    COUNTED("fotoweb", "tokens_created", 2);
    CHECK(logout(session) == DAM_LOGOUT_LOCAL, "there is no logout");
    dam_session_free(session);
}

/* A password that was refused is tried again only on demand. */
static void refused(void)
{
    fresh();
    dam_session *session = open_photoshelter(OPTIONS("password", "wrong-password"));
    CHECK(login(session, DAM_LOGIN_IF_NEEDED) == DAM_ERR_CREDENTIALS_REFUSED &&
              login(session, DAM_LOGIN_IF_NEEDED) == DAM_ERR_CREDENTIALS_REFUSED &&
              keepalive(session) == DAM_ERR_CREDENTIALS_REFUSED,
          "refused");
    COUNTED("photoshelter", "logins_refused", 1);
    CHECK(login(session, DAM_LOGIN_AGAIN) == DAM_ERR_CREDENTIALS_REFUSED, "refused again");
    COUNTED("photoshelter", "logins_refused", 2);
    CHECK(logout(session) == DAM_LOGOUT_NONE, "no session to close");
    dam_session_free(session);
}

/* All at once, in the line of one flight: one login for all, one logout for all. */
static void many(const char *rotation)
{
    struct said said[3 * MANY] = {{0}};
    int32_t results[MANY] = {0};
    int wrong = 0, closed = 0;
    fresh();
    check_note(rotation);
    dam_session *session = open_photoshelter(OPTIONS("rotation", rotation));
    for (int at = 0; at < MANY; at++) {
        EXPECT(DAM_OK, dam_loop_login(loop, session, 0, take, &said[at], NULL, err));
        EXPECT(DAM_OK, dam_loop_keepalive(loop, session, take, &said[MANY + at], NULL, err));
    }
    check_run(loop);
    COUNTED("photoshelter", "logins_ok", 1);
    for (int at = 0; at < MANY; at++)
        EXPECT(DAM_OK, dam_loop_logout(loop, session, take, &said[2 * MANY + at], &results[at], NULL, err));
    check_run(loop);
    COUNTED("photoshelter", "logouts", 1);
    for (int at = 0; at < 3 * MANY; at++)
        wrong += said[at].calls != 1 || said[at].wrong || said[at].status != DAM_OK;
    for (int at = 0; at < MANY; at++)
        closed += results[at] == DAM_LOGOUT_SERVER;
    CHECK(wrong == 0 && closed == 1, "%d said something else, %d closed it", wrong, closed);
    dam_session_free(session);
}

void smoke_loop_work(void)
{
    EXPECT(DAM_OK, dam_loop_new(&loop, err));
    photoshelter("cookie");
    photoshelter("token");
    fotoweb();
    refused();
    many("newest");
    many("serialize");
    dam_loop_free(loop);
}
