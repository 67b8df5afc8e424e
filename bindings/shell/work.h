/*
 * work.h - from a command line to an open session, and back.
 */
#ifndef DAMSESSION_WORK_H
#define DAMSESSION_WORK_H

#include "credentials.h"

#include <damsession.h>

struct arguments;

/* What a command works with. */
struct work {
    dam_config *config;
    dam_session *session;
    struct credentials credentials;
    int explains; /* --explain: `end_work` says what the session did. */
};

/* Opens what the command says (enum opens). Not EXIT_OK: it has said why. There is something to end all the same. */
int begin_work(struct work *work, const struct arguments *arguments);

/* Gives everything back, and explains what the session did if that was asked for. */
void end_work(struct work *work);

/* A session with the options remembered, of the environment and of the command line. Not EXIT_OK: it has said why. */
int open_session(struct work *work, const struct arguments *arguments);

/* The same in three steps, for commands that go on where one of them fails. */
dam_status load_options(struct work *work, const struct arguments *arguments, dam_error *error);
int override_options(struct work *work, const struct arguments *arguments);
int start_session(struct work *work);

/* An option, other than of the command line. Not EXIT_OK: it has said why. */
int set_option(struct work *work, const char *name, const char *value);

/* Whether a name is meant; "-" stands for none: options come from environment and command line only. */
int has_name(const struct arguments *arguments);

#endif
