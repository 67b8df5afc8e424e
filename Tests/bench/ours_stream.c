/*
 * ours_stream.c - large bodies through callbacks, by damsession; a request is one of them. What arrives is counted and
 * let go, what is sent is made of nothing: the network's side is what is measured.
 *
 *   ours_stream down|up PATH BYTES
 */
#include "bench.h"

#include <damsession.h>
#include <string.h>

static dam_session *session;
static dam_request request = DAM_REQUEST_INIT;
static uint64_t size, moved;

static int32_t take(void *user_data, const void *data, size_t count)
{
    (void)user_data, (void)data;
    moved += count;
    return 0;
}

static int64_t give(void *user_data, void *buffer, size_t room)
{
    (void)user_data;
    size_t count = size - moved < room ? (size_t)(size - moved) : room;
    memset(buffer, 'x', count);
    moved += count;
    return (int64_t)count;
}

static int32_t begin_anew(void *user_data)
{
    (void)user_data;
    moved = 0;
    return 0;
}

static void transfer(long count)
{
    dam_error error;
    while (count-- > 0) {
        dam_response *response = NULL;
        dam_response_view view = DAM_RESPONSE_VIEW_INIT;
        moved = 0;
        if (dam_session_request(session, &request, &response, &error) != DAM_OK ||
            dam_response_get(response, &view, &error) != DAM_OK)
            bench_stop("request", error.message);
        if (view.http_status / 100 != 2 || moved != size)
            bench_stop("request", view.body);
        dam_response_free(response);
    }
}

int main(int count, char **words)
{
    dam_config *config = NULL;
    dam_error error;
    if (count != 4)
        return 2;
    request.path = words[2];
    size = strtoull(words[3], NULL, 10);
    if (strcmp(words[1], "up") == 0) {
        request.method = "PUT";
        request.content_type = "application/octet-stream";
        request.body_size = size;
        request.read = give;
        request.rewind = begin_anew;
    } else {
        request.write = take;
    }
    if (dam_config_new(&config, &error) != DAM_OK || dam_config_load_environment(config, &error) != DAM_OK ||
        dam_session_open(config, &session, &error) != DAM_OK)
        bench_stop("open", error.message);
    bench_obey(transfer);
    dam_session_free(session);
    dam_config_free(config);
    return 0;
}
