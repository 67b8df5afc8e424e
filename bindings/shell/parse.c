/*
 * parse.c - parses the command line.
 *
 * The wrapper's own flags are in flags.c; every other --name is looked up in the library's table. Secrets are refused
 * as arguments, and the value of an argument is never printed, because it might be a secret.
 */
#include "parse.h"

#include "check.h"
#include "commands.h"
#include "exit_code.h"
#include "flags.h"
#include "refuse.h"
#include "say.h"
#include "values.h"

#include <damsession.h>

#include <stdlib.h>
#include <string.h>

/* `--name`, `--name=value` or `--name value`. `*next` is the argument that follows; it moves on if that is the
   value. */
static int take_long(struct arguments *out, char *name, char ***next)
{
    dam_option row;
    char *value = strchr(name, '=');
    if (value != NULL)
        *value++ = '\0';
    int id = find_flag(name, 0, out->command != NULL ? out->command->accepts : 0);
    int takes_value = id >= 0 && flags[id].operand != NULL;
    if (id < 0) {
        if (!find_option(name, &row))
            return refuse_option(name, out->command);
        if (row.secret)
            return refuse_secret(name);
        takes_value = strcmp(row.kind, "boolean") != 0;
        if (!takes_value && value == NULL)
            value = "yes";
    } else if (!takes_value && value != NULL) {
        say("--%s takes no value", name);
        return EXIT_USAGE;
    }
    if (takes_value && value == NULL && (value = **next) != NULL)
        (*next)++;
    if (takes_value && value == NULL) {
        say("--%s needs a value", name);
        return EXIT_USAGE;
    }
    if (id >= 0)
        return take_flag(out, (enum flag_id)id, value);
    for (size_t index = 0; index < out->setting_count; index++)
        if (strcmp(out->settings[index].name, name) == 0) {
            say("--%s is given twice, and has one value", name);
            return EXIT_USAGE;
        }
    out->settings[out->setting_count++] = (struct setting){name, value};
    return EXIT_OK;
}

/* `-v`, `-vv`, `-o FILE`, `-oFILE`. */
static int take_letters(struct arguments *out, char *letters, char ***next)
{
    for (; *letters != '\0'; letters++) {
        int id = find_flag(NULL, *letters, 0);
        char *value = NULL;
        if (id < 0)
            return refuse_letter(*letters);
        if (flags[id].operand != NULL) {
            value = letters[1] != '\0' ? letters + 1 : **next;
            if (value == NULL) {
                say("-%c needs a value", *letters);
                return EXIT_USAGE;
            }
            if (letters[1] == '\0')
                (*next)++;
        }
        int code = take_flag(out, (enum flag_id)id, value);
        if (code != EXIT_OK || value != NULL)
            return code;
    }
    return EXIT_OK;
}

static int take_word(struct arguments *out, const char *word)
{
    if (out->command == NULL) {
        out->command = find_command(word);
        return out->command != NULL ? EXIT_OK : refuse_command(word);
    }
    out->words[out->word_count++] = word;
    return EXIT_OK;
}

/* `help --query`: a flag that help itself does not take is its word. */
static int is_asked_about(const struct arguments *out, const char *argument)
{
    if (out->command == NULL || out->command->run != run_help || out->word_count > 0 || strcmp(argument, "--") == 0)
        return 0;
    int is_long = argument[1] == '-', id = find_flag(is_long ? argument + 2 : NULL, is_long ? 0 : argument[1], 0);
    return id < 0 || !(flags[id].group & out->command->accepts);
}

int parse_arguments(int argc, char **argv, struct arguments *out)
{
    size_t room = (size_t)argc + 1;
    *out = (struct arguments){.password_fd = -1, .api_key_fd = -1, .passphrase_fd = -1};
    out->words = calloc(room, sizeof *out->words);
    out->settings = calloc(room, sizeof *out->settings);
    out->headers = calloc(room, sizeof *out->headers);
    out->parts = calloc(room, sizeof *out->parts);
    out->data = calloc(room, sizeof *out->data);
    out->pairs = calloc(room, sizeof *out->pairs);
    if (out->pairs == NULL || out->words == NULL || out->settings == NULL || out->headers == NULL ||
        out->parts == NULL || out->data == NULL) {
        say("no memory");
        return EXIT_INTERNAL;
    }
    int code = EXIT_OK;
    int only_words = 0;
    char **next = argv + (argc > 0);
    while (code == EXIT_OK && *next != NULL) {
        char *argument = *next++;
        if (only_words || argument[0] != '-' || argument[1] == '\0' || is_asked_about(out, argument))
            code = take_word(out, argument);
        else if (argument[1] != '-')
            code = take_letters(out, argument + 1, &next);
        else if (argument[2] != '\0')
            code = take_long(out, argument + 2, &next);
        else
            only_words = 1;
    }
    return code == EXIT_OK ? check_arguments(out) : code;
}

void free_arguments(struct arguments *arguments)
{
    free(arguments->words);
    free(arguments->settings);
    free(arguments->headers);
    free(arguments->parts);
    free(arguments->data);
    free(arguments->pairs);
}
