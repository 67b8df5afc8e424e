/* loop.c - asks for twenty galleries at once, on one thread, with one login for all of them. The loop's descriptor is
 * watched by poll(2) here; give it to the event loop that you have. DAMSESSION_SYSTEM, DAMSESSION_USER and the like
 * come from the environment. */
#define _POSIX_C_SOURCE 200809L

#include <damsession.h>

#include <errno.h>
#include <poll.h>
#include <stdio.h>

enum { GALLERIES = 20 };

/* Called in dam_loop_dispatch, once for each request. */
static void done(void *user_data, uint64_t id, int32_t status, dam_response *response, const dam_error *error)
{
    int *answered = user_data;
    dam_response_view view = DAM_RESPONSE_VIEW_INIT;
    if (status == DAM_OK && dam_response_get(response, &view, NULL) == DAM_OK)
        *answered += view.http_status == 200;
    else
        fprintf(stderr, "request %u: %s\n", (unsigned)id, error->message);
    dam_response_free(response);
}

static dam_status ask(dam_loop *loop, dam_session *session, int *answered, dam_error *error)
{
    dam_status status = DAM_OK;
    for (int number = 0; number < GALLERIES && status == DAM_OK; number++) {
        char path[32]; /* it is copied. */
        snprintf(path, sizeof path, "mem/gallery/G%d", number);
        dam_request request = DAM_REQUEST_GET(path);
        status = dam_loop_request(loop, session, &request, done, answered, NULL, error);
    }
    return status;
}

int main(void)
{
    dam_error error;
    dam_session *session = NULL;
    dam_loop *loop = NULL;
    int answered = 0;

    dam_status status = dam_session_open_named(NULL, &session, &error);
    if (status == DAM_OK)
        status = dam_loop_new(&loop, &error);
    if (status == DAM_OK)
        status = ask(loop, session, &answered, &error);
    while (status == DAM_OK && dam_loop_count(loop) > 0) {
        struct pollfd watched = {.fd = dam_loop_fd(loop), .events = POLLIN}; /* and what else you wait for. */
        if (poll(&watched, 1, -1) < 0 && errno != EINTR)
            break;
        status = dam_loop_dispatch(loop, &error); /* does not wait. */
    }
    if (status != DAM_OK)
        fprintf(stderr, "%s: %s\n", dam_status_name(error.status), error.message);
    printf("%d of %d galleries\n", answered, GALLERIES);

    dam_loop_free(loop);
    dam_session_free(session);
    return answered == GALLERIES ? 0 : 1;
}
