/*
 * status.c - the command `status`: prints what is known here about a session. No server is asked.
 */
#include "arguments.h"
#include "commands.h"
#include "exit_code.h"
#include "print.h"
#include "say.h"
#include "work.h"

#include <damsession.h>

#include <stdio.h>

static void print_state_json(const char *name, const char *system, const char *user, const dam_session_state *state)
{
    static const char *const truth[] = {"false", "true"};
    print_json_member("{", "name", name);
    print_json_member(",", "system", system);
    print_json_member(",", "user", user);
    printf(",\"logged_in\":%s,\"stored\":%s,\"refused\":%s", truth[(state->flags & DAM_STATE_LOGGED_IN) != 0],
           truth[(state->flags & DAM_STATE_STORED) != 0], truth[(state->flags & DAM_STATE_REFUSED) != 0]);
    printf(",\"generation\":%llu,\"issued_at\":%lld,\"used_at\":%lld,\"idle_limit\":%d,\"tokens_obtained\":%d",
           (unsigned long long)state->generation, (long long)state->issued_at, (long long)state->used_at,
           (int)state->idle_limit, (int)state->tokens_obtained);
    printf(",\"expires_at\":%lld,\"renewable\":%s", (long long)state->expires_at,
           truth[(state->flags & DAM_STATE_RENEWABLE) != 0]);
    print_json_member(",", "fingerprint", state->fingerprint);
    print_json_member(",", "origin", state->origin);
    print_json_member(",", "organization", state->organization);
    print_json_member(",", "store", state->store);
    puts("}");
}

static void print_state(const char *name, const char *system, const char *user, const dam_session_state *state)
{
    char time[TIME_CAPACITY];
    print_text("name", name);
    print_text("system", system);
    print_text("user", user);
    print_text("logged in", state->flags & DAM_STATE_LOGGED_IN ? "yes" : "no");
    print_text("stored", state->flags & DAM_STATE_STORED ? "yes" : "no");
    print_text("refused", state->flags & DAM_STATE_REFUSED ? "yes; correct the credentials, or login --again" : "no");
    print_text("origin", state->origin);
    print_text("organization", state->organization);
    printf("generation: %llu\n", (unsigned long long)state->generation);
    print_text("fingerprint", state->fingerprint);
    print_text("issued", write_time(state->issued_at, time));
    print_text("used", write_time(state->used_at, time));
    if (state->expires_at > 0)
        print_text("ends", write_time(state->expires_at, time));
    if (state->flags & DAM_STATE_RENEWABLE)
        print_text("renewable", "yes, without a person");
    if (state->idle_limit > 0)
        printf("idle limit: %d s\n", (int)state->idle_limit);
    else
        print_text("idle limit", "unknown");
    printf("tokens obtained: %d\n", (int)state->tokens_obtained);
    print_text("store", state->store);
}

int run_status(const struct arguments *arguments, struct work *work)
{
    dam_session_state state = DAM_SESSION_STATE_INIT;
    dam_error error;
    char *system = NULL, *user = NULL;
    int code = EXIT_OK;
    if (dam_session_get_state(work->session, &state, &error) != DAM_OK ||
        dam_config_get(work->config, "system", &system, &error) != DAM_OK ||
        dam_config_get(work->config, "user", &user, &error) != DAM_OK)
        code = report(&error);
    else if (is_given(arguments, FLAG_JSON))
        print_state_json(arguments->words[0], system, user, &state);
    else
        print_state(arguments->words[0], system, user, &state);
    dam_string_free(system);
    dam_string_free(user);
    return code;
}
