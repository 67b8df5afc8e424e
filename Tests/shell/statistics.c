/*
 * statistics.c - stands before the library and gives every counter a number of its own. Preloaded by a test of
 * --explain, so that no two counters can change places unseen.
 */
#include <damsession.h>

dam_status dam_session_get_statistics(dam_session *session, dam_statistics *out, dam_error *err)
{
    (void)session;
    (void)err;
    *out = (dam_statistics){
        .size = sizeof *out,
        .requests = 1,
        .exchanges = 12,
        .logins = 3,
        .logins_refused = 94,
        .organization_logins = 95,
        .replays = 4,
        .adopted_from_siblings = 5,
        .waits = 6,
        .wait_us = 61234567,
        .cookies_adopted = 7,
        .cookies_late = 8,
        .saves = 9,
        .save_failures = 96,
        .records_damaged = 97,
        .keepalives = 98,
        .renewals = 10,
        .renewals_in_doubt = 11,
        .consents = 13,
    };
    return DAM_OK;
}
