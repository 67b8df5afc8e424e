/*
 * transfer.h - the bodies of one request and of its response, while they are sent and received.
 */
#ifndef DAMSESSION_TRANSFER_H
#define DAMSESSION_TRANSFER_H

#include "progress.h"
#include "screen.h"

#include <damsession.h>

/* A text, or a file that is read while it is sent. */
struct piece {
    const char *text;
    size_t size;
    int fd;            /* -1: it is a text. */
    const char *place; /* the file's name for messages. */
    char *owned;       /* the text, if it is of malloc. */
};

/* The body of --data. */
struct data {
    struct piece *pieces;
    size_t count;
    size_t at, offset; /* which piece is read, and how much of its text is. */
    uint64_t size;     /* of all pieces; DAM_SIZE_UNKNOWN if one does not tell. */
    int has_files, is_once;
    char *joined; /* all of it, if there are only texts. */
};

/* The user_data of all callbacks of a request. */
struct transfer {
    dam_form *form; /* the form of --form, or NULL. */
    struct data data;
    char *file; /* the file of -o, which the library writes; NULL: the body goes to `sink`. */
    int sink;
    const char *sink_place;
    struct screen screen;
    struct pace pace;
    int code; /* if not EXIT_OK, a callback stopped the request and has printed why. */
};

#endif
