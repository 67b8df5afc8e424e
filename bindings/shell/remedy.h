/*
 * remedy.h - what to do about an error, in the words of the command line.
 */
#ifndef DAMSESSION_REMEDY_H
#define DAMSESSION_REMEDY_H

#include <stdint.h>

/* Whose errors these are from here on: the command, and its name, "-" for none. Both must stay. */
void set_remedy_words(const char *command, const char *name);

/* The name is not remembered yet: no other command can take it. */
void note_new_name(void);

/* Prints a line about a dam_status, if there is a name and a remedy. */
void say_remedy(int32_t status);

#endif
