/*
 * smoke_loop.c - the event loop: many requests on one thread, one login for all of them, cancelled, paused and resumed.
 * No clock is needed: poll() says when there is something to do, and the sandbox what has reached it.
 */
#define _POSIX_C_SOURCE 200809L

#include "smoke.h"

#include <stdio.h>

/* All requests of a part, and what became of them. */
struct crowd {
    dam_loop *loop;
    const char *text;
    int answered, wrong, cancelled, replayed;
    uint64_t ids;
};

static void done(void *user_data, uint64_t id, int32_t status, dam_response *response, const dam_error *error)
{
    struct crowd *crowd = user_data;
    dam_response_view view = DAM_RESPONSE_VIEW_INIT;
    crowd->answered++;
    crowd->ids += id;
    if (status == DAM_ERR_CANCELLED) {
        crowd->cancelled++;
        crowd->wrong += response != NULL || error->status != status;
        return;
    }
    crowd->wrong += status != DAM_OK || dam_response_get(response, &view, NULL) != DAM_OK || view.http_status != 200 ||
                    strstr(view.body, crowd->text) == NULL ||
                    check_find_secret(check_lines(view.headers, view.header_count)) != NULL;
    crowd->replayed += (int)view.replays;
    dam_response_free(response);
}

/* Dispatches until `*number` is at least `least`, or nothing is under way any more. */
static void run(dam_loop *loop, const int *number, int least)
{
    while (*number < least && dam_loop_count(loop) > 0)
        check_step(loop);
    CHECK(*number >= least, "%d of %d", *number, least);
}

static uint64_t submit(struct crowd *crowd, dam_session *session, const char *path)
{
    char copy[PATH_ROOM];
    uint64_t id = 0;
    dam_request request = DAM_REQUEST_INIT;
    request.path = strcpy(copy, path);
    if (dam_loop_request(crowd->loop, session, &request, done, crowd, &id, check_fresh()) != DAM_OK)
        CHECK(0, "a request is taken");
    memset(copy, 'x', sizeof copy - 1); /* it was copied. */
    return id;
}

/* Half of them find the session expired: the sandbox sees one more login, and every request its response. */
static void expire_in_the_middle(const char *authentication)
{
    int count = is_short ? 20 : 200;
    char knobs[80];
    fresh();
    check_note(authentication);
    snprintf(knobs, sizeof knobs, "{\"storm\": %d, \"old-cookie\": \"refuse\"}", count / 2 + 1);
    control_post("knobs", knobs);
    struct crowd crowd = {.text = ADA_MAIL};
    dam_session *session = open_photoshelter(OPTIONS("authentication", authentication));
    EXPECT(DAM_OK, dam_loop_new(&crowd.loop, err));
    for (int at = 0; at < count; at++)
        submit(&crowd, session, "mem/user/session");
    CHECK(dam_loop_count(crowd.loop) == (uint32_t)count, "%d under way", count);
    run(crowd.loop, &crowd.answered, count);
    CHECK(crowd.wrong == 0 && crowd.replayed >= 1 && dam_loop_count(crowd.loop) == 0, "all answered, %d replayed",
          crowd.replayed);
    COUNTED("photoshelter", "expiries", 1);
    COUNTED("photoshelter", "logins_ok", 2);
    COUNTED("photoshelter", "stale_cookie_refusals", 0);
    CHECK(statistics(session).requests == (uint64_t)count && statistics(session).logins == 2, "the statistics add up");
    dam_loop_free(crowd.loop);
    dam_session_free(session);
}

/* One that is being answered, one that has not begun; a third is not affected. Then a loop that ends with all of
   them. */
static void cancel(void)
{
    struct crowd crowd = {.text = ADA_MAIL};
    fresh();
    dam_session *session = open_photoshelter(OPTIONS("authentication", "token"));
    get(session, "mem/user/session", 200, ADA_MAIL);
    EXPECT(DAM_OK, dam_loop_new(&crowd.loop, err));
    long before = control_count("log", "arrived");
    uint64_t slow = submit(&crowd, session, "mem/slow?seconds=50");
    while (control_count("log", "arrived") < before + 1)
        EXPECT(DAM_OK, dam_loop_dispatch(crowd.loop, err));
    uint64_t fresh_one = submit(&crowd, session, "mem/user/session");
    submit(&crowd, session, "mem/user/session");
    EXPECT(DAM_OK, dam_loop_cancel(crowd.loop, slow, err));
    EXPECT(DAM_OK, dam_loop_cancel(crowd.loop, fresh_one, err));
    CHECK(crowd.answered == 0, "nothing is said before the next dispatch");
    run(crowd.loop, &crowd.answered, 3);
    CHECK(crowd.cancelled == 2 && crowd.wrong == 0, "two cancelled, one answered");
    EXPECT(DAM_ERR_NOT_FOUND, dam_loop_cancel(crowd.loop, slow, err));
    submit(&crowd, session, "mem/slow?seconds=50");
    submit(&crowd, session, "mem/user/session");
    EXPECT(DAM_OK, dam_loop_dispatch(crowd.loop, err));
    dam_loop_free(crowd.loop);
    CHECK(crowd.answered == 3, "a freed loop says nothing");
    get(session, "mem/user/session", 200, ADA_MAIL);
    dam_session_free(session);
}

/* A body that pauses at every piece, down or up. */
struct pausing {
    dam_loop *loop;
    uint64_t id, size, moved;
    int paused, pauses, answered;
    int32_t status;
};

static int32_t take(void *user_data, const void *data, size_t size)
{
    struct pausing *pausing = user_data;
    (void)data;
    pausing->paused = !pausing->paused;
    pausing->pauses += pausing->paused;
    if (pausing->paused)
        return DAM_WRITE_PAUSE;
    pausing->moved += size;
    return 0;
}

static int64_t give(void *user_data, void *buffer, size_t size)
{
    struct pausing *pausing = user_data;
    uint64_t left = pausing->size - pausing->moved, count = left < 7 ? left : 7;
    if (count > size)
        count = size;
    pausing->paused = !pausing->paused;
    pausing->pauses += pausing->paused;
    if (pausing->paused)
        return DAM_READ_PAUSE;
    memcpy(buffer, (pausing->moved == 0 ? "name=aa" : "aaaaaaa"), count);
    pausing->moved += count;
    return (int64_t)count;
}

static void over(void *user_data, uint64_t id, int32_t status, dam_response *response, const dam_error *error)
{
    struct pausing *pausing = user_data;
    (void)id;
    (void)error;
    pausing->answered++;
    pausing->status = status;
    dam_response_free(response);
}

static void pause_and_resume(dam_request request, uint64_t size)
{
    struct pausing pausing = {.size = size};
    fresh();
    dam_session *session = open_photoshelter(OPTIONS("authentication", "token"));
    get(session, "mem/user/session", 200, ADA_MAIL);
    request.size = sizeof request;
    request.user_data = &pausing;
    EXPECT(DAM_OK, dam_loop_new(&pausing.loop, err));
    EXPECT(DAM_OK, dam_loop_request(pausing.loop, session, &request, over, &pausing, &pausing.id, err));
    while (pausing.answered == 0) {
        int pauses = pausing.pauses;
        check_step(pausing.loop);
        if (pausing.pauses > pauses && dam_loop_resume(pausing.loop, pausing.id, check_fresh()) != DAM_OK)
            CHECK(0, "a resume");
    }
    CHECK(pausing.status == DAM_OK && pausing.moved == size && pausing.pauses > 1, "%d pauses, %d bytes, %s",
          pausing.pauses, (int)pausing.moved, dam_status_name(pausing.status));
    EXPECT(DAM_ERR_NOT_FOUND, dam_loop_resume(pausing.loop, pausing.id, err));
    dam_loop_free(pausing.loop);
    dam_session_free(session);
}

void smoke_loop(void)
{
    expire_in_the_middle("token");
    expire_in_the_middle("cookie");
    cancel();
    pause_and_resume((dam_request){.path = "mem/image/I1/download?size=300000", .write = take}, 300000);
    pause_and_resume((dam_request){.method = "POST", .path = "mem/gallery/G1", .read = give, .body_size = 100}, 100);
    COUNTED("photoshelter", "writes", 1);
}
