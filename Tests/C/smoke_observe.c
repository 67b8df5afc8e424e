/*
 * smoke_observe.c - requests that another program sends with the session's headers: cookies that come back by its
 * responses, and sessions that ended meanwhile. The other program is a session with a copy of the store, so that its
 * cookies are the sandbox's own.
 */
#define _POSIX_C_SOURCE 200809L

#include "smoke_observe.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>

/* The same session in a program of its own: what is stored now, in another folder. */
static dam_session *other_program(void)
{
    char place[PATH_ROOM + 16], from[2 * PATH_ROOM], to[2 * PATH_ROOM];
    int files = 0;
    snprintf(place, sizeof place, "%s-other", store);
    DIR *folder = opendir(store);
    CHECK(folder != NULL && mkdir(place, 0700) == 0, "a folder for the other program");
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(from, sizeof from, "%s/%s", store, entry->d_name);
        snprintf(to, sizeof to, "%s/%s", place, entry->d_name);
        FILE *in = fopen(from, "r"), *out = fopen(to, "w");
        CHECK(in != NULL && out != NULL && chmod(to, 0600) == 0, "a record is copied");
        for (int byte; (byte = getc(in)) != EOF;)
            putc(byte, out);
        files += fclose(in) == 0 && fclose(out) == 0;
    }
    closedir(folder);
    CHECK(files > 0, "%d files for the other program", files);
    return open_photoshelter(OPTIONS("store", place));
}

/* With every superseded cookie refused: each response of the other program brings the one that works. */
static void rotated(void)
{
    char cookie[COOKIE_ROOM], theirs[COOKIE_ROOM], line[COOKIE_ROOM + 80];
    fresh();
    control_post("knobs", "{\"old-cookie\": \"refuse\"}");
    dam_session *session = open_photoshelter(OPTIONS(NULL));
    get(session, "mem/user/session", 200, ADA_MAIL);
    dam_session *other = other_program();
    for (int round = 0; round < 4; round++) {
        char *ticket = take_ticket(session, cookie);
        dam_string_free(take_ticket(other, theirs));
        CHECK(cookie[0] != '\0' && strcmp(cookie, theirs) == 0, "both have the cookie that works");
        const char *what = round == 2 ? "mem/nothing" : "mem/user/session";
        CHECK(get(other, what, round == 2 ? 404 : 200, "") == 0, "sent by the other program");
        dam_string_free(take_ticket(other, theirs));
        CHECK(strcmp(cookie, theirs) != 0, "the response brought a new one");
        snprintf(line, sizeof line, "X: y\r\nSet-Cookie: %s; path=/\r\n", theirs);
        CHECK(observe(session, round % 2 == 0 ? ticket : NULL, round == 2 ? 404 : 200, line, "{}", DAM_OK) ==
                  DAM_OBSERVE_DELIVER,
              "it is the response");
        dam_string_free(ticket);
    }
    CHECK(get(session, "mem/user/session", 200, ADA_MAIL) == 0, "the session goes on with the last one");
    CHECK(statistics(session).cookies_adopted >= 4 && statistics(session).cookies_late == 0, "every cookie is taken");
    COUNTED("photoshelter", "logins_ok", 1);
    COUNTED("photoshelter", "stale_cookie_refusals", 0);
    dam_session_free(other);
    dam_session_free(session);
}

/* The session was replaced while the response was on its way: its cookie is dropped, and that its session has ended
   costs no login. */
static void replaced(void)
{
    char cookie[COOKIE_ROOM], now[COOKIE_ROOM];
    fresh();
    dam_session *session = open_photoshelter(OPTIONS(NULL));
    char *ticket = take_ticket(session, cookie);
    control_post("expire", "{}");
    CHECK(get(session, "mem/user/session", 200, ADA_MAIL) == 1, "a new session");
    dam_string_free(take_ticket(session, now));
    CHECK(strcmp(cookie, now) != 0, "with a cookie of its own");
    long requests = control_count("photoshelter", "requests");
    CHECK(observe(session, ticket, 200, SETS("past12345"), "{}", DAM_OK) == DAM_OBSERVE_DELIVER,
          "a response is a response");
    dam_string_free(take_ticket(session, cookie));
    CHECK(strcmp(cookie, now) == 0, "but its cookie is of the past");
    CHECK(observe(session, ticket, 400, "", EXPIRED, DAM_OK) == DAM_OBSERVE_REPLAY &&
              observe(session, ticket, 403, "", "", DAM_OK) == DAM_OBSERVE_REPLAY,
          "to be sent again, with the new one");
    COUNTED("photoshelter", "requests", requests);
    COUNTED("photoshelter", "logins_ok", 2);
    dam_string_free(ticket);
    dam_session_free(session);
}

/* However many say that it ended: one login for all who were sent with it. */
static void expired(const char *authentication)
{
    char cookie[COOKIE_ROOM];
    fresh();
    check_note(authentication);
    dam_session *session = open_photoshelter(OPTIONS("authentication", authentication));
    char *ticket = take_ticket(session, cookie), *second = take_ticket(session, cookie);
    control_post("expire", "{}");
    CHECK(observe(session, ticket, 400, "", EXPIRED, DAM_OK) == DAM_OBSERVE_REPLAY, "to be sent again");
    COUNTED("photoshelter", "logins_ok", 2);
    CHECK(observe(session, second, 401, "", "", DAM_OK) == DAM_OBSERVE_REPLAY &&
              observe(session, ticket, 400, "", EXPIRED, DAM_OK) == DAM_OBSERVE_REPLAY,
          "and so is the other one");
    COUNTED("photoshelter", "logins_ok", 2);
    dam_string_free(second);
    second = take_ticket(session, cookie);
    CHECK(observe(session, second, 200, "", "{}", DAM_OK) == DAM_OBSERVE_DELIVER, "answered");
    CHECK(state(session).generation == 2, "by the second session");
    control_post("expire", "{}");
    CHECK(observe(session, NULL, 400, "", EXPIRED, DAM_OK) == DAM_OBSERVE_REPLAY,
          "without a ticket: the present session's");
    COUNTED("photoshelter", "logins_ok", 3);
    EXPECT(DAM_OK, dam_session_logout(session, NULL, err));
    CHECK(observe(session, second, 200, SETS("past12345"), "{}", DAM_OK) == DAM_OBSERVE_DELIVER &&
              state(session).flags == 0,
          "after a logout no cookie is taken");
    COUNTED("photoshelter", "logins_ok", 3);
    dam_string_free(ticket);
    dam_string_free(second);
    dam_session_free(session);
}

void smoke_observe(void)
{
    rotated();
    replaced();
    expired("cookie");
    expired("token");
}
