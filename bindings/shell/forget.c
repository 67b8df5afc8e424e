/*
 * forget.c - the command `forget`: session and name, without a word to the server. A name is forgotten only after its
 * secret was wiped.
 */
#include "arguments.h"
#include "commands.h"
#include "exit_code.h"
#include "say.h"
#include "siblings.h"
#include "work.h"

#include <damsession.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Whether what a name remembers is not enough to open a session, so that there never was one. */
static int is_incomplete(const char *name)
{
    struct work work = {.credentials = {.fd = -1}};
    dam_status status = open_name(name, &work);
    end_work(&work);
    return status == DAM_ERR_OPTION;
}

struct remainder {
    const char *system, *user;
    dam_session_state state;
    char keys[512];
};

/* A dam_stored_session_callback: the record that belongs to the session. */
static int32_t note_key(void *user_data, const dam_stored_session *session)
{
    struct remainder *left = user_data;
    size_t used = strlen(left->keys);
    if (!session->logged_in && session->generation == left->state.generation &&
        strcmp(session->system, left->system) == 0 && strcmp(session->user, left->user) == 0 &&
        strcmp(session->url, left->state.origin) == 0)
        snprintf(left->keys + used, sizeof left->keys - used, " %s", session->key);
    return 0;
}

/* To a person: that there was a session stays in the store, so that a slow program cannot bring it back. */
static void say_remainder(struct work *work)
{
    struct remainder left = {.state = DAM_SESSION_STATE_INIT};
    char *system = NULL, *user = NULL;
    if (isatty(STDERR_FILENO) && dam_config_get(work->config, "system", &system, NULL) == DAM_OK &&
        dam_config_get(work->config, "user", &user, NULL) == DAM_OK &&
        dam_session_get_state(work->session, &left.state, NULL) == DAM_OK) {
        left.system = system;
        left.user = user;
        dam_config_list_stored(work->config, note_key, &left, NULL);
    }
    if (left.keys[0] != '\0')
        say("user and URL stay in the list of `damsession sessions`, so that no program that still runs brings the "
            "session back; when none does: damsession remove%s",
            left.keys);
    dam_string_free(system);
    dam_string_free(user);
}

/* Remembered options may be damaged, or incomplete. They can be forgotten all the same, but they do not tell which
   session is theirs. */
int run_forget(const struct arguments *arguments, struct work *work)
{
    dam_error error;
    dam_status loaded = load_options(work, arguments, &error);
    int code = loaded == DAM_OK ? override_options(work, arguments) : report(&error);
    char siblings[SIBLINGS_CAPACITY] = "";
    dam_status opened = code == EXIT_OK ? try_session(work, &error) : DAM_OK;
    int had_none = opened == DAM_ERR_OPTION && has_name(arguments) && is_incomplete(arguments->words[0]);
    if (opened != DAM_OK && !had_none)
        code = report(&error);
    if (code == EXIT_OK && !had_none)
        list_siblings(arguments, work, siblings);
    if (code == EXIT_OK && !had_none && dam_session_forget(work->session, &error) != DAM_OK)
        code = report(&error);
    if (code == EXIT_OK)
        say_siblings(siblings);
    if (code == EXIT_OK && !had_none)
        say_remainder(work);
    int damaged = loaded == DAM_ERR_OPTION || loaded == DAM_ERR_STORE;
    if (!has_name(arguments) || (code != EXIT_OK && !damaged))
        return code;
    if (dam_name_remove(arguments->words[0], &error) != DAM_OK)
        return report(&error);
    if (damaged)
        say("the remembered options are forgotten; a session that was opened with them may still be stored");
    return code;
}
