/*
 * commands.c - the table of commands. Help, completion and the check of arguments are made from it.
 */
#include "commands.h"

#include "flags.h"

#include <limits.h>
#include <string.h>

#define SESSION (ACCEPTS_HELP | ACCEPTS_OPTIONS)

const struct command commands[] = {
    {"login", "NAME", 1, 1, SESSION | ACCEPTS_AGAIN | ACCEPTS_CONSENT, OPENS_NOTHING, run_login, NULL,
     "log in if needed, then remember the options under NAME",
     "system url user authentication organization client-id redirect-url password-command api-key-command ca-file",
     "login desk --system photoshelter --user ada@example.com"},
    {"get", "NAME PATH...", 1, INT_MAX, SESSION | ACCEPTS_RESPONSE | ACCEPTS_PATHS, OPENS_NOTHING, run_request, "GET",
     "print what PATH holds, or save what many hold", "timeout retries redirects",
     "get desk mem/image/I0001/download --output today.jpg"},
    {"post", "NAME PATH", 2, 2, SESSION | ACCEPTS_RESPONSE | ACCEPTS_BODY, OPENS_NOTHING, run_request, "POST",
     "send a POST request", "timeout", "post desk mem/gallery/G0001 --data-urlencode 'name=Today & tomorrow'"},
    {"put", "NAME PATH", 2, 2, SESSION | ACCEPTS_RESPONSE | ACCEPTS_BODY, OPENS_NOTHING, run_request, "PUT",
     "send a PUT request", "timeout retries", "put desk mem/gallery/G0001 --data 'name=Today'"},
    {"delete", "NAME PATH", 2, 2, SESSION | ACCEPTS_RESPONSE, OPENS_NOTHING, run_request, "DELETE",
     "send a DELETE request", "timeout retries", "delete desk mem/gallery/G0001"},
    {"request", "NAME METHOD PATH", 3, 3, SESSION | ACCEPTS_RESPONSE | ACCEPTS_BODY, OPENS_NOTHING, run_request, NULL,
     "send a request of any method; get is GET, and HEAD prints the headers", "timeout retries",
     "request desk POST mem/image/upload --form file=@today.jpg"},
    {"organizations", "NAME", 1, 1, SESSION | ACCEPTS_JSON, OPENS_SESSION, run_organizations, NULL,
     "list the user's organizations: ID, name, membership, selected", "organization", "organizations desk"},
    {"token", "NAME", 1, 1, SESSION, OPENS_SESSION, run_token, NULL, "print the bare token; it is a secret",
     "authentication", "token desk"},
    {"header", "NAME", 1, 1, SESSION | ACCEPTS_TICKET, OPENS_SESSION, run_header, NULL,
     "print the authenticating headers for `curl -H @-`; secrets", "authentication",
     "header desk --ticket ticket | curl -H @- URL"},
    {"observe", "NAME", 1, 1, SESSION | ACCEPTS_TICKET | ACCEPTS_HEAD, OPENS_NOTHING, run_observe, NULL,
     "take the response to these from standard input, as `curl -D` writes it", "invalid-status invalid-text",
     "observe desk --ticket ticket --body body <head"},
    {"status", "NAME", 1, 1, SESSION | ACCEPTS_JSON, OPENS_SESSION, run_status, NULL,
     "print what is known here, without asking the server", "store", "status desk --json"},
    {"keepalive", "NAME", 1, 1, SESSION, OPENS_SESSION, run_keepalive, NULL,
     "make sure that the server still has the session, and reset its idle clock", "timeout", "keepalive desk"},
    {"logout", "NAME", 1, 1, SESSION | ACCEPTS_JSON, OPENS_SESSION, run_logout, NULL,
     "end the session; the options stay remembered", "timeout logout-method", "logout desk"},
    {"forget", "NAME", 1, 1, SESSION, OPENS_NOTHING, run_forget, NULL,
     "forget session and remembered options without a word to the server", "store", "forget desk"},
    {"bind", "NAME ID", 2, 2, SESSION | ACCEPTS_GENERATION, OPENS_SESSION, run_bind, NULL,
     "print a handle that ties an image ID to the device token", "store", "bind web ID"},
    {"resolve", "NAME HANDLE", 2, 2, SESSION, OPENS_SESSION, run_resolve, NULL,
     "print the image ID of a handle that is still good", "store", "resolve web HANDLE"},
    {"stale", "NAME [HANDLE]...", 1, INT_MAX, SESSION | ACCEPTS_JSON, OPENS_SESSION, run_stale, NULL,
     "print those handles that are stale; without any, of the lines of standard input", "lock-timeout",
     "stale web <handles"},
    {"tokens", "NAME", 1, 1, SESSION | ACCEPTS_JSON, OPENS_SESSION, run_tokens, NULL,
     "list the user's device tokens: fingerprint, obtained, alive or dead, in use", "token-limit token-reserve",
     "tokens web"},
    {"sessions", "", 0, 0, ACCEPTS_HELP | ACCEPTS_STORE | ACCEPTS_JSON, OPENS_OPTIONS, run_sessions, NULL,
     "list what is stored: key, system, URL, user, organization, generation, use, state", NULL, "sessions --json"},
    {"remove", "KEY", 1, 1, ACCEPTS_HELP | ACCEPTS_STORE, OPENS_OPTIONS, run_remove, NULL,
     "remove a stored session that no name opens any more", NULL, "remove KEY"},
    {"list", "", 0, 0, ACCEPTS_HELP | ACCEPTS_JSON, OPENS_NOTHING, run_list, NULL,
     "list the remembered names: name, system, user, URL", NULL, "list"},
    {"config", "show|get|set|unset NAME [OPTION [VALUE]]", 2, 4, ACCEPTS_HELP | ACCEPTS_JSON | ACCEPTS_API_KEY,
     OPENS_NOTHING, run_config, NULL, "show, get or change what is remembered under NAME", NULL,
     "config set desk timeout 60"},
    {"consent", "export|import NAME [FILE]", 2, 3, SESSION | ACCEPTS_PASSPHRASE, OPENS_NOTHING, run_consent, NULL,
     "hand what a person has consented to over to another machine, or take it there", NULL,
     "consent export desk desk.sealed"},
    {"options", "[OPTION]", 0, 1, ACCEPTS_HELP | ACCEPTS_JSON | ACCEPTS_MARKDOWN, OPENS_NOTHING, run_options, NULL,
     "list every option: name, values, default, meaning; or tell all of one", NULL, "options timeout"},
    {"doctor", "[NAME]", 0, 1, SESSION | ACCEPTS_JSON | ACCEPTS_LOG_IN, OPENS_NOTHING, run_doctor, NULL,
     "look for what is not in order: URL, certificate, clock, store, files, tokens",
     "ca-file proxy store connect-timeout", "doctor desk"},
    {"version", "", 0, 0, ACCEPTS_HELP | ACCEPTS_JSON, OPENS_NOTHING, run_version, NULL,
     "print the versions of wrapper and library", NULL, "version"},
    {"help", "[COMMAND|PAGE|FLAG|OPTION|VARIABLE|CODE]", 0, 1, ACCEPTS_HELP, OPENS_NOTHING, run_help, NULL,
     "print this, or what there is to say of a command, page, flag, option, variable or exit code", NULL, "help 44"},
    {NULL, NULL, 0, 0, 0, OPENS_NOTHING, NULL, NULL, NULL, NULL, NULL},
};

const struct command *find_command(const char *name)
{
    for (const struct command *command = commands; command->name != NULL; command++)
        if (strcmp(command->name, name) == 0)
            return command;
    return NULL;
}
