/*
 * options.c - the command `options`: prints the library's table of options as text, JSON or Markdown.
 */
#include "arguments.h"
#include "commands.h"
#include "exit_code.h"
#include "print.h"
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

int run_options(const struct arguments *arguments, struct work *work)
{
    (void)work;
    int widths[3] = {0};
    for (int printing = 0; printing < 2; printing++) { /* the first round measures the columns. */
        for (uint32_t index = 0; index < dam_option_count(); index++) {
            dam_option row = DAM_OPTION_INIT;
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
