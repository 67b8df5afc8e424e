/*
 * work.c - opens a session from a command line, and closes it.
 */
#include "work.h"

#include "arguments.h"
#include "commands.h"
#include "exit_code.h"
#include "explain.h"
#include "flags.h"
#include "origin.h"
#include "password_command.h"
#include "print.h"
#include "progress.h"
#include "remedy.h"
#include "say.h"
#include "secret_line.h"

#include <damsession.h>

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A command that takes no options takes no name either. */
int has_name(const struct arguments *arguments)
{
    return (arguments->command->accepts & ACCEPTS_OPTIONS) != 0 && arguments->word_count > 0 &&
           strcmp(arguments->words[0], "-") != 0;
}

/* Whether `rehearse_login` is at work: that it reaches no server is no news. */
static int is_rehearsing;

/* `user_data`: how often --verbose was given. That a login failed is said by the command too, with the server's words
   and what to do: without --verbose, once is enough. */
static void log_line(void *user_data, int32_t level, const char *message)
{
    static const char *const levels[] = {"error", "warning", "info", "debug"};
    static const char failed[] = "the login ", renewal[] = "a renewal ahead of time has failed";
    const unsigned *verbosity = user_data;
    if (*verbosity == 0 && level == DAM_LOG_ERROR && strncmp(message, failed, sizeof failed - 1) == 0)
        return;
    if (is_rehearsing && strncmp(message, renewal, sizeof renewal - 1) == 0)
        return;
    clear_progress();
    fprintf(stderr, "damsession: %s: ", levels[level >= DAM_LOG_ERROR && level <= DAM_LOG_DEBUG ? level - 1 : 3]);
    print_clean(stderr, message);
    putc('\n', stderr);
}

/* Makes a configuration from the remembered options. Warnings are always printed, so that the mail of cron has them. */
dam_status load_options(struct work *work, const struct arguments *arguments, dam_error *error)
{
    unsigned more = arguments->verbosity < 2 ? arguments->verbosity : 2;
    *work = (struct work){
        .credentials = {.fd = arguments->password_fd},
        .explains = is_given(arguments, FLAG_EXPLAIN),
    };
    set_remedy_words(arguments, work);
    dam_status status = dam_config_new(&work->config, error);
    if (status == DAM_OK)
        status = dam_config_set_log(work->config, DAM_LOG_WARNING + (int32_t)more, log_line,
                                    (void *)&arguments->verbosity, error);
    if (status == DAM_OK)
        status = dam_config_set_credentials(work->config, answer_prompt, &work->credentials, error);
    if (status == DAM_OK && has_name(arguments))
        status = dam_config_load(work->config, arguments->words[0], error);
    return status;
}

/* "https://host/" is "https://host", as status and sessions have it. */
static char *strip_slash(char *url)
{
    size_t size = strlen(url);
    if (size > 1 && url[size - 1] == '/' && url[size - 2] != '/')
        url[size - 1] = '\0';
    return url;
}

const char *find_value(const char *name, const char *value, char path[PATH_MAX])
{
    dam_option row;
    if (value == NULL || !find_option(name, &row))
        return value;
    if (strcmp(row.kind, "url") == 0 && strlen(value) < PATH_MAX)
        return strip_slash(strcpy(path, value));
    if (strcmp(row.kind, "path") != 0 || value[0] == '/' || value[0] == '\0')
        return value;
    if (strcmp(name, "store") == 0 && (strcmp(value, "file") == 0 || strcmp(value, "memory") == 0))
        return value;
    if (getcwd(path, PATH_MAX) == NULL || strlen(path) + strlen(value) + 2 > PATH_MAX)
        return value;
    return strcat(strcat(path, "/"), value);
}

int set_option(struct work *work, const char *name, const char *value)
{
    char path[PATH_MAX];
    dam_error error;
    value = find_value(name, value, path);
    return dam_config_set(work->config, name, value, &error) == DAM_OK ? EXIT_OK : report(&error);
}

static int set_api_key(struct work *work, const struct arguments *arguments)
{
    char key[SECRET_CAPACITY];
    if (arguments->api_key_fd < 0)
        return EXIT_OK;
    const char *place = arguments->api_key_fd == 0 ? "standard input" : "--api-key-fd";
    ssize_t size = read_secret_line(arguments->api_key_fd, key, place);
    int code = size > 0 ? set_option(work, "api-key", key) : EXIT_STOPPED;
    explicit_bzero(key, sizeof key);
    return code;
}

/* A key goes before a command that comes from further away, and in the environment before its own. Where both are
   remembered, the command was chosen later. */
static dam_status choose_key_command(struct work *work, dam_error *error)
{
    int32_t key = DAM_SOURCE_DEFAULT, command = DAM_SOURCE_DEFAULT;
    dam_status status = dam_config_get_source(work->config, "api-key", &key, error);
    if (status == DAM_OK)
        status = dam_config_get_source(work->config, "api-key-command", &command, error);
    if (status != DAM_OK || key > command || (key == command && key != DAM_SOURCE_REMEMBERED))
        return status;
    return dam_config_get(work->config, "api-key-command", &work->api_key_command, error);
}

int has_key_command(const struct work *work)
{
    return work->api_key_command != NULL && work->api_key_command[0] != '\0';
}

/* Whenever a session is opened, since a person may have answered meanwhile: a command of the environment counts for the
   account that it names, and no other. */
static dam_status read_commands(struct work *work, dam_error *error)
{
    dam_string_free(work->credentials.command);
    dam_string_free(work->api_key_command);
    work->credentials.command = work->api_key_command = NULL;
    dam_status status = dam_config_get(work->config, "password-command", &work->credentials.command, error);
    return status == DAM_OK ? choose_key_command(work, error) : status;
}

/* The environment overrides remembered options, and the command line overrides both. */
int override_options(struct work *work, const struct arguments *arguments)
{
    dam_error error;
    int named = arguments->password_fd >= 0; /* a source on the command line overrides the environment. */
    int code = dam_config_load_environment(work->config, &error) == DAM_OK ? EXIT_OK : report(&error);
    for (size_t index = 0; index < arguments->setting_count && code == EXIT_OK; index++) {
        named |= strcmp(arguments->settings[index].name, "password-command") == 0;
        code = set_option(work, arguments->settings[index].name, arguments->settings[index].value);
    }
    if (named && code == EXIT_OK)
        code = set_option(work, "password", NULL);
    if (named && code == EXIT_OK)
        code = set_option(work, find_proof_option(work, PROOF_PASSWORD), NULL);
    if (code == EXIT_OK)
        code = set_api_key(work, arguments);
    work->credentials.patience = (unsigned)read_number(work->config, "lock-timeout");
    return code;
}

/* The command `api-key-command` is asked whenever a session is opened, since every request needs the key. */
static dam_status command_api_key(struct work *work, dam_error *error)
{
    struct secret_command given = {"API key", work->api_key_command, work->credentials.patience};
    char key[SECRET_CAPACITY];
    *error =
        (dam_error){.status = DAM_ERR_API_KEY_REFUSED, .retry_after = -1, .message = "the command gave no API key"};
    dam_status status = error->status;
    work->key_failed = run_secret_command(&given, key) <= 0;
    if (!work->key_failed)
        status = dam_config_set(work->config, "api-key", key, error);
    explicit_bzero(key, sizeof key);
    return status;
}

dam_status try_session(struct work *work, dam_error *error)
{
    dam_status status = read_commands(work, error);
    if (status == DAM_OK && has_key_command(work))
        status = command_api_key(work, error);
    if (status == DAM_OK)
        status = dam_session_open(work->config, &work->session, error);
    if (has_key_command(work)) /* only the command is remembered, not what it gave. */
        dam_config_set(work->config, "api-key", NULL, NULL);
    return status;
}

int start_session(struct work *work)
{
    dam_error error;
    return try_session(work, &error) == DAM_OK ? EXIT_OK : report(&error);
}

dam_status rehearse_login(struct work *work, dam_error *error)
{
    static const char *const changed[][2] = {{"unix-socket", "/dev/null/nowhere"}, {"lock-timeout", "0"}};
    char *before[2] = {NULL, NULL};
    dam_session *session = NULL;
    dam_status status = read_commands(work, error);
    for (int at = 0; at < 2 && status == DAM_OK; at++) {
        status = dam_config_get(work->config, changed[at][0], &before[at], error);
        if (status == DAM_OK)
            status = dam_config_set(work->config, changed[at][0], changed[at][1], error);
    }
    if (has_key_command(work) && status == DAM_OK) /* any key will do. */
        status = dam_config_set(work->config, "api-key", "none yet", error);
    work->credentials.collects = is_rehearsing = 1;
    if (status == DAM_OK)
        status = dam_session_open(work->config, &session, error);
    if (status == DAM_OK)
        status = dam_session_login(session, DAM_LOGIN_IF_NEEDED, error);
    work->credentials.collects = is_rehearsing = 0;
    dam_session_free(session);
    if (has_key_command(work))
        dam_config_set(work->config, "api-key", NULL, NULL);
    for (int at = 0; at < 2 && before[at] != NULL; at++) {
        dam_option row; /* what has its default is not set, so that it is not remembered. */
        int is_default = find_option(changed[at][0], &row) && strcmp(row.default_value, before[at]) == 0;
        dam_config_set(work->config, changed[at][0], is_default ? NULL : before[at], NULL);
        dam_string_free(before[at]);
    }
    return status;
}

static int open_options(struct work *work, const struct arguments *arguments)
{
    dam_error error;
    return load_options(work, arguments, &error) == DAM_OK ? override_options(work, arguments) : report(&error);
}

int open_session(struct work *work, const struct arguments *arguments)
{
    int code = open_options(work, arguments);
    return code == EXIT_OK ? start_session(work) : code;
}

int begin_work(struct work *work, const struct arguments *arguments)
{
    *work = (struct work){.credentials = {.fd = -1}};
    switch (arguments->command->opens) {
    case OPENS_OPTIONS: return open_options(work, arguments);
    case OPENS_SESSION: return open_session(work, arguments);
    default: return EXIT_OK;
    }
}

void end_work(struct work *work)
{
    if (work->explains && work->session != NULL)
        explain(work->session);
    dam_session_free(work->session);
    dam_config_free(work->config);
    dam_string_free(work->credentials.command);
    dam_string_free(work->api_key_command);
    explicit_bzero(work->credentials.typed, sizeof work->credentials.typed);
    *work = (struct work){.credentials = {.fd = -1}};
}
