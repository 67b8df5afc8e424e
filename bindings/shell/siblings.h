/*
 * siblings.h - other names whose session is the same.
 */
#ifndef DAMSESSION_SIBLINGS_H
#define DAMSESSION_SIBLINGS_H

#include <stddef.h>

struct arguments;
struct work;

/* Writes the remembered names, but for that of the command line, that the open session belongs to as well: "a, b". To
   be asked before it ends. */
enum { SIBLINGS_CAPACITY = 1024 };
void list_siblings(const struct arguments *arguments, struct work *work, char text[SIBLINGS_CAPACITY]);

/* Says afterwards that their session has ended, too, if there are any. */
void say_siblings(const char text[SIBLINGS_CAPACITY]);

#endif
