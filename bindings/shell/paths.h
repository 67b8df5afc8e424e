/*
 * paths.h - the paths of a command line and of its --list.
 */
#ifndef DAMSESSION_PATHS_H
#define DAMSESSION_PATHS_H

#include "names.h"

#include <stddef.h>

struct arguments;

struct paths {
    char *text; /* that of --list, into which the list points. */
    struct wanted *list;
    size_t count;
};

/* Reads them, and names their files. Returns EXIT_OK, or another exit code after printing why. Free them in any
   case. */
int read_paths(const struct arguments *arguments, struct paths *out);

/* Says how to write a path that holds what must be percent-encoded; 0: it holds nothing of that kind. */
int explain_path(const char *path);

void free_paths(struct paths *paths);

#endif
