/*
 * ask.c - asks a person for the options that a first login needs, in the order in which a person knows them.
 *
 * An answer that the library does not take is asked for again. If the answer is empty, the login goes on without it,
 * and the library decides whether that works.
 */
#include "ask.h"

#include "exit_code.h"
#include "flags.h"
#include "print.h"
#include "say.h"
#include "terminal.h"
#include "work.h"

#include <damsession.h>

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* One for the process, which asks for one login. */
static int is_answered;

int has_answered(void)
{
    return is_answered;
}

static int is_missing(struct work *work, const char *name)
{
    return !has_value(work->config, name);
}

/* Whether a session is refused for the URL that is set, whatever else is missing. */
static int is_plain(struct work *work, dam_error *error)
{
    static const char plain[] = "http://";
    char *url = NULL;
    dam_session *session = NULL;
    dam_status status = dam_config_get(work->config, "url", &url, error);
    int may_be = status == DAM_OK && strncasecmp(url, plain, sizeof plain - 1) == 0;
    int is_bare = may_be && is_missing(work, "system");
    dam_option row;
    if (is_bare && find_option("system", &row)) { /* any of them: all say the same. */
        char *system = strndup(row.choices, strcspn(row.choices, "|"));
        dam_config_set(work->config, row.name, system, NULL);
        free(system);
    }
    status = may_be ? dam_session_open(work->config, &session, error) : DAM_OK;
    dam_session_free(session);
    if (is_bare)
        dam_config_set(work->config, "system", NULL, NULL);
    dam_string_free(url);
    return status == DAM_ERR_INSECURE;
}

/* Sets an answer; 0: it is none, and this has said why. What to do about it is asked already. */
static int take_answer(struct work *work, const char *name, const char *answer)
{
    char path[PATH_MAX], text[DESCRIPTION_CAPACITY];
    dam_error error;
    int is_taken = dam_config_set(work->config, name, find_value(name, answer, path), &error) == DAM_OK;
    if (is_taken && strcmp(name, "url") == 0 && is_plain(work, &error)) {
        dam_config_set(work->config, name, NULL, NULL);
        is_taken = 0;
    }
    if (!is_taken)
        say("%s", describe(&error, text));
    return is_taken;
}

/* 1: the option is set; 0: the answer was empty; -1: there is nobody to ask. */
static int ask(struct work *work, const char *name, const char *question)
{
    char answer[SECRET_CAPACITY];
    ssize_t size;
    do
        size = ask_terminal(question, 1, answer);
    while (size > 0 && !take_answer(work, name, answer));
    is_answered |= size > 0;
    return size > 0 ? 1 : size < 0 ? -1 : 0;
}

static int ask_system(struct work *work)
{
    char question[256] = "System (";
    dam_option row;
    if (!find_option("system", &row))
        return 0;
    for (const char *at = row.choices; *at != '\0'; at++)
        snprintf(question + strlen(question), sizeof question - strlen(question), *at == '|' ? ", " : "%c", *at);
    snprintf(question + strlen(question), sizeof question - strlen(question), "): ");
    return ask(work, row.name, question);
}

int ask_url(struct work *work, const char *question)
{
    return ask(work, "url", question) > 0;
}

/* Whether the library misses this one: it names what is missing, one after the other. */
static int is_wanted(struct work *work, const char *name)
{
    char missing[VARIABLE_CAPACITY];
    dam_session *session = NULL;
    dam_error error;
    snprintf(missing, sizeof missing, "\"%s\" is missing", name);
    dam_status status = dam_session_open(work->config, &session, &error);
    dam_session_free(session);
    return status == DAM_ERR_OPTION && strncmp(error.message, missing, strlen(missing)) == 0;
}

/* Whether a registration may have given a secret that the library can do without. */
static int may_have_secret(struct work *work)
{
    char *authentication = NULL;
    int may = !has_value(work->config, "client-secret") &&
              dam_config_get(work->config, "authentication", &authentication, NULL) == DAM_OK &&
              strcmp(authentication, "oauth") == 0;
    dam_string_free(authentication);
    return may;
}

/* It is remembered, as an API key is. */
static void ask_client_secret(struct work *work, const char *question)
{
    char secret[SECRET_CAPACITY];
    if (ask_terminal(question, 0, secret) > 0)
        set_option(work, "client-secret", secret);
    explicit_bzero(secret, sizeof secret);
}

void ask_client(struct work *work)
{
    int is_new = is_wanted(work, "client-id");
    if (is_new)
        ask(work, "client-id", "Client ID (of the program, from its registration at the server): ");
    if (is_wanted(work, "client-secret"))
        ask_client_secret(work, "Client secret (of the program, from the same registration): ");
    else if (is_new && may_have_secret(work))
        ask_client_secret(work, "Client secret (nothing: the program has none): ");
}

int ask_options(struct work *work, struct asked *asked)
{
    int is_new = is_missing(work, "system");
    dam_error error;
    *asked = (struct asked){0};
    if (is_plain(work, &error))
        return report(&error);
    if (is_new && ask_system(work) < 0)
        return EXIT_OK;
    if (is_missing(work, "system"))
        return EXIT_OK; /* the library says so. */
    if (is_missing(work, "url") && (is_new || is_missing(work, "user")))
        asked->url_is_open = ask(work, "url",
                                 is_wanted(work, "url") ? "URL (https://host of the server): "
                                                        : "URL (nothing: the system's usual one): ") == 0;
    if (is_missing(work, "user") && (is_wanted(work, "url") || is_wanted(work, "user")))
        ask(work, "user", "User: ");
    ask_client(work);
    return EXIT_OK;
}

/* ---- secrets of the program ---- */

static int is_given_elsewhere(struct work *work, const char *name)
{
    int32_t source = DAM_SOURCE_DEFAULT;
    dam_config_get_source(work->config, name, &source, NULL);
    return source == DAM_SOURCE_ENVIRONMENT || source == DAM_SOURCE_REMEMBERED;
}

/* The next option after `*index` that proves the program to the system and is given nowhere. */
static int find_program_secret(struct work *work, uint32_t *index, dam_option *row)
{
    char command[VARIABLE_CAPACITY], *system = NULL;
    int found = 0;
    if (dam_config_get(work->config, "system", &system, NULL) != DAM_OK)
        return 0;
    for (; !found && *index < dam_option_count(); (*index)++) {
        *row = (dam_option)DAM_OPTION_INIT;
        if (dam_option_get(*index, row, NULL) != DAM_OK || !row->secret || !row->remembered || row->system[0] == '\0' ||
            strcmp(row->system, system) != 0)
            continue;
        snprintf(command, sizeof command, "%s-command", row->name);
        found = !is_given_elsewhere(work, row->name) && is_missing(work, command);
    }
    dam_string_free(system);
    return found;
}

int misses_program_secrets(struct work *work)
{
    uint32_t index = 0;
    dam_option row;
    return find_program_secret(work, &index, &row);
}

int fill_program_secrets(struct work *work, const char *value)
{
    uint32_t index = 0;
    dam_option row;
    int code = EXIT_OK;
    while (code == EXIT_OK && find_program_secret(work, &index, &row))
        code = set_option(work, row.name, value);
    return code;
}

void write_question(struct work *work, const char *option, char question[QUESTION_CAPACITY])
{
    dam_session_state state = DAM_SESSION_STATE_INIT;
    dam_session *session = NULL;
    char *user = NULL;
    if (dam_session_open(work->config, &session, NULL) == DAM_OK) /* where it leads to without a URL, too. */
        dam_session_get_state(session, &state, NULL);
    dam_session_free(session);
    int is_known = state.origin[0] != '\0' && dam_config_get(work->config, "user", &user, NULL) == DAM_OK;
    const char *what = strcmp(option, "api-key") == 0 ? "API key" : option;
    snprintf(question, QUESTION_CAPACITY, is_known ? "%s of %s at %s: " : "%s: ", what, user, state.origin);
    dam_string_free(user);
}

int ask_program_secrets(struct work *work)
{
    uint32_t index = 0;
    dam_option row;
    int code = EXIT_OK;
    while (code == EXIT_OK && find_program_secret(work, &index, &row)) {
        char question[QUESTION_CAPACITY], secret[SECRET_CAPACITY];
        code = set_option(work, row.name, "none yet");
        write_question(work, row.name, question);
        if (code == EXIT_OK)
            code = set_option(work, row.name, ask_terminal(question, 0, secret) > 0 ? secret : NULL);
        explicit_bzero(secret, sizeof secret);
    }
    return code;
}
