/*
 * options.c - the command `options`: prints the library's table of options, or all of one, as text, JSON or Markdown.
 */
#include "about.h"
#include "arguments.h"
#include "commands.h"
#include "exit_code.h"
#include "print.h"
#include "refuse.h"
#include "say.h"

#include <damsession.h>

#include <stdio.h>
#include <string.h>

static const char *values_of(const dam_option *row)
{
    return row->choices[0] != '\0' ? row->choices : row->kind;
}

/* Prints the text between `before` and `after`, with `separator` for each "|" in it. Prints nothing for an empty
   text. */
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
    fputs(",\"choices\":[", stdout); /* words, which need no escapes. */
    print_parted("\"", row->choices, "\",\"", "\"");
    putchar(']');
    print_json_member(",", "default", row->default_value);
    print_json_member(",", "environment", variable);
    printf(",\"secret\":%s,\"remembered\":%s", row->secret ? "true" : "false", row->remembered ? "true" : "false");
    print_json_member(",", "system", row->system);
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

/* How a command takes a secret. */
static const char *find_ways(const char *option)
{
    return strcmp(option, "api-key") == 0         ? "--api-key-stdin, --api-key-fd N or a prompt"
           : strcmp(option, "client-secret") == 0 ? "a prompt; with `script` also --password-stdin, --password-fd N"
                                                  : "--password-stdin, --password-fd N or a prompt";
}

void print_whole_option(const dam_option *row)
{
    char variable[VARIABLE_CAPACITY];
    name_variable(row->name, variable);
    printf("%s\n\n%s\n\n", row->name, row->help);
    print_parted("values: ", values_of(row), ", ", "\n");
    print_text("default", row->default_value);
    if (row->secret)
        printf("command line: refused, it is a secret: %s\n", find_ways(row->name));
    else
        printf("command line: --%s VALUE\n", row->name);
    print_takers(strcmp(row->name, "store") == 0 ? ACCEPTS_OPTIONS | ACCEPTS_STORE : ACCEPTS_OPTIONS);
    print_text("environment", variable);
    print_text("remembered", row->remembered ? "yes" : "no");
}

/* How wide the columns are. */
static void measure(int widths[3])
{
    for (uint32_t index = 0; index < dam_option_count(); index++) {
        dam_option row = DAM_OPTION_INIT;
        if (dam_option_get(index, &row, NULL) != DAM_OK)
            continue;
        widths[0] = widen(widths[0], row.name);
        widths[1] = widen(widths[1], values_of(&row));
        widths[2] = widen(widths[2], row.default_value);
    }
}

int run_options(const struct arguments *arguments, struct work *work)
{
    (void)work;
    const char *wanted = arguments->word_count > 0 ? arguments->words[0] : NULL;
    int widths[3] = {0}, json = is_given(arguments, FLAG_JSON), markdown = is_given(arguments, FLAG_MARKDOWN);
    uint32_t count = 0;
    measure(widths);
    for (uint32_t index = 0; index < dam_option_count(); index++) {
        dam_option row = DAM_OPTION_INIT;
        dam_error error;
        if (dam_option_get(index, &row, &error) != DAM_OK)
            return report(&error);
        if (wanted != NULL && strcmp(wanted, row.name) != 0)
            continue;
        if (json)
            print_option_json(count++, &row);
        else if (markdown)
            print_option_markdown(count++, &row);
        else if (count++, wanted != NULL)
            print_whole_option(&row);
        else
            print_option(&row, widths);
    }
    if (count == 0)
        return refuse_option_word(wanted);
    if (json)
        puts("]");
    return EXIT_OK;
}
