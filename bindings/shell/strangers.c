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
static const char *const others[] = {"LIBRARY", "SANDBOX", "SANDBOX_PID", NULL};

static int is_other(const char *name)
{
    const char *const *other = others;
    while (*other != NULL && strcmp(*other, name) != 0)
        other++;
    return *other != NULL;
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

static int is_option(const char *name, char option[VARIABLE_CAPACITY])
{
    char variable[VARIABLE_CAPACITY];
    dam_option row;
    spell_option(name, option);
    name_variable(option, variable);
    return find_option(option, &row) && strcmp(variable + sizeof prefix - 1, name) == 0;
}

size_t list_strangers(char *text, size_t capacity)
{
    size_t count = 0, used = 0;
    text[0] = '\0';
    for (char **variable = environ; variable != NULL && *variable != NULL && used < capacity; variable++) {
        char name[VARIABLE_CAPACITY], option[VARIABLE_CAPACITY], right[VARIABLE_CAPACITY] = "";
        if (!read_name(*variable, name) || is_other(name) || is_option(name, option))
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
