/*
 * images.c - the commands `bind`, `resolve` and `stale`: handles that tie an image ID to a device token. No server is
 * asked.
 *
 * Stale handles are printed only after all have been checked: if one is damaged, a part of the list would look like the
 * whole. Error messages do not quote a handle, because the argument might be something secret.
 */
#include "arguments.h"
#include "commands.h"
#include "exit_code.h"
#include "files.h"
#include "print.h"
#include "say.h"
#include "work.h"

#include <damsession.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- bind, resolve ---- */

int run_bind(const struct arguments *arguments, struct work *work)
{
    char *handle = NULL;
    dam_error error;
    dam_status status =
        dam_session_bind_image(work->session, arguments->words[1], arguments->generation, &handle, &error);
    int code = status == DAM_OK ? write_line(handle) : report(&error);
    dam_string_free(handle);
    return code;
}

int run_resolve(const struct arguments *arguments, struct work *work)
{
    char *image = NULL;
    dam_error error;
    dam_status status = dam_session_resolve_image(work->session, arguments->words[1], &image, &error);
    int code = status == DAM_OK ? write_line(image) : report(&error);
    dam_string_free(image);
    return code;
}

/* ---- stale ---- */

struct handles {
    char *text;        /* the text of standard input. */
    const char **each; /* first all of them, then those that are stale. */
    size_t count;
};

/* One handle a line. Empty lines, such as that of an empty list, are ignored. */
static int read_handles(struct handles *out)
{
    void *bytes = NULL;
    size_t size = 0;
    char *rest = NULL;
    int code = read_file("-", &bytes, &size);
    if (code != EXIT_OK)
        return code;
    out->text = bytes;
    if (strlen(out->text) != size) {
        say("standard input: there is a NUL byte in a handle");
        return EXIT_USAGE;
    }
    out->each = calloc(size / 2 + 1, sizeof *out->each); /* a handle with its line end takes at least two bytes. */
    if (out->each == NULL) {
        say("no memory");
        return EXIT_INTERNAL;
    }
    for (char *at = strtok_r(out->text, "\r\n", &rest); at != NULL; at = strtok_r(NULL, "\r\n", &rest))
        out->each[out->count++] = at;
    return EXIT_OK;
}

/* Keeps the stale ones. */
static int sift(dam_session *session, struct handles *handles)
{
    size_t stale = 0;
    for (size_t index = 0; index < handles->count; index++) {
        char *image = NULL;
        dam_error error;
        dam_status status = dam_session_resolve_image(session, handles->each[index], &image, &error);
        dam_string_free(image);
        if (status == DAM_ERR_HANDLE_STALE) {
            handles->each[stale++] = handles->each[index];
        } else if (status != DAM_OK) {
            int code = report(&error);
            if (status == DAM_ERR_ARGUMENT)
                say("that was handle %zu of %zu; none is printed", index + 1, handles->count);
            return code;
        }
    }
    handles->count = stale;
    return EXIT_OK;
}

static void print_handles(const struct handles *handles, int json)
{
    for (size_t index = 0; index < handles->count; index++) {
        if (json) {
            putchar(index > 0 ? ',' : '[');
            print_json(handles->each[index]);
        } else {
            print_column(handles->each[index], '\n');
        }
    }
    if (json)
        puts(handles->count > 0 ? "]" : "[]");
}

int run_stale(const struct arguments *arguments, struct work *work)
{
    size_t given = (size_t)arguments->word_count - 1;
    struct handles handles = {.each = arguments->words + 1, .count = given};
    int code = EXIT_OK;
    if (given == 0) {
        handles.each = NULL;
        code = read_handles(&handles);
    }
    if (code == EXIT_OK)
        code = sift(work->session, &handles);
    if (code == EXIT_OK)
        print_handles(&handles, is_given(arguments, FLAG_JSON));
    if (given == 0)
        free(handles.each);
    free(handles.text);
    return code;
}
