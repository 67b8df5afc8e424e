/*
 * fork_owned.c - what belongs to the parent in forks.c alone: a loop with requests under way, and authorizations that
 * hold locks. The child tries to use them and frees them; the parent goes on.
 */
#include "forks.h"

#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct flow {
    uint64_t id, size;
    int done, is_paused;
    int32_t status;
};

static int32_t take(void *user_data, const void *data, size_t size)
{
    struct flow *flow = user_data;
    (void)data;
    flow->is_paused = !flow->is_paused;
    if (flow->is_paused)
        return DAM_WRITE_PAUSE;
    flow->size += size;
    return 0;
}

static void over(void *user_data, uint64_t id, int32_t status, dam_response *response, const dam_error *error)
{
    struct flow *flow = user_data;
    (void)id;
    flow->done++;
    flow->status = status;
    if (status != DAM_OK)
        fprintf(stderr, "%s\n", error->message);
    dam_response_free(response);
}

static void step(dam_loop *loop)
{
    struct pollfd readable = {.fd = dam_loop_fd(loop), .events = POLLIN};
    poll(&readable, 1, -1);
    dam_loop_dispatch(loop, NULL);
}

/* How many of these calls come back as a refusal; then the loop is freed. */
static int use_in_child(dam_loop *loop, const dam_request *request)
{
    int refused = dam_loop_dispatch(loop, NULL) == DAM_ERR_ARGUMENT;
    refused += dam_loop_request(loop, session, request, over, NULL, NULL, NULL) == DAM_ERR_ARGUMENT;
    refused += dam_loop_cancel(loop, 1, NULL) == DAM_ERR_ARGUMENT;
    refused += dam_loop_resume(loop, 1, NULL) == DAM_ERR_ARGUMENT;
    refused += dam_loop_fd(loop) == -1 && dam_loop_count(loop) == 0;
    dam_loop_free(loop);
    return refused;
}

/* One request whose response is half here, one whose response is not; the child frees the loop. The parent's go on. */
void free_loop(void)
{
    enum { SIZE = 3000000 };
    struct flow big = {0}, slow = {0};
    const dam_request download = {
        .size = sizeof download, .path = "mem/image/I1/download?size=3000000", .write = take, .user_data = &big};
    dam_request wait = DAM_REQUEST_INIT;
    wait.path = "mem/slow?seconds=1";
    dam_loop *made = NULL;
    int first = ask("parent");
    dam_loop_new(&made, NULL);
    dam_loop_request(made, session, &download, over, &big, &big.id, NULL);
    dam_loop_request(made, session, &wait, over, &slow, &slow.id, NULL);
    while (!big.is_paused)
        step(made);
    pid_t child = fork();
    if (child == 0) {
        alarm(LONGEST);
        int refused = use_in_child(made, &wait);
        int asked = ask("child");
        dam_session_free(session);
        _exit(asked ? refused : 50);
    }
    int end = end_of(child);
    while (!big.done || !slow.done) {
        if (big.is_paused)
            dam_loop_resume(made, big.id, NULL);
        step(made);
    }
    dam_loop_free(made);
    printf("{\"first\": %d, \"child\": %d, \"size\": %d, \"big\": %d, \"slow\": %d}\n", first, end, big.size == SIZE,
           (int)big.status, (int)slow.status);
}

/* The lock is a file's, or a function's of the application: `unlocked` counts. */
static atomic_int unlocked;

static int32_t no_record(void *user_data, const char *key, uint64_t known, dam_record *record)
{
    (void)user_data, (void)key, (void)known, (void)record;
    return DAM_STORE_ABSENT;
}

static int32_t keep_nothing(void *user_data, const char *key, const void *data, size_t size, uint64_t revision,
                            uint64_t expected)
{
    (void)user_data, (void)key, (void)data, (void)size, (void)revision, (void)expected;
    return DAM_STORE_OK;
}

static int32_t lock(void *user_data, const char *key, uint32_t wait_ms, void **lock_out)
{
    (void)user_data, (void)key, (void)wait_ms;
    *lock_out = NULL;
    return DAM_STORE_OK;
}

static void unlock(void *user_data, const char *key, void *held)
{
    (void)user_data, (void)key, (void)held;
    unlocked++;
}

static int32_t list_nothing(void *user_data, dam_name_callback callback, void *callback_data)
{
    (void)user_data, (void)callback, (void)callback_data;
    return DAM_STORE_OK;
}

static int32_t remove_nothing(void *user_data, const char *key)
{
    (void)user_data, (void)key;
    return DAM_STORE_ABSENT;
}

static dam_session *open_in_application_store(void)
{
    static const dam_store table = {.size = sizeof table,
                                    .load = no_record,
                                    .save = keep_nothing,
                                    .lock = lock,
                                    .unlock = unlock,
                                    .list = list_nothing,
                                    .remove = remove_nothing};
    dam_config *config = NULL;
    dam_session *opened = NULL;
    if (dam_config_new(&config, NULL) != DAM_OK || dam_config_load_environment(config, NULL) != DAM_OK ||
        dam_config_set_store(config, &table, NULL) != DAM_OK || dam_session_open(config, &opened, NULL) != DAM_OK)
        exit(1);
    dam_config_free(config);
    return opened;
}

/* In the child the numbers of the parent's locks are free: whoever opens a file first gets one of them. */
static int free_in_child(dam_authorization *authorizations[2])
{
    static const dam_header plain = {"Content-Type", "text/plain"};
    dam_authorization_view view = DAM_AUTHORIZATION_VIEW_INIT;
    dam_observation observation = DAM_OBSERVATION_INIT;
    observation.http_status = 200;
    observation.headers = &plain;
    observation.header_count = 1;
    int files[8], lost = 0, refused = 0, before = unlocked;
    int32_t result = 0;
    for (int at = 0; at < 8; at++)
        files[at] = open("/dev/null", O_RDONLY | O_CLOEXEC);
    for (int at = 0; at < 2; at++) {
        refused += dam_authorization_get(authorizations[at], &view, NULL) == DAM_ERR_ARGUMENT;
        refused += dam_authorization_observe(authorizations[at], &observation, &result, NULL) == DAM_ERR_ARGUMENT;
        dam_authorization_free(authorizations[at]);
    }
    for (int at = 0; at < 8; at++)
        lost += fcntl(files[at], F_GETFD) < 0;
    return 16 * (unlocked - before) + 8 * (lost > 0) + refused;
}

void free_authorization(void)
{
    dam_request request = DAM_REQUEST_INIT;
    request.path = path();
    dam_authorization *made[2] = {NULL, NULL};
    dam_session *ours = open_in_application_store();
    int held = dam_session_authorize(session, &request, &made[0], NULL) == DAM_OK &&
               dam_session_authorize(ours, &request, &made[1], NULL) == DAM_OK;
    pid_t child = fork();
    if (child == 0) {
        alarm(LONGEST);
        _exit(free_in_child(made));
    }
    int end = end_of(child), before = unlocked;
    dam_authorization_free(made[0]);
    dam_authorization_free(made[1]);
    printf("{\"held\": %d, \"child\": %d, \"unlocked\": %d, \"last\": %d}\n", held, end, unlocked - before,
           ask("parent"));
    dam_session_free(ours);
}
