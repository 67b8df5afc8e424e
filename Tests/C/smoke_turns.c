/*
 * smoke_turns.c - turns in the event loop: whoever gives up at once when its turn comes hands on one turn, not two.
 * Who was first does not matter: the sandbox tells of a cookie that two have sent.
 */
#define _POSIX_C_SOURCE 200809L

#include "smoke.h"

enum { LATER = 6 };

struct turns {
    dam_loop *loop;
    dam_session *session;
    int failed, answered;
};

static void done(void *user_data, uint64_t id, int32_t status, dam_response *response, const dam_error *error)
{
    struct turns *turns = user_data;
    dam_request request = DAM_REQUEST_INIT;
    request.path = "mem/user/session";
    (void)id;
    (void)error;
    dam_response_free(response);
    turns->answered += status == DAM_OK;
    /* At the first failure: these stand in line behind the second request, which is still to hear of the failed
       login. */
    if (status == DAM_ERR_SERVER && turns->failed++ == 0)
        for (int at = 0; at < LATER; at++)
            EXPECT(DAM_OK, dam_loop_request(turns->loop, turns->session, &request, done, turns, NULL, err));
}

void smoke_turns(void)
{
    dam_request request = DAM_REQUEST_INIT;
    request.path = "mem/user/session";
    struct turns turns = {0};
    fresh();
    control_post("knobs", "{\"old-cookie\": \"refuse\"}");
    control_post("faults", "{\"fault\": \"status\", \"status\": 500, \"match\": \"mem/authenticate\"}");
    turns.session = open_photoshelter(OPTIONS("store", "memory")); /* where a lock is nothing but a line of waiters. */
    EXPECT(DAM_OK, dam_loop_new(&turns.loop, err));
    for (int at = 0; at < 2; at++)
        EXPECT(DAM_OK, dam_loop_request(turns.loop, turns.session, &request, done, &turns, NULL, err));
    check_run(turns.loop);
    CHECK(turns.failed == 2 && turns.answered == LATER, "%d failed with the login, %d were answered", turns.failed,
          turns.answered);
    COUNTED("photoshelter", "logins_ok", 1);
    COUNTED("photoshelter", "stale_cookie_refusals", 0);
    CHECK(statistics(turns.session).replays == 0, "nobody had to be sent again");
    dam_loop_free(turns.loop);
    dam_session_free(turns.session);
}
