/*
 * smoke_streams.c - bodies that pass through functions of the application: down, up, stopped, heard of and cancelled.
 * An expiry in between is the point: no byte of a login page may reach the application, and nothing may be written by
 * halves. The sandbox's counters say what was done, not the words of a failure.
 */
#define _POSIX_C_SOURCE 200809L

#include "smoke.h"

#include <pthread.h>
#include <time.h>

/* The sandbox's files repeat after so many bytes. */
enum { BLOCK = 65521, LARGE = 300000 };

/* A place for a response, and a source for a body of `size` bytes: "name=", then letters. */
struct stream {
    uint64_t taken, stop_at, given, size, largest;
    unsigned char block[BLOCK];
    int wrong, rewinds, refuses, heard;
    int64_t down, up, down_total, up_total;
};

static int32_t take(void *user_data, const void *data, size_t size)
{
    struct stream *stream = user_data;
    stream->largest = size > stream->largest ? size : stream->largest;
    for (uint64_t at = 0; at < size; at++, stream->taken++) {
        unsigned char *place = &stream->block[stream->taken % BLOCK], byte = ((const unsigned char *)data)[at];
        stream->wrong |= stream->taken >= BLOCK && *place != byte;
        *place = byte;
    }
    return stream->stop_at > 0 && stream->taken >= stream->stop_at;
}

static int64_t give(void *user_data, void *buffer, size_t size)
{
    struct stream *stream = user_data;
    uint64_t count = 0;
    if (stream->stop_at > 0 && stream->given >= stream->stop_at)
        return -1;
    for (; count < size && count < 999 && stream->given < stream->size; count++, stream->given++)
        ((char *)buffer)[count] = stream->given < 5 ? "name="[stream->given] : 'a';
    return (int64_t)count;
}

static int32_t rewind_it(void *user_data)
{
    struct stream *stream = user_data;
    stream->rewinds++;
    stream->given = 0;
    return stream->refuses;
}

static int32_t hear(void *user_data, int64_t down, int64_t down_total, int64_t up, int64_t up_total)
{
    struct stream *stream = user_data;
    stream->heard++;
    stream->wrong |= down < 0 || up < 0 || down_total < -1 || up_total < -1;
    stream->down = down;
    stream->up = up;
    stream->down_total = down_total;
    stream->up_total = up_total;
    return stream->refuses;
}

/* Sends a request that must end like this; the HTTP status and size of what is in memory. */
static void send_it(dam_session *session, dam_request request, dam_status wanted, int32_t status, uint64_t in_memory,
                    uint32_t replays)
{
    dam_response_view view = DAM_RESPONSE_VIEW_INIT;
    dam_response *response = NULL;
    request.size = sizeof request;
    EXPECT(wanted, dam_session_request(session, &request, &response, err));
    if (wanted != DAM_OK) {
        CHECK(response == NULL, "no response was written");
        return;
    }
    EXPECT(DAM_OK, dam_response_get(response, &view, err));
    CHECK(view.http_status == status && view.replays == replays && (in_memory == 1 || view.body_size == in_memory),
          "%d after %u replays, %zu bytes in memory", (int)view.http_status, (unsigned)view.replays, view.body_size);
    dam_response_free(response);
}

/* Whatever an expiry looks like, what comes through the function is the file and nothing else. */
static void down(void)
{
    static const char *const looks[] = {"400-class", "401-empty", "403-class", "200-class",
                                        "200-html",  "302-login", NULL};
    fresh();
    dam_session *session = open_photoshelter(OPTIONS("authentication", "token", "response-limit", "64K"));
    for (const char *const *look = looks; *look != NULL; look++) {
        struct stream stream = {0};
        char knobs[60];
        dam_request request = {
            .path = "mem/image/I1/download?size=300000", .write = take, .progress = hear, .user_data = &stream};
        check_note(*look);
        strcat(strcat(strcpy(knobs, "{\"expired\": \""), *look), "\"}");
        control_post("knobs", knobs);
        EXPECT(DAM_OK, dam_session_keepalive(session, err));
        control_post("expire", "{}");
        send_it(session, request, DAM_OK, 200, 0, 1);
        CHECK(stream.taken == LARGE && !stream.wrong, "%llu bytes, all of them the file's",
              (unsigned long long)stream.taken);
    }
    struct stream stream = {0};
    send_it(session, (dam_request){.path = "mem/nothing", .write = take, .user_data = &stream}, DAM_OK, 404, 1, 0);
    send_it(session, (dam_request){.path = "mem/image/I1/download?size=x", .write = take, .user_data = &stream}, DAM_OK,
            400, 1, 0);
    CHECK(stream.taken == 0, "an error is no file");
    send_it(session, (dam_request){.path = "mem/image/I1/download?size=0", .write = take, .user_data = &stream}, DAM_OK,
            200, 0, 0);
    CHECK(stream.taken == 0, "an empty file is one");
    stream.stop_at = 1;
    send_it(session, (dam_request){.path = "mem/image/I1/download", .write = take, .user_data = &stream},
            DAM_ERR_CALLBACK, 0, 0, 0);
    control_post("faults", "{\"fault\": \"truncate\", \"match\": \"download\"}");
    stream = (struct stream){0};
    send_it(session, (dam_request){.path = "mem/image/I1/download", .write = take, .user_data = &stream},
            DAM_ERR_TRANSFER, 0, 0, 0);
    get(session, "mem/user/session", 200, ADA_MAIL);
    dam_session_free(session);
}

/* A body that can be given again goes out twice and is written once; one that cannot is not written at all. */
static void up(const char *authentication, const char *expired, uint64_t size, uint64_t said)
{
    struct stream stream = {.size = size};
    dam_request request = {.method = "POST",
                           .path = "mem/gallery/G1",
                           .body_size = said,
                           .read = give,
                           .rewind = rewind_it,
                           .progress = hear,
                           .user_data = &stream};
    char knobs[60];
    fresh();
    check_note(expired);
    strcat(strcat(strcpy(knobs, "{\"expired\": \""), expired), "\"}");
    control_post("knobs", knobs);
    dam_session *session = open_photoshelter(OPTIONS("authentication", authentication));
    send_it(session, request, DAM_OK, 200, 1, 0);
    COUNTED("photoshelter", "writes", 1);
    CHECK(stream.given == size && stream.rewinds == 0, "given once");
    control_post("expire", "{}");
    stream.given = 0;
    stream.rewinds = 0;
    send_it(session, request, DAM_OK, 200, 1, 1);
    COUNTED("photoshelter", "writes", 2);
    CHECK(stream.given == size && stream.rewinds == 1, "given once more after one rewind");
    control_post("expire", "{}");
    stream.given = 0;
    stream.refuses = 1;
    request.progress = NULL;
    send_it(session, request, DAM_ERR_REPLAY_IMPOSSIBLE, 0, 0, 0);
    control_post("expire", "{}");
    stream.given = 0;
    request.rewind = NULL;
    send_it(session, request, DAM_ERR_REPLAY_IMPOSSIBLE, 0, 0, 0);
    COUNTED("photoshelter", "writes", 2);
    stream.given = 0;
    send_it(session, request, DAM_OK, 200, 1, 0);
    COUNTED("photoshelter", "writes", 3);
    stream.given = 0;
    stream.stop_at = 1;
    send_it(session, request, DAM_ERR_CALLBACK, 0, 0, 0);
    COUNTED("photoshelter", "writes", 3);
    get(session, "mem/user/session", 200, ADA_MAIL);
    dam_session_free(session);
}

struct held {
    dam_session *session;
    dam_canceller *canceller;
    dam_status status;
};

static void *hold(void *argument)
{
    struct held *held = argument;
    dam_request request = DAM_REQUEST_INIT;
    request.path = "mem/slow?seconds=50";
    request.canceller = held->canceller;
    dam_response *response = NULL;
    held->status = dam_session_request(held->session, &request, &response, NULL);
    return NULL;
}

static void cancel(void)
{
    struct stream stream = {.refuses = 1};
    struct held held = {0};
    pthread_t thread;
    fresh();
    held.session = open_photoshelter(OPTIONS("authentication", "token"));
    get(held.session, "mem/user/session", 200, ADA_MAIL);
    EXPECT(DAM_OK, dam_canceller_new(&held.canceller, err));
    long before = control_count("log", "arrived");
    CHECK(pthread_create(&thread, NULL, hold, &held) == 0, "a thread waits for its response");
    control_await("log", "arrived", before + 1);
    EXPECT(DAM_OK, dam_canceller_cancel(held.canceller, err));
    pthread_join(thread, NULL);
    CHECK(held.status == DAM_ERR_CANCELLED, "and is told that it was cancelled");
    send_it(held.session, (dam_request){.path = "mem/user/session", .canceller = held.canceller}, DAM_ERR_CANCELLED, 0,
            0, 0);
    send_it(held.session, (dam_request){.path = "mem/slow?seconds=50", .progress = hear, .user_data = &stream},
            DAM_ERR_CANCELLED, 0, 0, 0);
    get(held.session, "mem/user/session", 200, ADA_MAIL);
    dam_canceller_free(held.canceller);
    dam_session_free(held.session);
}

/* Who wants large pieces gets the same bytes, and no larger ones. How many they are depends on the server's pace. */
static void gather(void)
{
    struct stream stream = {0};
    dam_request request = {
        .path = "mem/image/I1/download?size=300000", .write = take, .flags = DAM_REQUEST_GATHER, .user_data = &stream};
    fresh();
    dam_session *session = open_photoshelter(OPTIONS("authentication", "token"));
    send_it(session, request, DAM_OK, 200, 0, 0);
    CHECK(stream.taken == LARGE && !stream.wrong && stream.largest <= 128 * 1024, "pieces of up to %llu bytes",
          (unsigned long long)stream.largest);
    dam_session_free(session);
}

static int64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/* What is only a heartbeat is not called before a request has taken a fifth of a second, and can end a long one. */
static void beat(void)
{
    struct stream stream = {0};
    dam_request request = {.path = "mem/user/session", .progress = hear, .user_data = &stream};
    fresh();
    dam_session *session = open_photoshelter(OPTIONS("authentication", "token"));
    send_it(session, request, DAM_OK, 200, 1, 0);
    CHECK(stream.heard > 0, "progress is heard");
    stream.heard = 0;
    request.flags = DAM_REQUEST_HEARTBEAT;
    int64_t began = now();
    send_it(session, request, DAM_OK, 200, 1, 0);
    CHECK(stream.heard == 0 || now() - began >= 200, "a heartbeat is not: %d in %lld ms", stream.heard,
          (long long)(now() - began));
    stream.refuses = 1;
    request.path = "mem/slow?seconds=50";
    send_it(session, request, DAM_ERR_CANCELLED, 0, 0, 0);
    CHECK(stream.heard == 1, "until it takes long: %d", stream.heard);
    dam_session_free(session);
}

void smoke_streams(void)
{
    down();
    up("token", "400-class", 2000, 2000);
    up("token", "200-html", 100000, 100000);
    up("cookie", "401-empty", 100000, DAM_SIZE_UNKNOWN);
    cancel();
    gather();
    beat();
}
