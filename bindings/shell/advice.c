/*
 * advice.c - what to do about an error where its status alone does not decide: where the refused secret came from,
 * which option is wrong, whether a request may be sent again. The signs in the texts are those of remedy.c.
 */
#include "advice.h"

#include "arguments.h"
#include "commands.h"
#include "flags.h"
#include "refuse.h"
#include "work.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static int begins_with(const char *text, const char *beginning)
{
    return strncmp(text, beginning, strlen(beginning)) == 0;
}

/* The first word in quotation marks after `mark`, if it is an option. */
static int find_quoted(const char *message, const char *mark, struct signs *signs)
{
    const char *at = strstr(message, mark);
    dam_option row;
    at = at != NULL ? strchr(at, '"') : NULL;
    if (at == NULL)
        return 0;
    snprintf(signs->option, sizeof signs->option, "%.*s", (int)strcspn(at + 1, "\""), at + 1);
    return find_option(signs->option, &row);
}

/* ---- options ---- */

static int is_of_call(const struct arguments *arguments, const char *option)
{
    for (size_t index = 0; index < arguments->setting_count; index++)
        if (strcmp(arguments->settings[index].name, option) == 0)
            return 1;
    return 0;
}

static const char *advise_option(const char *message, const struct circumstances *around, struct signs *signs)
{
    int32_t source = DAM_SOURCE_DEFAULT;
    if (strstr(message, " is missing") != NULL)
        return NULL;
    if (begins_with(message, "in the file of") || begins_with(message, "the file of"))
        return "run: damsession forget %, then: damsession login %; or mend the file";
    if (!find_quoted(message, "\"", signs) || begins_with(message, "the environment ("))
        return ""; /* the message has what to do. */
    if (around->work->config != NULL)
        dam_config_get_source(around->work->config, signs->option, &source, NULL);
    if (begins_with(message, "DAMSESSION_") ||
        (source == DAM_SOURCE_ENVIRONMENT && !is_of_call(around->arguments, signs->option)))
        return "correct DAMSESSION_^, or unset it; damsession options & tells what it takes";
    if (source == DAM_SOURCE_REMEMBERED && !is_of_call(around->arguments, signs->option))
        return "run: damsession config set % & VALUE; damsession options & tells what it takes";
    return "correct --&; damsession options & tells what it takes";
}

/* `url` is plain HTTP, or the path is. */
static const char *advise_https(const dam_error *error, const struct circumstances *around, struct signs *signs)
{
    static const char plain[] = "http://";
    char *url = NULL;
    int32_t source = DAM_SOURCE_DEFAULT;
    if (strstr(error->message, "plain http,") != NULL)
        return "write https:// in its place, or only the path";
    if (!begins_with(error->message, "\"url\" must") || around->work->config == NULL ||
        dam_config_get(around->work->config, "url", &url, NULL) != DAM_OK)
        return NULL;
    dam_config_get_source(around->work->config, "url", &source, NULL);
    if (strncasecmp(url, plain, sizeof plain - 1) == 0)
        snprintf(signs->origin, sizeof signs->origin, "https://%s", url + sizeof plain - 1);
    dam_string_free(url);
    return signs->origin[0] == '\0'           ? NULL
           : source == DAM_SOURCE_REMEMBERED  ? "run: damsession config set % url $"
           : source == DAM_SOURCE_ENVIRONMENT ? "write it with https: DAMSESSION_URL=$"
                                              : "write it with https: --url $";
}

/* ---- secrets ---- */

/* The server does not take the program, whoever its user is. */
static const char *advise_client(const struct circumstances *around, struct signs *signs)
{
    int is_named = strcmp(around->name, "-") != 0 && !around->is_new;
    switch (find_origin(around->arguments, around->work, PROOF_CLIENT_SECRET, signs->origin)) {
    case GIVER_CALL:
    case GIVER_NAME:
        return is_named
                   ? "the client secret came from $: correct it there, or the ID: damsession config set % client-id ID"
                   : "the client secret came from $: correct it there, or the ID: --client-id ID";
    default:
        return is_named ? "run: damsession config set % client-id ID, with the ID that the program is registered by"
                        : "give the ID that the program is registered by: --client-id ID";
    }
}

static const char *advise_password(const char *message, const struct circumstances *around, struct signs *signs)
{
    signs->proof = name_proof(around->work, PROOF_PASSWORD);
    if (begins_with(message, "the server does not know the program") && strcmp(signs->proof, "password") == 0)
        return advise_client(around, signs);
    switch (find_origin(around->arguments, around->work, PROOF_PASSWORD, signs->origin)) {
    case GIVER_CALL:
    case GIVER_NAME:
        return "the ~ came from $: correct it there, then run: damsession login %, or with --again if the same one is "
               "right by now";
    default:
        return strcmp(signs->proof, "password") == 0
                   ? NULL
                   : "run: damsession login %, with the right ~; --again tries the same one again";
    }
}

static const char *advise_needed(const struct circumstances *around, struct signs *signs)
{
    const char *option = find_proof_option(around->work, PROOF_PASSWORD);
    if (!has_failed(around->work, PROOF_PASSWORD) && strcmp(option, "password") == 0)
        return NULL;
    if (!has_failed(around->work, PROOF_PASSWORD)) {
        snprintf(signs->option, sizeof signs->option, "%s", option);
        return "run: damsession login %, at a terminal; a script needs --password-command COMMAND or DAMSESSION_^";
    }
    signs->proof = name_proof(around->work, PROOF_PASSWORD);
    return find_origin(around->arguments, around->work, PROOF_PASSWORD, signs->origin) == GIVER_NAME
               ? "$ gave no ~: mend it (damsession config set % password-command COMMAND), or do without: damsession "
                 "config unset % password-command"
               : "$ gave no ~: mend it, or do without";
}

/* A remembered key, or its command, gives way to one that a login is given; what a call brings along does not. */
static const char *advise_key(const struct circumstances *around, struct signs *signs)
{
    int failed = has_failed(around->work, PROOF_API_KEY), is_given_here = around->arguments->api_key_fd >= 0;
    signs->proof = name_proof(around->work, PROOF_API_KEY);
    switch (find_origin(around->arguments, around->work, PROOF_API_KEY, signs->origin)) {
    case GIVER_NAME:
        return failed
                   ? "$ gave no ~: mend it, or run: damsession login % --api-key-stdin, whose key takes its place"
                   : "the ~ came from $; run: damsession login % --api-key-stdin, with the right key, which takes its "
                     "place";
    case GIVER_CALL:
        return failed ? "$ gave no ~: mend it, or do without"
               : is_given_here && strcmp(around->name, "-") != 0 && !around->is_new
                   ? "the ~ came from $: correct it there; damsession login % --api-key-stdin remembers one"
                   : "the ~ came from $: correct it there";
    default: return NULL;
    }
}

/* ---- requests ---- */

static const char *find_method(const struct arguments *arguments)
{
    const char *method = arguments->command->method;
    return method != NULL || !(arguments->command->accepts & ACCEPTS_RESPONSE) ? method : arguments->words[1];
}

/* Whether the server may have acted on what was sent, so that it must not simply be sent again. */
static int may_have_acted(const struct arguments *arguments)
{
    const char *method = find_method(arguments);
    return method != NULL &&
           (is_given(arguments, FLAG_ONCE) || (strcasecmp(method, "GET") != 0 && strcasecmp(method, "HEAD") != 0));
}

static const char *advise_transfer(const struct arguments *arguments)
{
    const char *method = find_method(arguments);
    if (may_have_acted(arguments))
        return "the server may have acted on it: look there before you run it again";
    return method == NULL || strcasecmp(method, "GET") != 0 ? "run it again; --retries N tries again by itself" : NULL;
}

/* A header of --header that is not the caller's. */
static const char *advise_header(const char *message)
{
    static const char header[] = "the header ";
    if (!begins_with(message, header))
        return NULL;
    if (strstr(message, "set by the session") != NULL)
        return "leave it out: the session sends its own; damsession login %, with --user, --password-stdin or "
               "--api-key-stdin, says whose";
    if (strncasecmp(message + sizeof header - 1, "Host ", 5) == 0)
        return "leave it out: --url URL says which server is meant";
    return strstr(message, "set by the library") != NULL
               ? "leave it out: it follows from the body (--data, --json, --form) and from the connection"
               : NULL;
}

/* ---- all ---- */

static const char *advise_name(const struct circumstances *around, struct signs *signs)
{
    int takes_name = around->arguments->command->accepts & ACCEPTS_OPTIONS && strcmp(around->name, "-") != 0;
    return takes_name && find_nearest_name(around->name, signs->option, sizeof signs->option)
               ? "did you mean &? run: damsession list, for the names that there are"
               : NULL;
}

const char *choose_advice(const dam_error *error, const struct circumstances *around, struct signs *signs)
{
    if (find_quoted(error->message, "the name is about another \"", signs))
        return "to move the name for good, run: damsession config set % & ^; else give with this call what did not "
               "count";
    switch (error->status) {
    case DAM_ERR_ARGUMENT: return advise_header(error->message);
    case DAM_ERR_OPTION: return advise_option(error->message, around, signs);
    case DAM_ERR_NOT_FOUND: return advise_name(around, signs);
    case DAM_ERR_TIMEOUT: /* nothing was sent before there was a connection. */
        return may_have_acted(around->arguments) && strstr(error->message, "connect-timeout") == NULL
                   ? "the server may have acted on it: look there before you run it again; --timeout and "
                     "--idle-timeout SECONDS give it longer"
                   : NULL;
    case DAM_ERR_TRANSFER: return advise_transfer(around->arguments);
    case DAM_ERR_INSECURE: return advise_https(error, around, signs);
    case DAM_ERR_CREDENTIALS_NEEDED: return advise_needed(around, signs);
    case DAM_ERR_CREDENTIALS_REFUSED: return advise_password(error->message, around, signs);
    case DAM_ERR_API_KEY_REFUSED: return advise_key(around, signs);
    case DAM_ERR_SESSION_INVALID: /* what was lost on the way is no reason to give up the session. */
        return strstr(error->message, "\"Authorization\"") != NULL
                   ? "let the proxy in front of the server pass the header Authorization on; a new login does not help"
                   : NULL;
    default: return NULL;
    }
}
