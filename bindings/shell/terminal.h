/*
 * terminal.h - asks a person.
 */
#ifndef DAMSESSION_TERMINAL_H
#define DAMSESSION_TERMINAL_H

#include "secret_line.h"

/* Asks, without echo unless the answer may be shown. Returns the length of the answer; -1: there is no terminal at
   which a person would answer. */
ssize_t ask_terminal(const char *question, int is_shown, char answer[SECRET_CAPACITY]);

#endif
