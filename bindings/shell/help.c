/*
 * help.c - what the wrapper says about itself: help, options, version.
 *
 * Every table is printed from the one that the program runs by (commands, flags, the library's options and statuses), so
 * it cannot say anything that is not so. It refuses to hold a list of its own.
 */
#include "wrapper.h"

#include <string.h>

/* `--name OPERAND`, with a letter if it has one. */
static void print_flag(char letter, const char *name, const char *operand, const char *help)
{
    char left[48];
    snprintf(left, sizeof left, "--%s%s%s", name, operand != NULL ? " " : "", operand != NULL ? operand : "");
    printf("  %c%c%c %-26s %s\n", letter ? '-' : ' ', letter ? letter : ' ', letter ? ',' : ' ', left, help);
}

static void print_flags(unsigned accepts)
{
    for (int id = 0; id < FLAG_COUNT; id++)
        if (flags[id].group & accepts)
            print_flag(flags[id].letter, flags[id].name, flags[id].operand, flags[id].help);
}

/* Numbers of the wrapper's own first; the rest are the library's, with its own sentences. */
static void print_exit_codes(void)
{
    printf("  %-3d success\n", EXIT_OK);
    printf("  %-3d an internal error, or no memory; please report it\n", EXIT_INTERNAL);
    printf("  %-3d the command line, an option or an argument is wrong\n", EXIT_USAGE);
    for (int code = EXIT_USAGE + 1; code < 126; code++) {
        const char *name = dam_status_name(code);
        if (code == EXIT_STOPPED)
            printf("  %-3d a file, standard input or standard output cannot be read or written\n", code);
        else if (code == EXIT_AGAIN)
            printf("  %-3d observe: the session had ended and there is a new one; send the request again\n", code);
        else if (code == EXIT_HTTP)
            printf("  %-3d the HTTP status is not a success (2xx or 304); the body is printed all the same\n", code);
        else if (code != DAM_ERR_INTERNAL && strcmp(name, "DAM_ERR_UNKNOWN") != 0)
            printf("  %-3d %s: %s\n", code, name, dam_status_text(code));
    }
}

static void print_help(const struct command *commands)
{
    fputs("usage: damsession COMMAND [NAME] [ARGUMENT]... [--OPTION VALUE]... [FLAG]...\n\n"
          "Keeps scripts logged in to PhotoShelter and FotoWeb archives.\n\ncommands:\n", stdout);
    for (; commands->name != NULL; commands++) {
        char left[64];
        snprintf(left, sizeof left, "%s %s", commands->name, commands->words);
        printf("  %-26s %s\n", left, commands->help);
    }
    fputs("\nNAME is what `login` remembers options under; \"-\" stands for none. Remembered options give way to\n"
          "DAMSESSION_* in the environment, and that to the command line. `damsession options` lists them.\n\nflags:\n",
          stdout);
    print_flags(~0U);
    fputs("\nPasswords come from a prompt, --password-stdin, --password-fd, --password-command or DAMSESSION_PASSWORD,\n"
          "never from the command line.\n\nexit codes:\n",
          stdout);
    print_exit_codes();
}

static void print_command(const struct command *command)
{
    dam_option store;
    printf("usage: damsession %s%s%s%s [FLAG]...\n\n%s\n\n", command->name, command->words[0] ? " " : "",
           command->words, command->accepts & ACCEPTS_OPTIONS ? " [--OPTION VALUE]..." : "", command->help);
    print_flags(command->accepts);
    if (command->accepts & ACCEPTS_STORE && find_option("store", &store))
        print_flag(0, store.name, "PLACE", store.help);
    if (command->accepts & ACCEPTS_OPTIONS)
        puts("\nOptions are those of `damsession options`.");
}

int run_help(const struct arguments *arguments, struct work *work)
{
    (void)work;
    const struct command *command = arguments->command;
    if (command != NULL && command->run == run_help)
        command = arguments->word_count > 0 ? find_command(arguments->commands, arguments->words[0]) : NULL;
    if (command != NULL)
        print_command(command);
    else if (arguments->command != NULL && arguments->word_count > 0)
        return say("there is no such command; see `damsession help`"), EXIT_USAGE;
    else
        print_help(arguments->commands);
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

/* ---- options ---- */

static const char *values_of(const dam_option *row)
{
    return row->choices[0] != '\0' ? row->choices : row->kind;
}

/* Text between `before` and `after`, with `separator` for each "|" in it; nothing at all for no text. */
static void print_parted(const char *before, const char *text, const char *separator, const char *after)
{
    if (text[0] == '\0')
        return;
    fputs(before, stdout);
    for (; *text != '\0'; text++)
        *text == '|' ? fputs(separator, stdout) : putchar(*text);
    fputs(after, stdout);
}

static void print_option_json(uint32_t index, const dam_option *row)
{
    char variable[VARIABLE_CAPACITY];
    name_variable(row->name, variable);
    print_json_member(index == 0 ? "[{" : ",\n {", "name", row->name);
    print_json_member(",", "kind", row->kind);
    fputs(",\"choices\":[", stdout); /* words, that need no escapes. */
    print_parted("\"", row->choices, "\",\"", "\"");
    putchar(']');
    print_json_member(",", "default", row->default_value);
    print_json_member(",", "environment", variable);
    printf(",\"secret\":%s,\"remembered\":%s", row->secret ? "true" : "false", row->remembered ? "true" : "false");
    print_json_member(",", "help", row->help);
    putchar('}');
}

static void print_option_markdown(uint32_t index, const dam_option *row)
{
    if (index == 0)
        puts("| Option | Values | Default | Meaning |\n|---|---|---|---|");
    print_parted("| `", row->name, "\\|", "` | ");
    if (row->choices[0] != '\0')
        print_parted("`", row->choices, "`, `", "`");
    else
        print_parted("", row->kind, "\\|", "");
    fputs(" | ", stdout);
    print_parted("`", row->default_value, "\\|", "`");
    fputs(" | ", stdout);
    print_parted("", row->help, "\\|", "");
    puts(" |");
}

static void print_option(const dam_option *row, const int widths[3])
{
    printf("%-*s  %-*s  %-*s  %s\n", widths[0], row->name, widths[1], values_of(row), widths[2],
           row->default_value[0] != '\0' ? row->default_value : "-", row->help);
}

static int widen(int width, const char *text)
{
    return (int)strlen(text) > width ? (int)strlen(text) : width;
}

int run_options(const struct arguments *arguments, struct work *work)
{
    (void)work;
    int widths[3] = {0};
    for (int printing = 0; printing < 2; printing++) { /* the first round measures the columns. */
        for (uint32_t index = 0; index < dam_option_count(); index++) {
            dam_option row = {.size = sizeof row};
            dam_error error;
            if (dam_option_get(index, &row, &error) != DAM_OK)
                return report(&error);
            widths[0] = widen(widths[0], row.name);
            widths[1] = widen(widths[1], values_of(&row));
            widths[2] = widen(widths[2], row.default_value);
            if (printing && is_given(arguments, FLAG_JSON))
                print_option_json(index, &row);
            else if (printing && is_given(arguments, FLAG_MARKDOWN))
                print_option_markdown(index, &row);
            else if (printing)
                print_option(&row, widths);
        }
    }
    if (is_given(arguments, FLAG_JSON))
        puts("]");
    return EXIT_OK;
}
