/*
 * remedy.h - what to do about an error, in the words of the command line.
 */
#ifndef DAMSESSION_REMEDY_H
#define DAMSESSION_REMEDY_H

#include <damsession.h>

struct arguments;
struct work;

/* Whose errors these are from here on. Both must stay. */
void set_remedy_words(const struct arguments *arguments, const struct work *work);

/* Whether the name is not remembered yet: no other command can take it. */
void note_new_name(int is_new);

/* Prints a line about an error, if there is a remedy. */
void say_remedy(const dam_error *error);

#endif
