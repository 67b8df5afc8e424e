/*
 * print.h - clean text, columns, times and JSON.
 */
#ifndef DAMSESSION_PRINT_H
#define DAMSESSION_PRINT_H

#include <stdint.h>
#include <stdio.h>

/* Prints text that may come from a server: control characters, which could control a terminal or split a line, become
   '?'. */
void print_clean(FILE *stream, const char *text);

/* Prints "label: text", clean, or "-" for an empty text. */
void print_text(const char *label, const char *text);

/* Prints a column of a table: the text, clean, or "-", and then `after`. */
void print_column(const char *text, char after);

/* Seconds since 1970 as "2026-01-31T12:00:00Z"; 0: "never". Returns `text`. */
enum { TIME_CAPACITY = 32 };
const char *write_time(int64_t seconds, char text[TIME_CAPACITY]);

/* The environment variable of an option: DAMSESSION_CONNECT_TIMEOUT for "connect-timeout". */
enum { VARIABLE_CAPACITY = 128 };
void name_variable(const char *option, char variable[VARIABLE_CAPACITY]);

/* Prints a JSON string. */
void write_json(FILE *stream, const char *text);
void print_json(const char *text);

/* Prints `before`, the key and a string: print_json_member("{", "name", "press"). */
void write_json_member(FILE *stream, const char *before, const char *key, const char *text);
void print_json_member(const char *before, const char *key, const char *text);

/* The state of a list that a callback prints row by row. */
struct rows {
    int json, count;
};

/* Prints the end of a JSON list. */
void end_rows(const struct rows *list);

#endif
