/*
 * batch_report.c - what came of many paths, and what did not: on standard error for people, in the file of --report as
 * a line of JSON for each path that did not come, or came under another name than it would have had.
 *
 * In the report a path is as it was given, with its query, so that a script can ask for it again; in messages its query
 * is left out.
 */
#include "batch_report.h"

#include "exit_code.h"
#include "names.h"
#include "print.h"
#include "progress.h"
#include "say.h"

#include <damsession.h>

#include <string.h>
#include <unistd.h>

int open_report(struct tally *tally, const char *path)
{
    if (path == NULL)
        return EXIT_OK;
    int is_standard = strcmp(path, "-") == 0;
    tally->place = is_standard ? "standard output" : path;
    tally->report = is_standard ? stdout : fopen(path, "we");
    return tally->report != NULL ? EXIT_OK : complain(path);
}

/* Line by line, so that what is known stays known, whatever comes. */
static void write_row(struct tally *tally, const struct wanted *wanted, const char *status, int32_t http, int code,
                      const char *sentence)
{
    if (tally->code == EXIT_OK)
        tally->code = code;
    if (tally->report == NULL)
        return;
    write_json_member(tally->report, "{", "path", wanted->path);
    write_json_member(tally->report, ",", "file", wanted->name);
    if (wanted->before != NULL)
        write_json_member(tally->report, ",", "asked", wanted->before);
    write_json_member(tally->report, ",", "status", status);
    fprintf(tally->report, ",\"exit_code\":%d,\"http_status\":%d", code, (int)http);
    write_json_member(tally->report, ",", "error", sentence);
    fputs("}\n", tally->report);
    fflush(tally->report);
}

void report_failure(struct tally *tally, const struct wanted *wanted, const char *file, int32_t http_status,
                    const dam_error *error)
{
    char text[DESCRIPTION_CAPACITY];
    int visible = (int)strcspn(wanted->path, "?");
    tally->failed++;
    if (http_status > 0) {
        snprintf(text, sizeof text, "the server answered with HTTP status %d", (int)http_status);
        say("%.*s: %s", visible, wanted->path, text);
        write_row(tally, wanted, "HTTP", http_status, EXIT_HTTP, text);
    } else {
        int is_local = is_about_file(error, file);
        say("%.*s: %s", visible, wanted->path, is_local ? error->message : describe(error, text));
        write_row(tally, wanted, dam_status_name(error->status), error->http_status,
                  is_local ? EXIT_STOPPED : find_exit_code(error->status), error->message);
    }
}

void report_success(struct tally *tally, const struct wanted *wanted)
{
    size_t used = strlen(tally->names), room = sizeof tally->names - used;
    if (wanted->before == NULL)
        return;
    int size =
        snprintf(tally->names + used, room, "%s`%s` as `%s`", used > 0 ? ", " : "", wanted->before, wanted->name);
    if (size < 0 || (size_t)size >= room || tally->is_cut) {
        tally->names[used] = '\0';
        tally->is_cut = 1;
    }
    tally->renamed++;
    tally->named += !tally->is_cut;
    write_row(tally, wanted, dam_status_name(DAM_OK), 0, EXIT_OK, "");
}

void report_untried(struct tally *tally, const struct wanted *wanted, const dam_error *error)
{
    char text[DESCRIPTION_CAPACITY];
    snprintf(text, sizeof text, "not asked for: %s", error->message);
    tally->untried++;
    write_row(tally, wanted, dam_status_name(error->status), 0, find_exit_code(error->status), text);
}

/* Once, however many they are: those that there is room for. */
static void say_renamed(const struct tally *tally)
{
    char more[80] = "";
    if (tally->renamed > tally->named)
        snprintf(more, sizeof more, "%s%zu more, which --report FILE lists", tally->named > 0 ? ", and " : "",
                 tally->renamed - tally->named);
    if (tally->renamed > 0)
        say("saved under another name: %s%s", tally->names, more);
}

static int sum_up(const struct tally *tally, size_t count)
{
    size_t missing = tally->failed + tally->untried;
    char untried[64] = "", old[64] = "", size[SIZE_CAPACITY] = "";
    if (tally->untried > 0)
        snprintf(untried, sizeof untried, "; %zu of them were not asked for", tally->untried);
    if (tally->old > 0)
        snprintf(old, sizeof old, "; %zu of them were there before", tally->old);
    if (tally->came > tally->old)
        write_size(tally->bytes, size);
    say_renamed(tally);
    if (missing > 0)
        say("%zu of %zu did not come%s", missing, count, untried);
    else if (isatty(STDERR_FILENO))
        say("%zu of %zu came%s%s%s", tally->came, count, tally->came > tally->old ? ", " : "", size, old);
    return missing == 0 ? EXIT_OK : tally->came > 0 ? EXIT_PARTLY : tally->code;
}

int close_report(struct tally *tally, size_t count, int code)
{
    if (code == EXIT_OK)
        code = sum_up(tally, count);
    if (tally->report == NULL || tally->report == stdout) /* main closes that, and looks for errors. */
        return code;
    int failed = ferror(tally->report);
    return (fclose(tally->report) != 0 || failed) && code == EXIT_OK ? complain(tally->place) : code;
}
