/*
 * tokens.c - tokens and stale: the scarce device tokens, and the image handles that died with one. No server is asked.
 *
 * It refuses to print any stale handle before every one has been judged: with a damaged one among them, the list would
 * look whole and not be it. Handles are not repeated in complaints; what was given might be something else.
 */
#include "wrapper.h"

#include <stdlib.h>
#include <string.h>

/* ---- tokens ---- */

struct token_list {
    int json, count;
    const char *user, *origin;
};

/* Before the first token, so that a failure prints nothing: whose they are, which is what an administrator looks up. */
static void print_owner(const struct token_list *list)
{
    if (list->json) {
        print_json_member("{", "user", list->user);
        print_json_member(",", "origin", list->origin);
        fputs(",\"tokens\":[", stdout);
    } else {
        print_text("user", list->user);
        print_text("origin", list->origin);
    }
}

static int32_t print_token(void *user_data, const dam_device_token *token)
{
    struct token_list *list = user_data;
    char time[TIME_CAPACITY];
    if (list->count == 0)
        print_owner(list);
    if (list->json) {
        print_json_member(list->count++ > 0 ? ",{" : "{", "fingerprint", token->fingerprint);
        printf(",\"obtained_at\":%lld,\"dead_at\":%lld,\"in_use\":%s}", (long long)token->obtained_at,
               (long long)token->dead_at, token->in_use ? "true" : "false");
        return DAM_OK;
    }
    list->count++;
    print_column(token->fingerprint, '\t');
    printf("%s\t", write_time(token->obtained_at, time));
    printf("%s\t", token->dead_at == 0 ? "alive" : "dead");
    printf("%s\t", token->dead_at == 0 ? "-" : write_time(token->dead_at, time));
    puts(token->in_use ? "in-use" : "-");
    return DAM_OK;
}

int run_tokens(const struct arguments *arguments, struct work *work)
{
    dam_session_state state = {.size = sizeof state};
    char *user = NULL;
    dam_error error;
    struct token_list list = {.json = is_given(arguments, FLAG_JSON), .origin = state.origin};
    int code = EXIT_OK;
    if (dam_session_get_state(work->session, &state, &error) != DAM_OK ||
        dam_config_get(work->config, "user", &user, &error) != DAM_OK)
        code = report(&error);
    list.user = user;
    if (code == EXIT_OK && dam_session_device_tokens(work->session, print_token, &list, &error) != DAM_OK)
        code = report(&error);
    if (code == EXIT_OK && list.count == 0)
        print_owner(&list);
    if (code == EXIT_OK && list.json)
        puts("]}");
    dam_string_free(user);
    return code;
}

/* ---- stale ---- */

struct handles {
    char *text;          /* the lines of standard input. */
    const char **each;   /* first all of them, then those that are stale. */
    size_t count;
};

/* One a line; empty lines, as of an empty list, are none. */
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
    out->each = calloc(size / 2 + 1, sizeof *out->each); /* a handle and its line end are two bytes at least. */
    if (out->each == NULL) {
        say("no memory");
        return EXIT_INTERNAL;
    }
    for (char *at = strtok_r(out->text, "\r\n", &rest); at != NULL; at = strtok_r(NULL, "\r\n", &rest))
        out->each[out->count++] = at;
    return EXIT_OK;
}

/* Leaves the stale ones. */
static int sift(dam_session *session, struct handles *handles)
{
    size_t stale = 0;
    for (size_t index = 0; index < handles->count; index++) {
        char *image = NULL;
        dam_error error;
        dam_status status = dam_image_resolve(session, handles->each[index], &image, &error);
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
