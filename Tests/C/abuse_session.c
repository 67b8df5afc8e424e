/*
 * abuse_session.c - sessions opened with options that cannot work, and every function of a session with bad arguments.
 * The only logins are at loopback.c.
 */
#include "abuse.h"

static void refuse_open(const char *const options[], dam_status wanted, const char *word)
{
    dam_session *session = (void *)&check_nothing;
    dam_config *config = make_config(options);
    check_note(word);
    REFUSES(wanted, dam_session_open(config, &session, err), session);
    CHECK(strstr(check_error.message, word) != NULL, "the message names %s", word);
    dam_config_free(config);
}

#define PHOTOSHELTER "system", "photoshelter", "url", "https://localhost", "user", "ada@example.com"
#define FOTOWEB "system", "fotoweb", "url", "https://localhost", "user", "ada"
#define OPTIONS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void abuse_open(void)
{
    dam_session *session = NULL;
    dam_config *config = make_config(OPTIONS(FOTOWEB));
    REFUSES(DAM_ERR_ARGUMENT, dam_session_open(NULL, &session, err), session);
    REFUSES(DAM_ERR_ARGUMENT, dam_session_open(config, NULL, err), check_nothing);
    dam_config_free(config);
    refuse_open(OPTIONS("user", "ada"), DAM_ERR_OPTION, "\"system\"");
    refuse_open(OPTIONS("system", "fotoweb", "user", "ada"), DAM_ERR_OPTION, "\"url\"");
    refuse_open(OPTIONS("system", "fotoweb", "url", "https://localhost"), DAM_ERR_OPTION, "\"user\"");
    refuse_open(OPTIONS(PHOTOSHELTER), DAM_ERR_OPTION, "\"api-key\"");
    refuse_open(OPTIONS(PHOTOSHELTER, "api-key", "canary", "authentication", "query"), DAM_ERR_OPTION,
                "\"authentication\"");
    refuse_open(OPTIONS(FOTOWEB, "authentication", "cookie"), DAM_ERR_OPTION, "\"authentication\"");
    refuse_open(OPTIONS(FOTOWEB, "organization", "O1"), DAM_ERR_OPTION, "\"organization\"");
    refuse_open(OPTIONS(PHOTOSHELTER, "api-key", "canary", "organization", "../../x"), DAM_ERR_OPTION,
                "\"organization\"");
    refuse_open(OPTIONS(FOTOWEB, "user", "x;u=admin", "authentication", "login-token"), DAM_ERR_OPTION, "\"user\"");
    refuse_open(OPTIONS(FOTOWEB, "store", "relative/folder"), DAM_ERR_OPTION, "\"store\"");
    refuse_open(OPTIONS(FOTOWEB, "url", "http://host.example"), DAM_ERR_INSECURE, "\"url\"");
    refuse_open(OPTIONS(FOTOWEB, "url", "http://127.0.0.1:1", "allow-loopback-http", "no"), DAM_ERR_INSECURE,
                "\"url\"");
}

static void abuse_login(void)
{
    int32_t result = -7;
    char *token = NULL;
    dam_session *session = make_fotoweb(closed_url);
    REFUSES(DAM_ERR_ARGUMENT, dam_session_login(NULL, DAM_LOGIN_IF_NEEDED, err), check_nothing);
    REFUSES(DAM_ERR_ARGUMENT, dam_session_login(session, 2, err), check_nothing);
    REFUSES(DAM_ERR_ARGUMENT, dam_session_login(session, UINT32_MAX, err), check_nothing);
    REFUSES(DAM_ERR_CONNECT, dam_session_login(session, DAM_LOGIN_IF_NEEDED, err), check_nothing);
    REFUSES(DAM_ERR_CONNECT, dam_session_login(session, DAM_LOGIN_AGAIN, err), check_nothing);
    REFUSES(DAM_ERR_ARGUMENT, dam_session_get_token(NULL, &token, err), token);
    REFUSES(DAM_ERR_ARGUMENT, dam_session_get_token(session, NULL, err), check_nothing);
    REFUSES(DAM_ERR_CONNECT, dam_session_get_token(session, &token, err), token);
    REFUSES(DAM_ERR_ARGUMENT, dam_session_logout(NULL, &result, err), result);
    EXPECT(DAM_OK, dam_session_logout(session, NULL, err));
    EXPECT(DAM_OK, dam_session_logout(session, &result, err));
    CHECK(result == DAM_LOGOUT_NONE, "no session, nothing to log out of");
    REFUSES(DAM_ERR_ARGUMENT, dam_session_keepalive(NULL, err), check_nothing);
    REFUSES(DAM_ERR_CONNECT, dam_session_keepalive(session, err), check_nothing);
    REFUSES(DAM_ERR_ARGUMENT, dam_session_forget(NULL, err), check_nothing);
    EXPECT(DAM_OK, dam_session_forget(session, err));
    dam_session_free(session);
    SURVIVES(dam_session_free(NULL));
}

static int32_t take_sealed(void *user_data, const char *line)
{
    (void)user_data;
    CHECK(line == NULL, "there is nothing to hand over");
    return 1;
}

/* A person's consent: what is no question and no answer. Nothing is sent. */
static void abuse_consent(void)
{
    static const char *const answers[] = {"",       "x",        "http://localhost/", "?",
                                          "?code=", "?state=s", "?code=c&code=d",    NULL};
    char *url = NULL, *code = NULL;
    dam_session *fotoweb = make_fotoweb(closed_url), *session = NULL;
    dam_config *config = make_config((const char *const[]){"system", "fotoware", "url", closed_url, "client-id", "desk",
                                                           "store", "memory", "allow-loopback-http", "yes", NULL});
    EXPECT(DAM_OK, dam_session_open(config, &session, err));
    REFUSES(DAM_ERR_NOT_SUPPORTED, dam_consent_begin(fotoweb, &url, err), url);
    REFUSES(DAM_ERR_ARGUMENT, dam_consent_begin(NULL, &url, err), url);
    REFUSES(DAM_ERR_ARGUMENT, dam_consent_begin(session, NULL, err), check_nothing);
    REFUSES(DAM_ERR_NOT_SUPPORTED, dam_consent_begin_device(session, &url, &code, err), url);
    REFUSES(DAM_ERR_NOT_SUPPORTED, dam_consent_begin_device(fotoweb, &url, &code, err), code);
    REFUSES(DAM_ERR_ARGUMENT, dam_consent_begin_device(NULL, &url, &code, err), url);
    REFUSES(DAM_ERR_ARGUMENT, dam_consent_begin_device(session, NULL, &code, err), code);
    REFUSES(DAM_ERR_ARGUMENT, dam_consent_begin_device(session, &url, NULL, err), url);
    REFUSES(DAM_ERR_ARGUMENT, dam_consent_poll(NULL, err), check_nothing);
    REFUSES(DAM_ERR_CONSENT, dam_consent_poll(session, err), check_nothing);
    REFUSES(DAM_ERR_ARGUMENT, dam_consent_export(NULL, "pass-phrase", take_sealed, NULL, err), check_nothing);
    REFUSES(DAM_ERR_ARGUMENT, dam_consent_export(session, NULL, take_sealed, NULL, err), check_nothing);
    REFUSES(DAM_ERR_ARGUMENT, dam_consent_export(session, "short", take_sealed, NULL, err), check_nothing);
    REFUSES(DAM_ERR_ARGUMENT, dam_consent_export(session, "pass-phrase", NULL, NULL, err), check_nothing);
    REFUSES(DAM_ERR_CONSENT, dam_consent_export(session, "pass-phrase", take_sealed, NULL, err), check_nothing);
    REFUSES(DAM_ERR_ARGUMENT, dam_consent_import(NULL, "x", "pass-phrase", err), check_nothing);
    REFUSES(DAM_ERR_ARGUMENT, dam_consent_import(session, NULL, "pass-phrase", err), check_nothing);
    REFUSES(DAM_ERR_ARGUMENT, dam_consent_import(session, "x", NULL, err), check_nothing);
    REFUSES(DAM_ERR_ARGUMENT, dam_consent_import(session, "damsession-session-1.x.y", "pass-phrase", err),
            check_nothing);
    REFUSES(DAM_ERR_ARGUMENT, dam_consent_import(session, huge_text, "pass-phrase", err), check_nothing);
    REFUSES(DAM_ERR_ARGUMENT, dam_consent_finish(NULL, "?code=c", err), check_nothing);
    REFUSES(DAM_ERR_ARGUMENT, dam_consent_finish(session, NULL, err), check_nothing);
    REFUSES(DAM_ERR_CONSENT, dam_consent_finish(session, "?code=c&state=s", err), check_nothing);
    EXPECT(DAM_OK, dam_consent_begin(session, &url, err));
    CHECK(strstr(url, "/fotoweb/oauth2/authorize?response_type=code&client_id=desk&") != NULL, "%s", url);
    for (const char *const *answer = answers; *answer != NULL; answer++)
        REFUSES(DAM_ERR_ARGUMENT, dam_consent_finish(session, *answer, err), check_nothing);
    REFUSES(DAM_ERR_ARGUMENT, dam_consent_finish(session, huge_text, err), check_nothing);
    REFUSES(DAM_ERR_ARGUMENT, dam_consent_finish(session, not_utf8[0], err), check_nothing);
    REFUSES(DAM_ERR_CONSENT, dam_consent_finish(session, "?code=c&state=s", err), check_nothing);
    REFUSES(DAM_ERR_CONSENT, dam_session_login(session, DAM_LOGIN_IF_NEEDED, err), check_nothing);
    dam_string_free(url);
    dam_session_free(session);
    dam_session_free(fotoweb);
    dam_config_free(config);
}

/* Authentications without a token, or without a header. */
static void abuse_kinds(void)
{
    char *token = NULL;
    dam_session *cookie = make_session(OPTIONS("system", "photoshelter", "url", open_url, "user", "ada@example.com",
                                               "password", "canary-password", "api-key", "canary-key"));
    dam_session *query = make_session(OPTIONS("system", "fotoweb", "url", open_url, "user", "ada", "password",
                                              "canary-password", "authentication", "query"));
    EXPECT(DAM_ERR_NOT_SUPPORTED, dam_session_get_token(cookie, &token, err));
    EXPECT(DAM_ERR_NOT_SUPPORTED, dam_session_get_token(query, &token, err));
    CHECK(token == NULL, "no token was written");
    dam_session_free(cookie);
    dam_session_free(query);
}

static void abuse_sizes(dam_session *session)
{
    WITH_TAIL(dam_session_state) large_state = {.more = 1};
    WITH_TAIL(dam_statistics) large_statistics = {.more = 1};
    dam_session_state state;
    dam_statistics statistics;
    /* What programs know that were compiled before these fields came. */
    const uint32_t first[] = {offsetof(dam_session_state, expires_at), offsetof(dam_statistics, renewals)};
    const uint32_t sizes[][2] = {{0, 0}, {1, 1}, {first[0] - 1, first[1] - 1}, {UINT32_MAX, UINT32_MAX}};
    memset(&state, 0xA5, sizeof state);
    memset(&statistics, 0xA5, sizeof statistics);
    for (size_t at = 0; at < sizeof sizes / sizeof sizes[0]; at++) {
        state.size = sizes[at][0];
        statistics.size = sizes[at][1];
        REFUSES(DAM_ERR_ARGUMENT, dam_session_get_state(session, &state, err), state);
        REFUSES(DAM_ERR_ARGUMENT, dam_session_get_statistics(session, &statistics, err), statistics);
    }
    state.size = first[0];
    statistics.size = first[1];
    EXPECT(DAM_OK, dam_session_get_state(session, &state, err));
    EXPECT(DAM_OK, dam_session_get_statistics(session, &statistics, err));
    CHECK(state.size == first[0] && ((unsigned char *)&state.expires_at)[0] == 0xA5 && statistics.size == first[1] &&
              ((unsigned char *)&statistics.renewals)[0] == 0xA5,
          "nothing is written behind an older struct's end");
    large_state.known.size = sizeof large_state;
    large_statistics.known.size = sizeof large_statistics;
    REFUSES(DAM_ERR_ARGUMENT, dam_session_get_state(session, &large_state.known, err), large_state);
    REFUSES(DAM_ERR_ARGUMENT, dam_session_get_statistics(session, &large_statistics.known, err), large_statistics);
    large_state.more = large_statistics.more = 0;
    EXPECT(DAM_OK, dam_session_get_state(session, &large_state.known, err));
    EXPECT(DAM_OK, dam_session_get_statistics(session, &large_statistics.known, err));
}

static void abuse_views(void)
{
    dam_session_state state = DAM_SESSION_STATE_INIT;
    dam_statistics statistics = DAM_STATISTICS_INIT;
    dam_session *session = make_fotoweb(closed_url);
    REFUSES(DAM_ERR_ARGUMENT, dam_session_get_state(NULL, &state, err), state);
    REFUSES(DAM_ERR_ARGUMENT, dam_session_get_state(session, NULL, err), check_nothing);
    REFUSES(DAM_ERR_ARGUMENT, dam_session_get_statistics(NULL, &statistics, err), statistics);
    REFUSES(DAM_ERR_ARGUMENT, dam_session_get_statistics(session, NULL, err), check_nothing);
    abuse_sizes(session);
    EXPECT(DAM_OK, dam_session_get_state(session, &state, err));
    EXPECT(DAM_OK, dam_session_get_statistics(session, &statistics, err));
    CHECK(state.size == sizeof state && state.flags == 0 && state.generation == 0 && state.issued_at == 0 &&
              state.fingerprint[0] == '\0' && strcmp(state.store, "memory") == 0,
          "the state of no session");
    CHECK(statistics.size == sizeof statistics && statistics.requests == 0 && statistics.exchanges == 0 &&
              statistics.saves == 0,
          "the statistics of no request");
    dam_session_free(session);
}

void abuse_session(void)
{
    abuse_open();
    abuse_login();
    abuse_consent();
    abuse_kinds();
    abuse_views();
}
