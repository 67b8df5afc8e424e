/*
 * commands.c - the table of commands. Help, completion and the check of arguments are made from it.
 */
#include "commands.h"

#include "flags.h"

#include <limits.h>
#include <string.h>

#define SESSION (ACCEPTS_HELP | ACCEPTS_OPTIONS)

const struct command commands[] = {
    {"login", "NAME", 1, 1, SESSION | ACCEPTS_AGAIN, OPENS_NOTHING, run_login, NULL,
     "log in if needed, then remember the options under NAME"},
    {"get", "NAME PATH", 2, 2, SESSION | ACCEPTS_RESPONSE, OPENS_NOTHING, run_request, "GET", "print what PATH holds"},
    {"post", "NAME PATH", 2, 2, SESSION | ACCEPTS_RESPONSE | ACCEPTS_BODY, OPENS_NOTHING, run_request, "POST",
     "send a POST request"},
    {"put", "NAME PATH", 2, 2, SESSION | ACCEPTS_RESPONSE | ACCEPTS_BODY, OPENS_NOTHING, run_request, "PUT",
     "send a PUT request"},
    {"delete", "NAME PATH", 2, 2, SESSION | ACCEPTS_RESPONSE, OPENS_NOTHING, run_request, "DELETE",
     "send a DELETE request"},
    {"request", "NAME METHOD PATH", 3, 3, SESSION | ACCEPTS_RESPONSE | ACCEPTS_BODY, OPENS_NOTHING, run_request, NULL,
     "send a request of any method"},
    {"organizations", "NAME", 1, 1, SESSION | ACCEPTS_JSON, OPENS_SESSION, run_organizations, NULL,
     "list the user's organizations: ID, name, membership, selected"},
    {"token", "NAME", 1, 1, SESSION, OPENS_SESSION, run_token, NULL, "print the bare token; it is a secret"},
    {"header", "NAME", 1, 1, SESSION | ACCEPTS_TICKET, OPENS_SESSION, run_header, NULL,
     "print the authenticating headers for `curl -H @-`; secrets"},
    {"observe", "NAME", 1, 1, SESSION | ACCEPTS_TICKET | ACCEPTS_HEAD, OPENS_NOTHING, run_observe, NULL,
     "take the response to these from standard input, as `curl -D` writes it"},
    {"status", "NAME", 1, 1, SESSION | ACCEPTS_JSON, OPENS_SESSION, run_status, NULL,
     "print what is known here, without asking the server"},
    {"keepalive", "NAME", 1, 1, SESSION, OPENS_SESSION, run_keepalive, NULL,
     "make sure that the server still has the session, and reset its idle clock"},
    {"logout", "NAME", 1, 1, SESSION | ACCEPTS_JSON, OPENS_SESSION, run_logout, NULL,
     "end the session; the options stay remembered"},
    {"forget", "NAME", 1, 1, SESSION, OPENS_NOTHING, run_forget, NULL,
     "forget session and remembered options without a word to the server"},
    {"bind", "NAME ID", 2, 2, SESSION | ACCEPTS_GENERATION, OPENS_SESSION, run_bind, NULL,
     "print a handle that ties an image ID to the device token"},
    {"resolve", "NAME HANDLE", 2, 2, SESSION, OPENS_SESSION, run_resolve, NULL,
     "print the image ID of a handle that is still good"},
    {"stale", "NAME [HANDLE]...", 1, INT_MAX, SESSION | ACCEPTS_JSON, OPENS_SESSION, run_stale, NULL,
     "print those handles that are stale; without any, of the lines of standard input"},
    {"tokens", "NAME", 1, 1, SESSION | ACCEPTS_JSON, OPENS_SESSION, run_tokens, NULL,
     "list the user's device tokens: fingerprint, obtained, alive or dead, in use"},
    {"sessions", "", 0, 0, ACCEPTS_HELP | ACCEPTS_STORE | ACCEPTS_JSON, OPENS_OPTIONS, run_sessions, NULL,
     "list what is stored: key, system, URL, user, organization, generation, use, state"},
    {"remove", "KEY", 1, 1, ACCEPTS_HELP | ACCEPTS_STORE, OPENS_OPTIONS, run_remove, NULL,
     "remove a stored session that no name opens any more"},
    {"list", "", 0, 0, ACCEPTS_HELP | ACCEPTS_JSON, OPENS_NOTHING, run_list, NULL, "list the remembered names"},
    {"options", "", 0, 0, ACCEPTS_HELP | ACCEPTS_JSON | ACCEPTS_MARKDOWN, OPENS_NOTHING, run_options, NULL,
     "list every option: name, values, default, meaning"},
    {"version", "", 0, 0, ACCEPTS_HELP | ACCEPTS_JSON, OPENS_NOTHING, run_version, NULL,
     "print the versions of wrapper and library"},
    {"help", "[COMMAND]", 0, 1, ACCEPTS_HELP, OPENS_NOTHING, run_help, NULL,
     "print this page, or the one of a command"},
    {NULL, NULL, 0, 0, 0, OPENS_NOTHING, NULL, NULL, NULL},
};

const struct command *find_command(const char *name)
{
    for (const struct command *command = commands; command->name != NULL; command++)
        if (strcmp(command->name, name) == 0)
            return command;
    return NULL;
}
