/*
 * origin.c - where a secret came from, or was looked for: an option of this name or that variable. Never what it is.
 */
#include "origin.h"

#include "arguments.h"
#include "print.h"
#include "say.h"
#include "work.h"

#include <damsession.h>

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static int is_set(const char *variable)
{
    const char *value = secure_getenv(variable);
    return value != NULL && value[0] != '\0';
}

const char *find_proof_option(const struct work *work, enum proof proof)
{
    char *authentication = NULL;
    const char *option = "password";
    if (proof != PROOF_PASSWORD)
        return proof == PROOF_API_KEY ? "api-key" : "client-secret";
    if (work->config == NULL || dam_config_get(work->config, "authentication", &authentication, NULL) != DAM_OK)
        return option;
    if (strcmp(authentication, "login-token") == 0)
        option = "encryption-secret";
    if (strcmp(authentication, "script") == 0)
        option = "client-secret";
    dam_string_free(authentication);
    return option;
}

const char *name_proof(const struct work *work, enum proof proof)
{
    const char *option = find_proof_option(work, proof);
    return strcmp(option, "api-key") == 0             ? "API key"
           : strcmp(option, "encryption-secret") == 0 ? "encryption secret"
           : strcmp(option, "client-secret") == 0     ? "client secret"
                                                      : option;
}

/* Who has set the option, which may be a secret or a command. */
static enum giver describe_option(const struct arguments *arguments, const struct work *work, const char *option,
                                  char text[ORIGIN_CAPACITY])
{
    char variable[VARIABLE_CAPACITY];
    const char *folder = secure_getenv("CREDENTIALS_DIRECTORY");
    int32_t source = DAM_SOURCE_DEFAULT;
    name_variable(option, variable);
    dam_config_get_source(work->config, option, &source, NULL);
    switch (source) {
    case DAM_SOURCE_REMEMBERED:
        snprintf(text, ORIGIN_CAPACITY, "`%s` of %s", option, arguments->words[0]);
        return GIVER_NAME;
    case DAM_SOURCE_ENVIRONMENT:
        if (is_set(variable) || folder == NULL)
            snprintf(text, ORIGIN_CAPACITY, "%s", variable);
        else
            snprintf(text, ORIGIN_CAPACITY, "the file %s/%s", folder, option);
        return GIVER_CALL;
    case DAM_SOURCE_PROGRAM: /* a secret is no option there: a person has typed it. */
        if (strstr(option, "-command") == NULL)
            return GIVER_PERSON;
        snprintf(text, ORIGIN_CAPACITY, "--%s", option);
        return GIVER_CALL;
    default: return GIVER_NONE;
    }
}

/* Of one standard input the API key is read first. */
static enum giver describe_descriptor(const struct arguments *arguments, enum proof proof, char text[ORIGIN_CAPACITY])
{
    int is_key = proof == PROOF_API_KEY, fd = is_key ? arguments->api_key_fd : arguments->password_fd;
    if (fd == arguments->api_key_fd && fd == arguments->password_fd)
        snprintf(text, ORIGIN_CAPACITY, "the %s line of %s, whose %s is the %s", is_key ? "first" : "second",
                 fd == 0 ? "standard input" : "the descriptor", is_key ? "second" : "first",
                 is_key ? "password" : "API key");
    else if (fd == 0)
        snprintf(text, ORIGIN_CAPACITY, "standard input");
    else
        snprintf(text, ORIGIN_CAPACITY, "--%s-fd %d", is_key ? "api-key" : "password", fd);
    return GIVER_CALL;
}

enum giver find_origin(const struct arguments *arguments, const struct work *work, enum proof proof,
                       char text[ORIGIN_CAPACITY])
{
    enum answerer answerer = work->credentials.answerer;
    text[0] = '\0';
    if (work->config == NULL)
        return GIVER_NONE;
    if (proof == PROOF_API_KEY ? arguments->api_key_fd >= 0 : answerer == ANSWERER_DESCRIPTOR)
        return describe_descriptor(arguments, proof, text);
    if (proof == PROOF_PASSWORD && answerer == ANSWERER_PERSON)
        return GIVER_PERSON;
    if (proof == PROOF_API_KEY ? has_key_command(work) : answerer == ANSWERER_COMMAND)
        return describe_option(arguments, work, proof == PROOF_API_KEY ? "api-key-command" : "password-command", text);
    return describe_option(arguments, work, find_proof_option(work, proof), text);
}

int has_failed(const struct work *work, enum proof proof)
{
    return proof == PROOF_API_KEY ? work->key_failed
                                  : work->credentials.answerer == ANSWERER_COMMAND && work->credentials.has_failed;
}

void say_credentials_folder(const struct work *work, enum proof proof)
{
    const char *folder = secure_getenv("CREDENTIALS_DIRECTORY"), *option = find_proof_option(work, proof);
    char path[PATH_MAX];
    struct stat found;
    if (folder == NULL || folder[0] == '\0')
        return;
    snprintf(path, sizeof path, "%s/%s", folder, option);
    if (folder[0] != '/')
        say("CREDENTIALS_DIRECTORY does not count: `%s` is no absolute path", folder);
    else if (stat(folder, &found) != 0)
        say("CREDENTIALS_DIRECTORY: there is no folder %s", folder);
    else if (stat(path, &found) != 0)
        say("CREDENTIALS_DIRECTORY: there is no file %s", path);
}
