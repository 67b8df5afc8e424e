/*
 * arguments.c - takes the command line apart.
 *
 * It knows the wrapper's own flags; every other --name is looked up in the library's table. It refuses secrets as
 * arguments, whatever the library would do with them, and never prints a value it was given: it might be one.
 */
#include "wrapper.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

/* The library knows the nearest name. */
static int refuse_unknown(const char *name)
{
    dam_error error = {0};
    dam_config *config = NULL;
    if (dam_config_new(&config, &error) == DAM_OK)
        dam_config_set(config, name, NULL, &error);
    dam_config_free(config);
    if (error.status == DAM_OK)
        say("--%s is not known", name);
    else
        report(&error);
    return EXIT_USAGE;
}

static int refuse_secret(const char *name)
{
    const char *way = strcmp(name, "api-key") == 0 ? "--api-key-stdin, --api-key-fd N"
                                                   : "--password-stdin, --password-fd N, --password-command COMMAND";
    char variable[VARIABLE_CAPACITY];
    name_variable(name, variable);
    say("--%s is refused: every user of this machine can read a command line. Use %s, %s or the prompt.",
        name, way, variable);
    return EXIT_USAGE;
}

static int parse_number(const char *flag, const char *text, uint64_t most, uint64_t *out)
{
    char *rest = NULL;
    errno = 0;
    unsigned long long number = strtoull(text, &rest, 10);
    if (text[0] < '0' || text[0] > '9' || *rest != '\0' || errno != 0 || number > most) {
        say("--%s takes a number", flag);
        return EXIT_USAGE;
    }
    *out = number;
    return EXIT_OK;
}

static int parse_descriptor(const char *flag, const char *text, int *out)
{
    uint64_t number = 0;
    int code = parse_number(flag, text, INT32_MAX, &number);
    if (code != EXIT_OK)
        return code;
    *out = (int)number;
    /* Close-on-exec: the password command is not to find the other secrets. */
    if (fcntl(*out, F_SETFD, FD_CLOEXEC) < 0) {
        say("--%s: file descriptor %d is not open", flag, *out);
        return EXIT_USAGE;
    }
    return EXIT_OK;
}

static int take_header(struct arguments *out, char *text)
{
    char *colon = strchr(text, ':');
    if (colon == NULL || colon == text) {
        say("--header takes 'NAME: VALUE'");
        return EXIT_USAGE;
    }
    *colon = '\0';
    out->headers[out->header_count++] = (dam_header){.name = text, .value = colon + 1 + strspn(colon + 1, " \t")};
    return EXIT_OK;
}

static int take_part(struct arguments *out, char *text)
{
    char *sign = strchr(text, '=');
    if (sign == NULL || sign == text) {
        say("--form takes NAME=VALUE or NAME=@FILE");
        return EXIT_USAGE;
    }
    *sign = '\0';
    out->parts[out->part_count++] = (struct setting){.name = text, .value = sign + 1};
    return EXIT_OK;
}

static int take_flag(struct arguments *out, enum flag_id id, char *value)
{
    out->given |= 1U << id;
    switch (id) {
    case FLAG_VERBOSE: out->verbosity++; return EXIT_OK;
    case FLAG_PASSWORD_STDIN: out->password_fd = 0; return EXIT_OK;
    case FLAG_PASSWORD_FD: return parse_descriptor("password-fd", value, &out->password_fd);
    case FLAG_API_KEY_STDIN: out->api_key_fd = 0; return EXIT_OK;
    case FLAG_API_KEY_FD: return parse_descriptor("api-key-fd", value, &out->api_key_fd);
    case FLAG_DATA: out->data = value; return EXIT_OK;
    case FLAG_FORM: return take_part(out, value);
    case FLAG_CONTENT_TYPE: out->content_type = value; return EXIT_OK;
    case FLAG_HEADER: return take_header(out, value);
    case FLAG_IMAGE: out->image = value; return EXIT_OK;
    case FLAG_OUTPUT: out->output = value; return EXIT_OK;
    case FLAG_TICKET: out->ticket = value; return EXIT_OK;
    case FLAG_BODY: out->body = value; return EXIT_OK;
    case FLAG_GENERATION: return parse_number("generation", value, UINT64_MAX, &out->generation);
    default: return EXIT_OK; /* those that `given` is enough for. */
    }
}

/* `--name`, `--name=value` or `--name value`; `*next` is what follows, and moves on if it is taken. */
static int take_long(struct arguments *out, char *name, char ***next)
{
    dam_option row;
    char *value = strchr(name, '=');
    if (value != NULL)
        *value++ = '\0';
    int id = find_flag(name, 0);
    int takes_value = id >= 0 && flags[id].operand != NULL;
    if (id < 0) {
        if (!find_option(name, &row))
            return refuse_unknown(name);
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
    out->settings[out->setting_count++] = (struct setting){name, value};
    return EXIT_OK;
}

/* `-v`, `-vv`, `-o FILE`, `-oFILE`. */
static int take_letters(struct arguments *out, char *letters, char ***next)
{
    for (; *letters != '\0'; letters++) {
        int id = find_flag(NULL, *letters);
        char *value = NULL;
        if (id < 0) {
            say("a flag of one letter is not known; see `damsession help`");
            return EXIT_USAGE;
        }
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

/* What was given against what the command accepts. */
static int check(const struct arguments *given)
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

static int take_word(struct arguments *out, const char *word)
{
    if (out->command == NULL) {
        out->command = find_command(out->commands, word);
        if (out->command != NULL)
            return EXIT_OK;
        say("there is no such command; see `damsession help`");
        return EXIT_USAGE;
    }
    out->words[out->word_count++] = word;
    return EXIT_OK;
}

int parse_arguments(const struct command *commands, int argc, char **argv, struct arguments *out)
{
    size_t room = (size_t)argc + 1;
    *out = (struct arguments){.commands = commands, .password_fd = -1, .api_key_fd = -1};
    out->words = calloc(room, sizeof *out->words);
    out->settings = calloc(room, sizeof *out->settings);
    out->headers = calloc(room, sizeof *out->headers);
    out->parts = calloc(room, sizeof *out->parts);
    if (out->words == NULL || out->settings == NULL || out->headers == NULL || out->parts == NULL) {
        say("no memory");
        return EXIT_INTERNAL;
    }
    int code = EXIT_OK;
    int only_words = 0;
    char **next = argv + (argc > 0);
    while (code == EXIT_OK && *next != NULL) {
        char *argument = *next++;
        if (only_words || argument[0] != '-' || argument[1] == '\0')
            code = take_word(out, argument);
        else if (argument[1] != '-')
            code = take_letters(out, argument + 1, &next);
        else if (argument[2] != '\0')
            code = take_long(out, argument + 2, &next);
        else
            only_words = 1;
    }
    return code == EXIT_OK ? check(out) : code;
}
