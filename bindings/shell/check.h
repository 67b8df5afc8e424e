/*
 * check.h - compares a command line with what its command accepts.
 */
#ifndef DAMSESSION_CHECK_H
#define DAMSESSION_CHECK_H

struct arguments;

/* If this does not return EXIT_OK, it has printed why. */
int check_arguments(const struct arguments *given);

#endif
