/*
 * terminal.h - asks a person for a secret.
 */
#ifndef DAMSESSION_TERMINAL_H
#define DAMSESSION_TERMINAL_H

#include "secret_line.h"

/* Asks without echo. Returns the length of the answer; -1: there is no terminal at which a person would answer. */
ssize_t ask_terminal(const char *question, char answer[SECRET_CAPACITY]);

#endif
