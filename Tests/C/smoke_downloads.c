/*
 * smoke_downloads.c - files that appear whole or not at all: interrupted, gone on with, changed meanwhile, refused.
 * The sandbox's files repeat after a prime number of bytes, so that going on at a wrong place shows. Expired sessions
 * are among the cases: a login page is the error page that is easiest to save by mistake.
 */
#define _POSIX_C_SOURCE 200809L

#include "smoke.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* A download that must end like this; replays. */
static uint32_t fetch(dam_session *session, const char *what, uint32_t flags, dam_status wanted, int32_t status)
{
    dam_request request = DAM_REQUEST_INIT;
    request.path = what;
    dam_response_view view = DAM_RESPONSE_VIEW_INIT;
    dam_response *response = NULL;
    check_note(what);
    EXPECT(wanted, dam_session_download(session, &request, path, flags, &response, err));
    if (wanted != DAM_OK)
        return 0;
    EXPECT(DAM_OK, dam_response_get(response, &view, err));
    CHECK(view.http_status == status && (view.body_size == 0) == (status < 300), "a download with %d",
          (int)view.http_status);
    dam_response_free(response);
    return view.replays;
}

static void interrupt(dam_session *session, const char *what, long size)
{
    control_post("faults", "{\"fault\": \"truncate\", \"match\": \"download\"}");
    fetch(session, what, DAM_DOWNLOAD_CONTINUE, DAM_ERR_TRANSFER, 0);
    CHECK(size_of("") < 0 && size_of(".part") == size / 2 && size_of(".part.json") > 0, "half of it waits (%ld bytes)",
          size_of(".part"));
}

static void go_on(dam_session *session)
{
    struct stat known;
    interrupt(session, "mem/image/I1/download?size=300000", 300000);
    fetch(session, "mem/image/I1/download?size=300000", DAM_DOWNLOAD_CONTINUE, DAM_OK, 206);
    CHECK(is_whole(300000), "both halves are one file");
    unlink(path);
    interrupt(session, "mem/image/I1/download?size=300000", 300000);
    fetch(session, "mem/image/I2/download?size=200000", DAM_DOWNLOAD_CONTINUE, DAM_OK, 200);
    CHECK(is_whole(200000), "another thing is not mixed in");
    unlink(path);
    interrupt(session, "mem/image/I1/download?size=300000", 300000);
    put(".part.json", "{\"target\":\"/psapi/v3/mem/image/I1/download?size=300000\",\"validator\":\"\\\"old\\\"\"}");
    fetch(session, "mem/image/I1/download?size=300000", DAM_DOWNLOAD_CONTINUE, DAM_OK, 200);
    CHECK(is_whole(300000), "what has changed meanwhile comes whole");
    unlink(path);
    interrupt(session, "mem/image/I1/download?size=300000", 300000);
    fetch(session, "mem/image/I1/download?size=300000", DAM_DOWNLOAD_REPLACE, DAM_OK, 200);
    CHECK(is_whole(300000), "without the flag it starts over");
    unlink(path);
    interrupt(session, "mem/image/I1/download?size=300000", 300000);
    control_post("expire", "{}");
    CHECK(fetch(session, "mem/image/I1/download?size=300000", DAM_DOWNLOAD_CONTINUE, DAM_OK, 206) == 1,
          "after a new login");
    CHECK(is_whole(300000), "an expiry in between harms nothing");
    unlink(path);
    interrupt(session, "mem/image/I1/download?size=300000", 300000);
    fetch(session, "mem/image/I1/download?size=300000", DAM_DOWNLOAD_CONTINUE | DAM_DOWNLOAD_KEEP, DAM_OK, 206);
    CHECK(is_whole(300000) && chmod(path, 0640) == 0, "nothing is in the way of what is gone on with");
    fetch(session, "mem/image/I1/download", DAM_DOWNLOAD_CONTINUE | DAM_DOWNLOAD_KEEP, DAM_ERR_ARGUMENT, 0);
    CHECK(is_whole(300000), "what is to be kept is");
    fetch(session, "mem/image/I1/download?size=100000", DAM_DOWNLOAD_REPLACE, DAM_OK, 200);
    CHECK(is_whole(100000) && stat(path, &known) == 0 && (known.st_mode & 0777) == 0640, "the file's mode stays");
}

/* Nothing but a 2xx response gets near the file. */
static void refuse(dam_session *session)
{
    static const char *const looks[] = {"{\"expired\": \"200-html\"}", "{\"expired\": \"302-login\"}",
                                        "{\"expired\": \"400-class\"}", NULL};
    put("", "mine");
    fetch(session, "mem/nothing", DAM_DOWNLOAD_REPLACE, DAM_OK, 404);
    fetch(session, "mem/image/I1/download?size=x", DAM_DOWNLOAD_CONTINUE, DAM_OK, 400);
    control_post("faults", "{\"fault\": \"status\", \"match\": \"download\"}");
    fetch(session, "mem/image/I1/download", DAM_DOWNLOAD_REPLACE, DAM_ERR_SERVER, 0);
    control_post("faults", "{\"fault\": \"truncate\", \"match\": \"download\"}");
    fetch(session, "mem/image/I1/download", DAM_DOWNLOAD_REPLACE, DAM_ERR_TRANSFER, 0);
    long before = control_count("photoshelter", "requests");
    fetch(session, "mem/image/I1/download", DAM_DOWNLOAD_KEEP, DAM_ERR_ARGUMENT, 0);
    COUNTED("photoshelter", "requests", before);
    CHECK(size_of("") == 4, "the file that was there is still there");
    for (const char *const *look = looks; *look != NULL; look++) {
        control_post("knobs", *look);
        control_post("knobs", "{\"storm\": 1}");
        fetch(session, "mem/image/I1/download", DAM_DOWNLOAD_REPLACE, DAM_ERR_SESSION_INVALID, 0);
        control_post("knobs", "{\"storm\": 0}");
        CHECK(size_of("") == 4, "also when nothing but login pages came");
        control_post("expire", "{}");
        CHECK(fetch(session, "mem/image/I1/download?size=100000", DAM_DOWNLOAD_REPLACE, DAM_OK, 200) == 1, "replayed");
        CHECK(is_whole(100000), "the new one takes its place");
        put("", "mine");
    }
    unlink(path);
    fetch(session, "mem/image/I1/download?size=0", DAM_DOWNLOAD_KEEP, DAM_OK, 200);
    CHECK(is_whole(0), "an empty file is one");
    unlink(path);
}

void smoke_downloads(void)
{
    fresh();
    snprintf(path, PATH_ROOM, "%.4000s.jpg", store);
    dam_session *session = open_photoshelter(OPTIONS("authentication", "token"));
    fetch(session, "mem/image/I1/download?size=300000", DAM_DOWNLOAD_REPLACE, DAM_OK, 200);
    CHECK(is_whole(300000), "a whole file");
    unlink(path);
    go_on(session);
    unlink(path);
    refuse(session);
    dam_session_free(session);
}
