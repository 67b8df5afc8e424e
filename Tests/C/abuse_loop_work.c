/*
 * abuse_loop_work.c - downloads, logins, keepalives and logouts in the event loop: bad arguments, and an end in the
 * middle. Whatever is refused is never under way. A server that behaves well is in smoke_loop_work.c.
 */
#define _POSIX_C_SOURCE 200809L

#include "abuse.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct seen {
    int calls, responses, any_id;
    int32_t status;
    uint64_t id;
};

static const dam_request good = {.size = sizeof(dam_request), .path = "Information"};
static const uint32_t no_flags[] = {4, 7, 0x80000000, UINT32_MAX};
static char path[4096];

static int exists(const char *suffix)
{
    char name[4200];
    snprintf(name, sizeof name, "%s%s", path, suffix);
    return access(name, F_OK) == 0;
}

static void take(void *user_data, uint64_t id, int32_t status, dam_response *response, const dam_error *error)
{
    struct seen *seen = user_data;
    seen->calls++;
    seen->responses += response != NULL;
    seen->status = status;
    CHECK(error != NULL && error->status == status && (id == seen->id || seen->any_id), "done says one thing");
    dam_response_free(response);
}

static int32_t write_it(void *user_data, const void *data, size_t size)
{
    return user_data == data && size > 0;
}

static void refuse_downloads(dam_loop *loop, dam_session *session)
{
    struct seen seen = {0};
    dam_request request = good;
    REFUSES(DAM_ERR_ARGUMENT, dam_loop_download(NULL, session, &good, path, 0, take, &seen, &seen.id, err), seen);
    REFUSES(DAM_ERR_ARGUMENT, dam_loop_download(loop, NULL, &good, path, 0, take, &seen, &seen.id, err), seen);
    REFUSES(DAM_ERR_ARGUMENT, dam_loop_download(loop, session, NULL, path, 0, take, &seen, &seen.id, err), seen);
    REFUSES(DAM_ERR_ARGUMENT, dam_loop_download(loop, session, &good, NULL, 0, take, &seen, &seen.id, err), seen);
    REFUSES(DAM_ERR_ARGUMENT, dam_loop_download(loop, session, &good, path, 0, NULL, &seen, &seen.id, err), seen);
    REFUSES(DAM_ERR_ARGUMENT, dam_loop_download(loop, session, &good, "x/", 0, take, &seen, &seen.id, err), seen);
    REFUSES(DAM_ERR_ARGUMENT, dam_loop_download(loop, session, &good, not_utf8[0], 0, take, &seen, &seen.id, err),
            seen);
    for (size_t at = 0; at < sizeof no_flags / sizeof no_flags[0]; at++)
        REFUSES(DAM_ERR_ARGUMENT, dam_loop_download(loop, session, &good, path, no_flags[at], take, &seen, NULL, err),
                seen);
    request.write = write_it;
    REFUSES(DAM_ERR_ARGUMENT, dam_loop_download(loop, session, &request, path, 0, take, &seen, &seen.id, err), seen);
    request = good;
    request.method = "POST";
    REFUSES(DAM_ERR_ARGUMENT, dam_loop_download(loop, session, &request, path, 0, take, &seen, &seen.id, err), seen);
    request = good;
    request.size = sizeof request - 1;
    REFUSES(DAM_ERR_ARGUMENT, dam_loop_download(loop, session, &request, path, 0, take, &seen, &seen.id, err), seen);
    request = good;
    request.path = "https://evil.example/x";
    REFUSES(DAM_ERR_INSECURE, dam_loop_download(loop, session, &request, path, 0, take, &seen, &seen.id, err), seen);
    CHECK(dam_loop_count(loop) == 0 && seen.calls == 0 && !exists("") && !exists(".part"), "nothing is under way");
}

static void refuse_others(dam_loop *loop, dam_session *session)
{
    struct seen seen = {0};
    int32_t result = -7;
    char *url = NULL, *code = NULL;
    REFUSES(DAM_ERR_ARGUMENT, dam_loop_login(NULL, session, 0, take, &seen, &seen.id, err), seen);
    REFUSES(DAM_ERR_ARGUMENT, dam_loop_login(loop, NULL, 0, take, &seen, &seen.id, err), seen);
    REFUSES(DAM_ERR_ARGUMENT, dam_loop_login(loop, session, 0, NULL, &seen, &seen.id, err), seen);
    REFUSES(DAM_ERR_ARGUMENT, dam_loop_login(loop, session, 2, take, &seen, &seen.id, err), seen);
    REFUSES(DAM_ERR_ARGUMENT, dam_loop_login(loop, session, UINT32_MAX, take, &seen, &seen.id, err), seen);
    REFUSES(DAM_ERR_ARGUMENT, dam_loop_keepalive(NULL, session, take, &seen, &seen.id, err), seen);
    REFUSES(DAM_ERR_ARGUMENT, dam_loop_keepalive(loop, NULL, take, &seen, &seen.id, err), seen);
    REFUSES(DAM_ERR_ARGUMENT, dam_loop_keepalive(loop, session, NULL, &seen, &seen.id, err), seen);
    REFUSES(DAM_ERR_ARGUMENT, dam_loop_logout(NULL, session, take, &seen, &result, &seen.id, err), seen);
    REFUSES(DAM_ERR_ARGUMENT, dam_loop_logout(loop, NULL, take, &seen, &result, &seen.id, err), seen);
    REFUSES(DAM_ERR_ARGUMENT, dam_loop_logout(loop, session, NULL, &seen, &result, &seen.id, err), result);
    REFUSES(DAM_ERR_ARGUMENT, dam_loop_consent_begin(NULL, session, take, &seen, &url, &seen.id, err), url);
    REFUSES(DAM_ERR_ARGUMENT, dam_loop_consent_begin(loop, NULL, take, &seen, &url, &seen.id, err), url);
    REFUSES(DAM_ERR_ARGUMENT, dam_loop_consent_begin(loop, session, NULL, &seen, &url, &seen.id, err), url);
    REFUSES(DAM_ERR_ARGUMENT, dam_loop_consent_begin(loop, session, take, &seen, NULL, &seen.id, err), seen);
    REFUSES(DAM_ERR_ARGUMENT, dam_loop_consent_finish(NULL, session, "?code=c", take, &seen, &seen.id, err), seen);
    REFUSES(DAM_ERR_ARGUMENT, dam_loop_consent_finish(loop, NULL, "?code=c", take, &seen, &seen.id, err), seen);
    REFUSES(DAM_ERR_ARGUMENT, dam_loop_consent_finish(loop, session, NULL, take, &seen, &seen.id, err), seen);
    REFUSES(DAM_ERR_ARGUMENT, dam_loop_consent_finish(loop, session, not_utf8[0], take, &seen, &seen.id, err), seen);
    REFUSES(DAM_ERR_ARGUMENT, dam_loop_consent_finish(loop, session, "?code=c", NULL, &seen, &seen.id, err), seen);
    REFUSES(DAM_ERR_ARGUMENT, dam_loop_consent_begin_device(NULL, session, take, &seen, &url, &code, &seen.id, err),
            url);
    REFUSES(DAM_ERR_ARGUMENT, dam_loop_consent_begin_device(loop, NULL, take, &seen, &url, &code, &seen.id, err), url);
    REFUSES(DAM_ERR_ARGUMENT, dam_loop_consent_begin_device(loop, session, NULL, &seen, &url, &code, &seen.id, err),
            code);
    REFUSES(DAM_ERR_ARGUMENT, dam_loop_consent_begin_device(loop, session, take, &seen, NULL, &code, &seen.id, err),
            code);
    REFUSES(DAM_ERR_ARGUMENT, dam_loop_consent_begin_device(loop, session, take, &seen, &url, NULL, &seen.id, err),
            url);
    REFUSES(DAM_ERR_ARGUMENT, dam_loop_consent_poll(NULL, session, take, &seen, &seen.id, err), seen);
    REFUSES(DAM_ERR_ARGUMENT, dam_loop_consent_poll(loop, NULL, take, &seen, &seen.id, err), seen);
    REFUSES(DAM_ERR_ARGUMENT, dam_loop_consent_poll(loop, session, NULL, &seen, &seen.id, err), seen);
    CHECK(dam_loop_count(loop) == 0 && seen.calls == 0 && result == -7, "nothing is under way");
}

/* Every pointer that may be NULL is; the server is out of reach: `done` gets that status and no response. */
static void nobody_there(dam_loop *loop, dam_session *session)
{
    struct seen seen = {0};
    char *url = NULL, *code = NULL;
    EXPECT(DAM_OK, dam_loop_download(loop, session, &good, path, 3, take, &seen, &seen.id, err));
    check_run(loop);
    CHECK(seen.calls == 1 && seen.status == DAM_ERR_CONNECT && !exists("") && !exists(".part"),
          "no file without a response");
    EXPECT(DAM_OK, dam_loop_login(loop, session, DAM_LOGIN_AGAIN, take, &seen, &seen.id, err));
    check_run(loop);
    CHECK(seen.calls == 2 && seen.status == DAM_ERR_CONNECT, "no login");
    EXPECT(DAM_OK, dam_loop_keepalive(loop, session, take, &seen, &seen.id, err));
    check_run(loop);
    CHECK(seen.calls == 3 && seen.status == DAM_ERR_CONNECT, "no keepalive");
    EXPECT(DAM_OK, dam_loop_logout(loop, session, take, &seen, NULL, &seen.id, err));
    check_run(loop);
    CHECK(seen.calls == 4 && seen.status == DAM_OK && seen.responses == 0, "nothing to log out of");
    EXPECT(DAM_OK, dam_loop_consent_begin(loop, session, take, &seen, &url, &seen.id, err));
    check_run(loop);
    CHECK(seen.calls == 5 && seen.status == DAM_ERR_NOT_SUPPORTED && url == NULL, "nobody is asked here");
    EXPECT(DAM_OK, dam_loop_consent_finish(loop, session, "?code=c&state=s", take, &seen, &seen.id, err));
    check_run(loop);
    CHECK(seen.calls == 6 && seen.status == DAM_ERR_CONSENT && seen.responses == 0, "nobody was asked");
    EXPECT(DAM_OK, dam_loop_consent_begin_device(loop, session, take, &seen, &url, &code, &seen.id, err));
    check_run(loop);
    CHECK(seen.calls == 7 && seen.status == DAM_ERR_NOT_SUPPORTED && url == NULL && code == NULL, "nor for a code");
    EXPECT(DAM_OK, dam_loop_consent_poll(loop, session, take, &seen, &seen.id, err));
    check_run(loop);
    CHECK(seen.calls == 8 && seen.status == DAM_ERR_CONSENT && seen.responses == 0, "nobody was asked for one");
    seen = (struct seen){.any_id = 1};
    EXPECT(DAM_OK, dam_loop_download(loop, session, &good, path, 0, take, &seen, NULL, err));
    EXPECT(DAM_OK, dam_loop_login(loop, session, 0, take, &seen, NULL, err));
    EXPECT(DAM_OK, dam_loop_keepalive(loop, session, take, &seen, NULL, err));
    EXPECT(DAM_OK, dam_loop_logout(loop, session, take, &seen, NULL, NULL, err));
    EXPECT(DAM_OK, dam_loop_consent_begin(loop, session, take, &seen, &url, NULL, err));
    EXPECT(DAM_OK, dam_loop_consent_finish(loop, session, "?code=c&state=s", take, &seen, NULL, err));
    EXPECT(DAM_OK, dam_loop_consent_begin_device(loop, session, take, &seen, &url, &code, NULL, err));
    EXPECT(DAM_OK, dam_loop_consent_poll(loop, session, take, &seen, NULL, err));
    check_run(loop);
    CHECK(seen.calls == 8 && seen.responses == 0, "an id is nobody's duty");
}

/* All of them at once, dropped after so many dispatches, or cancelled: `done` of each is called once or not at all. */
static void end_in_the_middle(dam_session *session)
{
    for (int dispatches = 0; dispatches < 8; dispatches++) {
        struct seen seen[4] = {{0}, {0}, {0}, {0}};
        dam_loop *loop = NULL;
        int calls = 0;
        int32_t result = -7;
        EXPECT(DAM_OK, dam_loop_new(&loop, err));
        EXPECT(DAM_OK, dam_loop_login(loop, session, 0, take, &seen[0], &seen[0].id, err));
        EXPECT(DAM_OK, dam_loop_download(loop, session, &good, path, 0, take, &seen[1], &seen[1].id, err));
        EXPECT(DAM_OK, dam_loop_keepalive(loop, session, take, &seen[2], &seen[2].id, err));
        EXPECT(DAM_OK, dam_loop_logout(loop, session, take, &seen[3], &result, &seen[3].id, err));
        for (int round = 0; round < dispatches; round++)
            EXPECT(DAM_OK, dam_loop_dispatch(loop, err));
        for (int at = 0; dispatches % 2 == 1 && at < 4; at++)
            if (seen[at].calls == 0)
                EXPECT(DAM_OK, dam_loop_cancel(loop, seen[at].id, err));
        if (dispatches % 2 == 1)
            check_run(loop);
        for (int at = 0; at < 4; at++)
            calls += seen[at].calls;
        CHECK(dispatches % 2 == 0 || calls == 4, "each of the cancelled says so once");
        dam_loop_free(loop);
        for (int at = 0; at < 4; at++)
            calls -= seen[at].calls;
        CHECK(calls == 0, "a freed loop says nothing");
        unlink(path);
    }
    EXPECT(DAM_OK, dam_session_keepalive(session, err)); /* no lock is left behind. */
}

void abuse_loop_work(void)
{
    dam_loop *loop = NULL;
    dam_session *closed = make_fotoweb(closed_url), *open = make_fotoweb(open_url);
    snprintf(path, sizeof path, "%s/loop-download", getenv("DAM_TEST_DIR"));
    EXPECT(DAM_OK, dam_loop_new(&loop, err));
    refuse_downloads(loop, closed);
    refuse_others(loop, closed);
    nobody_there(loop, closed);
    end_in_the_middle(open);
    dam_loop_free(loop);
    dam_session_free(closed);
    dam_session_free(open);
}
