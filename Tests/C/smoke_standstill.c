/*
 * smoke_standstill.c - a call that would wait for what only its own thread can bring about fails at once, and one that
 * another thread may let go on waits, as it did. No clock is needed: whether a call waited is seen by the session's own
 * count of waits.
 */
#define _POSIX_C_SOURCE 200809L

#include "smoke.h"

#include <pthread.h>
#include <stdio.h>

struct knot {
    dam_session *session;
    dam_loop *loop;
    int tried, done;
    int32_t inner, outer;
    uint64_t waits;
    pthread_barrier_t both;
};

static int32_t ask(dam_session *session)
{
    dam_request request = DAM_REQUEST_INIT;
    request.path = "mem/user/session";
    dam_response *response = NULL;
    dam_status status = dam_session_request(session, &request, &response, check_fresh());
    dam_response_free(response);
    return (int32_t)status;
}

static int64_t ask_while_giving(void *user_data, void *buffer, size_t size)
{
    struct knot *knot = user_data;
    (void)size;
    if (knot->tried++ > 0)
        return 0;
    knot->inner = ask(knot->session);
    *(char *)buffer = 'x';
    return 1;
}

static void untied(void *user_data, uint64_t id, int32_t status, dam_response *response, const dam_error *error)
{
    struct knot *knot = user_data;
    (void)id, (void)error;
    knot->done++;
    knot->outer = status;
    dam_response_free(response);
}

/* A request whose own function calls the session again. */
static void in_callback(int in_loop)
{
    struct knot knot = {0};
    dam_request request = DAM_REQUEST_INIT;
    request.method = "POST";
    request.path = "mem/gallery/G1";
    request.read = ask_while_giving;
    request.body_size = 1;
    request.user_data = &knot;
    dam_response *response = NULL;
    fresh();
    check_note(in_loop ? "in a callback of a loop" : "in a callback");
    knot.session = open_photoshelter(OPTIONS("authentication", "cookie"));
    if (in_loop) {
        EXPECT(DAM_OK, dam_loop_new(&knot.loop, err));
        EXPECT(DAM_OK, dam_loop_request(knot.loop, knot.session, &request, untied, &knot, NULL, err));
        check_run(knot.loop);
        dam_loop_free(knot.loop);
    } else {
        knot.outer = (int32_t)dam_session_request(knot.session, &request, &response, check_fresh());
        dam_response_free(response);
    }
    CHECK(knot.inner == DAM_ERR_LOCKED && knot.outer == DAM_OK, "the inner call is %s, the outer one %s",
          dam_status_name(knot.inner), dam_status_name(knot.outer));
    CHECK(statistics(knot.session).waits == 0, "without a wait");
    CHECK(ask(knot.session) == DAM_OK, "and afterwards it goes on");
    dam_session_free(knot.session);
}

/* A request of a loop holds the session, or stands in line for it before the call. */
static void tie(struct knot *knot, const char *seconds, int requests)
{
    char slow[64];
    dam_request request = DAM_REQUEST_INIT;
    request.path = slow;
    snprintf(slow, sizeof slow, "mem/slow?seconds=%s", seconds);
    fresh();
    check_note(seconds);
    *knot = (struct knot){.session = open_photoshelter(OPTIONS("authentication", "cookie"))};
    get(knot->session, "mem/user/session", 200, ADA_MAIL);
    knot->waits = statistics(knot->session).waits;
    long before = control_count("log", "arrived");
    EXPECT(DAM_OK, dam_loop_new(&knot->loop, err));
    for (int at = 0; at < requests; at++)
        EXPECT(DAM_OK, dam_loop_request(knot->loop, knot->session, &request, untied, knot, NULL, err));
    while (control_count("log", "arrived") <= before)
        EXPECT(DAM_OK, dam_loop_dispatch(knot->loop, err));
}

static void beside_a_loop(void)
{
    struct knot knot;
    tie(&knot, "50", 2);
    int32_t status = ask(knot.session);
    CHECK(status == DAM_ERR_LOCKED && strstr(check_error.message, "event loop") != NULL, "%s: %s",
          dam_status_name(status), check_error.message);
    EXPECT(DAM_ERR_LOCKED, dam_session_keepalive(knot.session, err));
    EXPECT(DAM_ERR_LOCKED, dam_session_logout(knot.session, NULL, err));
    CHECK(statistics(knot.session).waits == knot.waits && knot.done == 0, "without a wait");
    dam_loop_free(knot.loop);
    CHECK(ask(knot.session) == DAM_OK, "and afterwards it goes on");
    dam_session_free(knot.session);
}

static void *drive(void *argument)
{
    struct knot *knot = argument;
    dam_loop_dispatch(knot->loop, NULL);
    pthread_barrier_wait(&knot->both);
    while (dam_loop_count(knot->loop) > 0)
        check_step(knot->loop);
    return NULL;
}

/* Another thread drives the loop by now: the call waits, as it did. */
static void beside_a_loop_that_moved(void)
{
    struct knot knot;
    pthread_t thread;
    tie(&knot, "1", 1);
    pthread_barrier_init(&knot.both, NULL, 2);
    CHECK(pthread_create(&thread, NULL, drive, &knot) == 0, "a thread");
    pthread_barrier_wait(&knot.both);
    dam_request request = DAM_REQUEST_INIT;
    request.path = "mem/user/session";
    dam_response *response = NULL;
    dam_status status = dam_session_request(knot.session, &request, &response, NULL);
    dam_response_free(response);
    pthread_join(thread, NULL);
    CHECK(status == DAM_OK && knot.outer == DAM_OK, "the call waits for the other thread: %s", dam_status_name(status));
    CHECK(statistics(knot.session).waits > knot.waits, "by waiting");
    dam_loop_free(knot.loop);
    dam_session_free(knot.session);
}

static void *free_it(void *authorization)
{
    dam_authorization_free(authorization);
    return NULL;
}

/* With other threads around, one of them may end the authorization: the call waits. */
static void beside_an_authorization(void)
{
    dam_request request = DAM_REQUEST_INIT;
    request.path = "mem/user/session";
    dam_authorization *authorization = NULL;
    dam_response *response = NULL;
    pthread_t thread;
    fresh();
    dam_session *session = open_photoshelter(OPTIONS("authentication", "cookie"));
    EXPECT(DAM_OK, dam_session_authorize(session, &request, &authorization, err));
    CHECK(pthread_create(&thread, NULL, free_it, authorization) == 0, "a thread");
    dam_status status = dam_session_request(session, &request, &response, NULL);
    dam_response_free(response);
    pthread_join(thread, NULL);
    CHECK(status == DAM_OK, "the call waits for the other thread: %s", dam_status_name(status));
    dam_session_free(session);
}

void smoke_standstill(void)
{
    in_callback(0);
    in_callback(1);
    beside_a_loop();
    beside_a_loop_that_moved();
    beside_an_authorization();
}
