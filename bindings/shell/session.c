/*
 * session.c - from a command line to an open session, and the commands that begin, keep and end one: login,
 * keepalive, logout, forget.
 *
 * It refuses to remember anything before a login worked, and to forget a name whose secret it could not wipe.
 */
#include "wrapper.h"

#include <stdlib.h>
#include <string.h>

/* "-" stands for no remembered name: options from environment and command line only. So does a command without one. */
static int has_name(const struct arguments *arguments)
{
    return (arguments->command->accepts & ACCEPTS_OPTIONS) != 0 && strcmp(arguments->words[0], "-") != 0;
}

static void log_line(void *user_data, int32_t level, const char *message)
{
    static const char *const levels[] = {"error", "warning", "info", "debug"};
    (void)user_data;
    clear_progress();
    fprintf(stderr, "damsession: %s: ", levels[level >= DAM_LOG_ERROR && level <= DAM_LOG_DEBUG ? level - 1 : 3]);
    print_clean(stderr, message);
    putc('\n', stderr);
}

/* A configuration with what is remembered. Warnings are always logged: whoever reads the mail of cron should look. */
static dam_status load(struct work *work, const struct arguments *arguments, dam_error *error)
{
    unsigned more = arguments->verbosity < 2 ? arguments->verbosity : 2;
    *work = (struct work){
        .credentials = {.fd = arguments->password_fd},
        .explains = is_given(arguments, FLAG_EXPLAIN),
    };
    dam_status status = dam_config_new(&work->config, error);
    if (status == DAM_OK)
        status = dam_config_set_log(work->config, log_line, DAM_LOG_WARNING + (int32_t)more, NULL, error);
    if (status == DAM_OK)
        status = dam_config_set_credentials(work->config, answer_prompt, &work->credentials, error);
    if (status == DAM_OK && has_name(arguments))
        status = dam_config_load(work->config, arguments->words[0], error);
    return status;
}

static int set(struct work *work, const char *name, const char *value)
{
    dam_error error;
    return dam_config_set(work->config, name, value, &error) == DAM_OK ? EXIT_OK : report(&error);
}

static int set_api_key(struct work *work, const struct arguments *arguments)
{
    char key[SECRET_CAPACITY];
    if (arguments->api_key_fd < 0)
        return EXIT_OK;
    const char *place = arguments->api_key_fd == 0 ? "standard input" : "--api-key-fd";
    ssize_t size = read_secret_line(arguments->api_key_fd, key, place);
    int code = size > 0 ? set(work, "api-key", key) : EXIT_STOPPED;
    explicit_bzero(key, sizeof key);
    return code;
}

/* The environment over what is remembered, the command line over both. */
static int override(struct work *work, const struct arguments *arguments)
{
    dam_error error;
    int named = arguments->password_fd >= 0; /* a source on the command line outranks a secret in the environment. */
    int code = dam_config_load_environment(work->config, &error) == DAM_OK ? EXIT_OK : report(&error);
    for (size_t index = 0; index < arguments->setting_count && code == EXIT_OK; index++) {
        named |= strcmp(arguments->settings[index].name, "password-command") == 0;
        code = set(work, arguments->settings[index].name, arguments->settings[index].value);
    }
    if (named && code == EXIT_OK)
        code = set(work, "password", NULL);
    if (named && code == EXIT_OK)
        code = set(work, "encryption-secret", NULL);
    if (code == EXIT_OK)
        code = set_api_key(work, arguments);
    char *patience = NULL;
    if (code == EXIT_OK &&
        (dam_config_get(work->config, "password-command", &work->credentials.command, &error) != DAM_OK ||
         dam_config_get(work->config, "lock-timeout", &patience, &error) != DAM_OK))
        code = report(&error);
    work->credentials.patience = patience != NULL ? (unsigned)strtoul(patience, NULL, 10) : 0;
    dam_string_free(patience);
    return code;
}

static int open_session(struct work *work)
{
    dam_error error;
    return dam_session_open(work->config, &work->session, &error) == DAM_OK ? EXIT_OK : report(&error);
}

int begin_options(struct work *work, const struct arguments *arguments)
{
    dam_error error;
    return load(work, arguments, &error) == DAM_OK ? override(work, arguments) : report(&error);
}

int begin(struct work *work, const struct arguments *arguments)
{
    int code = begin_options(work, arguments);
    return code == EXIT_OK ? open_session(work) : code;
}

void end(struct work *work)
{
    if (work->explains && work->session != NULL)
        explain(work->session);
    dam_session_free(work->session);
    dam_config_free(work->config);
    dam_string_free(work->credentials.command);
    *work = (struct work){.credentials = {.fd = -1}};
}

/* For a new name only: a remembered one has its key, or works without. No answer is one too; the library will judge. */
static int ask_api_key(struct work *work, const struct arguments *arguments)
{
    const char *variable = secure_getenv("DAMSESSION_API_KEY");
    char key[SECRET_CAPACITY];
    char *system = NULL;
    dam_error error;
    if (arguments->api_key_fd >= 0 || (variable != NULL && variable[0] != '\0'))
        return EXIT_OK;
    if (dam_config_get(work->config, "system", &system, &error) != DAM_OK)
        return report(&error);
    int wanted = strcmp(system, "photoshelter") == 0;
    dam_string_free(system);
    int code = wanted && ask_terminal("API key: ", key) > 0 ? set(work, "api-key", key) : EXIT_OK;
    explicit_bzero(key, sizeof key);
    return code;
}

int run_login(const struct arguments *arguments, struct work *work)
{
    dam_error error;
    uint32_t manner = is_given(arguments, FLAG_AGAIN) ? DAM_LOGIN_AGAIN : DAM_LOGIN_IF_NEEDED;
    dam_status loaded = load(work, arguments, &error);
    int is_new = loaded == DAM_ERR_NAME_UNKNOWN || !has_name(arguments);
    int code = loaded == DAM_OK || loaded == DAM_ERR_NAME_UNKNOWN ? override(work, arguments) : report(&error);
    if (code == EXIT_OK && is_new)
        code = ask_api_key(work, arguments);
    if (code == EXIT_OK)
        code = open_session(work);
    if (code == EXIT_OK && dam_session_login(work->session, manner, &error) != DAM_OK)
        code = report(&error);
    if (code == EXIT_OK && has_name(arguments) &&
        dam_config_save(work->config, arguments->words[0], &error) != DAM_OK)
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
    static const struct { const char *word, *sentence; } results[] = {
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

/* What is remembered may be damaged; then it can still be forgotten, but says nothing about which session is meant. */
int run_forget(const struct arguments *arguments, struct work *work)
{
    dam_error error;
    dam_status loaded = load(work, arguments, &error);
    int code = loaded == DAM_OK ? override(work, arguments) : report(&error);
    if (code == EXIT_OK)
        code = open_session(work);
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
