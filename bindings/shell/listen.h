/*
 * listen.h - waits for the browser of a person who has consented, at a port of this machine.
 */
#ifndef DAMSESSION_LISTEN_H
#define DAMSESSION_LISTEN_H

#include <stddef.h>

enum { ADDRESSES = 2, BROWSERS = 8, REQUEST_CAPACITY = 8192 };

/* A connection of a browser, and how much of its request there is. */
struct browser {
    int fd; /* -1: none. */
    size_t size;
    char request[REQUEST_CAPACITY];
};

struct listener {
    int fds[ADDRESSES]; /* 127.0.0.1 and ::1, since "localhost" may be either; -1: not there. */
    struct browser browsers[BROWSERS];
    struct browser *answered; /* the one that waits for `tell_browser`. */
};

/* 0, or -1 with errno: somebody else listens there. */
int open_listener(struct listener *listener, unsigned port);

/* Waits, for as long as an answer is worth something, until a browser asks for `path` with a query that holds `state`.
   Returns the query, in `listener`; NULL: nobody came in time. Others are told that there is nothing here. */
const char *await_browser(struct listener *listener, const char *path, const char *state);

/* Answers that browser, which shows the text. */
void tell_browser(struct listener *listener, const char *text);

void close_listener(struct listener *listener);

#endif
