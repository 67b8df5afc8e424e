/*
 * flags.c - the table of the wrapper's flags, and the search for a flag or an option by name.
 */
#include "flags.h"

#include <damsession.h>

#include <stdlib.h>
#include <string.h>

const struct flag flags[FLAG_COUNT] = {
    [FLAG_HELP] = {"help", 'h', ACCEPTS_HELP, NULL, 0, "print the command's page"},
    [FLAG_VERSION] = {"version", 'V', 0, NULL, 0, "the same as the command `version`"},
    [FLAG_VERBOSE] = {"verbose", 'v', ACCEPTS_OPTIONS | ACCEPTS_STORE, NULL, 0,
                      "say what happens on standard error; -vv: every request"},
    [FLAG_EXPLAIN] = {"explain", 0, ACCEPTS_OPTIONS, NULL, 0,
                      "say at the end how many requests, logins and waits it took"},
    [FLAG_JSON] = {"json", 0, ACCEPTS_JSON, NULL, 0, "print JSON"},
    [FLAG_MARKDOWN] = {"markdown", 0, ACCEPTS_MARKDOWN, NULL, 0, "print a Markdown table"},
    [FLAG_AGAIN] = {"again", 0, ACCEPTS_AGAIN, NULL, 0, "try credentials that were refused before once more"},
    [FLAG_LISTEN] = {"listen", 0, ACCEPTS_CONSENT, "PORT", 0,
                     "OAuth2: take the answer from a browser of this machine, at this port, in place of the terminal"},
    [FLAG_DEVICE] = {"device", 0, ACCEPTS_CONSENT, NULL, 0,
                     "OAuth2: print a code to type into a browser elsewhere, and wait until it was typed"},
    [FLAG_LOG_IN] = {"log-in", 0, ACCEPTS_LOG_IN, NULL, 0,
                     "ask the server for the session too, and log in if it is refused"},
    [FLAG_PASSWORD_STDIN] =
        {"password-stdin", 0, ACCEPTS_OPTIONS, NULL, 0,
         "the password (or encryption secret) is the first line of standard input, after an API key"},
    [FLAG_PASSWORD_FD] = {"password-fd", 0, ACCEPTS_OPTIONS, "N", 0, "the same, from file descriptor N"},
    [FLAG_API_KEY_STDIN] = {"api-key-stdin", 0, ACCEPTS_OPTIONS | ACCEPTS_API_KEY, NULL, 0,
                            "the API key is the first line of standard input; a password would be the second"},
    [FLAG_API_KEY_FD] = {"api-key-fd", 0, ACCEPTS_OPTIONS | ACCEPTS_API_KEY, "N", 0,
                         "the same, from file descriptor N"},
    [FLAG_PASSPHRASE_FD] = {"passphrase-fd", 0, ACCEPTS_PASSPHRASE, "N", 0,
                            "the pass-phrase is the first line of file descriptor N"},
    [FLAG_QUERY] = {"query", 0, ACCEPTS_RESPONSE, "NAME=VALUE", 1,
                    "one more pair of the query of PATH, percent-encoded here; may be repeated"},
    [FLAG_DATA] = {"data", 'd', ACCEPTS_BODY, "TEXT|@FILE|@-", 1,
                   "the body, byte for byte; @-: standard input, once; repeated ones are joined by `&`"},
    [FLAG_DATA_URLENCODE] = {"data-urlencode", 0, ACCEPTS_BODY, "NAME=TEXT", 1,
                             "as --data, percent-encoded here: TEXT, =TEXT, NAME=TEXT, @FILE, NAME@FILE"},
    [FLAG_DATA_JSON] = {"json", 0, ACCEPTS_BODY, "TEXT|@FILE|@-", 1,
                        "as --data, with Content-Type and Accept of JSON; repeated ones are joined as they are"},
    [FLAG_FORM] = {"form", 'F', ACCEPTS_BODY, "NAME=VALUE", 1,
                   "a field of a form, or a file: NAME=@FILE[;type=TYPE]; may be repeated"},
    [FLAG_CONTENT_TYPE] = {"content-type", 0, ACCEPTS_BODY, "TYPE", 0, "of the body; else a form's"},
    [FLAG_HEADER] = {"header", 'H', ACCEPTS_RESPONSE, "'NAME: VALUE'", 1, "one more header; may be repeated"},
    [FLAG_IMAGE] = {"image", 0, ACCEPTS_RESPONSE, "HANDLE", 0, "the image that {image} in PATH stands for"},
    [FLAG_ONCE] = {"once", 0, ACCEPTS_RESPONSE, NULL, 0,
                   "do not send it again when the response is lost: it may write by GET"},
    [FLAG_INCLUDE] = {"include", 'i', ACCEPTS_RESPONSE, NULL, 0, "print `Status: N` and the headers before the body"},
    [FLAG_OUTPUT] = {"output", 'o', ACCEPTS_RESPONSE, "FILE", 0,
                     "replace FILE by the body once a success (2xx) is whole"},
    [FLAG_CONTINUE] = {"continue", 0, ACCEPTS_RESPONSE, NULL, 0,
                       "with -o: go on where a download was interrupted; with --output-dir, leave out what is there"},
    [FLAG_KEEP] = {"keep", 0, ACCEPTS_RESPONSE, NULL, 0, "with -o: fail if there is a FILE already"},
    [FLAG_NO_PROGRESS] = {"no-progress", 0, ACCEPTS_RESPONSE, NULL, 0, "show no progress bar, at a terminal either"},
    [FLAG_OUTPUT_DIR] = {"output-dir", 0, ACCEPTS_PATHS, "DIR", 0,
                         "save the bodies of all paths there; a file that is there is left alone"},
    [FLAG_LIST] = {"list", 0, ACCEPTS_PATHS, "FILE", 0,
                   "more paths, one a line (`PATH`, or `PATH`, a tab and its file's name); -: standard input"},
    [FLAG_JOBS] = {"jobs", 'j', ACCEPTS_PATHS, "N", 0, "with --output-dir: how many at a time; 4 unless given"},
    [FLAG_REPLACE] = {"replace", 0, ACCEPTS_PATHS, NULL, 0, "with --output-dir: replace files that are there"},
    [FLAG_REPORT] = {"report", 0, ACCEPTS_PATHS, "FILE", 0,
                     "with --output-dir: write a line of JSON for each path that did not come, or under another name"},
    [FLAG_GENERATION] = {"generation", 0, ACCEPTS_GENERATION, "N", 0, "that the ID came with; else the present one"},
    [FLAG_TICKET] = {"ticket", 0, ACCEPTS_TICKET, "FILE", 0,
                     "where `header` notes for `observe` which headers these are"},
    [FLAG_BODY] = {"body", 0, ACCEPTS_HEAD, "FILE", 0, "the response's body: it may hold a verdict"},
};

int find_flag(const char *name, char letter, unsigned accepts)
{
    int found = -1;
    for (int id = 0; id < FLAG_COUNT; id++)
        if ((name != NULL ? strcmp(flags[id].name, name) == 0 : flags[id].letter == letter) &&
            (found < 0 || flags[id].group & accepts))
            found = id;
    return found;
}

int find_option(const char *name, dam_option *row)
{
    for (uint32_t index = 0; index < dam_option_count(); index++) {
        *row = (dam_option)DAM_OPTION_INIT;
        if (dam_option_get(index, row, NULL) == DAM_OK && strcmp(row->name, name) == 0)
            return 1;
    }
    return 0;
}

int has_value(const dam_config *config, const char *name)
{
    char *value = NULL;
    int has = dam_config_get(config, name, &value, NULL) == DAM_OK && value[0] != '\0';
    dam_string_free(value);
    return has;
}

long read_number(const dam_config *config, const char *name)
{
    char *value = NULL;
    long number = dam_config_get(config, name, &value, NULL) == DAM_OK ? strtol(value, NULL, 10) : 0;
    dam_string_free(value);
    return number;
}
