/*
 * tokens.c - the commands `token` and `tokens`: the token of the session, and the user's device tokens.
 *
 * The list of device tokens is the local one; no server is asked. A token that contains a line break is not printed:
 * its reader would take the rest for something else.
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

/* ---- token ---- */

int run_token(const struct arguments *arguments, struct work *work)
{
    char *token = NULL;
    dam_error error;
    (void)arguments;
    int code = dam_session_get_token(work->session, &token, &error) == DAM_OK ? write_line(token) : report(&error);
    dam_string_free(token);
    return code;
}

/* ---- tokens ---- */

struct token_list {
    int json, count;
    const char *user, *origin;
};

/* The owner of the tokens, which an administrator looks up. It is printed with the first token, so that a failure
   prints nothing. */
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
    dam_session_state state = DAM_SESSION_STATE_INIT;
    char *user = NULL;
    dam_error error;
    struct token_list list = {.json = is_given(arguments, FLAG_JSON), .origin = state.origin};
    int code = EXIT_OK;
    if (dam_session_get_state(work->session, &state, &error) != DAM_OK ||
        dam_config_get(work->config, "user", &user, &error) != DAM_OK)
        code = report(&error);
    list.user = user;
    if (code == EXIT_OK && dam_session_list_device_tokens(work->session, print_token, &list, &error) != DAM_OK)
        code = report(&error);
    if (code == EXIT_OK && list.count == 0)
        print_owner(&list);
    if (code == EXIT_OK && list.json)
        puts("]}");
    dam_string_free(user);
    return code;
}
