/*
 * config.c - the command `config`: shows and changes the options that are remembered under a name.
 *
 * Nobody is logged in, and sessions stay as they are. A secret is shown as stars, and never taken from the command
 * line.
 */
#include "arguments.h"
#include "commands.h"
#include "exit_code.h"
#include "files.h"
#include "folders.h"
#include "print.h"
#include "refuse.h"
#include "say.h"
#include "terminal.h"
#include "work.h"

#include <damsession.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- show ---- */

/* The text of the file that the name's options are in: the library gives values and defaults, but does not tell which
   of both it is, nor whether there is a secret. It has just read the file, so it is sound. */
static int read_options(const char *name, char **text)
{
    char folder[PATH_MAX], path[PATH_MAX + 80];
    void *bytes = NULL;
    size_t size;
    if (!find_config_folder(folder))
        return EXIT_INTERNAL; /* the library has found it. */
    snprintf(path, sizeof path, "%s/%s.json", folder, name);
    int code = read_file(path, &bytes, &size);
    *text = bytes;
    return code;
}

/* Whether the flat JSON object has this member. A quotation mark inside a text would have a backslash before it. */
static int has_member(const char *json, const char *name)
{
    char key[128];
    snprintf(key, sizeof key, "\"%s\"", name);
    for (const char *at = json; (at = strstr(at, key)) != NULL; at++) {
        const char *after = at + strlen(key);
        if ((at == json || at[-1] != '\\') && after[strspn(after, " \t\r\n")] == ':')
            return 1;
    }
    return 0;
}

static int show(struct work *work, const char *name, int json)
{
    char *text = NULL;
    dam_error error;
    int code = read_options(name, &text), count = 0;
    for (uint32_t index = 0; code == EXIT_OK && index < dam_option_count(); index++) {
        dam_option row = DAM_OPTION_INIT;
        char *value = NULL;
        if (dam_option_get(index, &row, NULL) != DAM_OK || !has_member(text, row.name))
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
    if (text != NULL)
        explicit_bzero(text, strlen(text));
    free(text);
    return code;
}

/* ---- set, unset ---- */

static int save(struct work *work, const char *name)
{
    dam_error error;
    return dam_config_save(work->config, name, &error) == DAM_OK ? EXIT_OK : report(&error);
}

/* From a descriptor, or a person. */
static int set_secret(struct work *work, const struct arguments *arguments, const char *option)
{
    char question[VARIABLE_CAPACITY], secret[SECRET_CAPACITY];
    ssize_t size;
    snprintf(question, sizeof question, "%s: ", option);
    if (arguments->api_key_fd >= 0)
        size = read_secret_line(arguments->api_key_fd, secret,
                                arguments->api_key_fd == 0 ? "standard input" : "--api-key-fd");
    else if ((size = ask_terminal(question, 0, secret)) <= 0)
        say("there is nobody to ask for `%s`; give --%s-stdin or --%s-fd N", option, option, option);
    int code = size > 0 ? set_option(work, option, secret) : EXIT_USAGE;
    explicit_bzero(secret, sizeof secret);
    return code;
}

static int set(struct work *work, const struct arguments *arguments)
{
    const char *name = arguments->words[1], *option = arguments->words[2], *value = arguments->words[3];
    dam_option row;
    if (!find_option(option, &row))
        return refuse_option(option, NULL);
    if (row.secret && value != NULL)
        return refuse_secret(option);
    if (!row.remembered) {
        say("`%s` is never remembered; see `damsession help config`", option);
        return EXIT_USAGE;
    }
    if (!row.secret && value == NULL) {
        say("usage: damsession config set NAME OPTION VALUE");
        return EXIT_USAGE;
    }
    int code = row.secret ? set_secret(work, arguments, option) : set_option(work, option, value);
    return code == EXIT_OK ? save(work, name) : code;
}

static int unset(struct work *work, const char *name, const char *option)
{
    dam_option row;
    if (!find_option(option, &row))
        return refuse_option(option, NULL);
    int code = set_option(work, option, NULL);
    return code == EXIT_OK ? save(work, name) : code;
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
    dam_status status = dam_config_new(&work->config, &error);
    if (status == DAM_OK)
        status = dam_config_load(work->config, name, &error);
    if (status == DAM_ERR_NOT_FOUND && is_set)
        say("the name is new; `damsession login %s` asks for what is missing", name);
    else if (status != DAM_OK)
        return report(&error);
    return is_show  ? show(work, name, is_given(arguments, FLAG_JSON))
           : is_set ? set(work, arguments)
                    : unset(work, name, arguments->words[2]);
}
