/*
 * work.h - opens a session from a command line, and closes it.
 */
#ifndef DAMSESSION_WORK_H
#define DAMSESSION_WORK_H

#include "credentials.h"

#include <damsession.h>

#include <limits.h>

struct arguments;

/* What main opens for a command. */
struct work {
    dam_config *config;
    dam_session *session;
    struct credentials credentials;
    char *api_key_command; /* the option; "" or NULL: none, or it does not count. */
    int key_failed;        /* it gave no key. */
    int explains;          /* --explain: `end_work` prints what the session did. */
};

/* Opens what the command needs (enum opens). If this does not return EXIT_OK, it has printed why. Call end_work in any
   case. */
int begin_work(struct work *work, const struct arguments *arguments);

/* Closes everything, and explains what the session did if that was asked for. */
void end_work(struct work *work);

/* Opens a session with the remembered options, those of the environment and those of the command line. If this does not
   return EXIT_OK, it has printed why. */
int open_session(struct work *work, const struct arguments *arguments);

/* The same in three steps, for commands that go on if one of them fails. */
dam_status load_options(struct work *work, const struct arguments *arguments, dam_error *error);
int override_options(struct work *work, const struct arguments *arguments);
int start_session(struct work *work);

/* Whether the API key comes from a command. */
int has_key_command(const struct work *work);

/* The last step without a word. */
dam_status try_session(struct work *work, dam_error *error);

/* Sets an option that is not from the command line. If this does not return EXIT_OK, it has printed why. */
int set_option(struct work *work, const char *name, const char *value);

/* A value as it is set and remembered: a path is meant where it is typed, and used elsewhere, by cron for instance; a
   URL has no slash at its end. NULL stays NULL. */
const char *find_value(const char *name, const char *value, char path[PATH_MAX]);

/* Logs in as far as that goes without sending anything: with a socket that leads nowhere. DAM_OK: there is a session. A
   password is asked for if that is needed, and kept for the next login. */
dam_status rehearse_login(struct work *work, dam_error *error);

/* Whether the command line has a name. "-" stands for none: options come from environment and command line only. */
int has_name(const struct arguments *arguments);

#endif
