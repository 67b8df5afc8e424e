/*
 * damsession - the library for shell scripts: `damsession login NAME` once, then `damsession get NAME PATH` from any
 * number of scripts. This file is the table of commands and main.
 *
 * It refuses to decide anything about sessions: every command is one library call with something printed afterwards.
 * What a command needs for it is opened before it, and ended after it, in one place.
 * Results go to standard output, words to standard error, so that $(damsession token NAME) never captures a complaint.
 */
#include "wrapper.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define SESSION (ACCEPTS_HELP | ACCEPTS_OPTIONS)

static const struct command commands[] = {
    {"login", "NAME", 1, 1, SESSION | ACCEPTS_AGAIN, OPENS_NOTHING, run_login, NULL,
     "log in if needed, then remember the options under NAME"},
    {"get", "NAME PATH", 2, 2, SESSION | ACCEPTS_ANSWER, OPENS_NOTHING, run_request, "GET", "print what PATH holds"},
    {"post", "NAME PATH", 2, 2, SESSION | ACCEPTS_ANSWER | ACCEPTS_BODY, OPENS_NOTHING, run_request, "POST",
     "send a POST request"},
    {"put", "NAME PATH", 2, 2, SESSION | ACCEPTS_ANSWER | ACCEPTS_BODY, OPENS_NOTHING, run_request, "PUT",
     "send a PUT request"},
    {"delete", "NAME PATH", 2, 2, SESSION | ACCEPTS_ANSWER, OPENS_NOTHING, run_request, "DELETE",
     "send a DELETE request"},
    {"request", "NAME METHOD PATH", 3, 3, SESSION | ACCEPTS_ANSWER | ACCEPTS_BODY, OPENS_NOTHING, run_request, NULL,
     "send a request of any method"},
    {"organizations", "NAME", 1, 1, SESSION | ACCEPTS_JSON, OPENS_SESSION, run_organizations, NULL,
     "list the user's organizations: ID, name, membership, selected"},
    {"token", "NAME", 1, 1, SESSION, OPENS_SESSION, run_token, NULL, "print the bare token; it is a secret"},
    {"header", "NAME", 1, 1, SESSION | ACCEPTS_TICKET, OPENS_SESSION, run_header, NULL,
     "print the authenticating headers for `curl -H @-`; secrets"},
    {"observe", "NAME", 1, 1, SESSION | ACCEPTS_TICKET | ACCEPTS_HEAD, OPENS_NOTHING, run_observe, NULL,
     "take the answer to these from standard input, as `curl -D` writes it"},
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

/* A descriptor 0 to 2 that the caller closed would be given to the next file opened, and words would end up in it. */
static void fill_standard_descriptors(void)
{
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) < 0)
            _exit(EXIT_STOPPED);
}

/* What every command repeats: opens what it needs, and ends it, whatever became of the command. */
static int run(const struct arguments *arguments)
{
    struct work work = {.credentials = {.fd = -1}};
    if (is_given(arguments, FLAG_HELP))
        return run_help(arguments, &work);
    if (is_given(arguments, FLAG_VERSION))
        return run_version(arguments, &work);
    int code = EXIT_OK;
    if (arguments->command->opens == OPENS_OPTIONS)
        code = begin_options(&work, arguments);
    else if (arguments->command->opens == OPENS_SESSION)
        code = begin(&work, arguments);
    if (code == EXIT_OK)
        code = arguments->command->run(arguments, &work);
    end(&work);
    return code;
}

int main(int argc, char **argv)
{
    struct arguments arguments;
    prctl(PR_SET_DUMPABLE, 0); /* a core dump would hold the secrets. */
    fill_standard_descriptors();
    setvbuf(stderr, NULL, _IOLBF, BUFSIZ); /* whole lines, because parallel scripts share one log. */
    int code = parse_arguments(commands, argc, argv, &arguments);
    if (code == EXIT_OK)
        code = run(&arguments);
    free(arguments.words);
    free(arguments.settings);
    free(arguments.headers);
    free(arguments.parts);
    int failed = ferror(stdout);
    if ((fclose(stdout) != 0 || failed) && code == EXIT_OK) {
        say("standard output: %s", errno != 0 ? strerror(errno) : "not everything could be written");
        code = EXIT_STOPPED;
    }
    return code;
}
