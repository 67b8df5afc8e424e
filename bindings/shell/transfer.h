/*
 * transfer.h - bodies on their way: what a request carries (body.c), and where its response goes (target.c).
 */
#ifndef DAMSESSION_TRANSFER_H
#define DAMSESSION_TRANSFER_H

#include <damsession.h>

struct arguments;

/* One request's bodies: the user_data of all its callbacks. */
struct transfer {
    dam_form *form;           /* of --form, else NULL. */
    int source;               /* the body of --data @FILE or @-; -1: it is not a file. */
    const char *source_place; /* for messages. */
    char *file;               /* the file of -o, which the library writes; NULL: `sink` is written. */
    int sink;
    const char *sink_place;
    int code; /* not EXIT_OK: a callback has said why it stopped the request. */
};

/* Puts the body into `request`. EXIT_OK, or another exit code after saying why. */
int open_body(const struct arguments *arguments, dam_request *request, struct transfer *transfer);
void close_body(struct transfer *transfer);

/* Finds out where a success goes, and opens what is no file. EXIT_OK, or another exit code after saying why. */
int open_target(const struct arguments *arguments, struct transfer *transfer);
int close_target(struct transfer *transfer);

/* dam_session_download to the file of -o. */
dam_status download(const struct arguments *arguments, struct transfer *transfer, dam_session *session,
                    const dam_request *request, dam_response **out, dam_error *error);

#endif
