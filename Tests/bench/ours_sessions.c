/*
 * ours_sessions.c - requests of one session while many are open. Behind "ready" it says how many bytes each of the
 * others keeps resident.
 *
 *   ours_sessions COUNT
 */
#include "bench.h"

#include <damsession.h>
#include <string.h>
#include <unistd.h>

static dam_session *first;
static dam_request request = DAM_REQUEST_INIT;

static void ask(long count)
{
    dam_error error;
    while (count-- > 0) {
        dam_response *response = NULL;
        if (dam_session_request(first, &request, &response, &error) != DAM_OK)
            bench_stop("request", error.message);
        dam_response_free(response);
    }
}

static long resident(void)
{
    long whole, pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file == NULL || fscanf(file, "%ld %ld", &whole, &pages) != 2 || fclose(file) != 0)
        bench_stop("statm", "cannot be read");
    return pages * sysconf(_SC_PAGESIZE);
}

int main(int count, char **words)
{
    dam_config *config = NULL;
    dam_error error;
    if (count != 2)
        return 2;
    long wanted = strtol(words[1], NULL, 10);
    dam_session **others = calloc((size_t)wanted, sizeof(dam_session *));
    request.path = bench_text("BENCH_PATH");
    if (others == NULL || dam_config_new(&config, &error) != DAM_OK ||
        dam_config_load_environment(config, &error) != DAM_OK || dam_session_open(config, &first, &error) != DAM_OK)
        bench_stop("open", error.message);
    ask(2);
    long before = resident();
    for (long at = 0; at < wanted; at++) {
        char user[64];
        snprintf(user, sizeof user, "user%ld@example.com", at);
        if (dam_config_set(config, "user", user, &error) != DAM_OK ||
            dam_session_open(config, &others[at], &error) != DAM_OK)
            bench_stop("open", error.message);
    }
    bench_said = (resident() - before) / wanted;
    bench_obey(ask);
    for (long at = 0; at < wanted; at++)
        dam_session_free(others[at]);
    free(others);
    dam_session_free(first);
    dam_config_free(config);
    return 0;
}
