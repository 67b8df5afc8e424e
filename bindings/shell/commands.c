/*
 * commands.c - the commands that ask a session, or the library, one thing: organizations, token, status, bind, resolve and
 * list.
 *
 * Plain output is one record a line, parted by tabs, with control characters replaced; --json is exact. It refuses to
 * print a token with a line break in it: the reader would take the rest for something else.
 */
#include "wrapper.h"

#include <string.h>
#include <unistd.h>

struct rows {
    int json, count;
};

/* ---- organizations ---- */

static int32_t print_organization(void *user_data, const dam_organization *organization)
{
    static const char *const words[] = {"null", "false", "true"};
    struct rows *list = user_data;
    int known = organization->member < 0 ? 0 : 1 + (organization->member > 0);
    if (list->json) {
        print_json_member(list->count++ > 0 ? ",{" : "[{", "id", organization->id);
        print_json_member(",", "name", organization->name);
        printf(",\"member\":%s,\"selected\":%s}", words[known], words[1 + (organization->selected != 0)]);
        return DAM_OK;
    }
    print_clean(stdout, organization->id);
    putchar('\t');
    print_clean(stdout, organization->name);
    printf("\t%s\t%s\n", known == 0 ? "unknown" : known == 1 ? "no-member" : "member",
           organization->selected ? "selected" : "-");
    return DAM_OK;
}

int run_organizations(const struct arguments *arguments, struct work *work)
{
    struct rows list = {.json = is_given(arguments, FLAG_JSON)};
    dam_error error;
    if (dam_session_organizations(work->session, print_organization, &list, &error) != DAM_OK)
        return report(&error);
    if (list.json)
        puts(list.count > 0 ? "]" : "[]");
    return EXIT_OK;
}

/* ---- token ---- */

int run_token(const struct arguments *arguments, struct work *work)
{
    char *token = NULL;
    dam_error error;
    (void)arguments;
    int code = dam_session_token(work->session, &token, &error) == DAM_OK ? write_line(token) : report(&error);
    dam_string_free(token);
    return code;
}

/* ---- status ---- */

static void print_state_json(const char *name, const dam_session_state *state)
{
    static const char *const truth[] = {"false", "true"};
    print_json_member("{", "name", name);
    printf(",\"logged_in\":%s,\"stored\":%s,\"refused\":%s", truth[(state->flags & DAM_STATE_LOGGED_IN) != 0],
           truth[(state->flags & DAM_STATE_STORED) != 0], truth[(state->flags & DAM_STATE_REFUSED) != 0]);
    printf(",\"generation\":%llu,\"issued_at\":%lld,\"used_at\":%lld,\"idle_limit\":%d,\"tokens_obtained\":%d",
           (unsigned long long)state->generation, (long long)state->issued_at, (long long)state->used_at,
           (int)state->idle_limit, (int)state->tokens_obtained);
    print_json_member(",", "fingerprint", state->fingerprint);
    print_json_member(",", "origin", state->origin);
    print_json_member(",", "organization", state->organization);
    print_json_member(",", "store", state->store);
    puts("}");
}

static void print_state(const char *name, const dam_session_state *state)
{
    char time[TIME_CAPACITY];
    print_text("name", name);
    print_text("logged in", state->flags & DAM_STATE_LOGGED_IN ? "yes" : "no");
    print_text("stored", state->flags & DAM_STATE_STORED ? "yes" : "no");
    print_text("refused", state->flags & DAM_STATE_REFUSED ? "yes; correct the credentials, or login --again" : "no");
    print_text("origin", state->origin);
    print_text("organization", state->organization);
    printf("generation: %llu\n", (unsigned long long)state->generation);
    print_text("fingerprint", state->fingerprint);
    print_text("issued", write_time(state->issued_at, time));
    print_text("used", write_time(state->used_at, time));
    if (state->idle_limit > 0)
        printf("idle limit: %d s\n", (int)state->idle_limit);
    else
        print_text("idle limit", "unknown");
    printf("tokens obtained: %d\n", (int)state->tokens_obtained);
    print_text("store", state->store);
}

int run_status(const struct arguments *arguments, struct work *work)
{
    dam_session_state state = {.size = sizeof state};
    dam_error error;
    if (dam_session_get_state(work->session, &state, &error) != DAM_OK)
        return report(&error);
    if (is_given(arguments, FLAG_JSON))
        print_state_json(arguments->words[0], &state);
    else
        print_state(arguments->words[0], &state);
    return EXIT_OK;
}

/* ---- bind, resolve ---- */

int run_bind(const struct arguments *arguments, struct work *work)
{
    char *handle = NULL;
    dam_error error;
    dam_status status = dam_image_bind(work->session, arguments->words[1], arguments->generation, &handle, &error);
    int code = status == DAM_OK ? write_line(handle) : report(&error);
    dam_string_free(handle);
    return code;
}

int run_resolve(const struct arguments *arguments, struct work *work)
{
    char *image = NULL;
    dam_error error;
    dam_status status = dam_image_resolve(work->session, arguments->words[1], &image, &error);
    int code = status == DAM_OK ? write_line(image) : report(&error);
    dam_string_free(image);
    return code;
}

/* ---- list ---- */

static int32_t print_name(void *user_data, const char *name)
{
    struct rows *list = user_data;
    if (list->json) {
        print_json_member(list->count++ > 0 ? "},{" : "[{", "name", name);
    } else {
        print_clean(stdout, name);
        putchar('\n');
    }
    return DAM_OK;
}

int run_list(const struct arguments *arguments, struct work *work)
{
    struct rows list = {.json = is_given(arguments, FLAG_JSON)};
    dam_error error;
    (void)work;
    if (dam_name_list(print_name, &list, &error) != DAM_OK)
        return report(&error);
    if (list.json)
        puts(list.count > 0 ? "}]" : "[]");
    return EXIT_OK;
}
