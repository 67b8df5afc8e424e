/*
 * smoke_tickets.c - tickets: in which order requests were sent, whatever the order of their responses; forged and
 * foreign ones. The cookies are made up, so that each is known by its value. Responses of the sandbox are in
 * smoke_observe.c.
 */
#include "smoke_observe.h"

#include <stdio.h>

static int32_t take_header(void *user_data, const dam_header *header)
{
    if (strcmp(header->name, "Cookie") == 0)
        snprintf(user_data, COOKIE_ROOM, "%s", header->value);
    return 0;
}

char *take_ticket(dam_session *session, char cookie[COOKIE_ROOM])
{
    char *ticket = NULL;
    cookie[0] = '\0';
    EXPECT(DAM_OK, dam_session_list_headers(session, take_header, cookie, &ticket, err));
    return ticket;
}

void forge_ticket(dam_session *session, const char *numbers, char forged[TICKET_ROOM])
{
    char cookie[COOKIE_ROOM];
    char *own = take_ticket(session, cookie);
    snprintf(forged, TICKET_ROOM, "%.*s.%s", (int)strcspn(own, "."), own, numbers);
    dam_string_free(own);
}

int32_t observe(dam_session *session, const char *ticket, int32_t status, const char *headers, const char *body,
                dam_status wanted)
{
    dam_observation observation = DAM_OBSERVATION_INIT;
    observation.http_status = status;
    observation.body = body;
    observation.body_size = strlen(body);
    observation.is_whole = 1;
    int32_t result = -1;
    check_observed(&observation, headers);
    EXPECT(wanted, dam_session_observe(session, ticket, &observation, &result, err));
    CHECK((result == -1) == (wanted != DAM_OK), "a result where there is one");
    return result;
}

/* The headers that were taken last count as sent last, in whatever order the responses come. */
static void order(void)
{
    char cookie[COOKIE_ROOM];
    fresh();
    dam_session *session = open_photoshelter(OPTIONS("rotation", "newest"));
    char *first = take_ticket(session, cookie), *second = take_ticket(session, cookie);
    CHECK(strcmp(first, second) != 0, "two tickets are two");
    observe(session, second, 200, SETS("later1234"), "{}", DAM_OK);
    observe(session, first, 200, SETS("early1234"), "{}", DAM_OK);
    char *third = take_ticket(session, cookie);
    CHECK(strstr(cookie, COOKIE_NAME "=later1234") != NULL && statistics(session).cookies_late == 1,
          "the later one wins");
    observe(session, third, 500, SETS("third1234"), "", DAM_ERR_SERVER);
    dam_string_free(first);
    dam_string_free(second);
    dam_string_free(third);
    third = take_ticket(session, cookie);
    CHECK(strstr(cookie, COOKIE_NAME "=third1234") != NULL, "errors bring cookies too");
    dam_string_free(third);

    /* A ticket that the session never gave counts as sent now: tickets given afterwards are later. */
    char forged[TICKET_ROOM];
    forge_ticket(session, "1.18446744073709551615.18446744073709551615", forged);
    observe(session, forged, 200, SETS("forged123"), "{}", DAM_OK);
    third = take_ticket(session, cookie);
    CHECK(strstr(cookie, COOKIE_NAME "=forged123") != NULL, "a forged ticket is one of this moment");
    long late = (long)statistics(session).cookies_late;
    observe(session, third, 200, SETS("after1234"), "{}", DAM_OK);
    dam_string_free(third);
    third = take_ticket(session, cookie);
    CHECK(strstr(cookie, COOKIE_NAME "=after1234") != NULL && (long)statistics(session).cookies_late == late,
          "not late");
    dam_string_free(third);
    dam_session_free(session);
}

/* Tickets of a session that this store never had. Nothing is taken from its responses, and nothing is asked. */
static void foreign(void)
{
    static const char *const numbers[] = {"2.0.1", "2.1.1", "18446744073709551615.1.1"};
    char cookie[COOKIE_ROOM], now[COOKIE_ROOM];
    fresh();
    dam_session *session = open_photoshelter(OPTIONS(NULL));
    dam_string_free(take_ticket(session, cookie));
    long before = control_count("photoshelter", "requests");
    for (size_t at = 0; at < sizeof numbers / sizeof numbers[0]; at++) {
        char ticket[TICKET_ROOM];
        forge_ticket(session, numbers[at], ticket);
        check_note(numbers[at]);
        observe(session, ticket, 200, SETS("foreign12"), "{}", DAM_ERR_ARGUMENT);
        observe(session, ticket, 400, "", EXPIRED, DAM_ERR_ARGUMENT);
        observe(session, ticket, 403, "", "", DAM_ERR_ARGUMENT);
    }
    dam_string_free(take_ticket(session, now));
    CHECK(strcmp(cookie, now) == 0, "the cookie is the session's own");
    COUNTED("photoshelter", "requests", before);
    dam_session_free(session);
}

void smoke_tickets(void)
{
    order();
    foreign();
}
