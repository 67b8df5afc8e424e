/*
 * password_command.h - the option `password-command`.
 */
#ifndef DAMSESSION_PASSWORD_COMMAND_H
#define DAMSESSION_PASSWORD_COMMAND_H

#include "secret_line.h"

/* Runs a shell command and reads its first line. It must end within `seconds`. Returns the length of the line, or -1
   after printing why. */
ssize_t run_password_command(const char *command, unsigned seconds, char line[SECRET_CAPACITY]);

#endif
