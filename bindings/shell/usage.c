/*
 * usage.c - what to say of a command line that has too few words or too many: the usage line, and the names that there
 * are, since the NAME is what people leave out.
 *
 * No word is repeated, because it might be a secret.
 */
#include "usage.h"

#include "arguments.h"
#include "commands.h"
#include "exit_code.h"
#include "say.h"

#include <damsession.h>

#include <stdio.h>
#include <string.h>

enum { MOST_NAMES = 1024 }; /* bytes; who has more of them knows `damsession list`. */

static int32_t add_name(void *user_data, const char *name)
{
    char *text = user_data;
    size_t used = strlen(text);
    int is_full = used + strlen(name) + sizeof ", ..." > MOST_NAMES;
    snprintf(text + used, MOST_NAMES - used, "%s%s", used > 0 ? ", " : "", is_full ? "..." : name);
    return is_full;
}

static void say_names(void)
{
    char text[MOST_NAMES] = "";
    dam_name_list(add_name, text, NULL); /* it is an error that the list was cut. */
    say("names: %s%s", text, text[0] != '\0' ? "" : "none yet; `damsession login NAME` makes one");
}

int lacks_name(const struct arguments *given)
{
    return strncmp(given->command->words, "NAME", strlen("NAME")) == 0 &&
           (given->word_count == 0 || strchr(given->words[0], '/') != NULL);
}

int refuse_words(const struct arguments *given)
{
    const struct command *command = given->command;
    if (lacks_name(given))
        say("NAME is missing: what `damsession login NAME` remembers options under, or \"-\" for nothing remembered");
    say("usage: damsession %s %s", command->name, command->words);
    if (lacks_name(given) || (given->word_count <= command->least && strstr(command->words, "NAME") != NULL))
        say_names();
    return EXIT_USAGE;
}
