/*
 * doctor.c - the command `doctor`: looks at everything that a session rests on, and says what is not in order.
 *
 * It goes on after what is bad, as far as that makes sense. It spends no password: nobody is logged in unless --log-in
 * is given. Nothing that it prints is a secret or has a query.
 */
#include "arguments.h"
#include "commands.h"
#include "examine.h"
#include "exit_code.h"
#include "findings.h"
#include "flags.h"
#include "folders.h"
#include "names.h"
#include "print.h"
#include "probe.h"
#include "say.h"
#include "strangers.h"
#include "work.h"

#include <damsession.h>

#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void find_library(struct findings *findings)
{
    Dl_info place = {0};
    /* A function's address is no object pointer in ISO C, but it is in POSIX, where this comes from. */
    const char *(*function)(void) = dam_version;
    void *address = NULL;
    memcpy(&address, &function, sizeof address);
    const char *path = dladdr(address, &place) != 0 && place.dli_fname != NULL ? place.dli_fname : "unknown";
    char whole[PATH_MAX];
    int is_old = strverscmp(dam_version(), DAM_VERSION) < 0;
    find(findings, "library", is_old ? EXIT_LIBRARY : EXIT_OK, "%s, version %s%s%s",
         realpath(path, whole) != NULL ? whole : path, dam_version(),
         is_old ? "; it is older than this command, which is " : "", is_old ? DAM_VERSION : "");
}

/* A variable that is misspelt does nothing; its value may be a password. */
static void find_strangers(struct findings *findings)
{
    char text[768];
    if (list_strangers(text, sizeof text) > 0)
        find(findings, "environment", EXIT_USAGE, "%s", text);
    else
        find(findings, "environment", EXIT_OK, "every DAMSESSION_* there is an option");
}

/* What shows only when a session is needed: that the library does not take its record, or a person has to consent. */
static dam_status look_at_record(struct work *work, dam_error *error)
{
    work->credentials.is_declined = 1; /* nobody is asked. */
    dam_status status = rehearse_login(work, error);
    work->credentials.is_declined = 0;
    switch (status) {
    case DAM_ERR_STORE:
    case DAM_ERR_RECORD_NEWER:
    case DAM_ERR_LOCKED:
    case DAM_ERR_CONSENT: return status;
    default: return DAM_OK;
    }
}

static void find_living(struct findings *findings, const dam_session_state *state)
{
    char used[TIME_CAPACITY], end[TIME_CAPACITY];
    int ends = state->expires_at > 0;
    find(findings, "session", EXIT_OK, "logged in, last used %s%s%s%s; --log-in asks the server for it",
         write_time(state->used_at, used), ends ? ", good until " : "", ends ? write_time(state->expires_at, end) : "",
         state->flags & DAM_STATE_RENEWABLE ? ", renewed without a person" : "");
}

static void find_session(struct findings *findings, const struct arguments *arguments, struct work *work,
                         const dam_session_state *state)
{
    dam_error error;
    const char *name = has_name(arguments) ? arguments->words[0] : "- with the same options";
    dam_status status = look_at_record(work, &error);
    if (status == DAM_ERR_CONSENT)
        find(findings, "session", status, "%s: damsession login %s", error.message, name);
    else if (status != DAM_OK)
        find(findings, "session", find_exit_code(status), "%s", error.message);
    else if (state->flags & DAM_STATE_REFUSED)
        find(findings, "session", DAM_ERR_CREDENTIALS_REFUSED,
             "the last login was refused; log in with the right password: damsession login %s", name);
    else if (state->flags & DAM_STATE_LOGGED_IN)
        find_living(findings, state);
    else
        find(findings, "session", EXIT_OK, "not logged in");
}

static int32_t count_token(void *user_data, const dam_device_token *token)
{
    *(long *)user_data += token->dead_at == 0;
    return 0;
}

static void find_tokens(struct findings *findings, const struct arguments *arguments, struct work *work)
{
    long count = 0, limit = read_number(work->config, "token-limit"),
         reserve = read_number(work->config, "token-reserve");
    dam_error error;
    dam_status status = dam_session_list_device_tokens(work->session, count_token, &count, &error);
    if (status == DAM_ERR_NOT_SUPPORTED)
        skip(findings, "tokens", "this authentication has no device tokens");
    else if (status != DAM_OK)
        find(findings, "tokens", find_exit_code(status), "%s", error.message);
    else if (count > 0 && count >= limit - reserve)
        find(findings, "tokens", DAM_ERR_TOKEN_LIMIT,
             "%ld of %ld are taken and %ld are reserved: the next login fails; "
             "see `damsession tokens %s`",
             count, limit, reserve, has_name(arguments) ? arguments->words[0] : "- with the same options");
    else
        find(findings, "tokens", EXIT_OK, "%ld of %ld are taken, as far as known here", count, limit);
}

static void find_login(struct findings *findings, struct work *work)
{
    dam_error error;
    dam_status status = dam_session_keepalive(work->session, &error);
    if (status == DAM_OK)
        find(findings, "login", EXIT_OK, "the server accepts the session");
    else
        find(findings, "login", find_exit_code(status), "%s", error.message);
}

/* ---- the patient ---- */

/* Where the store is refused, a session that is kept in memory shows everything else. */
static dam_status open_elsewhere(struct work *work, dam_error *refused)
{
    dam_error error;
    dam_status status = try_session(work, refused);
    if (status == DAM_ERR_STORE && dam_config_set(work->config, "store", "memory", &error) == DAM_OK &&
        (status = try_session(work, &error)) != DAM_OK)
        *refused = error; /* it is not the store alone. */
    return status;
}

/* 0: there is no session to look at. `refused` says why the store is not used, and `folder` which it is. */
static int open_patient(struct findings *findings, const struct arguments *arguments, struct work *work,
                        dam_error *refused, char folder[PATH_MAX])
{
    dam_error error;
    dam_status status = load_options(work, arguments, &error);
    char *system = NULL;
    if (status == DAM_OK && override_options(work, arguments) != EXIT_OK)
        status = DAM_ERR_OPTION, strcpy(error.message, "see the message on standard error");
    if (status == DAM_OK)
        status = dam_config_get(work->config, "system", &system, &error);
    int is_nobody = status == DAM_OK && system[0] == '\0' && !has_name(arguments);
    dam_string_free(system);
    if (is_nobody) {
        skip(findings, "options", "no NAME is given");
        return 0;
    }
    if (status == DAM_OK) {
        if (!find_store_folder(work->config, folder))
            folder[0] = '\0';
        status = open_elsewhere(work, refused);
        error = *refused;
    }
    if (status != DAM_OK)
        find(findings, "options", find_exit_code(status), "%s", error.message);
    else
        find(findings, "options", EXIT_OK, "they go together");
    return status == DAM_OK;
}

static mode_t close_all(const char *name)
{
    return ends_with(name, ".lock") ? 022 : 077;
}

/* Names without a secret may be read; the library knows which they are. */
static mode_t close_name(const char *file)
{
    char name[PATH_MAX];
    dam_config *config = NULL;
    dam_error error;
    snprintf(name, sizeof name, "%.*s", (int)(ends_with(file, ".json") ? strlen(file) - strlen(".json") : 0), file);
    int is_refused = dam_config_new(&config, &error) == DAM_OK && name[0] != '\0' &&
                     dam_config_load(config, name, &error) == DAM_ERR_STORE;
    dam_config_free(config);
    return is_refused ? 077 : 022;
}

static int32_t pass_name(void *user_data, const char *name)
{
    (void)user_data;
    (void)name;
    return 0;
}

static void find_names(struct findings *findings)
{
    char folder[PATH_MAX];
    dam_error error;
    dam_status status = dam_name_list(pass_name, NULL, &error);
    if (find_config_folder(folder))
        examine_files(findings, &(struct examined){.check = "remembered",
                                                   .folder = folder,
                                                   .find_closed = close_name,
                                                   .refused = status != DAM_OK ? &error : NULL});
}

static void find_store(struct findings *findings, const dam_error *refused, const char *folder, const char *used)
{
    const struct examined store = {.check = "store",
                                   .folder = folder,
                                   .find_closed = close_all,
                                   .refused = refused->status != DAM_OK ? refused : NULL};
    if (store.refused == NULL && used[0] != '/')
        skip(findings, "store", used);
    else if (examine_files(findings, &store) && store.refused == NULL)
        examine_locks(findings, folder);
}

/* What shows only in the store; without it, nobody is logged in. */
static void find_stored(struct findings *findings, const struct arguments *arguments, struct work *work,
                        const dam_session_state *state)
{
    find_session(findings, arguments, work, state);
    find_tokens(findings, arguments, work);
    if (is_given(arguments, FLAG_LOG_IN))
        find_login(findings, work);
    else
        skip(findings, "login", "only --log-in tries one");
}

int run_doctor(const struct arguments *arguments, struct work *work)
{
    struct findings findings = {.rows.json = is_given(arguments, FLAG_JSON)};
    dam_session_state state = DAM_SESSION_STATE_INIT;
    dam_error error, refused = {.status = DAM_OK};
    char store[PATH_MAX];
    find_library(&findings);
    int is_open = open_patient(&findings, arguments, work, &refused, store);
    find_strangers(&findings);
    find_names(&findings);
    if (!is_open)
        return end_findings(&findings);
    if (dam_session_get_state(work->session, &state, &error) != DAM_OK) {
        find(&findings, "session", find_exit_code(error.status), "%s", error.message);
        return end_findings(&findings);
    }
    find_store(&findings, &refused, store, state.store);
    probe(&findings, work->config, state.origin);
    if (refused.status == DAM_OK) {
        find_stored(&findings, arguments, work, &state);
    } else {
        skip(&findings, "session", "the store is not used");
        skip(&findings, "tokens", "the store is not used");
        skip(&findings, "login", "the store is not used, and what a login brought would be lost");
    }
    return end_findings(&findings);
}
