/*
 * many_identities.c - sessions of many identities, each with a request now and then, in a process with descriptors for
 * half of them.
 *
 * many_identities blocking|loop FOLDER says how many requests each round had answered.
 */
#include <damsession.h>

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

enum { DESCRIPTORS = 96, IDENTITIES = 60, ROUNDS = 2 };

static dam_session *sessions[IDENTITIES];
static dam_loop *loop;
static dam_request request = DAM_REQUEST_INIT;
static int answered;

static void stop(const char *what, const dam_error *error)
{
    fprintf(stderr, "%s: %s\n", what, error->message);
    exit(1);
}

/* An identity is its own in each store. */
static dam_session *open_at(const char *folder, int number)
{
    char store[512];
    dam_error error;
    dam_config *config = NULL;
    dam_session *session = NULL;
    snprintf(store, sizeof store, "%s/%d", folder, number);
    if (dam_config_new(&config, &error) != DAM_OK || dam_config_load_environment(config, &error) != DAM_OK ||
        dam_config_set(config, "store", store, &error) != DAM_OK ||
        dam_session_open(config, &session, &error) != DAM_OK)
        stop("open", &error);
    dam_config_free(config);
    return session;
}

static void ask(dam_session *session)
{
    dam_error error;
    dam_response *response = NULL;
    if (dam_session_request(session, &request, &response, &error) != DAM_OK)
        stop("request", &error);
    dam_response_free(response);
    answered++;
}

static void done(void *user_data, uint64_t id, int32_t status, dam_response *response, const dam_error *error)
{
    (void)user_data, (void)id;
    if (status != DAM_OK)
        stop("request", error);
    dam_response_free(response);
    answered++;
}

static void ask_in_loop(dam_session *session)
{
    dam_error error;
    struct pollfd one = {.fd = dam_loop_fd(loop), .events = POLLIN};
    if (dam_loop_request(loop, session, &request, done, NULL, NULL, &error) != DAM_OK)
        stop("submit", &error);
    while (dam_loop_count(loop) > 0)
        if (poll(&one, 1, 10000) != 1 || dam_loop_dispatch(loop, &error) != DAM_OK)
            stop("dispatch", &error);
}

int main(int count, char **words)
{
    const struct rlimit few = {.rlim_cur = DESCRIPTORS, .rlim_max = DESCRIPTORS};
    dam_error error;
    if (count != 3 || setrlimit(RLIMIT_NOFILE, &few) != 0)
        return 2;
    int in_loop = strcmp(words[1], "loop") == 0;
    if (in_loop && dam_loop_new(&loop, &error) != DAM_OK)
        stop("loop", &error);
    request.path = "mem/user/session";
    for (int at = 0; at < IDENTITIES; at++)
        sessions[at] = open_at(words[2], at);
    for (int round = 0; round < ROUNDS; round++) {
        answered = 0;
        for (int at = 0; at < IDENTITIES; at++)
            (in_loop ? ask_in_loop : ask)(sessions[at]);
        printf("%d\n", answered);
    }
    dam_loop_free(loop);
    for (int at = 0; at < IDENTITIES; at++)
        dam_session_free(sessions[at]);
    return 0;
}
