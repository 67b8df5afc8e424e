/*
 * smoke_redirects.c - what travels where: the same origin keeps the secret, another one is told nothing about who asks.
 * The other origin is the sandbox's other server, whose /cdn/ shows the headers that it got. What the library says it
 * has sent is not relied on.
 */
#include "smoke.h"

#include <stdio.h>

static char led[PATH_ROOM]; /* where redirects led `ask` to; "": nowhere. */

static dam_status ask(dam_session *session, const char *method, const char *path, int32_t *status, char text[PATH_ROOM])
{
    static const dam_header headers[] = {
        {"X-Who", "somebody"}, {"Accept-Language", "da"}, {"Authorization", "Basic x"}};
    dam_request request = DAM_REQUEST_INIT;
    request.method = method;
    request.path = path;
    request.headers = headers;
    request.header_count = 3;
    request.body = strcmp(method, "POST") == 0 ? "name=b" : NULL;
    request.body_size = strcmp(method, "POST") == 0 ? 6 : 0;
    dam_response_view view = DAM_RESPONSE_VIEW_INIT;
    dam_response *response = NULL;
    dam_status result = dam_session_request(session, &request, &response, check_fresh());
    *status = 0;
    text[0] = led[0] = '\0';
    if (result == DAM_OK) {
        EXPECT(DAM_OK, dam_response_get(response, &view, err));
        *status = view.http_status;
        snprintf(text, PATH_ROOM, "%s", (const char *)view.body);
        snprintf(led, PATH_ROOM, "%s", view.redirected_url != NULL ? view.redirected_url : "");
        dam_response_free(response);
    }
    return result;
}

/* Follows from `method` with this code to `target`; the response must have this status, and the text in it. */
static void leads(dam_session *session, const char *method, int code, const char *target, dam_status wanted,
                  int32_t status, const char *text)
{
    char path[PATH_ROOM], body[PATH_ROOM];
    int32_t got;
    snprintf(path, sizeof path, "mem/redirect?code=%d&to=%s", code, target);
    check_note(path);
    dam_status result = ask(session, method, path, &got, body);
    CHECK(result == wanted && got == status && strstr(body, text) != NULL,
          "%s with %d leads to %d and \"%s\" (%s, %d: %.200s)", method, code, (int)status, text,
          dam_status_name((int32_t)result), (int)got, body);
    if (strstr(body, "\"file\"") == NULL)
        return;
    for (char *at = body; *at != '\0'; at++)
        *at = *at >= 'A' && *at <= 'Z' ? (char)(*at - 'A' + 'a') : *at;
    CHECK(strstr(body, "\"cookie\"") == NULL && strstr(body, "x-ps-") == NULL &&
              strstr(body, "authorization") == NULL && strstr(body, "x-who") == NULL &&
              strstr(body, "content-type") == NULL && strstr(body, "accept-language") != NULL,
          "and says nothing about who asks");
}

static void follow(const char *authentication)
{
    char elsewhere[PATH_ROOM], plain[PATH_ROOM];
    fresh();
    snprintf(elsewhere, sizeof elsewhere, "%s/cdn/x.jpg", fotoweb_url);
    snprintf(plain, sizeof plain, "http%s/cdn/x.jpg", photoshelter_url + strlen("https"));
    dam_session *session = open_photoshelter(OPTIONS("authentication", authentication, "redirects", "3"));
    for (int code = 301; code <= 308; code = code == 303 ? 307 : code + 1) {
        leads(session, "GET", code, "/psapi/v3/mem/user/session", DAM_OK, 200, ADA_MAIL);
        leads(session, "GET", code, elsewhere, DAM_OK, 200, "\"file\"");
        leads(session, "GET", code, plain, DAM_ERR_INSECURE, 0, "");
        leads(session, "POST", code, plain, DAM_ERR_INSECURE, 0, "");
    }
    COUNTED("fotoweb", "requests", 5);
    leads(session, "POST", 307, elsewhere, DAM_OK, 307, "moved");
    leads(session, "POST", 308, elsewhere, DAM_OK, 308, "moved");
    COUNTED("fotoweb", "requests", 5);
    leads(session, "POST", 303, elsewhere, DAM_OK, 200, "\"file\"");
    leads(session, "POST", 307, "/psapi/v3/mem/gallery/G1", DAM_OK, 200, "\"name\":\"b\"");
    COUNTED("photoshelter", "writes", 1);
    leads(session, "POST", 303, "/psapi/v3/mem/gallery/G1", DAM_OK, 200, "Gallery of");
    COUNTED("photoshelter", "writes", 1);
    leads(session, "GET", 302, "http%3A%2F%2F%5B", DAM_ERR_PROTOCOL, 0, "");
    COUNTED("photoshelter", "logins_ok", 1);
    COUNTED("photoshelter", "stale_cookie_refusals", 0);
    dam_session_free(session);
}

/* The response says where it comes from, but no secret that a server has put into that. */
static void told(void)
{
    char body[PATH_ROOM], url[PATH_ROOM];
    int32_t status;
    fresh();
    dam_session *session = open_photoshelter(OPTIONS("authentication", "token"));
    dam_status result = ask(session, "GET", "mem/user/session?x=1", &status, body);
    CHECK(result == DAM_OK && led[0] == '\0', "no redirect: no other URL");
    result = ask(session, "GET", "mem/redirect?to=/psapi/v3/mem/user/session%3Fpage%3D2", &status, body);
    snprintf(url, sizeof url, "%s/psapi/v3/mem/user/session?page=2", photoshelter_url);
    CHECK(result == DAM_OK && strcmp(led, url) == 0, "the URL with its query: %s", led);
    result = ask(session, "GET", "mem/redirect?to=/psapi/v3/mem/user/session%3Fauth_token%3Dcanary", &status, body);
    CHECK(result == DAM_OK && strstr(led, "canary") == NULL &&
              strncmp(led, photoshelter_url, strlen(photoshelter_url)) == 0,
          "no secret in it: %s", led);
    dam_session_free(session);
}

/* To itself, for ever: as often as the option says, then it is a response. */
static void loops(const char *redirects, long exchanges)
{
    char path[PATH_ROOM] = "mem/redirect?to=/psapi/v3/mem/user/session", body[PATH_ROOM];
    int32_t status;
    fresh();
    dam_session *session = open_photoshelter(OPTIONS("authentication", "token", "redirects", redirects));
    EXPECT(DAM_OK, dam_session_login(session, DAM_LOGIN_IF_NEEDED, err));
    long before = control_count("photoshelter", "requests");
    control_post("faults", "{\"fault\": \"status\", \"status\": 302, \"count\": 60, \"match\": \"mem/gallery\", "
                           "\"headers\": {\"Location\": \"/psapi/v3/mem/gallery/G1\"}}");
    dam_status result = ask(session, "GET", "mem/gallery/G1", &status, body);
    CHECK((result == DAM_OK && status == 302) || result == DAM_ERR_PROTOCOL, "a loop ends: %s, %d",
          dam_status_name((int32_t)result), (int)status);
    COUNTED("photoshelter", "requests", before + exchanges);
    EXPECT(DAM_OK, dam_session_keepalive(session, err));
    CHECK(ask(session, "GET", path, &status, body) == DAM_OK && status == (exchanges > 1 ? 200 : 302), "%s redirects",
          redirects);
    dam_session_free(session);
}

void smoke_redirects(void)
{
    follow("token");
    follow("cookie");
    told();
    loops("0", 1);
    loops("1", 2);
    loops("10", 11);
}
