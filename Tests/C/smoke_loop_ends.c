/*
 * smoke_loop_ends.c - what a request of a loop leaves behind when it is cancelled, or freed with its
 * loop. The cookie of a response whose head was there is kept: the sandbox refuses every older one, and a second login
 * would show. None of the request's functions is called any more.
 */
#define _POSIX_C_SOURCE 200809L

#include "smoke.h"

#include <poll.h>

struct ending {
    int arrived, reports, heads, done, calls_after_done;
    int32_t status;
};

static int32_t report(void *user_data, int64_t down, int64_t down_total, int64_t up, int64_t up_total)
{
    struct ending *ending = user_data;
    (void)down_total, (void)up, (void)up_total;
    ending->reports++;
    ending->arrived |= down > 0;
    ending->calls_after_done += ending->done;
    return 0;
}

static int32_t hear(void *user_data, const dam_response_view *head)
{
    struct ending *ending = user_data;
    (void)head;
    ending->heads++;
    ending->calls_after_done += ending->done;
    return 0;
}

static void over(void *user_data, uint64_t id, int32_t status, dam_response *response, const dam_error *error)
{
    struct ending *ending = user_data;
    (void)id, (void)error;
    ending->done++;
    ending->status = status;
    dam_response_free(response);
}

static dam_loop *begin(dam_session *session, const char *path, struct ending *ending, dam_canceller *canceller,
                       uint64_t *id)
{
    dam_request request = DAM_REQUEST_INIT;
    request.path = path;
    request.progress = report;
    request.head = hear;
    request.canceller = canceller;
    request.user_data = ending;
    dam_loop *loop = NULL;
    EXPECT(DAM_OK, dam_loop_new(&loop, err));
    EXPECT(DAM_OK, dam_loop_request(loop, session, &request, over, ending, id, err));
    return loop;
}

/* Half of the response is here, and no more will come. Then it ends in one of these ways, with the cookie of its
   head. */
enum way { CANCEL, CANCELLER, FREE, WAYS };

static void keep_the_cookie(enum way way, const char *rotation)
{
    static const char *const notes[] = {"cancelled", "cancelled by a canceller", "freed"};
    struct ending ending = {0};
    dam_canceller *canceller = NULL;
    uint64_t id = 0;
    fresh();
    check_note(notes[way]);
    control_post("knobs", "{\"old-cookie\": \"refuse\"}");
    dam_session *session = open_photoshelter(OPTIONS("rotation", rotation));
    get(session, "mem/user/session", 200, ADA_MAIL);
    control_post("faults", "{\"fault\": \"stall\", \"match\": \"mem/user/session\"}");
    EXPECT(DAM_OK, dam_canceller_new(&canceller, err));
    dam_loop *loop = begin(session, "mem/user/session", &ending, way == CANCELLER ? canceller : NULL, &id);
    while (!ending.arrived)
        check_step(loop);
    if (way == CANCEL)
        EXPECT(DAM_OK, dam_loop_cancel(loop, id, err));
    if (way == CANCELLER)
        EXPECT(DAM_OK, dam_canceller_cancel(canceller, err));
    if (way != FREE)
        check_run(loop);
    int reports = ending.reports;
    dam_loop_free(loop);
    CHECK(ending.reports == reports && ending.heads == 0 && ending.calls_after_done == 0, "nothing is called any more");
    CHECK(way == FREE ? ending.done == 0 : ending.done == 1 && ending.status == DAM_ERR_CANCELLED,
          "the end is the wanted one");
    get(session, "mem/user/session", 200, ADA_MAIL);
    COUNTED("photoshelter", "stale_cookie_refusals", 0);
    COUNTED("photoshelter", "logins_ok", 1);
    CHECK(statistics(session).logins == 1 && statistics(session).replays == 0, "the cookie was kept");
    dam_canceller_free(canceller);
    dam_session_free(session);
    /* And it is on disk. */
    session = open_photoshelter(OPTIONS("rotation", rotation));
    get(session, "mem/user/session", 200, ADA_MAIL);
    COUNTED("photoshelter", "logins_ok", 1);
    dam_session_free(session);
}

/* libcurl reports once more when a transfer is taken away: the application must not hear of it, however long ago the
   last one was. */
static void say_nothing(int is_cancelled)
{
    struct ending ending = {0};
    uint64_t id = 0;
    fresh();
    check_note(is_cancelled ? "cancelled" : "freed");
    dam_session *session = open_photoshelter(OPTIONS("authentication", "token"));
    get(session, "mem/user/session", 200, ADA_MAIL);
    long before = control_count("log", "arrived");
    dam_loop *loop = begin(session, "mem/slow?seconds=50", &ending, NULL, &id);
    while (control_count("log", "arrived") <= before)
        EXPECT(DAM_OK, dam_loop_dispatch(loop, err));
    poll(NULL, 0, 100); /* the application hears of progress every 50 ms at most. */
    if (is_cancelled) {
        EXPECT(DAM_OK, dam_loop_cancel(loop, id, err));
        check_run(loop);
    }
    int reports = ending.reports;
    dam_loop_free(loop);
    CHECK(ending.reports == reports && ending.done == is_cancelled && ending.calls_after_done == 0,
          "%d reports before the end, %d after it", reports, ending.reports - reports);
    dam_session_free(session);
}

void smoke_loop_ends(void)
{
    for (enum way way = CANCEL; way < WAYS; way++) {
        keep_the_cookie(way, "serialize");
        keep_the_cookie(way, "newest");
    }
    say_nothing(0);
    say_nothing(1);
}
