/*
 * abuse_stream.c - requests with callbacks and cancellers: fields that contradict each other, and functions that
 * misbehave.
 *
 * The closed port shows that a contradiction is refused before anything else happens, the open one what becomes of a
 * function that stops. What a well-behaved stream brings is in smoke_streams.c.
 */
#include "abuse.h"

/* What a stream's functions are to say, and how often they were asked. */
struct stream {
    int64_t given;  /* read: this. */
    int32_t result; /* write and progress: this. */
    int reads, rewinds, writes, heard;
};

static int64_t give(void *user_data, void *buffer, size_t size)
{
    struct stream *stream = user_data;
    (void)buffer;
    (void)size;
    stream->reads++;
    return stream->given;
}

static int32_t rewind_it(void *user_data)
{
    ((struct stream *)user_data)->rewinds++;
    return 0;
}

static int32_t take(void *user_data, const void *data, size_t size)
{
    struct stream *stream = user_data;
    stream->writes += data != NULL && size > 0;
    return stream->result;
}

static int32_t hear(void *user_data, int64_t down, int64_t down_total, int64_t up, int64_t up_total)
{
    struct stream *stream = user_data;
    stream->heard++;
    return down < 0 || up < 0 || down_total < -1 || up_total < -1 || stream->result != 0;
}

static void refuse(dam_session *session, dam_status wanted, dam_request request, const char *note)
{
    dam_response *response = NULL;
    check_note(note);
    request.size = sizeof request;
    request.path = "Information";
    REFUSES(wanted, dam_session_request(session, &request, &response, err), response);
}

/* A request has one source of its body at most, and the fields that belong to `read` need it. */
static void refuse_contradictions(dam_session *session, const dam_form *form)
{
    struct stream stream = {0};
    const dam_request read = {.read = give, .user_data = &stream, .method = "POST"};
    dam_request request = read;
    request.body = "b";
    request.body_size = 1;
    refuse(session, DAM_ERR_ARGUMENT, request, "body and read");
    request.body_size = 0;
    refuse(session, DAM_ERR_ARGUMENT, request, "an empty body and read");
    request = read;
    request.form = form;
    refuse(session, DAM_ERR_ARGUMENT, request, "form and read");
    refuse(session, DAM_ERR_ARGUMENT, (dam_request){.form = form, .body = "b", .body_size = 1}, "form and body");
    refuse(session, DAM_ERR_ARGUMENT, (dam_request){.form = form, .rewind = rewind_it}, "form and rewind");
    refuse(session, DAM_ERR_ARGUMENT, (dam_request){.form = form, .body_size = 1}, "form and body_size");
    refuse(session, DAM_ERR_ARGUMENT, (dam_request){.rewind = rewind_it}, "rewind without read");
    refuse(session, DAM_ERR_ARGUMENT, (dam_request){.body = "b", .body_size = 1, .rewind = rewind_it},
           "rewind of a body");
    refuse(session, DAM_ERR_ARGUMENT, (dam_request){.body_size = DAM_SIZE_UNKNOWN}, "a size without a body");
    refuse(session, DAM_ERR_ARGUMENT, (dam_request){.flags = 8}, "an unknown flag");
    request = read;
    request.body_size = (uint64_t)INT64_MAX + 1;
    refuse(session, DAM_ERR_ARGUMENT, request, "2^63 bytes");
    CHECK(stream.reads == 0 && stream.rewinds == 0, "nothing was read from a request that is refused");
}

static void cancel(dam_session *closed, dam_session *open)
{
    dam_canceller *canceller = NULL;
    REFUSES(DAM_ERR_ARGUMENT, dam_canceller_new(NULL, err), check_nothing);
    REFUSES(DAM_ERR_ARGUMENT, dam_canceller_cancel(NULL, err), check_nothing);
    EXPECT(DAM_OK, dam_canceller_new(&canceller, err));
    refuse(closed, DAM_ERR_CONNECT, (dam_request){.canceller = canceller}, "a canceller at rest");
    EXPECT(DAM_OK, dam_canceller_cancel(canceller, err));
    EXPECT(DAM_OK, dam_canceller_cancel(canceller, err));
    refuse(open, DAM_ERR_CANCELLED, (dam_request){.canceller = canceller}, "cancelled beforehand, for good");
    dam_canceller_free(canceller);
    SURVIVES(dam_canceller_free(NULL));
}

/* Each of them ends the request with one status, and the session works afterwards. */
static void misbehave(dam_session *session)
{
    static const int64_t gifts[] = {-1, INT64_MIN, INT64_MAX, DAM_READ_PAUSE};
    static const int32_t results[] = {1, -1, INT32_MIN, DAM_WRITE_PAUSE};
    for (size_t at = 0; at < sizeof gifts / sizeof gifts[0]; at++) {
        struct stream stream = {.given = gifts[at]};
        refuse(session, DAM_ERR_CALLBACK,
               (dam_request){.method = "POST", .read = give, .user_data = &stream, .body_size = 4}, "read");
        CHECK(stream.reads == 2, "asked once for each of two requests");
    }
    for (size_t at = 0; at < sizeof results / sizeof results[0]; at++) {
        struct stream stream = {.result = results[at]};
        refuse(session, DAM_ERR_CALLBACK, (dam_request){.write = take, .user_data = &stream}, "write");
        CHECK(stream.writes == 2, "given once for each of two requests");
    }
    struct stream stream = {.result = 1};
    refuse(session, DAM_ERR_CANCELLED, (dam_request){.progress = hear, .user_data = &stream}, "progress");
    CHECK(stream.heard == 2, "heard once for each of two requests");
    EXPECT(DAM_OK, dam_session_keepalive(session, err));
}

void abuse_stream(void)
{
    dam_form *form = NULL;
    dam_session *closed = make_fotoweb(closed_url), *open = make_fotoweb(open_url);
    EXPECT(DAM_OK, dam_session_login(open, DAM_LOGIN_IF_NEEDED, err));
    EXPECT(DAM_OK, dam_form_new(&form, err));
    refuse_contradictions(closed, form);
    cancel(closed, open);
    misbehave(open);
    dam_form_free(form);
    dam_session_free(closed);
    dam_session_free(open);
}
