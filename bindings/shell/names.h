/*
 * names.h - names of files for paths of a server.
 */
#ifndef DAMSESSION_NAMES_H
#define DAMSESSION_NAMES_H

#include <stddef.h>

/* One path, and the file in the folder of --output-dir that its body is saved as. */
struct wanted {
    const char *path;
    const char *asked; /* the name that the list asks for, or NULL. */
    char *name;        /* of malloc. */
    char *before;      /* of malloc: what it would be called if that were safe and nobody else's; NULL: the same. */
};

/* Gives every path a name of its own. What is there twice is left out, and said; `count` becomes smaller.
   Returns EXIT_OK, or another exit code after printing why. */
int name_files(struct wanted *list, size_t *count);

int ends_with(const char *name, const char *ending);

#endif
