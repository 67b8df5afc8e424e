/*
 * abi_authorization.c - requests that the application sends with a client of its own: authorized, read, observed, let
 * go, in any order, with responses that are none.
 */
#define _GNU_SOURCE
#include "abi.h"

#include "../C/headers.h"

#include <poll.h>
#include <string.h>

static const char *const paths[] = {"mem/user", "Information", "x?y=z", "mem/image/{image}", NULL};
static const char *const heads[] = {
    "Content-Type: application/json\r\nSet-Cookie: SSphotoshelter_com_mem=canary-observed; path=/\r\n",
    "Location: /psapi/v3/next\nX: y\n",
    "Location: https://evil.example/?a=b\r\nX-Injected: 1\r\n",
    "Set-Cookie: FWSession=canary-observed",
    "no header",
    "\n\n",
    ":",
    NULL};

/* Its headers are in `list`: as lines say, or odd ones. */
static dam_observation make_observation(struct play *play, dam_header list[8])
{
    static const int32_t statuses[] = {200, 200, 401, 403, 400, 302, 500, 503,
                                       429, 100, 599, 99,  600, -1,  0,   INT32_MAX};
    dam_observation observation = DAM_OBSERVATION_INIT;
    observation.http_status = statuses[byte(play) % 16];
    observation.headers = list;
    const char *lines = text(play, heads);
    char *copy = lines != NULL ? keep(play, lines, strlen(lines) + 1) : NULL;
    if (copy != NULL)
        observation.header_count = headers_split(copy, list, 8);
    else
        observation.headers = NULL;
    uint8_t choice = byte(play);
    uint64_t size = 0;
    if (choice == 0xF6)
        list[0] = (dam_header){.name = text(play, heads), .value = text(play, heads)};
    if (choice == 0xF6 || choice == 0xF7)
        observation.header_count = choice == 0xF6 && observation.headers != NULL ? 1 : (size_t)number(play);
    if (observation.header_count > 8 && observation.header_count <= 1000) /* so many are not there. */
        observation.header_count = 1001;
    observation.is_whole = choice % 3;
    if (choice & 4)
        observation.body = block(play, &size), observation.body_size = size;
    if (choice == 0xF8)
        observation.body_size = number(play) | 65537;
    if (choice == 0xF9)
        observation.size--;
    return observation;
}

static void read_view(struct play *play, const dam_authorization *authorization)
{
    dam_authorization_view view = DAM_AUTHORIZATION_VIEW_INIT;
    if (SAYS(dam_authorization_get(authorization, byte(play) % 16 ? &view : NULL, err(play))) != DAM_OK ||
        view.url == NULL)
        return;
    int is_bad = view.method == NULL;
    for (size_t at = 0; at < view.header_count; at++)
        is_bad |= strcasecmp(view.headers[at].name, "X-Injected") == 0;
    if (is_bad)
        broken("what to send is whole, and nobody else's", "dam_authorization_view");
}

static void take_authorization(void *user_data, uint64_t id, int32_t status, dam_authorization *authorization,
                               const dam_error *error)
{
    struct play *play = user_data;
    if (id == 0 || error == NULL || error->status != status || (authorization != NULL) != (status == DAM_OK))
        broken("an authorization or a status", "dam_authorized_callback");
    dam_authorization **place = &play->authorizations[id % SLOTS];
    if (authorization == NULL)
        return;
    dam_authorization_free(*place);
    *place = authorization;
}

static void take_result(void *user_data, uint64_t id, int32_t status, int32_t result, const dam_error *error)
{
    (void)user_data;
    if (id == 0 || error == NULL || error->status != status || result < DAM_OBSERVE_DELIVER ||
        result > DAM_OBSERVE_REPLAY)
        broken("a result or a status", "dam_observed_callback");
}

/* In a loop of its own, so that nothing that is under way outlives what it needs. */
static void play_authorization_loop(struct play *play, dam_session *session, dam_authorization *authorization)
{
    dam_request request = DAM_REQUEST_INIT;
    dam_header list[8];
    dam_observation observation = make_observation(play, list);
    dam_loop *loop = NULL;
    if (dam_loop_new(&loop, NULL) != DAM_OK)
        return;
    request.path = text(play, paths);
    if (byte(play) % 2)
        SAYS(dam_loop_authorize(loop, session, &request, byte(play) % 16 ? take_authorization : NULL, play, NULL,
                                err(play)));
    else
        SAYS(dam_loop_observe(loop, authorization, &observation, byte(play) % 16 ? take_result : NULL, play, NULL,
                              err(play)));
    for (int round = byte(play) % 64; round > 0 && dam_loop_count(loop) > 0; round--) {
        struct pollfd watch = {.fd = dam_loop_fd(loop), .events = POLLIN};
        poll(&watch, 1, 5);
        dam_loop_dispatch(loop, NULL);
    }
    dam_loop_free(loop);
}

void play_authorization(struct play *play)
{
    dam_session *session = play->sessions[byte(play) % SLOTS];
    dam_authorization **place = &play->authorizations[byte(play) % SLOTS], *authorization = NULL;
    dam_request request = DAM_REQUEST_INIT;
    dam_observation observation;
    dam_header list[8];
    int32_t result = -1;
    switch (byte(play) % 8) {
    case 6:
    case 7: play_authorization_loop(play, session, *place); break;
    case 0:
    case 1:
        request.path = text(play, paths);
        request.method = byte(play) % 4 ? NULL : "POST";
        request.body = byte(play) % 4 ? NULL : block(play, &request.body_size);
        if (SAYS(dam_session_authorize(session, &request, &authorization, err(play))) != DAM_OK)
            break;
        dam_authorization_free(*place);
        *place = authorization;
        break;
    case 2: read_view(play, *place); break;
    case 3:
        observation = make_observation(play, list);
        if (SAYS(dam_session_observe(session, text(play, NULL), &observation, byte(play) % 16 ? &result : NULL,
                                     err(play))) != DAM_OK &&
            result != -1)
            broken("outputs are written only on DAM_OK", "dam_session_observe");
        break;
    default:
        observation = make_observation(play, list);
        if (SAYS(dam_authorization_observe(*place, byte(play) % 16 ? &observation : NULL, &result, err(play))) !=
                DAM_OK &&
            result != -1)
            broken("outputs are written only on DAM_OK", "dam_authorization_observe");
    }
}
