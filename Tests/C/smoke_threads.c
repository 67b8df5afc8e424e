/*
 * smoke_threads.c - many threads on one session, with an expiry in the middle: one login, every request answered.
 * A forked child goes on with it too. Nothing is checked on the threads: they count, main judges.
 */
#define _POSIX_C_SOURCE 200809L

#include "smoke.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST_THREADS = 8 };

struct crowd {
    dam_session *session;
    const char *path, *text;
    int rounds;
    dam_status wanted;
};

/* How many requests of this thread ended otherwise than wanted. */
static void *work(void *argument)
{
    const struct crowd *crowd = argument;
    intptr_t wrong = 0;
    for (int round = 0; round < crowd->rounds; round++) {
        dam_request request = DAM_REQUEST_INIT;
        request.path = crowd->path;
        dam_response_view view = DAM_RESPONSE_VIEW_INIT;
        dam_response *response = NULL;
        dam_error error;
        dam_status status = dam_session_request(crowd->session, &request, &response, &error);
        if (status != crowd->wanted || error.status != (int32_t)status)
            wrong++;
        else if (status == DAM_OK && (dam_response_get(response, &view, &error) != DAM_OK || view.http_status != 200 ||
                                      strstr(view.body, crowd->text) == NULL))
            wrong++;
        dam_response_free(response);
    }
    return (void *)wrong;
}

/* Runs the crowd; gives the number of requests. */
static int run(struct crowd crowd)
{
    pthread_t threads[MOST_THREADS];
    int count = is_short ? 4 : MOST_THREADS;
    intptr_t wrong = 0;
    crowd.rounds = is_short ? 4 : 25;
    for (int at = 0; at < count; at++)
        if (pthread_create(&threads[at], NULL, work, &crowd) != 0)
            CHECK(0, "thread %d starts", at);
    for (int at = 0; at < count; at++) {
        void *result;
        pthread_join(threads[at], &result);
        wrong += (intptr_t)result;
    }
    CHECK(wrong == 0, "%d threads with %d requests each: all as wanted", count, crowd.rounds);
    return count * crowd.rounds;
}

static void expire_in_the_middle(const char *authentication)
{
    char knobs[80];
    int half = is_short ? 8 : 100;
    fresh();
    check_note(authentication);
    snprintf(knobs, sizeof knobs, "{\"storm\": %d, \"old-cookie\": \"refuse\"}", half + 1);
    control_post("knobs", knobs);
    dam_session *session = open_photoshelter(OPTIONS("authentication", authentication));
    int sent = run((struct crowd){.session = session, .path = "mem/user/session", .text = ADA_MAIL});
    dam_statistics counted = statistics(session);
    COUNTED("photoshelter", "expiries", 1);
    COUNTED("photoshelter", "logins_ok", 2);
    COUNTED("photoshelter", "stale_cookie_refusals", 0);
    CHECK(counted.requests == (uint64_t)sent && counted.logins == 2 && counted.replays >= 1 &&
              counted.exchanges == counted.requests + counted.replays + counted.logins,
          "the statistics add up");
    dam_session_free(session);
}

static void revoke_in_the_middle(void)
{
    char knobs[40];
    int half = is_short ? 8 : 100;
    fresh();
    snprintf(knobs, sizeof knobs, "{\"storm\": %d}", half + 1);
    control_post("knobs", knobs);
    dam_session *session = open_fotoweb(OPTIONS("authentication", "device-token"));
    run((struct crowd){.session = session, .path = "Information", .text = KARE});
    COUNTED("fotoweb", "tokens_revoked", 1);
    COUNTED("fotoweb", "tokens_created", 2);
    dam_session_free(session);
}

/* All threads have the same wrong password: it is tried by one of them, once. */
static void refuse_all(const char *authentication)
{
    fresh();
    dam_session *session = open_fotoweb(OPTIONS("authentication", authentication, "password", "wrong-password"));
    run((struct crowd){.session = session, .path = "Information", .wanted = DAM_ERR_CREDENTIALS_REFUSED});
    COUNTED("fotoweb", "logins_refused", 1);
    dam_session_free(session);
}

/*
 * A child has connections and locks of its own, and the same session. It ends by SIGKILL: what the library leaves alone
 * after fork() because it is the parent's would be a leak to valgrind if the child ended by itself.
 */
static void fork_child(void)
{
    int ends[2], status = 0;
    char verdict = 0;
    fresh();
    dam_session *session = open_photoshelter(OPTIONS("rotation", "serialize"));
    struct crowd crowd = {.session = session, .path = "mem/user/session", .text = ADA_MAIL, .rounds = 3};
    get(session, "mem/user/session", 200, ADA_MAIL);
    fflush(stdout);
    CHECK(pipe(ends) == 0, "a pipe");
    pid_t child = fork();
    if (child == 0) {
        if (work(&crowd) == NULL && write(ends[1], "y", 1) == 1)
            kill(getpid(), SIGKILL);
        abort();
    }
    close(ends[1]);
    CHECK(read(ends[0], &verdict, 1) == 1 && verdict == 'y', "a forked child goes on with the session");
    CHECK(waitpid(child, &status, 0) == child && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL, "and ends");
    close(ends[0]);
    CHECK(work(&crowd) == NULL, "and so does the parent");
    COUNTED("photoshelter", "logins_ok", 1);
    dam_session_free(session);
}

void smoke_threads(void)
{
    expire_in_the_middle("token");
    expire_in_the_middle("cookie");
    revoke_in_the_middle();
    refuse_all("device-token");
    refuse_all("query");
    fork_child();
}
