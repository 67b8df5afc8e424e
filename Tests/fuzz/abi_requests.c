/*
 * abi_requests.c - requests with everything that can be in one, blocking and in a loop, and what their callbacks do.
 */
#define _GNU_SOURCE
#include "abi.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char *const paths[] = {"mem/user",
                                    "Information",
                                    "/psapi/v3/mem/user?fields=a",
                                    "http://127.0.0.1:1/x",
                                    "https://evil.example/",
                                    "//evil.example/x",
                                    "mem/image/{image}",
                                    "a/../b",
                                    "Login.fwx",
                                    "x#y",
                                    NULL};
static const char *const methods[] = {"GET", "POST", "HEAD", "PUT", "DELETE", "PATCH", "get", "G T", "", NULL};
static const char *const types[] = {"application/json", "text/plain; charset=utf-8", "a\r\nb", "", NULL};
static const char *const header_names[] = {"X-Mine",          "Accept", "Cookie", "Range", "Host",
                                           "X-PS-Auth-Token", "Expect", "a b",    "",      NULL};
static const char *const header_values[] = {"mine", "bytes=0-1", "x\r\nX-Injected: 1", "\t", "", NULL};
static const char *const files[] = {"download", "other", "/", "", "missing/download", NULL};

static struct job *new_job(struct play *play, int is_in_loop)
{
    struct job *job = calloc(1, sizeof *job);
    if (job == NULL)
        broken("memory can be had", "calloc");
    *job = (struct job){.next = play->jobs, .play = play, .manner = byte(play), .is_in_loop = is_in_loop};
    return play->jobs = job;
}

/* A callback in 32 asks to stop; in 16 others it is not ready; one answers with a number that is none. */
static int is_odd(struct job *job, int one_in)
{
    return (job->manner + ++job->calls * 7) % one_in == 0;
}

static int64_t give(void *user_data, void *buffer, size_t size)
{
    struct job *job = user_data;
    if (is_odd(job, 32))
        return job->manner & 1 ? -1 : (int64_t)size + 1;
    if (is_odd(job, 16))
        return DAM_READ_PAUSE;
    if (job->read >= 100)
        return 0;
    uint64_t count = size < 40 ? size : 40;
    memset(buffer, 'b', count);
    job->read += count;
    return (int64_t)count;
}

static int32_t rewind_body(void *user_data)
{
    struct job *job = user_data;
    job->read = 0;
    return is_odd(job, 8);
}

static int32_t take(void *user_data, const void *data, size_t size)
{
    struct job *job = user_data;
    if (data == NULL && size > 0)
        broken("bytes are there", "dam_write_callback");
    return is_odd(job, 32) ? 1 : is_odd(job, 16) ? DAM_WRITE_PAUSE : 0;
}

/* An application that forks in a callback. */
static void split(const struct job *job)
{
    pid_t child = job->manner % 32 == 9 && !job->play->is_child ? fork() : -1;
    if (child == 0)
        _exit(0);
    wait_for(child);
}

static int32_t hear(void *user_data, int64_t down, int64_t down_total, int64_t up, int64_t up_total)
{
    struct job *job = user_data;
    if (down < 0 || down_total < -1 || up < 0 || up_total < -1)
        broken("progress is a number of bytes", "dam_progress_callback");
    return is_odd(job, 64);
}

static int has_cookie(const dam_response_view *view)
{
    int found = 0;
    for (size_t at = 0; at < view->header_count; at++)
        found |=
            strcasecmp(view->headers[at].name, "set-cookie") == 0 || strpbrk(view->headers[at].value, "\r\n") != NULL;
    return found;
}

static int32_t see_head(void *user_data, const dam_response_view *head)
{
    struct job *job = user_data;
    dam_session_state state = DAM_SESSION_STATE_INIT;
    if (head->size != sizeof *head || head->body_size != 0 || has_cookie(head))
        broken("a head is whole and without cookies", "dam_head_callback");
    dam_session_get_state(job->play->sessions[0], &state, NULL);
    split(job);
    return is_odd(job, 32);
}

static void put_body(struct play *play, dam_request *request, struct job *job)
{
    uint8_t choice = byte(play) % 8;
    if (choice == 1 || choice == 7)
        request->body = block(play, &request->body_size);
    if (choice == 2 || choice == 7) {
        request->read = give;
        request->rewind = byte(play) % 2 ? rewind_body : NULL;
        request->body_size = byte(play) % 2 ? DAM_SIZE_UNKNOWN : number(play);
    }
    if (choice == 3)
        request->form = play->forms[byte(play) % SLOTS];
    if (choice == 4 && byte(play) % 8 == 0)
        request->body_size = number(play);
    request->user_data = job;
}

static dam_request make_request(struct play *play, struct job *job, dam_header headers[2])
{
    static const char *const images[] = {"dami1.1.0123456789ab.aW1hZ2UgMQ.00000000", NULL};
    uint8_t choice = byte(play);
    dam_request request = DAM_REQUEST_INIT;
    request.path = text(play, paths);
    request.timeout_ms = 1 + byte(play) % 100;
    if (choice & 1)
        request.method = text(play, methods);
    if (choice & 2) {
        request.header_count = 1 + byte(play) % 2;
        request.headers = headers;
        for (size_t at = 0; at < request.header_count; at++)
            headers[at] = (dam_header){.name = text(play, header_names), .value = text(play, header_values)};
    }
    if (choice & 4)
        put_body(play, &request, job);
    if (choice & 8)
        request.content_type = text(play, types);
    if (choice & 16)
        request.canceller = play->cancellers[byte(play) % SLOTS];
    if (choice & 32) {
        request.write = byte(play) % 2 ? take : NULL;
        request.progress = byte(play) % 2 ? hear : NULL;
        request.head = byte(play) % 2 ? see_head : NULL;
    }
    if ((choice & 0xC0) == 0x40)
        request.image = text(play, images);
    if (choice == 0xC7)
        request.flags = byte(play); /* some are not there. */
    if (choice == 0xCF)
        request.size -= 1;
    if (!play->is_child && request.canceller != NULL)
        server_cancels(request.canceller);
    request.user_data = job;
    return request;
}

static const char *file_path(struct play *play, char path[4096])
{
    const char *name = text(play, files);
    if (name == NULL)
        return NULL;
    if (strstr(name, "..") != NULL) /* the input's own words do not leave the folder. */
        name = "dots";
    snprintf(path, 4096, "%s/files/%.64s", getenv("DAM_FUZZ_DIR"), name);
    return path;
}

static void read_response(struct play *play, const dam_response *response)
{
    dam_response_view view = DAM_RESPONSE_VIEW_INIT;
    view.size -= byte(play) % 16 == 0 ? 1 : 0;
    if (SAYS(dam_response_get(response, &view, err(play))) != DAM_OK)
        return;
    if (view.body == NULL || ((const char *)view.body)[view.body_size] != '\0' || has_cookie(&view))
        broken("a response is whole and without cookies", "dam_response_view");
    for (size_t at = 0; at < view.header_count; at++) {
        const char *value = dam_response_header(response, view.headers[at].name);
        if (value == NULL || (at == 0 && value != view.headers[0].value))
            broken("a header is found by its name", view.headers[at].name);
    }
    if (dam_response_header(response, "") != NULL || dam_response_header(response, NULL) != NULL)
        broken("no header is found where there is none", "dam_response_header");
}

static void send_blocking(struct play *play, dam_session *session)
{
    char path[4096];
    dam_header headers[2];
    dam_response *response = NULL, **place = &play->responses[byte(play) % SLOTS];
    struct job *job = new_job(play, 0);
    dam_request request = make_request(play, job, headers);
    dam_status status;
    if (byte(play) % 4 == 0) {
        const char *file = file_path(play, path);
        if (byte(play) % 8 != 0)
            request.write = NULL;
        status = SAYS(dam_session_download(session, &request, file, byte(play) % 5, &response, err(play)));
    } else {
        status = SAYS(dam_session_request(session, byte(play) % 32 ? &request : NULL, &response, err(play)));
    }
    if ((status == DAM_OK) != (response != NULL))
        broken("a response is there when all went well, and only then", dam_status_name((int32_t)status));
    if (response == NULL)
        return;
    dam_response_free(*place);
    *place = response;
    read_response(play, response);
}

/* Whether a loop holds what an object of the application's is needed for. */
static int is_under_way(const struct play *play)
{
    for (int slot = 0; slot < SLOTS; slot++)
        if (play->in_loop[slot] > 0)
            return 1;
    return 0;
}

static void play_form(struct play *play)
{
    static const char *const form_names[] = {"file", "gallery_id", "a\r\nX-Injected: 1", "\"", NULL};
    dam_form **form = &play->forms[byte(play) % SLOTS];
    char path[4096];
    uint64_t size = 0;
    const void *data;
    switch (byte(play) % 4) {
    case 0:
        if (is_under_way(play))
            return;
        dam_form_free(*form);
        *form = NULL;
        SAYS(dam_form_new(form, err(play)));
        break;
    case 1:
        SAYS(dam_form_add_file(*form, text(play, form_names), file_path(play, path), text(play, form_names),
                               text(play, types), err(play)));
        break;
    default:
        data = block(play, &size);
        SAYS(dam_form_add(*form, text(play, form_names), data, size, text(play, form_names), text(play, types),
                          err(play)));
    }
}

static void play_canceller(struct play *play)
{
    dam_canceller **canceller = &play->cancellers[byte(play) % SLOTS];
    if (byte(play) % 4 == 0) {
        SAYS(dam_canceller_cancel(*canceller, err(play)));
        return;
    }
    if (is_under_way(play))
        return;
    join_beside(play);
    if (!play->is_child)
        server_cancels(NULL);
    dam_canceller_free(*canceller);
    *canceller = NULL;
    SAYS(dam_canceller_new(canceller, err(play)));
}

void play_request(struct play *play)
{
    switch (byte(play) % 8) {
    case 0: play_form(play); break;
    case 1: play_canceller(play); break;
    case 2: read_response(play, play->responses[byte(play) % SLOTS]); break;
    default: send_blocking(play, play->sessions[byte(play) % SLOTS]);
    }
}

/* ---- In a loop --------------------------------------------------------------------------------------------------- */

static int slot_of(const struct play *play, const struct job *job)
{
    return job->is_in_loop - 1 < SLOTS && play->loops[job->is_in_loop - 1] != NULL ? job->is_in_loop - 1 : -1;
}

static void done(void *user_data, uint64_t id, int32_t status, dam_response *response, const dam_error *error)
{
    struct job *job = user_data;
    struct play *play = job->play;
    int slot = slot_of(play, job);
    if (job->done++ > 0 || slot < 0)
        broken("everything that was submitted is reported once", "dam_done_callback");
    play->in_loop[slot]--;
    if (error == NULL || error->status != status || (status != DAM_OK && response != NULL) ||
        status == DAM_ERR_INTERNAL)
        broken("done says one thing", error != NULL ? error->message : "NULL");
    check_clean(error->message, "dam_done_callback");
    if (status != DAM_OK && (job->url != NULL || job->code != NULL))
        broken("outputs are written only on DAM_OK", "dam_loop_consent_begin");
    dam_string_free(job->url);
    dam_string_free(job->code);
    job->url = job->code = NULL;
    split(job);
    dam_response_free(response);
    if (job->manner % 8 == 1 && dam_loop_dispatch(play->loops[slot], NULL) != DAM_ERR_ARGUMENT)
        broken("a dispatch in a dispatch is refused", "dam_loop_dispatch");
    if (job->manner % 8 == 2 && dam_loop_cancel(play->loops[slot], id, NULL) != DAM_ERR_NOT_FOUND)
        broken("what is over cannot be cancelled", "dam_loop_cancel");
    if (job->manner % 8 == 3)
        dam_loop_cancel(play->loops[slot], id + 1, NULL);
}

static void submit(struct play *play, int slot)
{
    dam_loop *loop = play->loops[slot];
    dam_session *session = play->sessions[byte(play) % SLOTS];
    struct job *job = new_job(play, slot + 1);
    char path[4096];
    dam_header headers[2];
    dam_request request;
    dam_status status;
    uint64_t *id = byte(play) % 8 ? &job->id : NULL;
    switch (byte(play) % 12) {
    case 0: status = SAYS(dam_loop_login(loop, session, byte(play) % 3, done, job, id, err(play))); break;
    case 1: status = SAYS(dam_loop_keepalive(loop, session, done, job, id, err(play))); break;
    case 2: status = SAYS(dam_loop_logout(loop, session, done, job, &job->logout, id, err(play))); break;
    case 3:
        request = make_request(play, job, headers);
        request.write = NULL;
        status = SAYS(dam_loop_download(loop, session, &request, file_path(play, path), byte(play) % 5, done, job, id,
                                        err(play)));
        break;
    case 8: status = SAYS(dam_loop_consent_begin(loop, session, done, job, &job->url, id, err(play))); break;
    case 9:
        status =
            SAYS(dam_loop_consent_finish(loop, session, "http://localhost/?code=c&state=s", done, job, id, err(play)));
        break;
    case 10:
        status = SAYS(dam_loop_consent_begin_device(loop, session, done, job, &job->url, &job->code, id, err(play)));
        break;
    case 11: status = SAYS(dam_loop_consent_poll(loop, session, done, job, id, err(play))); break;
    default:
        request = make_request(play, job, headers);
        status = SAYS(dam_loop_request(loop, session, &request, byte(play) % 32 ? done : NULL, job, id, err(play)));
    }
    if (status == DAM_OK)
        play->in_loop[slot]++;
}

static void dispatch(struct play *play, int slot, int milliseconds)
{
    struct pollfd readable = {.fd = dam_loop_fd(play->loops[slot]), .events = POLLIN};
    poll(&readable, 1, milliseconds);
    if (dam_loop_dispatch(play->loops[slot], NULL) != DAM_OK)
        broken("a loop can be dispatched", "dam_loop_dispatch");
}

/* Nothing is forgotten: what has a time-out is over in time, and the descriptor says when. */
void drain(struct play *play, int slot)
{
    struct timespec began, now;
    clock_gettime(CLOCK_MONOTONIC, &began);
    while (play->loops[slot] != NULL && play->in_loop[slot] > 0) {
        for (struct job *job = play->jobs; job != NULL; job = job->next)
            if (job->is_in_loop == slot + 1 && job->done == 0 && job->id != 0)
                dam_loop_resume(play->loops[slot], job->id, NULL);
        dispatch(play, slot, 200);
        clock_gettime(CLOCK_MONOTONIC, &now);
        if (now.tv_sec - began.tv_sec > 20)
            broken("a loop comes to an end", "dam_loop_dispatch");
    }
    if (dam_loop_count(play->loops[slot]) != (uint32_t)play->in_loop[slot])
        broken("a loop counts what is under way", "dam_loop_count");
}

void play_loop(struct play *play)
{
    int slot = byte(play) % SLOTS;
    switch (byte(play) % 12) {
    case 0:
        if (play->loops[slot] == NULL)
            SAYS(dam_loop_new(&play->loops[slot], err(play)));
        break;
    case 1: drain(play, slot); break;
    case 2:
        SAYS(dam_loop_cancel(play->loops[slot], number(play), err(play)));
        SAYS(dam_loop_resume(play->loops[slot], number(play), err(play)));
        break;
    case 3:
        if (play->loops[slot] == NULL && (dam_loop_fd(NULL) != -1 || dam_loop_count(NULL) != 0))
            broken("no loop is no loop", "dam_loop_fd");
        SAYS(dam_loop_dispatch(play->loops[slot], err(play)));
        break;
    case 4:
        if (play->loops[slot] != NULL)
            dispatch(play, slot, 20);
        break;
    default:
        if (play->loops[slot] == NULL)
            SAYS(dam_loop_new(&play->loops[slot], err(play)));
        submit(play, slot);
    }
}
