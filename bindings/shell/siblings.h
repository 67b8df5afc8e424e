/*
 * siblings.h - other names whose session is the same.
 */
#ifndef DAMSESSION_SIBLINGS_H
#define DAMSESSION_SIBLINGS_H

#include <damsession.h>

struct arguments;
struct work;

/* Opens the session of a name by what it remembers; the environment, which may be about another account, is asked for
   the store alone. No request may be sent: any key does. Call end_work in any case. */
dam_status open_name(const char *name, struct work *work);

/* Writes the remembered names, but for that of the command line, that the open session belongs to as well: "a, b". To
   be asked before it ends. */
enum { SIBLINGS_CAPACITY = 1024 };
void list_siblings(const struct arguments *arguments, struct work *work, char text[SIBLINGS_CAPACITY]);

/* Says afterwards that their session has ended, too, if there are any. */
void say_siblings(const char text[SIBLINGS_CAPACITY]);

#endif
