/*
 * screen.h - the body of a response on a terminal.
 */
#ifndef DAMSESSION_SCREEN_H
#define DAMSESSION_SCREEN_H

#include <stddef.h>

struct arguments;

/* A terminal at standard output, while a body is printed there. */
struct screen {
    int is_there;       /* 0: standard output is something else, or everything is wanted as it is (-o -). */
    unsigned char last; /* the last byte printed. */
};

struct screen find_screen(const struct arguments *arguments);

/* Whether these bytes may be printed. If not, this has said why. */
int may_show(struct screen *screen, const void *bytes, size_t size);

/* Ends the line that a body has left open. Call it before anything else is said. */
void end_screen(struct screen *screen);

#endif
