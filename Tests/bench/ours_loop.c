/*
 * ours_loop.c - small requests, 64 in flight on one thread, by dam_loop.
 */
#include "bench.h"

#include <damsession.h>
#include <poll.h>

enum { WIDTH = 64 };

static dam_session *session;
static dam_loop *loop;
static dam_request request = DAM_REQUEST_INIT;
static long to_submit;

static void submit(void);

static void done(void *user_data, uint64_t id, int32_t status, dam_response *response, const dam_error *error)
{
    dam_response_view view = DAM_RESPONSE_VIEW_INIT;
    (void)user_data, (void)id;
    if (status != DAM_OK || dam_response_get(response, &view, NULL) != DAM_OK)
        bench_stop("request", error->message);
    if (view.http_status != 200 || view.body_size == 0)
        bench_stop("request", view.body);
    dam_response_free(response);
    if (to_submit > 0)
        submit();
}

static void submit(void)
{
    dam_error error;
    to_submit--;
    if (dam_loop_request(loop, session, &request, done, NULL, NULL, &error) != DAM_OK)
        bench_stop("request", error.message);
}

static void ask(long count)
{
    dam_error error;
    struct pollfd one = {.fd = dam_loop_fd(loop), .events = POLLIN};
    to_submit = count;
    for (int at = 0; at < WIDTH && to_submit > 0; at++)
        submit();
    while (dam_loop_count(loop) > 0) {
        if (dam_loop_dispatch(loop, &error) != DAM_OK)
            bench_stop("dispatch", error.message);
        if (dam_loop_count(loop) > 0 && poll(&one, 1, -1) != 1)
            bench_stop("poll", "failed");
    }
}

int main(void)
{
    dam_config *config = NULL;
    dam_error error;
    request.path = bench_text("BENCH_PATH");
    if (dam_config_new(&config, &error) != DAM_OK || dam_config_load_environment(config, &error) != DAM_OK ||
        dam_session_open(config, &session, &error) != DAM_OK || dam_loop_new(&loop, &error) != DAM_OK)
        bench_stop("open", error.message);
    ask(2L * WIDTH);
    bench_obey(ask);
    dam_loop_free(loop);
    dam_session_free(session);
    dam_config_free(config);
    return 0;
}
