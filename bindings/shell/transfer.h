/*
 * transfer.h - the bodies of one request and of its response, while they are sent and received.
 */
#ifndef DAMSESSION_TRANSFER_H
#define DAMSESSION_TRANSFER_H

#include <damsession.h>

/* The user_data of all callbacks of a request. */
struct transfer {
    dam_form *form;           /* the form of --form, or NULL. */
    int source;               /* the descriptor of --data @FILE or @-; -1: the body is no file. */
    const char *source_place; /* for messages. */
    char *file;               /* the file of -o, which the library writes; NULL: the body goes to `sink`. */
    int sink;
    const char *sink_place;
    int code; /* if not EXIT_OK, a callback stopped the request and has printed why. */
};

#endif
