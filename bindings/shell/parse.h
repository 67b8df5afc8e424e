/*
 * parse.h - parses the command line.
 */
#ifndef DAMSESSION_PARSE_H
#define DAMSESSION_PARSE_H

#include "arguments.h"

/* Parses argv. If this does not return EXIT_OK, it has printed why. Free `out` in any case. */
int parse_arguments(int argc, char **argv, struct arguments *out);

void free_arguments(struct arguments *arguments);

#endif
