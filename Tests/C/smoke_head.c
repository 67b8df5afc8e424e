/*
 * smoke_head.c - the head function of a request: once, for the response that is delivered, before any of its body.
 * Responses that are replayed, followed or waited out are nobody's business but the session's. Of bodies only the size
 * is looked at; smoke_streams.c does more.
 */
#define _POSIX_C_SOURCE 200809L

#include "smoke.h"

#include <stdio.h>
#include <unistd.h>

/* What was heard, what came after it, and what the function is to say. */
struct heard {
    int calls, wrong, result, done;
    int32_t status, outcome;
    uint32_t replays;
    uint64_t taken, generation;
    const char *header;
};

static int32_t hear(void *user_data, const dam_response_view *head)
{
    struct heard *heard = user_data;
    const char *lines = check_lines(head->headers, head->header_count);
    heard->calls++;
    heard->status = head->http_status;
    heard->replays = head->replays;
    heard->generation = head->generation;
    heard->wrong |= heard->taken > 0 || head->size != sizeof *head || head->body == NULL || head->body_size != 0 ||
                    ((const char *)head->body)[0] != '\0' || head->header_count == 0 ||
                    check_find_secret(lines) != NULL || (heard->header != NULL && strstr(lines, heard->header) == NULL);
    return heard->result;
}

static int32_t take(void *user_data, const void *data, size_t size)
{
    struct heard *heard = user_data;
    heard->wrong |= heard->calls != 1 || data == NULL;
    heard->taken += size;
    return 0;
}

static void over(void *user_data, uint64_t id, int32_t status, dam_response *response, const dam_error *error)
{
    struct heard *heard = user_data;
    heard->done += id > 0 && error->status == status;
    heard->outcome = status;
    dam_response_free(response);
}

/* A request that must end like this, on the caller's thread or in a loop. */
static struct heard run(dam_session *session, dam_request request, struct heard heard, int in_loop)
{
    dam_response *response = NULL;
    request.size = sizeof request;
    request.head = hear;
    request.user_data = &heard;
    check_note(request.path);
    if (!in_loop) {
        heard.outcome = (int32_t)dam_session_request(session, &request, &response, check_fresh());
        dam_response_free(response);
    } else {
        dam_loop *loop = NULL;
        EXPECT(DAM_OK, dam_loop_new(&loop, err));
        EXPECT(DAM_OK, dam_loop_request(loop, session, &request, over, &heard, NULL, err));
        check_run(loop);
        CHECK(heard.done == 1, "done says so once");
        dam_loop_free(loop);
    }
    CHECK(!heard.wrong, "what is heard is a head, and nothing came before it");
    return heard;
}

/* 2xx to memory and to a function, errors, an expiry in between, redirects. */
static void delivered(dam_session *session, int in_loop)
{
    static const char *const looks[] = {"{\"expired\": \"400-class\"}", "{\"expired\": \"302-login\"}",
                                        "{\"expired\": \"200-html\"}", NULL};
    const dam_request file = {.path = "mem/image/I1/download?size=300000", .write = take};
    struct heard heard = run(session, file, (struct heard){.header = "ETag: "}, in_loop);
    CHECK(heard.calls == 1 && heard.status == 200 && heard.taken == 300000 && heard.generation == 1,
          "a head, then the body");
    heard =
        run(session, (dam_request){.path = "mem/user/session"}, (struct heard){.header = "Content-Type: "}, in_loop);
    CHECK(heard.calls == 1 && heard.status == 200, "also where the body stays in memory");
    heard = run(session, (dam_request){.path = "mem/nothing", .write = take}, (struct heard){0}, in_loop);
    CHECK(heard.calls == 1 && heard.status == 404 && heard.taken == 0 && heard.outcome == DAM_OK, "also of a 404");
    heard =
        run(session, (dam_request){.path = "mem/redirect?to=/psapi/v3/mem/redirect%3Fto=/psapi/v3/mem/user/session"},
            (struct heard){0}, in_loop);
    CHECK(heard.calls == 1 && heard.status == 200, "of the last response only, where redirects lead");
    for (const char *const *look = looks; *look != NULL; look++) {
        control_post("knobs", *look);
        EXPECT(DAM_OK, dam_session_keepalive(session, err));
        control_post("expire", "{}");
        heard = run(session, file, (struct heard){0}, in_loop);
        CHECK(heard.calls == 1 && heard.status == 200 && heard.replays == 1 && heard.taken == 300000,
              "once, of the replay");
    }
    control_post("faults", "{\"fault\": \"status\", \"match\": \"download\"}");
    heard = run(session, file, (struct heard){0}, in_loop);
    CHECK(heard.calls == 0 && heard.outcome == DAM_ERR_SERVER, "no head where there is no response");
}

/* A head function that stops the request: nothing of the body comes after it. */
static void stopped(dam_session *session, int in_loop)
{
    static const char *const paths[] = {"mem/image/I1/download?size=300000", "mem/image/I1/download?size=0",
                                        "mem/nothing", "mem/user/session", NULL};
    static const int results[] = {1, -1, DAM_WRITE_PAUSE};
    for (const char *const *what = paths; *what != NULL; what++)
        for (size_t at = 0; at < sizeof results / sizeof results[0]; at++) {
            dam_request request = {.path = *what, .write = at == 0 ? take : NULL};
            struct heard heard = run(session, request, (struct heard){.result = results[at]}, in_loop);
            CHECK(heard.calls == 1 && heard.taken == 0 && heard.outcome == DAM_ERR_CALLBACK, "the head was enough: %s",
                  dam_status_name(heard.outcome));
        }
    get(session, "mem/user/session", 200, ADA_MAIL);
}

static void uploads(dam_session *session, int in_loop)
{
    dam_form *form = NULL;
    EXPECT(DAM_OK, dam_form_new(&form, err));
    EXPECT(DAM_OK, dam_form_add(form, "file", "x", 1, "a.jpg", NULL, err));
    long before = control_count("photoshelter", "writes");
    const dam_request request = {.method = "POST", .path = "mem/image/upload", .form = form};
    struct heard heard = run(session, request, (struct heard){0}, in_loop);
    CHECK(heard.calls == 1 && heard.status == 200 && heard.outcome == DAM_OK, "a form's response has a head");
    control_post("expire", "{}");
    heard = run(session, request, (struct heard){.result = 1}, in_loop);
    CHECK(heard.calls == 1 && heard.replays == 1 && heard.outcome == DAM_ERR_CALLBACK,
          "the server has it, the application stops");
    COUNTED("photoshelter", "writes", before + 2);
    dam_form_free(form);
}

static void downloads(dam_session *session)
{
    static char whole[300001];
    memset(whole, 'a', sizeof whole - 1);
    struct heard heard = {.result = 1};
    dam_request request = DAM_REQUEST_INIT;
    request.path = "mem/image/I1/download?size=300000";
    request.head = hear;
    request.user_data = &heard;
    dam_response *response = NULL;
    snprintf(path, sizeof path, "%.4000s.head", store);
    EXPECT(DAM_ERR_CALLBACK, dam_session_download(session, &request, path, DAM_DOWNLOAD_REPLACE, &response, err));
    CHECK(heard.calls == 1 && size_of("") < 0 && size_of(".part") < 0, "no file where the head was enough");
    control_post("faults", "{\"fault\": \"truncate\", \"match\": \"download\"}");
    heard = (struct heard){0};
    EXPECT(DAM_ERR_TRANSFER, dam_session_download(session, &request, path, DAM_DOWNLOAD_CONTINUE, &response, err));
    CHECK(heard.calls == 1 && heard.status == 200, "the head of one that breaks off");
    control_post("expire", "{}");
    heard = (struct heard){.header = "Content-Range: bytes 150000-"};
    EXPECT(DAM_OK, dam_session_download(session, &request, path, DAM_DOWNLOAD_CONTINUE, &response, err));
    CHECK(heard.calls == 1 && heard.status == 206 && heard.replays == 1 && !heard.wrong, "and of the rest");
    CHECK(is_whole(300000), "which follows it");
    dam_response_free(response);
    unlink(path);
    control_post("faults", "{\"fault\": \"truncate\", \"match\": \"download\"}");
    EXPECT(DAM_ERR_TRANSFER, dam_session_download(session, &request, path, DAM_DOWNLOAD_CONTINUE, &response, err));
    put(".part", whole);
    heard = (struct heard){0};
    EXPECT(DAM_OK, dam_session_download(session, &request, path, DAM_DOWNLOAD_CONTINUE, &response, err));
    CHECK(heard.calls == 1 && heard.status == 200 && is_whole(300000),
          "no head of what only means: from the beginning");
    dam_response_free(response);
    unlink(path);
}

void smoke_head(void)
{
    for (int in_loop = 0; in_loop < 2; in_loop++) {
        fresh();
        dam_session *session = open_photoshelter(OPTIONS("authentication", in_loop ? "cookie" : "token"));
        delivered(session, in_loop);
        stopped(session, in_loop);
        uploads(session, in_loop);
        if (!in_loop)
            downloads(session);
        dam_session_free(session);
    }
}
