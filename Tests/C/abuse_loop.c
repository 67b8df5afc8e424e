/*
 * abuse_loop.c - the event loop: bad requests, ids that are none, calls where they do not belong, and an end in the
 * middle. Nothing waits for a time to pass: the descriptor says when there is something to do.
 */
#define _POSIX_C_SOURCE 200809L

#include "abuse.h"

/* What `done` saw, and what it is to do. */
struct seen {
    dam_loop *loop;
    dam_session *session;
    int calls, again;
    int32_t status;
    uint64_t id;
};

static const dam_request good = {.size = sizeof(dam_request), .path = "Information"};

/* Everything that a callback may not do is refused; what it may do works. */
static void take(void *user_data, uint64_t id, int32_t status, dam_response *response, const dam_error *error)
{
    struct seen *seen = user_data;
    seen->calls++;
    seen->status = status;
    CHECK(error != NULL && error->status == status && (status == DAM_OK) == (response != NULL), "done says one thing");
    CHECK(id == seen->id || seen->again > 0, "done says of which request");
    dam_response_free(response);
    if (seen->loop == NULL)
        return;
    REFUSES(DAM_ERR_ARGUMENT, dam_loop_dispatch(seen->loop, err), check_nothing);
    REFUSES(DAM_ERR_NOT_FOUND, dam_loop_cancel(seen->loop, id, err), check_nothing);
    REFUSES(DAM_ERR_NOT_FOUND, dam_loop_resume(seen->loop, id, err), check_nothing);
    if (seen->again-- > 0)
        EXPECT(DAM_OK, dam_loop_request(seen->loop, seen->session, &good, take, seen, &seen->id, err));
}

static void refuse_structs(dam_loop *loop, dam_session *session)
{
    WITH_TAIL(dam_request) large = {.known = good, .more = 1};
    struct seen seen = {0};
    dam_request request = good;
    large.known.size = sizeof large;
    REFUSES(DAM_ERR_ARGUMENT, dam_loop_request(NULL, session, &good, take, &seen, &seen.id, err), seen);
    REFUSES(DAM_ERR_ARGUMENT, dam_loop_request(loop, NULL, &good, take, &seen, &seen.id, err), seen);
    REFUSES(DAM_ERR_ARGUMENT, dam_loop_request(loop, session, NULL, take, &seen, &seen.id, err), seen);
    REFUSES(DAM_ERR_ARGUMENT, dam_loop_request(loop, session, &good, NULL, &seen, &seen.id, err), seen);
    REFUSES(DAM_ERR_ARGUMENT, dam_loop_request(loop, session, &large.known, take, &seen, &seen.id, err), seen);
    request.size = sizeof request - 1;
    REFUSES(DAM_ERR_ARGUMENT, dam_loop_request(loop, session, &request, take, &seen, &seen.id, err), seen);
    request = good;
    request.path = "a b";
    REFUSES(DAM_ERR_ARGUMENT, dam_loop_request(loop, session, &request, take, &seen, &seen.id, err), seen);
    request.path = not_utf8[0];
    REFUSES(DAM_ERR_ARGUMENT, dam_loop_request(loop, session, &request, take, &seen, &seen.id, err), seen);
    request.path = "https://evil.example/x";
    REFUSES(DAM_ERR_INSECURE, dam_loop_request(loop, session, &request, take, &seen, &seen.id, err), seen);
    CHECK(dam_loop_count(loop) == 0 && seen.calls == 0, "nothing that is refused is under way");
}

static void refuse_ids(dam_loop *loop)
{
    static const uint64_t ids[] = {0, 1, 99, UINT64_MAX};
    REFUSES(DAM_ERR_ARGUMENT, dam_loop_cancel(NULL, 1, err), check_nothing);
    REFUSES(DAM_ERR_ARGUMENT, dam_loop_resume(NULL, 1, err), check_nothing);
    REFUSES(DAM_ERR_ARGUMENT, dam_loop_dispatch(NULL, err), check_nothing);
    for (size_t at = 0; at < sizeof ids / sizeof ids[0]; at++) {
        REFUSES(DAM_ERR_NOT_FOUND, dam_loop_cancel(loop, ids[at], err), check_nothing);
        REFUSES(DAM_ERR_NOT_FOUND, dam_loop_resume(loop, ids[at], err), check_nothing);
    }
    EXPECT(DAM_OK, dam_loop_dispatch(loop, err));
    EXPECT(DAM_OK, dam_loop_dispatch(loop, err));
}

/* Cancelled before it began, twice; resumed without a pause; submitted again from inside `done`. */
static void odd_moments(dam_loop *loop, dam_session *closed, dam_session *open)
{
    struct seen seen = {.loop = loop, .session = open};
    EXPECT(DAM_OK, dam_loop_request(loop, open, &good, take, &seen, &seen.id, err));
    CHECK(dam_loop_count(loop) == 1 && seen.calls == 0, "one request under way, nothing said yet");
    EXPECT(DAM_OK, dam_loop_resume(loop, seen.id, err));
    EXPECT(DAM_OK, dam_loop_cancel(loop, seen.id, err));
    EXPECT(DAM_OK, dam_loop_cancel(loop, seen.id, err));
    EXPECT(DAM_OK, dam_loop_resume(loop, seen.id, err));
    check_run(loop);
    CHECK(seen.calls == 1 && seen.status == DAM_ERR_CANCELLED, "cancelled once");
    seen = (struct seen){.loop = loop, .session = open, .again = 3};
    EXPECT(DAM_OK, dam_loop_request(loop, open, &good, take, &seen, &seen.id, err));
    EXPECT(DAM_OK, dam_loop_resume(loop, seen.id, err));
    check_run(loop);
    CHECK(seen.calls == 4 && seen.status == DAM_OK, "three more from inside done");
    seen = (struct seen){.again = 1};
    EXPECT(DAM_OK, dam_loop_request(loop, closed, &good, take, &seen, NULL, err));
    check_run(loop);
    CHECK(seen.calls == 1 && seen.status == DAM_ERR_CONNECT, "nobody there: said in done");
}

/* Requests that wait, that are being sent, and that were not begun: freed with the loop, no callback is called. */
static void free_in_the_middle(dam_session *open)
{
    for (int dispatches = 0; dispatches < 6; dispatches++) {
        struct seen seen[4] = {{.again = 1}, {.again = 1}, {.again = 1}, {.again = 1}};
        dam_loop *loop = NULL;
        EXPECT(DAM_OK, dam_loop_new(&loop, err));
        int called = 0;
        for (int at = 0; at < 4; at++)
            EXPECT(DAM_OK, dam_loop_request(loop, open, &good, take, &seen[at], &seen[at].id, err));
        for (int round = 0; round < dispatches; round++)
            EXPECT(DAM_OK, dam_loop_dispatch(loop, err));
        for (int at = 0; at < 4; at++)
            called += seen[at].calls;
        dam_loop_free(loop);
        for (int at = 0; at < 4; at++)
            called -= seen[at].calls;
        CHECK(called == 0, "a loop is freed after %d dispatches", dispatches);
    }
    EXPECT(DAM_OK, dam_session_keepalive(open, err)); /* no lock is left behind. */
}

void abuse_loop(void)
{
    dam_loop *loop = NULL;
    dam_session *closed = make_fotoweb(closed_url), *open = make_fotoweb(open_url);
    REFUSES(DAM_ERR_ARGUMENT, dam_loop_new(NULL, err), check_nothing);
    EXPECT(DAM_OK, dam_loop_new(&loop, err));
    CHECK(dam_loop_fd(loop) >= 0 && dam_loop_fd(NULL) == -1, "dam_loop_fd(NULL)");
    CHECK(dam_loop_count(loop) == 0 && dam_loop_count(NULL) == 0, "dam_loop_count(NULL)");
    refuse_structs(loop, closed);
    refuse_ids(loop);
    odd_moments(loop, closed, open);
    free_in_the_middle(open);
    dam_loop_free(loop);
    dam_session_free(closed);
    dam_session_free(open);
    SURVIVES(dam_loop_free(NULL));
}
