/*
 * strangers.h - variables DAMSESSION_* of the environment: those that are no option, and what one is for.
 */
#ifndef DAMSESSION_STRANGERS_H
#define DAMSESSION_STRANGERS_H

#include <damsession.h>

#include <stddef.h>

/* Writes which there are, as a sentence: never what they hold. Returns how many; 0: the text is empty. */
size_t list_strangers(char *text, size_t capacity);

/* What a variable is for; "": it is that of the option, which is then in `row`; NULL: it is none of ours. */
const char *explain_variable(const char *variable, dam_option *row);

#endif
