/*
 * stored.c - the commands `list`, `sessions` and `remove`: remembered names, and all sessions in a store.
 *
 * The last two need only the store, from --store or DAMSESSION_STORE. They open no session: a session that is listed
 * may have options that are not remembered, and one that is removed may be damaged.
 */
#include "arguments.h"
#include "commands.h"
#include "exit_code.h"
#include "print.h"
#include "refuse.h"
#include "say.h"
#include "work.h"

#include <damsession.h>

#include <stdio.h>
#include <string.h>

/* ---- list ---- */

/* What cannot be read is said on standard error, and the name is listed all the same. */
static int32_t print_name(void *user_data, const char *name)
{
    static const char *const options[] = {"system", "user", "url"};
    struct rows *list = user_data;
    dam_config *config = NULL;
    dam_error error;
    dam_status status = dam_config_new(&config, &error);
    if (status == DAM_OK && (status = dam_config_load(config, name, &error)) != DAM_OK)
        say("%s: %s", name, error.message);
    if (list->json)
        print_json_member(list->count++ > 0 ? ",{" : "[{", "name", name);
    else
        print_clean(stdout, name);
    for (size_t at = 0; at < sizeof options / sizeof options[0]; at++) {
        char *value = NULL;
        if (status == DAM_OK)
            dam_config_get(config, options[at], &value, NULL);
        if (list->json) {
            print_json_member(",", options[at], value != NULL ? value : "");
        } else {
            putchar('\t');
            print_clean(stdout, value != NULL && value[0] != '\0' ? value : "-");
        }
        dam_string_free(value);
    }
    putchar(list->json ? '}' : '\n');
    dam_config_free(config);
    return DAM_OK;
}

int run_list(const struct arguments *arguments, struct work *work)
{
    struct rows list = {.json = is_given(arguments, FLAG_JSON)};
    dam_error error;
    (void)work;
    if (dam_name_list(print_name, &list, &error) != DAM_OK)
        return report(&error);
    end_rows(&list);
    return EXIT_OK;
}

/* ---- sessions, remove ---- */

static int32_t print_session(void *user_data, const dam_stored_session *session)
{
    struct rows *list = user_data;
    char time[TIME_CAPACITY];
    if (list->json) {
        print_json_member(list->count++ > 0 ? ",{" : "[{", "key", session->key);
        print_json_member(",", "system", session->system);
        print_json_member(",", "url", session->url);
        print_json_member(",", "user", session->user);
        print_json_member(",", "organization", session->organization);
        printf(",\"generation\":%llu,\"used_at\":%lld,\"logged_in\":%s}", (unsigned long long)session->generation,
               (long long)session->used_at, session->logged_in ? "true" : "false");
        return DAM_OK;
    }
    print_column(session->key, '\t');
    print_column(session->system, '\t');
    print_column(session->url, '\t');
    print_column(session->user, '\t');
    print_column(session->organization, '\t');
    printf("%llu\t%s\t%s\n", (unsigned long long)session->generation, write_time(session->used_at, time),
           session->logged_in ? "logged-in" : "logged-out");
    return DAM_OK;
}

int run_sessions(const struct arguments *arguments, struct work *work)
{
    struct rows list = {.json = is_given(arguments, FLAG_JSON)};
    dam_error error;
    if (dam_config_list_stored(work->config, print_session, &list, &error) != DAM_OK)
        return report(&error);
    end_rows(&list);
    return EXIT_OK;
}

int run_remove(const struct arguments *arguments, struct work *work)
{
    const char *key = arguments->words[0];
    char nearest[65];
    dam_error error;
    if (dam_config_remove_stored(work->config, key, &error) == DAM_OK)
        return EXIT_OK;
    int code = report(&error);
    if (find_nearest_name(key, nearest, sizeof nearest) && strcmp(nearest, key) == 0)
        say("%s is a name, and no key: damsession forget %s forgets it and its session", key, key);
    return code;
}
