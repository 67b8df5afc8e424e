/*
 * ours_shared.c - one of several processes that share a rotating session: after each order it writes, to the file of
 * its argument, how many microseconds each request took, as doubles.
 */
#include "bench.h"

#include <damsession.h>

static const char *file_name;
static dam_session *session;
static dam_request request = DAM_REQUEST_INIT;

static void ask(long count)
{
    dam_error error;
    double *took = calloc((size_t)count, sizeof *took);
    if (took == NULL)
        bench_stop("memory", "there is none");
    for (long at = 0; at < count; at++) {
        dam_response *response = NULL;
        double began = bench_now();
        if (dam_session_request(session, &request, &response, &error) != DAM_OK)
            bench_stop("request", error.message);
        took[at] = bench_now() - began;
        dam_response_free(response);
    }
    FILE *file = fopen(file_name, "wb");
    if (file == NULL || fwrite(took, sizeof *took, (size_t)count, file) != (size_t)count || fclose(file) != 0)
        bench_stop(file_name, "cannot be written");
    free(took);
}

int main(int count, char **words)
{
    dam_config *config = NULL;
    dam_error error;
    if (count != 2)
        return 2;
    file_name = words[1];
    request.path = "mem/gallery/chain";
    if (dam_config_new(&config, &error) != DAM_OK || dam_config_load_environment(config, &error) != DAM_OK ||
        dam_session_open(config, &session, &error) != DAM_OK)
        bench_stop("open", error.message);
    ask(2);
    bench_obey(ask);
    dam_session_free(session);
    dam_config_free(config);
    return 0;
}
