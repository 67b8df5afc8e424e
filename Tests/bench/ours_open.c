/*
 * ours_open.c - opens a session that is stored, and ends: what damsession costs a program that does nothing with it.
 */
#include "bench.h"

#include <damsession.h>

int main(void)
{
    dam_config *config = NULL;
    dam_session *session = NULL;
    dam_session_state state = DAM_SESSION_STATE_INIT;
    dam_error error;
    if (dam_config_new(&config, &error) != DAM_OK || dam_config_load_environment(config, &error) != DAM_OK ||
        dam_session_open(config, &session, &error) != DAM_OK ||
        dam_session_get_state(session, &state, &error) != DAM_OK)
        bench_stop("open", error.message);
    if ((state.flags & DAM_STATE_STORED) == 0)
        bench_stop("open", "nothing was stored");
    dam_session_free(session);
    dam_config_free(config);
    return 0;
}
