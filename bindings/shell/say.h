/*
 * say.h - messages on standard error, where a script does not capture them as a result.
 */
#ifndef DAMSESSION_SAY_H
#define DAMSESSION_SAY_H

#include <damsession.h>

/* Prints one line, after "damsession: ". */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Prints an error of the library and what to do about it, and returns the exit code for it. */
int report(const dam_error *error);

/* The same text, and the same code, without printing. Returns `text`. */
enum { DESCRIPTION_CAPACITY = 640 };
const char *describe(const dam_error *error, char text[DESCRIPTION_CAPACITY]);
int find_exit_code(int32_t status);

/* Whether the library says of this file, and not of the store, that it cannot be written. It has one status for both;
   there are two exit codes. */
int is_about_file(const dam_error *error, const char *file);

/* The same as `report`, of a download into the file. */
int report_download(const dam_error *error, const char *file);

/* Whether the library has such a status. */
int is_status(int32_t status);

/* Whether a response went well: 2xx. */
int is_success(int32_t http_status);

/* Prints the message of errno, and returns EXIT_STOPPED. */
int complain(const char *place);

#endif
