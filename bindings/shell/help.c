/*
 * help.c - the commands `help` and `version`.
 *
 * All text is made from the tables that the program runs by (commands, flags, the library's options and statuses), so
 * that it cannot be wrong, or is a page of the manual.
 */
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

/* The wrapper's own numbers come first; the others, and their texts, are the library's. 0: there is none such. */
static int print_exit_code(int code)
{
    static const struct {
        int code;
        const char *text;
    } own[] = {
        {EXIT_OK, "success"},
        {EXIT_INTERNAL, "an internal error, or no memory; please report it"},
        {EXIT_USAGE, "the command line, an option or an argument is wrong"},
        {EXIT_STOPPED, "a file, standard input or standard output cannot be read or written"},
        {EXIT_HTTP, "the HTTP status is not a success (2xx or 304); the body is printed all the same"},
        {EXIT_AGAIN, "observe: the session had ended and there is a new one; send the request again"},
        {EXIT_PARTLY, "get: some of the paths came, and some did not"},
        {EXIT_CLOCK, "doctor: this clock and the server's differ"},
        {EXIT_LIBRARY, "doctor: the library is older than the command"},
    };
    for (size_t at = 0; at < sizeof own / sizeof own[0]; at++)
        if (own[at].code == code)
            return printf("  %-3d %s\n", code, own[at].text);
    if (code == DAM_ERR_INTERNAL || !is_status(code))
        return 0;
    return printf("  %-3d %s: %s\n", code, dam_status_name(code), dam_status_text(code));
}

static void print_help(void)
{
    fputs("usage: damsession COMMAND [NAME] [ARGUMENT]... [--OPTION VALUE]... [FLAG]...\n\n"
          "Keeps scripts logged in to PhotoShelter and FotoWeb archives.\n\ncommands:\n",
          stdout);
    for (const struct command *command = commands; command->name != NULL; command++) {
        char left[64];
        snprintf(left, sizeof left, "%s %s", command->name, command->words);
        printf("  %-26s %s\n", left, command->help);
    }
    puts("\npages of the manual:");
    for (const struct page *page = pages; page->name != NULL; page++)
        /* The first line is "# Title". */
        printf("  %-26s %.*s\n", page->name, (int)strcspn(page->text + 2, "\n"), page->text + 2);
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

/* What the page about statuses says of an exit code or a status; 0: there is no such thing. */
static int print_status(const char *word)
{
    char *rest = NULL;
    long code = strtol(word, &rest, 10);
    if (word[0] < '0' || word[0] > '9' || *rest != '\0')
        return print_section(word);
    int found = code <= MOST_CODE && print_exit_code((int)code);
    for (int32_t status = DAM_OK + 1; status <= MOST_CODE; status++)
        if ((find_exit_code(status) == code || status == code) && is_status(status)) {
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
        return print_status(word) ? EXIT_OK : refuse_page(word);
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
