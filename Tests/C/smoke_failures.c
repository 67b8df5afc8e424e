/*
 * smoke_failures.c - the network and the server at their worst: one status each, and a session that goes on afterwards.
 * There is no fault that only a clock could tell from success; the one time-out is the server's silence, ten times
 * longer.
 */
#include "smoke.h"

#include "loopback.h"

#include <pthread.h>
#include <stdio.h>

static dam_status ask(dam_session *session, const char *path, uint32_t timeout_ms, dam_error *err)
{
    dam_request request = DAM_REQUEST_INIT;
    request.path = path;
    request.timeout_ms = timeout_ms;
    dam_response *response = NULL;
    dam_status status = dam_session_request(session, &request, &response, err);
    dam_response_free(response);
    return status;
}

/* A fault in the response to one request, and what it comes to. The next request must find the session unharmed. */
static void faults(void)
{
    static const struct {
        const char *json;
        dam_status wanted;
    } table[] = {
        {"{\"fault\": \"truncate\", \"match\": \"download\"}", DAM_ERR_TRANSFER},
        {"{\"fault\": \"garbage\", \"match\": \"download\"}", DAM_ERR_PROTOCOL},
        {"{\"fault\": \"status\", \"match\": \"download\"}", DAM_ERR_SERVER},
        {"{\"fault\": \"status\", \"status\": 502, \"match\": \"download\"}", DAM_ERR_SERVER},
        {"{\"fault\": \"retry-after\", \"seconds\": 3, \"match\": \"download\"}", DAM_ERR_THROTTLED},
        {"{\"fault\": \"huge-header\", \"size\": 2000000, \"match\": \"download\"}", DAM_ERR_TOO_LARGE},
    };
    fresh();
    dam_session *session = open_photoshelter(OPTIONS("authentication", "token"));
    get(session, "mem/user/session", 200, ADA_MAIL);
    for (size_t at = 0; at < sizeof table / sizeof table[0]; at++) {
        check_note(table[at].json);
        control_post("faults", table[at].json);
        EXPECT(table[at].wanted, ask(session, "mem/image/I1/download", 0, err));
        get(session, "mem/user/session", 200, ADA_MAIL);
    }
    EXPECT(DAM_ERR_TIMEOUT, ask(session, "mem/slow?seconds=3", 300, err));
    get(session, "mem/user/session", 200, ADA_MAIL);
    COUNTED("photoshelter", "logins_ok", 1);
    dam_session_free(session);
}

/* The connection breaks when the server has done its work: what is not idempotent must not be sent again by anybody. */
static void not_twice(void)
{
    dam_request request = {
        .size = sizeof request, .method = "POST", .path = "mem/gallery/G1", .body = "a=b", .body_size = 3};
    dam_response *response = NULL;
    fresh();
    dam_session *session = open_photoshelter(OPTIONS("authentication", "token"));
    get(session, "mem/user/session", 200, ADA_MAIL);
    control_post("faults", "{\"fault\": \"drop-after-processing\", \"match\": \"gallery\"}");
    EXPECT(DAM_ERR_TRANSFER, dam_session_request(session, &request, &response, err));
    COUNTED("photoshelter", "writes", 1);
    get(session, "mem/user/session", 200, ADA_MAIL);
    control_post("faults", "{\"fault\": \"drop-after-processing\", \"match\": \"gallery\"}");
    request =
        (dam_request){.size = sizeof request, .method = "DELETE", .path = "mem/gallery/G1", .flags = DAM_REQUEST_ONCE};
    EXPECT(DAM_ERR_TRANSFER, dam_session_request(session, &request, &response, err));
    COUNTED("photoshelter", "writes", 2);
    dam_session_free(session);

    session = open_fotoweb(OPTIONS("authentication", "device-token"));
    get(session, "Information", 200, KARE);
    control_post("revoke", "{}");
    control_post("faults", "{\"fault\": \"drop-after-processing\", \"match\": \"Login.fwx\"}");
    EXPECT(DAM_ERR_TRANSFER, ask(session, "Information", 0, err));
    COUNTED("fotoweb", "tokens_created", 2);
    get(session, "Information", 200, KARE);
    dam_session_free(session);
}

/* In a response to a login. */
static void bad_logins(void)
{
    static const struct {
        const char *json;
        dam_status wanted;
    } table[] = {
        {"{\"fault\": \"truncate\"}", DAM_ERR_TRANSFER},
        {"{\"fault\": \"garbage\"}", DAM_ERR_PROTOCOL},
        {"{\"fault\": \"empty-body\"}", DAM_ERR_PROTOCOL},
        {"{\"fault\": \"invalid-utf8\"}", DAM_ERR_PROTOCOL},
        {"{\"fault\": \"status\", \"status\": 200, \"body\": \"[1, 2\"}", DAM_ERR_PROTOCOL},
        {"{\"fault\": \"status\", \"status\": 200, \"body\": \"{\\\"status\\\": \\\"ok\\\"}\"}", DAM_ERR_PROTOCOL},
        {"{\"fault\": \"status\", \"status\": 404}", DAM_ERR_PROTOCOL},
        {"{\"fault\": \"status\"}", DAM_ERR_SERVER},
        {"{\"fault\": \"retry-after\"}", DAM_ERR_THROTTLED},
    };
    fresh();
    dam_session *session = open_photoshelter(OPTIONS("authentication", "token"));
    for (size_t at = 0; at < sizeof table / sizeof table[0]; at++) {
        check_note(table[at].json);
        control_post("faults", table[at].json);
        EXPECT(table[at].wanted, dam_session_login(session, DAM_LOGIN_IF_NEEDED, err));
    }
    EXPECT(DAM_OK, dam_session_login(session, DAM_LOGIN_IF_NEEDED, err));
    dam_session_free(session);
}

static void places(void)
{
    char closed[LOOPBACK_URL], url[LOOPBACK_URL + 8];
    fresh();
    loopback_closed(closed);
    snprintf(url, sizeof url, "https%s", closed + strlen("http"));
    dam_session *session = open_photoshelter(OPTIONS("url", url));
    EXPECT(DAM_ERR_CONNECT, ask(session, "mem/user/session", 0, err));
    dam_session_free(session);
    session =
        open_photoshelter(OPTIONS("ca-file", NULL)); /* the system's certificates know nothing of the sandbox's. */
    EXPECT(DAM_ERR_TLS, ask(session, "mem/user/session", 0, err));
    dam_session_free(session);
    session = open_photoshelter(OPTIONS("ca-file", "/dev/null/nowhere"));
    EXPECT(DAM_ERR_TLS, ask(session, "mem/user/session", 0, err));
    dam_session_free(session);
    session = open_photoshelter(OPTIONS("response-limit", "1K"));
    EXPECT(DAM_ERR_TOO_LARGE, ask(session, "mem/image/I1/download", 0, err));
    EXPECT(DAM_OK, ask(session, "mem/image/I1/download?size=1024", 0, err));
    EXPECT(DAM_ERR_TOO_LARGE, ask(session, "mem/image/I1/download?size=1025", 0, err));
    COUNTED("photoshelter", "logins_ok", 1);
    dam_session_free(session);
}

/* A store that cannot be written: the session goes on in memory, but no device token is asked for only to be lost. */
static void stores(void)
{
    fresh();
    dam_session *session = open_photoshelter(OPTIONS("store", "/dev/null/nowhere"));
    get(session, "mem/user/session", 200, ADA_MAIL);
    CHECK(state(session).flags == DAM_STATE_LOGGED_IN && statistics(session).save_failures > 0,
          "logged in, not stored");
    EXPECT(DAM_ERR_STORE, dam_session_logout(session, NULL, err));
    CHECK(state(session).flags == 0, "forgotten in memory all the same");
    dam_session_free(session);

    session = open_fotoweb(OPTIONS("store", "/dev/null/nowhere"));
    EXPECT(DAM_ERR_STORE, ask(session, "Information", 0, err));
    COUNTED("fotoweb", "tokens_created", 0);
    dam_session_free(session);
}

static void *hold(void *session)
{
    ask(session, "mem/slow?seconds=1", 0, NULL);
    return NULL;
}

/* Requests go one at a time here; with a `lock-timeout` that is too short the second one fails with DAM_ERR_LOCKED. */
static void locked(void)
{
    pthread_t thread;
    fresh();
    dam_session *session = open_photoshelter(OPTIONS("rotation", "serialize"));
    dam_session *hurried = open_photoshelter(OPTIONS("rotation", "serialize", "lock-timeout", "0"));
    get(session, "mem/user/session", 200, ADA_MAIL);
    long before = control_count("log", "arrived");
    CHECK(pthread_create(&thread, NULL, hold, session) == 0, "a thread holds the session");
    control_await("log", "arrived", before + 1);
    EXPECT(DAM_ERR_LOCKED, ask(hurried, "mem/user/session", 0, err));
    pthread_join(thread, NULL);
    EXPECT(DAM_OK, ask(hurried, "mem/user/session", 0, err));
    CHECK(statistics(session).waits > 0, "the wait is counted");
    dam_session_free(hurried);
    dam_session_free(session);
}

void smoke_failures(void)
{
    faults();
    not_twice();
    bad_logins();
    places();
    stores();
    locked();
}
