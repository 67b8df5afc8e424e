/*
 * print.c - prints clean text, tables and JSON on standard output.
 *
 * No JSON library is needed: the wrapper writes flat objects only and reads none, so only strings must be escaped.
 */
#include "print.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

void print_clean(FILE *stream, const char *text)
{
    for (const unsigned char *at = (const unsigned char *)text; *at != '\0'; at++) {
        if (*at == 0xc2 && at[1] >= 0x80 && at[1] <= 0x9f) { /* U+0080 to U+009F control terminals too. */
            putc('?', stream);
            at++;
        } else {
            putc(*at < 0x20 || *at == 0x7f ? '?' : *at, stream);
        }
    }
}

void print_text(const char *label, const char *text)
{
    printf("%s: ", label);
    print_column(text, '\n');
}

void print_column(const char *text, char after)
{
    print_clean(stdout, text[0] != '\0' ? text : "-");
    putchar(after);
}

const char *write_time(int64_t seconds, char text[TIME_CAPACITY])
{
    time_t time = (time_t)seconds;
    struct tm parts;
    if (seconds == 0)
        return strcpy(text, "never");
    if (gmtime_r(&time, &parts) == NULL || strftime(text, TIME_CAPACITY, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0)
        snprintf(text, TIME_CAPACITY, "%lld", (long long)seconds);
    return text;
}

void name_variable(const char *option, char variable[VARIABLE_CAPACITY])
{
    int length = snprintf(variable, VARIABLE_CAPACITY, "DAMSESSION_%s", option);
    for (char *at = variable; length > 0 && *at != '\0'; at++) {
        if (*at == '-')
            *at = '_';
        else if (*at >= 'a' && *at <= 'z')
            *at = (char)(*at - 'a' + 'A'); /* not toupper, which depends on the locale. */
    }
}

void write_json(FILE *stream, const char *text)
{
    putc('"', stream);
    for (const unsigned char *at = (const unsigned char *)text; *at != '\0'; at++) {
        if (*at == '"' || *at == '\\')
            fprintf(stream, "\\%c", *at);
        else if (*at < 0x20 || *at == 0x7f)
            fprintf(stream, "\\u%04x", *at);
        else
            putc(*at, stream); /* UTF-8, as all text of the library. */
    }
    putc('"', stream);
}

void print_json(const char *text)
{
    write_json(stdout, text);
}

void write_json_member(FILE *stream, const char *before, const char *key, const char *text)
{
    fputs(before, stream);
    write_json(stream, key);
    putc(':', stream);
    write_json(stream, text);
}

void print_json_member(const char *before, const char *key, const char *text)
{
    write_json_member(stdout, before, key, text);
}

void end_rows(const struct rows *list)
{
    if (list->json)
        puts(list->count > 0 ? "]" : "[]");
}
