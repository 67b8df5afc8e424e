/*
 * explain.c - the line that --explain prints at the end of a command: requests, logins, waits, cookies, renewals.
 *
 * Its words and their order are documented, and scripts read them: new counters go to the end. The numbers come from
 * the library.
 */
#include "explain.h"

#include "say.h"

#include <damsession.h>

#include <inttypes.h>

static const char *plural(uint64_t count)
{
    return count == 1 ? "" : "s";
}

void explain(dam_session *session)
{
    dam_statistics seen = DAM_STATISTICS_INIT;
    dam_error error;
    if (dam_session_get_statistics(session, &seen, &error) != DAM_OK) {
        report(&error); /* a failure here does not change the command's exit code. */
        return;
    }
    say("explain: %" PRIu64 " request%s, %" PRIu64 " exchange%s, %" PRIu64 " login%s, %" PRIu64 " replay%s, "
        "waited %" PRIu64 " time%s for %.2f s, adopted %" PRIu64 " cookie%s, dropped %" PRIu64 " late, "
        "took %" PRIu64 " from siblings, saved %" PRIu64 " record%s, "
        "%" PRIu64 " renewal%s, %" PRIu64 " in doubt, %" PRIu64 " consent%s",
        seen.requests, plural(seen.requests), seen.exchanges, plural(seen.exchanges), seen.logins, plural(seen.logins),
        seen.replays, plural(seen.replays), seen.waits, plural(seen.waits), (double)seen.wait_us / 1e6,
        seen.cookies_adopted, plural(seen.cookies_adopted), seen.cookies_late, seen.adopted_from_siblings, seen.saves,
        plural(seen.saves), seen.renewals, plural(seen.renewals), seen.renewals_in_doubt, seen.consents,
        plural(seen.consents));
}
