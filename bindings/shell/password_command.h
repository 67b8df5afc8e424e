/*
 * password_command.h - the options `password-command` and `api-key-command`.
 */
#ifndef DAMSESSION_PASSWORD_COMMAND_H
#define DAMSESSION_PASSWORD_COMMAND_H

#include "secret_line.h"

/* A shell command whose first line is a secret. It must end within `seconds`, or a few if they are none. */
struct secret_command {
    const char *what; /* "password", for messages. */
    const char *command;
    unsigned seconds;
};

/* Runs it. Returns the length of the line, or -1 after printing why. */
ssize_t run_secret_command(const struct secret_command *given, char line[SECRET_CAPACITY]);

#endif
