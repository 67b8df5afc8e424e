/*
 * abi_config.c - what needs no session: texts, options, configurations, names, stores.
 */
#define _GNU_SOURCE
#include "abi.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[] = {
    "system",         "url",           "user",       "password",          "api-key",          "api-key-in",
    "authentication", "organization",  "rotation",   "invalid-status",    "invalid-text",     "query-names",
    "token-limit",    "token-reserve", "idle-limit", "redirects",         "response-limit",   "store",
    "http",           "timeout",       "api-path",   "encryption-secret", "login-token-life", "ip",
    "nonsense",       "URL",           NULL};
static const char *const values[] = {"photoshelter",
                                     "fotoweb",
                                     "cookie",
                                     "token",
                                     "token-in-url",
                                     "query",
                                     "device-token",
                                     "login-token",
                                     "kim@example.com",
                                     "kim",
                                     "O1",
                                     "parameter",
                                     "serialize",
                                     "newest",
                                     "401,403",
                                     "u,p",
                                     "memory",
                                     "1",
                                     "2",
                                     "0",
                                     "10",
                                     "64K",
                                     "1.1",
                                     "https://a.example",
                                     "legacy",
                                     "yes",
                                     "any",
                                     "/api/",
                                     "text",
                                     "99999999999",
                                     NULL};
static const char *const remembered[] = {"one", "two", "t.h-r_e@e", "../one", ".hidden", "-x", "missing", NULL};
static const char *const keys[] = {"0123456789abcdef0123456789abcdef01234567", "../../etc/passwd", "x", "record", NULL};

static int32_t take_name(void *user_data, const char *name)
{
    struct play *play = user_data;
    if (name == NULL || strlen(name) == 0 || strlen(name) > 64)
        broken("a listed name is one", name != NULL ? name : "NULL");
    return byte(play) % 4 == 0;
}

static int32_t take_stored(void *user_data, const dam_stored_session *stored)
{
    struct play *play = user_data;
    if (stored->size != sizeof *stored || stored->key == NULL || stored->system == NULL || stored->url == NULL ||
        stored->user == NULL || stored->organization == NULL)
        broken("a stored session is whole", "dam_stored_session");
    snprintf(play->key, sizeof play->key, "%s", stored->key);
    return byte(play) % 4 == 0;
}

static int32_t answer_prompt(void *user_data, dam_prompt *prompt)
{
    static const char *const secrets[] = {canary_password, "", "line\nend", "\xff", NULL};
    /* Not from the input: it may be another thread that is asked. */
    uint8_t manner = (uintptr_t)user_data % 16;
    if (prompt->size != sizeof *prompt || prompt->user == NULL || prompt->origin == NULL)
        broken("a prompt is whole", "dam_prompt");
    if (manner == 0)
        return DAM_ERR_CALLBACK;
    const char *secret = secrets[manner < 5 ? manner : 0];
    if (manner != 5)
        dam_prompt_answer(prompt, secret, secret != NULL ? strlen(secret) : 3, NULL);
    return DAM_OK;
}

void take_line(void *user_data, int32_t level, const char *message)
{
    (void)user_data;
    if (level < DAM_LOG_ERROR || level > DAM_LOG_DEBUG || strchr(message, '\n') != NULL)
        broken("a log line is one line", message);
    check_clean(message, "a log line");
}

/* Everything that can be set. What would leave this machine or wait for long, play_session sets last. */
static void set_all(struct play *play, dam_config *config)
{
    const char *value, *name = text(play, names);
    char *got = NULL;
    int32_t source = -1;
    switch (byte(play) % 8) {
    case 0: SAYS(dam_config_set_credentials(config, answer_prompt, (void *)(uintptr_t)byte(play), err(play))); break;
    case 1: SAYS(dam_config_set_log(config, byte(play) % 6, byte(play) % 4 ? take_line : NULL, play, err(play))); break;
    case 2: SAYS(dam_config_set_store(config, byte(play) % 4 ? odd_store(byte(play)) : NULL, err(play))); break;
    case 3:
        if (SAYS(dam_config_get(config, name, &got, err(play))) == DAM_OK && got == NULL)
            broken("an option that was got is there", name);
        dam_string_free(got);
        break;
    default:
        value = text(play, values);
        if (SAYS(dam_config_set(config, name, value, err(play))) == DAM_OK && value != NULL &&
            dam_config_get(config, name, &got, NULL) == DAM_OK && strcmp(got, value) != 0)
            broken("an option is what it was set to", name);
        if (dam_config_get_source(config, name, &source, NULL) == DAM_OK &&
            (source < DAM_SOURCE_DEFAULT || source > DAM_SOURCE_PROGRAM))
            broken("an option has a source", name);
        dam_string_free(got);
    }
}

void play_config(struct play *play)
{
    int slot = byte(play) % SLOTS;
    dam_config **config = &play->configs[slot];
    switch (byte(play) % 10) {
    case 0:
        dam_config_free(*config);
        *config = NULL;
        SAYS(dam_config_new(byte(play) % 16 ? config : NULL, err(play)));
        break;
    case 1: SAYS(dam_config_save(*config, text(play, remembered), err(play))); break;
    case 2: SAYS(dam_config_load(*config, text(play, remembered), err(play))); break;
    case 3: SAYS(dam_name_list(byte(play) % 8 ? take_name : NULL, play, err(play))); break;
    case 4: SAYS(dam_name_remove(text(play, remembered), err(play))); break;
    case 5: SAYS(dam_config_list_stored(*config, byte(play) % 8 ? take_stored : NULL, play, err(play))); break;
    case 7: SAYS(dam_name_set(text(play, remembered), text(play, names), text(play, values), err(play))); break;
    case 6: SAYS(dam_config_remove_stored(*config, byte(play) % 2 ? play->key : text(play, keys), err(play))); break;
    default: set_all(play, *config);
    }
}

static const char *const variables[] = {"DAMSESSION_USER", "DAMSESSION_ROTATION", "DAMSESSION_TIMEOUT", NULL};

static void load_environment(struct play *play)
{
    const char *variable = variables[byte(play) % 3], *value = text(play, values);
    setenv(variable, value != NULL ? value : "", 1);
    SAYS(dam_config_load_environment(play->configs[byte(play) % SLOTS], err(play)));
    unsetenv(variable);
}

/* What is encoded holds no byte that a path or a form cannot have, and stands behind the path that was given. */
static void check_encoded(char *text, const char *path)
{
    size_t size = strlen(path);
    if (strncmp(text, path, size) != 0)
        broken("a path stays as it is", "dam_path_with_query");
    if (text[size + strspn(text + size, "?&=%-._~ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")] !=
        '\0')
        broken("what cannot be in a query is encoded", "dam_pair");
    dam_string_free(text);
}

static void encode_pairs(struct play *play)
{
    dam_pair pairs[8] = {{NULL, NULL}};
    char *out = NULL;
    size_t count = byte(play) % 9;
    for (size_t at = 0; at < count; at++)
        pairs[at] = (dam_pair){text(play, names), text(play, values)};
    const char *path = text(play, names);
    const dam_pair *given = byte(play) % 16 ? pairs : NULL;
    if (SAYS(dam_path_with_query(path, given, count, byte(play) % 16 ? &out : NULL, err(play))) == DAM_OK)
        check_encoded(out, path);
    out = NULL;
    if (SAYS(dam_encode_form(given, count, byte(play) % 16 ? &out : NULL, err(play))) == DAM_OK)
        check_encoded(out, "");
}

/* Closed at once: it is not tamed, and must not send anything. */
static void open_named(struct play *play)
{
    dam_session *session = NULL;
    const char *name = text(play, remembered);
    dam_status status = SAYS(dam_session_open_named(name, byte(play) % 16 ? &session : NULL, err(play)));
    if ((status == DAM_OK) != (session != NULL))
        broken("a session is there when all went well, and only then", "dam_session_open_named");
    dam_session_free(session);
}

void play_values(struct play *play)
{
    dam_option option = {.size = sizeof option - byte(play) % 2};
    uint32_t index = (uint32_t)number(play);
    uint32_t size = option.size;
    uint8_t choice = byte(play);
    switch (choice >= 224 ? 5 : choice >= 192 ? 4 : choice % 4) {
    case 5: open_named(play); break;
    case 4: encode_pairs(play); break;
    case 0:
        if (SAYS(dam_option_get(index, byte(play) % 8 ? &option : NULL, err(play))) != DAM_OK)
            break;
        if (size != sizeof option || index >= dam_option_count() || option.name == NULL || option.help == NULL)
            broken("an option is whole", "dam_option_get");
        break;
    case 1:
        if (dam_version() == NULL || dam_status_name((int32_t)index) == NULL ||
            dam_status_text((int32_t)index) == NULL || dam_status_advice((int32_t)index) == NULL)
            broken("static texts are there", "dam_status_text");
        break;
    case 2: load_environment(play); break;
    default: SAYS(dam_record_fill(NULL, "x", 1, err(play))); SAYS(dam_prompt_answer(NULL, "x", 1, err(play)));
    }
}
