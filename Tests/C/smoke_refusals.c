/*
 * smoke_refusals.c - what the server says no to: one status each, and no second try with what was refused.
 * Nothing waits for a time to pass: what is tried again is seen in the sandbox's counters.
 */
#include "smoke.h"

#include <stdio.h>

/* A request that must end like this. */
static void fails(dam_session *session, const char *path, dam_status wanted)
{
    dam_request request = DAM_REQUEST_INIT;
    request.path = path;
    dam_response *response = NULL;
    EXPECT(wanted, dam_session_request(session, &request, &response, err));
    CHECK(response == NULL, "no response was written");
}

/* The same wrong password, as often as one likes, also by a session opened anew: the server sees it once. */
static void wrong_password(const char *system, const char *place)
{
    const char *path = strcmp(system, "fotoweb") == 0 ? "Information" : "mem/user/session";
    fresh();
    dam_session *(*open)(const char *const[]) = strcmp(system, "fotoweb") == 0 ? open_fotoweb : open_photoshelter;
    check_note(place);
    for (int round = 0; round < 2; round++) {
        dam_session *other = open(OPTIONS("store", place, "password", "wrong-password"));
        dam_session *session = open(OPTIONS("store", place, "password", "wrong-password"));
        fails(session, path, DAM_ERR_CREDENTIALS_REFUSED);
        fails(session, path, DAM_ERR_CREDENTIALS_REFUSED);
        fails(other, path, DAM_ERR_CREDENTIALS_REFUSED);
        EXPECT(DAM_ERR_CREDENTIALS_REFUSED, dam_session_login(session, DAM_LOGIN_IF_NEEDED, err));
        if (round == 0 || strcmp(place, "memory") != 0)
            COUNTED(system, "logins_refused", 1);
        CHECK(state(session).flags & DAM_STATE_REFUSED, "the state says refused");
        if (round == 0)
            CHECK(statistics(session).logins == 1 && statistics(session).logins_refused == 1, "one login, refused");
        dam_session_free(other);
        dam_session_free(session);
    }
    long before = control_count(system, "logins_refused");
    dam_session *session = open(OPTIONS("store", place, "password", "wrong-password"));
    EXPECT(DAM_ERR_CREDENTIALS_REFUSED, dam_session_login(session, DAM_LOGIN_AGAIN, err));
    COUNTED(system, "logins_refused", before + 1);
    dam_session_free(session);
    session = open(OPTIONS("store", place)); /* another password than the refused one is tried at once. */
    get(session, path, 200, "");
    CHECK(!(state(session).flags & DAM_STATE_REFUSED), "nothing is refused any more");
    dam_session_free(session);
}

static void photoshelter(void)
{
    fresh();
    dam_session *session = open_photoshelter(OPTIONS("user", "second@example.com", "password", "second-password"));
    fails(session, "mem/user/session", DAM_ERR_SECOND_FACTOR);
    fails(session, "mem/user/session", DAM_ERR_SECOND_FACTOR);
    COUNTED("photoshelter", "second_factor_wanted", 1);
    dam_session_free(session);

    session = open_photoshelter(OPTIONS("api-key", "not-the-key"));
    fails(session, "mem/user/session", DAM_ERR_API_KEY_REFUSED);
    COUNTED("photoshelter", "logins_refused", 0);
    dam_session_free(session);

    session = open_photoshelter(OPTIONS("organization", "O0000NOBODY0000004"));
    fails(session, "mem/user/session", DAM_ERR_ORGANIZATION_REFUSED);
    COUNTED("photoshelter", "sessions_live", 0); /* the half of a session that was there is closed. */
    dam_session_free(session);

    dam_config *config = configure(OPTIONS("system", "photoshelter", "url", photoshelter_url, "user", ADA_MAIL,
                                           "api-key", "sandboxkey1", "organization", "O0000BADGER000002"));
    EXPECT(DAM_OK, dam_session_open(config, &session, err));
    fails(session, "mem/user/session", DAM_ERR_CREDENTIALS_NEEDED);
    dam_session_free(session);
    dam_config_free(config);
}

/* Every member request finds its session expired: one more try after each of two logins, and then the error. */
static void refused_again(void)
{
    fresh();
    dam_session *session = open_photoshelter(OPTIONS("authentication", "token"));
    control_post("knobs", "{\"storm\": 1}");
    fails(session, "mem/user/session", DAM_ERR_SESSION_INVALID);
    COUNTED("photoshelter", "logins_ok", 3);
    dam_session_free(session);
}

static void throttled(void)
{
    fresh();
    dam_session *session = open_photoshelter(OPTIONS("authentication", "token"));
    get(session, "mem/user/session", 200, ADA_MAIL);
    control_post("knobs", "{\"throttle\": 7}");
    fails(session, "mem/user/session", DAM_ERR_THROTTLED);
    CHECK(check_error.http_status == 429 && check_error.retry_after == 7, "come back in 7 seconds");
    control_post("knobs", "{\"throttle\": 0}");
    get(session, "mem/user/session", 200, ADA_MAIL);
    COUNTED("photoshelter", "logins_ok", 1);
    dam_session_free(session);
}

/* The limit of device tokens: known from the list of those obtained, or told by the server. */
static void token_limit(void)
{
    fresh();
    dam_session *session = open_fotoweb(OPTIONS("token-limit", "2", "token-reserve", "1"));
    get(session, "Information", 200, KARE);
    EXPECT(DAM_OK, dam_session_forget(session, err));
    fails(session, "Information", DAM_ERR_TOKEN_LIMIT);
    COUNTED("fotoweb", "tokens_created", 1);
    dam_session_free(session);

    fresh();
    control_post("knobs", "{\"token-limit\": 1, \"limit-reached\": \"403-text\"}");
    session = open_fotoweb(OPTIONS("token-limit-text", "maximum number", "token-reserve", "0"));
    get(session, "Information", 200, KARE);
    EXPECT(DAM_OK, dam_session_forget(session, err));
    fails(session, "Information", DAM_ERR_TOKEN_LIMIT);
    CHECK(check_error.http_status == 403, "the server said so");
    COUNTED("fotoweb", "limit_refusals", 1);
    dam_session_free(session);
}

void smoke_refusals(void)
{
    char place[PATH_ROOM + 8];
    static const char *const systems[] = {"photoshelter", "fotoweb"};
    for (int at = 0; at < 2; at++) {
        wrong_password(systems[at], "memory");
        snprintf(place, sizeof place, "%s-refused", store);
        wrong_password(systems[at], place);
    }
    photoshelter();
    refused_again();
    throttled();
    token_limit();
}
