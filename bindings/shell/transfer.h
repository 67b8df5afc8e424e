/*
 * transfer.h - the bodies of one request and of its response, while they are sent and received.
 */
#ifndef DAMSESSION_TRANSFER_H
#define DAMSESSION_TRANSFER_H

#include <damsession.h>

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

#endif
