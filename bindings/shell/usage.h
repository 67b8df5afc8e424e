/*
 * usage.h - what to say of a command line that has too few words or too many.
 */
#ifndef DAMSESSION_USAGE_H
#define DAMSESSION_USAGE_H

struct arguments;

/* Whether a NAME is needed, and none is there: a path in its place is none. */
int lacks_name(const struct arguments *given);

/* Prints how the command is used, and which names there are. Returns EXIT_USAGE. */
int refuse_words(const struct arguments *given);

#endif
