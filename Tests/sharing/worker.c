/*
 * worker.c - a C program that uses one session with many threads and says what it saw.
 *
 *   worker THREADS ROUNDS PATH [application]     options come from the environment (DAMSESSION_URL and so on)
 *
 * Prints one line of JSON: how many requests were answered with 200, the names of all failures, and counters. With
 * `application` the session lives in application_store.c. Its exit code is 0 whatever the server said: the test judges.
 */
#include "application_store.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_THREADS = 64, MOST_FAILURES = 4096 };

struct work {
    dam_session *session;
    const char *path;
    long rounds;
    pthread_mutex_t mutex;
    long answered, others;
    int failure_count;
    const char *failures[MOST_FAILURES];
};

static void note(struct work *work, dam_status status, int http_status, const char *message)
{
    pthread_mutex_lock(&work->mutex);
    if (status == DAM_OK) {
        *(http_status == 200 ? &work->answered : &work->others) += 1;
    } else {
        if (work->failure_count < MOST_FAILURES)
            work->failures[work->failure_count++] = dam_status_name((int32_t)status);
        fprintf(stderr, "%s: %s\n", dam_status_name((int32_t)status), message);
    }
    pthread_mutex_unlock(&work->mutex);
}

static void *run(void *argument)
{
    struct work *work = argument;
    for (long round = 0; round < work->rounds; round++) {
        dam_request request = DAM_REQUEST_INIT;
        request.path = work->path;
        dam_response_view view = DAM_RESPONSE_VIEW_INIT;
        dam_response *response = NULL;
        dam_error error;
        dam_status status = dam_session_request(work->session, &request, &response, &error);
        if (status == DAM_OK)
            status = dam_response_get(response, &view, &error);
        note(work, status, view.http_status, error.message);
        dam_response_free(response);
    }
    return NULL;
}

static void print(const struct work *work)
{
    dam_statistics counted = DAM_STATISTICS_INIT;
    dam_session_get_statistics(work->session, &counted, NULL);
    printf("{\"answered\": %ld, \"others\": %ld, \"failures\": [", work->answered, work->others);
    for (int at = 0; at < work->failure_count; at++)
        printf("%s\"%s\"", at > 0 ? ", " : "", work->failures[at]);
    printf("], \"logins\": %llu, \"replays\": %llu, \"waits\": %llu, \"records_damaged\": %llu}\n",
           (unsigned long long)counted.logins, (unsigned long long)counted.replays, (unsigned long long)counted.waits,
           (unsigned long long)counted.records_damaged);
}

static int fail(const dam_error *error)
{
    fprintf(stderr, "%s: %s\n", dam_status_name(error->status), error->message);
    return 1;
}

int main(int count, char **arguments)
{
    static struct work work = {.mutex = PTHREAD_MUTEX_INITIALIZER};
    pthread_t threads[MOST_THREADS];
    dam_config *config = NULL;
    dam_error error;
    long wanted = count >= 4 ? strtol(arguments[1], NULL, 10) : 0;
    if (wanted < 1 || wanted > MOST_THREADS) {
        fprintf(stderr, "usage: worker THREADS ROUNDS PATH [application]\n");
        return 2;
    }
    work.rounds = strtol(arguments[2], NULL, 10);
    work.path = arguments[3];
    if (dam_config_new(&config, &error) != DAM_OK || dam_config_load_environment(config, &error) != DAM_OK)
        return fail(&error);
    if (count > 4 && strcmp(arguments[4], "application") == 0 &&
        dam_config_set_store(config, application_store_new(), &error) != DAM_OK)
        return fail(&error);
    if (dam_session_open(config, &work.session, &error) != DAM_OK)
        return fail(&error);
    dam_config_free(config);
    for (long at = 0; at < wanted; at++)
        if (pthread_create(&threads[at], NULL, run, &work) != 0)
            return 3;
    for (long at = 0; at < wanted; at++)
        pthread_join(threads[at], NULL);
    print(&work);
    dam_session_free(work.session);
    return 0;
}
