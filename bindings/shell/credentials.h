/*
 * credentials.h - where passwords come from.
 */
#ifndef DAMSESSION_CREDENTIALS_H
#define DAMSESSION_CREDENTIALS_H

#include "secret_line.h"

#include <damsession.h>

/* Who has answered the last question. */
enum answerer { ANSWERER_NONE, ANSWERER_DESCRIPTOR, ANSWERER_COMMAND, ANSWERER_PERSON };

/* The sources of a password. They must live as long as the session. */
struct credentials {
    int fd;            /* read from this descriptor; -1: none. */
    char *command;     /* the option `password-command`; "" or NULL: none. */
    unsigned patience; /* the option `lock-timeout`: other processes wait no longer for the command. */
    enum answerer answerer;
    int has_failed;  /* it gave no answer. */
    int is_declined; /* nobody is asked any more: a person gave no answer, or one that does not help. */
    /* For a login that asks for more than the password: */
    int collects;                /* keep what is typed in `typed`, and answer nothing. */
    int keeps;                   /* keep the answer for the next question too: it may be another that was wrong. */
    char typed[SECRET_CAPACITY]; /* the answer to the next question, wiped then unless `keeps`; "": ask. */
};

/* A dam_credentials_callback. `user_data` is a struct credentials. */
int32_t answer_prompt(void *user_data, dam_prompt *prompt);

#endif
