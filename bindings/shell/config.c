/*
 * config.c - the command `config`: shows and changes the options that are remembered under a name.
 *
 * Nobody is logged in, and sessions stay as they are. A secret is shown as stars, and never taken from the command
 * line.
 */
#include "arguments.h"
#include "commands.h"
#include "exit_code.h"
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

/* ---- set, unset ---- */

static int change(const char *name, const char *option, const char *value)
{
    char path[PATH_MAX];
    dam_error error;
    return dam_name_set(name, option, find_value(option, value, path), &error) == DAM_OK ? EXIT_OK : report(&error);
}

/* From a descriptor, or a person. */
static int set_secret(const struct arguments *arguments, const char *option)
{
    char question[VARIABLE_CAPACITY], secret[SECRET_CAPACITY];
    ssize_t size;
    snprintf(question, sizeof question, "%s: ", option);
    if (arguments->api_key_fd >= 0)
        size = read_secret_line(arguments->api_key_fd, secret,
                                arguments->api_key_fd == 0 ? "standard input" : "--api-key-fd");
    else if ((size = ask_terminal(question, 0, secret)) <= 0)
        say("there is nobody to ask for `%s`; give --%s-stdin or --%s-fd N", option, option, option);
    int code = size > 0 ? change(arguments->words[1], option, secret) : EXIT_USAGE;
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
    if (row->remembered)
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
    if (!find_option(option, &row))
        return refuse_config_option(option);
    int is_set = strcmp(action, "set") == 0;
    if (is_set && row.secret)
        return refuse_value(name, &row, pair);
    say("%s without \"=\": damsession config %s %s %s%s",
        is_set ? "option and value are two words," : "the option alone,", action, name, option, is_set ? " VALUE" : "");
    return EXIT_USAGE;
}

static int set(const struct arguments *arguments)
{
    const char *name = arguments->words[1], *option = arguments->words[2], *value = arguments->words[3];
    dam_option row;
    if (strchr(option, '=') != NULL)
        return refuse_pair("set", name, option);
    if (!find_option(option, &row))
        return refuse_config_option(option);
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
    return row.secret ? set_secret(arguments, option) : change(name, option, value);
}

static int unset(struct work *work, const char *name, const char *option)
{
    dam_option row;
    if (strchr(option, '=') != NULL)
        return refuse_pair("unset", name, option);
    if (!find_option(option, &row))
        return refuse_config_option(option);
    if (!is_remembered(work, option)) {
        say("`%s` is not remembered under %s; nothing is changed", option, name);
        return EXIT_OK;
    }
    return change(name, option, NULL);
}

/* ---- config ---- */

int run_config(const struct arguments *arguments, struct work *work)
{
    static const char *const actions[] = {"show", "set", "unset", NULL};
    const char *action = arguments->words[0], *name = arguments->words[1];
    int words = arguments->word_count, is_set = strcmp(action, "set") == 0, is_show = strcmp(action, "show") == 0;
    dam_error error;
    if (!is_set && !is_show && strcmp(action, "unset") != 0) {
        const char *nearest = find_nearest(action, actions);
        say("`config` has no `%s`; did you mean `%s`?", action, nearest != NULL ? nearest : "show");
        return EXIT_USAGE;
    }
    if (is_show ? words != 2 : is_set ? words < 3 : words != 3) {
        say("usage: damsession config %s NAME%s", action, is_show ? "" : is_set ? " OPTION VALUE" : " OPTION");
        return EXIT_USAGE;
    }
    if (strcmp(name, "-") == 0) {
        say("\"-\" stands for nothing remembered; `damsession list` shows the names that are");
        return EXIT_USAGE;
    }
    dam_status status = dam_config_new(&work->config, &error);
    if (status == DAM_OK)
        status = dam_config_load(work->config, name, &error);
    if (status == DAM_ERR_NOT_FOUND && is_set)
        say("the name is new; `damsession login %s` asks for what is missing", name);
    else if (status != DAM_OK)
        return report(&error);
    return is_show  ? show(work, is_given(arguments, FLAG_JSON))
           : is_set ? set(arguments)
                    : unset(work, name, arguments->words[2]);
}
