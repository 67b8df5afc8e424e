/*
 * smoke_observe.h - headers and their ticket, and a response that is observed with it, for the tests of
 * dam_session_observe. Responses in pieces are in smoke_authorize.c.
 */
#ifndef SMOKE_OBSERVE_H
#define SMOKE_OBSERVE_H

#include "smoke.h"

#define COOKIE_NAME "SSphotoshelter_com_mem"
#define SETS(value) "Set-Cookie: " COOKIE_NAME "=" value "; path=/"
#define EXPIRED "{\"status\":\"error\",\"error\":{\"code\":400,\"class\":\"SessionRequiredErr\"},\"data\":null}"

enum { COOKIE_ROOM = 600 };

/* The session's present ticket, by dam_string_free, and its Cookie header ("" without one). */
char *take_ticket(dam_session *session, char cookie[COOKIE_ROOM]);

/* Observes a whole response, which must come to `wanted`; the dam_observe_result. */
int32_t observe(dam_session *session, const char *ticket, int32_t status, const char *headers, const char *body,
                dam_status wanted);

/* A ticket that the session never gave: it begins as its own do, and ends with `numbers`. */
enum { TICKET_ROOM = 128 };
void forge_ticket(dam_session *session, const char *numbers, char forged[TICKET_ROOM]);

#endif
