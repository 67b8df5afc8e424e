/*
 * smoke_fotoweb.c - FotoWeb: the three methods of the guide, image handles and their end, logout, the ledger of tokens.
 * No device token may be wasted: the sandbox counts every one that it issues.
 */
#include "smoke.h"

#include <stdio.h>

/* The first image ID of a search, and the generation of the response it came with. */
static uint64_t find_image(dam_session *session, char id[256])
{
    dam_request request = DAM_REQUEST_INIT;
    request.path = "5000/Search?Search=photo&MaxHits=1";
    dam_response_view view = DAM_RESPONSE_VIEW_INIT;
    dam_response *response = NULL;
    EXPECT(DAM_OK, dam_session_request(session, &request, &response, err));
    EXPECT(DAM_OK, dam_response_get(response, &view, err));
    const char *place = strstr(view.body, " Id=\"");
    CHECK(view.http_status == 200 && place != NULL && sscanf(place, " Id=\"%255[^\"]", id) == 1,
          "a search finds an image");
    dam_response_free(response);
    return view.generation;
}

static void get_image(dam_session *session, const char *handle, dam_status wanted)
{
    dam_request request = DAM_REQUEST_INIT;
    request.path = "FileInfo?Id={image}&FileInfo=1";
    request.image = handle;
    dam_response_view view = DAM_RESPONSE_VIEW_INIT;
    dam_response *response = NULL;
    EXPECT(wanted, dam_session_request(session, &request, &response, err));
    if (wanted != DAM_OK)
        return;
    EXPECT(DAM_OK, dam_response_get(response, &view, err));
    CHECK(view.http_status == 200 && strstr(view.body, "ReturnedHits=\"1\"") != NULL, "the image is there");
    dam_response_free(response);
}

struct tokens {
    int living, dead, in_use;
};

static int32_t take_token(void *user_data, const dam_device_token *one)
{
    struct tokens *tokens = user_data;
    CHECK(one->size == sizeof *one, "a token's size is there");
    *(one->dead_at > 0 ? &tokens->dead : &tokens->living) += one->obtained_at > 0 && one->fingerprint[0] != '\0';
    tokens->in_use += one->in_use;
    return 0;
}

/* Method 2: one device token, and the image IDs that are bound to it. */
static void device_token(void)
{
    char id[256], *handle = NULL, *image = NULL;
    int32_t result = -1;
    fresh();
    dam_session *session = open_fotoweb(OPTIONS("authentication", "device-token"));
    get(session, "Information", 200, KARE);
    watch(session);
    uint64_t generation = find_image(session, id);
    EXPECT(DAM_OK, dam_session_bind_image(session, id, generation, &handle, err));
    EXPECT(DAM_OK, dam_session_resolve_image(session, handle, &image, err));
    CHECK(strcmp(image, id) == 0, "the handle gives the ID back");
    get_image(session, handle, DAM_OK);
    COUNTED("fotoweb", "tokens_created", 1);

    control_post("revoke", "{}");
    get_image(session, handle, DAM_ERR_HANDLE_STALE);
    get(session, "Information", 200, KARE);
    long before = control_count("fotoweb", "requests");
    get_image(session, handle, DAM_ERR_HANDLE_STALE);
    REFUSES(DAM_ERR_HANDLE_STALE, dam_session_resolve_image(session, handle, &image, err), image);
    dam_string_free(image);
    image = NULL;
    REFUSES(DAM_ERR_HANDLE_STALE, dam_session_bind_image(session, id, generation, &image, err), image);
    COUNTED("fotoweb", "requests", before);
    COUNTED("fotoweb", "tokens_created", 2);
    struct tokens known = {0};
    EXPECT(DAM_OK, dam_session_list_device_tokens(session, take_token, &known, err));
    CHECK(known.living == 1 && known.dead == 1 && known.in_use == 1 && state(session).tokens_obtained == 1,
          "the ledger holds a dead token and the one in use");
    dam_string_free(handle);

    EXPECT(DAM_OK, dam_session_logout(session, &result, err));
    CHECK(result == DAM_LOGOUT_LOCAL, "forgotten here only: there is no logout");
    COUNTED("fotoweb", "requests", before);
    COUNTED("fotoweb", "tokens_live", 1);
    dam_session_free(session);
}

/* Method 3: the password never leaves, one token, also when clocks differ and after a revocation. */
static void login_token(void)
{
    fresh();
    control_post("knobs", "{\"clock-skew\": 7200}");
    dam_session *session = open_fotoweb(OPTIONS("authentication", "login-token", "password", NULL));
    get(session, "Information", 200, KARE);
    COUNTED("fotoweb", "tokens_created", 1);
    watch(session);
    control_post("revoke", "{}");
    CHECK(get(session, "5000/Search?Search=photo", 200, "FileList") == 1, "sent once more with a new token");
    COUNTED("fotoweb", "tokens_created", 2);
    COUNTED("fotoweb", "login_tokens_ignored", 0);
    COUNTED("fotoweb", "query_authentications", 0);
    dam_session_free(session);
}

/* Method 1: no token, credentials with every request. */
static void query(void)
{
    fresh();
    dam_session *session = open_fotoweb(OPTIONS("authentication", "query"));
    for (int round = 0; round < 3; round++)
        get(session, "5000/Search?Search=photo", 200, "FileList");
    COUNTED("fotoweb", "tokens_created", 0);
    COUNTED("fotoweb", "logins_refused", 0);
    CHECK(control_count("fotoweb", "query_authentications") >= 3, "every request carried the credentials");
    dam_session_free(session);
}

static int32_t never(void *user_data, const dam_organization *one)
{
    (void)one;
    ++*(int *)user_data;
    return 0;
}

static void not_supported(void)
{
    int calls = 0;
    fresh();
    dam_session *session = open_fotoweb(OPTIONS("authentication", "device-token"));
    REFUSES(DAM_ERR_NOT_SUPPORTED, dam_session_list_organizations(session, never, &calls, err), calls);
    COUNTED("fotoweb", "requests", 0);
    dam_session_free(session);
}

/* One archive's 403, or a page in place of data, is no reason to give a device token up. */
static void suspicions(void)
{
    fresh();
    dam_session *session = open_fotoweb(OPTIONS("authentication", "device-token"));
    get(session, "Information", 200, KARE);
    control_post("faults", "{\"fault\": \"status\", \"status\": 403, \"match\": \"Search\"}");
    CHECK(get(session, "5000/Search?Search=photo", 403, "") == 0, "the archive's own response");
    control_post("faults", "{\"fault\": \"status\", \"status\": 200, \"headers\": {\"Content-Type\": \"text/html\"}, "
                           "\"match\": \"Search\"}");
    CHECK(get(session, "5000/Search?Search=photo", 200, "") == 0, "the archive's own page");
    COUNTED("fotoweb", "tokens_created", 1);
    dam_session_free(session);
}

/* Every way in which FotoWeb may say that a token is dead leads to one new login. */
static void revocations(void)
{
    static const char *const refusals[] = {"401", "403", "302-login", "200-html", NULL};
    for (const char *const *refusal = refusals; *refusal != NULL; refusal++) {
        char knob[64];
        fresh();
        snprintf(knob, sizeof knob, "{\"revoked\": \"%s\"}", *refusal);
        control_post("knobs", knob);
        dam_session *session = open_fotoweb(OPTIONS("authentication", "device-token"));
        get(session, "Information", 200, KARE);
        control_post("revoke", "{}");
        CHECK(get(session, "Information", 200, KARE) == 1, "revoked=%s: sent once more", *refusal);
        COUNTED("fotoweb", "logins_ok", 2);
        dam_session_free(session);
    }
}

void smoke_fotoweb(void)
{
    device_token();
    login_token();
    query();
    not_supported();
    suspicions();
    revocations();
}
