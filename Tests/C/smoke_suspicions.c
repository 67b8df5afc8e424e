/*
 * smoke_suspicions.c - observed responses that may mean that the session is over, and those that mean something else.
 * A suspicion costs one small request and no more. Cookies are in smoke_observe.c.
 */
#include "smoke_observe.h"

#include <stdio.h>

/* What is observed costs so many requests and comes to this. */
static void costs(dam_session *session, const char *system, int32_t status, const char *headers, const char *body,
                  long requests, int32_t wanted)
{
    char cookie[COOKIE_ROOM], *ticket = take_ticket(session, cookie);
    long before = control_count(system, "requests");
    check_note(headers);
    CHECK(observe(session, ticket, status, headers, body, DAM_OK) == wanted, "%d is %s", (int)status,
          wanted == DAM_OBSERVE_DELIVER ? "delivered" : "sent again");
    COUNTED(system, "requests", before + requests);
    dam_string_free(ticket);
}

static void photoshelter(const char *authentication)
{
    fresh();
    check_note(authentication);
    dam_session *session = open_photoshelter(OPTIONS("authentication", authentication));
    costs(session, "photoshelter", 200, "", "{}", 0, DAM_OBSERVE_DELIVER);
    costs(session, "photoshelter", 404, "", "{}", 0, DAM_OBSERVE_DELIVER);
    costs(session, "photoshelter", 302, "Location: https://cdn.example/x.jpg", "", 0, DAM_OBSERVE_DELIVER);
    /* Which path the request went to is not known, so a page proves nothing: it may be what was asked for. */
    costs(session, "photoshelter", 200, "Content-Type: text/html", "<html>", 0, DAM_OBSERVE_DELIVER);
    /* The session lives: the response is the application's own. */
    costs(session, "photoshelter", 403, "", "", 1, DAM_OBSERVE_DELIVER);
    costs(session, "photoshelter", 302, "Location: /login?from=here", "", 1, DAM_OBSERVE_DELIVER);
    COUNTED("photoshelter", "logins_ok", 1);
    CHECK(statistics(session).keepalives == 2, "two small requests");
    /* It does not: asked, logged in. */
    control_post("expire", "{}");
    costs(session, "photoshelter", 403, "", "", 2, DAM_OBSERVE_REPLAY);
    control_post("expire", "{}");
    costs(session, "photoshelter", 302, "Location: /login?from=here", "", 2, DAM_OBSERVE_REPLAY);
    COUNTED("photoshelter", "logins_ok", 3);
    dam_session_free(session);
}

/* A device token is given up only when it is proven dead. */
static void fotoweb(void)
{
    static const struct {
        int32_t status;
        const char *headers;
    } suspicious[] = {{401, ""}, {403, ""}, {302, "Location: Login.fwx"}};
    for (size_t at = 0; at < sizeof suspicious / sizeof suspicious[0]; at++) {
        fresh();
        dam_session *session = open_fotoweb(OPTIONS("authentication", "device-token"));
        get(session, "Information", 200, KARE);
        costs(session, "fotoweb", suspicious[at].status, suspicious[at].headers, "", 1, DAM_OBSERVE_DELIVER);
        COUNTED("fotoweb", "tokens_created", 1);
        control_post("revoke", "{}");
        /* Asked, logged in, and asked whether the new token is accepted. */
        costs(session, "fotoweb", suspicious[at].status, suspicious[at].headers, "", 3, DAM_OBSERVE_REPLAY);
        COUNTED("fotoweb", "tokens_created", 2);
        costs(session, "fotoweb", 200, "Set-Cookie: Other=1", "", 0, DAM_OBSERVE_DELIVER);
        get(session, "Information", 200, KARE);
        dam_session_free(session);
    }
}

/* Failures of the server give the same errors as for a request of the library's own, with how long to wait. */
static void failures(void)
{
    static const struct {
        int32_t status;
        const char *headers, *body;
        dam_status wanted;
        int32_t retry_after;
    } table[] = {
        {429, "Retry-After: 7", "", DAM_ERR_THROTTLED, 7},
        {429, "", "", DAM_ERR_THROTTLED, -1},
        {503, "Retry-After: 9", "", DAM_ERR_THROTTLED, 9},
        {503, "", "", DAM_ERR_SERVER, -1},
        {500, "", "sandboxkey1", DAM_ERR_SERVER, -1},
        {400, "", "{\"status\":\"error\",\"error\":{\"class\":\"ApiKeyInvalidErr\",\"message\":\"sandboxkey1\"}}",
         DAM_ERR_API_KEY_REFUSED, -1},
    };
    char cookie[COOKIE_ROOM];
    fresh();
    dam_session *session = open_photoshelter(OPTIONS(NULL));
    char *ticket = take_ticket(session, cookie);
    long before = control_count("photoshelter", "requests");
    for (size_t at = 0; at < sizeof table / sizeof table[0]; at++) {
        check_note(table[at].headers);
        observe(session, ticket, table[at].status, table[at].headers, table[at].body, table[at].wanted);
        CHECK(check_error.http_status == table[at].status && check_error.retry_after == table[at].retry_after,
              "HTTP %d, retry after %d", (int)check_error.http_status, (int)check_error.retry_after);
    }
    COUNTED("photoshelter", "requests", before);
    get(session, "mem/user/session", 200, ADA_MAIL);
    dam_string_free(ticket);
    dam_session_free(session);
}

/* A message must not repeat what the server says: here it quotes the token. */
static void quoted(void)
{
    char body[PATH_ROOM], *token = NULL;
    fresh();
    dam_session *session = open_photoshelter(OPTIONS("authentication", "token"));
    watch(session);
    EXPECT(DAM_OK, dam_session_get_token(session, &token, err));
    snprintf(body, sizeof body, "{\"status\":\"error\",\"error\":{\"class\":\"ApiKeyInvalidErr\",\"message\":\"%s\"}}",
             token);
    observe(session, NULL, 400, "", body, DAM_ERR_API_KEY_REFUSED);
    dam_string_free(token);
    dam_session_free(session);
}

void smoke_suspicions(void)
{
    photoshelter("cookie");
    photoshelter("token");
    fotoweb();
    failures();
    quoted();
}
