/*
 * smoke_authorize.c - bring your own HTTP: what an authorization says to send, and what an observed response comes to.
 * Logins go to the sandbox and are counted there; the responses that are observed are made up, so that each verdict is
 * met once. Nothing that is authorized here is sent.
 */
#include "smoke.h"

#include <pthread.h>
#include <stdio.h>

static const dam_request good = {.size = sizeof(dam_request), .path = "mem/user/session"};

static const char expired[] =
    "{\"status\":\"error\",\"error\":{\"code\":400,\"class\":\"SessionRequiredErr\"},\"data\":null}";

static dam_authorization_view view_of(const dam_authorization *authorization)
{
    dam_authorization_view view = DAM_AUTHORIZATION_VIEW_INIT;
    EXPECT(DAM_OK, dam_authorization_get(authorization, &view, err));
    CHECK(strcmp(view.method, "GET") == 0 && strncmp(view.url, photoshelter_url, strlen(photoshelter_url)) == 0 &&
              strstr(view.url, "/psapi/v3/mem/user/session") != NULL &&
              strstr(check_lines(view.headers, view.header_count), "X-PS-Api-Key: ") != NULL,
          "what to send");
    return view;
}

/* Observes a response that must come to this. */
static void observe(dam_authorization *authorization, int32_t status, const char *headers, const char *body,
                    int32_t wanted)
{
    dam_observation observation = DAM_OBSERVATION_INIT;
    observation.http_status = status;
    observation.body = body;
    observation.body_size = strlen(body);
    observation.is_whole = 1;
    int32_t result = -1;
    check_observed(&observation, headers);
    EXPECT(DAM_OK, dam_authorization_observe(authorization, &observation, &result, err));
    CHECK(result == wanted, "observed: %s", wanted == DAM_OBSERVE_DELIVER ? "deliver" : "replay");
}

/* An ordinary response is delivered. One that says the session has ended costs a login and is replayed once; after that
   it is an error. */
static void verdicts(void)
{
    dam_authorization *authorization = NULL;
    static const char json[] = "Content-Type: application/json";
    dam_observation observation = DAM_OBSERVATION_INIT;
    observation.http_status = 400;
    observation.body = expired;
    observation.body_size = sizeof expired - 1;
    observation.is_whole = 1;
    int32_t result = -1;
    fresh();
    dam_session *session = open_photoshelter(OPTIONS("authentication", "token"));
    EXPECT(DAM_OK, dam_session_authorize(session, &good, &authorization, err));
    COUNTED("photoshelter", "logins_ok", 1);
    CHECK(view_of(authorization).generation == 1 && view_of(authorization).replays == 0, "the first secret");
    observe(authorization, 404, "", "{}", DAM_OBSERVE_DELIVER);
    dam_authorization_free(authorization);

    EXPECT(DAM_OK, dam_session_authorize(session, &good, &authorization, err));
    observe(authorization, 400, json, expired, DAM_OBSERVE_REPLAY);
    COUNTED("photoshelter", "logins_ok", 2);
    CHECK(view_of(authorization).generation == 2 && view_of(authorization).replays == 1,
          "to be sent again, with a new one");
    observe(authorization, 200, "X: y\nSet-Cookie: other=1", "{\"status\":\"ok\"}", DAM_OBSERVE_DELIVER);
    dam_authorization_free(authorization);

    EXPECT(DAM_OK, dam_session_authorize(session, &good, &authorization, err));
    for (int login = 0; login < 2; login++)
        observe(authorization, 400, json, expired, DAM_OBSERVE_REPLAY);
    check_observed(&observation, json);
    EXPECT(DAM_ERR_SESSION_INVALID, dam_authorization_observe(authorization, &observation, &result, err));
    dam_authorization_free(authorization);
    COUNTED("photoshelter", "logins_ok", 4);
    dam_session_free(session);
}

/* A redirect to another origin is followed without the secret. */
static void redirected(void)
{
    dam_authorization *authorization = NULL;
    dam_authorization_view view = DAM_AUTHORIZATION_VIEW_INIT;
    fresh();
    dam_session *session = open_photoshelter(OPTIONS("authentication", "token"));
    EXPECT(DAM_OK, dam_session_authorize(session, &good, &authorization, err));
    observe(authorization, 302, "Location: https://cdn.example/x.jpg", "", DAM_OBSERVE_REPLAY);
    EXPECT(DAM_OK, dam_authorization_get(authorization, &view, err));
    const char *lines = check_lines(view.headers, view.header_count);
    CHECK(strcmp(view.url, "https://cdn.example/x.jpg") == 0 && strstr(lines, "X-PS-") == NULL &&
              strstr(lines, "Cookie") == NULL,
          "elsewhere, without a secret");
    observe(authorization, 200, "", "picture", DAM_OBSERVE_DELIVER);
    dam_authorization_free(authorization);
    dam_session_free(session);
}

/* Whether the session's present cookie is this one. */
static int32_t compare(void *user_data, const dam_header *header)
{
    return strcmp(header->name, "Cookie") == 0 && strstr(header->value, user_data) != NULL;
}

/* A rotated cookie is taken from what the application has received. */
static void cookies(void)
{
    static char canary[] = "0123canary4567";
    dam_authorization *authorization = NULL;
    dam_authorization_view view;
    char line[200];
    fresh();
    dam_session *session = open_photoshelter(OPTIONS(NULL));
    EXPECT(DAM_OK, dam_session_authorize(session, &good, &authorization, err));
    view = view_of(authorization);
    CHECK(strstr(check_lines(view.headers, view.header_count), "Cookie: ") != NULL, "a cookie travels");
    snprintf(line, sizeof line, "X: y\r\nSet-Cookie: SSphotoshelter_com_mem=%s; path=/\r\n", canary);
    observe(authorization, 200, line, "{\"status\":\"ok\"}", DAM_OBSERVE_DELIVER);
    dam_authorization_free(authorization);
    EXPECT(DAM_ERR_CALLBACK, dam_session_list_headers(session, compare, canary, NULL, err));
    CHECK(statistics(session).cookies_adopted >= 1, "it is the session's cookie now");
    dam_session_free(session);
}

static void *wait_for_it(void *argument)
{
    dam_response *response = NULL;
    dam_status status = dam_session_request(argument, &good, &response, NULL);
    dam_response_free(response);
    return status == DAM_OK ? argument : NULL;
}

/* One request at a time: others wait until it was delivered, or given up by free. */
static void locks(void)
{
    dam_authorization *authorization = NULL;
    dam_response *response = NULL;
    pthread_t thread;
    void *result = NULL;
    fresh();
    dam_session *session = open_photoshelter(OPTIONS("rotation", "serialize"));
    dam_session *hurried = open_photoshelter(OPTIONS("rotation", "serialize", "lock-timeout", "0"));
    for (int delivered = 0; delivered < 2; delivered++) {
        EXPECT(DAM_OK, dam_session_authorize(session, &good, &authorization, err));
        EXPECT(DAM_ERR_LOCKED, dam_session_request(hurried, &good, &response, err));
        CHECK(pthread_create(&thread, NULL, wait_for_it, session) == 0, "a thread waits for its turn");
        if (delivered)
            observe(authorization, 200, "", "{\"status\":\"ok\"}", DAM_OBSERVE_DELIVER);
        else
            dam_authorization_free(authorization);
        pthread_join(thread, &result);
        CHECK(result == session, "and gets it after %s", delivered ? "observe" : "free");
        EXPECT(DAM_OK, dam_session_request(hurried, &good, &response, err));
        dam_response_free(response);
        if (delivered)
            dam_authorization_free(authorization);
    }
    dam_session_free(hurried);
    dam_session_free(session);
}

void smoke_authorize(void)
{
    verdicts();
    redirected();
    cookies();
    locks();
}
