/*
 * wire_logins.c - a login request goes out once, over a connection of its own, and its response may be long.
 *
 * libcurl repeats a request by itself when a connection that it has used before breaks without a response; a login's
 * may have taken a device token by then.
 */
#define _GNU_SOURCE

#include "wire.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

static char *list;
static atomic_int logins, hangs_up; /* counted by the server's threads, read by this one. */

/* FotoWeb: gives a device token for a login token, or hangs up, as if the response had been lost. */
static struct wire_response fotoweb(const char *head)
{
    int is_login = strstr(head, "lt=") != NULL;
    logins += is_login;
    if (is_login && hangs_up)
        return (struct wire_response){.bytes = ""};
    return (struct wire_response){
        .bytes = is_login
                     ? "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nSet-Cookie: FWSession=canary-device; path=/\r\n"
                       "Content-Length: 4\r\n\r\n<a/>"
                     : "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 4\r\n\r\n<a/>",
        .stays = 1};
}

static void once(void)
{
    char url[WIRE_URL];
    wire_start(url, fotoweb);
    const char *const options[] = {
        "system", "fotoweb", "user", "ada", "authentication", "login-token", "encryption-secret", "canary-site-secret",
        NULL};
    dam_session *session = wire_session(url, options);
    CHECK(wire_get(session, "/fotoweb/x").status == DAM_OK && logins == 1, "a login, and a request");
    CHECK(wire_get(session, "/fotoweb/x").status == DAM_OK, "another request, on a connection that stays");
    EXPECT(DAM_OK, dam_session_forget(session, err));
    hangs_up = 1;
    int connections = wire_connections();
    EXPECT(DAM_ERR_TRANSFER, dam_session_login(session, DAM_LOGIN_IF_NEEDED, err));
    CHECK(logins == 2, "the login that broke was sent once: %d", logins - 1);
    CHECK(wire_connections() == connections + 1, "and over a connection of its own");
    dam_session_free(session);
    wire_stop();
}

static struct wire_response photoshelter(const char *head)
{
    logins += strncmp(head, "POST ", 5) == 0;
    if (wire_is_login(head))
        return (struct wire_response){.bytes = list, .stays = 1};
    return (struct wire_response){.bytes =
                                      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 25\r\n\r\n"
                                      "{\"status\":\"ok\",\"data\":{}}",
                                  .stays = 1};
}

/* A login's response with so many organizations, and the status that it comes to. */
static dam_status with(int organizations, const char *organization, dam_session **session)
{
    static char url[WIRE_URL];
    char *body = malloc((size_t)organizations * 100 + 200), *end = body;
    end += sprintf(end, "{\"status\":\"ok\",\"data\":{\"token\":\"canary-token\",\"org\":[");
    for (int each = 0; each < organizations; each++)
        end += sprintf(end, "%s{\"id\":\"O%07d\",\"name\":\"An organization of the name %d\",\"member\":\"t\"}",
                       each > 0 ? "," : "", each, each);
    end += sprintf(end, "]}}");
    if (asprintf(&list, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                 (size_t)(end - body), body) < 0)
        abort();
    free(body);
    logins = 0;
    wire_start(url, photoshelter);
    *session = wire_session(url, OPTIONS("organization", organization));
    return dam_session_login(*session, DAM_LOGIN_IF_NEEDED, check_fresh());
}

static void without(dam_session *session)
{
    dam_session_forget(session, NULL);
    dam_session_free(session);
    wire_stop();
    free(list);
}

static int32_t count(void *user_data, const dam_organization *organization)
{
    *(int *)user_data += organization->selected;
    return 0;
}

static void long_lists(void)
{
    dam_session *session = NULL;
    int selected = 0;
    dam_status status = with(3000, "O0002999", &session);
    CHECK(status == DAM_OK && logins == 2, "3000 organizations, 240 KB: %s", dam_status_name(status));
    CHECK(wire_connections() == 2, "each of the login's two requests has a connection of its own: %d",
          wire_connections());
    EXPECT(DAM_OK, dam_session_list_organizations(session, count, &selected, err));
    CHECK(selected == 1, "and the last one of them was found");
    CHECK(wire_get(session, "/psapi/v3/x").status == DAM_OK && wire_connections() == 2, "which the next request uses");
    without(session);
    status = with(60000, "O0000001", &session);
    CHECK(status == DAM_ERR_TOO_LARGE && logins == 1, "60000 organizations, 5 MB: %s", dam_status_name(status));
    without(session);
}

void wire_logins(void)
{
    check_secret("canary-site-secret");
    check_secret("canary-device");
    once();
    long_lists();
}
