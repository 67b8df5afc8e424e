/*
 * hostile.c - stands before the library and gives secrets that hold a line break, as the library never does. Preloaded
 * by a test of the wrapper, whose own defence it shows.
 */
#include <damsession.h>

#include <string.h>

dam_status dam_session_get_token(dam_session *session, char **out, dam_error *err)
{
    (void)session;
    (void)err;
    *out = strdup("token\r\nX-Other: value");
    return *out != NULL ? DAM_OK : DAM_ERR_INTERNAL;
}

dam_status dam_session_list_headers(dam_session *session, dam_header_callback callback, void *user_data,
                                    char **ticket_out, dam_error *err)
{
    (void)session;
    (void)ticket_out;
    (void)err;
    callback(user_data, &(dam_header){"X-Fine", "value"});
    return callback(user_data, &(dam_header){"X-Auth", "token\nX-Other: value"}) == 0 ? DAM_OK : DAM_ERR_CALLBACK;
}
