/*
 * smoke_guest.c - manners towards the application whose thread it is. Its functions see its own signal mask, a SIGPIPE
 * that it keeps back stays there, and so does its handler. Mask, pending signals and handler are looked at directly.
 */
#define _POSIX_C_SOURCE 200809L

#include "smoke.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>

struct guest {
    int calls, wrong, is_blocked;
    uint64_t given;
};

static void look(struct guest *guest)
{
    sigset_t mask;
    pthread_sigmask(SIG_BLOCK, NULL, &mask);
    guest->calls++;
    guest->wrong += sigismember(&mask, SIGPIPE) != guest->is_blocked;
}

static int32_t report(void *user_data, int64_t down, int64_t down_total, int64_t up, int64_t up_total)
{
    (void)down, (void)down_total, (void)up, (void)up_total;
    look(user_data);
    return 0;
}

static int32_t hear(void *user_data, const dam_response_view *head)
{
    (void)head;
    look(user_data);
    return 0;
}

static int32_t take(void *user_data, const void *data, size_t size)
{
    (void)data, (void)size;
    look(user_data);
    return 0;
}

static int64_t give(void *user_data, void *buffer, size_t size)
{
    struct guest *guest = user_data;
    look(guest);
    if (size == 0 || guest->given++ > 0)
        return 0;
    *(char *)buffer = 'x';
    return 1;
}

static int32_t answer(void *user_data, dam_prompt *prompt)
{
    look(user_data);
    return (int32_t)dam_prompt_answer(prompt, ADA_SECRET, strlen(ADA_SECRET), NULL);
}

static void over(void *user_data, uint64_t id, int32_t status, dam_response *response, const dam_error *error)
{
    struct guest *guest = user_data;
    (void)id, (void)error;
    look(guest);
    guest->wrong += status != DAM_OK;
    dam_response_free(response);
}

/* A session that asks `guest` for its password, and an upload all of whose functions look at the mask. The session. */
static dam_session *upload(struct guest *guest, int in_loop)
{
    dam_request request = DAM_REQUEST_INIT;
    request.method = "POST";
    request.path = "mem/gallery/G1";
    request.read = give;
    request.body_size = 1;
    request.write = take;
    request.head = hear;
    request.progress = report;
    request.user_data = guest;
    dam_config *config = configure(OPTIONS("system", "photoshelter", "url", photoshelter_url, "user", ADA_MAIL,
                                           "api-key", "sandboxkey1", "store", "memory"));
    dam_session *session = NULL;
    dam_response *response = NULL;
    dam_loop *loop = NULL;
    EXPECT(DAM_OK, dam_config_set_credentials(config, answer, guest, err));
    EXPECT(DAM_OK, dam_session_open(config, &session, err));
    dam_config_free(config);
    if (in_loop) {
        EXPECT(DAM_OK, dam_loop_new(&loop, err));
        EXPECT(DAM_OK, dam_loop_request(loop, session, &request, over, guest, NULL, err));
        check_run(loop);
        dam_loop_free(loop);
    } else {
        EXPECT(DAM_OK, dam_session_request(session, &request, &response, err));
        dam_response_free(response);
    }
    return session;
}

static void signals(int in_loop)
{
    struct guest guest = {0};
    sigset_t pipe_set, before, mask, pending;
    sigemptyset(&pipe_set);
    sigaddset(&pipe_set, SIGPIPE);
    fresh();
    check_note(in_loop ? "in a loop" : "on the caller's thread");
    dam_session_free(upload(&guest, in_loop));
    CHECK(guest.calls >= 5 && guest.wrong == 0, "%d calls, %d of them with SIGPIPE blocked", guest.calls, guest.wrong);

    /* A thread that blocks the signal finds it blocked afterwards, and one that was pending is still pending. */
    guest = (struct guest){.is_blocked = 1};
    pthread_sigmask(SIG_BLOCK, &pipe_set, &before);
    raise(SIGPIPE);
    dam_session *session = upload(&guest, in_loop);
    pthread_sigmask(SIG_BLOCK, NULL, &mask);
    sigpending(&pending);
    CHECK(guest.calls >= 5 && guest.wrong == 0 && sigismember(&mask, SIGPIPE) == 1 &&
              sigismember(&pending, SIGPIPE) == 1,
          "an application's own mask and signal stay as they are");
    const struct timespec now = {0};
    sigtimedwait(&pipe_set, NULL, &now);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    dam_session_free(session);
}

enum { CLOSERS = 4, SESSIONS = 25 };

/* Sessions of users of their own, so that each has connections of its own, until all are closed at once. */
struct closer {
    int number, wrong;
    pthread_t thread;
    pthread_barrier_t *all;
    dam_session *sessions[SESSIONS];
};

static dam_session *open_one(int number)
{
    char user[32];
    dam_request request = DAM_REQUEST_INIT;
    request.path = "mem/user/session";
    const char *const options[] = {"system",  "photoshelter", "url",   photoshelter_url, "ca-file",
                                   ca_file,   "user",         user,    "password",       ADA_SECRET,
                                   "api-key", "sandboxkey1",  "store", "memory",         NULL};
    dam_response *response = NULL;
    dam_session *session = NULL;
    dam_config *config = NULL;
    int good = dam_config_new(&config, NULL) == DAM_OK;
    snprintf(user, sizeof user, "nobody%d@example.com", number);
    for (size_t at = 0; good && options[at] != NULL; at += 2)
        good = dam_config_set(config, options[at], options[at + 1], NULL) == DAM_OK;
    if (good && dam_session_open(config, &session, NULL) == DAM_OK)
        dam_session_request(session, &request, &response, NULL); /* a refusal opens a connection as well. */
    dam_response_free(response);
    dam_config_free(config);
    return session;
}

static void *open_and_close(void *argument)
{
    struct closer *closer = argument;
    for (int at = 0; at < SESSIONS; at++) {
        closer->sessions[at] = open_one(closer->number * SESSIONS + at);
        closer->wrong += closer->sessions[at] == NULL;
    }
    pthread_barrier_wait(closer->all);
    for (int at = 0; at < SESSIONS; at++)
        dam_session_free(closer->sessions[at]);
    return NULL;
}

static void handle(int signal_number)
{
    (void)signal_number;
}

/* libcurl ignores SIGPIPE for a moment where it closes connections, for all threads: two at once must not leave it
   so. */
static void handlers(void)
{
    const struct sigaction own = {.sa_handler = handle};
    struct sigaction before, after;
    struct closer closers[CLOSERS] = {{0}};
    pthread_barrier_t all;
    int wrong = 0;
    fresh();
    pthread_barrier_init(&all, NULL, CLOSERS);
    sigaction(SIGPIPE, &own, &before);
    for (int at = 0; at < CLOSERS; at++) {
        closers[at] = (struct closer){.number = at, .all = &all};
        CHECK(pthread_create(&closers[at].thread, NULL, open_and_close, &closers[at]) == 0, "a thread");
    }
    for (int at = 0; at < CLOSERS; at++) {
        pthread_join(closers[at].thread, NULL);
        wrong += closers[at].wrong;
    }
    sigaction(SIGPIPE, &before, &after);
    CHECK(wrong == 0 && after.sa_handler == handle, "the application's handler is still there");
}

void smoke_guest(void)
{
    signals(0);
    signals(1);
    handlers();
}
