/*
 * login.c - the commands `login`, `keepalive`, `logout` and `forget`, which begin, keep and end a session.
 *
 * A name is remembered only after a successful login, and is forgotten only after its secret was wiped.
 */
#include "arguments.h"
#include "commands.h"
#include "exit_code.h"
#include "print.h"
#include "say.h"
#include "secret_line.h"
#include "terminal.h"
#include "work.h"

#include <damsession.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Asks for a secret option unless the environment has it. If the answer is empty, the login goes on without it, and the
   library decides whether that works. */
static int ask_option(struct work *work, const char *name)
{
    char variable[VARIABLE_CAPACITY], question[VARIABLE_CAPACITY], secret[SECRET_CAPACITY];
    name_variable(name, variable);
    const char *given = secure_getenv(variable);
    if (given != NULL && given[0] != '\0')
        return EXIT_OK;
    snprintf(question, sizeof question, "%s: ", name);
    int code = ask_terminal(question, secret) > 0 ? set_option(work, name, secret) : EXIT_OK;
    explicit_bzero(secret, sizeof secret);
    return code;
}

/* Asks for what proves the program to the chosen system (PhotoShelter's API key). Only a new name needs this: a
   remembered one has it, or works without. */
static int ask_program_secrets(struct work *work, const struct arguments *arguments)
{
    char *system = NULL;
    dam_error error;
    if (arguments->api_key_fd >= 0)
        return EXIT_OK;
    if (dam_config_get(work->config, "system", &system, &error) != DAM_OK)
        return report(&error);
    int code = EXIT_OK;
    for (uint32_t i = 0; code == EXIT_OK && i < dam_option_count(); i++) {
        dam_option row = DAM_OPTION_INIT;
        if (dam_option_get(i, &row, NULL) == DAM_OK && row.secret && row.remembered && row.system[0] != '\0' &&
            strcmp(row.system, system) == 0)
            code = ask_option(work, row.name);
    }
    dam_string_free(system);
    return code;
}

int run_login(const struct arguments *arguments, struct work *work)
{
    dam_error error;
    uint32_t manner = is_given(arguments, FLAG_AGAIN) ? DAM_LOGIN_AGAIN : DAM_LOGIN_IF_NEEDED;
    dam_status loaded = load_options(work, arguments, &error);
    int is_new = loaded == DAM_ERR_NOT_FOUND || !has_name(arguments);
    int code = loaded == DAM_OK || loaded == DAM_ERR_NOT_FOUND ? override_options(work, arguments) : report(&error);
    if (code == EXIT_OK && is_new)
        code = ask_program_secrets(work, arguments);
    if (code == EXIT_OK)
        code = start_session(work);
    if (code == EXIT_OK && dam_session_login(work->session, manner, &error) != DAM_OK)
        code = report(&error);
    if (code == EXIT_OK && has_name(arguments) && dam_config_save(work->config, arguments->words[0], &error) != DAM_OK)
        code = report(&error);
    return code;
}

int run_keepalive(const struct arguments *arguments, struct work *work)
{
    dam_error error;
    (void)arguments;
    return dam_session_keepalive(work->session, &error) == DAM_OK ? EXIT_OK : report(&error);
}

int run_logout(const struct arguments *arguments, struct work *work)
{
    static const struct {
        const char *word, *sentence;
    } results[] = {
        [DAM_LOGOUT_NONE] = {"none", "there was no session"},
        [DAM_LOGOUT_SERVER] = {"server", "the server closed the session, and it is forgotten here"},
        [DAM_LOGOUT_LOCAL] = {"local", "the session is forgotten here only; an administrator can revoke it"},
        [DAM_LOGOUT_UNCONFIRMED] = {"unconfirmed", "the session is forgotten here; the server has not confirmed it"},
    };
    dam_error error;
    int32_t result = DAM_LOGOUT_NONE;
    if (dam_session_logout(work->session, &result, &error) != DAM_OK)
        return report(&error);
    if (result < DAM_LOGOUT_NONE || result > DAM_LOGOUT_UNCONFIRMED)
        return EXIT_OK;
    if (is_given(arguments, FLAG_JSON)) {
        print_json_member("{", "result", results[result].word);
        puts("}");
    } else {
        puts(results[result].sentence);
    }
    return EXIT_OK;
}

/* Remembered options may be damaged. They can be forgotten all the same, but they do not tell which session is
   theirs. */
int run_forget(const struct arguments *arguments, struct work *work)
{
    dam_error error;
    dam_status loaded = load_options(work, arguments, &error);
    int code = loaded == DAM_OK ? override_options(work, arguments) : report(&error);
    if (code == EXIT_OK)
        code = start_session(work);
    if (code == EXIT_OK && dam_session_forget(work->session, &error) != DAM_OK)
        code = report(&error);
    int damaged = loaded == DAM_ERR_OPTION || loaded == DAM_ERR_STORE;
    if (!has_name(arguments) || (code != EXIT_OK && !damaged))
        return code;
    if (dam_name_remove(arguments->words[0], &error) != DAM_OK)
        return report(&error);
    if (damaged)
        say("the remembered options are forgotten; a session that was opened with them may still be stored");
    return code;
}
