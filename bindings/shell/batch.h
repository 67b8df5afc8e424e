/*
 * batch.h - many paths, each into a file of its own.
 */
#ifndef DAMSESSION_BATCH_H
#define DAMSESSION_BATCH_H

#include <damsession.h>

struct arguments;
struct work;

/* Whether the command line asks for that. */
int wants_batch(const struct arguments *arguments);

/* Fetches all of them. `request` is what they have in common. */
int run_batch(const struct arguments *arguments, struct work *work, const dam_request *request);

#endif
