/*
 * check.c - compares a command line with what its command accepts.
 */
#include "check.h"

#include "arguments.h"
#include "commands.h"
#include "exit_code.h"
#include "flags.h"
#include "say.h"

#include <string.h>

/* Flags that the command takes, but not together. */
static int check_pairs(const struct arguments *given)
{
    if (given->data != NULL && strcmp(given->data, "@-") == 0 && (given->password_fd == 0 || given->api_key_fd == 0)) {
        say("standard input cannot hold both the body and a secret; use --password-fd or --api-key-fd");
        return EXIT_USAGE;
    }
    if (given->part_count > 0 && (given->data != NULL || given->content_type != NULL)) {
        say("--form makes the body and its type, and goes with neither --data nor --content-type");
        return EXIT_USAGE;
    }
    return EXIT_OK;
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
            return EXIT_USAGE;
        }
    for (size_t index = 0; index < given->setting_count; index++) {
        const char *name = given->settings[index].name;
        int is_store = strcmp(name, "store") == 0;
        if (!(command->accepts & (is_store ? ACCEPTS_OPTIONS | ACCEPTS_STORE : ACCEPTS_OPTIONS))) {
            say("`%s` does not take --%s; see `damsession help %s`", command->name, name, command->name);
            return EXIT_USAGE;
        }
    }
    if (given->word_count < command->least || given->word_count > command->most) {
        say("usage: damsession %s %s", command->name, command->words);
        return EXIT_USAGE;
    }
    return check_pairs(given);
}
