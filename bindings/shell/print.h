/*
 * print.h - clean text, columns, times and JSON.
 */
#ifndef DAMSESSION_PRINT_H
#define DAMSESSION_PRINT_H

#include <stdint.h>
#include <stdio.h>

/* Text that may come from a server: control characters, which could drive a terminal or split a line, become '?'. */
void print_clean(FILE *stream, const char *text);

/* "label: text", clean; "-" for no text. */
void print_text(const char *label, const char *text);

/* A column of a table: the text, clean, or "-", and then `after`. */
void print_column(const char *text, char after);

/* Seconds since 1970 as "2026-01-31T12:00:00Z"; 0: "never". Gives back `text`. */
enum { TIME_CAPACITY = 32 };
const char *write_time(int64_t seconds, char text[TIME_CAPACITY]);

/* The environment variable of an option: DAMSESSION_CONNECT_TIMEOUT for "connect-timeout". */
enum { VARIABLE_CAPACITY = 128 };
void name_variable(const char *option, char variable[VARIABLE_CAPACITY]);

/* A JSON string on standard output. */
void print_json(const char *text);

/* `before`, the key and a string: print_json_member("{", "name", "press"). */
void print_json_member(const char *before, const char *key, const char *text);

/* A list that a callback prints row by row. */
struct rows {
    int json, count;
};

/* The end of a JSON list. */
void end_rows(const struct rows *list);

#endif
