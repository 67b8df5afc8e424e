/*
 * refuse.c - messages about commands, flags and options that are not known, with the nearest that is, and about
 * secrets.
 *
 * A name is repeated, a value never, because it might be a secret.
 */
#include "refuse.h"

#include "commands.h"
#include "curl.h"
#include "exit_code.h"
#include "flags.h"
#include "pages.h"
#include "print.h"
#include "say.h"

#include <damsession.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST = 32 }; /* longer words are like nothing. */

static const char prefix[] = "DAMSESSION_";

static size_t least(size_t one, size_t other)
{
    return one < other ? one : other;
}

/* Not tolower, which depends on the locale. */
static char lower(char letter)
{
    return letter >= 'A' && letter <= 'Z' ? (char)(letter - 'A' + 'a') : letter;
}

/* How many letters must be added, left out, replaced or exchanged with their neighbour. */
static size_t measure(const char *left, const char *right)
{
    size_t rows[LONGEST + 1][LONGEST + 1];
    size_t height = strlen(left), width = strlen(right);
    if (height > LONGEST || width > LONGEST)
        return LONGEST;
    for (size_t at = 0; at <= height; at++)
        rows[at][0] = at;
    for (size_t at = 0; at <= width; at++)
        rows[0][at] = at;
    for (size_t y = 1; y <= height; y++)
        for (size_t x = 1; x <= width; x++) {
            int differ = lower(left[y - 1]) != lower(right[x - 1]);
            size_t found = least(rows[y - 1][x], rows[y][x - 1]) + 1;
            found = least(found, rows[y - 1][x - 1] + (size_t)differ);
            if (y > 1 && x > 1 && left[y - 1] == right[x - 2] && left[y - 2] == right[x - 1])
                found = least(found, rows[y - 2][x - 2] + 1);
            rows[y][x] = found;
        }
    return rows[height][width];
}

/* How many letters of a word may be wrong: one, and one more for every six; more would be another word. */
static size_t tolerate(size_t letters)
{
    enum { LEAST = 3, MORE = 6 };
    return letters < LEAST ? 0 : 1 + (letters - LEAST) / MORE;
}

/* Keeps the better of two words. Whoever types the beginning of one means it, too. */
static void compare(const char *word, const char *candidate, const char **best, size_t *distance)
{
    enum { SHORTEST = 3, AS_FAR_AS = 3 };
    size_t found = measure(word, candidate), size = strlen(word), other = strlen(candidate);
    int is_beginning = size >= SHORTEST && size < other && strncmp(word, candidate, size) == 0;
    if (is_beginning && found > AS_FAR_AS)
        found = AS_FAR_AS;
    if (found < *distance && (is_beginning || found <= tolerate(size > other ? size : other))) {
        *distance = found;
        *best = candidate;
    }
}

const char *find_nearest(const char *word, const char *const *words)
{
    const char *best = NULL;
    size_t distance = LONGEST;
    for (; *words != NULL; words++)
        compare(word, *words, &best, &distance);
    return best;
}

static void compare_options(const char *word, const char **best, size_t *distance)
{
    for (uint32_t index = 0; index < dam_option_count(); index++) {
        dam_option row = DAM_OPTION_INIT;
        if (dam_option_get(index, &row, NULL) == DAM_OK)
            compare(word, row.name, best, distance);
    }
}

const char *find_nearest_option(const char *word)
{
    const char *best = NULL;
    size_t distance = LONGEST;
    compare_options(word, &best, &distance);
    return best;
}

struct nearest_name {
    const char *word;
    char *text;
    size_t capacity, distance;
};

/* A dam_name_callback. */
static int32_t compare_name(void *user_data, const char *name)
{
    struct nearest_name *nearest = user_data;
    const char *best = NULL;
    compare(nearest->word, name, &best, &nearest->distance);
    if (best != NULL)
        snprintf(nearest->text, nearest->capacity, "%s", name);
    return 0;
}

int find_nearest_name(const char *word, char *text, size_t capacity)
{
    struct nearest_name nearest = {word, text, capacity, LONGEST};
    text[0] = '\0';
    dam_name_list(compare_name, &nearest, NULL);
    return text[0] != '\0';
}

static int refuse_word(const char *what, const char *word, const char *best)
{
    if (best != NULL)
        say("there is no %s `%s`; did you mean `%s`?", what, word, best);
    else
        say("there is no %s `%s`; see `damsession help`", what, word);
    return EXIT_USAGE;
}

static const char *find_nearest_command(const char *word, size_t *distance)
{
    const char *best = NULL;
    for (const struct command *command = commands; command->name != NULL; command++)
        compare(word, command->name, &best, distance);
    return best;
}

/* A name in the place of the command. */
static int is_name(const char *word)
{
    char nearest[LONGEST + 1];
    return find_nearest_name(word, nearest, sizeof nearest) && strcmp(nearest, word) == 0;
}

int refuse_command(const char *word)
{
    size_t distance = LONGEST;
    if (is_name(word)) {
        say("there is no command `%s`; it is a name, which comes after the command: damsession get %s PATH", word,
            word);
        return EXIT_USAGE;
    }
    return refuse_word("command", word, find_nearest_command(word, &distance));
}

static int refuse_variable(const char *word)
{
    char option[LONGEST + 1], variable[VARIABLE_CAPACITY];
    snprintf(option, sizeof option, "%s", word + sizeof prefix - 1);
    for (char *at = option; *at != '\0'; at++)
        *at = *at == '_' ? '-' : lower(*at);
    const char *best = find_nearest_option(option);
    if (best != NULL)
        name_variable(best, variable);
    return refuse_word("variable", word, best != NULL ? variable : NULL);
}

int refuse_page(const char *word)
{
    if (word[0] == '-')
        return word[1] == '-' ? refuse_option(word + 2, NULL) : refuse_letter(word[1]);
    if (strncmp(word, prefix, sizeof prefix - 1) == 0)
        return refuse_variable(word);
    size_t distance = LONGEST, size = strlen(word);
    const char *best = find_nearest_command(word, &distance);
    for (const struct page *page = pages; page->name != NULL; page++) {
        compare(word, page->name, &best, &distance);
        if (size > 2 && strncmp(word, page->name, size) == 0) {
            best = page->name;
            break;
        }
    }
    for (int32_t status = DAM_OK + 1; status <= MOST_CODE; status++)
        if (is_status(status))
            compare(word, dam_status_name(status), &best, &distance);
    compare_options(word, &best, &distance);
    for (int id = 0; id < FLAG_COUNT; id++)
        compare(word, flags[id].name, &best, &distance);
    return refuse_word(word[strspn(word, "0123456789")] == '\0' ? "exit code" : "command or page", word, best);
}

int refuse_option(const char *name, const struct command *command)
{
    const char *best = NULL, *advice = find_curl_advice(name, 0);
    size_t distance = LONGEST;
    dam_option row;
    if (advice != NULL) {
        say("--%s is curl's; here: %s", name, advice);
        return EXIT_USAGE;
    }
    for (int id = 0; id < FLAG_COUNT; id++)
        if (command == NULL || flags[id].group & command->accepts)
            compare(name, flags[id].name, &best, &distance);
    if (command == NULL || command->accepts & ACCEPTS_OPTIONS)
        compare_options(name, &best, &distance);
    if (best == NULL) {
        say("--%s is not known; see `damsession help%s%s`", name, command != NULL ? " " : "",
            command != NULL ? command->name : "");
        return EXIT_USAGE;
    }
    say("--%s is not known; did you mean --%s?", name, best);
    return find_option(best, &row) && row.secret ? refuse_secret(best) : EXIT_USAGE;
}

/* Not what else may have got there, a password for instance. */
static int is_like_option(const char *word)
{
    return word[0] >= 'a' && word[0] <= 'z' && word[strspn(word, "abcdefghijklmnopqrstuvwxyz-")] == '\0';
}

static const char *find_like_option(const char *word)
{
    return is_like_option(word) ? find_nearest_option(word) : NULL;
}

int refuse_option_word(const char *word)
{
    const char *best = find_like_option(word);
    if (best != NULL)
        return refuse_word("option", word, best);
    say("there is no such option; see `damsession options`");
    return EXIT_USAGE;
}

int refuse_config_option(const char *word, const char *usage)
{
    int code = refuse_option_word(word);
    if (find_like_option(word) == NULL)
        say("usage: damsession config %s", usage);
    return code;
}

int refuse_letter(char letter)
{
    const char *advice = find_curl_advice(NULL, letter);
    if (advice != NULL)
        say("-%c is curl's; here: %s", letter, advice);
    else
        say("-%c is not known; see `damsession help`", letter);
    return EXIT_USAGE;
}

int refuse_secret(const char *name)
{
    static const char passwords[] = "--password-stdin, --password-fd N, --password-command COMMAND";
    char variable[VARIABLE_CAPACITY];
    name_variable(name, variable);
    if (strcmp(name, "client-secret") == 0)
        say("--%s is refused: every user of this machine can read a command line. Use %s or the prompt of login; with "
            "--authentication script also %s.",
            name, variable, passwords);
    else
        say("--%s is refused: every user of this machine can read a command line. Use %s, %s or the prompt.", name,
            strcmp(name, "api-key") == 0 ? "--api-key-stdin, --api-key-fd N, --api-key-command COMMAND" : passwords,
            variable);
    return EXIT_USAGE;
}
