/*
 * smoke_loop_downloads.c - files in the event loop: whole, gone on with, started over, kept, cancelled in the middle.
 * No clock is needed: what has reached the disk says how far a download is.
 */
#define _POSIX_C_SOURCE 200809L

#include "smoke.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_URL "mem/image/I1/download?size=300000"
#define LARGE_URL "mem/image/I1/download?size=8000000"

enum { LARGE = 8000000 };

struct said {
    int calls, wrong, decreased, heard;
    int32_t status, http;
    uint32_t replays;
    uint64_t id, body_size;
    int64_t first, last, total;
};

static dam_loop *loop;

static void take(void *user_data, uint64_t id, int32_t status, dam_response *response, const dam_error *error)
{
    struct said *said = user_data;
    dam_response_view view = DAM_RESPONSE_VIEW_INIT;
    said->calls++;
    said->status = status;
    said->wrong |= id != said->id || error->status != status || (response != NULL) != (status == DAM_OK);
    if (response == NULL)
        return;
    said->wrong |= dam_response_get(response, &view, NULL) != DAM_OK;
    said->http = view.http_status;
    said->replays = view.replays;
    said->body_size = view.body_size;
    dam_response_free(response);
}

static int32_t hear(void *user_data, int64_t down, int64_t down_total, int64_t up, int64_t up_total)
{
    struct said *said = user_data;
    if (said->heard++ == 0)
        said->first = down;
    said->decreased |= down < said->last || up > 0 || up_total > 0;
    said->last = down;
    said->total = down_total;
    return 0;
}

/* A download that must end like this. */
static struct said fetch(dam_session *session, const char *what, uint32_t flags, int32_t status, int32_t http)
{
    struct said said = {0};
    dam_request request = DAM_REQUEST_INIT;
    request.path = what;
    request.progress = hear;
    request.user_data = &said;
    check_note(what);
    EXPECT(DAM_OK, dam_loop_download(loop, session, &request, path, flags, take, &said, &said.id, err));
    while (dam_loop_count(loop) > 0)
        check_step(loop);
    CHECK(said.calls == 1 && !said.wrong && said.status == status && said.http == http, "%s, %d",
          dam_status_name(said.status), (int)said.http);
    CHECK(said.status != DAM_OK || (said.body_size == 0) == (http < 300), "what is no file is in the response");
    return said;
}

static void interrupt(dam_session *session)
{
    control_post("faults", "{\"fault\": \"truncate\", \"match\": \"download\"}");
    fetch(session, FILE_URL, DAM_DOWNLOAD_CONTINUE, DAM_ERR_TRANSFER, 0);
    CHECK(size_of("") < 0 && size_of(".part") == 150000 && size_of(".part.json") > 0, "half of it waits");
}

static void go_on(dam_session *session)
{
    char part[PATH_ROOM + 8];
    fetch(session, FILE_URL, DAM_DOWNLOAD_REPLACE, DAM_OK, 200);
    CHECK(is_whole(300000), "a whole file");
    unlink(path);
    interrupt(session);
    struct said said = fetch(session, FILE_URL, DAM_DOWNLOAD_CONTINUE, DAM_OK, 206);
    CHECK(is_whole(300000) && said.replays == 0, "both halves are one file");
    CHECK(said.first == 150000 && !said.decreased && said.last == 300000 && said.total == 300000,
          "progress counts what was there: %ld of %ld", (long)said.last, (long)said.total);
    unlink(path);
    interrupt(session);
    control_post("expire", "{}");
    said = fetch(session, FILE_URL, DAM_DOWNLOAD_CONTINUE | DAM_DOWNLOAD_KEEP, DAM_OK, 206);
    CHECK(is_whole(300000) && said.replays == 1, "after a new login");

    /* FILE.part is complete but was not renamed: the server says 416, and the download starts over without the
       application noticing. */
    snprintf(part, sizeof part, "%s.part", path);
    CHECK(rename(path, part) == 0, "a whole part");
    put(".part.json", "{}");
    fetch(session, FILE_URL, DAM_DOWNLOAD_CONTINUE, DAM_OK, 200);
    CHECK(is_whole(300000), "a note that says nothing starts it over");
    unlink(path);
    interrupt(session);
    CHECK(truncate(part, 300000) == 0, "a part as large as the whole");
    said = fetch(session, FILE_URL, DAM_DOWNLOAD_CONTINUE, DAM_OK, 200);
    CHECK(is_whole(300000) && said.replays == 0, "the server has no more of it, and gives it anew");
    unlink(path);
}

static void refuse(dam_session *session)
{
    struct stat known;
    struct said said = {0};
    dam_request request = DAM_REQUEST_INIT;
    request.path = FILE_URL;
    put("", "mine");
    CHECK(chmod(path, 0640) == 0, "a file with a mode of its own");
    said = fetch(session, "mem/nothing", DAM_DOWNLOAD_CONTINUE, DAM_OK, 404);
    CHECK(size_of("") == 4 && size_of(".part") < 0, "an error is no file");
    for (uint32_t flags = DAM_DOWNLOAD_KEEP; flags <= (DAM_DOWNLOAD_KEEP | DAM_DOWNLOAD_CONTINUE); flags++)
        REFUSES(DAM_ERR_ARGUMENT, dam_loop_download(loop, session, &request, path, flags, take, &said, &said.id, err),
                said);
    fetch(session, FILE_URL, DAM_DOWNLOAD_REPLACE, DAM_OK, 200);
    CHECK(is_whole(300000) && stat(path, &known) == 0 && (known.st_mode & 0777) == 0640,
          "the new file has the old one's mode");
    unlink(path);
    for (int is_late = 0; is_late < 2; is_late++) {
        request.path = is_late ? LARGE_URL : FILE_URL;
        EXPECT(DAM_OK, dam_loop_download(loop, session, &request, path, DAM_DOWNLOAD_KEEP, take, &said, &said.id, err));
        while (is_late && size_of(".part") <= 0)
            check_step(loop);
        put("", "meanwhile");
        said.calls = 0;
        while (dam_loop_count(loop) > 0)
            check_step(loop);
        CHECK(said.calls == 1 && said.status == DAM_ERR_ARGUMENT && size_of("") == 9 &&
                  size_of(".part") == (is_late ? LARGE : -1),
              "a file that appears meanwhile is kept");
        unlink(path);
    }
    fetch(session, FILE_URL, DAM_DOWNLOAD_REPLACE, DAM_OK, 200);
    CHECK(is_whole(300000), "and is nobody's any more");
    unlink(path);
}

/* Dropped when some of it is on the disk: by cancel, and by the end of the loop. The next one goes on from there. */
static void cancelled(dam_session *session, int frees)
{
    struct said said = {0};
    dam_request request = DAM_REQUEST_INIT;
    request.path = LARGE_URL;
    EXPECT(DAM_OK, dam_loop_download(loop, session, &request, path, DAM_DOWNLOAD_REPLACE, take, &said, &said.id, err));
    while (size_of(".part") <= 0)
        check_step(loop);
    CHECK(said.calls == 0 && size_of("") < 0, "in the middle, after %ld bytes", size_of(".part"));
    if (frees) {
        dam_loop_free(loop);
        EXPECT(DAM_OK, dam_loop_new(&loop, err));
        CHECK(said.calls == 0, "a freed loop says nothing");
    } else {
        EXPECT(DAM_OK, dam_loop_cancel(loop, said.id, err));
        while (dam_loop_count(loop) > 0)
            check_step(loop);
        CHECK(said.calls == 1 && said.status == DAM_ERR_CANCELLED, "cancelled");
    }
    long had = size_of(".part");
    CHECK(had > 0 && had < LARGE && size_of("") < 0, "%ld bytes wait", had);
    long before = control_count("photoshelter", "requests");
    said = fetch(session, LARGE_URL, DAM_DOWNLOAD_CONTINUE, DAM_OK, 206);
    COUNTED("photoshelter", "requests", before + 1);
    CHECK(is_whole(LARGE) && said.last == LARGE && said.total == LARGE, "gone on with");
    unlink(path);
}

/* Two to one file would mix their bytes: the second touches nothing, whatever its flags, until the first is over. */
static void together(dam_session *session)
{
    struct said said = {0};
    dam_request request = DAM_REQUEST_INIT;
    request.path = FILE_URL;
    control_post("faults", "{\"fault\": \"stall\", \"match\": \"download\"}");
    EXPECT(DAM_OK, dam_loop_download(loop, session, &request, path, DAM_DOWNLOAD_REPLACE, take, &said, &said.id, err));
    while (size_of(".part") < 150000)
        check_step(loop);
    long note = size_of(".part.json");
    for (uint32_t flags = DAM_DOWNLOAD_REPLACE; flags <= (DAM_DOWNLOAD_KEEP | DAM_DOWNLOAD_CONTINUE); flags++) {
        dam_response *response = NULL;
        EXPECT(DAM_ERR_LOCKED, dam_session_download(session, &request, path, flags, &response, err));
        CHECK(strstr(check_error.message, ".part is being written by another download") != NULL, "%s",
              check_error.message);
        CHECK(size_of(".part") == 150000 && size_of(".part.json") == note && size_of("") < 0, "nothing is touched");
    }
    CHECK(said.calls == 0, "the first goes on");
    EXPECT(DAM_OK, dam_loop_cancel(loop, said.id, err));
    check_run(loop);
    fetch(session, FILE_URL, DAM_DOWNLOAD_CONTINUE, DAM_OK, 206);
    CHECK(is_whole(300000), "its rest is gone on with");
    unlink(path);
}

void smoke_loop_downloads(void)
{
    fresh();
    snprintf(path, sizeof path, "%.4000s.loop", store);
    dam_session *session = open_photoshelter(OPTIONS("authentication", "token"));
    EXPECT(DAM_OK, dam_loop_new(&loop, err));
    go_on(session);
    refuse(session);
    cancelled(session, 0);
    cancelled(session, 1);
    together(session);
    dam_loop_free(loop);
    dam_session_free(session);
}
