/*
 * loopback.h - a server of a few lines for the tests that need a response but no sandbox.
 *
 * It lets everybody in, as either system, over plain HTTP on 127.0.0.1.
 */
#ifndef LOOPBACK_H
#define LOOPBACK_H

#include <stddef.h>

enum { LOOPBACK_URL = 64 };

/* Starts it on a thread of its own; one at a time. */
void loopback_start(char url[LOOPBACK_URL]);

/* From now on every response is these bytes, as they are; NULL: its own again. They must stay where they are. */
void loopback_say(const char *bytes, size_t size);

/* Stops it and waits for the thread. How many requests it answered. */
int loopback_stop(void);

/* The URL of a port on which nobody listens. */
void loopback_closed(char url[LOOPBACK_URL]);

#endif
