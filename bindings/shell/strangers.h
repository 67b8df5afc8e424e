/*
 * strangers.h - variables DAMSESSION_* of the environment that are no option.
 */
#ifndef DAMSESSION_STRANGERS_H
#define DAMSESSION_STRANGERS_H

#include <stddef.h>

/* Writes which there are, as a sentence: never what they hold. Returns how many; 0: the text is empty. */
size_t list_strangers(char *text, size_t capacity);

#endif
