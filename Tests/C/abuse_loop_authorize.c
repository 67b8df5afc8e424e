/*
 * abuse_loop_authorize.c - bring your own HTTP in an event loop: everything that is refused before the loop takes note
 * of it, and what callbacks hear when nobody is there. Good verdicts are in smoke_loop_authorize.c.
 */
#include "abuse.h"

static const dam_request good = {.size = sizeof(dam_request), .path = "Information"};

struct seen {
    int calls, others;
    int32_t status, result;
    uint64_t id;
    dam_authorization *authorization;
};

static void take(void *user_data, uint64_t id, int32_t status, dam_authorization *authorization, const dam_error *error)
{
    struct seen *seen = user_data;
    seen->calls++;
    seen->others +=
        id != seen->id || error == NULL || error->status != status || (authorization != NULL) != (status == DAM_OK);
    seen->status = status;
    seen->authorization = authorization;
}

static void hear(void *user_data, uint64_t id, int32_t status, int32_t result, const dam_error *error)
{
    struct seen *seen = user_data;
    seen->calls++;
    seen->others += id != seen->id || error == NULL || error->status != status;
    seen->status = status;
    seen->result = result;
}

static int64_t give(void *user_data, void *buffer, size_t size)
{
    return user_data == buffer ? 0 : (int64_t)(size & 0);
}

static void refuse_authorizations(dam_loop *loop, dam_session *session)
{
    struct seen seen = {0};
    dam_request request = good;
    REFUSES(DAM_ERR_ARGUMENT, dam_loop_authorize(NULL, session, &good, take, &seen, &seen.id, err), seen);
    REFUSES(DAM_ERR_ARGUMENT, dam_loop_authorize(loop, NULL, &good, take, &seen, &seen.id, err), seen);
    REFUSES(DAM_ERR_ARGUMENT, dam_loop_authorize(loop, session, NULL, take, &seen, &seen.id, err), seen);
    REFUSES(DAM_ERR_ARGUMENT, dam_loop_authorize(loop, session, &good, NULL, &seen, &seen.id, err), seen);
    request.size = 1;
    REFUSES(DAM_ERR_ARGUMENT, dam_loop_authorize(loop, session, &request, take, &seen, &seen.id, err), seen);
    request = good;
    request.read = give;
    REFUSES(DAM_ERR_ARGUMENT, dam_loop_authorize(loop, session, &request, take, &seen, &seen.id, err), seen);
    request = good;
    request.path = "a b";
    REFUSES(DAM_ERR_ARGUMENT, dam_loop_authorize(loop, session, &request, take, &seen, &seen.id, err), seen);
    request.path = "https://evil.example/x";
    REFUSES(DAM_ERR_INSECURE, dam_loop_authorize(loop, session, &request, take, &seen, &seen.id, err), seen);
    CHECK(dam_loop_count(loop) == 0 && seen.calls == 0, "nothing is under way");
}

/* Refused before it counts as a response: a good one can still be observed afterwards, once. */
static void refuse_observations(dam_loop *loop, dam_authorization *authorization)
{
    dam_observation whole = DAM_OBSERVATION_INIT, response;
    struct seen seen = {0};
    whole.http_status = 200;
    whole.is_whole = 1;
    REFUSES(DAM_ERR_ARGUMENT, dam_loop_observe(NULL, authorization, &whole, hear, &seen, &seen.id, err), seen);
    REFUSES(DAM_ERR_ARGUMENT, dam_loop_observe(loop, NULL, &whole, hear, &seen, &seen.id, err), seen);
    REFUSES(DAM_ERR_ARGUMENT, dam_loop_observe(loop, authorization, NULL, hear, &seen, &seen.id, err), seen);
    REFUSES(DAM_ERR_ARGUMENT, dam_loop_observe(loop, authorization, &whole, NULL, &seen, &seen.id, err), seen);
    response = whole;
    response.http_status = 99;
    REFUSES(DAM_ERR_ARGUMENT, dam_loop_observe(loop, authorization, &response, hear, &seen, &seen.id, err), seen);
    response = whole;
    response.header_count = 1;
    REFUSES(DAM_ERR_ARGUMENT, dam_loop_observe(loop, authorization, &response, hear, &seen, &seen.id, err), seen);
    CHECK(dam_loop_count(loop) == 0 && seen.calls == 0, "nothing is under way");
    EXPECT(DAM_OK, dam_loop_observe(loop, authorization, &whole, hear, &seen, NULL, err));
    struct seen late = {0};
    int32_t result = -7;
    REFUSES(DAM_ERR_ARGUMENT, dam_loop_observe(loop, authorization, &whole, hear, &late, &late.id, err), late);
    REFUSES(DAM_ERR_ARGUMENT, dam_authorization_observe(authorization, &whole, &result, err), result);
    check_run(loop);
    CHECK(seen.calls == 1 && seen.status == DAM_OK && seen.result == DAM_OBSERVE_DELIVER, "observed once");
    REFUSES(DAM_ERR_ARGUMENT, dam_loop_observe(loop, authorization, &whole, hear, &late, &late.id, err), late);
}

static void nobody_there(dam_loop *loop, dam_session *session)
{
    struct seen seen = {0};
    EXPECT(DAM_OK, dam_loop_authorize(loop, session, &good, take, &seen, &seen.id, err));
    check_run(loop);
    CHECK(seen.calls == 1 && seen.others == 0 && seen.status == DAM_ERR_CONNECT, "nobody to log in to");
    EXPECT(DAM_OK, dam_loop_authorize(loop, session, &good, take, &seen, NULL, err));
    check_run(loop);
    CHECK(seen.calls == 2 && seen.status == DAM_ERR_CONNECT, "an id is nobody's duty");
}

void abuse_loop_authorize(void)
{
    dam_loop *loop = NULL;
    dam_session *closed = make_fotoweb(closed_url), *open = make_fotoweb(open_url);
    struct seen seen = {0};
    EXPECT(DAM_OK, dam_loop_new(&loop, err));
    refuse_authorizations(loop, closed);
    nobody_there(loop, closed);
    EXPECT(DAM_OK, dam_loop_authorize(loop, open, &good, take, &seen, &seen.id, err));
    check_run(loop);
    CHECK(seen.calls == 1 && seen.others == 0 && seen.status == DAM_OK, "authorized");
    refuse_observations(loop, seen.authorization);
    dam_authorization_free(seen.authorization);
    dam_loop_free(loop);
    dam_session_free(closed);
    dam_session_free(open);
}
