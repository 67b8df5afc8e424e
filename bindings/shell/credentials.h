/*
 * credentials.h - where passwords come from.
 */
#ifndef DAMSESSION_CREDENTIALS_H
#define DAMSESSION_CREDENTIALS_H

#include <damsession.h>

/* The sources of a password. They must live as long as the session. */
struct credentials {
    int fd;            /* read from this descriptor; -1: none. */
    char *command;     /* the option `password-command`; "" or NULL: none. */
    unsigned patience; /* the option `lock-timeout`: other processes wait no longer for the command. */
};

/* A dam_credentials_callback. `user_data` is a struct credentials. */
int32_t answer_prompt(void *user_data, dam_prompt *prompt);

#endif
