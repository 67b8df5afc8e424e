/*
 * login.c - the commands `login`, `keepalive` and `logout`, which begin, keep and end a session.
 *
 * A name is remembered only after a successful login; but what a person has typed is not lost when the server cannot be
 * reached or is not trusted.
 */
#include "arguments.h"
#include "ask.h"
#include "commands.h"
#include "consent.h"
#include "exit_code.h"
#include "print.h"
#include "remedy.h"
#include "say.h"
#include "siblings.h"
#include "work.h"

#include <damsession.h>

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* ---- what is remembered ---- */

/* A key that was given for this login takes the place of a command that is remembered, which would go before it for
   ever. */
static int choose_key(const struct arguments *arguments, struct work *work)
{
    int32_t command = DAM_SOURCE_DEFAULT;
    dam_config_get_source(work->config, "api-key-command", &command, NULL);
    if (has_key_command(work) || command == DAM_SOURCE_DEFAULT)
        return EXIT_OK;
    if (command == DAM_SOURCE_REMEMBERED)
        say("the API key takes the place of `api-key-command`, which is no longer remembered under %s",
            arguments->words[0]);
    return set_option(work, "api-key-command", NULL);
}

/* What is remembered of a URL is as `config set` has it, wherever it comes from. */
static int save(const struct arguments *arguments, struct work *work)
{
    char path[PATH_MAX], *url = NULL;
    dam_error error;
    int code = choose_key(arguments, work);
    if (code == EXIT_OK && dam_config_get(work->config, "url", &url, &error) == DAM_OK && url[0] != '\0' &&
        strcmp(url, find_value("url", url, path)) != 0)
        code = set_option(work, "url", url);
    dam_string_free(url);
    if (code == EXIT_OK && dam_config_save(work->config, arguments->words[0], &error) != DAM_OK)
        code = report(&error);
    return code;
}

/* Whoever comes to a server with a CA of its own, or has no network yet, need not type it all again. Returns whether it
   is remembered now; of secrets, those of the program, but no password. */
static int keep_answers(const struct arguments *arguments, struct work *work, int32_t status)
{
    int may = status == DAM_ERR_CONNECT || status == DAM_ERR_TLS || status == DAM_ERR_TIMEOUT;
    if (!may || !has_answered() || !has_name(arguments) || save(arguments, work) != EXIT_OK)
        return 0;
    note_new_name(0);
    return 1;
}

static void say_kept(const char *name, int32_t status)
{
    say("the answers are kept under %s, but no password; to go on, run: damsession login %s%s", name, name,
        status == DAM_ERR_TLS ? " --ca-file FILE" : "");
    if (status != DAM_ERR_TLS)
        say("if the URL is wrong, run before: damsession config set %s url URL", name);
}

/* ---- login ---- */

static void close_session(struct work *work)
{
    dam_session_free(work->session);
    work->session = NULL;
}

/* A person knows the password before the key of a program, but no session opens without the key. So a rehearsal with a
   false key asks for the password, if that is needed. */
static int ask_secrets(struct work *work)
{
    int code = fill_program_secrets(work, "none yet");
    if (code != EXIT_OK)
        return code;
    rehearse_login(work, NULL);
    return ask_program_secrets(work);
}

/* Tries again what a person has typed wrong, and asks for nothing else. `kept`: whether the answers are remembered
   although it failed; the advice after the error knows the name then. */
static int log_in(struct work *work, const struct arguments *arguments, int asks_for_key, int *kept)
{
    enum { TRIES = 3 };
    dam_error error;
    uint32_t manner = is_given(arguments, FLAG_AGAIN) ? DAM_LOGIN_AGAIN : DAM_LOGIN_IF_NEEDED;
    work->credentials.keeps = asks_for_key; /* a wrong key is no reason to type the password again. */
    for (int tries = 1;; tries++, manner = DAM_LOGIN_IF_NEEDED) {
        dam_status status = dam_session_login(work->session, manner, &error);
        if (status == DAM_OK)
            return EXIT_OK;
        if (status == DAM_ERR_CONSENT)
            return is_given(arguments, FLAG_DEVICE) ? ask_device_consent(work) : ask_consent(work, arguments->port);
        char text[DESCRIPTION_CAPACITY];
        int is_key = status == DAM_ERR_API_KEY_REFUSED && asks_for_key;
        int is_password = status == DAM_ERR_CREDENTIALS_REFUSED && work->credentials.answerer == ANSWERER_PERSON;
        if (status == DAM_ERR_CREDENTIALS_NEEDED && (arguments->port != 0 || is_given(arguments, FLAG_DEVICE)))
            say("--listen and --device are for OAuth2, where nobody gives a password: --authentication oauth");
        if (tries == TRIES || !(is_key || is_password)) {
            *kept = keep_answers(arguments, work, status);
            return report(&error);
        }
        say("%s", describe(&error, text));
        if (is_password)
            explicit_bzero(work->credentials.typed, sizeof work->credentials.typed);
        if (is_key) {
            close_session(work);
            if (ask_program_secrets(work) != EXIT_OK || start_session(work) != EXIT_OK)
                return find_exit_code(status);
        }
    }
}

/* Of a session that was there already nobody knows whether it lives; and it says nothing of options that are new, such
   as a key or a CA: they are only remembered once the server has answered to them. */
static int prove_session(struct work *work)
{
    dam_statistics seen = DAM_STATISTICS_INIT;
    dam_error error;
    if (dam_session_get_statistics(work->session, &seen, &error) != DAM_OK ||
        (seen.logins == 0 && dam_session_keepalive(work->session, &error) != DAM_OK))
        return report(&error);
    return EXIT_OK;
}

/* What of the environment is remembered now, for those who have forgotten that it was set: ", with `store` of the
   environment"; "" for nothing. */
static void list_adopted(struct work *work, char *text, size_t capacity)
{
    size_t used = 0;
    text[0] = '\0';
    for (uint32_t index = 0; index < dam_option_count() && used < capacity; index++) {
        dam_option row = DAM_OPTION_INIT;
        int32_t source = DAM_SOURCE_DEFAULT;
        if (dam_option_get(index, &row, NULL) == DAM_OK && row.remembered &&
            dam_config_get_source(work->config, row.name, &source, NULL) == DAM_OK && source == DAM_SOURCE_ENVIRONMENT)
            used += (size_t)snprintf(text + used, capacity - used, "%s `%s`", used > 0 ? "," : ", with", row.name);
    }
    if (used > 0 && used < capacity)
        snprintf(text + used, capacity - used, " of the environment");
}

/* To a person; a script has the exit code. */
static void tell(struct work *work, const char *name)
{
    dam_session_state state = DAM_SESSION_STATE_INIT;
    dam_statistics seen = DAM_STATISTICS_INIT;
    char *user = NULL;
    if (isatty(STDERR_FILENO) && dam_session_get_state(work->session, &state, NULL) == DAM_OK &&
        dam_session_get_statistics(work->session, &seen, NULL) == DAM_OK &&
        dam_config_get(work->config, "user", &user, NULL) == DAM_OK) {
        int is_new = seen.logins + seen.consents > 0;
        const char *as = user[0] == '\0' ? "" : is_new ? " as " : ", as ";
        char adopted[512];
        list_adopted(work, adopted, sizeof adopted);
        say("%s%s%s at %s%s%s%s", is_new ? "logged in" : "there is a session already", as, user, state.origin,
            name != NULL ? "; saved as " : "", name != NULL ? name : "", name != NULL ? adopted : "");
    }
    dam_string_free(user);
}

/* Whoever gives a password wants it to be tried, and would take a success for a proof of it. */
static void say_untried(const struct arguments *arguments, const struct work *work)
{
    if (arguments->password_fd >= 0 && work->credentials.answerer == ANSWERER_NONE)
        say("there is a session already, and the password was not needed; to try it, run first: damsession logout %s",
            arguments->words[0]);
}

int run_login(const struct arguments *arguments, struct work *work)
{
    dam_error error;
    int kept = 0;
    struct asked asked = {0};
    dam_status loaded = load_options(work, arguments, &error);
    note_new_name(loaded == DAM_ERR_NOT_FOUND);
    int code = loaded == DAM_OK || loaded == DAM_ERR_NOT_FOUND ? override_options(work, arguments) : report(&error);
    if (code == EXIT_OK && arguments->port != 0)
        code = choose_redirect(work, arguments->port);
    if (code == EXIT_OK)
        code = ask_options(work, &asked);
    int asks_for_key = code == EXIT_OK && arguments->api_key_fd < 0 && misses_program_secrets(work);
    if (asks_for_key)
        code = ask_secrets(work);
    if (code == EXIT_OK && asks_for_key)
        ask_client(work);
    if (code == EXIT_OK)
        code = start_session(work);
    while (code == EXIT_USAGE && asked.url_is_open && ask_url(work, "URL: "))
        code = start_session(work);
    if (code == EXIT_OK)
        code = log_in(work, arguments, asks_for_key, &kept);
    if (code == EXIT_OK)
        code = prove_session(work);
    if (code == EXIT_OK && has_name(arguments))
        code = save(arguments, work);
    else if (kept || keep_answers(arguments, work, code))
        say_kept(arguments->words[0], code);
    if (code == EXIT_OK)
        say_untried(arguments, work);
    if (code == EXIT_OK)
        tell(work, has_name(arguments) ? arguments->words[0] : NULL);
    return code;
}

/* ---- keepalive, logout ---- */

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
    char siblings[SIBLINGS_CAPACITY];
    int32_t result = DAM_LOGOUT_NONE;
    list_siblings(arguments, work, siblings);
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
    say_siblings(siblings);
    return EXIT_OK;
}
