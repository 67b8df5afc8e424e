/*
 * ours_request.c - small requests one after another, by damsession. Options come from the environment, as in any
 * program: authentication, store and server make the row.
 */
#include "bench.h"

#include <damsession.h>

static dam_session *session;
static dam_request request = DAM_REQUEST_INIT;

static void ask(long count)
{
    dam_error error;
    while (count-- > 0) {
        dam_response *response = NULL;
        dam_response_view view = DAM_RESPONSE_VIEW_INIT;
        if (dam_session_request(session, &request, &response, &error) != DAM_OK ||
            dam_response_get(response, &view, &error) != DAM_OK)
            bench_stop("request", error.message);
        if (view.http_status != 200 || view.body_size == 0)
            bench_stop("request", view.body);
        dam_response_free(response);
    }
}

int main(void)
{
    dam_config *config = NULL;
    dam_error error;
    request.path = bench_text("BENCH_PATH");
    if (dam_config_new(&config, &error) != DAM_OK || dam_config_load_environment(config, &error) != DAM_OK ||
        dam_session_open(config, &session, &error) != DAM_OK)
        bench_stop("open", error.message);
    ask(2);
    bench_obey(ask);
    dam_session_free(session);
    dam_config_free(config);
    return 0;
}
