/*
 * siblings.c - other names whose session is the same: a session belongs to system, URL and user, not to the name.
 *
 * They are found by opening the session of each name, which asks nobody and sends nothing, and comparing the secrets'
 * fingerprints.
 */
#include "siblings.h"

#include "arguments.h"
#include "ask.h"
#include "exit_code.h"
#include "flags.h"
#include "say.h"
#include "work.h"

#include <damsession.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct search {
    const char *own; /* the name of the command line, or NULL. */
    dam_session_state state;
    char *text;
};

dam_status open_name(const char *name, struct work *work)
{
    const char *store = secure_getenv("DAMSESSION_STORE");
    int32_t source = DAM_SOURCE_DEFAULT;
    dam_error error;
    dam_status status = dam_config_new(&work->config, &error);
    if (status == DAM_OK)
        status = dam_config_load(work->config, name, &error);
    if (status == DAM_OK)
        status = dam_config_get_source(work->config, "store", &source, &error);
    if (status == DAM_OK && source == DAM_SOURCE_DEFAULT && store != NULL && store[0] != '\0')
        status = dam_config_set(work->config, "store", store, &error);
    if (status == DAM_OK && has_value(work->config, "api-key-command"))
        status = dam_config_set(work->config, "api-key", "none yet", &error);
    if (status == DAM_OK && fill_program_secrets(work, "none yet") != EXIT_OK)
        status = DAM_ERR_OPTION;
    return status == DAM_OK ? dam_session_open(work->config, &work->session, &error) : status;
}

/* A name that cannot be opened shares nothing that could be lost. */
static int32_t compare(void *user_data, const char *name)
{
    struct search *search = user_data;
    struct work work = {.credentials = {.fd = -1}};
    dam_session_state state = DAM_SESSION_STATE_INIT;
    size_t used = strlen(search->text);
    if ((search->own == NULL || strcmp(search->own, name) != 0) && open_name(name, &work) == DAM_OK &&
        dam_session_get_state(work.session, &state, NULL) == DAM_OK &&
        strcmp(state.fingerprint, search->state.fingerprint) == 0 && state.generation == search->state.generation &&
        strcmp(state.origin, search->state.origin) == 0 && strcmp(state.store, search->state.store) == 0)
        snprintf(search->text + used, SIBLINGS_CAPACITY - used, "%s%s", used > 0 ? ", " : "", name);
    end_work(&work);
    return DAM_OK;
}

void list_siblings(const struct arguments *arguments, struct work *work, char text[SIBLINGS_CAPACITY])
{
    struct search search = {
        .own = has_name(arguments) ? arguments->words[0] : NULL,
        .state = DAM_SESSION_STATE_INIT,
        .text = text,
    };
    text[0] = '\0';
    if (dam_session_get_state(work->session, &search.state, NULL) == DAM_OK && search.state.fingerprint[0] != '\0')
        dam_name_list(compare, &search, NULL);
}

void say_siblings(const char text[SIBLINGS_CAPACITY])
{
    if (text[0] != '\0')
        say("it was the session of these names, too: %s", text);
}
