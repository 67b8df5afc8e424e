/*
 * secrets.h - where passwords come from, and lines that should be one.
 */
#ifndef DAMSESSION_SECRETS_H
#define DAMSESSION_SECRETS_H

#include <damsession.h>

#include <stddef.h>
#include <sys/types.h>

enum { SECRET_CAPACITY = 4096 }; /* a line of a terminal is no longer than this either. */

/* Where passwords come from. Lives as long as the session. */
struct credentials {
    int fd;            /* -1: not this way. */
    char *command;     /* the option `password-command`; "" or NULL: not this way. */
    unsigned patience; /* the option `lock-timeout`: siblings wait no longer for the command. */
};

/* A dam_credentials_callback; `user_data` is a struct credentials (credentials.c). */
int32_t answer_prompt(void *user_data, dam_prompt *prompt);

/* The first line of `fd`, without its end and NUL-terminated. Its length, or -1 after saying why (secret_line.c). */
ssize_t read_secret_line(int fd, char line[SECRET_CAPACITY], const char *place);

/* The end of such a line, of which `size` bytes were read: its length, or -1 after saying why (secret_line.c). */
ssize_t end_secret_line(char line[SECRET_CAPACITY], size_t size, int is_too_long, const char *place);

/* The first line that a shell command prints, which has so many seconds. Its length, or -1 after saying why
   (password_command.c). */
ssize_t run_password_command(const char *command, unsigned seconds, char line[SECRET_CAPACITY]);

/* Asks without echo. The length of the answer; -1: there is no terminal that would answer (terminal.c). */
ssize_t ask_terminal(const char *question, char answer[SECRET_CAPACITY]);

#endif
