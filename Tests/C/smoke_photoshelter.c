/*
 * smoke_photoshelter.c - PhotoShelter: cookies and their rotation, tokens, organizations, prompts, logout, the store.
 * Logins are counted by the sandbox, not by the library's word.
 */
#include "smoke.h"

#include <stdio.h>

/* Superseded cookies are refused here: one that is not adopted, or sent too late, shows as a refusal. */
static void cookies(void)
{
    int32_t result = -1;
    fresh();
    control_post("knobs", "{\"old-cookie\": \"refuse\"}");
    dam_session *session = open_photoshelter(OPTIONS("rotation", "serialize"));
    EXPECT(DAM_OK, dam_session_login(session, DAM_LOGIN_IF_NEEDED, err));
    EXPECT(DAM_OK, dam_session_login(session, DAM_LOGIN_IF_NEEDED, err));
    COUNTED("photoshelter", "logins_ok", 1);
    for (int round = 0; round < 5; round++)
        CHECK(get(session, "mem/user/session", 200, ADA_MAIL) == 0, "sent once");
    watch(session);
    control_post("expire", "{}");
    CHECK(get(session, "mem/user/session", 200, ADA_MAIL) == 1, "sent once more after a new login");
    COUNTED("photoshelter", "logins_ok", 2);
    COUNTED("photoshelter", "refused", 1);
    COUNTED("photoshelter", "stale_cookie_refusals", 0);

    dam_statistics counted = statistics(session);
    CHECK(counted.requests == 6 && counted.exchanges == 9 && counted.logins == 2 && counted.replays == 1 &&
              counted.logins_refused == 0,
          "6 requests, 9 exchanges, 2 logins, 1 replay");
    CHECK(counted.cookies_adopted >= 6 && counted.cookies_late == 0 && counted.saves > 0 && counted.save_failures == 0,
          "every rotated cookie is taken and saved");
    dam_session_state known = state(session);
    CHECK(known.flags == (DAM_STATE_LOGGED_IN | DAM_STATE_STORED) && known.generation == 2 && known.issued_at > 0 &&
              known.used_at >= known.issued_at && known.fingerprint[0] != '\0' && strcmp(known.store, store) == 0,
          "the state says logged in, stored, generation 2");

    EXPECT(DAM_OK, dam_session_logout(session, &result, err));
    CHECK(result == DAM_LOGOUT_SERVER, "the server closed it");
    COUNTED("photoshelter", "logouts", 1);
    COUNTED("photoshelter", "sessions_live", 0);
    known = state(session);
    CHECK(known.flags == 0 && known.generation > 2, "nothing is left but a higher generation (flags %u)",
          (unsigned)known.flags);
    EXPECT(DAM_OK, dam_session_logout(session, &result, err));
    CHECK(result == DAM_LOGOUT_NONE, "a second time there is nothing to close");
    get(session, "mem/user/session", 200, ADA_MAIL);
    COUNTED("photoshelter", "logins_ok", 3);
    EXPECT(DAM_OK, dam_session_forget(session, err));
    CHECK(state(session).flags == 0, "forgotten");
    COUNTED("photoshelter", "logouts", 1);
    dam_session_free(session);
}

static void tokens(void)
{
    static const dam_pair name = {"name", "Spring & Summer"};
    char *body = NULL;
    dam_response_view view = DAM_RESPONSE_VIEW_INIT;
    dam_response *response = NULL;
    char *token = NULL, url[PATH_ROOM];
    fresh();
    dam_session *session = open_photoshelter(OPTIONS("authentication", "token"));
    EXPECT(DAM_OK, dam_session_get_token(session, &token, err));
    check_secret(token);
    dam_string_free(token);
    get(session, "mem/user/session", 200, "\"token\"");
    get(session, "/psapi/v3/mem/gallery/query", 200, "Gallery");
    snprintf(url, sizeof url, "%s/psapi/v3/echo?a=b%%20c&d", photoshelter_url);
    get(session, url, 200, "b c");
    get(session, "mem/nothing", 404, "NotFoundErr"); /* an ordinary response, not an error. */
    EXPECT(DAM_OK, dam_encode_form(&name, 1, &body, err));
    dam_request request = DAM_REQUEST_POST("mem/gallery/G1", body, strlen(body));
    EXPECT(DAM_OK, dam_session_request(session, &request, &response, err));
    EXPECT(DAM_OK, dam_response_get(response, &view, err));
    CHECK(view.http_status == 200 && strstr(view.body, name.value) != NULL, "the body went out as a form");
    const char *type = dam_response_header(response, "content-type");
    CHECK(type != NULL && strncmp(type, "application/json", 16) == 0, "a header by its name: %s", type);
    dam_response_free(response);
    dam_string_free(body);
    COUNTED("photoshelter", "writes", 1);
    COUNTED("photoshelter", "logins_ok", 1);
    dam_session_free(session);

    control_post("knobs", "{\"token-characters\": \"any\"}"); /* one that has to be encoded in a URL. */
    session = open_photoshelter(OPTIONS("authentication", "token-in-url", "api-key-in", "parameter"));
    get(session, "mem/user/session?x=y", 200, ADA_MAIL);
    dam_session_free(session);
}

struct seen {
    int count, selected;
};

static int32_t take_organization(void *user_data, const dam_organization *one)
{
    struct seen *seen = user_data;
    CHECK(one->size == sizeof *one && one->reserved == 0, "an organization's size is there");
    seen->count++;
    if (one->selected && one->member == 1 && strcmp(one->id, AARDVARK) == 0 &&
        strcmp(one->name, "Aardvark Images") == 0)
        seen->selected++;
    return 0;
}

/* The organization step comes after every login, also after those that nobody asked for. */
static void organizations(void)
{
    struct seen seen = {0};
    fresh();
    dam_session *session = open_photoshelter(OPTIONS("authentication", "token", "organization", AARDVARK));
    EXPECT(DAM_OK, dam_session_list_organizations(session, take_organization, &seen, err));
    CHECK(seen.count == 2 && seen.selected == 1, "two organizations, one of them acted for");
    get(session, "mem/user/session", 200, AARDVARK);
    control_post("expire", "{}");
    get(session, "mem/user/session", 200, AARDVARK);
    COUNTED("photoshelter", "logins_ok", 2);
    COUNTED("photoshelter", "organization_logins", 2);
    CHECK(statistics(session).organization_logins == 2, "two organization steps");
    CHECK(strcmp(state(session).organization, AARDVARK) == 0, "the state says for whom");
    dam_session_free(session);
}

static int32_t answer(void *user_data, dam_prompt *prompt)
{
    ++*(int *)user_data;
    CHECK(prompt->size == sizeof *prompt && prompt->kind == DAM_PROMPT_PASSWORD &&
              strcmp(prompt->user, ADA_MAIL) == 0 && strcmp(prompt->origin, photoshelter_url) == 0,
          "asked for the password of " ADA_MAIL);
    EXPECT(DAM_OK, dam_prompt_answer(prompt, ADA_SECRET, strlen(ADA_SECRET), err));
    return DAM_OK;
}

static void keepalive(void)
{
    fresh();
    dam_session *session = open_photoshelter(OPTIONS("authentication", "token"));
    EXPECT(DAM_OK, dam_session_keepalive(session, err));
    EXPECT(DAM_OK, dam_session_keepalive(session, err));
    COUNTED("photoshelter", "logins_ok", 1);
    control_post("expire", "{}");
    EXPECT(DAM_OK, dam_session_keepalive(session, err));
    COUNTED("photoshelter", "logins_ok", 2);
    CHECK(statistics(session).keepalives >= 3 && statistics(session).requests == 0,
          "keepalives are not the application's");
    dam_session_free(session);
}

struct stored {
    char key[80];
    int count;
};

static int32_t take_stored(void *user_data, const dam_stored_session *one)
{
    struct stored *stored = user_data;
    CHECK(one->size == sizeof *one && strlen(one->key) < sizeof stored->key &&
              strcmp(one->system, "photoshelter") == 0 && strcmp(one->url, photoshelter_url) == 0 &&
              strcmp(one->user, ADA_MAIL) == 0 && one->generation == 1 && one->used_at > 0 && one->logged_in == 1,
          "a stored session of " ADA_MAIL);
    strcpy(stored->key, one->key);
    stored->count++;
    return 0;
}

/* What is in the folder of records, seen without a session. */
static void stores(void)
{
    struct stored stored = {0};
    fresh();
    dam_session *session = open_photoshelter(OPTIONS("organization", AARDVARK));
    get(session, "mem/user/session", 200, AARDVARK);
    dam_session_free(session);
    dam_config *config = configure(OPTIONS(NULL));
    EXPECT(DAM_OK, dam_config_list_stored(config, take_stored, &stored, err));
    CHECK(stored.count == 1, "one session is stored");
    EXPECT(DAM_OK, dam_config_remove_stored(config, stored.key, err));
    EXPECT(DAM_ERR_NOT_FOUND, dam_config_remove_stored(config, stored.key, err));
    EXPECT(DAM_OK, dam_config_list_stored(config, take_stored, &stored, err));
    CHECK(stored.count == 1, "none is left");
    dam_config_free(config);
}

/* Asked once; a session that was closed comes back from the store without a question. */
static void prompts(void)
{
    int asked = 0;
    fresh();
    dam_config *config = configure(
        OPTIONS("system", "photoshelter", "url", photoshelter_url, "user", ADA_MAIL, "api-key", "sandboxkey1"));
    EXPECT(DAM_OK, dam_config_set_credentials(config, answer, &asked, err));
    for (int round = 0; round < 3; round++) {
        dam_session *session = NULL;
        EXPECT(DAM_OK, dam_session_open(config, &session, err));
        get(session, "mem/user/session", 200, ADA_MAIL);
        dam_session_free(session);
    }
    CHECK(asked == 1, "the callback was asked once");
    COUNTED("photoshelter", "logins_ok", 1);
    dam_config_free(config);
}

void smoke_photoshelter(void)
{
    cookies();
    tokens();
    organizations();
    keepalive();
    stores();
    prompts();
}
