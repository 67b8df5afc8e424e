/*
 * crowd.c - everything that the header allows at once, at once: threads with different callings on one identity, while
 * the sandbox ends its sessions. The sanitizer is the judge; of the responses, only those are checked that nobody can
 * spoil.
 *
 * Environment: DAM_TEST_PHOTOSHELTER, DAM_TEST_CONTROL (URLs), DAM_TEST_CA_FILE, DAM_TEST_DIR (an empty folder).
 * Nothing is checked on the threads: they count, main judges.
 */
#define _POSIX_C_SOURCE 200809L

#include "../C/check.h"
#include "../C/control.h"
#include "../sharing/application_store.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PATH "mem/user/session"
enum { ROUNDS = 24, TWICE = 2, MOST_ROLES = 16 };

/* What the roles of one store share. */
struct stage {
    char folder[4096];
    const dam_store *store; /* NULL: the folder. */
    dam_session *session;
    const char *rotation;
};

/* A thread: what it does, where, how often, and how often it went wrong. */
struct role {
    int (*act)(struct stage *stage);
    const char *name;
    struct stage *stage;
    pthread_t thread;
    int wrong;
};

static void take_line(void *user_data, int32_t level, const char *message)
{
    (void)user_data, (void)level, (void)message;
}

static const char *need(const char *variable)
{
    const char *value = getenv(variable);
    if (value == NULL || value[0] == '\0') {
        fprintf(stderr, "%s is missing; run.sh sets it\n", variable);
        exit(2);
    }
    return value;
}

static dam_session *open_session(const struct stage *stage)
{
    const char *const options[] = {"system",
                                   "photoshelter",
                                   "url",
                                   getenv("DAM_TEST_PHOTOSHELTER"),
                                   "ca-file",
                                   getenv("DAM_TEST_CA_FILE"),
                                   "store",
                                   stage->folder,
                                   "user",
                                   "ada@example.com",
                                   "password",
                                   "correct horse & battery=staple%41+\xc3\xbc",
                                   "api-key",
                                   "sandboxkey1",
                                   "authentication",
                                   "cookie",
                                   "rotation",
                                   stage->rotation,
                                   NULL};
    dam_config *config = NULL;
    dam_session *session = NULL;
    int good = dam_config_new(&config, NULL) == DAM_OK &&
               dam_config_set_log(config, DAM_LOG_DEBUG, take_line, NULL, NULL) == DAM_OK &&
               dam_config_set_store(config, stage->store, NULL) == DAM_OK;
    for (size_t at = 0; good && options[at] != NULL; at += 2)
        good = dam_config_set(config, options[at], options[at + 1], NULL) == DAM_OK;
    if (good)
        dam_session_open(config, &session, NULL);
    dam_config_free(config);
    return session;
}

/* 1 when the response is another than wanted. A session may end twice in the middle of one request: that is no fault
   here. */
static int ask(dam_session *session)
{
    dam_request request = DAM_REQUEST_INIT;
    request.path = PATH;
    dam_response_view view = DAM_RESPONSE_VIEW_INIT;
    dam_response *response = NULL;
    dam_error error;
    dam_status status = dam_session_request(session, &request, &response, &error);
    int wrong = status != DAM_OK && status != DAM_ERR_SESSION_INVALID;
    if (status == DAM_OK)
        wrong = dam_response_get(response, &view, &error) != DAM_OK || strstr(view.body, "ada@example.com") == NULL;
    else if (wrong)
        fprintf(stderr, "%s: %s\n", dam_status_name(status), error.message);
    dam_response_free(response);
    return wrong;
}

static int request(struct stage *stage)
{
    return ask(stage->session);
}

static int open_and_close(struct stage *stage)
{
    dam_session *session = open_session(stage);
    int wrong = session == NULL || ask(session) != 0;
    dam_session_free(session);
    return wrong;
}

static int32_t look(void *user_data, const dam_header *header)
{
    *(size_t *)user_data += strlen(header->name) + strlen(header->value);
    return 0;
}

static int watch(struct stage *stage)
{
    dam_session_state state = DAM_SESSION_STATE_INIT;
    dam_statistics statistics = DAM_STATISTICS_INIT;
    size_t seen = 0;
    dam_status headers = dam_session_list_headers(stage->session, look, &seen, NULL, NULL);
    return dam_session_get_state(stage->session, &state, NULL) != DAM_OK ||
           dam_session_get_statistics(stage->session, &statistics, NULL) != DAM_OK || (headers == DAM_OK && seen == 0);
}

static int log_out_and_in(struct stage *stage)
{
    int32_t result = -1;
    dam_session_logout(stage->session, &result, NULL);
    return dam_session_login(stage->session, DAM_LOGIN_IF_NEEDED, NULL) != DAM_OK;
}

static int keep_alive(struct stage *stage)
{
    dam_session_forget(stage->session, NULL);
    dam_status status = dam_session_keepalive(stage->session, NULL);
    return status != DAM_OK && status != DAM_ERR_SESSION_INVALID;
}

static int authorize(struct stage *stage)
{
    static const dam_header json = {"Content-Type", "application/json"};
    dam_request request = DAM_REQUEST_INIT;
    request.path = PATH;
    dam_authorization_view view = DAM_AUTHORIZATION_VIEW_INIT;
    dam_observation observation = {
        .size = sizeof observation, .http_status = 401, .headers = &json, .header_count = 1, .is_whole = 1};
    dam_authorization *authorization = NULL;
    int32_t result = 0;
    if (dam_session_authorize(stage->session, &request, &authorization, NULL) != DAM_OK)
        return 0;
    int wrong = dam_authorization_get(authorization, &view, NULL) != DAM_OK || strstr(view.url, PATH) == NULL;
    dam_authorization_observe(authorization, &observation, &result, NULL);
    dam_authorization_free(authorization);
    return wrong;
}

static void *cancel(void *canceller)
{
    const struct timespec pause = {.tv_nsec = 30000000};
    nanosleep(&pause, NULL);
    dam_canceller_cancel(canceller, NULL);
    return NULL;
}

/* Another thread ends the request. */
static int be_cancelled(struct stage *stage)
{
    dam_request request = DAM_REQUEST_INIT;
    request.path = "mem/slow?seconds=50";
    dam_response *response = NULL;
    pthread_t thread;
    if (dam_canceller_new(&request.canceller, NULL) != DAM_OK ||
        pthread_create(&thread, NULL, cancel, request.canceller) != 0)
        return 1;
    dam_status status = dam_session_request(stage->session, &request, &response, NULL);
    dam_response_free(response);
    pthread_join(thread, NULL);
    dam_canceller_free(request.canceller);
    return status != DAM_ERR_CANCELLED;
}

static void done(void *user_data, uint64_t id, int32_t status, dam_response *response, const dam_error *error)
{
    (void)id, (void)error;
    *(int *)user_data += status == DAM_OK || status == DAM_ERR_SESSION_INVALID;
    dam_response_free(response);
}

/* A loop of the thread's own on the common session; every other one is freed in the middle. */
static int loop(struct stage *stage)
{
    enum { COUNT = 8 };
    dam_request request = DAM_REQUEST_INIT;
    request.path = PATH;
    dam_loop *loop = NULL;
    static __thread int number;
    int answered = 0, wrong = dam_loop_new(&loop, NULL) != DAM_OK, least = number++ % 2 ? 1 : COUNT;
    for (int at = 0; at < COUNT && !wrong; at++)
        wrong = dam_loop_request(loop, stage->session, &request, done, &answered, NULL, NULL) != DAM_OK;
    while (!wrong && answered < least) {
        struct pollfd readable = {.fd = dam_loop_fd(loop), .events = POLLIN};
        wrong = poll(&readable, 1, 20000) != 1 || dam_loop_dispatch(loop, NULL) != DAM_OK ||
                (dam_loop_count(loop) == 0 && answered < COUNT);
    }
    dam_loop_free(loop);
    return wrong;
}

/* The child goes on with the session, alone. It ends by SIGKILL: what belongs to the parent would be a leak of it. */
static int split(struct stage *stage)
{
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        if (stage->store == NULL && ask(stage->session) != 0)
            abort();
        kill(getpid(), SIGKILL);
    }
    return child < 0 || waitpid(child, &status, 0) != child || !WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL;
}

static void *play(void *argument)
{
    struct role *role = argument;
    for (int round = 0; round < ROUNDS; round++)
        role->wrong += role->act(role->stage);
    return NULL;
}

/* All roles at once. Meanwhile the sandbox ends the session again and again. */
static void perform(struct stage *stage, const char *what)
{
    struct role roles[MOST_ROLES] = {{.act = NULL}};
    const struct role cast[] = {{.act = request, .name = "request"},
                                {.act = open_and_close, .name = "open and close"},
                                {.act = watch, .name = "watch"},
                                {.act = log_out_and_in, .name = "log out and in"},
                                {.act = keep_alive, .name = "forget and keep alive"},
                                {.act = authorize, .name = "authorize"},
                                {.act = be_cancelled, .name = "be cancelled"},
                                {.act = loop, .name = "loop"},
                                {.act = split, .name = "fork"}};
    const struct timespec pause = {.tv_nsec = 100000000};
    int count = 0;
    check_note(what);
    control_post("reset", "{}");
    stage->session = open_session(stage);
    CHECK(stage->session != NULL && ask(stage->session) == 0, "%s: a session", what);
    for (size_t at = 0; at < sizeof cast / sizeof cast[0]; at++) {
        int times = cast[at].act == request || cast[at].act == open_and_close ? TWICE : 1;
        for (int time = 0; time < times; time++, count++) {
            roles[count] = cast[at];
            roles[count].stage = stage;
            if (pthread_create(&roles[count].thread, NULL, play, &roles[count]) != 0)
                CHECK(0, "thread %d starts", count);
        }
    }
    for (int round = 0; round < 10; round++) {
        nanosleep(&pause, NULL);
        control_post("expire", "{}");
    }
    for (int at = 0; at < count; at++)
        pthread_join(roles[at].thread, NULL);
    for (int at = 0; at < count; at++)
        CHECK(roles[at].wrong == 0, "%s: %s, %d times, %d wrong", what, roles[at].name, ROUNDS, roles[at].wrong);
    CHECK(ask(stage->session) == 0, "%s: and after all that, a request", what);
    dam_session_free(stage->session);
}

int main(void)
{
    static struct stage stage = {.rotation = "newest"};
    need("DAM_TEST_PHOTOSHELTER"), need("DAM_TEST_CA_FILE");
    setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
    control_use(need("DAM_TEST_CONTROL"));
    snprintf(stage.folder, sizeof stage.folder, "%s/folder", need("DAM_TEST_DIR"));
    perform(&stage, "a folder");
    snprintf(stage.folder, sizeof stage.folder, "%s/serial", need("DAM_TEST_DIR"));
    stage.rotation = "serialize";
    perform(&stage, "one at a time");
    stage.rotation = "newest";
    stage.store = application_store_new();
    perform(&stage, "an application's store");
    return 0;
}
