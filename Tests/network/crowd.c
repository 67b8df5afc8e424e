/*
 * crowd.c - many requests of one session at once, by threads or in an event loop, again and again.
 *
 *   crowd threads|loop WIDTH     options come from the environment (DAMSESSION_URL and so on)
 *
 * It says "ready". Each line of standard input, "ROUNDS PATH", is an order: every thread asks so often, or the loop has
 * WIDTH requests in flight until all are over. It answers with one line: every outcome (an HTTP status or the name of
 * an error), "=", and how often it came.
 */
#include <damsession.h>

#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_THREADS = 64, MOST_OUTCOMES = 16 };

static dam_session *session;
static dam_loop *loop;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static struct {
    char name[64];
    int count;
} outcomes[MOST_OUTCOMES];
static char path[256];
static long rounds, left;

static void stop(const char *what, const dam_error *error)
{
    fprintf(stderr, "%s: %s\n", what, error == NULL ? "" : error->message);
    exit(1);
}

/* Takes what a request came to, and its response. */
static void count(int32_t status, dam_response *response)
{
    dam_response_view view = DAM_RESPONSE_VIEW_INIT;
    char name[64];
    if (status == DAM_OK && dam_response_get(response, &view, NULL) == DAM_OK)
        snprintf(name, sizeof name, "%d", view.http_status);
    else
        snprintf(name, sizeof name, "%s", dam_status_name(status));
    dam_response_free(response);
    pthread_mutex_lock(&mutex);
    int at = 0;
    while (at < MOST_OUTCOMES - 1 && outcomes[at].count > 0 && strcmp(outcomes[at].name, name) != 0)
        at++;
    memcpy(outcomes[at].name, name, sizeof name);
    outcomes[at].count++;
    pthread_mutex_unlock(&mutex);
}

static void *ask(void *unused)
{
    (void)unused;
    for (long round = 0; round < rounds; round++) {
        dam_request request = DAM_REQUEST_INIT;
        request.path = path;
        dam_response *response = NULL;
        dam_status status = dam_session_request(session, &request, &response, NULL);
        count((int32_t)status, response);
    }
    return NULL;
}

static void ask_by_threads(long width)
{
    pthread_t threads[MOST_THREADS];
    for (long at = 0; at < width; at++)
        if (pthread_create(&threads[at], NULL, ask, NULL) != 0)
            stop("threads", NULL);
    for (long at = 0; at < width; at++)
        pthread_join(threads[at], NULL);
}

static void submit(void);

static void done(void *user_data, uint64_t id, int32_t status, dam_response *response, const dam_error *error)
{
    (void)user_data, (void)id, (void)error;
    count(status, response);
    if (left > 0)
        submit();
}

static void submit(void)
{
    dam_error error;
    dam_request request = DAM_REQUEST_INIT;
    request.path = path;
    left--;
    if (dam_loop_request(loop, session, &request, done, NULL, NULL, &error) != DAM_OK)
        stop(path, &error);
}

static void ask_in_loop(long width)
{
    dam_error error;
    struct pollfd one = {.fd = dam_loop_fd(loop), .events = POLLIN};
    left = width * rounds;
    for (long at = 0; at < width; at++)
        submit();
    while (dam_loop_count(loop) > 0) {
        if (dam_loop_dispatch(loop, &error) != DAM_OK)
            stop("dispatch", &error);
        if (dam_loop_count(loop) > 0 && poll(&one, 1, -1) != 1)
            stop("poll", NULL);
    }
}

int main(int arguments, char **words)
{
    dam_config *config = NULL;
    dam_error error;
    char line[512];
    long width = arguments == 3 ? strtol(words[2], NULL, 10) : 0;
    if (width < 1 || width > MOST_THREADS)
        return 2;
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (dam_config_new(&config, &error) != DAM_OK || dam_config_load_environment(config, &error) != DAM_OK ||
        dam_session_open(config, &session, &error) != DAM_OK || dam_loop_new(&loop, &error) != DAM_OK)
        stop("open", &error);
    dam_config_free(config);
    puts("ready");
    while (fgets(line, sizeof line, stdin) != NULL && sscanf(line, "%ld %255s", &rounds, path) == 2 && rounds > 0) {
        memset(outcomes, 0, sizeof outcomes);
        if (strcmp(words[1], "loop") == 0)
            ask_in_loop(width);
        else
            ask_by_threads(width);
        for (int at = 0; at < MOST_OUTCOMES && outcomes[at].count > 0; at++)
            printf("%s%s=%d", at > 0 ? " " : "", outcomes[at].name, outcomes[at].count);
        putchar('\n');
    }
    dam_loop_free(loop);
    dam_session_free(session);
    return 0;
}
