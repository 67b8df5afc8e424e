/*
 * about.c - what `damsession help` says of one flag, option or variable of the environment: `damsession help --query`,
 * `damsession help DAMSESSION_TIMEOUT`. It is read from the tables that the program runs by.
 */
#include "about.h"

#include "commands.h"
#include "flags.h"
#include "strangers.h"

#include <damsession.h>

#include <stdio.h>
#include <string.h>

void print_takers(unsigned groups)
{
    const char *separator = "commands: ";
    for (const struct command *command = commands; command->name != NULL; command++)
        if (command->accepts & groups) {
            printf("%s%s", separator, command->name);
            separator = ", ";
        }
    fputs(separator[0] == ',' ? "\n" : "", stdout);
}

static void print_about_flag(const struct flag *flag)
{
    if (flag->letter != 0)
        printf("-%c, ", flag->letter);
    printf("--%s%s%s\n\n%s\n\n", flag->name, flag->operand != NULL ? " " : "",
           flag->operand != NULL ? flag->operand : "", flag->help);
    print_takers(flag->group);
}

/* All of that name or, if that is NULL, of that letter: `--json` is two. Returns how many. */
static int print_flags_of(const char *name, char letter)
{
    int count = 0;
    for (int id = 0; id < FLAG_COUNT; id++)
        if (name != NULL ? strcmp(flags[id].name, name) == 0 : flags[id].letter == letter) {
            fputs(count++ > 0 ? "\n" : "", stdout);
            print_about_flag(&flags[id]);
        }
    return count;
}

/* The word without "--" and without a value. */
static int print_long(const char *word)
{
    char name[64];
    dam_option row;
    snprintf(name, sizeof name, "%.*s", (int)strcspn(word, "="), word);
    if (print_flags_of(name, 0) > 0)
        return 1;
    if (!find_option(name, &row))
        return 0;
    print_whole_option(&row);
    return 1;
}

static int print_variable(const char *word)
{
    dam_option row;
    const char *text = explain_variable(word, &row);
    if (text == NULL)
        return 0;
    if (text[0] == '\0')
        print_whole_option(&row);
    else
        printf("%s\n\n%s\n", word, text);
    return 1;
}

int print_about(const char *word)
{
    if (word[0] != '-')
        return print_long(word) || print_variable(word);
    return word[1] == '-' ? print_long(word + 2) : word[1] != '\0' && word[2] == '\0' && print_flags_of(NULL, word[1]);
}
