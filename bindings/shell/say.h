/*
 * say.h - words on standard error, where they never get into what a script captures.
 */
#ifndef DAMSESSION_SAY_H
#define DAMSESSION_SAY_H

#include <damsession.h>

/* One line, with "damsession: " before it. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Says what went wrong and gives the exit code for it. */
int report(const dam_error *error);

/* Says what errno is about; EXIT_STOPPED. */
int complain(const char *place);

#endif
