/*
 * batch.c - many paths, each into a file of its own, some at a time over one session and on one thread.
 *
 * A file that is there already is not fetched. What fails is reported, and the rest goes on, unless it would fail in
 * the same way: nobody is asked for a password a thousand times, and no server that is out of reach tried as often.
 */
#include "batch.h"

#include "arguments.h"
#include "batch_report.h"
#include "exit_code.h"
#include "paths.h"
#include "progress.h"
#include "remedy.h"
#include "say.h"
#include "work.h"

#include <damsession.h>

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { USUAL_JOBS = 4, MOST_UNREACHED = 5 };

struct item {
    struct batch *batch;
    const struct wanted *wanted;
    char *file;
    int64_t done, total;
};

struct batch {
    const struct arguments *arguments;
    const dam_request *request;
    struct work *work;
    dam_loop *loop;
    struct item *items;
    size_t count, next, running;
    struct tally tally;
    dam_error stop; /* why nothing more is begun; DAM_OK: it is. */
    int is_open;    /* a request has been answered. Until then there is one, so that a person is asked once. */
    int unreached;  /* how many in a row could not reach the server. */
    struct pace pace;
    int64_t drawn_ms; /* when the bar was drawn. */
    int shows;
};

/* ---- progress ---- */

/* Whose size is not known yet, begun or not, counts as large as the others are on average. */
static void draw(struct batch *batch)
{
    int64_t done = batch->tally.bytes, total = done;
    size_t over = batch->tally.came + batch->tally.failed, sized = 0;
    char words[64];
    for (size_t at = 0; at < batch->next; at++) {
        const struct item *item = &batch->items[at];
        done += item->done;
        total += item->total > 0 ? item->total : 0;
        sized += item->total > 0;
    }
    size_t known = batch->tally.came - batch->tally.old + sized,
           unknown = batch->count - batch->next + batch->running - sized;
    total = known > 0 ? total + (int64_t)((double)total / (double)known * (double)unknown) : 0;
    total = total > 0 && total < done ? done : total;
    snprintf(words, sizeof words, "%zu of %zu files, ", over, batch->count);
    draw_progress(&batch->pace, words, done, total);
    batch->drawn_ms = count_milliseconds();
}

/* A few times a second: the list may be long. */
static void show(struct batch *batch, int is_last)
{
    enum { INTERVAL_MS = 200 };
    if (batch->shows && (is_last || count_milliseconds() - batch->drawn_ms >= INTERVAL_MS))
        draw(batch);
}

static int32_t note_progress(void *user_data, int64_t down, int64_t down_total, int64_t up, int64_t up_total)
{
    struct item *item = user_data;
    (void)up;
    (void)up_total;
    item->done = down;
    item->total = down_total;
    if (down > 0)
        show(item->batch, 0);
    return 0;
}

/* ---- one path ---- */

/* The next request would fail in the same way. */
static int is_final(struct batch *batch, int32_t status)
{
    batch->unreached = status == DAM_ERR_CONNECT || status == DAM_ERR_TLS ? batch->unreached + 1 : 0;
    return (status >= DAM_ERR_CREDENTIALS_NEEDED && status <= DAM_ERR_THROTTLED) || batch->unreached == MOST_UNREACHED;
}

static int32_t note_head(void *user_data, const dam_response_view *head)
{
    const struct item *item = user_data;
    (void)head;
    item->batch->is_open = 1;
    return 0;
}

/* A file that is there already stays: a success only if that is what was asked for. */
static void leave(struct item *item, int is_wanted)
{
    struct tally *tally = &item->batch->tally;
    dam_error error = {.status = DAM_ERR_ARGUMENT, .retry_after = -1};
    tally->old += is_wanted != 0;
    tally->came += is_wanted != 0;
    tally->kept += !is_wanted;
    snprintf(error.message, sizeof error.message, "there is a file %s already", item->file);
    if (is_wanted)
        report_success(tally, item->wanted);
    else
        report_failure(tally, item->wanted, item->file, 0, &error);
    show(item->batch, item->batch->running == 0 && item->batch->next == item->batch->count);
}

static int is_there(const struct item *item)
{
    struct stat found;
    return !is_given(item->batch->arguments, FLAG_REPLACE) && lstat(item->file, &found) == 0;
}

/* What a success has brought: the file's size, since no progress is told of a small one. */
static int64_t count_bytes(const struct item *item, int32_t http_status)
{
    struct stat found;
    return is_success(http_status) && stat(item->file, &found) == 0 ? found.st_size : 0;
}

static void finish(struct item *item, int32_t status, const dam_response *response, const dam_error *error)
{
    struct batch *batch = item->batch;
    dam_response_view view = DAM_RESPONSE_VIEW_INIT;
    batch->is_open = 1;
    if (status == DAM_ERR_ARGUMENT && is_there(item)) { /* another run has fetched it meanwhile. */
        item->done = item->total = 0;
        leave(item, is_given(batch->arguments, FLAG_CONTINUE));
        return;
    }
    if (status == DAM_OK)
        dam_response_get(response, &view, NULL);
    if (status == DAM_OK && (is_success(view.http_status) || view.http_status == 304)) {
        batch->tally.came++;
        if (view.http_status != 304) /* there is no file. */
            report_success(&batch->tally, item->wanted);
        batch->tally.old += view.http_status == 304; /* the script asked for that, by a header of its own. */
        batch->unreached = 0;
        batch->tally.bytes += count_bytes(item, view.http_status);
    } else {
        report_failure(&batch->tally, item->wanted, item->file, view.http_status, error);
        if (is_final(batch, status) && batch->stop.status == DAM_OK) {
            batch->stop = *error;
            batch->work->credentials.is_declined = 1; /* others on their way would ask again. */
        }
    }
    item->done = item->total = 0;
    show(batch, batch->running == 0 && batch->next == batch->count);
}

static void take_done(void *user_data, uint64_t id, int32_t status, dam_response *response, const dam_error *error)
{
    struct item *item = user_data;
    (void)id;
    item->batch->running--;
    finish(item, status, response, error);
    dam_response_free(response);
}

static void begin(struct item *item)
{
    const struct batch *batch = item->batch;
    const struct arguments *arguments = batch->arguments;
    dam_request request = *batch->request;
    dam_error error;
    uint32_t flags = (is_given(arguments, FLAG_CONTINUE) ? DAM_DOWNLOAD_CONTINUE : 0U) |
                     (is_given(arguments, FLAG_REPLACE) ? 0U : DAM_DOWNLOAD_KEEP);
    if (is_there(item)) {
        leave(item, is_given(arguments, FLAG_CONTINUE));
        return;
    }
    char *path = NULL;
    if (dam_path_with_query(item->wanted->path, arguments->pairs, arguments->pair_count, &path, &error) != DAM_OK) {
        finish(item, error.status, NULL, &error);
        return;
    }
    request.path = path;
    request.user_data = item;
    request.head = note_head;
    request.progress = batch->shows ? note_progress : NULL;
    dam_status status = dam_loop_download(batch->loop, batch->work->session, &request, item->file, flags, take_done,
                                          item, NULL, &error);
    dam_string_free(path); /* the loop has copied it. */
    if (status == DAM_OK)
        item->batch->running++;
    else
        finish(item, error.status, NULL, &error);
}

/* ---- all of them ---- */

static int fetch(struct batch *batch)
{
    size_t jobs = batch->arguments->jobs > 0 ? batch->arguments->jobs : USUAL_JOBS;
    dam_error error;
    if (dam_loop_new(&batch->loop, &error) != DAM_OK)
        return report(&error);
    for (;;) {
        while (batch->running < (batch->is_open ? jobs : 1) && batch->next < batch->count &&
               batch->stop.status == DAM_OK)
            begin(&batch->items[batch->next++]);
        if (batch->running == 0)
            break;
        struct pollfd ready = {.fd = dam_loop_fd(batch->loop), .events = POLLIN};
        poll(&ready, 1, -1);
        if (dam_loop_dispatch(batch->loop, &error) != DAM_OK)
            return report(&error);
    }
    for (; batch->next < batch->count; batch->next++)
        report_untried(&batch->tally, batch->items[batch->next].wanted, &batch->stop);
    return EXIT_OK;
}

/* With those above it, as wget -P does. */
static int make_folder(const char *folder)
{
    char path[PATH_MAX];
    if ((size_t)snprintf(path, sizeof path, "%s", folder) >= sizeof path)
        return -1;
    for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(path, 0777) != 0 && errno != EEXIST)
            return -1;
        *slash = '/';
    }
    return mkdir(path, 0777) == 0 || errno == EEXIST ? 0 : -1;
}

static int prepare(struct batch *batch, const struct paths *paths)
{
    const char *folder = batch->arguments->output_dir;
    batch->items = calloc(paths->count + 1, sizeof *batch->items);
    if (batch->items == NULL)
        return complain("memory");
    for (size_t at = 0; at < paths->count; at++) {
        struct item *item = &batch->items[batch->count++];
        *item = (struct item){.batch = batch, .wanted = &paths->list[at]};
        if (asprintf(&item->file, "%s/%s", folder, paths->list[at].name) < 0) {
            item->file = NULL;
            return complain("memory");
        }
    }
    if (make_folder(folder) != 0)
        return complain(folder);
    return open_report(&batch->tally, batch->arguments->report);
}

int wants_batch(const struct arguments *arguments)
{
    return arguments->output_dir != NULL;
}

int run_batch(const struct arguments *arguments, struct work *work, const dam_request *request)
{
    struct batch batch = {
        .arguments = arguments, .request = request, .work = work, .shows = may_show_progress(arguments)};
    struct paths paths;
    int code = read_paths(arguments, &paths);
    if (code == EXIT_OK)
        code = prepare(&batch, &paths);
    if (code == EXIT_OK)
        code = open_session(work, arguments);
    if (code == EXIT_OK)
        code = fetch(&batch);
    clear_progress();
    dam_loop_free(batch.loop);
    for (size_t at = 0; at < batch.count; at++)
        free(batch.items[at].file);
    code = close_report(&batch.tally, batch.count, code);
    if (batch.tally.kept > 0)
        say("--continue leaves out files that are there, --replace fetches them anew");
    for (size_t at = 0; at < paths.count && code != EXIT_OK && !explain_path(paths.list[at].path); at++)
        ;
    say_remedy(&batch.stop);
    free(batch.items);
    free_paths(&paths);
    return code;
}
