/*
 * strangers.c - variables DAMSESSION_* of the environment that are no option: the library passes over them, so that one
 * that is misspelt does nothing, and nobody sees why.
 *
 * A value is never printed: a misspelt password is one, too.
 */
#include "strangers.h"

#include "flags.h"
#include "print.h"
#include "refuse.h"

#include <damsession.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char prefix[] = "DAMSESSION_";

/* What others than the options are called: for Python, which library; of the sandbox, its page and its process. */
static const struct other {
    const char *name, *text;
} others[] = {
    {"LIBRARY",
     "Python: the library to load, in place of its package's or the system's. The command does not read it."},
    {"SANDBOX", "The URL of the sandbox's page, set by `python3 -m damsession.sandbox --env`. Nothing reads it."},
    {"SANDBOX_PID", "The process of the sandbox, set by `python3 -m damsession.sandbox --env`: kill it, and it ends."},
    {NULL, NULL},
};

/* NULL: there is none such. */
static const struct other *find_other(const char *name)
{
    const struct other *other = others;
    while (other->name != NULL && strcmp(other->name, name) != 0)
        other++;
    return other->name != NULL ? other : NULL;
}

/* "connect-timeout" for "CONNECT_TIMEOUT"; anything else that is in the name stays. */
static void spell_option(const char *name, char option[VARIABLE_CAPACITY])
{
    size_t size = 0;
    for (; name[size] != '\0' && size + 1 < VARIABLE_CAPACITY; size++)
        option[size] = name[size] == '_'                        ? '-'
                       : name[size] >= 'A' && name[size] <= 'Z' ? (char)(name[size] - 'A' + 'a')
                                                                : name[size];
    option[size] = '\0';
}

/* Of "NAME=VALUE" the name behind the prefix; 0: it is none of ours, or it is empty, which counts as absent. */
static int read_name(const char *variable, char name[VARIABLE_CAPACITY])
{
    size_t size = strcspn(variable, "=");
    if (strncmp(variable, prefix, sizeof prefix - 1) != 0 || size <= sizeof prefix - 1 || variable[size] == '\0' ||
        variable[size + 1] == '\0')
        return 0;
    snprintf(name, VARIABLE_CAPACITY, "%.*s", (int)(size - (sizeof prefix - 1)), variable + sizeof prefix - 1);
    return 1;
}

static int is_option(const char *name, char option[VARIABLE_CAPACITY], dam_option *row)
{
    char variable[VARIABLE_CAPACITY];
    spell_option(name, option);
    name_variable(option, variable);
    return find_option(option, row) && strcmp(variable + sizeof prefix - 1, name) == 0;
}

const char *explain_variable(const char *variable, dam_option *row)
{
    char option[VARIABLE_CAPACITY];
    if (strncmp(variable, prefix, sizeof prefix - 1) != 0)
        return NULL;
    const struct other *other = find_other(variable + sizeof prefix - 1);
    return other != NULL ? other->text : is_option(variable + sizeof prefix - 1, option, row) ? "" : NULL;
}

size_t list_strangers(char *text, size_t capacity)
{
    size_t count = 0, used = 0;
    text[0] = '\0';
    for (char **variable = environ; variable != NULL && *variable != NULL && used < capacity; variable++) {
        char name[VARIABLE_CAPACITY], option[VARIABLE_CAPACITY], right[VARIABLE_CAPACITY] = "";
        dam_option row;
        if (!read_name(*variable, name) || find_other(name) != NULL || is_option(name, option, &row))
            continue;
        const char *nearest = find_nearest_option(option);
        if (nearest != NULL)
            name_variable(nearest, right);
        used += (size_t)snprintf(text + used, capacity - used, "%s%s%s%s%s%s",
                                 count++ > 0 ? ", " : "in the environment, but no option: ", prefix, name,
                                 nearest != NULL ? " (did you mean " : "", right, nearest != NULL ? "?)" : "");
    }
    return count;
}
