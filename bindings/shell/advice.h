/*
 * advice.h - what to do about an error where its status alone does not decide.
 */
#ifndef DAMSESSION_ADVICE_H
#define DAMSESSION_ADVICE_H

#include "origin.h"

#include <damsession.h>

struct arguments;
struct work;

/* What the command was about when the error came. */
struct circumstances {
    const struct arguments *arguments;
    const struct work *work;
    const char *name; /* "-" for none. */
    int is_new;       /* the name is not remembered yet: no other command can take it. */
};

/* What the signs of a remedy (remedy.c) stand for, as far as it has them. */
struct signs {
    char origin[ORIGIN_CAPACITY]; /* "$" */
    char option[64];              /* "&" */
    const char *proof;            /* "~" */
};

/* The text of the remedy; NULL: that of the status; "": there is none. */
const char *choose_advice(const dam_error *error, const struct circumstances *around, struct signs *signs);

#endif
