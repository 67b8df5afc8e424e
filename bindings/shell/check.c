/*
 * check.c - compares a command line with what its command accepts.
 */
#include "check.h"

#include "arguments.h"
#include "commands.h"
#include "exit_code.h"
#include "flags.h"
#include "say.h"
#include "usage.h"

#include <string.h>

/* --data @-, --json @-, --data-urlencode @- or NAME@-. */
static int reads_standard_input(const struct setting *data)
{
    int is_whole = strcmp(data->name, flags[FLAG_DATA_URLENCODE].name) != 0 || strchr(data->value, '=') != NULL;
    const char *at = is_whole ? data->value : strchr(data->value, '@');
    return at != NULL && strcmp(at, "@-") == 0;
}

/* Flags that the command takes, but not together. */
static int check_pairs(const struct arguments *given)
{
    int standard = given->password_fd == 0 || given->api_key_fd == 0;
    for (size_t index = 0; index < given->data_count; index++)
        if (reads_standard_input(&given->data[index]) && standard++) {
            say("standard input can be read once, for the body or for a secret; see --password-fd and --api-key-fd");
            return EXIT_USAGE;
        }
    if ((is_given(given, FLAG_PASSWORD_STDIN) && is_given(given, FLAG_PASSWORD_FD)) ||
        (is_given(given, FLAG_API_KEY_STDIN) && is_given(given, FLAG_API_KEY_FD))) {
        say("a secret comes from standard input or from another descriptor, not from both");
        return EXIT_USAGE;
    }
    if (given->port != 0 && is_given(given, FLAG_DEVICE)) {
        say("--listen waits for a browser of this machine, --device for a code that is typed elsewhere: choose one");
        return EXIT_USAGE;
    }
    if (is_given(given, FLAG_DATA_JSON) &&
        (given->part_count > 0 || is_given(given, FLAG_DATA) || is_given(given, FLAG_DATA_URLENCODE))) {
        say("--json is the whole body, and goes with neither --data nor --form");
        return EXIT_USAGE;
    }
    if (given->part_count > 0 && (given->data_count > 0 || given->content_type != NULL)) {
        say("--form makes the body and its type, and goes with neither --data nor --content-type");
        return EXIT_USAGE;
    }
    return EXIT_OK;
}

/* Flags of many paths. */
static int check_paths(const struct arguments *given)
{
    int paths = given->word_count - 1;
    const char *wrong = NULL;
    if (paths == 0 && given->list == NULL)
        return refuse_words(given);
    if (given->output_dir == NULL && (paths > 1 || given->list != NULL))
        wrong = "more than one path needs --output-dir DIR";
    else if (given->output_dir == NULL && (given->jobs > 0 || given->report != NULL || is_given(given, FLAG_REPLACE)))
        wrong = "--jobs, --report and --replace go with --output-dir";
    else if (given->output_dir != NULL && (given->output != NULL || is_given(given, FLAG_INCLUDE)))
        wrong = "--output-dir goes with neither --output nor --include";
    else if (is_given(given, FLAG_REPLACE) && is_given(given, FLAG_KEEP))
        wrong = "--replace and --keep contradict each other";
    else if (given->list != NULL && strcmp(given->list, "-") == 0 &&
             (given->password_fd == 0 || given->api_key_fd == 0))
        wrong = "standard input can be read once, for the list or for a secret; see --password-fd and --api-key-fd";
    if (wrong != NULL)
        say("%s", wrong);
    return wrong != NULL ? EXIT_USAGE : EXIT_OK;
}

int check_arguments(const struct arguments *given)
{
    const struct command *command = given->command;
    if (is_given(given, FLAG_HELP) || is_given(given, FLAG_VERSION))
        return EXIT_OK;
    if (command == NULL) {
        say("usage: damsession COMMAND [NAME] [ARGUMENT]... [--OPTION VALUE]... [FLAG]...; see `damsession help`");
        return EXIT_USAGE;
    }
    for (int id = 0; id < FLAG_COUNT; id++)
        if (is_given(given, (enum flag_id)id) && !(command->accepts & flags[id].group)) {
            say("`%s` does not take --%s; see `damsession help %s`", command->name, flags[id].name, command->name);
            if (flags[id].group & ACCEPTS_BODY && command->accepts & ACCEPTS_RESPONSE)
                say("it sends no body: --query NAME=VALUE adds to the query; `damsession post` and `request` send one");
            return EXIT_USAGE;
        }
    for (size_t index = 0; index < given->setting_count; index++) {
        const char *name = given->settings[index].name;
        int is_store = strcmp(name, "store") == 0;
        if (!(command->accepts & (is_store ? ACCEPTS_OPTIONS | ACCEPTS_STORE : ACCEPTS_OPTIONS))) {
            if (command->run == run_config)
                say("option and value are words here: damsession config set NAME %s VALUE", name);
            else
                say("`%s` does not take --%s; see `damsession help %s`", command->name, name, command->name);
            return EXIT_USAGE;
        }
    }
    if (given->word_count < command->least || given->word_count > command->most || lacks_name(given))
        return refuse_words(given);
    int code = check_pairs(given);
    return code == EXIT_OK && command->accepts & ACCEPTS_PATHS ? check_paths(given) : code;
}
