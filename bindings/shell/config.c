/*
 * config.c - the command `config`: shows, gives and changes the options that are remembered under a name.
 *
 * Nobody is logged in, and sessions stay as they are. A secret is shown as stars, and never taken from the command
 * line.
 */
#include "arguments.h"
#include "ask.h"
#include "commands.h"
#include "exit_code.h"
#include "files.h"
#include "flags.h"
#include "print.h"
#include "refuse.h"
#include "say.h"
#include "terminal.h"
#include "work.h"

#include <damsession.h>

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- show ---- */

/* Whether the name remembers the option, secrets too. */
static int is_remembered(const struct work *work, const char *option)
{
    int32_t source = DAM_SOURCE_DEFAULT;
    return dam_config_get_source(work->config, option, &source, NULL) == DAM_OK && source == DAM_SOURCE_REMEMBERED;
}

static int show(struct work *work, int json)
{
    dam_error error;
    int code = EXIT_OK, count = 0;
    for (uint32_t index = 0; code == EXIT_OK && index < dam_option_count(); index++) {
        dam_option row = DAM_OPTION_INIT;
        char *value = NULL;
        if (dam_option_get(index, &row, NULL) != DAM_OK || !is_remembered(work, row.name))
            continue;
        if (!row.secret && dam_config_get(work->config, row.name, &value, &error) != DAM_OK)
            code = report(&error);
        else if (json)
            print_json_member(count++ > 0 ? "," : "{", row.name, row.secret ? "********" : value);
        else
            print_text(row.name, row.secret ? "********" : value);
        dam_string_free(value);
    }
    if (code == EXIT_OK && json)
        puts(count > 0 ? "}" : "{}");
    return code;
}

/* One value, for a script. */
static int get(struct work *work, const struct arguments *arguments)
{
    const char *name = arguments->words[1], *option = arguments->words[2];
    char *value = NULL;
    dam_option row;
    dam_error error;
    if (!find_option(option, &row))
        return refuse_config_option(option, "get NAME OPTION");
    if (!is_remembered(work, option)) {
        say("`%s` is not remembered under %s", option, name);
        return DAM_ERR_NOT_FOUND;
    }
    if (!row.secret && dam_config_get(work->config, option, &value, &error) != DAM_OK)
        return report(&error);
    const char *shown = row.secret ? "********" : value;
    int code = EXIT_OK;
    if (is_given(arguments, FLAG_JSON)) {
        print_json(shown);
        putchar('\n');
    } else {
        code = write_line(shown);
    }
    dam_string_free(value);
    return code;
}

/* ---- set, unset ---- */

static int change(const char *name, const char *option, const char *value)
{
    char path[PATH_MAX];
    dam_error error;
    if (dam_name_set(name, option, find_value(option, value, path), &error) == DAM_OK)
        return EXIT_OK;
    int code = report(&error);
    if (error.status == DAM_ERR_OPTION)
        say("damsession options %s tells what it takes", option);
    return code;
}

/* A key and the command that gives one take each other's place: the later choice counts. */
static int set_and_part(struct work *work, const char *name, const char *option, const char *value)
{
    static const char key[] = "api-key", command[] = "api-key-command";
    int is_key = strcmp(option, key) == 0;
    const char *other = is_key ? command : strcmp(option, command) == 0 ? key : NULL;
    int code = change(name, option, value);
    if (code == EXIT_OK && other != NULL && is_remembered(work, other) && (code = change(name, other, NULL)) == EXIT_OK)
        say("`%s` takes the place of `%s`, which is no longer remembered under %s", option, other, name);
    return code;
}

static void say_unasked(const char *option)
{
    char variable[VARIABLE_CAPACITY];
    name_variable(option, variable);
    if (strcmp(option, "api-key") == 0)
        say("there is nobody to ask for `%s`; give --%s-stdin or --%s-fd N", option, option, option);
    else
        say("there is nobody to ask for `%s`; `damsession login` remembers that of %s", option, variable);
}

/* From a descriptor, or a person. */
static int set_secret(const struct arguments *arguments, struct work *work, const char *option)
{
    char question[QUESTION_CAPACITY], secret[SECRET_CAPACITY];
    ssize_t size;
    if (arguments->api_key_fd >= 0) {
        size = read_secret_line(arguments->api_key_fd, secret,
                                arguments->api_key_fd == 0 ? "standard input" : "--api-key-fd");
    } else {
        if (!is_remembered(work, option))
            dam_config_set(work->config, option, "none yet", NULL);
        write_question(work, option, question);
        if ((size = ask_terminal(question, 0, secret)) <= 0)
            say_unasked(option);
    }
    int code = size > 0 ? set_and_part(work, arguments->words[1], option, secret) : EXIT_USAGE;
    explicit_bzero(secret, sizeof secret);
    return code;
}

/* Its value must not be on the command line, and a password is not remembered at all. */
static int refuse_value(const char *name, const dam_option *row, const char *value)
{
    char command[VARIABLE_CAPACITY];
    dam_option other;
    snprintf(command, sizeof command, "%s-command", row->name);
    if (!find_option(command, &other))
        snprintf(command, sizeof command, "password-command");
    if (value != NULL)
        say("a value of `%s` is refused here: every user of this machine can read a command line", row->name);
    if (row->remembered && strcmp(row->name, "api-key") != 0)
        say("give it at the prompt of: damsession config set %s %s", name, row->name);
    else if (row->remembered)
        say("give it by --api-key-stdin, --api-key-fd N or the prompt, or name a command that prints it: damsession "
            "config set %s %s COMMAND",
            name, command);
    else
        say("`%s` is never remembered; name a command that prints it: damsession config set %s %s COMMAND", row->name,
            name, command);
    return EXIT_USAGE;
}

/* OPTION=VALUE, as the environment and a command line have it. What is behind the sign may be a secret. */
static int refuse_pair(const char *action, const char *name, const char *pair)
{
    char option[VARIABLE_CAPACITY];
    dam_option row;
    snprintf(option, sizeof option, "%.*s", (int)strcspn(pair, "="), pair);
    int is_set = strcmp(action, "set") == 0;
    if (!find_option(option, &row))
        return refuse_config_option(option, is_set ? "set NAME OPTION VALUE" : "unset NAME OPTION");
    if (is_set && row.secret)
        return refuse_value(name, &row, pair);
    say("%s without \"=\": damsession config %s %s %s%s",
        is_set ? "option and value are two words," : "the option alone,", action, name, option, is_set ? " VALUE" : "");
    return EXIT_USAGE;
}

static int set(const struct arguments *arguments, struct work *work, int is_new)
{
    const char *name = arguments->words[1], *option = arguments->words[2], *value = arguments->words[3];
    dam_option row;
    if (strchr(option, '=') != NULL)
        return refuse_pair("set", name, option);
    if (!find_option(option, &row) && find_option(name, &row)) {
        say("NAME is missing: damsession config set NAME %s%s", name, row.secret ? "" : " VALUE");
        return row.secret ? refuse_value("NAME", &row, option) : EXIT_USAGE;
    }
    if (!find_option(option, &row))
        return refuse_config_option(option, "set NAME OPTION VALUE");
    if (row.secret && (value != NULL || !row.remembered))
        return refuse_value(name, &row, value);
    if (!row.remembered) {
        say("`%s` is never remembered; see `damsession help config`", option);
        return EXIT_USAGE;
    }
    if (!row.secret && value == NULL) {
        say("usage: damsession config set NAME OPTION VALUE");
        return EXIT_USAGE;
    }
    int code = row.secret ? set_secret(arguments, work, option) : set_and_part(work, name, option, value);
    if (code == EXIT_OK && is_new)
        say("the name is new; `damsession login %s` asks for what is missing", name);
    return code;
}

static int unset(struct work *work, const char *name, const char *option)
{
    dam_option row;
    if (strchr(option, '=') != NULL)
        return refuse_pair("unset", name, option);
    if (!find_option(option, &row))
        return refuse_config_option(option, "unset NAME OPTION");
    if (!is_remembered(work, option)) {
        say("`%s` is not remembered under %s; nothing is changed", option, name);
        return EXIT_OK;
    }
    return change(name, option, NULL);
}

/* ---- config ---- */

static const struct action {
    const char *name, *words;
    int least, most; /* words, with the action's own. */
} actions[] = {
    {"show", "NAME", 2, 2},
    {"get", "NAME OPTION", 3, 3},
    {"set", "NAME OPTION VALUE", 3, 4},
    {"unset", "NAME OPTION", 3, 3},
};

enum { ACTIONS = sizeof actions / sizeof actions[0] };

/* What is there in its place may be a secret, and is not repeated. */
static const struct action *find_action(const char *word)
{
    const char *names[ACTIONS + 1] = {NULL};
    for (int at = 0; at < ACTIONS; at++) {
        if (strcmp(actions[at].name, word) == 0)
            return &actions[at];
        names[at] = actions[at].name;
    }
    const char *nearest = find_nearest(word, names);
    say("`config` shows, gets, sets or unsets: damsession config %s NAME%s%s%s", nearest != NULL ? nearest : "show",
        nearest != NULL ? "; did you mean `" : "", nearest != NULL ? nearest : "", nearest != NULL ? "`?" : "");
    return NULL;
}

int run_config(const struct arguments *arguments, struct work *work)
{
    const struct action *action = find_action(arguments->words[0]);
    const char *name = arguments->words[1];
    int words = arguments->word_count;
    dam_error error;
    if (action == NULL)
        return EXIT_USAGE;
    if (words < action->least || words > action->most) {
        say("usage: damsession config %s %s", action->name, action->words);
        return EXIT_USAGE;
    }
    if (strcmp(name, "-") == 0) {
        say("\"-\" stands for nothing remembered; `damsession list` shows the names that are");
        return EXIT_USAGE;
    }
    int is_set = strcmp(action->name, "set") == 0;
    dam_status status = dam_config_new(&work->config, &error);
    if (status == DAM_OK)
        status = dam_config_load(work->config, name, &error);
    int is_new = status == DAM_ERR_NOT_FOUND && is_set;
    if (status != DAM_OK && !is_new) {
        char nearest[65];
        int code = report(&error);
        if (status == DAM_ERR_NOT_FOUND && find_nearest_name(name, nearest, sizeof nearest))
            say("did you mean %s?", nearest);
        return code;
    }
    return is_set                              ? set(arguments, work, is_new)
           : strcmp(action->name, "show") == 0 ? show(work, is_given(arguments, FLAG_JSON))
           : strcmp(action->name, "get") == 0  ? get(work, arguments)
                                               : unset(work, name, arguments->words[2]);
}
