/*
 * values.h - the values of the wrapper's own flags.
 */
#ifndef DAMSESSION_VALUES_H
#define DAMSESSION_VALUES_H

#include "arguments.h"

/* Stores a flag that was given, and its value if it takes one. If this does not return EXIT_OK, it has printed why. */
int take_flag(struct arguments *out, enum flag_id id, char *value);

#endif
