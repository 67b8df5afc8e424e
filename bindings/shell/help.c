/*
 * help.c - the commands `help` and `version`.
 *
 * All text is made from the tables that the program runs by (commands, flags, the library's options and statuses), so
 * that it cannot be wrong, or is a page of the manual.
 */
#include "about.h"
#include "arguments.h"
#include "commands.h"
#include "exit_code.h"
#include "flags.h"
#include "pages.h"
#include "print.h"
#include "refuse.h"
#include "say.h"
#include "section.h"

#include <damsession.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* `--name OPERAND`, with a letter if it has one. */
static void print_flag(char letter, const char *name, const char *operand, const char *help)
{
    char left[128];
    snprintf(left, sizeof left, "--%s%s%s", name, operand != NULL ? " " : "", operand != NULL ? operand : "");
    printf("  %c%c%c %-29s %s\n", letter ? '-' : ' ', letter ? letter : ' ', letter ? ',' : ' ', left, help);
}

static void print_flags(unsigned accepts)
{
    for (int id = 0; id < FLAG_COUNT; id++)
        if (flags[id].group & accepts)
            print_flag(flags[id].letter, flags[id].name, flags[id].operand, flags[id].help);
}

/* The wrapper's own numbers; the others, and their texts, are the library's. */
static const struct own_code {
    int code;
    const char *text, *advice; /* NULL: a page has it. */
} own_codes[] = {
    {EXIT_OK, "success", NULL},
    {EXIT_INTERNAL, "an internal error, or no memory; please report it", NULL},
    {EXIT_USAGE, "the command line, an option or an argument is wrong", NULL},
    {EXIT_STOPPED, "a file, standard input or standard output cannot be read or written",
     "The message names it. Correct its place or its mode, or make room; a closed pipe is this, too."},
    {EXIT_HTTP, "the HTTP status is not a success (2xx or 304); the body is printed all the same",
     "The body says why. Look at PATH (404), the request (400), the account's rights (403), the server (5xx)."},
    {EXIT_AGAIN, "observe: the session had ended and there is a new one; send the request again",
     "Get the headers again (damsession header NAME --ticket FILE), and send the request with them."},
    {EXIT_PARTLY, "get: some of the paths came, and some did not",
     "Run it again with --continue: what is there is left out. --report FILE tells for each path why it did not come."},
    {EXIT_CLOCK, "doctor: this clock and the server's differ", "Set this machine's clock, by NTP for instance."},
    {EXIT_LIBRARY, "doctor: the library is older than the command",
     "Install the two of one version; LD_LIBRARY_PATH may lead to an older library."},
};

/* NULL: it is none of the wrapper's own. */
static const struct own_code *find_own_code(int code)
{
    for (size_t at = 0; at < sizeof own_codes / sizeof own_codes[0]; at++)
        if (own_codes[at].code == code)
            return &own_codes[at];
    return NULL;
}

/* 0: there is none such. */
static int print_exit_code(int code)
{
    const struct own_code *own = find_own_code(code);
    if (own != NULL)
        return printf("  %-3d %s\n", code, own->text);
    if (code == DAM_ERR_INTERNAL || !is_status(code))
        return 0;
    return printf("  %-3d %s: %s\n", code, dam_status_name(code), dam_status_text(code));
}

static void print_help(void)
{
    fputs("usage: damsession COMMAND [NAME] [ARGUMENT]... [--OPTION VALUE]... [FLAG]...\n\n"
          "Keeps scripts logged in to PhotoShelter, FotoWeb and FotoWare archives.\n\ncommands:\n",
          stdout);
    for (const struct command *command = commands; command->name != NULL; command++) {
        char left[64];
        snprintf(left, sizeof left, "%s %s", command->name, command->words);
        printf("  %-26s  %s\n", left, command->help);
    }
    puts("\npages of the manual:");
    for (const struct page *page = pages; page->name != NULL; page++)
        /* The first line is "# Title". */
        printf("  %-26s  %.*s\n", page->name, (int)strcspn(page->text + 2, "\n"), page->text + 2);
    fputs("\nNAME is what `login` remembers options under; \"-\" stands for none. Remembered options give way to\n"
          "DAMSESSION_* in the environment, and that to the command line. `damsession options` lists them.\n\nflags:\n",
          stdout);
    print_flags(~0U);
    fputs("\n"
          "Passwords come from a prompt, --password-stdin, --password-fd, --password-command or DAMSESSION_PASSWORD,\n"
          "never from the command line.\n\nexit codes:\n",
          stdout);
    for (int code = EXIT_OK; code <= MOST_CODE; code++)
        print_exit_code(code);
}

/* Those options that the command is most often given. */
static void print_options(const char *names)
{
    puts("\noptions (`damsession options` lists them all):");
    while (*names != '\0') {
        char name[64], operand[32] = "";
        dam_option row;
        size_t size = strcspn(names, " ");
        snprintf(name, sizeof name, "%.*s", (int)size, names);
        if (find_option(name, &row)) {
            int is_long = strlen(row.choices) >= sizeof operand;
            snprintf(operand, sizeof operand, "%s", row.choices[0] == '\0' ? row.kind : is_long ? "word" : row.choices);
            for (char *at = operand; row.choices[0] == '\0' || is_long ? *at != '\0' : 0; at++)
                *at -= *at >= 'a' && *at <= 'z' ? 'a' - 'A' : 0;
            print_flag(0, row.name, operand, row.help);
        }
        names += size + strspn(names + size, " ");
    }
}

static void print_command(const struct command *command)
{
    dam_option store;
    printf("usage: damsession %s%s%s%s [FLAG]...\n\n%s\n\n", command->name, command->words[0] ? " " : "",
           command->words, command->accepts & ACCEPTS_OPTIONS ? " [--OPTION VALUE]..." : "", command->help);
    print_flags(command->accepts);
    if (command->accepts & ACCEPTS_STORE && find_option("store", &store))
        print_flag(0, store.name, "PLACE", store.help);
    if (command->options != NULL)
        print_options(command->options);
    else if (command->accepts & ACCEPTS_OPTIONS)
        puts("\noptions: see `damsession options`");
    printf("\nexample:\n  damsession %s\n", command->example);
}

/* Whether the page about statuses says of this one what the exit code means. An exit code comes first; a number that is
   none is a status. What stops a callback is a file, for the command. */
static int is_meant(int32_t status, int code, int is_code)
{
    return is_status(status) &&
           (is_code ? find_exit_code(status) == code && status != DAM_ERR_CALLBACK : status == code);
}

/* What there is to say of an exit code or a status; 0: there is no such thing. */
static int print_status(const char *word)
{
    char *rest = NULL;
    long number = strtol(word, &rest, 10);
    if (word[0] < '0' || word[0] > '9' || *rest != '\0')
        return print_section(word);
    int code = number <= MOST_CODE ? (int)number : MOST_CODE + 1;
    const struct own_code *own = find_own_code(code);
    int is_code = print_exit_code(code), found = is_code;
    if (own != NULL && own->advice != NULL)
        printf("\n%s\n", own->advice);
    for (int32_t status = DAM_OK + 1; status <= MOST_CODE; status++)
        if (is_meant(status, code, is_code)) {
            fputs(found ? "\n" : "", stdout);
            found |= print_section(dam_status_name(status));
        }
    return found;
}

int run_help(const struct arguments *arguments, struct work *work)
{
    (void)work;
    const struct command *command = arguments->command;
    const struct page *page = NULL;
    const char *word =
        command != NULL && command->run == run_help && arguments->word_count > 0 ? arguments->words[0] : NULL;
    if (command != NULL && command->run == run_help)
        command = word != NULL ? find_command(word) : NULL;
    if (command != NULL)
        print_command(command);
    else if (word != NULL && (page = find_page(word)) != NULL)
        fputs(page->text, stdout);
    else if (word != NULL)
        return print_about(word) || print_status(word) ? EXIT_OK : refuse_page(word);
    else
        print_help();
    return EXIT_OK;
}

int run_version(const struct arguments *arguments, struct work *work)
{
    (void)work;
    if (is_given(arguments, FLAG_JSON)) {
        print_json_member("{", "wrapper", DAM_VERSION);
        print_json_member(",", "library", dam_version());
        puts("}");
    } else {
        printf("damsession %s (library %s)\n", DAM_VERSION, dam_version());
    }
    return EXIT_OK;
}
