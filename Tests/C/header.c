/*
 * header.c - the header needs nothing before it, may come twice, and is C99, C11 and C++17 without a warning; so is
 * every struct that a caller begins with. The library is not needed: run.sh compiles this file once for each language
 * and runs that.
 */
#include <damsession.h>

#include <damsession.h>

int main(void)
{
    const dam_option option = DAM_OPTION_INIT;
    const dam_store store = DAM_STORE_INIT;
    const dam_session_state state = DAM_SESSION_STATE_INIT;
    const dam_statistics statistics = DAM_STATISTICS_INIT;
    const dam_request request = DAM_REQUEST_INIT;
    const dam_request get = DAM_REQUEST_GET("a"), post = DAM_REQUEST_POST("b", "name=value", 10);
    const dam_response_view response = DAM_RESPONSE_VIEW_INIT;
    const dam_authorization_view authorization = DAM_AUTHORIZATION_VIEW_INIT;
    const dam_observation observation = DAM_OBSERVATION_INIT;
    return !(option.size == sizeof option && store.size == sizeof store && state.size == sizeof state &&
             statistics.size == sizeof statistics && request.size == sizeof request && get.size == sizeof get &&
             get.path[0] == 'a' && post.method[0] == 'P' && post.body_size == 10 && response.size == sizeof response &&
             authorization.size == sizeof authorization && observation.size == sizeof observation);
}
