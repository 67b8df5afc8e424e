/*
 * loop_uv.c - downloads under libuv, all at once, on one thread: `loop_uv PATH...` says how much each PATH holds.
 *
 * An example for programs that have an event loop: it watches dam_loop_fd, calls dam_loop_dispatch, and is done when
 * dam_loop_count is 0. A timer ticks besides; the longest time between two ticks says whether anything kept the loop
 * waiting. Options come from the environment. It writes no files: what is large would go to a `write` callback.
 *
 *     cc loop_uv.c $(pkg-config --cflags --libs damsession libuv) -o loop_uv
 */
#include <damsession.h>
#include <uv.h>

#include <stdio.h>

static dam_loop *loop;
static int failures;
static uv_poll_t watch;
static uv_timer_t timer;
static uint64_t last_tick, longest;

static void fail(const char *what, const char *why)
{
    fprintf(stderr, "%s: %s\n", what, *why != '\0' ? why : "the response is no success");
    failures++;
}

static void done(void *user_data, uint64_t id, int32_t status, dam_response *response, const dam_error *error)
{
    dam_response_view view = DAM_RESPONSE_VIEW_INIT;
    (void)id;
    if (status == DAM_OK && dam_response_get(response, &view, NULL) == DAM_OK && view.http_status == 200)
        printf("%zu bytes of %s\n", view.body_size, (const char *)user_data);
    else
        fail(user_data, error->message);
    dam_response_free(response);
}

static void readable(uv_poll_t *handle, int status, int events)
{
    dam_error error = {0};
    (void)events;
    if (status < 0 || dam_loop_dispatch(loop, &error) != DAM_OK)
        fail("the loop", status < 0 ? uv_strerror(status) : error.message);
    else if (dam_loop_count(loop) > 0)
        return;
    uv_close((uv_handle_t *)handle, NULL); /* without handles, uv_run returns. */
    uv_close((uv_handle_t *)&timer, NULL);
}

static void tick(uv_timer_t *handle)
{
    uint64_t now = uv_hrtime(), gap = now - last_tick;
    (void)handle;
    longest = gap > longest ? gap : longest;
    last_tick = now;
}

int main(int count, char **arguments)
{
    dam_error error = {0};
    dam_config *config = NULL;
    dam_session *session = NULL;

    int ready = dam_config_new(&config, &error) == DAM_OK && dam_config_load_environment(config, &error) == DAM_OK &&
                dam_session_open(config, &session, &error) == DAM_OK && dam_loop_new(&loop, &error) == DAM_OK &&
                uv_poll_init(uv_default_loop(), &watch, dam_loop_fd(loop)) == 0;
    for (int at = 1; ready && at < count; at++) {
        dam_request request = DAM_REQUEST_INIT;
        request.path = arguments[at];
        ready = dam_loop_request(loop, session, &request, done, arguments[at], NULL, &error) == DAM_OK;
    }
    if (ready && count > 1) {
        uv_poll_start(&watch, UV_READABLE, readable);
        uv_timer_init(uv_default_loop(), &timer);
        last_tick = uv_hrtime();
        uv_timer_start(&timer, tick, 5, 5);
        uv_run(uv_default_loop(), UV_RUN_DEFAULT);
        printf("%d ms between two ticks at most\n", (int)(longest / 1000000));
    } else
        fail("loop_uv", ready ? "say which paths" : error.message);

    dam_loop_free(loop);
    dam_session_free(session);
    dam_config_free(config);
    return failures == 0 ? 0 : 1;
}
